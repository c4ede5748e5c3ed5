"""Who must have had which right: what somebody did without it is kept all the same, and a person looks at it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from sqlalchemy import Connection

from domain import operation as op
from domain.aside import told_in
from domain.card import Direction
from domain.discount import within_limit
from domain.envelope import Envelope
from domain.limits import RoleLimit, limit_of
from domain.shift import Move, must_be_seen
from domain.staff import Permission, may
from ledger import read_setup
from ledger.case_checks import Finding
from ledger.case_people import LONGEST_REASON
from ledger.cases import Judged, origin_of

_NEEDS: dict[type, Permission] = {
    op.ShiftOpened: Permission.SHIFT,
    op.ShiftCounted: Permission.SHIFT,
    op.ShiftClosed: Permission.SHIFT,
    op.CashMoved: Permission.SHIFT,
    op.ReportRead: Permission.SHIFT,
    op.BookingMade: Permission.SELL,
    op.SaleClosed: Permission.SELL,
    op.CardAsked: Permission.SELL,
    op.RefundFailed: Permission.REFUND_REQUEST,
    op.GuestAdmitted: Permission.ADMIT,
    op.DocumentReprinted: Permission.REPRINT,
    op.GuestRegistered: Permission.REGISTER_GUEST,
    op.GuestChanged: Permission.REGISTER_GUEST,
    op.MembershipGiven: Permission.REGISTER_GUEST,
    op.MembershipEnded: Permission.REGISTER_GUEST,
}
_APPROVED: dict[type, Permission] = {
    op.SaleVoided: Permission.APPROVE_VOID,
    op.TenderCorrected: Permission.TENDER_CORRECT,
}


# What is wrong with the yes of a second person to an operation, `to` one of these rights; empty where nothing is.
Yes = Callable[[Connection, Envelope, op.Operation, str, Collection[str]], str]
# How much each role might give away in a currency; looked up where something was.
LimitsIn = Callable[[str], Sequence[RoleLimit]]
# Under which roles somebody did something, each with the limits of that time; one is enough, so asked for one by one.
RolesOf = Callable[[Connection, Envelope, str], Iterable[tuple[str, LimitsIn]]]
_SECOND = ("approver_id", "cash_approver_id", "discount_by")
_ALSO = (Permission.REFUND_CARD_TO_CASH.value,)  # who lets a void give cash for a card lets the void


def needs(envelope: Envelope, operation: op.Operation) -> tuple[str, Permission] | None:
    """Who must have which right for an operation, the second person where one must say yes; None where it needs
    none."""
    if (second := _by_a_second(envelope, operation)) is not None:
        return second
    match operation:
        case op.RefundPaid() | op.CardAsked(direction=Direction.REFUND):
            return envelope.staff_id, Permission.REFUND_REQUEST
        case op.BookingMade(discounts=offs, discount_by="") if offs:
            return envelope.staff_id, _to_give(offs)
        case op.GuestAdmitted(again=True):
            return envelope.staff_id, Permission.RE_ENTRY
    wanted = _NEEDS.get(type(operation))
    return (envelope.staff_id, wanted) if wanted else None


def _by_a_second(envelope: Envelope, operation: op.Operation) -> tuple[str, Permission] | None:
    match operation:
        case op.OverrideGiven(
            approver_id=approver, permission=Permission.ALLOW_BANNED.value, subject=booking_id
        ) if booking_id:
            return approver, Permission.ALLOW_BANNED  # it counts by itself, whatever goes by it
        case op.ReportRead(full=True, approver_id=approver):
            return approver or envelope.staff_id, Permission.READ_CASH
        case op.SaleVoided(approver_id=approver) | op.TenderCorrected(approver_id=approver):
            return approver, _APPROVED[type(operation)]
        case op.RefundPaid(cash_approver_id=approver) if approver:
            return approver, Permission.REFUND_CARD_TO_CASH
        case op.CardResolved(how="slip", approver_id=approver):
            return approver, Permission.RESOLVE_CARD
        case op.CashMoved(move=move, approver_id=approver) if move == Move.DROP or approver:
            right = Permission.APPROVE_DROP if move == Move.DROP else Permission.APPROVE_CASH_OUT
            return approver, right
        case op.ShiftClosed(approver_id=approver) if approver:
            return approver, Permission.APPROVE_DIFFERENCE
        case op.BookingMade(discounts=offs, discount_by=approver) if offs and approver:
            return approver, Permission.DISCOUNT_OVER_LIMIT
    return None


def _to_give(offs: Iterable[op.GivenOff]) -> Permission:
    is_price = any(off.what == "price" for off in offs)
    return Permission.PRICE_OVERRIDE if is_price else Permission.DISCOUNT


def _lacking(
    roles: Iterable[tuple[str, LimitsIn]], wanted: Permission, operation: op.Operation
) -> Permission | None:
    """None where one of the roles is enough."""
    first: Permission | None = None
    for role, limits_in in roles:
        lacks = _lacks(role, limits_in, wanted, operation)
        if lacks is None:
            return None
        first = first or lacks
    return first or wanted


def _lacks(role: str, limits_in: LimitsIn, wanted: Permission, operation: op.Operation) -> Permission | None:
    """The right that was missing; a discount also needs room in the role's limit."""
    if not may(role, wanted):
        return wanted
    if not isinstance(operation, op.BookingMade) or not operation.discounts:
        return None
    currency = operation.lines[0].gross.currency
    limit = limit_of(role, limits_in(currency), currency)
    return None if within_limit(limit, operation) else Permission.DISCOUNT_OVER_LIMIT


