"""Asking the server in the name of whoever is signed in, or of a second person here and now, if they may and it
answers."""

from __future__ import annotations

import json
from collections.abc import Callable

from app.approving import Approver
from app.session import Session
from app.shown import Approval
from domain.errors import Code, Refused
from domain.staff import Permission
from ledger.wire import RequestReply

Ask = Callable[[str, str, str, str], RequestReply]  # kind, body, staff id, what it is about


class Asking:
    """`ask` puts a request to the server; `online`: whether it answers."""

    def __init__(self, session: Session, ask: Ask, online: Callable[[], bool], approver: Approver) -> None:
        self._session = session
        self._approver = approver
        self._ask = ask
        self.online = online

    def about(
        self, noun: str, key: str, kind: str, permission: Permission, said: dict[str, object]
    ) -> dict[str, str]:
        """Asks about one thing (`noun`: "guest", "booking"); what the server says to it. Refuses `not_allowed`,
        `request_offline`, and with the server's codes."""
        return self._in_name_of(self._session.require(permission).staff_id, (noun, key), kind, said)

    def approved(
        self, about: tuple[str, str], kind: str, permission: Permission, said: dict[str, object], by: Approval
    ) -> dict[str, str]:
        """The same in the name of a second person, by their PIN; refuses as an approval too."""
        if not self.online():
            raise Refused(Code.REQUEST_OFFLINE)
        staff_id = self._approver.approve(by, permission, self._session.member.staff_id, about[1])
        return self._in_name_of(staff_id, about, kind, said)

    def allowed(self, by: Approval, permission: Permission, about: str) -> None:
        """A second person's yes to what is done here, with or without the server; refuses as an approval does."""
        self._approver.override(by, permission, self._session.member.staff_id, about)

    def _in_name_of(
        self, staff_id: str, about: tuple[str, str], kind: str, said: dict[str, object]
    ) -> dict[str, str]:
        if not self.online():
            raise Refused(Code.REQUEST_OFFLINE)
        noun, key = about
        body = json.dumps({noun: key} | said, ensure_ascii=False)
        return dict(self._ask(kind, body, staff_id, f"{noun}:{key}").facts)
