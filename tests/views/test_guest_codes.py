"""A code to a guest and back: six boxes, seconds counted down, tries that are left; and without the server."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.views.guest_verify import VerifyForm
from app.views.guests_view import GuestsView
from app.views.ports import Preferences
from app.views.widgets.code_boxes import digits_of
from domain.errors import Code, Refused
from tests.views.conftest import Dress
from tests.views.gallery import STATES
from tests.views.guest_stand_in import CODE
from tests.views.guest_states import guest, guests_typed
from tests.views.scene import Scene
from tests.views.test_guests import SALMA, field, write
from tests.views.test_payment import fields


def boxes(scene: Scene) -> list[QLineEdit]:
    return [each for each in fields(scene) if each.property("digit")]


def digits(scene: Scene) -> str:
    return "".join(each.text() or "-" for each in boxes(scene))


def test_who_is_new_is_offered_a_code_and_may_do_without(scene: Scene) -> None:
    guests_typed("0509998877")(scene)
    scene.press("F12")
    scene.type("Lina")
    scene.press("F12")
    assert scene.words("guests.verify_title", name="Lina") in scene.shown_texts()
    scene.click("guests.later")
    assert scene.world.guests.sent == []
    assert scene.words("guests.not_verified") in scene.shown_texts()


def test_a_code_is_sent_typed_and_checked_by_keys_alone(scene: Scene) -> None:
    guest("salma", "F10", "F10")(scene)
    assert scene.world.guests.sent == [("salma", "mail")]
    assert scene.words("guests.code_until", until="12:39") in scene.shown_texts()
    write(scene, CODE)
    scene.enter()
    assert scene.world.guests.verified["salma"] == (SALMA,)
    assert scene.words("guests.was_verified") in scene.shown_texts()
    assert not scene.has_button(scene.words("guests.verify"))


def test_a_code_goes_by_sms_too(scene: Scene) -> None:
    guest("saad", "F10", "F9")(scene)
    assert scene.world.guests.sent == [("saad", "sms")]


def test_another_code_waits_and_counts_the_seconds_down(scene: Scene) -> None:
    STATES["guests-sent"](scene)
    assert scene.words("guests.soon", n=30) in scene.shown_texts()
    scene.later(12.5)
    count_down(scene)
    assert scene.words("guests.soon", n=18) in scene.shown_texts()
    scene.press("F10")
    assert len(scene.world.guests.sent) == 1
    scene.press("Esc")  # the line that said why
    scene.later(30)
    count_down(scene)
    assert "can be sent in" not in scene.shown_texts()
    scene.press("F10")
    assert len(scene.world.guests.sent) == 2


def count_down(scene: Scene) -> None:
    """A second has gone by."""
    form = next(each for each in scene.window.findChildren(VerifyForm) if each.isVisible())
    form._timer.timeout.emit()


def test_a_code_that_another_desk_sent_is_waited_for(scene: Scene) -> None:
    guest("saad", "F10")(scene)
    scene.world.guests.refuses = Refused(Code.CODE_SOON, seconds=17)
    scene.press("F9")
    assert scene.words("guests.soon", n=17) in scene.shown_texts()
    assert "in 17 seconds" in scene.shown_texts()


@pytest.mark.parametrize("typed", ["٤٨٢٩١٣", "۴۸۲۹۱۳", "482913"])
def test_digits_are_typed_in_any_script(scene: Scene, typed: str) -> None:
    STATES["guests-sent"](scene)
    scene.type(typed)
    assert digits(scene) == CODE


@pytest.mark.parametrize("pasted", ["482913", "482 913", "Your code: ٤٨٢٩١٣."])
def test_a_pasted_code_fills_all_boxes(scene: Scene, pasted: str) -> None:
    STATES["guests-sent"](scene)
    data = QMimeData()
    data.setText(pasted)
    QGuiApplication.clipboard().setMimeData(data)
    scene.type("7")
    QTest.keyClick(scene.focus, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert digits(scene) == CODE
    scene.press("F12")
    assert "salma" in scene.world.guests.verified


def test_backspace_goes_back_and_letters_do_nothing(scene: Scene) -> None:
    STATES["guests-sent"](scene)
    write(scene, "48x2")
    assert digits(scene) == "482---"
    QTest.keyClick(scene.focus, Qt.Key.Key_Backspace)
    assert digits(scene) == "48----"
    QTest.keyClick(scene.focus, Qt.Key.Key_Backspace)
    write(scene, "9")
    assert digits(scene) == "49----"


def test_digits_typed_faster_than_the_boxes_turn_are_all_kept(scene: Scene) -> None:
    """What may be a scanner's is held for a moment, and then comes to the box that had the focus when it was typed."""
    guest("salma", "F10", "F10")(scene)
    first = boxes(scene)[0]
    for digit in CODE:
        QTest.keyClicks(first, digit)
    assert digits(scene) == CODE


