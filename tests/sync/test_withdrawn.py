"""A product is taken out of the venue file while tills sell: those that hear of it offer it no more."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout

import pytest
import sqlalchemy as sa

from app.services.selling import Selling
from domain.errors import Code
from ledger import tables as t
from server import admin
from tests.helpers.line import on_server, settled
from tests.helpers.running import RunningServer
from tests.helpers.shop import ADULT, WATER, Shop, refused
from tests.helpers.waiting import wait_for
from tests.sync.test_bookings import desk, life, sara

__all__ = ["desk"]
OF_WATER = re.compile(r"\[\[product\]\]\nnumber = 33\n(?:.+\n)+")


def save(server: RunningServer, text: str) -> str:
    """Imports a venue file as its administrator does while the server runs; returns what was printed."""
    path = server.folder / "again.toml"
    path.write_text(text, encoding="utf-8")
    with redirect_stdout(io.StringIO()) as out:
        assert admin.import_file(path, server.settings, server.clock) == 0
    return out.getvalue()


@pytest.fixture
def whole(server: RunningServer) -> str:
    return (server.folder.parent / "venue.toml").read_text(encoding="utf-8")


def offered(selling: Selling) -> bool:
    return WATER in [tile.product.number for tile in selling.page(0, "food").tiles]


def test_a_till_that_hears_of_it_offers_it_no_more_and_one_that_did_not_sells_it(
    server: RunningServer, desk: Shop, whole: str
) -> None:
    selling = desk.station.selling
    assert offered(selling) and selling.search("water")
    assert WATER in [each.number for each in desk.station.bookings.desk(None).products]
    held = desk.station.bookings.book(sara(desk), [(WATER, 0, 2)])
    wait_for(lambda: life(desk, held.booking_id) is not None)
    cart = desk.cart((ADULT, WATER))
    server.kill()
    wait_for(lambda: not desk.station.health.online())
    assert "33 Water" in save(server, OF_WATER.sub("", whole))
    assert desk.sell((WATER,)).paid_in_full, "it has not heard of it"
    server.start()
    wait_for(lambda: not offered(selling), seconds=15)
    assert selling.page(0, "food").withdrawn == {WATER} and not selling.search("water")
    desk_now = desk.station.bookings.desk(None)
    assert WATER not in [each.number for each in desk_now.products]
    assert [each.number for each in desk_now.withdrawn] == [WATER]
    assert refused(selling.add, cart, WATER, 0) is Code.PRODUCT_WITHDRAWN
    water = cart.lines[1].line_id
    assert refused(selling.set_quantity, cart, water, 2) is Code.PRODUCT_WITHDRAWN
    assert selling.set_quantity(cart, cart.lines[0].line_id, 2).items == 3, "the rest of it goes on"
    assert selling.set_quantity(cart, water, 0).items == 1
    wait_for(desk.station.health.online)
    assert refused(desk.station.bookings.book, sara(desk), [(WATER, 0, 1)]) is Code.PRODUCT_WITHDRAWN
    for wanted in (cart, desk.station.bookings.cart(held.booking_id)):
        page = desk.station.checkout.begin(wanted)
        assert desk.station.checkout.cash(page.sale_id, page.left).paid_in_full
    wait_for(lambda: settled(desk))
    assert on_server(server, sa.select(t.case_item.c.kind)) == []
    save(server, whole)
    wait_for(lambda: offered(selling), seconds=15)
    assert selling.page(0, "food").withdrawn == frozenset()
