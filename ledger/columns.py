"""The columns of which the shared tables are made, and what every synced table has besides its own."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, Text, text

metadata = MetaData()


def synced(name: str, *columns: Column[object]) -> Table:
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
    return table


def key(name: str) -> Column[object]:
    return Column(name, String(64), primary_key=True)


def id_(name: str, index: bool = False) -> Column[object]:
    return Column(name, String(64), nullable=False, server_default="", index=index)


def int_(name: str) -> Column[object]:
    return Column(name, BigInteger, nullable=False, server_default="0")


def text_(name: str) -> Column[object]:
    return Column(name, Text, nullable=False, server_default="")


def currency() -> Column[object]:
    return Column("currency", String(3), nullable=False)
