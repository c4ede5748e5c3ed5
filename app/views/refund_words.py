"""How a refund is told of: where it stands with word and sign, why, and which card or drawer it comes from."""

from __future__ import annotations

from collections.abc import Iterable

from app.shown_refunds import RefundRow, TenderRow
from app.texts import Texts
from domain.catalogue import Words
from domain.refund import Reason, State

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


def state_words(texts: Texts, state: State) -> str:
    return texts(f"refunds.state_{state}")


def reason_words(texts: Texts, reason: Reason) -> str:
    return texts(f"refunds.reason_{reason.lower()}")


def tender_words(texts: Texts, tender: TenderRow) -> str:
    """`mada •••• 4821`, or `Cash`."""
    if tender.method == "cash":
        return texts("pay.cash")
    digits = texts.code(f"•••• {tender.last4}") if tender.last4 else ""
    return " ".join(part for part in (tender.scheme or texts("pay.card"), digits) if part)


def names_words(texts: Texts, names: Iterable[Words]) -> str:
    """`Huda K., Nadia S.`"""
    return texts("guests.and").join(name.get(texts.language) for name in names)


def number_words(texts: Texts, number: str) -> str:
    """Of the receipt, where it is known."""
    return texts.code(number) if number else texts("refunds.no_number")


def row_words(texts: Texts, refund: RefundRow) -> str:
    """All that a row says, as it is read aloud."""
    said = (
        refund.number,
        texts.money(refund.amount),
        state_words(texts, refund.state),
        texts("refunds.free") if refund.free else "",
        reason_words(texts, refund.reason),
        refund.asked_by.get(texts.language),
    )
    return ", ".join(part for part in said if part)
