"""What a cancellation gives back: the venue's policy, the fee that follows from it, and the quote that says so.

A policy is a record of the catalogue. Shares are basis points (10,000 = all). Which payment gets the money is for
`domain.refund` to say, what stands on the credit note for `domain.credit`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise

from domain.catalogue import Words
from domain.errors import Code, Refused
from domain.money import Money, half_up, spread, total
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

    `least_fee` and `most_fee` bound each fee there is; `fees_back`: service fees go back like all else. A quote holds
    for `valid_minutes`.
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
    """A charge that is given up, VAT-inclusive. `service`: a fee for the booking itself."""

    charge_id: str
    gross: Money
    service: bool = False


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
    """What goes back and why, as it was when it was asked for: `refund` = paid - used - service - fee - back, or
    nothing. `hours` is the tier's; `share` goes back before the fixed fee; `service` are the service fees that stay."""

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


# the quote -------------------------------------------------------------------------------------------------------


def quote(policy: Policy, account: Account, *, revision: int, asked: Asked) -> Quote:
    """What the policy, as saved under `revision`, gives for `account`. What was paid beyond the charges is not part of
    it. Refuses what `check` refuses."""
    check(policy)
    ground, tier = _terms(policy, asked, account.paid.zero)
    gross = total((each.gross for each in account.given), account.paid.currency)
    used = total((each.amount for each in account.used), gross.currency)
    service = _service(policy, account, ground)
    at_most = _not_negative(min(account.paid, gross) - used - service)
    fee = min(_fee(policy, tier, ground, _not_negative(gross - used - service)), at_most)
    refund = _not_negative(at_most - fee - account.back)
    until = asked.now + timedelta(minutes=policy.valid_minutes)
    return Quote(
        policy.policy_id, revision, ground, tier.hours, tier.back, asked.now, until, gross, account.paid,
        account.used, service, fee, account.back, refund, _lines(account, refund, kept=bool(service)),
    )  # fmt: skip


def check_valid(given: Quote, now: datetime) -> None:
    """Refuses `quote_expired` once the quote's time is over; its last moment still holds."""
    if now > given.valid_until:
        raise Refused(Code.QUOTE_EXPIRED)


def deadline(starts_at: datetime, hours: int, zone: tzinfo) -> datetime:
    """The last moment that is `hours` before the start, by the hours that pass or by the clock on the venue's wall,
    whichever is later: a change of summer time takes nothing from a guest."""
    span = timedelta(hours=hours)
    by_wall = (starts_at.astimezone(zone) - span).astimezone(UTC)
    return max(starts_at.astimezone(UTC) - span, by_wall)


def _terms(policy: Policy, asked: Asked, nothing: Money) -> tuple[Ground, Tier]:
    """What decides, and as which tier."""
    late = policy.tiers[-1].fee if policy.tiers else nothing
    if asked.cause is Cause.VENUE:
        return Ground.VENUE, Tier(0, BASIS, nothing)
    if asked.cause is Cause.WEATHER:
        return Ground.WEATHER, Tier(0, policy.weather, nothing)
    if policy.non_refundable:
        return Ground.NON_REFUNDABLE, Tier(0, 0, nothing)
    if asked.checked_in:
        return Ground.CHECKED_IN, Tier(0, policy.after_check_in, late)
    turns = (*asked.moves, Moved(asked.now, asked.starts_at))
    return min((_at(policy, turn, asked.zone, late) for turn in turns), key=_kindness)


def _kindness(terms: tuple[Ground, Tier]) -> tuple[int, int]:
    return terms[1].back, -terms[1].fee.minor


def _at(policy: Policy, turn: Moved, zone: tzinfo, late: Money) -> tuple[Ground, Tier]:
    """What a cancellation at that moment comes under."""
    for tier in policy.tiers:
        if turn.at <= deadline(turn.starts_at, tier.hours, zone):
            return Ground.TIER, tier
    if policy.same_day is not None and turn.at < _day_after(turn.starts_at, zone):
        return Ground.SAME_DAY, Tier(0, policy.same_day, late)
    return Ground.NO_SHOW, Tier(0, policy.no_show, late)


def _day_after(starts_at: datetime, zone: tzinfo) -> datetime:
    """When the venue's day of the start is over."""
    day = starts_at.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, time(), zone)


def _service(policy: Policy, account: Account, ground: Ground) -> Money:
    """The service fees that stay."""
    goes = policy.fees_back or ground in (Ground.VENUE, Ground.WEATHER)
    return total((each.gross for each in account.given if each.service and not goes), account.paid.currency)


def _fee(policy: Policy, tier: Tier, ground: Ground, base: Money) -> Money:
    """What stays of `base`; before it is known how much of it was paid."""
    if ground is Ground.NON_REFUNDABLE:
        return base
    if tier.back == BASIS and not tier.fee:
        return base.zero
    fee = Money(half_up(base.minor * (BASIS - tier.back), BASIS), base.currency) + tier.fee
    fee = max(fee, policy.least_fee or base.zero)
    return fee if policy.most_fee is None else min(fee, policy.most_fee)


def _lines(account: Account, refund: Money, *, kept: bool) -> tuple[Back, ...]:
    """The refund spread over what is left of each charge, so that the lines add up to it."""
    left = [0 if each.service and kept else _left_of(each, account.used) for each in account.given]
    whole = sum(left) or 1
    shares = spread(refund.minor, [refund.minor * part for part in left], whole)
    pairs = zip(account.given, shares, strict=True)
    return tuple(Back(each.charge_id, Money(share, refund.currency)) for each, share in pairs if share)


def _left_of(given: Given, used: tuple[Used, ...]) -> int:
    return max(0, given.gross.minor - sum(u.amount.minor for u in used if u.charge_id == given.charge_id))


def _not_negative(amount: Money) -> Money:
    return max(amount, amount.zero)


# what a policy may be --------------------------------------------------------------------------------------------


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
