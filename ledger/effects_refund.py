"""What a refund that was paid, or that failed, puts into the tables."""

from __future__ import annotations

from collections.abc import Iterator

from domain import operation as op
from domain.receipt import DocumentKind
from ledger import tables as t
from ledger.effects_till import document, money_back
from ledger.puts import UNDATED, Put, RowsOf, day_bucket

RefundOperation = op.RefundPaid | op.RefundFailed


class RefundRows(RowsOf):
    """That it is over, every station hears whatever the day: what is open must not grow old unseen."""

    def rows(self, operation: RefundOperation) -> Iterator[Put]:
        match operation:
            case op.RefundPaid():
                yield self._done(operation)
                yield from self._credited(operation)
                yield from money_back(self, operation)
                for ticket_id in operation.tickets:
                    bucket = day_bucket(operation.day)
                    yield self.row(t.ticket_cancel, bucket, ticket_id=ticket_id, void_id=operation.paid_id)
                yield document(self, operation, DocumentKind.CREDIT)
            case op.RefundFailed(fail_id, ask_id, attempt_id, why):
                yield self.row(
                    t.refund_fail,
                    UNDATED,
                    fail_id=fail_id,
                    ask_id=ask_id,
                    attempt_id=attempt_id,
                    why=why,
                    staff_id=self.staff,
                )

    def _done(self, paid: op.RefundPaid) -> Put:
        gross = paid.receipt.gross
        return self.row(
            t.refund_done,
            UNDATED,
            paid_id=paid.paid_id,
            ask_id=paid.ask_id,
            approval_id=paid.approval_id,
            sale_id=paid.sale_id,
            booking_id=paid.booking_id,
            shift_id=paid.shift_id,
            document_id=paid.document_id,
            number=paid.number,
            station_id=self.station,
            staff_id=self.staff,
            approver_id=paid.cash_approver_id,
            amount=gross.minor,
            currency=gross.currency,
        )

    def _credited(self, paid: op.RefundPaid) -> Iterator[Put]:
        """The charges stand; what they come to is less by this."""
        for line in paid.lines:
            yield Put(
                t.refund_line,
                day_bucket(paid.day),
                {
                    "line_id": line.line_id,
                    "ask_id": paid.ask_id,
                    "charge_id": line.charge_id,
                    "booking_id": paid.booking_id,
                    "pieces": line.pieces,
                    "gross": line.gross.minor,
                    "vat": line.vat.minor,
                    "rate": line.rate,
                    "currency": line.gross.currency,
                },
            )
