"""A booking that is not paid yet becomes another: on another day, for more or fewer, of other things."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain.booking import (
    EXTENDED_MINUTES,
    HOLDS,
    MOST_EXTENDED_MINUTES,
    Booked,
    How,
    Life,
    check_move,
    is_to_decide,
    mark_of,
    to_decide,
)
from domain.cart import Cart
from domain.errors import Code, Refused
from domain.guest import Guest
from domain.staff import Permission
from domain.text import tidy
from ledger import read_guests, read_setup, tombstones
from ledger import tables as t
from ledger.clock import from_ms
from server import alerts, booking_letters
from server.asked import Asked
from server.booking_letters import About
from server.booking_states import change_of, first_changed_ms, is_charged, kept_as, stale, turn_into
from server.goods import check_goods, goods_wanted
from server.holding import booked_in, hold, lock, release, review_of, row_of
from server.pricing import (
    Lines,
    asked_day,
    asked_lines,
    booked_of,
    check_welcome,
    guest_of,
    is_allowed,
    kept_answer,
    kept_until,
    priced,
)
from server.recovery import RECOVERY, refuse_scarce
from server.setup import SetUp

_ID = 36


def booking_changed(connection: Connection, asked: Asked, setup: SetUp) -> dict[str, object] | Refused:
    """Keeps the places of what is wanted now and gives back those of before, or leaves all as it was. It has the prices
    of now, and waits for somebody's yes (again) where something came in that needs one. Answers as `booking_held`, with
    what it comes to; who asks for the same once more under the id of the change is answered as it stands.

    Refuses `not_allowed`, `booking_unknown`, `booking_is`, `booking_paid` before what was paid is confirmed,
    `booking_changed` (by whom, when) where it is not what was seen, `guest_banned` where it is more or another day, and
    for what is wanted as `booking_held`; of what is not sold any more it may keep what it has.
    """
    read_setup.require(connection, asked.ask.staff_id, Permission.BOOK)
    allowed, wanted = is_allowed(connection, asked), asked_lines(asked)
    sessions = {f"session:{session}" for _, session, _ in wanted if session}
    goods = goods_wanted(connection, wanted, _said_day(connection, asked, setup), setup)
    opened = open_change(connection, asked, sessions | goods)
    row, change_id, booking_id = opened.row, opened.change_id, opened.row.booking_id
    if opened.made is not None:
        return _made_before(connection, row, opened.made, wanted)
    _check(connection, opened)
    refuse_scarce(connection)
    venue = read_setup.venue(connection)
    guest = guest_of(connection, row.guest_id, venue)
    was = booked_in(row)
    cart = priced(connection, wanted, venue, setup, _counts(was))
    booked = booked_of(cart, row.number, setup, was.adds_to, wanted=asked_day(asked) or _still(was, setup))
    if is_more(was, booked):
        check_welcome(setup, guest, allowed=allowed)
    check_goods(connection, booked, booking_id)
    before = was.places()
    if refused := hold(connection, asked.station, change_id, booked.places(), setup, back=before):
        return refused
    release(connection, kept_as(connection, booking_id), before, "returned", setup)
    return _turn(asked, row, (change_id, booked), _next(row, (cart, booked), guest, setup), guest, setup)


def _said_day(connection: Connection, asked: Asked, setup: SetUp) -> date | None:
    """The day of goods alone: the one that is said, else the one that it was for."""
    row = row_of(connection, asked.field("booking", str, "booking"))
    return asked_day(asked) or (_still(booked_in(row), setup) if row is not None else None)


def _still(was: Booked, setup: SetUp) -> date | None:
    """The day that it was for, unless that is over."""
    return was.day if was.day >= read_setup.day_at(setup.connection, setup.now) else None


def is_more(was: Booked, now: Booked) -> bool:
    """Whether more come, more is wanted of something, or it is for another day: for a guest who is banned, it is booked
    anew."""
    is_fuller = bool(_counts(now) - _counts(was))
    return is_fuller or len(now.tickets) > len(was.tickets) or now.day != was.day


def is_less(was: Booked, now: Booked) -> bool:
    """Whether things were taken out and nothing else."""
    return now.day == was.day and not _things(now) - _things(was)


def _counts(booked: Booked) -> Counter[int]:
    """So many of each product."""
    there = Counter[int]()
    for line in booked.lines:
        there[line.product] += line.quantity
    return there


@dataclass(frozen=True, slots=True)
class Opened:
    """A booking under its locks that somebody changes as `change_id`: what that change `made` before, None for
    nothing. `stale` where it is not what they saw."""

    row: Any
    change_id: str
    made: Any
    stale: Refused | None


def open_change(connection: Connection, asked: Asked, also: Iterable[str]) -> Opened:
    """Locks the booking that is asked about, and what else is decided about. Refuses `booking_unknown` and
    `record_invalid`."""
    booking_id, change_id, seen = (
        asked.field(name, str, "booking") for name in ("booking", "change", "seen")
    )
    stays = lock(connection, [booking_id], {RECOVERY, *also})
    row = row_of(connection, booking_id)
    if row is None:
        raise Refused(Code.BOOKING_UNKNOWN)
    if len(change_id) != _ID:
        raise Refused(Code.RECORD_INVALID, record="booking")
    is_as_seen = stays and seen == mark_of(row.body)
    other = None if is_as_seen else stale(connection, booking_id, asked.ask.staff_id)
    return Opened(row, change_id, change_of(connection, change_id), other)


def _check(connection: Connection, opened: Opened) -> None:
    row = opened.row
    if Life(row.life) not in HOLDS:
        raise Refused(Code.BOOKING_IS, life=row.life)
    if is_charged(connection, row.booking_id):
        raise Refused(Code.BOOKING_PAID)
    if opened.stale is not None:
        raise opened.stale


def _made_before(connection: Connection, row: Any, made: Any, wanted: Lines) -> dict[str, object]:
    """Refuses `record_invalid` for another booking or other things, `booking_is` and `booking_changed` for what it is
    not any more."""
    booked = booked_in(row)
    there = _things(booked)
    if made.booking_id != row.booking_id:
        raise Refused(Code.RECORD_INVALID, record="booking")
    if Life(row.life) not in HOLDS:
        raise Refused(Code.BOOKING_IS, life=row.life)
    if kept_as(connection, row.booking_id) != made.change_id:
        raise stale(connection, row.booking_id, made.staff_id)
    if there != {(product, session): quantity for product, session, quantity in wanted}:
        raise Refused(Code.RECORD_INVALID, record="booking")
    return kept_answer(booked, row.expires_at, review=row.life == Life.UNDER_REVIEW)


def _things(booked: Booked) -> Counter[tuple[int, int]]:
    """So many of each product in each session."""
    there = Counter[tuple[int, int]]()
    for line in booked.lines:
        there[line.product, line.session] += line.quantity
    return there


def _next(row: Any, what: tuple[Cart, Booked], guest: Guest, setup: SetUp) -> tuple[Life, int]:
    """What it is then, and until when: as long as a new booking from its first change on where other things are wanted,
    whatever it waited for in between, never less long than before, and never longer than its last session goes. What
    nobody said yes to yet still waits for it. Refuses `booking_is` where its time is over by then, unless it waits and
    becomes less."""
    cart, booked = what
    day, has = booked.day, read_guests.memberships(setup.connection, guest.guest_id)
    undecided = row.life == Life.UNDER_REVIEW and to_decide(cart, day, has)
    if undecided or is_to_decide(booked_in(row), day, cart, has):
        return Life.UNDER_REVIEW, 0
    is_other = booked.day != booked_in(row).day or _things(booked) != _things(booked_in(row))
    waited, was_free = (
        row.life == Life.UNDER_REVIEW,
        not booked_in(row).total,
    )  # the one had no end, the other a late one
    minutes = read_setup.venue(setup.connection).holds.counter if is_other or waited or was_free else 0
    first = _first_changed(row, setup)
    until = kept_until(setup, booked, minutes, _kept_before(row, setup), first)
    if until <= setup.now_ms and waited and is_less(booked_in(row), booked):
        return _though_over(booked, first + minutes * 60_000, setup)
    if until <= setup.now_ms:
        raise Refused(Code.BOOKING_IS, life=Life.EXPIRED.value)
    return Life.HELD, until


def _though_over(booked: Booked, until: int, setup: SetUp) -> tuple[Life, int]:
    """Something is taken out of what waits for a decision after the time (`until`) that its first change gave it: it
    may be paid within some minutes, for as long as opening the payment would keep it; after that it goes on waiting,
    for a person's yes alone begins anew."""
    last = until + MOST_EXTENDED_MINUTES * 60_000
    until = min(kept_until(setup, booked, EXTENDED_MINUTES), last)
    return (Life.HELD, until) if until > setup.now_ms else (Life.UNDER_REVIEW, 0)


