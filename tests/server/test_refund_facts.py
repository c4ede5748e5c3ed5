"""Refunds that were paid, as the server hears of them: always taken, and a case where something is wrong with them."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from domain import operation as op
from domain.catalogue import Words
from domain.receipt import DocumentKind
from ledger import feed, read_money
from ledger import tables as t
from ledger.read_cases import open_cases
from ledger.read_setup import places_sold
from tests.helpers.core import DAY, Core, FakeStation, a_booking, a_sale, an_admission, sar


def paid(core: Core, name: str = "one", *, gross: int = 10350, number: str = "POS1-000002") -> op.RefundPaid:
    """Of the first ticket of the booking `booking`, which cost 115.00 and was paid in cash."""
    receipt = replace(
        a_sale(core, a_booking(core)).receipt,
        kind=DocumentKind.CREDIT,
        number=number,
        gross=sar(gross),
        net=sar(gross),
        original_number="POS1-000001",
        reason=Words("x", "x"),
    )
    line = op.CreditedLine(f"{name}-l", "booking-c", 1, sar(gross), sar(0), 1500)
    part = op.RefundPart(f"{name}-r", "booking-p", "cash", sar(gross))
    ids = (f"{name}-paid", "ask", "approved-1", "booking-s", "booking", DAY, "shift", f"{name}-d")
    return op.RefundPaid(*ids, number, receipt, (line,), (part,), ("booking-t0",), (core.session,))


def sell(core: Core, pos: FakeStation) -> None:
    booked = a_booking(core, tickets=2)
    assert {each.answer for each in pos.say(booked, a_sale(core, booked)).answers} == {"applied"}


def approve(core: Core, *decisions: str) -> None:
    """As the server keeps what was decided."""
    with core.database.engine.begin() as connection:
        for decision in decisions:
            values = {"decision_id": f"{decision}-1", "ask_id": "ask", "decision": decision, "bucket": "x"}
            connection.execute(sa.insert(t.refund_decision).values(**values))
        feed.publish(connection, [t.refund_decision.name])


def kinds(core: Core) -> list[str]:
    return sorted(case.kind for case in core.database.look(open_cases))


def test_an_approved_refund_ends_its_ticket_and_owes_nobody_anything(core: Core) -> None:
    pos = core.enrol("POS1")
    sell(core, pos)
    approve(core, "approved")
    assert [each.answer for each in pos.say(paid(core)).answers] == ["applied"]
    assert kinds(core) == []
    with core.database.engine.connect() as connection:
        assert read_money.owed(connection, "booking") == 0
        assert places_sold(connection, [core.session]) == {core.session: 1}
        assert list(connection.execute(sa.select(t.ticket_cancel.c.ticket_id)).scalars()) == ["booking-t0"]


@pytest.mark.parametrize("decisions", [(), ("refused",), ("approved", "withdrawn")])
def test_what_nobody_approved_is_taken_and_flagged(core: Core, decisions: tuple[str, ...]) -> None:
    pos = core.enrol("POS1")
    sell(core, pos)
    approve(core, *decisions)
    assert [each.answer for each in pos.say(paid(core)).answers] == ["flagged"]
    assert kinds(core) == ["refund_unapproved"]


def test_two_credit_notes_for_one_refund_are_a_case_and_so_is_more_than_came_in(core: Core) -> None:
    pos = core.enrol("POS1")
    sell(core, pos)
    approve(core, "approved")
    pos.say(paid(core))
    assert pos.say(paid(core, "two", number="POS1-000003")).answers[0].answer == "flagged"
    assert kinds(core) == ["refunded_twice"]
    third = replace(paid(core, "three", number="POS1-000004"), ask_id="other")
    pos.say(third)
    assert kinds(core) == ["over_refunded", "refund_unapproved", "refunded_twice"]


def test_a_refund_that_comes_before_its_sale_is_judged_again_with_it(core: Core) -> None:
    pos = core.enrol("POS1")
    approve(core, "approved")
    pos.say(paid(core, gross=23100))
    assert "over_refunded" not in kinds(core)
    sell_late = a_booking(core, tickets=2)
    pos.say(sell_late, a_sale(core, sell_late))
    assert "over_refunded" in kinds(core)


def test_a_guest_who_came_in_on_a_refunded_ticket_is_a_case(core: Core) -> None:
    pos = core.enrol("POS1")
    sell(core, pos)
    approve(core, "approved")
    pos.say(paid(core), an_admission("booking-t0", admission="a"))
    assert kinds(core) == ["admitted_canceled"]


@pytest.mark.parametrize("again", [False, True])
def test_whoever_let_a_refund_be_knew_of_a_guest_who_was_inside_but_not_of_who_came_later(
    core: Core, again: bool
) -> None:
    pos = core.enrol("POS1")
    sell(core, pos)
    pos.say(an_admission("booking-t0", admission="a"))
    approve(core, "approved")
    pos.say(paid(core))
    assert kinds(core) == []
    pos.say(replace(an_admission("booking-t0", admission="b"), again=again))
    assert kinds(core) == sorted(["admitted_canceled", *([] if again else ["double_admission"])])


def test_an_entry_of_which_nobody_had_heard_when_a_refund_was_let_be_is_a_case(core: Core) -> None:
    pos, gate = core.enrol("POS1"), core.enrol("LK1")
    sell(core, pos)
    came = gate.sent(an_admission("booking-t0", admission="a"))
    approve(core, "approved")
    pos.say(paid(core))
    gate.push(came)
    assert kinds(core) == ["admitted_canceled"]


def test_a_case_about_another_ticket_of_the_sale_names_the_credit_note_too(core: Core) -> None:
    pos = core.enrol("POS1")
    sell(core, pos)
    approve(core, "approved")
    pos.say(an_admission("booking-t1", admission="a"), an_admission("booking-t1", admission="b"))
    pos.say(paid(core))
    [case] = core.database.look(open_cases)
    assert case.kind == "double_admission"
    assert "POS1-000002" in case.facts


def test_card_money_in_cash_wants_somebody_who_may(core: Core) -> None:
    pos = core.enrol("POS1")
    sell(core, pos)
    approve(core, "approved")
    pos.say(replace(paid(core), cash_approver_id="reem"))
    assert kinds(core) == ["not_permitted"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"lines": ()},
        {"number": "POS1-000009"},
        {"refunds": (op.RefundPart("r", "booking-p", "card", sar(10350)),)},
        {"lines": (op.CreditedLine("l", "booking-c", 1, sar(1), sar(0), 1500),)},
        {"tickets": ("booking-t0", "booking-t0")},
    ],
)
def test_what_cannot_be_a_refund_is_set_aside(core: Core, wrong: dict[str, object]) -> None:
    pos = core.enrol("POS1")
    sell(core, pos)
    approve(core, "approved")
    reply = pos.say(replace(paid(core), **wrong))  # type: ignore[arg-type] # fields of the operation
    assert [each.answer for each in reply.answers] == ["quarantined"]
