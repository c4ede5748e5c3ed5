"""The window's own line over the top bar: its words are seen whole on every page."""

from __future__ import annotations

import pytest

from app.views.ports import Preferences
from tests.views.conftest import Dress
from tests.views.gallery import sell_new_prefix, sell_offline
from tests.views.looks.test_bars import problems


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
