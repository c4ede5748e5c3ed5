"""Talking to the venue server over pinned TLS; what goes wrong becomes Unavailable (no answer) or Refused (a no)."""

from __future__ import annotations

import hashlib
import hmac
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from domain import codec
from domain.errors import Code, Refused, Unavailable
from ledger.manifest import Manifest, Sum
from ledger.wire import (
    LOOKING,
    PROOF,
    PROTOCOL,
    EnrolAsk,
    Enrolled,
    Gone,
    Incarnation,
    LetterAsk,
    LetterReply,
    LookAsk,
    LookReply,
    Page,
    PushBatch,
    PushReply,
    RequestAsk,
    RequestReply,
    Rows,
    Standing,
)

_TIMEOUT = httpx.Timeout(5.0, connect=2.0)
_SHORT_TIMEOUT = httpx.Timeout(2.0)  # for what somebody waits for who can do without
_LONG_TIMEOUT = httpx.Timeout(60.0, connect=2.0)  # the last page of a whole copy is counted once more
SILENCE_SECONDS = 2.5


class Busy(Unavailable):
    """The server answers others first, and says after how many `seconds` to ask again."""

    def __init__(self, seconds: int) -> None:
        super().__init__("server", f"busy for {seconds} s")
        self.seconds = seconds


class Unreached(Unavailable):
    """Nobody answers at the server's address: nothing was sent."""


class Denied(Refused):
    """A no of the server's; every other is of this computer."""


class ServerApi:
    """One server, known by its certificate. Usable from several threads."""

    _over = False

    def __init__(self, url: str, certificate: str, token: str) -> None:
        self.internet_away = False  # as the server last said
        self.looked: Callable[[], None] = lambda: None  # hears that somebody opened a booking, or left it
        self._listening: Any = None  # the stream that hints come on
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self._transport = httpx.HTTPTransport(verify=_pinned(certificate))
        self._client = httpx.Client(
            base_url=url, transport=self._transport, timeout=_TIMEOUT, headers=headers, trust_env=False
        )

    def hang_up(self) -> None:
        """Nothing more is asked, and who waits for hints goes on. Lines are closed when no thread asks any more: one
        that is just being opened would stay open for ever."""
        self._over = True
        _hang_up(self._listening)

    def close(self) -> None:
        self.hang_up()
        self._client.close()
        self._transport.close()

    def enrol(self, code: str, incarnation: int = 0, station: str = "") -> Enrolled:
        """`incarnation` and `station`: what this folder is so far."""
        ask = EnrolAsk(PROTOCOL, code, incarnation, station)
        return codec.loads(Enrolled, self._post("/v1/enrol", codec.dumps(ask)))

    def push(self, batch: PushBatch) -> PushReply:
        return codec.loads(PushReply, self._post("/v1/sync/push", codec.dumps(batch)))

    def incarnation(self, present: int, *, forked: bool = False) -> Incarnation:
        """The one after the `present` one, and after any that the server knows of."""
        path = f"/v1/incarnation?present={present}" + "&forked=true" * forked
        return codec.loads(Incarnation, self._post(path, ""))

    def ask(self, ask: RequestAsk, proof: str = "") -> RequestReply:
        """`proof`: of the PIN of who asks."""
        path = f"/v1/requests/{ask.kind}"
        return codec.loads(RequestReply, self._post(path, codec.dumps(ask), _proving(proof)))

    def copy_of(self, guest_id: str, staff_id: str, proof: str) -> str:
        """All that is kept of a guest; `proof`: of the PIN of who asks."""
        path, who = f"/v1/guests/{guest_id}/copy", {"staff": staff_id}
        return self._answer(partial(self._client.get, path, params=who, headers=_proving(proof))).decode()

    def settle(self, request_id: str) -> RequestReply:
        return codec.loads(RequestReply, self._post(f"/v1/requests/{request_id}/settle", ""))

    def letter(self, ask: LetterAsk, staff_id: str, proof: str) -> str:
        """What the guest of a booking would read, were it decided so; empty for nothing. `proof`: of the PIN of who
        asks."""
        said, who = codec.dumps(ask).encode(), {"staff": staff_id}
        post = partial(self._client.post, "/v1/letters", params=who, content=said, headers=_proving(proof))
        answer = self._answer(partial(post, timeout=_SHORT_TIMEOUT)).decode()
        return codec.loads(LetterReply, answer).words

    def look(self, ask: LookAsk) -> LookReply:
        """Says which booking is open here; who else has it open."""
        return codec.loads(LookReply, self._post("/v1/looking", codec.dumps(ask)))

    def pull(
        self, buckets: str, after: str, stream: str, standing: Standing | None = None, *, whole: bool = False
    ) -> tuple[Page, int]:
        """The next page of the feed (a larger one for the `whole` of it), and the server's time (ms since 1970)."""
        query = {"buckets": buckets, "after": after, "stream": stream, "protocol": str(PROTOCOL)}
        if whole:
            query |= {"whole": "1"}
        if standing is not None:
            query |= {"epoch": standing.epoch, "had": str(standing.had), "last": str(standing.last)}
            query |= {"been": standing.been, "incarnation": str(standing.incarnation)}
        wait = _LONG_TIMEOUT if whole else _TIMEOUT
        get = partial(self._client.get, "/v1/sync/pull", params=query, timeout=wait)
        raw = orjson.loads(self._answer(get))
        return page_of(raw), raw["time"]

    def hints(self) -> Iterator[bool]:
        """True for each hint that the feed has moved, False for each heartbeat. Raises Unavailable on silence, and
        Denied when the server will not talk to this station."""
        self._check_over()
        try:
            timeout = httpx.Timeout(SILENCE_SECONDS, connect=2.0)
            with self._client.stream("GET", "/v1/sync/hints", timeout=timeout) as response:
                if response.status_code != 200:
                    response.read()
                    raise _trouble(response)
                self._listening = response.extensions.get("network_stream")
                for line in response.iter_lines():
                    if line:
                        if line == LOOKING:
                            self.looked()
                            continue
                        self.internet_away = line.startswith(": beat away")
                        yield line.startswith("data:")
        except (httpx.HTTPError, ssl.SSLError, OSError, RuntimeError) as error:
            raise Unavailable("server", str(error)) from error

    def _post(self, path: str, body: str, headers: dict[str, str] | None = None) -> str:
        post = partial(self._client.post, path, content=body.encode(), headers=headers)
        return self._answer(post).decode()

    def _check_over(self) -> None:
        if self._over:
            raise Unavailable("server", "this station ends")

    def _answer(self, send: Callable[[], httpx.Response]) -> bytes:
        self._check_over()
        try:
            response = send()
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Unreached("server", str(error)) from error
        except (
            httpx.HTTPError,
            ssl.SSLError,
            OSError,
            RuntimeError,
        ) as error:  # RuntimeError: closed meanwhile
            raise Unavailable("server", str(error)) from error
        if response.status_code == 200:
            return response.content
        raise _trouble(response)


