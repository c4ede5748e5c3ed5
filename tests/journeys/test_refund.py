"""The refund of the family's visit: child 2 was not tall enough. Asked for at the till, approved at another station,
paid to the card; with figures to the halala."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.shown import Approval, CardStep
from app.shown_refunds import Figures, Preview, RefundRow, Waiting
from domain.card import AttemptState
from domain.catalogue import Words
from domain.errors import Code, Refused
from domain.receipt import DocumentKind, Receipt
from domain.refund import Reason, State
from domain.refund_offer import Choice, Goods
from ledger import read_money, read_setup
from ledger import tables as t
from tests.hardware.simulator import CardProcess
from tests.helpers.line import Open, on_server, settled
from tests.helpers.running import RunningServer
from tests.helpers.shop import ADULT, TUBE, Shop, refused, sar
from tests.helpers.waiting import wait_for

HUDA = Approval("huda", "9513", "not tall enough")
SALEM = Approval("salem", "1470", "not tall enough")


@pytest.fixture
def pos(opened: Open, cards: CardProcess) -> Shop:
    """POS1 has sold to the family: 300.00 by mada, 125.50 in cash, as the visit's first document."""
    shop = opened("POS1", terminal=f"127.0.0.1:{cards.address[1]}").sign_in("reem").open_shift()
    wait_for(lambda: shop.station.health.online())
    page = shop.pay_card(shop.begin(), "300.00")
    shop.station.checkout.cash(page.sale_id, sar("150.00"))
    wait_for(lambda: settled(shop))
    return shop


def child_two(shop: Shop) -> tuple[str, str]:
    """Sale and ticket of the second child."""
    with shop.station.store.read() as connection:
        sale = connection.execute(sa.select(t.sale.c.sale_id)).scalar_one()
        tickets = connection.execute(
            sa.select(t.ticket.c.ticket_id).where(t.ticket.c.product == 2).order_by(t.ticket.c.ticket_id)
        ).scalars()
        return sale, list(tickets)[1]


def shown(shop: Shop, reason: Reason = Reason.CUSTOMER_CANCEL) -> Preview:
    sale, ticket = child_two(shop)
    return shop.station.refunds.preview(sale, Choice((ticket,)), reason)


def asked(shop: Shop) -> str:
    """A refund of child 2 whose row has come."""
    refund = shop.station.refunds.ask(shown(shop), "")
    stands(shop, refund, State.REQUESTED)
    return refund


def approved(shop: Shop) -> str:
    refund = asked(shop)
    shop.station.refunds.approve(refund, "seen", HUDA)
    stands(shop, refund, State.APPROVED)
    return refund


def row_of(shop: Shop, refund: str) -> RefundRow | None:
    rows = shop.station.refunds.page(child_two(shop)[0]).refunds
    return next((row for row in rows if row.refund_id == refund), None)


def stands(shop: Shop, refund: str, state: State) -> None:
    def is_so() -> bool:
        row = row_of(shop, refund)
        return row is not None and row.state is state

    wait_for(is_so)


def expected(shop: Shop) -> int:
    """Cash of the open shift, in halalas."""
    shift = shop.station.session.open_shift()
    assert shift is not None
    with shop.station.store.read() as connection:
        events = read_money.cash_events(connection, shift.shift_id)
    signs = {"sale": 1, "refund": -1}
    return shift.opening.minor + sum(signs[each.kind] * each.amount.minor for each in events)


def credit_notes(shop: Shop) -> list[Receipt]:
    return [each for each in shop.receipts() if each.kind is DocumentKind.CREDIT]


def pay(shop: Shop, refund: str) -> Callable[[], object]:
    return lambda: shop.station.refunds.pay(refund, lambda step: None)


