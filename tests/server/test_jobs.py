"""What the server does by itself while its database is away."""

from __future__ import annotations

import logging

import pytest
import sqlalchemy as sa

from ledger import tables as t
from ledger.clock import HandClock
from server.database import Database
from server.jobs import Jobs
from tests.helpers.logs import ExpectedLogs
from tests.helpers.postgres import Postgres
from tests.helpers.running import MORNING


def test_a_database_that_is_away_is_told_and_no_fault(
    postgres: Postgres, expected_logs: ExpectedLogs, caplog: pytest.LogCaptureFixture
) -> None:
    name = postgres.fresh()
    clock = HandClock(MORNING)
    database = Database(postgres.url(name), clock)
    jobs = Jobs(database, clock)
    postgres.drop(name)
    expected_logs.expect("tried again", logger="server.jobs")
    jobs.look_after()
    jobs.once()
    database.close()
    told = [record for record in caplog.records if record.name == "server.jobs"]
    assert [(record.levelno, record.exc_info) for record in told] == [(logging.WARNING, None)] * 2


def test_what_comes_back_however_often_is_a_fault(
    postgres_database: str, expected_logs: ExpectedLogs, caplog: pytest.LogCaptureFixture
) -> None:
    clock = HandClock(MORNING)
    database = Database(postgres_database, clock)
    database.transact(
        lambda c: c.execute(sa.text(f"ALTER TABLE {t.reservation.name} DROP COLUMN life CASCADE"))
    )
    expected_logs.expect("tried again", logger="server.jobs")
    Jobs(database, clock).look_after()
    database.close()
    assert [record.levelno for record in caplog.records if record.name == "server.jobs"] == [logging.ERROR]
