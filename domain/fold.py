"""Names as they are searched: one spelling for many, in Arabic and in Latin letters, and what a name sounds like.

`fold` undoes what people write now and then: hamzas, diacritics, accents, capitals. `sounds` keeps the
consonants that both scripts share, in classes in which the usual spellings of a name agree: أحمد, Ahmad and
Ahmed are one, so are محمد and Mohammed, فاطمة and Fatimah. Vowels go, with w and y unless they begin the word;
so do the article, doubled letters and a last h. The classes are ours, held by tests: what sounds alike is
offered after what is spelt alike, so one too many does no harm.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

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
    "ب": "b", "ر": "r", "ز": "z", "ش": "x", "ف": "f", "ل": "l", "م": "m", "ن": "n", "و": "w", "ي": "y",
    **dict.fromkeys("cq", "k"), "j": "g", "p": "b", "v": "f",
    **{letter: letter for letter in "bdfghklmnrstwxyz"},
}  # fmt: skip
_PAIRS = (("sh", "x"), ("ch", "x"), ("kh", "k"), ("gh", "g"), ("th", "t"), ("dh", "d"), ("ph", "f"))
_WORD = re.compile(r"\w+")
_ABD = re.compile(r"\b(عبد|abd|abdul|abdel|abdal) +(?:(?:al|el|ul)[ -]+)?(?=\w)")
_LAST_H = re.compile(r"(?<=..)ه$|(?<=.a)h$|(?<=.e)h$")
_LATIN_ARTICLE = re.compile(r"\b(?:al|el)[- ]+(?=\w)")
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
    return tuple(_WORD.findall(_LATIN_ARTICLE.sub("", joined).replace("_", " ")))


@lru_cache(maxsize=1_000)  # people have the same names
def sounds(word: str) -> tuple[str, ...]:
    """What a folded word may sound like: with and without what may be an article. Empty for what has no consonant."""
    found = dict.fromkeys((_sound(word),))
    if word.startswith(_LETTERS_OF_ARTICLE) and len(word) >= _LONG:
        found |= dict.fromkeys((_sound(word[2:]),))
    return tuple(each for each in found if each)


def _sound(word: str) -> str:
    silent = _LAST_H.sub("", word)
    for pair, letter in _PAIRS:
        silent = silent.replace(pair, letter)
    heard = "".join(
        _CONSONANTS.get(letter, "") for at, letter in enumerate(silent) if at == 0 or letter not in "wyوي"
    )
    return re.sub(r"^bdl(?=.)", "bd", re.sub(r"(.)\1+", r"\1", heard))
