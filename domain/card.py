"""The life of a card attempt: which outcome may follow which, and when a second charge is safe."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Direction(StrEnum):
    CHARGE = "charge"
    REVERSAL = "reversal"
    REFUND = "refund"


class AttemptState(StrEnum):
    """States of vocabulary 3.2; `asked` and `unknown` are open: money may or may not have moved."""

    ASKED = "asked"
    UNKNOWN = "unknown"
    PARKED = "parked"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    CAPTURED = "captured"


_RANK = {state: rank for rank, state in enumerate(AttemptState)}
OPEN = frozenset((AttemptState.ASKED, AttemptState.UNKNOWN, AttemptState.PARKED))


def state_of(outcomes: Iterable[AttemptState]) -> AttemptState:
    """The present state from all recorded outcomes, in any order: a final answer outranks an open one, and captured
    outranks every other, since money that may have moved must never be forgotten."""
    return max(outcomes, key=_RANK.__getitem__, default=AttemptState.ASKED)


def contradicts(outcomes: Iterable[AttemptState]) -> bool:
    """Two different final answers for one attempt: a person must look."""
    return len({outcome for outcome in outcomes if outcome not in OPEN}) > 1
