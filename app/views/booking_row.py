"""A booking in a list: when, for whom, what and for how much, and where it stands."""

from __future__ import annotations

from datetime import date, datetime

from PySide6.QtWidgets import QWidget

from app.shown_bookings import BookingRow
from app.texts import Texts
from app.views.booking_words import (
    BAD,
    LIVES,
    against_words,
    axes_of,
    axes_words,
    life_words,
    what_words,
    when_words,
)
from app.views.desk import Desk
from app.views.due_sign import NEAR, due_split, due_words
from app.views.widgets.marks import Sign
from app.views.widgets.parts import column, holder, label
from app.views.widgets.two_lines import Told, TwoLines
from domain.booking import PAID_FOR, Attendance, Life, Paid

CLOCK, DAY, DAY_AR = 76, 84, 110  # what the longest needs, in design pixels


def booking_row(desk: Desk, booking: BookingRow, listed: date | None) -> TwoLines:
    """`listed` is the day of the whole list, which no row says again."""
    return TwoLines(desk, told_of(desk.texts, booking, desk.now()), _when(desk, booking, listed))


def _when(desk: Desk, booking: BookingRow, listed: date | None) -> QWidget:
    """A column of times, so that the two o'clock ones are found at a glance."""
    clock, day = when_words(desk.texts, booking)
    of_list = listed is not None and day == desk.texts.day(listed)
    under = None if of_list else label(desk, day, "caption", "text2")
    made = holder(column(1, label(desk, clock, "strong"), under, 1, gap=0))
    made.setFixedWidth(desk.px(CLOCK if of_list else DAY_AR if desk.look.rtl else DAY))
    return made


def told_of(texts: Texts, booking: BookingRow, now: datetime) -> Told:
    guest = booking.guest or texts("bookings.nobody")
    number, amount = texts.code(booking.number), texts.money(booking.total)
    what, (near, later) = what_words(texts, booking), due_split(texts, booking.due, now)
    due = due_words(texts, booking.due, now) if booking.due is not None else ""
    activities = dict.fromkeys(each.activity.get(texts.language) for each in booking.sessions)
    detail = texts.line((what, later, *activities, texts.code(booking.phone) if booking.phone else ""))
    when = (*when_words(texts, booking), *activities)
    state = life_words(texts, booking, now), due, against_words(texts, booking), *axes_words(texts, booking)
    whole = booking.guest, booking.number, *when, what, amount, *state
    return Told(
        title=guest,
        aside=number,
        amount=amount,
        detail=detail,
        state=_state(texts, booking, near, now),
        whole=", ".join(filter(None, whole)),
        more=(texts.line((guest, number, amount)), texts.line(when), detail, texts.line(state)),
        signs=_signs(texts, booking),
    )


def _signs(texts: Texts, booking: BookingRow) -> tuple[Sign, ...]:
    """What is paid and who came where its life does not say so: not that a confirmed one is paid, nor that its guests
    are still to come."""
    paid, came = axes_of(texts, booking)
    usual = Paid.PAID if booking.life in PAID_FOR else Paid.UNPAID
    says_paid = booking.paid not in (usual, Paid.NONE_DUE)
    over = {Life.CONFIRMED: Attendance.EXPECTED, Life.COMPLETED: Attendance.LEFT}
    says_came = booking.attendance not in (Attendance.EXPECTED, over.get(booking.life, Attendance.NOT_USED))
    return (paid,) * says_paid + (came,) * says_came


def _state(texts: Texts, booking: BookingRow, near: str, now: datetime) -> Sign:
    """Its life, or what is more urgent: what speaks against it, and that an answer is nearly due (`near`)."""
    if booking.against:
        first, others = texts(f"bookings.against_{booking.against[0]}"), len(booking.against) - 1
        return texts.line((f"{first} +{others}" if others and not near else first, near)), *BAD
    if near:
        return texts.line((texts("bookings.answer_due"), near)), *NEAR
    return life_words(texts, booking, now), *LIVES[booking.life]
