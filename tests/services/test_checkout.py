"""Paying: cash, card, both; what is unknown; what a restart finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.cards import _operation as recorded
from app.hardware.ports import CardKind, CardOutcome
from app.shown import Approval, TenderStatus
from app.shown_shifts import TAKEN_BACK
from domain import codec
from domain import operation as op
from domain.booking import Booked
from domain.card import AttemptState
from domain.catalogue import Words
from domain.errors import Code
from domain.receipt import TicketBatch
from ledger import tables as t
from ledger.clock import HandClock, to_ms
from ledger.read_money import Attempt
from tests.hardware.simulator import CardProcess
from tests.helpers.running import MORNING
from tests.helpers.shop import ADULT, FAMILY, HUDA, INFANT, LOCKER, TUBE, WATER, Shop, refused, sar
from tests.helpers.waiting import wait_for
from tests.services.conftest import Open


def test_what_was_booked_for_a_session_that_is_over_is_not_paid(shop: Shop) -> None:
    cart, store = replace(shop.cart((ADULT, LOCKER)), booking_id="kept"), shop.station.store
    with store._cache.engine.begin() as connection:
        mine = t.session.c.number == shop.session
        connection.execute(sa.update(t.session).where(mine).values(ends_at=to_ms(store.now())))
    assert refused(shop.station.checkout.begin, cart) is Code.SESSION_OVER


@pytest.mark.parametrize(("days", "code"), [(0, None), (-1, Code.BOOKING_IS)])
def test_goods_that_were_booked_are_not_paid_once_their_day_is_over(
    shop: Shop, days: int, code: Code | None
) -> None:
    store, cart = shop.station.store, replace(shop.cart((LOCKER,)), booking_id="kept")
    day = store.now().date() + timedelta(days=days)
    [mine] = cart.lines
    locker = mine.product
    line = op.BookedLine(mine.line_id, locker.number, locker.name, 0, 1, sar("23"), sar("3"), 1500)
    values = {"booking_id": "kept", "body": codec.dumps(Booked("GH-7K2MPQ", day, (line,), ()))}
    values |= {"life": "held", "day": day.isoformat(), "guest_id": "sara", "currency": "SAR", "bucket": ""}
    with store._cache.engine.begin() as connection:
        connection.execute(sa.insert(t.reservation).values(**values))
    for pay in (lambda: shop.station.bookings.cart("kept"), lambda: shop.station.checkout.begin(cart)):
        if code is None:
            pay()
        else:
            assert refused(pay) is code


def test_a_cash_sale_with_change(shop: Shop) -> None:
    page = shop.sell(cash="500")
    paid = page.paid_in_full
    assert paid is not None
    assert (paid.number, paid.total, paid.change, paid.tickets) == (
        "POS1-000001",
        sar("425.50"),
        sar("74.50"),
        5,
    )
    receipt = shop.receipts()[0]
    assert (receipt.gross, receipt.net, receipt.vat) == (sar("425.50"), sar("370.00"), sar("55.50"))
    assert [kind for kind, _, _ in shop.jobs()] == ["receipt", "tickets", "tickets_pdf"]
    assert shop.station.checkout.to_resolve() == ()


def test_a_code_in_the_place_of_cash_is_refused_and_the_sale_goes_on(shop: Shop) -> None:
    page = shop.begin([WATER])
    code = refused(shop.station.checkout.cash, page.sale_id, sar("6281007123456"))
    assert code is Code.AMOUNT_TOO_LARGE
    assert shop.station.checkout.page(page.sale_id).left == page.left
    assert shop.station.checkout.cash(page.sale_id, page.left).paid_in_full


def test_a_free_sale_needs_no_money(shop: Shop) -> None:
    page = shop.sell((INFANT,), cash="0")
    assert page.paid_in_full is not None
    assert shop.count(t.payment) == 0


def test_card_and_cash_split(card_shop: Shop, cards: CardProcess) -> None:
    cards.script("approve", scheme="visa", wallet="apple_pay", last4="9876")
    page = card_shop.pay_card(card_shop.begin(), "300")
    assert (page.paid, page.left, page.paid_in_full) == (sar("300.00"), sar("125.50"), None)
    done = card_shop.station.checkout.cash(page.sale_id, sar("150"))
    assert done.paid_in_full is not None
    assert done.paid_in_full.change == sar("24.50")
    card, cash = card_shop.receipts()[0].tenders
    assert (card.scheme, card.wallet, card.last4, card.amount) == ("visa", "apple_pay", "9876", sar("300.00"))
    assert (cash.tendered, cash.change) == (sar("150.00"), sar("24.50"))
    assert cards.taken() == 30000


def test_cash_first_then_the_rest_by_card(card_shop: Shop, cards: CardProcess) -> None:
    page = card_shop.begin()
    page = card_shop.station.checkout.cash(page.sale_id, sar("200"))
    assert (page.left, page.tenders[0].status) == (sar("225.50"), TenderStatus.DONE)
    assert card_shop.pay_card(page).paid_in_full is not None
    assert cards.taken() == 22550


def test_a_declined_card_charges_nothing_and_the_next_try_may_follow(
    card_shop: Shop, cards: CardProcess
) -> None:
    cards.script("decline", "approve")
    page = card_shop.begin()
    declined = card_shop.pay_card(page)
    assert declined.tenders[0].status is TenderStatus.FAILED
    assert declined.tenders[0].reason is not None
    assert (declined.left, declined.unknown) == (sar("425.50"), sar("0.00"))
    assert card_shop.pay_card(declined).paid_in_full is not None
    assert cards.taken() == 42550


def test_a_lost_answer_is_asked_for_and_never_charged_twice(card_shop: Shop, cards: CardProcess) -> None:
    cards.script("drop_approved")
    done = card_shop.pay_card(card_shop.begin())
    assert done.paid_in_full is not None
    assert cards.taken() == 42550
    assert [k for k in card_shop.journalled() if k.startswith("Card")] == [
        "CardAsked",
        "CardUnknown",
        "CardResolved",
    ]


def test_a_timeout_before_approval_is_found_to_have_charged_nothing(
    card_shop: Shop, cards: CardProcess
) -> None:
    cards.script("no_answer_not_charged")
    page = card_shop.pay_card(card_shop.begin())
    assert (page.paid_in_full, page.left, page.unknown) == (None, sar("425.50"), sar("0.00"))
    assert cards.taken() == 0


def test_a_part_approval_is_booked_as_what_it_is(card_shop: Shop, cards: CardProcess) -> None:
    cards.script("partial")
    page = card_shop.pay_card(card_shop.begin())
    assert page.paid_in_full is None
    assert page.paid.minor == cards.taken()
    assert page.paid + page.left == sar("425.50")
    assert page.tenders[0].asked == sar("425.50")
    assert page.tenders[0].amount == page.paid
    done = card_shop.station.checkout.cash(page.sale_id, page.left)
    assert done.paid_in_full is not None
    assert [tender.amount for tender in card_shop.receipts()[0].tenders] == [page.paid, page.left]


def test_a_part_approval_is_taken_back_when_the_guest_cannot_pay_the_rest(
    card_shop: Shop, cards: CardProcess
) -> None:
    cards.script("partial")
    page = card_shop.pay_card(card_shop.begin())
    cart = card_shop.station.checkout.give_back(page.sale_id, HUDA, lambda step: None)
    assert (cart.items, cards.taken(), card_shop.count(t.document)) == (7, 0, 0)


def test_a_bank_that_gives_no_reason_leaves_the_words_to_the_screen(card_shop: Shop) -> None:
    attempt = Attempt("a", "charge", "s", "", sar("5"), "PIN", MORNING, AttemptState.ASKED)
    outcome = CardOutcome(CardKind.DECLINED, "a", response_code="05")
    said = recorded(attempt, outcome, queried=False, late=False)
    assert said == op.CardDeclined("a", Words("", ""), "05")


def unknown_sale(shop: Shop, cards: CardProcess) -> str:
    """A sale whose card outcome nobody can tell: the terminal is dead."""
    page = shop.begin()
    cards.script("no_answer_approved")

    def dead(step: object) -> None:
        if getattr(step, "step", "") == "query":
            cards.kill()

    shop.station.checkout.card(page.sale_id, page.left, dead)
    return page.sale_id


def test_an_unknown_outcome_blocks_every_second_charge(card_shop: Shop, cards: CardProcess) -> None:
    sale_id = unknown_sale(card_shop, cards)
    checkout = card_shop.station.checkout
    page = checkout.page(sale_id)
    assert (page.unknown, page.left) == (sar("425.50"), sar("0.00"))
    assert refused(checkout.card, sale_id, sar("425.50"), lambda step: None) is Code.CARD_UNKNOWN_OPEN
    assert refused(checkout.cash, sale_id, sar("500")) is Code.CARD_UNKNOWN_OPEN
    assert refused(checkout.give_up, sale_id) is Code.CARD_UNKNOWN_OPEN
    assert refused(card_shop.station.shifts.count, {}) is Code.SHIFT_ATTEMPT_OPEN
    assert [item.sale_id for item in checkout.to_resolve()] == [sale_id]
    assert card_shop.sell((WATER,)).paid_in_full is not None


def test_an_unknown_outcome_survives_a_restart_and_is_then_found(
    card_shop: Shop, cards: CardProcess, open_station: Open
) -> None:
    sale_id = unknown_sale(card_shop, cards)
    card_shop.station.close()
    cards.start()
    again = open_station(terminal=f"127.0.0.1:{cards.address[1]}")
    assert refused(again.station.checkout.card, sale_id, sar("1"), lambda step: None) is Code.NOT_SIGNED_IN
    shift_id = next(shift for kind, _, shift in again.acted() if kind == "CardAsked")
    assert shift_id
    again.station.checkout.recover()
    assert again.acted()[-3:] == [
        ("CardResolved", "reem", shift_id),
        ("BookingMade", "reem", shift_id),
        ("SaleClosed", "reem", shift_id),
    ]
    again.sign_in("reem")
    assert again.station.checkout.page(sale_id).paid_in_full is not None
    assert cards.taken() == 42550
    assert again.count(t.document) == 1


def test_asking_again_finds_it(card_shop: Shop, cards: CardProcess) -> None:
    sale_id = unknown_sale(card_shop, cards)
    assert card_shop.station.checkout.ask_again(sale_id).unknown == sar("425.50")
    cards.start()
    assert card_shop.station.checkout.ask_again(sale_id).paid_in_full is not None


@pytest.mark.parametrize(("approved", "documents"), [(True, 1), (False, 0)])
def test_a_supervisor_may_say_what_the_slip_says(
    card_shop: Shop, cards: CardProcess, approved: bool, documents: int
) -> None:
    sale_id = unknown_sale(card_shop, cards)
    resolve = card_shop.station.checkout.resolve
    assert refused(resolve, sale_id, True, "", HUDA) is Code.REASON_NEEDED
    assert refused(resolve, sale_id, True, "083114", Approval("huda", "0000")) is Code.PIN_WRONG
    assert refused(resolve, sale_id, True, "083114", Approval("reem", "2580", "me")) is Code.APPROVER_SAME
    page = resolve(sale_id, approved, "083114", HUDA)
    assert (page.paid_in_full is not None) is approved
    assert card_shop.count(t.document) == documents


def test_more_than_what_is_left_is_never_asked_for(card_shop: Shop) -> None:
    page = card_shop.begin((TUBE,))
    assert (
        refused(card_shop.station.checkout.card, page.sale_id, sar("34.51"), lambda step: None)
        is Code.TENDERS_OVER
    )
    assert (
        refused(card_shop.station.checkout.card, page.sale_id, sar("0"), lambda step: None)
        is Code.TENDERS_OVER
    )


def test_without_a_terminal_a_card_is_refused_before_anything_is_written(shop: Shop) -> None:
    page = shop.begin((TUBE,))
    assert (
        refused(shop.station.checkout.card, page.sale_id, page.left, lambda step: None)
        is Code.CARD_NO_TERMINAL
    )
    assert "CardAsked" not in shop.journalled()


def test_a_half_paid_sale_survives_a_restart(shop: Shop, open_station: Open) -> None:
    page = shop.begin()
    shop.station.checkout.cash(page.sale_id, sar("100"))
    shop.station.close()
    again = open_station().sign_in("reem")
    found = again.station.checkout.to_resolve()[0]
    page = again.station.checkout.page(found.sale_id)
    assert (page.paid, page.left) == (sar("100.00"), sar("325.50"))
    assert again.station.checkout.cash(found.sale_id, sar("325.50")).paid_in_full is not None


def test_cash_can_be_given_back_and_the_cart_returns(shop: Shop) -> None:
    page = shop.begin()
    checkout = shop.station.checkout
    checkout.cash(page.sale_id, sar("100"))
    assert refused(checkout.give_up, page.sale_id) is Code.PAYMENT_OPEN
    assert checkout.undo_cash(page.sale_id).left == sar("425.50")
    assert shop.station.shifts.page().moves[-1].reason == f"100.00{TAKEN_BACK}"
    assert checkout.give_up(page.sale_id).items == len(FAMILY)
    assert checkout.to_resolve() == ()


def test_a_part_paid_sale_can_be_undone_card_first(card_shop: Shop, cards: CardProcess) -> None:
    page = card_shop.begin()
    card_shop.station.checkout.cash(page.sale_id, sar("25.50"))
    page = card_shop.pay_card(page, "300")
    cart = card_shop.station.checkout.give_back(page.sale_id, HUDA, lambda step: None)
    assert (cart.items, cards.taken(), card_shop.count(t.document)) == (7, 0, 0)


def test_a_card_whose_way_back_is_not_known_is_not_reversed_again(
    card_shop: Shop, cards: CardProcess
) -> None:
    page = card_shop.pay_card(card_shop.begin(), "300")
    checkout = card_shop.station.checkout
    cards.script("no_answer_approved")

    def dead(step: object) -> None:
        if getattr(step, "step", "") == "query":
            cards.kill()

    assert refused(checkout.give_back, page.sale_id, HUDA, dead) is Code.CARD_UNKNOWN_OPEN
    assert refused(checkout.give_back, page.sale_id, HUDA, dead) is Code.CARD_UNKNOWN_OPEN
    cards.start()
    checkout.ask_again(page.sale_id)
    assert checkout.give_back(page.sale_id, HUDA, lambda step: None).items == 7
    assert (cards.taken(), card_shop.journalled().count("CardAsked")) == (0, 2)


def test_selling_needs_a_shift_a_cart_and_a_seller(open_station: Open) -> None:
    shop = open_station()
    assert refused(shop.station.checkout.begin, shop.station.selling.empty()) is Code.NOT_SIGNED_IN
    shop.sign_in("reem")
    cart = shop.cart((ADULT,))
    assert refused(shop.station.checkout.begin, cart) is Code.SHIFT_NEEDED
    shop.open_shift()
    assert refused(shop.station.checkout.begin, shop.station.selling.empty()) is Code.CART_EMPTY
    gate = open_station("LK1").sign_in("faisal")
    assert refused(gate.station.selling.add, cart, ADULT, shop.session) is Code.NOT_ALLOWED


def test_the_attempt_is_durable_before_the_terminal_hears_of_it(card_shop: Shop) -> None:
    seen: list[bool] = []
    page = card_shop.begin((TUBE,))
    card_shop.station.checkout.card(
        page.sale_id, page.left, lambda step: seen.append("CardAsked" in card_shop.journalled())
    )
    assert seen
    assert all(seen)


def test_a_request_the_terminal_never_heard_of_stays_unknown_until_it_can_no_longer_arrive(
    card_shop: Shop, cards: CardProcess
) -> None:
    terminal = card_shop.station.cards._terminal
    assert terminal is not None
    card_shop.station.cards._terminal = replace(terminal, window_seconds=2.0)
    cards.script("lost")
    page = card_shop.pay_card(card_shop.begin())
    assert page.unknown == sar("425.50")
    clock = card_shop.station.store.clock
    assert isinstance(clock, HandClock)
    clock.moment += timedelta(minutes=5)  # set, not passed
    asked, checkout = page.sale_id, card_shop.station.checkout
    assert checkout.ask_again(asked).unknown == sar("425.50")
    wait_for(lambda: checkout.ask_again(asked).unknown == sar("0.00"))
    assert (checkout.page(asked).left, cards.taken()) == (sar("425.50"), 0)


def test_cash_given_back_is_on_the_record(shop: Shop) -> None:
    page = shop.begin()
    shop.station.checkout.cash(page.sale_id, sar("100"))
    shop.station.checkout.undo_cash(page.sale_id)
    assert shop.station.shifts.x_report().no_sales == 1
    assert refused(shop.station.checkout.undo_cash, page.sale_id) is Code.CASH_TOO_LITTLE


def test_a_ticket_without_a_session_has_the_day_of_its_sale(shop: Shop) -> None:
    cart = shop.cart((ADULT,))
    product = replace(cart.lines[0].product, places=0, activity_id="")
    page = shop.station.checkout.begin(
        replace(cart, lines=(replace(cart.lines[0], product=product, session=None),))
    )
    shop.station.checkout.cash(page.sale_id, page.left)
    (batch,) = (codec.loads(TicketBatch, paper) for paper in shop.papers("tickets"))
    assert [(ticket.day, ticket.session) for ticket in batch.tickets] == [("2026-11-26", "")]
