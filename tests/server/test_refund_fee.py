"""A policy's fee at the server: once for all that a guest, or a till, gives up together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.policy import Policy, Tier
from domain.refund import Reason
from domain.refund_offer import Choice, Wanted
from ledger import read_setup
from server import guest_cancelling
from tests.helpers.core import sar
from tests.server.test_bookings import ADULT
from tests.server.test_guests import SARA
from tests.server.test_nothing_back import CHILD, end, known, save
from tests.server.test_refund_tasks import Counters, desk
from tests.server.test_refunds import Desk as Refunds

__all__ = ["desk"]


@pytest.fixture
def pair(desk: Counters) -> Counters:
    """An adult and a child, of whom the policy keeps 10.00 whenever they call off."""
    name = known(desk.core, ADULT).policy
    assert known(desk.core, CHILD).policy == name
    policy, _ = desk.core.database.look(lambda c: read_setup.policy(c, name))
    assert isinstance(policy, Policy)
    fixed = replace(policy, tiers=(Tier(0, 10_000, sar(1000)),), same_day=10_000, most_fee=sar(1000))
    save(desk.core, "policy", name, fixed)
    assert desk.book((ADULT, desk.core.session, 1), (CHILD, desk.core.session, 1)).state == "granted"
    desk.say_paid(desk.made(), number="POS1-000007")
    desk.tick()
    assert desk.life == "confirmed"
    return desk


def test_who_calls_off_for_two_bears_one_fee(pair: Counters) -> None:
    now = pair.core.clock.now()
    told = pair.core.database.look(lambda c: guest_cancelling.terms(c, SARA, pair.last, now))
    assert (told.back, told.fee) == (sar(18550), sar(1000))
    asked = pair.refund(pair.begun()).asked
    assert (asked.amount, [quote.fee for quote in asked.quotes]) == (sar(18550), [sar(1000)])
    assert sum(line.gross.minor for line in asked.lines) == 18550


def test_what_a_till_saw_with_a_fee_for_each_is_too_old(pair: Counters) -> None:
    tickets = tuple(each.ticket_id for each in pair.made().tickets)
    desk = Refunds(pair.core, pair.station, pair.door)
    back, less = sar(18550), sar(17550)
    wanted = Wanted(f"{pair.last}-s", Choice(tickets), Reason.CUSTOMER_CANCEL, "", back, back)
    assert desk.ask(replace(wanted, amount=less, seen=less)).code == "quote_expired"
    assert desk.ask(wanted).state == "granted"


def test_what_one_fee_leaves_of_two_is_theirs(pair: Counters) -> None:
    """Of what costs 8.00 each nothing goes back alone."""
    for number in (ADULT, CHILD):
        save(pair.core, "product", str(number), replace(known(pair.core, number), price=sar(800)))
    pair.book((ADULT, pair.core.session, 1), (CHILD, pair.core.session, 1))
    pair.say_paid(pair.made(), number="POS1-000008")
    pair.tick()
    assert end(pair, stays=1600).code == "refund_due"
    pair.book((ADULT, pair.core.session, 1))
    pair.say_paid(pair.made(), number="POS1-000009")
    pair.tick()
    assert end(pair, stays=800).state == "granted"
    assert pair.life == "cancelled"
