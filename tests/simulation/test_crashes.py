"""The power goes before every write of every kind of operation, on both sides."""

from __future__ import annotations

from contextlib import ExitStack, nullcontext

import pytest
import sqlalchemy as sa

from domain.errors import Refused
from domain.operation import KINDS
from ledger import tables as t
from server import tables as own
from tests.helpers.logs import ExpectedLogs
from tests.simulation.bugs import bug, put_in
from tests.simulation.crashes import alone
from tests.simulation.scripts import HUDA, SCRIPTS, begun, nothing_back
from tests.simulation.world import simulated

_BY_SETTING_UP = {"StationEnrolled"}


def test_every_kind_of_operation_has_its_script() -> None:
    assert set(SCRIPTS) | _BY_SETTING_UP == set(KINDS)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", SCRIPTS)
def test_power_cuts_lose_and_double_nothing(kind: str, expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("")
    with simulated(), alone() as crashes:
        crashes.at_the_till(kind)
        at_the_till = crashes.stops
        crashes.at_the_server(kind)
        assert crashes.judged() == []
        assert crashes.stops - at_the_till > 5
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


def test_power_cuts_end_what_nothing_goes_back_for_whole_or_not(
    monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("")
    monkeypatch.setitem(SCRIPTS, "BookingCancelled", nothing_back)
    with simulated(), alone() as crashes:
        crashes.at_the_server("BookingCancelled")
        assert crashes.judged() == []
        given_up = sa.select(t.refund_line.c.pieces).where(t.refund_line.c.ask_id == "")
        found = crashes.world.server.database.look(lambda c: c.execute(given_up).scalars().all())
    assert crashes.stops > 5 and set(found) == {1}


_PAID_ALL_THE_SAME = bug(
    "a refund that was given up is paid here all the same",
    "Refunds: a station does not pay while it asks to give it up",
    ("app.refunding:_check_whole", "sa.or_(withdrawn, released)", "withdrawn"),
)


@pytest.mark.parametrize("is_kept", [True, False])
def test_what_was_given_up_is_not_paid_before_the_page_comes_that_tells(
    is_kept: bool, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("")
    with simulated(), alone() as crashes, ExitStack() as stack:
        till = crashes.till()
        till.ready()
        refund, refunds = begun(till, taken=True), till.station.refunds
        refunds.approve(refund, "", HUDA)
        till.station.sync.once()
        till.station.requests._push = lambda: None
        refunds.release(refund)
        if not is_kept:
            stack.enter_context(put_in(_PAID_ALL_THE_SAME))
        with pytest.raises(Refused) if is_kept else nullcontext():
            refunds.pay(refund, lambda step: None)
        assert bool(refunds.to_pay()) is is_kept
        assert (crashes.judged() == []) is is_kept
