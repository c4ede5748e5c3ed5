"""How long an offer holds: for the policy's minutes, and never longer than it would be the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st

from domain.catalogue import Words
from domain.money import Money
from domain.policy import Asked, Cause, Given, Moved, Policy, Quote, Tier
from domain.quoting import Piece, deadline, quote_pieces
from tests.domain.builders import sar

RIYADH, BERLIN = ZoneInfo("Asia/Riyadh"), ZoneInfo("Europe/Berlin")
START = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)  # 10:00 in Riyadh
NIGHTS = tuple(
    datetime(2026, *day, 23, 30, tzinfo=UTC) for day in ((3, 28), (10, 24))
)  # Berlin's clocks change
FREE, MINUTES, MOMENT = sar("0.00"), timedelta(minutes=15), timedelta(milliseconds=1)
NAME = Words("Tiers", "درجات")
SHARES_BY_HOURS = {24: 10_000, 2: 5000, 1: 2500, 0: 2500}
TIERS = Policy("tiers", NAME, tuple(Tier(hours, back, FREE) for hours, back in SHARES_BY_HOURS.items()))


def pieces(policy: Policy, *asked: Asked) -> tuple[Piece, ...]:
    return tuple(Piece(policy, 3, each, Given(f"c{n}", sar("230.00"))) for n, each in enumerate(asked))


def until(policy: Policy, *asked: Asked) -> datetime:
    return min(each.valid_until for each in quote_pieces(pieces(policy, *asked)))


def at(before: timedelta, start: datetime = START, **more: object) -> Asked:
    return Asked(start - before, start, RIYADH, **more)  # type: ignore[arg-type] # fields of it


@pytest.mark.parametrize(
    ("before", "holds"),
    [
        (timedelta(hours=2, minutes=20), MINUTES),
        (timedelta(hours=2, minutes=2), timedelta(minutes=2)),
        (timedelta(hours=2), timedelta()),  # exactly at the edge it is still the kinder tier
        (timedelta(hours=2) - MOMENT, MINUTES),
        (timedelta(hours=24, minutes=3), timedelta(minutes=3)),
        (timedelta(hours=1, minutes=3), MINUTES),  # the next tier gives the same
        (timedelta(minutes=3), timedelta(minutes=3)),  # then nobody came
    ],
)
def test_an_offer_ends_with_the_tier_that_it_is_of(before: timedelta, holds: timedelta) -> None:
    assert until(TIERS, at(before)) == START - before + holds


def test_of_the_same_day_it_ends_before_midnight() -> None:
    policy = replace(TIERS, tiers=(), same_day=9000)
    late = datetime(2026, 11, 26, 20, 55, tzinfo=UTC)  # 23:55 in Riyadh
    assert until(policy, Asked(late, START, RIYADH)) == datetime(2026, 11, 26, 21, tzinfo=UTC) - MOMENT


@pytest.mark.parametrize(
    "same",
    [
        at(timedelta(hours=2, minutes=2), cause=Cause.VENUE),
        at(timedelta(hours=2, minutes=2), cause=Cause.WEATHER),
        at(timedelta(hours=2, minutes=2), checked_in=True),
        # by an earlier move it gives no more than that anyhow
        at(timedelta(hours=2, minutes=2), moves=(Moved(START, START + timedelta(hours=1)),)),
    ],
)
def test_what_no_tier_decides_holds_for_the_minutes_of_the_policy(same: Asked) -> None:
    assert until(TIERS, same) == same.now + MINUTES


def test_what_is_given_up_together_ends_with_the_first_of_it() -> None:
    """Their fee is one: where that of one changes, so does what the other bears."""
    far = replace(at(timedelta(hours=2, minutes=2)), starts_at=START + timedelta(days=3))
    found = quote_pieces(pieces(TIERS, far, at(timedelta(hours=2, minutes=2))))
    assert {each.valid_until for each in found} == {START - timedelta(hours=2)}


HOURS = st.lists(st.integers(0, 30), min_size=1, max_size=4, unique=True)
SHARES = st.lists(st.sampled_from([0, 2500, 5000, 9000, 10_000]), min_size=6, max_size=6)
FEES = st.lists(st.sampled_from([0, 500, 1000]), min_size=4, max_size=4)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    hours, shares = (sorted(draw(each), reverse=True) for each in (HOURS, SHARES))
    fees = [Money(each, "SAR") for each in sorted(draw(FEES))]
    tiers = tuple(Tier(*each) for each in zip(hours, shares, fees, strict=False))
    most = draw(st.sampled_from([None, sar("20.00")]))
    return Policy(
        "p", NAME, tiers, draw(st.sampled_from([None, shares[4]])), shares[5], most_fee=most,
        non_refundable=draw(st.booleans()) and draw(st.booleans()), valid_minutes=draw(st.integers(1, 1440)),
    )  # fmt: skip


@st.composite
def asks(draw: st.DrawFn, now: datetime) -> Asked:
    """Close to the edges, where they start; some were moved, and some were used."""
    hours = st.integers(-3, 40)
    start = now + timedelta(hours=draw(hours), milliseconds=draw(st.integers(-300_000, 300_000)))
    moved = draw(st.lists(st.tuples(hours, hours), max_size=2))
    moves = tuple(Moved(now - timedelta(hours=one), now + timedelta(hours=two)) for one, two in moved)
    zone, used = draw(st.sampled_from([RIYADH, BERLIN])), draw(st.sampled_from([False, False, False, True]))
    return Asked(now, start, zone, Cause.GUEST, used, moves)


def sums(found: tuple[Quote, ...]) -> dict[str, int]:
    """What each piece gives."""
    back: dict[str, int] = {}
    for line in (line for each in found for line in each.lines):
        back[line.charge_id] = back.get(line.charge_id, 0) + line.gross.minor
    return back


@given_any(st.data())
def test_until_it_ends_the_same_gives_the_same(data: st.DataObject) -> None:
    policy, now = data.draw(policies()), data.draw(st.sampled_from([START, *NIGHTS]))
    asked = data.draw(st.lists(asks(now), min_size=1, max_size=3))
    zone = asked[0].zone
    given_up = pieces(policy, *(replace(each, zone=zone) for each in asked))
    found = quote_pieces(given_up)
    ends = min(each.valid_until for each in found)
    assert now <= ends <= now + timedelta(minutes=policy.valid_minutes)
    edges = [deadline(one.starts_at, tier.hours, zone) for one in asked for tier in policy.tiers]
    moments = [ends, *(edge for edge in edges if now <= edge < ends)]
    moments += [edge + MOMENT for edge in moments if edge < ends]
    moments.append(now + (ends - now) * data.draw(st.integers(0, 100)) / 100)
    for moment in moments:
        later = [replace(each, asked=replace(each.asked, now=moment)) for each in given_up]
        assert sums(quote_pieces(later)) == sums(found), moment


@given_any(st.data())
def test_it_ends_no_sooner_than_it_must(data: st.DataObject) -> None:
    """Either its minutes are over, or one piece comes under other terms a moment later."""
    policy = data.draw(policies())
    asked = data.draw(asks(START))
    [found] = quote_pieces(pieces(policy, asked))
    if found.valid_until < START + timedelta(minutes=policy.valid_minutes):
        later = replace(asked, now=found.valid_until + MOMENT)
        [other] = quote_pieces(pieces(policy, later))
        assert (other.ground, other.hours, other.share) != (found.ground, found.hours, found.share)
