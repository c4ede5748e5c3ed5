"""A station that dies in the middle of what it says is no fault of the server."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from ledger.clock import HandClock
from server.settings import Settings
from server.web import build
from tests.helpers.core import MORNING

_HEAD = {"type": "http", "http_version": "1.1", "scheme": "https", "query_string": b"", "root_path": ""}
_HEAD |= {"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2)}


@pytest.mark.parametrize("path", ["/v1/sync/push", "/v1/enrol"])
def test_half_a_message_is_dropped_without_a_word(tmp_path: Path, path: str) -> None:
    app = build(Settings(tmp_path, f"sqlite:///{tmp_path / 'venue.db'}"), HandClock(MORNING))
    said = iter([{"type": "http.request", "body": b'{"prot', "more_body": True}, {"type": "http.disconnect"}])
    answered: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return next(said)

    async def send(message: dict[str, Any]) -> None:
        answered.append(message)

    scope = _HEAD | {"method": "POST", "path": path, "raw_path": path.encode(), "headers": []}
    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type] # plain dictionaries
    assert answered[0]["status"] >= 400
    app.state.parts.database.close()
