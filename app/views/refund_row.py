"""A refund in a list: of which sale, why and how much; when and by whom it was asked for, by when, where it stands."""

from __future__ import annotations

from datetime import datetime

from app.shown_refunds import RefundRow
from app.texts import Texts
from app.views.due_sign import NEAR, due_split
from app.views.refund_words import (
    FREE,
    STATES,
    due_said,
    number_words,
    reason_words,
    row_words,
    said_words,
    state_words,
)
from app.views.widgets.two_lines import Told


def told_of(texts: Texts, refund: RefundRow, now: datetime, *, takes: bool) -> Told:
    """`takes`: what is said of it is that somebody takes it up."""
    number, reason = number_words(texts, refund.number), reason_words(texts, refund.reason)
    amount, (near, later) = texts.money(refund.amount), due_split(texts, refund.due, now)
    stands = state_words(texts, refund.state), *STATES[refund.state]
    words, icon, tone = (texts("refunds.free"), *FREE) if takes else stands
    asked = texts.lately(refund.asked_at, now), refund.asked_by.get(texts.language)
    due, said = due_said(texts, refund, now), said_words(texts, refund)
    return Told(
        title=number,
        aside=reason,
        amount=amount,
        detail=texts.line((*asked, later, said)),
        state=(texts.line((words, near)), *NEAR) if near else (words, icon, tone),
        whole=row_words(texts, refund, now),
        more=(texts.line((number, reason, amount)), texts.line(asked), texts.line((words, due, said))),
    )
