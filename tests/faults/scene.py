"""A venue of real processes: a server, card terminals and tills; and the figures of what was done to them."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.aftermath import judge
from tests.faults.processes import Till
from tests.hardware.simulator import CardProcess
from tests.helpers.running import SAMPLE, RunningServer

STAFF = {"POS1": "reem", "POS2": "salem", "LK1": "faisal"}
CAPACITY = 2000
_MOMENT = threading.Event()


@dataclass
class Scene:
    """`chance` decides all that the test does; the moment at which a signal finds a process is the machine's."""

    seed: int
    folder: Path
    server: RunningServer
    chance: random.Random
    tills: list[Till] = field(default_factory=list)
    cards: dict[str, CardProcess] = field(default_factory=dict)
    figures: Counter[str] = field(default_factory=Counter)
    others: list[RunningServer] = field(default_factory=list)
    restored: bool = False
    epoch: str = ""
    numbers: set[str] = field(default_factory=set)
    violations: list[str] = field(default_factory=list)

    def till(
        self, name: str, *, folder: Path | None = None, url: str = "", pace: float = 0.0, still: bool = False
    ) -> Till:
        """A new till with a card terminal of its own, enrolled and at work, unless it is to be `still`."""
        if name not in self.cards:
            home = self.folder / f"terminal-{name}"
            home.mkdir()
            self.cards[name] = CardProcess(home, bank=0.02)
        terminal = f"127.0.0.1:{self.cards[name].address[1]}"
        clock = self.server.folder / "clock"
        home = folder or self.folder / name
        till = Till(
            name,
            home,
            self.folder / f"{home.name}.log",
            clock,
            url or self.server.url,
            terminal,
            STAFF[name],
            pace,
            still,
        )
        self.tills.append(till)
        return till.start(str(self.seed), code=self.server.code(name))

    def kill(self, till: Till) -> None:
        """After up to a few hundredths of a second: in the midst of whatever it does."""
        self.moment(0.06)
        till.kill()
        self.figures["kills of a till"] += 1

    def kill_server(self) -> None:
        self.server.kill()
        self.figures["kills of the server"] += 1

    def carry_tickets(self) -> None:
        """A guest comes with a ticket to any counter."""
        codes = [code for till in self.tills for code in till.codes[-12:]]
        if codes:
            self.chance.choice(self.tills).word(f"scan {self.chance.choice(codes)}")

    def another_server(self) -> RunningServer:
        """One more process on the same database."""
        self.others.append(self.server.another(self.folder / f"server{len(self.others) + 2}").start())
        return self.others[-1]

    def moment(self, most: float) -> None:
        """A moment by chance, which is part of the fault; nothing is waited for."""
        _MOMENT.wait(self.chance.uniform(0, most))

    def end(self) -> list[str]:
        """Ends every till, and judges. The server must be running."""
        for till in self.tills:
            till.kill()
        found, evidence = judge(self.server, self.tills, self.cards, restored=self.restored)
        found = self.violations + found
        told = set().union(*(till.told for till in self.tills))
        self.numbers = {row["number"] for row in evidence.rows["document"]}
        self.figures["operations told"] += len(told)
        self.figures["operations on the server"] += sum(
            row["station_id"] != "SRV" for row in evidence.inbox.values()
        )
        self.figures["card charges"] += sum(
            charged.minor > 0 for one in evidence.world.terminals for charged in one.arrived.values()
        )
        self.figures["cases"] += len(evidence.rows["case_item"])
        self.figures["refusals"] += sum(till.refused.total() for till in self.tills)
        self.figures["violations"] += len(found)
        return found


@contextmanager
def opened(folder: Path, seed: int, *, database: str = "", data: Path | None = None) -> Iterator[Scene]:
    """A scene whose server runs; whatever happens, no process is left behind. `data`: the server's own folder."""
    folder.mkdir(parents=True, exist_ok=True)
    venue = folder / "venue.toml"
    text = SAMPLE.read_text(encoding="utf-8")
    venue.write_text(text.replace("capacity = 300", f"capacity = {CAPACITY}"), encoding="utf-8")
    server = RunningServer(data or folder / "server", venue=venue, database=database)
    server.log = folder / "server.log"
    scene = Scene(seed, folder, server.start(), random.Random(seed))
    try:
        yield scene
    finally:
        for till in scene.tills:
            till.kill()
        for each in (server, *scene.others):
            each.kill()
        for terminal in scene.cards.values():
            terminal.kill()
