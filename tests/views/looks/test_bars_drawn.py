"""Screens in a window that a person draws from one look to another, such as to a smaller monitor: each is laid out
anew, which takes ten times as long as within a look. One half of them in English, the other in Arabic."""

from __future__ import annotations

from itertools import islice

import pytest

from app.views.ports import Preferences
from tests.views.conftest import Dress
from tests.views.gallery import STATES
from tests.views.looks.test_bars import problems_of

SIZES = (1366, 768), (1920, 1080), (1280, 800)


@pytest.mark.timeout(400)  # on a busy machine
@pytest.mark.parametrize(("language", "half"), [("en", 0), ("ar", 1)])
def test_a_window_that_is_drawn_to_another_look_fits_too(dressed: Dress, language: str, half: int) -> None:
    states = dict(islice(STATES.items(), half, None, 2))
    found = problems_of(dressed(Preferences(language), SIZES[0]), states, SIZES)
    assert not found, "\n".join(found)
