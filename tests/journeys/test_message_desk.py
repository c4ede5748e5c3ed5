"""A message that did not arrive, at a real till with a real server and a mail server behind it, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.wiring import Joined
from tests.helpers.mailing import mail, server, unsent, verified
from tests.helpers.peers import MailPeer
from tests.helpers.running import RunningServer
from tests.helpers.shop import PINS, Shop
from tests.journeys.desk import frame_of, opened_desk, seen
from tests.journeys.test_booking_desk import down
from tests.sync.test_guests import SARA

__all__ = ["mail", "server"]


@pytest.fixture
def till(server: RunningServer, tmp_path: Path, qtbot: QtBot) -> Iterator[Joined]:
    """With whoever may send again."""
    with opened_desk(server, tmp_path, qtbot) as desk:
        yield desk


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_failed_is_counted_on_the_rail_read_about_and_sent_again(
    till: Joined, mail: MailPeer, qtbot: QtBot, language: str
) -> None:
    huda = till.station.people.sign_in("huda", PINS["huda"])
    till.window.enter(replace(huda, language=language))
    shop, texts = Shop(till.station), till.window._desk.texts
    sara = verified(shop, mail)
    unsent(shop, mail, sara)
    qtbot.waitUntil(lambda: "messages" in frame_of(till).places, timeout=20_000)
    frame = frame_of(till)  # pages are made anew with the first word of how the station is
    frame.show_place("messages")
    qtbot.waitUntil(lambda: seen(till, texts("messages.failed_n", n=1)), timeout=20_000)
    qtbot.waitUntil(lambda: seen(till, texts.message("kind.booking_received")), timeout=20_000)
    frame.page.keyPressEvent(down())
    qtbot.waitUntil(lambda: seen(till, texts.message("why.address_refused")), timeout=20_000)
    shop.station.guests.change(sara, replace(SARA, email="new@example.com"))
    frame.press("F9")
    qtbot.waitUntil(lambda: seen(till, texts("messages.none_failed")), timeout=20_000)
    qtbot.waitUntil(lambda: [str(each["To"]) for each in mail.got[1:]] == ["new@example.com"], timeout=20_000)
