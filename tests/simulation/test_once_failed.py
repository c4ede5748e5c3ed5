"""Every plan that once failed."""

from __future__ import annotations

from tests.helpers.logs import ExpectedLogs
from tests.simulation.kept import HISTORY, kept
from tests.simulation.test_histories import passes


def test_histories_that_once_failed_pass(expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("")
    for one in kept():
        if one.what == HISTORY:
            passes(one.plan)
