"""Payments that a till put right are kept whatever they are; a person looks at what does not fit."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from domain import operation as op
from domain.refund import Reason
from domain.refund_offer import Choice, Goods
from ledger import read_money
from ledger import tables as t
from tests.helpers.core import DAY, Core, FakeStation, a_booking, a_sale, sar
from tests.server.test_refunds import Desk, desk

__all__ = ["desk"]

CARD = op.TenderPart("pay-new", "card", sar(11500), sar(11500), "", "mada", "", "4821", "083114")


def fix(
    sale: op.SaleClosed, said: op.TenderPart = CARD, approver: str = "huda", fix_id: str = "fix-1"
) -> op.TenderCorrected:
    return op.TenderCorrected(
        fix_id, sale.tenders[0].payment_id, sale.sale_id, sale.booking_id, DAY, sale.shift_id, "cash", said,
        "wrong key", approver,
    )  # fmt: skip


def open_cases(core: Core) -> set[str]:
    wanted = sa.select(t.case_item.c.kind).where(t.case_item.c.closed_at == 0)
    return set(core.database.look(lambda c: c.execute(wanted).scalars().all()))


def sold(core: Core) -> tuple[FakeStation, op.SaleClosed]:
    till = core.enrol("POS1")
    till.yes()
    booking = a_booking(core)
    sale = a_sale(core, booking)
    till.say(booking)
    till.say(sale)
    return till, sale


@pytest.mark.parametrize(
    ("approver", "kinds"), [("huda", set()), ("ziad", {"not_permitted"}), ("", {"not_permitted"})]
)
def test_a_correction_is_kept_and_who_let_it_be_is_looked_at(
    core: Core, approver: str, kinds: set[str]
) -> None:
    till, sale = sold(core)
    till.say(fix(sale, approver=approver))
    assert open_cases(core) == kinds
    stands = core.database.look(lambda c: read_money.payments_of_sale(c, sale.sale_id))
    assert [(row.method, row.amount) for row in stands] == [("card", 11500)]
    assert core.database.look(lambda c: read_money.owed(c, sale.booking_id)) == 0


def test_what_two_corrected_in_two_ways_counts_twice_and_is_a_case(core: Core) -> None:
    """As two copies of a station could: neither knew of the other."""
    till, sale = sold(core)
    till.say(fix(sale))
    till.say(fix(sale, replace(CARD, payment_id="pay-other", approval="777"), fix_id="fix-2"))
    assert open_cases(core) == {"over_paid"}


def test_what_was_keyed_wrongly_gives_nothing_back_by_that_way(desk: Desk) -> None:
    """Cash would have gone out for what had come by card."""
    whole = Choice(("b-t0", "b-t1"), (Goods("b-c2", 2),))
    wanted = desk.wanted(choice=whole, reason=Reason.VENUE_CLOSED, seen=sar(23000), amount=sar(23000))
    refund = desk.asked(wanted)
    card = replace(CARD, amount=sar(8000), tendered=sar(8000))
    said = op.TenderCorrected("fix", "b-cash", "b-s", "b", DAY, "shift", "cash", card, "wrong key", "huda")
    assert [each.answer for each in desk.pos.say(said).answers] == ["applied"]
    assert desk.decide("RefundApproved", refund, "nadia", minor=23000).code == "refund_corrected"
    assert desk.decide("RefundRefused", refund, "nadia", note="ask again").state == "granted"
    assert desk.ask(wanted).state == "granted", "by the payment that it was"
