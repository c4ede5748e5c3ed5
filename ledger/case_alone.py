"""What came without that which belongs to it: half of a sale, or card money of which no document speaks. Only time
tells it from what is on its way, so that it is looked for after a day; what comes later closes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sqlalchemy as sa
from sqlalchemy import Connection

from ledger import case_cards
from ledger import tables as t
from ledger.case_finding import Finding

ALONE = "alone"
_KINDS = ("attempt", "booking")
_BOOKING: sa.BindParameter[str] = sa.bindparam("booking")
_HALVES = sa.select(
    sa.exists().where(t.booking.c.booking_id == _BOOKING).label("made"),
    sa.exists().where(t.sale.c.booking_id == _BOOKING).label("sold"),
)


def of(about: Iterable[str]) -> set[str]:
    """The subjects of what may have been alone, of the things that something is about."""
    return {
        f"{ALONE}:{kind}/{key}" for kind, _, key in (each.partition(":") for each in about) if kind in _KINDS
    }


def alone(connection: Connection, keys: list[str]) -> Iterator[tuple[str, Finding]]:
    """By `attempt/ID` or `booking/ID`."""
    wanted: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    for key in keys:
        kind, _, thing = key.partition("/")
        wanted[kind].append(thing)
    for booking_id in wanted["booking"]:
        yield from _half(connection, booking_id)
    if wanted["attempt"]:
        found = case_cards.alone(connection, wanted["attempt"])
        yield from ((f"attempt/{key}", finding) for key, finding in found)


def _half(connection: Connection, booking_id: str) -> Iterator[tuple[str, Finding]]:
    row = connection.execute(_HALVES, {"booking": booking_id}).one()
    if row.made != row.sold:
        lacks = "no_sale" if row.made else "no_booking"
        about = ("bookings" if row.made else "booking", booking_id)
        yield f"booking/{booking_id}", Finding("half_told", (about, ("differs", lacks)))
