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


class Wrong(Exception):
    """A key of a table is wrong; the text says how."""

    def __init__(self, key: str, what: str) -> None:
        super().__init__(what)
        self.key = key


class Entry:
    """One table of the file; reads its keys, remembers which were asked for, says what is missing or wrong."""

    def __init__(self, raw: Any) -> None:
        if not isinstance(raw, dict):
            raise Wrong("", "a table of values belongs here")
        self.raw = raw
        self.asked: set[str] = set()

    def text(self, key: str, default: str | None = None) -> str:
        value = self._get(key, default)
        if not isinstance(value, str) or (not value.strip() and default is None):
            raise Wrong(key, f"{key} wants a text in quotes")
        return value.strip()

    def whole(self, key: str, low: int, high: int, default: int | None = None) -> int:
        value = self._get(key, default)
        if type(value) is not int or not low <= value <= high:
            raise Wrong(key, f"{key} wants a whole number from {low} to {high}")
        return value

    def flag(self, key: str) -> bool:
        value = self._get(key, False)
        if type(value) is not bool:
            raise Wrong(key, f"{key} wants true or false")
        return value

    def words(self, key: str) -> Words:
        value = self._get(key, None)
        if (
            not isinstance(value, dict)
            or set(value) != {"en", "ar"}
            or not all(isinstance(v, str) and v.strip() for v in value.values())
        ):
            raise Wrong(key, f"{key} wants {key}.en and {key}.ar, both with text")
        return Words(value["en"].strip(), value["ar"].strip())

    def money(self, key: str, currency: str, default: str | None = None) -> Money:
        text = self.text(key, default)
        try:
            return parse(text, currency)
        except Refused:
            raise Wrong(key, f"{key} = {text!r} is no amount of {currency}") from None

    def texts(self, key: str) -> list[str]:
        value = self._get(key, None)
        if not isinstance(value, list) or not value or not all(isinstance(part, str) for part in value):
            raise Wrong(key, f"{key} wants a list of texts")
        return value

    def one_of(self, key: str, allowed: list[str], default: str | None = None) -> str:
        value = self.text(key, default)
        if value not in allowed:
            raise Wrong(key, f"{key} = {value!r} is none of {', '.join(allowed)}")
        return value

    def moment(self, key: str) -> time:
        try:
            return time.fromisoformat(self.text(key))
        except ValueError:
            raise Wrong(key, f"{key} wants a time such as 14:30") from None

    def day(self, key: str) -> date:
        value = self._get(key, None)
        if type(value) is not date:
            raise Wrong(key, f"{key} wants a day such as 2026-11-26")
        return value

    def _get(self, key: str, default: Any) -> Any:
        self.asked.add(key)
        if key not in self.raw and default is None:
            raise Wrong("", f"{key} is missing")
        return self.raw.get(key, default)

    def nothing_else(self) -> None:
        if unknown := set(self.raw) - self.asked:
            key = min(unknown)
            raise Wrong(key, f"{key} is not known here")
