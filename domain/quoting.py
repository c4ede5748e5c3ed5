"""What a policy gives for what is given up, and the fee that stays: one for all that one policy is asked at once.

The percentage is taken of all that has the same terms, and rounded once. Of the fixed fees of several terms the highest
is taken, once; the least and the most bound it all together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo

from domain.money import Money, half_up, spread, total
from domain.policy import (
    Account,
    Asked,
    Back,
    Cause,
    Given,
    Ground,
    Moved,
    Policy,
    Quote,
    Tier,
    Used,
    check,
)
from domain.vat import BASIS

_MOMENT = timedelta(milliseconds=1)  # as records keep it


@dataclass(frozen=True, slots=True)
class Piece:
    """A charge that is given up, or as much of it as has the same terms, by a policy as saved under `revision`."""

    policy: Policy
    revision: int
    asked: Asked
    given: Given


def quote_pieces(pieces: Iterable[Piece]) -> tuple[Quote, ...]:
    """What is given up together, all of it paid: one quote for each policy and each of its terms, in their order."""
    found: dict[tuple[Policy, int], dict[Asked, list[Given]]] = {}
    for each in pieces:
        found.setdefault((each.policy, each.revision), {}).setdefault(each.asked, []).append(each.given)
    return tuple(
        each
        for (policy, revision), alike in found.items()
        for each in _together(policy, [(_paid(given), asked) for asked, given in alike.items()], revision)
    )


def quote(policy: Policy, account: Account, *, revision: int, asked: Asked) -> Quote:
    """What the policy, as saved under `revision`, gives for `account`. What was paid beyond the charges is not part of
    it. Refuses what `check` refuses."""
    return _together(policy, [(account, asked)], revision)[0]


def deadline(starts_at: datetime, hours: int, zone: tzinfo) -> datetime:
    """The last moment that is `hours` before the start, by the hours that pass or by the clock on the venue's wall,
    whichever is later: a change of summer time takes nothing from a guest."""
    span = timedelta(hours=hours)
    by_wall = (starts_at.astimezone(zone) - span).astimezone(UTC)
    return max(starts_at.astimezone(UTC) - span, by_wall)


def _paid(given: list[Given]) -> Account:
    gross = total((each.gross for each in given), given[0].gross.currency)
    return Account(tuple(given), (), gross, gross.zero)


def _together(policy: Policy, parts: Sequence[tuple[Account, Asked]], revision: int) -> tuple[Quote, ...]:
    check(policy)
    decided = [(account, asked, _terms(policy, asked, account.paid.zero)) for account, asked in parts]
    fees = _fees(policy, [_bearing(account, *terms) for account, _, terms in decided])
    until = min(_until(policy, *each) for each in parts)  # one fee: where one comes to less, so do the others
    return tuple(
        _quote((policy, revision, fee), account, (asked.now, until), terms)
        for (account, asked, terms), fee in zip(decided, fees, strict=True)
    )


def _quote(
    by: tuple[Policy, int, int],
    account: Account,
    holds: tuple[datetime, datetime],
    terms: tuple[Ground, Tier],
) -> Quote:
    """`by` is the policy with its revision, and what the account bears of its fee; it `holds` from when to when."""
    (policy, revision, bears), (ground, tier), free = by, terms, _free(account)
    fee = free if ground is Ground.NON_REFUNDABLE else Money(bears, free.currency)
    refund = _not_negative(free - fee - account.back)
    return Quote(
        policy.policy_id, revision, ground, tier.hours, tier.back, *holds, _gross(account), account.paid,
        account.used, free.zero, fee, account.back, refund, _lines(account, refund),
    )  # fmt: skip


# the terms -------------------------------------------------------------------------------------------------------


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


def _until(policy: Policy, account: Account, asked: Asked) -> datetime:
    """The last moment at which it gives the same, within the policy's minutes."""
    now, last = asked.now, asked.now + timedelta(minutes=policy.valid_minutes)

    def gives(moment: datetime) -> tuple[int, int]:
        return _kindness(_terms(policy, replace(asked, now=moment), account.paid.zero))

    edges = [deadline(asked.starts_at, tier.hours, asked.zone) for tier in policy.tiers]
    edges.append(_day_after(asked.starts_at, asked.zone) - _MOMENT)
    near = (edge for edge in edges if now < edge + _MOMENT <= last)
    end = min((edge for edge in near if gives(edge + _MOMENT) != gives(now)), default=last)
    return max(end, now).astimezone(now.tzinfo)


def _day_after(starts_at: datetime, zone: tzinfo) -> datetime:
    """When the venue's day of the start is over."""
    day = starts_at.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, time(), zone)


# the fee ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Bearing:
    """What an account bears of a fee, in minor units: of what is `left` of it, `share` by percentage, and what of the
    `fixed` fee of its terms there is money for."""

    left: int
    share: int
    fixed: int


def _bearing(account: Account, ground: Ground, tier: Tier) -> _Bearing:
    """The percentage is of what was not used, before it is known how much of it was paid."""
    if ground is Ground.NON_REFUNDABLE or (tier.back == BASIS and not tier.fee):
        return _Bearing(0, 0, 0)  # all of it stays, or nothing does
    base, left = _not_negative(_gross(account) - _used(account)).minor, _free(account).minor
    share = min(half_up(base * (BASIS - tier.back), BASIS), left)
    return _Bearing(left, share, min(tier.fee.minor, left - share))


def _fees(policy: Policy, bearing: Sequence[_Bearing]) -> list[int]:
    """What each bears. What comes on top of the percentages is spread by what they leave, and where the most is less
    than they are, by them: never more of an account than is left of it."""
    shares = [each.share for each in bearing]
    fee = sum(shares) + max((each.fixed for each in bearing), default=0)
    fee = min(max(fee, policy.least_fee.minor if policy.least_fee else 0), sum(each.left for each in bearing))
    fee = fee if policy.most_fee is None else min(fee, policy.most_fee.minor)
    if fee < sum(shares):
        return _by(shares, fee)
    on_top = _by([each.left - each.share for each in bearing], fee - sum(shares))
    return [share + more for share, more in zip(shares, on_top, strict=True)]


def _by(weights: Sequence[int], whole: int) -> list[int]:
    return spread(whole, [whole * each for each in weights], sum(weights) or 1)


# amounts ---------------------------------------------------------------------------------------------------------


def _free(account: Account) -> Money:
    """What use left of the money that was paid for the charges."""
    return _not_negative(min(account.paid, _gross(account)) - _used(account))


def _gross(account: Account) -> Money:
    return total((each.gross for each in account.given), account.paid.currency)


def _used(account: Account) -> Money:
    return total((each.amount for each in account.used), account.paid.currency)


def _lines(account: Account, refund: Money) -> tuple[Back, ...]:
    """The refund spread over what is left of each charge, so that the lines add up to it."""
    shares = _by([_left_of(each, account.used) for each in account.given], refund.minor)
    pairs = zip(account.given, shares, strict=True)
    return tuple(Back(each.charge_id, Money(share, refund.currency)) for each, share in pairs if share)


def _left_of(given: Given, used: tuple[Used, ...]) -> int:
    return max(0, given.gross.minor - sum(u.amount.minor for u in used if u.charge_id == given.charge_id))


def _not_negative(amount: Money) -> Money:
    return max(amount, amount.zero)
