"""A log record at WARNING or above that a test did not announce fails it."""

from __future__ import annotations

import logging
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import pytest


@dataclass
class ExpectedLogs:
    """What a test says about the warnings it causes: `expect` must come, `allow` may."""

    _allowed: list[tuple[str, re.Pattern[str]]] = field(default_factory=list)
    _expected: list[tuple[str, re.Pattern[str]]] = field(default_factory=list)

    def allow(self, pattern: str, *, logger: str = "") -> None:
        self._allowed.append((logger, re.compile(pattern)))

    def expect(self, pattern: str, *, logger: str = "") -> None:
        self._expected.append((logger, re.compile(pattern)))

    def unannounced(self, records: list[logging.LogRecord]) -> list[logging.LogRecord]:
        announced = self._allowed + self._expected
        return [record for record in records if not any(_matches(rule, record) for rule in announced)]

    def absent(self, records: list[logging.LogRecord]) -> list[str]:
        return [rule[1].pattern for rule in self._expected if not any(_matches(rule, one) for one in records)]


def _matches(rule: tuple[str, re.Pattern[str]], record: logging.LogRecord) -> bool:
    logger, pattern = rule
    named = not logger or record.name == logger or record.name.startswith(logger + ".")
    return named and pattern.search(record.getMessage()) is not None


class Recorder(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


EXPECTED = pytest.StashKey[ExpectedLogs]()
RECORDER = pytest.StashKey[Recorder]()


@pytest.fixture
def expected_logs(request: pytest.FixtureRequest) -> ExpectedLogs:
    """`expected_logs.expect("server did not answer", logger="app.sync")`"""
    expected: ExpectedLogs = request.node.stash[EXPECTED]
    return expected


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Listens from before the first fixture to after the last."""
    recorder = Recorder()
    item.stash[EXPECTED], item.stash[RECORDER] = ExpectedLogs(), recorder
    logging.getLogger().addHandler(recorder)
    try:
        return (yield)
    finally:
        logging.getLogger().removeHandler(recorder)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    result = yield
    _judge(item)
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Also what came while the fixtures were put away."""
    item.stash[RECORDER].records.clear()
    result = yield
    unannounced = item.stash[EXPECTED].unannounced(item.stash[RECORDER].records)
    if unannounced:
        pytest.fail(_told(unannounced), pytrace=False)
    return result


def _judge(item: pytest.Item) -> None:
    expected, records = item.stash[EXPECTED], item.stash[RECORDER].records
    unannounced, absent = expected.unannounced(records), expected.absent(records)
    if unannounced:
        pytest.fail(_told(unannounced), pytrace=False)
    if absent:
        pytest.fail("announced, but not logged: " + ", ".join(absent), pytrace=False)


def _told(records: list[logging.LogRecord]) -> str:
    lines = [f"  {one.levelname} {one.name}: {one.getMessage()}" for one in records]
    return "\n".join(["logged without being announced by `expected_logs`:", *lines])
