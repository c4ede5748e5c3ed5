"""The cache file: what it takes, what it drops, what it forgets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlcipher3 import dbapi2 as sqlite_driver

from domain import codec
from domain import operation as op
from domain.catalogue import Words
from domain.envelope import Envelope
from domain.guest import index
from ledger import cache, read_guests
from ledger import tables as t
from ledger.effects import effects
from ledger.journal import Kept
from ledger.wire import Page, Rows
from tests.domain.builders import DAY
from tests.ledger.test_journal import AT


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = cache.open_cache(tmp_path / "cache.db")
    with opened.begin() as connection:
        cache.start_over(connection, "e1", "global,day:2026-11-26,station:pos1")
    yield opened
    opened.dispose()


def admitted(number: int) -> Kept:
    operation = op.GuestAdmitted(f"a{number}", f"t{number}", 1, 7, DAY, Words("Gate 1", "البوابة 1"), False)
    envelope = Envelope(
        f"op-{number}", "GuestAdmitted", 1, "pos1", 1, "reem", "", AT, 0, codec.dumps(operation)
    )
    return Kept(number, number, number, envelope, b"")


def a_page(after: str, to: str, *results: int, admissions: int = 0, epoch: str = "e1") -> Page:
    tables: dict[str, Rows] = {}
    if admissions:
        columns = ("admission_id", "ticket_id", "session", "day", "gate", "bucket", "seq")
        rows = [
            [f"a{n}", f"t{n}", 7, "2026-11-26", "Gate 1", "day:2026-11-26", 5]
            for n in range(1, admissions + 1)
        ]
        tables["admission"] = Rows(columns, rows)  # type: ignore[arg-type]
    if results:
        rows = [[f"op-{n}", "applied", "", 0, "station:pos1", 5] for n in results]
        tables["result"] = Rows(("result_id", "answer", "cases", "at", "bucket", "seq"), rows)  # type: ignore[arg-type]
    return Page(epoch, after, to, True, tables, "stream", 1, "op-1")


def local_rows(engine: Engine) -> tuple[int, int]:
    """(all admissions, those only local)"""
    with engine.begin() as connection:
        count = sa.select(sa.func.count()).select_from(t.admission)
        return connection.execute(count).scalar_one(), connection.execute(
            count.where(t.admission.c.local == 1)
        ).scalar_one()


def test_applying_twice_changes_nothing(engine: Engine) -> None:
    for _ in range(2):
        with engine.begin() as connection:
            cache.apply(connection, [admitted(1), admitted(2)])
    assert local_rows(engine) == (2, 2)
    with engine.begin() as connection:
        assert cache.level(connection).applied_row == 2


def test_effects_are_a_function_of_the_operation() -> None:
    kept = admitted(1)
    first, second = (effects(kept.envelope, kept.envelope.operation()) for _ in range(2))
    assert first == second


def test_the_servers_row_replaces_the_local_one(engine: Engine) -> None:
    with engine.begin() as connection:
        cache.apply(connection, [admitted(1)])
        assert cache.take_page(connection, a_page("", "5.27.", 1, admissions=1), 1)
        assert cache.settled(connection, ["op-1", "op-2"]) == {"op-1"}
        assert cache.unsettled(connection, [admitted(1), admitted(2)]) == [admitted(2)]
    assert local_rows(engine) == (1, 0)


def test_a_settled_operations_row_from_a_bucket_we_do_not_have_goes(engine: Engine) -> None:
    with engine.begin() as connection:
        cache.apply(connection, [admitted(1), admitted(2)])
        cache.take_page(connection, a_page("", "5.27.", 1), 1)
    assert local_rows(engine) == (1, 1)


@pytest.mark.parametrize("page", [a_page("9.0.", "10.0."), a_page("", "5.0.", epoch="e2")])
def test_a_page_that_does_not_start_here_is_dropped(engine: Engine, page: Page) -> None:
    with engine.begin() as connection:
        before = cache.level(connection)
        assert not cache.take_page(connection, page, 1)
        assert cache.level(connection) == before


def test_another_epoch_empties_everything(engine: Engine) -> None:
    with engine.begin() as connection:
        cache.apply(connection, [admitted(1)])
        cache.take_page(connection, a_page("", "5.27.", 1, admissions=1), 1)
        cache.start_over(connection, "e2", "global")
        assert (cache.level(connection).applied_row, cache.level(connection).cursor) == (0, "")
    assert local_rows(engine) == (0, 0)


def test_buckets_being_filled_have_a_cursor_of_their_own(engine: Engine) -> None:
    wanted = "global,day:2026-11-27,station:pos1"
    with engine.begin() as connection:
        cache.take_page(connection, a_page("", "5.27.", 1, admissions=1), 1)
        cache.begin_fill(connection, "day:2026-11-27")
        assert not cache.take_fill(connection, a_page("3.0.", "9.27."), wanted)
        assert cache.take_fill(connection, a_page("", "9.27."), wanted)
        level = cache.level(connection)
        assert (level.buckets, level.fill, level.cursor) == (wanted, "", "5.27.")
    assert local_rows(engine) == (0, 0)


def indexes(path: Path) -> set[str]:
    with sqlite_driver.connect(str(path)) as raw:
        found = raw.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        return {row[0] for row in found}


def test_a_new_cache_gets_its_indexes_last(tmp_path: Path) -> None:
    path, plain = tmp_path / "bare.db", tmp_path / "plain.db"
    cache.open_cache(plain).dispose()
    for _ in range(2):  # also when it is opened again on the way
        engine = cache.open_cache(path, indexed=False)
        assert indexes(path) == {f"ix_{table.name}_local" for table in t.SYNCED}
        engine.dispose()
    engine = cache.open_cache(path, indexed=False)
    with engine.begin() as connection:
        cache.build_indexes(connection)
    engine.dispose()
    assert indexes(path) == indexes(plain)


def a_page_of_guests(after: str, to: str, name: str, seq: int) -> Page:
    columns = ("entry_id", "guest_id", "kind", "said", "words", "at", "bucket", "seq")
    said = (("name", name),)
    row = ["e1", "sara", "registered", codec.dumps(said), index(said), 1, "guests", seq]
    return Page("e1", after, to, True, {"guest_entry": Rows(columns, [row])}, "stream", 1, "op-1")  # type: ignore[arg-type]


def test_guests_are_found_by_what_the_cache_has_of_them_now(engine: Engine) -> None:
    def found(text: str) -> list[str]:
        with engine.begin() as connection:
            return [each.guest_id for each in read_guests.find(connection, text)]

    with engine.begin() as connection:
        cache.take_page(connection, a_page_of_guests("", "5.27.", "Sara", 5), 1)
    assert found("سا") == ["sara"]
    with engine.begin() as connection:
        cache.take_page(connection, a_page_of_guests("5.27.", "6.27.", "Huda", 6), 1)
    assert (found("sara"), found("hu")) == ([], ["sara"])
    with engine.begin() as connection:
        connection.execute(sa.delete(t.guest_entry))
    assert found("hu") == []


def test_a_cache_that_was_filled_bare_finds_guests_once_it_is_whole(tmp_path: Path) -> None:
    engine = cache.open_cache(tmp_path / "bare.db", indexed=False)
    with engine.begin() as connection:
        cache.start_over(connection, "e1", "guests")
        cache.take_page(connection, a_page_of_guests("", "5.27.", "Sara", 5), 1)
        cache.build_indexes(connection)
        assert [each.guest_id for each in read_guests.find(connection, "sar")] == ["sara"]
    engine.dispose()
