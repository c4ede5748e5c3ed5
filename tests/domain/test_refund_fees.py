"""The fee of a cancellation: one for all that is given up together by one policy, whatever it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st

from domain import codec
from domain.catalogue import Words
from domain.errors import Code, Refused
from domain.operation_refund import GivenUp
from domain.policy import Moved, Policy, Quote, Tier
from domain.refund import Reason
from domain.refund_offer import (
    ChargeHeld,
    Choice,
    Offer,
    SaleHeld,
    TicketHeld,
    When,
    all_that_stands,
    kept_whole,
    offer,
)
from tests.domain.test_refund_offer import NOON, ZONE, code, given, line, sale, sar

NAME = Words("Fixed", "ثابتة")
FIXED = Policy("fixed", NAME, (Tier(0, 10_000, sar(1000)),), same_day=10_000)
HALF = Policy("half", NAME, (Tier(0, 5000, sar(0)),), same_day=5000)
TIERS = Policy("tiers", NAME, (Tier(24, 10_000, sar(0)), Tier(1, 9000, sar(500)), Tier(0, 9000, sar(1000))))
SOON, FAR = NOON + timedelta(hours=2), NOON + timedelta(days=3)


def charge(name: str, gross: int, policy: Policy, *used: bool, revision: int = 3) -> ChargeHeld:
    """One ticket for each of `used`; without any, one thing."""
    tickets = tuple(TicketHeld(f"{name}{n}", 7, each) for n, each in enumerate(used))
    return ChargeHeld(line(name, max(1, len(used)), gross), policy, revision, NOON, tickets)


def whole(*charges: ChargeHeld, reason: Reason = Reason.CUSTOMER_CANCEL) -> Offer:
    held = sale(*charges)
    return given(held, all_that_stands(held), reason=reason)


def fees(found: Offer) -> list[int]:
    return [each.fee.minor for each in found.quotes]


# pieces of the same terms are quoted as one --------------------------------------------------------------------------


def test_an_adult_and_a_child_who_are_given_up_together_bear_one_fixed_fee() -> None:
    for policy in (FIXED, replace(FIXED, most_fee=sar(1000)), replace(FIXED, least_fee=sar(1000))):
        found = whole(charge("a", 11500, policy, False), charge("c", 8050, policy, False))
        assert (found.price, found.fee, found.amount) == (sar(19550), sar(1000), sar(18550))
        assert found.lines == (GivenUp("a", 1, sar(10912)), GivenUp("c", 1, sar(7638)))
        [quote] = found.quotes
        assert (quote.total, quote.fee, len(quote.lines)) == (sar(19550), sar(1000), 2)
        assert codec.loads(Quote, codec.dumps(quote)) == quote


def test_half_of_three_that_do_not_divide_is_rounded_once() -> None:
    found = whole(*(charge(f"x{n}", 1001, HALF) for n in range(3)))
    assert (found.price, found.fee, found.amount) == (sar(3003), sar(1502), sar(1501))
    assert sorted(each.gross.minor for each in found.lines) == [500, 500, 501]


@pytest.mark.parametrize(
    ("least", "most", "fee"), [(2000, None, 2000), (None, 700, 700), (100, 4000, 1955), (None, None, 1955)]
)
def test_the_fee_of_both_is_bounded_once(least: int | None, most: int | None, fee: int) -> None:
    bounds = {
        key: None if each is None else sar(each) for key, each in (("least_fee", least), ("most_fee", most))
    }
    policy = replace(HALF, tiers=(Tier(0, 9000, sar(0)),), same_day=None, **bounds)
    assert whole(charge("a", 11500, policy, False), charge("c", 8050, policy, False)).fee == sar(fee)


def test_a_policy_that_was_changed_between_two_is_another_one() -> None:
    found = whole(charge("a", 11500, FIXED, False), charge("c", 8050, FIXED, False, revision=4))
    assert [(each.revision, each.fee) for each in found.quotes] == [(3, sar(1000)), (4, sar(1000))]


def test_what_is_free_bears_nothing_of_a_fee() -> None:
    found = whole(charge("a", 0, FIXED, False), charge("c", 8050, FIXED, False))
    assert found.lines == (GivenUp("a", 1, sar(0)), GivenUp("c", 1, sar(7050)))


# other terms of the same policy --------------------------------------------------------------------------------------


def test_of_two_tiers_the_higher_fixed_fee_is_taken_once() -> None:
    early = replace(charge("a", 10000, TIERS, False), starts_at=SOON)
    late = charge("c", 10000, TIERS, False)
    found = whole(early, late)
    assert (found.fee, found.amount) == (sar(3000), sar(17000))  # a tenth of each, and 10.00
    assert fees(found) == [1500, 1500]
    assert [each.gross.minor for each in found.lines] == [8500, 8500]


def test_tiers_that_cost_nothing_bear_no_part_of_a_fee() -> None:
    far = replace(charge("a", 10000, replace(TIERS, least_fee=sar(9000)), False), starts_at=FAR)
    late = charge("c", 5000, far.policy, False)
    found = whole(far, late)
    assert fees(found) == [0, 5000]
    assert [each.gross.minor for each in found.lines] == [10000, 0]


def test_tickets_and_things_of_one_policy_bear_one_fee() -> None:
    """A thing starts when the day does, a ticket with its session: these are other terms."""
    thing = replace(charge("g", 3000, FIXED), starts_at=NOON - timedelta(hours=9))
    found = whole(charge("a", 11500, FIXED, False), thing)
    assert (len(found.quotes), found.fee) == (2, sar(1000))
    assert sum(each.gross.minor for each in found.lines) == 13500


def test_moved_and_used_pieces_of_one_charge_bear_one_fee_with_the_others() -> None:
    policy = replace(FIXED, after_check_in=5000, most_fee=sar(4000))
    held = charge("c", 30000, policy, False, False, True)
    moved = replace(held.tickets[1], starts_at=FAR, moves=(Moved(NOON, NOON),))
    found = whole(replace(held, tickets=(held.tickets[0], moved, held.tickets[2])))
    assert [each.ground.value for each in found.quotes] == ["tier", "tier", "checked_in"]
    assert found.fee == sar(4000)  # 50.00 of the used one and 10.00, at most 40.00
    assert fees(found) == [0, 0, 4000]


def test_a_fixed_fee_counts_by_what_there_is_to_take_it_of() -> None:
    """3.00 on terms of 10.00, of which a tenth leaves 2.70: the 5.00 of the other's terms are the highest."""
    small = charge("a", 300, TIERS, False)
    early = replace(charge("c", 100_000, TIERS, False), starts_at=SOON)
    assert whole(small, early).fee == sar(30 + 10_000 + 500)


