"""Event rows of refunds."""

from __future__ import annotations

from ledger.columns import currency, id_, int_, key, synced, text_

# event rows: refunds. What is asked for and decided is put in by the server, what was paid or failed by the station.
# A refund that the server began is `taken` up by a station, or `released`, the `n`th time.
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
refund_take = synced(
    "refund_take",
    key("take_id"),
    id_("ask_id", True),
    int_("n"),
    id_("how"),
    id_("station_id"),
    id_("staff_id"),
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
