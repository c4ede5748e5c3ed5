"""What gates hear of bans: each guest's own id, also where it is another record of theirs that is banned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain import private
from domain.envelope import Envelope
from domain.guest import Guest, is_ban
from ledger import bans, read_guests
from ledger import tables as t
from ledger.puts import UNDATED, Values
from ledger.rows import add_rows

_C = t.guest_ban.c
_ANY = sa.select(_C.entry_id).where(_C.banned != 0).limit(1)
_LAST = (
    sa.select(_C.banned, _C.at)
    .where(_C.guest_id == sa.bindparam("guest"))
    .order_by(_C.at.desc(), _C.entry_id.desc())
    .limit(1)
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


def level(connection: Connection, guest_ids: Iterable[str], now_ms: int) -> bool:
    """Brings what gates hear of these guests, and of other records of theirs, to what is so now; whether it was
    otherwise."""
    ids = list(guest_ids)
    if not ids or connection.execute(_ANY).first() is None:
        return False
    known: dict[str, Guest] = {}
    for each in ids:
        if (guest := read_guests.guest(connection, each)) is not None and not guest.erased:
            others = bans.same_person(connection, guest)
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
