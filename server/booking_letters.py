"""What guests are told about their bookings, by whom they can be reached; and what whoever decides is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from documents.bilingual import phrase
from documents.format import RIGHT_TO_LEFT_MARK, clock, day_with_year, local, span
from domain.booking import Booked, charged_with
from domain.catalogue import Session, Words
from domain.guest import Guest
from domain.staff import Permission
from ledger import read_gate, read_guests, read_setup
from ledger import tables as t
from ledger.clock import from_ms
from ledger.contact import reach
from ledger.paper_names import activities_told, named_with
from server import alerts, outbox
from server.alerts import Alert
from server.holding import booked_in, review_of, row_of
from server.message_kinds import KINDS, Channel, Value
from server.outbox import Letter, Posting
from server.setup import SetUp

Part = tuple[int, Words, Session | None]  # so many of what, for which session
Written = tuple[str, Mapping[str, Words]]  # by which clock, and the activities that are to be told


@dataclass(frozen=True, slots=True)
class About:
    booking_id: str
    guest: Guest
    booked: Booked
    is_paid: bool = False


def tell(setup: Posting, kind: str, what: About, cause: str = "", **more: Value) -> None:
    """Queues a message about a booking, by mail if there is an address, else to a mobile phone; nothing to nobody.
    `cause`, where the same is said of a booking more than once. What says `until` when something is kept is not sent
    after that."""
    guest = what.guest
    channel, address = reach(guest)
    if not channel:
        return
    letter = Letter(
        kind,
        Channel(channel),
        address,
        guest.speaks,
        cause or what.booking_id,
        facts_of(setup.connection, kind, what, more),
        guest.guest_id,
        what.booking_id,
        expires_at=until if isinstance(until := more.get("until"), datetime) else None,
        tickets_of=what.booking_id if kind == "confirmed" or what.is_paid else "",
    )
    outbox.post(setup.connection, setup, letter)


def facts_of(connection: Connection, kind: str, what: About, more: Mapping[str, Value]) -> dict[str, Value]:
    """What the words of such a message are made of."""
    booked = what.booked
    known: dict[str, Value] = {"guest": what.guest.name, "number": booked.number, "day": booked.day}
    known.update(more, total=booked.total)
    if "what" in KINDS[kind].facts:
        known.update(_about(connection, booked))
    return {name: known[name] for name in KINDS[kind].facts}


def tell_row(setup: Posting, kind: str, row: Any, cause: str = "", **more: Value) -> None:
    """The same of a reservation; who was erased is told nothing."""
    guest = read_guests.guest(setup.connection, row.guest_id)
    if guest is not None and not guest.erased:
        tell(setup, kind, About(row.booking_id, guest, booked_in(row)), cause, **more)


def once_more(row: Any) -> str:
    """The cause of what may have been said before: a booking was called off, and then paid all the same. What was
    decided about it last tells one time from another."""
    return f"{row.booking_id}/{row.decided_at}"


def tell_kept(setup: SetUp, kind: str, what: About, until: int, cause: str = "") -> None:
    """That its places are kept, as `kind` until so long (ms since 1970); without an end it waits for a decision."""
    if until:
        tell(setup, kind, what, cause, until=from_ms(until))
    else:
        tell(setup, "under_review", what, cause)


def ask_for_decision(setup: SetUp, booking_id: str, number: str) -> None:
    """Whoever may decide about bookings hears of one; until `holding.becomes` ends that."""
    alert = Alert(
        review_of(booking_id), "approval_waiting", Permission.APPROVE_BOOKING, facts={"number": number}
    )
    if alerts.begin(setup.connection, alert, setup.now_ms):
        setup.touch(t.alert)


def _about(connection: Connection, booked: Booked) -> dict[str, Value]:
    """How many `tickets` of it are good, `what` it is for, and when the first of it `starts`."""
    mine = {one.ticket_id for one in booked.tickets}
    good = mine - read_gate.ended_among(connection, mine)
    parts = tuple(_parts(connection, booked, good))
    time_zone = read_setup.venue(connection).time_zone
    return {
        "tickets": len(good),
        "what": _what(connection, booked, parts, time_zone),
        "starts": _starts(booked.day, parts, time_zone),
    }


def _what(connection: Connection, booked: Booked, parts: Sequence[Part], time_zone: str) -> Words:
    """What it is for and when, of which activity where they are several, and which booking it adds to."""
    told = activities_told(connection, (session.activity_id for _, _, session in parts if session))
    said = [_said(part, booked.day, (time_zone, told)) for part in parts]
    what = Words("; ".join(each.en for each in said), "؛ ".join(each.ar for each in said))
    if not booked.adds_to or (first := row_of(connection, booked.adds_to)) is None:
        return what
    more = phrase("booking.adds_to", number=first.number)
    return Words(f"{what.en} ({more.en})", f"{what.ar} ({more.ar})")


def _parts(connection: Connection, booked: Booked, good: Set[str]) -> Iterator[Part]:
    """How many of what for which session, of the tickets that are `good`: the one that they are for now, whatever they
    were charged for."""
    charged = charged_with(booked)
    for line in booked.lines:
        mine = [one for one in booked.tickets if charged.get(one.ticket_id) == line]
        sessions = Counter(one.session for one in mine if one.ticket_id in good)
        for number, quantity in sorted(sessions.items()) if mine else [(line.session, line.quantity)]:
            yield quantity, line.name, read_setup.session(connection, number)


def _said(part: Part, day: date, how: Written) -> Words:
    """`2 × Day pass – adult · Surf, 10:00–12:00` on the venue's clock; with its day where that is not `day`."""
    (quantity, product, session), (time_zone, told) = part, how
    name = named_with(product, told.get(session.activity_id) if session else None)
    en, ar = f"{quantity} × {name.en}", f"{quantity} × {name.ar}"
    if session is None:
        return Words(en, ar)
    hours = span(session.starts_at, session.ends_at, time_zone)
    if session.day != day:
        en, ar = f"{en}, {day_with_year(session.day, 'en')}", f"{ar}، {day_with_year(session.day, 'ar')}"
    return Words(f"{en}, {hours}", f"{ar}، {RIGHT_TO_LEFT_MARK}{hours}")  # as on screens


def _starts(day: date, parts: Sequence[Part], time_zone: str) -> str:
    """When the first session of `day` begins, `10:00`; empty where there is none."""
    begins = [session.starts_at for _, _, session in parts if session is not None and session.day == day]
    return clock(local(min(begins), time_zone)) if begins else ""
