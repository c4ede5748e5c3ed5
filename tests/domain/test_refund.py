"""Money that goes back: from which payment, with which VAT, in which coins, by whose yes."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.card import AttemptState
from domain.catalogue import StaffMember, Words
from domain.credit import CreditLine, CreditNote, Original, credit_note, receipt_lines
from domain.errors import Code, Refused
from domain.limits import defaults, limit_of
from domain.money import Money, to_step
from domain.operation_till import BookedLine
from domain.policy import Account, Asked, Back, Cause, Given, Policy
from domain.quoting import quote
from domain.refund import (
    RESERVES,
    CashTaken,
    Instrument,
    Paid,
    Part,
    Reason,
    State,
    Way,
    Wish,
    cash_back,
    check_approval,
    check_move,
    check_wish,
    in_cash,
    plan,
    proportional,
    state_of,
    who_may_approve,
)
from domain.refund_nobody import Nobody, why_nobody
from domain.vat import by_line, inside
from tests.domain.builders import at, sar

NOTHING = sar("0.00")
WHY = Words("Guest cancelled", "ألغى الضيف")
LIMITS = defaults("SAR")


def paid(
    payment_id: str,
    amount: str,
    *,
    back: str = "0.00",
    held: str = "0.00",
    minute: int = 0,
    settled: bool = True,
) -> Paid:
    instrument = Instrument(payment_id.rstrip("123"))
    return Paid(payment_id, instrument, sar(amount), sar(back), sar(held), at(10, minute), settled)


def told(parts: Iterable[Part]) -> list[tuple[str, str, str]]:
    return [(part.payment_id, part.way.value, part.amount.decimal()) for part in parts]


def code_of(refusal: pytest.ExceptionInfo[Refused]) -> Code:
    return refusal.value.code


# which payment gets how much -------------------------------------------------------------------------------------

SPLIT = [paid("cash", "30.00"), paid("voucher", "50.00"), paid("card", "150.00")]


def test_money_goes_back_to_the_card_then_the_voucher_then_in_cash() -> None:
    assert told(plan(sar("172.50"), SPLIT)) == [("card", "card", "150.00"), ("voucher", "voucher", "22.50")]
    assert [part.amount for part in plan(sar("230.00"), SPLIT)] == [
        sar("150.00"),
        sar("50.00"),
        sar("30.00"),
    ]


def test_a_venue_may_have_another_order_or_none() -> None:
    cash_first = plan(sar("60.00"), SPLIT, (Instrument.CASH, Instrument.VOUCHER, Instrument.CARD))
    assert told(cash_first) == [("cash", "cash", "30.00"), ("voucher", "voucher", "30.00")]
    assert [part.payment_id for part in plan(sar("100.00"), SPLIT, (Instrument.CASH,))] == ["cash", "card"]
    assert [part.amount for part in proportional(sar("172.50"), SPLIT)] == [
        sar("22.50"),
        sar("37.50"),
        sar("112.50"),
    ]


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("40.00", [("card2", "40.00")]),  # just that sum
        ("35.00", [("card2", "35.00")]),  # the smallest that covers it
        ("90.00", [("card1", "90.00")]),
        (
            "110.00",
            [("card1", "100.00"), ("card3", "10.00")],
        ),  # the largest, then the smallest that covers the rest
        ("150.00", [("card1", "100.00"), ("card2", "40.00"), ("card3", "10.00")]),
    ],
)
def test_of_several_cards_as_few_as_can_be(amount: str, expected: list[tuple[str, str]]) -> None:
    cards = [paid("card1", "100.00"), paid("card2", "40.00"), paid("card3", "20.00")]
    assert [(part.payment_id, part.amount.decimal()) for part in plan(sar(amount), cards)] == expected


def test_of_equal_cards_the_newest() -> None:
    cards = [paid("card1", "50.00"), paid("card2", "50.00", minute=5), paid("card3", "50.00", minute=3)]
    assert [part.payment_id for part in plan(sar("120.00"), cards)] == ["card2", "card3", "card1"]


def test_only_a_whole_card_payment_that_is_not_settled_is_reversed() -> None:
    fresh = paid("card", "80.50", settled=False)
    assert told(plan(sar("80.50"), [fresh])) == [("card", "reversal", "80.50")]
    assert told(plan(sar("72.45"), [fresh])) == [("card", "card", "72.45")]
    assert told(plan(sar("80.50"), [replace(fresh, settled=True)])) == [("card", "card", "80.50")]
    begun = paid("card", "80.50", back="10.00", settled=False)
    assert told(plan(sar("70.50"), [begun])) == [("card", "card", "70.50")]
    closed = replace(fresh, takes_back=False)
    assert told(plan(sar("80.50"), [closed])) == [("card", "transfer", "80.50")]


@pytest.mark.parametrize("taken", [plan, proportional])
def test_no_payment_gives_more_than_it_took(taken: Callable[[Money, list[Paid]], tuple[Part, ...]]) -> None:
    payments = [
        paid("card", "150.00", back="100.00", held="30.00"),
        paid("cash", "30.00", back="30.00"),
    ]
    assert [(part.payment_id, part.amount) for part in taken(sar("20.00"), payments)] == [
        ("card", sar("20.00"))
    ]
    with pytest.raises(Refused) as refused:
        taken(sar("20.01"), payments)
    assert (code_of(refused), refused.value.facts["most"]) == (Code.REFUND_TOO_MUCH, "20.00")
    with pytest.raises(Refused) as refused:
        taken(NOTHING, payments)
    assert code_of(refused) is Code.NOT_MONEY


def test_card_money_goes_back_in_cash_only_by_somebody_who_may() -> None:
    parts = plan(sar("172.50"), SPLIT)
    with pytest.raises(Refused) as refused:
        in_cash(parts, "card", person("reem", "cashier"))
    assert refused.value.facts["permission"] == "refund_card_to_cash"
    assert told(in_cash(parts, "card", person("huda", "supervisor"))) == [
        ("card", "cash", "150.00"),
        ("voucher", "voucher", "22.50"),
    ]


PAYMENTS = st.lists(
    st.tuples(st.sampled_from(["card", "voucher", "cash"]), st.integers(1, 20_000)), min_size=1, max_size=5
)


@given(PAYMENTS, st.lists(st.tuples(st.integers(1, 15_000), st.booleans(), st.booleans()), max_size=12))
def test_refunds_never_exceed_what_was_captured_in_any_sequence(
    raw: list[tuple[str, int]], wanted: list[tuple[int, bool, bool]]
) -> None:
    payments = {
        str(i): Paid(
            str(i), Instrument(kind), Money(amount, "SAR"), NOTHING, NOTHING, at(9) + timedelta(minutes=i)
        )
        for i, (kind, amount) in enumerate(raw)
    }
    for minor, in_proportion, waits in wanted:
        free = sum(each.free.minor for each in payments.values())
        taken = proportional if in_proportion else plan
        if minor > free:
            with pytest.raises(Refused):
                taken(Money(minor, "SAR"), payments.values())
            continue
        parts = taken(Money(minor, "SAR"), payments.values())
        assert sum(part.amount.minor for part in parts) == minor
        assert len({part.payment_id for part in parts}) == len(parts)
        for part in parts:
            before = payments[part.payment_id]
            assert NOTHING < part.amount <= before.free
            payments[part.payment_id] = (
                replace(before, reserved=before.reserved + part.amount)
                if waits
                else replace(before, refunded=before.refunded + part.amount)
            )
    assert all(each.refunded + each.reserved <= each.captured for each in payments.values())


# VAT and the credit note -----------------------------------------------------------------------------------------


def invoice(*lines: tuple[str, int]) -> Original:
    """Charges c1, c2 … of (gross, quantity) at 15 %."""
    return booked([(sar(gross).minor, 1500) for gross, _ in lines], [quantity for _, quantity in lines])


def booked(taxed: list[tuple[int, int]], quantities: list[int] | None = None) -> Original:
    """Charges c1, c2 … of (gross in minor units, rate), with their VAT as they were sold."""
    lines = [(Money(gross, "SAR"), rate) for gross, rate in taxed]
    pieces = quantities or [1] * len(lines)
    charges = tuple(
        BookedLine(f"c{i}", i, Words(f"Thing {i}", f"شيء {i}"), 0, quantity, gross, vat, rate)
        for i, ((gross, rate), vat, quantity) in enumerate(
            zip(lines, by_line(lines), pieces, strict=True), start=1
        )
    )
    return Original("POS1-000001", "2026-11-26", charges)


def give_back(original: Original, *notes: dict[str, int]) -> list[CreditNote]:
    """A credit note for each of charge → minor units, one after the other."""
    made: list[CreditNote] = []
    for note in notes:
        before = [line for each in made for line in each.lines]
        back = [Back(charge_id, Money(minor, "SAR")) for charge_id, minor in note.items()]
        made.append(credit_note(original, back, before, reason=WHY))
    return made


@pytest.mark.parametrize(
    ("gross", "parts", "vats"),
    [
        ("100.00", [3333, 3333, 3334], [435, 434, 435]),
        ("10.00", [250] * 4, [33, 32, 33, 32]),
        ("1.00", [10] * 10, [1, 2, 1, 1, 2, 1, 1, 1, 2, 1]),
        ("345.50", [17275], [2253]),
        ("100.00", [6700], [874]),
        ("230.00", [17250], [2250]),
        ("80.50", [7245], [945]),
        ("99.99", [4999], [652]),
        ("0.01", [1], [0]),
    ],
)
def test_vat_goes_back_by_cumulative_difference(gross: str, parts: list[int], vats: list[int]) -> None:
    notes = give_back(invoice((gross, 1)), *({"c1": part} for part in parts))
    assert [note.vat.minor for note in notes] == vats
    assert [note.lines[0].vat.minor for note in notes] == vats
    if sum(parts) == sar(gross).minor:
        assert sum(vats) == inside(sar(gross), 1500).minor


def test_the_credit_note_of_the_day_ticket() -> None:
    original = invoice(("230.00", 2), ("80.50", 1), ("80.50", 1), ("34.50", 1))
    (note,) = give_back(original, {"c3": 7245})
    assert (note.gross, note.net, note.vat) == (sar("72.45"), sar("63.00"), sar("9.45"))
    assert (note.original_number, note.original_day, note.reason) == ("POS1-000001", "2026-11-26", WHY)
    (line,) = receipt_lines(note, {})
    assert (line.name.en, line.quantity, line.unit, line.gross) == (
        "Thing 3",
        1,
        sar("72.45"),
        sar("72.45"),
    )


def test_a_charge_that_goes_back_whole_keeps_its_quantity_on_paper() -> None:
    (note,) = give_back(invoice(("29.97", 3), ("10.00", 3)), {"c1": 2997, "c2": 1000})
    assert note.vat == sar("5.21")
    assert [(line.quantity, line.unit.decimal()) for line in receipt_lines(note, {})] == [
        (3, "9.99"),
        (1, "10.00"),
    ]


def test_three_tickets_at_nine_ninety_nine_give_back_the_vat_of_the_document() -> None:
    original = invoice(("9.99", 1), ("9.99", 1), ("9.99", 1))
    (whole,) = give_back(original, {"c1": 999, "c2": 999, "c3": 999})
    assert (whole.vat, [line.vat.minor for line in whole.lines]) == (sar("3.91"), [131, 130, 130])
    one_by_one = give_back(original, {"c1": 999}, {"c2": 999}, {"c3": 999})
    assert sum(note.vat.minor for note in one_by_one) == 391


def test_each_rate_has_its_own_vat() -> None:
    (note,) = give_back(
        booked([(11_500, 1500), (10_500, 500), (5000, 0)]), {"c1": 5750, "c2": 2100, "c3": 5000}
    )
    assert [(line.rate, line.gross.minor, line.vat.minor) for line in note.vat_lines] == [
        (1500, 5750, 750),
        (500, 2100, 100),
        (0, 5000, 0),
    ]
    assert (note.gross, note.vat) == (sar("128.50"), sar("8.50"))


@pytest.mark.parametrize(
    ("number", "day", "reason", "code"),
    [
        ("", "2026-11-26", WHY, Code.CREDIT_NO_ORIGINAL),
        ("POS1-000001", " ", WHY, Code.CREDIT_NO_ORIGINAL),
        ("POS1-000001", "2026-11-26", Words("", ""), Code.REASON_NEEDED),
        ("POS1-000001", "2026-11-26", Words("Weather", " "), Code.REASON_NEEDED),
    ],
)
def test_a_credit_note_names_its_invoice_the_day_and_why(
    number: str, day: str, reason: Words, code: Code
) -> None:
    original = replace(invoice(("80.50", 1)), number=number, day=day)
    with pytest.raises(Refused) as refused:
        credit_note(original, [Back("c1", sar("1.00"))], [], reason=reason)
    assert code_of(refused) is code


@pytest.mark.parametrize(
    ("back", "code"),
    [
        ([], Code.NOT_MONEY),
        ([Back("c1", NOTHING)], Code.NOT_MONEY),
        ([Back("c1", sar("40.00")), Back("c1", -sar("10.00"))], Code.NOT_MONEY),
        ([Back("c1", sar("40.51"))], Code.REFUND_TOO_MUCH),
        ([Back("c1", sar("40.50")), Back("c1", sar("0.01"))], Code.REFUND_TOO_MUCH),
    ],
)
def test_no_line_gives_back_more_than_is_left_of_it(back: list[Back], code: Code) -> None:
    original = invoice(("80.50", 1))
    before = give_back(original, {"c1": 4000})[0].lines
    with pytest.raises(Refused) as refused:
        credit_note(original, back, before, reason=WHY)
    assert code_of(refused) is code


SALES = st.lists(st.tuples(st.integers(1, 30_000), st.sampled_from([0, 500, 1500])), min_size=1, max_size=6)


@given(SALES, st.data())
def test_all_credits_of_a_sale_that_went_back_whole_have_its_vat(
    taxed: list[tuple[int, int]], data: st.DataObject
) -> None:
    original = booked(taxed)
    left = {charge.charge_id: charge.gross.minor for charge in original.charges}
    before: list[CreditLine] = []
    while left:
        if len(before) > 8:
            some = dict(left)
        else:
            chosen = data.draw(st.lists(st.sampled_from(sorted(left)), min_size=1, unique=True))
            some = {each: data.draw(st.integers(1, left[each])) for each in chosen}
        note = credit_note(
            original, [Back(key, Money(minor, "SAR")) for key, minor in some.items()], before, reason=WHY
        )
        assert note.gross.minor == sum(some.values()) == sum(line.gross.minor for line in note.lines)
        assert note.vat == sum((line.vat for line in note.lines), NOTHING)
        assert all(NOTHING <= line.vat <= line.gross for line in note.lines)
        before += note.lines
        left = {key: minor - some.get(key, 0) for key, minor in left.items() if minor > some.get(key, 0)}
    for rate in {rate for _, rate in taxed}:
        sold = sum(charge.vat.minor for charge in original.charges if charge.rate == rate)
        assert sum(line.vat.minor for line in before if line.charge.rate == rate) == sold


# cash that was rounded -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "step", "rounded"),
    [
        (1002, 5, 1000), (1003, 5, 1005), (1007, 5, 1005), (1008, 5, 1010), (-1003, 5, -1005), (-1002, 5, -1000),
        (2, 5, 0), (1002, 0, 1002), (1003, 1, 1003), (1025, 50, 1050), (-1025, 50, -1050), (1024, 50, 1000),
    ],
)  # fmt: skip
def test_cash_is_rounded_the_same_above_and_below_nothing(amount: int, step: int, rounded: int) -> None:
    assert to_step(Money(amount, "SAR"), step) == Money(rounded, "SAR")


def test_a_rounded_sale_gives_back_the_coins_that_came() -> None:
    taken = CashTaken(sar("10.02"), -sar("0.02"), NOTHING, NOTHING)
    assert cash_back(sar("10.02"), taken, 5) == sar("10.00")
    assert cash_back(sar("5.01"), taken, 5) == sar("5.00")
    rest = replace(taken, back=sar("5.01"), handed=sar("5.00"))
    assert cash_back(sar("5.01"), rest, 5) == sar("5.00")


def test_what_was_rounded_stays_so_when_the_venue_rounds_no_more() -> None:
    taken = CashTaken(sar("10.02"), -sar("0.02"), NOTHING, NOTHING)
    assert (cash_back(sar("10.02"), taken, 0), cash_back(sar("5.01"), taken, 0)) == (
        sar("10.00"),
        sar("5.00"),
    )
    assert cash_back(sar("10.02"), replace(taken, rounding=sar("0.03")), 0) == sar("10.05")


def test_without_rounding_cash_goes_back_as_it_is() -> None:
    assert cash_back(sar("3.34"), CashTaken(sar("10.02"), NOTHING, NOTHING, NOTHING), 0) == sar("3.34")


@given(st.integers(1, 20_000), st.sampled_from([0, 5, 10, 25, 50, 100]), st.data())
def test_all_cash_refunds_of_a_sale_hand_out_what_was_taken(due: int, step: int, data: st.DataObject) -> None:
    came = to_step(Money(due, "SAR"), step)
    taken = CashTaken(Money(due, "SAR"), came - Money(due, "SAR"), NOTHING, NOTHING)
    while taken.back < taken.due:
        left = taken.due.minor - taken.back.minor
        part = Money(data.draw(st.integers(max(1, left // 8), left)), "SAR")
        coins = cash_back(part, taken, step)
        assert coins >= NOTHING
        assert coins.minor % max(step, 1) == 0
        taken = replace(taken, back=taken.back + part, handed=taken.handed + coins)
    assert taken.handed == came


# states ----------------------------------------------------------------------------------------------------------

MOVES = {
    ("requested", "approved"), ("requested", "refused"), ("requested", "withdrawn"),
    ("approved", "sent"), ("approved", "withdrawn"),
    ("sent", "done"), ("sent", "failed"), ("sent", "unknown"),
    ("unknown", "done"), ("unknown", "failed"),
    ("failed", "sent"), ("failed", "withdrawn"),
}  # fmt: skip


@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize("after", list(State))
@pytest.mark.parametrize("before", list(State))
def test_a_refund_moves_only_where_it_may(before: State, after: State, way: Way) -> None:
    at_once = (before, after) == (State.APPROVED, State.DONE) and way in (Way.CASH, Way.VOUCHER)
    if (before.value, after.value) in MOVES or at_once:
        check_move(before, after, way)
        return
    with pytest.raises(Refused) as refused:
        check_move(before, after, way)
    assert code_of(refused) is Code.REFUND_STATE


@pytest.mark.parametrize(
    ("decided", "attempts", "state"),
    [
        ("", "", State.REQUESTED),
        ("requested", "", State.REQUESTED),
        ("requested approved", "", State.APPROVED),
        ("requested refused", "", State.REFUSED),
        ("requested approved withdrawn", "", State.WITHDRAWN),
        ("requested approved", "asked", State.SENT),
        ("requested approved", "unknown", State.UNKNOWN),
        ("requested approved", "parked", State.UNKNOWN),
        ("requested approved", "declined", State.FAILED),
        ("requested approved", "declined cancelled", State.FAILED),
        ("requested approved", "declined asked", State.SENT),
        ("requested approved", "asked unknown", State.UNKNOWN),
        ("requested approved", "declined captured", State.DONE),
        ("requested approved withdrawn", "declined", State.WITHDRAWN),
        ("requested approved withdrawn", "captured", State.DONE),
        ("", "captured", State.DONE),
    ],
)
def test_the_state_follows_from_the_rows_in_any_order(decided: str, attempts: str, state: State) -> None:
    for decisions in itertools.permutations(State(each) for each in decided.split()):
        for tried in itertools.permutations(AttemptState(each) for each in attempts.split()):
            assert state_of(decisions, tried) is state


def test_money_is_held_until_a_refund_is_over() -> None:
    assert set(State) - RESERVES == {State.DONE, State.WITHDRAWN, State.REFUSED}


# who may ---------------------------------------------------------------------------------------------------------


def person(staff_id: str, role: str) -> StaffMember:
    return StaffMember(staff_id, Words(staff_id, staff_id), role, "en")


def wish(
    amount: str = "72.45", *, allowed: str = "72.45", reason: Reason = Reason.MEDICAL, note: str = ""
) -> Wish:
    return Wish(sar(amount), sar(allowed), "reem", "reem", reason, note)


def approve(asked: Wish, approver: StaffMember, today: str = "0.00") -> None:
    check_approval(asked, approver, limit_of(approver.role, LIMITS, "SAR"), sar(today))


@pytest.mark.parametrize(
    ("asked", "role", "code"),
    [
        (wish(), "gate", Code.NOT_ALLOWED),
        (wish("0.00"), "cashier", Code.NOT_MONEY),
        (wish(reason=Reason.OTHER, note=" "), "cashier", Code.REASON_NEEDED),
        (wish("80.50"), "cashier", Code.REASON_NEEDED),
    ],
)
def test_a_refund_that_cannot_be_asked_for(asked: Wish, role: str, code: Code) -> None:
    with pytest.raises(Refused) as refused:
        check_wish(asked, role)
    assert code_of(refused) is code


def test_a_cashier_asks_and_a_supervisor_approves() -> None:
    for asked in (wish(), wish(reason=Reason.OTHER, note="sick child"), wish("80.50", note="goodwill")):
        check_wish(asked, "cashier")
        approve(asked, person("huda", "supervisor"))


@pytest.mark.parametrize(
    ("asked", "approver", "today", "code"),
    [
        (wish(), person("reem", "supervisor"), "0.00", Code.APPROVER_SAME),
        (replace(wish(), taker_id="huda"), person("huda", "supervisor"), "0.00", Code.APPROVER_SAME),
        (wish(), person("salem", "cashier"), "0.00", Code.APPROVER_NOT_ALLOWED),
        (wish(), person("nora", "support_admin"), "0.00", Code.APPROVER_NOT_ALLOWED),
        (replace(wish(), seller_id="huda"), person("huda", "supervisor"), "0.00", Code.REFUND_OWN_SALE),
        (replace(wish(), seller_id="root"), person("root", "super_admin"), "0.00", Code.REFUND_OWN_SALE),
        (wish("80.50"), person("badr", "booking_admin"), "0.00", Code.REFUND_OVER_POLICY),
        (wish(reason=Reason.WEATHER), person("badr", "booking_admin"), "0.00", Code.REFUND_FOR_VENUE),
        (wish(reason=Reason.VENUE_CLOSED), person("badr", "booking_admin"), "0.00", Code.REFUND_FOR_VENUE),
        (wish("500.01", allowed="900.00"), person("badr", "booking_admin"), "0.00", Code.REFUND_OVER_LIMIT),
        (wish("500.00", allowed="900.00"), person("badr", "booking_admin"), "1500.01", Code.REFUND_OVER_DAY),
    ],
)
def test_who_may_not_approve(asked: Wish, approver: StaffMember, today: str, code: Code) -> None:
    with pytest.raises(Refused) as refused:
        approve(asked, approver, today)
    assert code_of(refused) is code


def test_the_last_of_a_limit_is_within_it() -> None:
    approve(wish("500.00", allowed="900.00"), person("badr", "booking_admin"), "1500.00")
    approve(wish("90000.00", allowed="90000.00"), person("fahd", "finance_admin"), "900000.00")


def test_the_preview_names_those_who_may_approve() -> None:
    people = [
        person("reem", "supervisor"),
        person("salem", "cashier"),
        person("huda", "supervisor"),
        person("badr", "booking_admin"),
        person("nora", "support_admin"),
    ]
    named = who_may_approve(wish(), people, LIMITS, {"huda": sar("4950.00")})
    assert [each.staff_id for each in named] == ["badr"]


@pytest.mark.parametrize(
    ("asked", "people", "why", "who"),
    [
        (wish(), ["salem cashier"], "right", ["salem"]),
        (wish("80.50"), ["badr booking_admin"], "policy", ["badr"]),
        (wish(reason=Reason.WEATHER), ["badr booking_admin", "salem cashier"], "venue", ["badr"]),
        (wish("500.01", allowed="900.00"), ["badr booking_admin"], "limit", ["badr"]),
        (wish(), ["dana booking_admin", "salem cashier"], "day", ["dana"]),
        (replace(wish(), seller_id="huda"), ["huda supervisor", "salem cashier"], "seller", ["huda"]),
        (wish(), ["reem supervisor", "dana booking_admin"], "asker", ["reem"]),
        (replace(wish(), taker_id="huda"), ["reem supervisor", "huda supervisor"], "taker", ["huda"]),
        # who took it up, and may not approve so much: that keeps them
        (
            replace(wish("500.01", allowed="900.00"), taker_id="badr"),
            ["badr booking_admin"],
            "limit",
            ["badr"],
        ),
        (wish(), [], "right", []),
    ],
)
def test_where_nobody_may_approve_it_is_told_what_keeps_those_who_come_closest(
    asked: Wish, people: list[str], why: str, who: list[str]
) -> None:
    found = [person(*each.split()) for each in people]
    today = {"dana": sar("2000.00")}
    assert who_may_approve(asked, found, LIMITS, today) == ()
    kept = why_nobody(asked, found, LIMITS, today)
    assert (kept.why, [each.staff_id for each in kept.who]) == (Nobody(why), who)


# from the quote to the coins -------------------------------------------------------------------------------------


def test_the_unused_ticket_of_the_visit_goes_back_on_mada() -> None:
    original = invoice(("230.00", 2), ("80.50", 1), ("80.50", 1), ("34.50", 1), ("0.00", 1))
    policy = Policy("day", Words("Day ticket", "تذكرة يوم"), same_day=9000)
    ticket = Account((Given("c3", sar("80.50")),), (), sar("80.50"), NOTHING)
    offer = quote(policy, ticket, revision=1, asked=Asked(at(10, 40), at(7), ZoneInfo("Asia/Riyadh")))
    assert (offer.fee, offer.refund) == (sar("8.05"), sar("72.45"))
    note = credit_note(original, offer.lines, [], reason=WHY)
    assert (note.gross, note.net, note.vat) == (sar("72.45"), sar("63.00"), sar("9.45"))
    payments = [paid("card", "300.00"), paid("cash", "125.50")]
    (part,) = plan(offer.refund, payments)
    assert (part.payment_id, part.way, part.amount) == ("card", Way.CARD, sar("72.45"))
    asked = Wish(offer.refund, offer.refund, "reem", "reem", Reason.CUSTOMER_CANCEL)
    check_wish(asked, "cashier")
    with pytest.raises(Refused) as refused:
        approve(asked, person("reem", "cashier"))
    assert code_of(refused) is Code.APPROVER_SAME
    approve(asked, person("huda", "finance_admin"))
    again = replace(ticket, back=offer.refund)
    later = Asked(at(10, 50), at(7), ZoneInfo("Asia/Riyadh"))
    assert quote(policy, again, revision=1, asked=later).refund == NOTHING


def test_a_cabana_that_is_rejected_goes_back_whole_by_bookings_and_not_by_support() -> None:
    policy = Policy("cabana", Words("Cabana", "كابانا"), non_refundable=True)
    cabana = Account((Given("c1", sar("230.00")),), (), sar("230.00"), NOTHING)
    rejected = Asked(at(6), at(7), ZoneInfo("Asia/Riyadh"), Cause.VENUE)
    offer = quote(policy, cabana, revision=1, asked=rejected)
    assert (offer.refund, credit_note(invoice(("230.00", 1)), offer.lines, [], reason=WHY).vat) == (
        sar("230.00"),
        sar("30.00"),
    )
    asked = Wish(offer.refund, offer.refund, "reem", "reem", Reason.REJECTED)
    approve(asked, person("badr", "booking_admin"))
    with pytest.raises(Refused) as refused:
        approve(asked, person("nora", "support_admin"))
    assert code_of(refused) is Code.APPROVER_NOT_ALLOWED
