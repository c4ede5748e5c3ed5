"""Every screen in the looks that `test_bars` leaves out."""

from __future__ import annotations

import pytest

from app.views.ports import Preferences
from tests.views.conftest import Dress
from tests.views.gallery import STATES
from tests.views.looks.test_bars import problems_of

LOOKS = [
    ("ar", 130, ((1366, 768),)),
    ("ar", 100, ((1366, 768), (1920, 1080))),
    ("en", 130, ((1366, 768), (1280, 800))),
    *(
        (language, scale, (size,))
        for language in ("en", "ar")
        for scale, size in ((100, (1280, 800)), (115, (1366, 768)))
    ),
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
    found = problems_of(scene, STATES, sizes, by_keys=by_keys and scale == 100)
    assert not found, "\n".join(found)
