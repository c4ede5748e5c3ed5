"""How a booking is told of: its three axes with word and sign, until when it must be paid, what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from math import ceil

from app.shown_bookings import (
    BookingChange,
    BookingLine,
    BookingPage,
    BookingRoom,
    BookingRow,
    Colleague,
    Revoked,
)
from app.texts import Texts
from app.views.session_words import session_parts, session_words
from app.views.widgets.marks import Sign
from domain.booking import Attendance, Life, Paid
from domain.booking_checks import TO_READ, Check
from domain.catalogue import Words
from domain.errors import Code, Refused

Mark = tuple[str, str]  # icon, tone
_WELL, BAD, _LOOK = ("circle-check", "ok"), ("circle-x", "bad"), ("alert-triangle", "warn")
LIVES: dict[Life, Mark] = {
    Life.HELD: ("clock", "purple"),
    Life.UNDER_REVIEW: ("hourglass", "warn"),
    Life.CONFIRMED: ("circle-check", "ok"),
    Life.COMPLETED: ("check", "mute"),
    Life.REJECTED: ("circle-x", "bad"),
    Life.CANCELLED: ("ban", "bad"),
    Life.EXPIRED: ("history", "mute"),
    Life.NO_SHOW: ("user", "mute"),
}
PAYMENTS: dict[Paid, Mark] = {
    Paid.NONE_DUE: ("circle-check", "mute"),
    Paid.UNPAID: ("cash-off", "warn"),
    Paid.PART_PAID: ("coins", "warn"),
    Paid.PAID: ("cash", "ok"),
    Paid.PART_REFUNDED: ("receipt-refund", "mute"),
    Paid.REFUNDED: ("receipt-refund", "mute"),
    Paid.OVER_PAID: ("alert-triangle", "warn"),
}
COMINGS: dict[Attendance, Mark] = {
    Attendance.EXPECTED: ("calendar-event", "mute"),
    Attendance.INSIDE: ("door-enter", "ok"),
    Attendance.LEFT: ("door-exit", "mute"),
    Attendance.NOT_USED: ("circle-dashed", "mute"),
}
_TO_PAY = "bookings.until", "bookings.until_minutes", "bookings.until_over"
_TO_COME = "bookings.kept", "bookings.kept_minutes", "bookings.kept_over"
_COUNTED = 60  # minutes; what is longer is told by its end alone


def life_words(texts: Texts, booking: BookingRow, now: datetime) -> str:
    """`Needs a decision`, or `Pay until 14:20 · 12 min` while it waits for its payment; `Kept until …` where there is
    nothing to pay."""
    if booking.until is None:
        return texts(f"bookings.life_{booking.life}")
    time = texts.lately(booking.until, now)
    left = ceil((booking.until - now).total_seconds() / 60)
    long, counted, over = _TO_PAY if booking.total else _TO_COME
    if left <= 0:
        return texts(over, time=time)
    return texts(counted if left <= _COUNTED else long, time=time, n=left)


def axes_words(texts: Texts, booking: BookingRow) -> tuple[str, str]:
    """What is paid, and who came."""
    return texts(f"bookings.paid_{booking.paid}"), texts(f"bookings.came_{booking.attendance}")


def axes_of(texts: Texts, booking: BookingRow) -> tuple[Sign, Sign]:
    """The same, each with its sign."""
    paid, came = axes_words(texts, booking)
    return (paid, *PAYMENTS[booking.paid]), (came, *COMINGS[booking.attendance])


def against_words(texts: Texts, booking: BookingRow) -> str:
    """`Places do not fit any more · Its day is over`; empty where nothing speaks against it."""
    words = [check_words(texts, check, well=False) for check in booking.against]
    return texts.line(words)


def what_words(texts: Texts, booking: BookingRow) -> str:
    """`2 × Day ticket – adult, 1 × Locker`."""
    return texts("guests.and").join(f"{n} × {name.get(texts.language)}" for n, name in booking.what)


def when_words(texts: Texts, booking: BookingRow) -> tuple[str, str]:
    """`14:00`, and `+1` where it is for another session too; `Thu 26 Nov`."""
    if not booking.sessions:
        return texts("bookings.any_time"), texts.day(booking.day)
    first, others = booking.sessions[0].starts_at, len(booking.sessions) - 1
    clock = texts.clock(first)
    return f"{clock} +{others}" if others else clock, texts.day(texts.local(first).date())


def line_words(texts: Texts, line: BookingLine, activity: Words | None = None) -> str:
    """`2 × Day ticket – adult · 10:00 – 12:00`, with the activity before the time where it is to be said."""
    name = f"{line.quantity} × {line.name.get(texts.language)}"
    return texts.line((name, *session_parts(texts, activity, line.times))) if line.times else name


def came_words(texts: Texts, page: BookingPage) -> str:
    """`Inside · 1 of 3`."""
    word = texts(f"bookings.came_{page.row.attendance}")
    counted = texts("bookings.came_of", entered=page.entered, tickets=page.tickets)
    return texts.line((word, counted)) if page.tickets else word


def change_words(texts: Texts, change: BookingChange) -> str:
    """By whom and when, and what it was before; of what was paid so what it did not become."""
    what = texts("guests.and").join(f"{n} × {name.get(texts.language)}" for n, name in change.what)
    was = texts(
        f"bookings.before_{change.how}",
        was=texts.line((texts.day(change.day), what, texts.money(change.total))),
    )
    by = change.by.get(texts.language) if change.by else ""
    return texts.line((by, texts.moment(change.at), was))


def revoked_words(texts: Texts, revoked: Revoked) -> str:
    """By whom and when, how many, and why."""
    by, count = revoked.by.get(texts.language), texts("bookings.revoked_n", n=revoked.count)
    return texts.line((by, texts.moment(revoked.at), count, revoked.reason))


def asked_words(texts: Texts, at: datetime, now: datetime) -> str:
    """`asked 2 h ago`; in days once it is one, in minutes below an hour, of which one is the least."""
    minutes = max(int((now - at).total_seconds()) // 60, 1)
    if minutes < 60:
        return texts("bookings.asked_minutes", n=minutes)
    hours = minutes // 60
    return (
        texts("bookings.asked_hours", n=hours) if hours < 24 else texts("bookings.asked_days", n=hours // 24)
    )


def colleague_words(texts: Texts, colleague: Colleague, now: datetime) -> str:
    """`Huda Salem has it open at Till 3 since 14:05.`"""
    name, station = (each.get(texts.language) for each in (colleague.name, colleague.station))
    since = texts.lately(colleague.since, now)
    return texts("bookings.colleague", name=texts.code(name), station=texts.code(station), time=since)


def trouble_words(texts: Texts, error: Exception, now: datetime) -> str:
    """As any refusal is told; what became of the booking meanwhile with who and when, as far as the server says it."""
    if not isinstance(error, Refused) or error.code not in (Code.BOOKING_IS, Code.BOOKING_CHANGED):
        return texts.trouble(error)
    life, by, at = (error.facts.get(name) for name in ("life", "by", "at"))
    is_known = by and isinstance(at, int) and at
    time = texts.lately(datetime.fromtimestamp(int(at) / 1000, UTC), now) if is_known and at else ""
    if error.code is Code.BOOKING_CHANGED:
        return texts("bookings.changed_already", by=str(by), time=time) if time else texts.trouble(error)
    words = texts(f"bookings.life_{life}")
    if time:
        return texts("bookings.decided_already", by=str(by), time=time, life=words)
    return texts("bookings.moved_on", life=words)


def check_mark(check: Check, *, well: bool) -> Mark:
    if well:
        return _WELL
    return _LOOK if check in TO_READ else BAD


def of_several(rooms: Iterable[BookingRoom]) -> bool:
    """Whether a booking's sessions are of several activities."""
    return len({each.name for each in rooms if each.times}) > 1


def room_words(texts: Texts, told: BookingRoom, *, several: bool) -> str:
    """`14:00 – 16:00 · 64 of 80 taken, this booking 8`, or what is wrong with it; of what it is where there are
    `several` things."""
    room, first = told.room, told.name.get(texts.language)
    if told.times:
        first = session_words(texts, told.name if several else None, told.times)
    if not room.capacity:
        return texts.line((first, texts("bookings.room_closed")))
    said = [texts("bookings.room", taken=room.taken, all=room.capacity, wanted=room.wanted)]
    if room.kept < room.wanted:
        said.append(texts("bookings.room_lost"))
    if room.taken > room.capacity:
        said.append(texts("bookings.room_over", n=room.taken - room.capacity))
    return texts.line((first, *said))


def check_words(texts: Texts, check: Check, *, well: bool) -> str:
    """What was checked, and how it went."""
    return texts(f"bookings.check_{check}" if well else f"bookings.check_not_{check}")
