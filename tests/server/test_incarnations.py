"""No station is ever the same incarnation twice, and none that was let in is forgotten, whatever older copy of the
database is put back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.operation import StationEnrolled
from ledger import feed
from ledger.clock import to_ms
from ledger.cursor import parse_cursor
from ledger.wire import Enrolled
from server import access, pulling, recovery, tokens
from server import tables as own
from server.pulling import Pulled, Told
from server.setup import SetUp
from tests.helpers.core import Core, FakeStation
from tests.helpers.logs import ExpectedLogs
from tests.server.test_trouble import Line

OLDER = "an older copy was put back"


@pytest.fixture
def line(core: Core, tmp_path: Path) -> Iterator[Line]:
    made = Line(core, tmp_path)
    yield made
    made.app.state.parts.database.close()


def enrolled(core: Core, present: int = 0) -> Enrolled:
    """POS1 comes with a new code; its folder says what it was."""

    def work(connection: sa.Connection) -> tuple[Enrolled, StationEnrolled]:
        code = access.make_code(connection, "POS1", "f" * 64, core.clock)
        return access.enrol(connection, code, core.secrets, to_ms(core.clock.now()), present)

    return core.database.transact(work)[0]


def pulled(core: Core, pos: FakeStation, incarnation: int, oldest: int = 1) -> Pulled:
    told = Told("", parse_cursor(""), pos.stream, pos.epoch, 0, 0, oldest=oldest, incarnation=incarnation)
    return core.database.look(lambda c: pulling.pulled(c, pos.station, "global", told))


def begin(core: Core) -> None:
    core.database.transact(lambda c: recovery.begin(c, to_ms(core.clock.now())))


def awaited(core: Core) -> tuple[str, ...]:
    return core.database.look(recovery.awaited)


def test_a_station_that_is_more_than_it_was_ever_made_tells_of_an_older_copy(
    core: Core, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(OLDER)
    pos = core.enrol("POS1")
    assert not pulled(core, pos, 0).is_older  # an earlier version does not tell
    assert not pulled(core, pos, 1).is_older
    page = pulled(core, pos, 3)
    assert (page.is_older, page.unknown_incarnation) == (True, 3)
    core.database.transact(lambda c: pulling.learn(c, pos.station, page, core.clock))
    assert awaited(core) == ("POS1",)
    assert core.database.look(lambda c: access.recognise(c, pos.token)).incarnation == 3


def test_what_a_station_says_it_is_is_passed_over(core: Core) -> None:
    """It comes before anything was fetched from an older copy that nobody spoke of."""
    pos = core.enrol("POS1")
    assert core.database.transact(lambda c: access.next_incarnation(c, pos.station, 5)).incarnation == 6
    assert enrolled(core, present=9).incarnation == 10
    assert enrolled(core).incarnation == 11
    for nonsense in (-7, 1 << 40):
        before = enrolled(core).incarnation
        assert enrolled(core, present=nonsense).incarnation == before + 1


@pytest.mark.parametrize("is_heard", [True, False])
def test_the_first_number_after_a_restore_is_far_from_all_that_were_forgotten(
    core: Core, is_heard: bool
) -> None:
    """Nobody knows on how many PCs it was enrolled meanwhile: not who does not wait for it, nor the one that it is."""
    pos = core.enrol("POS1")
    begin(core)
    now = to_ms(core.clock.now())
    if is_heard:
        core.database.transact(lambda c: recovery.heard(c, pos.station.station_id, now))
    else:
        core.database.transact(
            lambda c: recovery.waive(c, "POS1", SetUp(c, core.clock, core.database.ids), "huda", now)
        )
    first = enrolled(core).incarnation
    assert first > 8
    assert enrolled(core).incarnation == first + 1
    begin(core)
    assert enrolled(core).incarnation > first + 8


def test_records_of_an_incarnation_that_nobody_has_are_waited_for(core: Core) -> None:
    """The station went on as another one, and its journal begins with that."""
    pos = core.enrol("POS1")
    begin(core)
    pos.epoch = core.database.look(feed.read_head).epoch
    assert not pulled(core, pos, 2, oldest=2).is_heard
    assert pulled(core, pos, 2, oldest=1).is_heard


def forget(core: Core) -> None:
    """As in a copy that was made before POS1 was first enrolled."""
    core.database.transact(lambda c: c.execute(sa.delete(own.station)))


def test_a_station_that_the_copy_does_not_know_is_waited_for_as_soon_as_it_asks(line: Line) -> None:
    forget(line.core)
    for _ in range(2):
        assert line.get("/v1/sync/pull?buckets=global").status_code == 401
        assert awaited(line.core) == ("POS1",)
    again = line.core.enrol("POS1")
    assert again.station.incarnation > 2
    assert awaited(line.core) == ("POS1",)
    again.epoch = line.core.database.look(feed.read_head).epoch
    assert not pulled(line.core, again, again.station.incarnation, oldest=again.station.incarnation).is_heard
    assert pulled(line.core, again, again.station.incarnation, oldest=1).is_heard


@pytest.mark.parametrize("path", ["/v1/sync/push", "/v1/incarnation", "/v1/requests/LeaseAsked"])
def test_it_is_waited_for_whatever_it_asks(line: Line, path: str) -> None:
    forget(line.core)
    assert line.post(path, "{}").status_code == 401
    assert awaited(line.core) == ("POS1",)


def test_who_took_the_name_since_does_not_wait_for_its_forerunner(line: Line) -> None:
    """The seal is good, and the station that it was made for has a newer one."""
    enrolled(line.core)
    assert line.get("/v1/sync/pull?buckets=global").status_code == 401
    assert awaited(line.core) == ()


def test_a_stranger_changes_nothing(line: Line) -> None:
    mine = line.token
    forget(line.core)
    text, _, seal = mine.partition(".")
    turned = "0" if seal[-1] != "0" else "1"
    for foreign in (
        "",
        ".",
        "x",
        text,
        f"{text}.",
        f"{text}.{seal[:-1]}{turned}",
        f"{text[:-2]}.{seal}",
    ):
        line.token = foreign
        assert line.get("/v1/sync/pull?buckets=global").status_code == 401
    assert awaited(line.core) == ()


def test_another_venue_s_seal_is_no_seal(core: Core) -> None:
    token = core.enrol("POS1").token
    assert core.database.look(lambda c: tokens.made_for(c, token)) == ("pos1", 1)
    assert core.database.look(lambda c: tokens.made_for(c, "é.é")) is None
    core.database.transact(lambda c: c.execute(sa.update(own.setting).values(value="0" * 64)))
    assert core.database.look(lambda c: tokens.made_for(c, token)) is None
