"""The tables that both sides share, in three kinds (the rules of the core).

Event rows are inserted once under ids that an operation carries; an end is a row of its own that names the beginning.
Server-owned rows are changed only by the server. What can be counted from them is counted, never stored or sent.

Every synced row has: `op_id` (who wrote it), `bucket` (who gets it), `seq` (the server's change number; 0 = not yet
from the server), and, meaningful on a station only, `local` (1 = put here by apply and not yet replaced by the
server's row). Times are milliseconds since 1970, amounts minor units beside `currency`, days ISO dates.
"""

from __future__ import annotations

from ledger.columns import id_, int_, key, synced, text_
from ledger.columns import metadata as metadata
from ledger.tables_guests import alert as alert
from ledger.tables_guests import forgotten as forgotten
from ledger.tables_guests import guest_ban as guest_ban
from ledger.tables_guests import guest_entry as guest_entry
from ledger.tables_guests import message as message
from ledger.tables_guests import reservation as reservation
from ledger.tables_guests import reservation_change as reservation_change
from ledger.tables_guests import ticket_name as ticket_name
from ledger.tables_house import admission as admission
from ledger.tables_house import admission_undo as admission_undo
from ledger.tables_house import case_told as case_told
from ledger.tables_house import lease as lease
from ledger.tables_house import lease_call as lease_call
from ledger.tables_house import lease_end as lease_end
from ledger.tables_house import report_read as report_read
from ledger.tables_house import scan_refused as scan_refused
from ledger.tables_house import sign_in as sign_in
from ledger.tables_refund import refund_ask as refund_ask
from ledger.tables_refund import refund_decision as refund_decision
from ledger.tables_refund import refund_done as refund_done
from ledger.tables_refund import refund_fail as refund_fail
from ledger.tables_refund import refund_line as refund_line
from ledger.tables_refund import refund_take as refund_take
from ledger.tables_refund import refund_try as refund_try
from ledger.tables_setup import case_item as case_item
from ledger.tables_setup import case_settlement as case_settlement
from ledger.tables_setup import record as record
from ledger.tables_setup import session as session
from ledger.tables_setup import staff as staff
from ledger.tables_setup import ticket_key as ticket_key
from ledger.tables_till import booking as booking
from ledger.tables_till import booking_try as booking_try
from ledger.tables_till import card_attempt as card_attempt
from ledger.tables_till import card_outcome as card_outcome
from ledger.tables_till import cash_move as cash_move
from ledger.tables_till import charge as charge
from ledger.tables_till import charge_void as charge_void
from ledger.tables_till import discount as discount
from ledger.tables_till import document as document
from ledger.tables_till import payment as payment
from ledger.tables_till import refund as refund
from ledger.tables_till import reprint as reprint
from ledger.tables_till import sale as sale
from ledger.tables_till import sale_void as sale_void
from ledger.tables_till import shift as shift
from ledger.tables_till import shift_close as shift_close
from ledger.tables_till import shift_count as shift_count
from ledger.tables_till import tender_fix as tender_fix
from ledger.tables_till import ticket as ticket
from ledger.tables_till import ticket_cancel as ticket_cancel
from ledger.tables_till import ticket_revoke as ticket_revoke

# the server's answer to each operation and request, in the asking station's bucket, sent last within its `seq`
result = synced("result", key("result_id"), id_("answer"), text_("cases"), int_("at"))

SYNCED = (
    record,
    session,
    staff,
    ticket_key,
    case_item,
    case_settlement,
    shift,
    cash_move,
    shift_count,
    shift_close,
    booking,
    ticket,
    ticket_cancel,
    ticket_revoke,
    charge,
    discount,
    charge_void,
    sale,
    payment,
    tender_fix,
    refund,
    sale_void,
    document,
    reprint,
    card_attempt,
    booking_try,
    card_outcome,
    admission,
    admission_undo,
    scan_refused,
    sign_in,
    report_read,
    lease,
    lease_end,
    lease_call,
    case_told,
    reservation,
    reservation_change,
    ticket_name,
    guest_entry,
    guest_ban,
    forgotten,
    message,
    alert,
    refund_ask,
    refund_decision,
    refund_take,
    refund_try,
    refund_fail,
    refund_line,
    refund_done,
    result,
)
"""In the order of their rows in a page of the feed, where what is referred to comes first."""

# A server's notes of changes keep these numbers for good: what came after the first version is numbered last.
_LATER = (
    *("report_read", "lease", "lease_end", "lease_call", "case_settlement", "case_told", "tombstone"),
    *("message", "alert", "guest_entry", "reservation"),
    *("refund_ask", "refund_decision", "refund_try", "refund_fail", "refund_line", "refund_done"),
    *(
        "discount",
        "tender_fix",
        "reservation_change",
        "booking_try",
        "ticket_revoke",
        "refund_take",
        "ticket_name",
        "forgotten",
        "guest_ban",
    ),
)
_FIRST = tuple(table.name for table in SYNCED if table.name not in _LATER)
NUMBER = {name: number for number, name in enumerate((*_FIRST, *_LATER))}
BY_NAME = {table.name: table for table in SYNCED}
