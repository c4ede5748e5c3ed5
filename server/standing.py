"""Where a session stands at the server: what is sold, what each incarnation of each station holds, what is free."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.catalogue import Session
from ledger import case_alone, cases
from ledger import tables as t
from ledger.case_checks import CHECKS, Finding, Found, sessions_by
from ledger.cases import Judged
from ledger.lease_book import overdrawn
from ledger.read_setup import places_sold, session
from server import tables as own

_SESSION: sa.BindParameter[int] = sa.bindparam("session")


def _parts() -> Any:
    """(station, incarnation, places): leased, ended and sold. The inbox tells the incarnation that sold."""
    leased = sa.select(t.lease.c.station_id, t.lease.c.incarnation, t.lease.c.places)
    ended = sa.select(t.lease_end.c.station_id, t.lease_end.c.incarnation, -t.lease_end.c.places)
    sold = (
        sa.select(own.inbox.c.station_id, own.inbox.c.incarnation, -t.ticket.c.places)
        .join_from(t.ticket, t.booking, t.booking.c.booking_id == t.ticket.c.booking_id)
        .join(own.inbox, own.inbox.c.op_id == t.booking.c.op_id)
    )
    unkept = sa.select(own.unkept.c.station_id, own.unkept.c.incarnation, -own.unkept.c.places)
    return sa.union_all(
        leased.where(t.lease.c.session == _SESSION),
        ended.where(t.lease_end.c.session == _SESSION),
        sold.where(t.ticket.c.session == _SESSION, t.booking.c.held == 0),  # others were kept by the server
        unkept.where(own.unkept.c.session == _SESSION),  # or so it was said
    ).subquery("part")


_PART = _parts()
_BALANCES = sa.select(_PART.c.station_id, _PART.c.incarnation, sa.func.sum(_PART.c.places)).group_by(
    _PART.c.station_id, _PART.c.incarnation
)
_PRESENT = sa.select(own.station.c.station_id, own.station.c.incarnation)
_TOLD = sa.select(t.case_item.c.subject).where(
    t.case_item.c.subject.in_(sa.bindparam("subjects", expanding=True))
)
Balances = dict[tuple[str, int], int]


@dataclass(frozen=True, slots=True)
class Standing:
    """A session as it is sold and leased: `free` is neither sold nor held, `unsold` includes what is held."""

    session: Session
    free: int
    unsold: int
    balances: Balances

    def held_by(self, station_id: str) -> int:
        return sum(max(0, left) for (holder, _), left in self.balances.items() if holder == station_id)

    def held_under(self, station_id: str, incarnation: int) -> int:
        return max(0, self.balances.get((station_id, incarnation), 0))


def standing(connection: Connection, number: int) -> Standing | None:
    """None for a session that there is not. To be read under the session's lock."""
    found = session(connection, number)
    if found is None:
        return None
    balances: Balances = defaultdict(int)
    for station_id, incarnation, places in connection.execute(_BALANCES, {"session": number}):
        balances[station_id, incarnation] = int(places)
    unsold = found.capacity - places_sold(connection, [number])[number]
    held = sum(max(0, left) for left in balances.values())
    return Standing(found, unsold - held, unsold, balances)


# what stations left behind --------------------------------------------------------------------------------------------


def left_behind(number: int, station_id: str, incarnation: int) -> str:
    """The subject of a case: what a station held of a session before it went on as its next incarnation. It counts as
    held, for a copy may still sell it, until it comes back or a person takes it back."""
    return f"left:{number}:{incarnation}:{station_id}"


def holding(about: Iterable[str], station_id: str) -> set[str]:
    """The subjects of what a station holds of the sessions among `about`."""
    return {f"held:{number}:{station_id}" for number in _sessions(about)}


def watched(about: Iterable[str], station_id: str) -> set[str]:
    """What of the things that something is about may have had a case, which opens in another way: what a station holds
    of them, what was alone."""
    return holding(about, station_id) | case_alone.of(about)


def holding_under(about: Iterable[str], station_id: str, incarnation: int) -> set[str]:
    """As `holding`, of what it left behind with an incarnation."""
    return {left_behind(number, station_id, incarnation) for number in _sessions(about)}


def _sessions(about: Iterable[str]) -> Iterator[int]:
    for subject in about:
        kind, _, number = subject.partition(":")
        if kind == "session":
            yield int(number)


def whose(subject: str) -> tuple[int, str, int]:
    """Session, station and incarnation of such a subject."""
    _, number, incarnation, station_id = subject.split(":", 3)
    return int(number), station_id, int(incarnation)


def behind(connection: Connection, here: Standing, asker: tuple[str, int]) -> list[str]:
    """What of a session is held by incarnations that have a successor, or by another than the `asker` (station and
    incarnation) is: its copy."""
    present = {row.station_id: row.incarnation for row in connection.execute(_PRESENT)} | dict([asker])
    held = (key for key, places in here.balances.items() if places > 0 and key[0] != "SRV")
    meant = (key for key in held if key[1] < present.get(key[0], 0) or (key[0] == asker[0] and key != asker))
    return [left_behind(here.session.number, *key) for key in sorted(meant)]


def _left(connection: Connection, keys: list[str]) -> Found:
    for key in keys:
        number, station_id, incarnation = whose(f"left:{key}")
        here = standing(connection, number)
        if here is not None and (places := here.held_under(station_id, incarnation)):
            facts = (("session", str(number)), ("station", station_id), ("places", str(places)))
            yield key, Finding("places_left", facts)


def judge(
    connection: Connection,
    about: Iterable[str],
    now_ms: int,
    *,
    if_told: Iterable[str] = (),
    had: bool = True,
) -> Judged:
    """As `ledger.cases.judge`, with what only the server's own tables tell."""
    return cases.judge(connection, about, now_ms, _CHECKS, if_told=if_told, had=had)


def told_before(connection: Connection, subjects: Collection[str]) -> list[str]:
    """Those of the subjects that somebody wanted once: only these are judged again."""
    return list(connection.execute(_TOLD, {"subjects": subjects}).scalars()) if subjects else []


_UNKEPT = sa.select(
    own.unkept.c.session,
    own.unkept.c.station_id,
    own.unkept.c.incarnation,
    (-own.unkept.c.places).label("places"),
)
_CHECKS = CHECKS | {"left": _left, "session": sessions_by(overdrawn(_UNKEPT))}
