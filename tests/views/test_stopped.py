"""A till that may sell nothing new says so where somebody pressed, beside the line under the top bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from app.shown_status import Room
from app.views.ports import Preferences
from app.views.shift_forms import CountForm
from app.views.widgets.cart_panel import CartPanel
from app.views.widgets.notice import NoticeBar
from app.views.widgets.tile import ProductButton
from domain.errors import Code, Refused
from tests.views.conftest import Dress
from tests.views.gallery import (
    sales,
    sell,
    sell_disk_no_sales,
    sell_journal_damaged,
    shift_clock_far,
    shift_open,
    shift_page,
)
from tests.views.looks.test_bars import problems
from tests.views.scene import Scene
from tests.views.test_sell import quantities

LOOKS = [(language, scale) for language in ("en", "ar") for scale in (100, 130)]
STOPPED = [(sell_disk_no_sales, Code.DISK_NEARLY_FULL), (sell_journal_damaged, Code.JOURNAL_DAMAGED)]
NOT_YET_SEEN = (sell, Code.JOURNAL_DAMAGED)


def said_in(scene: Scene, place: type[QWidget], code: Code) -> bool:
    """Whether the refusal's sentence is seen inside a part of the page."""
    scene.settle()
    words = scene.desk.texts.trouble(Refused(code))
    found = [each for part in scene.window.findChildren(place) for each in part.findChildren(QLabel)]
    return any(each.isVisible() and each.text() == words for each in found)


@pytest.mark.parametrize(("state", "code"), [*STOPPED, NOT_YET_SEEN], ids=["disk", "journal", "not yet seen"])
@pytest.mark.parametrize("key", ["F9", "F10", "F11"])
@pytest.mark.parametrize(("language", "scale"), LOOKS)
def test_pay_is_refused_beside_its_button_and_the_sale_stays(
    dressed: Dress, language: str, scale: int, state: Callable[[Scene], None], code: Code, key: str
) -> None:
    scene = dressed(Preferences(language, scale=scale), (1280, 800))
    state(scene)
    scene.world.checkout.refuses = code
    scene.press(key)
    assert said_in(scene, CartPanel, code)
    assert scene.button("cart.split").isVisible()
    assert problems(scene) == []


@pytest.mark.parametrize("code", [Code.CLOCK_FAR_OFF, Code.DISK_NEARLY_FULL, Code.JOURNAL_DAMAGED])
@pytest.mark.parametrize(("language", "scale"), LOOKS)
def test_a_shift_that_may_not_open_says_why_in_its_form(
    dressed: Dress, language: str, scale: int, code: Code
) -> None:
    scene = dressed(Preferences(language, scale=scale), (1280, 800))
    shift_open(scene)
    scene.world.shifts.refuses = code
    scene.count({100: 1})
    scene.click("shift.open")
    assert said_in(scene, CountForm, code)
    assert problems(scene) == []


@pytest.mark.parametrize(("state", "code"), STOPPED, ids=["disk", "journal"])
def test_what_would_sell_is_disabled_with_the_reason_until_it_is_over(
    scene: Scene, state: Callable[[Scene], None], code: Code
) -> None:
    well, why = scene.world.health.now, scene.desk.texts.refusal(code)
    state(scene)
    buttons = [scene.button(key) for key in ("pay.card", "pay.cash", "cart.split")]
    assert [(each.isEnabled(), each.toolTip()) for each in buttons] == 3 * [(False, why)]
    scene.press("F9")
    scene.world.health.now = well
    scene.refresh()
    assert [(each.isEnabled(), each.toolTip()) for each in buttons] == 3 * [(True, "")]
    assert not said_in(scene, CartPanel, code)


@pytest.mark.parametrize(("state", "code"), STOPPED, ids=["disk", "journal"])
def test_tiles_are_grey_with_the_reason_and_their_keys_say_it_until_it_is_over(
    scene: Scene, state: Callable[[Scene], None], code: Code
) -> None:
    well, why = scene.world.health.now, scene.desk.texts.refusal(code)
    state(scene)
    before = quantities(scene)
    tiles = [each for each in scene.window.findChildren(ProductButton) if each.isVisible()]
    assert {(each.isEnabled(), each.toolTip()) for each in tiles} == {(False, why)}
    scene.window.frame.take_tile(0)
    assert said_in(scene, CartPanel, code)
    assert quantities(scene) == before
    scene.world.health.now = well
    scene.refresh()
    tiles = [each for each in scene.window.findChildren(ProductButton) if each.isVisible()]
    assert {(each.isEnabled(), each.toolTip()) for each in tiles} == {(True, "")}
    scene.window.frame.take_tile(0)
    assert quantities(scene) != before


