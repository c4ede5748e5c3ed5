"""What was refused is read before anything is paid: keys that waited for it are dropped, and the words stay."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.hardware.wedge_scanner import WedgeScanner
from app.views.widgets.tile import ProductButton
from domain.errors import Code, Refused
from tests.views.scene import Scene, send
from tests.views.test_sell import cart_of, quantities

HELD = "held at other counters"


def _short(scene: Scene, ready: int = 0, code: Code = Code.PLACES_HELD) -> None:
    scene.world.selling.ready, scene.world.selling.short = ready, Refused(code, places=1, left=0)


def _taps_then(scene: Scene, key: str) -> None:
    """A ticket whose places are still asked for, a tube, and `key`, quicker than the server."""
    scene.tasks.instant = False
    scene.tap_tile(1)
    scene.tap_tile(5)
    scene.press(key)
    scene.tasks.flush()
    scene.tasks.instant = True


def _is_paying(scene: Scene) -> bool:
    return scene.words("payment.title") in scene.shown_texts()


@pytest.mark.parametrize("key", ["F9", "F10", "F11", "F12"])
def test_a_key_behind_a_refused_line_is_dropped_and_the_refusal_stays(scene: Scene, key: str) -> None:
    _short(scene)
    _taps_then(scene, key)
    assert [line.product.number for line in cart_of(scene).lines] == [5]
    assert HELD in scene.shown_texts()
    assert not _is_paying(scene)
    assert scene.world.checkout.charges == 0 and not scene.world.selling.held


@pytest.mark.parametrize("key", ["F9", "F10", "F11", "F12"])
def test_a_key_right_after_a_refusal_is_not_meant_for_what_is_left(scene: Scene, key: str) -> None:
    scene.tap_tile(5)
    _short(scene)
    scene.tap_tile(1)
    scene.sounds.clear()
    scene.press(key)
    assert HELD in scene.shown_texts() and not _is_paying(scene)
    assert not scene.world.selling.held and scene.sounds == ["look"]
    scene.later(2)
    scene.press(key)
    assert scene.world.checkout.cart.items == 1 or scene.world.selling.held


@pytest.mark.parametrize("words", ["pay.card", "pay.cash", "cart.split", "cart.hold"])
def test_a_button_right_after_a_refusal_is_not_meant_either(scene: Scene, words: str) -> None:
    scene.tap_tile(5)
    _short(scene)
    scene.tap_tile(1)
    scene.click(words)
    assert HELD in scene.shown_texts() and not _is_paying(scene)
    assert not scene.world.selling.held


def test_a_full_tile_and_a_quick_key_pay_nothing_either(scene: Scene) -> None:
    scene.tap_tile(5)
    scene.tap_tile(8)
    scene.press("F9")
    assert not _is_paying(scene) and scene.world.checkout.charges == 0


def test_a_tap_right_after_a_refusal_counts_but_leaves_the_words(scene: Scene) -> None:
    _short(scene)
    scene.tap_tile(1)
    scene.tap_tile(5)
    assert quantities(scene) == [1] and HELD in scene.shown_texts()
    scene.later(2)
    scene.tap_tile(5)
    assert quantities(scene) == [2] and HELD not in scene.shown_texts()


def test_enter_right_after_a_refusal_does_not_go_its_way_out(scene: Scene) -> None:
    scene.tap_tile(8)
    send(_page(scene), Qt.Key.Key_Return)
    assert not cart_of(scene).lines
    scene.later(2)
    send(_page(scene), Qt.Key.Key_Return)
    assert quantities(scene) == [1]


def _tile(scene: Scene, number: int) -> ProductButton:
    return next(b for b in scene.window.findChildren(ProductButton) if b.tile.product.number == number)


def _refused_at_a_tapped_tile(scene: Scene) -> None:
    _short(scene, code=Code.PLACES_OFFLINE)
    _tile(scene, 1).setFocus(Qt.FocusReason.MouseFocusReason)
    scene.tap_tile(1)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_after_a_tap_on_a_tile_the_ring_and_the_keys_are_at_what_the_sale_offers(
    scene: Scene, key: Qt.Key
) -> None:
    _refused_at_a_tapped_tile(scene)
    assert scene.focus is scene.button("sell.ask_supervisor")
    send(scene.focus, key)
    assert scene.words("sell.beyond_title") not in scene.shown_texts() and not cart_of(scene).lines
    scene.later(2)
    send(scene.focus, key)
    assert scene.words("sell.beyond_title") in scene.shown_texts()


def test_another_tap_before_the_refusal_is_read_leaves_the_ring_at_what_is_offered(scene: Scene) -> None:
    _refused_at_a_tapped_tile(scene)
    _tile(scene, 5).setFocus(Qt.FocusReason.MouseFocusReason)
    scene.tap_tile(5)
    assert scene.focus is scene.button("sell.ask_supervisor")


def test_enter_at_a_tile_does_what_is_offered_and_space_takes_the_tile(scene: Scene) -> None:
    _refused_at_a_tapped_tile(scene)
    _tile(scene, 5).setFocus(Qt.FocusReason.TabFocusReason)
    scene.enter()
    assert not cart_of(scene).lines and scene.words("sell.beyond_title") not in scene.shown_texts()
    scene.later(2)
    scene.enter()
    assert scene.words("sell.beyond_title") in scene.shown_texts()


def test_a_scanned_code_whose_enter_comes_last_takes_nothing_that_is_offered(
    scene: Scene, qapp: QApplication
) -> None:
    _refused_at_a_tapped_tile(scene)
    scene.later(2)
    codes: list[str] = []
    scanner = WedgeScanner(qapp, milliseconds=lambda: 1000)
    scanner.start(codes.append)
    for character in "GH12345":
        send(scene.focus, Qt.Key(ord(character)), character)
    scene.enter()
    scanner.stop()
    assert codes == ["GH12345"]
    assert scene.focus is scene.button("sell.ask_supervisor")
    assert scene.words("sell.beyond_title") not in scene.shown_texts()


def test_a_line_that_is_still_asked_for_looks_so_until_the_answer(scene: Scene, qtbot: QtBot) -> None:
    def asked() -> bool:
        return scene.words("cart.asked") in scene.shown_texts()

    scene.tap_tile(2)
    scene.tasks.instant = False
    scene.tap_tile(1)
    scene.tasks.step()
    assert not asked()
    qtbot.waitUntil(asked)
    assert scene.shown_texts().count(scene.words("cart.asked")) == 1
    scene.tasks.flush()
    assert not asked()


def test_what_the_guest_before_waited_for_is_not_said_of_the_next_one(scene: Scene, qtbot: QtBot) -> None:
    asked = scene.words("cart.asked")
    scene.tasks.instant = False
    scene.tap_tile(1)
    scene.tasks.step()
    qtbot.waitUntil(lambda: asked in scene.shown_texts())
    scene.click("cart.clear")
    scene.tasks.flush()
    scene.tap_tile(1)
    scene.tasks.step()
    assert quantities(scene) == [1] and asked not in scene.shown_texts()
    scene.tasks.flush()


def test_a_held_sale_that_comes_back_is_not_undone_by_what_was_on_its_way(scene: Scene) -> None:
    scene.tap_tile(5)
    scene.press("F12")
    scene.tap_tile(11)
    scene.tasks.instant = False
    scene.tap_tile(1)
    scene.show_held()
    scene.enter()
    scene.tasks.flush()
    scene.tasks.instant = True
    assert [line.product.number for line in cart_of(scene).lines] == [5]
    [held] = scene.world.selling.held
    assert [line.product.number for line in held.cart.lines] == [11, 1]


def _page(scene: Scene) -> QWidget:
    assert scene.window.frame is not None
    return scene.window.frame.page
