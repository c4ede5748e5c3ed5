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
        self._told: tuple[Sequence[ParkedCart], Sequence[OpenPayment]] = ((), ())
        self._held, self._open = RowList(desk), RowList(desk)
        for each in (self._held, self._open):
            self.addWidget(each)
            each.left.connect(self.left)
        self._held.picked.connect(self.resumed)
        self._open.picked.connect(self.reopened)

    def take(self, held: Sequence[ParkedCart], unfinished: Sequence[OpenPayment]) -> None:
        """What `show_but` shows from now on."""
        self._told = held, unfinished

    def show_but(self, sale_id: str) -> tuple[int, int]:
        """All but this sale. Returns how many held sales and how many payments there are then."""
        texts, (held, told) = self._desk.texts, self._told
        unfinished = [each for each in told if each.sale_id != sale_id]
        self._held.show_rows(texts("held.title"), [self._held_row(each) for each in held], texts("held.none"))
        self._open.show_rows(
            texts("open.title"), [self._open_row(each) for each in unfinished], texts("open.none")
        )
        return len(held), len(unfinished)

    def open_held(self) -> None:
        self._start(self._held)

    def open_unfinished(self) -> None:
        self._start(self._open)

    def _start(self, rows: RowList) -> None:
        """This list is shown and gets the focus."""
        self.setCurrentWidget(rows)
        rows.start()

    def _held_row(self, parked: ParkedCart) -> ListRow:
        texts, time = self._desk.texts, self._desk.texts.clock(parked.parked_at)
        title = parked.label.get(texts.language)
        detail = texts("held.detail", n=parked.cart.items, time=time)
        return ListRow(parked.parked_id, "player-pause", title, detail, texts.money(parked.total), "purple")

    def _open_row(self, payment: OpenPayment) -> ListRow:
        texts = self._desk.texts
        unknown = bool(payment.unknown)
        title = texts("open.unknown", amount=payment.unknown) if unknown else texts("open.unfinished")
        detail = texts("held.detail", n=payment.items, time=texts.clock(payment.since))
        amount = texts.money(payment.unknown or payment.total)
        return ListRow(payment.sale_id, "alert-triangle", title, detail, amount, "warn")
