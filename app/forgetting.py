"""What a station forgets when a guest was erased: the private parts of its own records about them, what it asked the
server about them, and copies."""

from __future__ import annotations

import json

import sqlalchemy as sa

from app import guest_copies
from app.store import Store
from domain import codec
from domain import operation as op
from domain.guest import Said
from ledger import journal
from ledger import tables as t

# Requests whose body names a guest; of no other is it read once it was sent.
_OF_GUESTS = (
    *("BookingHeld", "BookingChanged", "TicketsNamed"),
    *("CodeSent", "GuestVerified", "GuestMerged", "GuestErased"),
)
_ERASED = sa.select(t.guest_entry.c.guest_id).where(t.guest_entry.c.kind == Said.ERASED.value)
_KEPT = sa.select(journal.entry.c.row, journal.entry.c.kind, journal.entry.c.public).where(
    journal.entry.c.kind.in_(op.OF_GUESTS), journal.entry.c.private != ""
)
_ASKED = sa.select(journal.request.c.request_id, journal.request.c.body).where(
    journal.request.c.kind.in_(_OF_GUESTS), journal.request.c.body != "{}"
)


def forget_erased(store: Store) -> None:
    """Blanks them in the journal; its chain stays whole, and what is sent again is sent without."""
    with store.read() as connection:
        erased = set(connection.execute(_ERASED).scalars())
    if not erased:
        return
    guest_copies.forget(store.folder, erased)
    with store.read_journal() as connection:
        kept = connection.execute(_KEPT).all()
        asked = connection.execute(_ASKED).all()
    rows = [row for row, kind, public in kept if _guest(kind, public) in erased]
    requests = [request_id for request_id, body in asked if json.loads(body).get("guest") in erased]
    if rows or requests:
        with store.sync_journal() as connection:
            mine = journal.entry.c.row.in_(rows)
            connection.execute(sa.update(journal.entry).where(mine).values(private=""))
            over = journal.request.c.request_id.in_(requests)
            connection.execute(sa.update(journal.request).where(over).values(body="{}"))


def _guest(kind: str, public: str) -> str:
    """Whom a record with a private part is about."""
    return str(getattr(codec.loads(op.KINDS[kind], public), "guest_id", ""))
