"""The line between stations and server: the real client and the real routes, with a bad cable instead of a socket."""

from __future__ import annotations

import asyncio
import random
import selectors
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI

from app.server_api import ServerApi

MOST_SAME = 25  # a request is asked twenty times at most
Handle = Callable[[httpx.Request], httpx.Response]


class _Unhurried(selectors.DefaultSelector):  # type: ignore[misc,valid-type] # chosen by the system
    """Asks the system only when nothing else is to be done: a request is answered without a wait."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return [] if timeout == 0 else super().select(timeout)


_LOOP = asyncio.SelectorEventLoop(_Unhurried())


@dataclass(slots=True)
class Odds:
    """How often a message is lost, comes twice, comes late, or its answer is cut, garbled by a proxy, or lost."""

    drop: float = 0.08
    twice: float = 0.08
    late: float = 0.08
    answer_lost: float = 0.08
    answer_cut: float = 0.04
    proxy: float = 0.03
    meanwhile: float = 0.06


class Endless(Exception):
    """A station asks again and again without getting on."""


ROUGH = Odds(answer_lost=0.25, meanwhile=0.4)
CALM = Odds(0, 0, 0, 0, 0, 0, 0)
FAIR = Odds(0.01, 0.02, 0.02, 0.02, 0.01, 0.01, 0.03)


@dataclass(slots=True)
class Cable:
    """All traffic of a venue. `cut` holds the hosts that reach nobody; `late` what is still on its way; `meanwhile`
    is called with a host between its question and the answer."""

    handle: Handle
    meanwhile: Callable[[str], None]
    chance: random.Random = field(default_factory=random.Random)
    odds: Odds = field(default_factory=Odds)
    cut: set[str] = field(default_factory=set)
    late: list[tuple[int, httpx.Request]] = field(default_factory=list)
    asked: Counter[bytes] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    def send(self, request: httpx.Request) -> httpx.Response:
        what = request.content or str(request.url).encode()
        self.asked[what] += 1
        if self.asked[what] > MOST_SAME:
            raise Endless
        if request.url.host in self.cut:
            raise httpx.ConnectError("cut", request=request)
        if self._happens("drop", self.odds.drop):
            self._fails("lost", request)
        if self._happens("late", self.odds.late):
            self.late.append((self.chance.randint(1, 12), request))
            self._fails("late", request)
        if self._happens("proxy", self.odds.proxy):
            return httpx.Response(self.chance.choice((500, 502, 503, 413)), text="proxy", request=request)
        response = self.handle(request)
        if self._happens("twice", self.odds.twice):
            self.handle(request)
        if self._happens("meanwhile", self.odds.meanwhile):
            self.meanwhile(request.url.host)
        if self._happens("answer lost", self.odds.answer_lost):
            self._fails("answer lost", request)
        if self._happens("answer cut", self.odds.answer_cut):
            raise httpx.RemoteProtocolError("the answer was cut", request=request)
        return response

    def _happens(self, name: str, odds: float) -> bool:
        happens = odds > 0 and self.chance.random() < odds
        self.faults[name] += happens
        return happens

    def _fails(self, why: str, request: httpx.Request) -> None:
        raise httpx.ReadTimeout(why, request=request)

    def arrive(self, *, everything: bool = False) -> None:
        """What was late comes now, long after whoever sent it gave up."""
        waiting, self.late = self.late, []
        for rounds, request in waiting:
            if rounds > 1 and not everything:
                self.late.append((rounds - 1, request))
                continue
            try:
                self.handle(request)
            except httpx.HTTPError:
                self.faults["late to a dead server"] += 1


class Transport(httpx.BaseTransport):
    def __init__(self, cable: Cable) -> None:
        self._cable = cable

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return self._cable.send(request)


def api_over(cable: Callable[[], Cable]) -> type[ServerApi]:
    """The real client, but for the socket."""

    class Api(ServerApi):
        def __init__(self, url: str, certificate: str, token: str) -> None:
            self._transport = Transport(cable())  # type: ignore[assignment] # stands in for HTTPTransport
            headers = {"authorization": f"Bearer {token}"}
            self._client = httpx.Client(
                base_url=url, transport=self._transport, headers=headers, trust_env=False
            )

        def close(self) -> None:
            self._client.close()

    return Api


def answer(app: FastAPI, request: httpx.Request) -> httpx.Response:
    """What the server's routes say to a request."""
    return _LOOP.run_until_complete(_answer(app, request))


async def _answer(app: FastAPI, request: httpx.Request) -> httpx.Response:
    headers = [(name.lower(), value) for name, value in request.headers.raw]
    path, _, query = request.url.raw_path.partition(b"?")
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": request.method}
    scope |= {"path": path.decode(), "raw_path": path, "query_string": query, "headers": headers}
    scope |= {"scheme": "http", "server": ("venue", 80), "client": ("station", 1), "root_path": ""}
    said: list[dict[str, Any]] = []
    body = request.content

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        said.append(message)

    await app(scope, receive, send)
    content = b"".join(part.get("body", b"") for part in said[1:])
    return httpx.Response(said[0]["status"], headers=said[0]["headers"], content=content, request=request)
