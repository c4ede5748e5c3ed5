"""A desk in a process of its own, without a display: started, timed and played on; prints what it found as JSON.

`main` is given start|window|scan DATA CLOCK STAFF PIN [CODES]; BENCH_STARTED says when it was started.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QThread
from PySide6.QtWidgets import QApplication

from app.collecting import Collecting
from app.demo.hands import Hands
from app.demo.player import Player, Script
from app.demo.scene import page_of
from app.parts import Config
from app.views.checkin_view import CheckinView
from app.views.ports import Preferences
from app.views.sale_view import SaleView
from app.wiring import Joined, join, make_application
from benchmarks.meters import memory_of
from domain.money import Money
from ledger.clock import FileClock
from ledger.read_setup import product
from tests.helpers.shop import ADULT, CHILD, INFANT

SIZE = (1366, 768)
SALES = 6
Found = dict[str, object]


class Watched(QApplication):
    """Notes how long each event held the GUI thread and what CPU it took; what the player itself does is left out."""

    def __init__(self) -> None:
        super().__init__(["gatehouse"])
        self.events: list[tuple[float, float, str]] = []
        self.noting = False
        self.not_ours: QObject | None = None
        self.painted: Callable[[], None] = lambda: None
        self._inside = False

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        if (
            self._inside
            or not self.noting
            or receiver is self.not_ours
            or QThread.currentThread() is not self.thread()
        ):
            return bool(super().notify(receiver, event))
        kind = event.type()
        self._inside = True
        start, cpu = time.perf_counter(), time.thread_time()
        try:
            return bool(super().notify(receiver, event))
        finally:
            spent = (time.perf_counter() - start) * 1000, (time.thread_time() - cpu) * 1000
            self._inside = False
            self.events.append((*spent, f"{kind.name} to {type(receiver).__name__}"))
            if kind is QEvent.Type.UpdateRequest:
                self.painted()


def main(arguments: list[str]) -> int:
    what, data, clock, staff_id, pin, *codes = arguments
    watched = Watched()
    made = make_application([])
    collecting = Collecting()
    joined = join(
        Config(Path(data), keyring=False),
        FileClock(Path(clock)),
        sound=lambda name: None,
        preferences=Preferences(),
    )
    joined.station.start()
    joined.window.resize(*SIZE)
    joined.window.show()
    collecting.keep()
    found: Found = {}
    scripts = {
        "start": lambda: started(joined, found),
        "window": lambda: sales(watched, joined, found),
        "scan": lambda: scans(watched, joined, found, json.loads(Path(codes[0]).read_text())),
    }

    def script() -> Script:
        yield from signed_in(joined, found, (staff_id, pin))
        yield from scripts[what]()

    player = Player(script(), seconds=20, ended=made.quit)
    watched.not_ours = player._timer
    player.start()
    made.exec()
    joined.close()
    collecting.stop()
    if player.error is not None:
        raise player.error
    print(json.dumps(found))
    return 0


def signed_in(joined: Joined, found: Found, who: tuple[str, str]) -> Script:
    """The sign-in page is there; the right PIN is typed at once."""
    window = joined.window
    yield lambda: window.sign_in_view is not None and window.sign_in_view.has(who[0])
    found["sign-in"] = _since_start()
    hands, view = Hands(window), window.sign_in_view
    assert view is not None
    view.choose(who[0])
    for digit in who[1]:
        hands.key(digit)
    hands.key("Enter")
    yield lambda: window.frame is not None


def started(joined: Joined, found: Found) -> Script:
    yield lambda: _tiles(joined) > 0
    found["sell-ready"] = _since_start()
    found["memory"] = memory_of(os.getpid())


def _since_start() -> float:
    return time.time() - float(os.environ["BENCH_STARTED"])


def _tiles(joined: Joined) -> int:
    page = page_of(joined.window, "sell")
    return page._tiles.tile(0) is not None if isinstance(page, SaleView) else 0


def sales(watched: Watched, joined: Joined, found: Found) -> Script:
    """Families of five, tapped and paid in cash; then the numbers of the event loop."""
    yield lambda: _tiles(joined) > 0
    hands, window, texts = Hands(joined.window), joined.window, window_texts(joined)
    for number in range(SALES):
        watched.noting = number > 0  # the first is for warming up
        for wanted in (ADULT, ADULT, CHILD, CHILD, INFANT):
            page = page_of(window, "sell")
            assert isinstance(page, SaleView)
            before = page.cart.items if page.cart else 0
            with joined.station.store.read() as connection:
                sold = product(connection, wanted)
            hands.tap(sold.name.get("en"), texts(sold.price))
            yield lambda page=page, before=before: page.cart is not None and page.cart.items == before + 1  # type: ignore[misc] # bound early
        hands.key("F10")
        yield lambda: bool(joined.station.checkout.to_resolve())
        yield _later(0.15)
        for digit in "400":
            hands.key(digit)
            yield _later(0.03)
        hands.key("F10")
        yield lambda: not joined.station.checkout.to_resolve()
        yield _later(0.2)
        hands.key("Esc")
        yield (
            lambda: (
                isinstance(shown := page_of(window, "sell"), SaleView)
                and shown.cart is not None
                and not shown.cart.lines
            )
        )
    watched.noting = False
    found |= event_figures(watched)
    found["sales"] = SALES - 1


def window_texts(joined: Joined) -> Callable[[Money], str]:
    return joined.window._desk.texts.price


def _later(seconds: float) -> Callable[[], bool]:
    until = time.monotonic() + seconds
    return lambda: time.monotonic() >= until


def scans(watched: Watched, joined: Joined, found: Found, codes: list[str]) -> Script:
    """Each code told as a scanner would; ms until the window has painted its answer."""
    yield lambda: isinstance(page_of(joined.window, "checkin"), CheckinView)
    page = page_of(joined.window, "checkin")
    assert isinstance(page, CheckinView)
    taken: list[float] = []
    for number, code in enumerate(codes):
        watched.noting = True
        before, done = page.result, [0.0]

        def painted(before: object = before, done: list[float] = done) -> None:
            if page.result is not before and not done[0]:
                done[0] = time.perf_counter()

        watched.painted = painted
        start = time.perf_counter()
        joined.signals.scanned.emit(code)
        yield lambda done=done: done[0]  # type: ignore[misc] # bound early
        if number >= 5:
            taken.append((done[0] - start) * 1000)
        else:
            watched.events.clear()
        assert page.result is not None and page.result.code == "ok", page.result
    watched.noting = False
    found |= event_figures(watched) | {"painted": taken, "memory": memory_of(os.getpid())}


def event_figures(watched: Watched) -> Found:
    held = [event[0] for event in watched.events]
    worst = max(watched.events)
    return {"held": held, "cpu": [event[1] for event in watched.events], "worst": worst[2]}
