"""Guests who are sold tickets of two activities that are called the same, and give one back: what papers say."""

from __future__ import annotations

from app.shown_refunds import Preview
from domain.receipt import Receipt
from domain.refund import Reason, State
from domain.refund_offer import Choice
from tests.helpers.line import settled
from tests.helpers.running import RunningServer
from tests.helpers.shop import ADULT, HUDA, Shop
from tests.helpers.waiting import wait_for
from tests.sync.test_bookings import desk
from tests.sync.test_withdrawn import RIDE, SURF, save, whole

__all__ = ["desk", "whole"]
ALIKE = SURF.replace("Surf ride", "Day pass – adult").replace("جولة أمواج", "تذكرة يوم – بالغ")


def test_papers_say_of_which_activity_a_ticket_is_that_is_sold_and_goes_back(
    server: RunningServer, desk: Shop, whole: str
) -> None:
    save(server, whole + ALIKE)
    selling = desk.station.selling
    wait_for(lambda: len(selling.search("day pass – adult")) == 2, seconds=15)
    sessions = {each.activity_id: each.number for each in selling.page(0, "").sessions}
    cart = selling.add(selling.empty(), ADULT, sessions["park"])
    cart = selling.reserve(selling.add(cart, RIDE, sessions["surf"]))
    page = desk.station.checkout.begin(cart)
    desk.station.checkout.cash(page.sale_id, page.left)
    wait_for(lambda: settled(desk))
    park, surf = ("Day pass – adult · Water park", "Day pass – adult · Surf")
    assert names(desk.receipts()[-1]) == [park, surf]
    rows = desk.station.refunds.page(page.sale_id).charges
    [ticket] = [
        ticket.ticket_id for row in rows for ticket in row.tickets if ticket.session == sessions["surf"]
    ]
    refund = give_back(
        desk, desk.station.refunds.preview(page.sale_id, Choice((ticket,)), Reason.CUSTOMER_CANCEL)
    )
    assert names(desk.receipts()[-1]) == [surf]
    told = desk.station.refunds.told(refund)
    assert [each.name.en for each in told.lines] == [surf]
    assert [each.activity and each.activity.en for each in told.tickets] == ["Surf"]


def names(paper: Receipt) -> list[str]:
    return [line.name.en for line in paper.lines]


def give_back(desk: Shop, preview: Preview) -> str:
    refunds = desk.station.refunds
    refund = refunds.ask(preview, "")
    for state in (State.REQUESTED, State.APPROVED):
        wait_for(
            lambda state=state: refund in {each.refund_id for each in refunds.open() if each.state is state}
        )
        if state is State.REQUESTED:
            refunds.approve(refund, "seen", HUDA)
    refunds.pay(refund, lambda step: None)
    wait_for(lambda: settled(desk))
    return refund
