"""Screens in a window that a person draws from one look to another, such as to a smaller monitor: each is laid out
anew, which takes ten times as long as within a look. Each sixth of them, in English and Arabic by turns."""

from __future__ import annotations

from itertools import islice

import pytest

from app.views.ports import Preferences
from tests.views.conftest import Dress
from tests.views.gallery import STATES
from tests.views.looks.test_bars import problems_of

SIZES = (1366, 768), (1280, 800)  # the rail is narrow on one of them


@pytest.mark.timeout(400)  # on a busy machine
@pytest.mark.parametrize(("language", "first"), [("en", 0), ("ar", 6)])
def test_a_window_that_is_drawn_to_another_look_fits_too(dressed: Dress, language: str, first: int) -> None:
    states = dict(islice(STATES.items(), first, None, 12))
    found = problems_of(dressed(Preferences(language), SIZES[0]), states, SIZES)
    assert not found, "\n".join(found)
