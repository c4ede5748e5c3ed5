"""What leaves a bucket leaves the stations that hold it, once it is told; what is told no more is fetched anew."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from app.server_api import page_of
from domain.catalogue import Session
from ledger import cache, feed, pruning, tombstones
from ledger import tables as t
from ledger.clock import from_ms, to_ms
from ledger.cursor import Cursor, parse_cursor
from ledger.manifest import count, differing
from ledger.pruning import prune, reached
from ledger.tombstones import END, tombstone
from ledger.wire import Gone, Page
from server import pulling
from server.access import Station
from server.database import Database
from server.pulling import Told
from server.setup import SetUp
from tests.helpers.core import DAY, Core, a_booking

LATER = DAY + timedelta(days=1)
SIZES = (*range(1, 9), 13, 21, 34, 40)
_SHARED = ["global", "keys", "staff"]


def bucket(day: date) -> str:
    return f"day:{day}"


class Held:
    """A station's cache that is fed by hand, in pages of `most` rows."""

    def __init__(self, core: Core, path: Path, days: Sequence[date], station: Station) -> None:
        self.core = core
        self.buckets = [*_SHARED, *map(bucket, days)]
        self.engine: Engine = cache.open_cache(path)
        self.station = station
        epoch = core.database.look(feed.read_head).epoch
        with self.engine.begin() as connection:
            cache.start_over(connection, epoch, ",".join(self.buckets))

    def page(self, after: str, *, whole: bool = False) -> tuple[Page, bool]:
        told = Told(after, parse_cursor(after), "", "", 0, -1, whole)
        pulled = self.core.database.look(
            lambda c: pulling.pulled(c, self.station, ",".join(self.buckets), told)
        )
        return page_of(orjson.loads(orjson.dumps(pulled.body))), pulled.is_too_old

    def pull(self) -> int:
        """Fetches until it is level; how many pages that took."""
        for number in itertools.count(1):
            with self.engine.begin() as connection:
                page, _ = self.page(cache.level(connection).cursor)
                assert cache.take_page(connection, page, 1)
            if page.complete:
                return number
        raise AssertionError

    def sessions(self) -> dict[int, str]:
        with self.engine.begin() as connection:
            return {row.number: row.day for row in connection.execute(sa.select(t.session))}

    def all_as_server(self) -> bool:
        there = self.core.database.look(
            lambda c: {
                table.name: count(c, table, feed.columns_of(table), self.buckets) for table in t.SYNCED
            }
        )
        with self.engine.begin() as connection:
            return differing(connection, there, self.buckets) == []


@pytest.fixture
def held(core: Core, tmp_path: Path) -> Held:
    return Held(core, tmp_path / "held.db", [DAY], core.enrol("POS1").station)


def put(setup: SetUp, number: int, day: date) -> None:
    row = setup.connection.execute(sa.select(t.session).where(t.session.c.number == number)).one()
    shift = day - date.fromisoformat(row.day)
    times = {"starts_at": from_ms(row.starts_at) + shift, "ends_at": from_ms(row.ends_at) + shift}
    setup.session(
        Session(number=number, activity_id=row.activity_id, day=day, capacity=row.capacity, **times)
    )


def move(core: Core, day: date, *sessions: int) -> None:
    """As an administrator does it, with a corrected venue file."""

    def work(connection: sa.Connection) -> None:
        setup = SetUp(connection, core.clock, core.database.ids)
        for number in sessions:
            put(setup, number, day)
        setup.publish()

    core.database.transact(work)


def numbers(core: Core, day: date) -> list[int]:
    wanted = sa.select(t.session.c.number).where(t.session.c.bucket == bucket(day))
    return sorted(core.database.look(lambda c: c.execute(wanted).scalars().all()))


@pytest.mark.parametrize("most", SIZES)
def test_a_session_moved_to_another_day_leaves_who_holds_the_old_one_only(
    core: Core, held: Held, tmp_path: Path, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "PULL_MOST", most)
    both = Held(core, tmp_path / "both.db", [DAY, LATER], held.station)
    late = Held(core, tmp_path / "late.db", [DAY, LATER], held.station)
    held.pull(), both.pull()
    first, second, third = numbers(core, DAY)[:3]
    move(core, LATER, first, second, third)
    move(core, DAY, second)
    for one in (held, both, late):
        one.pull()
        assert one.all_as_server()
    assert first not in held.sessions()
    assert (both.sessions()[first], both.sessions()[second]) == (LATER.isoformat(), DAY.isoformat())


