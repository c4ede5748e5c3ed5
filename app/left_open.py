"""What is open at a station: paper that did not come out, requests a person waits for; and what a shift leaves open
when it closes, which is told on the page and on the Z."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from app.shown_attention import LeftOpen
from app.voiding import begun
from domain.errors import Code, Refused
from ledger import journal, read_cases, read_money, read_refunds
from ledger import tables as t
from ledger.cache import is_whole

_AT_ONCE = 500
_BY_ITSELF = ("LeaseAsked",)  # no person waits for it, and it is asked again without one
STUCK = journal.print_job.c.state.in_(("failed", "unconfirmed"))
ASKING = sa.and_(journal.request.c.state.in_(("asked", "unknown")), journal.request.c.kind.not_in(_BY_ITSELF))


def left_open(cache: Connection, kept: Connection, shift_id: str, unsent: int) -> LeftOpen:
    """`kept` is the journal. A case is the shift's when something that was done in it raised the case."""
    cases, about = _open_cases(cache, kept, shift_id), not is_whole(cache)
    return LeftOpen(unsent, cases, count(kept, STUCK), count(kept, ASKING), about)


def count(connection: Connection, where: sa.ColumnElement[bool]) -> int:
    """How many rows of the table of `where` there are."""
    return int(connection.execute(sa.select(sa.func.count()).where(where)).scalar_one())


def _open_cases(cache: Connection, kept: Connection, shift_id: str) -> int:
    """Of the venue's open cases those that the shift's operations raised, by the server's answers to them."""
    open_now = {row.case_id for row in read_cases.open_case_rows(cache)}
    if not open_now:
        return 0
    done = sa.select(journal.entry.c.op_id).where(journal.entry.c.shift_id == shift_id)
    op_ids = list(kept.execute(done).scalars())
    raised: set[str] = set()
    for start in range(0, len(op_ids), _AT_ONCE):
        part = t.result.c.result_id.in_(op_ids[start : start + _AT_ONCE])
        for cases in cache.execute(sa.select(t.result.c.cases).where(part, t.result.c.cases != "")).scalars():
            raised.update(cases.split())
    return len(raised & open_now)


def check_nothing_open(cache: Connection, kept: Connection, shift_id: str) -> None:
    """What must be finished before a drawer is counted: refuses `shift_attempt_open`, `shift_sale_open`,
    `void_unfinished`, and `refund_unfinished` while a card has money back without a credit note."""
    if read_money.open_attempts(cache, shift_id):
        raise Refused(Code.SHIFT_ATTEMPT_OPEN)
    if kept.execute(sa.select(journal.open_sale.c.sale_id)).first() is not None:
        raise Refused(Code.SHIFT_SALE_OPEN)
    if begun(cache, shift_id):
        raise Refused(Code.VOID_UNFINISHED)
    if any(row.money_moved for row in read_refunds.open_refunds(cache)):
        raise Refused(Code.REFUND_UNFINISHED)
