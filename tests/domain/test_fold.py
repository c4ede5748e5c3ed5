"""Names in one spelling, and what they sound like, in Arabic and in Latin letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fold import fold, sounds, words

SAME = """
أحمد Ahmad Ahmed احمد AHMED
محمد Mohammed Muhammad Mohamed Mohammad مُحَمَّد مـحـمـد
فاطمة Fatimah Fatima فاطمه Fatma
يوسف Yusuf Youssef Yousef
وليد Waleed Walid
الحربي Al-Harbi Alharbi Harbi El-Harbi
القحطاني Al-Qahtani Alkahtani Qahtani
خالد Khalid Khaled
نورة Noura Nourah نوره
شيخة Shaikha Sheikha
عثمان Othman Uthman Osman
Osman Othman Uthman عثمان
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
ليلى Layla Laila Leila Leyla
نور Noor Nour Nur
حسين Hussein Hussain Husain Hossein
عمر Omar Umar
سارة Sara Sarah
هدى Huda Hoda
سعيد Saeed Said Saeid
قاسم Qasim Kassem Qasem Gassim Kassim
Gassim Kassim قاسم
زينب Zainab Zaynab Zeinab
أمينة Amina Ameena Aminah
حسن Hassan Hasan
سليم Salim Saleem
سلمى Salma
سالم Salem
إيمان Iman Eman
ناصر Nasser Nasir
ممدوح Mamdouh Mamdooh
وائل Wael Wail
يحيى Yahya
عيسى Issa Isa Eisa
إسماعيل Ismail Ismael
فايز Fayez Faiz
مصطفى Mustafa Moustafa
دعاء Doaa Duaa
خديجة Khadija Khadijah
حمد Hamad
آية Aya Ayah
عبداللطيف Abdullatif Abdellatif Abd-al-Latif
رائد Raed Raid
صالح Saleh Salih Saaleh
صلاح Salah
فالح Faleh Falih
مفلح Mufleh Muflih
نوح Nouh Noah Nooh
فتاح Fattah
عبدالفتاح Abdulfattah Abdelfattah Abd-el-Fattah
مصباح Misbah Mesbah
سماح Samah
فرح Farah Farrah
وضاح Waddah Wadhah
ذكرى Thikra Dhikra Zikra
ذيب Theeb Dheeb Deeb
ذياب Theyab Thiab Diab Dhiyab Zeyab
هذلول Hathloul Hadhloul
منذر Munther Monther Mundhir Monzer
Muath Moaz معاذ
معاذ Muath Muadh Moaz Moath Muaz
عذراء Athraa Adhraa
حذيفة Huthaifa Hudhaifa Hozaifa
ظافر Zafer Dhafer Thafer
ناظم Nazim Nathem Nadhim
رؤى Ruaa Roaa Rua
لؤي Loay Louay Luay Loai
وضحى Wadha Wadhha
سعود Saud Saoud Suood
مي Mai May Maii
فتحي Fathi Fathy
أدهم Adham
مدحت Medhat Midhat
إسحاق Ishaq Eshaq
نزيه Nazih Nazeeh Nazeh
حياة Hayat Hayah
نجاة Najat Nagat
بدرية Badria Badriya Badriah Badriyah
مشاري Mishari Meshari
موضي Moudi Modhi Moodhi
حصة Hessa Hissah Hussah
ميثاء Maitha Maytha Mitha
غيث Ghaith Ghayth Gaith
شذى Shatha Shadha Shaza
ضحى Dhuha Duha Doha
ظبية Dhabia Thabia Zabia Dhabya
أروى Arwa
رياض Riyadh Riad Reyad
عوض Awad Awadh
هيفاء Haifa Hayfa Haifaa
المزروعي Almazrouei Al-Mazrooei Mazroui
النعيمي Alnuaimi Al-Nuaimi Noaimi
الظاهري Aldhaheri Al-Dhaheri Althaheri Zaheri
الرميثي Alrumaithi Al-Romaithi Rumaithi
الصباح Al-Sabah Alsabah Sabah
المري Almarri Al-Marri
الشحي Alshehhi Al-Shehhi
البلوشي Albalushi Al-Balooshi Baloushi
آل-ثاني Al-Thani Althani
آل-نهيان Al-Nahyan Nahyan Alnahyan
"""
GROUPS = [line.split() for line in SAME.strip().splitlines()]


@pytest.mark.parametrize("names", GROUPS, ids=lambda names: names[1])
def test_the_spellings_of_a_name_sound_alike(names: list[str]) -> None:
    """Of one letter nobody is looked for by sound (`domain.guest.wanted`)."""
    heard = [{sound for word in words(name) for sound in sounds(word) if len(sound) > 1} for name in names]
    assert all(one & heard[0] for one in heard), heard


@pytest.mark.parametrize("word", ["ببا" * 40, "ثبابب" * 20, "gigi" * 30, "الببا" * 20, "alethegeh"])
def test_what_is_no_name_is_heard_in_few_ways(word: str) -> None:
    """However long, and whoever types it: nobody keeps a server busy with a name."""
    assert len(sounds(word)) <= 16


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Salma", "Salim"), ("سلمى", "سليم"), ("Salma", "سليم"), ("Hassan", "Hussein"), ("حسن", "حسين"),
        ("Hassan", "حسين"), ("Amina", "Iman"), ("أمينة", "إيمان"), ("Noura", "Nasser"), ("Noura", "Noor"),
        ("Ahmad", "Hamad"), ("Ali", "علا"), ("Saad", "Saeed"), ("Jamal", "Jamila"), ("Layla", "Lulwa"),
        ("Saleh", "Salma"), ("صالح", "Sala"), ("سماح", "Sama"), ("سما", "سماح"), ("صباح", "Saba"), ("نوح", "Noha"),
        ("فرح", "فرحة"), ("Abdullah", "عبدالهادي"), ("ذيب", "Tayeb"), ("منذر", "Mansour"), ("معاذ", "Moataz"),
        ("Thani", "Zain"), ("مي", "Maha"), ("مي", "Maya"), ("لؤي", "Ali"), ("رؤى", "روان"), ("Hayat", "Haya"),
        ("فتحي", "Fatima"), ("غيث", "غازي"), ("Theeb", "Zainab"), ("ظبية", "Dubai"),
    ],
)  # fmt: skip
def test_names_that_are_taken_for_one_another_are_two(one: str, other: str) -> None:
    assert not set(sounds(words(one)[0])) & set(sounds(words(other)[0]))


def test_names_that_are_others_do_not_sound_alike() -> None:
    first = [next(iter(sounds(words(names[0])[0]))) for names in GROUPS]
    assert (
        len(set(first)) >= len(first) * 15 // 16
    )  # a few are as near as consonants go, such as صالح and صلاح


@pytest.mark.parametrize("whole", ["عبد الله", "Abd Allah", "عبدالله"])
def test_abd_is_one_word_with_the_next(whole: str) -> None:
    assert len(words(whole)) == 1
    assert set(sounds(words(whole)[0])) & set(sounds("abdullah"))


def test_an_article_that_stands_alone_goes() -> None:
    assert words("Al Harbi") == ("harbi",)
    assert words("آل سعود") == words("آل-سعود") == ("سعود",)
    assert (words("Aal Saud"), words("آل"), words("Al")) == (("saud",), ("ال",), ("al",))
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