def test_neither_weather_nor_the_venue_takes_a_fee_of_any() -> None:
    for reason in (Reason.WEATHER, Reason.VENUE_CLOSED):
        assert whole(
            charge("a", 11500, FIXED, False), charge("c", 8050, FIXED, True), reason=reason
        ).fee == sar(0)


def test_what_is_not_refundable_stays_whole_whatever_the_most_fee_says() -> None:
    never = replace(FIXED, non_refundable=True, most_fee=sar(100))
    held = sale(charge("a", 11500, never, False), charge("c", 8050, never, False))
    assert code(held, all_that_stands(held)) is Code.REFUND_NOTHING
    assert kept_whole(held, When(NOON, ZONE, Reason.CUSTOMER_CANCEL)) == sar(19550)


def test_what_one_fee_leaves_of_two_goes_back() -> None:
    """8.00 each and a fee of 10.00: of one nothing goes back, of both 6.00."""
    one, two = charge("a", 800, FIXED, False), charge("c", 800, FIXED, False)
    assert kept_whole(sale(one), When(NOON, ZONE, Reason.CUSTOMER_CANCEL)) == sar(800)
    with pytest.raises(Refused) as refused:
        kept_whole(sale(one, two), When(NOON, ZONE, Reason.CUSTOMER_CANCEL))
    assert refused.value.code is Code.REFUND_DUE
    assert whole(one, two).amount == sar(600)


# any sale ------------------------------------------------------------------------------------------------------------


@st.composite
def policies(draw: st.DrawFn, name: str) -> Policy:
    shares = sorted(draw(st.lists(st.integers(0, 10_000), min_size=4, max_size=4)))[::-1]
    fixed = sorted(draw(st.lists(st.sampled_from((0, 1, 500, 1000, 3000)), min_size=2, max_size=2)))
    tiers = tuple(
        Tier(hours, share, sar(fee)) for hours, share, fee in zip((24, 1), shares[:2], fixed, strict=True)
    )
    bounds = sorted(draw(st.lists(st.integers(0, 5000), min_size=2, max_size=2)))
    least, most = (sar(each) if draw(st.booleans()) else None for each in bounds)
    after = draw(st.integers(0, 10_000))
    return Policy(name, NAME, tiers, shares[2], shares[3], after, least_fee=least, most_fee=most)


