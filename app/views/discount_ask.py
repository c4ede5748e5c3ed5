"""Typing a discount: for which line or the whole sale, how much and why, with what the sale comes to then."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.texts import Texts
from app.views.desk import Desk
from app.views.discount_sums import DiscountSums
from app.views.discount_value import PERCENT, PRICE, DiscountValue
from app.views.discount_words import why_words
from app.views.widgets.buttons import LARGE, KeyButton
from app.views.widgets.choices import Choices
from app.views.widgets.inputs import field
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import column, holder, label, row
from app.views.widgets.roomy import Roomy
from app.views.widgets.tab_row import TabRow
from domain.cart import Cart, discounted, totals
from domain.discount import Discount, What, Why
from domain.errors import Refused

LINE, SALE = TARGETS = "line", "sale"


class DiscountAsk(QWidget):
    """Signals: `given` a discount, `left`. It is for the line `line_id`, or with none for the whole sale."""

    given = Signal(object)
    left = Signal()

    def __init__(self, desk: Desk, cart: Cart, line_id: str) -> None:
        super().__init__()
        self._desk, self._cart, self._line = desk, cart, line_id
        texts = desk.texts
        self._title = label(desk, "", "h2", wrap=True)
        self._targets = TabRow(desk, TARGETS)
        self._value = DiscountValue(desk, cart.currency)
        reasons = [(why.value, why_words(texts, why), "", "") for why in Why]
        self._reasons = Choices(desk, reasons, columns=1 if desk.look.close else 2, several=False)
        self._note = field(desk, texts("discount.note"))
        self._trouble = InlinePanel(desk, reserved=2)
        self._sums = DiscountSums(desk)
        self._give = KeyButton(
            desk, texts("discount.give"), "check", kind="primary", size=LARGE - 8, money=True
        )
        self._lay()
        self._targets.tapped.connect(self._aim)
        self._value.changed.connect(self._turned)
        self._reasons.changed.connect(self._show)
        self._note.textChanged.connect(self._show)
        self._give.clicked.connect(self._said)
        self._show()

    def _lay(self) -> None:
        desk, texts = self._desk, self._desk.texts
        title = label(desk, texts("discount.why"), "strong")
        why = column(title, self._reasons, self._note, 1, gap=desk.px(8))
        close = desk.look.close  # then the reasons are longer than the keypad, which stays in sight
        both = row(column(self._value, 1) if close else self._value, why, gap=desk.px(20))
        both.setStretch(0, 3)
        both.setStretch(1, 2)
        told = column(self._title, self._targets, self._value.tabs, both, gap=desk.px(8))
        told.setStretch(3, 1)
        back = KeyButton(desk, texts("guests.back"), size=LARGE - 8, on_click=self.left.emit)
        answers = column(self._sums, row(back, 1, self._give, gap=desk.px(24)), gap=desk.px(8))
        self.setLayout(column(Roomy(desk, told, self._trouble, holder(answers))))

    # what is typed

    @property
    def is_begun(self) -> bool:
        return self._value.is_typed or bool(self._reasons.values)

    @property
    def discount(self) -> Discount | None:
        """As it is typed; None while something is missing."""
        what, why = self._value.what, self._why
        return Discount("", what, why, self._line, self._note.text().strip()) if what and why else None

    def begin(self) -> None:
        """To the tabs: what is typed from there goes into the number."""
        self._value.focus()

    def go_on(self) -> None:
        """Somebody comes back to it."""
        self._show()
        self.begin()

    def take_key(self, event: QKeyEvent) -> None:
        self._value.take_key(event)

    def show_cart(self, cart: Cart, line_id: str) -> None:
        """The sale, which has lines, is another now, or another line of it was chosen."""
        self._cart = cart
        ids = [line.line_id for line in cart.lines]
        if line_id in ids:
            self._line = line_id
        elif self._line and self._line not in ids:
            self._aim(SALE)
        self._show()

    def fail(self, error: Exception) -> None:
        self._show()
        self._trouble.trouble(error)

    @property
    def _why(self) -> Why | None:
        return next((Why(each) for each in self._reasons.values), None)

    def _aim(self, target: str) -> None:
        """Another price is always that of a line."""
        if target == LINE:
            self._line = self._line or self._cart.lines[0].line_id
        else:
            self._line = ""
            if self._value.kind == PRICE:
                self._value.choose(PERCENT)
        self._show()

    def _turned(self) -> None:
        self._aim(LINE if self._line or self._value.kind == PRICE else SALE)

    def _said(self) -> None:
        if (given := self.discount) is not None:
            self._give.setEnabled(False)
            self.given.emit(given)

    # what it comes to

    def _show(self) -> None:
        texts = self._desk.texts
        self._title.setText(texts("discount.title", what=target_words(texts, self._cart, self._line)))
        words = [texts(f"discount.for_{each}") for each in TARGETS]
        self._targets.show_words(words, LINE if self._line else SALE)
        self._note.setVisible(self._why is Why.OTHER)
        self._trouble.quiet()
        why_not = self._try(self._value.what)
        self._give.allow(not why_not, why_not)

    def _try(self, what: What | None) -> str:
        """Shows the sums; returns what is missing or makes no sense."""
        texts, cart = self._desk.texts, self._cart
        now = totals(cart).gross
        if what is None:
            self._sums.show_sums(now, now)
            return texts("discount.needs_value")
        try:
            then = totals(discounted(cart, Discount("", what, Why.STAFF, self._line))).gross
        except Refused as error:
            self._sums.say(texts.trouble(error))
            return texts.trouble(error)
        self._sums.show_sums(now, then)
        return self._missing()

    def _missing(self) -> str:
        texts = self._desk.texts
        if self._why is None:
            return texts("discount.needs_why")
        wanted = self._why is Why.OTHER and not self._note.text().strip()
        return texts("discount.needs_note") if wanted else ""


def target_words(texts: Texts, cart: Cart, line_id: str) -> str:
    """`2 × Day ticket – adult`, or the whole sale."""
    found = (line for line in cart.lines if line.line_id == line_id)
    names = (f"{line.quantity} × {line.product.name.get(texts.language)}" for line in found)
    return next(names, texts("discount.for_sale"))
