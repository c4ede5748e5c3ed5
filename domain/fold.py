"""Names as they are searched: one spelling for many, in Arabic and in Latin letters, and what a name sounds like.

`fold` undoes what people write now and then: hamzas, diacritics, accents, capitals. `sounds` keeps the
consonants that both scripts share, in classes in which the usual spellings of a name agree: أحمد, Ahmad and
Ahmed are one, so are محمد and Mohammed, فاطمة and Fatimah. Of vowels it keeps what both scripts write: that a name
begins with one (a), a long front one inside (y: حسين and Hussain, not حسن and Hassan), an open one at the end (A:
سلمى and Salma, not سليم and Salim), and where there is one consonant alone, a front one at the end (Y: لؤي and Loay).
What is written alike and said otherwise sounds both ways: the i of Walid and of Khalid; the first th of عثمان (Othman,
Osman) and of ذياب (Theyab, Diab, Zeyab); the first g of Gassim, which may be قاسم, and of Galal, which is not; the last
h of صالح (Saleh), which is said, and of سارة (Sarah), which is not; the dh of أدهم (Adham), which is two letters.
The classes are ours, held by tests.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import chain, starmap, zip_longest

_ARABIC = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"), "ؤ": "و", "ئ": "ي", "ى": "ي", "ة": "ه", "ء": None, "ـ": None,
        "گ": "ك", "ک": "ك", "ی": "ي", "پ": "ب", "ڤ": "ف", "چ": "ج",
        **{chr(0x0660 + digit): str(digit) for digit in range(10)},
        **{chr(0x06F0 + digit): str(digit) for digit in range(10)},
    }
)  # fmt: skip
_CONSONANTS = {
    **dict.fromkeys("تطث", "t"), **dict.fromkeys("جغ", "g"), **dict.fromkeys("حه", "h"),
    **dict.fromkeys("خقك", "k"), **dict.fromkeys("دذضظ", "d"), **dict.fromkeys("سص", "s"),
    "T": "t", "G": "g", "D": "d",
    "ب": "b", "ر": "r", "ز": "z", "ش": "x", "ف": "f", "ل": "l", "م": "m", "ن": "n", "و": "w", "ي": "y",
    **dict.fromkeys("cq", "k"), "j": "g", "p": "b", "v": "f",
    **{letter: letter for letter in "bdfghklmnrstwxyz"},
}  # fmt: skip
FOLD = 4  # grows with each change of what is heard: what an earlier one made is made anew
_PAIRS = (("sh", "x"), ("ch", "x"), ("kh", "k"), ("gh", "G"), ("th", "T"), ("dh", "D"), ("ph", "f"))
_EITHER = {
    "T": "sz",
    "ث": "s",
    "D": "z",
    "ذ": "z",
    "ظ": "z",
    "g": "k",
}  # what may be said instead, once in a word
_MET = re.compile(
    r"([تسدضك])[حه]"
)  # two that meet inside a word: in Latin letters as if they were one (فتحي: Fathi)
_AS_ONE = {"ت": "t", "س": "x", "د": "d", "ض": "d", "ك": "k"}
_WORD = re.compile(r"\w+")
_ABD = re.compile(r"\b(عبد|abd|abdul|abdel|abdal)[ -]+(?:(?:al|el|ul)[ -]+)?(?=\w)")
_LAST_H = re.compile(r"(?<=..)ه$|(?<=.a)h$|(?<=.e)h$")  # may be silent
_SILENT = re.compile(r"[^ايى]ه$|^abd.*llah$")  # is: an ة, and the ه of God's name, which is no ح
_ABDUL = re.compile(r"^abdl(?=.)")
_BEGIN = frozenset("aeiouاع")  # w and y, و and ي, are consonants at the beginning of a word
_RUNS = re.compile(r"[aeiouwyاوىيع]+|[^aeiouwyاوىيع]+")
_DOUBLE = re.compile(r"(.)\1+")
_LONG_FRONT = re.compile(r"[yي]|ee|ei|ai|ie|ii")
_MOST_OPEN = 2  # vowels of a word that sound both ways
_MOST_HEARD = 16  # ways in which a word is heard; what sounds in more is no name
_ARTICLE = re.compile(r"\b(?:a?al|el|ال)[- ]+(?=\w)")  # آل سعود too, the house of that name
_LETTERS_OF_ARTICLE = ("ال", "al", "el")
_LONG = 5  # letters; shorter words that begin like an article are names: Ali, Ela


def fold(text: str) -> str:
    """The text in one spelling: lower case, without accents and diacritics, Western digits, single spaces."""
    plain = unicodedata.normalize("NFKD", text.translate(_ARABIC).casefold()).translate(_ARABIC)
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(bare.replace("'", "").replace("’", "").split())


def words(text: str) -> tuple[str, ...]:
    """The folded words of a name. "Abd" and "عبد" are one word with the next; an article that stands alone goes."""
    joined = _ABD.sub(r"\1", fold(text))
    return tuple(_WORD.findall(_ARTICLE.sub("", joined).replace("_", " ")))


@lru_cache(maxsize=1_000)  # people have the same names
def sounds(word: str) -> tuple[str, ...]:
    """What a folded word may sound like: with and without what may be an article. Empty for what has no consonant."""
    spelt = _spelt(word)
    if word.startswith(_LETTERS_OF_ARTICLE) and len(word) >= _LONG:
        spelt += _spelt(word[2:])
    in_turn = chain.from_iterable(zip_longest(*starmap(_sounds, spelt), fillvalue=""))
    return tuple(dict.fromkeys(each for each in in_turn if each))[:_MOST_HEARD]


def _spelt(word: str) -> list[tuple[str, bool]]:
    """The letters of a word that are said, and whether a silent one comes after them. What ends in an h may end in ح or
    ه, which are said, or in ة, which after ا is said as t as well (حياة: Hayat)."""
    silent = _LAST_H.sub("", word)
    if silent == word:
        return [(word, False)]
    said = [] if _SILENT.search(word) else [(word, False)]
    return [(silent, True), *said, *([(silent + "ت", False)] if word.endswith("اه") else [])]


def _sounds(word: str, is_open: bool) -> list[str]:
    said = word
    for pair, letter in _PAIRS:
        said = said.replace(pair, letter)
    begins = said[:1] in _BEGIN
    runs = _RUNS.findall(said if begins else said[1:])
    heard = ["a"] if begins else _first(said[:1])
    open_vowels, is_either = 0, len(heard) > 1
    for at, run in enumerate(runs):
        if not _is_vowel(run):
            heard = [each + way for each in heard for way in _consonants(run, is_either)][:_MOST_HEARD]
            is_either |= not _EITHER.keys().isdisjoint(run)
        elif not (begins and at == 0) and at < len(runs) - 1:
            ways, open_vowels = _inner(run, open_vowels)
            heard = [each + mark for each in heard for mark in ways]
    last = runs[-1] if runs else ""
    stems = [_ABDUL.sub("abd", each) for each in heard]
    return [stem + end for stem in stems for end in _ends(stem, word, last, is_open)]


def _is_vowel(run: str) -> bool:
    return _RUNS.fullmatch("a" + run) is not None


def _first(letter: str) -> list[str]:
    return [_CONSONANTS.get(letter, ""), *_EITHER.get(letter, "")]


def _consonants(run: str, is_either: bool) -> tuple[str, ...]:
    """In Arabic two alike may have a vowel between them, which nobody writes; in Latin letters they are one. Once in a
    word (`is_either`: it was already) a letter may be another."""
    said = [_CONSONANTS.get(letter, "") for letter in run]
    ways = ["".join(said)]
    at = next((at for at, letter in enumerate(run) if letter in _EITHER), None)
    if at is not None and not is_either:
        ways += ["".join([*said[:at], other, *said[at + 1 :]]) for other in _EITHER[run[at]]]
    if met := _MET.search(run):
        ways.append("".join([*said[: met.start()], _AS_ONE[met[1]], *said[met.end() :]]))
    once = [_DOUBLE.sub(r"\1", way) for way in ways]
    return tuple(dict.fromkeys(once if run.isascii() else (*once, *ways)))


def _inner(run: str, open_vowels: int) -> tuple[tuple[str, ...], int]:
    """What a vowel between consonants sounds like, and how many before it sounded both ways."""
    if _LONG_FRONT.search(run):
        return ("y",), open_vowels
    if ("i" in run or "e" in run) and open_vowels < _MOST_OPEN:
        return ("", "y"), open_vowels + 1
    return ("",), open_vowels


def _ends(stem: str, word: str, last: str, is_open: bool) -> tuple[str, ...]:
    """How a word may end: open (A), with a front vowel after one consonant alone (Y), or neither."""
    if is_open or last[-1:] in ("a", "ا"):
        return ("A",)
    if len(stem) <= 1 and last:
        return ("Y", "A") if last[-2:] == "وي" else ("Y",) if last[-1] in "iyي" else ("",)
    return ("", "A") if last[-1:] in ("e", "ي") or (len(word) == 2 and word[-1] == "ه") else ("",)
