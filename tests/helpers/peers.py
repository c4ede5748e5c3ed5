"""Real peers of the server's messages: a mail server and an HTTP service on sockets of this machine."""

from __future__ import annotations

import logging
import ssl
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from server.tls import ensure_certificate

LOCAL = "127.0.0.1"
HANGS_UP = "hangs up"
OK = "250 OK"


@dataclass
class MailPeer:
    """Answers each message with the next of `answers`, then with 250; `HANGS_UP` takes the message and breaks the
    line. `refused` are answers to recipients. While `held`, no message is answered."""

    port: int = 0
    got: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    answers: deque[str] = field(default_factory=deque)
    refused: dict[str, str] = field(default_factory=dict)
    senders_refused: str = ""
    held: threading.Event | None = None
    waiting: int = 0
    on_message: list[Any] = field(default_factory=list)

    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.got]

    async def handle_MAIL(  # the server's names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.senders_refused:
            return self.senders_refused
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return OK

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        if self.held is not None:
            self.waiting += 1
            await server.loop.run_in_executor(None, self.held.wait)
        answer = self.answers.popleft() if self.answers else OK
        if answer in (OK, HANGS_UP):
            self.raw.append(content)
            self.got.append(message_from_bytes(content, policy=default))  # type: ignore[arg-type] # the policy decides
        for act in self.on_message:
            act()
        if answer == HANGS_UP:
            assert server.transport is not None
            server.transport.abort()
        return answer


@contextmanager
def mail_peer(
    *, tls: ssl.SSLContext | None = None, starttls: bool = False, login: tuple[str, str] | None = None
) -> Iterator[MailPeer]:
    """A mail server; with `tls` from the beginning, or after STARTTLS. With `login` it takes mail of nobody else."""
    peer = MailPeer()

    def known(_server: object, _session: object, _envelope: object, _way: str, data: Any) -> AuthResult:
        said = (data.login.decode(), data.password.decode())
        return AuthResult(success=said == login, handled=False)

    given: dict[str, Any] = {"auth_required": login is not None, "authenticator": known if login else None}
    if starttls:
        given |= {"tls_context": tls, "require_starttls": True}
    server = Controller(peer, hostname=LOCAL, port=0, ssl_context=None if starttls else tls, **given)
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # the peer's own, not ours
    server.port = free_port()
    server.start()
    peer.port = server.port
    try:
        yield peer
    finally:
        if peer.held is not None:
            peer.held.set()
        server.stop()


def free_port() -> int:
    """One that nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind((LOCAL, 0))
        return int(probe.getsockname()[1])


@dataclass
class Said:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True))


@dataclass
class HttpPeer:
    """Answers each request with the next of `answers` (status, body), else with `usual`; status 0 takes the request
    and breaks the line. While `held`, none is answered."""

    port: int = 0
    got: list[Said] = field(default_factory=list)
    answers: deque[tuple[int, str]] = field(default_factory=deque)
    usual: tuple[int, str] = (200, "{}")
    held: threading.Event | None = None

    @property
    def url(self) -> str:
        return f"http://{LOCAL}:{self.port}/messages"


@contextmanager
def http_peer() -> Iterator[HttpPeer]:
    peer = HttpPeer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            peer.got.append(Said(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            if peer.held is not None:
                peer.held.wait()
            status, text = peer.answers.popleft() if peer.answers else peer.usual
            if status == 0:
                self.close_connection = True
                return
            raw = text.encode()
            self.send_response(status)
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer((LOCAL, 0), Handler)
    peer.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield peer
    finally:
        if peer.held is not None:
            peer.held.set()
        server.shutdown()
        server.server_close()
        thread.join()


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate of this machine's address, and a server's context with it."""
    file, secret = ensure_certificate(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file, secret)
    return file, context
