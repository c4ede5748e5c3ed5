"""Where typing begins in each form, and lists that arrows and Enter work."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget

from app.views.payment_panel import PaymentPanel
from app.views.ports import Preferences
from app.views.sale_view import SaleView
from app.views.sales_view import SalesView
from app.views.settings_view import SettingsView
from tests.views import gallery
from tests.views.conftest import Dress
from tests.views.gallery import STATES, Setter
from tests.views.scene import Scene, send
from tests.views.stand_ins import HUDA, REEM
from tests.views.tab_order import stops_in
from tests.views.test_payment import approve, fields

FIRST = {
    "shift-open": "How many of 500.00",
    "shift-count": "How many of 500.00",
    "shift-difference": "Supervisor's PIN",
    "sales-void": "Supervisor's PIN",
    "payment-give-back": "Supervisor's PIN",
    "payment-unknown-form": "Approval code on the slip",
    "checkin-typing": "Code of the ticket",
    "bookings-search": "Number, receipt, name or phone",
    "bookings-reject": "Reason in your own words",
    "guests-results": "Name, phone, e-mail or membership number",
    "guests-new": "Name",
    "guests-sent": "Digit 1 of 6",
    "guests-wrong-code": "Digit 1 of 6",
    "guests-form-refused": "Phone",
    "guests-erase": "The guest wishes it",
    "guests-merge": "Back",
    "guests-erased": "Name, phone, e-mail or membership number",
    "refunds": "Receipt number, ticket or short code",
    "refunds-second": "Supervisor's PIN",
    "refunds-refuse": "Reason",
    "refunds-slip": "Approval code on the slip",
    "refunds-slip-not": "Supervisor's PIN",
    "refunds-paid": "Done F12",
    "sell-held": "Day ticket – adult, 10 items · since 12:34, 494.50",
}


def focused(scene: Scene) -> str:
    scene.settle()
    return scene.focus.accessibleName()


@pytest.mark.parametrize("name", FIRST)
def test_typing_begins_in_the_first_field_of_a_form(scene: Scene, name: str) -> None:
    STATES[name](scene)
    assert focused(scene) == FIRST[name]


def test_a_reason_is_typed_at_once_and_so_is_an_amount(scene: Scene) -> None:
    STATES["shift-no-sale"](scene)
    assert focused(scene) == scene.words("shift.reason")
    scene.press("Esc")
    for key in ("F9", "F11"):
        scene.press(key)
        scene.type("50")
        assert "50.00" in scene.shown_texts()
        scene.press("Esc")


def test_what_is_missing_in_the_strip_gets_the_focus(scene: Scene) -> None:
    scene.show("shift")
    scene.press("F11")
    scene.type("200")
    scene.click("shift.do_drop")
    scene.type("13")
    assert "200.00" in scene.shown_texts()
    assert focused(scene) == scene.words("supervisor.pin")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_caret_stands_beside_the_hint_of_an_empty_field(dressed: Dress, language: str) -> None:
    scene = dressed(Preferences(language))
    STATES["sales-void"](scene)
    scene.settle()
    for each in scene.window.findChildren(QLineEdit):
        before = each.placeholderText().removesuffix(each.placeholderText().lstrip())
        caret = 2 if language == "ar" else 0
        assert each.fontMetrics().horizontalAdvance(before) >= caret, each.accessibleName()
        assert not each.accessibleName().startswith(" ")


# lists


def hold_twice(scene: Scene) -> None:
    for number in (1, 11):
        scene.tap_tile(number)
        scene.press("F12")


def test_arrows_and_enter_take_a_held_sale(scene: Scene) -> None:
    hold_twice(scene)
    scene.show_held()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Down):
        send(scene.focus, key)
    scene.enter()
    assert "Towel hire" in scene.shown_texts()
    assert [each.total.decimal() for each in scene.world.selling.held] == ["115.00"]


def test_the_place_in_a_list_stays_when_it_is_asked_for_again(scene: Scene) -> None:
    hold_twice(scene)
    scene.show_held()
    send(scene.focus, Qt.Key.Key_Down)
    scene.refresh()
    scene.enter()
    assert "Towel hire" in scene.shown_texts()


def test_arrows_choose_a_sale_of_the_station(scene: Scene) -> None:
    scene.show("sales")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up):
        send(scene.focus, key)
    scene.press("F9")
    assert scene.world.records.reprinted == ["doc-411"]


def test_arrows_choose_who_signs_in(scene: Scene) -> None:
    scene.window.sign_out()
    view = scene.window.sign_in_view
    assert view is not None
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down):
        send(view, key)
    assert HUDA.name.en.split()[0] in scene.shown_texts()
    for digit in "1357":
        send(view, Qt.Key.Key_unknown, digit)
    send(view, Qt.Key.Key_Return)
    assert scene.world.people.signed_in == HUDA


@pytest.mark.parametrize(("place", "kind"), [("sell", "tab"), ("sell", "held"), ("attention", "tile")])
def test_what_says_the_same_keeps_the_focus_when_its_page_is_asked_for_again(
    scene: Scene, place: str, kind: str
) -> None:
    hold_twice(scene)
    scene.show(place)
    button = [each for each in scene.buttons() if each.property("kind") == kind][-1]
    button.setFocus()
    scene.refresh()
    scene.settle()
    assert scene.focus is button


# focus that its widget lost


def test_after_a_void_the_keys_belong_to_the_page_again(scene: Scene) -> None:
    scene.show("sales")
    scene.press("F12")
    approve(scene, "sales.do_void", reason="wrong day")
    assert scene.world.records.voided
    scene.settle()
    assert isinstance(scene.window.focusWidget(), SalesView)


def test_after_a_void_that_was_left_the_keys_belong_to_the_page_again(scene: Scene) -> None:
    scene.show("sales")
    scene.press("F12")
    scene.press("Esc")
    assert isinstance(scene.window.focusWidget(), SalesView)


def test_no_focus_that_moves_on_by_itself_stops_where_enter_signs_out(scene: Scene) -> None:
    scene.fill_cart()
    for _ in stops_in(scene.window):
        scene.window.focusNextChild()
        assert not focused(scene).startswith(scene.desk.texts("top.sign_out", name=REEM.name.en))


def answered(scene: Scene, way: str) -> None:
    """A part by card whose end was not known, and a supervisor's answer."""
    scene.fill_cart()
    scene.world.checkout.outcome = "unknown"
    scene.press("F11")
    scene.type("100")
    scene.press("F9")
    scene.click(f"unknown.{way}")
    for each in fields(scene):
        each.setText("083114")
    scene.button(f"unknown.say_{way}").setFocus()
    approve(scene, f"unknown.say_{way}", reason="on the slip")


