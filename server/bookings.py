"""Bookings made ahead: kept for a guest until paid, and what time and payments bring about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain import operation as op
from domain.booking import (
    EXTENDED_MINUTES,
    HOLDS,
    MOST_EXTENDED_MINUTES,
    MOST_FREE,
    MOST_ONLINE,
    MOST_UNPAID,
    Booked,
    Life,
)
from domain.cart import Cart, totals
from domain.errors import Code, Refused
from domain.guest import Guest
from domain.staff import Permission
from domain.text import tidy
from ledger import read_guests, read_setup
from ledger import tables as t
from ledger.clock import from_ms
from ledger.puts import day_bucket
from ledger.rows import add_rows
from server import booking_letters
from server.asked import Asked, Who
from server.booking_letters import once_more, tell_row
from server.booking_states import since_ms
from server.database import lock_subjects
from server.day_over import end_days
from server.deciding import locked_as_seen
from server.given_back import call_off
from server.goods import check_goods, goods_wanted
from server.holding import booked_in, hold, row_of, settle_due
from server.payment_letters import tell_of_declined
from server.pricing import (
    Lines,
    asked_day,
    asked_lines,
    booked_of,
    check_welcome,
    free_number,
    guest_of,
    is_allowed,
    kept_answer,
    kept_until,
    priced,
    to_decide,
)
from server.recovery import RECOVERY, refuse_scarce
from server.refunds_over import end_overtaken
from server.setup import SetUp
from server.standing import judge, told_before
from server.ticket_names import asked_names, name_first, name_tickets, names_by_ticket
from server.undecided import end_undecided

_ID = 36


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be kept, under which id and for whom; `lines` are product, session (0: none) and quantity, `names` who
    comes, one for each ticket or fewer. `adds_to` is the paid booking of the same guest to which it is more, `day` the
    one that goods alone are for."""

    booking_id: str
    guest_id: str
    lines: Lines
    note: str
    names: Sequence[str] = ()
    adds_to: str = ""
    day: date | None = None
    allowed: bool = False  # by a supervisor, though the guest is banned


def booking_held(connection: Connection, asked: Asked, setup: SetUp) -> dict[str, object] | Refused:
    """Somebody at a counter books for a guest; one who may approve bookings also for who is banned. Refuses
    `not_allowed`, `ticket_name`, and as `keep` does."""
    read_setup.require(connection, asked.ask.staff_id, Permission.BOOK)
    allowed = is_allowed(connection, asked)
    booking_id, guest_id, note = (asked.field(name, str, "booking") for name in ("booking", "guest", "note"))
    lines, names = asked_lines(asked), asked_names(asked)
    adds_to, day = asked.text("adds_to"), asked_day(asked)
    wanted = Wanted(booking_id, guest_id, lines, tidy(note), names, adds_to, day, allowed)
    return keep(asked.who, wanted, setup)


def keep(who: Who, wanted: Wanted, setup: SetUp) -> dict[str, object] | Refused:
    """Keeps places for a guest until they pay, or until somebody decides where a product needs it, or a membership that
    the guest does not have on its day. Answers the number, until when (ms since 1970; 0: no end), whether it is
    under review, and what is to be paid. Who asks for the same once more under its id is answered as it stands.

    Refuses `guest_unknown`, `guest_erased`, `guest_unverified` where the venue wants it, `guest_banned`, `cart_empty`,
    `session_over`, `unknown_product`, `product_withdrawn`, as `domain.cart` does, `capacity_full`, `goods_full`,
    `places_held`, `recovering`, `bookings_open` to a guest of whom as many as they may have are unpaid, and
    `booking_unknown` and `booking_is` where it adds to what is not there or not paid.
    """
    connection, booking_id, lines = setup.connection, wanted.booking_id, wanted.lines
    _lock(wanted, setup)
    refuse_scarce(connection)
    if len(booking_id) != _ID:
        raise Refused(Code.RECORD_INVALID, record="booking")
    if (made := row_of(connection, booking_id)) is not None:
        return _made_before(made, wanted)
    venue = read_setup.venue(connection)
    guest = guest_of(connection, wanted.guest_id, venue)
    check_welcome(setup, guest, allowed=wanted.allowed)
    first = _first(connection, wanted.adds_to, guest)
    cart = priced(connection, lines, venue, setup)
    if who.is_guest:
        _check_few(connection, guest.guest_id, cart)
    booked = booked_of(cart, free_number(connection), setup, first, wanted=wanted.day)
    check_goods(connection, booked)
    if refused := hold(connection, who.station, booking_id, booked.places(), setup):
        return refused
    review = to_decide(connection, guest.guest_id, cart, booked.day)
    minutes = venue.holds.online if who.is_guest else venue.holds.counter
    until = 0 if review else kept_until(setup, booked, minutes)
    _enter(who, setup, (wanted, guest), booked, until, review=review)
    name_first(setup, booking_id, booked, wanted.names)
    setup.note(op.BookingHeld(booking_id, guest.guest_id, booked, from_ms(until) if until else None, review))
    about = booking_letters.About(booking_id, guest, booked)
    booking_letters.tell_kept(setup, "booking_received", about, until)
    if review:
        booking_letters.ask_for_decision(setup, booking_id, booked.number)
    return kept_answer(booked, until, review=review)


