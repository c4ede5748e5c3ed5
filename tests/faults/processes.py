"""A till's process from outside: starting it, killing it, and reading what its staff were told."""

from __future__ import annotations

import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.helpers.program import Program
from tests.helpers.waiting import wait_for


@dataclass
class Till:
    """A station's folder and the process that works on it, if one does. `told` are the operations that staff saw
    done, `codes` the tickets that were sold, `said` counts what they did, `refused` what they were refused; all of
    them over every life of it."""

    name: str
    folder: Path
    log: Path
    clock_file: Path
    server: str
    terminal: str = ""
    staff: str = "reem"
    pace: float = 0.0
    still: bool = False  # does nothing but what it is told
    told: set[str] = field(default_factory=set)
    codes: list[str] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    lives: int = 0
    answers: list[str] = field(default_factory=list)
    copied: bool = False
    _process: Program | None = None
    _reader: threading.Thread | None = None
    _ready: bool = False

    def start(self, seed: str, *, code: str = "") -> Till:
        """A new life; `wait_ready` returns when somebody is signed in there."""
        given = [
            "--data",
            str(self.folder),
            "--clock-file",
            str(self.clock_file),
            "--server",
            self.server,
            "--code",
            code,
        ]
        given += ["--terminal", self.terminal, "--staff", self.staff, "--pace", str(self.pace)]
        given += ["--seed", f"{seed}/{self.lives}", *(["--still"] if self.still else [])]
        self._process = Program("tests.faults.till", given, self.log, heard=True)
        self.lives += 1
        self._ready = False
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()
        return self

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def wait_ready(self) -> Till:
        wait_for(lambda: self._ready or self._died(), seconds=30)
        return self

    def _died(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise AssertionError(f"{self.name} ended by itself: {self.log.read_text()[-2000:]}")
        return False

    def wait_done(self, more: int) -> None:
        """Until so many more things were done or refused."""
        wanted = self.said.total() + self.refused.total() + more
        wait_for(
            lambda: self.said.total() + self.refused.total() >= wanted or self._died(), seconds=30 + more
        )

    def _read(self, process: Program) -> None:
        assert process.stdout is not None
        for raw in process.stdout:
            if raw.endswith(b"\n"):  # the last one may be torn
                self._heard(json.loads(raw))
        process.stdout.close()

    def _heard(self, line: dict[str, object]) -> None:
        ops, codes = line["ops"], line["codes"]
        assert isinstance(ops, list) and isinstance(codes, list)
        self.told.update(ops)
        self.codes += codes
        match line:
            case {"told": str(what)}:
                self.said[what] += 1
            case {"refused": str(code)}:
                self.refused[code] += 1
            case {"asked": str(answer)}:
                self.answers.append(answer)
            case {"ready": True}:
                self._ready = True

    def word(self, word: str) -> None:
        """Said to the process; it obeys after what it does just now."""
        assert self._process is not None
        self._process.stdin.write(f"{word}\n".encode())

    def does(self, word: str) -> None:
        """Said to a till that is still; until it is done. Fails when it is refused."""
        before, refused = self.said.total(), self.refused.total()
        self.word(word)
        wait_for(lambda: self.said.total() > before or self.refused.total() > refused or self._died())
        assert self.refused.total() == refused, f"{self.name} was refused: {self.refused}"

    def ask_places(self) -> str:
        """The answer to a request for places, made between two things that staff do."""
        return self.answer("lease")

    def answer(self, word: str) -> str:
        """To a word that the process answers when it has obeyed."""
        before = len(self.answers)
        self.word(word)
        wait_for(lambda: len(self.answers) > before or self._died(), seconds=20)
        return self.answers[-1]

    def kill(self) -> None:
        """As a power cut would: nothing is said, nothing is put away."""
        if self._process is not None:
            process, self._process = self._process, None
            process.end()
            assert self._reader is not None
            self._reader.join(20)
