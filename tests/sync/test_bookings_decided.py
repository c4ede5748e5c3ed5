"""A booking of what needs a decision: the venue says which products do, and whoever decides sees what was checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.booking import Life
from domain.booking_checks import Check
from tests.helpers.line import Open
from tests.helpers.running import SAMPLE, RunningServer
from tests.helpers.shop import ADULT, Shop
from tests.helpers.waiting import wait_for
from tests.sync.test_bookings import desk, life, sara

__all__ = ["desk"]

TICKET = 'number = 1\nkind = "ticket"\n'


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    """The sample venue, where a day ticket for an adult needs a yes."""
    venue = tmp_path / "venue.toml"
    text = SAMPLE.read_text(encoding="utf-8")
    venue.write_text(text.replace(TICKET, TICKET + "approval = true\n", 1), encoding="utf-8")
    running = RunningServer(tmp_path / "server", venue=venue).start()
    yield running
    running.kill()


def test_what_needs_a_yes_waits_for_it_and_shows_what_was_checked(desk: Shop, opened: Open) -> None:
    made = desk.station.bookings.book(sara(desk), [(ADULT, desk.session, 2)], "one wheelchair")
    assert made.review and made.until is None
    wait_for(lambda: life(desk, made.booking_id) is Life.UNDER_REVIEW)
    page = desk.station.bookings.page(made.booking_id)
    assert [check for check, well in page.checks if not well] == [Check.PLAIN]
    assert not page.may_decide
    office = opened("POS2").sign_in("huda")
    wait_for(lambda: life(office, made.booking_id) is Life.UNDER_REVIEW)
    assert office.station.bookings.page(made.booking_id).may_decide
    office.station.bookings.approve(made.booking_id)
    wait_for(lambda: life(desk, made.booking_id) is Life.HELD)
    assert desk.station.bookings.page(made.booking_id).checks == ()
