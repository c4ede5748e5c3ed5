"""What is to happen in a history, decided before it begins: any event can be left out without changing the others."""

from __future__ import annotations

import random
from dataclasses import dataclass

WHAT = {
    "act": 500, "sync": 260, "stopped act": 30, "stopped sync": 30, "power": 12, "tail": 20, "no cache": 8,
    "image": 40, "cut": 18, "heal": 30, "late": 30, "recover": 10, "skew": 12, "server stops": 10, "start": 40,
    "cache refuses": 12,
}  # fmt: skip
MIXES: dict[str, dict[str, int]] = {
    "plain": {"midnight": 6},
    "gate": {"act": 600},
    "power": {"stopped act": 300, "cache refuses": 150, "tail": 150, "image": 150, "cut": 0},
    "till": {"stopped act": 250, "power": 30, "cut": 0},
    "pages": {"sync": 300, "stopped sync": 400, "cut": 0},
    "line": {"sync": 500, "cut": 0, "power": 0},
    "restore": {"backup": 25, "restore": 14},
    "clone": {"clone": 8},
    "old file": {"backup": 25, "old file": 14},
    "scarce": {"act": 700, "cut": 30, "backup": 12, "restore": 8, "stopped act": 60},
    "midnight": {"midnight": 30, "sync": 400, "power": 4, "tail": 8, "no cache": 2},
    "moved": {"moved": 120, "forgotten": 90, "midnight": 6, "act": 250, "cut": 40},
    "anew": {"anew": 40, "cut": 30, "stopped act": 60},
    "put back": {"anew": 30, "backup": 25, "restore": 14, "new pc": 20},
    "goes on": {"goes on": 30, "backup": 25, "restore": 8, "old file": 8, "anew": 8, "new pc": 12},
    "guests": {"act": 1500, "sync": 500, "cut": 4, "no cache": 3},
    "refunds": {
        "act": 900,
        "sync": 300,
        "stopped act": 220,
        "power": 20,
        "recover": 30,
        "cut": 6,
        "heal": 60,
        "image": 10,
    },
    "bookings": {
        "act": 1200,
        "sync": 500,
        "stopped act": 80,
        "cut": 12,
        "heal": 60,
        "recover": 30,
        "image": 20,
        "night": 10,
    },
    "lies": {"act": 1200, "sync": 500, "stopped act": 40, "cut": 8, "heal": 60, "recover": 20, "image": 10},
    "claims": {"act": 1200, "sync": 500, "stopped act": 40, "cut": 8, "heal": 60, "recover": 20, "image": 10},
    "post": {"act": 1500, "sync": 500, "cut": 4, "heal": 60},
}
NAMES = tuple(MIXES)
_PAGES = dict.fromkeys(("midnight", "moved"), (1, 1, 2, 3, 5, 8, 13, 40))
_SURE = {
    "restore": ("backup", "restore"),
    "clone": ("clone",),
    "plain": ("midnight",),
    "old file": ("backup", "old file"),
    "scarce": ("backup", "restore"),
    "midnight": ("midnight", "midnight"),
    "moved": ("moved", "moved"),
    "anew": ("anew", "anew"),
    "put back": ("restore", "new pc"),
    "goes on": ("backup", "old file"),
    "bookings": ("heal", "night"),
    "lies": ("heal",),
    "claims": ("heal",),
}


@dataclass(frozen=True, slots=True)
class Event:
    """`number` makes its chance its own; `station` is which of those there are then."""

    number: int
    what: str
    station: int


@dataclass(frozen=True, slots=True)
class Plan:
    """`page` and `push` are how many rows and operations travel at once."""

    seed: int
    mix: str
    page: int
    push: int
    events: tuple[Event, ...]


def make_plan(seed: int, mix: str = "", length: int = 0) -> Plan:
    """The plan of a seed; the mix follows from it unless one is named."""
    chance = random.Random(f"plan {seed}")
    mix = mix or NAMES[seed % len(NAMES)]
    weights = WHAT | MIXES[mix]
    whats = chance.choices(list(weights), list(weights.values()), k=length or chance.randint(30, 90))
    for place, what in enumerate(_SURE.get(mix, ()), start=1):
        whats[len(whats) * place // 3] = what
    first = ["act"] * 4 + ["sync"]
    events = tuple(Event(n, what, chance.randrange(12)) for n, what in enumerate([*first, *whats]))
    return Plan(
        seed, mix, chance.choice(_PAGES.get(mix, (2, 3, 5, 8, 13, 40, 40))), chance.choice((1, 3, 50)), events
    )
