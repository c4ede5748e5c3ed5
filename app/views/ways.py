"""The ways from one page to another: what one asks for, the other does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject

from app.views.attention_view import AttentionView
from app.views.bookings_view import BookingsView
from app.views.guests_view import GuestsView
from app.views.messages_view import MessagesView
from app.views.page import Page
from app.views.refunds_view import RefundsView
from app.views.sale_view import SaleView
from app.views.sales_view import SalesView


class Ways(QObject):
    """`show` brings a place to the front. Where somebody has no such page, a way leads nowhere."""

    def __init__(self, pages: Mapping[str, Page], show: Callable[[str], None], parent: QObject) -> None:
        super().__init__(parent)
        self._pages, self._show = pages, show
        for page in pages.values():
            self._from(page)

    def go(self, kind: type[Page], turn: Callable[..., None], *said: Any) -> None:
        """To the page of that kind, which then does `turn` with what was said."""
        for name, page in self._pages.items():
            if isinstance(page, kind):
                self._show(name)
                turn(page, *said)

    def _way(self, kind: type[Page], turn: Callable[..., None]) -> Callable[..., None]:
        return partial(self.go, kind, turn)

    def _from(self, page: Page) -> None:
        match page:
            case AttentionView():
                page.reopen.connect(self._way(SaleView, SaleView.reopen))
                page.refund.connect(self._way(RefundsView, RefundsView.open_refund))
            case SalesView():
                page.refund.connect(self._way(RefundsView, RefundsView.open_sale))
            case BookingsView():
                page.pay.connect(self._way(SaleView, SaleView.pay_booking))
                page.guest.connect(self._way(GuestsView, GuestsView.open_guest))
                page.call_off.connect(self._way(RefundsView, RefundsView.call_off))
                page.register.connect(self._way(GuestsView, GuestsView.register_for_booking))
                page.verify.connect(self._way(GuestsView, GuestsView.verify_for_booking))
            case RefundsView():
                page.booking.connect(self._way(BookingsView, BookingsView.open_booking))
            case GuestsView():
                page.messages.connect(self._way(MessagesView, MessagesView.show_guest))
                page.book.connect(self._way(BookingsView, BookingsView.book_for))
            case MessagesView():
                page.guest.connect(self._way(GuestsView, GuestsView.open_guest))
                page.booking.connect(self._way(BookingsView, BookingsView.open_booking))
