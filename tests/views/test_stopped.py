"""A till that may sell nothing new says so where somebody pressed, beside the line under the top bar."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from app.views.ports import Preferences
from app.views.shift_forms import CountForm
from app.views.widgets.cart_panel import CartPanel
from domain.errors import Code, Refused
from tests.views.conftest import Dress
from tests.views.gallery import sell_disk_no_sales, sell_journal_damaged, shift_clock_far
from tests.views.scene import Scene
from tests.views.test_bars import problems

LOOKS = [(language, scale) for language in ("en", "ar") for scale in (100, 130)]
STOPPED = [(sell_disk_no_sales, Code.DISK_NEARLY_FULL), (sell_journal_damaged, Code.JOURNAL_DAMAGED)]


def said_in(scene: Scene, place: type[QWidget], code: Code) -> bool:
    """Whether the refusal's sentence is seen inside a part of the page."""
    scene.settle()
    words = scene.desk.texts.trouble(Refused(code))
    found = [each for part in scene.window.findChildren(place) for each in part.findChildren(QLabel)]
    return any(each.isVisible() and each.text() == words for each in found)


@pytest.mark.parametrize(("state", "code"), STOPPED, ids=["disk", "journal"])
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
    shift_clock_far(scene)
    scene.world.shifts.refuses = code
    scene.click("shift.open")
    assert said_in(scene, CountForm, code)
    assert problems(scene) == []
