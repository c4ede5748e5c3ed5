"""What an operation must be in itself, whoever sent it: the station keeps nothing else, the server sets anything else
aside for a person.

Only what one operation says is looked at; whether it fits what is already known is judged after it is in.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from domain import operation as op
from domain.card import AttemptState
from domain.cart import MOST_OF_A_SALE
from domain.money import LARGEST_MINOR, Money
from domain.receipt import Receipt
from domain.shift import Move
from domain.text import MOST
from domain.vat import BASIS

LONGEST_ID = 64
LONGEST_TEXT = 20_000
MOST_PARTS = MOST_OF_A_SALE
MOST_PLACES = 100_000
LARGEST_NUMBER = 10**12
_COUNTS = ("places", "quantity", "count", "used", "copy", "pieces")
_DIRECTIONS = ("charge", "reversal", "refund")
_RESOLVED = (AttemptState.CAPTURED, AttemptState.DECLINED, AttemptState.PARKED)
_TAKING = ("percent", "amount", "comp")
_DISCOUNTS = {*_TAKING, "price"}  # which may also add
_METHODS = ("cash", "card")
_REPORTS = ("X",)
_LAST_DIGITS = 4


def why_unsound(operation: op.Operation) -> str:
    """Empty if it can be kept, else what is wrong in a few words for the one who looks at it."""
    rules = _RULES.get(type(operation), _any)
    return next(_too_much(operation), "") or next((why for wrong, why in rules(operation) if wrong), "")


# what any record must be -----------------------------------------------------------------------------------------


def _too_much(record: Any) -> Iterator[str]:
    """Texts, ids and lists that are longer than any of ours; amounts beyond any drawer, numbers beyond any count."""
    for name, longest, largest in _plan(type(record)):
        value = getattr(record, name)
        if isinstance(value, str):
            if len(value) > longest:
                yield f"{name} too long"
        elif isinstance(value, int):
            if abs(value) > largest:
                yield f"{name} too large"
        elif isinstance(value, Money):
            if abs(value.minor) > LARGEST_MINOR:
                yield f"{name} too large"
        elif isinstance(value, tuple):
            yield from _too_many(name, value)
        elif dataclasses.is_dataclass(value):
            yield from _too_much(value)


def _too_many(name: str, parts: tuple[Any, ...]) -> Iterator[str]:
    if len(parts) > MOST_PARTS:
        yield f"{name} too many"
        return
    for part in parts:
        if isinstance(part, str) and len(part) > LONGEST_ID:
            yield f"{name} too long"
        elif dataclasses.is_dataclass(part):
            yield from _too_much(part)


def _limits(kind: Any) -> tuple[tuple[str, int, int], ...]:
    """(field, longest text, largest number) of a record; what names a thing is short, what counts things is small."""
    names = [field.name for field in dataclasses.fields(kind)]
    return tuple(
        (
            name,
            LONGEST_ID if name.endswith("_id") or name == "number" else LONGEST_TEXT,
            MOST_PLACES if name in _COUNTS else LARGEST_NUMBER,
        )
        for name in names
    )


_plan: Callable[[Any], tuple[tuple[str, int, int], ...]] = cache(_limits)


# what each kind must be ------------------------------------------------------------------------------------------

_Rules = Iterable[tuple[bool, str]]


def _counted(amount: Money, pieces: tuple[op.Piece, ...]) -> _Rules:
    wrong = any(piece.note <= 0 or piece.count < 0 for piece in pieces)
    return (
        (wrong, "pieces"),
        (amount.minor < 0, "negative"),
        (amount.minor != sum(piece.note * piece.count for piece in pieces), "sum"),
    )


def _moved(move: op.CashMoved) -> _Rules:
    moves_nothing = move.move == Move.NO_SALE
    return (
        (move.move not in tuple(Move), "move"),
        (move.amount.minor < 0 or (move.amount.minor == 0) != moves_nothing, "amount"),
    )


def _booked(booking: op.BookingMade) -> _Rules:
    tickets = [ticket.ticket_id for ticket in booking.tickets]
    return (
        (not booking.lines, "no line"),
        (any(line.quantity <= 0 for line in booking.lines), "quantity"),
        (any(not 0 <= line.vat.minor <= line.gross.minor for line in booking.lines), "line amount"),
        (any(ticket.places < 0 for ticket in booking.tickets), "places"),
        (len(tickets) != len(set(tickets)), "ticket twice"),
        *_discounted(booking),
    )


def _discounted(booking: op.BookingMade) -> _Rules:
    offs = booking.discounts
    charges = {line.charge_id for line in booking.lines}
    return (
        (any(off.charge_id not in charges for off in offs), "no line"),
        (any(off.what not in _DISCOUNTS for off in offs), "what"),
        (any(off.amount.minor < 0 and off.what in _TAKING for off in offs), "amount"),
        (any(not 0 <= off.share <= BASIS for off in offs), "amount"),
        (bool(booking.discount_by) and not offs, "approver"),
    )


def _sold(sale: op.SaleClosed) -> _Rules:
    return (
        (sale.receipt.number != sale.number, "number"),
        *_document(sale.receipt),
        *_all_paid([part.amount for part in sale.tenders], sale.receipt),
        (any(part.method not in _METHODS for part in sale.tenders), "method"),
        (
            any(part.method == "cash" and part.tendered.minor < part.amount.minor for part in sale.tenders),
            "tendered",
        ),
        (any(part.method == "card" and not part.attempt_id for part in sale.tenders), "no attempt"),
    )


def _voided(void: op.SaleVoided) -> _Rules:
    payments = [part.payment_id for part in void.refunds]
    return (
        (void.receipt.number != void.number, "number"),
        *_document(void.receipt),
        *_all_paid([part.amount for part in void.refunds], void.receipt),
        (any(part.method not in _METHODS for part in void.refunds), "method"),
        (any(part.method == "card" and not part.attempt_id for part in void.refunds), "no attempt"),
        (
            any(part.method == "cash" and (part.attempt_id or part.scheme) for part in void.refunds),
            "cash of a card",
        ),
        (len(payments) != len(set(payments)), "payment twice"),
    )


def _corrected(fix: op.TenderCorrected) -> _Rules:
    said = fix.said
    is_card = said.method == "card"
    return (
        (fix.was not in _METHODS or said.method not in _METHODS, "method"),
        (said.amount.minor <= 0, "amount"),
        (bool(said.attempt_id), "keyed"),
        (is_card != bool(said.scheme and said.approval), "card facts"),
        (len(said.last4) > _LAST_DIGITS, "card facts"),
        (said.payment_id == fix.payment_id, "payment twice"),
        (not fix.reason.strip(), "no reason"),
    )


def _refunded(paid: op.RefundPaid) -> _Rules:
    lines, parts, receipt = paid.lines, paid.refunds, paid.receipt
    payments = [(part.payment_id, part.method) for part in parts]
    return (
        (receipt.number != paid.number, "number"),
        (not lines, "no line"),
        *_document(receipt),
        *_all_paid([part.amount for part in parts], receipt),
        (any(not 0 <= line.vat.minor <= line.gross.minor for line in lines), "line amount"),
        (any(line.pieces < 0 for line in lines), "quantity"),
        (_sum((line.gross for line in lines), receipt.gross.currency) != receipt.gross, "parts"),
        (_sum((line.vat for line in lines), receipt.gross.currency) != receipt.vat, "net and VAT"),
        (any(part.method not in _METHODS for part in parts), "method"),
        (any(part.method == "card" and not part.attempt_id for part in parts), "no attempt"),
        (any(part.method == "cash" and (part.attempt_id or part.scheme) for part in parts), "cash of a card"),
        (len(payments) != len(set(payments)), "payment twice"),
        (len(paid.tickets) != len(set(paid.tickets)), "ticket twice"),
    )


def _document(receipt: Receipt) -> _Rules:
    """The totals are those of the document itself."""
    return (
        (receipt.gross.minor < 0, "negative"),
        (_sum((receipt.net, receipt.vat)) != receipt.gross, "net and VAT"),
    )


def _all_paid(parts: list[Money], receipt: Receipt) -> _Rules:
    """Each part is some money, and all of them come to the document's total."""
    return (
        (any(part.minor <= 0 for part in parts), "part amount"),
        (_sum(parts, receipt.gross.currency) != receipt.gross, "parts"),
    )


