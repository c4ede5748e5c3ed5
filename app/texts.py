"""Every word on screen: keys to phrases in the language of the person who is signed in, codes to sentences, and how
money, times and days are written there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

from documents import format as written
from documents import words
from documents.refusals import sentence
from documents.words import Fact
from domain import codec
from domain.catalogue import Words
from domain.errors import Code, Refused, Unavailable
from domain.money import Money

LANGUAGES = words.LANGUAGES
LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK = written.LEFT_TO_RIGHT_MARK, written.RIGHT_TO_LEFT_MARK
UNBROKEN_DASH = "\u00a0–\u2060\u00a0"  # after a dash alone a line may end, whatever follows
DEVICES = ("printer", "card_terminal", "server", "scanner", "drawer", "camera")


class Texts:
    """Phrases of `screens`, `refusals` and `messages` in one language, which `switch` changes while the application
    runs."""

    def __init__(self, language: str = "en", time_zone: str = "Asia/Riyadh") -> None:
        self._time_zone = time_zone
        self._speak(language)

    @property
    def rtl(self) -> bool:
        return self.language in words.RIGHT_TO_LEFT

    def switch(self, language: str) -> None:
        self._speak(language if language in LANGUAGES else "en")

    def _speak(self, language: str) -> None:
        self.language = language
        names = "screens", "refusals", "messages"
        self._screens, self._refusals, self._messages = (words.texts(name, language) for name in names)

    def __call__(self, key: str, **facts: Fact) -> str:
        return self._screens.get(key, **facts)

    def has(self, key: str) -> bool:
        return self._screens.has(key)

    def message(self, key: str, **facts: Fact) -> str:
        """What a message to a guest is called, how it fares and why. One of a later server's has the other word."""
        return self._messages.get(
            key if self._messages.has(key) else f"{key.partition('.')[0]}.other", **facts
        )

    # problems

    def refusal(self, code: Code | str, facts: Mapping[str, Fact] | None = None) -> str:
        """The sentence of a code. A fact that the sentence names and nobody gave falls back to the plain sentence."""
        return sentence(self.language, code, facts, self._time_zone)

    def trouble(self, error: Exception) -> str:
        """What the person at the counter reads about an exception: what happened, what is safe, what to do."""
        match error:
            case Refused():
                return self.refusal(error.code, error.facts)
            case Unavailable():
                what = error.what if error.what in DEVICES else "other"
                return self._refusals.get(f"unavailable.{what}")
            case _:
                return self._refusals.get("unavailable.bug")

    # money and time

    def money(self, amount: Money) -> str:
        return written.money(amount)

    def price(self, amount: Money) -> str:
        return self("sell.free") if amount.minor == 0 else written.money(amount)

    def currency(self, code: str) -> str:
        return written.currency_name(code, self.language)

    def local(self, moment: datetime) -> datetime:
        return written.local(moment, self._time_zone)

    def clock(self, moment: datetime) -> str:
        return written.clock(self.local(moment))

    def seconds(self, moment: datetime) -> str:
        return f"{self.local(moment):%H:%M:%S}"

    def span(self, start: datetime, end: datetime, dash: str = " – ") -> str:
        """`12:00 – 14:00`; in Arabic it runs right to left, as a reader expects."""
        mark = RIGHT_TO_LEFT_MARK if self.rtl else ""
        return f"{mark}{self.clock(start)}{dash}{self.clock(end)}"

    def day(self, value: date) -> str:
        return written.day(value, self.language)

    def dated(self, value: date) -> str:
        """A day that may be of another year: `Thu 26 Nov 2026`."""
        return written.day_with_year(value, self.language)

    def plain_day(self, value: date) -> str:
        """Of a birth, or from when to when something is valid: `26 Nov 2026`."""
        return written.plain_day(value, self.language)

    def weekday(self, value: date) -> str:
        """`Thu`."""
        return written.weekday(value, self.language)

    def month(self, value: date) -> str:
        """`November 2026`."""
        return written.month(value, self.language)

    def moment(self, value: datetime) -> str:
        """`26 Nov 2026 14:05`."""
        return written.moment(self.local(value), self.language)

    def lately(self, value: datetime, now: datetime) -> str:
        """`14:05` of the day that it is now, `25 Nov 2026 14:05` of another."""
        same_day = self.local(value).date() == self.local(now).date()
        return self.clock(value) if same_day else self.moment(value)

    def code(self, text: str) -> str:
        """A code, number or name kept in its own order inside this language."""
        return written.isolate(text, self.language)

    def line(self, parts: Iterable[str]) -> str:
        """Those parts that say anything, beside each other, each in its own order whatever was typed; the whole runs as
        this language does."""
        mark = RIGHT_TO_LEFT_MARK if self.rtl else LEFT_TO_RIGHT_MARK
        said = " · ".join(f"{written.FIRST_STRONG}{part}{written.END}" for part in parts if part)
        return mark + said if said else ""

    def duration(self, seconds: int) -> str:
        """`0:14`; `52 minutes` is a phrase and is not made here."""
        return f"{seconds // 60}:{seconds % 60:02}"


def in_both(said: Callable[[Texts], str]) -> str:
    """One line that holds a phrase in both languages, for a record that people of either read."""
    en, ar = (said(Texts(language)) for language in ("en", "ar"))
    return codec.dumps(Words(en, ar))
