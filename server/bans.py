"""A ban that was lifted by somebody without the right is said anew, and what gates hear of bans: each guest's own id,
also where it is another record of theirs that is banned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec, private
from domain import operation as op
from domain.envelope import Envelope
from domain.guest import BANNED, Guest, Said, is_ban
from domain.lease import HOLDER
from domain.staff import Permission
from ledger import bans, read_guests
from ledger import tables as t
from ledger.case_checks import Finding
from ledger.cases import Judged, origin_of
from ledger.puts import GUESTS, UNDATED, Values
from ledger.rows import add_rows
from server.roles import could

_C = t.guest_ban.c
_ANY = sa.select(_C.entry_id).where(_C.banned != 0).limit(1)
_LAST = (
    sa.select(_C.banned, _C.at)
    .where(_C.guest_id == sa.bindparam("guest"))
    .order_by(_C.at.desc(), _C.entry_id.desc())
    .limit(1)
)
_BOOKED = sa.select(t.reservation.c.booking_id).where(
    t.reservation.c.guest_id.in_(sa.bindparam("guests", expanding=True))
)
_CAME = (
    sa.select(t.ticket.c.ticket_id)
    .join(t.admission, t.admission.c.ticket_id == t.ticket.c.ticket_id)
    .where(t.ticket.c.booking_id.in_(sa.bindparam("bookings", expanding=True)))
)
_REACHED = ("phone", "email")


def about(told: Iterable[tuple[Envelope, op.Operation]]) -> list[str]:
    """The guests of whom something was said that may concern a ban."""
    found: dict[str, None] = {}
    for envelope, operation in told:
        if isinstance(operation, op.GuestRegistered | op.GuestChanged):
            said = private.read(envelope.private)
            is_moved = isinstance(operation, op.GuestChanged) and any(name in _REACHED for name, _ in said)
            if is_moved or is_ban(said) is not None:
                found[operation.guest_id] = None
    return list(found)


def concerned(connection: Connection, told: Iterable[tuple[Envelope, op.Operation]]) -> set[str]:
    """As subjects, what those booked ahead of whom a ban, or the end of one, is told, and who came in on it: it may be
    from before a till was paid for that, or a gate let them in. Of a yes to a banned guest, who came in."""
    meant, let = set[str](), set[str]()
    for envelope, operation in told:
        if isinstance(operation, op.GuestRegistered | op.GuestChanged):
            meant |= {operation.guest_id} if is_ban(private.read(envelope.private)) is not None else set()
        elif isinstance(operation, op.OverrideGiven) and operation.permission == Permission.ALLOW_BANNED:
            let.add(operation.subject)
    booked = of_guests(connection, sorted(meant)) if meant else set()
    return booked | (_came_in(connection, let) if let else set())


def of_guests(connection: Connection, guest_ids: Iterable[str]) -> set[str]:
    """What they booked ahead, and who came in on it, as subjects."""
    found = set(connection.execute(_BOOKED, {"guests": list(guest_ids)}).scalars())
    return {f"booking:{booking_id}" for booking_id in found} | _came_in(connection, found)


def _came_in(connection: Connection, booking_ids: Iterable[str]) -> set[str]:
    found = connection.execute(_CAME, {"bookings": sorted(booking_ids)}).scalars()
    return {f"ticket:{ticket_id}" for ticket_id in found}


# who may lift it -----------------------------------------------------------------------------------------------------


def uphold(connection: Connection, told: Iterable[tuple[Envelope, op.Operation]], now_ms: int) -> Judged:
    """Only who may approve bookings lifts a ban: where marks that others told took it away, it is said anew, and a
    person looks at what they told. `changed` says whether anything was."""
    given: dict[str, list[Envelope]] = {}
    for envelope, operation in told:
        has_marks = is_ban(private.read(envelope.private)) is not None
        if has_marks and isinstance(operation, op.GuestRegistered | op.GuestChanged):
            given.setdefault(operation.guest_id, []).append(envelope)
    judged = Judged()
    for guest_id, envelopes in given.items():
        guest = read_guests.guest(connection, guest_id)
        if guest is not None and not guest.erased:
            _uphold(connection, guest, envelopes, now_ms, judged)
    return judged


def _uphold(
    connection: Connection, guest: Guest, envelopes: list[Envelope], now_ms: int, judged: Judged
) -> None:
    fresh = {envelope.op_id: envelope for envelope in envelopes}
    marks = _marks(connection, guest)
    since = min((row.at for row, banned in marks if banned and row.entry_id in fresh), default=None)
    void = {
        row.entry_id
        for row, banned in marks
        if not banned
        and row.guest_id == guest.guest_id
        and (row.entry_id in fresh or (since is not None and row.at > since))
        and not could(connection, row.staff_id, Permission.APPROVE_BOOKING, row.at)
    }
    if not void or bans.is_said(connection, guest) or not bans.is_said(connection, guest, void):
        return
    add_rows(connection, [(t.guest_entry, _said_anew(guest, max(now_ms, marks[-1][0].at + 1)))])
    judged.changed = True
    for op_id in sorted(void & fresh.keys()):
        facts = (*origin_of(fresh[op_id]), ("permission", Permission.APPROVE_BOOKING.value))
        judged.of_operation(connection, op_id, Finding("not_permitted", facts), now_ms)


def _marks(connection: Connection, guest: Guest) -> list[tuple[sa.Row[Any], bool]]:
    """The entries that said marks of a guest, or of who goes on as them, the oldest first, and whether each bans."""
    found = read_guests.entries(connection, bans.ids_of(connection, guest))
    said = [(row, is_ban(read_guests.said_in(row))) for rows in found.values() for row in rows]
    marks = [(row, banned) for row, banned in said if banned is not None]
    return sorted(marks, key=lambda mark: (mark[0].at, mark[0].entry_id))


def _said_anew(guest: Guest, at: int) -> Values:
    """A conclusion, without an operation: it is made again from what is told."""
    said = codec.dumps((("flags", ",".join((*guest.flags, BANNED))),))
    row: Values = {"entry_id": f"{guest.guest_id[:44]}/ban/{at}", "guest_id": guest.guest_id, "said": said}
    row |= {"kind": Said.CHANGED.value, "words": "", "staff_id": HOLDER, "station_id": "", "at": at}
    return {**row, "op_id": "", "bucket": GUESTS, "seq": 0}


# what gates hear ------------------------------------------------------------------------------------------------------


def level(connection: Connection, guest_ids: Iterable[str], now_ms: int) -> bool:
    """Brings what gates hear of these guests, and of other records of theirs, to what is so now; whether it was
    otherwise."""
    ids = list(guest_ids)
    if not ids or connection.execute(_ANY).first() is None:
        return False
    known: dict[str, Guest] = {}
    for each in ids:
        if (guest := read_guests.guest(connection, each)) is not None and not guest.erased:
            others = bans.whom_it_may_follow(connection, guest)
            known |= {one.guest_id: one for one in (guest, *others)}
    rows = [row for guest in known.values() for row in _otherwise(connection, guest, now_ms)]
    add_rows(connection, [(t.guest_ban, row) for row in rows])
    return bool(rows)


def _otherwise(connection: Connection, guest: Guest, now_ms: int) -> Iterator[Values]:
    banned = int(bans.is_banned(connection, guest))
    for guest_id in (guest.guest_id, *read_guests.merged_into(connection, guest.guest_id)):
        last = connection.execute(_LAST, {"guest": guest_id}).first()
        if (last.banned if last else 0) != banned:
            at = max(now_ms, last.at + 1 if last else 0)
            row: Values = {
                "entry_id": f"{guest_id[:48]}/{at}",
                "guest_id": guest_id,
                "banned": banned,
                "at": at,
            }
            yield {**row, "op_id": "", "bucket": UNDATED, "seq": 0}
