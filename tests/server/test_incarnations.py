"""No station is ever the same incarnation twice, and none that was let in is forgotten, whatever older copy of the
database is put back."""

from __future__ import annotations

import base64
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
from ledger.read_cases import open_cases
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


def pulled(core: Core, pos: FakeStation, incarnation: int, *, been: str = "") -> Pulled:
    """All it has was sent; its journal answers for what it has `been`."""
    told = Told("", parse_cursor(""), pos.stream, pos.epoch, 0, 0, been=been, incarnation=incarnation)
    return core.database.look(lambda c: pulling.pulled(c, pos.station, "global", told))


def heard(core: Core, pos: FakeStation, been: str) -> bool:
    """Whether nothing is missing any more after this pull, which the server takes note of."""
    pos.epoch = core.database.look(feed.read_head).epoch
    page = pulled(core, pos, pos.station.incarnation, been=been)
    if page.been is not None:
        found, now = page.been, to_ms(core.clock.now())
        core.database.transact(lambda c: recovery.told(c, pos.station.station_id, found, now))
    return "POS1" not in awaited(core)


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
    assert not heard(core, pos, "2-2")
    assert heard(core, pos, "1-2")


def forget(core: Core, station_id: str = "pos1") -> None:
    """As in a copy that was made before the station was first enrolled."""
    known = own.station.c.station_id == station_id
    core.database.transact(lambda c: c.execute(sa.delete(own.station).where(known)))


def test_a_station_that_the_copy_does_not_know_is_waited_for_as_soon_as_it_asks(line: Line) -> None:
    forget(line.core)
    for _ in range(2):
        assert line.get("/v1/sync/pull?buckets=global").status_code == 401
        assert awaited(line.core) == ("POS1",)
    again = line.core.enrol("POS1")
    assert again.station.incarnation > 2
    assert awaited(line.core) == ("POS1",)
    new = again.station.incarnation
    assert not heard(line.core, again, f"{new}-{new}")
    assert heard(line.core, again, f"1-2,{new}-{new}")


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
    assert not heard(line.core, pos, f"{new.incarnation}-{new.incarnation + 1}")
    assert heard(line.core, pos, f"1-1,{new.incarnation}-{new.incarnation + 1}")


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
    assert not heard(line.core, pos, "1-1")


def test_a_person_s_word_holds_while_the_station_goes_on_asking(line: Line) -> None:
    forget(line.core)
    assert line.get("/v1/sync/pull?buckets=global").status_code == 401
    waive(line.core)
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


def test_a_token_of_an_earlier_version_says_no_epoch(line: Line) -> None:
    """It was sealed before tokens said theirs; its station is refused in words, and waited for after a restore."""
    database = line.core.database
    begin(line.core)

    def sealed(connection: sa.Connection) -> str:
        said = "secret 3 pos1"
        text = base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")
        return f"{text}.{tokens._seal(connection, said)}"

    line.token = database.look(sealed)
    assert database.look(lambda c: tokens.made_for(c, line.token)) == tokens.Made("pos1", 3, "")
    waive(line.core)
    answer = line.get("/v1/sync/pull?buckets=global")
    assert (answer.status_code, answer.json()["code"]) == (401, "station_unknown")
    assert awaited(line.core) == ("POS1",)


def test_the_id_of_a_station_may_be_more_than_one_word(core: Core) -> None:
    epoch = core.database.look(feed.read_head).epoch
    token = core.database.transact(lambda c: tokens.make(c, "till by the pool", 2, epoch))
    made = core.database.look(lambda c: tokens.made_for(c, token))
    assert made == tokens.Made("till by the pool", 2, epoch)


def test_another_venue_s_seal_is_no_seal(core: Core) -> None:
    pos = core.enrol("POS1")
    token, made = pos.token, tokens.Made("pos1", 1, pos.epoch)
    assert core.database.look(lambda c: tokens.made_for(c, token)) == made
    assert core.database.look(lambda c: tokens.made_for(c, "é.é")) is None
    core.database.transact(lambda c: c.execute(sa.update(own.setting).values(value="0" * 64)))
    assert core.database.look(lambda c: tokens.made_for(c, token)) is None


# more than one PC of a name since the copy was made -----------------------------------------------------------------


