"""Messages in words: the templates of `resources/messages`, or a venue's own in their place, filled in with facts.

Templates see text only, written as on paper; they run in a sandbox, and a fact that is missing is an error.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, assert_never

from babel import Locale
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from documents.format import day_with_year, isolate, local, moment, money_named, quantity, without_marks
from documents.words import LANGUAGES, RESOURCES, RIGHT_TO_LEFT
from domain.catalogue import Venue, Words
from domain.money import Money
from server.message_kinds import KINDS, FactType, Value
from server.sms_parts import MOST_PARTS, parts

_GAP = re.compile(r"\n{3,}")
_PARTS = ("subject", "sms", "text", "html")
# Letters of a name, and of a note, in an SMS: the first that leave it short enough. At last a note goes, which may be
# in letters that take room from all others.
_CUTS = (
    (200, 200), (200, 80), (200, 48), (200, 32), (24, 48), (24, 32), (24, 20), (8, 32), (8, 20), (24, 0), (8, 0),
)  # fmt: skip


class TemplateWrong(Exception):
    """A template that cannot be read or filled in; tells the file and why, never a fact."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """`text` and `html` say the same; `sms` says it in at most two parts, if its template leaves the room."""

    subject: str
    sms: str
    text: str
    html: str


class Templates:
    """`own` is a folder of the venue; a file in it goes before ours of the same name."""

    def __init__(self, own: Path | None = None) -> None:
        self._folders = [*([own] if own else []), RESOURCES / "messages"]
        self._plain = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)  # no HTML
        self._html = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)

    def render(
        self, kind: str, language: str, facts: Mapping[str, Value], venue: Venue, *, over: bool = False
    ) -> Rendered:
        """`over`: the time of what it tells of has passed. Raises TemplateWrong, and KeyError for a kind or language
        that there is not."""
        name = f"{kind}.{language}"
        source = self._source(name, _PARTS)
        words = _Words(language, KINDS[kind].facts, facts, venue, over=over)
        subject = " ".join(self._fill(self._plain, name, source["subject"], words.long).split())
        written = self._fill(self._plain, name, source["text"], words.long).strip()
        text = _GAP.sub("\n\n", written) + "\n"  # what is not said leaves none
        body = self._fill(self._html, name, source["html"], words.long)
        layout = self._source("layout", ("html",))["html"]
        frame = words.long | {"body": body, "subject": subject, "language": language}
        frame["direction"] = "rtl" if language in RIGHT_TO_LEFT else "ltr"
        html = self._fill(self._html, "layout", layout, frame)
        return Rendered(without_marks(subject), self._sms(name, source["sms"], words), text, html)

    def _sms(self, name: str, source: str, words: _Words) -> str:
        """With names cut shorter where they would take a third part."""
        made = [
            " ".join(without_marks(self._fill(self._plain, name, source, words.cut(most))).split())
            for most in _CUTS
        ]
        return next((text for text in made if parts(text) <= MOST_PARTS), made[-1])

    def _source(self, name: str, wanted: tuple[str, ...]) -> dict[str, str]:
        path = next((path for folder in self._folders if (path := folder / f"{name}.toml").is_file()), None)
        try:
            found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")) if path else {}
        except (OSError, ValueError) as error:
            raise TemplateWrong(f"{name}.toml: {error}") from error
        if any(not isinstance(found.get(part), str) for part in wanted):
            raise TemplateWrong(f"{name}.toml lacks one of {', '.join(wanted)}")
        return found

    def _fill(
        self, environment: ImmutableSandboxedEnvironment, name: str, source: str, words: Mapping[str, object]
    ) -> str:
        try:
            return environment.from_string(source).render(words)
        except TemplateError as error:
            raise TemplateWrong(f"{name}.toml: {error.message}") from None
        except (TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as error:
            raise TemplateWrong(f"{name}.toml: {type(error).__name__}") from None


class _Words:
    """Facts as their language writes them; `plural` is what templates ask for the form of a counted noun."""

    def __init__(
        self,
        language: str,
        types: Mapping[str, FactType],
        facts: Mapping[str, Value],
        venue: Venue,
        *,
        over: bool,
    ) -> None:
        if language not in LANGUAGES:
            raise KeyError(language)
        self._language, self._types, self._facts, self._venue = language, types, facts, venue
        self._over = over

    @cached_property
    def long(self) -> dict[str, object]:
        written = {name: self._written(name, value) for name, value in self._facts.items()}
        free = self._facts.get("total") == Money(0, self._venue.currency)
        about = {"venue": self._venue.name.get(self._language), "plural": self._plural}
        return {**written, **about, "free": free, "over": self._over}

    def cut(self, most: tuple[int, int]) -> dict[str, object]:
        """For an SMS: names and notes of so many letters."""
        return {name: self._cut(name, value, *most) for name, value in self.long.items()}

    def _cut(self, name: str, value: object, of_name: int, of_note: int) -> object:
        is_note = self._types.get(name) is FactType.NOTE
        may = is_note or name == "venue" or self._types.get(name) in (FactType.NAME, FactType.WORDS)
        if not may or not isinstance(value, str):
            return value
        plain, most = without_marks(value), of_note if is_note else of_name
        return plain if len(plain) <= most else plain[: most - 2].rstrip() + ".." if most else ""

    def _written(self, name: str, value: Value) -> str:
        match value:
            case str():
                return value and isolate(value, self._language)
            case int():
                return quantity(value)
            case Words():
                return isolate(value.get(self._language), self._language)
            case Money():
                return money_named(value, self._language)
            case datetime():
                return moment(local(value, self._venue.time_zone), self._language)
            case date():
                return day_with_year(value, self._language)
            case _:
                assert_never(value)

    def _plural(self, fact: str, **forms: str) -> str:
        """The form of a counted noun for the count `fact`: `plural("tickets", one="…", other="…")`."""
        count = self._facts[fact]
        assert isinstance(count, int)
        form = str(Locale.parse(self._language).plural_form(count))
        return forms.get(form, forms["other"]).replace("#", quantity(count))
