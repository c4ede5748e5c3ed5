"""Every screen in the looks that `test_bars` leaves out: of each a quarter, by turns, the others by `-m soak`."""

from __future__ import annotations

from itertools import islice

import pytest

from app.views.ports import Preferences
from tests.views.conftest import Dress
from tests.views.gallery import STATES
from tests.views.looks.test_bars import problems_of

Sizes = tuple[tuple[int, int], ...]
LOOKS: tuple[tuple[str, int, Sizes], ...] = (
    ("ar", 130, ((1366, 768),)),
    ("ar", 100, ((1366, 768), (1920, 1080))),
    ("en", 130, ((1366, 768), (1280, 800))),
    ("en", 100, ((1280, 800),)),
    ("ar", 100, ((1280, 800),)),
    ("en", 115, ((1366, 768),)),
    ("ar", 115, ((1366, 768),)),
)
PARTS = 4
QUARTERS = [
    pytest.param(part, *look, id=f"{look} {part}", marks=() if part == number % PARTS else pytest.mark.soak)
    for number, look in enumerate(LOOKS)
    for part in range(PARTS)
]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("part", "language", "scale", "sizes"), QUARTERS)
def test_every_screen_fits_is_named_and_can_be_touched(
    dressed: Dress, part: int, language: str, scale: int, sizes: Sizes
) -> None:
    scene = dressed(Preferences(language, "light", scale), sizes[0])
    states = dict(islice(STATES.items(), part, None, PARTS))
    found = problems_of(scene, states, sizes, by_keys=(language, scale, len(sizes)) == ("ar", 100, 2))
    assert not found, "\n".join(found)
