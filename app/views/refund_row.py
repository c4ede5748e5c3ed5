"""A refund in a list: of which sale, why and how much; when and by whom it was asked for, by when, where it stands."""

from __future__ import annotations

from datetime import datetime

from app.shown_refunds import RefundRow
from app.texts import Texts
from app.views.due_sign import NEAR, due_split
from app.views.refund_words import (
    FREE,
    NEWS,
    STATES,
    due_said,
    number_words,
    reason_words,
    row_words,
    said_words,
    state_words,
)
from app.views.widgets.two_lines import Told
from domain.refund import State


def told_of(texts: Texts, refund: RefundRow, now: datetime, *, takes: bool) -> Told:
    """`takes`: what is said of it is that somebody takes it up."""
    number, reason = number_words(texts, refund.number), reason_words(texts, refund.reason)
    amount, (near, later) = texts.money(refund.amount), due_split(texts, refund.due, now)
    stands = state_words(texts, refund.state), *STATES[refund.state]
    words, icon, tone = (texts("refunds.free"), *FREE) if takes else stands
    asked = texts.lately(refund.asked_at, now), refund.asked_by.get(texts.language)
    if refund.unseen:
        words, icon, tone = (texts.line((words, texts("refunds.new"))), *NEWS)
    due, said = due_said(texts, refund, now), said_words(texts, refund)
    # what was refused is told first: why it was is what the reader wants
    detail = (said, *asked) if refund.state is State.REFUSED else (*asked, later, said)
    return Told(
        title=number,
        aside=reason,
        amount=amount,
        detail=texts.line(detail),
        state=(texts.line((words, near)), *NEAR) if near else (words, icon, tone),
        whole=row_words(texts, refund, now),
        more=(texts.line((number, reason, amount)), texts.line(asked), texts.line((words, due, said))),
    )
