"""The requests' door: decided once, settled once, refused with a reason."""

import json
import threading

import pytest
import sqlalchemy as sa

from domain.errors import Code, Refused
from ledger import tables as t
from ledger.read_setup import session
from ledger.wire import PROTOCOL, RequestAsk, RequestReply
from server.requests import Door
from tests.helpers.core import Core, FakeStation, a_booking

ID = "01a2169e-0000-7000-8000-000000000001"


class Asker:
    """A station at the door."""

    def __init__(self, core: Core, name: str = "POS1") -> None:
        self.core = core
        self.station: FakeStation = core.enrol(name)
        self.door = Door(core.clock, core.database.ids, core.secrets.pepper)

    def ask(
        self,
        capacity: int = 350,
        *,
        request: str = ID,
        staff: str = "huda",
        seen: int = 300,
        after_n: int = 0,
        kind: str = "SessionCapacity",
    ) -> RequestReply:
        body = json.dumps({"session": self.core.session, "seen": seen, "capacity": capacity})
        wanted = RequestAsk(
            PROTOCOL, self.station.epoch, request, kind, staff, self.station.stream, after_n, body
        )
        return self.core.ask(self.door, self.station.station, wanted)

    def settle(self, request: str = ID) -> RequestReply:
        return self.core.database.transact(lambda c: self.door.settle(c, self.station.station, request))

    def capacity(self) -> int:
        found = self.core.database.look(lambda c: session(c, self.core.session))
        return found.capacity if found else -1


@pytest.fixture
def asker(core: Core) -> Asker:
    return Asker(core)


def test_a_granted_request_answers_the_same_again_and_acts_once(asker: Asker) -> None:
    assert asker.ask(350).state == "granted"
    assert asker.ask(350).state == "granted"
    assert asker.settle().state == "granted"
    assert asker.capacity() == 350


def test_an_id_that_comes_again_with_something_else_is_refused_and_changes_nothing(asker: Asker) -> None:
    asker.ask(350)
    for changes in ({"capacity": 999}, {"kind": "Mystery"}):
        with pytest.raises(Refused) as refused:
            asker.ask(**changes)  # type: ignore[arg-type]
        assert refused.value.code is Code.OPERATION_INVALID
    assert (asker.ask(350).state, asker.capacity()) == ("granted", 350)


def test_another_stations_request_is_as_unknown_and_stays_as_it_is(asker: Asker) -> None:
    asker.ask(350)
    other = Asker(asker.core, "POS2")
    assert other.settle().state == "cancelled"
    with pytest.raises(Refused) as refused:
        other.ask(350)
    assert refused.value.code is Code.REQUEST_UNKNOWN
    assert (asker.settle().state, asker.capacity()) == ("granted", 350)


def test_nobody_cancels_what_another_station_will_ask(asker: Asker) -> None:
    assert Asker(asker.core, "POS2").settle().state == "cancelled"
    assert asker.ask(350).state == "granted"
    with asker.core.database.engine.connect() as connection:
        result = connection.execute(sa.select(t.result.c.answer, t.result.c.bucket)).one()
    assert tuple(result) == ("granted", "station:pos1")


def test_settling_an_unknown_request_blocks_the_late_original(asker: Asker) -> None:
    assert asker.settle().state == "cancelled"
    assert asker.ask(350).state == "cancelled"
    assert asker.capacity() == 300


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"staff": "reem"}, "not_allowed"),
        ({"staff": "nobody"}, "staff_unproven"),
        ({"seen": 299}, "revision_stale"),
        ({"capacity": -1}, "record_invalid"),
        ({"kind": "Mystery"}, "request_unknown"),
    ],
)
def test_a_refusal_has_a_code_and_changes_nothing(asker: Asker, changes: dict[str, str], code: str) -> None:
    reply = asker.ask(**changes)  # type: ignore[arg-type]
    assert (reply.state, reply.code, asker.capacity()) == ("refused", code, 300)


def test_a_request_waits_for_the_operations_it_stands_on(asker: Asker) -> None:
    assert asker.ask(after_n=1).state == "later"
    asker.station.say(a_booking(asker.core))
    assert asker.ask(after_n=1).state == "granted"


def test_two_who_saw_the_same_do_not_both_win(asker: Asker) -> None:
    start, states = threading.Barrier(8), []

    def go(number: int) -> None:
        start.wait()
        states.append(asker.ask(400 + number, request=f"{ID[:-1]}{number}").state)

    threads = [threading.Thread(target=go, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (states.count("granted"), states.count("refused")) == (1, 7)
