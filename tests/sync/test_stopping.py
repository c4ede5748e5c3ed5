"""A server that is asked to stop ends what it has begun, and leaves nothing behind that was to be forgotten."""

from __future__ import annotations

import os
import signal
import sys
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.demo.launcher import Part
from app.shown_guests import GuestForm
from ledger import tables as t
from tests.helpers.core import Core
from tests.helpers.line import Open, on_server
from tests.helpers.mailing import mail, server
from tests.helpers.messages import post
from tests.helpers.peers import MailPeer
from tests.helpers.running import RunningServer
from tests.helpers.shop import Shop
from tests.helpers.waiting import wait_for
from tests.sync.test_guests import SARA, has_bytes, promote

__all__ = ["mail", "server"]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="there a program is ended otherwise")
NORA = GuestForm("Nora Harbi", "0557654321", "nora@example.com")


def stopping(server: RunningServer, times: int = 1) -> bool:
    """It answers nobody any more, for the so many-th time, and waits."""
    return server.log.read_text(encoding="utf-8").count("stopping: waits") == times


def asked_for_code(desk: Shop, guest: str, mail: MailPeer) -> None:
    """By mail; the mail server has it and does not answer yet."""
    mail.held, before = threading.Event(), mail.waiting
    desk.station.guests.send_code(guest, "mail")
    wait_for(lambda: mail.waiting > before)


def answer(mail: MailPeer) -> None:
    assert mail.held is not None
    mail.held.set()


def test_what_is_on_its_way_is_ended_and_the_databases_log_is_gone(
    server: RunningServer, opened: Open, mail: MailPeer
) -> None:
    promote(server)
    desk = opened("POS1").sign_in("huda")
    guests = desk.station.guests
    sara, nora = guests.register(SARA), guests.register(NORA)
    wait_for(lambda: desk.station.store.waiting() == 0)
    guests.erase(sara, "wish")
    asked_for_code(desk, nora, mail)
    server.ask_to_stop(signal.SIGTERM)
    wait_for(lambda: stopping(server))
    assert mail.got == []
    answer(mail)
    assert server.ended() == 0
    assert [path.name for path in server.folder.glob("venue.db*")] == ["venue.db"]
    assert has_bytes(server.folder) == []
    server.clock.set(server.clock.now() + timedelta(minutes=6))  # when what was cut off is taken up again
    server.start()
    wait_for(desk.station.health.online)
    asked_for_code(desk, nora, mail)
    server.ask_to_stop(signal.SIGINT)
    wait_for(lambda: stopping(server, times=2))
    answer(mail)
    assert server.ended() == 0
    assert [path.name for path in server.folder.glob("venue.db*")] == ["venue.db"]
    assert len(mail.got) == len(set(mail.ids())) == 2
    assert set(on_server(server, sa.select(t.message.c.state))) == {"sent"}


def test_asked_once_more_it_waits_for_nothing(server: RunningServer, opened: Open, mail: MailPeer) -> None:
    desk = opened("POS1").sign_in("huda")
    asked_for_code(desk, desk.station.guests.register(NORA), mail)
    server.ask_to_stop()
    wait_for(lambda: stopping(server))
    server.ask_to_stop()
    assert server.ended(seconds=2) == -signal.SIGTERM


def test_the_sample_venue_that_is_closed_waits_for_its_server(server: RunningServer, mail: MailPeer) -> None:
    server.kill()
    given = ["--data", str(server.folder), "--clock-file", str(server.folder / "clock"), "--end-with-parent"]
    part = Part([sys.executable, "-m", "server", *given], server.folder / "port", server.log)
    part.start()
    mail.held = threading.Event()
    core = Core(server.database, server.folder)
    core.clock.moment = server.clock.now()
    post(core)
    core.close()
    wait_for(lambda: mail.waiting)
    assert part._process is not None
    part._process.send_signal(signal.SIGINT)  # as Ctrl+C does to all that a terminal runs
    wait_for(lambda: stopping(server))
    slow = threading.Timer(0.3, mail.held.set)
    slow.start()
    part.end()
    slow.join()
    assert [path.name for path in server.folder.glob("venue.db*")] == ["venue.db"]
    assert len(mail.got) == 1
    assert on_server(server, sa.select(t.message.c.state)) == ["sent"]
