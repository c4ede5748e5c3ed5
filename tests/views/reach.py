"""Whether a button can be pressed without a mouse: by Tab and Space, or by the key that it shows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.views.key_list import KeyList
from app.views.widgets.buttons import Pressable
from app.views.widgets.form import Form
from app.views.widgets.keypad import Keypad
from app.views.widgets.notice import NoticeBar
from tests.views.scene import Scene, send


def in_front(scene: Scene) -> QWidget:
    """What Tab goes round in: an open form or the list of keys, else the window."""
    kinds = (KeyList, Form)
    opened = [each for kind in kinds for each in scene.window.findChildren(kind) if each.isVisible()]
    return opened[0] if opened else scene.window


def tab_stops(scene: Scene) -> set[QWidget]:
    """Where Tab stops on its way round."""
    reached: list[QWidget] = []
    while reached.count(scene.focus) < 2:
        reached.append(scene.focus)
        send(scene.focus, Qt.Key.Key_Tab)
    return set(reached)


def takes_space(button: QAbstractButton) -> bool:
    """Whether Space presses it; it is let go without a click."""
    QTest.keyPress(button, Qt.Key.Key_Space)
    pressed = button.isDown()
    button.setDown(False)
    return pressed


def has_its_key(scene: Scene, button: QAbstractButton, bound: set[str]) -> bool:
    """Whether the key that it shows is the window's and its own. Digits are typed; Esc closes the window's line."""
    if isinstance(button.parentWidget(), Keypad | NoticeBar):
        return True
    shown = button.key if isinstance(button, Pressable) else ""
    if shown == "Enter":  # what the sale offers: the page waits until it has been read, see test_unread
        return True
    if scene.window.frame is None or shown not in bound:
        return False
    return [each for each in scene.buttons() if each.key == shown and each.isEnabled()] == [button]


def dead_buttons(scene: Scene) -> list[str]:
    scene.settle()
    front = in_front(scene)
    bound = {each.key().toString() for each in scene.window.findChildren(QShortcut)}
    stops = tab_stops(scene)
    return [
        button.accessibleName()
        for button in front.findChildren(QAbstractButton)
        if button.isVisible() and button.isEnabled() and not has_its_key(scene, button, bound)
        if button not in stops or not takes_space(button)
    ]
