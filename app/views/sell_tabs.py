"""The categories of Sell as tabs, and the day at the far end. Where they do not fit they draw together, then wrap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views.desk import Desk
from app.views.widgets.buttons import Pressable
from app.views.widgets.parts import holder, label, picture, row

WIDE_SIDE, TIGHT_SIDE, HEIGHT, LEAST = 14, 7, 44, 44
Boxes = list[tuple[QWidget, QRect]]


class SellTabs(QWidget):
    """Signal `category`: the name of the tab that was pressed."""

    category = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._tabs: list[tuple[Pressable, int]] = []
        self._said: tuple[tuple[tuple[str, str], ...], str] = ((), "")
        self._long, self._short = "", ""
        self._day = label(desk, "", "bodystrong", "accenttext")
        icon = picture(desk, "calendar-event", "accenttext", 20)
        self._day_box = holder(row(icon, self._day, gap=desk.px(10)))
        self._day_box.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_tabs(self, categories: Sequence[tuple[str, str]], chosen: str) -> None:
        """`categories` are names and their words. The same tabs stay, with the focus that one may have."""
        if (said := (tuple(categories), chosen)) == self._said:
            return
        self._said = said
        for tab, _ in self._tabs:
            tab.hide()
            tab.deleteLater()
        self._tabs = [self._tab(name, words, chosen=name == chosen) for name, words in categories]
        self._place()

    def show_day(self, day: date, *, today: bool) -> None:
        texts = self._desk.texts
        self._short = texts.day(day)
        self._long = texts("sell.today", day=self._short) if today else self._short
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _tab(self, name: str, words: str, *, chosen: bool) -> tuple[Pressable, int]:
        text = label(self._desk, words, "bodymedium", "text2")
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        tab = Pressable("tab", row(text), words)
        tab.setProperty("chosen", chosen)
        tab.clicked.connect(lambda: self.category.emit(name))
        tab.setParent(self)
        tab.show()
        tab.ensurePolished()
        text.ensurePolished()
        return tab, text.sizeHint().width()

    def _place(self) -> None:
        if self.width() <= 0:
            return
        boxes, rows = self._one_row(WIDE_SIDE, self._long), 1
        boxes = boxes or self._one_row(TIGHT_SIDE, self._short)
        if not boxes:
            boxes, rows = self._wrapped()
        for widget, box in boxes:
            if self._desk.look.rtl:
                box.moveLeft(self.width() - box.left() - box.width())
            widget.setGeometry(box)
        height = rows * self._desk.px(HEIGHT)
        if height != self.minimumHeight():
            self.setFixedHeight(height)

    def _one_row(self, side: int, day: str) -> Boxes:
        """Everything beside each other; nothing when that does not fit."""
        widths = self._widths(side)
        last = self._day_width(day)
        if sum(widths) + self._desk.px(WIDE_SIDE) + last > self.width():
            return []
        boxes, left, height = Boxes(), 0, self._desk.px(HEIGHT)
        for (tab, _), width in zip(self._tabs, widths, strict=True):
            boxes.append((tab, QRect(left, 0, width, height)))
            left += width
        return [*boxes, (self._day_box, QRect(self.width() - last, 0, last, height))]

    def _wrapped(self) -> tuple[Boxes, int]:
        boxes, left, line, height = Boxes(), 0, 0, self._desk.px(HEIGHT)
        for (tab, _), width in zip(self._tabs, self._widths(TIGHT_SIDE), strict=True):
            if left and left + width > self.width():
                left, line = 0, line + 1
            boxes.append((tab, QRect(left, line * height, width, height)))
            left += width
        day = self._day_width(self._short)
        line += left + self._desk.px(WIDE_SIDE) + day > self.width()
        boxes.append((self._day_box, QRect(self.width() - day, line * height, day, height)))
        return boxes, line + 1

    def _widths(self, side: int) -> list[int]:
        desk = self._desk
        return [max(desk.px(LEAST), wide + 2 * desk.px(side)) for _, wide in self._tabs]

    def _day_width(self, words: str) -> int:
        self._day.setText(words)
        return self._day_box.sizeHint().width()
