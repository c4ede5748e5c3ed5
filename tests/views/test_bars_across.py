"""Every screen in a window that a person draws from one look to another, such as to a smaller monitor. It is laid out
anew for each, which takes ten times as long as within a look: `make check` has it, `make test` has not."""

from __future__ import annotations

import pytest

from app.views.ports import Preferences
from tests.views.conftest import Dress
from tests.views.gallery import STATES
from tests.views.test_bars import problems_of

SIZES = (1366, 768), (1920, 1080), (1280, 800)


@pytest.mark.timeout(400)  # three hundred screens on a busy machine
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_window_that_is_drawn_to_another_look_fits_too(dressed: Dress, language: str) -> None:
    found = problems_of(dressed(Preferences(language), SIZES[0]), STATES, SIZES)
    assert not found, "\n".join(found)
