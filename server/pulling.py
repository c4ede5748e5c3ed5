"""The pages of the change feed as a station gets them, and what its question tells about this database."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain.catalogue import StationInfo
from domain.incarnations import Been, been_as, been_of
from ledger import feed
from ledger import tables as t
from ledger.clock import Clock, to_ms
from ledger.cursor import Cursor
from ledger.manifest import count
from ledger.puts import GUESTS, station_bucket
from ledger.tombstones import tombstone
from ledger.wire import PULL_MOST, WHOLE_MOST
from server import recovery
from server import tables as own
from server.access import Station, is_ahead, note_incarnation

log = logging.getLogger(__name__)


def learn(connection: Connection, station: Station, page: Pulled, clock: Clock) -> None:
    """What a question told: an epoch or incarnation that this database never gave out is known from now on; if it is an
    older copy, a new epoch begins instead of the page's, unless somebody was first."""
    if page.unknown_epoch:
        feed.note_epoch(connection, page.unknown_epoch)
    begins = page.is_older and recovery.begin(
        connection, to_ms(clock.now()), instead_of=page.epoch, told_by=station.station_id
    )
    if page.unknown_incarnation:
        note_incarnation(connection, station, page.unknown_incarnation)
    if begins:
        log.warning("%s knows more of this server than it does: an older copy was put back", station.name)


@dataclass(frozen=True, slots=True)
class Told:
    """What a station says with a pull. `whole`: it fetches everything into a new cache. `been`: the incarnations that
    its journal answers for, empty if it does not tell; `incarnation`: what it is, or 0."""

    after: str
    cursor: Cursor
    stream: str
    epoch: str
    had: int
    last: int
    whole: bool = False
    been: str = ""
    incarnation: int = 0


@dataclass(frozen=True, slots=True)
class Pulled:
    """A page, and what the question told about this database: that it is an older copy of itself (`is_older`), an
    epoch or an incarnation that it never gave out (`unknown_epoch`, `unknown_incarnation`), or that a station which was
    awaited has sent all it has: the incarnations that it answers for, where that is news (`been`). `is_too_old`: what
    went away since the station's place is not known any more."""

    station: Station
    epoch: str
    body: dict[str, Any]
    is_older: bool = False
    unknown_epoch: str = ""
    unknown_incarnation: int = 0
    been: Been | None = None
    is_too_old: bool = False


def _may_see(bucket: str, station: Station, info: str) -> bool:
    """A station's own bucket is for nobody else, and who the guests are for those that sell."""
    if bucket == GUESTS:
        return bool(info) and "sell" in codec.loads(StationInfo, info).places
    return not bucket.startswith("station:") or bucket == station_bucket(station.station_id)


# The server's head, its position in the stream if that is the asking station's own, whether it is or was awaited, and
# what the venue says of it.
_STANDING = (
    sa.select(
        feed.head.c.seq,
        feed.head.c.epoch,
        feed.head.c.pruned,
        own.position.c.station_id,
        own.position.c.n,
        own.position.c.op_id,
        own.recovery.c.waived,
        t.record.c.body.label("info"),
    )
    .join_from(feed.head, own.position, own.position.c.stream == sa.bindparam("stream"), isouter=True)
    .outerjoin(own.recovery, own.recovery.c.station_id == sa.bindparam("station"))
    .outerjoin(
        t.record, sa.and_(t.record.c.kind == "station", t.record.c.record_id == sa.bindparam("station"))
    )
)


def pulled(connection: Connection, station: Station, buckets: str, told: Told) -> Pulled:
    """The page after the station's place, and what its question told; one snapshot's truth."""
    here = {"stream": told.stream, "station": station.station_id}
    row = connection.execute(_STANDING, here).one()
    top, mine = feed.Head(row.seq, row.epoch, row.pruned), row.station_id == station.station_id
    n = row.n if mine else 0
    unknown = next((one for one in _foreign(told, top) if feed.is_unknown(connection, one, top)), "")
    ahead = told.incarnation if is_ahead(station, told.incarnation) else 0
    is_expected = row.waived is not None  # of one that is or was awaited
    never_had = bool(unknown or ahead) and not is_expected
    if told.cursor.epoch not in ("", top.epoch):
        nothing = _body(told.after, top, None, ("", 0, ""))
        return Pulled(station, top.epoch, nothing, never_had, unknown, ahead)
    wanted = [name for name in buckets.split(",") if _may_see(name, station, row.info or "")]
    found = feed.read_page(connection, wanted, told.cursor, WHOLE_MOST if told.whole else PULL_MOST)
    known = feed.marks(connection, told.cursor, found.next)
    found = feed.sealed(found, top.epoch, known)
    body = _body(told.after, top, found, (told.stream, n, row.op_id) if mine else ("", 0, ""))
    if told.whole and found.complete:
        body["manifest"] = _manifest(connection, wanted)
    has_all = told.epoch == top.epoch and 0 <= told.last <= n
    been = _been(told, station) if has_all and row.waived is not None else None
    news, complete = recovery.hears(connection, station.station_id, been) if been else ((), False)
    lost = told.epoch == top.epoch and row.station_id in (None, station.station_id) and told.had > n
    return Pulled(
        station,
        top.epoch,
        body,
        is_older=never_had or lost or feed.is_beyond(told.cursor, top, known),
        unknown_epoch=unknown,
        unknown_incarnation=ahead,
        been=been if news or complete else None,
        is_too_old=feed.is_too_old(told.cursor, top),
    )


def _foreign(told: Told, top: feed.Head) -> set[str]:
    """The epochs that a station is in, but for the present one."""
    return {told.cursor.epoch, told.epoch} - {"", top.epoch}


def _been(told: Told, station: Station) -> Been:
    """One that does not tell answers for what it is."""
    return been_of(told.been) if told.been else been_as(max(station.incarnation, told.incarnation))


def _manifest(connection: Connection, buckets: list[str]) -> dict[str, Any]:
    """What the copy must come to, counted in the transaction of its last page."""
    sums = {str(table.name): count(connection, table, feed.columns_of(table), buckets) for table in t.SYNCED}
    return {name: [one.rows, one.total, one.columns] for name, one in sums.items()}


def _body(after: str, top: feed.Head, found: feed.Found | None, at: tuple[str, int, str]) -> dict[str, Any]:
    """The page on the wire; without `found` it only tells the epoch."""
    parts = [part for part in found.slices if part.table is not tombstone] if found else []
    gone = [row[1:] for part in found.slices if part.table is tombstone for row in part.rows] if found else []
    return {
        "epoch": top.epoch,
        "after": after,
        "next": found.next.text() if found else "",
        "complete": found is not None and found.complete,
        "head": top.seq,
        "tables": {
            str(part.table.name): {"columns": feed.columns_of(part.table), "rows": part.rows}
            for part in parts
        },
        "tombstones": gone,
        "stream": at[0],
        "n": at[1],
        "op_id": at[2],
    }