def _lock(wanted: Wanted, setup: SetUp) -> None:
    connection = setup.connection
    goods = goods_wanted(connection, wanted.lines, wanted.day, setup)
    sessions = {f"session:{session}" for _, session, _ in wanted.lines if session}
    bookings = {f"booking:{each}" for each in (wanted.booking_id, wanted.adds_to) if each}
    lock_subjects(connection, {f"guest:{wanted.guest_id}", RECOVERY, *sessions, *bookings, *goods})


def _first(connection: Connection, adds_to: str, guest: Guest) -> str:
    """The booking to which all that is added belongs; empty where nothing is."""
    if not adds_to:
        return ""
    row = row_of(connection, adds_to)
    if row is None or read_guests.known(connection, row.guest_id).guest_id != guest.guest_id:
        raise Refused(Code.BOOKING_UNKNOWN)
    if row.life != Life.CONFIRMED:
        raise Refused(Code.BOOKING_IS, life=row.life)
    return booked_in(row).adds_to or adds_to


def _check_few(connection: Connection, guest_id: str, cart: Cart) -> None:
    """Nobody keeps all that there is for nothing, one hour after the other, and of what costs nothing no more than a
    family needs, whatever it is; of what costs something those pieces count of which there is a number. Who is known
    twice is one person. Refuses `online_too_many` and `bookings_open`."""
    c, ids = t.reservation.c, [guest_id, *read_guests.merged_into(connection, guest_id)]
    of_guest = sa.select(t.reservation).where(c.guest_id.in_(ids), c.life.in_([life.value for life in HOLDS]))
    there = connection.execute(of_guest).all()
    free = sum(line.quantity for row in there if not row.gross for line in booked_in(row).lines)
    costs = totals(cart).gross
    pieces, most = (cart.scarce, MOST_ONLINE) if costs else (cart.items + free, MOST_FREE)
    if pieces > most:
        raise Refused(Code.ONLINE_TOO_MANY, n=most)
    if len(there) >= MOST_UNPAID:
        raise Refused(Code.BOOKINGS_OPEN, n=len(there))


def _made_before(row: Any, wanted: Wanted) -> dict[str, object]:
    """Refuses `record_invalid` for another guest or other things, and `booking_is` when it keeps no places any more."""
    asked_for, made_for = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for product, session, quantity in wanted.lines:
        asked_for[product, session] += quantity
    for line in booked_in(row).lines:
        made_for[line.product, line.session] += line.quantity
    adds = bool(booked_in(row).adds_to), bool(wanted.adds_to)
    moved = wanted.day not in (None, booked_in(row).day) and not any(session for _, session in asked_for)
    if (row.guest_id, made_for) != (wanted.guest_id, asked_for) or len(set(adds)) > 1 or moved:
        raise Refused(Code.RECORD_INVALID, record="booking")
    if Life(row.life) not in HOLDS:
        raise Refused(Code.BOOKING_IS, life=row.life)
    return kept_answer(booked_in(row), row.expires_at, review=row.life == Life.UNDER_REVIEW)


