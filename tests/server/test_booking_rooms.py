"""How full that is which a booking is for, as a card tells it from the rows at the moment when somebody looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from app.booking_page import About, booking_page
from app.shown_bookings import BookingPage
from domain.booking_checks import Check, Room
from domain.lease import HOLDER
from ledger import read_setup
from ledger import tables as t
from ledger.rows import add_rows
from server.setup import SetUp
from tests.helpers.core import a_booking
from tests.server.test_bookings import ADULT, CABANA, MEMBERS, Office, give, office, with_approval
from tests.server.test_goods import BOARD, there_are, walk_in

__all__ = ["office"]


def page(office: Office, booking: str = "", *, hours: int = 0) -> BookingPage:
    about = About("supervisor", office.core.clock.now() + timedelta(hours=hours), True, ())
    return office.core.database.look(lambda c: booking_page(c, office.row(booking), about))


def failed(office: Office, *, hours: int = 0) -> set[Check]:
    return {check for check, well in page(office, hours=hours).checks if not well} - {Check.PLAIN}


def capacity(office: Office, places: int) -> None:
    core = office.core

    def work(connection: sa.Connection) -> None:
        setup, known = (
            SetUp(connection, core.clock, core.database.ids),
            read_setup.session(connection, core.session),
        )
        assert known is not None
        setup.session(replace(known, capacity=places))
        setup.publish()

    core.database.transact(work)


def test_the_figures_are_those_of_now_and_what_fits_no_more_is_said(office: Office) -> None:
    core = office.core
    with_approval(office)
    office.book((ADULT, core.session, 5))
    office.book((CABANA, 0, 1), (ADULT, core.session, 8))
    assert page(office).rooms[0].room == Room(8, 8, 13, core.capacity)
    office.station.say(a_booking(core, tickets=3, booking="others"))
    [told] = page(office).rooms
    assert told.room == Room(8, 8, 16, core.capacity) and told.times is not None
    assert failed(office) == set()
    for places, wrong in ((16, set()), (15, {Check.PLACES}), (0, {Check.PLACES}), (300, set())):
        capacity(office, places)
        assert (page(office).rooms[0].room.capacity, failed(office)) == (places, wrong)


def test_a_hold_that_ended_is_seen_though_nobody_decided(office: Office) -> None:
    with_approval(office)
    office.book((CABANA, 0, 1), (ADULT, office.core.session, 8))
    ended = {"session": office.core.session, "station_id": HOLDER, "incarnation": 0, "places": 8, "used": 0}
    ended |= {
        "end_id": f"{office.last}/{office.core.session}",
        "how": "returned",
        "at": 0,
        "bucket": "global",
    }
    office.core.database.transact(lambda c: add_rows(c, [(t.lease_end, ended)]))
    assert page(office).rooms[0].room == Room(8, 0, 0, office.core.capacity)
    assert failed(office) == {Check.PLACES}


def test_goods_of_which_there_is_a_number_are_counted_on_its_day(office: Office) -> None:
    with_approval(office)
    office.book((CABANA, 0, 1))
    assert (page(office).rooms, Check.PLACES in dict(page(office).checks)) == ((), False), "nothing to count"
    there_are(office.core, 2)
    office.book((CABANA, 0, 1), (BOARD, 0, 2))
    assert [each.room for each in page(office).rooms] == [Room(2, 2, 2, 2)]
    assert failed(office) == set()
    office.station.say(walk_in(office, 1, "one"))
    assert (page(office).rooms[0].room, failed(office)) == (Room(2, 2, 3, 2), {Check.PLACES})


def test_a_day_that_is_over_and_a_membership_that_is_not_valid_are_seen(office: Office) -> None:
    with_approval(office)
    office.book((CABANA, 0, 1), (MEMBERS, office.core.session, 1))
    assert failed(office) == {Check.MEMBERSHIP}
    assert failed(office, hours=24) == {Check.MEMBERSHIP, Check.DAY}
    give(office)
    assert failed(office) == set()