def _first_changed(row: Any, setup: SetUp) -> int:
    """Since when it is kept as something else (ms since 1970): what was free did not wait for money until now."""
    first = first_changed_ms(setup.connection, row) if booked_in(row).total else 0
    return first or setup.now_ms


def _kept_before(row: Any, setup: SetUp) -> int:
    """Until when it was kept for its payment (ms since 1970): what waits for another yes as long as the last one gave
    it, 0 for none yet, and for what was free."""
    if row.life == Life.HELD:
        return int(row.expires_at) if booked_in(row).total else 0
    approved = read_setup.venue(setup.connection).holds.approved
    return int(row.decided_at) + approved * 60_000 if row.decided_at else 0


def _turn(
    asked: Asked, row: Any, what: tuple[str, Booked], then: tuple[Life, int], guest: Guest, setup: SetUp
) -> dict[str, object]:
    (change_id, booked), (life, until) = what, then
    if life is not Life(row.life):
        check_move(Life(row.life), life)
    who = asked.ask.staff_id, asked.station.station_id
    values = turn_into(row, booked, change_id, How.CHANGED, setup, who)
    values |= {"life": life.value, "expires_at": until, "note": tidy(asked.field("note", str, "booking"))}
    if life is Life.UNDER_REVIEW:
        values["decided_by"] = ""  # when it was stays: from there on changes are counted
    mine = t.reservation.c.booking_id == row.booking_id
    setup.connection.execute(sa.update(t.reservation).where(mine).values(**values, seq=0))
    setup.touch(t.reservation, t.lease, t.lease_end)
    review = life is Life.UNDER_REVIEW
    expires = from_ms(until) if until else None
    setup.note(op.BookingChanged(row.booking_id, change_id, booked, expires, review))
    _tell(row, (change_id, booked), guest, setup, until)
    return kept_answer(booked, until, review=review)


def _tell(row: Any, what: tuple[str, Booked], guest: Guest, setup: SetUp, until: int) -> None:
    """The guest, unless all is as it was for them; and whoever decides."""
    change_id, booked = what
    if _as_read(booked) != _as_read(booked_in(row)):
        about = About(row.booking_id, guest, booked)
        booking_letters.tell_kept(setup, "changed", about, until, change_id)
    if not until:
        booking_letters.ask_for_decision(setup, row.booking_id, row.number)
    elif alerts.end(setup.connection, review_of(row.booking_id)):
        setup.touch(t.alert, tombstones.tombstone)


def _as_read(booked: Booked) -> tuple[object, ...]:
    """What a guest knows of it."""
    lines = tuple((line.product, line.session, line.quantity, line.gross) for line in booked.lines)
    return booked.day, lines
