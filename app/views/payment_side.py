"""The top and the left of a payment: what is due, how to pay, payments in this sale, what will be printed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from app.shown import PaymentPage, TenderRow, TenderStatus
from app.views.desk import Desk
from app.views.payment_undo import is_cash_in
from app.views.widgets.amount import Amount
from app.views.widgets.buttons import SMALL, KeyButton, Pressable
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import (
    clear,
    column,
    holder,
    label,
    lines,
    panel,
    picture,
    row,
    rule,
    set_property,
)
from app.views.widgets.scroll import scroller
from domain.cart import Cart
from domain.money import Money

LEAST = 178
SCHEMES = {"mada": "mada", "visa": "Visa", "mastercard": "Mastercard", "amex": "American Express"}


class PaymentHeader(QWidget):
    """Title, the way back, and three amounts. Signal `back`."""

    back = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        texts = desk.texts
        self._back = KeyButton(desk, texts("payment.back"), "arrow-left", key="Esc", kind="plain", size=SMALL)
        self._back.clicked.connect(self.back)
        self._trouble = InlinePanel(desk, reserved=2)
        self._names = [label(desk, "", "small", "text2") for _ in range(3)]
        self._amounts = [Amount(desk, "number", far=False) for _ in range(3)]
        cells = row(margins=(desk.px(24), desk.px(8), desk.px(24), desk.px(8)), gap=desk.px(24))
        for at, (name, amount) in enumerate(zip(self._names, self._amounts, strict=True)):
            if at:
                cells.addWidget(rule(upright=True))
            cells.addLayout(column(name, amount, gap=0), 1)
        beside = row(label(desk, texts("payment.title"), "h1"), self._trouble, self._back, gap=desk.px(16))
        beside.setStretch(1, 1)
        top = holder(beside)
        top.setMinimumHeight(desk.px(44))
        self.setLayout(column(top, panel("card", cells), gap=desk.px(8)))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def show_due(
        self, total: Money, paid: Money, left: Money, unknown: Money, methods: tuple[str, ...]
    ) -> None:
        texts = self._desk.texts
        paid_words = texts(f"payment.paid_{methods[0]}") if len(methods) == 1 else texts("payment.paid")
        last = ("payment.unknown", unknown, "warn") if unknown else ("payment.left", left, "text")
        shown = ((texts("payment.total"), total, "text"), (paid_words, paid, "ok" if paid else "text3"))
        for at, (words, amount, tone) in enumerate((*shown, (texts(last[0]), last[1], last[2]))):
            self._names[at].setText(words)
            self._amounts[at].setText(texts.money(amount))
            set_property(self._amounts[at], "tone", tone)
        self._back.set_words(texts("payment.leave" if paid or unknown else "payment.back"))
        self._back.setVisible(not unknown)

    def lock(self) -> None:
        """While the terminal has the card nobody goes anywhere."""
        self._back.hide()

    def trouble(self, error: Exception) -> None:
        self._trouble.trouble(error)

    def say(self, words: str) -> None:
        """What to do now; until the next act."""
        self._trouble.say(words, "info")

    def quiet(self) -> None:
        self._trouble.quiet()

    @property
    def words(self) -> str:
        return self._trouble.words


class MethodButton(Pressable):
    """A way to pay: icon, name, what to know, key."""

    def __init__(self, desk: Desk, icon: str, words: str, detail: str, key: str) -> None:
        cap = label(desk, key, "keycap")
        cap.setAlignment(Qt.AlignmentFlag.AlignCenter)
        cap.setFixedHeight(desk.px(20))
        side = desk.px(16)
        small = None if desk.look.close else label(desk, detail, "caption", "text3")
        texts = lines(label(desk, words, "strong"), small)
        box = row(
            picture(desk, icon, "text2", 26), texts, 1, cap, gap=desk.px(12), margins=(side, 5, side, 5)
        )
        super().__init__("tile", box, f"{words}, {detail}", money=True)
        self._cap, self._way = cap, key
        self.set_key(key)
        self.setMinimumHeight(desk.px(54))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self._show_key()

    def _show_key(self) -> None:
        super()._show_key()
        self._cap.setVisible(self.isEnabled() and bool(self.key))

    def show_chosen(self, chosen: bool) -> None:
        """The method at work gives its key to the button that completes it."""
        set_property(self, "chosen", chosen)
        self.set_key("" if chosen else self._way)
        self._leaves_keys = not chosen  # pressed again it only begins anew


class PaymentSide(QWidget):
    """Signals: `card`, `cash` a method was pressed, `undo` the last cash is to go back, `give_back` all paid."""

    give_back = Signal()
    card = Signal()
    cash = Signal()
    undo = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        texts = desk.texts
        self._card = MethodButton(desk, "credit-card", texts("pay.card"), texts("payment.card_detail"), "F9")
        self._cash = MethodButton(desk, "cash", texts("pay.cash"), texts("payment.cash_detail"), "F10")
        self._card.clicked.connect(self.card)
        self._cash.clicked.connect(self.cash)
        title = label(desk, texts("payment.with"), "captionstrong", "text2")
        self._methods = holder(column(title, self._card, self._cash, gap=desk.px(8)))
        self._tenders_title = label(desk, texts("payment.tenders"), "captionstrong", "text2")
        self._tenders = column(gap=desk.px(8))
        self._undo = KeyButton(desk, texts("payment.undo"), key="F12", kind="plain", size=SMALL)
        self._undo.clicked.connect(self.undo)
        self._give_back = KeyButton(
            desk, texts("payment.give_back"), "arrow-back-up", kind="plain", size=SMALL
        )
        self._give_back.clicked.connect(self.give_back)
        self._info = label(desk, "", "small", "text2", wrap=True)
        self._info_icon = picture(desk, "printer", "text2", 20)
        side = desk.px(12)
        info = row(self._info_icon, self._info, gap=side, margins=(side, side, side, side))
        info.setStretch(1, 1)
        self._box: QFrame = panel("row", info)
        self.rows = scroller(holder(column(self._tenders, 1, gap=0)))
        self.rows.setMinimumHeight(desk.px(46))
        layout = column(
            self._methods,
            self._tenders_title,
            self.rows,
            self._undo,
            self._give_back,
            self._box,
            gap=desk.px(6 if desk.look.close else 10),
        )
        layout.setStretch(2, 1)
        self.setLayout(layout)
        self.setMinimumWidth(desk.px(LEAST))

    def show_nothing(self, cart: Cart) -> None:
        """Before the sale exists."""
        clear(self._tenders)
        self._tenders_title.hide()
        self._undo.hide()
        self._give_back.hide()
        self._methods.show()
        self._box.show()
        self._show_info(cart, unknown=False)

    def show_page(self, page: PaymentPage, *, busy: bool, how: str) -> None:
        self._methods.setVisible(not page.unknown)
        self._cash.setEnabled(not busy)
        self._card.setEnabled(not busy and bool(page.left))
        self.mark(how)
        clear(self._tenders)
        shown = [each for each in page.tenders if each.status is not TenderStatus.FAILED]
        self._tenders_title.setVisible(bool(shown))
        for tender in shown:
            self._tenders.addWidget(self._row(tender, page))
        self._undo.setVisible(not busy and any(map(is_cash_in, shown)))
        self._give_back.setVisible(bool(page.paid) and not busy)
        self._show_info(page.cart, unknown=bool(page.unknown))
        needed = len(shown) > 1 and not page.unknown and self._desk.look.close  # by the payments
        self._box.setVisible(not needed)

    def mark(self, how: str) -> None:
        self._card.show_chosen(how == "card")
        self._cash.show_chosen(how == "cash")

    def _show_info(self, cart: Cart, *, unknown: bool) -> None:
        texts = self._desk.texts
        set_property(self._box, "panel", "info" if unknown else "row")
        icon, tone = ("info-circle", "accenttext") if unknown else ("printer", "text2")
        self._info_icon.setPixmap(self._desk.icon(icon, tone, 20))
        prints = texts("payment.prints", n=cart.tickets) if cart.tickets else texts("payment.prints_receipt")
        self._info.setText(texts("payment.stays_open") if unknown else prints)

    def _row(self, tender: TenderRow, page: PaymentPage) -> QFrame:
        desk, texts = self._desk, self._desk.texts
        close = desk.look.close
        side = desk.px(8 if close else 16)
        amount = Amount(desk, "h3", text=texts.money(tender.amount), far=not close)
        words = lines(
            label(desk, self.title(tender), "bodystrong", wrap=True),
            amount if close else None,  # there is no room beside the words
            label(desk, self._detail(tender, page), "caption", "text3", wrap=True),
        )
        icon, tone = {
            TenderStatus.DONE: ("filled/circle-check", "ok"),
            TenderStatus.UNKNOWN: ("filled/alert-triangle", "warn"),
        }.get(tender.status, ("clock", "accenttext"))
        box = row(
            picture(desk, icon, tone, 20 if close else 24),
            words,
            None if close else amount,
            gap=desk.px(8 if close else 12),
            margins=(side, 6, desk.px(8), 6),
        )
        box.setStretch(1, 1)
        made = panel("row", box)
        made.setMinimumHeight(desk.px(54))
        return made

    def title(self, tender: TenderRow) -> str:
        texts = self._desk.texts
        if tender.method == "cash":
            return texts("pay.cash")
        scheme = SCHEMES.get(tender.scheme.lower(), tender.scheme) or texts("pay.card")
        return f"{scheme} {texts.code(f'•••• {tender.last4}')}" if tender.last4 else scheme

    def _detail(self, tender: TenderRow, page: PaymentPage) -> str:
        texts, time = self._desk.texts, self._desk.texts.clock(tender.at)
        match tender.status:
            case TenderStatus.DONE if tender.method == "cash":
                return texts("payment.cash_in", time=time)
            case TenderStatus.DONE if tender.asked is not None:
                return texts("payment.card_part", asked=tender.asked, time=time, approval=tender.approval)
            case TenderStatus.DONE:
                return texts("payment.card_in", time=time, approval=tender.approval)
            case TenderStatus.UNKNOWN:
                return texts("payment.card_unknown")
            case _:
                return texts("payment.on_terminal", terminal=page.terminal)
