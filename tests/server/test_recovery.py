"""An older copy of the database that took the server's place: seen by whoever knows more, once; then nothing scarce is
granted until every station has sent all it has, or a supervisor waives it."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.errors import Code, Refused
from domain.operation import RecordSaved
from ledger import feed
from ledger import tables as t
from ledger.case_carried import read_facts
from ledger.clock import to_ms
from ledger.cursor import parse_cursor
from ledger.read_cases import open_cases
from ledger.wire import PROTOCOL, RequestAsk, RequestReply
from server import admin, pulling, recovery
from server import tables as own
from server.database import Database
from server.pulling import Pulled, Told
from server.requests import Door
from server.settings import Settings
from tests.helpers.core import Core, FakeStation, an_admission
from tests.helpers.logs import ExpectedLogs


def pulled(
    core: Core,
    pos: FakeStation,
    after: str = "",
    *,
    epoch: str = "",
    had: int = 0,
    last: int = -1,
    been: str = "",
) -> Pulled:
    told = Told(after, parse_cursor(after), pos.stream, epoch or pos.epoch, had, last, been=been)
    return core.database.look(lambda c: pulling.pulled(c, pos.station, "global,day:2026-11-26", told))


def is_heard(core: Core, pos: FakeStation, *, last: int = -1, epoch: str = "", been: str = "") -> bool:
    """Whether nothing of the station is missing any more once it has told that."""
    found = pulled(core, pos, last=last, epoch=epoch, been=been).been
    station_id = pos.station.station_id
    return found is not None and core.database.look(lambda c: recovery.hears(c, station_id, found)[1])


def next_of(core: Core, pos: FakeStation) -> str:
    text = pulled(core, pos).body["next"]
    assert isinstance(text, str)
    return text


def begin(core: Core, instead_of: str = "") -> bool:
    return core.database.transact(lambda c: recovery.begin(c, to_ms(core.clock.now()), instead_of))


def awaited(core: Core) -> tuple[str, ...]:
    return core.database.look(recovery.awaited)


def heard(core: Core, pos: FakeStation) -> None:
    core.database.transact(lambda c: recovery.heard(c, pos.station.station_id, 1))


def learn(core: Core, pos: FakeStation, page: Pulled) -> None:
    core.database.transact(lambda c: pulling.learn(c, pos.station, page, core.clock))


def test_numbers_that_the_copy_may_have_forgotten_are_not_given_again(core: Core) -> None:
    """Between the copy and the restore a station may have become POS1B, and have printed receipts as that."""
    core.enrol("POS1")
    begin(core)
    pos = core.enrol("POS1")
    assert pos.station.incarnation > 2
    heard(core, pos)
    assert core.enrol("POS1").station.incarnation == pos.station.incarnation + 1


# the server that knows less ------------------------------------------------------------------------------------------


def test_a_cursor_beyond_the_head_tells_of_an_older_copy(core: Core) -> None:
    pos = core.enrol("POS1")
    pos.say(an_admission("t", admission="a"))
    cursor = parse_cursor(next_of(core, pos))
    assert not pulled(core, pos, cursor.text()).is_older
    assert pulled(core, pos, replace(cursor, seq=cursor.seq + 1).text()).is_older


def test_a_place_that_was_passed_another_way_tells_of_an_older_copy(core: Core) -> None:
    """The restored server has long gone on: its head is beyond the cursor, but what it did there was something else."""
    pos = core.enrol("POS1")
    pos.say(an_admission("t", admission="a"))
    cursor = parse_cursor(next_of(core, pos))
    pos.say(an_admission("t", admission="b"))
    other = replace(cursor, mark=cursor.mark + 2)
    assert not pulled(core, pos, cursor.text()).is_older
    assert pulled(core, pos, other.text()).is_older


def test_a_position_that_is_behind_what_was_said_tells_of_an_older_copy(core: Core) -> None:
    pos = core.enrol("POS1")
    pos.say(an_admission("t", admission="a"))
    assert not pulled(core, pos, had=1).is_older
    assert pulled(core, pos, had=2).is_older
    other = core.enrol("POS2")
    assert not pulled(core, replace(other, stream=pos.stream), had=2).is_older


def test_nothing_of_an_epoch_that_was_had_tells_anything(core: Core) -> None:
    pos = core.enrol("POS1")
    beyond = replace(parse_cursor(next_of(core, pos)), seq=1 << 40)
    begin(core)
    heard(core, pos)
    now = core.database.look(feed.read_head).epoch
    foreign = pulled(core, pos, beyond.text(), epoch=pos.epoch, had=9)
    assert not foreign.is_older
    assert (foreign.body["epoch"], foreign.body["complete"], foreign.body["tables"]) == (now, False, {})
    for none in (f"{1 << 40}.3.x", replace(beyond, epoch="another").text()):
        assert not pulled(core, pos, none).is_older


def test_an_epoch_that_this_database_never_had_tells_of_an_older_copy(core: Core) -> None:
    """The same copy was put back twice: between, there was an epoch of which it knows nothing."""
    pos = core.enrol("POS1")
    never = "f" * len(pos.epoch)
    elsewhere = replace(parse_cursor(next_of(core, pos)), epoch=never).text()
    assert pulled(core, pos, elsewhere, epoch=never).is_older
    assert pulled(core, pos, epoch=never).is_older  # the cache is lost, the journal tells


def test_who_is_awaited_may_come_from_an_epoch_that_the_copy_does_not_know(core: Core) -> None:
    """Somebody said that a copy was put back. Once met, the epoch tells nothing about whoever comes later either."""
    pos, other = core.enrol("POS1"), core.enrol("POS2")
    never = "f" * len(pos.epoch)
    begin(core)
    page = pulled(core, pos, epoch=never)
    assert (page.is_older, page.unknown_epoch) == (False, never)
    learn(core, pos, page)
    heard(core, other)
    assert not pulled(core, other, epoch=never).is_older


def test_many_stations_begin_one_new_epoch(core: Core) -> None:
    pos = core.enrol("POS1")
    before = core.database.look(feed.read_head).epoch
    begun: list[bool] = []
    threads = [threading.Thread(target=lambda: begun.append(begin(core, before))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(begun) == [False, False, False, True]
    assert core.database.look(feed.read_head).epoch != before
    assert awaited(core) == (pos.station.name,)


def test_the_station_that_brought_an_older_copy_to_light_is_on_the_list(
    core: Core, expected_logs: ExpectedLogs
) -> None:
    """Were it at fault, somebody must see who stops the venue; where a person said that a copy was put back, nobody."""
    expected_logs.expect("an older copy was put back")
    pos, other = core.enrol("POS1"), core.enrol("LK1")
    begin(core)
    before = core.database.look(feed.read_head).epoch
    for station in (pos, other):
        learn(core, station, Pulled(station.station, before, {}, is_older=True))
    [case] = [case for case in core.database.look(open_cases) if case.kind == "older_copy"]
    assert dict(read_facts(case.facts))["station"] == pos.station.station_id
    after = core.database.look(feed.read_head).epoch
    learn(core, other, Pulled(other.station, after, {}, is_older=True))
    assert [case.kind for case in core.database.look(open_cases)].count("older_copy") == 2


def test_a_database_of_before_there_were_marks_gets_them(core: Core) -> None:
    pos = core.enrol("POS1")
    core.database.transact(lambda c: c.execute(sa.text("ALTER TABLE feed_change DROP COLUMN mark")))
    core.close()
    core.database = Database(core.url, core.clock)
    assert parse_cursor(next_of(core, pos)).mark == 0
    pos.say(an_admission("t", admission="a"))
    assert parse_cursor(next_of(core, pos)).mark > 0


# who is awaited ------------------------------------------------------------------------------------------------------


def test_after_a_restore_every_station_is_awaited_until_it_has_sent_all(core: Core) -> None:
    one, two = core.enrol("POS1"), core.enrol("LK1")
    assert awaited(core) == ()
    core.database.look(recovery.refuse_scarce)
    assert begin(core)
    one.epoch = two.epoch = core.database.look(feed.read_head).epoch
    assert awaited(core) == ("LK1", "POS1")
    cases = {(case.kind, case.subject) for case in core.database.look(open_cases)}
    assert cases == {("recovering", "station:pos1"), ("recovering", "station:lk1")}
    one.say(an_admission("t", admission="a"))
    assert not is_heard(core, one, last=2)
    assert not is_heard(core, one, last=1, epoch="another")
    assert not is_heard(core, one)
    assert is_heard(core, one, last=1)
    heard(core, one)
    assert not is_heard(core, one, last=1)
    assert awaited(core) == ("LK1",)
    with pytest.raises(Refused) as refused:
        core.database.look(recovery.refuse_scarce)
    assert (refused.value.code, refused.value.facts) == (Code.RECOVERING, {"stations": "LK1"})
    heard(core, two)
    assert awaited(core) == () and core.database.look(open_cases) == []


def enrolled_again(core: Core, name: str) -> FakeStation:
    """The name is given out anew, in the present epoch."""
    station = core.enrol(name)
    station.epoch = core.database.look(feed.read_head).epoch
    return station


def test_an_enrolment_does_not_answer_for_the_records_of_an_earlier_one(core: Core) -> None:
    """The PC died and another took its name: its empty journal is whole, and tells nothing of what was sold."""
    core.enrol("POS1")
    begin(core)
    new = enrolled_again(core, "POS1")
    number = new.station.incarnation
    for been in ("", f"{number}-{number}"):  # a program that does not tell; its own records
        assert not is_heard(core, new, last=0, been=been)
    assert is_heard(core, new, last=0, been=f"1-1,{number}-{number}")  # the old journal came back with it


def test_records_from_before_what_the_copy_knew_answer_too(core: Core) -> None:
    """It went on as the next one on its own folder, before the copy was made."""
    core.enrol("POS1")
    assert core.enrol("POS1").station.incarnation == 2
    begin(core)
    again = enrolled_again(core, "POS1")
    assert is_heard(core, again, last=0, been="1-2") and is_heard(core, again, last=0, been="2-2")


def test_a_second_restore_still_waits_for_the_records_that_the_first_one_missed(core: Core) -> None:
    core.enrol("POS1")
    begin(core)
    between = enrolled_again(core, "POS1").station.incarnation
    begin(core)
    new = enrolled_again(core, "POS1")
    assert not is_heard(core, new, last=0, been=f"{between}-{between}")
    assert is_heard(core, new, last=0, been=f"1-1,{between}-{between},1>{between}")


def test_once_heard_or_waived_a_new_pc_is_awaited_for_its_own_records(core: Core) -> None:
    pos = core.enrol("POS1")
    begin(core)
    heard(core, pos)
    new = enrolled_again(core, "POS1")
    begin(core)
    new.epoch = core.database.look(feed.read_head).epoch
    assert is_heard(core, new, last=0)


def test_a_wait_of_an_earlier_version_ends_as_it_did_there(core: Core) -> None:
    """Which enrolment it was for was not noted then."""
    core.enrol("POS1")
    begin(core)
    core.database.transact(lambda c: c.execute(sa.text("ALTER TABLE recovery DROP COLUMN incarnation")))
    core.close()
    core.database = Database(core.url, core.clock)
    new = enrolled_again(core, "POS1")
    assert is_heard(core, new, last=0)
    begin(core)
    assert awaited(core) == ("POS1",)


def test_only_a_named_person_ends_the_wait_for_one_that_is_shut_out(
    core: Core, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A stolen PC sends nothing any more; what it sold is missing all the same."""
    settings = Settings(tmp_path, core.url)
    core.enrol("POS1")
    begin(core)
    assert admin.fence("POS1", settings, core.clock) == 0
    assert awaited(core) == ("POS1",)
    assert "still awaited" in capsys.readouterr().out
    for nobody in ("reem", "SRV", "", "nobody"):
        assert admin.waive("POS1", nobody, settings, core.clock) == 1
    assert admin.waive("POS1", "huda", settings, core.clock) == 0
    assert awaited(core) == ()
    assert admin.waive("POS1", "huda", settings, core.clock) == 1
    (closed,) = core.database.look(lambda c: c.execute(sa.select(t.case_item.c.closed_by)).scalars().all())
    assert closed == "huda"