def older_copy(line: Line, *later: Enrolled) -> None:
    """The copy knows POS1 as it is, its second incarnation; who took its name `later` asks and is not known."""
    first = {"incarnation": 2, "token_hash": tokens.hash_of(line.token), "fenced": 0}
    line.core.database.transact(lambda c: c.execute(sa.update(own.station).values(first)))
    begin(line.core)
    mine = line.token
    for one in later:
        line.token = one.token
        assert line.get("/v1/sync/pull?buckets=global").status_code == 401
    line.token = mine


def on(core: Core, given: Enrolled) -> FakeStation:
    return FakeStation(core, access.Station(given.station_id, given.name, given.incarnation), given.token, "")


def text(given: Enrolled, *before: int) -> str:
    """What the folder that was given this number tells, which was those `before`."""
    parts = [f"{number}-{number}" for number in (*before, given.incarnation)]
    return ",".join([*parts, f"{given.after}>{given.incarnation}"] if given.after >= 0 else parts)


def test_a_pc_does_not_answer_for_what_its_forerunner_did_after_the_copy_was_made(line: Line) -> None:
    """The first one sold, was replaced, and the copy is from before that. It is brought back for its records."""
    second = enrolled(line.core)
    older_copy(line, second)
    here = enrolled(line.core, present=3)
    assert not heard(line.core, on(line.core, here), text(here, 3))
    back = enrolled(line.core, present=2)
    assert heard(line.core, on(line.core, back), text(back, 2))


def test_of_two_pcs_since_the_copy_neither_answers_for_the_other(line: Line) -> None:
    second, third = enrolled(line.core), enrolled(line.core)
    older_copy(line, second, third)
    first = FakeStation(line.core, access.Station("pos1", "POS1", 2), line.token, "")
    assert not heard(line.core, first, "2-2")
    here = enrolled(line.core, present=3)
    assert not heard(line.core, on(line.core, here), text(here, 3))
    last = enrolled(line.core, present=4)
    assert heard(line.core, on(line.core, last), text(last, 4))


def test_an_empty_pc_answers_for_nothing_whatever_its_number_leapt_over(line: Line) -> None:
    second = enrolled(line.core)
    older_copy(line, second)
    new = enrolled(line.core)
    assert new.after == 3
    assert not heard(line.core, on(line.core, new), text(new))
    begin(line.core)
    assert not heard(line.core, on(line.core, new), text(new))


def test_a_copy_that_is_put_back_twice_hears_a_station_whose_number_leapt(line: Line) -> None:
    older_copy(line)
    again = enrolled(line.core, present=2)
    assert heard(line.core, on(line.core, again), text(again, 2))
    older_copy(line, again)
    once_more = enrolled(line.core, present=again.incarnation)
    been = f"{text(again, 2)},{text(once_more)}"
    assert heard(line.core, on(line.core, once_more), been)


def test_what_was_heard_before_another_restore_must_be_sent_again(line: Line) -> None:
    second = enrolled(line.core)
    older_copy(line, second)
    here = enrolled(line.core, present=3)
    assert not heard(line.core, on(line.core, here), text(here, 3))
    older_copy(line, second)
    back = enrolled(line.core, present=2)
    assert not heard(line.core, on(line.core, back), text(back, 2))


def test_a_number_whose_answer_was_lost_is_not_waited_for(line: Line) -> None:
    """Nobody ever came as that."""
    assert line.get("/v1/sync/pull?buckets=global&incarnation=2").status_code == 200
    enrolled(line.core)  # the answer is lost, and another code is made
    again = enrolled(line.core, present=2)
    assert (again.incarnation, again.after) == (4, 2)
    older_copy(line, again)
    assert not heard(line.core, on(line.core, again), "4-4")
    assert heard(line.core, on(line.core, again), text(again, 2))


def test_a_leap_whose_answer_was_lost_proves_nothing_either(line: Line) -> None:
    begin(line.core)
    lost, new = enrolled(line.core), enrolled(line.core)
    assert (new.incarnation, new.after) == (lost.incarnation + 1, lost.after)
    assert not heard(line.core, on(line.core, new), text(new))


def comes(line: Line, given: Enrolled) -> None:
    """Somebody comes as what was given."""
    line.token = given.token
    query = f"buckets=global&incarnation={given.incarnation}"
    assert line.get(f"/v1/sync/pull?{query}").status_code == 200


def test_a_number_that_somebody_came_as_is_waited_for(line: Line) -> None:
    second = enrolled(line.core)
    comes(line, second)
    assert enrolled(line.core).after == second.incarnation


