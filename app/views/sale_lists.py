"""Held sales and payments without an answer, as rows to choose from."""

from __future__ import annotations

from collections.abc import Sequence

from app.shown import OpenPayment, ParkedCart
from app.views.desk import Desk
from app.views.widgets.row_list import ListRow

Listed = tuple[str, list[ListRow], str]


def held(desk: Desk, parked: Sequence[ParkedCart]) -> Listed:
    """Title, rows, and what to say when there are none."""
    return desk.texts("held.title"), [_held(desk, each) for each in parked], desk.texts("held.none")


def unfinished(desk: Desk, payments: Sequence[OpenPayment]) -> Listed:
    return desk.texts("open.title"), [_open(desk, each) for each in payments], desk.texts("open.none")


def _held(desk: Desk, parked: ParkedCart) -> ListRow:
    texts, time = desk.texts, desk.texts.clock(parked.parked_at)
    title = parked.label or texts("held.untitled", time=time)
    detail = texts("held.detail", n=parked.cart.items, time=time)
    return ListRow(parked.parked_id, "player-pause", title, detail, texts.money(parked.total), "purple")


def _open(desk: Desk, payment: OpenPayment) -> ListRow:
    texts = desk.texts
    title = texts("open.unknown", amount=payment.unknown) if payment.unknown else texts("open.unfinished")
    detail = texts("held.detail", n=payment.items, time=texts.clock(payment.since))
    return ListRow(payment.sale_id, "alert-triangle", title, detail, texts.money(payment.total), "warn")
