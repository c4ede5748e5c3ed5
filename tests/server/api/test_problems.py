"""What is refused, in which words and with which members; how often one may ask; bodies that are none."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from documents.words import texts
from domain import codec
from domain.errors import Code, Refused
from ledger.wire import Problem
from server.api import catalogue, limits
from server.api.bodies import MOST
from server.api.limits import RULES, Limits, Rule, net_of
from tests.server.api.test_guests import problem
from tests.server.api.web import MAIL, SARA, Web


@pytest.mark.parametrize(
    ("asked", "detail"),
    [
        ("", "There is nothing"),
        ("ar", "لا شيء"),
        ("fr, ar-SA;q=0.7, en;q=0.3", "لا شيء"),
        ("ar;q=0, de", "There is nothing"),
        ("ar;q=x, en", "There is nothing"),
    ],
)
def test_problems_speak_the_language_that_was_asked_for(web: Web, asked: str, detail: str) -> None:
    answer = web.call("GET", "/v1/nothing", **{"accept-language": asked})
    assert problem(answer) == (404, "not_found")
    assert answer.json()["detail"].startswith(detail)


@pytest.mark.parametrize(("language", "says"), [("en", "A ticket needs one of"), ("ar", "تحتاج التذكرة")])
def test_a_guest_is_not_told_what_to_do_at_a_till(web: Web, language: str, says: str) -> None:
    keys = {"idempotency-key": "k", "accept-language": language}
    wanted = {"lines": [{"product": 1, "quantity": 1}]}
    answer = web.call("POST", "/v1/guest/bookings", web.guest(), wanted, **keys)
    assert answer.json()["code"] == "session_needed" and answer.json()["detail"].startswith(says)


def test_what_guests_read_is_there_in_both_languages() -> None:
    english, arabic = (texts("problems", language) for language in ("en", "ar"))
    assert english.keys() == arabic.keys()
    meant = {key.removeprefix("guest.") for key in english.keys() if key.startswith("guest.")}  # noqa: SIM118
    assert meant and meant <= {str(code) for code in Code}


def test_what_the_framework_refuses_is_a_problem_too(web: Web) -> None:
    other = web.call("PUT", "/v1/guest", said={})
    assert problem(other) == (405, "method_not_allowed") and "PATCH" in other.headers["allow"]
    assert problem(web.call("GET", "/v1/guest/")) == (404, "not_found")


def test_stations_of_earlier_versions_read_every_problem_at_their_addresses(web: Web) -> None:
    """They know two members, and take a problem with more in it for none of ours."""
    for method, path in (
        ("POST", "/v1/enrol"),
        ("GET", "/v1/sync/pull?buckets=a&last=x"),
        ("GET", "/v1/sync/none"),
    ):
        answer = web.call(method, path, said={"protocol": 1, "code": "wrong"})
        assert codec.loads(Problem, answer.text).code in ("enrolment_wrong", "body_invalid", "not_found")
        whole = web.call(method, path, said={}, accept="application/problem+json, */*")
        problem(whole)
        with pytest.raises(Refused):
            codec.loads(Problem, whole.text)


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (b"{", "application/json", (400, "body_invalid")),
        (b"[]", "application/json", (400, "body_invalid")),
        (b"\xff", "application/json; charset=utf-8", (400, "body_invalid")),
        (b'{"contact": "\\ud800"}', "application/json", (400, "body_invalid")),
        (b"[" * 20_000, "application/json", (400, "body_invalid")),
        (b"contact=a", "application/x-www-form-urlencoded", (415, "body_type")),
        (b'{"contact": "a@example.com"}', "", (415, "body_type")),
        (json.dumps({"contact": "a" * MOST}).encode(), "application/json", (413, "body_too_large")),
    ],
)
def test_a_body_that_is_none_is_answered_as_what_it_is(
    web: Web, body: bytes, kind: str, expected: tuple[int, str]
) -> None:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(web.app)
        async with httpx.AsyncClient(transport=transport, base_url="https://venue") as client:
            return await client.post("/v1/guest/codes", content=body, headers={"content-type": kind})

    assert problem(asyncio.run(send())) == expected


def test_a_fault_is_told_without_what_it_was(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret of the server")

    monkeypatch.setattr(catalogue, "_products", broken)

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(web.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="https://venue") as client:
            return await client.get("/v1/catalogue")

    answer = asyncio.run(send())
    assert problem(answer) == (500, "server_fault") and "secret" not in answer.text


# limits ---------------------------------------------------------------------------------------------------------------


def test_a_bucket_fills_again_with_time_and_no_further() -> None:
    kept = Limits({"a": Rule(3, 2.0)})
    assert [kept.wait("a", "x", 0) for _ in range(4)] == [0, 0, 0, 3]
    assert kept.wait("a", "y", 0) == 0
    assert [kept.wait("a", "x", 2.0), kept.wait("a", "x", 2.0)] == [0, 3]
    assert [kept.wait("a", "x", 1000) for _ in range(4)][-2:] == [0, 3]
    assert kept.wait("a", "x", 900) == 3  # a clock that went back gives nothing


def test_who_asked_longest_ago_is_forgotten_first() -> None:
    kept = Limits({"a": Rule(1, 60)}, most=2)
    kept.wait("a", "x", 0)
    kept.wait("a", "y", 1)
    assert kept.wait("a", "x", 2)
    kept.wait("a", "z", 3)
    assert len(kept) == 2
    assert kept.wait("a", "x", 4) and not kept.wait("a", "y", 4)


def test_addresses_of_one_customer_are_one() -> None:
    assert net_of("2001:db8:1:2::1") == net_of("2001:db8:1:2:ffff::9") != net_of("2001:db8:1:3::1")
    assert net_of("10.0.0.1") == "10.0.0.1" and net_of("testclient") == "testclient"


def test_whoever_asks_too_often_is_told_when_to_ask_again_and_stations_are_never(
    web: Web, tmp_path: Path
) -> None:
    strict = {name: Rule(3 if name in (limits.CODES, limits.TOKEN) else 100, 60) for name in RULES}
    limited = Web(web.core, tmp_path, Limits(strict))
    said = [{"contact": f"g{each}@example.com"} for each in range(4)]
    told = [limited.call("POST", "/v1/guest/codes", said=each) for each in said]
    assert [each.status_code for each in told] == [202, 202, 202, 429]
    assert problem(told[-1]) == (429, "too_many") and 1 <= int(told[-1].headers["retry-after"]) <= 60
    assert told[-1].json()["seconds"] == int(told[-1].headers["retry-after"])
    token = web.guest()
    assert [limited.call("GET", "/v1/guest", token).status_code for _ in range(4)] == [200, 200, 200, 429]
    path = "/v1/sync/pull?buckets=global"
    assert {limited.call("GET", path, limited.station).status_code for _ in range(120)} == {200}
    assert limited.call("GET", "/healthz").status_code == 200
    web.core.clock.forward(seconds=61)
    assert limited.call("GET", "/v1/guest", token).status_code == 200
    limited.close()


def test_a_code_too_soon_says_when(web: Web) -> None:
    web.call("POST", "/v1/guest/registrations", said=SARA)
    soon = web.call("POST", "/v1/guest/codes", said={"contact": MAIL})
    assert problem(soon) == (429, "code_soon") and soon.headers["retry-after"] == "30"


def test_no_code_no_contact_and_no_token_is_in_the_log(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    token = web.guest()
    web.book(token)
    said = caplog.text
    assert web.codes()[-1] not in said and MAIL not in said and token not in said
