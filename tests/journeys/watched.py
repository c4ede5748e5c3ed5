"""Runs the client's command line and says last on which threads Python searched for cycles: `python -m
tests.journeys.watched demo …` does what `python -m app demo …` does."""

from __future__ import annotations

import gc
import sys
import threading
from collections import Counter

from app.main import main

searches: Counter[str] = Counter()


def _seen(phase: str, _about: dict[str, int]) -> None:
    if phase == "start":
        gui = threading.current_thread() is threading.main_thread()
        searches["on the GUI thread" if gui else "elsewhere"] += 1


if __name__ == "__main__":
    gc.callbacks.append(_seen)
    code = main(sys.argv[1:])
    print(f"searched for cycles elsewhere: {searches['elsewhere']}", flush=True)
    sys.exit(code)
