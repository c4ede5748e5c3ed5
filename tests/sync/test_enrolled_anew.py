"""A station that was shut out, or whose name was enrolled elsewhere, comes back with all that it had recorded."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.parts import Config, Station, Told
from domain.errors import Code, Refused
from ledger import tables as t
from server import admin
from server import tables as own
from tests.helpers.line import Open, on_server, settled
from tests.helpers.logs import ExpectedLogs
from tests.helpers.running import RunningServer
from tests.helpers.shop import WATER, Shop
from tests.helpers.waiting import wait_for

NUMBERS = sa.select(t.document.c.number).order_by(t.document.c.number)
AWAITED = sa.select(own.recovery.c.name)


def sold_without_the_server(server: RunningServer, opened: Open) -> Shop:
    """POS1, which has sent its first receipt and not its second; the server is up again."""
    desk = opened("POS1").sign_in("reem").open_shift()
    desk.sell((WATER,))
    wait_for(lambda: settled(desk))
    server.kill()
    wait_for(lambda: not desk.station.health.online())
    desk.sell((WATER,))
    return desk


def again(server: RunningServer, folder: Path, name: str = "POS1") -> Shop:
    """The program is started on the same folder with a new code."""
    station = Station(Config(folder, server.url, server.code(name), keyring=False), server.clock, Told())
    station.start()
    return Shop(station)


def test_a_fenced_station_brings_what_it_had_not_sent(
    server: RunningServer, opened: Open, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("station_fenced", logger="app.sync")
    desk = sold_without_the_server(server, opened)
    assert admin.fence("POS1", server.settings, server.clock) == 0
    server.start()
    wait_for(lambda: desk.station.sync.line.refused == Code.STATION_FENCED.value)
    desk.station.close()

    back = again(server, tmp_path / "POS1").sign_in("reem")
    wait_for(lambda: settled(back) and back.station.health.online(), seconds=20)
    assert on_server(server, NUMBERS) == ["POS1-000001", "POS1-000002"]
    back.sell((WATER,))
    wait_for(lambda: settled(back))
    assert on_server(server, NUMBERS)[-1] == "POS1B-000001"
    back.station.close()


def test_a_name_that_was_enrolled_elsewhere_comes_back_with_all(
    server: RunningServer, opened: Open, tmp_path: Path
) -> None:
    sold_without_the_server(server, opened).station.close()
    server.start()
    other = again(server, tmp_path / "elsewhere").sign_in("salem")
    wait_for(other.station.health.online)
    other.station.close()

    back = again(server, tmp_path / "POS1")
    wait_for(lambda: settled(back) and back.station.health.online(), seconds=20)
    assert on_server(server, NUMBERS) == ["POS1-000001", "POS1-000002"]
    back.station.close()


def test_after_a_restore_a_new_pc_does_not_speak_for_the_records_of_the_old_one(
    server: RunningServer, opened: Open, tmp_path: Path
) -> None:
    """What the old PC sold is known only when its records have come, on whichever PC."""
    sold_without_the_server(server, opened).station.close()
    assert admin.restored(server.settings, server.clock) == 0
    server.start()
    config = Config(tmp_path / "elsewhere", server.url, server.code("POS1"), keyring=False)
    other = Station(config, server.clock, Told())
    other.sync.fetch_first()
    other.sync.once()
    assert on_server(server, AWAITED) == ["POS1"]
    other.close()

    back = again(server, tmp_path / "POS1")
    wait_for(lambda: on_server(server, AWAITED) == [], seconds=20)
    assert on_server(server, NUMBERS) == ["POS1-000001", "POS1-000002"]
    back.station.close()


def test_one_round_after_a_restore_is_enough_also_when_the_server_has_it_all(
    server: RunningServer, opened: Open, tmp_path: Path
) -> None:
    """What it has already moves nothing, so that no hint would call the station again."""
    sold_without_the_server(server, opened).station.close()
    server.start()
    desk = opened("POS1", start=False)
    desk.station.sync.once()
    server.kill()
    assert admin.restored(server.settings, server.clock) == 0
    server.start()
    desk.station.sync.once()
    assert on_server(server, AWAITED) == []


def test_a_used_code_and_no_answer_leave_an_enrolled_station_as_it_is(
    server: RunningServer, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("not enrolled anew", logger="app.enrolment")
    code = server.code("POS1")
    config = Config(tmp_path / "POS1", server.url, code, keyring=False)
    for start in range(4):
        if start == 2:  # long after the code has run out
            server.clock.set(server.clock.now() + timedelta(days=2))
        if start == 3:
            server.kill()
        station = Station(config, server.clock, Told())
        assert station.store.identity is not None and station.store.identity.incarnation == 1
        station.close()


def test_the_code_of_another_station_changes_nothing_here(
    server: RunningServer, opened: Open, tmp_path: Path
) -> None:
    opened("POS1").station.close()
    before = (tmp_path / "POS1" / "secrets.json").read_bytes()
    with pytest.raises(Refused) as refused:
        again(server, tmp_path / "POS1", "POS2")
    assert refused.value.code is Code.ENROLMENT_WRONG
    assert (tmp_path / "POS1" / "secrets.json").read_bytes() == before
    back = opened("POS1")
    wait_for(back.station.health.online)


def test_with_a_new_certificate_a_station_is_enrolled_anew_on_its_folder(
    server: RunningServer, opened: Open, tmp_path: Path
) -> None:
    sold_without_the_server(server, opened).station.close()
    for name in ("server.crt", "server.key"):
        (server.folder / name).unlink()
    server.start()
    back = again(server, tmp_path / "POS1")
    wait_for(lambda: settled(back) and back.station.health.online(), seconds=20)
    assert on_server(server, NUMBERS) == ["POS1-000001", "POS1-000002"]
    back.station.close()
