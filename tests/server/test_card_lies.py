"""What a till says of a card's money, of voids, and what it leaves out: taken, and a case each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from domain import operation as op
from domain.catalogue import Words
from server.jobs import look_for_halves
from tests.helpers.core import DAY, FakeStation, a_sale, sar
from tests.server.test_refund_lies import answer, approved, cases, part
from tests.server.test_refunds import CHILD, Desk, desk

__all__ = ["desk"]
NO = Words("no", "لا")
ONE_DAY = 24 * 3600


def asked(attempt: str, minor: int, sale: str = "x-s", **more: str) -> op.CardAsked:
    plain = op.CardAsked(attempt, "charge", sale, sar(minor), "SIM")
    return replace(plain, **more)  # type: ignore[arg-type] # fields of the record


def took(attempt: str, minor: int) -> op.CardApproved:
    return op.CardApproved(attempt, sar(minor), "mada", "", "4821", "1", "2", "3", "SIM", "chip")


def sold(desk: Desk, *before: op.Operation, name: str = "x", attempt: str = "x-a") -> str:
    """How a sale of one ticket for 80.50 by card was answered."""
    return desk.pos.say(*before, *sale(desk, name, attempt)).answers[-1].answer


def sale(desk: Desk, name: str = "x", attempt: str = "x-a") -> tuple[op.BookingMade, op.SaleClosed]:
    made, closed = in_halves(desk, name)
    card = replace(closed.tenders[0], method="card", attempt_id=attempt, scheme="mada")
    return made, replace(closed, tenders=(card,))


def in_halves(desk: Desk, name: str) -> tuple[op.BookingMade, op.SaleClosed]:
    """What is sold, and its sale in cash."""
    session = desk.core.session
    line = op.BookedLine(f"{name}-c", CHILD, Words("Child", "طفل"), session, 1, sar(8050), sar(1050), 1500)
    made = op.BookingMade(name, DAY, (line,), (op.IssuedTicket(f"{name}-t", CHILD, session, 1, "CODE"),))
    return made, a_sale(desk.core, made, number=f"POS1-{name}")


def alone(desk: Desk, after: int = ONE_DAY + 60) -> dict[str, dict[str, str]]:
    desk.core.clock.forward(seconds=after)
    look_for_halves(desk.core.database, desk.core.clock)
    return cases(desk.core)


# paid by card --------------------------------------------------------------------------------------------------------

NOTHING: dict[str, tuple[Iterable[op.Operation], dict[str, str]]] = {
    "declined": ([asked("x-a", 8050), op.CardDeclined("x-a", NO, "51")], {"beyond_minor": "8050"}),
    "cancelled": ([asked("x-a", 8050), op.CardCancelled("x-a", "user")], {"beyond_minor": "8050"}),
    "only asked": ([asked("x-a", 8050)], {"beyond_minor": "8050"}),
    "less": ([asked("x-a", 8000), took("x-a", 8000)], {"beyond_minor": "50"}),
    "of another sale": ([asked("x-a", 8050, "y-s"), took("x-a", 8050)], {"beyond_minor": "8050"}),
    "went the other way": (
        [asked("x-a", 8050, direction="reversal", original_id="y-a"), took("x-a", 8050)],
        {"beyond_minor": "8050"},
    ),
}


@pytest.mark.parametrize("how", NOTHING)
def test_a_sale_by_a_card_that_did_not_pay_it_is_taken_and_one_case_says_so(desk: Desk, how: str) -> None:
    before, facts = NOTHING[how]
    assert sold(desk, *before) == "flagged"
    assert cases(desk.core)["card_short"] == {"attempt": "x-a"} | facts


def test_a_card_that_nobody_asked_is_told_by_its_sale(desk: Desk) -> None:
    assert sold(desk) == "flagged"
    assert cases(desk.core) == {"card_short": {"sale": "x-s", "beyond_minor": "8050"}}


def test_a_card_whose_answer_comes_later_is_no_case_any_more(desk: Desk) -> None:
    sold(desk, asked("x-a", 8050), op.CardUnknown("x-a", "timeout"))
    assert cases(desk.core).keys() == {"card_unknown", "card_short"}
    took_it = op.CardResolved("x-a", "captured", "query", sar(8050), "mada", "", "4821", "1", "2", "3")
    desk.pos.say(took_it)
    assert cases(desk.core) == {}


def test_one_card_pays_for_one_sale(desk: Desk) -> None:
    assert sold(desk, asked("x-a", 8050), took("x-a", 8050)) == "applied"
    assert sold(desk, name="y") == "flagged"
    assert cases(desk.core)["card_short"]["beyond_minor"] == "8050"


def test_a_sale_that_brought_less_than_was_sold_is_told(desk: Desk) -> None:
    made, closed = in_halves(desk, "x")
    cheap = replace(closed.receipt, gross=sar(100), net=sar(100))
    [cash] = closed.tenders
    little = replace(closed, receipt=cheap, tenders=(replace(cash, amount=sar(100), tendered=sar(100)),))
    assert desk.pos.say(made, little).answers[-1].answer == "flagged"
    assert cases(desk.core) == {"sold_short": {"booking": "x", "short": "7950"}}


# rights --------------------------------------------------------------------------------------------------------------

ALONE: dict[str, tuple[op.Operation, str]] = {
    "cash out": (op.CashMoved("m", "shift", "cash_out", sar(30000), "supplier"), "approve_cash_out"),
    "a drawer that is short": (
        op.ShiftClosed("shift", "Z-1", "c", sar(0), sar(63200), sar(-63200), "", "", False),
        "approve_difference",
    ),
}


@pytest.mark.parametrize("what", ALONE)
def test_what_nobody_does_alone_is_looked_at(desk: Desk, what: str) -> None:
    said, right = ALONE[what]
    assert answer(desk.pos, said) == "flagged"
    assert cases(desk.core)["not_permitted"]["permission"] == right


@pytest.mark.parametrize("who", ["huda", "nadia"])
def test_a_second_person_is_another_and_said_yes_to_that(desk: Desk, who: str) -> None:
    """Huda acts; what Nadia let was something else."""
    let = op.OverrideGiven("y", "nadia", "discount_over_limit", "", "as agreed")
    desk.pos.say(let)
    desk.pos.staff = "huda"
    assert answer(desk.pos, op.CashMoved("m", "shift", "drop", sar(5000), "bag 1", who)) == "flagged"
    assert cases(desk.core)["not_permitted"]["differs"] == ("same_person" if who == "huda" else "no_yes")


# voids ---------------------------------------------------------------------------------------------------------------


def voided(desk: Desk, name: str = "x", **more: object) -> op.SaleVoided:
    made, closed = sale(desk, name)
    receipt = replace(closed.receipt, number=f"POS1-V{name}")
    back = op.RefundPart(f"{name}-r", closed.tenders[0].payment_id, "card", sar(8050), "mada", f"{name}-b")
    plain = op.SaleVoided(
        f"{name}-v", closed.sale_id, made.booking_id, made.day, closed.shift_id, f"{name}-vd", receipt.number,
        receipt, (back,), tuple(each.charge_id for each in made.lines),
        tuple(each.ticket_id for each in made.tickets), (desk.core.session,), "wrong day", "huda",
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type] # fields of the record


def reversed_(minor: int = 8050, original: str = "x-a") -> tuple[op.Operation, ...]:
    return asked("x-b", minor, direction="reversal", original_id=original), took("x-b", minor)


def in_cash(it: op.SaleVoided, minor: int = 8050) -> op.SaleVoided:
    [back] = it.refunds
    cash = replace(back, method="cash", scheme="", attempt_id="", amount=sar(minor))
    receipt = replace(it.receipt, gross=sar(minor), net=sar(minor), vat=sar(0))
    return replace(it, refunds=(cash,), receipt=receipt if minor != 8050 else it.receipt)


VOIDS: dict[str, tuple[tuple[op.Operation, ...], Callable[[op.SaleVoided], op.SaleVoided], str]] = {
    "a card that was not asked": ((), lambda it: it, "card"),
    "a card that took less": (reversed_(50), lambda it: it, "card"),
    "another card": (reversed_(original="y-a"), lambda it: it, "card"),
    "cash for a card": ((), in_cash, "tender"),
    "more": ((), lambda it: in_cash(it, 9000), "amount, tender"),
    "another shift": ((), lambda it: replace(in_cash(it), shift_id="later"), "shift, tender"),
    "no tickets": (reversed_(), lambda it: replace(it, tickets=(), sessions=()), "left_good"),
    "no charges": (reversed_(), lambda it: replace(it, charges=()), "left"),
    "others' tickets": (reversed_(), lambda it: replace(it, tickets=(*it.tickets, "b-t0")), "left"),
    "another payment": (
        reversed_(),
        lambda it: replace(it, refunds=(replace(it.refunds[0], payment_id="b-card"),)),
        "tender, card",
    ),
    "another sale": (reversed_(), lambda it: replace(it, sale_id="nobody"), "no_sale"),
    "by who said yes": (reversed_(), lambda it: replace(it, approver_id="reem"), "same_person"),
}


@pytest.mark.parametrize("lie", VOIDS)
def test_a_void_that_does_not_fit_its_sale_is_taken_and_one_case_says_how(desk: Desk, lie: str) -> None:
    before, tell, differs = VOIDS[lie]
    sold(desk, asked("x-a", 8050), took("x-a", 8050))
    if before:
        desk.pos.say(*before)
    assert answer(desk.pos, tell(voided(desk))) == "flagged"
    assert cases(desk.core)["void_otherwise"]["differs"] == differs
    if lie == "more":
        assert cases(desk.core)["void_otherwise"]["sold_minor"] == "8050"
        assert cases(desk.core)["void_otherwise"]["gave_minor"] == "9000"


def test_a_void_as_it_must_be_is_no_case(desk: Desk) -> None:
    sold(desk, asked("x-a", 8050), took("x-a", 8050))
    desk.pos.say(*reversed_())
    assert answer(desk.pos, voided(desk)) == "applied"
    sold(desk, asked("y-a", 8050, "y-s"), took("y-a", 8050), name="y", attempt="y-a")
    refused = asked("y-b", 8050, "y-s", direction="reversal", original_id="y-a")
    desk.pos.say(refused, op.CardDeclined("y-b", NO, "91"))
    assert answer(desk.pos, replace(in_cash(voided(desk, "y")), shift_id="later")) == "applied"
    assert alone(desk) == {}


def test_a_void_at_another_station_is_told(desk: Desk) -> None:
    sold(desk, asked("x-a", 8050), took("x-a", 8050))
    other = desk.core.enrol("POS2")
    other.yes()
    other.say(*reversed_())
    assert answer(other, voided(desk)) == "flagged"
    assert cases(desk.core)["void_otherwise"]["differs"] == "station"


def test_a_yes_that_no_pin_gave_is_looked_at(desk: Desk) -> None:
    sold(desk, asked("x-a", 8050), took("x-a", 8050))
    desk.pos.say(*reversed_())
    assert answer(desk.pos, voided(desk, approver_id="nadia")) == "flagged"
    facts = cases(desk.core)["not_permitted"]
    assert (facts["approver"], facts["permission"], facts["differs"]) == ("nadia", "approve_void", "no_yes")
    desk.core.clock.forward(days=2)
    assert answer(desk.pos, op.CashMoved("m", "shift", "drop", sar(5000), "bag 1", "huda")) == "flagged"


# refunds -------------------------------------------------------------------------------------------------------------


def to_card(desk: Desk, refund: str, attempt: str, minor: int, pos: FakeStation | None = None) -> str:
    pays = {"original_id": "b-a", "ask_id": refund, "payment_id": "b-card", "direction": "refund"}
    said = asked(attempt, minor, "b-s", **pays), took(attempt, minor)
    return (pos or desk.pos).say(*said).answers[-1].answer


def by_card(desk: Desk, refund: str) -> op.RefundPaid:
    return replace(
        part(desk.payment(refund), method="card", attempt_id="back", scheme="mada"), cash_approver_id=""
    )


def test_a_card_that_got_other_than_its_credit_note_says_is_told(desk: Desk) -> None:
    refund = approved(desk)
    to_card(desk, refund, "back", 500)
    assert answer(desk.pos, by_card(desk, refund)) == "flagged"
    assert cases(desk.core) == {"card_short": {"attempt": "back", "beyond_minor": "11000"}}


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_refund_that_went_to_the_card_again_is_told_at_once(desk: Desk, when: str) -> None:
    refund = approved(desk)
    to_card(desk, refund, "back", 11500)
    if when == "before":
        to_card(desk, refund, "again", 11500)
    desk.pos.say(by_card(desk, refund))
    if when == "after":
        assert cases(desk.core) == {}
        assert to_card(desk, refund, "again", 11500) == "flagged"
    assert cases(desk.core) == {"card_alone": {"attempt": "again", "card_minor": "11500", "books_minor": "0"}}
    assert alone(desk).keys() == {"card_alone"}


def test_a_refund_that_failed_after_the_card_took_it_is_told(desk: Desk) -> None:
    refund = approved(desk)
    to_card(desk, refund, "back", 11500)
    assert answer(desk.pos, op.RefundFailed("f", refund, "back", "declined")) == "flagged"
    assert cases(desk.core).keys() == {"card_contradiction"}


# what is alone -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lacks", ["no_sale", "no_booking"])
def test_half_of_a_sale_is_a_case_after_a_day_until_the_rest_comes(desk: Desk, lacks: str) -> None:
    made, closed = in_halves(desk, "x")
    first, second = (made, closed) if lacks == "no_sale" else (closed, made)
    desk.pos.say(first)
    assert "half_told" not in alone(desk, ONE_DAY - 60)
    found = alone(desk, 120)["half_told"]
    assert found["differs"] == lacks and "x" in found.values()
    desk.pos.say(second)
    assert cases(desk.core) == {}


def test_card_money_of_which_no_document_speaks_is_a_case_after_a_day(desk: Desk) -> None:
    desk.pos.say(asked("x-a", 8050), took("x-a", 8050))
    assert alone(desk, ONE_DAY - 60) == {}
    assert alone(desk, 120) == {"card_alone": {"attempt": "x-a", "card_minor": "8050", "books_minor": "0"}}
    desk.pos.say(*sale(desk))
    assert cases(desk.core) == {}


def test_a_card_that_was_given_back_before_anything_was_sold_needs_no_document(desk: Desk) -> None:
    desk.pos.say(asked("x-a", 8050), took("x-a", 8050), *reversed_())
    assert alone(desk) == {}


def test_money_that_went_back_to_a_card_without_a_note_is_a_case_after_a_day(desk: Desk) -> None:
    sold(desk, asked("x-a", 8050), took("x-a", 8050))
    desk.pos.say(*reversed_())
    assert cases(desk.core) == {}
    assert alone(desk)["card_alone"]["attempt"] == "x-b"
    desk.pos.yes()
    desk.pos.say(voided(desk))
    assert cases(desk.core) == {}
