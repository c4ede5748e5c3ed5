"""A refund that a station says it paid, held against what was asked for and approved. It is kept whatever it says, for
the money is gone; what differs a person looks at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.money import Money
from domain.operation_refund import RefundAsked, RefundShare


class Wrong(StrEnum):
    """`parts`: of other things of the sale. `tender`: other payments gave it, or in another way. `card`: it went to a
    card, and no card is known that took it. `approver`: who approved what the server began paid it too."""

    SALE = "sale"
    AMOUNT = "amount"
    PARTS = "parts"
    TENDER = "tender"
    CARD = "card"
    TICKETS = "tickets"
    APPROVER = "approver"


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What a payment gave back; `taken`: a card is known that took it for this."""

    payment_id: str
    method: str
    minor: int
    taken: bool


@dataclass(frozen=True, slots=True)
class PaidBack:
    """What was told: `lines` are pieces and minor units by charge, `ended` the tickets that it ended, `good` those of
    what was asked for that are good still. `cash_approver_id` let card money go back in cash."""

    staff_id: str
    sale: tuple[str, str]  # and its booking
    amount: Money
    lines: Mapping[str, tuple[int, int]]
    parts: tuple[GivenBack, ...]
    ended: frozenset[str]
    good: frozenset[str]
    cash_approver_id: str


def wrongs(asked: RefundAsked, paid: PaidBack, approver_id: str) -> tuple[Wrong, ...]:
    """In what it was paid otherwise than it was asked for; `approver_id` approved it."""
    lines = {line.charge_id: (line.pieces, line.gross.minor) for line in asked.lines}
    by_server = not asked.station_id
    found = (
        (Wrong.SALE, paid.sale != (asked.sale_id, asked.booking_id)),
        (Wrong.AMOUNT, paid.amount != asked.amount),
        (Wrong.PARTS, lines != dict(paid.lines)),
        (Wrong.TENDER, any(_tenders(asked, paid))),
        (Wrong.CARD, any(part.method == "card" and not part.taken for part in paid.parts)),
        (Wrong.TICKETS, bool(paid.ended - set(asked.tickets) or paid.good)),
        (Wrong.APPROVER, by_server and bool(approver_id) and paid.staff_id == approver_id),
    )
    return tuple(wrong for wrong, is_so in found if is_so)


def _tenders(asked: RefundAsked, paid: PaidBack) -> Iterator[bool]:
    """Whether each part went back as it should: what came in cash in cash, and what came by card in cash only where
    somebody let it."""
    gave = Counter[str]()
    for part in paid.parts:
        gave[part.payment_id] += part.minor
    shares: dict[str, RefundShare] = {share.payment_id: share for share in asked.shares}
    yield dict(gave) != {payment_id: share.amount.minor for payment_id, share in shares.items()}
    for part in paid.parts:
        share = shares.get(part.payment_id)
        if share is not None and share.method != part.method:
            yield part.method == "card" or not paid.cash_approver_id
