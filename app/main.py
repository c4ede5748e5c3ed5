"""The command line of the client: `gatehouse` at a counter, `gatehouse demo` for the sample venue.

What is heavy is imported when it is run: a child process of the installed command imports this module again.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

from app import config
from app.demo import joining


def main(argv: list[str] | None = None) -> int:
    """Returns the exit code."""
    os.umask(0o077)  # what a venue keeps is read by nobody else on this machine
    words = sys.argv[1:] if argv is None else argv
    if words[:1] == ["demo"]:
        from app.demo import launcher

        return launcher.main(words[1:])
    given = joining.complete(_arguments(words), config.data_home())
    given.data = given.data or config.data_home() / (given.station or "station")
    from app.wiring import run_station

    return run_station(given)


def _name(text: str) -> str:
    """A station's name, which also names its folder. Raises ArgumentTypeError for anything else."""
    if not re.fullmatch(r"([^./\\:][^/\\:]{0,15})?", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no name of a station, such as POS1")
    return text


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="gatehouse", description="Gatehouse at a counter.")
    parser.add_argument("--station", default="", type=_name, help="the station's name, such as POS1")
    parser.add_argument(
        "--data", type=Path, help="the station's data folder; default: one a name in the user's home"
    )
    parser.add_argument("--server", default="", help="https://HOST:PORT of the venue server")
    parser.add_argument("--code", default="", help="one-time enrolment code, needed once")
    parser.add_argument(
        "--backup", type=Path, help="a folder on another disk for copies of the journal; remembered"
    )
    parser.add_argument("--terminal", default="", help="HOST:PORT of the card terminal")
    parser.add_argument(
        "--camera", default="", help="camera number, video file, image folder or MJPEG address"
    )
    parser.add_argument("--sample-pins", default="", help=argparse.SUPPRESS)
    parser.add_argument("--clock-file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument(
        "--no-keyring", action="store_true", help="keep secrets in a file only this user can read"
    )
    return parser.parse_args(argv)
