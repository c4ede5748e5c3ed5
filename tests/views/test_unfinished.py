"""Half-paid sales: going to one holds what is in the cart, and the one that is on the page is not offered beside it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.shown import OpenPayment
from domain.errors import Code, Refused
from tests.views.gallery import attention_of
from tests.views.scene import Scene
from tests.views.stand_ins import NOW, REEM, TICKET, family_cart, sar
from tests.views.test_sell import cart_of, quantities

Go = Callable[[Scene], None]
OPEN = OpenPayment("sale-1", sar("46.00"), sar("0.00"), sar("5.02"), NOW, 2, TICKET, REEM.name)


def _half_paid(scene: Scene) -> None:
    """A family's sale waits to be resolved."""
    scene.world.checkout.cart = family_cart(scene.world.selling)
    scene.world.checkout.open_payments = (OPEN,)
    scene.refresh()


def _go_from_the_cart(scene: Scene) -> None:
    scene.click_words("1 to resolve")
    scene.enter()


def _go_from_attention(scene: Scene) -> None:
    attention_of("unknown")(scene)
    scene.press("F9")


@pytest.mark.parametrize("go", [_go_from_the_cart, _go_from_attention])
def test_what_is_in_the_cart_is_held_when_a_half_paid_sale_takes_its_place(scene: Scene, go: Go) -> None:
    _half_paid(scene)
    scene.tap_tile(5)
    go(scene)
    assert scene.words("payment.title") in scene.shown_texts()
    assert cart_of(scene).items == 10
    [held] = scene.world.selling.held
    assert [line.product.number for line in held.cart.lines] == [5]
    assert scene.words("cart.was_held") in scene.shown_texts()


def test_an_empty_cart_and_one_that_is_being_paid_are_not_held(scene: Scene) -> None:
    _half_paid(scene)
    _go_from_the_cart(scene)
    _go_from_attention(scene)
    assert cart_of(scene).items == 10 and not scene.world.selling.held


def test_when_it_cannot_be_opened_the_cart_is_held_once_and_the_next_guest_can_be_served(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    _half_paid(scene)
    scene.tap_tile(5)

    def refuse(sale_id: str) -> None:
        raise Refused(Code.CARD_NOT_OPEN)

    monkeypatch.setattr(scene.world.checkout, "page", refuse)
    _go_from_the_cart(scene)
    assert len(scene.world.selling.held) == 1 and not cart_of(scene).lines
    assert scene.desk.texts.trouble(Refused(Code.CARD_NOT_OPEN)) in scene.shown_texts()
    scene.later(2)
    scene.tap_tile(11)
    assert quantities(scene) == [1]


def test_the_sale_on_the_page_is_not_offered_beside_itself(scene: Scene) -> None:
    _half_paid(scene)
    _go_from_the_cart(scene)
    assert "to resolve" not in scene.shown_texts()


def test_a_sale_that_is_begun_is_not_offered_beside_itself_whoever_asks_first(scene: Scene) -> None:
    scene.tap_tile(5)
    scene.world.checkout.open_payments = (OPEN,)
    scene.tasks.instant = False
    scene.refresh()
    scene.press("F11")
    scene.tasks.flush()
    assert scene.words("payment.title") in scene.shown_texts()
    assert "to resolve" not in scene.shown_texts()
    scene.press("Esc")
    scene.tasks.flush()


def test_the_list_shows_the_amount_that_is_in_doubt(scene: Scene) -> None:
    _half_paid(scene)
    scene.click_words("1 to resolve")
    seen = scene.shown_texts().split("\n")
    assert "5.02" in seen and "46.00" not in seen
