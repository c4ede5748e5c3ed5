"""What is paid and of which nothing goes back is called off at once, by staff or its guest; what was paid stays."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import sqlalchemy as sa

from domain.booking import Paid
from domain.catalogue import Product
from domain.policy import Policy
from domain.refund import Reason
from domain.refund_offer import Choice, Goods, Wanted
from ledger import read_setup
from ledger import tables as t
from ledger.read_paid import paid_of
from ledger.wire import RequestReply
from server import guest_cancelling
from server import tables as own
from server.database import lock_key, lock_subjects
from server.holding import booked_in
from server.setup import SetUp
from tests.helpers.core import Core, an_admission, sar
from tests.helpers.waiting import wait_for
from tests.server.test_booking_changes import change
from tests.server.test_bookings import ADULT, open_cases
from tests.server.test_goods import BOARD, there_are
from tests.server.test_guests import SARA
from tests.server.test_refund_tasks import BACK, Counters, code_of, desk, half
from tests.server.test_refunds import Desk as Refunds
from tests.server.test_waiting import waited_for

__all__ = ["desk"]
CHILD = 2


def known(core: Core, number: int) -> Product:
    return core.database.look(lambda c: read_setup.product(c, number))


def save(core: Core, kind: str, record_id: str, body: object) -> None:
    def work(connection: sa.Connection) -> None:
        setup = SetUp(connection, core.clock, core.database.ids)
        setup.record(kind, record_id, body)
        setup.publish()

    core.database.transact(work)


def costs(core: Core, number: int, minor: int) -> None:
    save(core, "product", str(number), replace(known(core, number), price=sar(minor)))


def gives_nothing(core: Core) -> None:
    """Whatever an adult's ticket is sold under."""
    name = known(core, ADULT).policy
    policy, _ = core.database.look(lambda c: read_setup.policy(c, name))
    assert isinstance(policy, Policy)
    save(core, "policy", policy.policy_id, replace(policy, non_refundable=True))


def end(desk: Counters, staff: str = "reem", stays: int = 23000) -> RequestReply:
    return desk.ask_of("BookingCancelled", staff, booking=desk.last, reason="ill", stays=stays)


def ended(desk: Counters) -> set[str]:
    return {str(key) for (key,) in desk.rows(sa.select(t.ticket_cancel.c.ticket_id))}


@pytest.fixture
def free(desk: Counters) -> Iterator[Counters]:
    """A second booking, of two who come for nothing."""
    costs(desk.core, CHILD, 0)
    assert desk.book((CHILD, desk.core.session, 2)).state == "granted"
    desk.say_paid(desk.made(), number="POS1-000007")
    desk.tick()
    assert desk.life == "confirmed"
    yield desk


def test_who_comes_for_nothing_is_called_off_with_their_tickets(free: Counters) -> None:
    places, tickets = free.free, {each.ticket_id for each in free.made().tickets}
    assert end(free, stays=0).state == "granted"
    row = free.row()._mapping
    assert (row["life"], row["reason"], row["decided_by"]) == ("cancelled", "ill", "reem")
    assert (ended(free), free.free) == (tickets, places + 2)
    assert free.told()[-1] == "cancelled"
    free.tick()
    assert (free.life, free.told().count("cancelled"), open_cases(free.core)) == ("cancelled", 1, [])
    assert end(free).code == "booking_is"


def test_another_payment_does_not_bring_it_back(free: Counters) -> None:
    end(free, stays=0)
    free.say_paid(free.made(), number="POS1-000008", name="again")
    free.tick()
    assert free.life == "cancelled"


