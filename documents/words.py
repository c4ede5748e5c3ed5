"""Words of screens and paper in both languages, from `resources/texts/<name>.<language>.toml`.

A table with an `other` entry is a plural: `n` picks one of its forms by the language's own rule (Arabic has
six).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale

from documents.format import Digits, isolate, money, quantity
from domain.money import Money

RESOURCES = Path(__file__).resolve().parents[1] / "resources"
LANGUAGES = ("en", "ar")
RIGHT_TO_LEFT = frozenset(("ar",))
_FORMS = frozenset(("zero", "one", "two", "few", "many", "other"))

Fact = str | int | bool | Money


@dataclass(frozen=True, slots=True)
class Texts:
    """The phrases of one file in one language. `phrases` maps a key (`receipt.title`) to its plural forms; a
    phrase without plurals has only `other`."""

    name: str
    language: str
    phrases: Mapping[str, Mapping[str, str]]

    def get(self, key: str, **facts: Fact) -> str:
        """The phrase of `key` with `facts` filled in. Money is written out, codes inside Arabic keep their
        order.

        KeyError when the key, or a fact that the phrase names, is missing.
        """
        if key not in self.phrases:
            raise KeyError(f"{self.name}.{self.language}: no text {key!r}")
        forms = self.phrases[key]
        phrase = forms.get(self._form(facts.get("n")), forms["other"])
        return phrase.format_map({name: self._written(fact) for name, fact in facts.items()})

    def has(self, key: str) -> bool:
        return key in self.phrases

    def keys(self) -> frozenset[str]:
        return frozenset(self.phrases)

    def _form(self, count: Fact | None) -> str:
        if isinstance(count, bool) or not isinstance(count, int):
            return "other"
        return str(Locale.parse(self.language).plural_form(count))

    def _written(self, fact: Fact) -> str:
        match fact:
            case Money():
                return isolate(money(fact), self.language)
            case bool():
                return str(fact)
            case int():
                return quantity(fact, Digits.WESTERN)
            case _:
                return isolate(fact, self.language)


@cache
def texts(name: str, language: str) -> Texts:
    """The file `<name>.<language>.toml`, read once. FileNotFoundError and ValueError are mistakes of the
    build."""
    path = RESOURCES / "texts" / f"{name}.{language}.toml"
    tree = tomllib.loads(path.read_text(encoding="utf-8"))
    return Texts(name, language, dict(_flatten(tree, "", path)))


def _flatten(tree: Mapping[str, object], prefix: str, path: Path) -> list[tuple[str, Mapping[str, str]]]:
    found: list[tuple[str, Mapping[str, str]]] = []
    for key, value in tree.items():
        match value:
            case str():
                found.append((prefix + key, {"other": value}))
            case dict() if "other" in value and value.keys() <= _FORMS:
                found.append((prefix + key, value))
            case dict():
                found += _flatten(value, f"{prefix}{key}.", path)
            case _:
                raise ValueError(f"{path.name}: {prefix}{key} is neither text nor table")
    return found
