"""Plays the visit without a display: real server, real card terminal, the real windows drawn offscreen."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from app.demo.launcher import SAMPLE, Venue, running_venue
from ledger.clock import FileClock

if TYPE_CHECKING:
    from app.demo.visit import Scene

SIZE = (1366, 768)
SECONDS = 55


def play_headless(folder: Path, language: str = "en") -> int:
    """Plays, leaves papers, pictures and a summary in `folder`, prints its path. Returns the exit code."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        os.environ.pop(name, None)
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    print(f"No window here: playing a family's visit offscreen into {folder}", flush=True)
    with tempfile.TemporaryDirectory(prefix="gatehouse-play-", ignore_cleanup_errors=True) as scratch:
        error = play(Path(scratch), folder, language)
    if error is not None:
        print(f"The visit did not go as it must: {error}", flush=True)
        return 1
    print(f"Done. Receipt, tickets, pictures and summary.txt are in {folder}", flush=True)
    return 0


def play(scratch: Path, folder: Path, language: str) -> Exception | None:
    """One whole visit in this process, with server and terminal beside it. Returns what went wrong, if anything."""
    from app.demo.player import Player
    from app.demo.visit import summary, visit
    from app.wiring import make_application

    application = make_application(["gatehouse"])
    started = datetime.now(UTC)
    clock = FileClock(scratch / "clock")
    clock.set(started.astimezone(ZoneInfo("Asia/Riyadh")).replace(hour=9, minute=40, second=0, microsecond=0))
    source = visit_venue(scratch, language)
    with (
        running_venue(scratch, source=source, clock_file=scratch / "clock", quick_cards=True) as venue,
        ExitStack() as open_parts,
    ):
        scene = make_scene(venue, clock, (folder, language), open_parts)
        player = Player(visit(scene), ended=application.quit)
        player.start()
        application.exec()
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


def make_scene(venue: Venue, clock: FileClock, shown: tuple[Path, str], open_parts: ExitStack) -> Scene:
    """Windows for POS1 and LK1, a second till without one, and a scanner that speaks to the front window."""
    from PySide6.QtWidgets import QWidget

    from app.demo.visit import Scene
    from app.hardware.wedge_scanner import WedgeScanner
    from app.parts import Config, Station, Told
    from app.signals import Signals
    from app.texts import Texts
    from app.views.ports import Preferences
    from app.wiring import join, make_application

    application = make_application(["gatehouse"])
    folder, language = shown
    joined = []
    for name in ("POS1", "LK1"):
        terminal = venue.terminal if name == "POS1" else ""
        settings = Config(
            venue.folder / name,
            venue.server,
            venue.code(name),
            terminal,
            keyring=False,
            query_seconds=0.3,
            sample_pins=venue.pins,
        )
        made = join(settings, clock, sound=lambda name: None, preferences=Preferences(language))
        open_parts.callback(made.close)
        made.station.start()
        made.window.resize(*SIZE)
        made.window.show()
        joined.append(made)
    second = Station(
        Config(
            venue.folder / "POS2", venue.server, venue.code("POS2"), keyring=False, sample_pins=venue.pins
        ),
        clock,
        Told(),
    )
    open_parts.callback(second.close)
    second.start()
    desk, gate = joined
    scanner = WedgeScanner(application)
    front: dict[QWidget, Signals] = {made.window: made.signals for made in joined}
    scanner.start(lambda code: front[application.activeWindow() or made.window].scanned.emit(code))
    open_parts.callback(scanner.stop)
    zone = ZoneInfo("Asia/Riyadh")
    return Scene(
        clock,
        zone,
        desk.station,
        desk.window,
        gate.station,
        gate.window,
        second,
        Texts(language, zone.key),
        folder,
    )


def _keep_papers(prints: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(prints, folder)