def test_who_is_confirmed_again_reads_so_whatever_they_were_told_before(desk: Counters) -> None:
    """A till without a line was paid as before a change, and its guest holds those tickets."""
    desk.book()
    before = desk.made()
    assert change(desk, (ADULT, desk.core.session, 1)).state == "granted"
    desk.say_paid(desk.made(), number="POS1-000008")
    desk.tick()
    gives_nothing(desk.core)
    for turn in range(2):
        assert end(desk, stays=(11500, 23000)[turn]).state == "granted"
        if not turn:
            desk.say_paid(before, number="POS1-000009", name="2")
            desk.tick()
            assert (desk.life, desk.told()[-1]) == ("confirmed", "confirmed")
            assert desk.facts("confirmed")["tickets"] == 2
            assert {place.ticket_id for place in booked_in(desk.row()).tickets} == {
                each.ticket_id for each in before.tickets
            }
    assert desk.told()[-4:] == ["confirmed", "cancelled_kept", "confirmed", "cancelled_kept"]


def test_what_is_voided_after_that_is_told_once(desk: Counters) -> None:
    """What was said to stay paid went back all the same."""
    gives_nothing(desk.core)
    assert end(desk).state == "granted"
    desk.void()
    desk.tick()
    assert desk.told()[-2:] == ["cancelled_kept", "refund_done"]
    assert desk.facts("refund_done")["amount"] == sar(23000)


def test_who_came_in_all_the_same_is_somebody_s_case(free: Counters) -> None:
    end(free, stays=0)
    free.station.say(an_admission(free.made().tickets[0].ticket_id, admission="a"))
    assert open_cases(free.core) == ["admitted_canceled"]


def test_while_something_goes_back_only_its_refund_calls_it_off(desk: Counters) -> None:
    assert end(desk).code == "refund_due"
    gives_nothing(desk.core)
    places = desk.free
    assert end(desk).state == "granted"
    assert (desk.life, desk.free, len(ended(desk))) == ("cancelled", places + 2, 2)
    assert desk.rows(sa.select(t.refund_line.c.pieces, t.refund_line.c.gross)) == [(2, 0)]
    assert desk.rows(sa.select(t.refund_ask.c.ask_id)) == []
    assert desk.told()[-1] == "cancelled_kept" and desk.facts("cancelled_kept")["amount"] == sar(23000)
    again = Wanted(
        f"{desk.last}-s",
        Choice((), (Goods(desk.made().lines[0].charge_id, 0),)),
        Reason.SERVICE_FAULT,
        "-",
        sar(100),
        sar(0),
    )
    assert Refunds(desk.core, desk.station, desk.door).ask(again).code == "refund_gone"


@pytest.mark.parametrize("why", ["used", "open", "recovering"])
def test_what_stands_for_more_than_money_stays(desk: Counters, why: str) -> None:
    if why == "open":
        Refunds(desk.core, desk.station, desk.door).asked(half(desk))
    gives_nothing(desk.core)
    match why:
        case "used":
            desk.station.say(an_admission(desk.made().tickets[0].ticket_id, admission="a"))
        case "recovering":
            with desk.core.database.engine.begin() as connection:
                connection.execute(sa.insert(own.recovery).values(station_id="pos9", name="POS9", since=0))
    codes = {"used": "refund_ticket_used", "open": "refund_open", "recovering": "recovering"}
    assert (end(desk).code, desk.life, ended(desk)) == (codes[why], "confirmed", set())


def test_it_waits_for_who_comes_in_at_that_moment(desk: Counters) -> None:
    """Whose admission is in, and who is nobody's case, unless one of both waits."""
    core = desk.core
    if core.database.embedded:
        pytest.skip("SQLite has one writer at a time")
    gives_nothing(core)
    ticket = f"ticket:{desk.made().tickets[0].ticket_id}"
    with ThreadPoolExecutor() as pool:
        with core.database.engine.begin() as connection:
            lock_subjects(connection, {ticket})
            done = pool.submit(end, desk)
            wait_for(lambda: lock_key(ticket) in waited_for(core))
            assert not done.done()
        assert done.result().state == "granted"


def test_goods_are_free_again_though_they_were_paid(desk: Counters) -> None:
    core = desk.core
    there_are(core, 2)
    costs(core, BOARD, 0)
    assert desk.book((BOARD, 0, 2)).state == "granted"
    desk.say_paid(desk.made(), number="POS1-000007")
    desk.tick()
    mine = desk.last
    assert desk.book((BOARD, 0, 1)).code == "goods_full"
    desk.last = mine
    assert (end(desk, stays=0).state, desk.life) == ("granted", "cancelled")
    assert desk.book((BOARD, 0, 2)).state == "granted"


