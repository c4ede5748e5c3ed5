"""A booking made ahead, from the till where it is made to the gate: seen and paid at another, with the line cut."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa

from app.print_queue import _Job
from app.shown import Colour
from app.shown_guests import GuestForm
from domain import codec
from domain.booking import Attendance, How, Life, Paid
from domain.errors import Code, Refused, Unavailable
from domain.receipt import TicketBatch
from domain.refund import State
from ledger import journal
from ledger import tables as t
from server import tables as own
from tests.hardware.simulator import CardProcess
from tests.helpers.line import Open, on_server, settled
from tests.helpers.running import RunningServer
from tests.helpers.shop import ADULT, HUDA, LOCKER, Shop, refused, sar
from tests.helpers.waiting import wait_for
from tests.simulation.bugs import bug, put_in
from tests.sync.test_guests import code_of

SARA = GuestForm("Sara Al-Qahtani", "0551234567")


@pytest.fixture
def desk(server: RunningServer, opened: Open) -> Shop:
    """POS1 with a verified guest."""
    shop = opened("POS1").sign_in("reem").open_shift()
    guests = shop.station.guests
    sara = guests.register(SARA)
    guests.send_code(sara, "sms")
    guests.verify(sara, code_of(server))
    return shop


def sara(shop: Shop) -> str:
    wait_for(lambda: bool(shop.station.guests.find("sara")))
    return shop.station.guests.find("sara")[0].guest_id


def life(shop: Shop, booking_id: str) -> Life | None:
    with shop.station.store.read() as connection:
        mine = sa.select(t.reservation.c.life).where(t.reservation.c.booking_id == booking_id)
        found = connection.execute(mine).scalar()
    return Life(found) if found else None


def test_what_is_booked_at_one_till_is_paid_at_another_and_let_in(desk: Shop, opened: Open) -> None:
    lines = [(ADULT, desk.session, 2), (LOCKER, 0, 1)]
    made = desk.station.bookings.book(sara(desk), lines, "by the window", names=("Omar",))
    assert made.until is not None and not made.review
    other, gate = opened("POS2").sign_in("salem").open_shift(), opened("LK1").sign_in("faisal")
    wait_for(lambda: life(other, made.booking_id) is Life.HELD)
    [row] = other.station.bookings.find(made.number[-6:])
    assert (row.guest, row.paid, row.attendance) == ("Sara Al-Qahtani", Paid.UNPAID, Attendance.EXPECTED)
    assert (row.phone, [each.number for each in row.sessions]) == ("+966•••4567", [desk.session])
    page = other.station.checkout.begin(other.station.bookings.cart(made.booking_id))
    assert page.left == sar("230.00")
    seats, mark = (lambda told: (told.seats, told.mark))(other.station.bookings.page(made.booking_id))
    other.station.bookings.name_tickets(made.booking_id, mark, {seats[1].ticket_id: "سارة"})
    wait_for(lambda: other.station.bookings.page(made.booking_id).seats[1].guest == "سارة")
    paid = other.station.checkout.cash(page.sale_id, page.left)
    assert not paid.left
    wait_for(lambda: life(other, made.booking_id) is Life.CONFIRMED)
    assert other.station.bookings.page(made.booking_id).row.paid is Paid.PAID
    document = other.receipts()[0].number
    for typed in (document, document.removeprefix("POS2-"), "1"):
        assert [row.number for row in other.station.bookings.find(typed)] == [made.number], typed
    other.sign_in("huda")
    assert other.station.bookings.find("sara")[0].phone == "+966 55 123 4567"
    other.sign_in("salem")
    code = other.codes()[0]
    wait_for(lambda: gate.count(t.ticket) == 2)
    admitted = gate.station.gate.scan(code)
    assert (admitted.code, admitted.guest) == ("ok", "Omar")
    [kept, drawn] = tickets_on_paper(other)
    assert kept == ["", ""] and drawn == ["Omar", "سارة"], "who comes is on the paper and in no print job"
    wait_for(lambda: other.station.bookings.page(made.booking_id).entered == 1)
    more = other.station.bookings.book(sara(other), [(ADULT, other.session, 1)], adds_to=made.booking_id)
    wait_for(lambda: life(desk, more.booking_id) is Life.HELD)
    assert {row.number for row in desk.station.bookings.find(made.number)} == {made.number, more.number}
    first, [added] = (
        desk.station.bookings.page(more.booking_id).first,
        desk.station.bookings.page(made.booking_id).added,
    )
    assert first is not None and (first.number, added.number) == (made.number, more.number)


def test_the_server_knows_for_which_booking_a_card_was_declined(
    server: RunningServer, desk: Shop, opened: Open, cards: CardProcess
) -> None:
    made = desk.station.bookings.book(sara(desk), [(ADULT, desk.session, 2)])
    other = opened("POS2", terminal=f"127.0.0.1:{cards.address[1]}").sign_in("salem").open_shift()
    wait_for(lambda: life(other, made.booking_id) is Life.HELD)
    for booking in (made.booking_id, ""):
        checkout = other.station.checkout
        cart = other.station.bookings.cart(booking) if booking else other.cart((ADULT,))
        page = checkout.begin(cart)
        cards.script("decline")
        assert other.pay_card(page).left == page.left
        checkout.cash(page.sale_id, page.left)
    wait_for(lambda: settled(other))
    assert on_server(server, sa.select(t.card_attempt.c.direction)) == ["charge", "charge"]
    assert on_server(server, sa.select(t.booking_try.c.booking_id)) == [made.booking_id]


def paid_at_once(shop: Shop, booking_id: str) -> None:
    page = shop.station.checkout.begin(shop.station.bookings.cart(booking_id))
    shop.station.checkout.cash(page.sale_id, page.left)


def changed_by(shop: Shop, booking_id: str) -> None:
    page = shop.station.bookings.page(booking_id)
    shop.station.bookings.change(booking_id, page.mark, [(ADULT, shop.session, 1)])


@pytest.mark.parametrize("with_card", [False, True])
@pytest.mark.parametrize(
    ("meanwhile", "code"),
    [
        (paid_at_once, Code.BOOKING_IS),
        (changed_by, Code.BOOKING_CHANGED),
        (lambda shop, key: shop.station.bookings.cancel(key, "ill"), Code.BOOKING_IS),
    ],
)
def test_no_money_is_taken_for_what_a_till_has_heard_waits_for_none(
    desk: Shop,
    opened: Open,
    cards: CardProcess,
    meanwhile: Callable[[Shop, str], None],
    code: Code,
    with_card: bool,
) -> None:
    """Its payment was opened before, and left open."""
    made = desk.station.bookings.book(sara(desk), [(ADULT, desk.session, 2)])
    other = opened("POS2", terminal=f"127.0.0.1:{cards.address[1]}").sign_in("salem").open_shift()
    wait_for(lambda: life(other, made.booking_id) is Life.HELD)
    page = other.station.checkout.begin(other.station.bookings.cart(made.booking_id))
    mark = other.station.bookings.page(made.booking_id).mark
    meanwhile(desk, made.booking_id)
    wait_for(
        lambda: (
            (life(other, made.booking_id), other.station.bookings.page(made.booking_id).mark)
            != (Life.HELD, mark)
        )
    )
    if with_card:
        assert refused(other.pay_card, page) is code
    else:
        assert refused(other.station.checkout.cash, page.sale_id, page.left) is code
    other.station.checkout.give_up(page.sale_id)
    assert cards.taken() == 0


def tickets_on_paper(shop: Shop) -> tuple[list[str], list[str]]:
    """Who comes on the tickets of the only job: as it is kept, and as it is drawn."""
    with shop.station.store.read_journal() as connection:
        tickets = journal.print_job.c.kind == "tickets"
        row = connection.execute(sa.select(journal.print_job).where(tickets)).one()
    job = _Job(row.job_id, row.kind, row.payload)
    texts = row.payload, shop.station.printer._named(job)
    kept, drawn = ([each.guest for each in codec.loads(TicketBatch, text).tickets] for text in texts)
    return kept, drawn


def test_paid_without_the_server_it_is_confirmed_when_the_line_is_back(
    server: RunningServer, desk: Shop
) -> None:
    made = desk.station.bookings.book(sara(desk), [(ADULT, desk.session, 2)])
    wait_for(lambda: life(desk, made.booking_id) is Life.HELD)
    left = desk.station.selling.page(0, "").sessions[0].left
    server.kill()
    wait_for(lambda: not desk.station.health.online())
    assert refused(desk.station.bookings.book, sara(desk), [(ADULT, desk.session, 1)]) is Code.REQUEST_OFFLINE
    page = desk.station.checkout.begin(desk.station.bookings.cart(made.booking_id))
    desk.station.checkout.cash(page.sale_id, page.left)
    server.start()
    wait_for(lambda: life(desk, made.booking_id) is Life.CONFIRMED, seconds=10)
    wait_for(lambda: desk.station.selling.page(0, "").sessions[0].left == left)
    assert on_server(server, sa.select(t.case_item.c.kind)) == []


_TWICE = bug(
    "a till is paid twice for one booking",
    "Bookings: a till takes no second payment for what it was paid for",
    ("app.payable:_check_not_paid", "if cache.execute(paid).first() is not None:", "if False:"),
)


def test_without_its_rule_a_till_would_be_paid_twice_for_one_booking(
    server: RunningServer, desk: Shop
) -> None:
    made = desk.station.bookings.book(sara(desk), [(ADULT, desk.session, 2)])
    wait_for(lambda: life(desk, made.booking_id) is Life.HELD)
    server.kill()
    wait_for(lambda: not desk.station.health.online())
    with put_in(_TWICE):
        for _ in range(2):
            page = desk.station.checkout.begin(desk.station.bookings.cart(made.booking_id))
            desk.station.checkout.cash(page.sale_id, page.left)
    assert desk.count(t.sale) == 2


def test_what_this_till_is_paid_for_it_takes_no_second_payment_for(server: RunningServer, desk: Shop) -> None:
    bookings, checkout = desk.station.bookings, desk.station.checkout
    made = bookings.book(sara(desk), [(ADULT, desk.session, 2)])
    wait_for(lambda: life(desk, made.booking_id) is Life.HELD)
    server.kill()  # it does not hear of the payment
    wait_for(lambda: not desk.station.health.online())
    cart = bookings.cart(made.booking_id)
    page = checkout.begin(cart)
    assert refused(bookings.cart, made.booking_id) is Code.BOOKING_IN_PAYMENT
    assert refused(checkout.begin, cart) is Code.BOOKING_IN_PAYMENT
    checkout.give_up(page.sale_id)
    page = checkout.begin(bookings.cart(made.booking_id))
    checkout.cash(page.sale_id, page.left)
    assert life(desk, made.booking_id) is Life.HELD
    assert refused(bookings.cart, made.booking_id) is Code.BOOKING_PAID
    assert refused(checkout.begin, cart) is Code.BOOKING_PAID


def test_paid_at_two_tills_the_second_payment_goes_back_and_the_booking_stands(
    server: RunningServer, desk: Shop, opened: Open
) -> None:
    made = desk.station.bookings.book(sara(desk), [(ADULT, desk.session, 2)])
    other = opened("POS2").sign_in("salem").open_shift()
    wait_for(lambda: life(other, made.booking_id) is Life.HELD and life(desk, made.booking_id) is Life.HELD)
    server.kill()
    wait_for(lambda: not (desk.station.health.online() or other.station.health.online()))
    for shop in (desk, other):
        page = shop.station.checkout.begin(shop.station.bookings.cart(made.booking_id))
        shop.station.checkout.cash(page.sale_id, page.left)
    server.start()
    cases = sa.select(t.case_item.c.kind).where(t.case_item.c.closed_at == 0)
    wait_for(lambda: on_server(server, cases) == ["over_paid"], seconds=10)
    first = on_server(server, sa.select(t.booking.c.station_id))
    second = desk if first != [desk.station.store.identity.station_id] else other  # type: ignore[union-attr]
    wait_for(lambda: second.station.bookings.page(made.booking_id).row.paid is Paid.OVER_PAID)
    [sale] = [row for row in second.station.records.recent() if not row.why_not_void]
    second.station.records.void(sale.sale_id, "paid twice", HUDA, lambda step: None)
    wait_for(lambda: on_server(server, cases) == [])
    wait_for(lambda: life(second, made.booking_id) is Life.CONFIRMED)
    assert on_server(server, sa.select(t.ticket_cancel.c.ticket_id)) == []


def test_a_booking_that_is_called_off_cannot_be_paid(desk: Shop) -> None:
    made = desk.station.bookings.book(sara(desk), [(ADULT, desk.session, 2)])
    wait_for(lambda: life(desk, made.booking_id) is Life.HELD)
    assert refused(desk.station.bookings.cancel, made.booking_id, " ") is Code.REASON_NEEDED
    desk.station.bookings.cancel(made.booking_id, "the guest is ill")
    wait_for(lambda: life(desk, made.booking_id) is Life.CANCELLED)
    assert refused(desk.station.bookings.cart, made.booking_id) is Code.BOOKING_IS
    assert desk.station.bookings.page(made.booking_id).reason == "the guest is ill"
    assert refused(desk.station.bookings.approve, made.booking_id) is Code.NOT_ALLOWED


def test_a_page_tells_what_how_the_guest_is_told_and_who_may_take_the_payment(desk: Shop) -> None:
    lines = [(ADULT, desk.session, 2), (LOCKER, 0, 1)]
    made = desk.station.bookings.book(sara(desk), lines, "by the window")
    wait_for(lambda: life(desk, made.booking_id) is Life.HELD)
    page = desk.station.bookings.page(made.booking_id)
    assert [(line.quantity, bool(line.times)) for line in page.lines] == [(2, True), (1, False)]
    assert sum(line.gross.minor for line in page.lines) == page.row.total.minor
    assert (page.guest.phone, page.guest.reach, page.guest.language) == ("+966•••4567", "sms", "ar")
    assert (page.may_pay, page.may_decide, page.note) == (True, False, "by the window")


def test_of_a_day_what_is_over_comes_last(desk: Shop) -> None:
    bookings = desk.station.bookings
    first, second = (bookings.book(sara(desk), [(ADULT, desk.session, 1)]).booking_id for _ in range(2))
    wait_for(lambda: life(desk, second) is Life.HELD)
    bookings.cancel(first, "the guest is ill")
    wait_for(lambda: life(desk, first) is Life.CANCELLED)
    assert [row.booking_id for row in bookings.of_day(bookings.today())] == [second, first]


def test_whoever_had_paid_a_part_before_a_change_pays_for_what_it_was_and_both_voids_end_their_own(
    server: RunningServer, desk: Shop, opened: Open
) -> None:
    bookings, other = desk.station.bookings, opened("POS2").sign_in("salem").open_shift()
    made = bookings.book(sara(desk), [(ADULT, desk.session, 2)])
    wait_for(lambda: life(other, made.booking_id) is Life.HELD)
    wait_for(lambda: life(desk, made.booking_id) is Life.HELD)
    begun = other.station.checkout.begin(other.station.bookings.cart(made.booking_id))
    begun = other.station.checkout.cash(begun.sale_id, sar("100.00"))
    seen = bookings.page(made.booking_id).mark
    bookings.change(made.booking_id, seen, [(ADULT, desk.session, 3), (LOCKER, 0, 1)], "two wheelchairs")
    assert refused(bookings.change, made.booking_id, seen, [(ADULT, desk.session, 4)]) is Code.BOOKING_CHANGED
    assert refused(bookings.cancel, made.booking_id, "ill", seen) is Code.BOOKING_CHANGED
    assert refused(other.station.bookings._extend, made.booking_id, seen) is Code.BOOKING_CHANGED
    wait_for(lambda: bookings.page(made.booking_id).mark != seen)
    page = bookings.page(made.booking_id)
    [change] = page.changes
    assert (page.note, change.what[0][0], change.total, page.wished[0][2]) == (
        "two wheelchairs", 2, sar("230.00"), 3
    )  # fmt: skip
    server.kill()
    wait_for(lambda: not (desk.station.health.online() or other.station.health.online()))
    paid = desk.station.checkout.begin(bookings.cart(made.booking_id))
    for shop, one in ((other, begun), (desk, paid)):
        shop.station.checkout.cash(one.sale_id, one.left)
    server.start()
    cases = sa.select(t.case_item.c.kind).where(t.case_item.c.closed_at == 0)
    wait_for(lambda: on_server(server, cases) == ["paid_before"], seconds=10)
    wait_for(lambda: desk.count(t.ticket) == 5 and other.count(t.ticket) == 5)
    wait_for(lambda: life(desk, made.booking_id) is Life.CONFIRMED)
    for shop, tickets in ((other, 2), (desk, 5)):
        [sale] = [row for row in shop.station.records.recent() if not row.why_not_void]
        shop.station.records.void(sale.sale_id, "paid twice", HUDA, lambda step: None)
        wait_for(lambda n=tickets: len(on_server(server, sa.select(t.ticket_cancel.c.ticket_id))) == n)
    wait_for(lambda: life(desk, made.booking_id) is Life.CANCELLED, seconds=10)


def printed(shop: Shop) -> list[str]:
    """The codes of all tickets that were printed, oldest first."""
    return [each.code for said in shop.papers("tickets") for each in codec.loads(TicketBatch, said).tickets]


def test_tickets_that_move_are_printed_and_let_in_and_the_old_ones_say_so(desk: Shop, opened: Open) -> None:
    bookings, gate = desk.station.bookings, opened("LK1").sign_in("faisal")
    made = bookings.book(sara(desk), [(ADULT, desk.session, 2), (LOCKER, 0, 1)])
    wait_for(lambda: life(desk, made.booking_id) is Life.HELD)
    page = desk.station.checkout.begin(bookings.cart(made.booking_id))
    desk.station.checkout.cash(page.sale_id, page.left)
    wait_for(lambda: life(desk, made.booking_id) is Life.CONFIRMED)
    old, told = desk.codes(), bookings.page(made.booking_id)
    later = next(tile for tile in bookings.desk(None).sessions if tile.number != desk.session)
    wait_for(lambda: gate.count(t.ticket) == 2)
    assert bookings.move(made.booking_id, told.mark, [told.good[0].ticket_id], later.number) == 1
    assert refused(bookings.move, made.booking_id, told.mark, [told.good[1].ticket_id], later.number) is (
        Code.BOOKING_CHANGED
    )
    wait_for(lambda: bookings.page(made.booking_id).mark != told.mark)
    now = bookings.page(made.booking_id)
    assert sorted(each.session for each in now.good) == sorted((desk.session, later.number))
    assert [line.quantity for line in now.lines] == [1, 1, 1]
    assert sum(line.gross.minor for line in now.lines) == now.row.total.minor
    assert now.changes[0].how is How.MOVED
    new = printed(desk)[-1]
    assert new not in old
    wait_for(lambda: gate.count(t.ticket_cancel) == 1 and gate.count(t.ticket) == 3)
    wait_for(lambda: gate.count(t.reservation_change) == 1)
    scans = [gate.station.gate.scan(code).code for code in (*old, new)]
    assert sorted(scans[:2]) == ["moved", "ok"] and scans[2] == "ok"


def test_who_is_banned_books_and_comes_in_only_by_a_supervisor(desk: Shop, opened: Open) -> None:
    guests, bookings, gate = desk.station.guests, desk.station.bookings, opened("LK1").sign_in("faisal")
    lines = [(ADULT, desk.session, 1)]
    made, unpaid = bookings.book(sara(desk), lines), bookings.book(sara(desk), lines)
    wait_for(lambda: life(desk, made.booking_id) is Life.HELD and life(desk, unpaid.booking_id) is Life.HELD)
    page = desk.station.checkout.begin(bookings.cart(made.booking_id))
    desk.station.checkout.cash(page.sale_id, page.left)
    [code] = printed(desk)
    guests.change(sara(desk), replace(SARA, flags=("banned",)))
    assert refused(bookings.revoke, unpaid.booking_id, ["none"], "lost", HUDA)  # a yes, to something else
    assert refused(bookings.cart, unpaid.booking_id) is Code.GUEST_BANNED
    assert refused(bookings.cart, unpaid.booking_id, replace(HUDA, pin="0000")) is Code.PIN_WRONG
    assert refused(bookings.cart, unpaid.booking_id, replace(HUDA, reason=" ")) is Code.REASON_NEEDED
    assert bookings.cart(unpaid.booking_id, HUDA).booking_id == unpaid.booking_id
    assert bookings.cart(unpaid.booking_id).lines  # the yes holds while it is paid
    wait_for(lambda: settled(desk) and gate.count(t.guest_ban) == 1 and gate.count(t.ticket) == 1)
    assert gate.count(t.guest_entry) == 0
    assert refused(bookings.book, sara(desk), lines) is Code.GUEST_BANNED
    allowed = bookings.book(sara(desk), lines, approval=HUDA)
    assert allowed.number
    scanned = gate.station.gate.scan(code)
    assert (scanned.code, scanned.colour, scanned.admission_id) == ("banned", Colour.AMBER, "")
    assert refused(gate.station.gate.let_in, scanned.ticket_id, replace(HUDA, pin="0000")) is Code.PIN_WRONG
    let = gate.station.gate.let_in(scanned.ticket_id, HUDA)
    assert (let.code, bool(let.admission_id)) == ("ok", True)
    assert gate.station.gate.let_in(scanned.ticket_id, HUDA).code == "already_redeemed"
    assert "OverrideGiven" in gate.journalled()
    assert refused(guests.change, sara(desk), replace(SARA, flags=())) is Code.NOT_ALLOWED
    desk.sign_in("huda")
    guests.change(sara(desk), replace(SARA, flags=()))
    wait_for(lambda: settled(desk))
    wait_for(lambda: bool(bookings.book(sara(desk), lines).number))
    guests.change(sara(desk), replace(SARA, flags=("banned",)))  # whoever is inside steps out meanwhile
    wait_for(lambda: settled(desk) and gate.count(t.guest_ban) == 3)
    again = gate.station.gate.re_enter(scanned.ticket_id)
    assert (again.code, again.admission_id) == ("banned", "")
    assert gate.station.gate.let_in(scanned.ticket_id, HUDA).code == "already_redeemed"
    assert gate.station.gate.re_enter(scanned.ticket_id).code == "ok_reentry"


def codes_sent(server: RunningServer) -> int:
    found = on_server(server, sa.select(own.outbox.c.message_id).where(own.outbox.c.kind == "code"))
    return len(found)


def called_off(server: RunningServer, booking_id: str) -> str:
    """Sara does, over the API, with a code to her phone; the state of her refund."""
    with httpx.Client(base_url=server.url, verify=False) as client:
        before = codes_sent(server)
        asked = client.post("/v1/guest/codes", json={"contact": SARA.phone})
        assert asked.status_code == 202
        wait_for(lambda: codes_sent(server) > before)
        said = {"contact": SARA.phone, "code": code_of(server), "verification": asked.json()["verification"]}
        token = client.post("/v1/guest/tokens", json=said).json()["token"]
        told = client.post(
            f"/v1/guest/bookings/{booking_id}/cancellation",
            json={},
            headers={"authorization": f"Bearer {token}"},
        )
    return str(told.json()["refund"]["state"])


def test_a_refund_that_a_guest_began_is_taken_up_by_one_till_and_paid_there_without_the_server(
    server: RunningServer, desk: Shop, opened: Open
) -> None:
    made = desk.station.bookings.book(sara(desk), [(ADULT, desk.session, 2)])
    wait_for(lambda: life(desk, made.booking_id) is Life.HELD)
    page = desk.station.checkout.begin(desk.station.bookings.cart(made.booking_id))
    desk.station.checkout.cash(page.sale_id, page.left)
    wait_for(lambda: life(desk, made.booking_id) is Life.CONFIRMED)
    other = opened("POS2").sign_in("salem").open_shift()
    server.clock.set(server.clock.now() + timedelta(seconds=61))
    assert called_off(server, made.booking_id) == "requested"
    here, there = desk.station.refunds, other.station.refunds
    wait_for(lambda: [row.free for row in (*here.to_do(), *there.to_do())] == [True, True])
    [row] = here.to_do()
    refund = row.refund_id
    assert desk.station.bookings.page(made.booking_id).going_back == sar("207.00")
    assert (row.asked_by.en, row.note, there.waiting().to_pay) == ("The guest, online", "", 1)
    assert [item.kind for item in desk.station.attention.page().items] == ["free"]
    assert refused(here.pay, refund, lambda step: None) is Code.REFUND_NOT_TAKEN

    there.take(refund)
    assert refused(here.take, refund) is Code.REFUND_TAKEN
    there.approve(refund, "", HUDA)
    wait_for(lambda: there.told(refund).row.state is State.APPROVED and there.told(refund).may_release)
    told = there.told(refund)
    assert told.booking is not None and (told.guest, told.booking.number) == ("Sara Al-Qahtani", made.number)
    assert len(told.tickets) == 2 and all(each.times for each in told.tickets)
    there.release(refund)
    assert refused(there.pay, refund, lambda step: None) in (Code.REFUND_STATE, Code.REFUND_NOT_TAKEN)
    wait_for(lambda: here.told(refund).row.free)
    here.take(refund)
    wait_for(lambda: here.told(refund).row.here and there.told(refund).taken is not None)
    assert refused(there.pay, refund, lambda step: None) is Code.REFUND_ELSEWHERE

    server.kill()
    wait_for(lambda: not desk.station.health.online())
    paid = here.pay(refund, lambda step: None)
    assert (paid.cash_back, here.to_do()) == (sar("207.00"), ())
    server.start()
    wait_for(lambda: life(other, made.booking_id) is Life.CANCELLED, seconds=10)
    assert on_server(server, sa.select(t.case_item.c.kind)) == []


def test_what_is_made_anew_or_revoked_is_refused_in_its_own_words(desk: Shop, opened: Open) -> None:
    bookings, gate = desk.station.bookings, opened("LK1").sign_in("faisal")
    made = bookings.book(sara(desk), [(ADULT, desk.session, 2)])
    wait_for(lambda: life(desk, made.booking_id) is Life.HELD)
    page = desk.station.checkout.begin(bookings.cart(made.booking_id))
    desk.station.checkout.cash(page.sale_id, page.left)
    wait_for(lambda: life(desk, made.booking_id) is Life.CONFIRMED)
    old, told = desk.codes(), bookings.page(made.booking_id)
    lost, sold_on = (each.ticket_id for each in told.good)
    assert bookings.reissue(made.booking_id, told.mark, [lost]) == 1
    new = printed(desk)[-1]
    assert new not in old
    assert refused(bookings.revoke, made.booking_id, [sold_on], "sold on") is Code.NOT_ALLOWED
    assert refused(bookings.revoke, made.booking_id, [sold_on], " ", HUDA) is Code.REASON_NEEDED
    assert bookings.revoke(made.booking_id, [sold_on], "sold on", HUDA) == 1
    wait_for(lambda: len(bookings.page(made.booking_id).revoked) == 1)
    now = bookings.page(made.booking_id)
    [said] = now.revoked
    assert (said.reason, said.count, now.changes[0].how, len(now.good)) == ("sold on", 1, How.REISSUED, 1)
    wait_for(lambda: gate.count(t.ticket_revoke) == 1 and gate.count(t.ticket) == 3)
    wait_for(lambda: gate.count(t.reservation_change) == 1)
    scans = [gate.station.gate.scan(code).code for code in (*old, new)]
    assert sorted(scans[:2]) == ["replaced", "revoked"] and scans[2] == "ok"
    [charge] = desk.station.refunds.page(now.sale_id).charges
    assert [each.gone for each in charge.tickets] == [False, False]  # what was revoked can still go back
    walk_in = desk.sell((ADULT, ADULT)).sale_id
    sold = bookings.sold(walk_in)
    assert not sold.may_revoke and [row.tickets for row in desk.station.records.recent()] == [2, 1]
    wait_for(lambda: settled(desk))
    assert bookings.revoke(sold.booking_id, [sold.good[0].ticket_id], "sold twice", HUDA) == 1
    wait_for(lambda: [row.tickets for row in desk.station.records.recent()] == [1, 1])
    assert len(bookings.sold(walk_in).good) == 1


def test_what_was_made_anew_is_printed_once_the_lost_answer_is_there(
    desk: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bookings, requests = desk.station.bookings, desk.station.requests
    made = bookings.book(sara(desk), [(ADULT, desk.session, 2)])
    wait_for(lambda: life(desk, made.booking_id) is Life.HELD)
    page = desk.station.checkout.begin(bookings.cart(made.booking_id))
    desk.station.checkout.cash(page.sale_id, page.left)
    wait_for(lambda: life(desk, made.booking_id) is Life.CONFIRMED)
    told, api = bookings.page(made.booking_id), requests._api
    lost, ask = told.good[0].ticket_id, api.ask

    def losing(*given: object) -> object:
        ask(*given)  # type: ignore[arg-type] # as it was called
        raise Unavailable("server", "the answer was lost")

    monkeypatch.setattr(api, "ask", losing)
    assert refused(bookings.reissue, made.booking_id, told.mark, [lost]) is Code.REQUEST_UNANSWERED
    monkeypatch.setattr(api, "ask", ask)
    assert len(desk.papers("tickets")) == 1, "not before anybody knows that it was done"
    with suppress(
        Refused
    ):  # pressed again: settled first, unless the station has heard that the ticket is gone
        bookings.reissue(made.booking_id, told.mark, [lost])
    requests.settle_open()
    assert len(desk.papers("tickets")) == 2, "asked for twice, it is printed once"
    assert len(set(printed(desk))) == 3, "two that were sold, and one instead of one of them"
