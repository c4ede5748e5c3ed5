"""Beside a booking that is made or changed: for whom, what so far, what it comes to, and what the guest wishes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from app.shown import SessionTile
from app.shown_bookings import BookedSession, BookingDesk
from app.shown_guests import GuestRow
from app.views.booking_wish import Line, Part, Wish
from app.views.desk import Desk
from app.views.guest_words import breakable, chip_rows, plan_words
from app.views.session_words import session_parts
from app.views.widgets.amount import Amount
from app.views.widgets.buttons import SMALL, KeyButton, icon_button
from app.views.widgets.inputs import field
from app.views.widgets.notice import InlinePanel
from app.views.widgets.parts import Item, clear, column, holder, label, panel, row
from app.views.widgets.scroll import scroller
from domain.guest import MOST_NOTE

NEXT = "Ctrl+E"  # counts the first of the other sessions; what is counted goes to their end


class BookingSum(QWidget):
    """Signals: `other` guest is wanted, `verify` this one, `names` of those who come, or back from there, `without`
    one of these (which), `again` the same to be counted, `noted` what they wish, `done` by Enter there."""

    without = Signal(int)
    again = Signal(int)
    names = Signal()
    other = Signal()
    verify = Signal()
    noted = Signal(str)
    done = Signal()

    def __init__(self, desk: Desk, title: str) -> None:
        super().__init__()
        self._desk = desk
        texts = desk.texts
        self._parts: tuple[object, ...] = ()
        self._named = False  # sessions of several activities were seen: each says its own, on other days too
        self.trouble = InlinePanel(desk)  # about the guest
        self._guest, self._lines = column(gap=desk.px(6)), column(gap=desk.px(6))
        self._decide = label(desk, "", "small", "warn", wrap=True)
        self._total = Amount(desk, "h2")
        self.note = field(desk, texts("bookings.wishes"), on_enter=self.done.emit)
        self.note.setMaxLength(MOST_NOTE)
        self.note.textEdited.connect(self.noted)
        told = column(
            label(desk, title, "h2", wrap=True),
            self._guest,
            self.trouble,
            self._decide,
            self._lines,
            1,
            gap=desk.px(10),
        )
        sum_row = row(label(desk, texts("bookings.total"), "strong"), 1, self._total, gap=desk.px(8))
        self.difference = label(desk, "", "small", "text2", wrap=True)
        self.difference.hide()
        self._names = self._button("bookings.names", "users", "F11", self.names.emit)
        self._names.hide()
        parts = scroller(holder(told)), sum_row, self.difference, self._names, self.note
        layout = column(*parts, gap=desk.px(10))
        layout.setStretch(0, 1)
        self.setLayout(layout)

    def show_wish(self, wish: Wish, desk: BookingDesk | None, *, choosing: bool) -> None:
        """While a guest is being chosen nobody else can be asked for."""
        verified_only = desk is not None and desk.verified_only
        parts = (
            wish.guest,
            wish.has,
            choosing,
            verified_only,
            wish.lines(desk) if desk else (),
            desk and (desk.day, wish.session_of(desk)),
            wish.parts,
            named := self._named or _are_several(wish, desk),
        )
        self._named = named
        if parts != self._parts:
            self._parts = parts
            self._fill(wish, desk, choosing=choosing, verified_only=verified_only)
        if self.note.text().strip() != wish.note.strip():
            self.note.setText(wish.note)

    def _fill(self, wish: Wish, desk: BookingDesk | None, *, choosing: bool, verified_only: bool) -> None:
        for part in (self._guest, self._lines):
            clear(part)
        for item in self._for_whom(wish.guest, choosing=choosing, verified_only=verified_only):
            if isinstance(item, QWidget):
                self._guest.addWidget(item)
        for at, other in enumerate(wish.parts):
            self._lines.addWidget(self._part(at, other))
        if desk is not None and (lines := wish.lines(desk)):
            session = wish.session_of(desk) if wish.parts and wish.places(desk) else None
            self._lines.addWidget(self._card(lines, self._when(desk.day, session) if session else ""))
            if wish.goods_alone(desk):
                words = self._desk.texts("bookings.goods_alone", day=self._desk.texts.day(desk.day))
                self._lines.addWidget(label(self._desk, words, "small", "text2", wrap=True))
        words = "\n".join(self._waits(wish, desk)) if desk else ""
        self._decide.setText(words)
        self._decide.setVisible(bool(words))
        self._total.setText(self._desk.texts.money(wish.total(desk)) if desk else "")

    def offer_names(self, offered: bool, *, naming: bool) -> None:
        """Whether names can be written now; `naming`: the way leads back."""
        self._names.setVisible(offered)
        self._names.set_words(self._desk.texts("bookings.names_back" if naming else "bookings.names"))

    def _waits(self, wish: Wish, desk: BookingDesk) -> Iterator[str]:
        """Why it will wait for somebody's yes: a product needs one, or a membership that the guest does not have."""
        texts = self._desk.texts
        names = [each.name.get(texts.language) for each in wish.to_decide(desk)]
        if names:
            yield texts("bookings.will_wait", what=texts("guests.and").join(names))
        for plan in wish.lacking(desk):
            name = plan_words(texts, desk.plans, plan)
            yield texts("bookings.not_member", plan=name, day=texts.day(desk.day))

    def tell_difference(self, words: str) -> None:
        """From what it came to before."""
        self.difference.setText(words)
        self.difference.setVisible(bool(words))

    # for whom

    def _for_whom(self, guest: GuestRow | None, *, choosing: bool, verified_only: bool) -> list[Item]:
        desk, texts = self._desk, self._desk.texts
        if guest is None:
            return [label(desk, texts("bookings.no_guest"), "body", "text2", wrap=True)]
        reach = texts.code(guest.phone or breakable(guest.email))
        found: list[Item] = [
            label(desk, guest.name, "strong", wrap=True),
            label(desk, reach, "small", "text2", wrap=True) if reach else None,
            *map(holder, chip_rows(desk, guest, 2)),
        ]
        if verified_only and not guest.verified:
            found.append(self._unverified())
        if not choosing:
            found.append(self._button("bookings.other_guest", "user", "F9", self.other.emit))
        return found

    def _unverified(self) -> QWidget:
        """What to do for a guest who may not book yet."""
        desk, side = self._desk, self._desk.px(10)
        words = label(desk, desk.texts("bookings.unverified"), "smallmedium", "warn", wrap=True)
        button = self._button("guests.verify", "shield-check", "F10", self.verify.emit)
        return panel("warn", column(words, button, gap=desk.px(6), margins=(side, side, side, side)))

    def _button(self, words: str, icon: str, key: str, act: object) -> KeyButton:
        assert callable(act)
        return KeyButton(self._desk, self._desk.texts(words), icon, key=key, size=SMALL, on_click=act)

    # what

    def _card(self, lines: tuple[Line, ...], heading: str = "", mark: Item = None) -> QFrame:
        side, title = self._desk.px(10), None
        if heading:
            words = label(self._desk, heading, "captionstrong", "text2", wrap=True)
            title = row(words, mark, gap=self._desk.px(8))
            title.setStretch(0, 1)
        parts = title, *map(self._line, lines)
        return panel("card", column(*parts, gap=self._desk.px(6), margins=(side, side, side, side)))

    def _part(self, at: int, part: Part) -> QFrame:
        """What is for another session, under when that is; it can be counted anew, or taken out again."""
        heading, texts = self._when(part.day, part.session), self._desk.texts
        other = texts("bookings.change_session", when=heading)
        again = icon_button(self._desk, "pencil", other, lambda: self.again.emit(at))
        cap = self._key() if at == 0 else None
        name = texts("bookings.without_session", when=heading)
        out = icon_button(self._desk, "x", name, lambda: self.without.emit(at))
        return self._card(part.lines, heading, row(cap, again, out, gap=self._desk.px(8)))

    def _key(self) -> QLabel:
        cap = label(self._desk, NEXT, "keycap")
        cap.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        return cap

    def _when(self, day: date, session: SessionTile | BookedSession) -> str:
        """`Thu 26 Nov · 14:00 – 16:00`; where there are several activities of which it is, before the time."""
        texts, times = self._desk.texts, (session.starts_at, session.ends_at)
        activity = session.activity if self._named else None
        return texts.line((texts.day(day), *session_parts(texts, activity, times)))

    def _line(self, line: Line) -> QWidget:
        desk, (product, count) = self._desk, line
        words = label(desk, f"{count} × {product.name.get(desk.texts.language)}", "body", wrap=True)
        amount = Amount(desk, "bodystrong", text=desk.texts.money(product.price * count))
        made = row(words, amount, gap=desk.px(8))
        made.setStretch(0, 1)
        return holder(made)


def _are_several(wish: Wish, desk: BookingDesk | None) -> bool:
    """Whether the sessions of the day, that which was meant, and those put aside are of more than one activity."""
    there = (*(desk.sessions if desk else ()), *(part.session for part in wish.parts))
    meant = {wish.like.activity_id} if wish.like else set()
    return len(meant | {each.activity_id for each in there}) > 1
