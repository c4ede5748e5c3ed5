"""How a refund is told of: where it stands with word and sign, why, and which card or drawer it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from app.shown_refunds import Decided, GivenRow, GivenTicket, NobodyMay, Preview, RefundRow, TenderRow
from app.texts import UNBROKEN_DASH, Texts
from app.views.desk import Desk
from app.views.due_sign import DueSign, due_words
from domain.catalogue import Words
from domain.refund import Reason, State
from domain.refund_nobody import Nobody

MOST_CODES = 6  # more is not read
Mark = tuple[str, str]  # icon, tone
STATES: dict[State, Mark] = {
    State.REQUESTED: ("hourglass", "warn"),
    State.APPROVED: ("shield-check", "accent"),
    State.SENT: ("clock", "purple"),
    State.UNKNOWN: ("help-circle", "warn"),
    State.FAILED: ("circle-x", "bad"),
    State.DONE: ("circle-check", "ok"),
    State.WITHDRAWN: ("arrow-back-up", "mute"),
    State.REFUSED: ("ban", "mute"),
}


FREE: Mark = ("download", "accent")
NEWS: Mark = ("ban", "bad")


def state_words(texts: Texts, state: State) -> str:
    return texts(f"refunds.state_{state}")


def reason_words(texts: Texts, reason: Reason) -> str:
    return texts(f"refunds.reason_{reason.lower()}")


def decided_words(texts: Texts, decided: Decided) -> str:
    """`Huda Salem · 26 Nov 2026 14:05 · not tall enough`."""
    said = decided.by.get(texts.language), texts.moment(decided.at), decided.note
    return texts.line(said)


def said_words(texts: Texts, refund: RefundRow) -> str:
    """Who decided, with their words; who wrote none is named where they refused it."""
    if (said := refund.decided) is None:
        return ""
    name = said.by.get(texts.language)
    if said.state is not State.REFUSED:
        return texts.line((name, said.note)) if said.note else ""
    if said.note:
        return texts("refunds.refused_why", name=name, why=said.note)
    return texts("refunds.refused_by", name=name)


def tender_words(texts: Texts, tender: TenderRow) -> str:
    """`mada •••• 4821`, or `Cash`."""
    if tender.method == "cash":
        return texts("pay.cash")
    digits = texts.code(f"•••• {tender.last4}") if tender.last4 else ""
    return " ".join(part for part in (tender.scheme or texts("pay.card"), digits) if part)


def given_words(texts: Texts, given: GivenRow) -> str:
    """`2 × Day pass – adult`; without a number where it stays."""
    name = given.name.get(texts.language)
    return f"{given.pieces} × {name}" if given.pieces else name


def names_words(texts: Texts, names: Iterable[Words]) -> str:
    """`Huda K., Nadia S.`"""
    return texts("guests.and").join(name.get(texts.language) for name in names)


def nobody_words(texts: Texts, nobody: NobodyMay | None) -> str:
    """Why nobody may say yes."""
    if nobody is None or nobody.why is Nobody.RIGHT:
        return texts("refunds.nobody_may")
    return texts(f"refunds.nobody_{nobody.why}", names=names_words(texts, nobody.who))


def asked_words(texts: Texts, preview: Preview) -> str:
    """It was asked for, and who may approve it."""
    names = names_words(texts, preview.approvers)
    if names:
        return texts("refunds.was_asked", names=names)
    return texts("refunds.was_asked_nobody", why=nobody_words(texts, preview.nobody))


def number_words(texts: Texts, number: str) -> str:
    """Of the receipt, where it is known."""
    return texts.code(number) if number else texts("refunds.no_number")


def due_sign(desk: Desk, refund: RefundRow) -> DueSign | None:
    """By when it needs a yes or is to be paid, while it is open."""
    return DueSign(desk, refund.due, _due(refund)) if refund.due is not None else None


def _due(refund: RefundRow) -> str:
    return "answer" if refund.state is State.REQUESTED else "pay"


def due_said(texts: Texts, refund: RefundRow, now: datetime) -> str:
    """The same in words; empty once it is over."""
    return due_words(texts, refund.due, now, _due(refund)) if refund.due is not None else ""


def row_words(texts: Texts, refund: RefundRow, now: datetime) -> str:
    """All that a row says, as it is read aloud."""
    said = (
        refund.number,
        texts.money(refund.amount),
        state_words(texts, refund.state),
        texts("refunds.new") if refund.unseen else "",
        texts("refunds.free") if refund.free else "",
        reason_words(texts, refund.reason),
        refund.asked_by.get(texts.language),
        said_words(texts, refund),
        due_said(texts, refund, now),
    )
    return ", ".join(part for part in said if part)


def tickets_words(texts: Texts, tickets: Iterable[GivenTicket]) -> list[str]:
    """For each session and kind one: `2 × Day ticket – child · Thu 26 Nov 14:00 – 16:00 · 7K2M-7QX, 8P3N-1AB`, with the
    activity before the day where it is to be said."""
    alike: dict[GivenTicket, list[str]] = {}
    for each in tickets:
        alike.setdefault(replace(each, short=""), []).append(each.short)
    return [_ticket_line(texts, each, codes) for each, codes in alike.items()]


def _ticket_line(texts: Texts, ticket: GivenTicket, codes: Sequence[str]) -> str:
    times, when = ticket.times, ""
    if times is not None:
        when = f"{texts.day(texts.local(times[0]).date())} {texts.span(*times, UNBROKEN_DASH)}"
    activity = ticket.activity.get(texts.language) if ticket.activity else ""
    shown = [texts.code(each) for each in codes[:MOST_CODES]] + ["…"] * (len(codes) > MOST_CODES)
    what = f"{len(codes)} × {ticket.name.get(texts.language)}"
    return texts.line((what, activity, when, texts("guests.and").join(shown)))
