"""A product is taken out of the venue file while tills sell: those that hear of it offer it no more."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout

import pytest
import sqlalchemy as sa

from app.services.selling import Selling
from app.views.booking_wish import Wish
from domain.cart import Cart
from domain.errors import Code
from domain.refund import Reason, State
from domain.refund_offer import Choice
from ledger import tables as t
from server import admin
from tests.helpers.line import on_server, settled
from tests.helpers.running import RunningServer
from tests.helpers.shop import ADULT, CHILD, HUDA, WATER, Shop, refused, sar
from tests.helpers.waiting import wait_for
from tests.sync.test_bookings import desk, life, sara

__all__ = ["desk"]
GONE = re.compile(r"\[\[product\]\]\nnumber = (?:2|33)\n(?:.+\n)+")


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
    children = desk.sell((CHILD, CHILD)).sale_id
    server.kill()
    wait_for(lambda: not desk.station.health.online())
    assert "Not sold any more: 2 Day pass – child, 33 Water." in save(server, GONE.sub("", whole))
    assert desk.sell((WATER,)).paid_in_full, "it has not heard of it"
    server.start()
    wait_for(lambda: not offered(selling), seconds=15)
    assert selling.page(0, "food").withdrawn == {CHILD, WATER} and not selling.search("water")
    desk_now = desk.station.bookings.desk(None)
    assert WATER not in [each.number for each in desk_now.products]
    assert [each.number for each in desk_now.withdrawn] == [CHILD, WATER]
    assert refused(selling.add, cart, WATER, 0) is Code.PRODUCT_WITHDRAWN
    water = cart.lines[1].line_id
    assert refused(selling.set_quantity, cart, water, 2) is Code.PRODUCT_WITHDRAWN
    assert selling.set_quantity(cart, cart.lines[0].line_id, 2).items == 3, "the rest of it goes on"
    assert selling.set_quantity(cart, water, 0).items == 1
    wait_for(desk.station.health.online)
    assert refused(desk.station.bookings.book, sara(desk), [(WATER, 0, 1)]) is Code.PRODUCT_WITHDRAWN
    for wanted in (cart, desk.station.bookings.cart(held.booking_id)):
        pay(desk, wanted)
    wait_for(lambda: settled(desk))
    comes_and_goes_back(desk, children)
    assert on_server(server, sa.select(t.case_item.c.kind)) == []
    save(server, whole)
    wait_for(lambda: offered(selling), seconds=15)
    assert selling.page(0, "food").withdrawn == frozenset()


def comes_and_goes_back(desk: Shop, sale_id: str) -> None:
    """Of two tickets to what is not sold any more one is used, and one goes back as its policy says."""
    with desk.station.store.read() as connection:
        mine = sa.select(t.ticket.c.code, t.ticket.c.ticket_id).where(t.ticket.c.product == CHILD)
        (used, _), (_, back) = connection.execute(mine).all()
    admitted = desk.station.gate.scan(used)
    assert (
        admitted.code == "ok" and admitted.product is not None and admitted.product.en == "Day pass – child"
    )
    refunds = desk.station.refunds
    preview = refunds.preview(sale_id, Choice((back,)), Reason.CUSTOMER_CANCEL)
    assert (preview.price, preview.fee, preview.amount) == (sar("80.50"), sar("8.05"), sar("72.45"))
    refund = refunds.ask(preview, "")
    for state in (State.REQUESTED, State.APPROVED):
        wait_for(lambda state=state: [row.state for row in refunds.page(sale_id).refunds] == [state])
        if state is State.REQUESTED:
            refunds.approve(refund, "seen", HUDA)
    refunds.pay(refund, lambda step: None)
    wait_for(lambda: settled(desk))
    assert desk.receipts()[-1].lines[0].name.en == "Day pass – child"


RIDE = 90
SURF = """
[[activity]]
id = "surf"
number = 2
name.en = "Surf"
name.ar = "ركوب الأمواج"

[[session]]
activity = "surf"
from = 2026-11-26
to = 2026-11-26
starts = "07:00"
ends = "23:00"
capacity = 10

[[product]]
number = 90
kind = "ticket"
name.en = "Surf ride"
name.ar = "جولة أمواج"
price = "110.00"
vat_percent = 15
icon = "ship"
category = "tickets"
policy = "day"
activity = "surf"
"""


def test_of_an_activity_that_is_taken_out_nothing_is_sold_and_who_has_a_ticket_comes_in(
    server: RunningServer, desk: Shop, whole: str
) -> None:
    save(server, whole + SURF)
    selling, bookings = desk.station.selling, desk.station.bookings
    wait_for(lambda: bool(selling.search("surf ride")), seconds=15)
    [surf] = [each for each in selling.page(0, "").sessions if each.activity_id == "surf"]
    assert selling.page(0, "").chosen == surf.number, "the first"
    held = bookings.book(sara(desk), [(RIDE, surf.number, 1)])
    wait_for(lambda: life(desk, held.booking_id) is not None)
    ride = selling.add(selling.empty(), RIDE, surf.number)
    pay(desk, selling.reserve(ride))
    assert surf.number in shelves(desk)
    assert "Not sold any more: 90 Surf ride." in save(server, whole)
    wait_for(lambda: selling.page(0, "").withdrawn == {RIDE}, seconds=15)
    there = selling.page(surf.number, "tickets")
    assert (there.chosen, there.tiles) == (surf.number, ()), "its sessions stay until they are over"
    assert not selling.search("surf ride")
    assert refused(selling.add, selling.empty(), RIDE, surf.number) is Code.PRODUCT_WITHDRAWN
    form = bookings.desk(None)
    assert surf.number in [each.number for each in form.sessions]
    assert RIDE not in [each.number for each in form.products]
    assert refused(bookings.book, sara(desk), [(RIDE, surf.number, 1)]) is Code.PRODUCT_WITHDRAWN
    by_itself = selling.page(0, "").chosen, Wish().session_of(form)
    sold_for = [each.number for each in form.sessions if each.activity_id == "park"]
    wait_for(lambda: surf.number not in shelves(desk), seconds=15)  # what it had of it is given back
    assert by_itself[0] == sold_for[0] == (by_itself[1] and by_itself[1].number), "something is sold for it"
    pay(desk, bookings.cart(held.booking_id))
    with desk.station.store.read() as connection:
        codes = connection.execute(sa.select(t.ticket.c.code).where(t.ticket.c.product == RIDE)).scalars()
        scanned = [desk.station.gate.scan(code) for code in codes.all()]
    assert [(each.code, each.product and each.product.en) for each in scanned] == [("ok", "Surf ride")] * 2
    wait_for(lambda: settled(desk))
    assert on_server(server, sa.select(t.case_item.c.kind)) == []


def shelves(desk: Shop) -> list[int]:
    """The sessions of which it keeps places ready."""
    desk.station.leases.tick()
    return [here.session.number for here in desk.station.leases.shelves()]


def pay(desk: Shop, cart: Cart) -> None:
    page = desk.station.checkout.begin(cart)
    assert desk.station.checkout.cash(page.sale_id, page.left).paid_in_full
