"""What a station forgets when a guest was erased: the private parts of its own records about them and what they booked,
what it asked the server about that (which is not read once it was sent), what was printed, and copies."""

from __future__ import annotations

import sqlalchemy as sa

from app import guest_copies
from app.store import Store
from domain import codec
from domain.free_text import names, without_words
from domain.guest import Said
from domain.receipt import Receipt
from ledger import journal
from ledger import tables as t

_ERASED = sa.select(t.guest_entry.c.guest_id).where(t.guest_entry.c.kind == Said.ERASED.value)
_FORGOTTEN = sa.select(t.forgotten.c.about)
_KEPT = sa.select(journal.entry.c.row, journal.entry.c.public).where(journal.entry.c.private != "")
_CREDITS = sa.select(journal.print_job.c.job_id, journal.print_job.c.payload).where(
    journal.print_job.c.kind == "receipt", journal.print_job.c.payload.contains('"reason":{')
)
_ASKED = sa.select(journal.request.c.request_id, journal.request.c.body).where(journal.request.c.body != "{}")


def forget_erased(store: Store) -> None:
    """Blanks them in the journal; its chain stays whole, and what is sent again is sent without."""
    with store.read() as connection:
        erased = set(connection.execute(_ERASED).scalars())
        gone = erased | set(connection.execute(_FORGOTTEN).scalars())
    if not gone:
        return
    guest_copies.forget(store.folder, erased)
    with store.read_journal() as connection:
        kept = connection.execute(_KEPT).all()
        asked = connection.execute(_ASKED).all()
    rows = [row for row, public in kept if names(public) & gone]
    requests = [request_id for request_id, body in asked if names(body) & gone]
    if rows or requests:
        with store.sync_journal() as connection:
            mine = journal.entry.c.row.in_(rows)
            connection.execute(sa.update(journal.entry).where(mine).values(private=""))
            over = journal.request.c.request_id.in_(requests)
            connection.execute(sa.update(journal.request).where(over).values(body="{}"))
    _forget_on_papers(store, gone)


def _forget_on_papers(store: Store, gone: set[str]) -> None:
    """What was printed of their credit notes has the reason too."""
    with store.read_journal() as connection:
        jobs = connection.execute(_CREDITS).all()
    bare: dict[str, str] = {}
    for job_id, payload in jobs:
        if names(payload) & gone:
            paper = codec.loads(Receipt, payload)
            if (without := without_words(paper)) is not paper:
                bare[job_id] = codec.dumps(without)
    if bare:
        with store.sync_journal() as connection:
            for job_id, payload in bare.items():
                mine = journal.print_job.c.job_id == job_id
                connection.execute(sa.update(journal.print_job).where(mine).values(payload=payload))
