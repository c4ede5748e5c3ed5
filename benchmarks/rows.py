"""What a benchmark says: rows of figures, one held against its bar, with a ratio to something of the same run."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Floor:
    """What the plainest thing of a kind takes here, in this run, and took on the machine that a bar was set on."""

    what: str
    here: float
    there: float


@dataclass(frozen=True, slots=True)
class Row:
    """`judged` names the figure that `bar` is about; `at_least` when more is better. `ratio` is the judged (or first)
    figure over what `beside` says, measured in the same run. With a `floor` it is that: the bar is for the machine
    that it was set on, and `limit` is higher on one where the floor is."""

    what: str
    unit: str
    figures: Figures
    judged: str = ""
    bar: float | None = None
    at_least: bool = False
    ratio: float | None = None
    beside: str = ""
    note: str = ""
    floor: Floor | None = None

    @property
    def limit(self) -> float | None:
        if self.bar is None or self.floor is None:
            return self.bar
        return self.bar * max(1.0, self.floor.here / self.floor.there)

    @property
    def verdict(self) -> Literal["ok", "missed", ""]:
        if self.limit is None:
            return ""
        value = self.figures[self.judged]
        return "ok" if (value >= self.limit if self.at_least else value <= self.limit) else "missed"

    @property
    def compared(self) -> tuple[float, str] | None:
        """The ratio and what it is to."""
        if self.floor is not None:
            return self.figures[self.judged] / self.floor.here, self.floor.what
        return None if self.ratio is None else (self.ratio, self.beside)


class Skipped(Exception):
    """A part cannot be measured here; the reason is told."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured. `full` adds what takes minutes."""

    quick: bool = False
    full: bool = False

    def of(self, usual: int, quick: int) -> int:
        return quick if self.quick else usual


Part = Callable[[Scale], list[Row]]


@dataclass(slots=True)
class Report:
    rows: list[tuple[str, Row]] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        return {
            "rows": [_row(part, row) for part, row in self.rows],
            "skipped": [{"part": part, "why": why} for part, why in self.skipped],
        }


def _row(part: str, row: Row) -> dict[str, object]:
    measured = {name: round(value, 4) for name, value in row.figures.items()}
    bar = (
        None if row.limit is None else {"figure": row.judged, "least" if row.at_least else "most": row.limit}
    )
    ratio = None if row.compared is None else {"to": row.compared[1], "is": round(row.compared[0], 3)}
    return {
        "part": part,
        "what": row.what,
        "unit": row.unit,
        "measured": measured,
        "bar": bar,
        "ratio": ratio,
        "verdict": row.verdict,
        "note": row.note,
    }


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that `percent` of all do not exceed."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(len(ranked) * percent / 100) - 1)]


def spread(values: Sequence[float]) -> Figures:
    return {"p50": percentile(values, 50), "p99": percentile(values, 99)}


def line(part: str, row: Row) -> str:
    """One line of the table."""
    figures = "  ".join(f"{name} {_short(value)}" for name, value in row.figures.items())
    bar = ""
    if row.limit is not None:
        bar = f"{'>=' if row.at_least else '<='} {_short(row.limit)}"
    ratio = "" if row.compared is None else f"{row.compared[0]:.2f} x {row.compared[1]}"
    told = f"{part:<12}{row.what:<58}{figures:<40}{row.unit:<8}{bar:<10}{row.verdict:<8}{ratio}"
    return (told + (f"  ({row.note})" if row.note else "")).rstrip()


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:.3g}"
