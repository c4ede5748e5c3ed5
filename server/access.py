"""Who may talk to the server: one-time enrolment codes, station tokens, fencing. Only hashes are kept."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.errors import Code, Refused
from domain.operation import StationEnrolled
from ledger import feed
from ledger.clock import Clock, to_ms
from ledger.read_setup import stations
from ledger.wire import Enrolled, Incarnation
from server import tables as own
from server import tokens
from server.settings import Secrets

_SEEN_EVERY_MS = 30_000
_FORGOTTEN = 8  # more than a station becomes between two backups
_APART = 18_000  # three letters say them
BEYOND = 1 << 18  # no station ever was so many
UNLISTED = ""  # in the place of a station that the copy which was put back does not list
REMEMBERED_MS = 30 * 24 * 3_600_000  # what was sold before a restore matters no more
_STATION: sa.BindParameter[str] = sa.bindparam("station")
_PRESENT = own.station.c.station_id == _STATION
_MINE = own.restored.c.station_id == _STATION
RESTORED = sa.select(own.restored).where(_MINE)
_KNOWN = sa.select(
    sa.select(own.station.c.incarnation).where(_PRESENT).scalar_subquery().label("present"),
    sa.select(own.station.c.after).where(_PRESENT).scalar_subquery().label("after"),
    sa.select(own.station.c.fresh).where(_PRESENT).scalar_subquery().label("fresh"),
    sa.select(own.recovery.c.incarnation)
    .where(own.recovery.c.station_id == _STATION)
    .scalar_subquery()
    .label("awaited"),
    sa.select(own.restored.c.first).where(_MINE).scalar_subquery().label("first"),
    sa.select(own.restored.c.given).where(_MINE).scalar_subquery().label("given"),
)
CODE_LIFETIME = timedelta(hours=24)
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Station:
    """`seen_at`: when it was last noted that it asks for changes (ms since 1970); `fresh`: nobody has come as this
    incarnation yet."""

    station_id: str
    name: str
    incarnation: int
    seen_at: int = 0
    fresh: bool = False


def make_code(connection: Connection, name: str, fingerprint: str, clock: Clock) -> str:
    """A one-time enrolment code for the station called `name`: 12 letters, a dash, the certificate's fingerprint.

    Unused ones that it had are void: a request with one may be on its way, and would shut out who used the new one.

    Refuses `station_unknown` when the venue has no such station.
    """
    found = next((station for station in stations(connection) if station.name == name), None)
    if found is None:
        raise Refused(Code.STATION_UNKNOWN, name=name)
    unused = own.enrolment.c.station_id == found.station_id, own.enrolment.c.used_at == 0
    connection.execute(sa.delete(own.enrolment).where(*unused))
    secret = "".join(secrets.choice(_LETTERS) for _ in range(12))
    expires = to_ms(clock.now() + CODE_LIFETIME)
    values = {
        "code_hash": tokens.hash_of(secret),
        "station_id": found.station_id,
        "expires_at": expires,
        "used_at": 0,
    }
    connection.execute(sa.insert(own.enrolment).values(**values))
    return f"{secret}-{fingerprint}"


def enrol(
    connection: Connection, code: str, kept: Secrets, now_ms: int, present: int = 0, folder_of: str = ""
) -> tuple[Enrolled, StationEnrolled]:
    """Uses up a code: the station gets a fresh token and the next incarnation, also after the `present` one of its
    folder; an older holder of the name is out.

    Refuses `enrolment_wrong` (no such code, too old, or for another station than that whose folder it is) and
    `enrolment_used`.
    """
    wanted = own.enrolment.c.code_hash == tokens.hash_of(code.partition("-")[0].strip().upper())
    row = connection.execute(sa.select(own.enrolment).where(wanted)).first()
    if row is None or (row.expires_at < now_ms and not row.used_at) or folder_of not in ("", row.station_id):
        raise Refused(Code.ENROLMENT_WRONG)
    used = connection.execute(
        sa.update(own.enrolment).where(wanted, own.enrolment.c.used_at == 0).values(used_at=now_ms)
    )
    if used.rowcount == 0:
        raise Refused(Code.ENROLMENT_USED)
    name = next(station.name for station in stations(connection) if station.station_id == row.station_id)
    since_restore(connection, row.station_id, now_ms)
    incarnation, after = _next_incarnation(connection, row.station_id, present)
    epoch = feed.read_head(connection).epoch
    token = tokens.make(connection, row.station_id, incarnation, epoch)
    _save(connection, Station(row.station_id, name, incarnation, now_ms), token, after)
    prefix = _prefix(name, incarnation)
    answer = Enrolled(
        row.station_id, name, token, incarnation, prefix, epoch, kept.key_id, kept.signing_key, kept.pepper,
        after,
    )  # fmt: skip
    return answer, StationEnrolled(row.station_id, name, incarnation)


def next_incarnation(connection: Connection, station: Station, present: int = 0) -> Incarnation:
    """The station, which says what it is at `present`, goes on under its next number and prefix; its token stays."""
    number, after = _next_incarnation(connection, station.station_id, present)
    mine = own.station.c.station_id == station.station_id
    connection.execute(
        sa.update(own.station).where(mine).values(incarnation=number, after=max(0, after), fresh=1)
    )
    return Incarnation(number, _prefix(station.name, number), after)


def _prefix(name: str, incarnation: int) -> str:
    return name if incarnation == 1 else f"{name}{_letter(incarnation)}"


def _letter(incarnation: int) -> str:
    """2 → B, 3 → C … 27 → AA: what a re-enrolled station adds to its document prefix."""
    text, left = "", incarnation
    while left > 0:
        left, digit = divmod(left - 1, 26)
        text = chr(65 + digit) + text
    return text


def since_restore(connection: Connection, station_id: str, now_ms: int) -> Any:
    """What is noted of a station since the last restore; None without one. Of a station that the copy did not list
    nothing was known, for as long as that can matter."""
    row = connection.execute(RESTORED, {"station": station_id}).first()
    if row is not None:
        return row
    unlisted = connection.execute(RESTORED, {"station": UNLISTED}).first()
    if unlisted is None or now_ms - unlisted.at > REMEMBERED_MS:
        return None
    connection.execute(sa.insert(own.restored).values({**unlisted._mapping, "station_id": station_id}))
    return connection.execute(RESTORED, {"station": station_id}).one()


def _next_incarnation(connection: Connection, station_id: str, present: int) -> tuple[int, int]:
    """The number, and the one that it is the next after; less than 0 when the copy that was put back knows of none
    since it was made. The first after a restore is so far on, and by chance, that none is given twice: the copy may
    have forgotten some, more than once, and receipts carry them. A number that nobody came as was given in vain."""
    row = connection.execute(_KNOWN, {"station": station_id}).one()
    known = max(row.present or 0, row.awaited or 0, present if 0 <= present < BEYOND else 0)
    if row.given == 0:
        given = known + _FORGOTTEN + secrets.randbelow(_APART)
        _note_given(connection, station_id, given)
        return given, known if known >= row.first else -1
    if known == row.present and row.fresh and not _is_used(connection, station_id, known):
        if row.given == known:
            _note_given(connection, station_id, known + 1)
        return known + 1, row.after
    return known + 1, known


def _note_given(connection: Connection, station_id: str, number: int) -> None:
    mine = own.restored.c.station_id == station_id
    connection.execute(sa.update(own.restored).where(mine).values(given=number))


def _is_used(connection: Connection, station_id: str, incarnation: int) -> bool:
    """Whether somebody sent anything as that."""
    mine = own.inbox.c.station_id == station_id, own.inbox.c.incarnation == incarnation
    return connection.execute(sa.select(own.inbox.c.op_id).where(*mine).limit(1)).first() is not None


def note_incarnation(connection: Connection, station: Station, told: int) -> None:
    """A station says that it is what this database, an older copy, never made it."""
    mine = own.station.c.station_id == station.station_id, own.station.c.incarnation < told
    connection.execute(sa.update(own.station).where(*mine).values(incarnation=told))


def is_ahead(station: Station, told: int) -> bool:
    """Whether a station says that it is an incarnation which this database never gave out."""
    return station.incarnation < told < BEYOND


def _save(connection: Connection, station: Station, token: str, after: int) -> None:
    connection.execute(sa.delete(own.station).where(own.station.c.station_id == station.station_id))
    values = {"station_id": station.station_id, "name": station.name, "incarnation": station.incarnation}
    values |= {"token_hash": tokens.hash_of(token), "fenced": 0, "seen_at": station.seen_at}
    connection.execute(sa.insert(own.station).values(**values, after=max(0, after), fresh=1))


SHOWN = own.station.c.token_hash == sa.bindparam("token_hash")
_BY_TOKEN = sa.select(own.station).where(SHOWN)


def shown(token: str) -> dict[str, str]:
    """The parameter of `SHOWN`."""
    return {"token_hash": tokens.hash_of(token)}


def recognise(connection: Connection, token: str) -> Station:
    """The station behind a token; refuses as `admitted`."""
    return admitted(connection.execute(_BY_TOKEN, shown(token)).first())


def admitted(row: Any) -> Station:
    """The station of a row that was found by a token; refuses `station_unknown` and `station_fenced`."""
    if row is None or row.station_id is None:
        raise Refused(Code.STATION_UNKNOWN)
    if row.fenced:
        raise Refused(Code.STATION_FENCED)
    return Station(row.station_id, row.name, row.incarnation, row.seen_at, bool(row.fresh))


def is_news(station: Station, told: int, now_ms: int) -> bool:
    """Whether to note that it is there, as what it is now: not with every pull, which writes nothing. A copy of what it
    was says nothing about what that holds."""
    return _is_present(station, told) and (station.fresh or abs(now_ms - station.seen_at) >= _SEEN_EVERY_MS)


def note_seen(connection: Connection, station: Station, now_ms: int) -> None:
    mine = own.station.c.station_id == station.station_id, own.station.c.incarnation == station.incarnation
    connection.execute(sa.update(own.station).where(*mine).values(seen_at=now_ms, fresh=0))


def _is_present(station: Station, told: int) -> bool:
    """One of an earlier version tells nothing (0)."""
    return told in (0, station.incarnation)


def fence(connection: Connection, name: str) -> bool:
    """Shuts the station called `name` out; False when none is enrolled under it."""
    fenced = sa.update(own.station).where(own.station.c.name == name).values(fenced=1)
    return connection.execute(fenced).rowcount > 0
