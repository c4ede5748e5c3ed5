"""No keyboard trap: whatever can be tapped can be pressed by Tab and Space, or by the key that it shows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.views.page import Page
from app.views.widgets.buttons import Pressable
from app.views.widgets.form import Form
from tests.views.gallery import STATES
from tests.views.looks.test_strip import FORMS as SUPERVISED
from tests.views.scene import Scene, send
from tests.views.stand_ins import sar
from tests.views.test_keys import shortcut
from tests.views.test_payment import fields
from tests.views.test_shift import EXACT, write


def page_of(scene: Scene) -> Page:
    assert scene.window.frame is not None
    return scene.window.frame.page


def place_of(scene: Scene) -> str:
    assert scene.window.frame is not None
    return scene.window.frame.place


def form_of(scene: Scene) -> Form | None:
    """What was opened on the page, but for lists that are only chosen from."""
    scene.settle()
    found = (each for each in scene.window.findChildren(Form) if each.isVisible() and each.takes_keys)
    return next(found, None)


def begin(form: Form) -> None:
    """Types into each field."""
    for each in form.findChildren(QLineEdit):
        each.setText("1")


WITH_FORM = (
    "sell-supervisor", "payment-give-back", "payment-unknown-form", "shift-cash-in", "shift-drop",
    "shift-cash-out-seen", "shift-no-sale", "shift-count", "shift-difference", "shift-x", "sales-void",
    "sales-void-finish", "sales-card-in-cash", "attention-settle", "attention-second", "attention-tell",
    "attention-give-up", "guests-new", "guests-change", "guests-sent", "bookings-reject", "bookings-cancel",
    "booking-family", "discount-line", "discount-second",
)  # fmt: skip
SEARCHING = (  # on a page that looks for whatever is scanned
    "refunds-ask", "refunds-second", "refunds-refuse", "refunds-withdraw", "refunds-in-cash", "refunds-slip",
    "refunds-slip-not",
)  # fmt: skip
BEGUN = "booking-family", "discount-line", "discount-second"  # a scan leads nowhere from it
QUESTIONS = "guests-verify-offline", "guests-merge", "guests-erase"  # with nothing to type
LEAVING = (
    "F1",
    "F2",
    "F3",
    "F7",
    "Ctrl+N",
    "Ctrl+R",
    "Ctrl+B",
    "Ctrl+Shift+P",
    "Ctrl+K",
    "Ctrl+H",
    "Ctrl+Z",
    "Ctrl+1",
)
ACTING = tuple(f"F{number}" for number in range(1, 12))


@pytest.mark.parametrize("state", (*WITH_FORM, *SEARCHING, *QUESTIONS))
def test_an_open_form_is_confirmed_by_f12_which_its_button_shows(scene: Scene, state: str) -> None:
    STATES[state](scene)
    form = form_of(scene)
    assert form is not None
    shown = [each for each in scene.buttons() if each.key == "F12"]
    assert len(shown) == 1
    assert form.isAncestorOf(shown[0])
    pressed = []
    shown[0].clicked.connect(lambda: pressed.append("F12"))
    scene.press("F12")
    assert pressed == ["F12"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
@pytest.mark.parametrize("state", [each for each in (*WITH_FORM, *SEARCHING) if each in SUPERVISED])
def test_what_a_supervisor_says_yes_to_is_pressed_neither_by_space_nor_by_enter(
    scene: Scene, state: str, key: Qt.Key
) -> None:
    STATES[state](scene)
    [yes] = [each for each in scene.buttons() if each.key == "F12"]
    pressed = []
    yes.clicked.connect(lambda: pressed.append(key))
    QTest.keyClick(yes, key)
    assert not pressed


@pytest.mark.parametrize("state", (*WITH_FORM, *SEARCHING))
def test_the_keys_of_a_page_do_nothing_behind_an_open_form(scene: Scene, state: str) -> None:
    STATES[state](scene)
    form, place = form_of(scene), place_of(scene)
    assert form is not None
    begin(form)
    own = {each.key for each in form.findChildren(Pressable) if each.isVisible()}
    for key in ACTING:
        if key not in own:
            scene.press(key)
    for keys in LEAVING:
        shortcut(scene, keys)
    assert form.isVisible()
    assert place_of(scene) == place
    assert scene.words("keys.form_open") in scene.shown_texts()
    outside = [each for each in page_of(scene).findChildren(Pressable) if not form.isAncestorOf(each)]
    assert not [each.accessibleName() for each in outside if each.isVisible() and each.key.startswith("F")]


@pytest.mark.parametrize("code", ["OK", "6281007123456"])
@pytest.mark.parametrize("state", (*WITH_FORM, *SEARCHING))
def test_a_scan_leads_nowhere_from_a_form_that_was_begun(scene: Scene, state: str, code: str) -> None:
    STATES[state](scene)
    form, place = form_of(scene), place_of(scene)
    assert form is not None
    begin(form)
    typed = [each.text() for each in fields(scene)]
    scene.scan(code)
    assert form.isVisible() and place_of(scene) == place
    assert [each.text() for each in fields(scene)] == typed
    assert scene.words("keys.scan_form_open") in scene.shown_texts()


@pytest.mark.parametrize("state", [*(each for each in WITH_FORM if each not in BEGUN), "booking"])
def test_who_comes_back_to_an_open_form_types_on_in_it(scene: Scene, state: str) -> None:
    STATES[state](scene)
    place = place_of(scene)
    scene.scan("OK")
    assert place_of(scene) == "checkin"
    scene.show(place)
    form, focused = form_of(scene), scene.window.focusWidget()
    assert focused is not None and focused.isVisible()
    assert form is None or form.isAncestorOf(focused)


def test_the_typed_reason_stays_when_f9_is_pressed_over_the_limit(scene: Scene) -> None:
    STATES["shift-difference"](scene)
    write(scene, "supervisor.reason", "counted twice")
    scene.press("F9")
    assert "counted twice" in [each.text() for each in fields(scene)]


def test_a_form_in_which_nothing_was_typed_does_not_keep_anybody(scene: Scene) -> None:
    STATES["shift-no-sale"](scene)
    scene.press("F1")
    assert place_of(scene) == "sell"


def test_an_amount_that_was_typed_keeps_its_form_open(scene: Scene) -> None:
    STATES["shift-cash-in"](scene)
    scene.type("50")
    scene.press("F1")
    assert place_of(scene) == "shift"


def test_esc_leaves_a_float_that_was_begun_and_keeps_it(scene: Scene) -> None:
    scene.world.shifts.opened = False
    scene.show("shift")
    scene.count({10000: 3})
    scene.press("F1")
    assert place_of(scene) == "shift"
    scene.press("Esc")
    assert place_of(scene) == "sell"
    scene.show("shift")
    assert "300.00" in scene.shown_texts()


def test_the_window_is_locked_whatever_is_typed(scene: Scene) -> None:
    STATES["shift-difference"](scene)
    write(scene, "supervisor.reason", "counted twice")
    shortcut(scene, "Ctrl+L")
    assert scene.window.sign_in_view is not None


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
    scene.press("F12")
    assert [each.amount for each in scene.world.checkout.tenders] == [first]


def test_the_answer_about_an_unknown_card_is_opened_by_tab_and_enter(scene: Scene) -> None:
    STATES["payment-unknown"](scene)
    scene.button("unknown.declined").setFocus()
    scene.enter()
    assert scene.button("unknown.say_declined").key == "F12"


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
