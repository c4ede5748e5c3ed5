"""What goes wrong around the server is no fault of it, and its log tells no more than it must."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from ledger.clock import HandClock
from server.settings import Settings
from server.web import build
from tests.helpers.core import MORNING
from tests.helpers.logs import ExpectedLogs

_HEAD = {"type": "http", "http_version": "1.1", "scheme": "https", "query_string": b"", "root_path": ""}
_HEAD |= {"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2), "headers": []}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    built = build(Settings(tmp_path, f"sqlite:///{tmp_path / 'venue.db'}"), HandClock(MORNING))
    yield built
    built.state.parts.database.close()


def status(app: FastAPI, method: str, path: str, *said: dict[str, Any]) -> int:
    """Of the answer to messages that come as they do from a socket."""
    answered: list[dict[str, Any]] = []
    coming = iter(said)

    async def receive() -> dict[str, Any]:
        return next(coming)

    async def send(message: dict[str, Any]) -> None:
        answered.append(message)

    scope = _HEAD | {"method": method, "path": path, "raw_path": path.encode()}
    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type] # plain dictionaries
    return int(answered[0]["status"])


@pytest.mark.parametrize("path", ["/v1/sync/push", "/v1/enrol"])
def test_half_a_message_of_a_station_that_died_is_dropped_without_a_word(app: FastAPI, path: str) -> None:
    half = {"type": "http.request", "body": b'{"prot', "more_body": True}
    assert status(app, "POST", path, half, {"type": "http.disconnect"}) == 400


def test_a_database_in_trouble_is_logged_without_what_was_to_be_kept(
    app: FastAPI, expected_logs: ExpectedLogs, caplog: pytest.LogCaptureFixture
) -> None:
    expected_logs.expect("database or disk is full")
    why = Exception("database or disk is full")
    failed = sa.exc.OperationalError("INSERT INTO inbox …", {"private": "a guest's name"}, why)
    with mock.patch.object(app.state.parts.database, "read", side_effect=failed):
        assert status(app, "GET", "/healthz", {"type": "http.request"}) == 507
    assert "INSERT" not in caplog.text and "a guest's name" not in caplog.text