def test_child_two_goes_back_to_the_card_less_the_fee(
    server: RunningServer, pos: Shop, opened: Open, cards: CardProcess
) -> None:
    sale, ticket = child_two(pos)
    preview = shown(pos)
    assert (preview.price, preview.fee, preview.amount) == (sar("80.50"), sar("8.05"), sar("72.45"))
    assert (preview.net, preview.vat) == (sar("63.00"), sar("9.45"))
    assert [(one.method, one.scheme, one.amount) for one in preview.tenders] == [
        ("card", "mada", sar("72.45"))
    ]
    assert preview.out_of_drawer == sar("0")
    assert [name.en for name in preview.approvers] == ["Huda K.", "Nadia S."]
    before, session = expected(pos), pos.session
    refund = asked(pos)

    # the cashier cannot approve herself, nor pay what nobody approved
    assert refused(pos.station.refunds.approve, refund, "") is Code.NOT_ALLOWED
    assert refused(pos.station.refunds.approve, refund, "", Approval("reem", "2580", "x")) in (
        Code.APPROVER_SAME,
        Code.APPROVER_NOT_ALLOWED,
    )
    assert refused(pay(pos, refund)) is Code.REFUND_STATE
    assert refused(pos.station.refunds.ask, preview, "") is Code.REFUND_OPEN

    # the supervisor approves at another station
    office = opened("POS2").sign_in("huda")
    wait_for(lambda: [row.refund_id for row in office.station.refunds.open()] == [refund])
    assert [row.here for row in office.station.refunds.open()] == [False]
    office.station.refunds.approve(refund, "not tall enough")
    stands(pos, refund, State.APPROVED)
    assert [row.refund_id for row in pos.station.refunds.to_pay()] == [refund]
    assert pos.station.attention.count() == 1
    assert refused(office.open_shift().station.refunds.pay, refund, lambda step: None) is (
        Code.REFUND_ELSEWHERE
    )

    # cash is not for the cashier to choose
    assert refused(pos.station.refunds.pay_in_cash, refund, SALEM) is Code.APPROVER_NOT_ALLOWED

    taken = cards.taken()
    paid = pos.station.refunds.pay(refund, lambda step: None)
    assert (paid.number, paid.total, paid.card_back) == ("POS1-000002", sar("72.45"), sar("72.45"))
    assert taken - cards.taken() == 7245
    [note] = credit_notes(pos)
    assert [(line.quantity, line.unit, line.gross) for line in note.lines] == [
        (1, sar("72.45"), sar("72.45"))
    ]
    assert (note.gross, note.net, note.vat) == (sar("72.45"), sar("63.00"), sar("9.45"))
    assert (note.original_number, note.original_day) == ("POS1-000001", "2026-11-26")
    assert [(one.method, one.scheme, one.amount) for one in note.tenders] == [("card", "mada", sar("72.45"))]
    assert len(pos.papers("receipt")) == 2
    assert expected(pos) == before
    with pos.station.store.read() as connection:
        assert read_setup.places_sold(connection, [session])[session] == 4

    # it is over: a second try is refused, the ticket is dead, the others are not
    assert refused(pay(pos, refund)) is Code.REFUND_STATE
    assert refused(pos.station.refunds.preview, sale, Choice((ticket,)), Reason.WEATHER) is Code.REFUND_GONE
    assert pos.station.attention.count() == 0
    gate = opened("LK1").sign_in("faisal")
    wait_for(lambda: gate.count(t.ticket_cancel) == 1)
    codes = dict(tickets(pos))
    assert gate.station.gate.scan(codes.pop(ticket)).code == "canceled"
    assert {gate.station.gate.scan(code).code for code in codes.values()} == {"ok"}
    wait_for(lambda: settled(pos))
    assert on_server(server, sa.select(t.case_item.c.kind).where(t.case_item.c.closed_at == 0)) == []
    assert on_server(server, sa.select(sa.func.sum(t.refund.c.amount))) == [7245]
    [row] = [each for each in pos.station.records.recent() if each.kind == DocumentKind.INVOICE]
    assert (row.voided_by, row.why_not_void) == ("", Code.VOID_REFUNDED)