def test_a_box_is_typed_over(scene: Scene) -> None:
    STATES["guests-sent"](scene)
    write(scene, "4829")
    for _ in range(4):
        QTest.keyClick(scene.focus, Qt.Key.Key_Left)
    write(scene, "5")
    assert digits(scene) == "5829--"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_boxes_go_from_left_to_right_as_digits_do(dressed: Dress, language: str) -> None:
    scene = dressed(Preferences(language))
    STATES["guests-sent"](scene)
    scene.type("48")
    places = [each.mapTo(scene.window, QPoint()).x() for each in boxes(scene)]
    assert places == sorted(places)
    assert digits(scene) == "48----"


def test_a_code_with_digits_missing_is_not_sent_off(scene: Scene) -> None:
    STATES["guests-sent"](scene)
    scene.type("4829")
    scene.press("F12")
    assert scene.words("guests.code_short") in scene.shown_texts()
    assert scene.world.guests.tries == 5
    assert scene.focus is boxes(scene)[4]


def test_a_wrong_code_says_how_many_tries_are_left_and_is_typed_anew(scene: Scene) -> None:
    STATES["guests-wrong-code"](scene)
    assert "4 tries are left" in scene.shown_texts()
    assert digits(scene) == "------"
    scene.type(CODE)
    scene.press("F12")
    assert "salma" in scene.world.guests.verified


def test_after_the_last_try_no_code_holds(scene: Scene) -> None:
    STATES["guests-wrong-code"](scene)
    for _ in range(4):
        scene.type("111111")
        scene.press("F12")
    assert scene.desk.texts.refusal(Code.CODE_OVER) in scene.shown_texts()
    assert "holds until" not in scene.shown_texts()


def test_without_the_server_the_guest_stays_unverified_and_no_button_is_dead(scene: Scene) -> None:
    STATES["guests-verify-offline"](scene)
    assert scene.words("guests.verify_offline", name="Sara Al-Qahtani") in scene.shown_texts()
    assert boxes(scene) == []
    for key in ("guests.by_mail", "guests.do_verify"):
        assert not scene.has_button(scene.words(key))
    scene.press("F12")
    assert scene.words("guests.not_verified") in scene.shown_texts()


def test_when_the_line_is_back_a_code_can_be_sent_from_there(scene: Scene) -> None:
    STATES["guests-verify-offline"](scene)
    scene.world.guests.online = True
    scene.refresh()
    scene.press("F10")
    assert scene.world.guests.sent == [("sara", "mail")]
    assert len(boxes(scene)) == 6


def test_a_guest_without_number_and_address_is_not_offered_a_code(scene: Scene) -> None:
    guests_typed("Lina")(scene)
    scene.press("F12")
    scene.press("F12")
    assert not scene.has_button(scene.words("guests.verify"))
    assert scene.focus is field(scene, "search")


def test_only_digits_are_taken_from_what_is_pasted() -> None:
    assert digits_of("Code ٤٨۲-91³") == "48291"


def test_that_a_guest_was_verified_is_said_until_the_next_one_is_opened(scene: Scene) -> None:
    guest("saad", "F10", "F9")(scene)
    scene.type(CODE)
    scene.press("F12")
    assert scene.notice == scene.words("guests.was_verified")
    assert scene.window.frame is not None
    page = scene.window.frame.page
    assert isinstance(page, GuestsView)
    page.open_guest("saad")
    assert scene.notice, "the same guest"
    page.open_guest("sara")
    assert scene.notice == ""
