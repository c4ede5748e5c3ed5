"""What a station keeps of its looks from one start to the next."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app import config
from app.parts import Config
from app.refusals_seen import RefusalsSeen
from app.views.ports import Preferences
from app.wiring import join
from ledger.clock import HandClock
from tests.helpers.logs import ExpectedLogs
from tests.helpers.running import MORNING
from tests.helpers.shop import PINS
from tests.helpers.windows import end


def language_at_start(folder: Path, *, signs_in: str) -> str:
    """The language of the sign-in page; then somebody signs in, and the station is closed."""
    joined = join(Config(folder, keyring=False), HandClock(MORNING), sound=lambda sound: None)
    try:
        assert joined.window.sign_in_view is not None
        shown = joined.window._desk.texts.language
        joined.window.enter(joined.station.people.sign_in(signs_in, PINS[signs_in]))
        return shown
    finally:
        joined.window.close()
        joined.close()
        end(joined.window)


def test_a_restart_speaks_the_language_that_the_station_was_last_used_in(
    enrolled: Path, tmp_path: Path, qapp: QApplication
) -> None:
    folder = tmp_path / "POS1"
    shutil.copytree(enrolled / "POS1", folder)
    assert language_at_start(folder, signs_in="salem") == "en"
    assert language_at_start(folder, signs_in="reem") == "ar"
    assert language_at_start(folder, signs_in="reem") == "en"


@pytest.mark.parametrize(
    ("machine", "language"), [("ar_EG.UTF-8", "ar"), ("en_GB.UTF-8", "en"), ("fr_FR.UTF-8", "en")]
)
def test_the_very_first_start_speaks_the_language_of_the_machine(machine: str, language: str) -> None:
    ask = "from app.views.first_start_window import machine_language; print(machine_language())"
    environment = {**os.environ, "LC_ALL": machine, "LANGUAGE": ""}
    said = subprocess.run(
        [sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == language


def test_looks_that_cannot_be_kept_stop_nobody(tmp_path: Path, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("looks.json was not kept", logger="app.config")
    config.save_looks(tmp_path / "gone", Preferences("ar"))
    assert config.load_looks(tmp_path / "gone", Preferences, Preferences()) == Preferences()


def test_what_was_seen_is_known_to_the_next_start_and_goes_with_what_it_is_of(tmp_path: Path) -> None:
    seen = RefusalsSeen(tmp_path)
    seen.add("one", among={"one", "two"})
    assert RefusalsSeen(tmp_path).ids() == seen.ids() == {"one"}
    seen.add("two", among={"two"})  # the first is no longer listed
    assert RefusalsSeen(tmp_path).ids() == {"two"}
    (tmp_path / "refusals.json").write_bytes(b"\xff{")
    assert RefusalsSeen(tmp_path).ids() == set(), "what cannot be read was not seen"
