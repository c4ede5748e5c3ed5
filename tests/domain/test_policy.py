"""What a cancellation gives back: the vectors of the texts, the edges of tiers, and what holds for any policy."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import codec
from domain.catalogue import Words
from domain.errors import Code, Refused
from domain.money import Money
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
    Use,
    Used,
    check,
)
from domain.quoting import deadline, quote
from domain.vat import inside
from tests.domain.builders import sar

RIYADH, BERLIN = ZoneInfo("Asia/Riyadh"), ZoneInfo("Europe/Berlin")
START = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)  # 10:00 in Riyadh
FREE = sar("0.00")
NAME = Words("Standard", "عادية")
STANDARD = Policy(
    "standard", NAME, (Tier(48, 10_000, FREE), Tier(24, 5000, FREE), Tier(2, 2500, FREE)), no_show=0
)
DAY_TICKET = Policy("day", Words("Day ticket", "تذكرة يوم"), same_day=9000)


def asked(now: datetime = START, *, cause: Cause = Cause.GUEST, checked_in: bool = False) -> Asked:
    return Asked(now, START, RIYADH, cause, checked_in)


def account(*amounts: str, paid: str = "", back: str = "0.00", used: tuple[Used, ...] = ()) -> Account:
    charges = tuple(Given(f"c{i}", sar(amount)) for i, amount in enumerate(amounts, start=1))
    whole = Money(sum(each.gross.minor for each in charges), "SAR")
    return Account(charges, used, sar(paid) if paid else whole, sar(back))


def keeping(share: int) -> Policy:
    """A policy that keeps `share` of all, whenever it is asked."""
    return Policy("flat", NAME, (Tier(0, 10_000 - share, FREE),))


def quoted(policy: Policy, of: Account, at: Asked | None = None) -> Quote:
    return quote(policy, of, revision=3, asked=at or asked())


def hours_before(hours: float) -> datetime:
    return START - timedelta(hours=hours)


# amounts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "kept", "fee", "refund", "vat"),
    [
        ("345.50", 5000, "172.75", "172.75", "22.53"),
        ("99.99", 5000, "50.00", "49.99", "6.52"),
        ("10.01", 5000, "5.01", "5.00", "0.65"),
        ("0.01", 5000, "0.01", "0.00", "0.00"),
        ("100.00", 3300, "33.00", "67.00", "8.74"),
        ("230.00", 2500, "57.50", "172.50", "22.50"),
        ("80.50", 1000, "8.05", "72.45", "9.45"),
    ],
)
def test_the_fee_is_half_up_and_the_rest_goes_back(
    amount: str, kept: int, fee: str, refund: str, vat: str
) -> None:
    got = quoted(keeping(kept), account(amount))
    assert (got.fee, got.refund) == (sar(fee), sar(refund))
    assert inside(got.refund, 1500) == sar(vat)


def test_an_unused_day_ticket_gives_nine_tenths_back_on_its_day() -> None:
    at_1340 = START.replace(hour=10, minute=40)
    got = quoted(DAY_TICKET, account("80.50"), asked(at_1340))
    assert (got.ground, got.fee, got.refund) == (Ground.SAME_DAY, sar("8.05"), sar("72.45"))
    assert got.lines == (Back("c1", sar("72.45")),)
    assert quoted(DAY_TICKET, account("80.50"), asked(at_1340, checked_in=True)).refund == FREE


def test_the_day_ends_at_the_venues_midnight() -> None:
    midnight = datetime(2026, 11, 26, 21, 0, tzinfo=UTC)
    late = quoted(DAY_TICKET, account("80.50"), asked(midnight - timedelta(seconds=1)))
    over = quoted(DAY_TICKET, account("80.50"), asked(midnight))
    assert (late.ground, over.ground, over.refund) == (Ground.SAME_DAY, Ground.NO_SHOW, FREE)
    at_night = Asked(START + timedelta(days=1), START.replace(hour=22), RIYADH)  # 01:00 of the 27th there
    assert quoted(DAY_TICKET, account("80.50"), at_night).ground is Ground.SAME_DAY


@pytest.mark.parametrize(
    ("paid", "back", "fee", "refund"),
    [
        ("100.00", "0.00", "50.00", "50.00"),
        ("80.00", "0.00", "50.00", "30.00"),
        ("30.00", "0.00", "30.00", "0.00"),
        ("0.00", "0.00", "0.00", "0.00"),
        ("100.00", "20.00", "50.00", "30.00"),
        ("100.00", "70.00", "50.00", "0.00"),
        ("140.00", "0.00", "50.00", "50.00"),
    ],
)
def test_a_refund_is_what_was_paid_less_the_fee_and_what_is_back_already(
    paid: str, back: str, fee: str, refund: str
) -> None:
    got = quoted(keeping(5000), account("100.00", paid=paid, back=back))
    assert (got.fee, got.refund) == (sar(fee), sar(refund))


def test_what_was_used_is_netted_first_and_stands_as_its_own_line() -> None:
    used = (
        Used(Use.FOOD, sar("23.00"), "c2"),
        Used(Use.PACKAGE, sar("30.00"), "c1"),
        Used(Use.LATE, sar("11.50")),
    )
    got = quoted(keeping(1000), account("115.00", "23.00", used=used))
    assert got.used == used
    assert (got.fee, got.refund) == (sar("7.35"), sar("66.15"))
    assert got.lines == (Back("c1", sar("66.15")),)  # the food was eaten: nothing of its line goes back


def test_each_charge_gives_back_what_was_not_used_of_it() -> None:
    half = account("100.00", "100.00", used=(Used(Use.PACKAGE, sar("50.00"), "c2"),))
    assert quoted(keeping(0), half).lines == (Back("c1", sar("100.00")), Back("c2", sar("50.00")))
    beyond = account("100.00", "23.00", used=(Used(Use.FOOD, sar("30.00"), "c2"),))
    assert quoted(keeping(0), beyond).lines == (Back("c1", sar("93.00")),)


def test_a_fee_is_no_more_than_what_use_left_of_the_money() -> None:
    got = quoted(keeping(5000), account("100.00", paid="50.00", used=(Used(Use.FOOD, sar("30.00"), "c1"),)))
    assert (got.fee, got.refund) == (sar("20.00"), FREE)


def test_damage_above_what_was_paid_leaves_nothing_and_no_fee() -> None:
    got = quoted(keeping(1000), account("80.50", used=(Used(Use.DAMAGE, sar("90.00")),)))
    assert (got.fee, got.refund, got.lines) == (FREE, FREE, ())


@pytest.mark.parametrize(("amount", "fee"), [("10.00", "5.00"), ("100.00", "10.00"), ("900.00", "40.00")])
def test_a_fee_stays_between_its_bounds(amount: str, fee: str) -> None:
    policy = replace(keeping(1000), least_fee=sar("5.00"), most_fee=sar("40.00"))
    assert quoted(policy, account(amount)).fee == sar(fee)


def test_bounds_make_no_fee_where_there_is_none_and_a_fixed_fee_comes_on_top() -> None:
    assert quoted(replace(keeping(0), least_fee=sar("5.00")), account("50.00")).fee == FREE
    fixed = Policy("fixed", NAME, (Tier(0, 9000, sar("15.00")),))
    assert quoted(fixed, account("100.00")).fee == sar("25.00")
    assert quoted(replace(fixed, tiers=(Tier(0, 10_000, sar("15.00")),)), account("100.00")).fee == sar(
        "15.00"
    )
    late = asked(START + timedelta(days=2))
    assert quoted(replace(fixed, no_show=5000), account("100.00"), late).fee == sar("65.00")


def test_the_lines_of_a_refund_add_up_to_it() -> None:
    got = quoted(keeping(3333), account("33.33", "33.33", "33.34", "0.01"))
    assert sum(line.gross.minor for line in got.lines) == got.refund.minor


# what decides ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "ground", "share"),
    [
        (100, Ground.TIER, 10_000),
        (48, Ground.TIER, 10_000),
        (47.99, Ground.TIER, 5000),
        (24, Ground.TIER, 5000),
        (23.99, Ground.TIER, 2500),
        (2, Ground.TIER, 2500),
        (1.99, Ground.NO_SHOW, 0),
        (0, Ground.NO_SHOW, 0),
        (-5, Ground.NO_SHOW, 0),
    ],
)
def test_an_edge_belongs_to_the_kinder_tier(hours: float, ground: Ground, share: int) -> None:
    got = quoted(STANDARD, account("230.00"), asked(hours_before(hours)))
    assert (got.ground, got.share) == (ground, share)


@pytest.mark.parametrize(
    ("moved", "hours", "share"),
    [
        (((100, 0),), 100, 10_000),  # in good time, to what is far off
        (((3, 0),), 100, 2500),  # too late already when it was moved away
        (((-1, 0),), 100, 0),  # nobody had come
        (((100, 0),), 3, 2500),  # to what is near
        (((100, 0), (30, 24), (2, 20)), 99, 2500),  # the least kind of all
    ],
)
def test_no_move_wins_back_what_a_cancellation_would_have_cost(
    moved: tuple[tuple[float, float], ...], hours: float, share: int
) -> None:
    """Each move was so many hours before the start of what it left, which is so many hours before this one."""
    moves = tuple(
        Moved(START - timedelta(hours=left + before), START - timedelta(hours=left)) for before, left in moved
    )
    got = quoted(STANDARD, account("230.00"), replace(asked(hours_before(hours)), moves=moves))
    assert got.share == share


def test_one_millisecond_after_the_edge_is_the_next_tier() -> None:
    late = hours_before(24) + timedelta(milliseconds=1)
    assert quoted(STANDARD, account("230.00"), asked(late)).hours == 2


def test_whatever_the_venue_ends_goes_back_whole() -> None:
    hard = replace(STANDARD, non_refundable=True, least_fee=sar("20.00"))
    for checked_in in (False, True):
        at = asked(START + timedelta(hours=3), cause=Cause.VENUE, checked_in=checked_in)
        got = quoted(hard, account("230.00"), at)
        assert (got.ground, got.fee, got.refund) == (Ground.VENUE, FREE, sar("230.00"))


def test_the_venue_gives_back_no_more_than_is_left() -> None:
    of = account("230.00", back="30.00", used=(Used(Use.FOOD, sar("50.00"), "c1"),))
    assert quoted(STANDARD, of, asked(cause=Cause.VENUE)).refund == sar("150.00")


def test_weather_no_show_checked_in_and_non_refundable_have_their_own_shares() -> None:
    policy = replace(STANDARD, no_show=1000, after_check_in=500, weather=8000)
    of, late = account("200.00"), START + timedelta(hours=1)
    assert quoted(policy, of, asked(cause=Cause.WEATHER)).refund == sar("160.00")
    assert quoted(policy, of, asked(late)).refund == sar("20.00")
    assert quoted(policy, of, asked(late, checked_in=True)).refund == sar("10.00")
    for checked_in in (False, True):
        at = asked(hours_before(99), checked_in=checked_in)
        never = quoted(replace(policy, non_refundable=True, most_fee=sar("1.00")), of, at)
        assert (never.ground, never.fee, never.refund) == (Ground.NON_REFUNDABLE, sar("200.00"), FREE)


# summer time -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "hours", "last"),
    [
        # the night of 29 March has 23 hours: 10:00 the day before is only 23 hours earlier
        (datetime(2026, 3, 29, 10, 0, tzinfo=BERLIN), 24, datetime(2026, 3, 28, 9, 0, tzinfo=UTC)),
        # the night of 25 October has 25: 24 hours before 10:00 it was 11:00 the day before
        (datetime(2026, 10, 25, 10, 0, tzinfo=BERLIN), 24, datetime(2026, 10, 24, 9, 0, tzinfo=UTC)),
        # 02:30 never was on 29 March, and was twice on 25 October
        (datetime(2026, 3, 29, 4, 30, tzinfo=BERLIN), 2, datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, 4, 30, tzinfo=BERLIN), 2, datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        (datetime(2026, 6, 10, 10, 0, tzinfo=BERLIN), 24, datetime(2026, 6, 9, 8, 0, tzinfo=UTC)),
    ],
)
def test_a_change_of_summer_time_takes_nothing_from_a_guest(
    start: datetime, hours: int, last: datetime
) -> None:
    assert deadline(start, hours, BERLIN) == last
    policy = Policy("p", NAME, (Tier(hours, 10_000, FREE),))
    for late, refund in ((0, "80.00"), (1, "0.00")):
        at = Asked(last + timedelta(seconds=late), start, BERLIN)
        assert quoted(policy, account("80.00"), at).refund == sar(refund)


# the quote and the record ----------------------------------------------------------------------------------------


def test_a_quote_says_what_it_came_from_and_how_long_it_holds() -> None:
    at = asked(hours_before(30))
    got = quoted(STANDARD, account("230.00"), at)
    assert (got.policy_id, got.revision, got.hours, got.share) == ("standard", 3, 24, 5000)
    assert (got.asked_at, got.valid_until) == (at.now, at.now + timedelta(minutes=15))
    assert (got.total, got.paid, got.fee, got.back) == (sar("230.00"), sar("230.00"), sar("115.00"), FREE)


def test_policies_and_quotes_are_written_and_read_as_they_are() -> None:
    policy = replace(STANDARD, same_day=1000, least_fee=sar("1.00"))
    for each in (policy, DAY_TICKET):
        assert codec.loads(Policy, codec.dumps(each)) == each
    got = quoted(policy, account("230.00", used=(Used(Use.LATE, sar("11.50")),)), asked(hours_before(30)))
    assert codec.loads(Quote, codec.dumps(got)) == got


def test_what_older_ones_kept_is_read() -> None:
    """Of fees for the booking itself, which nothing is sold as: a policy could give them back, a quote keep them."""
    policy = codec.dumps(STANDARD)
    assert '"fees_back":false' in policy
    read = codec.loads(Policy, policy.replace('"fees_back":false', '"fees_back":true'))
    assert quoted(read, account("230.00")) == quoted(STANDARD, account("230.00"))
    assert '"service":[0,"SAR"]' in codec.dumps(quoted(read, account("230.00")))


@pytest.mark.parametrize("text", ['{"policy_id":"x"}', '{"policy_id":"x","name":"n","tier":[]}', "[]"])
def test_a_record_that_is_no_policy_is_not_read(text: str) -> None:
    with pytest.raises(Refused) as refused:
        codec.loads(Policy, text)
    assert refused.value.code is Code.OPERATION_INVALID


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        (replace(STANDARD, tiers=(Tier(24, 10_001, FREE),)), Code.POLICY_PERCENT),
        (replace(STANDARD, tiers=(Tier(24, -1, FREE),)), Code.POLICY_PERCENT),
        (replace(STANDARD, no_show=10_001), Code.POLICY_PERCENT),
        (replace(STANDARD, same_day=-1), Code.POLICY_PERCENT),
        (replace(STANDARD, weather=10_001), Code.POLICY_PERCENT),
        (replace(STANDARD, after_check_in=-1), Code.POLICY_PERCENT),
        (replace(STANDARD, tiers=(Tier(24, 5000, sar("0.00") - sar("0.01")),)), Code.POLICY_FEE),
        (replace(STANDARD, least_fee=Money(-1, "SAR")), Code.POLICY_FEE),
        (replace(STANDARD, least_fee=sar("5.00"), most_fee=sar("4.99")), Code.POLICY_FEE),
        (replace(STANDARD, least_fee=Money(500, "KWD")), Code.POLICY_FEE),
        (replace(STANDARD, tiers=(Tier(-1, 5000, FREE),)), Code.POLICY_TIME),
        (replace(STANDARD, tiers=(Tier(9000, 5000, FREE),)), Code.POLICY_TIME),
        (replace(STANDARD, valid_minutes=0), Code.POLICY_TIME),
        (replace(STANDARD, tiers=(Tier(2, 5000, FREE), Tier(24, 5000, FREE))), Code.POLICY_ORDER),
        (replace(STANDARD, tiers=(Tier(24, 5000, FREE), Tier(24, 5000, FREE))), Code.POLICY_ORDER),
        (replace(STANDARD, tiers=(Tier(24, 5000, FREE), Tier(2, 6000, FREE))), Code.POLICY_ORDER),
        (replace(STANDARD, tiers=(Tier(24, 50, sar("2.00")), Tier(2, 50, sar("1.00")))), Code.POLICY_ORDER),
        (replace(STANDARD, same_day=2501), Code.POLICY_ORDER),
        (replace(STANDARD, no_show=2501), Code.POLICY_ORDER),
        (replace(DAY_TICKET, no_show=9001), Code.POLICY_ORDER),
    ],
)
def test_nonsense_is_no_policy(policy: Policy, code: Code) -> None:
    with pytest.raises(Refused) as refused:
        check(policy)
    assert refused.value.code is code
    with pytest.raises(Refused):
        quoted(policy, account("1.00"))


# any policy ------------------------------------------------------------------------------------------------------


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    count = draw(st.integers(0, 4))
    hours = sorted(draw(st.sets(st.integers(0, 80), min_size=count, max_size=count)), reverse=True)
    shares = sorted(draw(st.lists(st.integers(0, 10_000), min_size=count + 2, max_size=count + 2)))[::-1]
    fees = sorted(draw(st.lists(st.integers(0, 3000), min_size=count, max_size=count)))
    tiers = tuple(Tier(h, s, Money(f, "SAR")) for h, s, f in zip(hours, shares, fees, strict=False))
    same_day = shares[-2] if draw(st.booleans()) else None
    bounds = sorted(draw(st.lists(st.integers(0, 5000), min_size=2, max_size=2)))
    least = Money(bounds[0], "SAR") if draw(st.booleans()) else None
    most = Money(bounds[1], "SAR") if draw(st.booleans()) else None
    after = draw(st.integers(0, 10_000))
    return Policy("any", NAME, tiers, same_day, shares[-1], after, least_fee=least, most_fee=most)


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    amounts = draw(st.lists(st.integers(0, 40_000), min_size=1, max_size=5))
    charges = tuple(Given(f"c{i}", Money(amount, "SAR")) for i, amount in enumerate(amounts))
    used = tuple(
        Used(Use.FOOD, Money(amount, "SAR"), draw(st.sampled_from(["", "c0"])))
        for amount in draw(st.lists(st.integers(0, 9000), max_size=2))
    )
    paid = draw(st.integers(0, sum(amounts) + 1000))
    return Account(charges, used, Money(paid, "SAR"), Money(draw(st.integers(0, paid)), "SAR"))


MINUTES = st.integers(-60 * 90, 60 * 40)


@given(policies(), accounts(), MINUTES, MINUTES, st.booleans(), st.sampled_from(list(Cause)))
def test_who_asks_later_never_gets_more(
    policy: Policy, of: Account, one: int, two: int, checked_in: bool, cause: Cause
) -> None:
    start = datetime(2026, 3, 29, 8, 0, tzinfo=UTC)  # the morning after the clocks went forward
    early, late = (start + timedelta(minutes=minutes) for minutes in sorted((one, two)))
    refunds = [
        quoted(policy, of, Asked(now, start, BERLIN, cause, checked_in)).refund for now in (early, late)
    ]
    assert refunds[0] >= refunds[1]


@given(policies(), accounts(), MINUTES, st.booleans(), st.sampled_from(list(Cause)))
def test_a_quote_adds_up_and_never_gives_what_is_not_there(
    policy: Policy, of: Account, minutes: int, checked_in: bool, cause: Cause
) -> None:
    got = quoted(policy, of, asked(START + timedelta(minutes=minutes), cause=cause, checked_in=checked_in))
    assert FREE <= got.fee <= max(got.paid, FREE)
    assert FREE <= got.refund <= max(got.paid - got.back, FREE)
    assert got.refund <= got.total
    if got.refund:
        used = sum(each.amount.minor for each in got.used)
        kept = used + got.fee.minor + got.back.minor
        assert got.refund.minor == min(got.paid, got.total).minor - kept
    left = {each.charge_id: each.gross for each in of.given}
    assert sum(line.gross.minor for line in got.lines) == got.refund.minor
    assert all(FREE < line.gross <= left[line.charge_id] for line in got.lines)
