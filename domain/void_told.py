"""A void that a station says it made, held against what was sold. It is kept whatever it says, for the money is gone;
what differs a person looks at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Wrong(StrEnum):
    """`station`, `shift`: another than sold it. `tender`: other payments gave it, or in another way. `card`: it went
    back to a card, and no card is known that took it. `left_good`, `left`: of tickets and charges, which it must end
    all, and no others'."""

    NO_SALE = "no_sale"
    STATION = "station"
    SHIFT = "shift"
    AMOUNT = "amount"
    TENDER = "tender"
    CARD = "card"
    LEFT_GOOD = "left_good"
    LEFT = "left"
    SAME_PERSON = "same_person"


@dataclass(frozen=True, slots=True)
class Sold:
    """What is known of the sale: `payments` that stand are method and minor units by id."""

    where: tuple[str, str]  # station and shift
    gross: int
    payments: Mapping[str, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a payment gave back: `taken`, by a reversal that the card took; `refused`, a reversal was tried, and the
    card took none."""

    payment_id: str
    method: str
    minor: int
    taken: bool
    refused: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What was told. `good` tickets and `standing` charges are those that no sale is left for; `others` says that it
    ended some of another booking."""

    where: tuple[str, str]
    people: tuple[str, str]  # who made it, who said yes
    gross: int
    parts: tuple[TakenBack, ...]
    good: bool
    standing: bool
    others: bool


def wrongs(sold: Sold | None, told: Told) -> tuple[Wrong, ...]:
    """In what a void differs from the sale that it ends."""
    if sold is None:
        return (Wrong.NO_SALE,)
    began = any(part.taken or part.refused for part in told.parts)  # ended, whatever came in between
    found = (
        (Wrong.STATION, told.where[0] != sold.where[0]),
        (Wrong.SHIFT, told.where[1] != sold.where[1] and not began),
        (Wrong.AMOUNT, told.gross != sold.gross),
        (Wrong.TENDER, any(_tenders(sold, told))),
        (Wrong.CARD, any(part.method == "card" and not part.taken for part in told.parts)),
        (Wrong.LEFT_GOOD, told.good),
        (Wrong.LEFT, told.standing or told.others),
        (Wrong.SAME_PERSON, told.people[0] == told.people[1]),
    )
    return tuple(wrong for wrong, is_so in found if is_so)


def _tenders(sold: Sold, told: Told) -> Iterator[bool]:
    """Whether each part went back as it should: in cash what came in cash, and what a card did not take back."""
    gave = Counter[str]()
    for part in told.parts:
        gave[part.payment_id] += part.minor
    yield dict(gave) != {payment_id: minor for payment_id, (_, minor) in sold.payments.items()}
    for part in told.parts:
        method, _ = sold.payments.get(part.payment_id, (part.method, 0))
        if method != part.method:
            yield part.method == "card" or not part.refused
