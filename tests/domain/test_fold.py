"""Names in one spelling, and what they sound like, in Arabic and in Latin letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fold import fold, sounds, words

SAME = """
أحمد Ahmad Ahmed احمد AHMED
محمد Mohammed Muhammad Mohamed مُحَمَّد مـحـمـد
فاطمة Fatimah Fatima فاطمه
يوسف Yusuf Youssef Yousef
وليد Waleed Walid
الحربي Al-Harbi Alharbi Harbi El-Harbi
القحطاني Al-Qahtani Alkahtani Qahtani
خالد Khalid Khaled
نورة Noura Nourah نوره
شيخة Shaikha Sheikha
عثمان Othman Uthman
علي Ali Aly على
غادة Ghada Ghadah
عائشة Aisha Aysha Ayesha
إبراهيم Ibrahim Ebrahim ابراهيم
جمال Jamal Gamal
ريان Rayyan Rayan
مريم Maryam Mariam
طارق Tariq Tarek
طه Taha
عبدالله Abdullah Abdallah
عبدالرحمن Abdulrahman Abdurrahman
José Jose JOSÉ
"""
GROUPS = [line.split() for line in SAME.strip().splitlines()]


@pytest.mark.parametrize("names", GROUPS, ids=lambda names: names[1])
def test_the_spellings_of_a_name_sound_alike(names: list[str]) -> None:
    heard = [{sound for word in words(name) for sound in sounds(word)} for name in names]
    assert all(one & heard[0] for one in heard), heard


def test_names_that_are_others_do_not_sound_alike() -> None:
    first = [next(iter(sounds(words(names[0])[0]))) for names in GROUPS]
    assert len(set(first)) >= len(first) - 3  # a few are as near as consonants go, such as Jamal and Gamila


@pytest.mark.parametrize("whole", ["عبد الله", "Abd Allah", "عبدالله"])
def test_abd_is_one_word_with_the_next(whole: str) -> None:
    assert len(words(whole)) == 1
    assert sounds(words(whole)[0]) == sounds("abdullah")


def test_an_article_that_stands_alone_goes() -> None:
    assert words("Al Harbi") == ("harbi",)
    assert words("Abdul Rahman al-Otaibi") == ("abdulrahman", "otaibi")


@pytest.mark.parametrize(
    ("said", "folded"),
    [
        ("  ÀÉ  ü ", "ae u"),
        ("٠٥٥ ۱۲۳", "055 123"),
        ("O’Neil", "oneil"),
        ("إأآٱا", "ااااا"),
        ("شركة", "شركه"),
        ("Ⅷ ﬁ", "viii fi"),
        ("", ""),
    ],
)
def test_one_spelling(said: str, folded: str) -> None:
    assert fold(said) == folded


@given(st.text(max_size=40))
def test_whatever_is_typed_folds_once_and_for_all(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert all(" " not in sound and sound for word in words(text) for sound in sounds(word))
