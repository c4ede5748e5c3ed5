"""Discounts, comps and other prices at the till: who may give how much, what is paid, printed and recorded."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from app.shown import Approval
from domain.cart import Cart, totals
from domain.discount import AmountOff, Comp, Discount, NewPrice, Percent, What, Why
from domain.errors import Code
from ledger import tables as t
from tests.helpers.shop import ADULT, HUDA, INFANT, TUBE, WATER, Shop, refused, sar
from tests.services.conftest import Open


def off(what: What, line_id: str = "", why: Why = Why.COMPLAINT, note: str = "") -> Discount:
    return Discount("", what, why, line_id, note)


def line(cart: Cart, product: int) -> str:
    return next(each.line_id for each in cart.lines if each.product.number == product)


def paid(shop: Shop, cart: Cart, cash: str) -> str:
    """The number of the sale's document."""
    page = shop.station.checkout.begin(cart)
    done = shop.station.checkout.cash(page.sale_id, sar(cash)).paid_in_full
    assert done is not None
    return done.number


def given(shop: Shop) -> list[tuple[str, int, int, str, str, str]]:
    c = t.discount.c
    wanted = sa.select(c.what, c.share, c.amount, c.why, c.staff_id, c.approver_id).order_by(c.off_id)
    with shop.station.store.read() as connection:
        return [tuple(row) for row in connection.execute(wanted)]  # type: ignore[misc] # as selected


def test_a_tenth_off_a_line_is_paid_printed_and_recorded(shop: Shop) -> None:
    selling, cart = shop.station.selling, shop.cart((ADULT, ADULT, TUBE))
    cart = selling.discount(cart, off(Percent(1000), line(cart, ADULT)))
    assert totals(cart).gross == sar("241.50")  # 230.00 less 23.00, and 34.50
    paid(shop, cart, "241.50")
    receipt = shop.receipts()[0]
    assert [(each.gross, each.off) for each in receipt.lines] == [
        (sar("207.00"), sar("23.00")), (sar("34.50"), None)
    ]  # fmt: skip
    assert (receipt.gross, receipt.vat) == (sar("241.50"), sar("31.50"))
    assert given(shop) == [("percent", 1000, 2300, "complaint", "reem", "")]


def test_the_z_says_how_many_discounts_there_were(shop: Shop) -> None:
    selling = shop.station.selling
    assert shop.station.shifts.x_report().discounts is None
    for _ in range(2):
        cart = shop.cart((ADULT, TUBE))
        cart = selling.discount(cart, off(Percent(1000)))
        paid(shop, cart, "200")
    assert shop.station.shifts.x_report().discounts == (2, sar("29.90"))


def test_more_than_a_cashier_may_give_needs_somebody_else(shop: Shop) -> None:
    selling, cart = shop.station.selling, shop.cart((ADULT,))
    half = off(Percent(5000), why=Why.DAMAGED)
    assert refused(selling.discount, cart, half) is Code.DISCOUNT_OVER_SHARE
    allowed = selling.discount(cart, half, HUDA)
    assert totals(allowed).gross == sar("57.50")
    paid(shop, allowed, "57.50")
    assert [(row[0], row[2], row[4], row[5]) for row in given(shop)] == [("percent", 5750, "reem", "huda")]


def test_a_yes_to_what_takes_nothing_is_no_discount(shop: Shop) -> None:
    selling, cart = shop.station.selling, shop.cart((ADULT, INFANT))
    cart = selling.discount(cart, off(Comp(), line(cart, INFANT)), HUDA)
    assert paid(shop, cart, "115") and given(shop) == []


def test_another_price_is_a_supervisors(shop: Shop) -> None:
    selling, cart = shop.station.selling, shop.cart((ADULT, ADULT))
    dearer = off(NewPrice(sar("120")), line(cart, ADULT), Why.PRICE_ERROR)
    assert refused(selling.discount, cart, dearer) is Code.NOT_ALLOWED
    cart = selling.discount(cart, dearer, HUDA)
    assert totals(cart).gross == sar("240.00")
    paid(shop, cart, "240")
    assert shop.receipts()[0].lines[0].off == sar("-10.00")


def test_on_the_house_costs_nothing_and_has_its_ticket(shop: Shop) -> None:
    selling, cart = shop.station.selling, shop.cart((INFANT, ADULT))
    cart = selling.discount(cart, off(Comp(), line(cart, ADULT)), HUDA)
    page = shop.station.checkout.begin(cart)
    done = shop.station.checkout.cash(page.sale_id, sar("0")).paid_in_full
    assert done is not None
    assert (done.total, done.tickets, shop.count(t.payment)) == (sar("0"), 2, 0)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (off(Percent(0)), Code.DISCOUNT_PERCENT),
        (off(AmountOff(sar("0"))), Code.NOT_MONEY),
        (off(AmountOff(sar("115.01"))), Code.DISCOUNT_TOO_LARGE),
        (off(Percent(500), why=Why.OTHER), Code.REASON_NEEDED),
        (off(Percent(500), why=Why.OTHER, note="  "), Code.REASON_NEEDED),
    ],
)
def test_what_makes_no_sense_is_refused(shop: Shop, wrong: Discount, code: Code) -> None:
    assert refused(shop.station.selling.discount, shop.cart((ADULT,)), wrong) is code


