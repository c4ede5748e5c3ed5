"""What a recovery could not bring back: what the cache still tells of it, and how the office hears of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence, Set
from contextlib import suppress

import sqlalchemy as sa

from app.recording import Actor, Recording
from app.shown_status import LostDocument, Recovered
from app.store import Store
from app.texts import in_both
from domain import codec
from domain import operation as op
from domain.errors import Refused
from domain.money import Money
from domain.text import MOST
from ledger import journal, read_setup
from ledger import tables as t

log = logging.getLogger(__name__)
_NAMED = 200  # receipts in the words of the cases
_OF = t.document.c
_LOCAL = sa.select(_OF.op_id, _OF.number, _OF.gross, _OF.currency, _OF.staff_id).where(_OF.local == 1)


def lost_documents(cached: sa.Connection, known: Set[str]) -> tuple[LostDocument, ...]:
    """Receipts that the server may not have and that none of the operations `known` (ids) has given out."""
    found = dict[str, LostDocument]()
    with suppress(sa.exc.DatabaseError):  # as far as it reads
        for op_id, number, minor, currency, staff_id in cached.execute(_LOCAL):
            if op_id not in known:
                who = _name(cached, staff_id)
                found[str(number)] = LostDocument(str(number), _amount(minor, currency), who)
    return tuple(found[number] for number in sorted(found))


def _amount(minor: object, currency: object) -> str:
    try:
        return f"{Money(minor, currency).decimal()} {currency}"  # type: ignore[arg-type] # as it lies there
    except (TypeError, ValueError):
        return ""


def _name(cached: sa.Connection, staff_id: object) -> str:
    with suppress(sa.exc.DatabaseError, Refused):
        return read_setup.staff_name(cached, str(staff_id)).en
    return ""


def tell_office(store: Store) -> None:
    """After a recovery: what could not be read is put on the list of what needs attention, once."""
    with store.read_journal() as connection:
        text = journal.settings(connection, ["recovered"]).get("recovered", "")
    if not text:
        return
    told = codec.loads(Recovered, text)

    def work(recording: Recording) -> None:
        journal.save_setting(recording.journal, "recovered", "")
        for number, said in [] if told.is_whole else _cases(told):
            recording.add(op.CaseOpened(store.ids.new(), said, number))

    try:
        store.transact(work, Actor())
    except Refused as refused:  # a full disk, say: told at the next start
        log.warning("the recovery is not on the list yet: %s", refused)


def _cases(told: Recovered) -> Iterator[tuple[str, str]]:
    """The first receipt and the text of each: as many cases as the list of receipts needs."""
    facts = {"missing": told.missing, "unsent": told.unsent}
    said = in_both(lambda texts: texts(f"recovery.case{_doubt(told)}", **facts))
    head = in_both(lambda texts: texts("recovery.case_receipts") + ":")
    first, lines = "", [said]
    for number, line in _receipts(told.documents):
        if len("\n".join([*lines, head, line])) > MOST:
            yield first, "\n".join(lines)
            first, lines = "", []
        lines += [line] if first else [head, line]
        first = first or number
    yield first, "\n".join(lines)


def _receipts(documents: Sequence[LostDocument]) -> Iterator[tuple[str, str]]:
    """The number of each and what is said of it; at the end how many more there are, beside the number of the first."""
    for lost in documents[:_NAMED]:
        yield lost.number, " ".join(filter(None, (lost.number, lost.amount, lost.who)))
    if more := documents[_NAMED:]:
        yield more[0].number, in_both(lambda texts: texts("recovery.case_more", n=len(more)))


def _doubt(told: Recovered) -> str:
    if not told.sure:
        return "_lost"
    return "_unsent" if told.unsent < 0 else ""
