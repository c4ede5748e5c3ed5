"""Fresh histories with seeds of this run."""

from __future__ import annotations

import secrets

import pytest

from tests.helpers.logs import ExpectedLogs
from tests.simulation.plan import NAMES, Plan, make_plan
from tests.simulation.shrink import outcome, shrunk, told
from tests.simulation.world import simulated


@pytest.mark.parametrize("mix", NAMES)
def test_a_fresh_history_loses_nothing_and_doubles_nothing(mix: str, expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("")
    passes(make_plan(secrets.randbelow(10**9), mix))


def passes(plan: Plan) -> None:
    """Fails with the smallest plan that goes wrong in the same way."""
    with simulated():
        violations, _ = outcome(plan)
        if violations:
            small = shrunk(plan, most=40)
            pytest.fail(told(small, outcome(small)[0] or violations), pytrace=False)


def test_the_same_seed_plays_the_same_history(expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("")
    plan = make_plan(11, "power", 25)
    with simulated():
        first, second = (outcome(plan)[1] for _ in range(2))
    assert [machine.acked for machine in first.machines] == [machine.acked for machine in second.machines]
    assert (first.faults, first.cable.faults) == (second.faults, second.cable.faults)