def test_who_sells_does_not_say_yes_to_themselves(shop: Shop) -> None:
    half, me = off(Percent(5000)), Approval("reem", HUDA.pin, "so it is")
    assert refused(shop.station.selling.discount, shop.cart((ADULT,)), half, me) is Code.DISCOUNT_OVER_SHARE


def test_a_wrong_pin_gives_nothing(shop: Shop) -> None:
    wrong = replace(HUDA, pin="9999")
    assert refused(shop.station.selling.discount, shop.cart((ADULT,)), off(Comp()), wrong) is Code.PIN_WRONG


def test_a_discount_goes_with_its_line_and_an_amount_that_is_too_much_goes_too(shop: Shop) -> None:
    selling, cart = shop.station.selling, shop.cart((ADULT, TUBE))
    cart = selling.discount(cart, off(Percent(1000), line(cart, ADULT)))
    cart = selling.discount(cart, off(AmountOff(sar("40"))), HUDA)
    cart = selling.set_quantity(cart, line(cart, ADULT), 0)
    assert (cart.discounts, cart.discount_by) == ((), "")
    assert totals(cart).gross == sar("34.50")


def test_a_discount_can_be_taken_away_again(shop: Shop) -> None:
    selling, cart = shop.station.selling, shop.cart((ADULT,))
    cart = selling.discount(cart, off(Comp()), HUDA)
    cart = selling.undiscount(cart, cart.discounts[0].discount_id)
    assert (totals(cart).gross, cart.discount_by) == (sar("115.00"), "")


def test_a_cart_that_grew_beyond_what_was_allowed_is_not_begun(shop: Shop) -> None:
    """The limit holds for what is paid, not for what was in the cart when the discount was given."""
    selling, cart = shop.station.selling, shop.cart((ADULT,))
    cart = selling.discount(cart, off(Percent(1000)))
    cart = selling.reserve(selling.set_quantity(cart, line(cart, ADULT), 10))
    assert refused(shop.station.checkout.begin, cart) is Code.DISCOUNT_OVER_SALE


def test_a_yes_to_one_discount_is_none_to_the_next(shop: Shop) -> None:
    selling, cart = shop.station.selling, shop.cart((ADULT, TUBE))
    cart = selling.discount(cart, off(NewPrice(sar("100")), line(cart, ADULT)), HUDA)
    house = off(Comp(), line(cart, TUBE))
    assert refused(selling.discount, cart, house) is Code.NOT_ALLOWED
    assert totals(selling.discount(cart, house, HUDA)).gross == sar("100.00")


def test_a_yes_is_for_what_went_off_then_and_no_more(shop: Shop) -> None:
    selling, cart = shop.station.selling, shop.cart((TUBE,))
    cart = selling.discount(cart, off(Comp(), line(cart, TUBE)), HUDA)
    more = selling.add(selling.reserve(selling.add(cart, ADULT, shop.session)), TUBE, shop.session)
    assert refused(shop.station.checkout.begin, more) is Code.DISCOUNT_OVER_SHARE
    given = more.discounts[0]
    again = selling.discount(selling.undiscount(more, given.discount_id), given, HUDA)
    paid(shop, again, "115")


def test_a_yes_holds_while_no_more_goes_off(shop: Shop) -> None:
    selling, cart = shop.station.selling, shop.cart((ADULT, TUBE))
    cart = selling.discount(cart, off(Comp(), line(cart, TUBE)), HUDA)
    cart = selling.set_quantity(selling.add(cart, WATER, shop.session), line(cart, ADULT), 0)
    assert cart.discount_by == "huda"
    page = shop.station.checkout.begin(cart)
    assert page.total == totals(cart).gross


def test_a_held_sale_keeps_its_discounts(shop: Shop, open_station: Open) -> None:
    selling, cart = shop.station.selling, shop.cart((ADULT, TUBE))
    cart = selling.discount(cart, off(AmountOff(sar("10")), why=Why.OTHER, note="a long wait"))
    cart = selling.discount(cart, off(NewPrice(sar("30")), line(cart, TUBE)), HUDA)
    selling.park(cart)
    shop.station.close()
    again = open_station().sign_in("reem")
    [kept] = again.station.selling.parked()
    assert again.station.selling.resume(kept.parked_id) == cart
