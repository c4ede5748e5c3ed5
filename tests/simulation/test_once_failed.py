"""Every plan that once failed."""

from __future__ import annotations

import pytest

from tests.helpers.logs import ExpectedLogs
from tests.simulation.kept import HISTORY, Kept, kept
from tests.simulation.test_histories import passes

ONCE_FAILED = [one for one in kept() if one.what == HISTORY]


@pytest.mark.parametrize("one", ONCE_FAILED, ids=[one.line() for one in ONCE_FAILED])
def test_a_history_that_once_failed_passes(one: Kept, expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("")
    passes(one.plan)
