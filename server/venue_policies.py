"""Cancellation policies in a venue file: percent as whole numbers, tiers as texts such as `24h 100%` or `2h 50% 10.00`
(hours before the start, what goes back, a fixed fee)."""

from __future__ import annotations

import re

from domain.errors import Code, Refused
from domain.money import Money, parse
from domain.policy import Policy, Tier, check
from domain.vat import BASIS
from server.toml_entry import Entry

_TIER = re.compile(r"(\d{1,4})h (\d{1,3})%(?: (\S+))?")
_WHAT = {
    Code.POLICY_PERCENT: "a share is outside 0 to 100 percent",
    Code.POLICY_FEE: "a fee is below zero, or the smallest is above the largest",
    Code.POLICY_TIME: "hours or minutes that make no sense",
    Code.POLICY_ORDER: "tiers go from the earliest to the latest, and a later one is never kinder",
}
_NO_FEES = "fees_back is no key any more: nothing is sold as a fee for the booking itself; take this line out"


def read_policy(entry: Entry, currency: str) -> Policy:
    """The policy of one table; what makes no sense is told of its tiers."""
    policy = Policy(
        entry.text("id"),
        entry.words("name"),
        tuple(_tier(entry, text, currency) for text in _tiers(entry)),
        _maybe(entry, "same_day"),
        _share(entry, "no_show", 0),
        _share(entry, "after_check_in", 0),
        _share(entry, "weather", 100),
        non_refundable=entry.flag("non_refundable"),
        least_fee=_fee(entry, "least_fee", currency),
        most_fee=_fee(entry, "most_fee", currency),
        valid_minutes=entry.whole("valid_minutes", 1, 1440, 15),
    )
    try:
        check(policy)
    except Refused as refused:
        if not entry.mistakes:
            entry.wrong("tiers", f"tiers: {_WHAT[refused.code]}")
    if "fees_back" in entry.raw:
        entry.wrong("fees_back", _NO_FEES)
    return policy


def _tiers(entry: Entry) -> list[str]:
    entry.asked.add("tiers")
    return entry.texts("tiers") if "tiers" in entry.raw else []


def _tier(entry: Entry, text: str, currency: str) -> Tier:
    found, nothing = _TIER.fullmatch(text), Money(0, currency)
    if found is None:
        entry.wrong("tiers", f"tiers: {text!r} wants hours, percent and perhaps a fee, such as 24h 50% 10.00")
        return Tier(0, 0, nothing)
    try:
        fee = parse(found[3], currency) if found[3] else nothing
    except Refused:
        entry.wrong("tiers", f"tiers: {found[3]!r} is no amount of {currency}")
        fee = nothing
    return Tier(int(found[1]), int(found[2]) * (BASIS // 100), fee)


def _share(entry: Entry, key: str, default: int | None = None) -> int:
    return entry.whole(key, 0, 100, default) * (BASIS // 100)


def _maybe(entry: Entry, key: str) -> int | None:
    entry.asked.add(key)
    return _share(entry, key) if key in entry.raw else None


def _fee(entry: Entry, key: str, currency: str) -> Money | None:
    entry.asked.add(key)
    return entry.money(key, currency) if key in entry.raw else None
