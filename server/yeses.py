"""Which yes of a second person which operation went by: no other goes by the same. A station that was copied has
each of its yeses as often as it has incarnations, and what it said as an earlier one is bound to none."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain.envelope import Envelope
from domain.yes import Given, Unsaid, about, chosen, is_shared
from ledger import overrides
from ledger import tables as t
from ledger.clock import told_at
from ledger.rows import add_rows
from server import tables as own

_A_DAY_MS = 24 * 3600_000
_NAMED_MS = 31 * _A_DAY_MS  # a sale, like a shift, is left open for no longer
_U = own.used_yes.c
_USED = sa.select(_U.override_id).where(
    _U.override_id.in_(sa.bindparam("ids", expanding=True)),
    _U.incarnation == sa.bindparam("incarnation"),
    _U.op_id != sa.bindparam("op"),
)
_MINE = sa.select(_U.override_id).where(_U.op_id == sa.bindparam("op"))
_PRESENT = sa.select(own.station.c.incarnation).where(own.station.c.station_id == sa.bindparam("station"))
_ATTEMPT = sa.union(
    sa.select(t.card_attempt.c.sale_id).where(t.card_attempt.c.attempt_id == sa.bindparam("attempt")),
    sa.select(t.refund_try.c.ask_id).where(t.refund_try.c.attempt_id == sa.bindparam("attempt")),
)


class Yeses:
    """Those of a batch that is judged in its order, and those before it."""

    def __init__(self, given: Sequence[tuple[Envelope, op.Operation]], now_ms: int) -> None:
        self._now_ms = now_ms
        self._place = {envelope.op_id: place for place, (envelope, _) in enumerate(given)}
        self._given = {
            said.override_id: place
            for place, (_, said) in enumerate(given)
            if isinstance(said, op.OverrideGiven)
        }

    def use(
        self,
        connection: Connection,
        envelope: Envelope,
        operation: op.Operation,
        staff_id: str,
        to: Collection[str],
    ) -> str:
        """Lets an operation go by a yes of theirs, `to` one of these rights, that was given before it at its station,
        within a day, or longer ago about that very thing; what is wrong where there is none. Judged again, it keeps
        its own."""
        if connection.execute(_MINE, {"op": envelope.op_id}).first() is not None:
            return ""
        names = _names(connection, operation)
        given = self._before(connection, envelope, staff_id, to, names)
        picked = chosen(given, operation, names)
        if isinstance(picked, Unsaid):
            return picked.value
        if not is_shared(operation, picked.yes, names) and _is_bound(connection, envelope):
            row = {"override_id": picked.yes.override_id, "incarnation": envelope.incarnation}
            add_rows(connection, [(own.used_yes, {**row, "op_id": envelope.op_id})])
        return ""

    def _before(
        self,
        connection: Connection,
        envelope: Envelope,
        staff_id: str,
        to: Collection[str],
        names: Collection[str],
    ) -> list[Given]:
        at = told_at(envelope, self._now_ms)
        here = self._place[envelope.op_id]
        found = [
            (when, yes)
            for when, yes in overrides.given_at(
                connection, envelope.station_id, at - _NAMED_MS, at + _A_DAY_MS
            )
            if yes.approver_id == staff_id
            and yes.permission in to
            and (when >= at - _A_DAY_MS or yes.subject in names)
            and self._given.get(yes.override_id, -1) < here
        ]
        used = _used(connection, envelope, [yes.override_id for _, yes in found])
        return [Given(yes, when, yes.override_id in used) for when, yes in found]


def _is_bound(connection: Connection, envelope: Envelope) -> bool:
    """Whether it was said as what the station is now."""
    present = connection.execute(_PRESENT, {"station": envelope.station_id}).scalar()
    return present is not None and envelope.incarnation >= present


def _used(connection: Connection, envelope: Envelope, ids: list[str]) -> set[str]:
    """Those that another operation went by."""
    if not ids or not _is_bound(connection, envelope):
        return set()
    wanted = {"ids": ids, "incarnation": envelope.incarnation, "op": envelope.op_id}
    return set(connection.execute(_USED, wanted).scalars())


def _names(connection: Connection, operation: op.Operation) -> Collection[str]:
    if isinstance(operation, op.CardResolved):
        found = connection.execute(_ATTEMPT, {"attempt": operation.attempt_id}).scalars()
        return frozenset(name for name in found if name)
    return about(operation)