def test_a_stranger_whose_token_shows_an_older_copy_makes_all_be_waited_for(line: Line) -> None:
    """Nobody said that an older copy was put back; codes that it holds may have been used."""
    line.core.enrol("LK1")
    code = line.core.database.transact(lambda c: access.make_code(c, "POS2", "f" * 64, line.core.clock))
    forget(line.core, "pos1")
    assert line.get("/v1/sync/pull?buckets=global").status_code == 401
    assert awaited(line.core) == ("LK1", "POS1")
    assert "older_copy" in {row.kind for row in line.core.database.look(open_cases)}
    assert line.post("/v1/enrol", codec.dumps(EnrolAsk(PROTOCOL, code))).status_code == 401
    before = line.core.database.look(feed.read_head).epoch
    assert line.get("/v1/sync/pull?buckets=global").status_code == 401
    assert line.core.database.look(feed.read_head).epoch == before


def test_a_station_that_the_copy_does_not_list_is_waited_for_and_leaps_too(line: Line) -> None:
    """It was added to the venue's file after the copy was made."""
    database, now = line.core.database, to_ms(line.core.clock.now())
    past = database.look(feed.read_head).epoch
    begin(line.core)
    line.token = database.transact(lambda c: tokens.make(c, "pos9", 2, past))
    assert line.get("/v1/sync/pull?buckets=global").status_code == 401
    assert awaited(line.core) == ("POS1", "pos9")

    def given(connection: sa.Connection) -> tuple[int, int]:
        access.since_restore(connection, "kiosk", now)
        return access._next_incarnation(connection, "kiosk", 0)

    number, after = database.transact(given)
    assert number > 8 and after == -1


def test_the_thirty_days_and_what_was_heard_are_of_the_last_restore(line: Line) -> None:
    """An earlier one is long ago, and the station was heard then, and shut out since."""
    forget(line.core)
    begin(line.core)
    line.core.clock.forward(days=40)
    now = to_ms(line.core.clock.now())
    line.core.database.transact(lambda c: recovery.heard(c, "pos1", now))
    begin(line.core)
    assert awaited(line.core) == ()
    enrolled_by_line(line)
    assert awaited(line.core) == ("POS1",)


def test_one_that_is_not_waited_for_shows_nothing_new_when_it_comes_back(line: Line) -> None:
    """It went on as its next incarnation after the copy was made; all that it shows is what a person knew."""
    begin(line.core)
    waive(line.core)
    before = line.core.database.look(feed.read_head).epoch
    query = "buckets=global&incarnation=5&been=2-5&epoch=fedcba9876543210"
    assert line.get(f"/v1/sync/pull?{query}").status_code == 200
    assert line.core.database.look(feed.read_head).epoch == before
    assert awaited(line.core) == ()
    token = line.token
    assert line.core.database.look(lambda c: access.recognise(c, token)).incarnation == 5


def test_a_code_of_another_station_is_not_used_up(line: Line) -> None:
    """It was typed at the wrong PC; whoever works under that name goes on."""
    code = line.core.database.transact(lambda c: access.make_code(c, "POS1", "f" * 64, line.core.clock))
    wrong = line.post("/v1/enrol", codec.dumps(EnrolAsk(PROTOCOL, code, 1, "lk1")))
    assert (wrong.status_code, wrong.json()["code"]) == (401, "enrolment_wrong")
    assert line.get("/v1/sync/pull?buckets=global").status_code == 200
    assert line.post("/v1/enrol", codec.dumps(EnrolAsk(PROTOCOL, code, 1, "pos1"))).status_code == 200


def test_what_was_told_of_is_waited_for_when_the_command_is_given_twice(line: Line) -> None:
    second = enrolled(line.core)
    older_copy(line, second)
    begin(line.core)
    first = FakeStation(line.core, access.Station("pos1", "POS1", 2), line.token, "")
    assert not heard(line.core, first, "2-2")
    here = enrolled(line.core, present=3)
    assert heard(line.core, on(line.core, here), text(here, 3))


def test_words_that_say_no_incarnations_answer_for_none(core: Core) -> None:
    pos = core.enrol("POS1")
    begin(core)
    for nonsense in ("x", "1", "-1", "9-1", "1-1-1", "1>9", "٣-٣", "1-9999999999", ",", " 1-1"):
        assert not heard(core, pos, nonsense)
    assert heard(core, pos, "1-1")
