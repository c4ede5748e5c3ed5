"""A sale has a largest size, and what a card has paid is on record also when its sale cannot be completed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.services import checkout as checkout_service
from app.shown import PaymentPage
from domain import sound
from domain.cart import MOST_OF_A_LINE, MOST_OF_A_SALE, Cart
from domain.errors import Code
from ledger import tables as t
from tests.hardware.simulator import CardProcess
from tests.helpers.logs import ExpectedLogs
from tests.helpers.shop import ADULT, HUDA, WATER, Shop, refused, sar

UNFINISHED = "could not be completed"


def lines(shop: Shop, count: int) -> Cart:
    """So many bottles of water, each a line."""
    [line] = shop.cart((WATER,)).lines
    return Cart("SAR", tuple(replace(line, line_id=f"line{number}") for number in range(count)))


def too_large(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> PaymentPage:
    """A sale that an earlier version began, which had no limit."""
    with monkeypatch.context() as earlier:
        earlier.setattr(checkout_service, "check_size", lambda cart: cart)
        return shop.station.checkout.begin(lines(shop, MOST_OF_A_SALE + 1))


def test_a_cart_takes_no_more_tickets_than_one_sale_may_have(shop: Shop) -> None:
    selling = shop.station.selling
    first, second, third = (tile.number for tile in selling.page(0, "").sessions[:3])
    cart = selling.add(selling.add(selling.empty(), ADULT, first), ADULT, second)
    for line in cart.lines:
        cart = selling.set_quantity(cart, line.line_id, MOST_OF_A_LINE)
    cart = selling.add(cart, ADULT, third)
    last = cart.lines[-1].line_id
    assert refused(selling.set_quantity, cart, last, 101) is Code.SALE_TOO_LARGE
    full = selling.set_quantity(cart, last, 100)
    assert full.tickets == MOST_OF_A_SALE
    assert refused(selling.add, full, ADULT, third) is Code.SALE_TOO_LARGE
    assert selling.add(full, WATER, first).items == MOST_OF_A_SALE + 1


def test_a_held_sale_that_is_too_large_is_refused_before_any_money(shop: Shop) -> None:
    assert refused(shop.station.checkout.begin, lines(shop, MOST_OF_A_SALE + 1)) is Code.SALE_TOO_LARGE
    assert shop.station.checkout.to_resolve() == ()


def test_an_approval_is_on_record_and_can_be_given_back_when_the_sale_cannot_be_completed(
    card_shop: Shop, cards: CardProcess, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(UNFINISHED, logger="app.cards")
    checkout, page = card_shop.station.checkout, too_large(card_shop, monkeypatch)
    assert refused(card_shop.pay_card, page) is Code.SALE_UNFINISHED
    stuck = checkout.page(page.sale_id)
    assert (stuck.paid, stuck.left, stuck.unknown) == (page.left, sar("0"), sar("0"))
    assert card_shop.count(t.document) == 0
    assert refused(card_shop.station.shifts.count, {}) is Code.SHIFT_SALE_OPEN
    checkout.give_back(page.sale_id, HUDA, lambda step: None)
    assert cards.taken() == 0
    assert checkout.to_resolve() == ()


def test_what_a_supervisor_says_of_a_card_is_on_record_too(
    card_shop: Shop, cards: CardProcess, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(UNFINISHED, logger="app.cards")
    checkout, page = card_shop.station.checkout, too_large(card_shop, monkeypatch)
    cards.script("no_answer_approved")
    checkout.card(page.sale_id, page.left, lambda step: cards.kill() if step.step == "query" else None)
    assert checkout.page(page.sale_id).unknown == page.left
    assert refused(checkout.resolve, page.sale_id, True, "083114", HUDA) is Code.SALE_UNFINISHED
    assert checkout.page(page.sale_id).paid == page.left


def test_a_paid_sale_is_completed_once_nothing_hinders_it(
    card_shop: Shop, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(UNFINISHED, logger="app.cards")
    checkout, page = card_shop.station.checkout, too_large(card_shop, monkeypatch)
    assert refused(card_shop.pay_card, page) is Code.SALE_UNFINISHED
    monkeypatch.setattr(sound, "MOST_PARTS", 2 * MOST_OF_A_SALE)
    assert checkout.cash(page.sale_id, sar("0")).paid_in_full is not None
    [receipt] = card_shop.receipts()
    assert [(part.method, part.amount) for part in receipt.tenders] == [("card", page.left)]
