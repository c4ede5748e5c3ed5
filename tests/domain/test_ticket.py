"""Ticket codes and the gate's decision."""

from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Code, Refused
from domain.ticket import EPOCH_DAY, TicketCode, short_code, sign, verify
from domain.visit import Admit, Entry, Known, Refuse, decide
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


def test_foreign_forged_truncated_and_overlong_codes_each_have_their_answer() -> None:
    text = sign(TICKET, KEY)
    other = Ed25519PrivateKey.generate()
    assert refused_code(sign(TICKET, other)) is Code.SCAN_INVALID
    assert refused_code(sign(TicketCode(12, ID, 1, DAY, 1, 7), other)) is Code.SCAN_FOREIGN
    assert refused_code(text[:-1]) is Code.SCAN_UNREADABLE
    assert refused_code(text[:50] + "1" + text[51:]) is Code.SCAN_UNREADABLE
    assert refused_code("https://example.invalid/ticket/1") is Code.SCAN_UNREADABLE
    assert refused_code("A" * 5000) is Code.SCAN_TOO_LONG
    assert refused_code("ت" * 151) is Code.SCAN_UNREADABLE


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


def test_short_codes_are_easy_to_read_out() -> None:
    assert len(short_code(ID)) == 7
    assert not set(short_code(ID)) & set("ILOU")


def entry() -> Entry:
    return Entry("a", at(10), "Gate 2", "Faisal")


CASES = [
    (Known(sold=True), at(10), Admit()),
    (Known(sold=False), at(10), Admit()),
    (Known(sold=True), at(9, 30), Admit()),
    (Known(sold=True, canceled=True, entries=(entry(),)), at(10), Refuse(Code.SCAN_CANCELED)),
    (Known(sold=True, owed_minor=1), at(10), Refuse(Code.SCAN_UNPAID)),
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
