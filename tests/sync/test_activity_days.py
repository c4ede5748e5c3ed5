"""How full the days of a month are where a venue has several activities, with a real server behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.shown_bookings import Filled
from tests.helpers.running import SAMPLE, RunningServer
from tests.helpers.shop import Shop
from tests.helpers.waiting import wait_for
from tests.sync.test_booking_days import DAYS, TODAY, TOMORROW, shown
from tests.sync.test_bookings import desk, sara
from tests.sync.test_withdrawn import RIDE, SURF

__all__ = ["desk"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    """After today both activities are open for eight guests, two hours a day."""
    venue, surf = tmp_path / "venue.toml", SURF.split("[[session]]")[0] + SURF[SURF.index("[[product]]") :]
    days = DAYS + surf + DAYS.replace("park", "surf")
    text = SAMPLE.read_text(encoding="utf-8").replace("[[policy]]", f"{days}\n[[policy]]", 1)
    venue.write_text(text, encoding="utf-8")
    running = RunningServer(tmp_path / "server", venue=venue).start()
    yield running
    running.kill()


def test_a_month_counts_each_activity_by_itself(desk: Shop) -> None:
    """Summed, a day of which one is full and one is empty looked half full."""
    bookings = desk.station.bookings
    ride = next(each for each in bookings.desk(TOMORROW).sessions if each.activity_id == "surf")
    bookings.book(sara(desk), [(RIDE, ride.number, 8)])
    full = (Filled("park", 0, 8), Filled("surf", 8, 8))
    wait_for(lambda: shown(desk, TOMORROW).filled == full)
    assert [each.name.en for each in bookings.month(TOMORROW).activities] == ["Water park", "Surf"]
    assert shown(desk, TODAY).filled == (Filled("park", 0, 1500),)
    assert shown(desk, TOMORROW).bookings == 1