def test_tiles_that_a_search_finds_are_grey_too(scene: Scene) -> None:
    sell_journal_damaged(scene)
    scene.window.frame._search("t")
    tiles = [each for each in scene.window.findChildren(ProductButton) if each.isVisible()]
    assert tiles
    assert not any(each.isEnabled() for each in tiles)


@pytest.mark.parametrize(("state", "code"), STOPPED, ids=["disk", "journal"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_tap_on_what_is_grey_says_why(
    dressed: Dress, language: str, state: Callable[[Scene], None], code: Code
) -> None:
    scene = dressed(Preferences(language))
    state(scene)
    before = quantities(scene)
    tile = next(each for each in scene.window.findChildren(ProductButton) if each.isVisible())
    for grey in (tile, scene.button("pay.card")):
        assert not said_in(scene, NoticeBar, code)
        QTest.mouseClick(grey, Qt.MouseButton.LeftButton)
        assert said_in(scene, NoticeBar, code)
        scene.press("Esc")
    assert quantities(scene) == before


def test_a_tap_beside_what_is_grey_says_nothing(scene: Scene) -> None:
    sell_journal_damaged(scene)
    page = scene.window.frame.page
    QTest.mouseClick(page, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert not said_in(scene, NoticeBar, Code.JOURNAL_DAMAGED)


RECORDS = [
    (sell, ("cart.hold",), "F12"),
    (
        shift_page,
        ("shift.cash_in", "shift.cash_out", "shift.drop", "shift.no_sale", "shift.x", "shift.count"),
        "F9",
    ),
    (sales, ("sales.reprint_tickets", "sales.void"), "F9"),
]


@pytest.mark.parametrize(("state", "keys", "key"), RECORDS, ids=["sell", "shift", "sales"])
@pytest.mark.parametrize(("language", "scale"), LOOKS)
def test_with_damaged_records_what_would_be_recorded_is_grey_and_says_why(
    dressed: Dress, language: str, scale: int, state: Callable[[Scene], None], keys: tuple[str, ...], key: str
) -> None:
    scene = dressed(Preferences(language, scale=scale), (1280, 800))
    well, why = scene.world.health.now, scene.desk.texts.refusal(Code.JOURNAL_DAMAGED)
    state(scene)
    scene.world.health.now = replace(well, journal_damaged=True)
    scene.refresh()
    assert [(scene.button(each).isEnabled(), scene.button(each).toolTip()) for each in keys] == (
        len(keys) * [(False, why)]
    )
    scene.press(key)
    assert said_in(scene, QWidget, Code.JOURNAL_DAMAGED)
    assert problems(scene) == []
    scene.world.health.now = well
    scene.refresh()
    assert all(scene.button(each).isEnabled() for each in keys)


def shift_journal_damaged(scene: Scene) -> None:
    shift_open(scene)
    scene.world.health.now = replace(scene.world.health.now, journal_damaged=True)
    scene.refresh()


@pytest.mark.parametrize(
    ("state", "code"),
    [(shift_clock_far, Code.CLOCK_FAR_OFF), (shift_journal_damaged, Code.JOURNAL_DAMAGED)],
    ids=["clock", "journal"],
)
@pytest.mark.parametrize(("language", "scale"), LOOKS)
def test_a_shift_that_may_not_open_has_no_live_button_and_the_reason_beside_it(
    dressed: Dress, language: str, scale: int, state: Callable[[Scene], None], code: Code
) -> None:
    scene = dressed(Preferences(language, scale=scale), (1280, 800))
    well = scene.world.health.now
    state(scene)
    assert said_in(scene, CountForm, code)
    assert not scene.button("shift.open").isEnabled()
    assert scene.button("shift.open").toolTip() == scene.desk.texts.refusal(code)
    assert problems(scene) == []
    scene.world.health.now = well
    scene.refresh()
    assert scene.button("shift.open").isEnabled()
    assert not said_in(scene, CountForm, code)


def test_on_a_full_disk_no_page_is_said_to_work_still(scene: Scene) -> None:
    scene.world.health.now = replace(scene.world.health.now, room=Room.FULL, disk_left=0)
    scene.signals.connection.emit()
    seen = scene.shown_texts()
    assert "no sale, no check-in, no closing" in seen and "still work" not in seen
    assert scene.button("pay.cash").toolTip() == scene.desk.texts.refusal(Code.DISK_FULL)
