"""The OpenAPI document is true: what it allows and what it forbids is sent as everybody who may ask, and every answer
is one that it declares. The same requests at each run."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode

from domain import codec
from domain.staff import ROLES, Permission, may
from ledger import feed, verifier
from ledger.clock import SystemClock
from ledger.wire import PROOF, PROTOCOL, RequestAsk
from server.api.described import document
from server.api.request_kinds import KINDS, request_schemas
from server.requests import _KINDS
from server.settings import Settings
from server.web import build
from tests.server.api.test_staff import counter
from tests.server.api.web import PIN, Web
from tests.server.test_guests import SARA

EXAMPLES, SEED, BASE = 8, 20261126, "https://venue"
ENDLESS = "/v1/sync/hints"
LAST = ("/v1/guest/token", "/v1/staff/token")  # signs out
CHECKED = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "response_headers_conformance", "negative_data_rejection",
)  # fmt: skip
SENT = "method", "url", "headers", "params", "data", "json", "files", "cookies"
NEEDED = {  # by the one table of roles
    "SessionCapacity": Permission.SET_CAPACITY,
    "LeaseRevoked": Permission.REVOKE_LEASE,
    "RecoveryWaived": Permission.WAIVE_RECOVERY,
    "CaseSettled": Permission.SETTLE_CASE,
    "BookingHeld": Permission.BOOK,
    "BookingExtended": Permission.SELL,
    "BookingApproved": Permission.APPROVE_BOOKING,
    "BookingRejected": Permission.APPROVE_BOOKING,
    "BookingCancelled": Permission.BOOK,
    "CodeSent": Permission.REGISTER_GUEST,
    "GuestVerified": Permission.REGISTER_GUEST,
    "GuestMerged": Permission.MERGE_GUEST,
    "MessageResent": Permission.RESEND_MESSAGE,
    "GuestErased": Permission.ERASE_GUEST,
    "RefundTaken": Permission.REFUND_REQUEST,
    "RefundReleased": Permission.REFUND_REQUEST,
}


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What schemathesis makes of the document: of each endpoint some requests that it allows, and some that it does
    not; those that sign out come last. Tokens are whose that send them."""
    folder: Path = tmp_path_factory.mktemp("document")
    app = build(Settings(folder, f"sqlite:///{folder / 'venue.db'}"), SystemClock())
    told = copy.deepcopy(document(app))
    app.state.parts.database.close()
    for path in told["paths"].values():
        for operation in path.values():
            operation.pop("security")
    schema = schemathesis.openapi.from_dict(told)
    found = [case for each in schema.get_all_operations() for case in _of(each.ok())]
    return sorted(found, key=lambda case: case.operation.path in LAST)


def _of(operation: Any) -> Iterator[Any]:
    yield from _drawn(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    with contextlib.suppress(Unsatisfiable):  # of some nothing can be wrong
        yield from _drawn(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))


def _drawn(strategy: Any) -> list[Any]:
    made: list[Any] = []

    @seed(SEED)
    @settings(max_examples=EXAMPLES, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=strategy)
    def make(case: Any) -> None:
        made.append(case)

    make()
    return made


class Persona:
    """Sends cases with one token, and holds the answers against what is declared."""

    def __init__(self, web: Web, token: str) -> None:
        self.web = web
        self.token = token
        self.seen: Counter[int] = Counter()
        self.wrong: list[str] = []
        load_all_checks()
        self._checks = CHECKS.get_by_names(CHECKED)

    def send(self, cases: list[Any]) -> None:
        with asyncio.Runner() as runner:
            for case in cases:
                answer = runner.run(self._answer(case))
                self.seen[answer.status_code] += 1
                try:
                    case.validate_response(answer, checks=self._checks)
                except BaseExceptionGroup as told:
                    self.wrong.append(f"{case.operation.label}: {told.exceptions[0]}"[:800])

    async def _answer(self, case: Any) -> httpx.Response:
        given_ = case.as_transport_kwargs(base_url=BASE)
        ready = requests.Request(**{name: given_[name] for name in SENT if name in given_}).prepare()
        headers = {name: value for name, value in ready.headers.items() if name.lower() != "authorization"}
        body = ready.body.encode() if isinstance(ready.body, str) else ready.body or b""
        request = httpx.Request(ready.method or "", ready.url or "", headers=headers, content=body)
        if self.token:
            request.headers["authorization"] = f"Bearer {self.token}"
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.web.app)) as client:
            return await client.send(request)


