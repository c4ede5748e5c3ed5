"""The window: signing in, looks that change at once, and troubles that have a line of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.tasks import Tasks
from app.views import main_window
from app.views.page import Page
from app.views.places import make_page
from app.views.ports import Preferences
from app.views.sign_in_view import SignInView
from app.views.trouble_view import make_window
from app.views.widgets.buttons import Pressable
from app.views.widgets.tile import ProductButton
from domain.catalogue import Words
from domain.errors import Unavailable
from tests.views.conftest import NewScene
from tests.views.scene import Scene, send
from tests.views.stand_ins import NOW, REEM
from tests.views.test_payment import fields


def test_a_person_signs_in_with_their_pin(make_scene: NewScene, qtbot: QtBot) -> None:
    scene = make_scene()
    scene.window.sign_out()
    scene.sign_in("reem", "2468")
    qtbot.waitUntil(lambda: scene.window.frame is not None)
    assert scene.world.people.signed_in is not None


def test_a_wrong_pin_says_how_many_tries_are_left_and_a_lock_until_when(scene: Scene) -> None:
    scene.window.sign_out()
    for left in (4, 3, 2, 1):
        scene.sign_in("reem", "9999")
        assert f"{left} {'try is' if left == 1 else 'tries are'} left" in scene.shown_texts()
    scene.sign_in("reem", "9999")
    scene.sign_in("reem", "2468")
    assert "locked until 12:39" in scene.shown_texts()
    assert scene.window.frame is None


def test_sample_pins_are_on_the_tiles(scene: Scene) -> None:
    scene.window.sign_out()
    assert "Sample PIN 2468" in scene.shown_texts()


def test_the_cart_stays_for_whoever_signs_in_next(scene: Scene) -> None:
    scene.fill_cart()
    scene.window.sign_out()
    scene.window.enter(scene.world.people.sign_in("reem", "2468"))
    assert "494.50" in scene.shown_texts()


def test_a_look_is_shown_at_once_and_remembered(make_scene: NewScene, qtbot: QtBot) -> None:
    scene = make_scene()
    scene.window.change(replace(Preferences(), theme="contrast", scale=115))
    qtbot.waitUntil(lambda: scene.desk.look.theme == "contrast" and scene.desk.look.scale == 115)
    assert scene.saved == [Preferences("en", "contrast", 115)]


def test_the_sign_in_page_speaks_the_language_of_whoever_signed_in_last(make_scene: NewScene) -> None:
    scene = make_scene()
    scene.window.enter(replace(REEM, language="ar"))
    assert scene.saved == [Preferences("ar")]
    scene.window.sign_out()
    assert scene.words("sign_in.title") in scene.shown_texts()
    assert scene.desk.texts.language == "ar"


def test_pages_are_put_together_before_they_are_dressed(
    make_scene: NewScene, monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    """Else a change of colours holds the window for half a second: each step of nesting dresses all below it."""
    scene = make_scene()
    sheets: list[str] = []

    def make(name: str, *rest: Any) -> Page:
        sheets.append(qapp.styleSheet())
        return make_page(name, *rest)

    monkeypatch.setattr(main_window, "make_page", make)
    scene.window.enter(REEM)
    assert set(sheets) == {""}
    assert qapp.styleSheet()


def test_an_action_that_fails_elsewhere_has_a_line_that_can_be_closed(scene: Scene) -> None:
    scene.signals.notice.emit(Unavailable("printer", "timeout"))
    assert "No answer from the printer. The sale is saved." in scene.shown_texts()
    next(b for b in scene.buttons() if b.accessibleName() == scene.words("notice.close")).click()
    assert "No answer from the printer" not in scene.shown_texts()


def test_f_keys_press_the_button_that_shows_them(scene: Scene) -> None:
    scene.press("F2")
    assert scene.window.frame is not None
    assert scene.window.frame.place == "checkin"
    scene.press("F1")
    assert scene.window.frame.place == "sell"


def test_screens_reload_when_something_changed_and_hidden_ones_when_they_are_shown(
    scene: Scene, qtbot: QtBot
) -> None:
    scene.world.selling.shift_open = False
    scene.signals.changed.emit(frozenset(("ShiftClosed",)))
    qtbot.waitUntil(lambda: "No shift is open" in scene.shown_texts())
    scene.world.records.sales = scene.world.records.sales[:1]
    scene.signals.changed.emit(frozenset(("SaleClosed",)))
    scene.show("sales")
    assert "POS1-000411" not in scene.shown_texts()


def line_of(scene: Scene) -> Pressable:
    return next(each for each in scene.buttons() if each.property("kind") in ("fine", "resolve"))


def test_the_line_in_the_top_bar_is_made_anew_only_when_it_says_something_else(scene: Scene) -> None:
    before = line_of(scene)
    scene.refresh()
    assert line_of(scene) is before
    scene.world.health.go_offline()
    scene.refresh()
    assert line_of(scene).property("kind") == "resolve"


def test_a_pin_is_changed_in_settings(scene: Scene) -> None:
    scene.show("settings")
    fields(scene)[0].setText("2468")
    scene.click("settings.change_pin")
    assert "and the new one twice" in scene.shown_texts()
    for each, pin in zip(fields(scene), ("2468", "7391", "7392"), strict=True):
        each.setText(pin)
    scene.click("settings.change_pin")
    assert "The two new PINs differ" in scene.shown_texts()
    fields(scene)[2].setText("7391")
    scene.click("settings.change_pin")
    assert "The PIN is changed." in scene.shown_texts()


def test_enter_signs_in_but_only_with_a_whole_pin(scene: Scene) -> None:
    scene.window.sign_out()
    scene.sign_in("reem", "24")
    view = scene.window.sign_in_view
    assert view is not None
    send(view, Qt.Key.Key_Return)
    assert scene.world.people.signed_in is None


def half_signed_in(make_scene: NewScene) -> tuple[Scene, SignInView]:
    """A station without data yet, where Reem has typed half of her PIN."""
    scene = make_scene(places=())
    scene.window.sign_out()
    scene.settle()
    view = scene.window.sign_in_view
    assert view is not None
    view.choose("reem")
    type_on(scene, "24")
    return scene, view


def test_the_name_and_the_pin_so_far_stay_when_the_first_data_comes(make_scene: NewScene) -> None:
    scene, view = half_signed_in(make_scene)
    scene.world.health.now = replace(
        scene.world.health.now, places=("sell",), label=Words("Till 9", "صندوق 9")
    )
    scene.signals.connection.emit()
    shown = scene.shown_texts()
    assert "Till 9" in shown
    assert scene.words("sign_in.pin_of", name="Reem Mansour") in shown
    assert "●●" in shown
    type_on(scene, "68")
    send(scene.window.sign_in_view or view, Qt.Key.Key_Return)
    assert scene.world.people.signed_in == REEM


def test_a_chosen_person_who_left_meanwhile_is_let_go(make_scene: NewScene) -> None:
    scene, _ = half_signed_in(make_scene)
    others = tuple(each for each in scene.world.people.tiles() if each.staff_id != "reem")
    scene.world.people.shown = others
    scene.world.health.now = replace(scene.world.health.now, places=("sell",))
    scene.signals.connection.emit()
    shown = scene.shown_texts()
    assert scene.words("sign_in.choose") in shown
    assert "●" not in shown


def type_on(scene: Scene, text: str) -> None:
    """Wherever the focus of the page is now."""
    view = scene.window.sign_in_view
    assert view is not None
    for digit in text:
        send(view, Qt.Key.Key_unknown, digit)


def test_a_cash_sale_with_the_real_runner(make_scene: NewScene, qtbot: QtBot) -> None:
    scene = make_scene()
    runner = Tasks(scene.troubles.append)
    scene.desk.tasks = runner
    scene.window.enter(replace(REEM, language="en"))
    qtbot.waitUntil(lambda: any(isinstance(each, ProductButton) for each in scene.buttons()))
    scene.tap_tile(1)
    scene.tap_tile(1)
    scene.press("F10")
    scene.type("300")
    scene.press("F10")
    qtbot.waitUntil(lambda: scene.world.checkout.change.decimal() == "70.00")
    qtbot.waitUntil(lambda: scene.words("done.title") in scene.shown_texts())
    runner.close()
    assert not scene.troubles


@pytest.mark.parametrize(
    ("language", "copy", "everything"), [("en", "Copy", "Select All"), ("ar", "نسخ", "الكل")]
)
def test_the_menu_of_a_text_field_speaks_the_language_of_the_screen(
    make_scene: NewScene, language: str, copy: str, everything: str
) -> None:
    scene = make_scene(Preferences("ar" if language == "en" else "en"))
    scene.window.enter(replace(REEM, language=language))
    menu = QLineEdit(scene.window).createStandardContextMenu()
    words = " ".join(action.text().replace("&", "") for action in menu.actions())
    assert copy in words
    assert everything in words.replace("\u0651", "")


def test_the_window_of_a_station_that_cannot_start_has_a_button_that_looks_like_one(qtbot: QtBot) -> None:
    window = make_window("Nothing is lost.", "لم يضع شيء.")
    qtbot.addWidget(window)
    button = window.findChild(QPushButton)
    assert isinstance(button, QPushButton)
    assert button.property("kind") == "primary"


def test_the_sign_in_page_says_when_nobody_can_sign_in_any_more(make_scene: NewScene) -> None:
    scene = make_scene()
    scene.world.health.go_offline()
    until = NOW + timedelta(hours=9, minutes=5)
    scene.world.health.now = replace(scene.world.health.now, sign_in_until=until)
    scene.window.sign_out()
    assert "in 9 h 5 min" not in scene.shown_texts()
    scene.signals.connection.emit()
    assert "in 9 h 5 min" in scene.shown_texts()
    scene.world.health.now = replace(scene.world.health.now, sign_in_until=None)
    scene.signals.connection.emit()
    assert "in 9 h 5 min" not in scene.shown_texts()


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_the_window_of_a_failed_start_is_closed_by_keyboard(qtbot: QtBot, key: Qt.Key) -> None:
    window = make_window("Nothing is lost.", "لم يضع شيء.")
    qtbot.addWidget(window)
    window.show()
    [button] = window.findChildren(QPushButton)
    assert window.focusWidget() is button
    qtbot.keyClick(button, key)
    assert not window.isVisible()


def test_after_a_start_on_a_full_disk_enter_tries_again(qtbot: QtBot) -> None:
    pressed: list[bool] = []
    window = make_window("The disk is full.", "القرص ممتلئ.", lambda: pressed.append(True))
    qtbot.addWidget(window)
    window.show()
    again, close = window.findChildren(QPushButton)
    assert window.focusWidget() is again and again.text().startswith("Try again")
    qtbot.keyClick(again, Qt.Key.Key_Return)
    qtbot.keyClick(again, Qt.Key.Key_Space)
    assert pressed == [True, True] and window.isVisible()
    close.click()
    assert not window.isVisible()
