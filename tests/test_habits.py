"""Calls that are banned by name, since a linter cannot tell what they are called on."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EVERYWHERE = ("domain", "ledger", "documents", "app", "server", "tests")


@dataclass(frozen=True)
class Ban:
    call: str
    folders: tuple[str, ...]
    why: str


LOOPS = ("main", "run_until_closed", "play")  # where the one event loop of a process may start
BANS = (
    Ban("processEvents", EVERYWHERE, "give the work to tasks.run and return to the event loop"),
    Ban("time.sleep", EVERYWHERE, "wait for the thing itself: a condition, an event, a signal"),
    Ban("qtbot.wait", ("tests",), "wait for the thing itself: qtbot.waitUntil or waitSignal"),
    Ban("qWait", EVERYWHERE, "wait for the thing itself: qtbot.waitUntil or waitSignal"),
    Ban("datetime.now", ("domain",), "the caller hands the moment in: rules know no clock"),
    Ban("date.today", ("domain",), "the caller hands the day in: rules know no clock"),
    Ban("uuid4", ("domain",), "the caller hands ids in: rules know no chance"),
    Ban("float", ("domain", "ledger"), "money and times are whole numbers"),
)


def _sources(folders: tuple[str, ...]) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def _calls(tree: ast.AST, inside: str = "") -> Iterator[tuple[str, str, int]]:
    """Each call as (what is called, in which function, line)."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), inside, node.lineno
        function = node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else inside
        yield from _calls(node, function)


@functools.cache
def _calls_in(path: Path) -> tuple[tuple[str, str, int], ...]:
    return tuple(_calls(ast.parse(path.read_text(encoding="utf-8"))))


def _is_named(called: str, banned: str) -> bool:
    return called == banned or called.endswith("." + banned)


@pytest.mark.parametrize("ban", BANS, ids=lambda ban: ban.call)
def test_nobody_calls_what_is_banned(ban: Ban) -> None:
    found = []
    for path in _sources(ban.folders):
        for called, _, line in _calls_in(path):
            if _is_named(called, ban.call):
                found.append(f"{path.relative_to(ROOT)}:{line}: {called}()")
    assert not found, f"{ban.why}: {found}"


def test_nobody_starts_an_event_loop_but_main() -> None:
    found = []
    for path in _sources(("app", "server", "tests")):
        for called, inside, line in _calls_in(path):
            if _is_named(called, "exec") and inside not in LOOPS:
                found.append(f"{path.relative_to(ROOT)}:{line}")
    assert not found, f"a second event loop blocks what waits in the first: {found}"
