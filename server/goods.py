"""Goods of which there are so many a day: never more are kept for bookings than there are, and what tills sold beyond
is a case until it is put right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.booking import Booked
from ledger import read_setup
from ledger import tables as t
from ledger.read_goods import check_left, numbered
from server.database import lock_subjects
from server.pricing import Lines
from server.setup import SetUp
from server.standing import judge

_OVER = (
    sa.select(t.case_item.c.subject)
    .where(t.case_item.c.kind == "over_number", t.case_item.c.closed_at == 0)
    .order_by(t.case_item.c.subject)
    .limit(50)
)


def goods_wanted(connection: Connection, lines: Lines, day: date | None, setup: SetUp) -> set[str]:
    """The subjects that are locked before it is decided about such goods among `lines`; `day` is that of goods alone,
    where one is said."""
    known = numbered(connection, (product for product, session, _ in lines if not session))
    if not known:
        return set()
    days = [
        each.day for each in read_setup.sessions(connection, {session for _, session, _ in lines if session})
    ]
    wanted = min(days) if days else day or read_setup.day_at(connection, setup.now)
    return _subjects(known, wanted)


def goods_of(connection: Connection, booked: Booked, days: Iterable[date]) -> set[str]:
    """The same for what is booked already, on each of these days."""
    known = numbered(connection, (line.product for line in booked.lines))
    return {subject for day in days for subject in _subjects(known, day)}


def _subjects(products: Iterable[int], day: date) -> set[str]:
    return {f"goods:{product}:{day}" for product in products}


def check_goods(connection: Connection, booked: Booked, besides: str = "") -> None:
    """Refuses `goods_full`, with what and how many are left, where more of something is booked than there is on its
    day; `besides`: the booking that is made into this one."""
    # They are locked, unless a session went to another day meanwhile.
    lock_subjects(connection, goods_of(connection, booked, [booked.day]))
    wanted = Counter[int]()
    for line in booked.lines:
        wanted[line.product] += line.quantity
    check_left(connection, wanted, booked.day, besides)


def judge_goods(setup: SetUp) -> None:
    """Cases of goods that are not beyond their number any more close by themselves: something was called off, ended,
    went back, or there are more by now."""
    connection = setup.connection
    subjects = list(connection.execute(_OVER).scalars())
    if not subjects:
        return
    lock_subjects(connection, set(subjects))
    if judge(connection, subjects, setup.now_ms).changed:
        setup.touch(t.case_item)
    setup.publish()
