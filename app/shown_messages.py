"""What the messages' service hands to screens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """How a message fares; a `failed` one is tried again by itself, a `given_up` one waits for a person; an
    `overtaken` one is over: a newer one says how things stand."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    GIVEN_UP = "given_up"
    OVERTAKEN = "overtaken"


FAILED = State.GIVEN_UP, State.FAILED
NOT_SENT = *FAILED, State.OVERTAKEN
WAITING = State.QUEUED, State.SENDING


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message in a list. `kind`, `channel` and `why` (it was not sent) name words; `to` is a masked address, `guest`
    and `number` whom and which booking it is about, as far as that is known here. `next_at` is when it is tried."""

    message_id: str
    kind: str
    channel: str
    to: str
    state: State
    why: str
    guest: str
    number: str
    at: datetime
    tries: int
    next_at: datetime | None
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class MessagePage:
    """All about one message; the ids are empty where there is no page to go to. `over`: what it said is blank by now,
    nobody can send it. `may_send`: the role of whoever is signed in allows it."""

    row: MessageRow
    guest_id: str
    booking_id: str
    over: bool
    may_send: bool
    online: bool


@dataclass(frozen=True, slots=True)
class Alerts:
    """What is said to whoever is signed in: channels by which nothing goes out, each with the reason, since when, and
    how many bookings wait for a decision."""

    down: tuple[tuple[str, str], ...] = ()
    since: datetime | None = None
    to_decide: int = 0


NO_ALERTS = Alerts()