def test_many_that_move_at_once_share_a_seq_that_no_cursor_passes(
    core: Core, held: Held, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty sessions of one transaction and their tombstones: a page ends at each place of that `seq` once."""
    both = Held(core, tmp_path / "both.db", [DAY, LATER], held.station)
    held.pull(), both.pull()
    start = core.database.look(feed.read_head).seq

    moved = numbers(core, DAY)
    move(core, LATER, *moved)
    assert core.database.look(feed.read_head).seq == start + 1
    monkeypatch.setattr(pulling, "PULL_MOST", 1)
    assert held.pull() >= len(moved)
    assert both.pull() >= 2 * len(moved)
    assert not set(moved) & set(held.sessions())
    assert set(moved) <= set(both.sessions())
    assert held.all_as_server() and both.all_as_server()


@pytest.mark.parametrize("swapped", [False, True])
def test_row_and_tombstone_may_come_in_any_order(held: Held, tmp_path: Path, swapped: bool) -> None:
    core = held.core
    both = Held(core, tmp_path / "both.db", [DAY, LATER], held.station)
    both.pull()
    number = numbers(core, DAY)[0]
    with both.engine.begin() as connection:
        start = cache.level(connection).cursor
    move(core, LATER, number)
    page, _ = both.page(start)
    assert len(page.tables["session"].rows) == len(page.gone) == 1
    parts = [replace(page, gone=(), next="half"), replace(page, tables={}, after="half")]
    if swapped:
        parts = [replace(page, tables={}, next="half"), replace(page, gone=(), after="half")]
    for part in (*parts, replace(page, after=page.next)):
        with both.engine.begin() as connection:
            assert cache.take_page(connection, part, 1)
    assert both.sessions()[number] == LATER.isoformat()
    assert both.all_as_server()


def test_a_row_that_is_deleted_leaves_everyone(held: Held) -> None:
    core = held.core
    held.pull()
    number = numbers(core, DAY)[0]

    def work(connection: sa.Connection) -> None:
        connection.execute(sa.delete(t.session).where(t.session.c.number == number))
        feed.publish(connection, [tombstones.leave(connection, t.session, {"number": number}, bucket(DAY))])

    core.database.transact(work)
    held.pull()
    assert number not in held.sessions()
    assert held.all_as_server()


def test_what_the_station_put_in_itself_stays_until_it_is_answered(held: Held) -> None:
    with held.engine.begin() as connection:
        row = {"move_id": "m", "currency": "SAR", "bucket": "global", "local": 1, "op_id": "mine"}
        connection.execute(sa.insert(t.cash_move).values(row))
        cache._take_out(connection, Gone("cash_move", "m", 99))
        cache._take_out(connection, Gone("no_such_table", "m", 99))
        assert connection.execute(sa.select(sa.func.count()).select_from(t.cash_move)).scalar() == 1


# pruning -------------------------------------------------------------------------------------------------------------


def prune_now(core: Core) -> int:
    return core.database.transact(lambda c: prune(c, to_ms(core.clock.now())))


def test_after_ninety_days_an_old_place_is_too_old_and_a_new_one_is_not(core: Core, held: Held) -> None:
    held.pull()
    with held.engine.begin() as connection:
        old = cache.level(connection).cursor
    move(core, LATER, numbers(core, DAY)[0])
    head = core.database.look(feed.read_head).seq
    assert prune_now(core) == 0
    core.clock.forward(days=89)
    assert prune_now(core) == 0
    assert held.page(old)[1] is False
    core.clock.forward(days=2)
    assert prune_now(core) == head
    assert prune_now(core) == 0
    assert held.page(old)[1] is True
    assert core.database.look(lambda c: c.execute(sa.select(tombstone)).all()) == []
    fresh = held.page("")[0]
    assert held.page(fresh.next)[1] is False
    core.clock.forward(days=200)
    assert prune_now(core) == 0, "nothing has changed since"
    assert held.page(fresh.next)[1] is False


def test_a_way_through_that_began_late_enough_is_gone_on_with(
    core: Core, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first pages are of changes long ago; what went away before it began it has never had."""
    monkeypatch.setattr(pulling, "PULL_MOST", 3)
    prune_now(core)
    core.clock.forward(days=91)
    move(core, LATER, numbers(core, DAY)[0])
    assert prune_now(core) > 0
    held.pull()
    assert held.all_as_server()


def test_all_of_a_venue_that_slept_for_a_season_can_be_fetched_in_small_pages(
    core: Core, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that ever changed is forgotten, and a page ends between two rows of the last change."""
    monkeypatch.setattr(pulling, "PULL_MOST", 1)
    core.enrol("POS2").say(a_booking(core, tickets=3))
    head = core.database.look(feed.read_head).seq
    prune_now(core)
    core.clock.forward(days=120)
    assert prune_now(core) == head
    place, pages = "", 0
    while not place.endswith(".end."):
        page, is_too_old = held.page(place)
        assert not is_too_old, f"sent back to the beginning after {pages} pages"
        place, pages = page.next, pages + 1
    assert pages > 3


def test_a_place_on_the_way_is_too_old_when_more_was_forgotten_since_it_began(
    core: Core, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "PULL_MOST", 3)
    half = held.page("")[0].next
    move(core, LATER, numbers(core, DAY)[0])
    prune_now(core)
    core.clock.forward(days=91)
    assert prune_now(core) > 0
    assert held.page(half)[1] is True


def test_pages_are_whole_where_changes_are_not_noted_any_more(core: Core, held: Held) -> None:
    prune_now(core)
    core.clock.forward(days=91)
    assert prune_now(core) > 0
    core.clock.forward(days=1)
    core.enrol("POS2").say()
    first = core.database.look(lambda c: feed.read_page(c, held.buckets, Cursor(1, END), 10_000))
    whole = core.database.look(lambda c: feed.read_page(c, held.buckets, Cursor(), 10_000))
    rows = [sum(len(part.rows) for part in one.slices) for one in (first, whole)]
    assert rows[0] == sum(row[-1] > 1 for part in whole.slices for row in part.rows)


def test_the_newest_note_of_what_is_forgotten_still_tells_copies_apart(core: Core) -> None:
    core.enrol("POS1")
    prune_now(core)
    core.clock.forward(days=91)
    top = core.database.look(feed.read_head).seq
    prune_now(core)
    assert core.database.look(lambda c: feed.marks(c, Cursor(top)))


def test_the_notes_of_how_far_the_feed_was_do_not_grow_for_ever(core: Core) -> None:
    for _ in range(120):
        core.clock.forward(days=1)
        prune_now(core)
    kept = core.database.look(lambda c: c.execute(sa.select(sa.func.count()).select_from(reached)).scalar())
    assert kept is not None and kept <= pruning.KEPT_MS // 86_400_000 + 1


def test_a_database_of_before_there_was_forgetting_goes_on(core: Core) -> None:
    def work(connection: sa.Connection) -> None:
        connection.execute(sa.text("ALTER TABLE feed_head DROP COLUMN pruned"))
        tombstone.drop(connection)
        reached.drop(connection)

    core.database.transact(work)
    core.close()
    core.database = Database(core.url, core.clock)
    move(core, LATER, numbers(core, DAY)[0])
    assert prune_now(core) == 0
    assert core.database.look(feed.read_head).pruned == 0


# the manifest --------------------------------------------------------------------------------------------------------


def test_the_last_page_of_a_whole_copy_says_what_it_must_come_to(held: Held) -> None:
    page, _ = held.page("", whole=True)
    assert page.complete and page.manifest is not None
    assert held.page("")[0].manifest is None
    with held.engine.begin() as connection:
        cache.take_page(connection, page, 1)
        assert differing(connection, page.manifest, held.buckets) == []
        connection.execute(sa.update(t.session).values(capacity=1))
        connection.execute(sa.delete(t.staff).where(t.staff.c.staff_id == "reem"))
        assert differing(connection, page.manifest, held.buckets) == ["session", "staff"]
