"""A ticket that is revoked lets nobody in, frees its place and gives no money back by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from domain.refund import Reason
from domain.refund_offer import Choice
from domain.visit import Ended
from ledger import tables as t
from ledger.wire import RequestReply
from tests.helpers.core import a_booking, a_sale, an_admission, sar
from tests.server.test_booking_changes import at_once
from tests.server.test_booking_moves import good, known, reissue
from tests.server.test_bookings import Office, give_back, office, paid_desk
from tests.server.test_push import open_cases
from tests.server.test_refunds import Desk as Refunds

__all__ = ["office"]


@pytest.fixture
def paid(office: Office) -> Office:
    """Two adults, paid and confirmed."""
    paid_desk(office)
    return office


def revoke(office: Office, *tickets: str, staff: str = "huda", **said: object) -> RequestReply:
    wanted = {"booking": office.last, "tickets": tickets, "reason": "sold on by the guest"}
    return office.ask_of("TicketRevoked", staff, **wanted | said)


def owed(office: Office) -> tuple[int, int]:
    """What the booking was charged, and what of it went back."""
    [[charged]] = office.rows(sa.select(sa.func.sum(t.charge.c.gross)))
    [[back]] = office.rows(sa.select(sa.func.coalesce(sa.func.sum(t.refund.c.amount), 0)))
    return int(str(charged)), int(str(back))


def test_a_revoked_ticket_is_refused_with_its_reason_kept_and_its_place_is_free(paid: Office) -> None:
    one, stays = (place.ticket_id for place in paid.made().tickets)
    free, told = paid.free, paid.told()
    reply = revoke(paid, one)
    assert (reply.state, dict(reply.facts)) == ("granted", {"tickets": "1"})
    assert (known(paid, one).ended, known(paid, stays).ended) == (Ended.REVOKED, None)
    assert (paid.free, list(good(paid)), paid.life, paid.told()) == (free + 1, [stays], "confirmed", told)
    c = t.ticket_revoke.c
    said = paid.rows(sa.select(c.ticket_id, c.booking_id, c.reason, c.staff_id, c.bucket))
    assert [tuple(row) for row in said] == [
        (one, paid.last, "sold on by the guest", "huda", "day:2026-11-26")
    ]
    assert (owed(paid), open_cases(paid.core)) == ((23000, 0), [])
    assert revoke(paid, one).code == "move_ticket_gone"
    paid.station.say(an_admission(one, admission="a gate that was away"))
    assert open_cases(paid.core) == ["admitted_canceled"]


def test_its_money_still_goes_back_by_a_refund_and_once(paid: Office) -> None:
    one, stays = (place.ticket_id for place in paid.made().tickets)
    revoke(paid, one)
    desk = Refunds(paid.core, paid.station, paid.door)
    by_policy = desk.wanted(
        paid.last, choice=Choice((one,)), reason=Reason.CUSTOMER_CANCEL, amount=sar(10350), seen=sar(10350)
    )
    refund = desk.asked(by_policy)
    assert desk.decide("RefundWithdrawn", refund, "reem").state == "granted"
    give_back(desk, paid.last, (one,), number="POS1-000002")
    assert desk.ask(by_policy).code == "refund_gone"
    paid.tick()
    assert (paid.life, owed(paid)) == ("confirmed", (23000, 11500))
    give_back(desk, paid.last, (stays,), number="POS1-000003")
    paid.tick()
    assert (paid.life, good(paid), known(paid, one).ended) == ("cancelled", {}, Ended.REVOKED)


def test_that_nobody_could_come_is_no_no_show(paid: Office) -> None:
    revoke(paid, *(place.ticket_id for place in paid.made().tickets))
    paid.core.clock.forward(days=1)
    paid.tick()
    assert paid.life == "completed"


def test_a_walk_in_loses_its_ticket_the_same_way(paid: Office) -> None:
    walk_in = a_booking(paid.core, tickets=2, booking="walk-in")
    paid.station.say(walk_in, a_sale(paid.core, walk_in, number="POS1-000002"))
    before = paid.free
    one = walk_in.tickets[0].ticket_id
    assert revoke(paid, one).code == "move_ticket_gone"  # of another booking
    assert revoke(paid, one, booking="walk-in").state == "granted"
    assert (known(paid, one).ended, paid.free) == (Ended.REVOKED, before + 1)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"reason": " "}, "reason_needed"),
        ({"booking": "x"}, "move_ticket_gone"),
        ({"tickets": []}, "record_invalid"),
        ({"tickets": ["a", "a"]}, "record_invalid"),
        ({"tickets": [1]}, "record_invalid"),
        ({"staff": "reem"}, "not_allowed"),
    ],
)
def test_what_cannot_be_revoked_is_refused_by_name(paid: Office, said: dict[str, object], code: str) -> None:
    one = paid.made().tickets[0].ticket_id
    assert revoke(paid, one, **said).code == code  # type: ignore[arg-type] # a name or fields
    assert len(good(paid)) == 2


def test_what_was_used_asked_back_or_is_not_paid_stays(paid: Office) -> None:
    one, two = (place.ticket_id for place in paid.made().tickets)
    paid.station.say(an_admission(one, admission="in"))
    assert revoke(paid, one, two).code == "move_ticket_used"
    desk, minor = Refunds(paid.core, paid.station, paid.door), {"amount": sar(11500), "seen": sar(11500)}
    desk.asked(desk.wanted(paid.last, choice=Choice((two,)), reason=Reason.VENUE_CLOSED, **minor))
    assert revoke(paid, two).code == "refund_open"
    assert len(good(paid)) == 2
    paid.core.clock.forward(days=1)
    paid.tick()
    assert revoke(paid, two).code == "booking_is"


def test_of_all_who_end_a_ticket_at_once_one_does(paid: Office) -> None:
    one, stays = (place.ticket_id for place in paid.made().tickets)
    free, told = paid.free, list[str]()
    works: list[Callable[[], object]] = [lambda: told.append(revoke(paid, one).code)] * 3
    at_once(*works, lambda: told.append(reissue(paid, one).code and "other"))
    assert Counter(told)[""] == 1
    assert stays in good(paid) and one not in good(paid)
    assert paid.free == free + 2 - len(good(paid))
    assert open_cases(paid.core) == []