def ask(core: Core, pos: FakeStation, staff: str, body: str, number: int) -> RequestReply:
    request = f"01a2169e-0000-7000-8000-{number:012d}"
    epoch = core.database.look(feed.read_head).epoch
    wanted = RequestAsk(PROTOCOL, epoch, request, "RecoveryWaived", staff, pos.stream, 0, body)
    door = Door(core.clock, core.database.ids, core.secrets.pepper)
    return core.ask(door, pos.station, wanted)


def test_a_supervisor_waives_a_station_by_its_name(core: Core) -> None:
    pos = core.enrol("POS1")
    core.enrol("LK1")
    begin(core)
    assert ask(core, pos, "reem", '{"station": "LK1"}', 1).code == "not_allowed"
    assert ask(core, pos, "huda", '{"station": "LK9"}', 2).code == "record_invalid"
    assert ask(core, pos, "huda", '{"station": 7}', 3).code == "record_invalid"
    assert ask(core, pos, "huda", '{"station": "LK1"}', 4).state == "granted"
    assert awaited(core) == ("POS1",)
    rows = core.database.look(lambda c: c.execute(sa.select(t.case_item)).all())
    assert {row.subject: row.closed_by for row in rows} == {"station:lk1": "huda", "station:pos1": ""}
    assert all(row.seq > 0 for row in rows)
    noted = core.database.look(
        lambda c: c.execute(sa.select(own.inbox).where(own.inbox.c.staff_id == "huda")).one()
    )
    assert (noted.kind, noted.station_id) == (RecordSaved.__name__, "SRV")
    assert "LK1" in noted.public


def test_a_second_restore_awaits_everyone_again(core: Core) -> None:
    pos = core.enrol("POS1")
    begin(core)
    heard(core, pos)
    begin(core)
    assert awaited(core) == ("POS1",)
    assert len(core.database.look(open_cases)) == 1
