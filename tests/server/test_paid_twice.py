"""Refunds of a booking that two tills were paid for: of the same, or as it was both before and after a change."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from domain import operation as op
from domain.errors import Refused
from domain.refund import Reason, State
from domain.refund_offer import Choice, Goods, SaleHeld, Wanted
from ledger import read_money, read_refunds, read_sold
from server import guest_cancelling
from server.guest_cancelling import Terms
from tests.helpers.core import Core, sar
from tests.server.test_booking_changes import change, tomorrow
from tests.server.test_bookings import ADULT, open_cases
from tests.server.test_guests import SARA
from tests.server.test_nothing_back import gives_nothing
from tests.server.test_refund_tasks import BACK, Counters, code_of, desk, half
from tests.server.test_refunds import Desk as Refunds
from tests.server.test_sending import parcels

__all__ = ["desk"]
WHOLE = 2 * 11500


@pytest.fixture
def twice(desk: Counters) -> Counters:
    """Paid at a second till that had not heard: 460.00 for 230.00."""
    desk.pay_again()
    desk.tick()
    assert open_cases(desk.core) == ["over_paid"]
    return desk


@pytest.fixture
def both(desk: Counters) -> Counters:
    """Paid as it is now, one adult, and by a till that had not heard as it was, two: 345.00 and three good tickets."""
    desk.book()
    before = desk.made()
    assert change(desk, (ADULT, desk.core.session, 1)).state == "granted"
    desk.say_paid(desk.made(), number="POS1-000008")
    desk.tick()
    desk.say_paid(before, number="POS1-000009", name="2")
    desk.tick()
    assert open_cases(desk.core) == ["paid_before"]
    return desk


def refunds(desk: Counters) -> Refunds:
    return Refunds(desk.core, desk.station, desk.door)


def held(desk: Counters, name: str = "") -> SaleHeld:
    found = desk.core.database.look(lambda c: read_sold.sale_held(c, f"{desk.last}-s{name}"))
    assert found is not None
    return found


def owed(desk: Counters) -> int:
    return desk.core.database.look(lambda c: read_money.owed(c, desk.last))


def terms(desk: Counters) -> Terms:
    now = desk.core.clock.now()
    return desk.core.database.look(lambda c: guest_cancelling.terms(c, SARA, desk.last, now))


def waiting(core: Core) -> list[op.RefundAsked]:
    return [row.asked for row in core.database.look(read_refunds.open_refunds)]


def pay(desk: Counters, refund: str, number: str) -> None:
    """What is wrong with the booking stays wrong meanwhile."""
    said = refunds(desk).payment(refund, number=number)
    [answer] = desk.station.say(said).answers
    assert answer.answer in ("applied", "flagged")


def pay_all(desk: Counters, numbers: Sequence[str]) -> None:
    """Each refund is taken up, approved and paid before the next."""
    for asked, number in zip(waiting(desk.core), numbers, strict=True):
        if not asked.station_id:
            assert desk.about("RefundTaken", asked.ask_id).state == "granted"
        assert desk.approve(asked.ask_id).state == "granted"
        pay(desk, asked.ask_id, number)
    desk.tick()


def second_payment(desk: Counters, name: str = "2", minor: int = WHOLE) -> Wanted:
    """All that came in twice, and nothing is given up for it."""
    goods = tuple(Goods(each.line.charge_id, 0) for each in held(desk, name).charges)
    choice = Choice(goods=goods)
    return Wanted(f"{desk.last}-s{name}", choice, Reason.DUPLICATE, "paid twice", sar(minor), sar(0))


# the same paid for twice ---------------------------------------------------------------------------------------------


def test_one_ticket_goes_back_under_one_receipt(twice: Counters) -> None:
    wanted = half(twice)
    first = refunds(twice).asked(wanted)
    again = Wanted(f"{twice.last}-s2", wanted.choice, wanted.reason, "", wanted.amount, wanted.seen)
    reply = refunds(twice).ask(again)
    assert (reply.state, reply.code) == ("refused", "refund_open")

    assert twice.approve(first).state == "granted"
    pay(twice, first, "POS1-000011")
    twice.tick()
    assert refunds(twice).ask(again).code == "refund_gone"
    assert twice.life == "confirmed", "the other ticket stands"


@pytest.mark.parametrize("by", ["guest", "staff"])
def test_what_came_in_twice_goes_back_after_it_was_called_off_too(twice: Counters, by: str) -> None:
    if by == "guest":
        twice.call_off()
    else:
        tickets = tuple(each.ticket_id for each in twice.made().tickets)
        whole = Wanted(f"{twice.last}-s", Choice(tickets), Reason.CUSTOMER_CANCEL, "", sar(BACK), sar(BACK))
        refunds(twice).asked(whole)
    [first] = waiting(twice.core)
    pay_all(twice, ["POS1-000011"])
    assert twice.life == "cancelled"
    assert owed(twice) == -WHOLE
    assert open_cases(twice.core) == ["over_paid"]

    other = "2" if first.sale_id == f"{twice.last}-s" else ""
    assert refunds(twice).ask(second_payment(twice, other, WHOLE + 1)).code == "refund_too_much"
    refunds(twice).asked(second_payment(twice, other))
    pay_all(twice, ["POS1-000012"])
    assert owed(twice) == 0
    assert open_cases(twice.core) == []
    assert refunds(twice).ask(second_payment(twice, other)).code == "refund_gone", "nothing is beyond it now"


def test_what_came_in_twice_goes_back_beside_one_ticket(twice: Counters) -> None:
    refunds(twice).asked(half(twice))
    pay_all(twice, ["POS1-000011"])
    refunds(twice).asked(second_payment(twice))
    pay_all(twice, ["POS1-000012"])
    assert owed(twice) == 0
    assert twice.life == "confirmed"
    assert open_cases(twice.core) == []
    twice.call_off()
    pay_all(twice, ["POS1-000013"])
    assert (twice.life, owed(twice)) == ("cancelled", 0)


# paid as it was both before and after a change -----------------------------------------------------------------------


def test_a_receipt_gives_back_what_it_was_for(both: Counters) -> None:
    now, before = held(both), held(both, "2")
    assert [(each.line.quantity, each.pieces) for each in now.charges] == [(1, 1)]
    assert [(each.line.quantity, each.pieces) for each in before.charges] == [(2, 2)]

    [ticket] = (each.ticket_id for each in now.charges[0].tickets)
    back = sar(BACK // 2)
    of_the_other = Wanted(f"{both.last}-s2", Choice((ticket,)), Reason.CUSTOMER_CANCEL, "", back, back)
    assert refunds(both).ask(of_the_other).code == "refund_gone"


def test_a_guest_calls_all_of_it_off_at_once(both: Counters) -> None:
    told = terms(both)
    assert (told.back.minor, told.fee.minor) == (3 * BACK // 2, 3 * 1150)
    assert code_of(lambda: both.call_off(back=(BACK, ""))) == "quote_expired"

    began = both.call_off(back=(told.back.minor, ""))
    asked = waiting(both.core)
    assert sorted(each.amount.minor for each in asked) == [BACK // 2, BACK]
    assert {each.sale_id for each in asked} == {f"{both.last}-s", f"{both.last}-s2"}
    again = both.call_off()
    assert again.refund is not None
    assert began.refund is not None
    assert again.refund.asked.ask_id == began.refund.asked.ask_id
    assert terms(both).back == told.back

    pay_all(both, ["POS1-000011", "POS1-000012"])
    assert (both.life, owed(both)) == ("cancelled", 0)
    assert terms(both).refund is not None


def test_what_nothing_goes_back_for_is_called_off_with_both_receipts(both: Counters) -> None:
    gives_nothing(both.core)
    told = terms(both)
    assert (told.back.minor, told.fee.minor) == (0, WHOLE + 11500)
    both.call_off(back=(0, ""))
    assert both.life == "cancelled"
    assert all(each.gone for name in ("", "2") for one in held(both, name).charges for each in one.tickets)
    assert terms(both).fee.minor == WHOLE + 11500, "asked again it is as it was"


def test_states_that_cost_the_same_are_told_apart(desk: Counters) -> None:
    desk.book()
    before = desk.made()
    assert change(desk, (ADULT, tomorrow(desk).number, 2)).state == "granted"
    desk.say_paid(desk.made(), number="POS1-000008")
    desk.tick()
    desk.say_paid(before, number="POS1-000009", name="2")
    desk.tick()
    sold = [{one.line.charge_id for one in held(desk, name).charges} for name in ("", "2")]
    assert [len(each) for each in sold] == [1, 1]
    assert not sold[0] & sold[1]


# a guest asks how it fares -------------------------------------------------------------------------------------------


def test_a_guest_reads_of_a_refund_that_waits_when_the_day_is_over(desk: Counters) -> None:
    refund = desk.begun()
    desk.core.clock.forward(hours=40)
    desk.tick()
    assert desk.life == "no_show"
    told = terms(desk)
    assert told.refund is not None
    assert (told.back.minor, told.refund.state) == (BACK, State.REQUESTED)
    again = desk.call_off()
    assert again.refund is not None
    assert again.refund.asked.ask_id == refund
    desk.about("RefundRefused", refund, "huda", note="came late")
    with pytest.raises(Refused) as refused:
        terms(desk)
    assert refused.value.code.value == "booking_is"


# a void meanwhile ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("approved", [False, True])
def test_a_refund_of_what_was_voided_ends_by_itself_and_silently(desk: Counters, *, approved: bool) -> None:
    refund = desk.begun()
    if approved:
        assert desk.approve(refund).state == "granted"
    desk.void()
    desk.tick()
    assert (desk.life, desk.refund(refund).state) == ("cancelled", State.WITHDRAWN)
    assert desk.told()[-2:] == ["cancelled", "refund_done"]
    assert open_cases(desk.core) == []


def test_one_that_a_station_has_is_not_approved_any_more_and_ended_by_whoever_took_it(desk: Counters) -> None:
    refund = desk.begun()
    assert desk.about("RefundTaken", refund).state == "granted"
    assert desk.approve(refund).state == "granted"
    assert desk.about("RefundWithdrawn", refund).code == "not_allowed", "the guest wants it"
    desk.void()
    desk.tick()
    assert desk.refund(refund).state is State.APPROVED, "its till may be paying it at this moment"
    assert desk.about("RefundWithdrawn", refund).state == "granted"
    assert desk.told()[-2:] == ["cancelled", "refund_done"], "all was told"


def test_nobody_approves_what_was_voided(desk: Counters) -> None:
    refund = refunds(desk).asked(half(desk))
    desk.void()
    assert desk.approve(refund).code == "void_already"


def test_a_no_after_the_visit_promises_no_ticket(desk: Counters) -> None:
    refund = desk.begun()
    desk.core.clock.forward(hours=40)
    desk.tick()
    desk.about("RefundRefused", refund, "huda", note="came late")
    assert desk.told()[-1] == "refund_refused"
    said = parcels(desk.core)
    assert "لن يُعاد" in said[-1].text
    assert "سارية" not in said[-1].text, "no ticket is good any more"


def test_a_guest_hears_of_a_second_payment_that_was_voided(twice: Counters) -> None:
    twice.void_of(twice.made(), name="2", ends=False)
    twice.tick()
    assert twice.life == "confirmed"
    assert twice.told()[-1] == "reduced"


def test_nobody_need_look_at_what_was_paid_as_before_and_voided(desk: Counters) -> None:
    desk.book()
    before = desk.made()
    assert change(desk, (ADULT, desk.core.session, 1)).state == "granted"
    desk.say_paid(before, number="POS1-000008")
    desk.tick()
    assert open_cases(desk.core) == ["paid_before"]
    desk.void_of(before)
    desk.tick()
    assert (desk.life, open_cases(desk.core)) == ("cancelled", [])


def test_a_guest_s_calling_off_goes_on_under_the_receipt_that_stands(twice: Counters) -> None:
    twice.call_off()
    [began] = waiting(twice.core)
    other = "" if began.sale_id == f"{twice.last}-s2" else "2"
    twice.void_of(twice.made(), name="2" if not other else "", ends=False)
    twice.tick()
    [again] = waiting(twice.core)
    assert (again.sale_id, again.amount.minor) == (f"{twice.last}-s{other}", BACK)
    assert terms(twice).back.minor == BACK
    pay_all(twice, ["POS1-000011"])
    assert (twice.life, owed(twice)) == ("cancelled", 0)


def test_a_guest_reads_the_sum_until_the_last_is_paid_and_after(both: Counters) -> None:
    told = both.call_off()
    assert told.refund is not None
    assert told.refund.asked.amount.minor == 3 * BACK // 2
    first, _ = waiting(both.core)
    assert both.about("RefundTaken", first.ask_id).state == "granted"
    assert both.approve(first.ask_id).state == "granted"
    pay(both, first.ask_id, "POS1-000011")
    both.tick()
    half_way = terms(both)
    assert half_way.refund is not None
    assert (half_way.back.minor, half_way.refund.state) == (3 * BACK // 2, State.REQUESTED)
    pay_all(both, ["POS1-000012"])
    done = terms(both)
    assert done.refund is not None
    assert (done.back.minor, done.refund.state) == (3 * BACK // 2, State.DONE)


def test_nobody_says_yes_to_paid_twice_once_a_void_was_faster(twice: Counters) -> None:
    refund = refunds(twice).asked(second_payment(twice))
    assert refunds(twice).ask(second_payment(twice, "")).code == "refund_too_much", "it is asked for already"
    twice.void_of(twice.made(), ends=False)
    twice.tick()
    assert twice.approve(refund).code == "refund_too_much"