def _hang_up(stream: Any) -> None:
    """Wakes a thread that waits for the next line on it, which closing alone would not."""
    if stream is not None and (line := stream.get_extra_info("socket")) is not None:
        with suppress(OSError):
            socket.socket.shutdown(
                line, socket.SHUT_RDWR
            )  # not as TLS would, which is the waiting thread's own


def page_of(raw: dict[str, Any]) -> Page:
    """A page as it came over the wire."""
    return Page(
        raw["epoch"],
        raw["after"],
        raw["next"],
        raw["complete"],
        {name: Rows(tuple(part["columns"]), part["rows"]) for name, part in raw["tables"].items()},
        raw["stream"],
        raw["n"],
        raw["op_id"],
        tuple(Gone(*gone) for gone in raw.get("tombstones", ())),
        _manifest(raw.get("manifest")),
    )


def _manifest(raw: dict[str, list[Any]] | None) -> Manifest | None:
    if raw is None:
        return None
    return {name: Sum(rows, total, tuple(columns)) for name, (rows, total, columns) in raw.items()}


def _trouble(response: httpx.Response) -> Refused | Unavailable:
    """What an answer means that is none to what was asked."""
    if response.status_code == 503 and response.headers.get("retry-after", "").isdecimal():
        return Busy(int(response.headers["retry-after"]))
    if response.headers.get("content-type", "").startswith("application/problem+json"):
        return _problem(response.text)
    return Unavailable("server", f"status {response.status_code}")


# What another server than ours would say as well, of no rule of the venue.
_OF_THE_LINE = frozenset((
    Code.NOT_FOUND, Code.METHOD_NOT_ALLOWED, Code.BODY_INVALID, Code.BODY_TOO_LARGE, Code.BODY_TYPE, Code.TOO_MANY,
    Code.SERVER_BUSY, Code.SERVER_FAULT, Code.KEY_REUSED, Code.TOKEN_INVALID,
))  # fmt: skip


def _problem(text: str) -> Refused | Unavailable:
    try:
        said = orjson.loads(text)
        code, facts = Code(said["code"]), {str(name): str(value) for name, value in said["facts"]}
    except (ValueError, TypeError, KeyError):
        return Unavailable("server", "an answer this version does not know")
    if code in _OF_THE_LINE:
        return Unavailable("server", code.value)
    return Denied(Code.SERVER_DISK_FULL if code is Code.DISK_FULL else code, **facts)


def _proving(proof: str) -> dict[str, str]:
    """The headers that say who asks."""
    return {PROOF: proof} if proof else {}


class _Line(ssl.SSLSocket):
    """Python looks whether the other end is still there before the handshake, and leaves the socket open where that was
    reset meanwhile (`ssl.SSLSocket._create`, 3.11 to 3.14)."""

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        try:
            return super().recv(buflen, flags)
        except OSError:
            if self._sslobj is None:  # type: ignore[attr-defined] # no handshake yet
                self.close()
            raise


def line_context() -> ssl.SSLContext:
    """What lines to the server are made with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.sslsocket_class = _Line
    return context


def _pinned(certificate: str) -> ssl.SSLContext:
    """Trusts exactly the pinned certificate; its host name says nothing on a venue's LAN."""
    context = line_context()
    context.check_hostname = False
    context.load_verify_locations(cadata=certificate)
    return context


def fetch_certificate(url: str, fingerprint: str) -> str:
    """The server's certificate (PEM) if it is the one of the enrolment code.

    Refuses `server_untrusted` when another certificate answers; raises Unavailable when nobody does.
    """
    parts = urlsplit(url)
    context = line_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # looked at below, before a word is said
    try:
        address = (parts.hostname or "", parts.port or 443)
        with socket.create_connection(address, timeout=3) as plain, context.wrap_socket(plain) as secured:
            raw = secured.getpeercert(binary_form=True) or b""
    except (OSError, ssl.SSLError) as error:
        raise Unavailable("server", str(error)) from error
    if not hmac.compare_digest(hashlib.sha256(raw).hexdigest(), fingerprint.strip().lower()):
        raise Refused(Code.SERVER_UNTRUSTED)
    return ssl.DER_cert_to_PEM_cert(raw)
