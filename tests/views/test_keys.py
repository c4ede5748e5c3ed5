"""Keys with Ctrl: what they undo, print again and explain, and the signs that show while Ctrl is held."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel

from app.views.key_list import KeyList
from app.views.widgets.tile import ProductButton
from tests.views.scene import Scene
from tests.views.stand_ins import NOW


def shortcut(scene: Scene, keys: str) -> None:
    """As if the keys were pressed together."""
    scene.settle()
    found = [each for each in scene.window.findChildren(QShortcut) if each.key() == QKeySequence(keys)]
    assert len(found) == 1, keys
    found[0].activated.emit()
    scene.settle()


def test_the_last_change_of_the_cart_is_taken_back(scene: Scene) -> None:
    scene.tap_tile(1)
    scene.tap_tile(11)
    assert "126.50" in scene.shown_texts()
    shortcut(scene, "Ctrl+Z")
    assert "126.50" not in scene.shown_texts()
    shortcut(scene, "Ctrl+Z")
    assert scene.words("cart.empty") in scene.shown_texts()
    shortcut(scene, "Ctrl+Z")
    assert scene.words("keys.nothing_to_undo") in scene.shown_texts()


def test_a_change_older_than_eight_seconds_stays(scene: Scene) -> None:
    scene.tap_tile(1)
    scene.desk.now = lambda: NOW + timedelta(seconds=9)
    try:
        shortcut(scene, "Ctrl+Z")
    finally:
        scene.desk.now = lambda: NOW
    assert "115.00" in scene.shown_texts()


def test_a_cleared_sale_comes_back(scene: Scene) -> None:
    scene.fill_cart()
    scene.click("cart.clear")
    shortcut(scene, "Ctrl+Z")
    assert "494.50" in scene.shown_texts()
    assert scene.words("cart.was_cleared") not in scene.shown_texts()


def test_nothing_is_undone_while_paying(scene: Scene) -> None:
    scene.fill_cart()
    scene.press("F10")
    shortcut(scene, "Ctrl+Z")
    assert "494.50" in scene.shown_texts()
    assert scene.words("keys.nothing_to_undo") in scene.shown_texts()


def test_an_admission_is_taken_back_while_it_is_shown(scene: Scene) -> None:
    scene.scan("OK")
    shortcut(scene, "Ctrl+Z")
    assert scene.world.gate.undone == ["a-1"]


def test_the_last_document_is_printed_again_from_every_page(scene: Scene) -> None:
    shortcut(scene, "Ctrl+P")
    assert scene.world.records.reprinted == ["doc-412"]
    assert "A copy of POS1-000412 is printing." in scene.shown_texts()
    shortcut(scene, "Ctrl+Shift+P")
    assert scene.window.frame is not None
    assert scene.window.frame.place == "sales"


def test_with_no_document_there_is_nothing_to_print_again(scene: Scene) -> None:
    scene.world.records.sales = ()
    shortcut(scene, "Ctrl+P")
    assert scene.words("sales.none") in scene.shown_texts()


def test_the_list_of_keys_lies_over_the_page_until_it_is_closed(scene: Scene) -> None:
    scene.fill_cart()
    shortcut(scene, "Ctrl+/")
    listed = scene.window.findChild(KeyList)
    assert isinstance(listed, KeyList)
    words = [each.text() for each in listed.findChildren(QLabel) if each.isVisible()]
    assert {"F1", "F9", "Ctrl+H", scene.words("keys.held"), scene.words("pay.card")} <= set(words)
    shortcut(scene, "Ctrl+/")
    assert not listed.isVisible()
    shortcut(scene, "Ctrl+/")
    scene.press("Esc")
    assert not listed.isVisible()
    assert "494.50" in scene.shown_texts()


def control(scene: Scene, kind: QEvent.Type) -> list[str]:
    event = QKeyEvent(kind, Qt.Key.Key_Control, Qt.KeyboardModifier.ControlModifier)
    QCoreApplication.sendEvent(scene.focus, event)
    tiles = [each for each in scene.buttons() if isinstance(each, ProductButton)]
    caps = [each for tile in tiles for each in tile.findChildren(QLabel) if each.property("role") == "keycap"]
    return [each.text() for each in caps if each.isVisible()]


def test_tiles_show_their_digits_while_control_is_held(scene: Scene) -> None:
    assert control(scene, QEvent.Type.KeyPress) == list("123456789")
    assert control(scene, QEvent.Type.KeyRelease) == []


def test_settings_say_that_secrets_lie_in_a_file(scene: Scene) -> None:
    scene.show("settings")
    assert scene.words("settings.secrets_in_file") not in scene.shown_texts()
    scene.world.health.secrets_lie_in_a_file()
    scene.refresh()
    assert scene.words("settings.secrets_in_file") in scene.shown_texts()
