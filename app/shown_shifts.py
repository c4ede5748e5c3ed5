"""What the shift's service hands to screens: the drawer's session, its moves and its counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.shown_attention import NOTHING_LEFT, LeftOpen
from domain.catalogue import Words
from domain.money import Money


@dataclass(frozen=True, slots=True)
class ShiftPage:
    """The drawer's session. Never shows expected cash before a count was given (blind). `may_read_cash`: whoever is
    signed in may print an X with the cash without a second person. `about`: some of what waits may have arrived."""

    shift_id: str
    opened_at: datetime
    opened_by: Words
    opening: Money
    sales: int
    moves: tuple[MoveRow, ...]
    counts_given: int
    open_payments: int
    waiting: int
    may_read_cash: bool = False
    held: int = 0
    about: bool = False


TAKEN_BACK = " ↩"  # on record, in no language, behind the cash that was given back when a payment was undone


@dataclass(frozen=True, slots=True)
class MoveRow:
    kind: str
    amount: Money
    reason: str
    at: datetime
    by: Words


@dataclass(frozen=True, slots=True)
class CountShown:
    """After a count: what it came to and how far off it is. `may_recount` once; `over_limit` needs a supervisor
    (also when `expected` is less than nothing). With something `left` open the shift closes as provisional."""

    counted: Money
    expected: Money
    difference: Money
    over_limit: bool
    may_recount: bool
    left: LeftOpen = NOTHING_LEFT
