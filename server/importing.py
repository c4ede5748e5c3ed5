"""Saving a venue file: one transaction, each changed record journalled; importing the same file again
changes nothing."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.errors import Code, Refused
from ledger import tables as t
from ledger import verifier
from ledger.clock import Clock, Ids
from ledger.read_setup import staff, staff_of
from server.settings import Secrets
from server.setup import SetUp, StaffRecord
from server.venue_file import StaffEntry, VenueFile


def save(connection: Connection, content: VenueFile, kept: Secrets, clock: Clock, ids: Ids) -> int:
    """Saves all records; returns how many changed."""
    setup = SetUp(connection, clock, ids)
    setup.key(kept.key_id, kept.public_key())
    setup.record("venue", "venue", content.venue)
    for activity in content.activities:
        setup.record("activity", activity.activity_id, activity)
    for policy in content.policies:
        setup.record("policy", policy.policy_id, policy)
    for plan in content.plans:
        setup.record("membership", plan.plan_id, plan)
    for product in content.products:
        setup.record("product", str(product.number), product)
    for station in content.stations:
        setup.record("station", station.station_id, station)
    for session in content.sessions:
        setup.session(session)
    for entry in content.staff:
        setup.staff(_staff(connection, entry, kept.pepper))
    named = {entry.member.staff_id for entry in content.staff}
    for row in staff(connection):
        if row.active and row.member.staff_id not in named:
            setup.staff(StaffRecord(row.member, "", active=False))
    setup.publish()
    return setup.changed


def _staff(connection: Connection, entry: StaffEntry, pepper: str) -> StaffRecord:
    """The file's PIN is a person's first one; a PIN that is there already is theirs and stays."""
    staff_id = entry.member.staff_id
    found = connection.execute(sa.select(t.staff.c.verifier).where(t.staff.c.staff_id == staff_id)).scalar()
    return StaffRecord(entry.member, "" if found else verifier.make(entry.pin, staff_id, pepper))


def save_pin(connection: Connection, who: tuple[str, str], kept: Secrets, clock: Clock, ids: Ids) -> None:
    """A new PIN for (staff id, PIN); refuses `record_invalid` when there is nobody of that id."""
    staff_id, pin = who
    found = staff_of(connection, staff_id)
    if found is None:
        raise Refused(Code.RECORD_INVALID, record="staff")
    setup = SetUp(connection, clock, ids)
    setup.staff(StaffRecord(found.member, verifier.make(pin, staff_id, kept.pepper), found.active))
    setup.publish()
