"""Whoever decides about something scarce waits for whoever decides about the same: with PostgreSQL by a lock that is
taken before anything is read. SQLite has one writer at a time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from server.database import lock_key, lock_subjects
from server.recovery import RECOVERY
from tests.helpers.core import Core, FakeStation, a_booking, an_admission
from tests.helpers.waiting import wait_for
from tests.server.test_leases import Venue, venue

__all__ = ["venue"]
Work = Callable[[Venue, FakeStation], object]
_WAITED_FOR = sa.text(
    "SELECT ((classid::bigint << 32) | objid::bigint) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
)


def lease(venue: Venue, pos: FakeStation) -> object:
    return venue.ask(pos, 3)


def ahead(venue: Venue, pos: FakeStation) -> object:
    return venue.ask(pos, 3, ahead=True)


def revoke(venue: Venue, pos: FakeStation) -> object:
    body = {"session": venue.core.session, "station_id": "pos2", "reason": "silent"}
    return venue.request(pos, "LeaseRevoked", body, "huda")


def capacity(venue: Venue, pos: FakeStation) -> object:
    body = {"session": venue.core.session, "seen": venue.core.capacity, "capacity": venue.core.capacity + 1}
    return venue.request(pos, "SessionCapacity", body, "huda")


def sell(venue: Venue, pos: FakeStation) -> object:
    return pos.say(a_booking(venue.core))


def admit(venue: Venue, pos: FakeStation) -> object:
    return pos.say(an_admission("ticket-1", admission="in-1"))


def waited_for(core: Core) -> set[int]:
    return core.database.look(lambda c: set(c.execute(_WAITED_FOR).scalars()))


@pytest.mark.parametrize(
    ("work", "subject"),
    [
        (lease, "session"), (ahead, "session"), (lease, RECOVERY), (revoke, "session"), (capacity, "session"),
        (sell, "session"), (admit, "ticket:ticket-1"),
    ],
)  # fmt: skip
def test_it_waits_until_the_other_has_decided(venue: Venue, work: Work, subject: str) -> None:
    core = venue.core
    if core.database.embedded:
        pytest.skip("SQLite has one writer at a time")
    pos, wanted = venue.enrol("POS1"), f"session:{core.session}" if subject == "session" else subject
    with ThreadPoolExecutor() as pool:
        with core.database.engine.begin() as connection:
            lock_subjects(connection, {wanted})
            done = pool.submit(work, venue, pos)
            wait_for(lambda: lock_key(wanted) in waited_for(core))
            assert not done.done()
        done.result()


def test_many_who_ask_at_once_never_get_more_than_there_is(venue: Venue) -> None:
    core = venue.core
    stations = [venue.enrol(name) for name in ("POS1", "POS2", "LK1")] * 3
    with ThreadPoolExecutor(len(stations)) as pool:
        asked = [pool.submit(venue.ask, station, core.capacity // 3) for station in stations]
        granted = [reply for each in asked if (reply := each.result()).state == "granted"]
    assert sum(int(dict(reply.facts)["places"]) for reply in granted) <= core.capacity
    assert len(granted) == 3
