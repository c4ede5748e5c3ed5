"""Every screen in the looks that `test_bars` leaves out; of those between the others each second, by turns in both
languages."""

from __future__ import annotations

from itertools import islice

import pytest

from app.views.ports import Preferences
from tests.views.conftest import Dress
from tests.views.gallery import STATES
from tests.views.looks.test_bars import problems_of

BETWEEN = (100, ((1280, 800),)), (115, ((1366, 768),))
LOOKS = [
    ("ar", 130, ((1366, 768),)),
    ("ar", 100, ((1366, 768), (1920, 1080))),
    ("en", 130, ((1366, 768), (1280, 800))),
    *((language, *look) for language in ("en", "ar") for look in BETWEEN),
]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("language", "scale", "sizes"), LOOKS, ids=str)
def test_every_screen_fits_is_named_and_can_be_touched(
    dressed: Dress, language: str, scale: int, sizes: tuple[tuple[int, int], ...]
) -> None:
    scene, by_keys = (
        dressed(Preferences(language, "light", scale), sizes[0]),
        (language, len(sizes)) == ("ar", 2),
    )
    halves = (scale, sizes) in BETWEEN
    states = dict(islice(STATES.items(), language == "ar", None, 2)) if halves else STATES
    found = problems_of(scene, states, sizes, by_keys=by_keys and scale == 100)
    assert not found, "\n".join(found)
