"""Places are taken behind the line that wants them; what a till does not hold is refused, or a supervisor says yes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.views.ports import Preferences
from app.views.widgets.stepper import Stepper
from domain.errors import Code, Refused
from tests.views.conftest import Dress
from tests.views.gallery import sell_beyond
from tests.views.scene import Scene, send
from tests.views.test_payment import approve, fields
from tests.views.test_sell import cart_of, quantities


def _short(scene: Scene, ready: int, code: Code = Code.PLACES_OFFLINE) -> None:
    scene.world.selling.ready, scene.world.selling.short = ready, Refused(code, places=1, left=1)


def test_a_line_without_places_is_there_at_once_and_goes_when_none_come(scene: Scene) -> None:
    _short(scene, 1, Code.PLACES_HELD)
    scene.tap_tile(1)
    scene.tasks.instant = False
    scene.tap_tile(2)
    scene.tasks.step()
    assert quantities(scene) == [1, 1]
    scene.tasks.flush()
    assert quantities(scene) == [1]
    assert "held at other counters" in scene.shown_texts()
    assert "look" in scene.sounds


def test_while_a_restored_server_waits_the_line_goes_too(scene: Scene) -> None:
    scene.world.selling.short = Refused(Code.RECOVERING, stations="POS2")
    scene.tap_tile(5)
    scene.tap_tile(1)
    assert [line.product.number for line in cart_of(scene).lines] == [5]
    assert "it waits for other stations" in scene.shown_texts()
    scene.click("sell.ask_supervisor")
    assert "POS2. Nothing changed." in scene.shown_texts()


def test_paying_waits_until_the_places_are_there(scene: Scene) -> None:
    scene.tasks.instant = False
    scene.tap_tile(1)
    scene.tasks.step()
    scene.press("F10")
    assert not scene.world.checkout.cart.lines
    scene.tasks.flush()
    assert scene.world.checkout.cart.items == 1


@pytest.mark.parametrize("code", [Code.PLACES_OFFLINE, Code.PLACES_LATE, Code.RECOVERING])
def test_a_supervisor_lets_a_sale_through_that_the_server_cannot_answer(scene: Scene, code: Code) -> None:
    _short(scene, 1, code)
    scene.tap_tile(1)
    scene.tap_tile(2)
    assert quantities(scene) == [1]
    scene.click("sell.ask_supervisor")
    approve(scene, "sell.do_beyond", reason="they wait", pin="0000")
    assert quantities(scene) == [1]
    approve(scene, "sell.do_beyond", reason="they wait")
    assert quantities(scene) == [1, 1]
    assert cart_of(scene).override_id == "override-1"
    scene.tap_tile(5)
    assert quantities(scene) == [1, 1, 1]
    scene.later(2)
    scene.tap_tile(2)
    assert quantities(scene) == [1, 1, 1]
    assert cart_of(scene).override_id == "override-1"
    scene.click("sell.ask_supervisor")
    approve(scene, "sell.do_beyond", reason="one more")
    assert quantities(scene) == [1, 2, 1]


def test_the_next_guest_s_supervisor_is_asked_anew(scene: Scene) -> None:
    for _ in range(2):
        _short(scene, 1)
        scene.tap_tile(1)
        scene.tap_tile(2)
        scene.click("sell.ask_supervisor")
        assert not any(each.text() for each in fields(scene))
        approve(scene, "sell.do_beyond", reason="they wait")
        assert quantities(scene) == [1, 1]
        scene.click("cart.clear")


def test_the_way_out_that_the_cart_names_is_taken_with_enter(scene: Scene) -> None:
    _short(scene, 1)
    scene.tap_tile(1)
    scene.tap_tile(2)
    page = scene.window.frame.page if scene.window.frame else scene.window
    scene.later(2)
    send(page, Qt.Key.Key_Return)
    pin = fields(scene)[-2]
    pin.setText("13")
    send(pin, Qt.Key.Key_Return)
    assert fields(scene)[-2].text() == "13"
    approve(scene, "sell.do_beyond", reason="they wait")
    assert quantities(scene) == [1, 1]


def test_in_an_outage_the_tiles_say_what_this_till_may_sell(scene: Scene) -> None:
    scene.world.selling.stale, scene.world.selling.ready = True, 4
    scene.world.health.go_offline()
    scene.refresh()
    assert {"4 here", "4 here of ~86", "12 here of ~142"} <= set(scene.shown_texts().split("\n"))


def test_without_a_supervisor_the_sale_stays_without_the_line(scene: Scene) -> None:
    _short(scene, 1)
    scene.tap_tile(1)
    scene.tap_tile(2)
    scene.click("sell.ask_supervisor")
    scene.click("supervisor.back")
    assert quantities(scene) == [1]
    scene.tap_tile(5)
    assert quantities(scene) == [1, 1]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_in_large_type_the_chosen_line_is_seen_whole_beside_a_refusal(dressed: Dress, language: str) -> None:
    scene = dressed(Preferences(language, scale=130), (1280, 800))
    sell_beyond(scene)
    scene.settle()
    [stepper] = [each for each in scene.window.findChildren(Stepper) if each.isVisible()]
    line = stepper.parentWidget()
    assert line is not None and scene.button("sell.ask_supervisor").isVisible()
    assert line.visibleRegion().boundingRect().size() == line.size()
    assert scene.words("cart.net") not in scene.shown_texts()
    scene.later(2)
    scene.tap_tile(5)  # the refusal goes, and the sums before VAT come back
    assert scene.words("cart.net") in scene.shown_texts()
