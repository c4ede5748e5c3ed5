"""What is known of a guest comes of all that was said, in whatever order it came; and what finds them."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Code, Refused
from domain.guest import FIELDS, Entry, Said, check, index, present, wanted

NAME, PHONE, MAIL = "Sara Al-Qahtani", "+966551234567", "sara@example.com"
REGISTERED = Entry("e1", Said.REGISTERED, (("name", NAME), ("phone", PHONE), ("flags", "vip,medical")), 10)


def test_of_each_field_the_latest_word_holds() -> None:
    later = Entry("e2", Said.CHANGED, (("email", MAIL),), 20)
    last = Entry("e3", Said.CHANGED, (("phone", ""), ("flags", "vip")), 30)
    guest = present("g", [last, REGISTERED, later])
    assert (guest.name, guest.phone, guest.email, guest.flags) == (NAME, "", MAIL, ("vip",))


_ENTRIES = st.lists(
    st.tuples(st.sampled_from(("name", "phone", "note")), st.text("ab", max_size=2), st.integers(0, 5)),
    max_size=8,
)


@given(_ENTRIES, st.randoms(use_true_random=False))
def test_the_order_in_which_they_come_changes_nothing(
    said: list[tuple[str, str, int]], chance: random.Random
) -> None:
    entries = [Entry(f"e{n}", Said.CHANGED, ((name, value),), at) for n, (name, value, at) in enumerate(said)]
    mixed = [*entries, *entries]
    chance.shuffle(mixed)
    assert present("g", mixed) == present("g", entries)


def test_a_contact_is_verified_while_it_is_theirs() -> None:
    proved = Entry("e2", Said.VERIFIED, (("phone", PHONE),), 20)
    assert present("g", [REGISTERED, proved]).is_verified
    assert not present("g", [REGISTERED]).is_verified
    moved = Entry("e3", Said.CHANGED, (("phone", "+966550000000"),), 30)
    assert not present("g", [REGISTERED, proved, moved]).is_verified
    back = Entry("e4", Said.CHANGED, (("phone", PHONE),), 40)
    assert present("g", [REGISTERED, proved, moved, back]).is_verified


def test_of_an_erased_guest_nothing_is_known_whatever_comes_late() -> None:
    late = Entry("e9", Said.CHANGED, (("name", "again"),), 99)
    guest = present("g", [REGISTERED, Entry("e2", Said.ERASED, (), 20), late])
    assert (guest.erased, guest.name, guest.phone, guest.flags) == (True, "", "", ())


def test_a_field_or_flag_of_a_later_version_is_left_alone() -> None:
    said = (("name", "A"), ("iris", "blue"), ("flags", "vip,new"))
    assert present("g", [Entry("e", Said.REGISTERED, said, 1)]).flags == ("vip",)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("name", " ", Code.GUEST_NAME),
        ("name", "!!", Code.GUEST_NAME),
        ("name", "x" * 121, Code.GUEST_NAME),
        ("born", "1899-12-31", Code.GUEST_BORN),
        ("born", "2020-02-30", Code.GUEST_BORN),
        ("note", "x" * 501, Code.GUEST_NOTE),
        ("phone", "0551234567", Code.RECORD_INVALID),
        ("email", "nowhere", Code.RECORD_INVALID),
        ("language", "fr", Code.RECORD_INVALID),
        ("flags", "vip,other", Code.RECORD_INVALID),
        ("iris", "blue", Code.RECORD_INVALID),
    ],
)
def test_what_cannot_be_said_of_anybody(name: str, value: str, code: Code) -> None:
    with pytest.raises(Refused) as refused:
        check(((name, value),))
    assert refused.value.code is code


def test_what_can_be_said() -> None:
    check(tuple((name, "") for name in FIELDS if name != "name"))
    check((("name", "سارة"), ("born", "2019-02-28"), ("flags", "vip,banned"), ("language", "ar")))
    with pytest.raises(Refused):
        check((("name", "A"), ("name", "B")))


def finds(typed: str) -> bool:
    said = index((("name", NAME), ("phone", PHONE), ("email", MAIL)))
    groups = wanted(typed)
    return bool(groups) and all(any(piece in said for piece in sought.pieces) for sought in groups)


@pytest.mark.parametrize(
    "typed",
    ["sara", "SAR", "سارة", "سارا القحطاني", "qaht", "alqahtani", "Kahtani sara", "0551234567", "٠٥٥١٢٣٤", "+966 55",
     "966551234567", "00966551234567", "34567", "055-123 45 67", "sara@", "SARA@example.com"],
)  # fmt: skip
def test_a_guest_is_found_by_what_people_type(typed: str) -> None:
    assert finds(typed)


@pytest.mark.parametrize(
    "typed", ["", " ", "055", "567", "ahmed", "sara ahmed", "05512345678", "ara@x.com", "!?"]
)
def test_and_not_by_anything_else(typed: str) -> None:
    assert not finds(typed)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("4567", True), ("0551234567", True), ("+966 55 123 4567", True), ("551234567", True), ("34567", False),
        ("5512", False), ("1234567", False), ("sara@example.com", True), ("SARA@example.com", True),
        ("sara@", False), ("sara@example.co", False), ("sara", True), ("77123", True), ("7712", True),
    ],
)  # fmt: skip
def test_who_may_not_read_contacts_finds_nobody_by_a_part_of_one(typed: str, found: bool) -> None:
    contacts = ("phone", "+966551234567"), ("email", "sara@example.com")
    said = index((("name", "Sara"), *contacts, ("number", "77123")))
    groups = wanted(typed, whole=False)
    assert (bool(groups) and all(any(piece in said for piece in sought.pieces) for sought in groups)) is found
