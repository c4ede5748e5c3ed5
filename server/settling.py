"""Settling a case: by a person who may, in one of the ways of its kind, about the facts that they saw."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import attention
from domain import operation as op
from domain.attention import mark_of, ways_of
from domain.errors import Code, Refused
from domain.staff import Permission
from domain.text import tidy
from ledger import tables as t
from ledger.case_carried import read_facts
from ledger.cases import BUCKET, ITSELF
from ledger.clock import from_ms, to_ms
from ledger.read_setup import require, staff_name_to
from ledger.rows import add_rows
from ledger.wire import RequestAsk
from server.asked import Asked
from server.database import lock_subjects
from server.leases import take_back
from server.named import kept
from server.recovery import check_may_waive, waive
from server.refund_letters import RefundLetters
from server.rereading import read_again, subjects_of
from server.set_aside import kept_envelope
from server.setup import SetUp


@dataclass(frozen=True, slots=True)
class Said:
    """What the asker wants; `seen` is the mark of the facts that they had before them."""

    case_id: str
    way: str
    note: str
    seen: str


def settle(connection: Connection, asked: Asked, setup: SetUp) -> None:
    """Closes a case in the name of who asks; "again" first reads what was set aside once more.

    Refuses `not_allowed`, `case_unknown`, `case_settled` (by whom, when), `record_invalid` for a way that its kind does
    not have, `reason_needed`, `revision_stale` when its facts are not those that were seen, and `still_unread`.
    """
    ask = asked.ask
    require(connection, ask.staff_id, Permission.SETTLE_CASE)
    said = _said(asked)
    found = _case(connection, said.case_id)
    lock_subjects(connection, {found["subject"], *_locked_with(setup, found, said)})
    found = _case(connection, said.case_id)
    _check(connection, found, said, ask.staff_id)
    setup.touch(t.case_item, t.case_settlement)
    _do(connection, asked, found, said, setup)
    settled = kept(connection, op.CaseSettled(said.case_id, said.way, said.note))
    _close(connection, ask, replace(said, note=settled.note), to_ms(setup.now))
    setup.note(settled)


def _do(connection: Connection, asked: Asked, found: dict[str, Any], said: Said, setup: SetUp) -> None:
    """What some ways do besides closing the case."""
    facts, staff_id = dict(read_facts(found["facts"])), asked.ask.staff_id
    match said.way:
        case attention.AGAIN:
            letters = RefundLetters(setup.ids)
            setup.touch(*read_again(connection, _op_id(found), facts, letters, to_ms(setup.now)))
        case attention.TAKE_BACK:
            take_back(connection, staff_id, _holding(found, facts), said.note, setup)
        case attention.WAIVE | attention.NO_MORE:
            check_may_waive(connection, staff_id)
            waive(connection, facts["station"], setup, staff_id, to_ms(setup.now))


def _holding(found: dict[str, Any], facts: dict[str, str]) -> str:
    """Who holds which session's places: the subject itself, or what a station said of itself in an operation."""
    subject = str(found["subject"])
    is_said = subject.startswith("operation:")
    return f"held:{facts['session']}:{facts['station']}" if is_said else subject


def _said(asked: Asked) -> Said:
    case, way, note, seen = (asked.field(name, str, "case") for name in ("case", "way", "note", "seen"))
    return Said(case, way, tidy(note), seen)


def _case(connection: Connection, case_id: str) -> dict[str, Any]:
    row = connection.execute(sa.select(t.case_item).where(t.case_item.c.case_id == case_id)).first()
    if row is None:
        raise Refused(Code.CASE_UNKNOWN)
    return dict(row._mapping)


def _op_id(case: dict[str, Any]) -> str:
    return str(case["subject"]).removeprefix("operation:")


def _locked_with(setup: SetUp, case: dict[str, Any], said: Said) -> frozenset[str]:
    """What reading an operation again is decided about, and the session of places: a sale may change the case."""
    session = dict(read_facts(case["facts"])).get("session", "")
    if said.way != attention.AGAIN:
        return frozenset((f"session:{session}",) if session else ())
    envelope = kept_envelope(setup.connection, _op_id(case))
    letters = RefundLetters(setup.ids)
    return subjects_of(setup.connection, envelope, letters) if envelope else frozenset()


def _check(connection: Connection, case: dict[str, Any], said: Said, asker: str) -> None:
    if case["closed_at"]:
        raise Refused(Code.CASE_SETTLED, **_by_whom(connection, case, asker))
    way = next((way for way in ways_of(case["kind"]) if way.name == said.way), None)
    if way is None:
        raise Refused(Code.RECORD_INVALID, record="case")
    if way.note and not said.note:
        raise Refused(Code.REASON_NEEDED)
    if mark_of(case["facts"]) != said.seen:
        raise Refused(Code.REVISION_STALE)


def _by_whom(connection: Connection, case: dict[str, Any], asker: str) -> dict[str, str]:
    """Who closed it, in the asker's language, and when; nobody when it closed by itself."""
    by = case["closed_by"]
    until = {"until": from_ms(case["closed_at"]).isoformat(timespec="seconds")}
    return until if by == ITSELF else until | {"by": staff_name_to(connection, by, asker)}


def _close(connection: Connection, ask: RequestAsk, said: Said, now_ms: int) -> None:
    """The case names the person; how they settled it is a row of its own, which stays when the case opens again."""
    mine = t.case_item.c.case_id == said.case_id
    closed: dict[str, str | int] = {"closed_at": now_ms, "closed_by": ask.staff_id, "seq": 0}
    connection.execute(sa.update(t.case_item).where(mine).values(**closed))
    row: dict[str, str | int] = {"settlement_id": ask.request_id, "case_id": said.case_id, "way": said.way}
    row |= {
        "note": said.note,
        "staff_id": ask.staff_id,
        "at": now_ms,
        "bucket": BUCKET,
        "op_id": "",
        "seq": 0,
    }
    add_rows(connection, [(t.case_settlement, row)])
