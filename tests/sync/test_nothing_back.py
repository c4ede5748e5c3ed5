"""A paid booking of which nothing goes back is called off at a till: everywhere it is over, and its tickets are."""

from __future__ import annotations

import sqlalchemy as sa

from domain.booking import Life
from domain.errors import Code
from ledger import tables as t
from tests.helpers.line import Open, on_server
from tests.helpers.running import RunningServer
from tests.helpers.shop import ADULT, HUDA, INFANT, Shop, refused, sar
from tests.helpers.waiting import wait_for
from tests.sync.test_bookings import desk, life, sara

__all__ = ["desk"]


def paid(shop: Shop, product: int) -> str:
    """Two tickets of it, confirmed as this till knows."""
    made = shop.station.bookings.book(sara(shop), [(product, shop.session, 2)])
    wait_for(lambda: life(shop, made.booking_id) is Life.HELD)
    page = shop.station.checkout.begin(shop.station.bookings.cart(made.booking_id))
    shop.station.checkout.cash(page.sale_id, page.left)
    wait_for(lambda: life(shop, made.booking_id) is Life.CONFIRMED)
    return made.booking_id


def test_who_comes_for_nothing_is_called_off_and_sent_away_at_the_gate(
    server: RunningServer, desk: Shop, opened: Open
) -> None:
    booking = paid(desk, INFANT)
    bookings, codes = desk.station.bookings, desk.codes()
    other, gate = opened("POS2").sign_in("salem"), opened("LK1").sign_in("faisal")
    wait_for(lambda: other.station.bookings.page(booking).stays == sar("0.00"))
    assert refused(bookings.cancel, booking, " ") is Code.REASON_NEEDED
    other.station.bookings.cancel(booking, "the guest is ill")
    wait_for(lambda: life(desk, booking) is Life.CANCELLED)
    page = bookings.page(booking)
    assert (page.reason, page.stays, page.good) == ("the guest is ill", None, ())
    wait_for(lambda: gate.count(t.ticket_cancel) == 2)
    assert {gate.station.gate.scan(code).code for code in codes} == {"canceled"}
    assert refused(bookings.cancel, booking, "once more") is Code.BOOKING_IS
    assert on_server(server, sa.select(t.case_item.c.kind).where(t.case_item.c.closed_at == 0)) == []


def test_the_sale_of_what_ended_is_voided_as_ever(server: RunningServer, desk: Shop) -> None:
    booking = paid(desk, INFANT)
    desk.station.bookings.cancel(booking, "the guest is ill")
    wait_for(lambda: life(desk, booking) is Life.CANCELLED)
    [sale] = [row for row in desk.station.records.recent() if not row.why_not_void]
    desk.station.records.void(sale.sale_id, "keyed twice", HUDA, lambda step: None)
    wait_for(lambda: on_server(server, sa.select(t.sale_void.c.sale_id)) == [sale.sale_id])
    assert on_server(server, sa.select(t.case_item.c.kind).where(t.case_item.c.closed_at == 0)) == []
    assert life(desk, booking) is Life.CANCELLED


def test_while_money_goes_back_only_its_refund_calls_it_off(desk: Shop) -> None:
    booking = paid(desk, ADULT)
    assert desk.station.bookings.page(booking).stays is None
    assert refused(desk.station.bookings.cancel, booking, "ill") is Code.REFUND_DUE
    assert life(desk, booking) is Life.CONFIRMED
