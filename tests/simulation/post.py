"""What messages leave through: a peer that takes them, is busy, refuses, or is gone before anybody knows whether it has
them. The states in between are the server's own (`server.outgoing`)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ledger import tables as t
from ledger.clock import to_ms
from server import message_kinds
from server import tables as own
from server.database import Database
from server.message_kinds import Channel
from server.outgoing import Claimed, claim, note
from server.senders import Later, Outcome, Refuses, Sent, Unsure, Why
from tests.simulation.machines import Server

_ROOM = {Channel.MAIL: 4, Channel.SMS: 4}
_OUTCOMES: dict[Outcome, int] = {
    Sent(): 6,
    Later(Why.PEER_BUSY): 2,
    Later(Why.NOT_SET_UP): 1,
    Refuses(Why.ADDRESS_REFUSED): 2,
    Unsure(): 3,
}
_WAITS = "queued", "failed", "sending"
_OF_MONEY = (
    "refund_done",
    "reduced",
    "refund_failed",
    "refund_refused",
    "payment_failed",
)  # the rest says how a booking stands


class Post:
    """How often the peer `had` a message, the `codes` that reached somebody (guest, code), and what was `wrong`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._slow: list[tuple[Claimed, Outcome, Database]] = []  # of a process that may be gone
        self._done: set[str] = set()
        self.had: Counter[str] = Counter()
        self.codes: list[tuple[str, str]] = []
        self.wrong: list[str] = []

    def round(self, chance: random.Random) -> None:
        """As `Sending.round`: what is due is claimed, given to the peer, and noted, now or at the next round."""
        slow, self._slow = self._slow, []
        for claimed, outcome, database in slow:
            if database is self._server.database:
                self._note(claimed, outcome)
        now = to_ms(self._server.clock.now())
        for claimed in self._server.database.transact(lambda c: claim(c, now, _ROOM)):
            outcome = self._given(claimed, chance)
            if chance.random() < 0.2:
                self._slow.append((claimed, outcome, self._server.database))
            else:
                self._note(claimed, outcome)

    def _given(self, claimed: Claimed, chance: random.Random) -> Outcome:
        if claimed.message_id in self._done:
            self.wrong.append(f"sent again: {claimed.kind} {claimed.message_id}")
        self.wrong += self._out_of_order(claimed)
        if not claimed.facts:
            return Refuses(Why.TOO_LATE)
        outcome = chance.choices(list(_OUTCOMES), list(_OUTCOMES.values()))[0]
        if outcome == Sent() or (outcome == Unsure() and chance.random() < 0.5):
            self._reaches(claimed)
        return outcome

    def _out_of_order(self, claimed: Claimed) -> Iterator[str]:
        """It leaves before an earlier one to the same contact about its booking, after a newer one, or too late."""
        what = f"{claimed.kind} {claimed.message_id}"
        for other in self._server.database.look(lambda c: _others(c, claimed)):
            is_newer = other.message_id > claimed.message_id
            if not is_newer and other.state in _WAITS:
                yield f"left before {other.kind} {other.message_id}: {what}"
            money = claimed.kind in _OF_MONEY or other.kind in _OF_MONEY
            drops = not money and (other.tickets_of or not claimed.tickets_of)
            if is_newer and drops:
                yield f"left after {other.kind} {other.message_id} was made: {what}"
        until = message_kinds.read(claimed.kind, claimed.facts).get("until") if claimed.facts else None
        if isinstance(until, datetime) and until <= self._server.clock.now():
            yield f"left too late: {what}"

    def _reaches(self, claimed: Claimed) -> None:
        self.had[claimed.message_id] += 1
        if claimed.kind == "code":
            mine = own.outbox.c.message_id == claimed.message_id
            whose = self._server.database.look(
                lambda c: c.execute(sa.select(own.outbox.c.guest_id).where(mine)).scalar_one()
            )
            self.codes.append((whose, str(message_kinds.read("code", claimed.facts)["code"])))

    def _note(self, claimed: Claimed, outcome: Outcome) -> None:
        now = to_ms(self._server.clock.now())
        state = self._server.database.transact(lambda c: note(c, claimed, outcome, now))
        if state == "sent":
            self._done.add(claimed.message_id)


def _others(connection: sa.Connection, claimed: Claimed) -> list[Any]:
    """What else there is about its booking to the same contact."""
    c, shown = own.outbox.c, t.message.c
    mine = sa.select(shown.booking_id).where(shown.message_id == claimed.message_id, shown.booking_id != "")
    same = c.channel == claimed.channel.value, c.address == claimed.address
    others = sa.select(own.outbox).join(t.message, shown.message_id == c.message_id)
    return list(
        connection.execute(
            others.where(shown.booking_id.in_(mine), *same, c.message_id != claimed.message_id)
        ).all()
    )
