"""Paid: the change to give and what is being printed, for two seconds or until the next key or scan."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from app.shown import Paid
from app.views.desk import Desk
from app.views.widgets.amount import Amount
from app.views.widgets.parts import column, label, panel, picture

SHOWN_MS = 2000


class DoneCard(QWidget):
    """Signal `over`: ready for the next guest."""

    over = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._icon = picture(desk, "filled/circle-check", "ok", 96)
        self._title, self._number = label(desk, "", "amount"), label(desk, "", "h3", "text2")
        self._change_title = label(desk, desk.texts("cash.change"), "h3", "text2")
        self._change = Amount(desk, "name", "ok", far=False)
        self._prints, self._next = label(desk, "", "h3", "text2", wrap=True), label(desk, "", "body", "text3")
        labels = (self._title, self._number, self._change_title, self._change, self._prints, self._next)
        box = column(1, self._icon, *labels, 1, gap=desk.px(8))
        box.setAlignment(self._icon, Qt.AlignmentFlag.AlignHCenter)
        for each in labels:
            each.setAlignment(Qt.AlignmentFlag.AlignCenter)
        side = desk.px(24)
        self.setLayout(column(panel("card", box), margins=(side, side, side, side)))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self.end)

    def show_paid(self, paid: Paid) -> None:
        texts = self._desk.texts
        self._title.setText(texts("done.title"))
        self._number.setText(texts("done.number", number=paid.number, amount=paid.total))
        self._change.setText(texts.money(paid.change))
        for each in (self._change, self._change_title):
            each.setVisible(bool(paid.change))
        prints = texts("done.prints", n=paid.tickets) if paid.tickets else texts("done.prints_receipt")
        self._prints.setText(prints)
        self._next.setText(texts("done.next"))
        self.setAccessibleName(f"{self._title.text()}, {self._number.text()}")
        self._timer.start()

    def end(self) -> None:
        if self._timer.isActive() or self.isVisible():
            self._timer.stop()
            self.over.emit()

    def last_words(self, paid: Paid) -> str:
        texts = self._desk.texts
        if paid.change:
            return texts("done.last_change", number=paid.number, change=paid.change)
        return texts("done.last", number=paid.number)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self.end()