def _enter(
    who: Who, setup: SetUp, what: tuple[Wanted, Guest], booked: Booked, until: int, *, review: bool
) -> None:
    wanted, guest = what
    life = Life.UNDER_REVIEW if review else Life.HELD
    values: dict[str, str | int] = {
        "booking_id": wanted.booking_id, "number": booked.number, "guest_id": guest.guest_id, "life": life.value,
        "day": booked.day.isoformat(), "expires_at": until, "gross": booked.total.minor,
        "currency": booked.total.currency, "body": codec.dumps(booked), "note": wanted.note,
        "staff_id": who.staff_id, "station_id": who.station.station_id, "at": setup.now_ms,
        "bucket": day_bucket(booked.day), "seq": 0,
    }  # fmt: skip
    add_rows(setup.connection, [(t.reservation, values)])
    setup.touch(t.reservation)
    told = told_before(setup.connection, [f"booking:{wanted.booking_id}"])
    if told and judge(setup.connection, told, setup.now_ms).changed:
        setup.touch(t.case_item)  # it was paid before an older copy forgot it


def tickets_named(connection: Connection, asked: Asked, setup: SetUp) -> None:
    """Who comes on tickets of a booking. Refuses `not_allowed`, `booking_unknown`, `booking_changed`, and as
    `names_by_ticket` and `name_tickets` do."""
    read_setup.require(connection, asked.ask.staff_id, Permission.BOOK)
    names = names_by_ticket(asked)
    row = locked_as_seen(connection, asked)
    name_tickets(row, booked_in(row), names, setup)


# what becomes of it --------------------------------------------------------------------------------------------


def booking_extended(connection: Connection, asked: Asked, setup: SetUp) -> dict[str, object]:
    """Somebody pays for it now: it is kept for some minutes more, for an hour beyond the venue's time at most. Refuses
    `not_allowed`, `booking_unknown` and `booking_is`."""
    read_setup.require(connection, asked.ask.staff_id, Permission.SELL)
    row = locked_as_seen(connection, asked)
    if row.life != Life.HELD:
        raise Refused(Code.BOOKING_IS, life=row.life)
    if read_setup.is_over(connection, booked_in(row), setup.now):
        raise Refused(Code.BOOKING_IS, life=Life.EXPIRED.value)
    minutes = 0 if _extended_enough(row, setup) else EXTENDED_MINUTES
    until = kept_until(setup, booked_in(row), minutes, row.expires_at)
    mine = t.reservation.c.booking_id == row.booking_id
    connection.execute(sa.update(t.reservation).where(mine).values(expires_at=until, seq=0))
    setup.touch(t.reservation)
    setup.note(op.BookingExtended(row.booking_id, from_ms(until)))
    return {"until": until}


def _extended_enough(row: Any, setup: SetUp) -> bool:
    holds = read_setup.venue(setup.connection).holds
    made = holds.counter if row.staff_id else holds.online
    longest = holds.approved if row.decided_at else made
    since = since_ms(setup.connection, row)
    return setup.now_ms >= since + (longest + MOST_EXTENDED_MINUTES - EXTENDED_MINUTES) * 60_000


def look_after(connection: Connection, setup: SetUp) -> None:
    """What time and payments bring about: paid is confirmed and told with its tickets, unpaid ends, and so do what
    went back whole, refunds that a void has overtaken, and what nobody decided about until it was over. Once its day
    has ended it is completed, or nobody came."""
    end_overtaken(connection, setup)
    for row, was in settle_due(connection, setup):
        tell_row(setup, "confirmed", row, "" if was in HOLDS else once_more(row))
    for row in end_undecided(connection, setup):
        tell_row(setup, "expired", row)
    for over in call_off(connection, setup):
        tell_row(setup, "cancelled", over.row, once_more(over.row), reason=over.reason)
        if over.amount:
            tell_row(setup, "refund_done", over.row, amount=over.amount)
    end_days(connection, setup)
    tell_of_declined(setup)
    setup.publish()
