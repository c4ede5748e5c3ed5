"""More goods sold and kept for a day than there are: tills sell without asking, so it is found afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa
from sqlalchemy import Connection

from ledger import tables as t
from ledger.case_finding import Finding
from ledger.case_people import MOST_SALES, named_of
from ledger.read_goods import numbered, taken
from ledger.read_money import CHARGED

_SOLD_LAST = (
    sa.select(t.booking.c.booking_id, sa.func.sum(t.charge.c.quantity))
    .join_from(t.booking, t.charge, t.charge.c.booking_id == t.booking.c.booking_id)
    .where(
        t.booking.c.day == sa.bindparam("day"),
        t.charge.c.product == sa.bindparam("product"),
        CHARGED,
    )
    .group_by(t.booking.c.booking_id, t.booking.c.at)
    .order_by(t.booking.c.at.desc(), t.booking.c.booking_id.desc())
    .limit(MOST_SALES)
)


def beyond_number(connection: Connection, keys: list[str]) -> Iterator[tuple[str, Finding]]:
    """Keys are product and day."""
    of = {key: int(key.partition(":")[0]) for key in keys}
    known = numbered(connection, of.values())
    for key, number in of.items():
        if number not in known:
            continue
        day, per_day = key.partition(":")[2], known[number].per_day
        count = taken(connection, date.fromisoformat(day), [number])[number]
        if count > per_day:
            last = connection.execute(_SOLD_LAST, {"day": day, "product": number})
            facts = (("goods", str(number)), ("day", day), ("taken", str(count)), ("per_day", str(per_day)))
            yield key, Finding("over_number", (*facts, *named_of(last, count - per_day)))
