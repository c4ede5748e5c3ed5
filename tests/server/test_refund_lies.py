"""Refunds that were paid otherwise than they were approved, or by whom they were not for: taken, and a case each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import pytest

from domain import operation as op
from domain.catalogue import Words
from domain.refund import Reason
from domain.refund_offer import Choice, Goods
from ledger.case_carried import read_facts
from ledger.read_cases import open_cases
from server.ending import end_tickets
from server.setup import SetUp
from tests.helpers.core import Core, FakeStation, sar
from tests.server.test_refund_tasks import Counters
from tests.server.test_refund_tasks import desk as counters
from tests.server.test_refunds import Desk, desk

__all__ = ["counters", "desk"]


def cases(core: Core) -> dict[str, dict[str, str]]:
    return {
        case.kind: {name: said for name, said in read_facts(case.facts) if not name.endswith("_done")}
        for case in core.database.look(open_cases)
    }


def answer(station: FakeStation, *said: op.Operation) -> str:
    return station.say(*said).answers[-1].answer


def approved(desk: Desk) -> str:
    """A child ticket and a tube: 72.45 and 34.50, all from the card."""
    choice = Choice(("b-t1",), (Goods("b-c2", 1),))
    whole = sar(8050 + 3450)
    wanted = desk.wanted(choice=choice, reason=Reason.VENUE_CLOSED, seen=whole, amount=whole)
    refund = desk.asked(wanted)
    assert desk.decide("RefundApproved", refund, minor=11500).state == "granted"
    return refund


def other_amount(paid: op.RefundPaid, minor: int) -> op.RefundPaid:
    """Of the first line and payment, with a note over it."""
    first, *lines = paid.lines
    [part] = paid.refunds
    more = sar(minor) - paid.receipt.gross
    receipt = replace(paid.receipt, gross=sar(minor), net=sar(minor))
    parts = (replace(part, amount=sar(minor)),)
    return replace(
        paid, receipt=receipt, lines=(replace(first, gross=first.gross + more), *lines), refunds=parts
    )


def swapped(paid: op.RefundPaid) -> op.RefundPaid:
    """The tube for the whole, the ticket for nothing."""
    first, second = paid.lines
    whole = first.gross + second.gross
    return replace(paid, lines=(replace(first, gross=sar(0)), replace(second, gross=whole)))


def part(paid: op.RefundPaid, **more: object) -> op.RefundPaid:
    return replace(paid, refunds=(replace(paid.refunds[0], **more),))  # type: ignore[arg-type] # fields of the part


LIES: dict[str, tuple[Callable[[op.RefundPaid], op.RefundPaid], Mapping[str, str]]] = {
    "more": (
        lambda it: other_amount(it, 14000),
        {"differs": "amount, parts, tender", "asked_minor": "11500", "gave_minor": "14000"},
    ),
    "less": (
        lambda it: other_amount(it, 11400),
        {"differs": "amount, parts, tender", "asked_minor": "11500", "gave_minor": "11400"},
    ),
    "other lines": (swapped, {"differs": "parts"}),
    "fewer pieces": (
        lambda it: replace(it, lines=(replace(it.lines[0], pieces=0), it.lines[1])),
        {"differs": "parts"},
    ),
    "another payment": (lambda it: part(it, payment_id="b-cash"), {"differs": "tender"}),
    "cash that nobody let go": (lambda it: replace(it, cash_approver_id=""), {"differs": "tender"}),
    "a card that was not asked": (
        lambda it: part(it, method="card", attempt_id="invented", scheme="mada"),
        {"differs": "card"},
    ),
    "another ticket": (lambda it: replace(it, tickets=("b-t0",)), {"differs": "tickets"}),
    "no ticket": (lambda it: replace(it, tickets=()), {"differs": "tickets"}),
    "another sale": (lambda it: replace(it, sale_id="another"), {"differs": "sale"}),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_was_paid_otherwise_is_taken_and_one_case_says_how(desk: Desk, lie: str) -> None:
    refund, (tell, facts) = approved(desk), LIES[lie]
    assert answer(desk.pos, tell(desk.payment(refund))) == "flagged"
    found = cases(desk.core)
    assert ("over_refunded" in found) == (lie == "another payment"), "it had 80.00"
    assert ("card_short" in found) == (lie == "a card that was not asked")
    assert found["refund_otherwise"] == {"refund": refund} | facts
    assert found.keys() <= {"refund_otherwise", "over_refunded", "card_short"}


def test_what_a_refund_left_good_and_ends_later_is_no_case_any_more(desk: Desk) -> None:
    refund = approved(desk)
    answer(desk.pos, replace(desk.payment(refund), tickets=()))
    assert cases(desk.core).keys() == {"refund_otherwise"}
    setup = partial(SetUp, clock=desk.core.clock, ids=desk.core.database.ids)
    desk.core.database.transact(lambda c: end_tickets(setup(c), ["b-t1"], "b", ""))
    assert cases(desk.core).keys() == set()


def test_what_was_paid_as_it_was_approved_is_no_case_by_card_or_in_cash(desk: Desk) -> None:
    refund = approved(desk)
    pays = {"original_id": "b-a", "ask_id": refund, "payment_id": "b-card"}
    desk.pos.say(
        op.CardAsked("back", "refund", "b-s", sar(11500), "SIM", **pays),
        op.CardApproved("back", sar(11500), "mada", "", "4821", "1", "2", "3", "SIM", "chip"),
    )
    by_card = part(desk.payment(refund), method="card", attempt_id="back", scheme="mada")
    assert answer(desk.pos, replace(by_card, cash_approver_id="")) == "applied"
    cash = Choice(goods=(Goods("b-c2", 1),))
    wanted = desk.wanted(choice=cash, reason=Reason.VENUE_CLOSED, seen=sar(3450), amount=sar(3450))
    second = desk.asked(wanted)
    desk.decide("RefundApproved", second, minor=3450)
    assert answer(desk.pos, desk.payment(second, number="POS1-000003")) == "applied"
    assert cases(desk.core) == {}


@pytest.mark.parametrize("how", ["declined", "of another"])
def test_a_card_that_did_not_take_it_is_told(desk: Desk, how: str) -> None:
    refund = approved(desk)
    pays = {
        "original_id": "b-a",
        "ask_id": refund if how == "declined" else "another",
        "payment_id": "b-card",
    }
    desk.pos.say(op.CardAsked("back", "refund", "b-s", sar(11500), "SIM", **pays))
    if how == "declined":
        desk.pos.say(op.CardDeclined("back", Words("no", "لا"), "51"))
    else:
        desk.pos.say(op.CardApproved("back", sar(11500), "mada", "", "4821", "1", "2", "3", "SIM", "chip"))
    by_card = part(desk.payment(refund), method="card", attempt_id="back", scheme="mada")
    assert answer(desk.pos, by_card) == "flagged"
    assert cases(desk.core)["refund_otherwise"]["differs"] == "card"


# by whom -------------------------------------------------------------------------------------------------------------


def test_a_refund_paid_where_it_was_not_asked_for_is_a_case(desk: Desk) -> None:
    refund, other = approved(desk), desk.core.enrol("POS2")
    other.yes()
    assert answer(other, desk.payment(refund)) == "flagged"
    has = {"refund": refund, "has_station": desk.pos.station.station_id}
    assert cases(desk.core) == {"refund_elsewhere": has}
    assert (
        answer(desk.pos, replace(desk.payment(refund, number="N"), paid_id="2", lines=(), refunds=()))
        == "quarantined"
    )
    again = desk.payment(refund, number="POS1-000007")
    mine = replace(
        again,
        paid_id="2",
        lines=tuple(replace(each, line_id=f"{each.line_id}2") for each in again.lines),
        refunds=(replace(again.refunds[0], refund_id="2"),),
    )
    assert answer(desk.pos, mine) == "flagged"
    assert {"refund_elsewhere", "refunded_twice"} <= cases(desk.core).keys()
    assert "refund_otherwise" not in cases(desk.core)


@pytest.mark.parametrize("who", ["nobody", "another", "given up"])
def test_what_the_server_began_is_paid_by_who_has_it(counters: Counters, who: str) -> None:
    refund, other = counters.begun(), counters.other
    assert other is not None
    if who != "nobody":
        assert counters.about("RefundTaken", refund, at=other).state == "granted"
    counters.approve(refund)
    station = counters.station
    if who == "given up":
        take = counters.refund(refund).request_id
        assert counters.about("RefundReleased", refund, at=other, take=take).state == "granted"
        station = other
    said = Desk(counters.core, counters.station, counters.door).payment(refund, number="N-1")
    assert answer(station, said) == "flagged"
    found = cases(counters.core)
    assert found.keys() == {"refund_elsewhere"}
    assert found["refund_elsewhere"].get("has_station") == (
        other.station.station_id if who == "another" else None
    )
    assert counters.about("RefundTaken", refund).code in ("refund_state", "refund_taken")


def test_who_approved_what_the_server_began_does_not_pay_it(counters: Counters) -> None:
    refund = counters.begun()
    counters.about("RefundTaken", refund)
    counters.approve(refund, "huda")
    counters.station.staff = "huda"
    said = Desk(counters.core, counters.station, counters.door).payment(refund, number="N-1")
    assert answer(counters.station, said) == "flagged"
    assert cases(counters.core)["refund_otherwise"]["differs"] == "approver"


@pytest.mark.parametrize("decision", ["", "RefundRefused", "RefundWithdrawn"])
def test_what_was_not_approved_is_that_one_case(desk: Desk, decision: str) -> None:
    refund = desk.asked()
    if decision:
        desk.decide(decision, refund, "huda")
    assert answer(desk.pos, desk.payment(refund)) == "flagged"
    assert cases(desk.core).keys() == {"refund_unapproved"}
