"""The family visit in Arabic, where a display is named that is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.test_family_visit import SECONDS, check, play


@pytest.mark.timeout(SECONDS)
def test_with_a_stale_display_it_plays_offscreen_by_itself_in_arabic(tmp_path: Path) -> None:
    environment = {
        "DISPLAY": ":4711",
        "WAYLAND_DISPLAY": "gone",
        "QT_QPA_PLATFORM": "",
        "TMPDIR": str(tmp_path),
    }
    done = play("--language", "ar", environment=environment)
    summary = check(Path(done.stdout.strip().splitlines()[-1].rpartition(" are in ")[2]), done)
    assert "refund: POS1-000003, 72.45 to the card; the ticket has ended" in summary
