"""One rule of the core at a time, switched off by changing the line that keeps it: each must then be missed.

A bug is a change of our source, made in place while it lasts; one whose line is no longer there fails its test. `mix`
names the plans that show it.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import textwrap
import types
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Edit:
    """In `where` (module:function or module:Class.function), `old` becomes `new`."""

    where: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Bug:
    """`rule` is what is switched off, in the words of the core's rules."""

    name: str
    rule: str
    edits: tuple[Edit, ...]
    mix: str = ""
    loses_journal: bool = False


@contextmanager
def put_in(bug: Bug) -> Iterator[None]:
    with ExitStack() as stack:
        for edit in bug.edits:
            stack.enter_context(_edited(edit))
        yield


@contextmanager
def _edited(edit: Edit) -> Iterator[None]:
    function = _found(edit.where)
    source = textwrap.dedent(inspect.getsource(function))
    if source.count(edit.old) != 1:
        raise LookupError(f"{edit.where} does not say {edit.old!r} once")
    kept = function.__code__
    function.__code__ = _code(function, source.replace(edit.old, edit.new))
    _forget_built()
    try:
        yield
    finally:
        function.__code__ = kept
        _forget_built()


def _found(where: str) -> types.FunctionType:
    module, _, path = where.partition(":")
    found: Any = importlib.import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    found = getattr(found, "fget", found)
    found = inspect.unwrap(found)
    assert isinstance(found, types.FunctionType)
    return found


def _code(function: types.FunctionType, source: str) -> types.CodeType:
    """The code of the changed function, decorators left out: they still hold the function that gets it."""
    plain = source[source.index("def ") :]
    code = compile("from __future__ import annotations\n" + plain, function.__code__.co_filename, "exec")
    return next(
        part
        for part in code.co_consts
        if isinstance(part, types.CodeType) and part.co_name == function.__name__
    )


def _forget_built() -> None:
    """Statements that were built once by what is now changed."""
    for module in ("ledger.cache", "ledger.rows", "ledger.feed", "ledger.read_setup"):
        for value in vars(importlib.import_module(module)).values():
            if isinstance(value, functools._lru_cache_wrapper):
                value.cache_clear()


def bug(
    name: str, rule: str, *edits: tuple[str, str, str], mix: str = "", loses_journal: bool = False
) -> Bug:
    return Bug(name, rule, tuple(Edit(*edit) for edit in edits), mix, loses_journal)
