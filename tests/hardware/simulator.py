"""Starts the simulated card terminal as the process it is, and reads its journal as the oracle."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from app.hardware.card_terminal import Patience, TcpCardTerminal
from app.hardware.card_wire import Script, encode_script
from tests.helpers.program import Program

QUICK = Patience(connect=2.0, quick=2.0, window=0.5)


def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Returns once `condition` holds; fails after `seconds`."""
    tick = threading.Event()
    for _ in range(int(seconds / 0.01)):
        if condition():
            return
        tick.wait(0.01)
    raise AssertionError("the condition never came true")


class CardProcess:
    """A running terminal. `restart` keeps the journal and the port, `kill` is a power cut."""

    def __init__(self, folder: Path, **seconds: float) -> None:
        self.journal = folder / "terminal.jsonl"
        self._port_file = folder / "port"
        self.address = ("127.0.0.1", 0)
        self._seconds = {"card": 0.0, "bank": 0.0, "in_progress": 0.1} | seconds
        self.start()

    def start(self) -> None:
        self._port_file.unlink(missing_ok=True)
        given = [
            "--journal",
            str(self.journal),
            "--port-file",
            str(self._port_file),
            "--port",
            str(self.address[1]),
        ]
        for name, seconds in self._seconds.items():
            given += [f"--{name.replace('_', '-')}-seconds", str(seconds)]
        self.process = Program("app.hardware.card_simulator", given, self.journal.with_suffix(".log"))
        until(self._port_file.exists)
        self.address = ("127.0.0.1", int(self._port_file.read_text()))

    def kill(self) -> None:
        self.process.end()

    def restart(self) -> None:
        self.kill()
        self.start()

    def terminal(self, terminal_id: str = "", patience: Patience = QUICK) -> TcpCardTerminal:
        return TcpCardTerminal(self.address, terminal_id, patience=patience)

    def script(self, *outcomes: str, scheme: str = "", wallet: str = "", last4: str = "") -> None:
        """Forces the next outcomes; returns once the terminal has taken them."""
        with socket.create_connection(self.address, 2) as line:
            line.sendall(encode_script(Script(outcomes, scheme, wallet, last4)))
            assert line.makefile("rb").readline()

    def entries(self) -> dict[str, dict[str, object]]:
        """The journal's last word on each attempt."""
        found: dict[str, dict[str, object]] = {}
        text = self.journal.read_text(encoding="utf-8") if self.journal.exists() else ""
        for line in text.splitlines():
            facts = json.loads(line)
            if "entry" in facts:
                found[facts["entry"]["attempt"]] = facts["entry"]
        return found

    def taken(self) -> int:
        """What the bank took, in minor units: approvals less reversals."""
        approved = [entry for entry in self.entries().values() if entry["kind"] == "approved"]
        return sum(int(str(e["approved_minor"])) * (-1 if e["original"] else 1) for e in approved)
