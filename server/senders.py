"""How a message leaves: what a channel gets, what may come of it, and the channels that the settings name."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Why(StrEnum):
    """Why a message was not sent, or not for certain; each has words in both languages (`resources/texts/messages`)."""

    PEER_AWAY = "peer_away"
    PEER_BUSY = "peer_busy"
    PEER_REFUSED = "peer_refused"
    NO_FUNDS = "no_funds"
    NOT_SET_UP = "not_set_up"
    NOT_MADE = "not_made"
    ADDRESS_REFUSED = "address_refused"
    NO_ADDRESS = "no_address"
    TEXT_REFUSED = "text_refused"
    UNSURE = "unsure"
    TOO_LATE = "too_late"
    ERASED = "erased"
    OVERTAKEN = "overtaken"


# The venue's own affair: no guest can do anything about it, and all messages of the channel wait.
OURS = frozenset((Why.PEER_REFUSED, Why.NO_FUNDS, Why.NOT_SET_UP, Why.NOT_MADE))


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF that goes with an e-mail."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message in words. `message_id` is the same at every try: the peer's sign that it has this one already."""

    message_id: str
    address: str = field(repr=False)
    language: str
    subject: str = field(repr=False)
    sms: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)
    papers: tuple[Paper, ...] = ()
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """The peer has it."""


@dataclass(frozen=True, slots=True)
class Later:
    """The peer does not have it; another try may help."""

    why: Why


@dataclass(frozen=True, slots=True)
class Refuses:
    """The peer will never take it."""

    why: Why


@dataclass(frozen=True, slots=True)
class Unsure:
    """The line broke when the peer might have it."""


Outcome = Sent | Later | Refuses | Unsure


class Sender(Protocol):
    async def send(self, parcel: Parcel) -> Outcome:
        """Sends once, within its own time limit, and never raises for what a peer or line does."""

    async def close(self) -> None:
        """Lets go of lines."""
