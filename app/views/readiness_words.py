"""The readiness panel in words: one sentence a line, and what to do, in the language of the desk."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.shown_attention import Slot
from app.shown_readiness import Fact, ReadinessLine, ReadinessPage, State
from app.texts import UNBROKEN_DASH, Texts
from app.views.banners import span_of
from domain.catalogue import Words

MOST_NAMES = 6
_JOINS = {"en": ", ", "ar": "، "}
_HOUR = timedelta(hours=1)


def head_of(texts: Texts, page: ReadinessPage, now: datetime) -> str:
    """The one sentence; where something is missing it says what."""
    facts: dict[str, str | int] = _facts(texts, page.head, now)
    missing = (line for line in page.lines if line.state is State.MISSING)
    if page.head.state is State.MISSING and page.lines:
        facts["why"] = sentence_of(texts, next(missing, page.lines[0]), now)
    return texts(f"readiness.{page.head.says}", **facts)


def sentence_of(texts: Texts, line: ReadinessLine, now: datetime) -> str:
    return texts(f"readiness.{line.says}", **_facts(texts, line, now))


def advice_of(texts: Texts, line: ReadinessLine) -> str:
    """What to do; empty where nothing is."""
    key = f"readiness.do_{line.do or line.says}"
    return texts(key) if line.state is not State.FINE and texts.has(key) else ""


def _facts(texts: Texts, line: ReadinessLine, now: datetime) -> dict[str, str | int]:
    return {name: _words(texts, name, value, now) for name, value in line.facts}


def _words(texts: Texts, name: str, value: Fact, now: datetime) -> str | int:
    match value:
        case datetime():
            return texts.lately(value, now)
        case timedelta():
            return span_of(_rounded(value), texts)
        case Slot(what, starts_at, ends_at):
            return f"{what.get(texts.language)} · {texts.span(starts_at, ends_at, UNBROKEN_DASH)}"
        case Words():
            return value.get(texts.language)
        case tuple():
            return _names(texts, value)
        case str() if name == "reason":
            return _reason(texts, value)
        case str():
            return texts.code(value)
        case _:
            return value


def _rounded(span: timedelta) -> int:
    """Seconds, to five minutes where it is about an hour or more: nobody plans by less."""
    step = timedelta(minutes=5) if span >= _HOUR else timedelta(minutes=1)
    return int(span // step * step // timedelta(seconds=1))


def _names(texts: Texts, people: tuple[Words, ...]) -> str:
    names = [each.get(texts.language) for each in people[:MOST_NAMES]]
    more = len(people) - len(names)
    words = _JOINS[texts.language].join(names)
    return f"{words} {texts('readiness.more', n=more)}" if more else words


def _reason(texts: Texts, trouble: str) -> str:
    key = f"print.reason_{trouble}"
    return texts(key) if texts.has(key) else texts("print.reason_other")
