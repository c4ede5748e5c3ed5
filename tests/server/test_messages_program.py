"""The server as a program, and its administrator's command: mail and SMS as `messages.toml` says."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.clock import HandClock
from server import admin, web
from server.settings import Settings, write_private
from tests.helpers.core import MORNING, SAMPLE, Core
from tests.helpers.messages import post, shown, told
from tests.helpers.peers import free_port, http_peer, mail_peer
from tests.helpers.running import RunningServer
from tests.helpers.waiting import wait_for


def test_the_server_sends_what_is_queued_whoever_queued_it(tmp_path: Path) -> None:
    with mail_peer() as peer:
        told(tmp_path, peer.port)
        server = RunningServer(tmp_path).start()
        core = Core(server.database, tmp_path)
        core.clock.moment = server.clock.now()
        try:
            message_id = post(core)
            wait_for(lambda: shown(core).state == "sent")
        finally:
            core.close()
            server.kill()
    assert peer.ids() == [f"<{message_id}@coral.example>"]
    assert "sara@" not in server.log.read_text(encoding="utf-8")


def test_a_server_whose_file_is_wrong_says_so_and_does_not_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_private(tmp_path / "messages.toml", b'[mail]\nby = "pigeon"\n')
    assert web.main(["--data", str(tmp_path), "--port", "0"]) == web.FAILED
    assert "[mail] by = 'pigeon' is none of smtp, console" in capsys.readouterr().err


@pytest.fixture
def settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Settings:
    made = Settings(tmp_path, f"sqlite:///{tmp_path / 'venue.db'}")
    assert admin.import_file(SAMPLE, made, HandClock(MORNING)) == 0
    capsys.readouterr()
    return made


def test_an_administrator_tries_mail_and_sms(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    clock = HandClock(MORNING)
    assert admin.try_address("me@example.com", settings, clock) == 1
    assert "not set up" in capsys.readouterr().out
    with mail_peer() as mail, http_peer() as phones:
        told(settings.data, mail.port, phones.url)
        assert admin.try_address("me@example.com", settings, clock) == 0
        assert admin.try_address("+966551234567", settings, clock) == 0
        assert capsys.readouterr().out == "Sent.\nSent.\n"
        assert (len(mail.got), len(phones.got)) == (2, 2)
        assert admin.try_address("0551234567", settings, clock) == 1
    told(settings.data, free_port())
    capsys.readouterr()
    assert admin.try_address("me@example.com", settings, clock) == 1
    assert "does not answer" in capsys.readouterr().out


def test_an_administrator_who_tries_the_venues_own_words_is_told_what_is_wrong_with_them(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    own = settings.data / "messages"
    own.mkdir()
    (own / "booking_received.en.toml").write_text('subject = "{{ name }}"\nsms=""\ntext=""\nhtml=""\n')
    told(settings.data, free_port())
    assert admin.try_address("me@example.com", settings, HandClock(MORNING)) == 1
    assert "booking_received.en.toml: 'name' is undefined" in capsys.readouterr().err


def test_without_a_venue_nothing_is_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare = Settings(tmp_path, f"sqlite:///{tmp_path / 'venue.db'}")
    assert admin.try_address("me@example.com", bare, HandClock(MORNING)) == 1
    assert "no venue yet" in capsys.readouterr().err
