"""The tables that both sides share, in three kinds (the rules of the core).

Event rows are inserted once under ids that an operation carries; an end is a row of its own that names the beginning.
Server-owned rows are changed only by the server. What can be counted from them is counted, never stored or sent.

Every synced row has: `op_id` (who wrote it), `bucket` (who gets it), `seq` (the server's change number; 0 = not yet
from the server), and, meaningful on a station only, `local` (1 = put here by apply and not yet replaced by the
server's row). Times are milliseconds since 1970, amounts minor units beside `currency`, days ISO dates.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, Text, text

metadata = MetaData()
SYNCED: list[Table] = []


def _synced(name: str, *columns: Column[object]) -> Table:
    table = Table(
        name,
        metadata,
        *columns,
        Column("op_id", String(36), nullable=False, server_default=""),
        Column("bucket", String(64), nullable=False),
        Column("seq", BigInteger, nullable=False, server_default="0"),
        Column("local", Integer, nullable=False, server_default="0"),
    )
    Index(f"ix_{name}_feed", table.c.seq, *table.primary_key)
    Index(
        f"ix_{name}_local", table.c.op_id, sqlite_where=text("local = 1"), postgresql_where=text("local = 1")
    )
    SYNCED.append(table)
    return table


def _key(name: str) -> Column[object]:
    return Column(name, String(64), primary_key=True)


def _id(name: str, index: bool = False) -> Column[object]:
    return Column(name, String(64), nullable=False, server_default="", index=index)


def _int(name: str) -> Column[object]:
    return Column(name, BigInteger, nullable=False, server_default="0")


def _text(name: str) -> Column[object]:
    return Column(name, Text, nullable=False, server_default="")


def _currency() -> Column[object]:
    return Column("currency", String(3), nullable=False)


# server-owned: the catalogue and the people. `body` is the canonical JSON of the record of domain.catalogue.
record = _synced(
    "record",
    Column("kind", String(32), primary_key=True),
    Column("record_id", String(64), primary_key=True),
    _int("revision"),
    _text("body"),
)
session = _synced(
    "session",
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    _id("activity_id"),
    _id("day"),
    _int("starts_at"),
    _int("ends_at"),
    _int("capacity"),
)
staff = _synced(
    "staff",
    _key("staff_id"),
    _int("revision"),
    _text("name"),
    _id("role"),
    _id("language"),
    _text("verifier"),
    _int("active"),
)
ticket_key = _synced(
    "ticket_key", Column("key_id", Integer, primary_key=True, autoincrement=False), _text("public")
)
case_item = _synced(
    "case_item",
    _key("case_id"),
    _id("kind"),
    _id("subject"),
    _text("facts"),
    _int("opened_at"),
    _int("closed_at"),
    _id("closed_by"),
)

# how people settled cases: a case that opens again keeps what was said before
case_settlement = _synced(
    "case_settlement",
    _key("settlement_id"),
    _id("case_id", True),
    _id("way"),
    _text("note"),
    _id("staff_id"),
    _int("at"),
)

# event rows: the drawer
shift = _synced(
    "shift",
    _key("shift_id"),
    _id("station_id", True),
    _id("staff_id"),
    _int("opened_at"),
    _int("opening"),
    _currency(),
)
cash_move = _synced(
    "cash_move",
    _key("move_id"),
    _id("shift_id", True),
    _id("move"),
    _int("amount"),
    _currency(),
    _text("reason"),
    _id("staff_id"),
    _id("approver_id"),
    _int("at"),
)
shift_count = _synced(
    "shift_count",
    _key("count_id"),
    _id("shift_id", True),
    _int("counted"),
    _int("expected"),
    _currency(),
    _text("pieces"),
    _int("at"),
)
shift_close = _synced(
    "shift_close",
    _key("close_id"),
    _id("shift_id", True),
    _id("number"),
    _id("count_id"),
    _int("counted"),
    _int("expected"),
    _int("difference"),
    _currency(),
    _id("staff_id"),
    _id("approver_id"),
    _text("note"),
    _int("provisional"),
    _int("at"),
)

# event rows: bookings, money, documents
booking = _synced(
    "booking",
    _key("booking_id"),
    _id("day", True),
    _id("station_id"),
    _id("staff_id"),
    _id("override_id"),
    _int("at"),
)
ticket = _synced(
    "ticket",
    _key("ticket_id"),
    _id("booking_id", True),
    _int("product"),
    _int("session"),
    _int("places"),
    _id("day", True),
    _text("code"),
)
Index("ix_ticket_session", ticket.c.session)
ticket_cancel = _synced("ticket_cancel", _key("ticket_id"), _id("void_id"), _int("at"))
charge = _synced(
    "charge",
    _key("charge_id"),
    _id("booking_id", True),
    _int("product"),
    _text("name"),
    _int("session"),
    _int("quantity"),
    _int("gross"),
    _int("vat"),
    _int("rate"),
    _currency(),
)
charge_void = _synced("charge_void", _key("charge_id"), _id("booking_id", True), _id("void_id"))
sale = _synced(
    "sale",
    _key("sale_id"),
    _id("booking_id", True),
    _id("shift_id", True),
    _id("station_id"),
    _id("staff_id"),
    _id("document_id"),
    _int("gross"),
    _currency(),
    _int("at"),
)
payment = _synced(
    "payment",
    _key("payment_id"),
    _id("sale_id", True),
    _id("booking_id", True),
    _id("shift_id", True),
    _id("method"),
    _int("amount"),
    _int("tendered"),
    _currency(),
    _id("attempt_id"),
    _id("scheme"),
    _id("wallet"),
    _id("last4"),
    _id("approval"),
    _int("at"),
)
refund = _synced(
    "refund",
    _key("refund_id"),
    _id("payment_id", True),
    _id("booking_id", True),
    _id("shift_id", True),
    _id("method"),
    _int("amount"),
    _currency(),
    _id("scheme"),
    _id("attempt_id"),
    _int("at"),
)
sale_void = _synced(
    "sale_void",
    _key("void_id"),
    _id("sale_id", True),
    _id("shift_id"),
    _id("document_id"),
    _text("reason"),
    _id("approver_id"),
    _int("at"),
)
document = _synced(
    "document",
    _key("document_id"),
    _id("number", True),
    _id("kind"),
    _id("sale_id", True),
    _id("shift_id", True),
    _id("station_id"),
    _id("staff_id"),
    _int("gross"),
    _int("net"),
    _int("vat"),
    _currency(),
    _text("body"),
    _int("at"),
)
reprint = _synced(
    "reprint",
    _key("reprint_id"),
    _id("document_id", True),
    _int("copy"),
    _id("what"),
    _id("staff_id"),
    _int("at"),
)

# event rows: cards. The state of an attempt is the highest of its outcomes (domain.card).
card_attempt = _synced(
    "card_attempt",
    _key("attempt_id"),
    _id("direction"),
    _id("sale_id", True),
    _id("original_id"),
    _id("shift_id", True),
    _int("amount"),
    _currency(),
    _id("terminal"),
    _int("at"),
)
card_outcome = _synced(
    "card_outcome",
    _key("outcome_id"),
    _id("attempt_id", True),
    _id("state"),
    _int("amount"),
    _id("scheme"),
    _id("wallet"),
    _id("last4"),
    _id("approval"),
    _id("rrn"),
    _id("batch"),
    _text("reason"),
    _id("how"),
    _id("approver_id"),
    _int("at"),
)

# event rows: the gate
admission = _synced(
    "admission",
    _key("admission_id"),
    _id("ticket_id", True),
    _int("session"),
    _id("day", True),
    _text("gate"),
    _int("again"),
    _id("station_id"),
    _id("staff_id"),
    _int("at"),
)
admission_undo = _synced(
    "admission_undo", _key("admission_id"), _id("ticket_id", True), _id("staff_id"), _int("at")
)
scan_refused = _synced(
    "scan_refused",
    _key("scan_id"),
    _id("code"),
    _id("why"),
    _id("ticket_id"),
    _text("digest"),
    _text("gate"),
    _id("day"),
    _id("station_id"),
    _int("at"),
)

# event rows: people
sign_in = _synced(
    "sign_in", _key("event_id"), _id("kind"), _id("staff_id"), _id("station_id"), _text("facts"), _int("at")
)

# event rows: reports of an open shift that were read
report_read = _synced(
    "report_read",
    _key("report_id"),
    _id("shift_id", True),
    _id("what"),
    _int("full"),
    _id("staff_id"),
    _id("approver_id"),
    _int("at"),
)

# event rows: leases of places. A lease is put in by the server that grants it and again by the station that took it.
lease = _synced(
    "lease",
    _key("lease_id"),
    Column("session", BigInteger, nullable=False, index=True),
    _id("station_id"),
    _int("incarnation"),
    _int("places"),
    _int("at"),
)
lease_end = _synced(
    "lease_end",
    _key("end_id"),
    Column("session", BigInteger, nullable=False, index=True),
    _id("station_id"),
    _int("incarnation"),
    _int("places"),
    _id("how"),
    _int("used"),
    _int("at"),
)
# server-owned: places of a session that somebody needs, asked of all stations (`station_id` empty) or of one that is
# silent
lease_call = _synced(
    "lease_call",
    Column("session", BigInteger, primary_key=True, autoincrement=False),
    Column("station_id", String(64), primary_key=True),
    _int("at"),
)

# event rows: what staff put on the list themselves; the server makes a case of each
case_told = _synced(
    "case_told",
    _key("told_id"),
    _text("text"),
    _id("number"),
    _id("staff_id"),
    _id("station_id"),
    _int("at"),
)

# the server's answer to each operation and request, in the asking station's bucket, sent last within its `seq`
result = _synced("result", _key("result_id"), _id("answer"), _text("cases"), _int("at"))

# A server's notes of changes keep these numbers for good: what came after the first version is numbered last.
_LATER = ("report_read", "lease", "lease_end", "lease_call", "case_settlement", "case_told", "tombstone")
_FIRST = tuple(table.name for table in SYNCED if table.name not in _LATER)
NUMBER = {name: number for number, name in enumerate((*_FIRST, *_LATER))}
BY_NAME = {table.name: table for table in SYNCED}
