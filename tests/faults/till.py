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
from tests.helpers.waiting import wait_for

_SOON = (0.05, 0.1, 0.2)  # where a station waits for seconds before it tries the line again
_MOMENT = threading.Event()


class Words:
    """What comes on standard input, a word a line: `go`, `settle`, `lease`, `scan CODE`, `again CODE`, `enter NAME`,
    `sell CASH PRODUCTS`, `begin CASH PRODUCTS`, and `there` and `away`, answered when the server is."""

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
        acts = {"go": True, "settle": False}.get(word, acts)
        obey(counter, *word.partition(" ")[::2])
        if acts:
            counter.act()
            _MOMENT.wait(pace)


def obey(counter: Counter, what: str, about: str) -> None:
    match what:
        case "lease":
            say(asked=ask_places(counter.shop), **counter.new())
        case "settle":
            finish(counter.shop)
            say(asked="settled", **counter.new())
        case "there" | "away":
            wait_for(lambda: counter.shop.station.health.online() == (what == "there"), seconds=20)
            say(asked=what, **counter.new())
        case "enter":
            enter(counter.shop, about)
            say(asked=about, **counter.new())
        case "scan" | "again":
            counter.do(partial(counter.scan if what == "scan" else counter.scan_again, about))
        case "sell" | "begin":
            cash, *products = about.split()
            act = counter.sell if what == "sell" else counter.pay_part
            counter.do(partial(act, cash, [*map(int, products)]))


def main() -> Never:
    parser = argparse.ArgumentParser(prog="till", description="A counter to be killed.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--clock-file", type=Path, required=True)
    for name in ("server", "code", "terminal"):
        parser.add_argument(f"--{name}", default="")
    parser.add_argument("--staff", default="reem")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--pace", type=float, default=0.0)
    parser.add_argument("--still", action="store_true", help="do nothing but what is said")
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
    work(counter, words, given.pace, acts=not given.still and "sell" in shop.station.info().places)


if __name__ == "__main__":
    main()
