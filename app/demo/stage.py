"""Sets the scene: windows for POS1 and LK1, a second till without one, a scanner that speaks to the front window."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from app.demo.launcher import Venue
from app.demo.scene import Scene
from app.hardware.wedge_scanner import WedgeScanner
from app.parts import Config, Station, Told
from app.signals import Signals
from app.texts import Texts
from app.views.ports import Preferences
from app.wiring import Joined, join, make_application
from ledger.clock import FileClock

SIZE = (1366, 768)
ZONE = ZoneInfo("Asia/Riyadh")


def set_up(venue: Venue, clock: FileClock, shown: tuple[Path, str], open_parts: ExitStack) -> Scene:
    """The scene, running; `shown` is where pictures go and the staff's language. `open_parts` closes it all."""
    folder, language = shown
    codes = venue.codes(["POS1", "LK1", "POS2"])
    first, last, other = (_config(venue, name, code) for name, code in codes.items())
    desk, gate = (_windowed(config, clock, language, open_parts) for config in (first, last))
    second = Station(other, clock, Told())
    open_parts.callback(second.close)
    second.start()
    _listen((desk, gate), open_parts)
    texts = Texts(language, ZONE.key)
    stations = (desk.station, desk.window, gate.station, gate.window, second)
    return Scene(clock, ZONE, *stations, texts, folder, venue)


def _config(venue: Venue, name: str, code: str) -> Config:
    terminal = venue.terminal if name == "POS1" else ""
    return Config(
        venue.folder / name,
        venue.server,
        code,
        terminal,
        keyring=False,
        query_seconds=0.3,
        sample_pins=venue.pins,
        backup=venue.folder / "backups" / name,
    )


def _windowed(config: Config, clock: FileClock, language: str, open_parts: ExitStack) -> Joined:
    made = join(config, clock, sound=lambda sound: None, preferences=Preferences(language))
    open_parts.callback(made.close)
    made.station.start()
    made.window.resize(*SIZE)
    made.window.show()
    return made


def _listen(joined: tuple[Joined, Joined], open_parts: ExitStack) -> None:
    application = make_application(["gatehouse"])
    front: dict[QWidget, Signals] = {made.window: made.signals for made in joined}
    scanner = WedgeScanner(application)
    scanner.start(lambda code: front[application.activeWindow() or joined[1].window].scanned.emit(code))
    open_parts.callback(scanner.stop)
