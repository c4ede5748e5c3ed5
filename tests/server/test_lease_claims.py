"""A station that says it holds places which this server did not give it so: taken as told, and a person looks at it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from domain import operation as op
from ledger import feed
from ledger import tables as t
from ledger.case_carried import read_facts
from ledger.clock import to_ms
from ledger.read_cases import open_cases as open_rows
from server import recovery
from server import tables as own
from tests.helpers.core import DAY, FakeStation
from tests.server.test_leases import Venue, venue
from tests.server.test_push import open_cases

__all__ = ["venue"]


def says(pos: FakeStation, lease_id: str, places: int, *, epoch: str = "", session: int = 0) -> str:
    """Its answer to a lease that it says it took; in the present epoch unless told otherwise."""
    taken = op.LeaseTaken(lease_id, session or pos.core.session, DAY, places, epoch or pos.epoch)
    return pos.say(taken).answers[0].answer


def told(venue: Venue) -> dict[str, str]:
    [case] = venue.core.database.look(open_rows)
    return dict(read_facts(case.facts))


def begin(venue: Venue, *stations: FakeStation) -> None:
    venue.core.database.transact(lambda c: recovery.begin(c, to_ms(venue.core.clock.now())))
    for station in stations:
        station.epoch = venue.core.database.look(feed.read_head).epoch


def test_a_lease_that_nobody_granted_is_taken_and_flagged(venue: Venue) -> None:
    pos = venue.enrol("POS1")
    assert says(pos, "invented", 20) == "flagged"
    assert (venue.free, open_cases(venue.core)) == (280, ["lease_unknown"])
    mine = {"station": pos.station.station_id, "session": str(venue.core.session)}
    assert told(venue) == mine | {"places": "20", "granted": ""}


def test_a_lease_that_was_granted_is_no_case(venue: Venue) -> None:
    pos = venue.enrol("POS1")
    reply = venue.ask(pos, 5)
    assert says(pos, reply.request_id, 5) == "applied"
    assert open_cases(venue.core) == []


@pytest.mark.parametrize("epoch", ["ffffffffffffffff", "x", "\u0663"])
def test_a_lease_of_an_epoch_that_never_was_is_flagged(venue: Venue, epoch: str) -> None:
    pos = venue.enrol("POS1")
    assert says(pos, "invented", 20, epoch=epoch) == "flagged"
    assert open_cases(venue.core) == ["lease_unknown"]


@pytest.mark.parametrize(("places", "session"), [(6, 0), (5, 1)])
def test_a_lease_of_more_or_of_another_session_than_granted_is_flagged(
    venue: Venue, places: int, session: int
) -> None:
    pos = venue.enrol("POS1")
    reply = venue.ask(pos, 5)
    assert says(pos, reply.request_id, places, session=session) == "flagged"
    assert told(venue)["granted"] == "5"


def test_the_lease_of_another_station_is_flagged(venue: Venue) -> None:
    pos, other = venue.enrol("POS1"), venue.enrol("POS2")
    reply = venue.ask(other, 5)
    assert says(pos, reply.request_id, 5) == "flagged"
    assert told(venue)["station"] == pos.station.station_id


def test_a_station_that_is_awaited_after_a_restore_tells_what_it_holds_without_a_flag(venue: Venue) -> None:
    """Its program is of before the epoch was noted with a lease."""
    pos = venue.enrol("POS1")
    begin(venue, pos)
    assert pos.say(op.LeaseTaken("forgotten", venue.core.session, DAY, 20)).answers[0].answer == "applied"
    venue.core.database.transact(lambda c: recovery.heard(c, pos.station.station_id, 1))
    assert pos.say(op.LeaseTaken("invented", venue.core.session, DAY, 20)).answers[0].answer == "flagged"


def test_a_station_that_was_not_waited_for_still_tells_what_it_held_before(venue: Venue) -> None:
    pos = venue.enrol("POS1")
    before = pos.epoch
    begin(venue, pos)
    venue.core.database.transact(lambda c: c.execute(sa.delete(own.recovery)))
    assert says(pos, "forgotten", 20, epoch=before) == "applied"
    assert says(pos, "invented", 20) == "flagged"


def test_a_flag_of_before_an_older_copy_was_noticed_goes_by_itself(venue: Venue) -> None:
    """Nobody said that one was put back: until a pull tells, the server has no reason to doubt itself."""
    pos = venue.enrol("POS1")
    reply = venue.ask(pos, 5)
    assert says(pos, "forgotten", 20) == "flagged"
    assert says(pos, reply.request_id, 6) == "flagged"
    begin(venue)
    assert open_cases(venue.core) == ["lease_unknown", "recovering"]
    found = sa.select(t.case_item.c.facts).where(
        t.case_item.c.kind == "lease_unknown", t.case_item.c.closed_at == 0
    )
    left = venue.core.database.look(lambda c: c.execute(found).scalar_one())
    assert dict(read_facts(left))["granted"] == "5"


def test_a_supervisor_takes_such_places_back(venue: Venue) -> None:
    pos = venue.enrol("POS1")
    says(pos, "invented", 20)
    assert venue.settle("lease_unknown", "take_back").state == "granted"
    assert (venue.free, open_cases(venue.core)) == (300, [])