def _sum(parts: Iterable[Money], currency: str = "") -> Money | None:
    """None when the currencies do not agree."""
    listed = list(parts)
    currencies = {part.currency for part in listed} | ({currency} if currency else set())
    return Money(sum(part.minor for part in listed), currencies.pop()) if len(currencies) == 1 else None


def _leased(session: int, places: int) -> _Rules:
    return (not 0 < session < 1 << 32, "session"), (not 0 < places <= MOST_PLACES, "places")


def _any(_operation: op.Operation) -> _Rules:
    return ()


_RULES: dict[type, Callable[[Any], _Rules]] = {
    op.ShiftOpened: lambda it: _counted(it.opening, it.pieces),
    op.CashMoved: _moved,
    op.ShiftCounted: lambda it: _counted(it.counted, it.pieces),
    op.ShiftClosed: lambda it: (
        (_sum((it.expected, it.difference)) != it.counted, "difference"),
        (it.counted.minor < 0, "negative"),
    ),
    op.ReportRead: lambda it: (
        (it.what not in _REPORTS, "what"),
        (bool(it.approver_id) and not it.full, "approver"),
        (not it.shift_id, "no shift"),
    ),
    op.BookingMade: _booked,
    op.SaleClosed: _sold,
    op.SaleVoided: _voided,
    op.TenderCorrected: _corrected,
    op.RefundPaid: _refunded,
    op.CardAsked: lambda it: (
        (it.direction not in _DIRECTIONS, "direction"),
        ((it.direction == "refund") != bool(it.ask_id), "direction"),
        (bool(it.booking_id) and it.direction != "charge", "direction"),
        (it.amount.minor <= 0, "amount"),
    ),
    op.CardApproved: lambda it: ((it.amount.minor < 0, "amount"),),
    op.CardResolved: lambda it: ((it.outcome not in _RESOLVED, "outcome"), (it.amount.minor < 0, "amount")),
    op.DocumentReprinted: lambda it: ((it.copy < 1, "copy"),),
    op.LeaseTaken: lambda it: _leased(it.session, it.places),
    op.LeaseReturned: lambda it: (*_leased(it.session, it.places), (it.used < 0, "used")),
    op.LeaseCut: lambda it: _leased(it.session, it.places),
    op.CaseOpened: lambda it: ((not it.text.strip(), "no text"), (len(it.text) > MOST, "text too long")),
    op.GuestRegistered: lambda it: ((not it.guest_id, "no guest"),),
    op.GuestChanged: lambda it: ((not it.guest_id, "no guest"),),
    op.MembershipGiven: lambda it: ((not (it.guest_id and it.membership_id), "no guest"),),
    op.MembershipEnded: lambda it: ((not (it.guest_id and it.membership_id), "no guest"),),
    op.SignInFailed: lambda it: ((it.tries_left < 0, "tries"),),
}
