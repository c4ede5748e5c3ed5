"""What somebody decides about a booking: it may be paid, it may not, it is called off."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from domain import operation as op
from domain.booking import HOLDS, Life
from domain.errors import Code, Refused
from domain.money import Money
from domain.staff import Permission
from domain.text import reason_of
from ledger import read_setup
from ledger.clock import from_ms
from ledger.read_sold import kept_of
from server.asked import Asked, Who
from server.booking_letters import once_more, tell_row
from server.booking_states import check_seen, is_charged
from server.holding import becomes, booked_in, locked
from server.named import kept
from server.nothing_back import give_up, held_of, locks_to_end
from server.pricing import kept_until
from server.setup import SetUp
from server.suggesting import asked_times, times_words


def booking_approved(connection: Connection, asked: Asked, setup: SetUp) -> dict[str, object]:
    """What was under review may be paid. Refuses `not_allowed`, `booking_unknown`, and `booking_is` (by whom and when
    it was decided) to the second of two who decide, and `session_over`."""
    read_setup.require(connection, asked.ask.staff_id, Permission.APPROVE_BOOKING)
    row = _undecided(connection, asked)
    if read_setup.is_over(connection, booked_in(row), setup.now):
        raise Refused(Code.SESSION_OVER)
    until = kept_until(setup, booked_in(row), read_setup.venue(connection).holds.approved)
    becomes(
        row,
        Life.HELD,
        op.BookingApproved(row.booking_id, from_ms(until)),
        setup,
        expires_at=until,
        **_decided(asked, setup),
    )
    tell_row(setup, "approved", row, until=from_ms(until))
    return {"until": until}


def booking_rejected(connection: Connection, asked: Asked, setup: SetUp) -> None:
    """Refuses as `booking_approved`, and `reason_needed`: the guest reads it, and which other `times` have room; of
    these as `asked_times`."""
    read_setup.require(connection, asked.ask.staff_id, Permission.APPROVE_BOOKING)
    reason = reason_of(asked.field("reason", str, "booking"))
    row = _undecided(connection, asked)
    booked = booked_in(row)
    times = asked_times(asked, booked, setup)
    numbers = tuple(each.number for each in times)
    said = kept(connection, op.BookingRejected(row.booking_id, reason, numbers))
    becomes(row, Life.REJECTED, said, setup, reason=said.reason, **_decided(asked, setup))
    if times:
        tell_row(setup, "suggested", row, reason=reason, times=times_words(connection, booked, times))
    else:
        tell_row(setup, "rejected", row, reason=reason)


def booking_cancelled(connection: Connection, asked: Asked, setup: SetUp) -> None:
    """Calls off what is not paid yet, and what is and nothing goes back for it: else what was paid ends by its refund.
    Refuses `not_allowed`, `reason_needed`, `booking_unknown`, and as `cancel`."""
    read_setup.require(connection, asked.ask.staff_id, Permission.BOOK)
    reason = reason_of(asked.field("reason", str, "booking"))
    also = locks_to_end(connection, asked.field("booking", str, "booking"))
    cancel(asked.who, locked_as_seen(connection, asked, also), reason, setup, known=asked.number("stays"))


def cancel(who: Who, row: Any, reason: str, setup: SetUp, *, known: int = 0) -> None:
    """Calls off a booking under its lock, and the locks of `locks_to_end`. `known` is what stays paid, in minor units,
    as far as whoever asks was told.

    Refuses `booking_is` once it is over, `booking_paid` before what was paid is confirmed and to who knows of no
    payment, `quote_expired` to who knows of another amount, and what is confirmed as `nothing_back.held_of` and
    `read_sold.kept_of`.
    """
    life, stays = Life(row.life), Money(0, row.currency)
    if life is Life.CONFIRMED:
        sale = held_of(setup.connection, row)
        stays = kept_of(setup.connection, sale, setup.now)
        if stays.minor != known:
            raise Refused(Code.QUOTE_EXPIRED if known else Code.BOOKING_PAID)
        give_up(setup, sale)
    elif life not in HOLDS:
        raise Refused(Code.BOOKING_IS, life=row.life)
    elif is_charged(setup.connection, row.booking_id):
        raise Refused(Code.BOOKING_PAID)
    said = kept(setup.connection, op.BookingCancelled(row.booking_id, reason))
    by = {"reason": said.reason, "decided_by": who.staff_id}
    becomes(row, Life.CANCELLED, said, setup, decided_at=setup.now_ms, **by)
    cause = once_more(row) if life is Life.CONFIRMED else ""
    if stays:
        tell_row(setup, "cancelled_kept", row, cause, reason=reason, amount=stays)
    else:
        tell_row(setup, "cancelled", row, cause, reason=reason)


def _undecided(connection: Connection, asked: Asked) -> Any:
    row = locked_as_seen(connection, asked)
    if row.life != Life.UNDER_REVIEW:
        by = row.decided_by and read_setup.staff_name_to(connection, row.decided_by, asked.ask.staff_id)
        raise Refused(Code.BOOKING_IS, life=row.life, by=by, at=row.decided_at)
    return row


def _decided(asked: Asked, setup: SetUp) -> dict[str, Any]:
    return {"decided_by": asked.ask.staff_id, "decided_at": setup.now_ms}


def locked_as_seen(connection: Connection, asked: Asked, also: Iterable[str] = ()) -> Any:
    """As `holding.locked`, and as `check_seen`: who decides knows about what."""
    row = locked(connection, asked.field("booking", str, "booking"), asked.ask.staff_id, also)
    check_seen(connection, asked, row)
    return row
