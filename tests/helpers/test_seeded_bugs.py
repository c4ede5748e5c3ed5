"""Each seeded bug still fits our source: quick, so that who changes a line hears at once whose proof hangs on it."""

from __future__ import annotations

import pytest

from tests.simulation.bugs import Bug, put_in
from tests.simulation.seeded import BUGS


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_its_lines_are_there(bug: Bug) -> None:
    with put_in(bug):
        pass
