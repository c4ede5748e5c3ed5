"""A damaged journal: the station stops, keeps the file, and goes on with all that reads as its next incarnation."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pytest
import sqlalchemy as sa

from app.lost import tell_office
from app.recovery import Recovery
from app.secrets import FileSecrets
from app.server_api import ServerApi
from app.shown_status import LostDocument, Recovered
from app.texts import in_both
from domain import codec
from domain.errors import Code, Unavailable
from domain.operation import CaseOpened
from ledger import cache, journal
from ledger import tables as t
from ledger.clock import HandClock
from ledger.wire import Incarnation, Page
from tests.helpers.logs import ExpectedLogs
from tests.helpers.running import MORNING
from tests.helpers.shop import FAMILY, GOODS, Shop, refused, sar
from tests.services.conftest import Open

PAGE = 4096


class OneServer:
    """What a recovery asks of the server: how far a stream has come, and the next incarnation."""

    def __init__(self, has: int = 0) -> None:
        self.given, self.has, self.away = 1, has, False

    def __call__(self, *_: str) -> ServerApi:
        return self  # type: ignore[return-value] # only what a recovery asks

    def pull(self, _buckets: str, _after: str, stream: str) -> tuple[Page, int]:
        if self.away:
            raise Unavailable("server")
        return Page("epoch", "", "", True, {}, stream, self.has, "op"), 0

    def incarnation(self, present: int) -> Incarnation:
        self.given = max(self.given, present) + 1
        return Incarnation(self.given, f"POS1{chr(64 + self.given)}")

    def close(self) -> None:
        """Nothing is open."""


def recover(data: Path, server: OneServer, *backups: Path) -> Recovered:
    return Recovery(data, HandClock(MORNING), FileSecrets(data), backups, server).run()


@pytest.fixture
def busy(shop: Shop) -> Shop:
    """A station that sold, parked a cart, has a half-paid sale and paper that waits; closed, all in one file."""
    shop.sell(FAMILY)
    for _ in range(3):
        shop.sell(GOODS)
    shop.station.selling.park(shop.cart(GOODS))
    page = shop.begin(GOODS)
    shop.station.checkout.cash(page.sale_id, sar("20"))
    shop.station.close()
    return shop


def data_of(shop: Shop) -> Path:
    return shop.station.config.data


def local_rows(shop: Shop) -> list[int]:
    with shop.station.store.read_journal() as connection:
        tables = (journal.parked, journal.open_sale, journal.print_job, journal.verifier)
        return [
            connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in tables
        ]


def places_moved(shop: Shop) -> list[tuple[object, ...]]:
    """What was taken of leased places, by operation."""
    of = journal.lease_move
    wanted = sa.select(of.c.session, of.c.incarnation, of.c.places, of.c.kind, of.c.lease_id).order_by(
        of.c.id
    )
    with shop.station.store.read_journal() as connection:
        return [tuple(row) for row in connection.execute(wanted)]


def spoil(path: Path, start: int, length: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[start : start + length] = os.urandom(min(length, len(raw) - start))
    path.write_bytes(bytes(raw))


def root_page(path: Path, table: str) -> int:
    engine = journal.open_journal(path)
    with engine.begin() as connection:
        found = connection.exec_driver_sql(f"SELECT rootpage FROM sqlite_schema WHERE name = '{table}'")
        page = int(found.scalar_one())
    engine.dispose()
    return page


def leaf_of_entries(path: Path) -> int:
    """The second leaf page of the table of operations."""
    raw = path.read_bytes()
    root = raw[(root_page(path, "entry") - 1) * PAGE :]
    assert root[0] == 0x05
    cell = int.from_bytes(root[14:16], "big")
    return int.from_bytes(root[cell : cell + 4], "big")


def test_a_spoilt_header_costs_nothing(busy: Shop, open_station: Open) -> None:
    before = open_station()
    kinds, local = before.journalled_all(), local_rows(before)
    moved = places_moved(before)
    before.station.close()
    spoil(data_of(busy) / "journal.db", 0, 200)
    assert refused(open_station) is Code.JOURNAL_DAMAGED
    told = recover(data_of(busy), OneServer())
    again = open_station()
    assert (told.read, told.missing, told.unsent) == (len(kinds), 0, 0)
    assert again.journalled_all() == kinds
    assert local_rows(again) == local
    assert places_moved(again) == moved
    assert moved
    assert again.sign_in("reem").station.session.open_shift() is not None
    assert again.sell(GOODS).paid_in_full is not None
    assert again.receipts()[-1].number == "POS1B-000001"


def test_a_spoilt_leaf_costs_what_lay_on_it_and_that_is_told(busy: Shop, open_station: Open) -> None:
    before = open_station()
    kinds = before.journalled_all()
    before.station.close()
    path = data_of(busy) / "journal.db"
    leaf = leaf_of_entries(path)
    spoil(path, (leaf - 1) * PAGE, PAGE)
    assert refused(open_station) is Code.JOURNAL_DAMAGED
    told = recover(data_of(busy), OneServer())
    again = open_station()
    assert told.missing > 0
    assert told.read + told.missing == len(kinds)
    assert told.unsent == told.missing
    with again.station.store.read_journal() as connection:
        assert journal.chain_is_whole(connection)


def end_of_stream(path: Path) -> int:
    """The number of the last operation in the stream that the journal is sending."""
    engine = journal.open_journal(path)
    with engine.begin() as connection:
        last = journal.current_stream(connection).last_n
    engine.dispose()
    return last


def test_what_the_server_has_is_not_told_as_lost(busy: Shop) -> None:
    path = data_of(busy) / "journal.db"
    has = end_of_stream(path)
    spoil(path, (leaf_of_entries(path) - 1) * PAGE, PAGE)
    told = recover(data_of(busy), OneServer(has))
    assert told.missing > 0
    assert told.unsent == 0


def test_a_server_that_has_more_than_anybody_here_knows_of_leaves_it_open(busy: Shop) -> None:
    path = data_of(busy) / "journal.db"
    has = end_of_stream(path) + 1
    spoil(path, (leaf_of_entries(path) - 1) * PAGE, PAGE)
    assert recover(data_of(busy), OneServer(has)).unsent == -1


def put_back(data: Path, name: str, old: bytes) -> None:
    """An older file takes the place of the present one."""
    lose(data, name)
    (data / name).write_bytes(old)


def beside_an_older_journal(busy: Shop, open_station: Open, sales: int = 3) -> tuple[int, int]:
    """After more sales the journal of before lies beside the newer cache: how many operations it lacks, and how far
    its stream goes."""
    path = data_of(busy) / "journal.db"
    old, last = path.read_bytes(), end_of_stream(path)
    later = open_station().sign_in("reem")
    for _ in range(sales):
        later.sell(GOODS)
    later.station.close()
    lacks = end_of_stream(path) - last
    put_back(data_of(busy), "journal.db", old)
    return lacks, last


@pytest.mark.parametrize("came", [0, 2])
def test_beside_an_older_journal_what_only_the_cache_tells_of_was_never_sent(
    busy: Shop, open_station: Open, expected_logs: ExpectedLogs, came: int
) -> None:
    expected_logs.expect("ends before")
    lacks, last = beside_an_older_journal(busy, open_station)
    assert refused(open_station) is Code.JOURNAL_DAMAGED
    told = recover(data_of(busy), OneServer(last + came))
    assert (told.missing, told.unsent, told.sure) == (lacks, lacks - came, True)


def test_a_stream_that_was_given_up_since_tells_nothing(busy: Shop, open_station: Open) -> None:
    _, last = beside_an_older_journal(busy, open_station)
    engine = cache.open_cache(data_of(busy) / "cache.db")
    with engine.begin() as connection:
        cache.note_position(connection, "another", 1, "op")
    engine.dispose()
    assert recover(data_of(busy), OneServer(last)).unsent == -1


def test_the_office_is_told_which_receipts_to_record_again(busy: Shop, open_station: Open) -> None:
    _, last = beside_an_older_journal(busy, open_station)
    told = recover(data_of(busy), OneServer(last))
    assert [lost.number for lost in told.documents] == ["POS1-000005", "POS1-000006", "POS1-000007"]
    (case,) = told_cases(open_station())
    assert f"{told.missing} could not be read, {told.missing} of them never reached the server" in case.text
    assert "POS1-000006 36.80 SAR Reem" in case.text


def test_however_many_receipts_are_lost_the_station_starts_and_names_them(
    busy: Shop, open_station: Open
) -> None:
    _, last = beside_an_older_journal(busy, open_station, sales=40)
    told = recover(data_of(busy), OneServer(last))
    cases = told_cases(open_station())
    text = "\n".join(case.text for case in cases)
    assert len(told.documents) == 40
    assert all(lost.number in text for lost in told.documents)
    assert cases[1].number in cases[1].text


@pytest.mark.parametrize("more", [0, 1, 312])
def test_how_many_receipts_are_not_named_is_told_in_both_languages(shop: Shop, more: int) -> None:
    lost = tuple(LostDocument(f"POS1-{number:06}", "36.80 SAR", "Reem") for number in range(1, 201 + more))
    with shop.station.store.local() as connection:
        journal.save_setting(connection, "recovered", codec.dumps(Recovered(9, 700, 700, lost, "1")))
    told = told_cases(shop)
    text = "\n".join(case.text for case in told)
    assert text.count("POS1-") == 200
    said = in_both(lambda texts: texts("recovery.case_more", n=more))
    assert told[-1].text.endswith(said) == (more > 0)
    assert ("not named here" in text) == (more > 0)
    assert not more or str(more) in said


def test_the_backup_fills_in_what_does_not_read(busy: Shop, open_station: Open, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    shutil.copy(data_of(busy) / "journal.db", backup)
    later = open_station().sign_in("reem")
    later.sell(GOODS)
    kinds, local = later.journalled_all(), local_rows(later)
    later.station.close()
    path = data_of(busy) / "journal.db"
    spoil(path, (leaf_of_entries(path) - 1) * PAGE, PAGE)
    told = recover(data_of(busy), OneServer(), backup)
    again = open_station()
    assert (told.read, told.missing) == (len(kinds), 0)
    assert again.journalled_all() == kinds
    assert local_rows(again) == local


def test_a_journal_that_is_gone_comes_from_the_backup(busy: Shop, open_station: Open, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    shutil.copy(data_of(busy) / "journal.db", backup)
    for path in data_of(busy).glob("journal.db*"):
        path.unlink()
    assert refused(open_station) is Code.JOURNAL_DAMAGED
    recover(data_of(busy), OneServer(), backup)
    again = open_station()
    assert len(again.receipts()) == 4
    states = {state for _, state, _ in again.jobs()}
    assert "queued" not in states  # they may have come out since the backup was made


@pytest.mark.parametrize("tenths", [1, 6, 9])
def test_a_file_cut_short_gives_what_is_left_of_it(busy: Shop, open_station: Open, tenths: int) -> None:
    before = open_station()
    kinds = before.journalled_all()
    before.station.close()
    path = data_of(busy) / "journal.db"
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) * tenths // 10])
    assert refused(open_station) is Code.JOURNAL_DAMAGED
    told = recover(data_of(busy), OneServer())
    assert told.read + told.missing == len(kinds)
    assert told.read > 0 or tenths < 9
    assert told.sure
    assert told.unsent in (told.missing, -1)  # less than 0: the stream's own end was cut off
    assert len(open_station().journalled_all()) == told.read


def test_a_wal_with_a_hole_is_noticed_and_read_past_it(
    shop: Shop, open_station: Open, expected_logs: ExpectedLogs
) -> None:
    """SQLite stops at the first frame that is wrong and says nothing."""
    for _ in range(6):
        shop.sell(GOODS)
    data = data_of(shop)
    aside = data.with_name("power cut")
    shutil.copytree(data, aside, ignore=shutil.ignore_patterns("lock"))
    shop.station.close()
    kinds = open_station().journalled_all()
    shutil.rmtree(data)
    shutil.copytree(aside, data)
    for path in data.glob("*-shm"):
        path.unlink()
    wal = data / "journal.db-wal"
    frames = (wal.stat().st_size - 32) // (PAGE + 24)
    spoil(wal, 32 + (frames * 2 // 3) * (PAGE + 24) + 30, 500)
    expected_logs.expect("has a hole")
    assert refused(open_station) is Code.JOURNAL_DAMAGED
    told = recover(data, OneServer())
    assert told.read > len(kinds) * 2 // 3
    assert told.read + told.missing == len(kinds)


def test_a_record_that_was_changed_is_noticed_and_left_out(busy: Shop, open_station: Open) -> None:
    path = data_of(busy) / "journal.db"
    engine = journal.open_journal(path)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE entry SET public = replace(public, 'POS1-', 'POS9-') WHERE kind = 'SaleClosed'"
        )
    engine.dispose()
    assert refused(open_station) is Code.JOURNAL_DAMAGED
    told = recover(data_of(busy), OneServer())
    assert told.missing == 4
    assert len(told.documents) == 4
    assert told.documents[0].number == "POS1-000001"
    assert "SaleClosed" not in open_station().journalled()


def test_without_a_server_nothing_changes(busy: Shop) -> None:
    path = data_of(busy) / "journal.db"
    spoil(path, 0, 200)
    before = {file.name: file.read_bytes() for file in data_of(busy).iterdir() if file.is_file()}
    server = OneServer()
    server.away = True
    with pytest.raises(Unavailable):
        recover(data_of(busy), server)
    assert {file.name: file.read_bytes() for file in data_of(busy).iterdir() if file.is_file()} == before


def test_the_damaged_file_is_kept_as_it_was(busy: Shop) -> None:
    path = data_of(busy) / "journal.db"
    spoil(path, 0, 200)
    ruin = path.read_bytes()
    told = recover(data_of(busy), OneServer())
    assert (data_of(busy) / "damaged" / told.kept_in / "journal.db").read_bytes() == ruin


class Killed(BaseException):
    """The power went."""


@contextmanager
def killed_before(step: int) -> Iterator[list[str]]:
    """The process ends before its `step`-th change to a file."""
    taken: list[str] = []

    def counted(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*given: object, **named: object) -> object:
            if len(taken) == step:
                raise Killed
            taken.append(name)
            return real(*given, **named)

        return call

    commit = sa.engine.default.DefaultDialect.do_commit
    with (
        mock.patch("os.replace", counted("replace", os.replace)),
        mock.patch("os.unlink", counted("unlink", os.unlink)),
        mock.patch("shutil.copyfile", counted("copy", shutil.copyfile)),
        mock.patch("shutil.rmtree", counted("tidy", shutil.rmtree)),
        mock.patch.object(sa.engine.default.DefaultDialect, "do_commit", counted("commit", commit)),
    ):
        yield taken


def test_a_recovery_that_is_killed_at_any_step_ends_well_when_it_is_run_again(
    busy: Shop, open_station: Open, tmp_path: Path
) -> None:
    data, ruin = data_of(busy), tmp_path / "ruin"
    before = open_station()
    kinds, local = before.journalled_all(), local_rows(before)
    before.station.close()
    spoil(data / "journal.db", 0, 200)
    shutil.copytree(data, ruin)
    step, whole = 0, False
    while not whole:
        shutil.rmtree(data)
        shutil.copytree(ruin, data)
        server = OneServer()
        with killed_before(step):
            try:
                recover(data, server)
                whole = True
            except Killed:
                whole = False
        if not _starts(open_station):
            recover(data, server)
        again = open_station()
        assert (again.journalled_all(), local_rows(again)) == (kinds, local), step
        assert again.count(t.document) == 4
        again.station.close()
        step += 1
    assert step > 10


def _starts(open_station: Open) -> bool:
    try:
        open_station().station.close()
    except Exception as error:
        assert getattr(error, "code", None) is Code.JOURNAL_DAMAGED
        return False
    return True


def test_damage_while_the_station_runs_stops_it_before_anything_else_is_recorded(
    busy: Shop, open_station: Open, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the journal is damaged")
    running = open_station().sign_in("reem")
    kinds = running.journalled_all()
    running.station.store._journal.dispose()  # or the pages would come from its memory
    path = data_of(busy) / "journal.db"
    for page in range(1, path.stat().st_size // PAGE):
        spoil(path, page * PAGE, PAGE)
    assert refused(running.sell) is Code.JOURNAL_DAMAGED
    assert running.station.health.status().journal_damaged
    assert refused(running.sell) is Code.JOURNAL_DAMAGED
    assert refused(lambda: running.station.selling.park(running.cart())) is Code.JOURNAL_DAMAGED
    running.station.close()
    assert refused(open_station) is Code.JOURNAL_DAMAGED
    assert kinds


def test_a_row_that_is_no_text_stops_the_station(shop: Shop, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("the journal is damaged")
    with shop.station.store.local() as connection:
        connection.exec_driver_sql("UPDATE entry SET public = CAST(x'ff' AS TEXT)")
    assert refused(shop.journalled_all) is Code.JOURNAL_DAMAGED
    assert refused(shop.sell) is Code.JOURNAL_DAMAGED


def test_a_cache_that_breaks_while_it_is_read_is_made_anew_by_the_next_action(
    shop: Shop,
) -> None:
    shop.sell()
    store = shop.station.store
    path = data_of(shop) / "cache.db"
    store._cache.close()
    for page in range(1, path.stat().st_size // PAGE):
        spoil(path, page * PAGE, PAGE)
    with pytest.raises(sa.exc.DatabaseError):
        shop.count(t.document)
    assert shop.station.store._cache._broken
    shop.station.people.sign_in("salem", "1470")
    assert shop.count(t.document) == 1


def told_cases(again: Shop) -> list[CaseOpened]:
    """What the office is told when the station starts."""
    tell_office(again.station.store)
    with again.station.store.read_journal() as connection:
        found = [item.envelope.operation() for item in journal.kept_since(connection, 0)]
    return [each for each in found if isinstance(each, CaseOpened)]


def lose(data: Path, *names: str) -> None:
    for name in names:
        for path in data.glob(f"{name}*"):
            path.unlink()


def test_with_journal_and_cache_gone_nobody_says_that_nothing_is_missing(
    busy: Shop, open_station: Open
) -> None:
    lose(data_of(busy), "journal.db", "cache.db")
    told = recover(data_of(busy), OneServer(has=3))
    assert (told.read, told.sure, told.is_whole, told.unsent) == (0, False, False, -1)
    (case,) = told_cases(open_station())
    assert "How many is not known" in case.text


def test_an_old_copy_alone_does_not_tell_what_came_after_it(
    busy: Shop, open_station: Open, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    shutil.copy(data_of(busy) / "journal.db", backup)
    later = open_station().sign_in("reem")
    later.sell(GOODS)
    later.station.close()
    lose(data_of(busy), "journal.db", "cache.db")
    told = recover(data_of(busy), OneServer(), backup)
    assert told.read > 0
    assert not told.sure


def test_how_much_the_server_had_is_not_said_where_it_is_not_known(busy: Shop, open_station: Open) -> None:
    lose(data_of(busy), "journal.db")
    told = recover(data_of(busy), OneServer(has=3))
    assert (told.sure, told.unsent) == (True, -1)
    (case,) = told_cases(open_station())
    assert f"{told.missing} could not be read. How many never reached the server is not known" in case.text
    assert "POS1-000001" in case.text


def test_what_could_not_be_read_is_on_the_list_of_what_needs_attention_once(
    busy: Shop, open_station: Open
) -> None:
    path = data_of(busy) / "journal.db"
    spoil(path, (leaf_of_entries(path) - 1) * PAGE, PAGE)
    told = recover(data_of(busy), OneServer())
    again = open_station()
    tell_office(again.station.store)
    cases = told_cases(again)
    (case,) = cases
    assert f"{told.missing} could not be read" in case.text