@st.composite
def sales(draw: st.DrawFn, each: st.SearchStrategy[int]) -> SaleHeld:
    """Tickets and things of one or two policies, of any time, used, moved and neither; `each` costs one piece."""
    known = [draw(policies(name)) for name in ("one", "two")[: draw(st.integers(1, 2))]]
    charges = []
    for name in "abcd"[: draw(st.integers(1, 4))]:
        starts = NOON + timedelta(hours=draw(st.sampled_from((-60, -1, 0, 2, 30))))
        used = draw(st.lists(st.booleans(), max_size=3))
        made = charge(name, draw(each) * max(1, len(used)), draw(st.sampled_from(known)), *used)
        tickets = tuple(_moved(draw, ticket) for ticket in made.tickets)
        charges.append(replace(made, starts_at=starts, tickets=tickets))
    return sale(*charges, paid=100_000_000)


def _moved(draw: st.DrawFn, ticket: TicketHeld) -> TicketHeld:
    if ticket.used or not draw(st.booleans()):
        return ticket
    left = NOON + timedelta(hours=draw(st.sampled_from((-30, 3, 40))))
    return replace(ticket, starts_at=FAR, moves=(Moved(NOON - timedelta(hours=5), left),))


def gives(held: SaleHeld, choice: Choice) -> int:
    try:
        return given(held, choice).allowed.minor
    except Refused as refused:
        assert refused.code in (Code.REFUND_NOTHING, Code.REFUND_TICKET_USED)
        return 0


def one_by_one(held: SaleHeld) -> Iterator[int]:
    """What each piece gives if it is given up alone, after those before it."""
    choice = all_that_stands(held)
    alone = [
        *(Choice((name,)) for name in choice.tickets),
        *(Choice(goods=(replace(goods, pieces=1),)) for goods in choice.goods for _ in range(goods.pieces)),
    ]
    for each in alone:
        yield gives(held, each)
        held = replace(held, charges=tuple(_without(charge, each) for charge in held.charges))


def _without(charge: ChargeHeld, choice: Choice) -> ChargeHeld:
    tickets = tuple(
        replace(each, gone=each.gone or each.ticket_id in choice.tickets) for each in charge.tickets
    )
    pieces = sum(each.pieces for each in choice.goods if each.charge_id == charge.line.charge_id)
    return replace(charge, tickets=tickets, pieces_back=charge.pieces_back + pieces)


@given_any(sales(st.integers(0, 9999)))
def test_the_shares_add_up_and_none_is_below_nothing_or_above_its_price(held: SaleHeld) -> None:
    try:
        found = given(held, all_that_stands(held))
    except Refused:
        return
    prices = {each.line.charge_id: each.price(0, each.pieces) for each in held.charges}
    assert sum(each.gross.minor for each in found.lines) == found.amount.minor == found.allowed.minor
    assert all(sar(0) <= each.gross <= prices[each.charge_id] for each in found.lines)
    assert found.price - found.fee == found.amount
    for quote in found.quotes:
        assert sar(0) <= quote.fee <= quote.total
        assert sum(each.gross.minor for each in quote.lines) == quote.refund.minor
        assert quote.refund == quote.total - quote.fee


@given_any(sales(st.integers(0, 3).map(lambda hundreds: hundreds * 10_000)))
def test_all_at_once_never_gives_less_than_one_by_one(held: SaleHeld) -> None:
    """Of prices that every share divides; else rounding may be a minor unit for each piece."""
    assert gives(held, all_that_stands(held)) >= sum(one_by_one(held))


@given_any(sales(st.integers(0, 9999)))
def test_rounding_takes_less_than_two_minor_units_a_piece(held: SaleHeld) -> None:
    pieces = sum(each.pieces for each in held.charges)
    assert gives(held, all_that_stands(held)) > sum(one_by_one(held)) - 2 * pieces


@given_any(sales(st.integers(0, 9999)))
def test_the_order_of_charges_does_not_matter(held: SaleHeld) -> None:
    orders = [replace(held, charges=charges) for charges in permutations(held.charges)]
    assert len({gives(each, all_that_stands(each)) for each in orders}) == 1


@given_any(sales(st.integers(0, 9999)))
def test_of_one_policy_the_fee_is_at_most_the_most_fee(held: SaleHeld) -> None:
    try:
        found = offer(held, all_that_stands(held), When(NOON, ZONE, Reason.CUSTOMER_CANCEL))
    except Refused:
        return
    for policy in {each.policy for each in held.charges}:
        mine = [each.fee.minor for each in found.quotes if each.policy_id == policy.policy_id]
        assert policy.most_fee is None or sum(mine) <= policy.most_fee.minor
