"""Event rows of gates and people, of leases of places, and what staff put on the list."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String

from ledger.columns import id_, int_, key, synced, text_

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
