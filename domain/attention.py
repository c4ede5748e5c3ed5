"""What a person must look at, and the ways in which each kind of it may be settled.

A new kind of case needs a row in `WAYS` and its words: `case.KIND.*` and `way.KIND.*` of the screens.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

AGAIN = "again"  # ways that do something besides closing
TAKE_BACK = "take_back"
WAIVE, NO_MORE = "waive", "no_more"  # a station is not awaited: it sends later, or never
GONE = ("gone", "yes")  # a fact of a settled case whose cause went away: should it come back, it is news
CARRIED = "_done"  # how the names of facts end that say more of a thing that another fact names
LOOK_BACK_DAYS = 7
# What was sold so has been sold: places that are given later change nothing, and only a person closes it.
STAYS = frozenset(("lease_overdrawn",))
# Who let somebody in takes that back within ten minutes, and the word of it may take a while. Later a person looks too.
TAKEN_BACK = frozenset(("double_admission", "admitted_canceled", "admitted_banned"))
FRESH_MS = 15 * 60_000


@dataclass(frozen=True, slots=True)
class Way:
    """One way to settle a kind of case; `note` when it needs a written word."""

    name: str
    note: bool = False


WAYS: dict[str, tuple[Way, ...]] = {
    "over_capacity": (Way("room"), Way("moved"), Way("stays", note=True)),
    "over_number": (Way("found"), Way("called_off"), Way("stays", note=True)),
    "beyond_lease": (Way("room"), Way("moved"), Way("stays", note=True)),
    "lease_overdrawn": (Way("room"), Way("moved"), Way("stays", note=True)),
    "places_held": (Way(TAKE_BACK, note=True), Way("waited")),
    "places_left": (Way(TAKE_BACK, note=True), Way("kept", note=True)),
    "lease_unknown": (Way(TAKE_BACK, note=True), Way("kept", note=True)),
    "double_admission": (Way("same_guest"), Way("sent_away"), Way("let_stay", note=True)),
    "admitted_canceled": (Way("paid_again"), Way("sent_away"), Way("let_stay", note=True)),
    "admitted_banned": (Way("let_stay", note=True), Way("sent_away"), Way("talked", note=True)),
    "over_paid": (Way("given_back"), Way("to_find", note=True)),
    "paid_before": (Way("as_paid"), Way("given_back"), Way("to_find", note=True)),
    "paid_otherwise": (Way("as_paid"), Way("set_right", note=True), Way("talked", note=True)),
    "paid_unknown": (Way("shown"), Way("set_right", note=True), Way("talked", note=True)),
    "paid_banned": (Way("let_in", note=True), Way("given_back"), Way("talked", note=True)),
    "card_unknown": (Way("charged", note=True), Way("not_charged", note=True)),
    "card_contradiction": (Way("charged", note=True), Way("not_charged", note=True)),
    "price_otherwise": (Way("as_paid"), Way("set_right", note=True), Way("talked", note=True)),
    "tickets_otherwise": (
        Way("paid_since", note=True),
        Way("set_right", note=True),
        Way("talked", note=True),
    ),
    "sold_short": (Way("paid_since", note=True), Way("talked", note=True)),
    "card_short": (Way("charged", note=True), Way("paid_since", note=True), Way("lost", note=True)),
    "card_alone": (Way("given_back", note=True), Way("written", note=True), Way("lost", note=True)),
    "half_told": (Way("found", note=True), Way("lost", note=True)),
    "number_repeated": (Way("both_kept"), Way("reissued", note=True)),
    "voided_twice": (Way("once"), Way("back", note=True), Way("lost", note=True)),
    "void_otherwise": (Way("set_right", note=True), Way("talked", note=True)),
    "refunded_twice": (Way("once"), Way("back", note=True), Way("lost", note=True)),
    "refund_unapproved": (Way("allowed"), Way("talked", note=True)),
    "refund_elsewhere": (Way("once"), Way("talked", note=True)),
    "refund_otherwise": (Way("set_right", note=True), Way("talked", note=True)),
    "over_refunded": (Way("back", note=True), Way("lost", note=True)),
    "closed_twice": (Way("first"), Way("second"), Way("counted", note=True)),
    "clock_far_off": (Way("clock_set"), Way("noted", note=True)),
    "station_copied": (Way("copy_off"), Way("put_back", note=True)),
    "not_permitted": (Way("allowed"), Way("talked", note=True)),
    "no_till": (Way("allowed"), Way("talked", note=True)),
    "quarantined": (Way(AGAIN), Way("by_hand", note=True), Way("lost", note=True)),
    "older_copy": (Way("put_back"), Way("broken", note=True)),
    "recovering": (Way(WAIVE, note=True), Way(NO_MORE, note=True)),
    "told": (Way("done"), Way("handed_on", note=True)),
}
_OTHER = (Way("done", note=True),)
# What tells how bad a kind is; one that has none is as bad as before only while nothing about it changed.
_MEASURES = {
    "over_capacity": ("sold", "capacity"),
    "over_number": ("taken", "per_day"),
    "double_admission": ("entries",),
    "beyond_lease": ("places",),
    "lease_overdrawn": ("places",),
    "places_held": ("places",),
    "places_left": ("places",),
    "over_paid": ("minor",),
    "paid_before": ("minor",),
    "sold_short": ("short",),
    "card_short": ("beyond_minor",),
    "card_alone": ("card_minor", "books_minor"),
    "number_repeated": ("documents",),
    "voided_twice": ("voids",),
    "refunded_twice": ("credits",),
    "over_refunded": ("minor",),
}


def ways_of(kind: str) -> tuple[Way, ...]:
    """The ways to settle a kind; one that this version does not know can still be settled with a note."""
    return WAYS.get(kind, _OTHER)


def ends_by_itself(kind: str, open_ms: int) -> bool:
    """Whether a case that has been open for so long closes when its cause goes away."""
    return kind not in STAYS and (kind not in TAKEN_BACK or open_ms <= FRESH_MS)


def is_worse(kind: str, settled: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Whether the facts of a case that a person settled have got worse since: what they said was about less."""
    if settled.get(GONE[0]) == GONE[1]:
        return True
    names = _MEASURES.get(kind)
    if names is None:
        return _told(settled) != _told(now)
    return _measure(names, now) > _measure(names, settled)


def _told(facts: Mapping[str, str]) -> dict[str, str]:
    """What the case itself says; more of a thing that it names is no news about the case."""
    return {name: value for name, value in facts.items() if not name.endswith(CARRIED)}


def _measure(names: tuple[str, ...], facts: Mapping[str, str]) -> int:
    """The first number, less the second if there is one."""
    first, *rest = (int(facts.get(name, "0") or 0) for name in names)
    return first - sum(rest)


def mark_of(facts: str) -> str:
    """What stands for the facts that somebody saw, when they settle a case."""
    return hashlib.sha256(facts.encode()).hexdigest()[:16]
