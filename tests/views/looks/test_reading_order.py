"""Tab goes on as one reads, in both directions of writing: from the top of the page, then the sale, then the rail."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.views.ports import Preferences
from app.views.sell_tiles import SellTiles
from app.views.shell import Rail
from app.views.widgets.cart_panel import CartPanel
from tests.views.conftest import Dress
from tests.views.gallery import STATES
from tests.views.scene import Scene, send
from tests.views.tab_order import reads_before

SIDES = SellTiles, CartPanel, Rail


def walk(scene: Scene, key: Qt.Key) -> list[QWidget]:
    """Every stop of one way round, from where a fresh page has the focus."""
    scene.settle()
    scene.window.frame.page.setFocus()  # type: ignore[union-attr] # somebody is signed in
    reached: list[QWidget] = []
    send(scene.focus, key)
    while scene.focus not in reached:
        reached.append(scene.focus)
        send(scene.focus, key)
    return reached


@pytest.mark.parametrize("state", ["sell-no-shift", "sell", "sell-full", "sell-offline", "sell-held"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_tab_reads_the_tiles_from_the_top_then_the_sale_then_the_rail(
    dressed: Dress, language: str, state: str
) -> None:
    scene = dressed(Preferences(language))
    STATES[state](scene)
    scene.press("Esc")
    stops = walk(scene, Qt.Key.Key_Tab)
    sides = [next((kind for kind in SIDES if is_in(scene, kind, each)), None) for each in stops]
    assert [kind for kind, before in zip(sides, [None, *sides], strict=False) if kind is not before] == [
        kind for kind in SIDES if kind in sides
    ]
    for kind in SIDES:
        [place] = scene.window.findChildren(kind)
        inside = [each for each in stops if place.isAncestorOf(each)]
        wrong = [
            (one.accessibleName(), other.accessibleName())
            for one, other in pairwise(inside)
            if not reads_before(place, one, other, rtl=language == "ar")
        ]
        assert wrong == []


def is_in(scene: Scene, kind: type[QWidget], widget: QWidget) -> bool:
    return any(each.isAncestorOf(widget) for each in scene.window.findChildren(kind))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_without_a_shift_the_way_to_one_comes_first(dressed: Dress, language: str) -> None:
    scene = dressed(Preferences(language))
    STATES["sell-no-shift"](scene)
    [first, *_] = walk(scene, Qt.Key.Key_Tab)
    assert first.accessibleName() == scene.words("sell.open_shift")


@pytest.mark.parametrize("state", ["sell", "shift-page", "sales", "attention", "readiness", "settings"])
def test_shift_tab_goes_the_same_way_back(scene: Scene, state: str) -> None:
    STATES[state](scene)
    forward, back = walk(scene, Qt.Key.Key_Tab), walk(scene, Qt.Key.Key_Backtab)
    assert len(forward) > 5
    assert back == forward[::-1]
