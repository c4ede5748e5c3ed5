"""Event rows of a till: the drawer, bookings as they are sold, money, documents, cards."""

from __future__ import annotations

from sqlalchemy import Index

from ledger.columns import currency, id_, int_, key, synced, text_

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
    int_("incarnation"),
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
ticket_revoke = synced(
    "ticket_revoke",
    key("ticket_id"),
    id_("revoke_id"),
    id_("booking_id", True),
    text_("reason"),
    id_("staff_id"),
    id_("station_id"),
    int_("at"),
)
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
tender_fix = synced(
    "tender_fix",
    key("fix_id"),
    id_("payment_id", True),
    id_("sale_id"),
    id_("booking_id", True),
    id_("shift_id", True),
    id_("was"),
    text_("reason"),
    id_("staff_id"),
    id_("approver_id"),
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
booking_try = synced("booking_try", key("attempt_id"), id_("booking_id", True), int_("at"))
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
