"""What the Shift page shows of an open shift: figures, warnings and cash moves."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.shown_shifts import TAKEN_BACK, MoveRow, ShiftPage
from app.views.desk import Desk
from app.views.widgets.amount import Amount
from app.views.widgets.parts import column, holder, label, panel, row, rule


def figures(desk: Desk, page: ShiftPage) -> QWidget:
    """Float, sales and counts so far."""
    texts = desk.texts
    gap = desk.px(12 if desk.look.close else 24)
    cells = row(gap=gap, margins=(desk.px(24), desk.px(10), desk.px(24), desk.px(10)))
    shown = ((texts("shift.opening"), texts.money(page.opening)), (texts("shift.sales"), str(page.sales)),
             (texts("shift.counts"), str(page.counts_given)))  # fmt: skip
    for at, (name, value) in enumerate(shown):
        if at:
            cells.addWidget(rule(upright=True))
        cells.addLayout(
            column(label(desk, name, "small", "text2"), Amount(desk, "number", text=value, far=False), gap=0),
            1,
        )
    return panel("card", cells)


def warnings(desk: Desk, page: ShiftPage) -> list[str]:
    """What is still open, held or on its way, in words."""
    counts = (
        ("shift.open_payments", page.open_payments),
        ("shift.held", page.held),
        ("shift.about_waiting" if page.about else "shift.waiting", page.waiting),
    )
    return [desk.texts(key, n=count) for key, count in counts if count]


def move_row(desk: Desk, move: MoveRow) -> QWidget:
    """One cash move: when, what and why, how much."""
    texts = desk.texts
    words = column(
        label(desk, texts(f"shift.{move.kind}"), "bodystrong"),
        label(
            desk,
            texts.line((_why(desk, move), move.by.get(texts.language))),
            "caption",
            "text3",
        ),
        gap=0,
    )
    time = label(desk, texts.clock(move.at), "small", "text2")
    amount = Amount(desk, "strong", text=texts.money(move.amount) if move.amount else "")
    made = holder(row(time, words, 1, amount, gap=desk.px(16)))
    made.setMinimumHeight(desk.px(50))
    return made


def _why(desk: Desk, move: MoveRow) -> str:
    """As it was typed; cash of a payment that was undone in words."""
    if not move.reason.endswith(TAKEN_BACK):
        return move.reason
    return desk.texts("shift.taken_back", amount=move.reason.removesuffix(TAKEN_BACK))
