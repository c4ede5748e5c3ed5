"""Plays the visit without a display: real server, real card terminal, the real windows drawn offscreen."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from app.collecting import on_this_thread
from app.demo.launcher import SAMPLE, running_venue
from app.demo.office import MESSAGES
from app.demo.player import Player
from app.demo.scene import summary
from app.demo.stage import set_up
from app.demo.visit import visit
from app.wiring import make_application
from ledger.clock import FileClock


def play_headless(folder: Path, language: str = "en", steps: int | None = None) -> int:
    """Plays all steps or the first `steps`, leaves papers, pictures and a summary in `folder`, prints its path.
    Returns the exit code."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        os.environ.pop(name, None)
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    print(f"No window here: playing a family's visit offscreen into {folder}", flush=True)
    with tempfile.TemporaryDirectory(prefix="gatehouse-play-", ignore_cleanup_errors=True) as scratch:
        error = play(Path(scratch), folder, language, steps)
    if error is not None:
        print(f"The visit did not go as it must: {error}", flush=True)
        return 1
    print(f"Done. Receipt, tickets, pictures and summary.txt are in {folder}", flush=True)
    return 0


def play(scratch: Path, folder: Path, language: str, steps: int | None) -> Exception | None:
    """One visit in this process, with server and terminal beside it. Returns what went wrong, if anything."""
    application = make_application(["gatehouse"])
    started = datetime.now(UTC)
    clock = FileClock(scratch / "clock")
    clock.set(started.astimezone(ZoneInfo("Asia/Riyadh")).replace(hour=9, minute=40, second=0, microsecond=0))
    source = visit_venue(scratch, language)
    _print_messages(scratch / "server")
    with (
        on_this_thread(),
        running_venue(scratch, source=source, clock_file=scratch / "clock", quick_cards=True) as venue,
        ExitStack() as open_parts,
    ):
        scene = set_up(venue, clock, (folder, language), open_parts)
        player = Player(visit(scene, steps), ended=application.quit)
        player.start()
        application.exec()
        if player.error is not None:
            scene.picture(scene.desk_window, "failed")
        (folder / "summary.txt").write_text("\n".join(summary(scene, started)) + "\n", encoding="utf-8")
        _keep_papers(scene.desk.config.data / "prints", folder / "papers")
    return player.error


def visit_venue(scratch: Path, language: str) -> Path:
    """The sample venue with the visit's day: 40 places a session, and staff who read `language`."""
    text = SAMPLE.read_text(encoding="utf-8").replace("capacity = 300", "capacity = 40")
    other = "ar" if language == "en" else "en"
    text = text.replace(f'language = "{other}"', f'language = "{language}"')
    path = scratch / "venue.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _print_messages(folder: Path) -> None:
    """The server prints what it would send, codes too: the father reads one off his phone."""
    folder.mkdir(mode=0o700)
    file = (folder / "messages").with_suffix(".toml")
    file.touch(mode=0o600)
    file.write_text(MESSAGES, encoding="utf-8")


def _keep_papers(prints: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if prints.is_dir():  # a play that failed early has none
        shutil.copytree(prints, folder)
