"""A counter as a process of its own, without windows, made to be killed: it sells in cash and by card, lets guests in,
voids, and prints one line of JSON for each thing that staff were told is done.

`told` names the thing, `ops` are the ids of all that the journal has since the line before, `codes` the tickets that
guests then have in their hands. It obeys words on its standard input and ends when that does.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import queue
import random
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Never

import app.sync
from ledger.clock import FileClock
from tests.faults.counter import Counter, ask_places, enter, finish, open_till

_SOON = (0.05, 0.1, 0.2)  # where a station waits for seconds before it tries the line again
_MOMENT = threading.Event()


class Words:
    """What comes on standard input, one word a line: `go`, `settle`, `lease`, `scan CODE`."""

    def __init__(self) -> None:
        self.waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._read, name="words", daemon=True).start()

    def _read(self) -> None:
        for line in sys.stdin:
            self.waiting.put(line.strip())
        os._exit(0)  # the parent is gone

    def next(self, *, block: bool) -> str:
        try:
            return self.waiting.get(block=block)
        except queue.Empty:
            return ""


def say(**line: object) -> None:
    """One line, whole, before anything else is done."""
    os.write(1, json.dumps(line).encode() + b"\n")


def work(counter: Counter, words: Words, pace: float, *, acts: bool) -> Never:
    """Acts for ever; `pace` seconds between two things."""
    while True:
        word = words.next(block=not acts)
        if word == "lease":
            say(asked=ask_places(counter.shop), **counter.new())
        elif word == "settle":
            acts = False
            finish(counter.shop)
            say(asked="settled", **counter.new())
        elif word.startswith("scan "):
            counter.do(partial(counter.scan, word.removeprefix("scan ")))
        elif word == "go":
            acts = True
        if acts:
            counter.act()
            _MOMENT.wait(pace)


def main() -> Never:
    parser = argparse.ArgumentParser(prog="till", description="A counter to be killed.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--clock-file", type=Path, required=True)
    for name in ("server", "code", "terminal"):
        parser.add_argument(f"--{name}", default="")
    parser.add_argument("--staff", default="reem")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--pace", type=float, default=0.0)
    given = parser.parse_args()
    app.sync._BACK_OFF = _SOON
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    shop = open_till(
        given.data, FileClock(given.clock_file), server=given.server, code=given.code, terminal=given.terminal
    )
    counter = Counter(shop, random.Random(given.seed), say)
    words = Words()
    shop.station.start()
    shop.station.recover_cards()
    enter(shop, given.staff)
    say(ready=True, **counter.new())
    work(counter, words, given.pace, acts="sell" in shop.station.info().places)


if __name__ == "__main__":
    main()
