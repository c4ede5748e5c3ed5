"""Granting and taking back leases of places. What is granted never exceeds what is neither sold nor with a station."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import lease
from domain import operation as op
from domain.errors import Code, Refused
from domain.sound import MOST_PLACES
from domain.staff import Permission
from domain.text import reason_of
from ledger import tables as t
from ledger.clock import to_ms
from ledger.puts import UNDATED, day_bucket
from ledger.read_setup import require
from ledger.rows import add_rows, replace_row
from server import tables as own
from server.access import BEYOND, Station
from server.asked import Asked
from server.database import lock_subjects
from server.recovery import RECOVERY, refuse_scarce
from server.setup import SetUp
from server.standing import Standing, behind, judge, left_behind, standing, told_before, whose

_CALL_EVERY_MS = 10_000
_SELLERS = (
    sa.select(t.shift.c.station_id)
    .where(~sa.exists().where(t.shift_close.c.shift_id == t.shift.c.shift_id))
    .distinct()
)


def lease_asked(connection: Connection, asked: Asked, setup: SetUp) -> Mapping[str, object] | Refused:
    """Places for a station: exactly so many, or (`ahead`) as many as it may have ready. Refuses `recovering` after a
    restore until all stations have been heard, `session_over`, `places_few` when nothing is leased ahead any more,
    `capacity_full` and `places_held` (the other stations have been asked for them)."""
    number, wanted = asked.field("session", int, "lease"), asked.field("places", int, "lease")
    is_ahead = asked.field("ahead", bool, "lease")
    asked = replace(asked, station=_asker(asked))
    lock_subjects(connection, {f"session:{number}", RECOVERY})
    refuse_scarce(connection)
    here = standing(connection, number)
    if here is None or not 0 < wanted <= MOST_PLACES:
        raise Refused(Code.RECORD_INVALID, record="lease")
    if here.session.ends_at <= setup.now:
        raise Refused(Code.SESSION_OVER)
    sellers = {asked.station.station_id, *connection.execute(_SELLERS).scalars()}
    if is_ahead:
        mine = here.held_under(asked.station.station_id, asked.station.incarnation)
        wanted = lease.ahead(wanted, here.free, mine, here.unsold, len(sellers))
        if not wanted:
            raise Refused(Code.PLACES_FEW)
    elif _more_held(here, asked.station, wanted) > here.free:
        return not_now(connection, asked.station, here, setup)
    _grant(asked, here, wanted, setup)
    return {"places": wanted, "sellers": len(sellers)}


def _asker(asked: Asked) -> Station:
    """The station as what it says it is: of one that was copied, each of the two sells only what it has itself."""
    told = asked.number("incarnation")
    return replace(asked.station, incarnation=told) if 0 < told < BEYOND else asked.station


def _more_held(here: Standing, station: Station, wanted: int) -> int:
    """What a station sold beyond its lease is sold already: a lease that makes up for it holds nothing more."""
    had = here.balances.get((station.station_id, station.incarnation), 0)
    return max(0, had + wanted) - max(0, had)


def _grant(asked: Asked, here: Standing, places: int, setup: SetUp) -> None:
    station, lease_id = asked.station, asked.ask.request_id
    number, day = here.session.number, here.session.day
    op_id = setup.note(op.LeaseGranted(lease_id, station.station_id, number, day, places))
    values = {"lease_id": lease_id, "session": number, "station_id": station.station_id, "places": places}
    values |= {"incarnation": station.incarnation, "at": to_ms(setup.now)}
    add_rows(setup.connection, [(t.lease, values | _where(here, op_id))])
    judge(
        setup.connection, [f"session:{number}"], to_ms(setup.now)
    )  # it may make up for what was sold beyond
    setup.touch(t.lease, t.case_item)


def _where(here: Standing, op_id: str) -> dict[str, str | int]:
    return {"op_id": op_id, "bucket": day_bucket(here.session.day), "seq": 0}


def not_now(connection: Connection, station: Station, here: Standing, setup: SetUp) -> Refused:
    """No, and why; what others hold is called for, and who is silent about it is told to a person."""
    left = behind(connection, here, (station.station_id, station.incarnation))
    others = {holder for holder, _ in here.balances if here.held_by(holder)} - {
        station.station_id,
        lease.HOLDER,
    }
    mine = here.held_under(station.station_id, station.incarnation)
    held = sum(max(0, places) for places in here.balances.values()) - mine - here.held_by(lease.HOLDER)
    facts = {"session": here.session.number, "left": max(0, here.free)}
    if not held:
        return Refused(Code.CAPACITY_FULL, **facts)
    silent = [holder for holder in sorted(others) if _is_silent(connection, holder, to_ms(setup.now))]
    for holder in ("", *silent):
        _call(here, holder, setup)
    about = [*left, *(f"held:{here.session.number}:{holder}" for holder in silent)]
    judged = judge(connection, about, to_ms(setup.now))
    if judged.changed:
        setup.touch(t.case_item)
    return Refused(Code.PLACES_HELD, **facts, held=held)


def _is_silent(connection: Connection, station_id: str, now_ms: int) -> bool:
    seen = sa.select(own.station.c.seen_at).where(own.station.c.station_id == station_id)
    return (connection.execute(seen).scalar() or 0) < now_ms - lease.SILENT_SECONDS * 1000


def _call(here: Standing, station_id: str, setup: SetUp) -> None:
    now = to_ms(setup.now)
    mine = sa.and_(t.lease_call.c.session == here.session.number, t.lease_call.c.station_id == station_id)
    last = setup.connection.execute(sa.select(t.lease_call.c.at).where(mine)).scalar()
    if last is not None and 0 <= now - last < _CALL_EVERY_MS:
        return
    values = {"session": here.session.number, "station_id": station_id, "at": now, "local": 0}
    replace_row(setup.connection, t.lease_call, values | _where(here, ""))
    setup.touch(t.lease_call)


def lease_revoked(connection: Connection, asked: Asked, setup: SetUp) -> Mapping[str, object]:
    """A supervisor takes back what a station holds of a session; sold all the same, it will be flagged. Refuses
    `reason_needed`, `not_allowed`, and `nothing_held` when there is nothing to take back."""
    number, holder = asked.field("session", int, "lease"), asked.field("station_id", str, "lease")
    lock_subjects(connection, {f"session:{number}"})
    why = reason_of(asked.field("reason", str, "lease"))
    return {"places": take_back(connection, asked.ask.staff_id, f"held:{number}:{holder}", why, setup)}


def take_back(connection: Connection, staff_id: str, subject: str, reason: str, setup: SetUp) -> int:
    """How many places of a session were taken from a station (the `subject` of a case): all that it holds, or what it
    left behind. What is kept for bookings ends with them alone. To be called under the session's lock; refuses as
    `lease_revoked`."""
    number, holder, only = _held_of(subject)
    require(connection, staff_id, Permission.REVOKE_LEASE)
    here = standing(connection, number)
    balances = sorted(here.balances.items()) if here else []
    cut = [
        (*key, places) for key, places in balances if key[0] == holder and places > 0 and only in (0, key[1])
    ]
    if here is None or not cut or holder == lease.HOLDER:
        raise Refused(Code.NOTHING_HELD)
    for each in cut:
        _cut(each, here, reason[:500], setup)
    left = told_before(connection, [left_behind(number, holder, incarnation) for _, incarnation, _ in cut])
    judge(connection, [f"held:{number}:{holder}", *left], to_ms(setup.now))
    setup.touch(t.lease_end, t.case_item)
    return sum(places for *_, places in cut)


def _held_of(subject: str) -> tuple[int, str, int]:
    """Session, station and incarnation (0: all of them)."""
    if subject.startswith("left:"):
        return whose(subject)
    _, number, holder = subject.split(":", 2)
    return int(number), holder, 0


def _cut(part: tuple[str, int, int], here: Standing, reason: str, setup: SetUp) -> None:
    station_id, incarnation, places = part
    cut_id, number = setup.ids.new(), here.session.number
    op_id = setup.note(op.LeaseRevoked(cut_id, station_id, number, here.session.day, places, reason))
    values = {"end_id": cut_id, "session": number, "station_id": station_id, "incarnation": incarnation}
    values |= {"places": places, "how": "revoked", "used": 0, "at": to_ms(setup.now)}
    # The session may have moved to a day of which the holder hears nothing, and the others count what it holds.
    everywhere = {"op_id": op_id, "bucket": UNDATED, "seq": 0}
    add_rows(setup.connection, [(t.lease_end, values | everywhere)])
