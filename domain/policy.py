"""What a cancellation gives back: the venue's policy, what may be asked of it, and the quote that answers.

A policy is a record of the catalogue. Shares are basis points (10,000 = all). What it gives is for `domain.quoting` to
work out, which payment gets the money for `domain.refund`, what stands on the credit note for `domain.credit`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from itertools import pairwise

from domain.catalogue import Words
from domain.errors import Code, Refused
from domain.money import Money
from domain.vat import BASIS

MOST_HOURS = 24 * 366
MOST_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Tier:
    """Whoever cancels at least `hours` before the start gets the share `back`, less the fixed `fee`."""

    hours: int
    back: int
    fee: Money


@dataclass(frozen=True, slots=True)
class Policy:
    """`tiers` from the earliest on. `same_day` is for an unused ticket until the day of its start ends, `no_show` for
    whatever comes after that and the tiers, `after_check_in` once a guest came in; they keep the last tier's fixed fee.

    `least_fee` and `most_fee` bound the fee of a cancellation where there is one. A quote holds for `valid_minutes`.
    `fees_back` is not used any more; records have it.
    """

    policy_id: str
    name: Words
    tiers: tuple[Tier, ...] = ()
    same_day: int | None = None
    no_show: int = 0
    after_check_in: int = 0
    weather: int = BASIS
    fees_back: bool = False
    non_refundable: bool = False
    least_fee: Money | None = None
    most_fee: Money | None = None
    valid_minutes: int = 15


class Cause(StrEnum):
    """Who or what ends it. What the venue ends goes back whole, whatever the policy says."""

    GUEST = "guest"
    WEATHER = "weather"
    VENUE = "venue"


class Ground(StrEnum):
    """Which part of a policy decided."""

    TIER = "tier"
    SAME_DAY = "same_day"
    NO_SHOW = "no_show"
    CHECKED_IN = "checked_in"
    NON_REFUNDABLE = "non_refundable"
    WEATHER = "weather"
    VENUE = "venue"


class Use(StrEnum):
    """Why money stays before any fee is counted."""

    FOOD = "food"
    PACKAGE = "package"
    BAND = "band"
    LATE = "late"
    DAMAGE = "damage"


@dataclass(frozen=True, slots=True)
class Given:
    """A charge that is given up, VAT-inclusive."""

    charge_id: str
    gross: Money


@dataclass(frozen=True, slots=True)
class Used:
    """A part of the charge `charge_id` that was used up; without one, what the guest owes besides."""

    cause: Use
    amount: Money
    charge_id: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """The charges given up, what of them was used, what was `paid` for them, and what of that is `back` already."""

    given: tuple[Given, ...]
    used: tuple[Used, ...]
    paid: Money
    back: Money


@dataclass(frozen=True, slots=True)
class Moved:
    """`at` that moment it was moved, away from what starts (or started) at `starts_at`."""

    at: datetime
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """When and why it is asked for; `zone` is the venue's. `checked_in`: a guest of it came in. `moves` made before, by
    none of which a guest wins back what a cancellation at that moment would have cost."""

    now: datetime
    starts_at: datetime
    zone: tzinfo
    cause: Cause = Cause.GUEST
    checked_in: bool = False
    moves: tuple[Moved, ...] = ()


@dataclass(frozen=True, slots=True)
class Back:
    """How much of a charge goes back, VAT-inclusive."""

    charge_id: str
    gross: Money


@dataclass(frozen=True, slots=True)
class Quote:
    """What goes back and why, as it was when it was asked for: `refund` = paid - used - fee - back, or nothing. `hours`
    is the tier's; `share` goes back before the fixed fee. `fee` is its part where several quotes of a policy bear one.
    `service` is not used any more, and nothing; records have it."""

    policy_id: str
    revision: int
    ground: Ground
    hours: int
    share: int
    asked_at: datetime
    valid_until: datetime
    total: Money
    paid: Money
    used: tuple[Used, ...]
    service: Money
    fee: Money
    back: Money
    refund: Money
    lines: tuple[Back, ...]


def check(policy: Policy) -> None:
    """Refuses `policy_percent` for a share outside 0–100 %, `policy_fee` for a fee below zero, bounds that cross and
    two currencies, `policy_time` for hours and minutes that make no sense, and `policy_order` unless tiers come from
    the earliest on and no later one is kinder."""
    if any(not 0 <= share <= BASIS for share in _shares(policy)):
        raise Refused(Code.POLICY_PERCENT)
    if _fees_wrong(policy):
        raise Refused(Code.POLICY_FEE)
    hours = [tier.hours for tier in policy.tiers]
    if not all(0 <= each <= MOST_HOURS for each in hours) or not 1 <= policy.valid_minutes <= MOST_MINUTES:
        raise Refused(Code.POLICY_TIME)
    later = [] if policy.same_day is None else [policy.same_day]
    shares = [*(tier.back for tier in policy.tiers), *later, policy.no_show]
    if any(one <= two for one, two in pairwise(hours)) or any(one < two for one, two in pairwise(shares)):
        raise Refused(Code.POLICY_ORDER)
    if any(one.fee > two.fee for one, two in pairwise(policy.tiers)):
        raise Refused(Code.POLICY_ORDER)


def _shares(policy: Policy) -> Iterator[int]:
    yield from (tier.back for tier in policy.tiers)
    yield from (policy.no_show, policy.after_check_in, policy.weather)
    if policy.same_day is not None:
        yield policy.same_day


def _fees_wrong(policy: Policy) -> bool:
    bounds = [fee for fee in (policy.least_fee, policy.most_fee) if fee is not None]
    fees = [*bounds, *(tier.fee for tier in policy.tiers)]
    if len({fee.currency for fee in fees}) > 1 or any(fee.minor < 0 for fee in fees):
        return True
    return len(bounds) == 2 and bounds[0] > bounds[1]