def judge_permissions(
    connection: Connection,
    given: Iterable[tuple[Envelope, op.Operation]],
    roles: RolesOf,
    now_ms: int,
    yes: Yes,
) -> Judged:
    """A fact by someone who has the right in none of their `roles`, or by a second person's `yes` that is none to it,
    is stored all the same; a person looks at it. Subjects are operations."""
    judged = Judged()
    for envelope, operation in given:
        wanted = _over_limit(connection, operation) or needs(envelope, operation)
        if wanted is None:
            continue
        lacking = _lacking(roles(connection, envelope, wanted[0]), wanted[1], operation)
        unsaid = _unsaid(connection, (envelope, operation), wanted, yes)
        if lacking is None and not unsaid:
            continue
        facts = (*origin_of(envelope), *_second(envelope, wanted[0]))
        facts += (("permission", (lacking or wanted[1]).value), *unsaid)
        facts += (*told_in(envelope.public), *_subject(operation), *_reason(operation))
        judged.of_operation(connection, envelope.op_id, Finding("not_permitted", facts), now_ms)
    return judged


def _over_limit(connection: Connection, operation: op.Operation) -> tuple[str, Permission] | None:
    """What the venue lets nobody do alone, and nobody is said to have let."""
    match operation:
        case op.CashMoved(move=Move.CASH_OUT, approver_id="", amount=amount):
            limit = read_setup.venue(connection).cash_out_limit
            return None if limit is not None and amount <= limit else ("", Permission.APPROVE_CASH_OUT)
        case op.ShiftClosed(approver_id="", difference=difference, expected=expected):
            limit = read_setup.venue(connection).difference_limit
            is_over = must_be_seen(difference, expected, limit)
            return ("", Permission.APPROVE_DIFFERENCE) if is_over else None
    return None


def _unsaid(
    connection: Connection,
    given: tuple[Envelope, op.Operation],
    wanted: tuple[str, Permission],
    yes: Yes,
) -> tuple[tuple[str, str], ...]:
    """What is wrong with the yes of a second person, where one is named."""
    envelope, operation = given
    names = (getattr(operation, name, "") for name in _SECOND)
    if wanted[0] not in {name for name in names if name}:
        return ()
    if wanted[0] == envelope.staff_id:
        return (("differs", "same_person"),)
    if isinstance(operation, op.OverrideGiven):
        return ()  # it is the yes
    rights = {wanted[1].value, *(_ALSO if isinstance(operation, op.SaleVoided) else ())}
    why = yes(connection, envelope, operation, wanted[0], rights)
    return (("differs", why),) if why else ()


def _second(envelope: Envelope, staff_id: str) -> tuple[tuple[str, str], ...]:
    """Whose right was looked at, if it was not the one who acted."""
    return () if staff_id == envelope.staff_id else (("approver", staff_id),)


def _subject(operation: op.Operation) -> tuple[tuple[str, str], ...]:
    """The booking that a yes lets be."""
    return (("booking", operation.subject),) if isinstance(operation, op.OverrideGiven) else ()


def _reason(operation: op.Operation) -> tuple[tuple[str, str], ...]:
    said = getattr(operation, "reason", "")
    return (("reason", said[:LONGEST_REASON]),) if isinstance(said, str) and said else ()
