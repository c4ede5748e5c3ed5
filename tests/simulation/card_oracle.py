"""A card terminal in memory that outlives its station: what it charged is the truth about money on cards."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from app.hardware.ports import (
    CardKind,
    CardOutcome,
    CardProgress,
    CardReason,
    SchemeTotal,
    Settlement,
    TerminalInfo,
    TerminalState,
)
from domain.errors import Unavailable
from domain.money import Money


@dataclass(slots=True)
class Charged:
    """One attempt as the bank has it. `minor` is what moved: 0 for declined or canceled."""

    attempt_id: str
    sale_id: str
    original_id: str
    kind: CardKind
    minor: int
    currency: str


@dataclass(slots=True)
class Terminal:
    """`calm` lets everything through, `fate` decides instead of chance; `arrived` is what the bank has by attempt."""

    name: str
    chance: random.Random = field(default_factory=random.Random)
    calm: bool = False
    fate: str = ""
    arrived: dict[str, Charged] = field(default_factory=dict)

    def info(self) -> TerminalInfo:
        return TerminalInfo("memory", self.name, "M1", "1")

    def ping(self) -> TerminalState:
        return TerminalState.READY

    def purchase(
        self, attempt_id: str, amount: Money, order_ref: str, on_progress: Callable[[CardProgress], None]
    ) -> CardOutcome:
        on_progress(CardProgress.SENT)
        return self._take(attempt_id, amount, order_ref, "")

    def reverse(self, attempt_id: str, original_attempt_id: str, amount: Money) -> CardOutcome:
        original = self.arrived.get(original_attempt_id)
        if original is None or original.kind is not CardKind.APPROVED:
            return CardOutcome(CardKind.DECLINED, attempt_id, reason=CardReason.NO_ORIGINAL)
        if attempt_id not in self.arrived and self.reversed(original_attempt_id):
            return CardOutcome(CardKind.DECLINED, attempt_id, reason=CardReason.ALREADY_REVERSED)
        return self._take(attempt_id, amount, original.sale_id, original_attempt_id)

    def refund(self, attempt_id: str, original_attempt_id: str, amount: Money) -> CardOutcome:
        original = self.arrived.get(original_attempt_id)
        if original is None or original.kind is not CardKind.APPROVED:
            return CardOutcome(CardKind.DECLINED, attempt_id, reason=CardReason.NO_ORIGINAL)
        return self._take(attempt_id, amount, original.sale_id, original_attempt_id)

    def reversed(self, attempt_id: str) -> bool:
        backs = (one for one in self.arrived.values() if one.original_id == attempt_id)
        return any(one.kind is CardKind.APPROVED for one in backs)

    def _take(self, attempt_id: str, amount: Money, sale_id: str, original_id: str) -> CardOutcome:
        if attempt_id in self.arrived:
            return self._said(self.arrived[attempt_id])
        fate = self.fate or "approve" if self.calm else self.chance.choices(*zip(*_FATES, strict=True))[0]
        if fate == "not_started":
            return CardOutcome(CardKind.NOT_STARTED, attempt_id, reason=CardReason.UNREACHABLE)
        if fate in ("lost", "mute"):
            return CardOutcome(CardKind.UNKNOWN, attempt_id, reason=CardReason.NO_ANSWER)
        kind = _KINDS.get(fate, CardKind.APPROVED)
        minor = amount.minor if kind is CardKind.APPROVED else 0
        charged = Charged(attempt_id, sale_id, original_id, kind, minor, amount.currency)
        self.arrived[attempt_id] = charged
        if fate == "silent":
            return CardOutcome(CardKind.UNKNOWN, attempt_id, reason=CardReason.LINE_LOST)
        return self._said(charged)

    def _said(self, charged: Charged) -> CardOutcome:
        if charged.kind is not CardKind.APPROVED:
            return CardOutcome(charged.kind, charged.attempt_id, text_en="Declined", response_code="05")
        amount = Money(charged.minor, charged.currency)
        return CardOutcome(
            CardKind.APPROVED,
            charged.attempt_id,
            amount,
            scheme="mada",
            last4="4242",
            approval="A1",
            batch="1",
        )

    def query(self, attempt_id: str) -> CardOutcome:
        if self.fate == "mute" or (not self.calm and self.chance.random() < 0.4):
            return CardOutcome(CardKind.UNKNOWN, attempt_id, reason=CardReason.UNREACHABLE)
        if attempt_id not in self.arrived:
            return CardOutcome(CardKind.NOT_FOUND, attempt_id)
        return self._said(self.arrived[attempt_id])

    def cancel(self, attempt_id: str) -> None:
        """Nobody waits here: what happened has happened."""

    def totals(self) -> tuple[SchemeTotal, ...]:
        raise Unavailable("card_terminal", "not asked for here")

    def settle(self) -> Settlement:
        raise Unavailable("card_terminal", "not asked for here")


_FATES = (("approve", 60), ("decline", 8), ("cancel", 4), ("silent", 14), ("lost", 8), ("not_started", 6))
_KINDS = {"decline": CardKind.DECLINED, "cancel": CardKind.CANCELLED}
