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
from ledger.cases import BUCKET, case_id, open_case
from ledger.database import insert
from ledger.read_setup import staff_role, stations
from ledger.rows import replace_row
from server import lease_claims
from server import tables as own
from server.asked import Asked
from server.database import lock_subjects
from server.setup import SetUp

KIND, OLDER = "recovering", "older_copy"
RECOVERY = "recovery"
_AWAITED = (
    sa.select(own.recovery.c.station_id, own.recovery.c.name)
    .outerjoin(own.station, own.station.c.station_id == own.recovery.c.station_id)
    .where(sa.func.coalesce(own.station.c.fenced, 0) == 0)
    .order_by(own.recovery.c.name)
)

_PRESENT = sa.select(own.station.c.incarnation).where(own.station.c.station_id == sa.bindparam("station"))
_WAITS = sa.select(own.recovery.c.station_id).where(own.recovery.c.station_id == sa.bindparam("station"))


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
    enrolled = connection.execute(sa.select(own.station).where(own.station.c.fenced == 0)).all()
    waits = {row.station_id: row.incarnation for row in connection.execute(sa.select(own.recovery))}
    for station in enrolled:
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
    back: what it recorded since is missing until it has been enrolled again and has sent it."""
    lock_subjects(connection, {RECOVERY})
    known = connection.execute(_PRESENT, {"station": station_id}).scalar() or 0
    waits = connection.execute(_WAITS, {"station": station_id}).first() is not None
    name = next((one.name for one in stations(connection) if one.station_id == station_id), None)
    if name is None or waits or incarnation <= known:
        return
    _await(connection, station_id, name, incarnation, now_ms)
    feed.publish(connection, [t.case_item.name])


def _await(connection: Connection, station_id: str, name: str, incarnation: int, now_ms: int) -> None:
    row = {"station_id": station_id, "name": name, "since": now_ms, "incarnation": incarnation}
    replace_row(connection, own.recovery, row)
    connection.execute(insert(own.unsure, connection).values(station_id=station_id).on_conflict_do_nothing())
    _open_case(connection, station_id, name, now_ms)


def heard(connection: Connection, station_id: str, now_ms: int) -> None:
    """The station has sent all it has."""
    lock_subjects(connection, {RECOVERY})
    if _forget(connection, station_id, now_ms, "itself"):
        feed.publish(connection, [t.case_item.name])


def shut_out(connection: Connection, name: str, now_ms: int) -> None:
    """Nothing comes from the station called `name` any more."""
    found = sa.select(own.station.c.station_id).where(own.station.c.name == name)
    for station_id in connection.execute(found).scalars().all():
        heard(connection, station_id, now_ms)


def waive(connection: Connection, name: str, setup: SetUp, by: str, now_ms: int) -> None:
    """A person decides not to wait for the station called `name`; what it holds may then be given twice. Refuses
    `record_invalid` when it is not awaited. The caller publishes."""
    lock_subjects(connection, {RECOVERY})
    row = connection.execute(sa.select(own.recovery).where(own.recovery.c.name == name)).first()
    if row is None or not _forget(connection, row.station_id, now_ms, by):
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


def _forget(connection: Connection, station_id: str, now_ms: int, by: str) -> bool:
    gone = connection.execute(sa.delete(own.recovery).where(own.recovery.c.station_id == station_id)).rowcount
    closed = {"closed_at": now_ms, "closed_by": by, "seq": 0}
    mine = t.case_item.c.case_id == case_id(f"station:{station_id}", KIND)
    connection.execute(sa.update(t.case_item).where(mine, t.case_item.c.closed_at == 0).values(closed))
    return gone > 0


def _open_case(connection: Connection, station_id: str, name: str, now_ms: int) -> None:
    subject = f"station:{station_id}"
    row = {"case_id": case_id(subject, KIND), "kind": KIND, "subject": subject, "bucket": BUCKET, "seq": 0}
    row |= {"facts": codec.dumps((("station", name),)), "opened_at": now_ms, "closed_at": 0, "closed_by": ""}
    replace_row(connection, t.case_item, row | {"op_id": "", "local": 0})
