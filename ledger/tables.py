"""The tables that both sides share, in three kinds (the rules of the core).

Event rows are inserted once under ids that an operation carries; an end is a row of its own that names the beginning.
Server-owned rows are changed only by the server. What can be counted from them is counted, never stored or sent.

Every synced row has: `op_id` (who wrote it), `bucket` (who gets it), `seq` (the server's change number; 0 = not yet
from the server), and, meaningful on a station only, `local` (1 = put here by apply and not yet replaced by the
server's row). One list, though it is long: the order of the tables is that of their rows in a page of the feed, where
what is referred to comes first. Times are milliseconds since 1970, amounts minor units beside `currency`, days ISO
dates.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String

from ledger.columns import SYNCED as SYNCED
from ledger.columns import currency, id_, int_, key, synced, text_
from ledger.columns import metadata as metadata

# server-owned: the catalogue and the people. `body` is the canonical JSON of the record of domain.catalogue.
record = synced(
    "record",
    Column("kind", String(32), primary_key=True),
    Column("record_id", String(64), primary_key=True),
    int_("revision"),
    text_("body"),
)
session = synced(
    "session",
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    id_("activity_id"),
    id_("day"),
    int_("starts_at"),
    int_("ends_at"),
    int_("capacity"),
)
staff = synced(
    "staff",
    key("staff_id"),
    int_("revision"),
    text_("name"),
    id_("role"),
    id_("language"),
    text_("verifier"),
    int_("active"),
)
ticket_key = synced(
    "ticket_key", Column("key_id", Integer, primary_key=True, autoincrement=False), text_("public")
)
case_item = synced(
    "case_item",
    key("case_id"),
    id_("kind"),
    id_("subject"),
    text_("facts"),
    int_("opened_at"),
    int_("closed_at"),
    id_("closed_by"),
)

# how people settled cases: a case that opens again keeps what was said before
case_settlement = synced(
    "case_settlement",
    key("settlement_id"),
    id_("case_id", True),
    id_("way"),
    text_("note"),
    id_("staff_id"),
    int_("at"),
)

# event rows: the drawer
shift = synced(
    "shift",
    key("shift_id"),
    id_("station_id", True),
    id_("staff_id"),
    int_("opened_at"),
    int_("opening"),
    currency(),
)
cash_move = synced(
    "cash_move",
    key("move_id"),
    id_("shift_id", True),
    id_("move"),
    int_("amount"),
    currency(),
    text_("reason"),
    id_("staff_id"),
    id_("approver_id"),
    int_("at"),
)
shift_count = synced(
    "shift_count",
    key("count_id"),
    id_("shift_id", True),
    int_("counted"),
    int_("expected"),
    currency(),
    text_("pieces"),
    int_("at"),
)
shift_close = synced(
    "shift_close",
    key("close_id"),
    id_("shift_id", True),
    id_("number"),
    id_("count_id"),
    int_("counted"),
    int_("expected"),
    int_("difference"),
    currency(),
    id_("staff_id"),
    id_("approver_id"),
    text_("note"),
    int_("provisional"),
    int_("at"),
)

# event rows: bookings, money, documents
booking = synced(
    "booking",
    key("booking_id"),
    id_("day", True),
    id_("station_id"),
    id_("staff_id"),
    id_("override_id"),
    int_("held"),
    int_("at"),
)
ticket = synced(
    "ticket",
    key("ticket_id"),
    id_("booking_id", True),
    int_("product"),
    int_("session"),
    int_("places"),
    id_("day", True),
    text_("code"),
)
Index("ix_ticket_session", ticket.c.session)
ticket_cancel = synced("ticket_cancel", key("ticket_id"), id_("void_id"), int_("at"))
charge = synced(
    "charge",
    key("charge_id"),
    id_("booking_id", True),
    int_("product"),
    text_("name"),
    int_("session"),
    int_("quantity"),
    int_("gross"),
    int_("vat"),
    int_("rate"),
    currency(),
)
discount = synced(
    "discount",
    key("off_id"),
    id_("charge_id"),
    id_("booking_id", True),
    id_("discount_id"),
    id_("what"),
    int_("share"),
    int_("amount"),
    currency(),
    id_("why"),
    text_("note"),
    id_("staff_id"),
    id_("approver_id"),
)
charge_void = synced("charge_void", key("charge_id"), id_("booking_id", True), id_("void_id"))
sale = synced(
    "sale",
    key("sale_id"),
    id_("booking_id", True),
    id_("shift_id", True),
    id_("station_id"),
    id_("staff_id"),
    id_("document_id"),
    int_("gross"),
    currency(),
    int_("at"),
)
payment = synced(
    "payment",
    key("payment_id"),
    id_("sale_id", True),
    id_("booking_id", True),
    id_("shift_id", True),
    id_("method"),
    int_("amount"),
    int_("tendered"),
    currency(),
    id_("attempt_id"),
    id_("scheme"),
    id_("wallet"),
    id_("last4"),
    id_("approval"),
    int_("at"),
)
refund = synced(
    "refund",
    key("refund_id"),
    id_("payment_id", True),
    id_("booking_id", True),
    id_("shift_id", True),
    id_("method"),
    int_("amount"),
    currency(),
    id_("scheme"),
    id_("attempt_id"),
    int_("at"),
)
sale_void = synced(
    "sale_void",
    key("void_id"),
    id_("sale_id", True),
    id_("shift_id"),
    id_("document_id"),
    text_("reason"),
    id_("approver_id"),
    int_("at"),
)
document = synced(
    "document",
    key("document_id"),
    id_("number", True),
    id_("kind"),
    id_("sale_id", True),
    id_("shift_id", True),
    id_("station_id"),
    id_("staff_id"),
    int_("gross"),
    int_("net"),
    int_("vat"),
    currency(),
    text_("body"),
    int_("at"),
)
reprint = synced(
    "reprint",
    key("reprint_id"),
    id_("document_id", True),
    int_("copy"),
    id_("what"),
    id_("staff_id"),
    int_("at"),
)

# event rows: cards. The state of an attempt is the highest of its outcomes (domain.card).
card_attempt = synced(
    "card_attempt",
    key("attempt_id"),
    id_("direction"),
    id_("sale_id", True),
    id_("original_id"),
    id_("shift_id", True),
    int_("amount"),
    currency(),
    id_("terminal"),
    int_("at"),
)
card_outcome = synced(
    "card_outcome",
    key("outcome_id"),
    id_("attempt_id", True),
    id_("state"),
    int_("amount"),
    id_("scheme"),
    id_("wallet"),
    id_("last4"),
    id_("approval"),
    id_("rrn"),
    id_("batch"),
    text_("reason"),
    id_("how"),
    id_("approver_id"),
    int_("at"),
)

# event rows: the gate
admission = synced(
    "admission",
    key("admission_id"),
    id_("ticket_id", True),
    int_("session"),
    id_("day", True),
    text_("gate"),
    int_("again"),
    id_("station_id"),
    id_("staff_id"),
    int_("at"),
)
admission_undo = synced(
    "admission_undo", key("admission_id"), id_("ticket_id", True), id_("staff_id"), int_("at")
)
scan_refused = synced(
    "scan_refused",
    key("scan_id"),
    id_("code"),
    id_("why"),
    id_("ticket_id"),
    text_("digest"),
    text_("gate"),
    id_("day"),
    id_("station_id"),
    int_("at"),
)

# event rows: people
sign_in = synced(
    "sign_in", key("event_id"), id_("kind"), id_("staff_id"), id_("station_id"), text_("facts"), int_("at")
)

# event rows: reports of an open shift that were read
report_read = synced(
    "report_read",
    key("report_id"),
    id_("shift_id", True),
    id_("what"),
    int_("full"),
    id_("staff_id"),
    id_("approver_id"),
    int_("at"),
)

# event rows: leases of places. A lease is put in by the server that grants it and again by the station that took it.
lease = synced(
    "lease",
    key("lease_id"),
    Column("session", BigInteger, nullable=False, index=True),
    id_("station_id"),
    int_("incarnation"),
    int_("places"),
    int_("at"),
)
lease_end = synced(
    "lease_end",
    key("end_id"),
    Column("session", BigInteger, nullable=False, index=True),
    id_("station_id"),
    int_("incarnation"),
    int_("places"),
    id_("how"),
    int_("used"),
    int_("at"),
)
# server-owned: places of a session that somebody needs, asked of all stations (`station_id` empty) or of one that is
# silent
lease_call = synced(
    "lease_call",
    Column("session", BigInteger, primary_key=True, autoincrement=False),
    Column("station_id", String(64), primary_key=True),
    int_("at"),
)

# event rows: what staff put on the list themselves; the server makes a case of each
case_told = synced(
    "case_told",
    key("told_id"),
    text_("text"),
    id_("number"),
    id_("staff_id"),
    id_("station_id"),
    int_("at"),
)

# server-owned: bookings made ahead. `body` is domain.booking.Booked; places are kept by leases of the server's own
reservation = synced(
    "reservation",
    key("booking_id"),
    id_("number", True),
    id_("guest_id", True),
    id_("day"),
    id_("life", True),
    int_("expires_at"),
    int_("gross"),
    currency(),
    text_("body"),
    text_("note"),
    text_("reason"),
    id_("decided_by"),
    int_("decided_at"),
    id_("staff_id"),
    id_("station_id"),
    int_("at"),
)

# event rows: what was said of a guest, one after the other (domain.guest); personal, so emptied when they are erased
guest_entry = synced(
    "guest_entry",
    key("entry_id"),
    id_("guest_id", True),
    id_("kind", True),
    text_("said"),
    text_("words"),
    id_("staff_id"),
    id_("station_id"),
    int_("at"),
)
# server-owned: words to guests, of which only the server has the text and the whole address; and words to a station or
# to whoever has a permission, until what they are about is over
message = synced(
    "message",
    key("message_id"),
    id_("kind"),
    id_("channel"),
    id_("guest_id", True),
    id_("booking_id", True),
    text_("address"),
    id_("state"),
    int_("tries"),
    int_("at"),
    int_("next_at"),
    int_("sent_at"),
    id_("why"),
)
alert = synced(
    "alert",
    key("alert_id"),
    id_("permission"),
    id_("station_id"),
    id_("kind"),
    text_("facts"),
    int_("at"),
)

# event rows: refunds. What is asked for and decided is put in by the server, what was paid or failed by the station.
refund_ask = synced(
    "refund_ask",
    key("ask_id"),
    id_("sale_id", True),
    id_("booking_id", True),
    id_("station_id"),
    id_("staff_id"),
    int_("amount"),
    currency(),
    text_("body"),
    int_("at"),
)
refund_decision = synced(
    "refund_decision",
    key("decision_id"),
    id_("ask_id", True),
    id_("decision"),
    id_("staff_id"),
    id_("station_id"),
    text_("note"),
    int_("at"),
)
refund_try = synced(
    "refund_try", key("attempt_id"), id_("ask_id", True), id_("payment_id"), int_("amount"), int_("at")
)
refund_fail = synced(
    "refund_fail",
    key("fail_id"),
    id_("ask_id", True),
    id_("attempt_id"),
    text_("why"),
    id_("staff_id"),
    int_("at"),
)
refund_line = synced(
    "refund_line",
    key("line_id"),
    id_("ask_id"),
    id_("charge_id", True),
    id_("booking_id", True),
    int_("pieces"),
    int_("gross"),
    int_("vat"),
    int_("rate"),
    currency(),
)
refund_done = synced(
    "refund_done",
    key("paid_id"),
    id_("ask_id", True),
    id_("approval_id"),
    id_("sale_id", True),
    id_("booking_id", True),
    id_("shift_id"),
    id_("document_id"),
    id_("number"),
    id_("station_id"),
    id_("staff_id"),
    id_("approver_id"),
    int_("amount"),
    currency(),
    int_("at"),
)

# the server's answer to each operation and request, in the asking station's bucket, sent last within its `seq`
result = synced("result", key("result_id"), id_("answer"), text_("cases"), int_("at"))

# A server's notes of changes keep these numbers for good: what came after the first version is numbered last.
_LATER = (
    *("report_read", "lease", "lease_end", "lease_call", "case_settlement", "case_told", "tombstone"),
    *("message", "alert", "guest_entry", "reservation"),
    *("refund_ask", "refund_decision", "refund_try", "refund_fail", "refund_line", "refund_done"),
    "discount",
)
_FIRST = tuple(table.name for table in SYNCED if table.name not in _LATER)
NUMBER = {name: number for number, name in enumerate((*_FIRST, *_LATER))}
BY_NAME = {table.name: table for table in SYNCED}
