"""What goes back of a choice: pieces of a charge, used or not, by the policy or as somebody wishes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

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
    offer,
    sums_of,
)

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
