"""The ring around what has the focus, measured in pixels: it stands out against what lies on both sides of it."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from app.views.ports import Preferences
from app.views.widgets.buttons import Pressable
from app.views.widgets.parts import holder, panel, row, set_property
from app.views.widgets.sheet import KINDS
from app.views.widgets.theme import THEMES
from tests.views.conftest import Dress
from tests.views.scene import Scene
from tests.views.test_theme import contrast

WIDTH, HEIGHT, EDGE = 120, 48, 12
GROUNDS = "page", "plain", "row"
ANSWERS = "answer-ok", "answer-warn", "answer-bad"
CHOSEN = [(kind, "chosen") for kind in ("tile", "line", "tab", "rail")]
CASES = [*((kind, "") for kind in KINDS), *CHOSEN, ("tile", "incart"), ("tile", "full")]


def made(scene: Scene, kind: str, flag: str, ground: str) -> tuple[QWidget, Pressable]:
    """One button alone on a ground, in the look of the window."""
    button = Pressable(kind, row(), kind)
    button.setFixedSize(WIDTH, HEIGHT)
    if flag:
        set_property(button, flag, True)
    place = holder(row(panel(ground, row(button, margins=(EDGE, EDGE, EDGE, EDGE)))))
    place.setParent(scene.window)
    place.show()
    place.adjustSize()
    scene.settle()
    return place, button


def across(button: Pressable) -> list[str]:
    """The colours from outside the button inwards, over the middle of its left edge."""
    ground = button.parentWidget()
    assert ground is not None
    image: QImage = ground.grab().toImage()
    left, middle = button.geometry().left(), button.geometry().center().y()
    return [image.pixelColor(x, middle).name() for x in range(left - 4, left + 12)]


def bands(colours: list[str]) -> list[tuple[str, int]]:
    """Runs of one colour and how wide each is."""
    found: list[tuple[str, int]] = []
    for colour in colours:
        if found and found[-1][0] == colour:
            found[-1] = colour, found[-1][1] + 1
        else:
            found.append((colour, 1))
    return found


def rings(before: list[str], after: list[str]) -> list[tuple[str, int]]:
    """Bands, at least 2 wide, that are new with the focus and stand out against both neighbours."""
    new = bands(after)
    return [
        new[at]
        for at in range(1, len(new) - 1)
        if new[at][1] >= 2
        and new[at] not in bands(before)[1:-1]
        and all(contrast(new[at][0], new[beside][0]) >= 3.0 for beside in (at - 1, at + 1))
    ]


def grounds(kind: str) -> tuple[str, ...]:
    """What buttons of a kind lie on: those of an answer have a fill of their own."""
    if kind == "rail":
        return ("rail",)
    return (*GROUNDS, *ANSWERS) if kind in ("primary", "secondary", "danger") else GROUNDS


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("kind", "flag"), CASES)
def test_the_ring_of_a_focused_button_is_seen(dressed: Dress, kind: str, flag: str, theme: str) -> None:
    scene = dressed(Preferences(theme=theme))
    for ground in grounds(kind):
        place, button = made(scene, kind, flag, ground)
        before = across(button)
        button.setFocus()
        after = across(button)
        place.deleteLater()
        assert rings(before, after), f"{ground}: {bands(before)} {bands(after)}"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("kind", ["tile", "line"])
def test_what_is_chosen_and_what_has_the_focus_look_different(dressed: Dress, kind: str, theme: str) -> None:
    scene = dressed(Preferences(theme=theme))
    seen = []
    for flag, focus in (("", True), ("chosen", False), ("chosen", True)):
        place, button = made(scene, kind, flag, "page")
        if focus:
            button.setFocus()
        seen.append(across(button))
        place.deleteLater()
    for one, other in ((0, 1), (1, 2)):
        far = [a for a, b in zip(seen[one], seen[other], strict=True) if contrast(a, b) >= 3.0]
        assert len(far) >= 2, f"{bands(seen[one])} {bands(seen[other])}"
