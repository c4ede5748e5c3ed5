"""Places of a session over a real line: ready in time, the last ones where they are wanted, none sold twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from domain import codec
from domain import operation as op
from domain.cart import Cart
from domain.errors import Code, Refused
from domain.lease import FAMILY
from ledger import feed
from ledger import tables as t
from server import tables as own
from tests.helpers.line import Open, on_server
from tests.helpers.running import RunningServer
from tests.helpers.shop import ADULT, CHILD, HUDA, Shop, refused
from tests.helpers.waiting import wait_for

CAPACITY = 40


@pytest.fixture
def capacity() -> int:
    """A venue with few places a session."""
    return CAPACITY


def at_work(opened: Open, name: str, who: str) -> Shop:
    return opened(name).sign_in(who).open_shift()


def cart(till: Shop, session: int, adults: int) -> Cart:
    selling = till.station.selling
    one = selling.add(selling.empty(), ADULT, session)
    return selling.reserve(selling.set_quantity(one, one.lines[0].line_id, adults))


def gets(till: Shop, session: int, adults: int) -> bool:
    """Within the patience of a till or not: on a busy machine a place takes its time from one counter to another."""
    try:
        return cart(till, session, adults).items == adults
    except Refused as held:
        assert held.code is Code.PLACES_HELD
        return False


def sold(server: RunningServer) -> int:
    return sum(map(int, on_server(server, sa.select(t.ticket.c.places))))  # type: ignore[call-overload] # numbers


def _shown(till: Shop, session: int) -> int:
    """How many places of the session its tile says are left."""
    page = till.station.selling.page(session, "")
    return next(tile.left for tile in page.sessions if tile.number == session and not tile.stale)


def test_a_family_finds_its_places_ready_and_the_shelf_is_filled_again(opened: Open) -> None:
    desk = at_work(opened, "POS1", "reem")
    wait_for(lambda: desk.ready() >= FAMILY)
    desk.sell((ADULT, ADULT, CHILD, CHILD))
    desk.sell((ADULT, ADULT, CHILD, CHILD))
    wait_for(lambda: desk.ready() >= FAMILY // 2 + 1)


def test_what_a_till_was_granted_is_told_with_the_life_of_the_server_that_granted_it(
    server: RunningServer, opened: Open
) -> None:
    """By that a server that was put back knows what it may have forgotten from what it never gave."""
    desk = at_work(opened, "POS1", "reem")
    wait_for(lambda: desk.ready() >= FAMILY)
    told = sa.select(own.inbox.c.public).where(own.inbox.c.kind == op.LeaseTaken.__name__)
    wait_for(lambda: on_server(server, told))
    epochs = on_server(server, sa.select(feed.head.c.epoch))
    assert {codec.loads(op.LeaseTaken, str(said)).epoch for said in on_server(server, told)} == set(epochs)
    assert not on_server(server, sa.select(t.case_item.c.kind))


def test_a_gate_or_a_till_without_a_shift_holds_nothing(opened: Open) -> None:
    desk = at_work(opened, "POS1", "reem")
    wait_for(lambda: desk.ready() >= FAMILY)
    desk.station.shifts.count({20000: 1, 10000: 2, 5000: 1, 2000: 2, 1000: 1})
    desk.station.shifts.close("", None)
    wait_for(lambda: desk.ready() == 0)


def test_the_last_places_go_to_who_needs_them(server: RunningServer, opened: Open) -> None:
    """35 of 40 are sold elsewhere, where some of the rest lies ready: a family gets all five, nobody a sixth."""
    other = at_work(opened, "POS2", "salem")
    other.sell((ADULT,) * 35)
    desk = at_work(opened, "POS1", "reem")
    session, selling = desk.session, desk.station.selling
    family = selling.empty()
    for number in range(5):
        family = selling.reserve(selling.add(family, ADULT, session))
        assert family.items == number + 1
    page = desk.station.checkout.begin(family)
    desk.station.checkout.cash(page.sale_id, page.left)
    wait_for(lambda: sold(server) == CAPACITY)
    assert refused(cart, desk, session, 1) is Code.CAPACITY_FULL
    assert desk.left(session) == other.left(session) == 0


def test_a_cart_that_goes_leaves_no_place_held(opened: Open) -> None:
    other, desk = at_work(opened, "POS2", "salem"), at_work(opened, "POS1", "reem")
    session = other.session
    other.sell((ADULT,) * 35)
    cart(desk, session, 5)
    wait_for(lambda: [_shown(till, session) for till in (desk, other)] == [CAPACITY - 35] * 2)
    assert refused(cart, other, session, 1) is Code.PLACES_HELD
    desk.station.selling.empty()
    wait_for(lambda: gets(other, session, 5))


def test_a_parked_and_a_cleared_sale_get_their_places_back(opened: Open) -> None:
    other, desk = at_work(opened, "POS2", "salem"), at_work(opened, "POS1", "reem")
    session, selling = other.session, desk.station.selling
    other.sell((ADULT,) * 35)
    family = cart(desk, session, 5)
    for _ in range(3):
        selling.park(family)
        selling.empty()
        family = selling.reserve(selling.resume(selling.parked()[0].parked_id))
        selling.empty()
        wait_for(lambda: desk.left(session) == 0)
        family = selling.reserve(family)


def test_nothing_is_sold_beyond_a_lease_without_a_word_why(opened: Open) -> None:
    selling = opened("POS1").sign_in("reem").open_shift().station.selling
    assert refused(selling.allow, selling.empty(), replace(HUDA, reason=" ")) is Code.REASON_NEEDED


def test_two_tills_that_cannot_talk_sell_no_place_twice(server: RunningServer, opened: Open) -> None:
    tills = at_work(opened, "POS1", "reem"), at_work(opened, "POS2", "salem")
    wait_for(lambda: all(till.ready() > 0 for till in tills))
    server.kill()
    for till in tills:
        wait_for(lambda till=till: not till.station.health.online())
        session = till.session
        while till.ready():
            till.sell((ADULT,))
        assert refused(cart, till, session, 1) is Code.PLACES_OFFLINE
    till.sell((ADULT,), beyond=True)
    told = sum(till.count(t.ticket) for till in tills)
    server.start()
    wait_for(lambda: sold(server) == told <= CAPACITY, seconds=20)
    wait_for(lambda: tills[0].station.health.status().needs_attention == 1)
