"""Names as they are searched: one spelling for many, in Arabic and in Latin letters, and what a name sounds like.

`fold` undoes what people write now and then: hamzas, diacritics, accents, capitals. `sounds` keeps the
consonants that both scripts share, in classes in which the usual spellings of a name agree: أحمد, Ahmad and
Ahmed are one, so are محمد and Mohammed, فاطمة and Fatimah. Of vowels it keeps what both scripts write: that a name
begins with one (a), a long front one inside (y: حسين and Hussain, not حسن and Hassan), an open one at the end (A:
سلمى and Salma, not سليم and Salim), and where there is one consonant alone, a front one at the end (Y: لؤي and Loay).
What is written alike and said otherwise sounds both ways: the i of Walid and of Khalid; the first th of عثمان (Othman,
Osman) and of ذياب (Theyab, Diab, Zeyab); the first g of Gassim, which may be قاسم, and of Galal, which is not; the last
h of صالح (Saleh), which is said, and of سارة (Sarah), which is not; the dh of أدهم (Adham), which is two letters.
`begun` is of a word that may not be typed to its end: of it only that sounds which no letter after it can change.
The classes are ours, held by tests.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, zip_longest

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
FOLD = 5  # grows with each change of what is heard: what an earlier one made is made anew
_PAIRS = (("sh", "x"), ("ch", "x"), ("kh", "k"), ("gh", "G"), ("th", "T"), ("dh", "D"), ("ph", "f"))
_EITHER = {
    "T": "sz",
    "ث": "s",
    "D": "z",
    "ذ": "z",
    "ض": "z",
    "ظ": "z",
    "g": "k",
}  # what may be said instead, once in a word
_MET = re.compile(
    r"([تسدضك])[حه]"
)  # two that meet inside a word: in Latin letters as if they were one (فتحي: Fathi)
_AS_ONE = {"ت": "t", "س": "x", "د": "d", "ض": "d", "ك": "k"}
_ABD = re.compile(
    r"\b(عبد|abd|abd[aeu]l|abd[aeu]([tdrzsn])h?(?=[ -]+\2))[ -]+(?:(?:[aeu]l|[aeu]([tdrzsn])h?(?=[ -]+\3))[ -]+)?(?=\w)"
)
_LAST_H = re.compile(r"(?<=..)ه$|(?<=.a)h$|(?<=.e)h$")  # may be silent
_SILENT = re.compile(r"[^ايى]ه$|^abd.*llah$")  # is: an ة, and the ه of God's name, which is no ح
_ABDUL = re.compile(r"^abdl(?=.)")
_BEGIN = frozenset("aeiouاع")  # w and y, و and ي, are consonants at the beginning of a word
_RUNS = re.compile(r"[aeiouwyاوىيع]+|[^aeiouwyاوىيع]+")
_DOUBLE = re.compile(r"(.)\1+")
_LONG_FRONT = re.compile(r"[yي]|ee|ei|ai|ie|ii")
_LONGEST = 40  # letters; what is longer begins no name
_MOST_OPEN = 2  # vowels of a word that sound both ways
_MOST_HEARD = 16  # ways in which a word is heard; what sounds in more is no name
# A word after its article: Al-Harbi, or as it is spoken, Az-Zahrani. آل سعود too, the house of that name.
_WORD = re.compile(r"((?:\b(?:a?al|el|ال|[aeu]([tdrzsn])h?(?=[- ]+\2))[- ]+(?=\w))*)(\w+)")
_WITH_ARTICLE = re.compile(r"(?:ال|[ae]l)(?=.{3})")  # shorter words that begin so are names: Ali, Ela
_AS_SPOKEN = re.compile(
    r"[ae](?:sh(?=sh)|th(?=th)|dh(?=dh)|([tdrzsn])(?=\1))(?=.{5})"
)  # of Attia and Azzam it is none
_OF_ARTICLE = re.compile(r"ال(?!ا?$)|[ae]l(?=..)")  # of a word typed so far: of الا and Ali none
_ASSIMILATED = frozenset("tdrzsxnl")  # sounds before which an article is spoken as they are
_AN_H = {**dict.fromkeys("stdcp", "h"), "س": "ح"}  # what it is with an h after it may be another sound


def fold(text: str) -> str:
    """The text in one spelling: lower case, without accents and diacritics, Western digits, single spaces."""
    plain = unicodedata.normalize("NFKD", text.translate(_ARABIC).casefold()).translate(_ARABIC)
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(bare.replace("'", "").replace("’", "").split())


@dataclass(frozen=True, slots=True)
class Word:
    """A folded word of a name; `article`: what stood before it, apart or with a hyphen."""

    letters: str
    article: str = ""


def spoken(text: str) -> tuple[Word, ...]:
    """The words of a name. "Abd" and "عبد" are one word with the next; an article is with its word."""
    joined = _ABD.sub(r"\1", fold(text).replace("_", " "))
    found = (match.group(3, 1) for match in _WORD.finditer(joined))
    return tuple(Word(letters, re.sub(r"\W", "", article)) for letters, article in found)


def words(text: str) -> tuple[str, ...]:
    """The folded words of a name, without articles."""
    return tuple(word.letters for word in spoken(text))


def heard(word: Word) -> tuple[str, ...]:
    """What a word of a name sounds like, with its article and without."""
    articled = [("al" if word.letters.isascii() else "ال") + word.letters] if word.article else []
    return tuple(dict.fromkeys(sound for each in (word.letters, *articled) for sound in sounds(each)))


@lru_cache(maxsize=1_000)  # people have the same names
def sounds(word: str) -> tuple[str, ...]:
    """What a folded word may sound like: with and without what may be an article. Empty for what has no consonant."""
    ways = [_sounds(*each) for each in _spelt(word)]
    if article := _WITH_ARTICLE.match(word) or _AS_SPOKEN.match(word):
        rest = word[article.end() :]
        bare = [_sounds(*each) for each in _spelt(rest)]
        ways += [*bare, *map(_assimilated, bare)]
        ways += [_sounds(*each) for each in _spelt("al" + rest)] if _AS_SPOKEN.match(word) else []
    in_turn = chain.from_iterable(zip_longest(*ways, fillvalue=""))
    return tuple(dict.fromkeys(each for each in in_turn if each))[:_MOST_HEARD]


def _assimilated(heard: Iterable[str]) -> list[str]:
    """With the article as it is spoken: az-Zahrani. Not before other sounds."""
    return [f"a{each}" for each in heard if each[:1] in _ASSIMILATED]


def begun(word: Word) -> tuple[str, ...]:
    """What any word sounds like, or begins with, that is typed so far; with a space after it where it must be all. An
    article that is written together with it may be one from its second consonant on, an Arabic one from the first."""
    if len(word.letters) > _LONGEST:
        return ()
    whole, bare = _begun(word.letters), list[str]()
    if word.article:
        bare = whole
    elif article := _OF_ARTICLE.match(word.letters):
        rest = _begun(word.letters[article.end() :])
        bare = [each for each in rest if len(each) > 1 or not word.letters.isascii()]
        whole = [*whole, *bare]
    return tuple(dict.fromkeys((*whole, *_assimilated(bare))))


def _begun(word: str) -> list[str]:
    more = _AN_H.get(word[-1:], "")
    typed = (word, word + more) if more else (word,)
    return [each for so_far in typed for each in _begins(*_stems(so_far))]


def _begins(stems: Sequence[str], last: str) -> Iterator[str]:
    """Of one consonant and a long front vowel it is known how the word may go on; too many begin with the one."""
    for stem in stems:
        if len(stem) == 1 and stem not in _BEGIN and _is_vowel(last) and _LONG_FRONT.search(last):
            yield from (stem + end for end in ("y", "A", "Y", " "))
        elif stem:
            yield "abd" if stem == "abdl" else stem


def _spelt(word: str) -> list[tuple[str, bool]]:
    """The letters of a word that are said, and whether a silent one comes after them. What ends in an h may end in ح or
    ه, which are said, or in ة, which after ا is said as t as well (حياة: Hayat)."""
    silent = _LAST_H.sub("", word)
    if silent == word:
        return [(word, False)]
    said = [] if _SILENT.search(word) else [(word, False)]
    return [(silent, True), *said, *([(silent + "ت", False)] if word.endswith("اه") else [])]


def _sounds(word: str, is_open: bool) -> list[str]:
    stems, last = _stems(word)
    return [stem + end for stem in stems for end in _ends(stem, word, last, is_open)]


def _stems(word: str) -> tuple[list[str], str]:
    """What a word sounds like but for its end, and its last vowels or consonants."""
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
    return [_ABDUL.sub("abd", each) for each in heard], runs[-1] if runs else ""


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
