"""The seeds that are kept: for each seeded bug a plan that shows it, and every plan that ever found a fault of ours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.simulation.plan import Plan, make_plan

FILE = Path(__file__).with_name("seeds.txt")
HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Kept:
    """`what` is a bug's name, or `history` for a plan that must pass."""

    what: str
    seed: int
    mix: str
    length: int

    @property
    def plan(self) -> Plan:
        return make_plan(self.seed, self.mix, self.length)

    def line(self) -> str:
        return f"{self.what} | {self.seed} | {self.mix} | {self.length}"


def kept() -> tuple[Kept, ...]:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return tuple(_read(line) for line in lines if line and not line.startswith("#"))


def _read(line: str) -> Kept:
    what, seed, mix, length = (part.strip() for part in line.split("|"))
    return Kept(what, int(seed), mix, int(length))
