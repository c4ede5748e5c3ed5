"""What two tills were paid for while no server answered goes back over a real line, each by its own receipt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from domain.booking import Life
from domain.errors import Code
from domain.money import Money
from domain.refund import Reason, State
from domain.refund_offer import Choice, Goods
from ledger import tables as t
from tests.helpers.line import Open, on_server
from tests.helpers.running import RunningServer
from tests.helpers.shop import ADULT, HUDA, Shop, refused
from tests.helpers.waiting import wait_for
from tests.sync.test_bookings import desk, life, sara

__all__ = ["desk"]
OPEN = sa.select(t.case_item.c.kind).where(t.case_item.c.closed_at == 0)
VOIDS = sa.select(t.sale_void.c.void_id)


@dataclass
class Twice:
    """The first till, where both receipts can be refunded; `tickets` are all of the booking."""

    server: RunningServer
    till: Shop
    other: Shop
    booking: str
    first: str
    second: str

    @property
    def tickets(self) -> Choice:
        page = self.till.station.refunds.page(self.first)
        return Choice(tuple(each.ticket_id for charge in page.charges for each in charge.tickets))

    def ask(self, minor: int, sale: str = "") -> str:
        """For what came in twice, under the second receipt where none is said."""
        refunds, under = self.till.station.refunds, sale or self.second
        money = Choice(goods=tuple(Goods(each.charge_id, 0) for each in refunds.page(under).charges))
        preview = refunds.preview(under, money, Reason.DUPLICATE, Money(minor, "SAR"))
        return self._asked(lambda: refunds.ask(preview, "paid twice"))

    def money_back(self, minor: int) -> None:
        self.paid(self.ask(minor))

    def tickets_back(self) -> None:
        refunds = self.till.station.refunds
        preview = refunds.preview(self.first, self.tickets, Reason.CUSTOMER_CANCEL)
        self.paid(self._asked(lambda: refunds.ask(preview, "")))

    def approve(self, refund: str) -> None:
        self.till.station.refunds.approve(refund, "", HUDA)
        wait_for(lambda: self.till.station.refunds.told(refund).row.state is State.APPROVED)

    def paid(self, refund: str) -> None:
        self.approve(refund)
        self.till.station.refunds.pay(refund, lambda step: None)
        done = sa.select(t.refund_done.c.ask_id).where(t.refund_done.c.ask_id == refund)
        wait_for(lambda: on_server(self.server, done) == [refund])
        wait_for(lambda: self.till.station.refunds.told(refund).row.state is State.DONE)

    def _asked(self, ask: Callable[[], str]) -> str:
        refund = ask()
        wait_for(lambda: any(each.refund_id == refund for each in self.till.station.refunds.open()))
        return refund


@pytest.fixture
def twice(server: RunningServer, desk: Shop, opened: Open) -> Twice:
    """230.00 in cash at each of two tills, for two adults; the second heard of nothing until then."""
    made = desk.station.bookings.book(sara(desk), [(ADULT, desk.session, 2)])
    other = opened("POS2").sign_in("salem").open_shift()
    wait_for(lambda: {life(each, made.booking_id) for each in (desk, other)} == {Life.HELD})
    other.station.sync.stop()
    sales = [pay(each, made.booking_id) for each in (desk, other)]
    wait_for(lambda: life(desk, made.booking_id) is Life.CONFIRMED)
    other.station.close()
    other = opened("POS2").sign_in("salem")
    wait_for(lambda: on_server(server, OPEN) == ["over_paid"], seconds=10)
    wait_for(lambda: desk.count(t.sale) == 2 and other.count(t.sale) == 2)
    return Twice(server, desk, other, made.booking_id, *sales)


def pay(till: Shop, booking_id: str) -> str:
    page = till.station.checkout.begin(till.station.bookings.cart(booking_id))
    till.station.checkout.cash(page.sale_id, page.left)
    return page.sale_id


def test_after_what_came_in_twice_the_tickets_go_back(twice: Twice) -> None:
    twice.money_back(10000)
    twice.money_back(13000)
    twice.tickets_back()
    wait_for(lambda: life(twice.till, twice.booking) is Life.CANCELLED)
    assert on_server(twice.server, OPEN) == []


def test_after_the_tickets_what_came_in_twice_goes_back_in_parts(twice: Twice) -> None:
    twice.money_back(1000)
    twice.tickets_back()
    twice.money_back(22000)
    wait_for(lambda: on_server(twice.server, OPEN) == [])
    vat = on_server(twice.server, sa.select(sa.func.sum(t.refund_line.c.vat)))
    assert vat == [2700 + 3000], "of 207.00 and of 230.00, each by its own invoice"


def test_what_a_void_gave_back_is_not_given_back_as_paid_twice(twice: Twice) -> None:
    """One asks for the money of the first receipt, a colleague voids the second."""
    approved = twice.ask(23000, twice.first)
    twice.approve(approved)
    twice.other.station.records.void(twice.second, "paid twice", HUDA, lambda step: None)
    wait_for(lambda: twice.till.count(t.sale_void) == 1)
    refunds = twice.till.station.refunds
    assert refused(lambda: refunds.pay(approved, lambda step: None)) == Code.REFUND_TOO_MUCH
    assert refunds.told(approved).row.state is State.APPROVED
    assert life(twice.till, twice.booking) is Life.CONFIRMED
