"""Ticket codes and the gate's decision."""

from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from domain.catalogue import Words
from domain.errors import Code, Refused
from domain.ticket import EPOCH_DAY, TicketCode, as_short_code, short_code, sign, verify
from domain.visit import Admit, Ended, Entry, Known, Refuse, decide
from tests.domain.builders import DAY, KEY, a_session, at

ID = UUID("0193f1a2-0000-7000-8000-0123456789ab")
TICKET = TicketCode(11, ID, 1, DAY, 1, 7)
KEYS = {11: KEY.public_key()}


def refused_code(text: str) -> Code:
    with pytest.raises(Refused) as refused:
        verify(text, KEYS)
    return refused.value.code


@given(
    st.integers(1, 255),
    st.uuids(),
    st.integers(1, 2**32 - 1),
    st.integers(0, 60_000),
    st.integers(1, 255),
    st.integers(0, 2**32 - 1),
)
def test_a_code_reads_back_and_fits_the_qr(
    key: int, ticket: UUID, product: int, day: int, days: int, session: int
) -> None:
    code = TicketCode(key, ticket, product, EPOCH_DAY.fromordinal(EPOCH_DAY.toordinal() + day), days, session)
    text = sign(code, KEY)
    assert len(text) == 151
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    assert verify(text.lower() + "\n", {key: KEY.public_key()}) == code


TEXT = sign(TICKET, KEY)
OTHER = Ed25519PrivateKey.generate()
BAD_CODES = [
    ("https://example.invalid/ticket/1", Code.SCAN_NOT_OURS),
    ("4006381333931", Code.SCAN_NOT_OURS),
    ("WIFI:T:WPA;S:Guests;P:secret;;", Code.SCAN_NOT_OURS),
    ("ت" * 151, Code.SCAN_NOT_OURS),
    ("ABCDEFGHIJ", Code.SCAN_NOT_OURS),
    ("Z" * 151, Code.SCAN_NOT_OURS),
    (TEXT[:50] + "/" + TEXT[51:], Code.SCAN_NOT_OURS),
    (sign(TicketCode(12, ID, 1, DAY, 1, 7), OTHER), Code.SCAN_FOREIGN),
    (sign(TICKET, OTHER), Code.SCAN_FORGED),
    (TEXT[:-1], Code.SCAN_UNREADABLE),
    (TEXT[:20], Code.SCAN_UNREADABLE),
    (TEXT + TEXT, Code.SCAN_UNREADABLE),
    (TEXT[:50] + "1" + TEXT[51:], Code.SCAN_UNREADABLE),
    ("", Code.SCAN_UNREADABLE),
    ("A" * 5000, Code.SCAN_TOO_LONG),
    ("https://example.invalid/" + "x" * 400, Code.SCAN_TOO_LONG),
]


@pytest.mark.parametrize(("text", "code"), BAD_CODES)
def test_foreign_forged_truncated_and_overlong_codes_each_have_their_answer(text: str, code: Code) -> None:
    assert refused_code(text) is code


@given(st.integers(0, 150), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_no_changed_letter_makes_another_ticket(place: int, letter: str) -> None:
    text = sign(TICKET, KEY)
    changed = text[:place] + letter + text[place + 1 :]
    try:
        assert verify(changed, KEYS) == TICKET
    except Refused:
        assert changed != text


@given(st.text(max_size=500))
def test_anything_scanned_is_answered_with_a_code(text: str) -> None:
    with pytest.raises(Refused):
        verify(text, KEYS)


@pytest.mark.parametrize("typed", ["7K2M-PQ", " 7k2m-pq ", "7K2MPQ", "7k2m pq", "7K2M\u2013PQ"])
def test_a_short_code_is_understood_however_it_is_typed(typed: str) -> None:
    assert as_short_code(typed) == "7K2M-PQ"


@pytest.mark.parametrize("typed", ["", "7K2M-P", "7K2M-PQR", "7KU2-PQ", "4006381333931", "7K-2MPQ", "تذكرة"])
def test_other_texts_are_no_short_codes(typed: str) -> None:
    assert as_short_code(typed) == ""


def test_letters_that_look_like_digits_are_taken_for_them() -> None:
    assert as_short_code("OIL1-00") == "0111-00"


def test_short_codes_are_easy_to_read_out() -> None:
    assert len(short_code(ID)) == 7
    assert not set(short_code(ID)) & set("ILOU")


def entry() -> Entry:
    return Entry("a", at(10), Words("Gate 2", "البوابة 2"), "Faisal")


CASES = [
    (Known(sold=True), at(10), Admit()),
    (Known(sold=False), at(10), Admit()),
    (Known(sold=True), at(9, 30), Admit()),
    (Known(sold=True, ended=Ended.CANCELED, entries=(entry(),)), at(10), Refuse(Code.SCAN_CANCELED)),
    (Known(sold=True, ended=Ended.MOVED, owed_minor=1), at(10), Refuse(Code.SCAN_MOVED)),
    (Known(sold=True, ended=Ended.REISSUED), at(9), Refuse(Code.SCAN_REPLACED)),
    (Known(sold=True, ended=Ended.REVOKED), at(13), Refuse(Code.SCAN_REVOKED)),
    (Known(sold=True, owed_minor=1), at(10), Refuse(Code.SCAN_UNPAID)),
    (Known(sold=True, banned=True), at(10), Refuse(Code.SCAN_BANNED)),
    (Known(sold=True, banned=True, owed_minor=1), at(10), Refuse(Code.SCAN_UNPAID)),
    (Known(sold=True, entries=(entry(),)), at(11), Refuse(Code.SCAN_ALREADY, entry=entry())),
    (Known(sold=True), at(9, 29), Refuse(Code.SCAN_TIME, opens_at=at(10), closes_at=at(12))),
    (Known(sold=True), at(12, 1), Refuse(Code.SCAN_TIME, opens_at=at(10), closes_at=at(12))),
]


@pytest.mark.parametrize(("known", "now", "answer"), CASES)
def test_the_gate_answers(known: Known, now: object, answer: object) -> None:
    assert decide(TICKET, known, a_session(), now=now, today=DAY, early_minutes=30) == answer  # type: ignore[arg-type]


def test_a_ticket_of_another_day_names_its_day() -> None:
    tomorrow = DAY.fromordinal(DAY.toordinal() + 1)
    assert decide(TICKET, Known(True), a_session(), now=at(10), today=tomorrow, early_minutes=30) == Refuse(
        Code.SCAN_TIME, valid_on=DAY
    )


def test_an_unknown_session_does_not_stop_a_signed_ticket() -> None:
    assert decide(TICKET, Known(False), None, now=at(23), today=DAY, early_minutes=30) == Admit()
