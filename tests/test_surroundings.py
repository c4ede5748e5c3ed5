"""The tests' own ground: a guard that does not bite is worse than none."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QApplication
from sqlalchemy import create_engine, text

from tests.helpers.logs import ExpectedLogs
from tests.helpers.postgres import Postgres

TOOLS = Path(__file__).parents[1] / "tools"
PAPER = "template_for_surroundings"


def test_the_screen_is_a_till_of_1366_by_768(qapp: QApplication) -> None:
    size = QGuiApplication.primaryScreen().size()
    assert (size.width(), size.height()) == (1366, 768)


def test_only_our_fonts_are_there(qapp: QApplication) -> None:
    families = set(QFontDatabase.families()) - {
        "Monospace",
        "Sans Serif",
        "Serif",
    }  # Qt's names for any such font
    assert {"IBM Plex Sans", "IBM Plex Sans Arabic", "Vazirmatn"} <= families
    assert all(family.startswith(("IBM Plex Sans", "Vazirmatn")) for family in families)


def test_the_clock_is_in_utc_and_home_is_empty() -> None:
    assert time.tzname[0] == "UTC"
    assert os.listdir(os.environ["HOME"]) == []  # noqa: PTH208 # a name from the environment


def test_what_was_compiled_is_kept_whatever_the_caller_says() -> None:
    """Else each of the many processes compiles all packages again."""
    ask = "import dev; print(*sorted(name for name in dev.program_variables() if name.startswith('PYTHON')))"
    given = os.environ | {"PYTHONPATH": str(TOOLS), "PYTHONDONTWRITEBYTECODE": "1"}
    told = subprocess.run([sys.executable, "-c", ask], env=given, capture_output=True, text=True, check=True)
    assert {"PYTHONPATH", "PYTHONPYCACHEPREFIX"} <= set(told.stdout.split())
    assert "PYTHONDONTWRITEBYTECODE" not in told.stdout.split()


def test_an_unannounced_warning_is_found(expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("printer", logger="app")
    ours = logging.LogRecord("app.sync", logging.WARNING, "", 0, "no answer", None, None)
    printer = logging.LogRecord("app.print", logging.WARNING, "", 0, "printer is out of paper", None, None)
    assert expected_logs.unannounced([ours, printer]) == [ours]


def test_an_announced_warning_is_let_through(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("out of paper", logger="app.print")
    logging.getLogger("app.print").warning("the printer is out of paper")


@pytest.mark.xfail(strict=True, reason="it must fail")
def test_a_warning_that_nobody_announced_fails_the_test() -> None:
    logging.getLogger("app.sync").warning("nobody expects this")


def test_postgres_gives_each_test_a_database_of_its_own(postgres: Postgres, postgres_database: str) -> None:
    def fill(url: str) -> None:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE slip (words text)"))
            connection.execute(text("INSERT INTO slip VALUES ('تذكرة')"))
        engine.dispose()

    copy = postgres.fresh(postgres.filled(PAPER, fill))
    for url, wanted in ((postgres.url(copy), 1), (postgres_database, 0)):
        engine = create_engine(url)
        with engine.connect() as connection:
            found = connection.execute(
                text("SELECT count(*) FROM pg_tables WHERE tablename = 'slip'")
            ).scalar()
            durable = connection.execute(text("SHOW fsync")).scalar()
        engine.dispose()
        assert (found, durable) == (wanted, "on")
    postgres.drop(copy)
