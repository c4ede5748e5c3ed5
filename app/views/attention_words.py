"""What needs attention in words: titles, explanations, facts and ways, in the language of the desk."""

from __future__ import annotations

from datetime import date, datetime

from app.shown_attention import Basket, Closing, Down, FactValue, Item, Named, Passed, Settled, Slot, Source
from app.texts import UNBROKEN_DASH, Texts
from domain.attention import Way
from domain.catalogue import Words
from domain.money import Money

AWAITED = "recovering"  # a station, by a restored server
LONGEST = 70  # letters of a fact in a row of the list
MARKS = {
    Source.CASE: ("alert-triangle", "warn"),
    Source.TOLD: ("note", "accenttext"),
    Source.PAYMENT: ("credit-card", "warn"),
    Source.VOID: ("receipt-refund", "warn"),
    Source.REFUND: ("cash-banknote", "warn"),
    Source.PRINT: ("printer", "warn"),
    Source.REQUEST: ("hourglass", "accenttext"),
    Source.MESSAGES: ("mail", "warn"),
}
_IN_ROW = ("what", "text", "sale", "session", "ticket", "product", "document", "paper", "staff", "station")


def title_of(texts: Texts, item: Item) -> str:
    return texts(_case(texts, item, "title") if is_case(item) else _own(item, "title"))


def what_of(texts: Texts, item: Item) -> str:
    """What it means, and where to look."""
    station = next((words_of(texts, fact.value) for fact in item.facts if fact.name == "station"), "–")
    return texts(_case(texts, item, "what") if is_case(item) else _own(item, "what"), station=station)


def is_case(item: Item) -> bool:
    return item.source in (Source.CASE, Source.TOLD)


def _case(texts: Texts, item: Item, part: str) -> str:
    kind = "told_itself" if by_itself(item) else item.kind
    return _known(texts, f"case.{kind}.{part}", f"case.other.{part}")


def by_itself(item: Item) -> bool:
    """Whether a station put it on the list without anybody."""
    return item.kind == "told" and all(fact.name != "staff" for fact in item.facts)


def _own(item: Item, part: str) -> str:
    return f"item.{item.source}_{item.kind}.{part}"


def _known(texts: Texts, key: str, other: str) -> str:
    return key if texts.has(key) else other


def way_words(texts: Texts, kind: str, way: str) -> str:
    key = f"way.{kind}.{way}"
    return texts(key) if texts.has(key) else texts("way.other.done")


def row_words(texts: Texts, item: Item) -> str:
    """The line under the title in the list: what it is about, at which station if a case tells, and when."""
    told = [fact for fact in item.facts if fact.name in _IN_ROW]
    shown = told[:2] + [fact for fact in told[2:] if fact.name == "station"]
    words = [_short(words_of(texts, fact.value)) for fact in shown]
    return " · ".join([*filter(None, words), texts.clock(item.at)])


def _short(words: str) -> str:
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def when_line(texts: Texts, item: Item) -> tuple[str, str]:
    """When it happened; of a case that does not tell, when it was noticed."""
    told = any(fact.name == "at" for fact in item.facts) or item.source is not Source.CASE
    at = next((fact.value for fact in item.facts if fact.name == "at"), item.at)
    name = "fact.awaited" if item.kind == AWAITED else "fact.at" if told else "fact.noticed"
    return texts(name), words_of(texts, at)


def what_follows(texts: Texts, item: Item) -> tuple[str, ...]:
    """What must be known when it is settled, where that is more than its title says."""
    if item.kind != AWAITED:
        return ()
    station = next((words_of(texts, fact.value) for fact in item.facts if fact.name == "station"), "")
    since = texts.moment(item.at)
    return (
        texts("attention.may_be_twice", station=station),
        texts("attention.awaited", station=station, since=since),
    )


def fact_lines(texts: Texts, item: Item) -> list[tuple[str, str]]:
    """Names and values of all but when; a value is empty when there is nothing to say. A station is where a person
    did it; where none is named, the station itself."""
    named = any(fact.name in ("staff", "last") for fact in item.facts)
    names = {} if named else {"station": "by_station", "text": "by_itself"}
    names |= {"places": "sale_places"} if item.kind == "beyond_lease" else {}
    told = [fact for fact in item.facts if fact.name != "at"]
    return [_fact_line(texts, names.get(fact.name, fact.name), fact.value) for fact in told]


def _fact_line(texts: Texts, name: str, value: FactValue) -> tuple[str, str]:
    return texts(_known(texts, f"fact.{name}", "fact.other")), words_of(texts, value)


def words_of(texts: Texts, value: FactValue) -> str:
    match value:
        case Words():
            return value.get(texts.language)
        case date():
            return texts.moment(value) if isinstance(value, datetime) else texts.dated(value)
        case Basket(first, items):
            return f"{first.get(texts.language)} · {texts('cart.items', n=items)}"
        case Down(channel, why):
            return _down_words(texts, channel, why)
        case Money():
            return f"{texts.money(value)} {texts.currency(value.currency)}"
        case Slot(name, starts_at, ends_at):
            day = texts.day(texts.local(starts_at).date())
            return f"{name.get(texts.language)} · {day} · {texts.span(starts_at, ends_at, UNBROKEN_DASH)}"
        case Closing(number, counted, by, at):
            what = texts.code(number), f"{texts.money(counted)} {texts.currency(counted.currency)}"
            return " · ".join((*what, by.get(texts.language), texts.clock(at)))
        case Passed(at, gate, by):
            return " · ".join((texts.clock(at), gate.get(texts.language), by.get(texts.language)))
        case Named():
            return _named(texts, value)
        case _:
            return texts.code(value)


def _named(texts: Texts, named: Named) -> str:
    keys = {
        "permission": f"permission.{named.name}",
        "operation": f"operation.{named.name}",
        "paper": f"paper.{named.name}",
        "request": f"request.{named.name}",
        "printer": f"print.reason_{named.name}",
        "aside": f"aside.{named.name}",
        "differs": f"differs.{named.name}",
    }
    key = keys[named.group]
    if texts.has(key):
        return texts(key)
    others = {"operation": "operation.other", "aside": "aside.unread", "printer": ""}
    other = others.get(named.group, named.name)
    return texts(other) if texts.has(other) else other


def _down_words(texts: Texts, channel: str, why: str) -> str:
    """`SMS: The venue's credit with the SMS service is used up. …`"""
    return f"{texts.message(f'channel.{channel}')}: {texts.message(f'why.{why}')}"


def settled_words(texts: Texts, kind: str, settled: Settled) -> tuple[str, str, str]:
    """How, what was noted, and by whom and when."""
    time = texts.moment(settled.at)
    if settled.by is None:
        return "", "", texts("attention.by_itself", time=time)
    by = texts("attention.settled_by", name=settled.by.get(texts.language), time=time)
    return way_words(texts, kind, settled.way) if settled.way else "", settled.note, by


def needs_note(texts: Texts, way: Way) -> str:
    return texts("attention.note_needed") if way.note else texts("attention.note")
