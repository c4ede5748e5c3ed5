"""The bytes of a print job, made from its stored content alone."""

from __future__ import annotations

from documents.escpos import encode
from documents.receipt_slip import receipt_slip
from documents.report_slip import report_slip
from documents.ticket_pdf import ticket_pdf
from documents.ticket_slip import ticket_slip
from domain import codec
from domain.receipt import Receipt, ShiftReport, TicketBatch


def rendered(kind: str, payload: str) -> bytes:
    """ESC/POS, or a PDF for `tickets_pdf`. Raises ValueError for a kind that has no paper."""
    match kind:
        case "receipt":
            return encode(receipt_slip(codec.loads(Receipt, payload)))
        case "tickets":
            tickets = codec.loads(TicketBatch, payload).tickets
            return b"".join(encode(ticket_slip(ticket)) for ticket in tickets)
        case "tickets_pdf":
            return ticket_pdf(codec.loads(TicketBatch, payload).tickets)
        case "report":
            return encode(report_slip(codec.loads(ShiftReport, payload)))
        case _:
            raise ValueError(f"no paper for {kind}")
