"""Reading one table of a TOML file with care: what is missing, wrong or unknown is said with its key and line."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

from domain.catalogue import Words
from domain.errors import Refused
from domain.money import Money, parse


class Lines:
    """Finds the line of a table's nth entry and of a key inside it."""

    _HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_.]+)\s*\]?\]")

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()

    def has(self, table: str) -> bool:
        """Whether a table of that name has a header."""
        headers = map(self._HEADER.match, self.lines)
        return any(header is not None and header[1] == table for header in headers)

    def of(self, table: str, index: int, key: str) -> int:
        start, seen = 1, -1
        for number, line in enumerate(self.lines, start=1):
            header = self._HEADER.match(line)
            if header:
                if seen == index:
                    return start
                if header[1] == table:
                    seen, start = seen + 1, number
            elif seen == index and key and re.match(rf"\s*{re.escape(key)}\s*[.=]", line):
                return number
        return start


class Entry:
    """One table of the file; reads its keys and remembers which were asked for. Each key that is missing or wrong is
    kept in `mistakes` as (key, what is wrong) and read as something harmless, so that one reading finds all of them."""

    def __init__(self, raw: Any) -> None:
        self.mistakes: list[tuple[str, str]] = []
        self.raw: dict[str, Any] = raw if isinstance(raw, dict) else {}
        self.asked: set[str] = set()
        self._bad: set[str] = set()
        if not isinstance(raw, dict):
            self.mistakes.append(("", "a table of values belongs here"))

    def wrong(self, key: str, what: str) -> None:
        """Something is wrong with `key`; only the first thing is told."""
        if key not in self._bad:
            self._bad.add(key)
            self.mistakes.append((key if key in self.raw else "", what))

    def is_fine(self, *keys: str) -> bool:
        return self._bad.isdisjoint(keys)

    def text(self, key: str, default: str | None = None) -> str:
        value = self._get(key, default)
        if not isinstance(value, str) or (not value.strip() and default is None):
            self.wrong(key, f"{key} wants a text in quotes")
            return ""
        return value.strip()

    def whole(self, key: str, low: int, high: int, default: int | None = None) -> int:
        value = self._get(key, default)
        if type(value) is not int or not low <= value <= high:
            self.wrong(key, f"{key} wants a whole number from {low} to {high}")
            return low
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        value = self._get(key, default)
        if type(value) is not bool:
            self.wrong(key, f"{key} wants true or false")
        return value is True

    def words(self, key: str) -> Words:
        value = self._get(key, None)
        if (
            not isinstance(value, dict)
            or set(value) != {"en", "ar"}
            or not all(isinstance(v, str) and v.strip() for v in value.values())
        ):
            self.wrong(key, f"{key} wants {key}.en and {key}.ar, both with text")
            return Words("", "")
        return Words(value["en"].strip(), value["ar"].strip())

    def money(self, key: str, currency: str, default: str | None = None) -> Money:
        text = self.text(key, default)
        try:
            return parse(text, currency)
        except Refused:
            self.wrong(key, f"{key} = {text!r} is no amount of {currency}")
            return Money(0, currency)

    def texts(self, key: str) -> list[str]:
        value = self._get(key, None)
        if not isinstance(value, list) or not value or not all(isinstance(part, str) for part in value):
            self.wrong(key, f"{key} wants a list of texts")
            return []
        return value

    def one_of(self, key: str, allowed: list[str], default: str | None = None) -> str:
        """One of `allowed`, which is not empty."""
        value = self.text(key, default)
        if value not in allowed:
            self.wrong(key, f"{key} = {value!r} is none of {', '.join(allowed)}")
            return allowed[0]
        return value

    def moment(self, key: str) -> time:
        try:
            return time.fromisoformat(self.text(key))
        except ValueError:
            self.wrong(key, f"{key} wants a time such as 14:30")
            return time(0)

    def day(self, key: str) -> date:
        value = self._get(key, None)
        if type(value) is not date:
            self.wrong(key, f"{key} wants a day such as 2026-11-26")
            return date(2026, 1, 1)
        return value

    def _get(self, key: str, default: Any) -> Any:
        self.asked.add(key)
        if key not in self.raw and default is None:
            self.wrong(key, f"{key} is missing")
        return self.raw.get(key, default)

    def nothing_else(self) -> None:
        for key in sorted(set(self.raw) - self.asked):
            self.wrong(key, f"{key} is not known here")
