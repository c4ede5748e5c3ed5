"""What goes back and what it is made of, for who asks and for who decides: price, fee, VAT, and how far that is from
what the policies give."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.shown_refunds import Figures
from app.views.desk import Desk
from app.views.widgets.amount import Amount
from app.views.widgets.parts import Item, column, label, row, rule
from domain.money import Money


class RefundFigures(QWidget):
    """VAT that is not known here is left out."""

    def __init__(self, desk: Desk, figures: Figures) -> None:
        super().__init__()
        texts, vat = desk.texts, figures.vat
        self.setLayout(
            column(
                *_made_of(desk, figures),
                sum_line(desk, texts("refunds.goes_back"), figures.amount, "strong", "h2"),
                sum_line(desk, texts("refunds.vat_in"), vat) if vat is not None else None,
                _beyond(desk, figures),
                gap=desk.px(6),
            )
        )


def _made_of(desk: Desk, figures: Figures) -> Sequence[Item]:
    """By the policies; for what stays they give nothing."""
    texts = desk.texts
    if figures.stays:
        return (label(desk, texts("refunds.stays"), "bodystrong", wrap=True),)
    price = sum_line(desk, texts("refunds.price"), figures.price)
    return price, sum_line(desk, texts(_fee(figures)), figures.fee), rule()


def _fee(figures: Figures) -> str:
    """It does not stay where another amount goes back than the policies give."""
    return "refunds.fee" if figures.amount == figures.allowed else "refunds.fee_policy"


def _beyond(desk: Desk, figures: Figures) -> QWidget | None:
    """How much more, or less, than the policies give."""
    amount, allowed = figures.amount, figures.allowed
    if amount == allowed or figures.stays:
        return None
    if amount > allowed:
        said = desk.texts("refunds.policy_more", by=amount - allowed, amount=allowed)
    else:
        said = desk.texts("refunds.policy_less", by=allowed - amount, amount=allowed)
    return label(desk, said, "bodystrong", "warn", wrap=True)


def sum_line(
    desk: Desk, name: str, amount: Money, role: str = "body", large: str = "bodystrong"
) -> QHBoxLayout:
    """Its name, and the sum at the end of the line."""
    words = label(desk, name, role, wrap=True)
    made = row(words, Amount(desk, large, text=desk.texts.money(amount)), gap=desk.px(8))
    made.setStretch(0, 1)
    return made
