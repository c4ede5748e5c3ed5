"""Discounts at a real till with a real server behind it, through the real window, in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from pytestqt.qtbot import QtBot

from app.texts import Texts
from app.views.ports import Preferences
from app.views.sale_view import SaleView
from app.views.widgets.cart_lines import CartLines
from app.views.widgets.tile import LineButton, ProductButton
from app.wiring import Joined
from domain.cart import totals
from ledger import tables as t
from tests.helpers.line import on_server, settled
from tests.helpers.running import RunningServer
from tests.helpers.shop import PINS, TUBE, WATER, Shop, sar
from tests.journeys.desk import frame_of, seen, tap, write

pytestmark = pytest.mark.usefixtures("qapp")


class Counter:
    """What Reem does at the window, and what she waits for."""

    def __init__(self, till: Joined, qtbot: QtBot, language: str) -> None:
        self._till, self._qtbot, self.texts = till, qtbot, Texts(language)
        till.window.change(Preferences(language))
        self.until(lambda: seen(till, self.texts("cart.empty")) and bool(self._tiles()))

    def until(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=20_000)

    def press(self, key: str, words: str) -> None:
        """A key, until the words of a text key are seen."""
        frame_of(self._till).press(key)
        self.until(lambda: seen(self._till, self.texts(words)))

    def tap(self, key: str) -> None:
        tap(self._till, self.texts(key))

    def write(self, text: str) -> None:
        write(self._till, text)

    def ask_huda(self) -> None:
        """Her name, once it is there, and her PIN."""
        people = self._till.station.people.approvers("discount_over_limit")
        name = next(each.name for each in people if each.staff_id == "huda").get(self.texts.language)
        self.until(lambda: seen(self._till, name))
        tap(self._till, name)
        self.write(PINS["huda"])

    def sell(self, product: int, comes_to: str) -> None:
        next(each for each in self._tiles() if each.tile.product.number == product).click()
        self.comes_to(comes_to)

    def _tiles(self) -> list[ProductButton]:
        return [each for each in self._till.window.findChildren(ProductButton) if each.isVisible()]

    def choose(self, count: int) -> None:
        """The first of the lines that are not open, once there are so many of them."""

        def closed() -> list[LineButton]:
            [lines] = self._till.window.findChildren(CartLines)
            return [each for each in lines.findChildren(LineButton) if each.isVisible()]

        self.until(lambda: len(closed()) == count)
        closed()[0].click()

    def comes_to(self, amount: str) -> None:
        def so() -> bool:
            page = frame_of(self._till).page
            cart = page.cart if isinstance(page, SaleView) else None
            return cart is not None and bool(cart.lines) and totals(cart).gross == sar(amount)

        self.until(so)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_tenth_alone_another_price_with_a_pin_paid_in_cash_and_in_the_x(
    till: Joined, server: RunningServer, qtbot: QtBot, language: str
) -> None:
    shop = Shop(till.station).open_shift()
    desk = Counter(till, qtbot, language)
    desk.sell(TUBE, "34.50")
    desk.sell(WATER, "36.80")

    desk.choose(2)
    desk.press("Ctrl+D", "discount.why")
    desk.write("10")
    desk.tap("discount.why_complaint")
    desk.press("F12", "cart.discounts")
    desk.comes_to("33.35")

    desk.choose(1)  # the water: the tube is open
    desk.press("Ctrl+D", "discount.why")
    desk.tap("discount.price")
    desk.write("1.50")
    desk.tap("discount.why_price_error")
    desk.press("F12", "supervisor.title")
    desk.ask_huda()
    desk.press("F12", "cart.discounts")
    desk.comes_to("32.55")

    desk.press("F10", "cash.received")
    frame_of(till).press("F10")
    desk.until(lambda: len(shop.receipts()) == 1)
    [receipt] = shop.receipts()
    assert [(each.gross, each.off) for each in receipt.lines] == [
        (sar("31.05"), sar("3.45")),
        (sar("1.50"), sar("0.80")),
    ]
    assert [(each.method, each.amount) for each in receipt.tenders] == [("cash", sar("32.55"))]
    frame_of(till).show_place("shift")
    desk.until(lambda: seen(till, desk.texts("shift.x")))
    desk.tap("shift.x")
    desk.until(lambda: seen(till, desk.texts("shift.x_plain")))
    desk.tap("shift.x_plain")
    desk.until(lambda: len(shop.papers("report")) == 1)
    assert shop.station.shifts.x_report().discounts == (2, sar("4.25"))
    desk.until(lambda: settled(shop))
    given = sa.select(t.discount.c.why).order_by(t.discount.c.why)
    assert on_server(server, given) == ["complaint", "price_error"]
    allowed = sa.select(t.discount.c.approver_id).distinct()
    assert on_server(server, allowed) == ["huda"]
