"""Installing the locked packages into an environment, with progress, tries, and trouble told in one line."""

import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

from devkit.base import Stop, last_line, say, without

TRIES = 3
OFFLINE = re.compile(
    r"name resolution|Name or service|nodename nor|getaddrinfo|NewConnectionError|ConnectTimeout|ReadTimeout"
    r"|Network is unreachable|Connection refused|ProxyError"
)


def pip_variables() -> dict:
    kept = without(
        "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV"
    )
    return {**kept, "PIP_USER": "0", "PYTHONUTF8": "1"}


def install(python: str, lock_file: Path) -> None:
    """Installs exactly the locked files; what arrived before a broken connection is kept by pip for the next try.
    Nothing is compiled: what dev.py starts keeps its bytecode elsewhere and would never read pip's."""
    command = [python, "-m", "pip", "install", "--require-hashes", "--no-deps", "--only-binary", ":all:"]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--retries", "3"]
    command += ["--no-compile", "--requirement", str(lock_file)]
    for attempt in range(1, TRIES + 1):
        printed = install_once(command, lock_file)
        if printed is None:
            return
        why, again = reason(printed)
        if attempt == TRIES or not again:
            raise Stop(why)
        say("  {} Trying again ({} of {}).".format(why, attempt + 1, TRIES))
        time.sleep(3 * attempt)


def install_once(command: list, lock_file: Path):
    """None when all is installed, else what pip printed."""
    total = len(re.findall(r"^[a-z0-9].*==", lock_file.read_text(encoding="utf-8"), re.M))
    child = subprocess.Popen(command, env=pip_variables(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    printed = []
    try:
        with Progress(total) as progress:
            for raw in child.stdout:
                printed.append(raw.decode("utf-8", "replace").rstrip())
                progress.read(printed[-1])
        code = child.wait()
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait()
    return None if code == 0 else "\n".join(printed)


class Progress:
    """One line that is rewritten each second on a terminal; a line every fifteen seconds elsewhere."""

    def __init__(self, total: int) -> None:
        self.total, self.seen, self.doing, self.since = total, 0, "starting", time.monotonic()
        self.terminal = sys.stdout.isatty()
        self.over = threading.Event()
        self.ticking = threading.Thread(target=self.tick, daemon=True)

    def __enter__(self) -> "Progress":
        self.ticking.start()
        return self

    def __exit__(self, *_) -> None:
        self.over.set()
        self.ticking.join()
        if self.terminal:
            self.rewrite("")
            sys.stdout.write("\r")

    def read(self, line: str) -> None:
        collecting = re.match(r"Collecting ([\w.-]+)", line)
        downloading = re.match(r"\s+Downloading (?:.*/)?([\w.]+?)-.*\(([\d.]+ MB)\)", line)
        if collecting:
            self.seen += 1
            self.doing = collecting.group(1)
        elif downloading:
            self.doing = "{} ({})".format(*downloading.groups())
        elif line.startswith("Installing collected packages"):
            self.doing = "unpacking"

    def tick(self) -> None:
        while not self.over.wait(1 if self.terminal else 15):
            seconds = int(time.monotonic() - self.since)
            text = "  {:>3} s  {:>2} of {}  {}".format(seconds, self.seen, self.total, self.doing)
            if self.terminal:
                self.rewrite(text)
            else:
                say(text)

    def rewrite(self, text: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        sys.stdout.write("\r" + text[:width].ljust(width))
        sys.stdout.flush()


def reason(printed: str) -> tuple:
    """pip's trouble in one line, and whether another try may help."""
    if "No space left on device" in printed:
        return "The disk is full; GATEHOUSE_ENVS names another folder for the packages.", False
    if "DO NOT MATCH THE HASHES" in printed:
        return "A package differs from the one in the lock file and was refused.", False
    if OFFLINE.search(printed):
        return (
            "The Python package index cannot be reached; check the network, or pip's mirror and proxy.",
            True,
        )
    errors = [line for line in printed.splitlines() if line.startswith("ERROR")]
    return "pip could not install the packages: {}".format(errors[-1] if errors else last_line(printed)), True
