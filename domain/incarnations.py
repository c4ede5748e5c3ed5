"""Which of a station's incarnations a journal answers for: all that was done as them is in it.

A number that is given first after a restore leaps, so that none is given twice; the folder that gets it keeps from
where. Its text is such as `1-2,9041-9042,2>9041`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

Spans = tuple[tuple[int, int], ...]  # first and last number of each run, in order, none touching the next
_PART = re.compile(r"(\d{1,9})([->])(\d{1,9})")
_MOST = 200


def merged(*many: Iterable[tuple[int, int]]) -> Spans:
    """All numbers of all of them."""
    runs = list[tuple[int, int]]()
    for first, last in sorted(run for some in many for run in some if run[0] <= run[1]):
        if runs and first <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], max(runs[-1][1], last))
        else:
            runs.append((first, last))
    return tuple(runs)


def covers(spans: Spans, first: int, last: int) -> bool:
    """Whether every number from `first` to `last` is among them."""
    return any(run[0] <= first and last <= run[1] for run in spans)


@dataclass(frozen=True, slots=True)
class Been:
    """The `numbers` that a folder has been, and of those that leapt what the server knew of last (`leaps`)."""

    numbers: Spans
    leaps: Spans = ()

    def together(self, other: Been) -> Been:
        return Been(merged(self.numbers, other.numbers), tuple(sorted({*self.leaps, *other.leaps})))

    def spans(self, given: int = 0) -> Spans:
        """All that the journal answers for: there was nothing where a number leapt, as far as the server that gave it
        knew. Nothing follows from the leap to the one that was `given` since the present restore."""
        return merged(self.numbers, ((after + 1, number) for after, number in self.leaps if number != given))

    @property
    def text(self) -> str:
        parts = [f"{first}-{last}" for first, last in self.numbers]
        return ",".join(parts + [f"{after}>{number}" for after, number in self.leaps])


def been_as(number: int, after: int = -1) -> Been:
    """What a folder answers for since it was made `number`, the next `after` that one; less than 0: nobody knows."""
    return Been(((number, number),), ((after, number),) if 0 <= after < number - 1 else ())


def been_of(text: str) -> Been:
    """What the text says; nothing where it says nothing."""
    found = [part for part in map(_PART.fullmatch, text.split(",")[:_MOST]) if part]
    pairs = [(part[2], (int(part[1]), int(part[3]))) for part in found]
    numbers = merged(pair for sign, pair in pairs if sign == "-")
    return Been(numbers, tuple(pair for sign, pair in pairs if sign == ">" and pair[0] < pair[1]))
