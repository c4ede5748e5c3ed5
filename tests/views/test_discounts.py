"""Discounts at the counter: typed and reckoned at once, given alone or with a second person, seen, taken away again."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.views.ports import Preferences
from app.views.widgets.stepper import Stepper
from domain.cart import Cart, totals
from domain.discount import AmountOff, Comp, NewPrice, Percent, Why
from tests.views.conftest import Dress
from tests.views.discount_states import for_line, for_sale, given, second, tap
from tests.views.scene import Scene, send
from tests.views.stand_ins import HUDA, sar
from tests.views.test_keys import shortcut
from tests.views.test_payment import approve, fields


def cart(scene: Scene) -> Cart:
    found = scene.sale.cart
    assert found is not None
    return found


def due(scene: Scene) -> str:
    return totals(cart(scene)).gross.decimal()


def test_a_tenth_off_the_chosen_line_is_reckoned_as_one_types_and_given(scene: Scene) -> None:
    for_line(scene)
    assert {"494.50", "−23.00", "471.50"} <= set(scene.shown_texts().split("\n"))
    scene.press("F12")
    [one] = cart(scene).discounts
    assert (one.what, one.why, one.line_id) == (Percent(1000), Why.COMPLAINT, cart(scene).lines[0].line_id)
    assert due(scene) == "471.50"
    assert {"230.00", "207.00", "Discounts", "−23.00", "471.50"} <= set(scene.shown_texts().split("\n"))
    assert "10%" in scene.shown_texts() and "Complaint" in scene.shown_texts()


def test_an_amount_goes_off_the_whole_sale_for_a_reason_in_own_words(scene: Scene) -> None:
    for_sale(scene)
    scene.press("F12")
    assert scene.words("discount.needs_note") in scene.shown_texts()
    scene.focus_on("discount.note")
    fields(scene)[-1].setText("they waited in the sun")
    scene.press("F12")
    [one] = cart(scene).discounts
    assert (one.what, one.line_id, one.note) == (AmountOff(sar("10")), "", "they waited in the sun")
    assert "they waited in the sun" in scene.shown_texts()
    assert due(scene) == "484.50"


def test_by_keys_alone(scene: Scene) -> None:
    scene.fill_cart()
    send(scene.focus, Qt.Key.Key_Down)
    shortcut(scene, "Ctrl+D")
    scene.type("5")
    tap(scene, "discount.why_staff")
    scene.press("F12")
    assert [each.what for each in cart(scene).discounts] == [Percent(500)]


def test_in_the_form_arrows_choose_another_line_and_no_key_counts_one(scene: Scene) -> None:
    for_line(scene)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Delete):
        send(scene.focus, key)
    assert scene.words("discount.title", what="2 × Day ticket – child") in scene.shown_texts()
    assert [line.quantity for line in cart(scene).lines] == [2, 2, 1, 1, 4]
    scene.press("F12")
    assert [each.line_id for each in cart(scene).discounts] == [cart(scene).lines[1].line_id]


def test_what_is_missing_is_said(scene: Scene) -> None:
    scene.fill_cart()
    scene.press("Ctrl+D")
    scene.press("F12")
    assert scene.words("discount.needs_value") in scene.shown_texts()
    scene.type("5")
    scene.press("F12")
    assert scene.words("discount.needs_why") in scene.shown_texts()
    assert not cart(scene).discounts


def test_more_than_the_price_is_refused_as_it_is_typed(scene: Scene) -> None:
    for_line(scene)
    tap(scene, "discount.amount")
    scene.type("230.01")
    assert "Only 230.00 is left of this price" in scene.shown_texts()
    assert not scene.button("discount.give").isEnabled()


def test_another_price_is_that_of_a_line(scene: Scene) -> None:
    scene.fill_cart()
    scene.press("Ctrl+D")
    tap(scene, "discount.price")
    assert scene.words("discount.title", what="2 × Day ticket – adult") in scene.shown_texts()
    scene.type("120")
    assert "+10.00" in scene.shown_texts()
    tap(scene, "discount.for_sale")
    assert scene.words("discount.percent_off") in scene.shown_texts()


def test_more_than_a_cashier_may_give_is_asked_of_somebody_and_nothing_typed_is_lost(scene: Scene) -> None:
    second(scene)
    assert "100% · " in scene.shown_texts().translate(dict.fromkeys((0x2068, 0x2069, 0x200E)))
    assert "More than 10% off a line" in scene.shown_texts()
    assert scene.world.people.asked[-1] == "discount_over_limit"
    scene.click("supervisor.back")
    assert "100%" in scene.shown_texts().split("\n")
    scene.press("F12")
    approve(scene, "discount.give", pin="0000")
    assert "4 tries are left" in scene.shown_texts()
    assert not cart(scene).discounts
    approve(scene, "discount.give")
    assert [each.what for each in cart(scene).discounts] == [Percent(10000)]
    assert cart(scene).discount_by == "huda"


def test_what_the_second_person_may_not_give_is_said_there(scene: Scene) -> None:
    scene.world.grow_dear()
    scene.refresh()
    second(scene)
    approve(scene, "discount.give")
    assert "More than 2,000.00 off one sale" in scene.shown_texts()
    assert not cart(scene).discounts


@pytest.mark.parametrize("language", ["en", "ar"])
def test_only_who_may_give_so_much_is_asked_and_where_nobody_may_that_is_said(
    scene: Scene, language: str
) -> None:
    scene.dress(Preferences(language))
    huda = HUDA.name.get(language)
    second(scene)
    assert huda in scene.shown_texts()
    scene.click("supervisor.back")
    scene.world.selling.allowing = frozenset()
    scene.press("F12")
    assert huda not in scene.shown_texts()
    assert scene.words("discount.nobody_may") in scene.shown_texts()


def test_escape_goes_back_from_the_pin_and_then_to_the_tiles(scene: Scene) -> None:
    second(scene)
    scene.press("Esc")
    assert scene.words("discount.why") in scene.shown_texts()
    scene.press("Esc")
    assert scene.words("discount.why") not in scene.shown_texts()
    assert due(scene) == "494.50"


def test_another_price_and_a_comp_need_a_second_person(scene: Scene) -> None:
    for what, value in ((Comp(), "comp"), (NewPrice(sar("100")), "price")):
        for_line(scene)
        tap(scene, f"discount.{value}")
        scene.type("100")
        scene.press("F12")
        approve(scene, "discount.give")
        assert [each.what for each in cart(scene).discounts] == [what]
        scene.click("cart.clear")


def test_a_discount_of_a_line_is_taken_away_and_comes_back_with_ctrl_z(scene: Scene) -> None:
    for_line(scene)
    scene.press("F12")
    scene.click_words("Take away:")
    assert (cart(scene).discounts, due(scene)) == ((), "494.50")
    shortcut(scene, "Ctrl+Z")
    assert due(scene) == "471.50"
    shortcut(scene, "Ctrl+Z")
    assert (cart(scene).discounts, due(scene)) == ((), "494.50")


def test_a_discount_of_the_sale_is_chosen_like_a_line_and_removed(scene: Scene) -> None:
    given(scene)
    send(scene.focus, Qt.Key.Key_Up)
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
        send(scene.focus, key)
    assert len(cart(scene).discounts) == 4
    assert scene.button("cart.remove").isVisible()
    send(scene.focus, Qt.Key.Key_Delete)
    assert [each.discount_id for each in cart(scene).discounts] == ["tenth", "price", "house"]


def test_a_discount_that_does_not_fit_any_more_goes_and_that_is_said(scene: Scene) -> None:
    scene.tap_tile(1)
    scene.tap_tile(16)
    scene.press("Ctrl+D")
    tap(scene, "discount.amount")
    scene.type("11.50")
    tap(scene, "discount.why_wait")
    scene.press("F12")
    assert due(scene) == "105.80"
    scene.choose_line(0)
    scene.click("cart.remove")
    assert (cart(scene).discounts, due(scene)) == ((), "2.30")
    assert "A discount is gone" in scene.shown_texts() and "Long wait" in scene.shown_texts()


def test_a_line_takes_its_discount_along_without_a_word(scene: Scene) -> None:
    for_line(scene)
    scene.press("F12")
    scene.click("cart.remove")
    assert not cart(scene).discounts
    assert "is gone" not in scene.shown_texts()


def test_a_sale_that_grew_beyond_what_was_allowed_leads_to_a_second_person(scene: Scene) -> None:
    scene.tap_tile(1)
    scene.press("Ctrl+D")
    scene.type("10")
    tap(scene, "discount.why_group")
    scene.press("F12")
    for _ in range(9):
        scene.tap_tile(1)
    scene.press("F10")
    assert scene.words("discount.over") in scene.shown_texts()
    scene.click("sell.ask_supervisor")
    assert scene.words("discount.all_title", off="−115.00") in scene.shown_texts()
    approve(scene, "discount.give")
    assert (len(cart(scene).discounts), cart(scene).discount_by) == (1, "huda")
    scene.press("F10")
    assert scene.world.checkout.page("sale-1").total == sar("1035.00")


def test_a_yes_is_for_what_went_off_then(scene: Scene) -> None:
    scene.tap_tile(16)
    scene.press("Ctrl+D")
    tap(scene, "discount.comp")
    tap(scene, "discount.why_wait")
    scene.press("F12")
    approve(scene, "discount.give")
    scene.tap_tile(16)
    scene.press("F10")
    assert scene.words("discount.over") in scene.shown_texts()


def test_a_form_that_was_begun_keeps_its_place_and_a_code(scene: Scene) -> None:
    for_line(scene)
    shortcut(scene, "Ctrl+Z")
    scene.scan("OK")
    assert scene.words("discount.why") in scene.shown_texts()
    assert scene.words("keys.scan_form_open") in scene.shown_texts()


def test_clearing_the_sale_closes_the_form(scene: Scene) -> None:
    for_line(scene)
    scene.click("cart.clear")
    assert scene.words("discount.why") not in scene.shown_texts()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_in_large_type_the_keypad_and_what_it_comes_to_are_seen_whole(dressed: Dress, language: str) -> None:
    scene = dressed(Preferences(language, scale=130), (1280, 800))
    for_line(scene)
    assert "471.50" in scene.shown_texts().split("\n")
    for _ in range(2):  # also when it makes no sense
        for name in ("0", scene.words("keypad.erase")):
            [key] = [each for each in scene.buttons() if each.accessibleName() == name]
            assert key.visibleRegion().boundingRect() == key.rect()
        tap(scene, "discount.amount")
        scene.type("50000")
    assert "230.00" in scene.shown_texts()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_line_with_a_discount_is_seen_whole_in_large_type(dressed: Dress, language: str) -> None:
    scene = dressed(Preferences(language, scale=130), (1280, 800))
    given(scene)
    [stepper] = [each for each in scene.window.findChildren(Stepper) if each.isVisible()]
    opened = stepper.parentWidget()
    assert opened is not None
    assert opened.visibleRegion().boundingRect().size() == opened.size()
