"""Reading what was set aside once more: after an upgrade the server may understand it. Then it is taken as if it came
only now, and its result row is written anew."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain.aside import MISMATCH
from domain.envelope import Envelope
from domain.errors import Code, Refused
from ledger import tables as t
from ledger.case_cards import tried_for
from ledger.case_carried import renew_sold
from ledger.case_rights import judge_permissions, needs
from ledger.cases import subjects
from ledger.puts import station_bucket
from ledger.read_setup import staff_role
from ledger.rows import add_rows, replace_row
from server import bans
from server import tables as own
from server.inbox import rows_of
from server.operations import what_was_said
from server.passing import passes
from server.refund_holds import note_paid
from server.roles import Roles
from server.set_aside import kept_envelope
from server.standing import holding_under, judge, told_before, watched
from server.taking import Letters
from server.told_alone import judge_alone
from server.unkept import note_unkept
from server.yeses import Yeses

# Why an operation is set aside for good: it is not what it claims to be, or the inbox holds another under its id.
_FOR_GOOD = ("hash", "station", MISMATCH, "server-only kind")


def subjects_of(connection: Connection, envelope: Envelope, letters: Letters) -> frozenset[str]:
    """What an envelope is about, as far as it can be read, and who may be told of it."""
    said = what_was_said(envelope)
    own_subject = f"operation:{envelope.op_id}"
    if isinstance(said, str):
        return frozenset((own_subject,))
    more = letters.locked_with(connection, [said]) | bans.concerned(connection, [(envelope, said)])
    return frozenset((*subjects(said), own_subject, *more))


def read_again(
    connection: Connection, op_id: str, facts: Mapping[str, str], letters: Letters, now_ms: int
) -> list[sa.Table]:
    """Takes an operation that was set aside, with rows, cases and result; returns the tables that changed. What it is
    about is locked; who is told of such a thing is told.

    Refuses `still_unread` when it still cannot be taken, or never may be.
    """
    envelope = kept_envelope(connection, op_id)
    said = "gone" if envelope is None or facts.get("why") in _FOR_GOOD else what_was_said(envelope)
    if envelope is None or isinstance(said, str):
        raise Refused(Code.STILL_UNREAD)
    try:
        with connection.begin_nested():
            touched = add_rows(connection, rows_of(envelope, said, now_ms))
    except Exception as error:  # as when it came first
        if passes(error):
            raise
        raise Refused(Code.STILL_UNREAD) from error
    touched |= letters.queue(connection, [said], now_ms)
    cases = _judged(connection, envelope, said, now_ms)
    upheld = bans.uphold(connection, [(envelope, said)], now_ms)
    cases += [case for each in upheld.open.values() for case in each if case not in cases]
    if bans.level(connection, bans.about([(envelope, said)]), now_ms) or upheld.changed:
        touched |= {t.guest_ban.name, t.guest_entry.name}
    _answer(connection, envelope, cases, now_ms)
    return [t.case_item, t.result, *(t.BY_NAME[name] for name in touched)]


def _judged(connection: Connection, envelope: Envelope, said: op.Operation, now_ms: int) -> list[str]:
    given = [(envelope, said)]
    note_unkept(connection, given)
    note_paid(connection, given)
    wanted = needs(envelope, said)
    roles = {wanted[0]: staff_role(connection, wanted[0])} if wanted else {}
    permitted = judge_permissions(
        connection, given, Roles(roles, now_ms).of, now_ms, Yeses(given, now_ms).use
    )
    about = sorted({*subjects(said), *tried_for(connection, [said]), *bans.concerned(connection, given)})
    station_id = envelope.station_id
    left = told_before(connection, sorted(holding_under(about, station_id, envelope.incarnation)))
    judge(connection, left, now_ms, if_told=sorted(watched(about, station_id)))
    judged = judge(connection, about, now_ms)
    renew_sold(connection, [said], had=True)
    alone = judge_alone(connection, station_id, given, now_ms)
    return [case for each in (permitted, judged, *alone) for cases in each.open.values() for case in cases]


def _answer(connection: Connection, envelope: Envelope, cases: list[str], now_ms: int) -> None:
    answer = {"answer": "flagged" if cases else "applied", "cases": " ".join(cases)}
    mine = own.inbox.c.op_id == envelope.op_id
    connection.execute(sa.update(own.inbox).where(mine).values(**answer))
    row = {"result_id": envelope.op_id, **answer, "at": now_ms, "seq": 0, "op_id": "", "local": 0}
    replace_row(connection, t.result, row | {"bucket": station_bucket(envelope.station_id)})
