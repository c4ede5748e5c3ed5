"""A station that was away for very long, one that has to wait for its turn, one whose copy comes out wrong: over a real
line to a real server process, with staff at work meanwhile."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any
from unittest import mock

import pytest
import sqlalchemy as sa

from app import server_api, texts
from app.server_api import Busy, ServerApi
from app.snapshot import NAME
from domain.catalogue import Session
from domain.errors import Code
from ledger import cache, feed
from ledger import tables as t
from ledger.clock import Ids, from_ms
from ledger.database import open_database
from ledger.pruning import reached
from ledger.tombstones import tombstone
from server import admin
from server.setup import SetUp
from server.turns import IDLE_SECONDS, WAIT_SECONDS
from tests.helpers.line import Open, on_server, settled
from tests.helpers.logs import ExpectedLogs
from tests.helpers.running import RunningServer
from tests.helpers.shop import WATER, Shop, refused
from tests.helpers.waiting import wait_for

NEVER = float("-inf")


def move(server: RunningServer, number: int, by: timedelta) -> date:
    """The administrator moves a session."""
    engine = open_database(server.database)
    with engine.begin() as connection:
        row = connection.execute(sa.select(t.session).where(t.session.c.number == number)).one()
        day = date.fromisoformat(row.day) + by
        setup = SetUp(connection, server.clock, Ids(server.clock))
        times = from_ms(row.starts_at) + by, from_ms(row.ends_at) + by
        setup.session(Session(number, row.activity_id, *times, row.capacity, day))
        setup.publish()
    engine.dispose()
    return day


def days(shop: Shop) -> dict[int, str]:
    with shop.station.store.read() as connection:
        return {row.number: row.day for row in connection.execute(sa.select(t.session))}


def number(server: RunningServer, statement: sa.Select[Any]) -> int:
    return int(on_server(server, statement)[0] or 0)  # type: ignore[call-overload] # it is one


def later(server: RunningServer, days_on: int) -> None:
    """The server is started again so much later; its job runs at the start."""
    server.kill()
    server.clock.set(server.clock.now() + timedelta(days=days_on))
    server.start()


def forget(server: RunningServer) -> None:
    """All that has happened until now is forgotten ninety days after the job has noted it."""
    head = number(server, sa.select(feed.head.c.seq))
    later(server, 1)
    wait_for(lambda: number(server, sa.select(sa.func.max(reached.c.seq))) >= head)
    later(server, 91)
    wait_for(lambda: number(server, sa.select(feed.head.c.pruned)) >= head)


def test_a_session_moved_far_away_disappears_from_every_screen_that_held_it(
    server: RunningServer, opened: Open
) -> None:
    desk = opened("POS1").sign_in("reem").open_shift()
    wait_for(lambda: settled(desk) and desk.session in days(desk))
    session = desk.session
    tiles = {tile.number for tile in desk.station.selling.page(0, "").sessions}
    assert session in tiles
    move(server, session, timedelta(days=200))
    desk.station.sync.wake()
    wait_for(lambda: session not in days(desk), seconds=10)
    assert session not in {tile.number for tile in desk.station.selling.page(0, "").sessions}


def test_a_station_that_was_away_too_long_fetches_everything_anew_by_itself(
    server: RunningServer, opened: Open
) -> None:
    desk, gate = opened("POS1").sign_in("reem").open_shift(), opened("LK1", start=False).sign_in("faisal")
    gate.station.sync.once()
    first = gate.session
    assert first in days(gate)
    desk.sell()
    wait_for(lambda: settled(desk))
    move(server, first, timedelta(days=400))
    forget(server)
    assert on_server(server, sa.select(tombstone.c.key)) == []
    with gate.station.store.read() as connection:
        before = cache.level(connection)
    assert refused(lambda: gate.station.sync._api.pull(before.buckets, before.cursor, "")) is Code.RESNAPSHOT
    gate.station.sync.start()
    wait_for(lambda: first not in days(gate) and gate.station.health.online(), seconds=15)
    wait_for(lambda: settled(gate) and not (gate.station.store.folder / NAME).exists())
    assert gate.station.sync.line.refused == ""
    with gate.station.store.read() as connection:
        after = cache.level(connection)
    assert after.epoch == before.epoch
    wait_for(lambda: settled(desk))


def test_too_long_away_has_words_and_a_status(server: RunningServer, opened: Open) -> None:
    desk = opened("POS1", start=False)
    desk.station.sync.once()
    with desk.station.store.read() as connection:
        at = cache.level(connection)
    session = desk.session
    move(server, session, timedelta(days=1))
    forget(server)
    api: Any = desk.station.sync._api
    query = {"buckets": at.buckets, "after": at.cursor, "stream": "", "protocol": "1"}
    answer = api._client.get("/v1/sync/pull", params=query)
    assert (answer.status_code, answer.json()["code"]) == (410, "resnapshot")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_old_protocol_is_answered_426_when_it_pulls_and_staff_are_told(
    opened: Open, language: str, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("refuses this station: client_version")
    desk = opened("POS1", start=False)
    api: Any = desk.station.sync._api
    answer = api._client.get("/v1/sync/pull", params={"buckets": "global", "protocol": "0"})
    assert (answer.status_code, answer.json()["code"]) == (426, "client_version")
    monkeypatch.setattr(server_api, "PROTOCOL", 0)
    desk.station.sync.start()
    wait_for(lambda: desk.station.sync.line.refused == Code.CLIENT_VERSION.value)
    desk.station.sync.stop()
    words = texts.Texts(language)
    assert len({words.refusal(code) for code in (Code.CLIENT_VERSION, Code.RESNAPSHOT, "plain.refused")}) == 3


# turns ------------------------------------------------------------------------------------------------------------


def begin(shop: Shop) -> None:
    """Takes a turn and goes no further: a place of another life is answered with the epoch alone."""
    shop.station.sync._api.pull("global", "gone-1/1.end.", "", whole=True)


def new_life(server: RunningServer) -> str:
    """All have to fetch everything anew."""
    assert admin.restored(server.settings, server.clock) == 0
    return str(on_server(server, sa.select(feed.head.c.epoch))[0])


def epoch(shop: Shop) -> str:
    with shop.station.store.read() as connection:
        return cache.level(connection).epoch


def test_two_fetch_everything_at_a_time_and_the_next_follows_when_it_is_told_to(
    server: RunningServer, opened: Open
) -> None:
    """It is told to wait, stays in line and sells meanwhile, and has everything once a turn is free."""
    one, two = (opened(name, start=False) for name in ("POS1", "LK1"))
    three = opened("POS2", start=False).sign_in("salem").open_shift()
    before, now = epoch(three), new_life(server)
    begin(one), begin(two)
    with pytest.raises(Busy) as busy:
        begin(three)
    assert busy.value.seconds == WAIT_SECONDS
    three.station.sync.start()
    wait_for(lambda: three.station.sync._not_before > NEVER and three.station.health.online())
    three.sell((WATER,))
    assert (epoch(three), three.count(t.sale)) == (before, 1)
    one.station.sync.once()
    assert epoch(one) == now
    wait_for(lambda: epoch(three) == now and settled(three))
    assert three.count(t.sale) == 1


def test_a_station_that_stopped_on_the_way_does_not_keep_its_turn(
    server: RunningServer, opened: Open
) -> None:
    one, two, three = (opened(name, start=False) for name in ("POS1", "POS2", "LK1"))
    now = new_life(server)
    begin(one), begin(two)
    server.clock.set(server.clock.now() + timedelta(seconds=IDLE_SECONDS + 1))
    three.station.sync.once()
    assert epoch(three) == now


def test_a_new_station_waits_for_its_turn_before_its_first_window(opened: Open) -> None:
    one, two = (opened(name, start=False) for name in ("POS1", "POS2"))
    begin(one), begin(two)
    told, found, pull = threading.Event(), list[Shop](), ServerApi.pull

    def waits(*given: Any, **named: Any) -> Any:
        try:
            return pull(*given, **named)
        except Busy:
            told.set()
            raise

    with mock.patch.object(ServerApi, "pull", waits):
        thread = threading.Thread(target=lambda: found.append(opened("LK1", start=False)))
        thread.start()
        assert told.wait(10)
        assert not found
        one.station.sync._api.pull("global", "", "", whole=True)  # all of it: the turn is free
        thread.join(10)
    assert found[0].session in days(found[0])


# the copy ---------------------------------------------------------------------------------------------------------


def test_a_copy_that_is_not_as_the_servers_is_fetched_anew(
    server: RunningServer, opened: Open, expected_logs: ExpectedLogs
) -> None:
    """A row is lost on the way: the copy is not used, staff see nothing of it, and the next one is whole."""
    expected_logs.expect("not as the server's in staff")
    desk = opened("POS1", start=False)
    people, before, now = desk.count(t.staff), epoch(desk), new_life(server)
    api, spoilt = desk.station.sync._api, list[str]()
    pull = api.pull

    def lossy(*given: Any, **named: Any) -> Any:
        page, at = pull(*given, **named)
        if named.get("whole") and not spoilt:
            spoilt.append(str(page.tables["staff"].rows.pop()))
        return page, at

    with mock.patch.object(api, "pull", lossy):
        desk.station.sync.once()
        assert spoilt and epoch(desk) == before
        assert not (desk.station.store.folder / NAME).exists()
        desk.station.sync.start()
        wait_for(lambda: epoch(desk) == now)
    assert desk.count(t.staff) == people
    assert desk.station.sync.line.since is None


def test_the_new_cache_has_every_index_when_it_is_used(opened: Open) -> None:
    desk = opened("POS1", start=False)
    desk.station.sync.once()
    with desk.station.store.read() as connection:
        there = {str(name) for name in connection.execute(_INDEXES).scalars()}
    assert there == {str(index.name) for table in t.metadata.tables.values() for index in table.indexes}


_INDEXES = sa.text("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
