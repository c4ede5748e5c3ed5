"""Each seeded bug is caught by the plan kept for it: a rule whose absence nothing notices is not kept by anything."""

from __future__ import annotations

import pytest

from tests.helpers.logs import ExpectedLogs
from tests.simulation.bugs import Bug, put_in
from tests.simulation.kept import kept
from tests.simulation.seeded import BUGS
from tests.simulation.shrink import outcome
from tests.simulation.world import World, simulated

_KEPT = {one.what: one for one in kept()}


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_rule_switched_off_is_missed(bug: Bug, expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("")

    def setup(world: World) -> None:
        world.loses_journal = bug.loses_journal

    with simulated(), put_in(bug):
        assert outcome(_KEPT[bug.name].plan, setup)[0], f"{bug.rule}: {_KEPT[bug.name].line()}"


def test_there_are_enough_of_them() -> None:
    assert len({bug.name for bug in BUGS}) == len(BUGS) >= 25
