"""Money that goes back: which payment gets how much, who may approve it, and the states of a refund.

What goes back at all comes from `domain.policy`, what the credit note says from `domain.credit`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.card import AttemptState
from domain.catalogue import StaffMember
from domain.errors import Code, Refused
from domain.limits import RoleLimit, check_refund, limit_of
from domain.money import Money, half_up, spread, to_step, total
from domain.staff import Permission, check_approver, may


class Reason(StrEnum):
    """Why money goes back; `OTHER` wants words besides, `REJECTED` is the server's own: a booking that nobody took was
    paid for."""

    CUSTOMER_CANCEL = "CUSTOMER_CANCEL"
    WEATHER = "WEATHER"
    VENUE_CLOSED = "VENUE_CLOSED"
    DUPLICATE = "DUPLICATE"
    WRONG_ITEM = "WRONG_ITEM"
    SERVICE_FAULT = "SERVICE_FAULT"
    MEDICAL = "MEDICAL"
    NO_SHOW_GOODWILL = "NO_SHOW_GOODWILL"
    PRICE_ERROR = "PRICE_ERROR"
    TECHNICAL = "TECHNICAL"
    FRAUD = "FRAUD"
    OTHER = "OTHER"
    REJECTED = "REJECTED"


VENUES = (Reason.WEATHER, Reason.VENUE_CLOSED)
"""The venue's own, for which more goes back than for a guest's: somebody who may go beyond the policy says that it is
so."""
BY_STAFF = tuple(reason for reason in Reason if reason is not Reason.REJECTED)


class Instrument(StrEnum):
    CARD = "card"
    VOUCHER = "voucher"
    CASH = "cash"


class Way(StrEnum):
    """How a part goes back. `reversal` undoes a card payment that is not settled yet; `transfer` is a task for the
    office, where whoever took the payment takes nothing back any more."""

    REVERSAL = "reversal"
    CARD = "card"
    VOUCHER = "voucher"
    CASH = "cash"
    TRANSFER = "transfer"


ORDER = (Instrument.CARD, Instrument.VOUCHER, Instrument.CASH)


# which payment gets how much -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment: what it `captured`, what of that was `refunded` and what open refunds hold (`reserved`). `takes_back`:
    the money can still go back the way it came."""

    payment_id: str
    instrument: Instrument
    captured: Money
    refunded: Money
    reserved: Money
    paid_at: datetime
    settled: bool = True
    takes_back: bool = True

    @property
    def free(self) -> Money:
        """What can still go back; never below zero."""
        return max(self.captured - self.refunded - self.reserved, self.captured.zero)


@dataclass(frozen=True, slots=True)
class Part:
    """`amount` of one payment that goes back by `way`."""

    payment_id: str
    instrument: Instrument
    way: Way
    amount: Money


def plan(amount: Money, paid: Iterable[Paid], order: Sequence[Instrument] = ORDER) -> tuple[Part, ...]:
    """`amount` taken from the payments, one sort after the other. Of a sort: the payment of just that sum; else the
    smallest that covers it; else the largest, and so on; the newest of equal ones. Refuses `not_money` for nothing and
    `refund_too_much` for more than there is."""
    listed = sorted(paid, key=lambda each: each.paid_at, reverse=True)
    _check_amount(amount, listed)
    parts, rest = list[Part](), amount
    for instrument in dict.fromkeys((*order, *Instrument)):
        left = [each for each in listed if each.instrument is instrument and each.free]
        while left and rest:
            best = _best(rest, left)
            parts.append(_part(best, min(rest, best.free)))
            rest -= parts[-1].amount
            left.remove(best)
    return tuple(parts)


def proportional(amount: Money, paid: Iterable[Paid]) -> tuple[Part, ...]:
    """`amount` taken from all payments in proportion to what each can still give; refuses as `plan`."""
    listed = list(paid)
    _check_amount(amount, listed)
    whole = sum(each.free.minor for each in listed)
    shares = spread(amount.minor, [amount.minor * each.free.minor for each in listed], whole)
    pairs = zip(listed, shares, strict=True)
    return tuple(_part(each, Money(share, amount.currency)) for each, share in pairs if share)


def in_cash(parts: Iterable[Part], payment_id: str, approver: StaffMember) -> tuple[Part, ...]:
    """The plan with that payment's part in cash; refuses `approver_not_allowed` without the right to do so."""
    if not may(approver.role, Permission.REFUND_CARD_TO_CASH):
        raise Refused(Code.APPROVER_NOT_ALLOWED, permission=Permission.REFUND_CARD_TO_CASH.value)
    return tuple(replace(part, way=Way.CASH) if part.payment_id == payment_id else part for part in parts)


def _check_amount(amount: Money, paid: Sequence[Paid]) -> None:
    if amount.minor <= 0:
        raise Refused(Code.NOT_MONEY, text=amount.decimal())
    if amount > (most := total((each.free for each in paid), amount.currency)):
        raise Refused(Code.REFUND_TOO_MUCH, most=most.decimal())


def _best(rest: Money, left: Sequence[Paid]) -> Paid:
    covering = [each for each in left if each.free >= rest]
    if covering:
        return min(covering, key=lambda each: each.free.minor)
    return max(left, key=lambda each: each.free.minor)


def _part(paid: Paid, amount: Money) -> Part:
    return Part(paid.payment_id, paid.instrument, _way(paid, amount), amount)


def _way(paid: Paid, amount: Money) -> Way:
    if not paid.takes_back:
        return Way.TRANSFER
    if paid.instrument is Instrument.CARD and amount == paid.captured and not paid.settled:
        return Way.REVERSAL
    return Way(paid.instrument.value)


