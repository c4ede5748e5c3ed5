"""One thing that needs attention, in full: what it means, what is known, how it was settled, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.shown_attention import AttentionPage, Item, Settled, Source
from app.views.attention_words import (
    MARKS,
    fact_lines,
    settled_words,
    title_of,
    way_words,
    what_of,
    when_line,
)
from app.views.desk import Desk
from app.views.widgets.buttons import KeyButton
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import column, holder, label, picture, row, rule
from app.views.widgets.told_card import ToldCard
from domain.attention import Way

KEYS = ("F9", "F10", "F11")
NAME_WIDTH, NAME_CLOSE = 150, 100


class AttentionCard(ToldCard):
    """Signals: `settle` a way, `act` what is done about a thing of this station (payment, void, refund, print,
    give_up), or where it is seen to (messages)."""

    settle = Signal(object)
    act = Signal(str)

    def __init__(self, desk: Desk, item: Item, page: AttentionPage) -> None:
        super().__init__(desk)
        told = (*self._head(item), rule(), *self._facts(item), *self._history(item))
        self.tell(told, self._actions(item, page), desk.px(3 if desk.look.close else 10))

    def _head(self, item: Item) -> Sequence[QWidget]:
        desk, texts = self.desk, self.desk.texts
        icon, tone = MARKS[item.source]
        title = row(
            picture(desk, icon, tone), label(desk, title_of(texts, item), "h2", wrap=True), gap=desk.px(12)
        )
        title.setStretch(1, 1)
        return holder(title), label(desk, what_of(texts, item), "body", "text2", wrap=True)

    def _facts(self, item: Item) -> Sequence[QWidget]:
        """When comes first on every card; the rest as far as it is known."""
        texts = self.desk.texts
        lines = (when_line(texts, item), *fact_lines(texts, item))
        width = NAME_CLOSE if self.desk.look.close else NAME_WIDTH
        return [self.fact(name, value, width) for name, value in lines if value]

    def _history(self, item: Item) -> Sequence[QWidget]:
        """How it was settled: now, or before it opened again."""
        made: list[QWidget] = []
        if item.settled is not None:
            made += [rule(), *self._settled("attention.settled", item.kind, item.settled)]
        for before in item.earlier:
            made += [rule(), *self._settled("attention.before", item.kind, before)]
        return made

    def _settled(self, title: str, kind: str, settled: Settled) -> Sequence[QWidget]:
        desk = self.desk
        how, note, by = settled_words(desk.texts, kind, settled)
        shown = ((how, "bodystrong", "text"), (note, "body", "text"), (by, "small", "text2"))
        words = [label(desk, text, role, tone, wrap=True) for text, role, tone in shown if text]
        return [label(desk, desk.texts(title), "captionstrong", "text2"), *words]

    # what can be done

    def _actions(self, item: Item, page: AttentionPage) -> QVBoxLayout:
        if item.settled is not None:
            return column()
        match item.source:
            case Source.CASE:
                return self._ways(item, page)
            case Source.TOLD:
                return column(
                    label(self.desk, self.desk.texts("attention.told_waits"), "small", "text2", wrap=True)
                )
            case Source.PAYMENT:
                return column(self._button("attention.go_payment", "credit-card", "F9", "payment"))
            case Source.VOID:
                return column(self._button("attention.go_sales", "receipt-refund", "F9", "void"))
            case Source.PRINT:
                return self._paper(item)
            case Source.MESSAGES:
                return column(self._button("attention.go_messages", "mail", "F9", "messages"))
            case Source.REFUND:
                return column(self._button("attention.go_refund", "receipt-refund", "F9", "refund"))
            case Source.REQUEST:
                return column()

    def _ways(self, item: Item, page: AttentionPage) -> QVBoxLayout:
        desk, texts = self.desk, self.desk.texts
        box = column(label(desk, texts("attention.how"), "captionstrong", "text2"), gap=desk.px(8))
        if page.offline_since is not None:
            why = InlinePanel(desk, "warn")
            why.say(texts("attention.offline", since=texts.clock(page.offline_since)))
            box.addWidget(why)
        for key, way in zip(KEYS, item.ways, strict=False):
            button = KeyButton(desk, way_words(texts, item.kind, way.name), key=key)
            button.setEnabled(page.offline_since is None)
            button.clicked.connect(lambda _checked=False, way=way: self._wanted(way))
            box.addWidget(button)
        return box

    def _wanted(self, way: Way) -> None:
        self.settle.emit(way)

    def _paper(self, item: Item) -> QVBoxLayout:
        desk, texts = self.desk, self.desk.texts
        again = "print.copy" if item.kind == "unconfirmed" else "print.retry"
        box = column(gap=desk.px(8))
        if item.folder:
            box.addWidget(
                label(desk, texts("attention.pdf", folder=item.folder), "small", "text2", wrap=True)
            )
        box.addWidget(self._button(again, "refresh", "F9", "print"))
        box.addWidget(self._button("attention.give_up", "trash", "F10", "give_up"))
        return box

    def _button(self, words: str, icon: str, key: str, what: str) -> KeyButton:
        return KeyButton(
            self.desk, self.desk.texts(words), icon, key=key, on_click=lambda: self.act.emit(what)
        )
