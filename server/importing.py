"""Saving a venue file: one transaction, each changed record journalled; importing the same file again
changes nothing."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from ledger import tables as t
from ledger import verifier
from ledger.clock import Clock, Ids
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
    for product in content.products:
        setup.record("product", str(product.number), product)
    for station in content.stations:
        setup.record("station", station.station_id, station)
    for session in content.sessions:
        setup.session(session)
    for entry in content.staff:
        setup.staff(_staff(connection, entry, kept.pepper))
    setup.publish()
    return setup.changed


def _staff(connection: Connection, entry: StaffEntry, pepper: str) -> StaffRecord:
    staff_id = entry.member.staff_id
    found = connection.execute(sa.select(t.staff.c.verifier).where(t.staff.c.staff_id == staff_id)).scalar()
    same = found is not None and verifier.matches(found, entry.pin, staff_id, pepper)
    return StaffRecord(entry.member, "" if same else verifier.make(entry.pin, staff_id, pepper))
