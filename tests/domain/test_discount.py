"""Discounts, comps and other prices: nothing is lost or made between lines and total, and nobody gives too much."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import codec
from domain.catalogue import StaffMember, Words
from domain.discount import (
    AmountOff,
    Comp,
    Discount,
    Line,
    NewPrice,
    Percent,
    What,
    Why,
    apply,
    check_alone,
    check_approved,
    rights,
)
from domain.errors import Code, Refused
from domain.limits import defaults
from domain.money import Money
from domain.staff import Permission
from domain.vat import by_line, summary
from tests.domain.builders import sar

FAMILY = [
    Line("adult", sar("115.00"), 2, 1500),
    Line("child", sar("80.50"), 2, 1500),
    Line("tube", sar("34.50"), 1, 1500),
]
LIMITS = defaults("SAR")
REEM = StaffMember("reem", Words("Reem", "ريم"), "cashier", "en")
HUDA = StaffMember("huda", Words("Huda", "هدى"), "supervisor", "en")


def off(what: What, line: str = "", *, why: Why = Why.COMPLAINT, note: str = "", name: str = "d") -> Discount:
    return Discount(name, what, why, line, note)


def left(lines: list[Line], *discounts: Discount) -> list[str]:
    return [gross.decimal() for gross, _ in apply(lines, discounts).lines]


@pytest.mark.parametrize(
    ("discounts", "amounts"),
    [
        ([], ["230.00", "161.00", "34.50"]),
        ([off(Percent(1000))], ["207.00", "144.90", "31.05"]),
        ([off(Percent(1000), "child")], ["230.00", "144.90", "34.50"]),
        ([off(AmountOff(sar("42.55")))], ["207.00", "144.90", "31.05"]),
        ([off(AmountOff(sar("34.50")), "tube")], ["230.00", "161.00", "0.00"]),
        ([off(Comp(), "tube")], ["230.00", "161.00", "0.00"]),
        ([off(Comp())], ["0.00", "0.00", "0.00"]),
        ([off(NewPrice(sar("100.00")), "adult")], ["200.00", "161.00", "34.50"]),
        ([off(NewPrice(sar("120.00")), "adult")], ["240.00", "161.00", "34.50"]),
        ([off(NewPrice(sar("0.00")), "tube")], ["230.00", "161.00", "0.00"]),
    ],
)
def test_what_is_left_of_each_line(discounts: list[Discount], amounts: list[str]) -> None:
    assert left(FAMILY, *discounts) == amounts


def test_prices_come_first_then_lines_then_the_sale_however_they_were_given() -> None:
    given_ = [
        off(Percent(1000), name="sale"),
        off(AmountOff(sar("100.00")), "adult"),
        off(NewPrice(sar("100.00")), "adult"),
    ]
    expected = ["90.00", "144.90", "31.05"]
    for order in (given_, given_[::-1], [given_[1], given_[0], given_[2]]):
        assert left(FAMILY, *order) == expected


def test_a_percentage_of_the_sale_is_rounded_once_and_spread_by_largest_remainder() -> None:
    lines = [Line(str(i), sar("3.33"), 1, 1500) for i in range(3)]
    reduced = apply(lines, [off(Percent(1000))])
    assert reduced.off == sar("1.00")  # each line alone would have lost 0.33
    assert [gross.minor for gross, _ in reduced.lines] == [299, 300, 300]
    assert [part.amount.minor for part in reduced.offs] == [34, 33, 33]


def test_vat_is_taken_from_what_is_left() -> None:
    reduced = apply(FAMILY, [off(Percent(1000))])
    (vat,) = summary(reduced.lines)
    assert (vat.gross, vat.net, vat.vat) == (sar("382.95"), sar("333.00"), sar("49.95"))
    assert sum(share.minor for share in by_line(reduced.lines)) == 4995


def test_each_thing_taken_off_is_told_with_its_line() -> None:
    assert apply([Line("infant", sar("0.00"), 1, 1500)], [off(Percent(1000))]).offs == ()
    reduced = apply(
        FAMILY, [off(AmountOff(sar("4.50")), "tube", name="one"), off(Comp(), "tube", name="two")]
    )
    assert [(o.discount_id, o.line_id, o.amount) for o in reduced.offs] == [
        ("one", "tube", sar("4.50")),
        ("two", "tube", sar("30.00")),
    ]
    assert reduced.off_line("tube") == reduced.off == sar("34.50")


@pytest.mark.parametrize(
    ("discounts", "code"),
    [
        ([off(Percent(0))], Code.DISCOUNT_PERCENT),
        ([off(Percent(10_001))], Code.DISCOUNT_PERCENT),
        ([off(AmountOff(sar("0.00")))], Code.NOT_MONEY),
        ([off(AmountOff(Money(-1, "SAR")))], Code.NOT_MONEY),
        ([off(AmountOff(sar("425.51")))], Code.DISCOUNT_TOO_LARGE),
        ([off(AmountOff(sar("34.51")), "tube")], Code.DISCOUNT_TOO_LARGE),
        ([off(Percent(5000), "tube"), off(AmountOff(sar("17.26")), "tube")], Code.DISCOUNT_TOO_LARGE),
        ([off(NewPrice(Money(-1, "SAR")), "tube")], Code.NOT_MONEY),
        ([off(NewPrice(sar("1.00")))], Code.NOT_MONEY),
        ([off(NewPrice(sar("30.00")), "tube"), off(NewPrice(sar("20.00")), "tube")], Code.PRICE_TWICE),
        ([off(Percent(1000), why=Why.OTHER, note=" ")], Code.REASON_NEEDED),
    ],
)
def test_what_makes_no_sense_is_refused(discounts: list[Discount], code: Code) -> None:
    with pytest.raises(Refused) as refused:
        apply(FAMILY, discounts)
    assert refused.value.code is code


def test_a_discount_of_a_line_that_is_gone_is_a_bug() -> None:
    with pytest.raises(KeyError):
        apply(FAMILY, [off(Comp(), "boat")])


def test_discounts_are_written_and_read_as_they_are() -> None:
    for what in (Percent(1250), AmountOff(sar("5.00")), NewPrice(sar("5.00")), Comp()):
        discount = off(what, "tube", note="late")
        assert codec.loads(Discount, codec.dumps(discount)) == discount


# any discounts ---------------------------------------------------------------------------------------------------

LINES = st.lists(
    st.tuples(st.integers(0, 20_000), st.integers(1, 5), st.sampled_from([0, 1500])), min_size=1, max_size=6
)
WHATS = st.one_of(
    st.builds(Percent, st.integers(1, 10_000)),
    st.builds(lambda minor: AmountOff(Money(minor, "SAR")), st.integers(1, 30_000)),
    st.builds(lambda minor: NewPrice(Money(minor, "SAR")), st.integers(0, 30_000)),
    st.just(Comp()),
)


@st.composite
def sales(draw: st.DrawFn) -> tuple[list[Line], list[Discount]]:
    lines = [Line(f"l{i}", Money(u, "SAR"), n, r) for i, (u, n, r) in enumerate(draw(LINES))]
    names = ["", *(line.line_id for line in lines)]
    whats = draw(st.lists(WHATS, max_size=6))
    return lines, [off(what, draw(st.sampled_from(names)), name=f"d{i}") for i, what in enumerate(whats)]


def possible(lines: list[Line], discounts: list[Discount]) -> list[Discount]:
    """Of `discounts`, in their order, those that can be given together."""
    kept: list[Discount] = []
    for discount in discounts:
        try:
            apply(lines, [*kept, discount])
        except Refused:
            continue
        kept.append(discount)
    return kept


@given(sales(), st.data())
def test_no_order_of_discounts_loses_a_minor_unit(
    sale: tuple[list[Line], list[Discount]], data: st.DataObject
) -> None:
    lines, wanted = sale
    discounts = possible(lines, data.draw(st.permutations(wanted)))
    reduced = apply(lines, discounts)
    before, after = sum(line.gross.minor for line in lines), sum(gross.minor for gross, _ in reduced.lines)
    assert before - after == reduced.off.minor == sum(o.amount.minor for o in reduced.offs)
    assert all(gross.minor >= 0 for gross, _ in reduced.lines)
    for line, (gross, rate) in zip(lines, reduced.lines, strict=True):
        assert line.gross - gross == reduced.off_line(line.line_id)
        assert rate == line.rate
    assert sum(vat.gross.minor for vat in summary(reduced.lines)) == after


@given(LINES, st.lists(st.integers(1, 600), min_size=1, max_size=3))
def test_what_a_cashier_may_give_once_cannot_be_stacked(
    raw: list[tuple[int, int, int]], shares: list[int]
) -> None:
    lines = [Line(f"l{i}", Money(u, "SAR"), n, r) for i, (u, n, r) in enumerate(raw)]
    discounts = [off(Percent(share), name=str(i)) for i, share in enumerate(shares)]
    offs = [apply(lines, discounts).off_line(line.line_id).minor for line in lines]
    if refused_to(lines, discounts, REEM) is None:
        assert all(gone * 10 <= line.gross.minor + 15 for gone, line in zip(offs, lines, strict=True))
        assert sum(offs) <= 10_000
    else:
        too_much = any(gone * 10 > line.gross.minor for gone, line in zip(offs, lines, strict=True))
        assert too_much or sum(offs) > 10_000


# who may give them -----------------------------------------------------------------------------------------------


def refused_to(lines: list[Line], discounts: Iterable[Discount], *people: StaffMember) -> Code | None:
    try:
        if len(people) == 1:
            check_alone(lines, list(discounts), people[0], LIMITS)
        else:
            check_approved(lines, list(discounts), (people[0], people[1]), LIMITS)
    except Refused as refused:
        return refused.code
    return None


@pytest.mark.parametrize(
    ("discounts", "alone", "approved"),
    [
        ([], None, None),
        ([off(Percent(1000))], None, None),
        ([off(Percent(1100))], Code.DISCOUNT_OVER_SHARE, None),
        ([off(Percent(600)), off(Percent(600))], Code.DISCOUNT_OVER_SHARE, None),
        ([off(Percent(1000)), off(AmountOff(sar("5.00")), "tube")], Code.DISCOUNT_OVER_SHARE, None),
        ([off(Comp(), "tube")], Code.DISCOUNT_OVER_SHARE, None),
        ([off(NewPrice(sar("114.00")), "adult")], Code.NOT_ALLOWED, None),
        ([off(NewPrice(sar("116.00")), "adult")], Code.NOT_ALLOWED, None),
    ],
)
def test_beyond_their_limit_a_cashier_needs_a_supervisor(
    discounts: list[Discount], alone: Code | None, approved: Code | None
) -> None:
    assert refused_to(FAMILY, discounts, REEM) is alone
    assert refused_to(FAMILY, discounts, REEM, HUDA) is approved


def test_a_sale_has_a_limit_too_also_for_who_approves() -> None:
    party = [Line("adult", sar("115.00"), 20, 1500)]
    assert refused_to(party, [off(Percent(500))], REEM) is Code.DISCOUNT_OVER_SALE
    assert refused_to(party, [off(Percent(500))], REEM, HUDA) is None
    assert refused_to(party, [off(Percent(9000))], REEM, HUDA) is Code.DISCOUNT_OVER_SALE


def test_a_raised_price_makes_no_room_for_a_discount() -> None:
    party = [Line("adult", sar("115.00"), 20, 1500), Line("tube", sar("34.50"), 1, 1500)]
    raised = [off(NewPrice(sar("1000.00")), "tube"), off(Percent(9000), "adult")]
    assert refused_to(party, raised, HUDA) is Code.DISCOUNT_OVER_SALE


def test_nobody_allows_themselves_more_and_a_cashier_allows_nobody() -> None:
    cashier = StaffMember("salem", Words("Salem", "سالم"), "cashier", "en")
    assert refused_to(FAMILY, [off(Comp())], HUDA, HUDA) is Code.APPROVER_SAME
    assert refused_to(FAMILY, [off(Comp())], REEM, cashier) is Code.APPROVER_NOT_ALLOWED


def test_another_price_wants_another_right_than_a_discount() -> None:
    price, percent = off(NewPrice(sar("1.00")), "tube"), off(Percent(100))
    assert rights([percent]) == (Permission.DISCOUNT,)
    assert rights([price]) == (Permission.PRICE_OVERRIDE,)
    assert rights([price, percent]) == (Permission.DISCOUNT, Permission.PRICE_OVERRIDE)