def test_what_all_money_went_back_for_while_it_stayed_is_called_off(desk: Counters) -> None:
    refunds = Refunds(desk.core, desk.station, desk.door)
    [line] = desk.made().lines
    good = Wanted(
        f"{desk.last}-s",
        Choice((), (Goods(line.charge_id, 0),)),
        Reason.SERVICE_FAULT,
        "cold",
        line.gross,
        sar(0),
    )
    asked = refunds.asked(good)
    assert end(desk).code == "refund_open"
    refunds.decide("RefundApproved", asked, minor=line.gross.minor)
    refunds.paid(asked)
    desk.tick()
    assert desk.life == "confirmed"
    assert (end(desk, stays=0).state, desk.life, len(ended(desk))) == ("granted", "cancelled", 2)
    assert open_cases(desk.core) == []


def only_money(desk: Counters, name: str, minor: int, number: str) -> None:
    """So much of the sale goes back, and all that was bought stays."""
    refunds = Refunds(desk.core, desk.station, desk.door)
    [line] = desk.made().lines
    choice = Choice((), (Goods(line.charge_id, 0),))
    asked = refunds.asked(
        Wanted(f"{desk.last}-s{name}", choice, Reason.SERVICE_FAULT, "paid twice", sar(minor), sar(0))
    )
    assert refunds.decide("RefundApproved", asked, minor=minor).state == "granted"
    desk.station.say(refunds.payment(asked, number=number))


def test_what_was_paid_twice_is_right_once_the_second_went_back_as_money(desk: Counters) -> None:
    desk.pay_again()
    assert open_cases(desk.core) == ["over_paid"]
    only_money(desk, "2", 10000, "POS1-000010")
    assert open_cases(desk.core) == ["over_paid"]
    only_money(desk, "2", 13000, "POS1-000011")
    desk.tick()
    assert (open_cases(desk.core), desk.life, ended(desk)) == ([], "confirmed", set())
    only_money(desk, "", 5000, "POS1-000012")
    assert open_cases(desk.core) == [], "this much less it cost, and was paid once"


def test_of_what_was_paid_twice_and_came_back_once_the_policy_gives_as_ever(desk: Counters) -> None:
    """By whichever of both sales."""
    desk.pay_again()
    only_money(desk, "", 23000, "POS1-000010")
    assert (open_cases(desk.core), terms(desk)) == ([], (BACK, 23000 - BACK))
    assert end(desk).code == "refund_due"
    gives_nothing(desk.core)
    assert terms(desk) == (0, 23000)
    assert code_of(desk.call_off) == "refund_nothing"


def test_while_it_is_paid_twice_nothing_ends_it_for_nothing(desk: Counters) -> None:
    gives_nothing(desk.core)
    desk.pay_again()
    assert (end(desk, stays=23000).code, desk.life, ended(desk)) == ("refund_due", "confirmed", set())


def test_goodwill_before_a_second_payment_is_goodwill_after_it(desk: Counters) -> None:
    only_money(desk, "", 5000, "POS1-000008")
    desk.pay_again()
    facts = desk.rows(sa.select(t.case_item.c.facts).where(t.case_item.c.kind == "over_paid"))
    assert "23000" in str(facts[0][0])
    only_money(desk, "2", 18000, "POS1-000010")
    assert open_cases(desk.core) == ["over_paid"]
    only_money(desk, "2", 5000, "POS1-000011")
    assert open_cases(desk.core) == []


def test_who_did_not_read_that_money_stays_does_not_end_it(desk: Counters) -> None:
    """The form was opened before it was paid; or the price was another then."""
    gives_nothing(desk.core)
    assert end(desk, stays=0).code == "booking_paid"
    assert end(desk, stays=22000).code == "quote_expired"
    assert (desk.life, ended(desk)) == ("confirmed", set())


