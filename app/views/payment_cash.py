"""Cash: what the guest hands over and the change to give. And the part to pay when a sale is split."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views.desk import Desk
from app.views.widgets.amount import Amount
from app.views.widgets.amount_entry import AmountEntry
from app.views.widgets.buttons import LARGE, NORMAL, KeyButton
from app.views.widgets.parts import column, label, panel, picture, row, set_property
from domain.money import Money
from domain.sale import MOST_TENDERED, change_in_notes

MOST_NOTES, MOST_PIECES = 4, 20


class CashCard(QWidget):
    """Signal `complete`: the amount handed over; F10 again or a tap, never Enter."""

    complete = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._notes: Sequence[int] = ()
        self._asked = False
        self._left = Money(0, "SAR")
        self._entry = AmountEntry(desk, desk.texts("cash.received"), "SAR")
        self._entry.entered.connect(self._show)
        close = desk.look.close
        self._title = label(desk, "", "body", "text2", wrap=True)
        self._title.setMinimumWidth(desk.px(100))
        self._hint = label(desk, "", "bodystrong")
        self._change = Amount(desk, "number" if close else "amount", "ok")
        self._icon = picture(desk, "coins", "ok", 32)
        side = desk.px(16)
        words = column(self._title, self._hint, gap=desk.px(2))
        icon = None if close else self._icon  # where type is large, words and amount need the room
        shown = row(icon, words, self._change, gap=side, margins=(side, 0, side, 0))
        shown.setStretch(shown.indexOf(words), 1)
        self._box = panel("ok", shown)
        self._box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        size = NORMAL if close else LARGE
        self._done = KeyButton(
            desk, "", "check", key="F10", kind="primary", size=size, money=True, amount=True
        )
        self._done.clicked.connect(self._press_done)
        layout = column(self._entry, self._box, self._done, gap=desk.px(8))
        edge = desk.px(8 if close else 16)
        layout.setContentsMargins(desk.px(20), edge, desk.px(20), edge)
        layout.setStretch(0, 1)
        self.setLayout(layout)

    def set_notes(self, notes: Sequence[int]) -> None:
        self._notes = notes

    def start(self, left: Money, quick: Sequence[Money], *, keep: bool = False) -> None:
        self._left = left
        texts = self._desk.texts
        ready = [(texts("cash.exact"), left), *((_short(texts.money(amount)), amount) for amount in quick)]
        self._entry.start(left, ready, keep=keep)

    def take(self, received: Money) -> None:
        """As if `received` had been typed: shows the change to give, takes nothing yet."""
        self._entry.take(received)

    def take_key(self, event: QKeyEvent) -> bool:
        return self._entry.take_key(event)

    def _press_done(self) -> None:
        """An amount that no guest hands over is asked about once: the change is more than the largest note."""
        received = self._entry.amount
        if self._is_doubtful(received) and not self._asked:
            self._asked = True
            self._desk.sound("look")
            set_property(self._box, "panel", "warn")
            if self._desk.look.close:  # the change needs the room: the button asks
                self._done.set_words(self._desk.texts("cash.sure_short"))
            else:
                self._hint.hide()
                self._title.setText(self._desk.texts("cash.sure"))
        else:
            self.complete.emit(received)

    def _is_doubtful(self, received: Money) -> bool:
        """What is too much for any sale is refused anyway."""
        largest = max(self._notes, default=0)
        return bool(largest) and (received - self._left).minor > largest and received.minor <= MOST_TENDERED

    def _show(self, received: Money) -> None:
        self._asked = False
        texts, rest = self._desk.texts, received - self._left
        enough = rest.minor >= 0
        set_property(self._box, "panel", "ok" if enough else "info")
        set_property(self._change, "tone", "ok" if enough else "accenttext")
        self._icon.setPixmap(self._desk.icon("coins", "ok" if enough else "accenttext", 32))
        self._title.setText(texts("cash.change" if enough else "cash.still_left"))
        self._hint.setText(self._in_notes(rest) if enough else "")
        self._hint.setVisible(bool(self._hint.text()))
        self._change.setText(texts.money(rest if enough else -rest))
        self._done.set_words(texts("cash.complete") if enough else texts("cash.take_part", amount=received))
        self._done.setEnabled(bool(received) or not self._left)

    def _in_notes(self, change: Money) -> str:
        """`20 + 10 + 5`, when it is short enough to help."""
        parts = change_in_notes(change, self._notes) if self._notes else ()
        if (
            not parts
            or len(parts) > MOST_NOTES
            or any(note < 5 or count > MOST_PIECES for note, count in parts)
        ):
            return ""
        written = (_short(self._desk.texts.money(Money(note, change.currency))) for note, _ in parts)
        with_counts = (
            words if count == 1 else f"{count} × {words}"
            for words, (_, count) in zip(written, parts, strict=True)
        )
        return f"\u2066{' + '.join(with_counts)}\u2069"


class PartCard(QWidget):
    """How much the next payment is, when a sale is split; the ways to pay beside it take this amount."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._left = Money(0, "SAR")
        self._entry = AmountEntry(desk, desk.texts("part.amount"), "SAR")
        self._entry.entered.connect(self._show)
        self._rest = label(desk, "", "h3", "text2", wrap=True)
        side = desk.px(16)
        self._icon = picture(desk, "info-circle", "accenttext", 24)
        hint = row(self._icon, self._rest, gap=side, margins=(side, side, side, side))
        hint.setStretch(1, 1)
        self._box = panel("info", hint)
        layout = column(self._entry, self._box, gap=desk.px(12))
        layout.setContentsMargins(desk.px(20), desk.px(16), desk.px(20), desk.px(16))
        layout.setStretch(0, 1)
        self.setLayout(layout)

    @property
    def amount(self) -> Money:
        return self._entry.amount

    @property
    def is_nothing(self) -> bool:
        """Zero was typed. Nothing typed is all that is left, as the card says."""
        return self._entry.is_typed and not self._entry.amount

    def refuse(self) -> None:
        """A way to pay was pressed for a part of nothing."""
        self._desk.sound("no")
        self._mark("warn", "alert-triangle", "warn")
        self._rest.setText(self._desk.texts("part.nothing", amount=self._entry.amount))

    def start(self, left: Money, *, keep: bool = False) -> None:
        self._left = left
        texts, currency = self._desk.texts, left.currency
        shares = [("part.all", left)] + [
            (f"part.of_{n}", Money(-(-left.minor // n), currency)) for n in (2, 3, 4)
        ]
        self._entry.start(left, [(texts(key), amount) for key, amount in shares], keep=keep)

    def take_key(self, event: QKeyEvent) -> bool:
        return self._entry.take_key(event)

    def _show(self, amount: Money) -> None:
        texts, rest = self._desk.texts, self._left - amount
        self._mark("info", "info-circle", "accenttext")
        if rest.minor < 0:
            self._rest.setText(texts("part.too_much", change=-rest, left=self._left))
        else:
            self._rest.setText(texts("part.rest", amount=rest) if rest else texts("part.whole"))

    def _mark(self, kind: str, icon: str, tone: str) -> None:
        set_property(self._box, "panel", kind)
        self._icon.setPixmap(self._desk.icon(icon, tone, 24))


def _short(amount: str) -> str:
    """`200` for `200.00`."""
    whole, _, fraction = amount.partition(".")
    return amount if fraction.strip("0") else whole
