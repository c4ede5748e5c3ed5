"""What the page of what needs attention shows: frozen records, ready to be worded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.attention import Way
from domain.catalogue import Words
from domain.money import Money


class Source(StrEnum):
    """Where an item comes from, which decides what can be done about it."""

    CASE = "case"
    TOLD = "told"
    PAYMENT = "payment"
    VOID = "void"
    REFUND = "refund"
    PRINT = "print"
    REQUEST = "request"
    MESSAGES = "messages"


@dataclass(frozen=True, slots=True)
class Passed:
    """Somebody came through a gate."""

    at: datetime
    gate: Words
    by: Words


@dataclass(frozen=True, slots=True)
class Closing:
    """One end of a shift: its Z report, what was counted, by whom and when."""

    number: str
    counted: Money
    by: Words
    at: datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """A session: what, and from when to when."""

    name: Words
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Named:
    """A word of the screens: `group.name`."""

    group: str
    name: str


@dataclass(frozen=True, slots=True)
class Basket:
    """A sale without a document: what was added first, and how many things there are."""

    first: Words
    items: int


@dataclass(frozen=True, slots=True)
class Down:
    """A channel by which no message goes out, and why."""

    channel: str
    why: str


FactValue = Basket | Closing | Down | Words | Money | date | datetime | Passed | Slot | Named | str


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what is known: who, what, when, how much, which document."""

    name: str
    value: FactValue


@dataclass(frozen=True, slots=True)
class Settled:
    """How somebody settled it. `by` is None when it closed by itself, `way` then empty."""

    at: datetime
    by: Words | None
    way: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that needs attention. `kind` is a case's kind, a print job's or a payment's state. `thing` is the id of
    what the item is about at its source; `mark` stands for the facts of a case. `earlier` are settlements before
    it opened again; `settled` is None while it is open. `folder` is where a PDF of the same paper lies."""

    key: str
    source: Source
    kind: str
    thing: str
    at: datetime
    facts: tuple[Fact, ...]
    amount: Money | None = None
    ways: tuple[Way, ...] = ()
    mark: str = ""
    earlier: tuple[Settled, ...] = ()
    settled: Settled | None = None
    folder: str = ""


@dataclass(frozen=True, slots=True)
class AttentionPage:
    """`may_settle`: who is signed in may settle without a second person. Cases are settled only while `online`; since
    when the server is away is `offline_since`."""

    items: tuple[Item, ...]
    closed: tuple[Item, ...]
    may_settle: bool
    offline_since: datetime | None


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """What a shift leaves open when it closes: records that the server does not have, open cases of what was done in
    it, paper that did not come out, requests without an answer. `about`: some of the records may be there."""

    unsent: int = 0
    cases: int = 0
    prints: int = 0
    requests: int = 0
    about: bool = False

    @property
    def things(self) -> int:
        """Without what is only on its way."""
        return self.cases + self.prints + self.requests

    def __bool__(self) -> bool:
        return bool(self.unsent or self.things)


NOTHING_LEFT = LeftOpen()