def test_money_goes_back_in_three_parts_and_the_children_stay(pos: Shop, opened: Open) -> None:
    """100.00 of the children's 161.00, by the parts and the VAT of payments.md 4.3."""
    sale, ticket = child_two(pos)
    children = pos.station.refunds.page(sale).charges[1]
    stays = Choice(goods=(Goods(children.charge_id, 0),))
    assert refused(pos.station.refunds.preview, sale, stays, Reason.SERVICE_FAULT) is Code.REFUND_NOTHING
    for amount in ("33.33", "33.33", "33.34"):
        preview = pos.station.refunds.preview(sale, stays, Reason.SERVICE_FAULT, sar(amount))
        assert (preview.allowed, preview.fee, preview.valid_until) == (sar("0"), sar("0"), None)
        refund = pos.station.refunds.ask(preview, "the slide was shut")
        stands(pos, refund, State.REQUESTED)
        told = pos.station.refunds.told(refund)
        assert (told.figures.stays, told.figures.vat, told.tickets) == (True, preview.vat, ())
        pos.station.refunds.approve(refund, "seen", HUDA)
        stands(pos, refund, State.APPROVED)
        pos.station.refunds.pay(refund, lambda step: None)
    notes = credit_notes(pos)
    assert [(note.gross, note.vat) for note in notes] == [
        (sar("33.33"), sar("4.35")), (sar("33.33"), sar("4.34")), (sar("33.34"), sar("4.35")),
    ]  # fmt: skip
    assert notes[0].reason == Words("Service not as promised", "خدمة دون الوعد")
    [line] = notes[0].lines
    assert line.name == Words("Day pass – child · price reduced", f"{children.name.ar} · تخفيض السعر")
    gate = opened("LK1").sign_in("faisal")
    code = dict(tickets(pos))[ticket]
    wait_for(lambda: gate.station.gate.scan(code).code == "ok")

    # what is called off later goes back for what it cost in the end
    page = pos.station.refunds.page(sale)
    assert [(each.pieces, each.price) for each in page.charges if each.charge_id == children.charge_id] == [
        (2, sar("30.50"))
    ]
    both = tuple(each.ticket_id for each in children.tickets)
    assert pos.station.refunds.preview(sale, Choice(both), Reason.WEATHER).amount == sar("61.00")
    wait_for(lambda: settled(pos))
    assert pos.station.attention.count() == 0


def tickets(shop: Shop) -> list[tuple[str, str]]:
    with shop.station.store.read() as connection:
        found = sa.select(t.ticket.c.ticket_id, t.ticket.c.code).where(t.ticket.c.code != "")
        return [(row.ticket_id, row.code) for row in connection.execute(found)]


def test_all_about_a_refund_is_told_to_whoever_looks_where_they_are(
    server: RunningServer, pos: Shop, opened: Open
) -> None:
    preview = shown(pos)
    refund = asked(pos)
    told = pos.station.refunds.told(refund)
    assert told.figures == preview.figures == Figures(*map(sar, ("80.50", "8.05", "72.45", "72.45", "9.45")))
    assert (told.row.here, told.row.state, told.may_withdraw) == (True, State.REQUESTED, True)
    assert [(one.pieces, one.name.en, one.gross) for one in told.lines] == [
        (1, "Day pass – child", sar("72.45"))
    ]
    assert [(one.scheme, one.amount, one.is_back) for one in told.tenders] == [("mada", sar("72.45"), False)]
    assert (told.why_not_me, told.decisions) == (Code.APPROVER_SAME, ())
    assert [name.en for name in told.approvers] == ["Huda K.", "Nadia S."]
    assert (told.shift_open, told.online, told.card_open, told.terminal != "") == (True, True, False, True)
    assert pos.station.refunds.waiting() == Waiting(0, ("reem",), 1)

    office = opened("POS2").sign_in("huda")
    wait_for(lambda: office.station.refunds.waiting().asked_by == ("reem",))
    there = office.station.refunds.told(refund)
    assert (there.why_not_me, there.row.here, there.may_withdraw, there.shift_open) == (
        None,
        False,
        False,
        False,
    )
    assert there.station.en == told.station.en
    assert there.figures == preview.figures

    office.station.refunds.approve(refund, "not tall enough")
    stands(pos, refund, State.APPROVED)
    told = pos.station.refunds.told(refund)
    assert [(each.by.en, each.note) for each in told.decisions] == [("Huda K.", "not tall enough")]
    assert pos.station.refunds.waiting() == Waiting(1, (), 1)
    assert pos.station.health.status().refunds == Waiting(1, (), 1)
    pos.station.refunds.pay(refund, lambda step: None)
    told = pos.station.refunds.told(refund)
    assert (told.credit, told.row.state, told.may_withdraw) == ("POS1-000002", State.DONE, False)
    assert [one.is_back for one in told.tenders] == [True]
    assert told.figures == preview.figures
    assert pos.station.refunds.waiting() == Waiting()
    assert refused(pos.station.refunds.told, "nothing") is Code.REFUND_UNKNOWN

    # more than the policy gives; without a line what is known is told: of a sale that is not here all but the VAT
    adult = pos.station.refunds.page(child_two(pos)[0]).charges[0].tickets[0].ticket_id
    beyond = pos.station.refunds.preview(preview.sale_id, Choice((adult,)), Reason.OTHER, sar("110"))
    other = pos.station.refunds.ask(beyond, "burnt a hand")
    wait_for(lambda: [row.refund_id for row in office.station.refunds.open()] == [other])
    office.station.refunds.refuse(other, "no burn is seen")
    wait_for(lambda: pos.station.refunds.waiting() == Waiting(refused=1, unseen=1))
    wait_for(lambda: office.station.refunds.waiting() == Waiting(refused=1))
    server.kill()
    wait_for(lambda: not office.station.health.online())
    figures = Figures(*map(sar, ("115", "11.50", "103.50", "110", "14.35")))
    assert office.station.refunds.told(other).figures == beyond.figures == figures
    with office.station.store.sync_cache() as connection:
        connection.execute(sa.delete(t.charge))
    assert office.station.refunds.told(other).figures == replace(figures, vat=None)


