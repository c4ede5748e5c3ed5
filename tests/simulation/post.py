"""What messages leave through: a peer that takes them, is busy, refuses, or is gone before anybody knows whether it has
them. The states in between are the server's own (`server.outgoing`)."""

from __future__ import annotations

import random
from collections import Counter

import sqlalchemy as sa

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
        if not claimed.facts:
            return Refuses(Why.TOO_LATE)
        outcome = chance.choices(list(_OUTCOMES), list(_OUTCOMES.values()))[0]
        if outcome == Sent() or (outcome == Unsure() and chance.random() < 0.5):
            self._reaches(claimed)
        return outcome

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
