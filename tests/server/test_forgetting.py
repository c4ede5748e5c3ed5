"""What staff wrote about whatever an erased guest booked is forgotten with them: in rows, cases and private parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from uuid import UUID

import pytest
import sqlalchemy as sa

from domain import operation as op
from domain.attention import mark_of
from domain.refund import Reason
from domain.refund_offer import Choice, Wanted
from domain.ticket import short_code
from ledger import tables as t
from ledger.wire import Sent
from server import tables as own
from server.coming_late import look_again
from server.operations import what_was_said
from server.setup import SetUp
from tests.helpers.core import DAY, sar
from tests.server.test_bookings import ADULT, CABANA, Office, office, paid_desk, with_approval
from tests.server.test_guests import SARA, erase, everything
from tests.server.test_refunds import Desk as Refunds

__all__ = ["office"]
SECRET = "for Sara Q of 12 Palm Street, who limps; " + "so says her long letter " * 15
MARK = "Palm Street"


def test_a_text_is_found_in_the_middle_of_a_long_row(office: Office) -> None:
    office.ask_of(
        "BookingHeld", booking="b" * 36, guest=SARA, lines=[[ADULT, office.core.session, 1]], note=SECRET
    )
    assert any(MARK in text for text in everything(office))


def rejected(office: Office) -> None:
    with_approval(office)
    office.book((CABANA, 0, 1))
    assert office.ask_of("BookingRejected", "huda", booking=office.last, reason=SECRET).state == "granted"


def cancelled(office: Office) -> None:
    office.book()
    assert office.ask_of("BookingCancelled", booking=office.last, reason=SECRET).state == "granted"


def revoked(office: Office) -> None:
    paid_desk(office)
    said = {"booking": office.last, "tickets": [office.made().tickets[0].ticket_id], "reason": SECRET}
    assert office.ask_of("TicketRevoked", "huda", **said).state == "granted"


def refunded(office: Office) -> None:
    """One is refused, one withdrawn, one approved."""
    desk = paid_desk(office)
    one, other = (ticket.ticket_id for ticket in office.made().tickets)
    for ticket_id, kind, staff in (
        (one, "RefundRefused", "huda"), (other, "RefundWithdrawn", "reem"), (one, "RefundApproved", "huda"),
    ):  # fmt: skip
        refund = desk.asked(whole_of(desk, office, ticket_id))
        assert desk.decide(kind, refund, staff, note=SECRET, minor=11500).state == "granted"


def whole_of(desk: Refunds, office: Office, ticket_id: str) -> Wanted:
    """All that was paid for a ticket, with a note."""
    price = sar(11500)
    said = {"choice": Choice((ticket_id,)), "reason": Reason.VENUE_CLOSED, "amount": price, "seen": price}
    return desk.wanted(office.last, **said, note=SECRET)


def discounted(office: Office) -> None:
    office.book()
    made = office.made()
    charge = made.lines[0].charge_id
    offs = (
        op.GivenOff("o1", charge, "d1", "amount", 0, sar(100), "other", SECRET),
        op.GivenOff("o2", charge, "d2", "amount", 0, sar(100), "staff", ""),
    )
    yes = op.OverrideGiven("y", "huda", "discount_over_limit", "d1", SECRET)
    office.station.say(yes)
    office.say_paid(replace(made, discounts=offs, discount_by="huda"))


def told(office: Office) -> None:
    paid_desk(office)
    office.station.say(op.CaseOpened("told", SECRET, "POS1-000001"))
    case = office.rows(
        sa.select(t.case_item.c.case_id, t.case_item.c.facts).where(t.case_item.c.kind == "told")
    )
    said = {"case": case[0][0], "way": "handed_on", "note": SECRET, "seen": mark_of(str(case[0][1]))}
    assert office.ask_of("CaseSettled", "huda", **said).state == "granted"


def told_under_numbers(office: Office) -> None:
    """As people type and say them: of the booking, of a ticket, or somewhere in the text."""
    paid_desk(office)
    number, ticket = str(office.row()._mapping["number"]), office.made().tickets[0].ticket_id
    under = [number.lower(), number.replace("GH-", "gh "), number[3:], short_code(UUID(ticket)), ticket]
    inside = [
        f"({number})",
        f"of{number[3:].lower()}and",
        "receiptPOS1-000001",
        "POS1 000001",
        "POS1-000001paid",
        "POS1-000001,0551234567",
        "POS1-000001/2",
        "POS10000010551234567",
        "POS1-1",
        "pos1 001",
    ]
    for n, (text, typed) in enumerate(
        [(SECRET, each) for each in under] + [(f"{SECRET} {each}", "") for each in inside]
    ):
        office.station.say(op.CaseOpened(f"told{n}", text, typed))
    office.station.say(
        op.CaseOpened("told-other", "of the door at gate 2, POS1-000012, POS1-12", "GH-222222")
    )
    c = t.case_item.c
    for case, facts in office.rows(sa.select(c.case_id, c.facts).where(c.kind == "told")):
        said = {"case": case, "way": "handed_on", "note": SECRET, "seen": mark_of(str(facts))}
        if MARK in str(facts):
            assert office.ask_of("CaseSettled", "huda", **said).state == "granted"


def voided(office: Office) -> None:
    """By somebody who may not, so that a case repeats the reason; with a payment that was keyed wrongly."""
    paid_desk(office)
    payment, sale = f"{office.last}-p", f"{office.last}-s"
    card = op.TenderPart("p2", "card", sar(23000), sar(23000), "", "mada", "", "1234", "A1")
    fix = op.TenderCorrected("f", payment, sale, office.last, DAY, "shift", "cash", card, SECRET, "huda")
    asked = op.CardAsked("a", "charge", sale, sar(100), "T1")
    by_slip = op.CardResolved("a", "declined", "slip", sar(0), "", "", "", "", "", "", "huda", SECRET)
    slip = op.OverrideGiven("slip", "huda", "resolve_card", sale, SECRET)
    yes = op.OverrideGiven("y", "huda", "approve_void", sale, SECRET)
    answers = office.station.say(fix, asked, slip, by_slip, yes).answers
    assert [each.answer for each in answers] == ["applied"] * 5
    assert office.void_of(office.made(), SECRET, approver="reem") == ["flagged"]


@pytest.mark.parametrize(
    "write", [rejected, cancelled, revoked, refunded, discounted, told, told_under_numbers, voided]
)
def test_what_was_written_about_a_booking_is_forgotten_with_its_guest(
    office: Office, write: Callable[[Office], None]
) -> None:
    write(office)
    inbox = own.inbox.c
    assert any(MARK in text for text in everything(office))
    assert not any(MARK in str(public) for (public,) in office.rows(sa.select(inbox.public)))
    hashes = office.rows(sa.select(inbox.op_id, inbox.hash))
    assert erase(office, SARA).state == "granted"
    assert [text for text in everything(office) if MARK in text] == []
    assert any("gate 2" in text for text in everything(office)) is (write is told_under_numbers)
    assert set(hashes) <= set(office.rows(sa.select(inbox.op_id, inbox.hash)))


def test_what_was_written_about_others_stays(office: Office) -> None:
    cancelled(office)
    office.register("other", (("name", "Omar"), ("phone", "+966550000001")))
    assert office.ask("GuestVerified", guest="other", code=office.code(guest="other")).state == "granted"
    office.book(guest="other")
    assert office.ask_of("BookingCancelled", booking=office.last, reason="missed the bus").state == "granted"
    erase(office, SARA)
    kept = office.rows(sa.select(own.inbox.c.private).where(own.inbox.c.kind == "BookingCancelled"))
    assert sorted("missed the bus" in str(private) for (private,) in kept) == [False, True]
    assert (office.row()._mapping["reason"], MARK in "".join(everything(office))) == ("missed the bus", False)


def test_what_is_written_or_comes_late_about_an_erased_guests_booking_is_not_kept(office: Office) -> None:
    desk = paid_desk(office)
    ticket = office.made().tickets[0].ticket_id
    erase(office, SARA)
    wanted = whole_of(desk, office, ticket)
    assert desk.decide("RefundRefused", desk.asked(wanted), "huda", note=SECRET).state == "granted"
    said = {"booking": office.last, "tickets": [ticket], "reason": SECRET}
    assert office.ask_of("TicketRevoked", "huda", **said).state == "granted"
    sale = f"{office.last}-s"
    office.station.say(op.OverrideGiven("y", "huda", "approve_void", sale, SECRET))
    office.station.say(op.CaseOpened("told", SECRET, "POS1-000001"))
    office.station.say(op.CaseOpened("told2", SECRET, str(office.row()._mapping["number"]).lower()))
    office.void_of(office.made(), SECRET, approver="reem")
    assert [text for text in everything(office) if MARK in text] == []


def test_what_was_written_about_a_sale_of_which_nobody_had_heard_is_forgotten_by_the_hour(
    office: Office,
) -> None:
    office.book()
    erase(office, SARA)
    office.pay()
    office.station.say(op.CaseOpened("told", SECRET, "POS1-000001"))
    assert any(MARK in text for text in everything(office))
    look(office)
    assert [text for text in everything(office) if MARK in text] == []
    office.station.say(op.CaseOpened("told2", f"{SECRET} of{office.row()._mapping['number']}", ""))
    assert any(MARK in text for text in everything(office))
    look(office)
    assert [text for text in everything(office) if MARK in text] == []


def look(office: Office) -> int:
    """The hourly look; how many steps it took the database."""
    core, steps = office.core, count()

    def counted(connection: sa.Connection) -> None:
        driver = connection.connection.driver_connection
        if core.database.embedded and driver is not None:
            driver.set_progress_handler(lambda: next(steps) and 0, 10)
        try:
            look_again(SetUp(connection, core.clock, core.database.ids))
        finally:
            if core.database.embedded and driver is not None:
                driver.set_progress_handler(None, 0)

    core.database.transact(counted)
    return next(steps)


def test_the_hourly_look_is_at_what_came_since_and_at_nothing_else(office: Office) -> None:
    office.book()
    erase(office, SARA)
    look(office)
    nothing = look(office)
    for n in range(300):
        office.station.say(op.CaseOpened(f"told{n}", "of the door at gate 2", f"POS1-{n:06}"))
    all_of_it = look(office)
    office.station.say(op.CaseOpened("one more", "of the door at gate 2", "POS1-000999"))
    one = look(office)
    if office.core.database.embedded:
        assert nothing <= 20 < one < all_of_it / 5


def test_a_record_whose_words_were_forgotten_is_taken_when_it_comes_again(office: Office) -> None:
    """After a restore a station sends again what it has, without the words: nothing is wrong with it."""
    sent = office.station.sent(op.CaseOpened("told", SECRET, "POS1-000001"))
    bare = replace(sent.envelope, private="")
    assert bare.digest() == sent.envelope.digest()
    assert what_was_said(bare) == op.CaseOpened("told", "", "POS1-000001")
    assert what_was_said(office.station.sent(op.CaseOpened("told", "", "")).envelope) == "no text"
    reply = office.station.push(Sent(sent.n, sent.digest, bare))
    assert [each.answer for each in reply.answers] == ["flagged"]


def test_a_copy_that_was_set_aside_is_forgotten_too(office: Office) -> None:
    paid_desk(office)
    sale = f"{office.last}-s"
    one = office.station.sent(op.OverrideGiven("y", "huda", "approve_void", sale, "short"))
    other = office.station.sent(
        op.OverrideGiven("y", "huda", "approve_void", sale, SECRET), op_id=one.envelope.op_id
    )
    assert [each.answer for each in office.station.push(one).answers] == ["applied"]
    assert [each.answer for each in office.station.push(other).answers] == ["quarantined"]
    assert any(MARK in text for text in everything(office))
    erase(office, SARA)
    assert [text for text in everything(office) if MARK in text] == []


def test_the_reason_of_an_erasure_is_a_word_of_a_list(office: Office) -> None:
    office.register("other", (("name", "ليلى القحطاني"),))
    assert erase(office, "other").state == "granted"
    assert (
        office.ask("GuestErased", "huda", guest=SARA, reason="Layla asked for her sister").state == "granted"
    )
    kept = office.rows(sa.select(own.inbox.c.public).where(own.inbox.c.kind == "GuestErased"))
    assert sorted("other" in str(public).rpartition("reason")[2] for (public,) in kept) == [False, True]
    assert not any("Layla" in text for text in everything(office))
