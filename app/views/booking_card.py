"""One booking in full: whom it is for and what, its three axes, who made it, who decided; and what can be done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLayout, QWidget

from app.shown_bookings import BookingLine, BookingLink, BookingPage
from app.views.booking_again import sessions_of
from app.views.booking_head import BookingHead
from app.views.booking_tickets import movable
from app.views.booking_words import (
    came_words,
    change_words,
    check_mark,
    check_words,
    colleague_words,
    line_words,
    of_several,
    revoked_words,
    room_words,
)
from app.views.desk import Desk
from app.views.session_words import told_by_number
from app.views.widgets.amount import Amount
from app.views.widgets.buttons import SMALL, KeyButton
from app.views.widgets.marks import chip
from app.views.widgets.parts import Item, column, label, panel, picture, row, rule
from app.views.widgets.told_card import ToldCard
from domain.booking import ENDED, PAID_FOR, Life

NAME_WIDTH = 130
OPEN = "open:"


class BookingCard(ToldCard):
    """Signal `act`: what is wanted (pay, approve, reject, suggest, cancel, change, names, move, add, reissue, revoke,
    call_off, give_back, guest), or `OPEN` and the id of another booking."""

    act = Signal(str)

    def __init__(self, desk: Desk, page: BookingPage) -> None:
        super().__init__(desk)
        self._page = page
        self._activities = told_by_number(page.row.sessions, (line.session for line in page.lines))
        head = BookingHead(desk, page)
        head.guest.connect(lambda: self.act.emit("guest"))
        told = (
            head,
            *self._colleagues(),
            *self._wish(),
            *self._checks(),
            self._money(),
            *self._facts(),
            *self._links(),
        )
        self.tell(told, self._actions(), desk.px(8))

    # what is known

    def _colleagues(self) -> Iterable[Item]:
        """Who decides about it too, perhaps."""
        desk, side = self.desk, self.desk.px(10)
        for each in self._page.colleagues:
            words = label(
                desk, colleague_words(desk.texts, each, desk.now()), "bodymedium", "warn", wrap=True
            )
            inside = row(picture(desk, "eye", "warn", 20), words, gap=side, margins=(side, side, side, side))
            inside.setStretch(1, 1)
            yield panel("warn", inside)

    def _wish(self) -> Iterable[Item]:
        """What the guest asked for comes first for whoever decides about it."""
        if self._decided_now and self._page.note:
            yield self.fact(self.desk.texts("bookings.field_note"), self._page.note, NAME_WIDTH)

    @property
    def _decided_now(self) -> bool:
        return self._page.row.life is Life.UNDER_REVIEW

    def _checks(self) -> Iterable[Item]:
        """What was checked by itself, for whoever decides; two beside each other."""
        desk = self.desk
        marks = [
            chip(desk, check_words(desk.texts, check, well=well), *check_mark(check, well=well))
            for check, well in self._page.checks
        ]
        if marks:
            yield label(desk, desk.texts("bookings.checks"), "captionstrong", "text2")
        for at in range(0, len(marks), 2):
            yield row(*marks[at : at + 2], 1, gap=desk.px(8))
        several = of_several(self._page.rooms)
        for told in self._page.rooms:
            tone = "text2" if told.room.fits else "bad"
            yield label(desk, room_words(desk.texts, told, several=several), "small", tone, wrap=True)

    def _money(self) -> QFrame:
        desk, texts = self.desk, self.desk.texts
        side = desk.px(12)
        total = row(
            label(desk, texts("bookings.total"), "strong", wrap=True),
            Amount(desk, "h2", text=texts.money(self._page.row.total)),
            gap=desk.px(8),
        )
        total.setStretch(0, 1)
        lines = column(
            *map(self._line, self._page.lines),
            rule(),
            total,
            gap=desk.px(6),
            margins=(side, side, side, side),
        )
        return panel("card", lines)

    def _line(self, line: BookingLine) -> QLayout:
        desk = self.desk
        activity = self._activities.get(line.session)
        words = label(desk, line_words(desk.texts, line, activity), "body", wrap=True)
        made = row(words, Amount(desk, "bodystrong", text=desk.texts.money(line.gross)), gap=desk.px(8))
        made.setStretch(0, 1)
        return made

    def _facts(self) -> Iterable[QWidget]:
        texts, page = self.desk.texts, self._page
        made = texts.line((page.made_by.get(texts.language), texts.moment(page.made_at)))
        decided = ""
        if page.decided is not None:
            who, when = page.decided
            decided = texts.line((who.get(texts.language), texts.moment(when)))
        facts = (
            ("day", texts.dated(page.row.day)),
            ("came", came_words(texts, page)),
            ("note", "" if self._decided_now else page.note),
            ("names", texts("guests.and").join(seat.guest for seat in page.seats if seat.guest)),
            ("made", made),
            ("decided", decided),
            ("reason", page.reason),
            ("going_back", self._going_back()),
        )
        for name, value in facts:
            if value:
                yield self.fact(texts(f"bookings.field_{name}"), value, NAME_WIDTH)
        for revoked in page.revoked:
            yield self.fact(texts("bookings.field_revoked"), revoked_words(texts, revoked), NAME_WIDTH)
        for change in page.changes:
            yield self.fact(texts("bookings.field_changed"), change_words(texts, change), NAME_WIDTH)

    def _links(self) -> Iterable[QWidget]:
        """What it adds to and what was added to it, and the way there."""
        page = self._page
        if page.first is not None:
            yield self._link("adds_to", page.first)
        for each in page.added:
            yield self._link("added", each)
        if words := self._apart():
            yield label(self.desk, words, "small", "text2", wrap=True)

    def _link(self, name: str, other: BookingLink) -> QWidget:
        desk, texts = self.desk, self.desk.texts
        words = texts.line((texts.code(other.number), texts(f"bookings.life_{other.life}")))
        way = KeyButton(
            desk,
            texts("bookings.open_other"),
            "receipt",
            size=SMALL,
            on_click=lambda: self.act.emit(f"{OPEN}{other.booking_id}"),
        )
        return self.fact(texts(f"bookings.field_{name}"), words, NAME_WIDTH, way)

    def _apart(self) -> str:
        """One of both was called off: the other is not, by itself."""
        page, texts, ended = self._page, self.desk.texts, Life.CANCELLED
        if page.row.life is ended:
            stands = any(each.life is Life.CONFIRMED for each in page.added)
            return texts("bookings.added_stands") if stands else ""
        return texts("bookings.first_ended") if page.first and page.first.life is ended else ""

    def _going_back(self) -> str:
        texts, back = self.desk.texts, self._page.going_back
        return texts("bookings.going_back", amount=texts.money(back)) if back else ""

    # what can be done

    def _actions(self) -> QLayout:
        gap = self.desk.px(8)
        life = self._page.row.life
        if life in ENDED - PAID_FOR:
            return column()
        away = None
        if not self._page.online:
            away = label(self.desk, self.desk.texts("bookings.away"), "small", "warn", wrap=True)
        if life in ENDED:
            return column(away, row(self._refund("give_back"), 1), gap=gap)
        mains = {
            Life.UNDER_REVIEW: self._decisions, Life.HELD: self._payment, Life.CONFIRMED: self._tickets,
        }  # fmt: skip
        main = mains.get(life, lambda: ())()
        key = "Ctrl+X" if life is Life.UNDER_REVIEW else "F11"  # there it suggests a time
        ends = self._ends() if life is Life.CONFIRMED else [self._cancel(key)]
        close = self.desk.look.close
        main, more = (main[:2], main[2:]) if close else (main, ())
        all_keys = (*more, self._change(), self._names(), self._add(), *ends)
        keys = [each for each in all_keys if each is not None]
        beside = 3 if len(keys) in (3, 5) else 2
        rows = (row(*keys[at : at + beside], 1, gap=gap) for at in range(0, len(keys), beside))
        others = keys if close else rows
        return column(away, row(*main, gap=gap) if main else None, *others, gap=gap)

    def _change(self) -> KeyButton | None:
        """What is not paid yet; of what is paid tickets are moved."""
        if self._page.row.life is Life.CONFIRMED:
            none = "" if movable(self._page.good) else self.desk.texts("bookings.move_none")
            return self._button("move", "pencil", "Ctrl+E", self._why_not or none)
        if not self._page.may_change:
            return None
        is_known = len(sessions_of(self._page)) <= len(self._page.row.sessions)
        unknown = "" if is_known else self.desk.texts("bookings.change_unknown")
        return self._button("change", "pencil", "Ctrl+E", self._why_not or unknown)

    def _tickets(self) -> Sequence[KeyButton]:
        """Of what is paid: others in their places, or none."""
        none = "" if movable(self._page.good) else self.desk.texts("bookings.tickets_none")
        return (
            self._button("reissue", "refresh", "F9", self._why_not or none),
            self._button("revoke", "ban", "F10", self._why_not or none),
        )

    def _add(self) -> KeyButton | None:
        """More people, or other things, of what is paid."""
        if self._page.row.life is not Life.CONFIRMED:
            return None
        return self._button("add", "plus", "Ctrl+D", self._why_not)

    def _names(self) -> KeyButton | None:
        """Who comes, of a booking that has tickets."""
        return self._button("names", "users", "Ctrl+G", self._why_not) if self._page.seats else None

    def _decisions(self) -> Sequence[KeyButton]:
        why = self._why_not if self._page.may_decide else self.desk.texts("bookings.who_decides")
        return (
            self._button("approve", "check", "F9", why, kind="primary"),
            self._button("reject", "x", "F10", why),
            *([self._button("suggest", "calendar-event", "F11", why)] if self._page.row.sessions else ()),
        )

    def _payment(self) -> Sequence[KeyButton]:
        why = "" if self._page.may_pay else self.desk.texts("bookings.who_pays")
        if self._page.row.total:
            return (self._button("pay", "cash", "F9", why, kind="primary"),)
        words = self.desk.texts("bookings.give_tickets")
        return (self._button("pay", "ticket", "F9", why, kind="primary", words=words),)

    @property
    def _why_not(self) -> str:
        return "" if self._page.online else self.desk.texts("bookings.needs_server")

    def _ends(self) -> list[KeyButton]:
        """Of what is paid: by its refund, or, where nothing goes back, at once; money may go back all the same while
        it stands, if somebody allows that."""
        stays = self._page.stays
        if stays is None:
            return [self._refund()]
        return [self._cancel("F11"), *([self._refund("give_back", "Ctrl+X")] if stays else [])]

    def _cancel(self, key: str) -> KeyButton:
        return self._button("cancel", "ban", key, self._why_not)

    def _refund(self, what: str = "call_off", key: str = "F11") -> KeyButton:
        """What is paid is called off by its refund; once its day is over, it is one."""
        page, texts = self._page, self.desk.texts
        unknown = "" if page.sale_id else texts("bookings.sale_unknown")
        why = (self._why_not or unknown) if page.may_refund else texts("bookings.who_refunds")
        return self._button(what, "receipt-refund", key, why)

    def _button(
        self, what: str, icon: str, key: str, why: str, *, kind: str = "secondary", words: str = ""
    ) -> KeyButton:
        made = KeyButton(
            self.desk,
            words or self.desk.texts(f"bookings.{what}"),
            icon,
            key=key,
            kind=kind,
            on_click=lambda: self.act.emit(what),
        )
        made.allow(not why, why)
        return made
