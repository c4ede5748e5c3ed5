"""What guests are told of refunds: that one was paid, or did not go through, and that theirs was refused; and of a void
of what was called off before. Queued with the operation that says so.

Only who booked ahead is known: whoever bought at a counter has the credit note in hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Table

from domain import operation as op
from domain.booking import Life
from domain.errors import Refused
from domain.money import Money
from domain.text import tidy
from ledger import read_refunds
from ledger import tables as t
from ledger.clock import Ids
from server.asked import Asked, Handler
from server.booking_letters import tell_row
from server.database import lock_subjects
from server.holding import STANDS
from server.refunds import LONGEST_NOTE, guest_locks
from server.setup import SetUp

_Refund = op.RefundPaid | op.RefundFailed | op.SaleVoided
_ASKED = sa.select(t.refund_ask).where(t.refund_ask.c.ask_id == sa.bindparam("ask"))
_PAID = sa.select(t.refund_done.c.paid_id).where(t.refund_done.c.ask_id == sa.bindparam("ask"))
_BOOKED = sa.select(t.reservation).where(t.reservation.c.booking_id == sa.bindparam("booking"))
_STANDS = sa.select(t.reservation.c.booking_id).where(
    t.reservation.c.booking_id == sa.bindparam("booking"), STANDS
)


@dataclass(slots=True)
class _Post:
    """What the outbox needs of a transaction that is not about the set-up."""

    connection: Connection
    ids: Ids
    now_ms: int
    touched: set[str] = field(default_factory=set)

    def touch(self, *tables: Table) -> None:
        self.touched.update(table.name for table in tables)


class RefundLetters:
    """Handed to a push."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids

    def locked_with(self, connection: Connection, operations: Iterable[op.Operation]) -> set[str]:
        """The guests who may be told, as subjects to be locked: none is erased meanwhile."""
        rows = (_booked(connection, each) for each in operations if isinstance(each, _Refund))
        return {f"guest:{row.guest_id}" for row in rows if row is not None}

    def queue(self, connection: Connection, operations: Iterable[op.Operation], now_ms: int) -> set[str]:
        """Once for each refund and way that it went, after the rows of all of them were put in. Returns the names of
        the tables that were touched."""
        post = _Post(connection, self._ids, now_ms)
        for each in operations:
            if isinstance(each, _Refund) and (row := _booked(connection, each)) is not None:
                _tell(post, each, row)
        return post.touched


def telling(decide: Handler) -> Handler:
    """A no to what a guest began is told to them, with its reason; nothing where the booking was called off meanwhile,
    which was told. All that is locked for it is locked at once."""

    def decided(connection: Connection, asked: Asked, setup: SetUp) -> Mapping[str, object] | Refused | None:
        row = read_refunds.refund(connection, asked.field("refund", str, "refund"))
        if row is None or not row.asked.by_guest:
            return decide(connection, asked, setup)
        lock_subjects(connection, guest_locks(connection, row.asked))
        answer = decide(connection, asked, setup)
        booked = connection.execute(_BOOKED, {"booking": row.asked.booking_id}).one()
        if Life(booked.life) is not Life.CANCELLED:
            cause, reason = f"refund:{row.asked.ask_id}", tidy(asked.text("note"))[:LONGEST_NOTE]
            tell_row(setup, "refund_refused", booked, cause, amount=row.asked.amount, reason=reason)
        return answer

    return decided


def _tell(post: _Post, said: _Refund, row: Any) -> None:
    match said:
        case op.RefundPaid(_, ask_id):
            stays, cause = not any(line.pieces for line in said.lines), f"refund:{ask_id}"
            tell_row(post, "reduced" if stays else "refund_done", row, cause, amount=said.receipt.gross)
        case op.RefundFailed():
            asked = post.connection.execute(_ASKED, {"ask": said.ask_id}).one()
            if post.connection.execute(_PAID, {"ask": said.ask_id}).first() is None:
                amount, cause = Money(asked.amount, asked.currency), f"refund:{said.ask_id}"
                tell_row(post, "refund_failed", row, cause, amount=amount)
        case op.SaleVoided():
            _tell_of_void(post, said, row)


def _tell_of_void(post: _Post, said: op.SaleVoided, row: Any) -> None:
    """What it ends is called off, and told then; where another till was paid for the same, that stays."""
    if not said.refunds:
        return
    stays = post.connection.execute(_STANDS, {"booking": said.booking_id}).first() is not None
    if Life(row.life) is Life.CANCELLED or stays:
        kind = "reduced" if stays else "refund_done"
        tell_row(post, kind, row, f"void:{said.void_id}", amount=said.receipt.gross)


def _booked(connection: Connection, said: _Refund) -> Any:
    """The booking made ahead whose money it is; None where there is none."""
    if isinstance(said, op.RefundPaid | op.SaleVoided):
        booking_id = said.booking_id
    else:
        asked = connection.execute(_ASKED, {"ask": said.ask_id}).first()
        booking_id = asked.booking_id if asked is not None else ""
    return connection.execute(_BOOKED, {"booking": booking_id}).first()