def test_a_card_that_nobody_knows_of_is_told_and_ended_by_its_slip(pos: Shop, cards: CardProcess) -> None:
    refund = approved(pos)
    cards.script("no_answer_approved")

    def on_step(step: CardStep) -> None:
        if step.step == "query":
            cards.kill()

    assert refused(pos.station.refunds.pay, refund, on_step) is Code.CARD_UNKNOWN_OPEN
    told = pos.station.refunds.told(refund)
    assert (told.row.state, told.card_open, told.may_withdraw) == (State.UNKNOWN, True, False)
    pos.station.refunds.resolve(refund, True, "A1B2", HUDA)
    told = pos.station.refunds.told(refund)
    assert (told.row.state, told.card_open, [one.is_back for one in told.tenders]) == (
        State.SENT,
        False,
        [True],
    )
    assert pos.station.refunds.pay(refund, lambda step: None).card_back == sar("72.45")


def test_a_card_that_refuses_leaves_a_task_and_cash_wants_a_supervisor(pos: Shop, cards: CardProcess) -> None:
    refund = approved(pos)
    cards.script("decline")
    assert refused(pay(pos, refund)) is Code.REFUND_FAILED
    stands(pos, refund, State.FAILED)
    assert [item.kind for item in pos.station.attention.page().items] == ["failed"]
    before = expected(pos)
    paid = pos.station.refunds.pay_in_cash(refund, HUDA)
    assert (paid.cash_back, paid.card_back) == (sar("72.45"), sar("0"))
    assert before - expected(pos) == 7245
    [note] = credit_notes(pos)
    assert [(one.method, one.last4) for one in note.tenders] == [("cash", "4821")]
    assert pos.station.attention.count() == 0
    wait_for(lambda: settled(pos))


def test_no_cash_for_a_card_that_was_not_asked(pos: Shop, cards: CardProcess) -> None:
    refund = approved(pos)
    before = expected(pos)
    assert refused(pos.station.refunds.pay_in_cash, refund, HUDA) is Code.REFUND_CARDS_FIRST
    assert (expected(pos), credit_notes(pos)) == (before, [])
    assert pos.station.refunds.pay(refund, lambda step: None).card_back == sar("72.45")


