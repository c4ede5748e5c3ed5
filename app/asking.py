"""Asking the server in the name of whoever is signed in, if they may and it answers."""

from __future__ import annotations

import json
from collections.abc import Callable

from app.session import Session
from domain.errors import Code, Refused
from domain.staff import Permission
from ledger.wire import RequestReply

Ask = Callable[[str, str, str, str], RequestReply]  # kind, body, staff id, what it is about


class Asking:
    """`ask` puts a request to the server; `online`: whether it answers."""

    def __init__(self, session: Session, ask: Ask, online: Callable[[], bool]) -> None:
        self._session = session
        self._ask = ask
        self.online = online

    def about(
        self, noun: str, key: str, kind: str, permission: Permission, said: dict[str, object]
    ) -> dict[str, str]:
        """Asks about one thing (`noun`: "guest", "booking"); what the server says to it. Refuses `not_allowed`,
        `request_offline`, and with the server's codes."""
        member = self._session.require(permission)
        if not self.online():
            raise Refused(Code.REQUEST_OFFLINE)
        body = json.dumps({noun: key} | said, ensure_ascii=False)
        return dict(self._ask(kind, body, member.staff_id, f"{noun}:{key}").facts)
