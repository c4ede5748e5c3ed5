"""What a station forgets when a guest was erased: the private parts of its own records about them and what they booked,
what it asked the server about that (which is not read once it was sent), what was printed, also where a folder keeps
the paper, and copies. Then nothing of it is left in the files' logs."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import sqlalchemy as sa

from app import guest_copies
from app.store import Store
from domain import codec
from domain.free_text import names, without_words
from domain.guest import Said
from domain.receipt import DocumentKind, Receipt, TicketBatch
from ledger import journal
from ledger import tables as t

_ERASED = sa.select(t.guest_entry.c.guest_id).where(t.guest_entry.c.kind == Said.ERASED.value)
_FORGOTTEN = sa.select(t.forgotten.c.about)
_KEPT = sa.select(journal.entry.c.row, journal.entry.c.public).where(journal.entry.c.private != "")
_CREDITS = sa.select(journal.print_job.c.job_id, journal.print_job.c.payload).where(
    journal.print_job.c.kind == "receipt", journal.print_job.c.payload.contains('"reason":{')
)
_IN_FILES = sa.select(
    journal.setting.c.name, journal.setting.c.value, journal.print_job.c.kind, journal.print_job.c.payload
).join(journal.print_job, journal.setting.c.name == journal.PAPER + journal.print_job.c.job_id)
_ASKED = sa.select(journal.request.c.request_id, journal.request.c.body).where(journal.request.c.body != "{}")

PRINTS = "prints"  # where paper is kept that no printer takes


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
    _forget_papers(store, gone)
    store.settle()


def _forget_papers(store: Store, gone: set[str]) -> None:
    """Tickets have the names of those who come, a credit note what was written: as pictures in a folder they go."""
    with store.read_journal() as connection:
        found = connection.execute(_IN_FILES).all()
    if not (mine := [each for each in found if _is_about(each, gone)]):
        return
    for each in mine:
        for path in (store.folder / PRINTS).glob(f"{each.value}.*"):
            with suppress(OSError):
                path.unlink(missing_ok=True)
    with store.sync_journal() as connection:  # another paper may come to be called so
        names_of = journal.setting.c.name.in_([each.name for each in mine])
        connection.execute(sa.delete(journal.setting).where(names_of))


def _is_about(job: Any, gone: set[str]) -> bool:
    if job.kind not in ("receipt", "tickets"):
        return False
    if job.kind == "receipt":
        is_credit = codec.loads(Receipt, job.payload).kind is DocumentKind.CREDIT
        return is_credit and bool(names(job.payload) & gone)
    tickets = codec.loads(TicketBatch, job.payload).tickets
    return any({each.ticket_id, each.sale_number} & gone for each in tickets)


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
