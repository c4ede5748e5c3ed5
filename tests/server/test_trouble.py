"""What goes wrong around the server is no fault of it, and its log tells no more than it must."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import quote

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from domain import codec
from domain import operation as op
from ledger import tables as t
from ledger import verifier
from ledger.clock import HandClock
from ledger.database import open_sqlite
from ledger.wire import PROOF, PROTOCOL, EnrolAsk, PushBatch, PushReply, RequestAsk, Sent
from server import access
from server import tables as own
from server.passing import passes
from server.settings import Settings
from server.web import build
from tests.helpers.core import MORNING, Core, a_booking, an_admission
from tests.helpers.logs import ExpectedLogs
from tests.helpers.shop import PINS
from tests.server.test_push import open_cases, rows

_HEAD = {"type": "http", "http_version": "1.1", "scheme": "https", "query_string": b"", "root_path": ""}
_HEAD |= {"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2)}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    built = build(Settings(tmp_path, f"sqlite:///{tmp_path / 'venue.db'}"), HandClock(MORNING))
    yield built
    built.state.parts.database.close()


def status(app: FastAPI, method: str, path: str, *said: dict[str, Any], token: str = "") -> int:
    """Of the answer to messages that come as they do from a socket."""
    answered: list[dict[str, Any]] = []
    coming = iter(said)

    async def receive() -> dict[str, Any]:
        return next(coming)

    async def send(message: dict[str, Any]) -> None:
        answered.append(message)

    head = [(b"authorization", f"Bearer {token}".encode())]
    scope = _HEAD | {"method": method, "path": path, "raw_path": path.encode(), "headers": head}
    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type] # plain dictionaries
    return int(answered[0]["status"])


class Line:
    """POS1 on HTTP, over the same database as a core."""

    def __init__(self, core: Core, folder: Path) -> None:
        self.core = core
        self.app = build(Settings(folder, core.url), core.clock)
        self.station = core.enrol("POS1")
        self.token = self._enrolled()

    def _enrolled(self) -> str:
        code = self.core.database.transact(lambda c: access.make_code(c, "POS1", "f" * 64, self.core.clock))
        answer = self.post("/v1/enrol", codec.dumps(EnrolAsk(PROTOCOL, code)))
        return str(answer.json()["token"])

    def post(self, path: str, body: str | bytes, proof: str = "") -> httpx.Response:
        return self._call("POST", path, body.encode() if isinstance(body, str) else body, proof)

    def ask(self, kind: str, staff_id: str, said: str, proof: str | None = None) -> httpx.Response:
        """A request in the name of somebody who typed their PIN."""
        ask = RequestAsk(
            PROTOCOL, self.station.epoch, self.core.database.ids.new(), kind, staff_id, "", 0, said
        )
        shown = proof_of(self.core, staff_id) if proof is None else proof
        return self.post(f"/v1/requests/{kind}", codec.dumps(ask), shown)

    def get(self, path: str) -> httpx.Response:
        return self._call("GET", path, b"")

    def _call(self, method: str, path: str, body: bytes, proof: str = "") -> httpx.Response:
        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="https://venue") as client:
                head = {"authorization": f"Bearer {getattr(self, 'token', '')}", PROOF: proof}
                return await client.request(method, path, content=body, headers=head)

        return asyncio.run(call())

    def push(self, *sent: Sent) -> PushReply:
        batch = PushBatch(PROTOCOL, self.station.epoch, self.station.stream, sent)
        answer = self.post("/v1/sync/push", codec.dumps(batch))
        assert answer.status_code == 200, answer.text
        return codec.loads(PushReply, answer.text)


def proof_of(core: Core, staff_id: str) -> str:
    return verifier.proof(PINS[staff_id], staff_id, core.secrets.pepper)


@pytest.fixture
def line(core: Core, tmp_path: Path) -> Iterator[Line]:
    made = Line(core, tmp_path)
    yield made
    made.app.state.parts.database.close()


def test_an_operation_that_cannot_be_judged_is_set_aside_alone(
    line: Line, expected_logs: ExpectedLogs
) -> None:
    """The sum over what an older version took is more than the database can count."""
    core, pos = line.core, line.station
    if core.database.embedded:
        expected_logs.expect("cannot be kept")
    for name in ("one", "two"):
        values = {"ticket_id": name, "booking_id": "b", "session": core.session, "product": 1, "code": ""}
        values |= {"places": 1 << 62, "bucket": "global"}
        core.database.transact(lambda c, row=values: c.execute(sa.insert(t.ticket).values(**row)))
    booked = a_booking(core)
    elsewhere = an_admission("another-t0", admission="a1")
    reply = line.push(pos.sent(elsewhere), pos.sent(booked), pos.sent(op.SignedOut("x")))
    told = "quarantined" if core.database.embedded else "flagged"  # PostgreSQL counts on
    assert [answer.answer for answer in reply.answers] == ["applied", told, "applied"]
    assert (reply.n, rows(core, t.booking)) == (3, int(told == "flagged"))
    assert (told in open_cases(core)) == core.database.embedded


@pytest.mark.parametrize(
    ("said", "does_pass"),
    [("PRAGMA query_only = 1; INSERT INTO t VALUES (1)", True), ("SELECT * FROM nowhere", True),
     ("INSERT INTO t VALUES (9223372036854775807); SELECT sum(n) FROM t", False),
     ("INSERT INTO t VALUES (NULL)", False)],
)  # fmt: skip
def test_trouble_of_the_database_passes_and_what_it_cannot_do_with_a_value_does_not(
    said: str, does_pass: bool, tmp_path: Path
) -> None:
    engine = open_sqlite(tmp_path / "t.db")
    with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError) as raised:
        for statement in (
            "CREATE TABLE t (n INTEGER NOT NULL)",
            "INSERT INTO t VALUES (1)",
            *said.split("; "),
        ):
            connection.exec_driver_sql(statement).close()
    assert passes(raised.value) is does_pass
    engine.dispose()


def test_another_writer_that_holds_a_lock_passes(core: Core) -> None:
    if core.database.embedded:
        pytest.skip("the lock of PostgreSQL")
    with core.database.engine.connect() as one, core.database.engine.connect() as other:
        one.execute(sa.text("SELECT pg_advisory_xact_lock(1)"))
        other.execute(sa.text("SET LOCAL lock_timeout = '1ms'"))
        with pytest.raises(sa.exc.DBAPIError) as raised:
            other.execute(sa.text("SELECT pg_advisory_xact_lock(1)"))
    assert passes(raised.value)
    assert not passes(OverflowError("too large")) and passes(OSError("no disk"))


def test_a_next_incarnation_because_of_a_fork_is_a_case_and_after_a_recovery_is_none(line: Line) -> None:
    assert line.post("/v1/incarnation", "").json()["incarnation"] == 3
    assert open_cases(line.core) == []
    assert line.post("/v1/incarnation?forked=true", "").json()["incarnation"] == 4
    assert open_cases(line.core) == ["station_copied"]


HUGE = str(1 << 70)
DEEP = "[" * 200_000
_NUMBERS = dict.fromkeys(("session", "places", "seen", "capacity"), 1 << 70)
ALL_HUGE = json.dumps(_NUMBERS | {"ahead": False, "station_id": "pos1", "reason": "x"})
ROUTES = ("/v1/enrol", "/v1/sync/push", "/v1/requests/LeaseAsked")


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize(
    "body", [DEEP, HUGE, "9" * 5000, '{"a":' * 100_000, f'{{"protocol":{HUGE}}}', "\x00", "{"]
)
def test_nonsense_is_answered_as_what_it_is_on_every_route(line: Line, path: str, body: str) -> None:
    answer = line.post(path, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "operation_invalid")


@pytest.mark.parametrize("path", ROUTES[1:])
@pytest.mark.parametrize("body", ["{", HUGE])
def test_what_a_stranger_sends_is_not_even_read(app: FastAPI, path: str, body: str) -> None:
    sent = {"type": "http.request", "body": body.encode(), "more_body": False}
    assert status(app, "POST", path, sent) == 401


def test_of_a_station_that_was_shut_out_one_push_is_read_and_none_is_taken(line: Line) -> None:
    push = "/v1/sync/push"
    assert line.post(push, "{").status_code == 400
    before = rows(line.core, own.inbox)
    line.core.database.transact(lambda c: access.fence(c, line.station.station.name))
    sent = line.station.sent(an_admission("t", admission="a"))
    batch = PushBatch(PROTOCOL, line.station.epoch, line.station.stream, (sent,))
    assert line.post(push, codec.dumps(batch)).json()["code"] == "station_fenced"
    assert line.post(push, "{").json()["code"] == "station_fenced"
    assert rows(line.core, own.inbox) == before


@pytest.mark.parametrize(
    "kind", ["LeaseAsked", "SessionCapacity", "PinChanged", "CaseSettled", "LeaseRevoked", "MessageResent"]
)
@pytest.mark.parametrize("said", [DEEP, ALL_HUGE])
def test_nonsense_in_a_request_is_refused_and_its_answer_kept(line: Line, kind: str, said: str) -> None:
    answer = line.ask(kind, "huda", said)
    assert (answer.status_code, answer.json()["state"]) == (200, "refused")
    assert answer.json()["code"] != "staff_unproven"


@pytest.mark.parametrize("proof", ["", "00", "x" * 300, "zz"])
def test_who_does_not_show_the_pin_asks_nothing_in_a_name(line: Line, proof: str) -> None:
    said = json.dumps({"session": line.core.session, "seen": line.core.capacity, "capacity": 999})
    before = line.core.proven("huda")
    assert line.ask("SessionCapacity", "huda", said, proof).json()["code"] == "staff_unproven"
    assert line.ask("SessionCapacity", "huda", said, before).json()["code"] == "staff_unproven"
    of_reem = proof_of(line.core, "reem")
    assert line.ask("SessionCapacity", "huda", said, of_reem).json()["code"] == "staff_unproven"
    assert line.ask("SessionCapacity", "huda", said).json()["state"] == "granted"


def test_five_wrong_proofs_lock_a_name_at_that_station_for_five_minutes(line: Line) -> None:
    said = json.dumps({"session": line.core.session, "seen": line.core.capacity, "capacity": 999})
    for number in range(5):
        assert line.ask("SessionCapacity", "huda", said, f"{number:02}").json()["code"] == "staff_unproven"
    assert line.ask("SessionCapacity", "huda", said).json()["code"] == "staff_unproven"
    line.core.clock.forward(seconds=299)
    assert line.ask("SessionCapacity", "huda", said).json()["code"] == "staff_unproven"
    line.core.clock.forward(seconds=2)
    assert line.ask("SessionCapacity", "huda", said).json()["state"] == "granted"


def test_a_pin_that_was_changed_proves_nothing_any_more(line: Line) -> None:
    old = proof_of(line.core, "huda")
    new = verifier.make("7194", "huda", line.core.secrets.pepper)
    assert (
        line.ask("PinChanged", "huda", json.dumps({"proof": old, "verifier": new})).json()["state"]
        == "granted"
    )
    said = json.dumps({"session": line.core.session, "seen": line.core.capacity, "capacity": 999})
    assert line.ask("SessionCapacity", "huda", said, old).json()["code"] == "staff_unproven"
    fresh = verifier.proof("7194", "huda", line.core.secrets.pepper)
    assert line.ask("SessionCapacity", "huda", said, fresh).json()["state"] == "granted"


_VERIFIER = f"$argon2id$v=19$m=19456,t=2,p=1${'A' * 22}${'A' * 43}"
_SAID = {
    "PinChanged": {"proof": "00", "verifier": _VERIFIER},
    "CaseSettled": {"case": "x", "way": "x", "note": "x", "seen": "x"},
    "LeaseRevoked": {"session": 1, "station_id": "pos1", "reason": "x"},
    "RecoveryWaived": {"station": "pos1"},
    "MessageResent": {"message": "x"},
}
TEXTS = [(kind, name) for kind, said in _SAID.items() for name in said if name != "session"]


@pytest.mark.parametrize("text", ["\ud800", "left\udfff", "a\x00b"])
@pytest.mark.parametrize(("kind", "name"), TEXTS)
def test_text_that_no_database_keeps_is_refused_in_every_request(
    line: Line, kind: str, name: str, text: str
) -> None:
    said = json.dumps(_SAID[kind] | {name: text})
    ask = RequestAsk(PROTOCOL, line.station.epoch, line.core.database.ids.new(), kind, "huda", "", 0, said)
    proof = proof_of(line.core, "huda")
    told = [line.post(f"/v1/requests/{kind}", codec.dumps(ask), proof) for _ in range(2)]
    assert [(one.status_code, one.json()["code"]) for one in told] == [(200, "record_invalid")] * 2


@pytest.mark.parametrize("odd", ["é", "٣", "_", ".", " ", "\x00", "\n"])
def test_an_id_that_none_of_ours_can_be_is_refused(line: Line, odd: str) -> None:
    request_id = line.core.database.ids.new()[:35] + odd
    answer = line.post(f"/v1/requests/{quote(request_id)}/settle", "")
    assert (answer.status_code, answer.json()["code"]) == (400, "request_unknown")
    ask = RequestAsk(PROTOCOL, line.station.epoch, request_id, "LeaseAsked", "huda", "", 0, "{}")
    answer = line.post("/v1/requests/LeaseAsked", codec.dumps(ask))
    assert (answer.status_code, answer.json()["code"]) == (400, "operation_invalid")
    assert rows(line.core, own.request) == 0


@pytest.mark.parametrize("what", ["had", "last", "protocol"])
@pytest.mark.parametrize("number", [1 << 63, 1 << 70, -(1 << 70)])
def test_a_number_beyond_any_in_a_pull_is_answered_as_what_it_is(line: Line, what: str, number: int) -> None:
    answer = line.get(f"/v1/sync/pull?buckets=global&{what}={number}")
    assert answer.status_code in (200, 400, 426)


@pytest.mark.parametrize("after", [1 << 63, -(1 << 70)])
def test_a_request_after_no_number_of_ours_is_answered_as_what_it_is(line: Line, after: int) -> None:
    ask = RequestAsk(
        PROTOCOL, line.station.epoch, line.core.database.ids.new(), "LeaseAsked", "huda", "", after, "{}"
    )
    answer = line.post("/v1/requests/LeaseAsked", codec.dumps(ask))
    assert answer.status_code == 400


@pytest.mark.parametrize("place", [f"{1 << 63}.end.", f"{1 << 70}.end.", f"1.session.{1 << 70}"])
def test_a_cursor_beyond_any_number_is_answered_as_what_it_is(line: Line, place: str) -> None:
    cursor = f"{line.station.epoch}-1/{place}"
    assert line.get(f"/v1/sync/pull?buckets=global&after={cursor}").status_code == 400


@pytest.mark.parametrize("path", ["/v1/sync/push", "/v1/enrol"])
def test_half_a_message_of_a_station_that_died_is_dropped_without_a_word(line: Line, path: str) -> None:
    half = {"type": "http.request", "body": b'{"prot', "more_body": True}
    assert status(line.app, "POST", path, half, {"type": "http.disconnect"}, token=line.token) == 400


def test_a_database_in_trouble_is_logged_without_what_was_to_be_kept(
    app: FastAPI, expected_logs: ExpectedLogs, caplog: pytest.LogCaptureFixture
) -> None:
    expected_logs.expect("database or disk is full")
    why = Exception("database or disk is full")
    failed = sa.exc.OperationalError("INSERT INTO inbox …", {"private": "a guest's name"}, why)
    with mock.patch.object(app.state.parts.database, "read", side_effect=failed):
        assert status(app, "GET", "/healthz", {"type": "http.request"}) == 507
    assert "INSERT" not in caplog.text and "a guest's name" not in caplog.text
