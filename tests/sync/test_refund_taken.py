"""A guest's refund at the tills: who may say yes to it once somebody took it up, and what becomes of it once a payment
of its sale is corrected."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from app.shown import Approval
from domain.booking import Life
from domain.correction import Means, Said
from domain.errors import Code
from domain.refund import Reason, State
from domain.refund_offer import Choice
from ledger import tables as t
from tests.helpers.line import Open, on_server
from tests.helpers.running import RunningServer
from tests.helpers.shop import ADULT, HUDA, PINS, Shop, refused
from tests.helpers.waiting import wait_for
from tests.sync.test_bookings import called_off, desk, life, sara

__all__ = ["desk"]
NADIA = Approval("nadia", PINS["nadia"], "")


def paid_for(shop: Shop) -> tuple[str, str]:
    """A booking and its sale: two adults of Sara's, in cash."""
    made = shop.station.bookings.book(sara(shop), [(ADULT, shop.session, 2)])
    wait_for(lambda: life(shop, made.booking_id) is Life.HELD)
    page = shop.station.checkout.begin(shop.station.bookings.cart(made.booking_id))
    shop.station.checkout.cash(page.sale_id, page.left)
    wait_for(lambda: life(shop, made.booking_id) is Life.CONFIRMED)
    return made.booking_id, page.sale_id


def correct(shop: Shop, sale: str) -> None:
    """What was keyed as cash came by a card."""
    [payment] = next(row for row in shop.station.records.recent() if row.sale_id == sale).payments
    card = Said(Means.KEYED_CARD, "mada", "4821", "083114")
    shop.station.records.correct_tender(payment.payment_id, card, replace(HUDA, reason="wrong key"))


def correct_late(shop: Shop, opened: Open, sale: str) -> None:
    """At POS1, which had no line and has one again."""
    correct(shop, sale)
    shop.station.close()
    opened("POS1").sign_in("reem")


def test_nobody_is_offered_to_approve_whom_the_server_would_refuse(
    server: RunningServer, desk: Shop, opened: Open
) -> None:
    booking, _ = paid_for(desk)
    server.clock.set(server.clock.now() + timedelta(seconds=61))  # for another code
    other = opened("POS2").sign_in("huda").open_shift()
    here, there = desk.station.refunds, other.station.refunds
    called_off(server, booking)
    wait_for(lambda: bool(here.to_do()) and bool(there.to_do()))
    refund = there.to_do()[0].refund_id
    everybody = there.told(refund).approver_ids
    assert "huda" in everybody and there.told(refund).why_not_me is None
    there.take(refund)
    wait_for(lambda: there.told(refund).row.here and here.told(refund).taken is not None)
    for told in (here.told(refund), there.told(refund)):
        assert told.approver_ids == tuple(each for each in everybody if each != "huda")
        assert "huda" in told.refuser_ids
    assert there.told(refund).why_not_me is Code.APPROVER_SAME
    assert refused(here.approve, refund, "", HUDA) is Code.APPROVER_SAME
    here.approve(refund, "", NADIA)
    wait_for(lambda: here.told(refund).row.state is State.APPROVED)


def test_what_a_guest_began_is_planned_anew_once_the_till_that_was_cut_off_tells_how_it_was_paid(
    server: RunningServer, desk: Shop, opened: Open
) -> None:
    """Paid in cash by the till's word, and by a card in truth: the card has it back, and the guest hears no no."""
    booking, sale = paid_for(desk)
    other = opened("POS2").sign_in("salem").open_shift()
    there = other.station.refunds
    desk.station.sync.stop()
    server.clock.set(server.clock.now() + timedelta(seconds=61))  # for another code
    called_off(server, booking)
    wait_for(lambda: bool(there.to_do()))
    refund = there.to_do()[0].refund_id
    assert [each.method for each in there.told(refund).tenders] == ["cash"]
    correct_late(desk, opened, sale)
    wait_for(lambda: there.told(refund).row.state is State.WITHDRAWN)
    wait_for(lambda: bool(there.to_do()))
    [now] = there.to_do()
    assert (now.refund_id != refund, now.state, now.free) == (True, State.REQUESTED, True)
    told = there.told(now.refund_id)
    assert [(each.method, each.last4) for each in told.tenders] == [("card", "4821")] and not told.corrected
    assert [each.by.en for each in there.told(refund).decisions] == ["The server"]
    there.take(now.refund_id)
    there.approve(now.refund_id, "", HUDA)
    assert "refund_refused" not in on_server(server, sa.select(t.message.c.kind))


def test_what_a_till_asked_for_is_not_offered_to_be_approved_by_a_payment_that_is_no_more(
    server: RunningServer, desk: Shop, opened: Open
) -> None:
    _, sale = paid_for(desk)
    other = opened("POS2").sign_in("salem").open_shift()
    there = other.station.refunds
    wait_for(lambda: other.count(t.sale) == 1)
    desk.station.sync.stop()
    tickets = tuple(each.ticket_id for each in there.page(sale).charges[0].tickets)
    refund = there.ask(there.preview(sale, Choice(tickets), Reason.CUSTOMER_CANCEL), "")
    wait_for(lambda: bool(there.open()))
    assert not there.told(refund).corrected
    correct_late(desk, opened, sale)
    wait_for(lambda: there.told(refund).corrected)
    assert refused(there.approve, refund, "", HUDA) is Code.REFUND_CORRECTED
    there.withdraw(refund)
    wait_for(lambda: there.told(refund).row.state is State.WITHDRAWN)
    anew = there.ask(there.preview(sale, Choice(tickets), Reason.CUSTOMER_CANCEL), "")
    wait_for(lambda: [row.refund_id for row in there.open()] == [anew])
    there.approve(anew, "", HUDA)
