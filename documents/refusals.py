"""The sentence of a refusal in one language: the same on the screens of stations and in the answers of the API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from documents import format as written
from documents.words import Fact, texts
from domain.errors import Code

_COUNTED = ("left", "tries", "places", "most", "seconds", "minutes")


def sentence(language: str, code: Code | str, facts: Mapping[str, Fact] | None, time_zone: str) -> str:
    """A fact that the sentence names and nobody gave falls back to the plain sentence."""
    words, key = texts("refusals", language), str(code)
    given = dict(facts or {})
    if (what := given.get(f"what_{language}")) is not None:
        given["what"] = what
    try:
        return words.get(key, **_written(given, time_zone))
    except KeyError:
        plain = f"plain.{key}"
        return words.get(plain if words.has(plain) else "plain.refused")


def _written(given: dict[str, Fact], time_zone: str) -> dict[str, Fact]:
    if isinstance(until := given.get("until"), str):
        given["until"] = _moment(until, time_zone)
    for amount in ("most", "limit"):
        if isinstance(said := given.get(amount), str):
            given[amount] = _thousands(said)
    for counted in _COUNTED:
        if isinstance(count := given.get(counted), int):
            given["n"] = count
    return given


def _moment(iso: str, time_zone: str) -> str:
    try:
        return written.clock(written.local(datetime.fromisoformat(iso), time_zone))
    except ValueError:
        return iso


def _thousands(amount: str) -> str:
    """`1,234.50` for `1234.50`."""
    whole, dot, fraction = amount.partition(".")
    return f"{int(whole):,}{dot}{fraction}" if whole.isdecimal() else amount
