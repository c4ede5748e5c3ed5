"""Builds the venue server and runs it: `gatehouse-server` and `gatehouse-server admin …`."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI

from ledger.clock import Clock, FileClock, SystemClock
from server import admin, stopping
from server.api import bookings, catalogue, described, guests, staff
from server.api.limits import Limits
from server.api.problems import add_handlers
from server.channels import senders
from server.database import Database
from server.guest_routes import router as of_guests
from server.internet import Internet, Place, place
from server.jobs import Jobs
from server.looking import Looking
from server.parts import Parts
from server.peers import load_peers
from server.proofs import Proofs
from server.requests import Door
from server.routes import router
from server.sending import Sending
from server.settings import Settings, load_secrets
from server.templates import Templates
from server.tls import ensure_certificate

log = logging.getLogger(__name__)
FAILED = 2


def build(settings: Settings, clock: Clock, limits: Limits | None = None) -> FastAPI:
    """The application over its database; `app.state.parts` holds what the endpoints use."""
    database = Database(settings.database, clock)
    app = FastAPI(
        title="Gatehouse venue server",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    kept, internet = load_secrets(settings.data), Internet(settings.internet)
    door = Door(clock, database.ids, kept.pepper)
    app.state.parts = Parts(
        database,
        clock,
        kept,
        door,
        Proofs(clock),
        Looking(clock),
        Templates(settings.own_words()),
        internet,
        limits=Limits() if limits is None else limits,
    )
    routers = (
        router,
        of_guests,
        catalogue.router,
        guests.router,
        bookings.router,
        staff.router,
        described.router,
    )
    for each in routers:
        app.include_router(each)
    app.state.routes = [route for each in routers for route in each.routes]
    add_handlers(app)
    return app


def serve(settings: Settings, *, with_parent: bool = False) -> int:
    """Runs until it is asked to stop; `with_parent` also when standard input ends. Returns the exit code.

    ValueError when the file that names who carries messages is wrong."""
    clock: Clock = FileClock(settings.clock_file) if settings.clock_file else SystemClock()
    peers = load_peers(settings.messages_file())
    app = build(settings, clock)
    certificate, key = ensure_certificate(settings.data)
    listener = _bound(settings)
    config = uvicorn.Config(
        app, ssl_certfile=str(certificate), ssl_keyfile=str(key), log_level="warning", lifespan="off", access_log=False,
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    database: Database = app.state.parts.database
    server = _Server(config, database)
    listener.listen(256)
    if settings.port_file:
        _tell_port(settings.port_file, listener.getsockname()[1])
    words, pepper = app.state.parts.words, app.state.parts.secrets.pepper
    sending = Sending(database, clock, lambda: senders(peers, clock), words, pepper=pepper)
    stopping.hear(server.stop)
    if with_parent:
        stopping.when_parent_ends(server.stop)
    with ExitStack() as ends:  # the last first, whatever fails
        ends.callback(database.close)
        ends.callback(database.settle)
        for beside in (Jobs(database, clock), sending, app.state.parts.internet):
            beside.start()
            ends.callback(beside.stop)
        gc.collect()
        gc.freeze()  # what lives now stays: Python need not look through it again and again
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(server.serve([listener]))
    return 0


def _bound(settings: Settings) -> socket.socket:
    """OSError when the port is taken."""
    # The protocol is named, or asyncio leaves Nagle's algorithm on: each answer then waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        raise OSError(
            f"{settings.host}:{settings.port} is taken or not to be had ({error.strerror})"
        ) from error
    return listener


class _Server(uvicorn.Server):
    """Asked to stop, it first ends the lines that would go on for ever: those of the hints."""

    def __init__(self, config: uvicorn.Config, database: Database) -> None:
        super().__init__(config)
        self._database = database

    def stop(self) -> None:
        """From whatever thread, also before it serves."""
        self.should_exit = True
        self._database.end_watches()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """They are heard already. uvicorn would raise them again at its end, and what is to be done then never was."""
        try:
            yield
        finally:
            stopping.next_ends_at_once()
            log.info("stopping: waits for what is on its way")


def _tell_port(path: Path, port: int) -> None:
    beside = path.with_suffix(".new")
    beside.write_text(str(port))
    beside.replace(path)


def _port(text: str) -> int:
    """Raises ArgumentTypeError for what is no port."""
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 0 to 65535")
    return int(text)


def _place(text: str) -> Place:
    try:
        return place(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="gatehouse-server", description="The venue server of Gatehouse.")
    parser.add_argument(
        "--data", type=Path, default=Path("gatehouse-server"), help="folder for certificate and secrets"
    )
    parser.add_argument(
        "--database", default="", help="sqlite:///FILE or postgresql://…; default: a file in --data"
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=_port, default=8470, help="0 picks a free one")
    parser.add_argument(
        "--internet", type=_place, action="append", default=[], metavar="HOST:PORT",
        help="a place that answers when the internet is there; may be given more than once",
    )  # fmt: skip
    parser.add_argument(
        "--messages", type=Path, help="who carries mail and SMS; default: messages.toml in --data"
    )
    parser.add_argument("--port-file", type=Path, help="where to tell the port")
    parser.add_argument("--clock-file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--end-with-parent", action="store_true", help=argparse.SUPPRESS)
    admin.add_commands(parser.add_subparsers(dest="command"))
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """The command line of the server."""
    os.umask(0o077)  # what a venue keeps is read by nobody else on this machine
    given = _arguments(argv)
    database = given.database or f"sqlite:///{given.data.resolve() / 'venue.db'}"
    files = given.port_file, given.clock_file
    settings = Settings(
        given.data, database, given.host, given.port, *files, tuple(given.internet), given.messages
    )
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it names the address of each request
    try:
        given.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        if given.command == "admin":
            return admin.run(given, settings)
        return serve(settings, with_parent=given.end_with_parent)
    except sa.exc.OperationalError as error:
        print(f"The database cannot be reached: {str(error.orig).strip()}", file=sys.stderr)
    except (ValueError, OSError) as error:
        print(f"The server cannot start: {error}", file=sys.stderr)
    return FAILED
