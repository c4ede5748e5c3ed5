"""Needs attention: everything that is open, each with what is known and the ways to settle it; and what was closed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from app.shown import Approval
from app.shown_attention import AttentionPage, Item
from app.views.attention_card import AttentionCard
from app.views.attention_forms import SayForm, SecondForm, give_up_form, settle_form, tell_form
from app.views.attention_words import MARKS, row_words, title_of
from app.views.desk import Desk
from app.views.page import Page
from app.views.ports import Attention, People, Records
from app.views.widgets.amount import Amount
from app.views.widgets.buttons import KeyButton, Pressable, RowButton
from app.views.widgets.card_side import CardSide
from app.views.widgets.marked_rows import MarkedRows
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import column, holder, label, lines, picture, row, set_property
from domain.attention import Way

RIGHT, RIGHT_CLOSE = 500, 400


class AttentionView(Page):
    """Signals: `reopen` the sale whose payment is wanted, `refund` one that is wanted."""

    reopen = Signal(str)
    refund = Signal(str)

    def __init__(self, desk: Desk, people: People, attention: Attention, records: Records) -> None:
        super().__init__(desk)
        self._people, self._attention, self._records = people, attention, records
        self._page: AttentionPage | None = None
        self._chosen, self._closed = "", False
        self._trouble = InlinePanel(desk)
        self._rows = MarkedRows(desk, self._row, lambda item: str(item.key), trouble=self._trouble)
        self._rows.picked.connect(self._choose)
        self._tab_words = label(desk, "", "bodystrong"), label(desk, "", "bodystrong")
        self._tabs = self._tab(0), self._tab(1)
        tell = KeyButton(desk, desk.texts("attention.tell"), "note", key="F12", on_click=self._tell)
        side = desk.px(24)
        tabs = row(*self._tabs, 1, gap=desk.px(8))
        left = column(tabs, self._rows, row(tell, 1), gap=desk.px(12))
        left.setStretch(1, 1)
        self._side = CardSide(desk, self.setFocus)
        self._side.setFixedWidth(desk.px(RIGHT_CLOSE if desk.look.close else RIGHT))
        layout = row(holder(left), self._side, gap=side, margins=(side, side, side, side))
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self._rows.wait()
        self._name_tabs()

    # the page's life

    def reload(self) -> None:
        self.desk.tasks.run(self._attention.page, done=self._show, failed=self._trouble.trouble)

    def back(self) -> None:
        if self._side.form is not None:
            self._show_card()
        elif self._closed:
            self._turn(closed=False)

    def show_open(self) -> None:
        """The list that the count counts; what is being written stays."""
        if self._closed and self._side.form is None:
            self._turn(closed=False)

    def first_focus(self) -> None:
        (self._side.form or self).setFocus()

    def _show(self, page: AttentionPage) -> None:
        self._page = page
        self._name_tabs()
        if self._item() is None and self._side.form is None:
            self._chosen = self._shown[0].key if self._shown else ""
        self._show_rows()
        if self._side.form is None:
            self._show_card()

    @property
    def _shown(self) -> tuple[Item, ...]:
        if self._page is None:
            return ()
        return self._page.closed if self._closed else self._page.items

    def _item(self) -> Item | None:
        return next((each for each in self._shown if each.key == self._chosen), None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows step through the rows, and go on in what is told of the last one; pages scroll that at once."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        stepped = step and self._side.form is None and self._rows.step(step)
        if not stepped and not self._side.take_key(event):
            super().keyPressEvent(event)

    # the list

    def _tab(self, place: int) -> Pressable:
        side = self.desk.px(16)
        made = Pressable("tile", row(self._tab_words[place], margins=(side, 0, side, 0)), "")
        made.setMinimumHeight(self.desk.px(44))
        made.clicked.connect(lambda: self._turn(closed=bool(place)))
        return made

    def _name_tabs(self) -> None:
        texts, page = self.desk.texts, self._page
        opened = texts("attention.open", n=len(page.items)) if page else texts("attention.open_unknown")
        names = (opened, texts("attention.closed"))
        for place, words in enumerate(names):
            self._tab_words[place].setText(words)
            self._tabs[place].setAccessibleName(words)
            set_property(self._tabs[place], "chosen", self._closed is bool(place))

    def _turn(self, *, closed: bool) -> None:
        self._closed, self._chosen = closed, ""
        self._rows.stale()
        self._side.drop_form()
        if self._page is not None:
            self._show(self._page)

    def _show_rows(self) -> None:
        empty = "attention.none_closed" if self._closed else "attention.none"
        self._rows.fill(self._shown, self.desk.texts(empty))
        self._rows.mark(self._chosen)

    def _row(self, item: Item) -> Pressable:
        desk, texts, side = self.desk, self.desk.texts, self.desk.px(14)
        title, detail = title_of(texts, item), row_words(texts, item)
        amount = texts.money(item.amount) if item.amount is not None else ""
        words = lines(
            label(desk, title, "strong", wrap=True), label(desk, detail, "small", "text2", wrap=True)
        )
        icon, tone = MARKS[item.source]
        box = row(
            picture(desk, icon, tone),
            words,
            Amount(desk, "h3", text=amount),
            gap=side,
            margins=(side, 8, side, 8),
        )
        box.setStretch(1, 1)
        made = RowButton("tile", box, ", ".join(part for part in (title, detail, amount) if part))
        made.setMinimumHeight(desk.px(64))
        return made

    def _choose(self, key: str) -> None:
        self._chosen = key
        self._rows.mark(key)
        self.setFocus()
        self._show_card()

    # one of them

    def _show_card(self) -> None:
        self._side.drop_form()
        item, page = self._item(), self._page
        self._side.setVisible(item is not None)
        if item is None or page is None:
            return
        card = AttentionCard(self.desk, item, page)
        card.settle.connect(lambda way: self._settle(item, way))
        card.act.connect(lambda what: self._act(item, what))
        self._side.show_card(card)

    def _act(self, item: Item, what: str) -> None:
        match what:
            case "payment":
                self.reopen.emit(item.thing)
            case "void":
                self.go.emit("sales")
            case "messages":
                self.go.emit("messages")
            case "refund":
                self.refund.emit(item.thing)
            case "print":
                retry = self._records.retry_print
                self.desk.tasks.run(retry, item.thing, done=self._done, failed=self._trouble.trouble)
            case "give_up":
                self._open(form := give_up_form(self.desk, item))
                form.given.connect(lambda said: self._do(self._records.give_up_print, item.thing, said[0]))

    # forms

    def _settle(self, item: Item, way: Way) -> None:
        page = self._page
        if page is not None and page.may_settle:
            form: SayForm | SecondForm = settle_form(self.desk, item, way)
            form.given.connect(lambda said: self._send(item, way, said[0], None))
        else:
            form = SecondForm(self.desk, self._people, item, way)
            form.given.connect(lambda said, approval: self._send(item, way, said[0], approval))
        self._open(form)

    def _send(self, item: Item, way: Way, note: str, approval: Approval | None) -> None:
        said = (way.name, note, item.mark)
        run = self.desk.tasks.run_aside  # the answer may take its time
        run(self._attention.settle, item.thing, said, approval, done=self._settled, failed=self._failed)

    def _settled(self, _result: object) -> None:
        self.notice.emit(self.desk.texts("attention.was_settled"), "info")
        self._done(None)

    def _tell(self) -> None:
        self._open(form := tell_form(self.desk))
        form.given.connect(lambda said: self._do(self._attention.tell, *said, words="attention.was_told"))

    def _do(self, call: Callable[..., None], *args: str, words: str = "") -> None:
        def done(_result: object) -> None:
            if words:
                self.notice.emit(self.desk.texts(words), "info")
            self._done(None)

        self.desk.tasks.run(call, *args, done=done, failed=self._failed)

    def _done(self, _result: object) -> None:
        self._trouble.quiet()
        self._show_card()
        self.reload()

    def _failed(self, error: Exception) -> None:
        """What somebody else has done meanwhile is shown with it."""
        if self._side.form is not None:
            self._side.form.fail(error)
        else:
            self._trouble.trouble(error)
        self.reload()

    def _open(self, form: SayForm | SecondForm) -> None:
        self._trouble.quiet()
        form.left.connect(self._show_card)
        self._side.show()
        self._side.open(form)
