"""From a scan's result to what the gate reads: the word, the title, the facts that matter, what to do, the buttons."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.shown import Colour, ScanResult
from app.shown_status import StationStatus
from app.views.banners import span_of
from app.views.desk import Desk
from app.views.widgets.answer_panel import Answer, AnswerAction, AnswerFact
from domain.errors import Code

ALREADY = str(Code.SCAN_ALREADY)
WITH_OWN_TITLE = frozenset((ALREADY,))


def answer(desk: Desk, result: ScanResult) -> Answer:
    texts, green = desk.texts, result.colour is Colour.GREEN
    product = result.product.get(texts.language) if result.product else ""
    key = _key(desk, result)
    title = product if green or result.code in WITH_OWN_TITLE else texts(f"scan.{key}.title")
    return Answer(
        colour=result.colour,
        word=texts(f"scan.{key}.word"),
        time=texts.seconds(result.at),
        title=title or texts(f"scan.{key}.title"),
        subtitle=_subtitle(desk, result, product if title != product else ""),
        facts=facts(desk, result),
        what_to_do="" if green else texts(f"scan.{key}.do"),
        actions=actions(desk, result),
        foot=texts("answer.next" if green else "answer.stays"),
        goes_away=green,
    )


def row_words(desk: Desk, code: str) -> str:
    """The second line of a row of the last scans."""
    key = f"scan.{code}.short"
    return desk.texts(key) if desk.texts.has(key) else desk.texts("scan.other.short")


def how_old(desk: Desk, offline: datetime, status: StationStatus) -> str:
    """Since when the gate decides alone, from tickets of what time and how old they are; days that are not today are
    named."""
    texts, now, saved = desk.texts, desk.now(), status.data_from
    since = texts.lately(offline, now)
    if saved is None:
        return texts("gate.offline_no_list", since=since, n=status.waiting)
    age = span_of(max(0, int((now - saved).total_seconds())), texts)
    return texts("gate.offline", since=since, saved=texts.lately(saved, now), age=age, n=status.waiting)


def facts(desk: Desk, result: ScanResult) -> tuple[AnswerFact, ...]:
    """Two or three facts: those that clash when the answer is no, the group when it is yes."""
    found: tuple[AnswerFact | None, ...]
    match result.code:
        case Code.SCAN_ALREADY:
            found = (_came_in(desk, result), _where(desk, result), _group(desk, result))
        case Code.SCAN_TIME:
            found = (_ticket_for(desk, result), _today(desk, result))
        case _:
            found = (_group(desk, result), _session(desk, result), _sale(desk, result))
    return tuple(fact for fact in found if fact is not None)


def actions(desk: Desk, result: ScanResult) -> tuple[AnswerAction, ...]:
    """A code can be typed after every answer: with F9, or F11 where F9 lets a guest back in."""
    texts = desk.texts
    typing = AnswerAction("type", texts("gate.type"), "keyboard", "F9")
    history = AnswerAction("history", texts("gate.history"), "history", "F12")
    if result.code == ALREADY:
        allow = AnswerAction("re_enter", texts("gate.re_enter"), "door-enter", "F9")
        refuse = AnswerAction("refuse", texts("gate.refuse"), "x", "F10")
        return allow, refuse, replace(typing, key="F11"), history
    if result.code == Code.SCAN_BANNED:
        let_in = AnswerAction("let_in", texts("gate.let_in"), "door-enter", "F9")
        refuse = AnswerAction("refuse", texts("gate.refuse"), "x", "F10")
        return let_in, refuse, replace(typing, key="F11"), history
    if result.colour is Colour.GREEN:
        undo = AnswerAction("undo", texts("gate.undo"), "arrow-back-up", "F12")
        return (typing, undo) if result.admission_id else (typing,)
    return (typing, history) if result.ticket_id else (typing,)


def _key(desk: Desk, result: ScanResult) -> str:
    if result.code == Code.SCAN_TIME and result.valid_on is not None:
        return "wrong_day"
    return result.code if desk.texts.has(f"scan.{result.code}.word") else "other"


def _subtitle(desk: Desk, result: ScanResult, product: str) -> str:
    texts = desk.texts
    guest = texts.code(result.guest) if result.guest else ""
    key = "gate.ticket" if product else "gate.ticket_row"  # it begins the line
    ticket = texts(key, short=result.ticket_short) if result.ticket_short else ""
    green_session = ""
    if result.colour is Colour.GREEN and result.session_starts and result.session_ends:
        start, end = texts.clock(result.session_starts), texts.clock(result.session_ends)
        green_session = texts("gate.session", start=start, end=end)
    return " · ".join(part for part in (guest, product, ticket, green_session) if part)


def _group(desk: Desk, result: ScanResult) -> AnswerFact | None:
    if not result.group_of:
        return None
    texts = desk.texts
    mix = " · ".join(f"{count} × {name.get(texts.language)}" for name, count in result.group_mix)
    came = texts.code(f"~{result.group_in}") if result.offline else str(result.group_in)
    words = texts("gate.group_in", n=came, all=result.group_of)
    return AnswerFact("users", texts("gate.group"), words, mix)


def _session(desk: Desk, result: ScanResult) -> AnswerFact | None:
    if result.session_starts is None or result.session_ends is None:
        return None
    texts = desk.texts
    span = texts.span(result.session_starts, result.session_ends)
    return AnswerFact(
        "clock", texts("gate.session_title"), span, texts.day(texts.local(result.session_starts).date())
    )


def _sale(desk: Desk, result: ScanResult) -> AnswerFact | None:
    if not result.sale_number:
        return None
    return AnswerFact("receipt", desk.texts("gate.sale"), desk.texts.code(result.sale_number))


def _came_in(desk: Desk, result: ScanResult) -> AnswerFact | None:
    if result.entry_at is None:
        return None
    texts = desk.texts
    minutes = max(0, int((result.at - result.entry_at).total_seconds() // 60))
    ago = texts("gate.minutes_ago", n=minutes) if minutes else texts("gate.just_now")
    if minutes >= 180:
        ago = texts.day(texts.local(result.entry_at).date())
    return AnswerFact("clock", texts("gate.came_in"), texts.clock(result.entry_at), ago)


def _where(desk: Desk, result: ScanResult) -> AnswerFact | None:
    gate = result.entry_gate.get(desk.texts.language) if result.entry_gate else ""
    if not gate:
        return None
    by = desk.texts("gate.by", name=result.entry_by) if result.entry_by else ""
    return AnswerFact("door-enter", desk.texts("gate.where"), desk.texts.code(gate), by)


def _ticket_for(desk: Desk, result: ScanResult) -> AnswerFact | None:
    texts = desk.texts
    span = (
        texts.span(result.session_starts, result.session_ends)
        if result.session_starts and result.session_ends
        else ""
    )
    if result.valid_on is not None:
        return AnswerFact("calendar-event", texts("gate.ticket_for"), texts.dated(result.valid_on), span)
    return AnswerFact("clock", texts("gate.ticket_for"), span) if span else None


def _today(desk: Desk, result: ScanResult) -> AnswerFact:
    texts = desk.texts
    today = texts.dated(texts.local(result.at).date())
    if result.valid_on is not None:
        return AnswerFact("calendar-event", texts("gate.today"), today)
    return AnswerFact("clock", texts("gate.now"), texts.clock(result.at), today)