def declined_by_hand(scene: Scene) -> None:
    answered(scene, "declined")


def approved_by_hand(scene: Scene) -> None:
    answered(scene, "approved")


def left_a_form(scene: Scene) -> None:
    scene.fill_cart()
    scene.world.checkout.outcome = "unknown"
    scene.press("F9")
    scene.click("unknown.approved")
    scene.press("Esc")


def asks_the_terminal(scene: Scene) -> None:
    scene.fill_cart()
    scene.world.checkout.outcome = "unknown"
    scene.press("F9")
    scene.tasks.instant = False
    scene.button("unknown.again").setFocus()
    scene.press("F11")


def charges_a_card(scene: Scene) -> None:
    scene.fill_cart()
    scene.world.checkout.outcome = "hang"
    scene.press("F11")
    next(b for b in scene.buttons() if b.accessibleName().startswith(scene.words("pay.card"))).setFocus()
    scene.press("F9")


def empties_the_cart(scene: Scene) -> None:
    scene.tap_tile(5)
    scene.choose_line(0)
    scene.button("pay.card").setFocus()
    send(scene.window.focusWidget() or scene.window, Qt.Key.Key_Delete)


@pytest.mark.parametrize(
    "lose",
    [
        approved_by_hand,
        declined_by_hand,
        left_a_form,
        asks_the_terminal,
        charges_a_card,
        empties_the_cart,
    ],
)
def test_a_button_that_went_or_turned_grey_leaves_the_keys_to_its_page(scene: Scene, lose: Setter) -> None:
    lose(scene)
    scene.settle()
    assert isinstance(scene.window.focusWidget(), SaleView | PaymentPanel)
    scene.window.focusNextChild()
    at = scene.window.focusWidget()
    assert at is not None and scene.window.frame is not None and scene.window.frame.page.isAncestorOf(at)


# what goes wrong moves nothing


def places(scene: Scene) -> dict[str, tuple[int, ...]]:
    scene.settle()
    wanted = (
        each
        for each in scene.window.findChildren(QWidget)
        if isinstance(each, QAbstractButton | QLineEdit) and each.isVisible()
    )
    return {
        f"{type(each).__name__} {each.accessibleName()}": (
            *each.mapTo(scene.window, QPoint(0, 0)).toTuple(),
            *each.size().toTuple(),
        )
        for each in wanted
    }


def wrong_pin(scene: Scene) -> None:
    scene.window.sign_out()
    view = scene.window.sign_in_view
    assert view is not None
    view.choose("reem")
    before = places(scene)
    scene.sign_in("reem", "9999")
    assert places(scene) == before


def wrong_drop(scene: Scene) -> None:
    scene.show("shift")
    scene.press("F11")
    scene.type("200")
    before = places(scene)
    approve(scene, "shift.do_drop", reason="", pin="0000")
    assert places(scene) == before


def wrong_void(scene: Scene) -> None:
    scene.show("sales")
    scene.press("F12")
    before = places(scene)
    approve(scene, "sales.do_void", reason="wrong day", pin="0000")
    assert places(scene) == before


def no_reason(scene: Scene) -> None:
    scene.show("shift")
    scene.press("F9")
    scene.type("50")
    before = places(scene)
    scene.click("shift.do_in")
    assert places(scene) == before


def differing_pins(scene: Scene) -> None:
    scene.show("settings")
    before = places(scene)
    for each, pin in zip(
        scene.window.findChildren(SettingsView)[0].findChildren(QLineEdit), "123", strict=True
    ):
        each.setText(pin * 4)
    scene.click("settings.change_pin")
    assert places(scene) == before


@pytest.mark.parametrize("mistake", [wrong_pin, wrong_drop, wrong_void, no_reason, differing_pins])
@pytest.mark.parametrize("scale", [100, 130])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_goes_wrong_moves_nothing_that_can_be_pressed(
    dressed: Dress, language: str, scale: int, mistake: Setter
) -> None:
    mistake(dressed(Preferences(language, "light", scale)))


def test_every_gallery_form_is_known() -> None:
    assert set(FIRST) <= set(gallery.STATES)
