"""What keeps a station from sending though the server answers: told by its name, and not as a no of the server's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from app import requests, server_api
from app.store import Store
from app.texts import Texts
from domain import codec
from domain.errors import Code, Refused, Unavailable
from ledger.wire import Problem, RequestReply
from tests.helpers.line import Open
from tests.helpers.logs import ExpectedLogs
from tests.helpers.shop import WATER, Shop, refused
from tests.helpers.waiting import wait_for


def fill(store: Store) -> Callable[[], None]:
    """The cache may take no page more, as on a full disk. Returns what makes room again."""
    with store.sync_cache() as connection:
        most = connection.exec_driver_sql("PRAGMA max_page_count").scalar_one()
        connection.exec_driver_sql("PRAGMA max_page_count = 1")

    def room() -> None:
        with store.sync_cache() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")

    return room


def at_work(opened: Open, name: str, who: str) -> Shop:
    return opened(name).sign_in(who).open_shift()


def test_a_full_disk_here_is_named_as_that_until_there_is_room(
    opened: Open, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("waits for this computer: disk_full")
    expected_logs.allow("the ballast is given up")
    expected_logs.allow(
        "the disk: enough"
    )  # a measuring that comes before the end sees the room of the real one
    desk, other = at_work(opened, "POS1", "reem"), at_work(opened, "POS2", "salem")
    room = fill(desk.station.store)
    wait_for(lambda: bool(other.sell((WATER,)) and desk.station.sync.line.here))
    status = desk.station.health.status()
    assert (status.stuck_here, status.refused_by_server) == ("disk_full", "")
    room()
    wait_for(desk.station.health.online)
    assert desk.station.health.status().stuck_here == ""


def test_damaged_records_here_are_named_as_that(opened: Open, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("the journal is damaged")
    expected_logs.expect("waits for this computer: journal_damaged")
    desk = at_work(opened, "POS1", "reem")
    with desk.station.store.local() as connection:
        connection.exec_driver_sql("UPDATE entry SET public = CAST(x'ff' AS TEXT)")
    assert refused(desk.journalled_all) is Code.JOURNAL_DAMAGED
    wait_for(lambda: desk.station.health.status().stuck_here == "journal_damaged")


def test_a_full_disk_at_the_server_is_not_taken_for_one_here() -> None:
    told = server_api._problem(codec.dumps(Problem(Code.DISK_FULL.value, ())))
    assert isinstance(told, Refused) and told.code is Code.SERVER_DISK_FULL


@pytest.mark.parametrize("code", [Code.CLIENT_VERSION, Code.STATION_FENCED])
def test_a_no_of_the_servers_stays_one(code: Code) -> None:
    for members in ({}, {"type": "urn:gatehouse:problem", "title": "Not allowed", "status": 403, "left": 3}):
        said = json.dumps({"code": code.value, "facts": [["left", "3"]], **members})
        told = server_api._problem(said)
        assert isinstance(told, server_api.Denied) and (told.code, told.facts) == (code, {"left": "3"})


@pytest.mark.parametrize("code", [Code.NOT_FOUND, Code.SERVER_FAULT, Code.SERVER_BUSY, Code.TOO_MANY])
def test_what_any_other_server_would_say_too_is_no_answer(code: Code) -> None:
    told = server_api._problem(json.dumps({"code": code.value, "facts": []}))
    assert isinstance(told, Unavailable)


@pytest.mark.parametrize("code", list(Code))
def test_nobody_at_a_counter_reads_what_is_meant_for_who_writes_requests(code: Code) -> None:
    """Whichever way the server says it: as the answer to a request, or instead of one."""
    asked = requests._refusal(RequestReply("id", "refused", code.value))
    instead = server_api._problem(codec.dumps(Problem(code.value, ())))
    for error in (asked, instead):
        said = Texts("en").trouble(error)
        assert not re.search(r"JSON|Idempotency|this address|methods|requests came|sign-in is over", said), (
            said
        )
    assert "server sent a record" not in Texts("en").trouble(asked), "what was asked is meant"