# cash that was rounded -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CashTaken:
    """The cash part of a sale: `due` before rounding, and the `rounding` that was recorded (below zero: the guest paid
    less). Of `due`, `back` was given up already, for which `handed` was handed out."""

    due: Money
    rounding: Money
    back: Money
    handed: Money


def cash_back(amount: Money, taken: CashTaken, step: int) -> Money:
    """The coins for `amount` of the cash part: with its share of the recorded rounding, counted over all that went back
    so far, so that the last refund hands out exactly what is left of what was taken. `step` in minor units; 0 = the
    venue does not round."""
    back = taken.back + amount
    rounding = half_up(taken.rounding.minor * back.minor, max(taken.due.minor, 1))
    return to_step(Money(back.minor + rounding, amount.currency), step) - taken.handed


# the states of a refund ------------------------------------------------------------------------------------------


class State(StrEnum):
    """`sent`: the terminal or the provider was asked. `unknown` is only ever asked about, never sent again."""

    REQUESTED = "requested"
    APPROVED = "approved"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    DONE = "done"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


RESERVES = frozenset((State.REQUESTED, State.APPROVED, State.SENT, State.UNKNOWN, State.FAILED))
_NEXT: Mapping[State, frozenset[State]] = {
    State.REQUESTED: frozenset((State.APPROVED, State.REFUSED, State.WITHDRAWN)),
    State.APPROVED: frozenset((State.SENT, State.WITHDRAWN)),
    State.SENT: frozenset((State.DONE, State.FAILED, State.UNKNOWN)),
    State.UNKNOWN: frozenset((State.DONE, State.FAILED)),
    State.FAILED: frozenset((State.SENT, State.WITHDRAWN)),
}
_DECIDED = (State.REQUESTED, State.APPROVED, State.WITHDRAWN, State.REFUSED)  # later ones outrank
_NOBODY_TO_ASK = (Way.CASH, Way.VOUCHER)


def state_of(decided: Iterable[State], attempts: Iterable[AttemptState]) -> State:
    """The present state from what was decided and the state of each attempt to pay it out, both in any order; cash that
    was handed out is a captured attempt. Money that moved is never forgotten, whatever was decided."""
    tried = tuple(attempts)
    if AttemptState.CAPTURED in tried:
        return State.DONE
    if AttemptState.UNKNOWN in tried or AttemptState.PARKED in tried:
        return State.UNKNOWN
    if AttemptState.ASKED in tried:
        return State.SENT
    last = max(decided, key=_DECIDED.index, default=State.REQUESTED)
    return State.FAILED if tried and last is State.APPROVED else last


def check_move(before: State, after: State, way: Way) -> None:
    """Whether a refund by `way` may go from one state to the other; cash and vouchers are handed out without asking
    anybody. Refuses `refund_state`."""
    at_once = way in _NOBODY_TO_ASK and (before, after) == (State.APPROVED, State.DONE)
    if after not in _NEXT.get(before, frozenset()) and not at_once:
        raise Refused(Code.REFUND_STATE, state=before.value, wanted=after.value)


# who may approve -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wish:
    """A refund that is asked for: `allowed` is what the policy gives, `seller_id` who made the sale, `taker_id` who
    took it up to pay it, where the server began it."""

    amount: Money
    allowed: Money
    requester_id: str
    seller_id: str
    reason: Reason
    note: str = ""
    taker_id: str = ""


def check_wish(wish: Wish, role: str) -> None:
    """Whether somebody of `role` may ask for it; refuses `not_allowed`, `not_money`, and `reason_needed` where the
    reason must be told in words: for `OTHER`, and beyond the policy."""
    if not may(role, Permission.REFUND_REQUEST):
        raise Refused(Code.NOT_ALLOWED, permission=Permission.REFUND_REQUEST.value)
    if wish.amount.minor <= 0:
        raise Refused(Code.NOT_MONEY, text=wish.amount.decimal())
    if (wish.reason is Reason.OTHER or wish.amount > wish.allowed) and not wish.note.strip():
        raise Refused(Code.REASON_NEEDED)


def check_approval(wish: Wish, approver: StaffMember, limit: RoleLimit, today: Money) -> None:
    """Whether that person may approve it, who has approved refunds of `today` since the day began. Refuses
    `approver_same`, `approver_not_allowed`, `refund_own_sale`, `refund_over_policy`, `refund_for_venue`, and as
    `limits.check_refund`."""
    check_approver(approver.staff_id, approver.role, wish.requester_id, Permission.REFUND_APPROVE)
    if wish.taker_id == approver.staff_id:
        raise Refused(Code.APPROVER_SAME)
    if approver.staff_id == wish.seller_id and not may(approver.role, Permission.REFUND_OWN_SALE):
        raise Refused(Code.REFUND_OWN_SALE)
    if not may(approver.role, Permission.REFUND_OVER_POLICY):
        _check_policy(wish)
    check_refund(limit, wish.amount, today)


def _check_policy(wish: Wish) -> None:
    """What somebody may approve who may not go beyond the policy."""
    if wish.amount > wish.allowed:
        raise Refused(Code.REFUND_OVER_POLICY, limit=wish.allowed.decimal())
    if wish.reason in VENUES:
        raise Refused(Code.REFUND_FOR_VENUE)


def who_may_approve(
    wish: Wish, people: Iterable[StaffMember], limits: Sequence[RoleLimit], today: Mapping[str, Money]
) -> tuple[StaffMember, ...]:
    """Those of `people` who may approve it; `today` is what each has approved since the day began."""
    nothing = wish.amount.zero

    def allowed(person: StaffMember) -> bool:
        limit = limit_of(person.role, limits, nothing.currency)
        try:
            check_approval(wish, person, limit, today.get(person.staff_id, nothing))
        except Refused:
            return False
        return True

    return tuple(person for person in people if allowed(person))
