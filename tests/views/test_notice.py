"""The window's own line over the top bar: its words are seen whole on every page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.views.ports import Preferences
from tests.views.conftest import Dress
from tests.views.gallery import sell_new_prefix, sell_offline
from tests.views.looks.test_bars import problems
from tests.views.scene import Scene


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("scale", "size"), [(100, (1280, 800)), (130, (1280, 800)), (130, (1366, 768))])
def test_that_a_sale_is_held_is_read_whole_on_the_page_one_goes_to(
    dressed: Dress, language: str, scale: int, size: tuple[int, int]
) -> None:
    scene = dressed(Preferences(language, scale=scale), size)
    sell_offline(scene)
    scene.press("F12")
    for place in ("sell", "checkin", "sell", "attention"):
        scene.show(place)
        assert scene.words("cart.was_held") in scene.shown_texts()
        assert problems(scene) == [], place


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("scale", [100, 130])
def test_why_receipts_begin_with_other_letters_is_read_on_the_page_that_sells(
    dressed: Dress, language: str, scale: int
) -> None:
    scene = dressed(Preferences(language, scale=scale), (1280, 800))
    sell_new_prefix(scene)
    assert scene.words("banner.new_prefix", prefix=scene.desk.texts.code("POS1FYC")) in scene.shown_texts()
    assert problems(scene) == []


def test_counts_that_are_not_known_without_the_server_say_so_and_why(scene: Scene) -> None:
    known = scene.world.health.now
    scene.world.health.now = replace(known, needs_attention=3)
    scene.world.health.go_offline()
    scene.refresh()
    assert "~3" in scene.shown_texts() and "4 waiting" in scene.shown_texts()
    assert "~4 waiting" not in scene.shown_texts()
    scene.world.health.now = replace(scene.world.health.now, data_from=None, waiting=49)
    scene.refresh()
    assert "~49 waiting" in scene.shown_texts()
    why = scene.words("top.not_known")
    assert any(why in each.toolTip() for each in scene.buttons())
    assert any(scene.words("top.as_heard") in each.toolTip() for each in scene.buttons())
    scene.world.health.now = replace(known, needs_attention=3)
    scene.refresh()
    assert "~" not in scene.shown_texts()
