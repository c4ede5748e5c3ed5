"""What a station says when places are not here: that the server is away only while it is."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from itertools import count

import pytest

from app.line import Line
from app.shown import SellPage
from domain.cart import Cart
from domain.errors import Code, Refused
from domain.lease import FAMILY, HOLDER
from ledger import tables as t
from ledger.clock import HandClock
from ledger.rows import add_rows
from tests.helpers.running import MORNING
from tests.helpers.shop import ADULT, CHILD, HUDA, WATER, Shop, refused, sar
from tests.helpers.waiting import wait_for
from tests.services.conftest import Open

CABANA = 13  # of which the sample venue has twelve


@pytest.mark.parametrize(
    ("line", "said"), [(Line(None), Code.PLACES_LATE), (Line(HandClock(MORNING).now()), Code.PLACES_OFFLINE)]
)
def test_places_that_did_not_come_in_time_are_late_and_only_without_the_server_offline(
    shop: Shop, line: Line, said: Code
) -> None:
    selling, places = shop.station.selling, shop.station.places
    shop.station.sync.line = line
    places.elapsed = count(step=4).__next__  # what is waited for is over at once
    cart = selling.add(selling.empty(), ADULT, shop.session)
    many = selling.set_quantity(cart, cart.lines[0].line_id, 150)
    assert refused(selling.reserve, many) is said


def test_a_cart_never_counts_on_places_that_are_given_back_at_that_moment(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who gives them back looked at the carts before this one was on the screen."""
    selling, places, leases = shop.station.selling, shop.station.places, shop.station.leases
    shop.station.sync.line = Line(None)
    number = shop.session
    shelf = next(one for one in leases.shelves() if one.session.number == number)
    assert shelf.ready > 0
    looked, go_on = threading.Event(), threading.Event()
    in_carts = places.in_carts

    def slowly(*given: object, **named: object) -> Counter[int]:
        found = in_carts(*given, **named)  # type: ignore[arg-type] # as it was called
        if threading.current_thread().name == "giving":
            looked.set()
            assert go_on.wait(10)
        return found

    monkeypatch.setattr(places, "in_carts", slowly)
    nothing_liked = replace(shelf, goal=0)
    giving = threading.Thread(target=leases._give_back, args=(nothing_liked,), name="giving")
    giving.start()
    assert looked.wait(10)
    answers: list[object] = []
    cart = selling.add(selling.empty(), ADULT, number)
    places.elapsed = count(step=4).__next__  # what is waited for is over at once
    selling_thread = threading.Thread(target=lambda: answers.append(refused(selling.reserve, cart)))
    selling_thread.start()
    wait_for(lambda: places._shown is cart and bool(shop.station.store.lock._staff_waiting or answers))
    go_on.set()
    giving.join(10)
    selling_thread.join(10)
    assert answers == [Code.PLACES_LATE]  # it never was told that they are there


def test_what_a_supervisor_allowed_stays_when_more_is_refused(shop: Shop) -> None:
    selling, number, here = shop.station.selling, shop.session, shop.ready()
    shop.station.sync.line = Line(HandClock(MORNING).now())
    cart = selling.add(selling.empty(), ADULT, number)
    wanted = selling.set_quantity(cart, cart.lines[0].line_id, here + 2)
    assert refused(selling.reserve, wanted) is Code.PLACES_OFFLINE
    more = selling.add(selling.add(selling.allow(wanted, HUDA), WATER, number), CHILD, number)
    with pytest.raises(Refused) as why:
        selling.reserve(more)
    assert why.value.facts["places"] == 1  # nobody is asked again about what is allowed
    kept = selling.reserve(selling.trim(more))
    assert [(line.product.number, line.quantity) for line in kept.lines] == [(ADULT, here + 2), (WATER, 1)]
    assert selling.reserve(selling.set_quantity(kept, kept.lines[0].line_id, here + 1)).allowed
    assert shop.station.checkout.begin(kept).left == kept.lines[0].gross + kept.lines[1].gross


def test_a_yes_that_is_needed_no_more_is_not_named(shop: Shop) -> None:
    allowed = shop.beyond([ADULT])
    assert allowed.override_id and not shop.station.selling.reserve(allowed).override_id


def test_with_the_server_back_places_come_for_what_was_allowed_too(shop: Shop) -> None:
    selling, places, here = shop.station.selling, shop.station.places, shop.ready()
    cart = selling.add(selling.empty(), ADULT, shop.session)
    allowed = selling.allow(selling.set_quantity(cart, cart.lines[0].line_id, here + 9), HUDA)
    places._wanted = selling.add(allowed, CHILD, shop.session)
    assert places.wanted() == {shop.session: 10}


def _lease(shop: Shop, number: int, held: tuple[str, int, int]) -> None:
    """`held`: station, incarnation and places."""
    values = dict(zip(("station_id", "incarnation", "places"), held, strict=True))
    row = {"lease_id": f"lease {held}", "session": number, "at": 1, "bucket": "b", "seq": 1} | values
    with shop.station.store.sync_cache() as connection:
        add_rows(connection, [(t.lease, row)])


