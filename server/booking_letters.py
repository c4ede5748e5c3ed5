"""What guests are told about their bookings, by whom they can be reached; and what whoever decides is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from documents.bilingual import phrase
from domain.booking import Booked
from domain.catalogue import Words
from domain.guest import Guest
from domain.staff import Permission
from ledger import read_guests
from ledger import tables as t
from ledger.contact import reach
from server import alerts, outbox
from server.alerts import Alert
from server.holding import booked_in, review_of, row_of
from server.message_kinds import KINDS, Channel, Value
from server.outbox import Letter, Posting
from server.setup import SetUp


@dataclass(frozen=True, slots=True)
class About:
    booking_id: str
    guest: Guest
    booked: Booked
    is_paid: bool = False


def tell(setup: Posting, kind: str, what: About, cause: str = "", **more: Value) -> None:
    """Queues a message about a booking, by mail if there is an address, else to a mobile phone; nothing to nobody.
    `cause`, where the same is said of a booking more than once."""
    guest, booked = what.guest, what.booked
    channel, address = reach(guest)
    if not channel:
        return
    known: dict[str, Value] = {"guest": guest.name, "number": booked.number, "day": booked.day}
    known.update(more, what=_what(setup.connection, booked), total=booked.total, tickets=len(booked.tickets))
    letter = Letter(
        kind,
        Channel(channel),
        address,
        guest.speaks,
        cause or what.booking_id,
        {name: known[name] for name in KINDS[kind].facts},
        guest.guest_id,
        what.booking_id,
        tickets_of=what.booking_id if kind == "confirmed" or what.is_paid else "",
    )
    outbox.post(setup.connection, setup, letter)


def tell_row(setup: Posting, kind: str, row: Any, cause: str = "", **more: Value) -> None:
    """The same of a reservation; who was erased is told nothing."""
    guest = read_guests.guest(setup.connection, row.guest_id)
    if guest is not None and not guest.erased:
        tell(setup, kind, About(row.booking_id, guest, booked_in(row)), cause, **more)


def ask_for_decision(setup: SetUp, booking_id: str, number: str) -> None:
    """Whoever may decide about bookings hears of one; until `holding.becomes` ends that."""
    alert = Alert(
        review_of(booking_id), "approval_waiting", Permission.APPROVE_BOOKING, facts={"number": number}
    )
    if alerts.begin(setup.connection, alert, setup.now_ms):
        setup.touch(t.alert)


def _what(connection: Connection, booked: Booked) -> Words:
    """What it is for, and which booking it adds to."""
    parts = [(line.quantity, line.name) for line in booked.lines]
    en, ar = (f"{n} × {name.en}" for n, name in parts), (f"{n} × {name.ar}" for n, name in parts)
    what = Words(", ".join(en), "، ".join(ar))
    if not booked.adds_to or (first := row_of(connection, booked.adds_to)) is None:
        return what
    more = phrase("booking.adds_to", number=first.number)
    return Words(f"{what.en} ({more.en})", f"{what.ar} ({more.ar})")
