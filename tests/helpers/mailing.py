"""A venue whose server sends its mail to a mail server of this machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.shown_messages import MessageRow
from tests.helpers.messages import told
from tests.helpers.peers import MailPeer, mail_peer
from tests.helpers.running import RunningServer
from tests.helpers.shop import ADULT, Shop
from tests.helpers.waiting import wait_for
from tests.sync.test_guests import SARA


@pytest.fixture
def mail() -> Iterator[MailPeer]:
    with mail_peer() as peer:
        yield peer


@pytest.fixture
def server(tmp_path: Path, mail: MailPeer) -> Iterator[RunningServer]:
    folder = tmp_path / "server"
    folder.mkdir()
    told(folder, mail.port)
    running = RunningServer(folder).start()
    yield running
    running.kill()


def verified(shop: Shop, mail: MailPeer) -> str:
    """Sara, who read her code in her mail."""
    guests = shop.station.guests
    sara = guests.register(SARA)
    guests.send_code(sara, "mail")
    wait_for(lambda: mail.got)
    body = mail.got[-1].get_body(("plain",))
    assert body is not None
    [code] = re.findall(r"\b\d{6}\b", str(body.get_content()))
    guests.verify(sara, code)
    return sara


def unsent(shop: Shop, mail: MailPeer, sara: str) -> MessageRow:
    """A booking of hers that the mail server takes no message about."""
    mail.refused[SARA.email] = "550 no such user"
    shop.station.bookings.book(sara, [(ADULT, shop.session, 2)])
    wait_for(lambda: [row.kind for row in shop.station.messages.failed()] == ["booking_received"])
    return shop.station.messages.failed()[0]