def test_what_is_left_is_what_the_venue_can_still_sell_whoever_has_it_ready(shop: Shop) -> None:
    def left() -> int:
        return shop.station.selling.page(number, "").sessions[0].left

    number, page = shop.session, shop.station.selling.page(0, "")
    assert left() == page.sessions[0].capacity
    shop.sell((ADULT,))
    before = left()
    assert before == page.sessions[0].capacity - 1
    _lease(shop, number, ("pos2", 1, 7))
    assert left() == before
    _lease(shop, number, (HOLDER, 0, 4))
    assert left() == before - 4
    _lease(shop, number + 1, ("pos2", 2, 1))  # it was enrolled anew: what it held before, nobody can sell
    assert left() == before - 4 - 7
    _lease(shop, number, ("pos3", 1, 2))
    assert left() == before - 4 - 7
    subject = f"left:{number}:1:pos3"
    row = {"case_id": "left", "kind": "places_left", "subject": subject, "facts": "[]", "bucket": "global"}
    with shop.station.store.sync_cache() as connection:
        add_rows(connection, [(t.case_item, row | {"opened_at": 1, "closed_at": 0, "seq": 1})])
    assert left() == before - 4 - 7 - 2


def test_what_an_earlier_incarnation_of_this_till_holds_is_not_left(shop: Shop) -> None:
    number = shop.session
    shop.sell((ADULT, ADULT))
    [tile, *_] = shop.station.selling.page(number, "").sessions
    store = shop.station.store
    assert store.identity is not None
    store.identity = replace(store.identity, incarnation=store.identity.incarnation + 1)
    [after, *_] = shop.station.selling.page(number, "").sessions
    assert tile.left - after.left == tile.here == FAMILY


def test_the_page_tells_when_a_session_begins_or_ends(open_station: Open) -> None:
    clock = HandClock(MORNING)
    selling = open_station(clock=clock).sign_in("reem").station.selling
    for _ in range(4):
        page = selling.page(0, "")
        assert page.turns_in
        clock.forward(seconds=page.turns_in.total_seconds() - 1)
        assert _running(selling.page(0, "")) == _running(page)
        clock.forward(seconds=1)
        assert _running(selling.page(0, "")) != _running(page)


def _running(page: SellPage) -> list[tuple[int, bool]]:
    return [(each.number, each.now) for each in page.sessions]


def test_of_what_there_is_so_many_a_day_a_till_sells_no_more_than_it_knows_to_be_left(shop: Shop) -> None:
    selling, checkout = shop.station.selling, shop.station.checkout
    cart = selling.add(selling.empty(), CABANA, 0)
    all_of_them = selling.set_quantity(cart, cart.lines[0].line_id, 12)
    assert refused(selling.set_quantity, all_of_them, cart.lines[0].line_id, 13) is Code.GOODS_FULL
    assert _cabana(selling.page(0, "rentals")) == (12, False, False)
    page = checkout.begin(all_of_them)
    paid = checkout.cash(page.sale_id, page.left)
    assert _cabana(selling.page(0, "rentals")) == (0, True, True)
    assert refused(selling.add, selling.empty(), CABANA, 0) is Code.GOODS_FULL
    assert selling.add(selling.empty(), WATER, 0).items == 1, "nobody counts these"
    shop.station.records.void(paid.sale_id, "wrong day", HUDA, lambda step: None)
    assert _cabana(selling.page(0, "rentals")) == (12, False, False)


def test_what_went_to_others_while_it_was_being_paid_is_not_sold_unless_a_card_was_charged(
    card_shop: Shop,
) -> None:
    shop = card_shop
    selling, checkout = shop.station.selling, shop.station.checkout

    def cabanas(n: int) -> Cart:
        cart = selling.add(selling.empty(), CABANA, 0)
        return selling.set_quantity(cart, cart.lines[0].line_id, n)

    late, charged, first = (checkout.begin(cabanas(n)) for n in (11, 10, 2))
    part = sar("50.00")
    assert checkout.card(charged.sale_id, part, lambda step: None).left == charged.left - part
    checkout.cash(first.sale_id, first.left)
    for pay in (checkout.cash, lambda *what: checkout.card(*what, lambda step: None)):
        assert refused(pay, late.sale_id, late.left) is Code.GOODS_FULL
    assert checkout.page(late.sale_id).tenders == (), "no card was asked for it"
    again = checkout.give_up(late.sale_id)
    assert refused(checkout.begin, again) is Code.GOODS_FULL
    ten = selling.set_quantity(again, again.lines[0].line_id, 10)
    paid = checkout.begin(ten)
    assert not checkout.cash(paid.sale_id, paid.left).left
    assert not checkout.cash(charged.sale_id, charged.left - part).left, (
        "the guest has paid: others look at it"
    )
    assert _cabana(selling.page(0, "rentals")) == (0, True, True)


def _cabana(page: SellPage) -> tuple[int | None, bool, bool]:
    """How many are left, whether that is few, and whether none are."""
    tile = next(each for each in page.tiles if each.product.number == CABANA)
    return tile.left, tile.low, tile.full
