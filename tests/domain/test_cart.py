"""The cart: joining lines, places, totals."""

import pytest

from domain.cart import Cart, add, check_places, set_quantity, totals
from domain.errors import Code, Refused
from tests.domain.builders import a_session, a_thing, a_ticket_product, sar


def family() -> Cart:
    cart, session = Cart("SAR"), a_session()
    prices = [("115.00", 1), ("115.00", 1), ("80.50", 2), ("80.50", 2), ("0.00", 3)]
    for price, number in prices:
        cart = add(cart, a_ticket_product(number=number, price=price), session, line_id=f"l{len(cart.lines)}")
    return add(cart, a_thing(), None, line_id="tube")


def test_the_family_comes_to_425_50_of_which_55_50_is_vat() -> None:
    sums = totals(family())
    assert (sums.gross, sums.net, sums.vat) == (sar("425.50"), sar("370.00"), sar("55.50"))


def test_the_same_product_joins_its_line_but_not_across_sessions() -> None:
    cart = family()
    assert [line.quantity for line in cart.lines] == [2, 2, 1, 1]
    other = add(cart, a_ticket_product(), a_session(number=8, start=12, end=14), line_id="new")
    assert len(other.lines) == 5
    assert (cart.items, cart.tickets, cart.places_in(7)) == (6, 5, 5)


def test_quantity_zero_removes_and_silly_quantities_are_refused() -> None:
    cart = family()
    assert len(set_quantity(cart, "l0", 0).lines) == 3
    for silly in (-1, 201):
        with pytest.raises(Refused) as refused:
            set_quantity(cart, "l0", silly)
        assert refused.value.code is Code.QUANTITY_RANGE


def test_a_ticket_wants_a_session() -> None:
    with pytest.raises(Refused) as refused:
        add(Cart("SAR"), a_ticket_product(), None, line_id="x")
    assert refused.value.code is Code.SESSION_NEEDED


@pytest.mark.parametrize(("sold", "fits"), [(35, True), (36, False), (40, False), (41, False)])
def test_no_more_places_than_the_session_has_left(sold: int, fits: bool) -> None:
    if fits:
        check_places(family(), a_session(), sold)
        return
    with pytest.raises(Refused) as refused:
        check_places(family(), a_session(), sold)
    assert (refused.value.code, refused.value.facts["left"]) == (Code.CAPACITY_FULL, max(0, 40 - sold))
