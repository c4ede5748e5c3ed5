"""No station is ever the same incarnation twice, and none that was let in is forgotten, whatever older copy of the
database is put back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain import codec
from domain.errors import Code, Refused
from domain.operation import StationEnrolled
from ledger import feed
from ledger.clock import to_ms
from ledger.cursor import parse_cursor
from ledger.wire import PROTOCOL, EnrolAsk, Enrolled
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


def waive(core: Core) -> None:
    now = to_ms(core.clock.now())
    core.database.transact(
        lambda c: recovery.waive(c, "POS1", SetUp(c, core.clock, core.database.ids), "huda", now)
    )


@pytest.mark.parametrize("is_heard", [True, False])
def test_the_first_number_after_a_restore_is_far_from_all_that_were_forgotten(
    core: Core, is_heard: bool
) -> None:
    """Nobody knows on how many PCs it was enrolled meanwhile: not who does not wait for it, nor the one that it is."""
    pos = core.enrol("POS1")
    begin(core)
    if is_heard:
        now = to_ms(core.clock.now())
        core.database.transact(lambda c: recovery.heard(c, pos.station.station_id, now))
    else:
        waive(core)
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


def enrolled_by_line(line: Line) -> Enrolled:
    """A new PC comes with a new code, as one does."""
    code = line.core.database.transact(lambda c: access.make_code(c, "POS1", "f" * 64, line.core.clock))
    return codec.loads(Enrolled, line.post("/v1/enrol", codec.dumps(EnrolAsk(PROTOCOL, code))).text)


def test_a_new_pc_is_waited_for_when_nobody_knows_what_was_before_it(line: Line) -> None:
    """The copy was made before its forerunner came, which sold on paper and is gone. Its number is not given again."""
    forget(line.core)
    begin(line.core)
    assert awaited(line.core) == ()
    new = enrolled_by_line(line)
    assert new.incarnation > 8
    assert awaited(line.core) == ("POS1",)
    waive(line.core)
    assert awaited(line.core) == ()
    assert enrolled_by_line(line).incarnation == new.incarnation + 1
    assert awaited(line.core) == ()


def test_the_folder_of_a_station_that_the_copy_does_not_know_answers_for_itself(line: Line) -> None:
    forget(line.core)
    begin(line.core)
    new = enrolled_by_line(line)
    pos = line.core.enrol("POS1")
    pos.epoch = line.core.database.look(feed.read_head).epoch
    assert not pulled(line.core, pos, pos.station.incarnation, oldest=new.incarnation).is_heard
    assert pulled(line.core, pos, pos.station.incarnation, oldest=1).is_heard


def test_a_new_station_long_after_a_restore_waits_for_nobody(line: Line) -> None:
    forget(line.core)
    begin(line.core)
    line.core.clock.forward(days=31)
    enrolled_by_line(line)
    assert awaited(line.core) == ()


def test_a_station_that_the_copy_knows_as_shut_out_is_waited_for_when_it_asks(line: Line) -> None:
    """It was enrolled anew after the copy was made."""
    newer = enrolled(line.core)
    mine = own.station.c.station_id == "pos1"
    old = {"incarnation": 1, "fenced": 1, "token_hash": "of the copy"}
    line.core.database.transact(lambda c: c.execute(sa.update(own.station).where(mine).values(old)))
    begin(line.core)
    assert awaited(line.core) == ()
    line.token = newer.token
    assert line.get("/v1/sync/pull?buckets=global").status_code == 401
    assert awaited(line.core) == ("POS1",)
    with pytest.raises(Refused):
        line.core.database.look(recovery.refuse_scarce)


def test_an_old_pc_does_not_answer_for_the_one_that_took_its_place(line: Line) -> None:
    pos, newer = line.core.enrol("POS1"), enrolled(line.core)
    old = {"incarnation": pos.station.incarnation, "token_hash": tokens.hash_of(pos.token)}
    line.core.database.transact(lambda c: c.execute(sa.update(own.station).values(old)))
    begin(line.core)
    line.token = newer.token
    assert line.get("/v1/sync/pull?buckets=global").status_code == 401
    pos.epoch = line.core.database.look(feed.read_head).epoch
    assert not pulled(line.core, pos, pos.station.incarnation).is_heard
    assert awaited(line.core) == ("POS1",)


@pytest.mark.parametrize("how", ["waived", "shut out"])
def test_a_person_s_word_holds_while_the_station_goes_on_asking(line: Line, how: str) -> None:
    forget(line.core)
    assert line.get("/v1/sync/pull?buckets=global").status_code == 401
    if how == "waived":
        waive(line.core)
    else:
        assert line.core.database.transact(lambda c: recovery.shut_out(c, "POS1", 1))
    assert line.get("/v1/sync/pull?buckets=global").status_code == 401
    assert awaited(line.core) == ()
    begin(line.core)
    assert line.get("/v1/sync/pull?buckets=global").status_code == 401
    assert awaited(line.core) == ("POS1",)


def test_a_code_that_the_copy_holds_for_unused_is_void(core: Core) -> None:
    """It may have been used after the copy was made."""
    code = core.database.transact(lambda c: access.make_code(c, "POS1", "f" * 64, core.clock))
    begin(core)
    with pytest.raises(Refused) as refused:
        core.database.transact(lambda c: access.enrol(c, code, core.secrets, to_ms(core.clock.now())))
    assert refused.value.code is Code.ENROLMENT_WRONG


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
