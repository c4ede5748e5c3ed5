"""How a card's attempt that nobody knows of ended, by a person who read the terminal's slip or asked the bank."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.approving import Approver
from app.cards import Landed
from app.recording import Recording
from app.shown import Approval
from domain import operation as op
from domain.card import OPEN, AttemptState
from domain.staff import Permission
from domain.text import reason_of, tidy
from ledger import read_money
from ledger.read_money import Attempt


@dataclass(frozen=True, slots=True)
class Told:
    """An approval has its code, anything else a reason."""

    approved: bool
    code: str
    approver_id: str
    reason: str


def told(
    approver: Approver, asked: tuple[str, str], approval: Approval, code: str, *, approved: bool
) -> Told:
    """What somebody says, with their PIN; `asked` by whom, and about which sale or refund. Refuses
    `reason_needed` without the code or a reason, and as an approval."""
    reason_of(code if approved else approval.reason)
    approver_id = approver.approve(approval, Permission.RESOLVE_CARD, *asked)
    return Told(approved, tidy(code), approver_id, tidy(approval.reason))


def resolve(recording: Recording, attempts: Iterable[Attempt], said: Told, landed: Landed) -> None:
    """Ends those of the attempts that are open, and does what follows from it."""
    for attempt in attempts:
        if attempt.state in OPEN:
            recording.add(_resolved(attempt, said))
            after = read_money.attempt(recording.cache, attempt.attempt_id)
            if after is not None:
                landed(recording, after)


def _resolved(attempt: Attempt, said: Told) -> op.CardResolved:
    outcome = AttemptState.CAPTURED if said.approved else AttemptState.DECLINED
    amount = attempt.amount if said.approved else attempt.amount.zero
    return op.CardResolved(
        attempt.attempt_id,
        outcome,
        "slip",
        amount,
        "",
        "",
        "",
        said.code,
        "",
        "",
        said.approver_id,
        said.reason,
    )
