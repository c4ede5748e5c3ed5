"""What is wrong with a card's money: its answers, what the books say of it, and what the books do not say. Told from
the rows, so that it may be asked again at any time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain.card import AttemptState, Direction, contradicts
from ledger import tables as t
from ledger.case_finding import Finding
from ledger.read_money import STANDS

_KEYS: sa.BindParameter[str] = sa.bindparam("keys", expanding=True)
_CAPTURED = t.card_outcome.c.state == AttemptState.CAPTURED.value
_BACK = t.card_attempt.alias("back")


def _part(*columns: Any) -> sa.Select[Any]:
    """What a row says, of which attempt, about which sale, booking or refund, a word, minor units."""
    named = zip(("what", "attempt_id", "about", "word", "minor"), columns, strict=True)
    made = ((sa.literal(each) if isinstance(each, str | int) else each).label(name) for name, each in named)
    return sa.select(*made).where(columns[1].in_(_KEYS))


def _books() -> sa.CompoundSelect[Any]:
    asked, said, paid, given, failed = (
        t.card_attempt.c,
        t.card_outcome.c,
        t.payment.c,
        t.refund.c,
        t.refund_fail.c,
    )
    tried, done = t.refund_try.c, t.refund_done.c
    return sa.union_all(
        _part("asked", asked.attempt_id, asked.sale_id, asked.direction, asked.amount),
        _part("answered", said.attempt_id, "", said.state, said.amount),
        _part("failed", failed.attempt_id, failed.ask_id, "", 0),
        _part("paid", paid.attempt_id, paid.sale_id, paid.payment_id, paid.amount).where(STANDS),
        _part("given", given.attempt_id, given.booking_id, given.refund_id, given.amount),
        _part("undone", _BACK.c.original_id, _BACK.c.sale_id, _BACK.c.attempt_id, said.amount)
        .where(said.attempt_id == _BACK.c.attempt_id, _CAPTURED)
        .distinct(),
        _part("over", tried.attempt_id, tried.ask_id, "", 0).where(done.ask_id == tried.ask_id).distinct(),
    )


_BOOKS = _books()


@dataclass(slots=True)
class Card:
    """One attempt: whose sale it is for and which way, what it was answered, and minor units: what it `moved`, what the
    books say that payments came by it and what went back by it, what other attempts took back of it."""

    sale_id: str = ""
    direction: str = ""
    outcomes: list[AttemptState] = field(default_factory=list)
    moved: int = 0
    paid: dict[str, int] = field(default_factory=dict)  # by sale
    given: dict[str, int] = field(default_factory=dict)  # by booking
    undone: int = 0
    is_over: bool = False  # the refund that it is for was paid
    has_failed: bool = False  # the refund did, as it was said

    @property
    def in_books(self) -> int:
        return sum((self.paid if self.is_charge else self.given).values())

    @property
    def is_charge(self) -> bool:
        return self.direction == Direction.CHARGE.value

    def beyond(self) -> int:
        """What the books say beyond what is known to have moved: of another sale, or the other way, that is nothing."""
        fits = self.paid.get(self.sale_id, 0) if self.is_charge else self.in_books
        said = sum(self.paid.values()) + sum(self.given.values())
        return max(0, fits - self.moved) + said - fits

    def note(self, row: Any) -> None:
        match row.what:
            case "asked":
                self.sale_id, self.direction = row.about, row.word
            case "answered":
                self.outcomes.append(AttemptState(row.word))
                if row.word == AttemptState.CAPTURED:
                    self.moved = max(self.moved, row.minor)
            case "undone":
                self.undone += row.minor
            case "over":
                self.is_over = True
            case "failed":
                self.has_failed = True
            case _:
                said = self.paid if row.what == "paid" else self.given
                said[row.about] = said.get(row.about, 0) + row.minor


def cards(connection: Connection, keys: list[str]) -> dict[str, Card]:
    found: dict[str, Card] = defaultdict(Card)
    for row in connection.execute(_BOOKS, {"keys": keys}):
        found[row.attempt_id].note(row)
    return found


def attempts(connection: Connection, keys: list[str]) -> Iterator[tuple[str, Finding]]:
    """What is wrong with card attempts by their answers, and by what documents say of them."""
    for key, card in cards(connection, keys).items():
        if contradicts(card.outcomes) or (card.has_failed and AttemptState.CAPTURED in card.outcomes):
            yield key, Finding("card_contradiction", (("attempt", key),))
        if card.outcomes and set(card.outcomes) <= {AttemptState.UNKNOWN, AttemptState.PARKED}:
            yield key, Finding("card_unknown", (("attempt", key),))
        if beyond := card.beyond():
            yield key, Finding("card_short", (*_about(key, card), ("beyond_minor", str(beyond))))

        if card.is_over and card.moved > card.in_books:
            yield key, _unsaid(key, card, card.moved)


def alone(connection: Connection, keys: list[str]) -> Iterator[tuple[str, Finding]]:
    """Card money that no document speaks of: charged and neither sold nor taken back, or taken back of what stands."""
    for key, card in cards(connection, keys).items():
        moved = card.moved - card.undone if card.is_charge else card.moved
        is_known = card.is_over or not (card.is_charge or _is_sold(connection, key))
        if moved > card.in_books and not is_known:
            yield key, _unsaid(key, card, moved)


def _unsaid(key: str, card: Card, moved: int) -> Finding:
    facts = ("card_minor", str(moved)), ("books_minor", str(card.in_books))
    return Finding("card_alone", (("attempt", key), *facts))


_ORIGINAL = sa.select(
    sa.exists().where(
        t.card_attempt.c.attempt_id == sa.bindparam("attempt"),
        t.payment.c.attempt_id == t.card_attempt.c.original_id,
        t.payment.c.attempt_id != "",
    )
)


def _is_sold(connection: Connection, attempt_id: str) -> bool:
    """Whether a sale was paid by what this attempt takes back."""
    return bool(connection.execute(_ORIGINAL, {"attempt": attempt_id}).scalar_one())


def _about(key: str, card: Card) -> tuple[tuple[str, str], ...]:
    """The attempt, or, of one that nobody knows, the sales or bookings whose documents name it."""
    if card.direction:
        return (("attempt", key),)
    sales = (("sale", sale_id) for sale_id in sorted(card.paid))
    return (*sales, *(("booking", booking_id) for booking_id in sorted(card.given)))


_TRIED = sa.select(t.refund_try.c.attempt_id).where(
    t.refund_try.c.ask_id.in_(sa.bindparam("asks", expanding=True))
)


def tried_for(connection: Connection, operations: Iterable[op.Operation]) -> set[str]:
    """The card attempts, as subjects, of refunds that were paid."""
    asks = sorted({said.ask_id for said in operations if isinstance(said, op.RefundPaid)})
    found = connection.execute(_TRIED, {"asks": asks}).scalars() if asks else ()
    return {f"attempt:{attempt_id}" for attempt_id in found}
