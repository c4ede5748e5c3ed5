"""The lines of the cart and the discounts of the whole sale under them; the chosen one is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.views.desk import Desk
from app.views.discount_words import given_words, off_words, reason_words, what_words
from app.views.session_words import session_words
from app.views.widgets.buttons import KeyButton, icon_button
from app.views.widgets.parts import Item, column, drop, holder, label, panel, row
from app.views.widgets.scroll import scroller
from app.views.widgets.stepper import Stepper
from app.views.widgets.tile import LineButton, line_amount, line_words
from domain.cart import Cart, CartLine, reduced
from domain.catalogue import Words
from domain.discount import Discount
from domain.money import Money, total


@dataclass(frozen=True, slots=True)
class About:
    """What is to be said of lines: of those `asked` that their places are not here yet, of the products `gone` that
    they are not sold any more, of their sessions of which of the `activities`, by their ids, they are."""

    asked: frozenset[str]
    gone: frozenset[int]
    activities: Mapping[str, Words]


@dataclass(frozen=True, slots=True)
class ShownLine:
    """`offs`: its discounts, each with what it took. `asked`: its places are not here yet. `gone`: it is not sold any
    more, and no more of it comes in. `activity`: of which its session is, where that is to be said."""

    line: CartLine
    offs: tuple[tuple[Discount, Money], ...]
    asked: bool
    is_open: bool
    paying: bool
    gone: bool = False
    activity: Words | None = None

    @property
    def paid(self) -> Money:
        return self.line.gross - total((off for _, off in self.offs), self.line.unit.currency)


@dataclass(frozen=True, slots=True)
class ShownOff:
    """A discount of the whole sale."""

    given: Discount
    off: Money
    is_open: bool
    paying: bool


Row = ShownLine | ShownOff | str  # words of an empty cart


def rows_of(cart: Cart, chosen: str, about: About, *, paying: bool) -> list[Row]:
    """What there is to show of a cart that has lines, with `chosen` open."""
    offs = reduced(cart).offs if cart.discounts else ()
    took = [
        (each, total((off.amount for off in offs if off.discount_id == each.discount_id), cart.currency))
        for each in cart.discounts
    ]
    lines = (
        ShownLine(
            line,
            tuple(pair for pair in took if pair[0].line_id == line.line_id),
            line.line_id in about.asked,
            line.line_id == chosen and not paying,
            paying,
            line.product.number in about.gone and not paying,
            about.activities.get(line.session.activity_id) if line.session else None,
        )
        for line in cart.lines
    )
    whole = (pair for pair in took if not pair[0].line_id)
    sale = (ShownOff(given, off, given.discount_id == chosen and not paying, paying) for given, off in whole)
    return [*lines, *sale]


class CartLines(QWidget):
    """Signals: `chosen` an id ("" for none), `quantity` line id and count, `undiscount` the id of a discount."""

    chosen = Signal(str)
    quantity = Signal(str, int)
    undiscount = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._lines = QVBoxLayout()
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(desk.px(4))
        self._rows: list[tuple[Row, QWidget]] = []
        self._content = column(self._lines, 1, gap=0)
        self._scroll = scroller(holder(self._content))
        self._scroll.resized.connect(self._reach_soon)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._reach_soon)
        self.setLayout(column(self._scroll))

    def show_rows(self, wanted: list[Row]) -> None:
        """Rows stay up to the first that would say something else: a tap makes one, and Tab goes on in their order."""
        same = sum(takewhile(bool, (row[0] == says for row, says in zip(self._rows, wanted, strict=False))))
        for _, gone in self._rows[same:]:
            drop(gone)
        self._rows[same:] = [(says, self._row(says)) for says in wanted[same:]]
        for _, made in self._rows[same:]:
            self._lines.addWidget(made)
        self._reach_soon()

    def _row(self, says: Row) -> QWidget:
        match says:
            case str():
                return self._empty(says)
            case ShownLine(is_open=True):
                return self._open_line(says)
            case ShownLine():
                return self._closed_line(says)
            case ShownOff(is_open=True):
                return self._open_off(says)
            case ShownOff():
                return self._closed_off(says)

    def _reach_soon(self) -> None:
        """The chosen line is seen whole, once Qt has shown what was added."""
        QTimer.singleShot(0, self, self._reach)

    def _reach(self) -> None:
        self._content.activate()
        for says, made in self._rows:
            if not isinstance(says, str) and says.is_open:
                self._scroll.ensureWidgetVisible(made, 0, 0)

    def _empty(self, last: str) -> QWidget:
        words = label(self._desk, self._desk.texts("cart.empty"), "body", "text2", wrap=True)
        told = label(self._desk, last, "bodystrong", "ok", wrap=True) if last else None
        return holder(column(told, words, gap=self._desk.px(12), margins=(0, self._desk.px(24), 0, 0)))

    # a line

    def _details(self, shown: ShownLine) -> list[str]:
        return [*self._about(shown), *([self._desk.texts("cart.gone")] if shown.gone else [])]

    def _about(self, shown: ShownLine) -> list[str]:
        """Session and price a piece, on a line each where it is said of what the session is; while paying the narrow
        cart has room for one of them."""
        texts, line = self._desk.texts, shown.line
        if shown.asked:
            return [texts("cart.asked")]
        each = texts("cart.each", amount=line.unit) if line.unit else texts("sell.free")
        if line.session is None:
            return [each]
        starts, ends = line.session.starts_at, line.session.ends_at
        if shown.activity is not None:
            session = session_words(texts, shown.activity, (starts, ends))
            return [session] if shown.paying else [session, each]
        session = texts("cart.session", start=texts.clock(starts), end=texts.clock(ends))
        return [session if shown.paying else f"{session} · {each}"]

    def _was(self, shown: ShownLine) -> str:
        return self._desk.texts.money(shown.line.gross) if shown.offs else ""

    def _closed_line(self, shown: ShownLine) -> QWidget:
        texts, line = self._desk.texts, shown.line
        detail = [*self._details(shown), *(given_words(texts, *pair) for pair in shown.offs)]
        amount, name = texts.money(shown.paid), line.product.name.get(texts.language)
        made = LineButton(self._desk, line.quantity, name, detail, amount, was=self._was(shown))
        return self._closed(made, line.line_id, paying=shown.paying)

    def _closed(self, made: LineButton, row_id: str, *, paying: bool) -> QWidget:
        if not paying:
            made.clicked.connect(lambda: self.chosen.emit(row_id))
        made.setEnabled(not paying)
        return made

    def _open_line(self, shown: ShownLine) -> QWidget:
        desk, line = self._desk, shown.line
        name = line.product.name.get(desk.texts.language)
        stepper = Stepper(desk, name, line.quantity)
        stepper.stepped.connect(lambda count: self.quantity.emit(line.line_id, count))
        remove = KeyButton(desk, desk.texts("cart.remove"), "trash", kind="danger", size=42)
        remove.clicked.connect(lambda: self.quantity.emit(line.line_id, 0))
        words, amount = line_words(desk, name, self._details(shown)), desk.texts.money(shown.paid)
        offs = (self._off(given, off) for given, off in shown.offs)
        return self._open(
            row(words, line_amount(desk, amount, self._was(shown))), *offs, row(stepper, 1, remove)
        )

    def _open(self, top: QVBoxLayout | Item, *below: Item) -> QWidget:
        side = self._desk.px(12)
        return panel("line", column(top, *below, gap=side - 4, margins=(side, 8, side, 8)))

    def _off(self, given: Discount, off: Money) -> Item:
        """A discount of the open line, and the way to take it away."""
        desk, words = self._desk, given_words(self._desk.texts, given, off)
        name = desk.texts("discount.take_away", what=words)
        away = icon_button(desk, "x", name, lambda: self.undiscount.emit(given.discount_id))
        made = row(label(desk, words, "caption", "text3", wrap=True), away)
        made.setStretch(0, 1)
        return made

    # a discount of the whole sale

    def _off_detail(self, shown: ShownOff) -> list[str]:
        texts, given = self._desk.texts, shown.given
        parts = what_words(texts, given.what), reason_words(texts, given)
        return [texts.line(parts)]

    def _closed_off(self, shown: ShownOff) -> QWidget:
        texts = self._desk.texts
        name, amount = texts("discount.of_sale"), off_words(texts, shown.off)
        made = LineButton(self._desk, 0, name, self._off_detail(shown), amount)
        return self._closed(made, shown.given.discount_id, paying=shown.paying)

    def _open_off(self, shown: ShownOff) -> QWidget:
        desk, texts = self._desk, self._desk.texts
        remove = KeyButton(desk, texts("cart.remove"), "trash", kind="danger", size=42)
        remove.clicked.connect(lambda: self.undiscount.emit(shown.given.discount_id))
        words = line_words(desk, texts("discount.of_sale"), self._off_detail(shown))
        return self._open(row(words, line_amount(desk, off_words(texts, shown.off), "")), row(1, remove))
