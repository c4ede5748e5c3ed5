"""The readiness panel over a real line: not ready, ready once places came, and what works when the server is killed."""

from __future__ import annotations

import pytest

from app.shown_readiness import ReadinessPage, State
from domain.lease import FAMILY
from server import admin
from tests.helpers.line import Open
from tests.helpers.running import RunningServer
from tests.helpers.shop import ADULT, Shop
from tests.helpers.waiting import wait_for


@pytest.fixture
def till(opened: Open) -> Shop:
    """POS1, started, with nobody signed in."""
    return opened("POS1")


def page_of(till: Shop) -> ReadinessPage:
    return till.station.readiness.page()


def missing(till: Shop) -> list[str]:
    return [line.says for line in page_of(till).lines if line.state is State.MISSING]


def test_a_till_becomes_ready_and_says_what_works_once_the_server_is_killed(
    server: RunningServer, till: Shop
) -> None:
    wait_for(lambda: page_of(till).head.says == "head_not")
    wait_for(lambda: missing(till) == ["shift_none"])

    till.sign_in("reem").open_shift()
    wait_for(lambda: page_of(till).head.says == "head_places")
    wait_for(lambda: dict(page_of(till).head.facts).get("n", 0) == FAMILY)
    said = {line.says for line in page_of(till).lines}
    assert {"data_all", "tickets_today", "tickets_tomorrow", "people", "supervisor", "session_held"} <= said
    wait_for(lambda: "printer" in {line.says for line in page_of(till).lines})

    till.sell((ADULT,) * 4)
    wait_for(lambda: page_of(till).head.says == "head_lasts")

    server.kill()
    wait_for(lambda: page_of(till).offline_since is not None)
    assert page_of(till).head.says == "head_away_lasts"
    assert not missing(till)
    while till.ready():
        till.sell((ADULT,))
    page = page_of(till)
    assert page.head.says == "head_away_not"
    assert page.lines[0].says == "session_none"
    assert "unsent_away" in {line.says for line in page.lines}

    server.start()
    wait_for(lambda: page_of(till).offline_since is None, seconds=20)
    wait_for(lambda: not missing(till), seconds=20)


def test_a_till_says_that_a_restored_server_waits_until_the_last_station_was_heard(
    server: RunningServer, opened: Open, till: Shop
) -> None:
    opened("LK1").station.close()
    till.sign_in("reem").open_shift()
    wait_for(lambda: page_of(till).head.says == "head_places")
    server.kill()
    assert admin.restored(server.settings, server.clock) == 0
    server.start()
    wait_for(lambda: page_of(till).head.says == "head_waits", seconds=20)
    wait_for(lambda: dict(page_of(till).head.facts)["n"] == 1, seconds=20)  # not for this till any more

    opened("LK1")
    wait_for(lambda: page_of(till).head.says == "head_places", seconds=20)
