"""What the operations of a till put into the tables: drawer, sales, documents, cards."""

from __future__ import annotations

from collections.abc import Iterator

from domain import codec
from domain import operation as op
from domain.card import AttemptState
from domain.money import Money
from domain.receipt import DocumentKind
from ledger import tables as t
from ledger.puts import Put, RowsOf, Values, day_bucket

_Drawer = op.ShiftOpened | op.CashMoved | op.ShiftCounted | op.ShiftClosed
_Outcome = op.CardApproved | op.CardDeclined | op.CardCancelled | op.CardUnknown | op.CardResolved
TillOperation = (
    _Drawer | op.ReportRead | op.DocumentReprinted | op.BookingMade | op.SaleClosed | op.SaleVoided
    | op.TenderCorrected | op.CardAsked | _Outcome
)  # fmt: skip


class TillRows(RowsOf):
    """The rows of one operation of a till."""

    def rows(self, operation: TillOperation) -> Iterator[Put]:
        match operation:
            case op.ShiftOpened() | op.CashMoved() | op.ShiftCounted() | op.ShiftClosed():
                yield self._drawer(operation)
            case op.BookingMade():
                yield from self._booking(operation)
            case op.SaleClosed():
                yield from self._sale(operation)
            case op.SaleVoided():
                yield from self._void(operation)
            case op.TenderCorrected():
                yield from self._corrected(operation)
            case op.CardAsked():
                yield from self._card_asked(operation)
            case op.DocumentReprinted() | op.ReportRead():
                yield self._paper(operation)
            case _:
                yield self._card_outcome(operation)

    def _drawer(self, operation: _Drawer) -> Put:
        match operation:
            case op.ShiftOpened(shift_id, opening, _):
                values: Values = {"shift_id": shift_id, "station_id": self.station, "staff_id": self.staff}
                return Put(
                    t.shift,
                    self.own,
                    values | {"opened_at": self.at, "opening": opening.minor} | _cur(opening),
                )
            case op.CashMoved(move_id, shift_id, move, amount, reason, approver):
                return self.row(
                    t.cash_move,
                    move_id=move_id,
                    shift_id=shift_id,
                    move=move,
                    amount=amount.minor,
                    reason=reason,
                    approver_id=approver,
                    staff_id=self.staff,
                    **_cur(amount),
                )
            case op.ShiftCounted(count_id, shift_id, counted, expected, pieces):
                return self.row(
                    t.shift_count,
                    count_id=count_id,
                    shift_id=shift_id,
                    counted=counted.minor,
                    expected=expected.minor,
                    pieces=codec.dumps(pieces),
                    **_cur(counted),
                )
            case op.ShiftClosed():
                return self._shift_closed(operation)

    def _shift_closed(self, close: op.ShiftClosed) -> Put:
        return self.row(
            t.shift_close,
            close_id=self.envelope.op_id,
            shift_id=close.shift_id,
            number=close.number,
            count_id=close.count_id,
            counted=close.counted.minor,
            expected=close.expected.minor,
            difference=close.difference.minor,
            provisional=int(close.provisional),
            staff_id=self.staff,
            approver_id=close.approver_id,
            note=close.note,
            **_cur(close.counted),
        )

    def _paper(self, printed: op.DocumentReprinted | op.ReportRead) -> Put:
        match printed:
            case op.DocumentReprinted(reprint_id, document_id, copy, what):
                return self.row(
                    t.reprint,
                    reprint_id=reprint_id,
                    document_id=document_id,
                    copy=copy,
                    what=what,
                    staff_id=self.staff,
                )
            case op.ReportRead(report_id, shift_id, what, full, approver_id):
                return self.row(
                    t.report_read,
                    report_id=report_id,
                    shift_id=shift_id,
                    what=what,
                    full=int(full),
                    staff_id=self.staff,
                    approver_id=approver_id,
                )

    def _booking(self, made: op.BookingMade) -> Iterator[Put]:
        bucket, day = day_bucket(made.day), made.day.isoformat()
        yield self.row(
            t.booking,
            bucket,
            booking_id=made.booking_id,
            day=day,
            override_id=made.override_id,
            held=int(made.held),
            staff_id=self.staff,
            station_id=self.station,
            incarnation=self.envelope.incarnation,
        )
        for line in made.lines:
            values: Values = {
                "charge_id": line.charge_id,
                "booking_id": made.booking_id,
                "product": line.product,
            }
            values |= {"name": codec.dumps(line.name), "session": line.session, "quantity": line.quantity}
            values |= {"gross": line.gross.minor, "vat": line.vat.minor, "rate": line.rate}
            yield Put(t.charge, bucket, values | _cur(line.gross))
        for off in made.discounts:
            values = {"off_id": off.off_id, "charge_id": off.charge_id, "booking_id": made.booking_id}
            values |= {"discount_id": off.discount_id, "what": off.what, "share": off.share}
            values |= {"amount": off.amount.minor, "why": off.why, "note": off.note}
            values |= {"staff_id": self.staff, "approver_id": made.discount_by}
            yield Put(t.discount, bucket, values | _cur(off.amount))
        for ticket in made.tickets:
            values = {"ticket_id": ticket.ticket_id, "booking_id": made.booking_id, "product": ticket.product}
            values |= {"session": ticket.session, "places": ticket.places, "code": ticket.code, "day": day}
            yield Put(t.ticket, bucket, values)

    def _sale(self, sale: op.SaleClosed) -> Iterator[Put]:
        bucket, gross = day_bucket(sale.day), sale.receipt.gross
        ids: Values = {"sale_id": sale.sale_id, "booking_id": sale.booking_id, "shift_id": sale.shift_id}
        yield self.row(
            t.sale,
            bucket,
            **ids,
            station_id=self.station,
            staff_id=self.staff,
            document_id=sale.document_id,
            gross=gross.minor,
            **_cur(gross),
        )
        for tender in sale.tenders:
            yield self._payment(bucket, ids, tender)
        yield document(self, sale, DocumentKind.INVOICE)

    def _payment(self, bucket: str, ids: Values, tender: op.TenderPart) -> Put:
        return self.row(
            t.payment,
            bucket,
            **ids,
            payment_id=tender.payment_id,
            method=tender.method,
            amount=tender.amount.minor,
            tendered=tender.tendered.minor,
            attempt_id=tender.attempt_id,
            scheme=tender.scheme,
            wallet=tender.wallet,
            last4=tender.last4,
            approval=tender.approval,
            **_cur(tender.amount),
        )

    def _corrected(self, fix: op.TenderCorrected) -> Iterator[Put]:
        bucket = day_bucket(fix.day)
        ids: Values = {"sale_id": fix.sale_id, "booking_id": fix.booking_id, "shift_id": fix.shift_id}
        yield self.row(
            t.tender_fix,
            bucket,
            **ids,
            fix_id=fix.fix_id,
            payment_id=fix.payment_id,
            was=fix.was,
            reason=fix.reason,
            staff_id=self.staff,
            approver_id=fix.approver_id,
        )
        yield self._payment(bucket, ids, fix.said)

    def _void(self, void: op.SaleVoided) -> Iterator[Put]:
        bucket = day_bucket(void.day)
        yield self.row(
            t.sale_void,
            bucket,
            void_id=void.void_id,
            sale_id=void.sale_id,
            shift_id=void.shift_id,
            document_id=void.document_id,
            reason=void.reason,
            approver_id=void.approver_id,
        )
        yield from money_back(self, void)
        for charge_id in void.charges:
            values: Values = {"charge_id": charge_id, "booking_id": void.booking_id, "void_id": void.void_id}
            yield Put(t.charge_void, bucket, values)
        for ticket_id in void.tickets:
            yield self.row(t.ticket_cancel, bucket, ticket_id=ticket_id, void_id=void.void_id)
        yield document(self, void, DocumentKind.CREDIT)

    def _card_asked(self, asked: op.CardAsked) -> Iterator[Put]:
        yield self.row(
            t.card_attempt,
            attempt_id=asked.attempt_id,
            direction=asked.direction,
            sale_id=asked.sale_id,
            original_id=asked.original_id,
            shift_id=self.envelope.shift_id,
            amount=asked.amount.minor,
            terminal=asked.terminal,
            **_cur(asked.amount),
        )
        if asked.ask_id:
            pays: Values = {"ask_id": asked.ask_id, "payment_id": asked.payment_id}
            yield self.row(t.refund_try, attempt_id=asked.attempt_id, amount=asked.amount.minor, **pays)
        if asked.booking_id:
            yield self.row(t.booking_try, attempt_id=asked.attempt_id, booking_id=asked.booking_id)

    def _card_outcome(self, outcome: _Outcome) -> Put:
        values: Values = {"outcome_id": self.envelope.op_id, "attempt_id": outcome.attempt_id, "at": self.at}
        return Put(t.card_outcome, self.own, values | _outcome_facts(outcome))


