"""What all parts of the development tool share: what it says, how it stops, how it starts other programs."""

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
WINDOWS = os.name == "nt"


class Stop(Exception):
    """Something the person at the keyboard can put right; the text is the whole story, in one line."""


def say(text: str, stream=None) -> None:
    print(text, file=stream or sys.stdout, flush=True)


def start(command: list, variables: dict, cwd=None) -> int:
    """Runs it to its end. Ctrl-C is the child's to answer; a request to end is passed on."""
    child = subprocess.Popen([str(part) for part in command], env=variables, cwd=str(cwd) if cwd else None)
    before = {signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: None)}
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None:
            before[number] = signal.signal(number, lambda got, _: child.send_signal(got))
    try:
        code = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code


def output_of(command: list, variables=None) -> tuple:
    """Exit code and all that it printed; a program that is not there counts as 127."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except OSError as error:
        return 127, str(error)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "no message"


def without(*names: str) -> dict:
    """The caller's environment variables, less these."""
    return {name: value for name, value in os.environ.items() if name not in names}
