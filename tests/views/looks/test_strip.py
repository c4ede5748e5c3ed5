"""A supervisor's form in large type on a small screen: what gives the answer is in sight, whatever scrolls above."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget

from app.views.ports import Preferences
from app.views.widgets.buttons import KeyButton
from app.views.widgets.notice import InlinePanel
from app.views.widgets.roomy import Roomy
from app.views.widgets.supervisor_strip import SupervisorStrip
from tests.views.conftest import Dress
from tests.views.gallery import STATES
from tests.views.scene import Scene, send
from tests.views.tab_order import reads_before

FORMS = (
    "sales-void",
    "sales-void-finish",
    "sales-card-in-cash",
    "payment-give-back",
    "payment-unknown-form",
    "sell-supervisor",
    "discount-second",
    "shift-drop",
    "shift-cash-out-seen",
    "shift-difference",
    "shift-x",
    "attention-second",
    "refunds-second",
    "refunds-in-cash",
    "refunds-slip",
)


def opened(scene: Scene, state: str) -> SupervisorStrip:
    STATES[state](scene)
    scene.settle()
    [strip] = (each for each in scene.window.findChildren(SupervisorStrip) if each.isVisible())
    return strip


def is_whole(widget: QWidget) -> bool:
    return widget.visibleRegion().boundingRect() == widget.rect()


def answers(strip: SupervisorStrip) -> list[QAbstractButton]:
    return [each for each in strip.answers.findChildren(QAbstractButton) if each.isVisible()]


def lies(scene: Scene, strip: SupervisorStrip) -> list[tuple[int, ...]]:
    """Where the answers lie in the window, and what scrolls above them in its own place, and how far from the edge."""
    [roomy] = (each for each in scene.window.findChildren(Roomy) if each.isVisible())
    content = roomy.area.widget()
    found: list[tuple[int, ...]] = [
        each.mapTo(scene.window, each.rect().topLeft()).toTuple() for each in answers(strip)
    ]
    for kind in (QAbstractButton, QLineEdit):
        for each in content.findChildren(kind):
            corner = each.rect().topLeft()
            across = each.mapTo(scene.window, corner).x()
            found.append((across, *each.mapTo(content, corner).toTuple(), *each.size().toTuple()))
    return found


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("state", FORMS)
def test_both_answers_are_in_sight(dressed: Dress, language: str, state: str) -> None:
    strip = opened(dressed(Preferences(language, scale=130), (1280, 800)), state)
    assert len(answers(strip)) == 2
    assert all(map(is_whole, answers(strip)))


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(
    "state", ["attention-second", "attention-not-wait-second", "sales-void", "sell-supervisor"]
)
def test_pin_and_reason_are_seen_whole(dressed: Dress, language: str, state: str) -> None:
    strip = opened(dressed(Preferences(language, scale=130), (1280, 800)), state)
    fields = [each for each in strip.findChildren(QLineEdit) if each.isVisible()]
    assert len(fields) == 2
    assert all(map(is_whole, fields))


@pytest.mark.parametrize("state", ["attention-second", "shift-difference", "shift-drop"])
def test_a_pin_is_forgotten_when_the_page_is_left_and_a_reason_stays(scene: Scene, state: str) -> None:
    strip = opened(scene, state)
    for each in strip.findChildren(QLineEdit):
        each.setText("1")
    assert scene.window.frame is not None
    place = scene.window.frame.place
    scene.show("sell")
    scene.show(place)
    typed = {each.accessibleName(): each.text() for each in strip.findChildren(QLineEdit)}
    assert typed == {scene.words("supervisor.pin"): "", scene.words("supervisor.reason"): "1"}


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("state", ["attention-not-wait-second", "shift-drop", "sales-void"])
def test_a_wrong_pin_moves_nothing_where_room_is_short(dressed: Dress, language: str, state: str) -> None:
    scene = dressed(Preferences(language, scale=130), (1280, 800))
    strip = opened(scene, state)
    before = lies(scene, strip)
    yes = next(each for each in answers(strip) if isinstance(each, KeyButton) and each.key == "F12")
    for field in strip.findChildren(QLineEdit):
        field.setText("9")
    yes.click()
    scene.settle()
    assert any(each.words for each in scene.window.findChildren(InlinePanel))
    assert lies(scene, strip) == before
    assert is_whole(scene.focus)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("state", ["payment-give-back", "sales-card-in-cash", "attention-second"])
def test_where_typing_begins_is_seen_whole(dressed: Dress, language: str, state: str) -> None:
    scene = dressed(Preferences(language, scale=130), (1280, 800))
    strip = opened(scene, state)
    assert strip.isAncestorOf(scene.focus)
    assert is_whole(scene.focus)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("scale", [100, 130])
@pytest.mark.parametrize("state", ["sales-void", "payment-give-back", "shift-x"])
def test_tab_goes_from_the_fields_to_the_answers_as_one_reads(
    dressed: Dress, language: str, scale: int, state: str
) -> None:
    scene = dressed(Preferences(language, scale=scale), (1280, 800))
    strip = opened(scene, state)
    last = [each for each in strip.findChildren(QLineEdit) if each.isVisible()][-1]
    last.setFocus()
    stops = []
    for _ in range(2):
        send(scene.focus, Qt.Key.Key_Tab)
        stops.append(scene.focus)
    assert set(stops) == set(answers(strip))
    assert reads_before(scene.window, stops[0], stops[1], rtl=language == "ar")
