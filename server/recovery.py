"""After a restore the server knows less than it did: until every station has sent all it has again, nothing scarce may
be granted. Each station that is awaited is a row here and a case that all can see."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain.errors import Code, Refused
from domain.operation import RecordSaved
from domain.staff import Permission, may
from ledger import feed
from ledger import tables as t
from ledger.case_checks import Finding
from ledger.cases import BUCKET, ITSELF, case_id, open_case
from ledger.read_setup import staff_role, stations
from ledger.rows import replace_row
from server import lease_claims
from server import tables as own
from server.asked import Asked
from server.database import lock_subjects
from server.setup import SetUp

KIND, OLDER = "recovering", "older_copy"
RECOVERY = "recovery"
_REMEMBERED_MS = 30 * 24 * 3_600_000  # what was sold before a restore matters no more
_AWAITED = sa.select(own.recovery.c.name).where(own.recovery.c.waived == 0).order_by(own.recovery.c.name)
_STATION: sa.BindParameter[str] = sa.bindparam("station")
_PRESENT = sa.select(own.station.c.incarnation).where(own.station.c.station_id == _STATION)
_WAIT = sa.select(own.recovery.c.incarnation).where(own.recovery.c.station_id == _STATION)
_RESTORED = sa.select(own.restored).where(own.restored.c.station_id == _STATION)


def awaited(connection: Connection) -> tuple[str, ...]:
    """The names of the stations that have not sent all they have since the last restore; empty when all is normal."""
    return tuple(row.name for row in connection.execute(_AWAITED))


def refuse_scarce(connection: Connection) -> None:
    """Before anything scarce is granted. Refuses `recovering` while a station is awaited."""
    if names := awaited(connection):
        raise Refused(Code.RECOVERING, stations=", ".join(names))


def begin(connection: Connection, now_ms: int, instead_of: str = "", *, told_by: str = "") -> bool:
    """A new epoch, in which every station that may come in is awaited, with the records of the incarnation that this
    copy knows; where an earlier wait goes on, of that one's. False, and nothing has changed, when the epoch is not
    `instead_of` any more. Where no person said that an older copy was put back, only the station `told_by` did,
    that is a case: nobody may begin a new epoch unseen."""
    lock_subjects(connection, {RECOVERY})
    if not feed.renew_epoch(connection, instead_of):
        return False
    let_in = connection.execute(sa.select(own.station).where(own.station.c.fenced == 0)).all()
    going_on = sa.select(own.recovery).where(own.recovery.c.waived == 0)
    waits = {row.station_id: row.incarnation for row in connection.execute(going_on)}
    connection.execute(sa.delete(own.recovery).where(own.recovery.c.waived == 1))
    connection.execute(sa.delete(own.enrolment).where(own.enrolment.c.used_at == 0))  # or used since
    _note_restored(connection, now_ms)
    for station in let_in:
        incarnation = waits.get(station.station_id) or station.incarnation
        _await(connection, station.station_id, station.name, incarnation, now_ms)
    if told_by:
        facts = ("station", told_by), ("at", str(now_ms))
        open_case(connection, f"epoch:{feed.read_head(connection).epoch}", Finding(OLDER, facts), now_ms)
    lease_claims.let_go(connection, now_ms)
    feed.publish(connection, [t.case_item.name])
    return True


def missed(connection: Connection, station_id: str, incarnation: int, now_ms: int) -> None:
    """This venue once gave the station a token that this database knows nothing of, as after an older copy was put
    back: what it recorded since is missing until it was enrolled again and has sent it, or a person does not wait."""
    lock_subjects(connection, {RECOVERY})
    known = connection.execute(_PRESENT, {"station": station_id}).scalar() or 0
    row = connection.execute(_RESTORED, {"station": station_id}).first()
    if row is None and incarnation > known:  # nobody knew yet that this is a copy
        _note_restored(connection, now_ms)
        _wait_for(connection, station_id, incarnation, now_ms)
    elif row is not None and row.known < incarnation and not 0 < row.given <= incarnation:
        _wait_for(connection, station_id, incarnation, now_ms)


def enrolled(connection: Connection, station_id: str, now_ms: int) -> None:
    """The station was given its first number since a restore, and the copy did not say what it was: whatever was
    recorded under its name before is waited for, unless it was heard. It may be a new PC in the place of one that is
    gone."""
    lock_subjects(connection, {RECOVERY})
    row = connection.execute(_RESTORED, {"station": station_id}).first()
    waits = connection.execute(_WAIT, {"station": station_id}).first() is not None
    if row is None or row.heard or waits or now_ms - row.at > _REMEMBERED_MS:
        return
    _wait_for(connection, station_id, -row.given, now_ms)


def _wait_for(connection: Connection, station_id: str, incarnation: int, now_ms: int) -> None:
    """Unless it is already waited for as that or a later one, or a person decided not to."""
    name = next((one.name for one in stations(connection) if one.station_id == station_id), None)
    before = connection.execute(_WAIT, {"station": station_id}).scalar()
    if name is None or (before is not None and abs(before) >= abs(incarnation)):
        return
    _await(connection, station_id, name, incarnation, now_ms)
    feed.publish(connection, [t.case_item.name])


def _note_restored(connection: Connection, now_ms: int) -> None:
    """For every station of the venue, whether the copy knows it or not. What was noted of an earlier restore stays
    until a number was given since."""
    known = {row.station_id: row.incarnation for row in connection.execute(sa.select(own.station))}
    for station_id in {one.station_id for one in stations(connection)} | known.keys():
        row = {"station_id": station_id, "at": now_ms, "known": known.get(station_id, 0)}
        fresh = connection.execute(_RESTORED, {"station": station_id}).first()
        if fresh is None or fresh.given:
            replace_row(connection, own.restored, row | {"given": 0, "heard": 0})


def _await(connection: Connection, station_id: str, name: str, incarnation: int, now_ms: int) -> None:
    row = {"station_id": station_id, "name": name, "since": now_ms, "incarnation": incarnation, "waived": 0}
    replace_row(connection, own.recovery, row)
    _open_case(connection, station_id, name, now_ms)


def heard(connection: Connection, station_id: str, now_ms: int) -> None:
    """The station has sent all it has."""
    lock_subjects(connection, {RECOVERY})
    mine = own.restored.c.station_id == station_id
    connection.execute(sa.update(own.restored).where(mine).values(heard=1))
    if connection.execute(sa.delete(own.recovery).where(own.recovery.c.station_id == station_id)).rowcount:
        _close_case(connection, station_id, now_ms, ITSELF)
        feed.publish(connection, [t.case_item.name])


def shut_out(connection: Connection, name: str, now_ms: int) -> bool:
    """Nothing comes from the station called `name` any more; False when it was not awaited."""
    lock_subjects(connection, {RECOVERY})
    gone = _waive(connection, name, now_ms, ITSELF)
    if gone:
        feed.publish(connection, [t.case_item.name])
    return gone


def waive(connection: Connection, name: str, setup: SetUp, by: str, now_ms: int) -> None:
    """A person decides not to wait for the station called `name`; what it holds may then be given twice. Refuses
    `record_invalid` when it is not awaited. The caller publishes."""
    lock_subjects(connection, {RECOVERY})
    if not _waive(connection, name, now_ms, by):
        raise Refused(Code.RECORD_INVALID, record="recovery")
    setup.note(RecordSaved("recovery", name, 1, codec.dumps("awaited"), codec.dumps("waived")))
    setup.touch(t.case_item)


def waived(connection: Connection, asked: Asked, setup: SetUp) -> None:
    """The request of a supervisor. Refuses `not_allowed`, and as `waive`."""
    staff_id = asked.ask.staff_id
    check_may_waive(connection, staff_id)
    waive(connection, asked.field("station", str, "recovery"), setup, staff_id, setup.now_ms)


def check_may_waive(connection: Connection, staff_id: str) -> None:
    """Refuses `not_allowed`."""
    if not may(staff_role(connection, staff_id), Permission.WAIVE_RECOVERY):
        raise Refused(Code.NOT_ALLOWED, permission=Permission.WAIVE_RECOVERY.value)


def _waive(connection: Connection, name: str, now_ms: int, by: str) -> bool:
    """The wait is remembered, or the station would be waited for again as soon as it asks."""
    waits = own.recovery.c.name == name, own.recovery.c.waived == 0
    station_id = connection.execute(sa.select(own.recovery.c.station_id).where(*waits)).scalar()
    if station_id is None:
        return False
    connection.execute(sa.update(own.recovery).where(*waits).values(waived=1))
    _close_case(connection, station_id, now_ms, by)
    return True


def _close_case(connection: Connection, station_id: str, now_ms: int, by: str) -> None:
    closed = {"closed_at": now_ms, "closed_by": by, "seq": 0}
    mine = t.case_item.c.case_id == case_id(f"station:{station_id}", KIND)
    connection.execute(sa.update(t.case_item).where(mine, t.case_item.c.closed_at == 0).values(closed))


def _open_case(connection: Connection, station_id: str, name: str, now_ms: int) -> None:
    subject = f"station:{station_id}"
    row = {"case_id": case_id(subject, KIND), "kind": KIND, "subject": subject, "bucket": BUCKET, "seq": 0}
    row |= {"facts": codec.dumps((("station", name),)), "opened_at": now_ms, "closed_at": 0, "closed_by": ""}
    replace_row(connection, t.case_item, row | {"op_id": "", "local": 0})
