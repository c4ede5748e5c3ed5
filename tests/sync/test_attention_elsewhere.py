"""What a case says of things whose rows stay with another station: the same as there, for a person may settle it at any
station. Records that only a fault or a forger can bring about are put into the journal by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import pytest
import sqlalchemy as sa

from app.recording import Actor
from app.shown_attention import Closing, Fact, Item, Passed, Slot, Source
from domain import codec
from domain import operation as op
from domain.card import Direction
from domain.catalogue import Words
from domain.money import Money
from domain.shift import Move
from ledger import journal
from ledger import tables as t
from tests.helpers.line import Open
from tests.helpers.shop import ADULT, HUDA, WATER, Shop, sar
from tests.helpers.waiting import wait_for

Two = tuple[Shop, Shop]
Said = TypeVar("Said")


@pytest.fixture
def two(opened: Open) -> Two:
    """The till where it happens, and another that has none of its rows."""
    return opened("POS1").sign_in("reem").open_shift(), opened("POS2").sign_in("huda")


def case(shop: Shop, kind: str) -> Item | None:
    found = [one for one in shop.station.attention.page().items if one.source is Source.CASE]
    return next((one for one in found if one.kind == kind), None)


def of(shop: Shop, kind: str, *wanted: str) -> tuple[Fact, ...]:
    """The facts of the one case of a kind, once it says all that is `wanted`."""

    def facts() -> tuple[Fact, ...]:
        found = case(shop, kind)
        return found.facts if found is not None else ()

    wait_for(lambda: {fact.name for fact in facts()} >= set(wanted))
    return facts()


def both(two: Two, kind: str, *wanted: str) -> dict[str, object]:
    """The facts by name, the same at both."""
    here, there = (of(shop, kind, *wanted) for shop in two)
    assert set(here) == set(there)
    return {fact.name: fact.value for fact in there}


def shift_of(shop: Shop) -> str:
    with shop.station.store.read() as connection:
        return str(connection.execute(sa.select(t.shift.c.shift_id)).scalar_one())


def record(shop: Shop, operation: op.Operation, staff: str = "reem", shift: str = "") -> None:
    actor = Actor(staff, shift or shift_of(shop))
    shop.station.store.transact(lambda recording: recording.add(operation), actor)


def said(shop: Shop, kind: type[Said]) -> Said:
    """The last operation of a kind that the till recorded."""
    with shop.station.store.read_journal() as connection:
        kept = [one.envelope for one in journal.kept_since(connection, 0)]
    return codec.loads(kind, [one for one in kept if one.kind == kind.__name__][-1].public)


def new(shop: Shop) -> str:
    return shop.station.store.ids.new()


def test_a_card_whose_end_is_not_known(two: Two) -> None:
    till, _ = two
    attempt = new(till)
    record(
        till,
        op.CardAsked(attempt, Direction.CHARGE, new(till), sar("46.00"), "T1"),
    )
    record(till, op.CardUnknown(attempt, "timeout"))
    found = both(two, "card_unknown", "amount", "terminal", "staff", "station", "at")
    assert (found["amount"], found["terminal"]) == (sar("46.00"), "T1")


def test_a_card_of_which_two_ends_were_told(two: Two) -> None:
    till, _ = two
    attempt = new(till)
    record(till, op.CardAsked(attempt, Direction.CHARGE, new(till), sar("46.00"), "T1"))
    card = "mada", "", "4821", "111111", "rrn", "batch", "T1", "chip"
    record(till, op.CardApproved(attempt, sar("46.00"), *card))
    record(till, op.CardDeclined(attempt, Words("declined", "رُفضت"), "51"))
    found = both(two, "card_contradiction", "amount", "card", "approval", "staff")
    assert (found["card"], found["approval"]) == ("mada •••• 4821", "111111")


def test_a_shift_that_was_closed_twice(two: Two) -> None:
    till, _ = two
    wait_for(lambda: till.station.store.waiting() == 0)
    till.station.shifts.count({20000: 1, 10000: 2, 5000: 1, 2000: 2, 1000: 1})
    wait_for(lambda: till.station.store.waiting() == 0)
    shift = shift_of(till)
    till.station.shifts.close("", None)
    first = said(till, op.ShiftClosed)
    record(till, replace(first, number="POS1-Z000009", counted=sar("400"), expected=sar("400")), shift=shift)
    facts = of(two[1], "closed_twice", "opened", "closed", "staff", "station")
    ends = [fact.value for fact in facts if isinstance(fact.value, Closing)]
    assert [(one.number, one.counted) for one in ends] == [
        (first.number, first.counted),
        ("POS1-Z000009", sar("400")),
    ]


def test_two_documents_with_one_number(two: Two) -> None:
    till, _ = two
    till.sell([WATER])
    sale = said(till, op.SaleClosed)
    record(till, replace(sale, sale_id=new(till), document_id=new(till), tenders=_again(till, sale)))
    facts = of(two[1], "number_repeated", "made", "document", "total")
    made = [fact.value for fact in facts if isinstance(fact.value, Passed)]
    assert {one.by.en.split()[0] for one in made} == {"Reem"}


def _again(till: Shop, sale: op.SaleClosed) -> tuple[op.TenderPart, ...]:
    return tuple(replace(part, payment_id=new(till)) for part in sale.tenders)


def test_a_sale_that_was_voided_twice(two: Two) -> None:
    till, _ = two
    sold = till.sell([WATER]).paid_in_full
    assert sold is not None
    till.station.records.void(sold.sale_id, "not wanted", HUDA, lambda step: None)
    void = said(till, op.SaleVoided)
    refunds = tuple(replace(part, refund_id=new(till)) for part in void.refunds)
    again = replace(void, void_id=new(till), document_id=new(till), number="POS1-000009", refunds=refunds)
    record(till, replace(again, receipt=replace(void.receipt, number="POS1-000009")))
    facts = both(two, "voided_twice", "document", "total", "staff", "station", "at")
    numbers = {fact.value for fact in of(two[1], "voided_twice") if fact.name == "document"}
    assert numbers >= {sold.number, "POS1-000009"}
    assert isinstance(facts["total"], Money)


def test_places_beyond_what_the_till_held(two: Two) -> None:
    till, _ = two
    sold = till.sell([ADULT], beyond=True).paid_in_full
    assert sold is not None
    facts = both(two, "beyond_lease", "document", "total", "staff", "station", "approver")
    assert facts["document"] == sold.number
    assert isinstance(facts["session"], Slot)


def test_who_did_what_without_the_right_and_for_how_much(two: Two) -> None:
    till, _ = two
    record(till, op.CashMoved(new(till), shift_of(till), Move.DROP, sar("50.00"), "bag 12", "reem"), "salem")
    facts = both(two, "not_permitted", "amount", "reason", "staff", "approver", "permission")
    assert (facts["amount"], facts["reason"]) == (sar("50.00"), "bag 12")