def _cur(amount: Money) -> Values:
    return {"currency": amount.currency}


def _outcome_facts(outcome: _Outcome) -> Values:
    facts: Values = {}
    match outcome:
        case op.CardApproved():
            facts = {"state": AttemptState.CAPTURED.value, "how": "terminal", **_card_facts(outcome)}
        case op.CardResolved():
            facts = {
                "state": outcome.outcome,
                "how": outcome.how,
                "reason": outcome.reason,
                **_card_facts(outcome),
            }
            facts |= {"approver_id": outcome.approver_id}
        case op.CardDeclined():
            facts = {"state": AttemptState.DECLINED.value, "reason": codec.dumps(outcome.reason)}
            facts |= {"how": outcome.response}
        case op.CardCancelled():
            facts = {"state": AttemptState.CANCELLED.value, "reason": outcome.why}
        case op.CardUnknown():
            facts = {"state": AttemptState.UNKNOWN.value, "reason": outcome.why}
    return facts


def _card_facts(outcome: op.CardApproved | op.CardResolved) -> Values:
    values: Values = {"amount": outcome.amount.minor, "scheme": outcome.scheme, "wallet": outcome.wallet}
    return values | {
        "last4": outcome.last4,
        "approval": outcome.approval,
        "rrn": outcome.rrn,
        "batch": outcome.batch,
    }


# what a void and a refund have in common -------------------------------------------------------------------------


def document(rows: RowsOf, issued: op.SaleClosed | op.SaleVoided | op.RefundPaid, kind: DocumentKind) -> Put:
    """The paper that was issued, in its station's bucket."""
    receipt = issued.receipt
    return rows.row(
        t.document,
        document_id=issued.document_id,
        number=issued.number,
        kind=kind.value,
        sale_id=issued.sale_id,
        shift_id=issued.shift_id,
        station_id=rows.station,
        staff_id=rows.staff,
        gross=receipt.gross.minor,
        net=receipt.net.minor,
        vat=receipt.vat.minor,
        body=codec.dumps(receipt),
        **_cur(receipt.gross),
    )


def money_back(rows: RowsOf, given: op.SaleVoided | op.RefundPaid) -> Iterator[Put]:
    """What each payment gave back."""
    for part in given.refunds:
        yield rows.row(
            t.refund,
            day_bucket(given.day),
            refund_id=part.refund_id,
            payment_id=part.payment_id,
            booking_id=given.booking_id,
            shift_id=given.shift_id,
            method=part.method,
            amount=part.amount.minor,
            scheme=part.scheme,
            attempt_id=part.attempt_id,
            **_cur(part.amount),
        )
