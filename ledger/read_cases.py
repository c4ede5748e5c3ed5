"""Questions about what needs attention: cases with how people settled them, and what staff put on the list here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from ledger import tables as t
from ledger.case_carried import read_facts
from ledger.cases import case_id
from ledger.clock import from_ms, to_ms


@dataclass(frozen=True, slots=True)
class OpenCase:
    kind: str
    subject: str
    facts: str
    opened_at: datetime


def open_cases(connection: Connection) -> list[OpenCase]:
    """What a person must look at, oldest first."""
    found = sa.select(t.case_item).where(t.case_item.c.closed_at == 0).order_by(t.case_item.c.opened_at)
    return [
        OpenCase(row.kind, row.subject, row.facts, from_ms(row.opened_at))
        for row in connection.execute(found)
    ]


@dataclass(frozen=True, slots=True)
class Settlement:
    way: str
    note: str
    staff_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseRow:
    """`written` are the facts as the row keeps them. `closed_by` is a person, or `itself`; `settlements` are oldest
    first, and more than one when it opened again."""

    case_id: str
    kind: str
    subject: str
    written: str
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str
    settlements: tuple[Settlement, ...]

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        return read_facts(self.written)


@dataclass(frozen=True, slots=True)
class ToldRow:
    told_id: str
    text: str
    number: str
    staff_id: str
    at: datetime


def open_case_rows(connection: Connection) -> list[CaseRow]:
    """What a person must look at, newest first; of one moment by what they are about, whose ids rise with time."""
    return _cases(connection, t.case_item.c.closed_at == 0, t.case_item.c.opened_at)


def case_rows(connection: Connection, case_ids: Sequence[str]) -> list[CaseRow]:
    """Cases by their ids, the newest first; of one moment by their ids."""
    found = _cases(connection, t.case_item.c.case_id.in_(case_ids), t.case_item.c.opened_at)
    return sorted(found, key=lambda each: (each.opened_at, each.case_id), reverse=True)


def closed_case_rows(connection: Connection, since: datetime, most: int = 200) -> list[CaseRow]:
    """Cases that were closed since a moment, the last one first."""
    return _cases(connection, t.case_item.c.closed_at >= to_ms(since), t.case_item.c.closed_at)[:most]


def _cases(
    connection: Connection, where: sa.ColumnElement[bool], order: sa.ColumnElement[int]
) -> list[CaseRow]:
    newest = order.desc(), t.case_item.c.subject.desc()
    rows = connection.execute(sa.select(t.case_item).where(where).order_by(*newest)).all()
    said = _settlements(connection, where)
    return [
        CaseRow(
            row.case_id,
            row.kind,
            row.subject,
            row.facts,
            from_ms(row.opened_at),
            from_ms(row.closed_at) if row.closed_at else None,
            row.closed_by,
            tuple(said.get(row.case_id, ())),
        )
        for row in rows
    ]


def _settlements(connection: Connection, where: sa.ColumnElement[bool]) -> dict[str, list[Settlement]]:
    found: dict[str, list[Settlement]] = {}
    wanted = sa.select(t.case_item.c.case_id).where(where)
    of_these = t.case_settlement.c.case_id.in_(wanted)
    for row in connection.execute(
        sa.select(t.case_settlement).where(of_these).order_by(t.case_settlement.c.at)
    ):
        said = Settlement(row.way, row.note, row.staff_id, from_ms(row.at))
        found.setdefault(row.case_id, []).append(said)
    return found


def count_awaited(connection: Connection) -> int:
    """For how many stations the server waits since an older copy of it was put back; it gives nothing scarce until
    then."""
    waits = t.case_item.c.kind == "recovering", t.case_item.c.closed_at == 0
    return connection.execute(sa.select(sa.func.count()).where(*waits)).scalar_one()


def told_on_the_way(connection: Connection) -> list[ToldRow]:
    """What staff of this station put on the list, and the server has not made a case of yet; newest first."""
    rows = connection.execute(sa.select(t.case_told).where(t.case_told.c.local == 1)).all()
    ids = {case_id(f"told:{row.told_id}", "told"): row for row in rows}
    known = sa.select(t.case_item.c.case_id).where(t.case_item.c.case_id.in_(ids))
    for arrived in connection.execute(known).scalars():
        ids.pop(arrived)
    left = sorted(ids.values(), key=lambda row: (row.at, row.told_id), reverse=True)
    return [ToldRow(row.told_id, row.text, row.number, row.staff_id, from_ms(row.at)) for row in left]
