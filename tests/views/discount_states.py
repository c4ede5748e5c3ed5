"""The states of discounts on the page Sell, as a person brings them about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from domain.cart import discounted
from domain.discount import AmountOff, Comp, Discount, NewPrice, Percent, Why
from tests.views.scene import Scene

Setter = Callable[[Scene], None]


def for_sale(scene: Scene) -> None:
    """Ten off the whole sale, for a reason in own words."""
    scene.fill_cart()
    scene.press("Ctrl+D")
    tap(scene, "discount.amount")
    scene.type("10")
    tap(scene, "discount.why_other")
    scene.settle()


def for_line(scene: Scene) -> None:
    """A tenth off the adults."""
    scene.fill_cart()
    scene.choose_line(0)
    scene.press("Ctrl+D")
    scene.type("10")
    tap(scene, "discount.why_complaint")


def other_price(scene: Scene) -> None:
    for_line(scene)
    tap(scene, "discount.price")
    scene.type("120")


def on_the_house(scene: Scene) -> None:
    for_line(scene)
    tap(scene, "discount.comp")


def too_much(scene: Scene) -> None:
    scene.fill_cart()
    scene.choose_line(2)
    scene.press("Ctrl+D")
    tap(scene, "discount.amount")
    scene.type("50000")


def second(scene: Scene) -> None:
    """Half off is more than a cashier may give."""
    for_line(scene)
    scene.type("0")
    scene.press("F12")


def second_refused(scene: Scene) -> None:
    second(scene)
    scene.type("0000")
    scene.press("F12")


def given(scene: Scene) -> None:
    """Of every kind; the adults are chosen. As a held sale comes back."""
    scene.fill_cart()
    cart = scene.sale.cart
    assert cart is not None
    adults, children, tube, *_ = (line.line_id for line in cart.lines)
    for each in (
        Discount("tenth", Percent(1000), Why.COMPLAINT, adults),
        Discount("price", NewPrice(scene.world.worth("90")), Why.PRICE_ERROR, children),
        Discount("house", Comp(), Why.WAIT, tube),
        Discount("ten", AmountOff(scene.world.worth("10")), Why.OTHER, "", "they waited in the sun"),
    ):
        cart = discounted(cart, each)
    scene.sale._side.take(replace(cart, discount_by="huda"))
    scene.choose_line(0)


def tap(scene: Scene, key: str) -> None:
    scene.click_words(scene.words(key))


DISCOUNTS: dict[str, Setter] = {
    "discount-line": for_line,
    "discount-sale": for_sale,
    "discount-price": other_price,
    "discount-comp": on_the_house,
    "discount-too-much": too_much,
    "discount-second": second,
    "discount-refused": second_refused,
    "sell-discounts": given,
}
