"""A guest's refund at the tills: who may say yes to it once somebody took it up."""

from __future__ import annotations

from datetime import timedelta

from app.shown import Approval
from domain.booking import Life
from domain.errors import Code
from domain.refund import State
from tests.helpers.line import Open
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
