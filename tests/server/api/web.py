"""The server's application over a core: who asks there as a guest, at a station, and as a member of staff."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from fastapi import FastAPI

from domain.catalogue import StaffMember, Words
from domain.staff import ROLES
from ledger import verifier
from ledger.clock import to_ms
from ledger.wire import PROOF
from server import access, message_kinds
from server import tables as own
from server.api.limits import RULES, Limits, Rule
from server.guest_accounts import answer_asked
from server.settings import Settings
from server.setup import SetUp, StaffRecord
from server.web import build
from tests.helpers.core import Core

NO_LIMITS = Limits(dict.fromkeys(RULES, Rule(1_000_000, 1)))
PIN = "7395"
MAIL, PHONE = "sara@example.com", "+966551234567"
SARA = {"name": "Sara Al-Qahtani", "email": MAIL, "language": "en"}


def hire(core: Core) -> None:
    """Somebody of each role, called as their role, all with one PIN."""

    def work(connection: sa.Connection) -> None:
        setup = SetUp(connection, core.clock, core.database.ids)
        for role in ROLES:
            kept = verifier.make(PIN, role, core.secrets.pepper)
            setup.staff(StaffRecord(StaffMember(role, Words(role, role), role, "en"), kept))
        setup.publish()

    core.database.transact(work)


class Web:
    """Everybody's requests; the clock is the core's."""

    def __init__(self, core: Core, folder: Path, limits: Limits = NO_LIMITS) -> None:
        self.core = core
        self.app: FastAPI = build(Settings(folder, core.url), core.clock, limits)
        self.station = self.enrol("POS1")
        self.address = "203.0.113.1"  # whoever asks
        self.verifications: list[str] = []  # of the codes that were asked for

    def close(self) -> None:
        self.app.state.parts.database.close()

    def enrol(self, name: str) -> str:
        """A station's token."""
        core = self.core
        code = core.database.transact(lambda c: access.make_code(c, name, "f" * 64, core.clock))
        now = to_ms(core.clock.now())
        answer, _ = core.database.transact(lambda c: access.enrol(c, code, core.secrets, now))
        return answer.token

    def call(
        self, method: str, path: str, token: str = "", said: Any = None, **headers: str
    ) -> httpx.Response:
        answer = asyncio.run(self._calls([(method, path, token, said, headers)]))[0]
        if answer.status_code == 202:
            self.verifications.append(answer.json()["verification"])
        return answer

    def at_once(
        self, times: int, method: str, path: str, token: str, said: Any, **headers: str
    ) -> list[httpx.Response]:
        """The same, so many times at one moment."""
        return asyncio.run(self._calls([(method, path, token, said, headers)] * times))

    async def _calls(self, wanted: list[tuple[str, str, str, Any, dict[str, str]]]) -> list[httpx.Response]:
        transport = httpx.ASGITransport(self.app, client=(self.address, 40_000))
        async with httpx.AsyncClient(transport=transport, base_url="https://venue") as client:
            return await asyncio.gather(*(_one(client, *each) for each in wanted))

    # guests -----------------------------------------------------------------------------------------------------------

    def codes(self) -> list[str]:
        """All that were sent, the newest last; what was asked for goes out first, as the sender's next round has it."""
        self.core.database.transact(lambda c: answer_asked(self._setup(c)))
        wanted = (
            sa.select(own.outbox.c.facts).where(own.outbox.c.kind == "code").order_by(own.outbox.c.message_id)
        )
        rows = self.core.database.look(lambda c: c.execute(wanted).scalars().all())
        return [str(message_kinds.read("code", facts)["code"]) for facts in rows]

    def _setup(self, connection: sa.Connection) -> SetUp:
        core = self.core
        return SetUp(connection, core.clock, core.database.ids, pepper=self.app.state.parts.secrets.pepper)

    def guest(self, mail: str = MAIL, name: str = "Sara") -> str:
        """The token of a guest who registered and said the code back."""
        said = {"name": name, "email": mail, "language": "en"}
        assert self.call("POST", "/v1/guest/registrations", said=said).status_code == 202
        answer = self.sign_in(mail, self.codes()[-1])
        assert answer.status_code == 200, answer.text
        return str(answer.json()["token"])

    def sign_in(self, contact: str, code: str, asked: int = -1) -> httpx.Response:
        """With the verification that was told last, or that of another one that was `asked` for."""
        said = {"contact": contact, "code": code, "verification": (self.verifications or ["none"])[asked]}
        return self.call("POST", "/v1/guest/tokens", said=said)

    def book(self, token: str, key: str = "k1", tickets: int = 2) -> httpx.Response:
        said = {"lines": [{"product": 1, "session": self.core.session, "quantity": tickets}]}
        return self.call("POST", "/v1/guest/bookings", token, said, **{"idempotency-key": key})

    # staff ------------------------------------------------------------------------------------------------------------

    def staff(self, staff_id: str, pin: str = PIN) -> str:
        answer = self.staff_sign_in(staff_id, pin)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["token"])

    def staff_sign_in(self, staff_id: str, pin: str = PIN) -> httpx.Response:
        proof = verifier.proof(pin, staff_id, self.core.secrets.pepper)
        return self.call("POST", "/v1/staff/tokens", self.station, {"staff": staff_id}, **{PROOF: proof})


async def _one(
    client: httpx.AsyncClient, method: str, path: str, token: str, said: Any, headers: dict[str, str]
) -> httpx.Response:
    head = {"authorization": f"Bearer {token}"} if token else {}
    return await client.request(method, path, json=said, headers=head | headers)
