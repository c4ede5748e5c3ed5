"""Server-owned tables of what a venue is set up with, and the cases that people settle."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String

from ledger.columns import id_, int_, key, synced, text_

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
