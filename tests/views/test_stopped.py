"""A till that may sell nothing new says so where somebody pressed, beside the line under the top bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from app.views.ports import Preferences
from app.views.shift_forms import CountForm
from app.views.widgets.cart_panel import CartPanel
from domain.errors import Code, Refused
from tests.views.conftest import Dress
from tests.views.gallery import sell, sell_disk_no_sales, sell_journal_damaged, shift_clock_far, shift_open
from tests.views.scene import Scene
from tests.views.test_bars import problems

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
