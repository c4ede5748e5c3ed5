"""What goes back of a choice: pieces of a charge, used or not, by the policy or as somebody wishes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st

from domain.catalogue import Words
from domain.errors import Code, Refused
from domain.money import Money
from domain.operation_refund import GivenUp
from domain.operation_till import BookedLine
from domain.policy import Moved, Policy, Tier
from domain.refund import Instrument, Paid, Reason
from domain.refund_offer import (
    ChargeHeld,
    Choice,
    Goods,
    Offer,
    SaleHeld,
    TicketHeld,
    When,
    kept_whole,
    offer,
    sums_of,
)
from domain.refund_price import price_of, rest_of

NOON = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Riyadh")


def sar(minor: int) -> Money:
    return Money(minor, "SAR")


DAY = Policy("day", Words("Day", "يوم"), (Tier(24, 10000, sar(0)),), same_day=9000)


def line(charge_id: str, quantity: int, gross: int) -> BookedLine:
    return BookedLine(charge_id, 2, Words("Child", "طفل"), 7, quantity, sar(gross), sar(0), 1500)


def tickets(*used: bool, gone: int = 0) -> tuple[TicketHeld, ...]:
    return tuple(TicketHeld(f"t{n}", 7, each, gone=n < gone) for n, each in enumerate(used))


def sale(*charges: ChargeHeld, paid: int = 100_000) -> SaleHeld:
    card = Paid("p", Instrument.CARD, sar(paid), sar(0), sar(0), NOON)
    return SaleHeld("s", "b", date(2026, 11, 26), "pos1", "reem", "POS1-1", "", False, charges, (card,))


def given(
    held: SaleHeld, choice: Choice, amount: int | None = None, reason: Reason = Reason.CUSTOMER_CANCEL
) -> Offer:
    return offer(held, choice, When(NOON, ZONE, reason), None if amount is None else sar(amount))


def code(held: SaleHeld, choice: Choice, amount: int | None = None) -> Code:
    with pytest.raises(Refused) as refused:
        given(held, choice, amount)
    return refused.value.code


CHILDREN = ChargeHeld(line("c", 2, 16100), DAY, 3, NOON, tickets(False, False))
TUBES = ChargeHeld(line("g", 3, 1000), DAY, 3, NOON)


def test_the_quotes_that_are_kept_tell_price_and_fee_whatever_is_asked_for() -> None:
    free = ChargeHeld(line("free", 1, 0), DAY, 3, NOON)
    held, choice = sale(CHILDREN, TUBES, free), Choice(("t0", "t1"), (Goods("g", 2), Goods("free", 1)))
    for amount in (None, 16000):
        made = given(held, choice, amount)
        kept = sums_of(made.quotes, "SAR")
        assert (kept.price, kept.fee, kept.allowed) == (made.price, made.fee, made.allowed)
        assert made.price == sar(16100 + 666)


def test_one_of_two_tickets_goes_back_less_the_fee() -> None:
    found = given(sale(CHILDREN), Choice(("t1",)))
    assert (found.price, found.fee, found.allowed, found.amount) == (
        sar(8050),
        sar(805),
        sar(7245),
        sar(7245),
    )
    assert found.lines == (GivenUp("c", 1, sar(7245)),)
    assert (found.tickets, found.sessions, found.quotes[0].revision) == (("t1",), (7,), 3)


def test_pieces_that_do_not_divide_come_to_the_whole_price() -> None:
    prices, held = [], TUBES
    for back in range(3):
        held = replace(TUBES, pieces_back=back)
        prices.append(given(sale(held), Choice(goods=(Goods("g", 1),)), reason=Reason.VENUE_CLOSED).price)
    assert sum(each.minor for each in prices) == 1000
    assert {each.minor for each in prices} == {333, 334}


def test_what_was_used_is_quoted_apart_from_what_was_not() -> None:
    both = replace(CHILDREN, tickets=tickets(False, True))
    found = given(sale(both), Choice(("t0", "t1")))
    assert [(each.ground.value, each.refund) for each in found.quotes] == [
        ("same_day", sar(7245)),
        ("checked_in", sar(0)),
    ]
    assert found.lines == (GivenUp("c", 2, sar(7245)),)


def test_what_was_moved_is_quoted_apart_and_by_the_least_kind_hour() -> None:
    """To the day after tomorrow: one in good time, one on the day itself."""
    good, late = (Moved(NOON - timedelta(hours=hours), NOON) for hours in (48, 1))
    far = NOON + timedelta(days=2)
    stays, *others = tickets(False, False, False)
    moved = (
        replace(each, starts_at=far, moves=(why,)) for each, why in zip(others, (good, late), strict=True)
    )
    held = ChargeHeld(line("c", 3, 30000), DAY, 3, NOON, (stays, *moved))
    found = given(sale(held), Choice(("t0", "t1", "t2")))
    assert [each.refund for each in found.quotes] == [sar(9000), sar(10000), sar(9000)]
    assert (found.price, found.amount) == (sar(30000), sar(28000))


def test_another_amount_is_spread_by_the_prices() -> None:
    found = given(sale(CHILDREN, TUBES), Choice(("t0",), (Goods("g", 3),)), 100)
    assert sum(each.gross.minor for each in found.lines) == 100
    assert found.lines == (GivenUp("c", 1, sar(89)), GivenUp("g", 3, sar(11)))
    assert found.allowed == sar(8145)


def test_a_free_ticket_ends_with_the_others_and_brings_nothing() -> None:
    infant = ChargeHeld(line("i", 1, 0), DAY, 3, NOON, (TicketHeld("free", 7),))
    found = given(sale(CHILDREN, infant), Choice(("t0", "free")))
    assert (found.tickets, found.amount) == (("t0", "free"), sar(7245))
    assert code(sale(infant), Choice(("free",))) is Code.REFUND_NOTHING


# money goes back, and what was bought stays ------------------------------------------------------------------------
STAYS = Choice(goods=(Goods("c", 0),))


def test_money_goes_back_for_tickets_that_stay() -> None:
    found = given(sale(CHILDREN), STAYS, 3000)
    assert (found.tickets, found.sessions, found.quotes) == ((), (), ())
    assert (found.price, found.allowed, found.fee, found.amount) == (sar(16100), sar(0), sar(0), sar(3000))
    assert found.lines == (GivenUp("c", 0, sar(3000)),)


def test_it_is_spread_over_what_it_is_about_by_the_prices() -> None:
    both = Choice(goods=(Goods("g", 0), Goods("c", 0)))
    free = ChargeHeld(line("free", 1, 0), DAY, 3, NOON)
    found = given(sale(CHILDREN, TUBES, free), replace(both, goods=(*both.goods, Goods("free", 0))), 1710)
    assert found.lines == (GivenUp("c", 0, sar(1610)), GivenUp("g", 0, sar(100)))


def test_who_came_in_may_have_some_of_it_back_too() -> None:
    held = sale(replace(CHILDREN, tickets=tickets(True, True)))
    assert given(held, STAYS, 1000).amount == sar(1000)


def test_what_cost_less_since_goes_back_for_less() -> None:
    """161.00 for two, of which 21.00 went back: 70.00 each, of which the policy keeps a tenth."""
    held = replace(CHILDREN, rest=sar(14000))
    found = given(sale(held), Choice(("t0",)))
    assert (found.price, found.allowed) == (sar(7000), sar(6300))
    assert given(sale(held), Choice(("t0", "t1"))).price == sar(14000)


def test_of_three_pieces_the_first_takes_its_share_along() -> None:
    """10.00 for three; 1.00 back; one given up; 1.00 back; two given up: 10.00 in all."""
    went, price = [GivenUp("g", 0, sar(100))], [100]
    for pieces in (1, 0, 2):
        left = 3 - sum(each.pieces for each in went)
        held = ChargeHeld(line("g", 3, 1000), DAY, 3, NOON, (), 3 - left, rest_of(TUBES.line, went))
        found = given(
            sale(held), Choice(goods=(Goods("g", pieces),)), None if pieces else 100, Reason.WEATHER
        )
        price.append(found.price.minor if pieces else 100)
        went.append(GivenUp("g", pieces, found.amount))
    assert (price, sum(price)) == ([100, 300, 100, 500], 1000)


@given_any(
    gross=st.integers(0, 5000),
    quantity=st.integers(1, 7),
    steps=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 900)), max_size=8),
)
def test_whatever_goes_back_in_whatever_order_the_prices_come_to_the_whole(
    gross: int, quantity: int, steps: list[tuple[int, int]]
) -> None:
    of, went, taken, left = line("g", quantity, gross), list[GivenUp](), 0, quantity
    for pieces, amount in steps:
        rest = price_of(of, left, range(left), rest_of(of, went)).minor if left else 0
        if pieces > left or (not pieces and amount > rest):
            continue
        cost = price_of(of, left, range(pieces), rest_of(of, went)).minor if pieces else amount
        assert cost >= 0
        taken, left = taken + cost, left - pieces
        went.append(GivenUp("g", pieces, sar(cost)))
    last = price_of(of, left, range(left), rest_of(of, went)).minor if left else 0
    assert taken + last == gross or not left


@pytest.mark.parametrize(
    ("held", "choice", "amount", "why"),
    [
        (sale(CHILDREN), STAYS, None, Code.REFUND_NOTHING),
        (sale(CHILDREN), STAYS, 0, Code.NOT_MONEY),
        (sale(CHILDREN), STAYS, 16101, Code.REFUND_TOO_MUCH),
        (sale(replace(CHILDREN, rest=sar(5000))), STAYS, 5001, Code.REFUND_TOO_MUCH),
        (sale(CHILDREN, paid=7000), STAYS, 7001, Code.REFUND_TOO_MUCH),
        (sale(replace(CHILDREN, tickets=tickets(False, gone=1))), STAYS, 100, Code.REFUND_GONE),
        (sale(replace(TUBES, pieces_back=3)), Choice(goods=(Goods("g", 0),)), 100, Code.REFUND_GONE),
        (sale(CHILDREN), Choice(goods=(Goods("x", 0),)), 100, Code.REFUND_GONE),
        (sale(replace(CHILDREN, open_ask="other")), STAYS, 100, Code.REFUND_OPEN),
        (sale(CHILDREN), Choice(("t0",), (Goods("c", 0),)), 100, Code.REFUND_GONE),
    ],
)
def test_what_cannot_go_back_while_it_stays(
    held: SaleHeld, choice: Choice, amount: int | None, why: Code
) -> None:
    assert code(held, choice, amount) is why


@pytest.mark.parametrize(
    ("held", "choice", "amount", "why"),
    [
        (sale(CHILDREN), Choice(), None, Code.REFUND_GONE),
        (sale(CHILDREN), Choice(("t9",)), None, Code.REFUND_GONE),
        (sale(replace(CHILDREN, tickets=tickets(False, gone=1))), Choice(("t0",)), None, Code.REFUND_GONE),
        (sale(TUBES), Choice(goods=(Goods("g", 4),)), None, Code.REFUND_GONE),
        (sale(replace(TUBES, pieces_back=3)), Choice(goods=(Goods("g", 1),)), None, Code.REFUND_GONE),
        (sale(replace(CHILDREN, open_ask="other")), Choice(("t0",)), None, Code.REFUND_OPEN),
        (sale(replace(CHILDREN, tickets=tickets(True))), Choice(("t0",)), None, Code.REFUND_TICKET_USED),
        (sale(CHILDREN), Choice(("t0",)), 8051, Code.REFUND_TOO_MUCH),
        (sale(CHILDREN, paid=7000), Choice(("t0",)), None, Code.REFUND_TOO_MUCH),
        (replace(sale(CHILDREN), voided=True), Choice(("t0",)), None, Code.VOID_ALREADY),
    ],
)
def test_what_cannot_go_back(held: SaleHeld, choice: Choice, amount: int | None, why: Code) -> None:
    assert code(held, choice, amount) is why


# what nothing goes back for ------------------------------------------------------------------------------------------

SOLD = replace(DAY, non_refundable=True)


@pytest.mark.parametrize(
    ("held", "stays"),
    [
        (sale(ChargeHeld(line("free", 1, 0), DAY, 3, NOON, tickets(False))), 0),
        (sale(replace(CHILDREN, rest=sar(0))), 0),
        (sale(replace(CHILDREN, policy=SOLD), ChargeHeld(line("free", 1, 0), DAY, 3, NOON)), 16100),
        (
            sale(
                replace(TUBES, policy=SOLD, pieces_back=2), replace(CHILDREN, tickets=tickets(False, gone=1))
            ),
            334,
        ),
    ],
)
def test_what_nothing_goes_back_for_ends_as_it_is(held: SaleHeld, stays: int) -> None:
    assert kept_whole(held, When(NOON, ZONE, Reason.CUSTOMER_CANCEL)) == sar(stays)


@pytest.mark.parametrize(
    ("held", "why"),
    [
        (sale(CHILDREN), Code.REFUND_DUE),
        (sale(CHILDREN, replace(TUBES, policy=SOLD)), Code.REFUND_DUE),
        (sale(replace(CHILDREN, policy=SOLD, tickets=tickets(False, True))), Code.REFUND_TICKET_USED),
        (sale(replace(CHILDREN, policy=SOLD, tickets=tickets(True, False, gone=1))), Code.REFUND_TICKET_USED),
        (sale(replace(CHILDREN, policy=SOLD, open_ask="other")), Code.REFUND_OPEN),
        (sale(replace(TUBES, pieces_back=3)), Code.REFUND_GONE),
        (replace(sale(replace(CHILDREN, policy=SOLD)), voided=True), Code.VOID_ALREADY),
    ],
)
def test_what_money_goes_back_for_does_not(held: SaleHeld, why: Code) -> None:
    with pytest.raises(Refused) as refused:
        kept_whole(held, When(NOON, ZONE, Reason.CUSTOMER_CANCEL))
    assert refused.value.code is why
