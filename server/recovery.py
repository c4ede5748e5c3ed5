"""After a restore the server knows less than it did: until every station has sent all it has again, nothing scarce may
be granted. Each station that is awaited is a row here and a case that all can see."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain.errors import Code, Refused
from domain.incarnations import Been, Spans, covers, merged
from domain.operation import RecordSaved
from domain.staff import Permission
from ledger import feed
from ledger import tables as t
from ledger.case_checks import Finding
from ledger.cases import BUCKET, ITSELF, case_id, open_case
from ledger.read_setup import require, stations
from ledger.rows import replace_row
from server import lease_claims
from server import tables as own
from server.access import REMEMBERED_MS, RESTORED, UNLISTED, since_restore
from server.asked import Asked
from server.database import lock_subjects
from server.setup import SetUp
from server.tokens import Made

KIND, OLDER = "recovering", "older_copy"
RECOVERY = "recovery"
_AWAITED = sa.select(own.recovery.c.name).where(own.recovery.c.waived == 0).order_by(own.recovery.c.name)
_STATION: sa.BindParameter[str] = sa.bindparam("station")
_PRESENT = sa.select(own.station.c.incarnation).where(own.station.c.station_id == _STATION)
_WAIT = sa.select(own.recovery).where(own.recovery.c.station_id == _STATION)
_TOLD = sa.select(own.told).where(own.told.c.station_id == _STATION)


def awaited(connection: Connection) -> tuple[str, ...]:
    """The names of the stations that have not sent all they have since the last restore; empty when all is normal."""
    return tuple(row.name for row in connection.execute(_AWAITED))


def refuse_scarce(connection: Connection) -> None:
    """Before anything scarce is granted. Refuses `recovering` while a station is awaited."""
    if names := awaited(connection):
        raise Refused(Code.RECOVERING, stations=", ".join(names))


def begin(connection: Connection, now_ms: int, instead_of: str = "", *, told_by: str = "") -> bool:
    """A new epoch, in which every station that may come in is awaited, with the records of the incarnation that this
    copy knows; where an earlier wait goes on, since that one's. False, and nothing has changed, when the epoch is not
    `instead_of` any more. Where no person said that an older copy was put back, only the station `told_by` did,
    that is a case: nobody may begin a new epoch unseen."""
    lock_subjects(connection, {RECOVERY})
    if not feed.renew_epoch(connection, instead_of):
        return False
    let_in = connection.execute(sa.select(own.station).where(own.station.c.fenced == 0)).all()
    going_on = sa.select(own.recovery).where(own.recovery.c.waived == 0)
    waits = {row.station_id: row for row in connection.execute(going_on)}
    connection.execute(sa.delete(own.recovery).where(own.recovery.c.waived == 1))
    connection.execute(sa.delete(own.told))
    connection.execute(sa.delete(own.enrolment).where(own.enrolment.c.used_at == 0))  # or used since
    _note_restored(connection, now_ms)
    for station in let_in:
        which = _going_on(waits.get(station.station_id), station.incarnation)
        _await(connection, station.station_id, station.name, which, now_ms)
    if told_by:
        facts = ("station", told_by), ("at", str(now_ms))
        open_case(connection, f"epoch:{feed.read_head(connection).epoch}", Finding(OLDER, facts), now_ms)
    lease_claims.let_go(connection, now_ms)
    feed.publish(connection, [t.case_item.name])
    return True


def _going_on(wait: Any, present: int) -> tuple[int, int]:
    """The first and the last incarnation to wait for, with those of an earlier wait."""
    if wait is None:
        return present, present
    return max(1, wait.first or wait.incarnation), max(present, abs(wait.incarnation))


def missed(connection: Connection, made: Made, now_ms: int) -> None:
    """This venue once gave the station a token that this database knows nothing of, as after an older copy was put
    back: what it recorded since is missing until it was enrolled again and has sent it, or a person does not wait.
    One of the present epoch, or of a later one, tells that this is a copy, of which nobody spoke."""
    lock_subjects(connection, {RECOVERY})
    known = connection.execute(_PRESENT, {"station": made.station_id}).scalar() or 0
    top = feed.read_head(connection)
    if made.epoch == top.epoch or feed.is_unknown(connection, made.epoch, top):
        if made.incarnation <= known:
            return  # another took its place
        feed.note_epoch(connection, made.epoch)
        begin(connection, now_ms, told_by=made.station_id)
    row = since_restore(connection, made.station_id, now_ms)
    if row is not None and row.known < made.incarnation and not 0 < row.given <= made.incarnation:
        _wait_for(connection, made.station_id, made.incarnation, now_ms)


def enrolled(connection: Connection, station_id: str, now_ms: int) -> None:
    """The station was given its first number since a restore, and the copy did not say what it was: whatever was
    recorded under its name before is waited for, unless it was heard. It may be a new PC in the place of one that is
    gone."""
    lock_subjects(connection, {RECOVERY})
    row = since_restore(connection, station_id, now_ms)
    waits = connection.execute(_WAIT, {"station": station_id}).first() is not None
    if row is None or row.heard or waits or now_ms - row.at > REMEMBERED_MS:
        return
    _wait_for(connection, station_id, -row.given, now_ms)


def _wait_for(connection: Connection, station_id: str, incarnation: int, now_ms: int) -> None:
    """Unless it is already waited for as that or a later one, or a person decided not to."""
    name = next((one.name for one in stations(connection) if one.station_id == station_id), station_id[:16])
    before = connection.execute(_WAIT, {"station": station_id}).first()
    if before is None or before.waived:
        known, first = abs(before.incarnation) if before else 0, _first_missing(connection, station_id)
    else:
        known, first = before.incarnation, before.first
    if before is not None and known >= abs(incarnation):
        return
    _await(connection, station_id, name, (first, incarnation), now_ms)
    feed.publish(connection, [t.case_item.name])


def _note_restored(connection: Connection, now_ms: int) -> None:
    """For every station of the venue, whether the copy knows it or not, and for those that it does not list."""
    known = {row.station_id: row for row in connection.execute(sa.select(own.station))}
    for station_id in {UNLISTED, *known, *(one.station_id for one in stations(connection))}:
        present, fenced = (
            (known[station_id].incarnation, known[station_id].fenced) if station_id in known else (0, 1)
        )
        row = {"station_id": station_id, "at": now_ms, "known": present, "given": 0, "heard": 0}
        replace_row(connection, own.restored, row | {"first": present + 1 if fenced else present})


def _await(connection: Connection, station_id: str, name: str, which: tuple[int, int], now_ms: int) -> None:
    """The records of the incarnations between the two of `which`. Where the last is the negative of a number, of some
    before that: nobody can say which."""
    row = {"station_id": station_id, "name": name, "since": now_ms, "waived": 0}
    replace_row(connection, own.recovery, row | {"first": which[0], "incarnation": which[1]})
    _open_case(connection, station_id, name, now_ms)


def hears(connection: Connection, station_id: str, been: Been) -> tuple[Spans, bool]:
    """What a station that is or was awaited, and has sent all it has, answers for that was not known so far, and
    whether nothing is missing now. A new PC under the name knows nothing of what the old one did, and the old one
    nothing of the new."""
    row = connection.execute(_WAIT, {"station": station_id}).first()
    if row is None:
        return (), False
    given = connection.execute(RESTORED, {"station": station_id}).first()
    before = merged((one.first, one.last) for one in connection.execute(_TOLD, {"station": station_id}))
    now = merged(before, been.spans(given.given if given else 0))
    return (now if now != before else ()), _are_all(now, row.first or row.incarnation, row.incarnation)


def _are_all(spans: Spans, first: int, last: int) -> bool:
    """Whether nothing from `first` to `last` is missing; where it is not known to what, a forerunner's records do. A
    wait of an earlier version (0) ends with any."""
    if last > 0:
        return covers(spans, first, last)
    return not last or covers(spans, first - 1, first - 1) or covers(spans, first, first)


def told(connection: Connection, station_id: str, been: Been, now_ms: int) -> None:
    """The station has sent all it has, and `been` is what it answers for."""
    lock_subjects(connection, {RECOVERY})
    spans, complete = hears(connection, station_id, been)
    if complete:
        heard(connection, station_id, now_ms)
    elif spans:
        rows = [{"station_id": station_id, "first": first, "last": last} for first, last in spans]
        connection.execute(sa.delete(own.told).where(own.told.c.station_id == station_id))
        connection.execute(sa.insert(own.told), rows)


def _first_missing(connection: Connection, station_id: str) -> int:
    """The first incarnation whose records this copy may lack."""
    row = connection.execute(RESTORED, {"station": station_id}).one()
    return int(row.known + 1 if row.heard else row.first or row.known)


def heard(connection: Connection, station_id: str, now_ms: int) -> None:
    """Nothing that the station did is missing any more."""
    lock_subjects(connection, {RECOVERY})
    mine = own.restored.c.station_id == station_id
    connection.execute(sa.update(own.restored).where(mine).values(heard=1))
    connection.execute(sa.delete(own.told).where(own.told.c.station_id == station_id))
    if connection.execute(sa.delete(own.recovery).where(own.recovery.c.station_id == station_id)).rowcount:
        _close_case(connection, station_id, now_ms, ITSELF)
        feed.publish(connection, [t.case_item.name])


def waive(connection: Connection, name: str, setup: SetUp, by: str, now_ms: int) -> None:
    """The person `by` decides not to wait for the station called `name`; what it holds may then be given twice. It is
    remembered, or the station would be waited for again as soon as it asks. Refuses `record_invalid` when it is not
    awaited. The caller publishes."""
    lock_subjects(connection, {RECOVERY})
    waits = own.recovery.c.name == name, own.recovery.c.waived == 0
    station_id = connection.execute(sa.select(own.recovery.c.station_id).where(*waits)).scalar()
    if station_id is None:
        raise Refused(Code.RECORD_INVALID, record="recovery")
    connection.execute(sa.update(own.recovery).where(*waits).values(waived=1))
    _close_case(connection, station_id, now_ms, by)
    setup.note(RecordSaved("recovery", name, 1, codec.dumps("awaited"), codec.dumps("waived")))
    setup.touch(t.case_item)


def waived(connection: Connection, asked: Asked, setup: SetUp) -> None:
    """The request of a supervisor. Refuses `not_allowed`, and as `waive`."""
    staff_id = asked.ask.staff_id
    check_may_waive(connection, staff_id)
    waive(connection, asked.field("station", str, "recovery"), setup, staff_id, setup.now_ms)


def check_may_waive(connection: Connection, staff_id: str) -> None:
    """Refuses `not_allowed`."""
    require(connection, staff_id, Permission.WAIVE_RECOVERY)


def _close_case(connection: Connection, station_id: str, now_ms: int, by: str) -> None:
    closed = {"closed_at": now_ms, "closed_by": by, "seq": 0}
    mine = t.case_item.c.case_id == case_id(f"station:{station_id}", KIND)
    connection.execute(sa.update(t.case_item).where(mine, t.case_item.c.closed_at == 0).values(closed))


def _open_case(connection: Connection, station_id: str, name: str, now_ms: int) -> None:
    subject = f"station:{station_id}"
    row = {"case_id": case_id(subject, KIND), "kind": KIND, "subject": subject, "bucket": BUCKET, "seq": 0}
    row |= {"facts": codec.dumps((("station", name),)), "opened_at": now_ms, "closed_at": 0, "closed_by": ""}
    replace_row(connection, t.case_item, row | {"op_id": "", "local": 0})
