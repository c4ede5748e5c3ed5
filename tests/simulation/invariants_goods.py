"""Goods of which there are so many a day: at no moment the server keeps more of them than there are then, and what came
to more by what tills sold is somebody's open case.

Told from the server's journal in its order, and from what the tills said; no rule of the program is asked.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from domain import codec
from domain import operation as op
from domain.booking import Booked
from tests.simulation.evidence import Evidence

_ENDS = ("BookingExpired", "BookingCancelled", "BookingRejected")
_SAYS = (
    *_ENDS,
    *("BookingHeld", "BookingChanged", "BookingConfirmed", "TicketsMoved"),
    *("BookingMade", "SaleVoided", "RefundPaid"),
)


@dataclass(slots=True)
class _Story:
    """What a booking has: `kept` while it waits, `charged` by the charge once a till was paid."""

    day: date
    kept: Counter[int] = field(default_factory=Counter)
    charged: dict[str, list[int]] = field(default_factory=dict)  # product and pieces
    tickets: dict[str, int] = field(default_factory=dict)
    confirmed: bool = False

    def of(self, product: int) -> int:
        if self.charged:
            return sum(pieces for each, pieces in self.charged.values() if each == product)
        return self.kept[product]


class _Told:
    """The story so far, of all bookings."""

    def __init__(self, it: Evidence) -> None:
        self._days = {row["number"]: date.fromisoformat(row["day"]) for row in it.rows["session"]}
        self.bookings: dict[str, _Story] = {}

    def taken(self, product: int, day: date) -> int:
        return sum(story.of(product) for story in self.bookings.values() if story.day == day)

    def hear(self, said: op.Operation) -> None:
        match said:
            case op.BookingHeld() | op.BookingChanged():
                self._keep(said.booking_id, said.booked)
            case op.BookingMade():
                story = self.bookings.setdefault(said.booking_id, _Story(said.day))
                fresh = {line.charge_id: [line.product, line.quantity] for line in said.lines}
                story.charged = fresh | story.charged
                story.day = said.day if not story.kept else story.day
            case op.SaleVoided():
                for charge_id in said.charges:
                    self.bookings[said.booking_id].charged[charge_id] = [0, 0]
            case op.RefundPaid():
                for line in said.lines:
                    self.bookings[said.booking_id].charged[line.charge_id][1] -= line.pieces
            case op.TicketsMoved():
                self._move(self.bookings[said.booking_id], said)
            case op.BookingConfirmed():
                self.bookings[said.booking_id].confirmed = True
            case op.BookingExpired() | op.BookingCancelled() | op.BookingRejected():
                self._end(self.bookings[said.booking_id])

    def _keep(self, booking_id: str, booked: Booked) -> None:
        story = self.bookings.setdefault(booking_id, _Story(booked.day))
        story.day, story.kept = booked.day, Counter()
        story.tickets = {place.ticket_id: place.session for place in booked.tickets}
        for line in booked.lines:
            story.kept[line.product] += line.quantity

    def _end(self, story: _Story) -> None:
        """What was confirmed has nothing left; what a till was paid for the others meanwhile did not end."""
        story.kept.clear()
        if story.confirmed:
            story.charged = {charge_id: [0, 0] for charge_id in story.charged}

    def _move(self, story: _Story, said: op.TicketsMoved) -> None:
        for was, new in zip(said.was, said.tickets, strict=True):
            story.tickets.pop(was, None)
            story.tickets[new.ticket_id] = new.session
        days = [self._days[session] for session in story.tickets.values() if session in self._days]
        story.day = min(days, default=story.day)


def _numbered(it: Evidence) -> dict[int, int]:
    """How many there are of each product a day."""
    bodies = [
        json.loads(row["body"]) for row in it.rows["record"] if row["kind"] == "product" and row["body"]
    ]
    return {body["number"]: body["per_day"] for body in bodies if body.get("per_day")}


def _said(it: Evidence) -> Iterator[op.Operation]:
    rows = (row for row in it.inbox.values() if row["kind"] in _SAYS and row["answer"] != "quarantined")
    for row in rows:
        yield codec.loads(getattr(op, row["kind"]), row["public"])


def never_granted_more(it: Evidence) -> Iterator[str]:
    """Whatever tills sold: what the server keeps, it keeps where it fits."""
    there_are, told = _numbered(it), _Told(it)
    for said in _said(it):
        told.hear(said)
        if not isinstance(said, op.BookingHeld | op.BookingChanged):
            continue
        for product, per_day in there_are.items():
            day = said.booked.day
            if told.bookings[said.booking_id].of(product) and told.taken(product, day) > per_day:
                yield f"granted beyond: {told.taken(product, day)} of {product} on {day} by {said.booking_id}"


def wrong(it: Evidence) -> Iterator[tuple[str, str]]:
    """(subject, kind) of the cases that there must be."""
    told = _Told(it)
    for said in _said(it):
        told.hear(said)
    for product, per_day in _numbered(it).items():
        for day in sorted({story.day for story in told.bookings.values()}):
            if told.taken(product, day) > per_day:
                yield f"goods:{product}:{day}", "over_number"


CHECKS = (never_granted_more,)
