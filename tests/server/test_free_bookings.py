"""Bookings for which there is nothing to pay: kept as long as somebody can come, and told so."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
import sqlalchemy as sa

from domain.catalogue import Venue
from domain.money import Money
from ledger import read_setup
from ledger.clock import to_ms
from server import message_kinds
from server import tables as own
from server.message_kinds import KINDS
from server.templates import Templates
from tests.server.test_booking_changes import change
from tests.server.test_bookings import ADULT, CABANA, Office, office, open_cases, with_approval
from tests.server.test_nothing_back import costs, known, save
from tests.server.test_templates import venue

__all__ = ["office", "venue"]


@pytest.fixture
def free(office: Office) -> Office:
    costs(office.core, ADULT, 0)
    return office


def ends(office: Office) -> datetime:
    session = office.core.database.look(lambda c: read_setup.session(c, office.core.session))
    assert session is not None
    return session.ends_at


def until(office: Office) -> object:
    return office.row()._mapping["expires_at"]


def test_it_is_kept_for_as_long_as_somebody_can_come(free: Office) -> None:
    """No hold of some minutes: the guest comes by and gets the tickets."""
    reply = free.book((ADULT, free.core.session, 2))
    assert dict(reply.facts)["total"] == "0" and until(free) == to_ms(ends(free))
    free.core.clock.forward(seconds=(ends(free) - free.core.clock.now()).total_seconds() - 60)
    free.tick()
    assert free.ask_of("BookingExtended", booking=free.last).state == "granted"
    assert (free.life, until(free)) == ("held", to_ms(ends(free)))
    free.pay()
    free.tick()
    assert (free.life, free.told()) == ("confirmed", ["booking_received", "confirmed"])
    assert open_cases(free.core) == []


def test_after_that_its_places_are_free_again(free: Office) -> None:
    places = free.free
    free.book((ADULT, free.core.session, 2))
    free.core.clock.forward(seconds=(ends(free) - free.core.clock.now()).total_seconds())
    free.tick()
    assert (free.life, free.free) == ("expired", places)


def test_a_yes_to_what_is_free_keeps_it_as_long(office: Office) -> None:
    with_approval(office)
    save(office.core, "product", str(CABANA), replace(known(office.core, CABANA), price=Money(0, "SAR")))
    costs(office.core, ADULT, 0)
    office.book((CABANA, 0, 1), (ADULT, office.core.session, 1))
    assert office.ask_of("BookingApproved", "huda", booking=office.last).state == "granted"
    assert until(office) == to_ms(ends(office))


def test_what_becomes_free_is_kept_as_long_and_what_costs_again_is_not(office: Office) -> None:
    office.book((ADULT, office.core.session, 2))
    costs(office.core, ADULT, 0)
    assert change(office, (ADULT, office.core.session, 3)).state == "granted"
    assert until(office) == to_ms(ends(office))
    costs(office.core, ADULT, 11500)
    office.core.clock.forward(minutes=40)
    assert change(office, (ADULT, office.core.session, 1)).state == "granted"
    assert until(office) == to_ms(office.core.clock.now()) + 15 * 60_000


def test_other_wishes_alone_give_what_costs_by_now_the_time_to_be_paid(free: Office) -> None:
    free.book((ADULT, free.core.session, 2))
    costs(free.core, ADULT, 11500)
    free.core.clock.forward(minutes=40)
    assert change(free, (ADULT, free.core.session, 2), note="by the sea").state == "granted"
    assert until(free) == to_ms(free.core.clock.now()) + 15 * 60_000


@pytest.mark.parametrize(
    "kind", [name for name, kind in KINDS.items() if {"total", "until"} <= {*kind.facts}]
)
@pytest.mark.parametrize(("language", "pay"), [("en", "Pay "), ("ar", "ادفع")])
def test_nobody_is_told_to_pay_nothing(kind: str, language: str, pay: str, venue: Venue) -> None:
    said = Templates().render(kind, language, {**KINDS[kind].sample, "total": Money(0, "SAR")}, venue)
    due = Templates().render(kind, language, KINDS[kind].sample, venue)
    for text in ("sms", "text", "html"):
        assert pay in getattr(due, text) and pay not in getattr(said, text)
        assert "0.00" not in getattr(said, text)


def test_a_guest_reads_that_there_is_nothing_to_pay(free: Office) -> None:
    free.book((ADULT, free.core.session, 2))
    facts = free.rows(sa.select(own.outbox.c.facts).where(own.outbox.c.kind == "booking_received"))
    assert message_kinds.read("booking_received", str(facts[0][0]))["total"] == Money(0, "SAR")


@pytest.mark.parametrize("price", [0, 11500])
def test_what_a_till_without_a_line_sold_and_voided_is_called_off_and_told(
    office: Office, price: int
) -> None:
    """It stayed held, could not be paid any more, and its guest was told to pay."""
    costs(office.core, ADULT, price)
    places = office.free
    office.book((ADULT, office.core.session, 2))
    office.pay()
    office.void()
    office.tick()
    assert (office.life, office.free, open_cases(office.core)) == ("cancelled", places, [])
    assert office.told() == ["booking_received", "cancelled", *(["refund_done"] if price else [])]
