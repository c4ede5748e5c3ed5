"""A venue says anew what its roles may give away while a till sells: till and server go by it alike, also cut off."""

from __future__ import annotations

import sqlalchemy as sa

from app.shown import Approval
from domain.discount import Discount, Percent, Why
from domain.errors import Code, Refused
from domain.refund import Reason, State
from domain.refund_offer import Choice
from ledger import tables as t
from ledger.case_carried import read_facts
from tests.helpers.core import sample_limited
from tests.helpers.line import Open, on_server, settled
from tests.helpers.running import RunningServer
from tests.helpers.shop import ADULT, HUDA, PINS, Shop, refused, sar
from tests.helpers.waiting import wait_for
from tests.sync.test_withdrawn import save

MORE = "[limits.cashier]\ndiscount_percent = 30\n[limits.supervisor]\ndiscount_percent = 40\nrefund = '90'"
LESS = "[limits.cashier]\ndiscount_percent = 5"
NADIA = Approval("nadia", PINS["nadia"], "the slide was shut")


def off(percent: int) -> Discount:
    return Discount("", Percent(percent * 100), Why.COMPLAINT)


def may_give(till: Shop, percent: int) -> bool:
    """Whether Reem may take so much off an adult's price alone."""
    try:
        till.station.selling.discount(till.cart((ADULT,)), off(percent))
    except Refused as error:
        assert error.code is Code.DISCOUNT_OVER_SHARE
        return False
    return True


def sell(till: Shop, percent: int) -> None:
    cart = till.station.selling.discount(till.cart((ADULT,)), off(percent))
    page = till.station.checkout.begin(cart)
    assert till.station.checkout.cash(page.sale_id, page.left).paid_in_full


def looked_at(server: RunningServer) -> list[str]:
    found = on_server(server, sa.select(t.case_item.c.facts).where(t.case_item.c.kind == "not_permitted"))
    return [dict(read_facts(str(facts)))["permission"] for facts in found]


def test_a_till_goes_by_what_the_venue_says_and_by_what_it_heard_last_while_it_is_cut_off(
    server: RunningServer, opened: Open
) -> None:
    till = opened("POS1").sign_in("reem").open_shift()
    assert may_give(till, 10) and not may_give(till, 30)
    save(server, sample_limited(MORE))
    wait_for(lambda: may_give(till, 30), seconds=15)
    half = till.station.selling.discount, till.cart((ADULT,)), off(50)
    assert refused(*half, HUDA) is Code.DISCOUNT_OVER_SHARE, "she has forty percent"
    till.station.selling.discount(*half[1:], NADIA)
    wait_for(lambda: till.ready() >= 4)
    server.kill()
    wait_for(lambda: not till.station.health.online())
    sell(till, 30)
    save(server, sample_limited(LESS))
    sell(till, 20)
    server.start()
    wait_for(lambda: not may_give(till, 10), seconds=15)
    wait_for(lambda: settled(till))
    assert looked_at(server) == ["discount_over_limit"], "what was given before it was lowered was right"


def test_who_may_approve_a_refund_is_known_at_the_till_as_the_server_decides(
    server: RunningServer, opened: Open
) -> None:
    till = opened("POS1").sign_in("reem").open_shift()
    sale = till.sell((ADULT,)).sale_id
    with till.station.store.read() as connection:
        [ticket] = connection.execute(sa.select(t.ticket.c.ticket_id)).scalars()

    def approvers() -> list[str]:
        preview = till.station.refunds.preview(sale, Choice((ticket,)), Reason.VENUE_CLOSED)
        return [name.en.split()[0] for name in preview.approvers]

    assert approvers() == ["Huda", "Nadia"]
    save(server, sample_limited(MORE))
    wait_for(lambda: approvers() == ["Nadia"], seconds=15)
    refunds = till.station.refunds
    preview = refunds.preview(sale, Choice((ticket,)), Reason.VENUE_CLOSED)
    assert preview.amount == sar("115.00")
    refund = refunds.ask(preview, "")
    wait_for(lambda: [row.state for row in refunds.page(sale).refunds] == [State.REQUESTED])
    told = refunds.told(refund)
    assert ([name.en.split()[0] for name in told.approvers], told.approver_ids) == (["Nadia"], ("nadia",))
    assert refused(refunds.approve, refund, "seen", HUDA) is Code.REFUND_OVER_LIMIT
    till.station.people.sign_out()
    till.sign_in("huda")
    assert refunds.told(refund).why_not_me is Code.REFUND_OVER_LIMIT
    refunds.approve(refund, "seen", NADIA)
    wait_for(lambda: refunds.told(refund).row.state is State.APPROVED)
