"""One guest in full: who they are, whether their contacts are theirs, what was said of them, who may be the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLayout, QWidget

from app.shown_guests import GuestEvent, GuestPage, GuestRow
from app.views.desk import Desk
from app.views.guest_words import (
    EVENTS,
    born_words,
    breakable,
    chip_rows,
    event_by,
    event_words,
    plan_words,
    standing_chip,
    verified_chip,
)
from app.views.widgets.buttons import SMALL, KeyButton
from app.views.widgets.parts import Item, column, holder, label, panel, picture, row, rule
from app.views.widgets.told_card import ToldCard
from domain.membership import Membership, Standing

NAME_WIDTH = 96


class GuestCard(ToldCard):
    """Signals: `act` what is wanted (change, verify, membership, book, copy, erase, messages), `merge` a twin, `end` a
    membership."""

    act = Signal(str)
    merge = Signal(object)
    end = Signal(object)

    def __init__(self, desk: Desk, page: GuestPage) -> None:
        super().__init__(desk)
        self._page = page
        parts = (
            *self._head(),
            *self._facts(),
            *self._memberships(),
            *self._twins(),
            rule(),
            *self._history(),
        )
        self.tell(parts, self._actions(), desk.px(8))

    # what is known

    def _head(self) -> Sequence[Item]:
        desk, guest = self.desk, self._page.row
        words = desk.texts("place.messages")
        said = KeyButton(desk, words, "mail", size=SMALL, on_click=lambda: self.act.emit("messages"))
        title = row(label(desk, guest.name, "h1", wrap=True), said, gap=desk.px(8))
        title.setStretch(0, 1)
        return title, *chip_rows(desk, guest, 3)  # four do not fit

    def _facts(self) -> Sequence[Item]:
        texts, known = self.desk.texts, self._page.form
        born = born_words(texts, known.born, texts.local(self.desk.now()).date()) if known.born else ""
        language = texts(f"guests.language_{known.language}") if known.language else ""
        contacts = (
            ("phone", known.phone, texts.code(self._page.row.phone)),
            ("email", known.email, texts.code(breakable(known.email))),
        )
        facts = (("born", born), ("language", language), ("note", known.note))
        return [
            *(self._contact(name, value, shown) for name, value, shown in contacts if value),
            *(self._line(name, value) for name, value in facts if value),
        ]

    def _contact(self, name: str, value: str, shown: str) -> QWidget:
        return self._line(name, shown, verified_chip(self.desk, verified=value in self._page.verified))

    def _line(self, name: str, value: str, mark: Item = None) -> QWidget:
        return self.fact(self.desk.texts(f"guests.field_{name}"), value, NAME_WIDTH, mark)

    def _memberships(self) -> Iterable[Item]:
        if self._page.memberships:
            yield label(self.desk, self.desk.texts("guests.memberships"), "captionstrong", "text2")
        yield from map(self._membership, self._page.memberships)

    def _membership(self, one: Membership) -> QWidget:
        """Which, how it stands today, from when to when; what is not over can be ended."""
        desk, texts, page = self.desk, self.desk.texts, self._page
        words = texts.line((plan_words(texts, page.plans, one.plan), texts.code(one.number)))
        since, until = (texts.plain_day(day) for day in (one.since, one.until))
        days = texts("guests.membership_days", since=since, until=until)
        told = column(
            label(desk, words, "bodystrong", wrap=True), label(desk, days, "small", "text2", wrap=True), gap=0
        )
        stands = row(standing_chip(desk, one, page.today), self._end(one, words), 1, gap=desk.px(8))
        return holder(column(told, stands, gap=desk.px(4)))

    def _end(self, one: Membership, words: str) -> KeyButton | None:
        if one.on(self._page.today) in (Standing.OVER, Standing.ENDED):
            return None
        made = KeyButton(self.desk, self.desk.texts("guests.end"), "ban", size=SMALL)
        made.setAccessibleDescription(words)
        made.clicked.connect(lambda: self.end.emit(one))
        return made

    def _history(self) -> Iterable[Item]:
        desk = self.desk
        yield label(desk, desk.texts("guests.history"), "captionstrong", "text2")
        yield from map(self._event, self._page.history)

    def _event(self, event: GuestEvent) -> QWidget:
        desk, texts = self.desk, self.desk.texts
        what = label(desk, event_words(texts, event), "body", wrap=True)
        words = column(what, label(desk, event_by(texts, event), "small", "text2", wrap=True), gap=0)
        line = row(picture(desk, EVENTS.get(event.kind, "note"), "text2", 20), words, gap=desk.px(12))
        line.setStretch(1, 1)
        return holder(line)

    # who may be the same

    def _twins(self) -> Iterable[Item]:
        desk, page = self.desk, self._page
        if not page.twins:
            return
        side = desk.px(12)
        box = column(
            label(desk, desk.texts("guests.twins"), "bodystrong", "warn", wrap=True),
            *map(self._twin, page.twins),
            gap=desk.px(6),
            margins=(side, side, side, side),
        )
        if not page.may_merge:
            box.addWidget(label(desk, desk.texts("guests.merge_who"), "small", "text2", wrap=True))
        yield panel("warn", box)

    def _twin(self, twin: GuestRow) -> QWidget:
        desk, texts = self.desk, self.desk.texts
        reach = texts.code(twin.phone) if twin.phone else texts.code(breakable(twin.email))
        words = column(
            label(desk, twin.name, "bodystrong", wrap=True),
            label(desk, reach, "small", "text2", wrap=True),
            gap=0,
        )
        merge = None
        if self._page.may_merge:
            merge = KeyButton(desk, texts("guests.merge"), "users", size=SMALL)
            merge.allow(self._page.online, self._why_not)
            merge.clicked.connect(lambda: self.merge.emit(twin))
        line = row(words, merge, gap=desk.px(8))
        line.setStretch(0, 1)
        return holder(line)

    # what can be done

    @property
    def _why_not(self) -> str:
        return "" if self._page.online else self.desk.texts("guests.needs_server")

    def _actions(self) -> QLayout:
        gap = self.desk.px(8)
        verify = self._button("verify", "shield-check", "F10") if self._page.contacts else None
        erase = self._button("erase", "trash", "", "danger") if self._page.may_erase else None
        if erase is not None:
            erase.allow(self._page.online, self._why_not)
        away = None
        if not self._page.online and (erase is not None or (self._page.twins and self._page.may_merge)):
            away = label(self.desk, self.desk.texts("guests.away"), "small", "warn", wrap=True)
        first = row(self._button("change", "pencil", "F9"), verify, gap=gap)
        book = self._button("book", "calendar-event", "F11")
        last = row(self._button("copy", "download"), erase, gap=gap)
        member = self._button("membership", "id-badge", "Ctrl+E") if self._page.plans else None
        second = (row(book), member) if self.desk.look.close else (row(book, member, gap=gap),)
        return column(away, first, *second, last, gap=gap)

    def _button(self, what: str, icon: str, key: str = "", kind: str = "secondary") -> KeyButton:
        words = self.desk.texts(f"guests.{what}")
        return KeyButton(self.desk, words, icon, key=key, kind=kind, on_click=lambda: self.act.emit(what))
