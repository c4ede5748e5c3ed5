"""The venue that every history begins with: made once a process, copied for each."""

from __future__ import annotations

import re
import shutil
import tempfile
from atexit import register
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection

from app.recording import identity_of
from app.secrets import FileSecrets, StationSecrets
from app.store import Store
from ledger import read_setup
from ledger import tables as t
from ledger.clock import to_ms
from server import access, importing, venue_file
from server.settings import load_secrets
from server.setup import SetUp
from tests.simulation.card_oracle import Terminal
from tests.simulation.chance import CHANCE, Time
from tests.simulation.line import CALM, Cable, answer, api_over
from tests.simulation.machines import Machine, Server

SAMPLE = Path(__file__).parents[2] / "resources" / "sample" / "venue.toml"
NAMES = ("POS1", "POS2", "LK1")
CAPACITY, FEW = 14, 7  # places a session; in histories in which they are scarce
WATER = 33
MEMBERS, PLAN = 5, "season"  # a ticket for holders of its season pass
CABANA = 34  # needs somebody's yes, in a venue that has it (`open_cabana`)


def scratch() -> Path:
    """A folder in memory where there is such a disk."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="gatehouse-", dir=memory if memory.is_dir() else None))


@cache
def mould(capacity: int = CAPACITY, role: str = "supervisor", *, policy: bool = False) -> Path:
    """A folder with `server` and a folder a station, all enrolled and filled. To be used inside `one_source`. `role` is
    Huda's, the only one who is more than a cashier or at a gate. Without a `policy` nothing goes back by itself."""
    CHANCE.begin("mould")
    folder = scratch()
    register(shutil.rmtree, folder, ignore_errors=True)
    time = Time()
    server = _open_server(folder / "server", time, _venue(capacity, role, policy=policy))
    cable = Cable(lambda request: answer(server.app, request), lambda host: None, odds=CALM)
    for name in NAMES:
        _enrol(server, folder / name, name)
        machine = Machine(name.lower(), folder / name, time, Terminal(name), api_over(lambda: cable))
        machine.start()
        machine.up.store.close()
    server.close()
    return folder


def _venue(capacity: int, role: str, *, policy: bool) -> str:
    """The sample's, with few places and without Nadia."""
    text = SAMPLE.read_text(encoding="utf-8").replace("capacity = 300", f"capacity = {capacity}")
    plain = re.sub(r'\[\[staff\]\]\nid = "nadia"\n.*?\n\n', "", text, flags=re.DOTALL)
    assert plain != text
    if not policy:
        plain = re.sub(r'\[\[policy\]\]\n.*?\n\n|policy = "day"\n', "", plain, flags=re.DOTALL)
    return plain.replace('role = "supervisor"', f'role = "{role}"')


def open_cabana(server: Server, per_day: int = 1) -> None:
    """From now on the server has a product that needs somebody's yes, and of which there are so many a day."""

    def work(connection: Connection) -> None:
        setup = SetUp(connection, server.clock, server.database.ids)
        known = read_setup.product(connection, WATER)
        setup.record("product", str(CABANA), replace(known, number=CABANA, approval=True, per_day=per_day))
        setup.publish()

    server.database.transact(work)


def _open_server(folder: Path, time: Time, text: str) -> Server:
    folder.mkdir()
    server = Server(folder, time)
    content = venue_file.read(text, server.clock.now())
    kept = load_secrets(folder)
    server.database.transact(lambda c: importing.save(c, content, kept, server.clock, server.database.ids))
    return server


def _enrol(server: Server, folder: Path, name: str) -> None:
    """As `app.enrolment` does it, without a certificate to look at."""
    kept, clock, database = load_secrets(server.folder), server.clock, server.database
    code = database.transact(lambda c: access.make_code(c, name, "f" * 64, clock))

    def work(connection: Connection) -> access.Enrolled:
        given, event = access.enrol(connection, code, kept, to_ms(clock.now()))
        SetUp(connection, clock, database.ids).note(event)
        return given

    given = database.transact(work)
    store = Store(folder, clock, lambda topics: None)
    FileSecrets(folder).save(StationSecrets(given.token, given.key_id, given.signing_key, given.pepper))
    store.save_identity(identity_of(given, "http://x", ""))
    store.close()


def open_another_day(server: Server) -> None:
    """The server has the sessions of its last day once more, on the day after."""

    def work(connection: Connection) -> None:
        last = connection.execute(sa.select(sa.func.max(t.session.c.day))).scalar_one()
        setup, day = SetUp(connection, server.clock, server.database.ids), timedelta(days=1)
        for each in read_setup.sessions_of(connection, date.fromisoformat(last)):
            times = {"starts_at": each.starts_at + day, "ends_at": each.ends_at + day}
            setup.session(replace(each, number=each.number + 100, day=each.day + day, **times))
        setup.publish()

    server.database.transact(work)
