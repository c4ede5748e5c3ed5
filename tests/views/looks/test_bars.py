"""What a machine can check of every screen, in both languages and at every size: nothing clipped, everything named,
large enough to touch, no key on two buttons, and Tab goes through a form as one reads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from itertools import islice

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QTextLayout
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QLineEdit,
    QProgressBar,
    QScrollArea,
    QStyle,
    QStyleOptionSlider,
    QWidget,
)

from app.views.desk import Desk
from app.views.ports import Preferences
from app.views.widgets.amount import Amount
from app.views.widgets.buttons import Pressable
from app.views.widgets.elided import Elided
from tests.views.conftest import Dress
from tests.views.gallery import STATES, Setter
from tests.views.reach import dead_buttons
from tests.views.scene import Scene
from tests.views.tab_order import jumps

# A screen is built at one size of a look and drawn to the others; where it begins goes round. The other looks and sizes
# are in test_bars_across.
LOOKS = [("en", 100, ((1366, 768),)), ("ar", 130, ((1280, 800),))]
LEAST = 40
PARTS = 8  # a few dozen screens in each: more take minutes on a busy machine


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize(("language", "scale", "sizes"), LOOKS, ids=str)
def test_every_screen_fits_is_named_and_can_be_touched(
    dressed: Dress, language: str, scale: int, sizes: tuple[tuple[int, int], ...], part: int
) -> None:
    scene = dressed(Preferences(language, "light", scale), sizes[0])
    states = dict(islice(STATES.items(), part, None, PARTS))
    found = problems_of(scene, states, sizes, by_keys=scale == 100)
    assert not found, "\n".join(found)


def problems_of(
    scene: Scene, states: Mapping[str, Setter], sizes: tuple[tuple[int, int], ...], *, by_keys: bool = False
) -> list[str]:
    """What is wrong with screens, each built at one of the sizes in turn and drawn to the others. `by_keys`: each is
    also gone through with Tab, which takes as long as all else; not in larger type, which leaves out "Enter", by
    which one knows what waits to be read."""
    found: list[str] = []
    for place, (name, state) in enumerate(states.items()):
        first = place % len(sizes)
        scene.reset()
        scene.window.resize(*sizes[first])
        scene.settle()
        state(scene)
        for size in (*sizes[first:], *sizes[:first]):
            found += [f"{name}, {size}: {problem}" for problem in problems_at(scene, size)]
        if by_keys:
            found += [f"{name}: no key presses {button!r}" for button in dead_buttons(scene)]
    return found


def problems_at(scene: Scene, size: tuple[int, int]) -> list[str]:
    scene.window.resize(*size)
    for _ in range(2):  # what a long amount asks for goes up through scrolled cards, a round of layouts each
        scene.settle()
    now = scene.window.size().toTuple()
    return ([f"the window grew to {now}"] if now != size else []) + problems(scene)


def problems(scene: Scene) -> list[str]:
    """Everything wrong with the visible widgets of the window."""
    keys = Counter(button.key for button in scene.buttons() if button.key and button.isEnabled())
    found = [f"{key} is on {count} buttons" for key, count in keys.items() if count > 1] + jumps(scene)
    for widget in scene.window.findChildren(QWidget):
        if widget.isVisible():
            found += _problems_of(widget, scene.desk)
    return found


def _problems_of(widget: QWidget, desk: Desk) -> list[str]:
    match widget:
        case QLabel():
            return _clipped(widget) + _outside(widget) + _torn(widget)
        case QAbstractButton() | QLineEdit():
            return _unnamed(widget) + _too_small(widget, desk.px(LEAST)) + _outside(widget)
        case QProgressBar():
            return _unnamed(widget)
        case QScrollArea() if (content := widget.widget()) is not None:
            return _cut_off(widget, content) + _under_the_bar(widget, content, desk.px(4))
    return []


def _cut_off(area: QScrollArea, content: QWidget) -> list[str]:
    """Lists scroll up and down only."""
    over = content.width() - area.viewport().width()
    return [f"a list is {over} px wider than its place"] if over > 0 else []


def _outside(widget: QLabel | QAbstractButton | QLineEdit) -> list[str]:
    """What can be read or pressed lies inside everything that holds it; only lists may hide what is above or below."""
    box: QRect = widget.rect()
    at: QWidget = widget
    while (parent := at.parentWidget()) is not None and not at.isWindow():
        box = box.translated(at.pos())
        seen = not (isinstance(widget, Pressable) and widget.key)  # keys must be seen, even in lists
        listed = (
            seen and isinstance(grand := parent.parentWidget(), QScrollArea) and grand.viewport() is parent
        )
        if box.left() < -1 or box.right() > parent.width():
            return [f"cut at its side: {_name(widget)}"]
        if listed:
            return []
        if box.top() < -1 or box.bottom() > parent.height():
            return [f"cut above or below: {_name(widget)}"]
        at = parent
    return []


def _name(widget: QWidget) -> str:
    return repr(widget.text() if isinstance(widget, QLabel) else widget.accessibleName())


def _under_the_bar(area: QScrollArea, content: QWidget, gap: int) -> list[str]:
    """Beside a list's content there is room before the handle of its scroll bar."""
    bar, option = area.verticalScrollBar(), QStyleOptionSlider()
    if not bar.isVisible():
        return []
    bar.initStyleOption(option)
    handle = bar.style().subControlRect(
        QStyle.ComplexControl.CC_ScrollBar, option, QStyle.SubControl.SC_ScrollBarSlider, bar
    )
    left = bar.mapTo(area, handle.topLeft()).x()
    start = content.mapTo(area, QPoint(0, 0)).x()
    free = max(left - (start + content.width()), start - (left + handle.width()))
    return [] if free >= gap else [f"{free} px between a list and the handle of its scroll bar"]


def _clipped(widget: QLabel) -> list[str]:
    if not widget.text():
        return []
    wanted = widget.minimumSizeHint() if isinstance(widget, Amount | Elided) else widget.sizeHint()
    if widget.wordWrap():
        return (
            [f"clipped {widget.text()!r}"]
            if widget.heightForWidth(widget.width()) > widget.height() + 1
            else []
        )
    fits = wanted.width() <= widget.width() + 1 and wanted.height() <= widget.height() + 1
    return [] if fits else [f"clipped {widget.text()!r} {wanted.toTuple()} in {widget.size().toTuple()}"]


def _torn(widget: QLabel) -> list[str]:
    """A number or a code goes on in the next line after its hyphen."""
    drawn = QLabel.text(widget)
    if not widget.wordWrap() or "-" not in drawn:
        return []
    found = lines_of(widget)
    torn = any(re.search(r"[0-9A-Z]-$", one) for one in found[:-1])
    return [f"a code is torn: {found}"] if torn else []


def lines_of(widget: QLabel) -> list[str]:
    """What a wrapped label draws, line by line."""
    found = []
    for paragraph in QLabel.text(widget).split("\n"):
        layout = QTextLayout(paragraph, widget.font())
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(widget.contentsRect().width())
            found.append(paragraph[line.textStart() : line.textStart() + line.textLength()])
        layout.endLayout()
    return found


def _unnamed(widget: QWidget) -> list[str]:
    return [] if widget.accessibleName() else [f"no name: {type(widget).__name__}"]


def _too_small(widget: QWidget, least: int) -> list[str]:
    if widget.width() >= least and widget.height() >= least:
        return []
    return [f"too small: {widget.accessibleName()!r} {widget.size().toTuple()}"]
