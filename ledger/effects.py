"""What an operation puts into the tables: a pure function of the operation, the same on every station and the server.

It only names rows to insert. It never reads what is there, a clock or a random number, so applying twice changes
nothing and an older operation cannot undo a newer one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Table

from domain import codec
from domain import operation as op
from domain.card import AttemptState
from domain.money import Money
from domain.receipt import DocumentKind
from ledger import tables as t
from ledger.clock import to_ms


@dataclass(frozen=True, slots=True)
class Put:
    """One row for `table`; `bucket` says which stations get it."""

    table: Table
    bucket: str
    values: dict[str, str | int]


def day_bucket(day: date) -> str:
    return f"day:{day.isoformat()}"


def station_bucket(station_id: str) -> str:
    return f"station:{station_id}"


def effects(envelope: op.Envelope, operation: op.Operation) -> list[Put]:
    """The rows of one operation. Server-owned records (RecordSaved …) are written by the server itself: no rows."""
    return list(_Writer(envelope).rows(operation))


class _Writer:
    """Builds rows with the envelope's who, where and when at hand."""

    def __init__(self, envelope: op.Envelope) -> None:
        self.envelope = envelope
        self.at = to_ms(envelope.device_at)
        self.own = station_bucket(envelope.station_id)

    def rows(self, operation: op.Operation) -> Iterator[Put]:
        match operation:
            case op.ShiftOpened() | op.CashMoved() | op.ShiftCounted() | op.ShiftClosed():
                yield self._drawer(operation)
            case op.BookingMade():
                yield from self._booking(operation)
            case op.SaleClosed():
                yield from self._sale(operation)
            case op.SaleVoided():
                yield from self._void(operation)
            case op.DocumentReprinted(reprint_id, document_id, copy, what):
                values = {"reprint_id": reprint_id, "document_id": document_id, "copy": copy, "what": what}
                yield Put(t.reprint, self.own, values | self._by())
            case op.CardAsked():
                yield self._card_asked(operation)
            case op.CardApproved() | op.CardDeclined() | op.CardCancelled() | op.CardUnknown() | op.CardResolved():
                yield self._card_outcome(operation)
            case op.GuestAdmitted() | op.AdmissionUndone() | op.ScanRefused():
                yield self._gate(operation)
            case op.SignedIn() | op.SignedOut() | op.SignInFailed() | op.OverrideGiven():
                yield self._people(operation)
            case op.RecordSaved() | op.StationEnrolled():
                return

    def _by(self) -> dict[str, str | int]:
        return {"staff_id": self.envelope.staff_id, "at": self.at}

    def _drawer(self, operation: op.ShiftOpened | op.CashMoved | op.ShiftCounted | op.ShiftClosed) -> Put:
        match operation:
            case op.ShiftOpened(shift_id, opening, _):
                values = {"shift_id": shift_id, "station_id": self.envelope.station_id, "opening": opening.minor}
                who = {"staff_id": self.envelope.staff_id, "opened_at": self.at}
                return Put(t.shift, self.own, values | who | _cur(opening))
            case op.CashMoved(move_id, shift_id, move, amount, reason, approver):
                values = {"move_id": move_id, "shift_id": shift_id, "move": move, "amount": amount.minor}
                more = {"reason": reason, "approver_id": approver}
                return Put(t.cash_move, self.own, values | more | self._by() | _cur(amount))
            case op.ShiftCounted(count_id, shift_id, counted, expected, pieces):
                values = {"count_id": count_id, "shift_id": shift_id, "counted": counted.minor, "at": self.at}
                more = {"expected": expected.minor, "pieces": codec.dumps(pieces)}
                return Put(t.shift_count, self.own, values | more | _cur(counted))
            case op.ShiftClosed() as close:
                values = {"close_id": self.envelope.op_id, "shift_id": close.shift_id, "number": close.number}
                values |= {"count_id": close.count_id}
                sums = {"counted": close.counted.minor, "expected": close.expected.minor}
                sums |= {"difference": close.difference.minor, "provisional": int(close.provisional)}
                more = {"approver_id": close.approver_id, "note": close.note}
                return Put(t.shift_close, self.own, values | sums | more | self._by() | _cur(close.counted))

    def _booking(self, made: op.BookingMade) -> Iterator[Put]:
        bucket = day_bucket(made.day)
        head = {"booking_id": made.booking_id, "day": made.day.isoformat(), "override_id": made.override_id}
        yield Put(t.booking, bucket, head | self._by() | {"station_id": self.envelope.station_id})
        for line in made.lines:
            values = {"charge_id": line.charge_id, "booking_id": made.booking_id, "product": line.product}
            values |= {"name": codec.dumps(line.name), "session": line.session, "quantity": line.quantity}
            values |= {"gross": line.gross.minor, "vat": line.vat.minor, "rate": line.rate}
            yield Put(t.charge, bucket, values | _cur(line.gross))
        for ticket in made.tickets:
            values = {"ticket_id": ticket.ticket_id, "booking_id": made.booking_id, "product": ticket.product}
            values |= {"session": ticket.session, "places": ticket.places, "code": ticket.code}
            yield Put(t.ticket, bucket, values | {"day": made.day.isoformat()})

    def _sale(self, sale: op.SaleClosed) -> Iterator[Put]:
        bucket = day_bucket(sale.day)
        head = {"sale_id": sale.sale_id, "booking_id": sale.booking_id, "shift_id": sale.shift_id}
        head |= {"station_id": self.envelope.station_id, "document_id": sale.document_id}
        yield Put(t.sale, bucket, head | self._by() | {"gross": sale.receipt.gross.minor} | _cur(sale.receipt.gross))
        for tender in sale.tenders:
            values = {"payment_id": tender.payment_id, "sale_id": sale.sale_id, "booking_id": sale.booking_id}
            values |= {"shift_id": sale.shift_id, "method": tender.method, "amount": tender.amount.minor}
            values |= {"tendered": tender.tendered.minor, "attempt_id": tender.attempt_id, "at": self.at}
            card = {"scheme": tender.scheme, "wallet": tender.wallet, "last4": tender.last4}
            yield Put(t.payment, bucket, values | card | {"approval": tender.approval} | _cur(tender.amount))
        yield self._document(sale)

    def _document(self, issued: op.SaleClosed | op.SaleVoided) -> Put:
        receipt = issued.receipt
        kind = DocumentKind.INVOICE if isinstance(issued, op.SaleClosed) else DocumentKind.CREDIT
        values = {"document_id": issued.document_id, "number": issued.number, "kind": kind.value}
        values |= {"sale_id": issued.sale_id, "shift_id": issued.shift_id, "station_id": self.envelope.station_id}
        sums = {"gross": receipt.gross.minor, "net": receipt.net.minor, "vat": receipt.vat.minor}
        return Put(t.document, self.own, values | sums | self._by() | {"body": codec.dumps(receipt)} | _cur(receipt.gross))

    def _void(self, void: op.SaleVoided) -> Iterator[Put]:
        bucket = day_bucket(void.day)
        head = {"sale_id": void.sale_id, "void_id": void.void_id, "shift_id": void.shift_id}
        more = {"document_id": void.document_id, "reason": void.reason, "approver_id": void.approver_id}
        yield Put(t.sale_void, bucket, head | more | {"at": self.at})
        for part in void.refunds:
            values = {"refund_id": part.refund_id, "payment_id": part.payment_id, "booking_id": void.booking_id}
            values |= {"shift_id": void.shift_id, "method": part.method, "amount": part.amount.minor}
            yield Put(t.refund, bucket, values | {"attempt_id": part.attempt_id, "at": self.at} | _cur(part.amount))
        for charge_id in void.charges:
            values = {"charge_id": charge_id, "booking_id": void.booking_id, "void_id": void.void_id}
            yield Put(t.charge_void, bucket, values)
        for ticket_id in void.tickets:
            yield Put(t.ticket_cancel, bucket, {"ticket_id": ticket_id, "void_id": void.void_id, "at": self.at})
        yield self._document(void)

    def _card_asked(self, asked: op.CardAsked) -> Put:
        values = {"attempt_id": asked.attempt_id, "direction": asked.direction, "sale_id": asked.sale_id}
        values |= {"original_id": asked.original_id, "shift_id": self.envelope.shift_id, "at": self.at}
        return Put(t.card_attempt, self.own, values | {"amount": asked.amount.minor, "terminal": asked.terminal} | _cur(asked.amount))

    def _card_outcome(self, outcome: _Outcome) -> Put:
        values: dict[str, str | int] = {"outcome_id": self.envelope.op_id, "attempt_id": outcome.attempt_id, "at": self.at}
        match outcome:
            case op.CardApproved():
                values |= {"state": AttemptState.CAPTURED.value, "how": "terminal"} | _card_facts(outcome)
            case op.CardResolved():
                values |= {"state": outcome.outcome, "how": outcome.how, "reason": outcome.reason} | _card_facts(outcome)
                values |= {"approver_id": outcome.approver_id}
            case op.CardDeclined():
                values |= {"state": AttemptState.DECLINED.value, "reason": codec.dumps(outcome.reason)}
            case op.CardCancelled():
                values |= {"state": AttemptState.CANCELLED.value, "reason": outcome.why}
            case op.CardUnknown():
                values |= {"state": AttemptState.UNKNOWN.value, "reason": outcome.why}
        return Put(t.card_outcome, self.own, values)

    def _gate(self, event: op.GuestAdmitted | op.AdmissionUndone | op.ScanRefused) -> Put:
        bucket = day_bucket(event.day)
        match event:
            case op.GuestAdmitted():
                values = {"admission_id": event.admission_id, "ticket_id": event.ticket_id, "session": event.session}
                values |= {"day": event.day.isoformat(), "gate": event.gate, "again": int(event.again)}
                return Put(t.admission, bucket, values | self._by() | {"station_id": self.envelope.station_id})
            case op.AdmissionUndone():
                values = {"admission_id": event.admission_id, "ticket_id": event.ticket_id}
                return Put(t.admission_undo, bucket, values | self._by())
            case op.ScanRefused():
                values = {"scan_id": event.scan_id, "code": event.code, "why": event.why, "ticket_id": event.ticket_id}
                values |= {"digest": event.digest, "gate": event.gate, "day": event.day.isoformat(), "at": self.at}
                return Put(t.scan_refused, bucket, values | {"station_id": self.envelope.station_id})

    def _people(self, event: op.SignedIn | op.SignedOut | op.SignInFailed | op.OverrideGiven) -> Put:
        values = {"event_id": self.envelope.op_id, "kind": type(event).__name__, "facts": codec.dumps(event)}
        return Put(t.sign_in, self.own, values | self._by() | {"station_id": self.envelope.station_id})


_Outcome = op.CardApproved | op.CardDeclined | op.CardCancelled | op.CardUnknown | op.CardResolved


def _cur(amount: Money) -> dict[str, str | int]:
    return {"currency": amount.currency}


def _card_facts(outcome: op.CardApproved | op.CardResolved) -> dict[str, str | int]:
    values: dict[str, str | int] = {"amount": outcome.amount.minor, "scheme": outcome.scheme, "wallet": outcome.wallet}
    return values | {"last4": outcome.last4, "approval": outcome.approval, "rrn": outcome.rrn, "batch": outcome.batch}