def test_once_its_time_is_over_it_ends_by_itself(desk: Counters) -> None:
    desk.core.clock.forward(days=3)
    assert end(desk).code == "session_over"
    assert code_of(lambda: desk.call_off(back=(0, "SAR"))) == "session_over"


def test_while_the_policy_gives_something_it_may_be_over_already(desk: Counters) -> None:
    """Its session is, and its day is not: who did not come has most of it back until then."""
    desk.core.clock.forward(hours=6)
    assert terms(desk) == (BACK, 23000 - BACK)
    found = desk.call_off(back=(BACK, "SAR")).refund
    assert found is not None and found.asked.amount == sar(BACK)


def test_its_guest_is_told_also_of_the_second_time(free: Counters) -> None:
    desk = free
    assert desk.book((CHILD, desk.core.session, 1)).state == "granted"
    assert end(desk, stays=0).state == "granted"
    desk.say_paid(desk.made(), number="POS1-000008")
    desk.tick()
    assert desk.life == "confirmed"
    assert end(desk, stays=0).state == "granted"
    mine = t.message.c.booking_id == desk.last, t.message.c.kind == "cancelled"
    assert len(desk.rows(sa.select(t.message.c.message_id).where(*mine))) == 2


def test_a_payment_of_nothing_that_is_not_confirmed_yet_is_named(free: Counters) -> None:
    assert free.book((CHILD, free.core.session, 1)).state == "granted"
    free.say_paid(free.made(), number="POS1-000008")
    assert code_of(lambda: free.call_off(back=(0, "SAR"))) == "booking_paid"


# by its guest --------------------------------------------------------------------------------------------------------


def terms(desk: Counters) -> tuple[int, int]:
    now = desk.core.clock.now()
    told = desk.core.database.look(lambda c: guest_cancelling.terms(c, SARA, desk.last, now))
    return told.back.minor, told.fee.minor


def test_a_guest_calls_off_what_they_came_for_free(free: Counters) -> None:
    assert terms(free) == (0, 0)
    assert (free.call_off().refund, free.life) == (None, "cancelled")


def test_a_guest_who_heard_no_answer_asks_again_and_it_is_ended_once(free: Counters) -> None:
    first, again = (free.call_off() for _ in range(2))
    assert (first.row.life, again.row.life, again.refund) == ("cancelled", "cancelled", None)
    free.tick()
    assert (free.life, free.told().count("cancelled")) == ("cancelled", 1)


def test_what_staff_called_off_is_not_the_guest_s_to_end(free: Counters) -> None:
    assert end(free, stays=0).state == "granted"
    assert code_of(free.call_off) == "booking_is"


def test_a_guest_says_that_they_know_that_nothing_goes_back(desk: Counters) -> None:
    assert terms(desk) == (BACK, 23000 - BACK)
    gives_nothing(desk.core)
    assert terms(desk) == (0, 23000)
    assert code_of(desk.call_off) == "refund_nothing"
    assert code_of(lambda: desk.call_off(back=(BACK, "SAR"))) == "quote_expired"
    assert desk.life == "confirmed"
    found = desk.call_off(back=(0, "SAR"))
    assert (found.refund, found.row.life, desk.life) == (None, "cancelled", "cancelled")
    assert len(ended(desk)) == 2


def axis(desk: Counters) -> Paid:
    """Of the last booking, which was made for 230.00."""
    return desk.core.database.look(lambda c: paid_of(c, {desk.last: sar(23000)}))[desk.last]


def test_while_too_much_is_here_that_is_how_it_is_paid(desk: Counters) -> None:
    assert axis(desk) is Paid.PAID
    desk.pay_again()
    assert axis(desk) is Paid.OVER_PAID
    assert desk.book().state == "granted"
    assert axis(desk) is Paid.UNPAID


def test_what_was_given_for_nothing_in_the_end_has_nothing_due(free: Counters) -> None:
    assert axis(free) is Paid.NONE_DUE