def true(cases: list[Any], web: Web, booking: str) -> list[Any]:
    """Requests with names that there are: chance would never find one."""
    names = {"booking": booking, "guest": SARA}
    proof = verifier.proof(PIN, "supervisor", web.core.secrets.pepper)
    lines = [{"product": 1, "session": web.core.session, "quantity": 1}]
    said: dict[str, dict[str, Any]] = {
        "POST /v1/staff/tokens": {"body": {"staff": "supervisor"}, "headers": {PROOF: proof}},
        "POST /v1/guest/bookings": {"body": {"lines": lines}, "headers": {"Idempotency-Key": "true"}},
        "POST /v1/guest/registrations": {"body": {"name": "Noura", "email": "noura@example.com"}},
        "PATCH /v1/guest": {"body": {"name": "Omar A."}},
        "POST /v1/guest/contact-codes": {"body": {"channel": "mail"}},
        "POST /v1/letters": {
            "body": {"booking": booking, "what": "cancel"},
            "query": {"staff": "supervisor"},
            "headers": {PROOF: proof},
        },
        "GET /v1/sync/pull": {"query": {"buckets": "global,guests"}},
    }
    found = []
    for operation in {case.operation.label: case.operation for case in cases}.values():
        path = {name: each for name, each in names.items() if f"{{{name}}}" in operation.path}
        if (given_ := said.get(operation.label)) is not None or operation.method == "get" or path:
            has_body = "requestBody" in operation.definition.raw
            body = {"body": {}} if has_body and operation.label.endswith("/cancellation") else {}
            media = {"media_type": "application/json"} if has_body else {}
            found.append(operation.Case(path_parameters=path, **(given_ or body), **media))
    return found


@pytest.mark.parametrize("who", ["nobody", "station", "guest"])
def test_every_answer_is_declared(web: Web, cases: list[Any], who: str) -> None:
    guest = web.guest("omar@example.com", "Omar")
    booking = web.book(guest).json()["id"]
    counter(web).register()
    persona = Persona(web, {"nobody": "", "station": web.station, "guest": guest}[who])
    wanted = true(cases, web, booking) + cases
    persona.send([case for case in wanted if who != "station" or case.operation.path != ENDLESS])
    assert not persona.wrong, f"{len(persona.wrong)}: " + "\n\n".join(persona.wrong[:6])
    heard = {"nobody": {200, 202, 400, 401}, "station": {200, 400}, "guest": {200, 201, 204, 400, 404}}
    assert persona.seen.keys() >= heard[who]


@pytest.mark.parametrize("role", ROLES)
def test_every_answer_to_a_role_is_declared(web: Web, cases: list[Any], role: str) -> None:
    counter(web).register()
    persona = Persona(web, web.staff(role))
    ours = [case for case in cases if case.operation.path.startswith("/v1/staff")]
    persona.send(true(ours, web, "none") + ours)
    assert not persona.wrong, f"{len(persona.wrong)}: " + "\n\n".join(persona.wrong[:6])


# requests -------------------------------------------------------------------------------------------------------------


def sample(schema: dict[str, Any]) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    match schema["type"]:
        case "array":
            return [sample(schema["items"])] * schema["minItems"]
        case "string":
            return "0" * schema.get("minLength", 1)
        case "integer":
            return 1
        case _:
            return True


def ask(web: Web, kind: str, role: str, body: dict[str, Any]) -> tuple[str, str]:
    epoch = web.core.database.look(feed.read_head).epoch
    said = RequestAsk(PROTOCOL, epoch, web.core.database.ids.new(), kind, role, "", 0, json.dumps(body))
    proof = verifier.proof(PIN, role, web.core.secrets.pepper)
    answer = web.call(
        "POST", f"/v1/requests/{kind}", web.station, json.loads(codec.dumps(said)), **{PROOF: proof}
    )
    assert answer.status_code == 200, answer.text
    told = answer.json()
    return told["state"], told["code"]


def bodies(web: Web) -> dict[str, dict[str, Any]]:
    """Of each kind one that is about what there is."""
    there = {"session": web.core.session, "guest": SARA, "lines": [[1, web.core.session, 1]]}
    there["tickets"] = [["was", "new", "code"]]
    made = {}
    for kind, (_, fields) in KINDS.items():
        said = {name: sample(schema) for name, schema in fields.items()}
        made[kind] = said | {name: value for name, value in there.items() if name in said}
    made["TicketRevoked"]["tickets"] = ["was"]
    return made


def test_every_kind_of_request_is_described_and_asks_for_the_fields_that_it_says(web: Web) -> None:
    counter(web).register()
    assert {*KINDS, "RefundAsked"} == set(_KINDS)
    assert {f"Request{kind}" for kind in _KINDS} <= request_schemas().keys()
    later = {"RefundApproved": ("minor", "note"), "RefundRefused": ("note",), "RefundWithdrawn": ("note",)}
    later["BookingChanged"] = ("note",)
    for kind, body in bodies(web).items():
        for name in body.keys() - set(later.get(kind, ())):
            less = {field: value for field, value in body.items() if field != name}
            assert ask(web, kind, "super_admin", less) == ("refused", "record_invalid"), (kind, name)
    told = {kind: ask(web, kind, "super_admin", body)[1] for kind, body in bodies(web).items()}
    nothing_such = {kind for kind, code in told.items() if code == "record_invalid"}
    assert nothing_such <= {"PinChanged", "RecoveryWaived"}


def test_no_role_changes_what_it_may_not(web: Web) -> None:
    counter(web).register()
    wrong = []
    for role in ROLES:
        for kind, permission in NEEDED.items():
            told = ask(web, kind, role, bodies(web)[kind])
            if (told[1] == "not_allowed") is may(role, permission):
                wrong.append((role, kind, told))
    assert not wrong
