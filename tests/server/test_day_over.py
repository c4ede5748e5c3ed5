"""Once the day of a paid booking has ended it is completed, or nobody came; what a gate tells late still counts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from domain import operation as op
from domain.policy import Ground
from domain.refund import Reason
from domain.refund_offer import Choice
from ledger import read_refunds, read_setup
from server import day_over
from server import tables as own
from server.setup import SetUp
from tests.helpers.core import DAY, an_admission, sar
from tests.server.test_booking_changes import at_once, tomorrow
from tests.server.test_booking_moves import move
from tests.server.test_bookings import Office, give_back, office, paid_desk
from tests.server.test_push import open_cases
from tests.server.test_refunds import Desk as Refunds

__all__ = ["office"]


@pytest.fixture
def paid(office: Office) -> Office:
    """Two adults for the 26th, paid and confirmed."""
    paid_desk(office)
    return office


def at_midnight(office: Office, *, days: int = 1) -> None:
    """The venue's: Riyadh is three hours ahead."""
    now = office.core.clock.now()
    office.core.clock.forward(
        seconds=(timedelta(days=days, hours=-3) - (now - now.replace(hour=0, minute=0))).total_seconds()
    )


def said(office: Office) -> list[str]:
    """What the server journalled of whose day was over."""
    found = office.rows(sa.select(own.inbox.c.public).where(own.inbox.c.kind == "BookingOver"))
    return sorted(json.loads(str(public))["life"] for (public,) in found)


def test_nobody_came_and_the_guest_is_told_nothing(paid: Office) -> None:
    told, free = paid.told(), paid.free
    at_midnight(paid)
    paid.core.clock.forward(seconds=-1)
    paid.tick()
    assert paid.life == "confirmed"
    paid.core.clock.forward(seconds=1)
    paid.tick()
    paid.tick()
    assert (paid.life, said(paid)) == ("no_show", ["no_show"])
    assert (paid.told(), paid.free, open_cases(paid.core)) == (told, free, [])


def test_one_who_came_completes_it_also_when_the_gate_tells_late(paid: Office) -> None:
    one, two = (place.ticket_id for place in paid.made().tickets)
    first = paid.last
    paid.station.say(an_admission(one, admission="in"), op.AdmissionUndone("in", one, DAY))
    paid.book()
    at_midnight(paid)
    paid.tick()
    assert (paid.row(first)._mapping["life"], paid.life) == ("no_show", "expired")
    paid.station.say(an_admission(two, admission="late"))
    paid.tick()
    paid.tick()
    assert (paid.row(first)._mapping["life"], said(paid)) == ("completed", ["completed", "no_show"])
    paid.say_paid(paid.made(), number="POS1-000005", name="new")
    paid.tick()
    assert paid.life == "no_show"  # its till was away: confirmed, and its day is over
    paid.core.clock.forward(days=32)
    paid.station.say(an_admission(paid.made().tickets[0].ticket_id, admission="later"))
    paid.tick()
    assert paid.life == "no_show"  # beyond a month nobody looks any more


def test_it_waits_for_the_last_day_of_its_tickets(paid: Office) -> None:
    [one, two] = (place.ticket_id for place in paid.made().tickets)
    paid.station.say(an_admission(one, admission="in"))
    assert move(paid, tomorrow(paid).number, two).state == "granted"
    at_midnight(paid)
    paid.tick()
    assert paid.life == "confirmed"
    at_midnight(paid)
    paid.core.clock.forward(days=1)
    paid.tick()
    assert paid.life == "completed"


def test_what_goes_back_later_is_refunded_by_the_policy_for_who_did_not_come(paid: Office) -> None:
    def kinder(connection: sa.Connection) -> None:
        policy, _ = read_setup.policy(connection, "day")
        SetUp(connection, paid.core.clock, paid.core.database.ids).record(
            "policy", "day", replace(policy, no_show=2000)
        )

    paid.core.database.transact(kinder)
    at_midnight(paid)
    paid.tick()
    assert paid.life == "no_show"
    desk, tickets = (
        Refunds(paid.core, paid.station, paid.door),
        tuple(p.ticket_id for p in paid.made().tickets),
    )
    wanted = desk.wanted(
        paid.last, choice=Choice(tickets), reason=Reason.CUSTOMER_CANCEL, seen=sar(4600), amount=sar(4600)
    )
    refund = desk.asked(wanted)
    row = paid.core.database.look(lambda c: read_refunds.refund(c, refund))
    assert row is not None and [quote.ground for quote in row.asked.quotes] == [Ground.NO_SHOW]
    assert desk.decide("RefundWithdrawn", refund, "reem").state == "granted"
    give_back(desk, paid.last, tickets, number="POS1-000002")
    paid.tick()
    assert (paid.life, "cancelled" in paid.told()) == ("no_show", False)  # that nobody came stays true


def test_what_went_back_whole_before_its_day_is_called_off(paid: Office) -> None:
    tickets = tuple(place.ticket_id for place in paid.made().tickets)
    give_back(Refunds(paid.core, paid.station, paid.door), paid.last, tickets, number="POS1-000002")
    at_midnight(paid)
    paid.tick()
    assert paid.life == "cancelled"


def test_so_many_at_once(paid: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_ENDED", "_CAME_LATE"):
        monkeypatch.setattr(day_over, name, getattr(day_over, name).limit(1))
    first = paid.last
    paid.book()
    paid.say_paid(paid.made(), number="POS1-000005", name="new")
    paid.tick()
    at_midnight(paid)
    lives = []
    for _ in range(2):
        paid.tick()
        lives.append({str(paid.row(each)._mapping["life"]) for each in (first, paid.last)})
    assert lives == [{"confirmed", "no_show"}, {"no_show"}]


def test_a_guest_told_of_at_that_moment_is_not_forgotten(paid: Office) -> None:
    one = paid.made().tickets[0].ticket_id
    at_midnight(paid)
    at_once(paid.tick, lambda: paid.station.say(an_admission(one, admission="in")), paid.tick)
    paid.tick()
    assert paid.life == "completed"
    assert said(paid) in (["completed"], ["completed", "no_show"])