def test_of_two_cards_the_second_is_asked_though_the_first_refused(pos: Shop, cards: CardProcess) -> None:
    page = pos.begin((ADULT, ADULT, TUBE))
    for amount in ("150.00", "100.00"):
        page = pos.pay_card(page, amount)
    pos.station.checkout.cash(page.sale_id, page.left)
    wait_for(lambda: settled(pos))
    adults = pos.station.refunds.page(page.sale_id).charges[0]
    both = Choice(tuple(each.ticket_id for each in adults.tickets))
    preview = pos.station.refunds.preview(page.sale_id, both, Reason.VENUE_CLOSED)
    refund = pos.station.refunds.ask(preview, "")
    wait_for(lambda: [row.refund_id for row in pos.station.refunds.open()] == [refund])
    pos.station.refunds.approve(refund, "seen", HUDA)
    wait_for(lambda: [row.refund_id for row in pos.station.refunds.to_pay()] == [refund])
    before, taken = expected(pos), cards.taken()
    cards.script("decline")
    assert refused(pay(pos, refund)) is Code.REFUND_FAILED
    back = taken - cards.taken()
    assert back in (8000, 15000)
    paid = pos.station.refunds.pay_in_cash(refund, HUDA)
    assert (paid.card_back.minor, paid.cash_back.minor) == (back, 23000 - back)
    assert before - expected(pos) == 23000 - back


def test_a_card_that_does_not_answer_is_asked_about_and_never_given_twice(
    pos: Shop, cards: CardProcess
) -> None:
    refund = approved(pos)
    taken = cards.taken()
    cards.script("no_answer_approved")
    paid = pos.station.refunds.pay(refund, lambda step: None)
    assert paid.card_back == sar("72.45")
    assert taken - cards.taken() == 7245
    [outcome] = refund_outcomes(pos)
    assert outcome is AttemptState.CAPTURED


def refund_outcomes(shop: Shop) -> list[AttemptState]:
    with shop.station.store.read() as connection:
        tried = connection.execute(sa.select(t.refund_try.c.attempt_id)).scalars().all()
        found = (read_money.attempt(connection, each) for each in tried)
        return [each.state for each in found if each is not None]


