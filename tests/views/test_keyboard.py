"""No keyboard trap: whatever can be tapped can be pressed by Tab and Space, or by the key that it shows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.views.key_list import KeyList
from app.views.widgets.buttons import Pressable
from app.views.widgets.form import Form
from app.views.widgets.keypad import Keypad
from app.views.widgets.notice import NoticeBar
from tests.views.gallery import STATES
from tests.views.scene import Scene, send
from tests.views.stand_ins import sar
from tests.views.test_shift import EXACT, write


def in_front(scene: Scene) -> QWidget:
    """What Tab goes round in: an open form or the list of keys, else the window."""
    kinds = (KeyList, Form)
    opened = [each for kind in kinds for each in scene.window.findChildren(kind) if each.isVisible()]
    return opened[0] if opened else scene.window


def tab_stops(scene: Scene) -> set[QWidget]:
    """Where Tab stops on its way round."""
    reached: list[QWidget] = []
    while reached.count(scene.focus) < 2:
        reached.append(scene.focus)
        send(scene.focus, Qt.Key.Key_Tab)
    return set(reached)


def takes_space(button: QAbstractButton) -> bool:
    """Whether Space presses it; it is let go without a click."""
    QTest.keyPress(button, Qt.Key.Key_Space)
    pressed = button.isDown()
    button.setDown(False)
    return pressed


def has_its_key(scene: Scene, button: QAbstractButton) -> bool:
    """Whether the key that it shows is the window's and its own. Digits are typed; Esc closes the window's line."""
    if isinstance(button.parentWidget(), Keypad | NoticeBar):
        return True
    shown = button.key if isinstance(button, Pressable) else ""
    bound = {each.key().toString() for each in scene.window.findChildren(QShortcut)}
    if scene.window.frame is None or shown not in bound:
        return False
    return [each for each in scene.buttons() if each.key == shown and each.isEnabled()] == [button]


def dead_buttons(scene: Scene) -> list[str]:
    scene.settle()
    front = in_front(scene)
    stops = tab_stops(scene)
    return [
        button.accessibleName()
        for button in front.findChildren(QAbstractButton)
        if button.isVisible() and button.isEnabled() and not has_its_key(scene, button)
        if button not in stops or not takes_space(button)
    ]


def test_every_button_of_every_screen_can_be_pressed_by_keyboard(scene: Scene) -> None:
    found = []
    for name, state in STATES.items():
        scene.reset()
        state(scene)
        found += [f"{name}: {button}" for button in dead_buttons(scene)]
    assert not found, "\n".join(found)


def test_a_shift_is_opened_by_keyboard(scene: Scene) -> None:
    scene.world.shifts.opened = False
    scene.show("shift")
    scene.settle()
    send(scene.focus, Qt.Key.Key_0, "0")
    scene.press("F12")
    assert scene.world.shifts.opened


@pytest.mark.parametrize("key", ["F9", "F10"])
def test_cash_goes_in_and_out_by_keyboard(scene: Scene, key: str) -> None:
    scene.show("shift")
    scene.press(key)
    scene.type("50")
    write(scene, "shift.reason", "Change from the bank")
    scene.press("F12")
    assert [move.amount for move in scene.world.shifts.moves] == [sar("50.00")]


def test_a_shift_is_counted_and_closed_by_keyboard(scene: Scene) -> None:
    scene.show("shift")
    scene.press("F12")
    scene.count(EXACT)
    scene.press("F12")
    scene.press("F9")
    assert not scene.world.shifts.opened


def test_f12_pressed_once_too_often_neither_counts_nothing_nor_closes_the_shift(scene: Scene) -> None:
    scene.show("shift")
    scene.press("F12")
    scene.press("F12")
    assert scene.words("count.nothing") in scene.shown_texts()
    scene.count(EXACT)
    scene.press("F12")
    scene.press("F12")
    assert scene.world.shifts.opened
    assert scene.words("shift.exact") in scene.shown_texts()


def test_the_keys_of_an_open_form_go_back_to_the_page(scene: Scene) -> None:
    scene.show("shift")
    scene.press("F12")
    assert scene.button("shift.count").key == ""
    scene.press("Esc")
    assert scene.button("shift.count").key == "F12"


def test_the_last_cash_part_alone_is_taken_back_by_its_key(scene: Scene) -> None:
    STATES["payment-cash-twice"](scene)
    first, _second = [each.amount for each in scene.world.checkout.tenders]
    scene.press("F12")
    assert [each.amount for each in scene.world.checkout.tenders] == [first]


def test_the_answer_about_an_unknown_card_is_opened_by_tab_and_enter(scene: Scene) -> None:
    STATES["payment-unknown"](scene)
    scene.button("unknown.declined").setFocus()
    scene.enter()
    assert scene.words("unknown.say_declined") in [each.accessibleName() for each in scene.buttons()]


def test_esc_closes_the_line_about_a_problem_first(scene: Scene) -> None:
    scene.show("shift")
    scene.press("F9")
    frame = scene.window.frame
    assert frame is not None
    frame.say("The printer does not answer.")
    scene.press("Esc")
    assert "The printer does not answer." not in scene.shown_texts()
    assert scene.words("shift.do_in") in scene.shown_texts()
    scene.press("Esc")
    assert scene.words("shift.do_in") not in scene.shown_texts()
