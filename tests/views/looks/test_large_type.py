"""What is small keeps its shape and its words where type is large."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QWidget

from app.views.ports import Preferences
from app.views.shell import SearchField
from app.views.widgets.scroll import Scroll
from tests.views.conftest import Dress
from tests.views.gallery import STATES, sell, sell_attention, sell_offline, sell_old_data, sell_stuck_here
from tests.views.scene import Scene, send


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("state", [sell, sell_offline, sell_old_data, sell_stuck_here, sell_attention])
def test_in_large_type_the_search_hint_is_read_whole(
    dressed: Dress, language: str, state: Callable[[Scene], None]
) -> None:
    scene = dressed(Preferences(language, scale=130), (1280, 800))
    state(scene)
    scene.settle()
    [search] = scene.window.findChildren(SearchField)
    icon, *caps = sorted(
        (each.geometry() for each in search.findChildren(QLabel) if each.isVisible()),
        key=lambda place: place.left(),
        reverse=language == "ar",
    )
    if language == "ar":
        room = icon.left() - (caps[0].right() if caps else 0)
    else:
        room = (caps[0].left() if caps else search.width()) - icon.right()
    assert search.fontMetrics().horizontalAdvance(search.placeholderText()) <= room


@pytest.mark.parametrize("scale", [100, 115, 130])
def test_badges_are_round_at_every_size(dressed: Dress, scale: int) -> None:
    scene = dressed(Preferences(scale=scale), (1280, 800))
    sell(scene)
    scene.settle()
    badges = [
        each
        for each in scene.window.findChildren(QLabel)
        if str(each.property("role")).startswith("badge")
        and each.visibleRegion().boundingRect().size() == each.size()
    ]
    assert len(badges) >= 3
    drawn = scene.window.grab().toImage()
    for each in badges:
        corner, middle = QPoint(), QPoint(each.width() // 2, 1)
        seen = [drawn.pixelColor(each.mapTo(scene.window, at)) for at in (corner, middle)]
        assert seen[0] != seen[1], each.text()


@pytest.mark.parametrize("state", ["payment-terminal", "payment-unknown"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_must_be_read_or_pressed_now_is_in_sight(dressed: Dress, language: str, state: str) -> None:
    scene = dressed(Preferences(language, scale=130), (1280, 800))
    STATES[state](scene)
    scene.settle()
    if state == "payment-terminal":
        needed: list[QWidget] = [scene.button("card.cancel")]
    else:
        labels = scene.window.findChildren(QLabel)
        needed = [each for each in labels if each.isVisible() and each.text() == scene.words("unknown.do")]
    assert needed
    for each in needed:
        assert each.visibleRegion().boundingRect() == each.rect()


@pytest.mark.parametrize("state", ["payment-terminal", "payment-unknown", "payment-cash-twice"])
def test_what_is_out_of_sight_in_a_payment_is_reached_by_page_down(dressed: Dress, state: str) -> None:
    scene = dressed(Preferences("ar", scale=130), (1280, 800))
    STATES[state](scene)
    scene.settle()
    bars = [each.verticalScrollBar() for each in scene.window.findChildren(Scroll) if each.isVisible()]
    hiding = [each for each in bars if each.maximum()]
    assert hiding
    for _ in range(9):
        send(scene.focus, Qt.Key.Key_PageDown)
    assert [each.value() for each in hiding] == [each.maximum() for each in hiding]
