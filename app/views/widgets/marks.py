"""Small signs: chips, number badges, bars, progress rings, the hatched band."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QLabel, QProgressBar, QSizePolicy, QWidget

from app.views.desk import Desk
from app.views.widgets.elided import elided
from app.views.widgets.parts import holder, label, panel, picture, row

Sign = tuple[str, str, str]  # words, icon, tone
TONE_OF = {
    "ok": "ok",
    "warn": "warn",
    "bad": "bad",
    "accent": "accenttext",
    "purple": "purple",
    "mute": "text2",
    "urgent": "onwarn",
}


def chip(desk: Desk, words: str, icon: str, tone: str, *, whole: bool = True) -> QFrame:
    """A rounded word with an icon of its own shape; `tone` is ok, warn, bad, accent, purple or mute, or urgent. Its
    words are always `whole`, or may end with …"""
    text = (label if whole else elided)(desk, words, "captionstrong", TONE_OF[tone])
    side = desk.px(12)
    made = panel(
        f"chip-{tone}", row(picture(desk, icon, TONE_OF[tone], 16), text, gap=8, margins=(side, 0, side, 0))
    )
    made.setFixedHeight(desk.px(28))
    width = QSizePolicy.Policy.Fixed if whole else QSizePolicy.Policy.Maximum
    made.setSizePolicy(width, QSizePolicy.Policy.Fixed)
    made.setAccessibleName(words)
    return made


def signed(desk: Desk, words: str, icon: str, tone: str) -> QWidget:
    """The same without a shape around it."""
    text = label(desk, words, "small", TONE_OF[tone])
    return holder(row(picture(desk, icon, TONE_OF[tone], 16), text, gap=desk.px(4)))


def badge(desk: Desk, words: str) -> QLabel:
    made = label(desk, words, "badge", "onaccent")
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    made.setFixedHeight(desk.px(24))
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


def small_badge(desk: Desk, words: str) -> QLabel:
    made = badge(desk, words)
    made.setProperty("role", "badge-small")
    made.setFixedHeight(desk.px(20))
    return made


def avatar(desk: Desk, name: str) -> QLabel:
    """A person's initials in a circle: two in Latin script, one in Arabic."""
    parts = name.split()
    initials = "".join(part[0] for part in parts[:2]).upper() if name.isascii() else name[:1]
    made = label(desk, initials, "avatar", "accenttext")
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    made.setFixedSize(desk.px(36), desk.px(36))
    return made


class Bar(QProgressBar):
    """A flat bar of one token colour, `share` 0..1; always beside a number that says the same."""

    def __init__(
        self, desk: Desk, name: str, token: str = "accent", *, track: str = "surface2", height: int = 6
    ) -> None:
        super().__init__()
        self._desk, self._token, self._track = desk, token, track
        self.setRange(0, 1000)
        self.setTextVisible(False)
        self.setFixedHeight(desk.px(height))
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_share(self, share: float, token: str = "") -> None:
        self._token = token or self._token
        self.setValue(round(min(max(share, 0.0), 1.0) * 1000))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        round_ = self.height() / 2
        track = self._desk.look.paint(self._track)
        track.setAlphaF(0.28 if self._track.startswith("on") else 1.0)
        painter.setBrush(track)
        painter.drawRoundedRect(self.rect(), round_, round_)
        width = self.width() * self.value() / 1000
        left = self.width() - width if self._desk.look.rtl else 0.0
        painter.setBrush(self._desk.look.paint(self._token))
        if width:
            painter.drawRoundedRect(QRectF(left, 0, width, self.height()), round_, round_)


class Ring(QLabel):
    """A circle for a step: `done` (tick), `busy` (open ring) or `todo` (grey ring)."""

    def __init__(self, desk: Desk, state: str) -> None:
        super().__init__()
        self._desk, self._state = desk, state
        self.setFixedSize(desk.px(24), desk.px(24))
        if state == "done":
            self.setPixmap(desk.icon("filled/circle-check", "ok", 24))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._state == "done":
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = self._desk.px(3)
        box = QRectF(edge, edge, self.width() - 2 * edge, self.height() - 2 * edge)
        busy = self._state == "busy"
        painter.setPen(QPen(self._desk.look.paint("accent" if busy else "border2"), 2))
        painter.drawArc(box, 90 * 16, 270 * 16 if busy else 360 * 16)


class Hatch(QWidget):
    """The striped band over a refusal: seen without colour."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setFixedHeight(desk.px(16))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._desk.look.paint("badfill"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._desk.look.paint("onbad"))
        height, step = self.height(), self._desk.px(36)
        for left in range(-step, self.width() + step, step):
            points = [
                (left, height),
                (left + step / 2, height),
                (left + step / 2 + height, 0),
                (left + height, 0),
            ]
            painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))


class Dashed(QFrame):
    """A place that waits for something: dashed outline, round corners."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self._desk.look.paint("surface"))
        painter.setPen(QPen(self._desk.look.paint("border2"), 2, Qt.PenStyle.DashLine))
        radius = self._desk.px(16)
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), radius, radius)
