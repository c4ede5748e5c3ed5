"""All that the machines hold when everything has settled, gathered once for the invariants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Table

from domain import operation as op
from domain.envelope import Envelope
from ledger import cache, journal, lease_book
from ledger import tables as t
from ledger.case_carried import anew
from ledger.feed import columns_of
from server import tables as own
from tests.simulation.machines import Machine
from tests.simulation.world import World

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """An operation as a journal keeps it, and the operation read."""

    kept: journal.Kept
    operation: op.Operation
    host: str

    @property
    def envelope(self) -> Envelope:
        return self.kept.envelope


@dataclass(slots=True)
class StationEvidence:
    machine: Machine
    facts: list[Fact]
    whole: bool
    stream: journal.Stream
    level: cache.Level
    rows: dict[str, list[Row]]
    requests: list[Row]
    open_sales: set[str]
    balances: dict[int, int]
    verifiers: dict[str, str]


@dataclass(slots=True)
class Evidence:
    world: World
    stations: list[StationEvidence]
    rows: dict[str, list[Row]]
    inbox: dict[str, Row]  # in the order of its writing
    positions: dict[str, Row]
    requests: dict[str, Row]
    outbox: list[Row]
    untold: list[Row]  # open cases that say less than the server knows, or something else
    facts: dict[str, Fact] = field(default_factory=dict)

    def of(self, *kinds: type) -> Iterator[Fact]:
        return (fact for fact in self.facts.values() if isinstance(fact.operation, kinds))

    def cases(self) -> set[tuple[str, str]]:
        """(subject, kind) of the open ones."""
        return {(row["subject"], row["kind"]) for row in self.rows["case_item"] if not row["closed_at"]}


def gather(world: World) -> Evidence:
    def on_server(connection: Connection) -> Evidence:
        return Evidence(
            world,
            [],
            {table.name: _all(connection, table) for table in t.SYNCED},
            {row["op_id"]: row for row in in_their_order(_all(connection, own.inbox))},
            {row["stream"]: row for row in _all(connection, own.position)},
            {row["request_id"]: row for row in _all(connection, own.request)},
            _all(connection, own.outbox),
            [
                row
                for row in _all(connection, t.case_item)
                if not row["closed_at"] and _is_untold(connection, row)
            ],
        )

    evidence = world.server.database.look(on_server)
    evidence.stations = [_station(one) for one in world.machines if one.station is not None]
    for station in evidence.stations:
        evidence.facts |= {fact.envelope.op_id: fact for fact in station.facts}
    return evidence


def in_their_order(rows: list[Row]) -> list[Row]:
    """Inbox rows as they were written: PostgreSQL hands them out as they lie, and a killed one leaves room between."""
    rows = sorted(rows, key=lambda row: row["received_at"])
    for _, together in groupby(enumerate(rows), key=lambda one: one[1]["received_at"]):
        places: dict[str, list[int]] = defaultdict(list)
        for place, row in together:
            places[row["stream"]].append(place)
        for mine in places.values():
            of_stream = sorted((rows[place] for place in mine), key=lambda row: row["n"])
            for place, row in zip(mine, of_stream, strict=True):
                rows[place] = row
    return rows


def _is_untold(connection: Connection, row: Row) -> bool:
    return bool(row["facts"] != anew(connection, row["facts"]))


def _station(machine: Machine) -> StationEvidence:
    store = machine.up.store
    with store.read_journal() as connection:
        kept = journal.kept_since(connection, 0)
        whole = journal.chain_is_whole(connection)
        stream = journal.current_stream(connection)
        requests = _all(connection, journal.request)
        incarnation = store.identity.incarnation if store.identity else 0
        moved = {row["session"] for row in _all(connection, journal.lease_move)}
        balances = lease_book.balances(connection, incarnation, sorted(moved))
        open_sales = set(connection.execute(sa.select(journal.open_sale.c.sale_id)).scalars())
        people = {row["staff_id"]: row["verifier"] for row in _all(connection, journal.verifier)}
    with store.read() as connection:
        level = cache.level(connection)
        rows = {table.name: _all(connection, table) for table in t.SYNCED}
    facts = [Fact(item, item.envelope.operation(), machine.host) for item in kept]
    return StationEvidence(machine, facts, whole, stream, level, rows, requests, open_sales, balances, people)


def _all(connection: Connection, table: Table) -> list[Row]:
    return [dict(row._mapping) for row in connection.execute(sa.select(table))]


def key_of(table: Table, row: Row) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key)


def travels(table: Table, row: Row) -> tuple[Any, ...]:
    """What of a row every station must have alike."""
    return tuple(row[name] for name in columns_of(table))
