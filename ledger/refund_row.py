"""A refund as it stands: what was asked for, and all that happened to it since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain import operation as op
from domain.card import AttemptState
from domain.refund import RESERVES, Reason, State, Wish, state_of
from ledger.read_money import Attempt


@dataclass(frozen=True, slots=True)
class Decision:
    decision_id: str
    state: State
    staff_id: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Take:
    """A station took it up, or gave it back (`is_back`)."""

    take_id: str
    station_id: str
    staff_id: str
    is_back: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Try:
    """An attempt to give `payment_id` its share back on a card; known where it was made, and at the server."""

    payment_id: str
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class RefundRow:
    """A refund that was asked for, and all that happened to it. `paid` are the numbers of its credit notes."""

    asked: op.RefundAsked
    at: datetime
    decisions: tuple[Decision, ...] = ()
    tries: tuple[Try, ...] = ()
    fails: tuple[str, ...] = ()
    paid: tuple[str, ...] = ()
    takes: tuple[Take, ...] = ()

    @property
    def is_by_server(self) -> bool:
        """Whether the server began it, so that a station must take it up."""
        return not self.asked.station_id

    @property
    def taken(self) -> Take | None:
        """Who has taken it up; None where nobody has, or need."""
        last = self.takes[-1] if self.takes else None
        return None if last is None or last.is_back else last

    @property
    def station_id(self) -> str:
        """Where it is paid or withdrawn; empty while nobody has taken it up."""
        return self.taken.station_id if self.taken else self.asked.station_id

    @property
    def request_id(self) -> str:
        """By which that station has it."""
        return self.taken.take_id if self.taken else self.asked.ask_id

    @property
    def wish(self) -> Wish:
        """What somebody says yes to."""
        asked = self.asked
        return Wish(
            asked.amount, asked.allowed, asked.staff_id, asked.seller_id, Reason(asked.reason), asked.note,
            self.taken.staff_id if self.taken else "",
        )  # fmt: skip

    @property
    def state(self) -> State:
        """A card that took its money back while the credit note is missing counts as sent: the note must follow."""
        if self.paid:
            return State.DONE
        tried = [each.attempt.state for each in self.tries]
        told = [AttemptState.ASKED if each is AttemptState.CAPTURED else each for each in tried]
        told += [AttemptState.DECLINED] * bool(self.fails)
        return state_of((each.state for each in self.decisions), told)

    @property
    def approval(self) -> Decision | None:
        return next((each for each in self.decisions if each.state is State.APPROVED), None)

    @property
    def ending(self) -> Decision | None:
        """Who ended it without money."""
        return next((each for each in self.decisions if each.state is not State.APPROVED), None)

    @property
    def holds(self) -> bool:
        """Whether money is held for it."""
        return self.state in RESERVES

    @property
    def money_moved(self) -> bool:
        """Whether a card has it back, or may have."""
        ended = {AttemptState.DECLINED, AttemptState.CANCELLED}
        return any(each.attempt.state not in ended for each in self.tries)
