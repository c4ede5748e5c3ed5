"""The tables of a station's journal: the operations in their chain, the stream that numbers them, and what is local."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()

entry = Table(
    "entry",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("tx", Integer, nullable=False),
    Column("op_id", String(36), nullable=False, unique=True),
    Column("kind", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("station_id", String(64), nullable=False),
    Column("incarnation", Integer, nullable=False),
    Column("staff_id", String(64), nullable=False),
    Column("shift_id", String(64), nullable=False),
    Column("device_at", BigInteger, nullable=False),
    Column("offset_ms", BigInteger, nullable=False),
    Column("public", Text, nullable=False),
    Column("private", Text, nullable=False),
    Column("private_digest", String(64), nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    Column("stream", String(32), nullable=False),
    Column("n", Integer, nullable=False),
    sqlite_autoincrement=True,
)
sa.Index("ix_entry_stream", entry.c.stream, entry.c.n)
stream = Table(
    "stream",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("stream", String(32), nullable=False),
    Column("epoch", String(32), nullable=False),
    Column("last_n", Integer, nullable=False),
)
series = Table(
    "series", metadata, Column("name", String(64), primary_key=True), Column("last", Integer, nullable=False)
)
setting = Table(
    "setting", metadata, Column("name", String(64), primary_key=True), Column("value", Text, nullable=False)
)
parked = Table(
    "parked",
    metadata,
    Column("parked_id", String(36), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("label", Text, nullable=False),
    Column("cart", Text, nullable=False),
)
open_sale = Table(
    "open_sale",
    metadata,
    Column("sale_id", String(36), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)
print_job = Table(
    "print_job",
    metadata,
    Column("job_id", String(36), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("title", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
)
request = Table(
    "request",
    metadata,
    Column("request_id", String(36), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("body", Text, nullable=False),
    Column("after_n", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("answer", Text, nullable=False),
    Column("about", String(64), nullable=False, server_default=""),
    Column("staff_id", String(64), nullable=False, server_default=""),
)
# what each operation did to the places that this station may sell (domain.lease)
lease_move = Table(
    "lease_move",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("session", BigInteger, nullable=False, index=True),
    Column("incarnation", Integer, nullable=False),
    Column("places", Integer, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("lease_id", String(64), nullable=False, index=True),
)
verifier = Table(
    "verifier",
    metadata,
    Column("staff_id", String(64), primary_key=True),
    Column("body", Text, nullable=False),
    Column("verifier", Text, nullable=False),
    Column("synced_at", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", BigInteger, nullable=False),
)
