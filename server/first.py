"""What is heard of for the first time: nothing was said of it yet that could be at odds, so it need not be judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from domain import operation as op
from ledger import tables as t
from server.taking import New

# How many ids of a kind are asked about: more travel together, and share what judging costs.
_MOST = {"ticket": 6, "number": 1, "booking": 1}


def _among(column: sa.Column[str], kind: str) -> sa.ColumnElement[bool]:
    """As many plain values always: a list of any length would be written out anew each time."""
    return column.in_([sa.bindparam(f"first_{kind}_{n}", type_=sa.String) for n in range(_MOST[kind])])


_BANNED = sa.exists().where(
    _among(t.ticket.c.ticket_id, "ticket"),
    t.reservation.c.booking_id == t.ticket.c.booking_id,
    t.guest_ban.c.guest_id == t.reservation.c.guest_id,
)
_OF_BOOKINGS = t.booking, t.sale, t.reservation, t.payment, t.refund, t.charge_void
_KNOWN: dict[str, list[sa.ColumnElement[bool]]] = {
    "ticket": [
        _BANNED,
        *(sa.exists().where(_among(table.c.ticket_id, "ticket")) for table in (t.admission, t.ticket_cancel)),
    ],
    "number": [sa.exists().where(_among(t.document.c.number, "number"))],
    "booking": [sa.exists().where(_among(table.c.booking_id, "booking")) for table in _OF_BOOKINGS],
}
# Whether anything is known of those that are asked about.
COLUMNS = tuple(sa.or_(*known).label(f"{kind}_known") for kind, known in _KNOWN.items())


@dataclass(frozen=True, slots=True)
class First:
    """What may be heard of first, by kind: ids of what one operation alone is about, if that says nothing by itself
    that a person must look at."""

    ids: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, read: Sequence[New]) -> First:
        times = Counter(subject for each in read for subject in each.about)
        found: dict[str, list[str]] = {kind: [] for kind in _KNOWN}
        for subject in (subject for each in read for subject in _of(each.operation)):
            kind, _, key = subject.partition(":")
            if times[subject] == 1:
                found[kind].append(key)
        return cls({kind: keys if len(keys) <= _MOST[kind] else [] for kind, keys in found.items()})

    @property
    def values(self) -> dict[str, str]:
        """What `COLUMNS` go by."""
        return {
            f"first_{kind}_{n}": self.ids[kind][n] if n < len(self.ids[kind]) else ""
            for kind, most in _MOST.items()
            for n in range(most)
        }

    def unheard(self, row: Any) -> frozenset[str]:
        """As subjects, those of which nothing was known, by the row that has the `COLUMNS`."""
        unknown = (kind for kind in _KNOWN if not getattr(row, f"{kind}_known"))
        return frozenset(f"{kind}:{key}" for kind in unknown for key in self.ids[kind])


def _of(operation: op.Operation) -> Iterator[str]:
    match operation:
        case op.BookingMade(booking_id, tickets=tickets, override_id=override_id, held=held):
            yield from (f"ticket:{ticket.ticket_id}" for ticket in tickets)
            yield from () if held or override_id else (f"booking:{booking_id}",)
        case op.SaleClosed(number=number):
            yield f"number:{number}"
        case op.GuestAdmitted(ticket_id=ticket_id):
            yield f"ticket:{ticket_id}"
