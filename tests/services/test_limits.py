"""A till by what the venue says its roles may give away: alone, with a second person, without a network or a cache."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.shown import Approval
from domain.cart import Cart, discounted
from domain.discount import AmountOff, Comp, Discount, NewPrice, Percent, What, Why
from domain.errors import Code
from domain.limits import RoleLimit, defaults
from tests.helpers.shop import ADULT, HUDA, PINS, Shop, refused, sar
from tests.services.conftest import Open
from tests.services.test_selling import _record

USUAL = {limit.role: limit for limit in defaults("SAR")}
CASHIER = replace(USUAL["cashier"], discount=2000, discount_sale=sar("20.00"))
SUPERVISOR = replace(USUAL["supervisor"], discount=5000, discount_sale=sar("50.00"))
NADIA = Approval("nadia", PINS["nadia"], "as agreed")


def off(what: What, line_id: str = "") -> Discount:
    return Discount("", what, Why.COMPLAINT, line_id)


def said(shop: Shop, *limits: RoleLimit) -> Shop:
    for limit in limits:
        _record(shop, "limit", limit.role, limit)
    return shop


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (Percent(1700), None),
        (Percent(2100), Code.DISCOUNT_OVER_SHARE),
        (AmountOff(sar("20")), None),
        (AmountOff(sar("20.01")), Code.DISCOUNT_OVER_SALE),
    ],
)
def test_who_sells_gives_what_the_venue_lets_them(shop: Shop, what: What, code: Code | None) -> None:
    selling, cart = said(shop, CASHIER).station.selling, shop.cart((ADULT,))
    if code is None:
        assert shop.station.checkout.begin(selling.discount(cart, off(what))).sale_id
    else:
        assert refused(selling.discount, cart, off(what)) is code


def priced(cart: Cart, price: str) -> Discount:
    return off(NewPrice(sar(price)), cart.lines[0].line_id)


def test_who_says_yes_goes_by_what_the_venue_lets_them(shop: Shop) -> None:
    selling, cart = said(shop, SUPERVISOR).station.selling, shop.cart((ADULT,))
    assert selling.discount(cart, off(AmountOff(sar("50"))), HUDA).discount_by == "huda"
    assert selling.discount(cart, priced(cart, "65"), HUDA).discount_by == "huda"
    for more, code in (
        (off(AmountOff(sar("50.01"))), Code.DISCOUNT_OVER_SALE),
        (priced(cart, "57.40"), Code.DISCOUNT_OVER_SHARE),
        (off(Comp()), Code.DISCOUNT_OVER_SHARE),
    ):
        assert refused(selling.discount, cart, more, HUDA) is code
        assert selling.discount(cart, more, NADIA).discount_by == "nadia"


def test_who_may_say_yes_to_so_much_is_known_beforehand(shop: Shop) -> None:
    selling, cart = said(shop, SUPERVISOR).station.selling, shop.cart((ADULT,))
    assert selling.may_allow(discounted(cart, off(AmountOff(sar("50"))))) == {"huda", "nadia"}
    assert selling.may_allow(discounted(cart, off(Comp()))) == {"nadia"}
    said(shop, replace(USUAL["super_admin"], discount_sale=sar("90")))
    assert selling.may_allow(discounted(cart, off(Comp()))) == frozenset()


def test_what_is_paid_goes_by_the_limits_of_then(shop: Shop) -> None:
    """Those of when it was given are gone: who sells asks somebody."""
    selling = said(shop, CASHIER).station.selling
    cart = selling.discount(shop.cart((ADULT,)), off(Percent(1500)))
    said(shop, USUAL["cashier"])
    assert refused(shop.station.checkout.begin, cart) is Code.DISCOUNT_OVER_SHARE


def test_a_station_that_lost_its_cache_goes_by_what_the_venue_said(open_station: Open) -> None:
    shop = open_station("POS1").sign_in("reem").open_shift()
    said(shop, CASHIER).station.store.keep_setup()  # as the loop does once it came
    shop.station.close()
    for each in shop.station.config.data.glob("cache.db*"):
        each.unlink()
    again = open_station("POS1").sign_in("reem")
    assert again.station.selling.discount(again.cart((ADULT,)), off(Percent(1700))).discounts


def test_a_record_of_a_kind_that_a_station_does_not_know_changes_nothing(open_station: Open) -> None:
    """As limits are for a station of an earlier version: it goes on with what it has, also after a restart."""
    shop = open_station("POS1").sign_in("reem").open_shift()
    _record(shop, "of_tomorrow", "one", CASHIER)
    shop.station.close()
    again = open_station("POS1").sign_in("reem")
    assert again.sell((ADULT,)).paid_in_full
    half = off(Percent(1700))
    assert refused(again.station.selling.discount, again.cart((ADULT,)), half) is Code.DISCOUNT_OVER_SHARE
