"""Held sales and payments without an answer, in the tiles' place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal

from app.shown import OpenPayment, ParkedCart
from app.views.desk import Desk
from app.views.widgets.pages import Pages
from app.views.widgets.row_list import ListRow, RowList


class SaleLists(Pages):
    """Signals: `resumed` a held sale's id, `reopened` the id of a sale whose payment is open, `left`."""

    resumed = Signal(str)
    reopened = Signal(str)
    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._held, self._open = RowList(desk), RowList(desk)
        for each in (self._held, self._open):
            self.addWidget(each)
            each.left.connect(self.left)
        self._held.picked.connect(self.resumed)
        self._open.picked.connect(self.reopened)

    def show_both(self, held: Sequence[ParkedCart], unfinished: Sequence[OpenPayment]) -> None:
        texts = self._desk.texts
        self._held.show_rows(texts("held.title"), [self._held_row(each) for each in held], texts("held.none"))
        self._open.show_rows(
            texts("open.title"), [self._open_row(each) for each in unfinished], texts("open.none")
        )

    def open_held(self) -> None:
        self.setCurrentWidget(self._held)

    def open_unfinished(self) -> None:
        self.setCurrentWidget(self._open)

    def start(self) -> None:
        """The list that is shown gets the focus."""
        (self._held if self.currentWidget() is self._held else self._open).start()

    def _held_row(self, parked: ParkedCart) -> ListRow:
        texts, time = self._desk.texts, self._desk.texts.clock(parked.parked_at)
        title = parked.label or texts("held.untitled", time=time)
        detail = texts("held.detail", n=parked.cart.items, time=time)
        return ListRow(parked.parked_id, "player-pause", title, detail, texts.money(parked.total), "purple")

    def _open_row(self, payment: OpenPayment) -> ListRow:
        texts = self._desk.texts
        unknown = bool(payment.unknown)
        title = texts("open.unknown", amount=payment.unknown) if unknown else texts("open.unfinished")
        detail = texts("held.detail", n=payment.items, time=texts.clock(payment.since))
        return ListRow(payment.sale_id, "alert-triangle", title, detail, texts.money(payment.total), "warn")
