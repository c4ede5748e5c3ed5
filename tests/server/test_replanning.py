"""A payment that a till corrects under a refund that the server began: it is planned anew, and the guest hears
nothing of it."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from domain import operation as op
from domain.refund import State
from ledger import read_money
from ledger import tables as t
from ledger.refund_row import RefundRow
from server import refund_holds
from server import tables as own
from server.replanning import plan_anew
from server.setup import SetUp
from tests.helpers.core import sar
from tests.server.test_refund_tasks import BACK, Counters, desk, half
from tests.server.test_refunds import Desk as Refunds
from tests.server.test_tender_facts import CARD

__all__ = ["desk"]


def corrected(desk: Counters, amount: int = 23000) -> op.TenderPart:
    """The cash that the booking was paid with came by a card; said by the till that kept it."""
    sale_id, core = f"{desk.last}-s", desk.core
    [row] = core.database.look(lambda c: read_money.payments_of_sale(c, sale_id))
    made = desk.made()
    card = replace(CARD, payment_id=f"{row.payment_id}-new", amount=sar(amount), tendered=sar(amount))
    said = op.TenderCorrected(
        f"{row.payment_id}-fix", row.payment_id, sale_id, desk.last, made.day, row.shift_id, "cash", card,
        "wrong key", "huda",
    )  # fmt: skip
    [told] = desk.station.say(said).answers
    assert told.answer == ("applied" if amount == 23000 else "flagged")
    return card


def look(desk: Counters) -> None:
    core = desk.core
    core.database.transact(lambda c: plan_anew(c, SetUp(c, core.clock, core.database.ids)))


def refunds(desk: Counters) -> list[RefundRow]:
    found = desk.rows(sa.select(t.refund_ask.c.ask_id).order_by(t.refund_ask.c.at, t.refund_ask.c.ask_id))
    return [desk.refund(str(row[0])) for row in found]


def holds(desk: Counters) -> dict[str, int]:
    found = desk.rows(sa.select(own.payment_account.c.payment_id, own.payment_account.c.reserved))
    return {str(payment): int(str(held)) for payment, held in found if held}


def test_what_a_guest_began_is_planned_anew_by_the_payment_that_it_was(desk: Counters) -> None:
    old = desk.begun()
    letters = desk.told()
    card = corrected(desk)
    desk.core.clock.forward(seconds=1)
    look(desk)
    was, now = refunds(desk)
    assert (was.asked.ask_id, was.state, now.state) == (old, State.WITHDRAWN, State.REQUESTED)
    share = op.RefundShare(card.payment_id, "card", sar(BACK))
    assert now.asked == replace(was.asked, ask_id=now.asked.ask_id, shares=(share,))
    assert now.asked.by_guest and holds(desk) == {card.payment_id: BACK}
    assert desk.told() == letters, "the guest hears nothing of it"
    look(desk)
    assert len(refunds(desk)) == 2, "once"
    assert desk.begun() == now.asked.ask_id, "who calls off once more is answered by it"
    assert desk.approve(old).code == "refund_decided"
    assert desk.about("RefundTaken", now.asked.ask_id).state == "granted"
    assert desk.approve(now.asked.ask_id).state == "granted"
    desk.paid_back(now.asked.ask_id)
    desk.tick()
    assert (desk.life, desk.told()[len(letters) :]) == ("cancelled", ["refund_done", "cancelled"])


def test_who_had_taken_it_up_takes_it_up_anew(desk: Counters) -> None:
    old = desk.begun()
    assert desk.about("RefundTaken", old).state == "granted"
    corrected(desk)
    look(desk)
    assert [(row.state, row.station_id) for row in refunds(desk)][-1] == (State.REQUESTED, "")


def test_what_somebody_decided_or_asked_for_at_a_till_waits_for_a_person(desk: Counters) -> None:
    old = desk.begun()
    assert desk.approve(old).state == "granted"
    corrected(desk)
    look(desk)
    assert [row.state for row in refunds(desk)] == [State.APPROVED]
    assert desk.about("RefundWithdrawn", old, "nadia", at=desk.other).state == "granted"
    look(desk)
    assert [row.state for row in refunds(desk)] == [State.WITHDRAWN]


def test_what_the_payment_of_now_has_no_room_for_is_left_to_a_person(desk: Counters) -> None:
    old = desk.begun()
    corrected(desk, BACK - 1)
    before = holds(desk)
    look(desk)
    assert [row.state for row in refunds(desk)] == [State.REQUESTED]
    assert holds(desk) == before
    assert desk.approve(old).code == "refund_corrected"


def test_where_the_database_says_no_nothing_was_withdrawn(desk: Counters) -> None:
    """As if somebody had worked it out wrongly: all of it or nothing."""
    old = desk.begun()
    card = corrected(desk)
    core = desk.core
    share = op.RefundShare(card.payment_id, "card", sar(5000))
    other = replace(desk.refund(old).asked, ask_id="other", shares=(share,))
    core.database.transact(lambda c: refund_holds.reserve(c, other))
    before = holds(desk)
    look(desk)
    assert ([row.state for row in refunds(desk)], holds(desk)) == ([State.REQUESTED], before)


def test_while_an_older_copy_waits_for_what_it_does_not_know_nothing_is_planned(desk: Counters) -> None:
    desk.begun()
    corrected(desk)
    row = {"station_id": "x", "name": "POS9", "incarnation": 1, "first": 1, "since": 0, "waived": 0}
    desk.core.database.transact(lambda c: c.execute(sa.insert(own.recovery).values(**row)))
    look(desk)
    assert [each.state for each in refunds(desk)] == [State.REQUESTED]


def test_what_a_till_asked_for_is_asked_for_anew_there(desk: Counters) -> None:
    at_till = Refunds(desk.core, desk.station, desk.door)
    refund = dict(at_till.ask(half(desk)).facts)["refund"]
    corrected(desk)
    look(desk)
    assert [row.state for row in refunds(desk)] == [State.REQUESTED]
    assert at_till.decide("RefundWithdrawn", refund, "reem").state == "granted"
