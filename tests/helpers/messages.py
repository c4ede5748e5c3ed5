"""Messages of a server's core: queued, sent by real senders, and looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ledger import tables as t
from server import outbox
from server import tables as own
from server.channels import senders
from server.message_kinds import KINDS, Channel
from server.outbox import Letter
from server.peers import Peers, SmtpPeer, UnifonicPeer
from server.senders import Sender
from server.sending import Sending
from server.settings import write_private
from server.setup import SetUp
from server.templates import Templates
from tests.helpers.core import Core
from tests.helpers.peers import LOCAL

Makes = Callable[[], Mapping[Channel, Sender]]
LETTER = Letter(
    "refund_done", Channel.MAIL, "sara@example.com", "ar", "refund:1", KINDS["refund_done"].sample, "g1"
)
SMS = replace(LETTER, channel=Channel.SMS, address="+966551234567")


def code(core: Core, *, minutes: int = 5, **changes: Any) -> Letter:
    """A one-time code that is good for some minutes."""
    sample, end = KINDS["code"].sample, core.clock.now() + timedelta(minutes=minutes)
    return replace(SMS, kind="code", facts=sample, cause="code:1", expires_at=end, **changes)


def post(core: Core, letter: Letter = LETTER, **changes: Any) -> str:
    """Queued in a transaction of its own; returns its id."""

    def work(connection: sa.Connection) -> str:
        setup = SetUp(connection, core.clock, core.database.ids)
        message_id = outbox.post(connection, setup, replace(letter, **changes))
        setup.publish()
        return message_id

    return core.database.transact(work)


def by_mail(port: int, core: Core) -> Makes:
    peer = SmtpPeer(LOCAL, port, "plain", "Coral Bay <tickets@coral.example>")
    return lambda: senders(Peers(mail=peer), core.clock)


def by_sms(url: str, core: Core) -> Makes:
    return lambda: senders(Peers(sms=UnifonicPeer("APPSID", "CoralBay", "", url)), core.clock)


def send(core: Core, makes: Makes, templates: Templates | None = None) -> int:
    """One round of sending, to its end; returns how many were tried."""

    async def work() -> int:
        sending = Sending(core.database, core.clock, makes, templates or Templates())
        await sending.open()
        begun = await sending.round()
        await sending.settled()
        await sending.close(0)
        return begun

    return asyncio.run(work())


def row(core: Core, message_id: str = "") -> Any:
    """The outbox's row of a message; of the only one without an id."""
    return _one(core, own.outbox, message_id)


def shown(core: Core, message_id: str = "") -> Any:
    """What stations get of it."""
    return _one(core, t.message, message_id)


def _one(core: Core, table: sa.Table, message_id: str) -> Any:
    asked = sa.select(table)
    asked = asked.where(table.c.message_id == message_id) if message_id else asked
    return core.database.look(lambda c: c.execute(asked).one())


def alerts(core: Core) -> list[tuple[str, str]]:
    """(id, kind) of each."""
    asked = sa.select(t.alert.c.alert_id, t.alert.c.kind).order_by(t.alert.c.alert_id)
    return [(one, kind) for one, kind in core.database.look(lambda c: c.execute(asked).all())]


def told(folder: Path, mail: int, sms: str = "") -> None:
    """Writes the file that names who carries mail, at a port of this machine, and SMS, at an address."""
    lines = ["[mail]", 'by = "smtp"', 'host = "127.0.0.1"', f"port = {mail}", 'security = "plain"']
    lines += ['sender = "Coral Bay <tickets@coral.example>"']
    if sms:
        lines += ["[sms]", 'by = "http"', f'url = "{sms}"', 'secret = "hush"']
    write_private(folder / "messages.toml", "\n".join(lines).encode())
