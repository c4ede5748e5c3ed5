"""The power goes before every write of every kind of operation, on both sides."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from domain.operation import KINDS
from server import tables as own
from tests.helpers.logs import ExpectedLogs
from tests.simulation.crashes import alone
from tests.simulation.scripts import SCRIPTS
from tests.simulation.world import simulated

_BY_SETTING_UP = {"StationEnrolled"}


def test_every_kind_of_operation_has_its_script() -> None:
    assert set(SCRIPTS) | _BY_SETTING_UP == set(KINDS)


@pytest.mark.parametrize("kind", SCRIPTS)
def test_power_cuts_lose_and_double_nothing(kind: str, expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("")
    with simulated(), alone() as crashes:
        crashes.at_the_till(kind)
        crashes.at_the_server(kind)
        assert crashes.judged() == []
        assert crashes.stops > 5
        found = crashes.world.server.database.look(
            lambda c: set(c.execute(sa.select(own.inbox.c.kind).distinct()).scalars())
        )
    assert {kind, *_BY_SETTING_UP} <= found


def test_power_cuts_while_pages_are_taken_in_leave_nothing_half(expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("")
    with simulated(), alone() as crashes:
        till = crashes.till()
        till.ready()
        SCRIPTS["SaleVoided"](till)()
        crashes.while_settling()
        assert crashes.judged() == []