def test_a_till_that_stops_after_the_card_goes_on_with_the_note(
    pos: Shop, opened: Open, cards: CardProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    refund = approved(pos)
    taken = cards.taken()
    monkeypatch.setattr(pos.station.refunds._back, "close", stops)
    with pytest.raises(RuntimeError):
        pos.station.refunds.pay(refund, lambda step: None)
    assert refused(pos.station.refunds.withdraw, refund) is Code.REFUND_STATE
    pos.station.close()
    again = opened("POS1", terminal=f"127.0.0.1:{cards.address[1]}").sign_in("reem")
    again.station.refunds.recover()
    assert [item.kind for item in again.station.attention.page().items] == ["unknown"]
    assert refused(again.station.shifts.count, {10000: 3}) is Code.REFUND_UNFINISHED
    assert again.station.refunds.pay(refund, lambda step: None).number == "POS1-000002"
    assert taken - cards.taken() == 7245


def stops(*_: object) -> None:
    raise RuntimeError("the power went")


def test_what_is_withdrawn_is_not_paid_and_can_be_asked_for_anew(pos: Shop, opened: Open) -> None:
    refund = approved(pos)
    pos.station.refunds.withdraw(refund, "the guest stays")
    assert refused(pay(pos, refund)) is Code.REFUND_STATE
    stands(pos, refund, State.WITHDRAWN)
    assert pos.station.refunds.to_pay() == ()
    other = asked(pos)
    [row] = pos.station.refunds.open()
    with pos.station.store.read() as connection:
        days = read_setup.day_at(connection, row.asked_at) + timedelta(days=1)
        assert row.due == read_setup.day_end(connection, days), "a day more the till has the sale"
    pos.station.refunds.refuse(other, "they came in after all", HUDA)
    stands(pos, other, State.REFUSED)
    [row] = pos.station.refunds.refused()
    assert (row.refund_id, row.decided and row.decided.note, row.due) == (
        other,
        "they came in after all",
        None,
    )
    assert refused(pay(pos, other)) is Code.REFUND_STATE

    # until somebody here has looked at it, which a new start does not forget
    assert pos.station.refunds.waiting() == Waiting(refused=1, unseen=1)
    assert (row.unseen, pos.station.refunds.told(other).row.unseen) == (True, True)
    pos.station.refunds.saw(other)
    assert (pos.station.refunds.waiting(), pos.station.refunds.told(other).row.unseen) == (
        Waiting(refused=1),
        False,
    )
    pos.station.close()
    again = opened("POS1", start=False)
    assert again.station.refunds.waiting() == Waiting(refused=1)


def test_a_guest_who_came_in_meanwhile_is_not_paid(pos: Shop, opened: Open) -> None:
    refund = approved(pos)
    _, ticket = child_two(pos)
    gate = opened("LK1").sign_in("faisal")
    wait_for(lambda: gate.count(t.ticket) == 5)
    assert gate.station.gate.scan(dict(tickets(pos))[ticket]).code == "ok"
    wait_for(lambda: pos.count(t.admission) == 1)
    assert refused(pay(pos, refund)) is Code.REFUND_TICKET_USED


def test_what_the_venue_ends_goes_back_whole_in_two_notes_whose_vat_is_the_invoices(pos: Shop) -> None:
    """The whole sale in two refunds: VAT over both is that of the invoice."""
    sale, ticket = child_two(pos)
    others = tuple(each for each, _ in tickets(pos) if each != ticket)
    tube = next(each for each in pos.station.refunds.page(sale).charges if each.name.en == "Lazy river tube")
    rest = Choice(others, (Goods(tube.charge_id, 1),))
    refunds = pos.station.refunds
    for choice, total in ((Choice((ticket,)), sar("80.50")), (rest, sar("345.00"))):
        preview = refunds.preview(sale, choice, Reason.VENUE_CLOSED)
        assert preview.amount == total
        refund = refunds.ask(preview, "")
        stands(pos, refund, State.REQUESTED)
        refunds.approve(refund, "storm", HUDA)
        stands(pos, refund, State.APPROVED)
        refunds.pay(refund, lambda step: None)
        wait_for(lambda: settled(pos))
    notes = credit_notes(pos)
    assert [each.number for each in notes] == ["POS1-000002", "POS1-000003"]
    assert sum(each.vat.minor for each in notes) == 5550
    assert sum(each.gross.minor for each in notes) == 42550
    assert [(one.method, one.amount) for one in notes[1].tenders] == [
        ("card", sar("219.50")),
        ("cash", sar("125.50")),
    ]
    with pos.station.store.read() as connection:
        booking = connection.execute(sa.select(t.booking.c.booking_id)).scalar_one()
        assert read_money.owed(connection, booking) == 0


def test_without_the_server_nothing_is_asked_but_what_is_approved_is_paid(
    server: RunningServer, pos: Shop
) -> None:
    refund = approved(pos)
    preview = shown_for_first_child(pos)
    server.kill()
    wait_for(lambda: not pos.station.health.online())
    with pytest.raises(Refused):
        pos.station.refunds.ask(preview, "")
    assert pos.station.refunds.pay(refund, lambda step: None).total == sar("72.45")


def shown_for_first_child(shop: Shop) -> Preview:
    sale, second = child_two(shop)
    first = next(
        each.ticket_id
        for charge in shop.station.refunds.page(sale).charges
        for each in charge.tickets
        if second in {one.ticket_id for one in charge.tickets} and each.ticket_id != second
    )
    assert (
        refused(shop.station.refunds.preview, sale, Choice((first,)), Reason.CUSTOMER_CANCEL)
        is Code.REFUND_OPEN
    )  # a charge is asked for once at a time
    adult = shop.station.refunds.page(sale).charges[0].tickets[0].ticket_id
    return shop.station.refunds.preview(sale, Choice((adult,)), Reason.CUSTOMER_CANCEL)


def test_a_sale_is_found_by_its_number_and_by_a_ticket(pos: Shop) -> None:
    sale, ticket = child_two(pos)
    refunds = pos.station.refunds
    code = dict(tickets(pos))[ticket]
    page = refunds.find("pos1-000001")
    short = next(one.short for each in page.charges for one in each.tickets if one.ticket_id == ticket)
    found = [refunds.find(text) for text in ("POS1-000001", code, short)]
    assert [(each.sale_id, each.ticket) for each in found] == [(sale, ""), (sale, ticket), (sale, ticket)]
    assert (page.total, page.voided, page.online, page.open_refund) == (sar("425.50"), False, True, "")
    assert [(one.method, one.amount) for one in page.payments] == [
        ("card", sar("300")),
        ("cash", sar("125.50")),
    ]
    assert refused(refunds.find, "POS1-000099") is Code.DOCUMENT_UNKNOWN
