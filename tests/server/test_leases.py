"""Leases of places at the server: never more than there is, the last ones exactly, and what goes wrong is a case."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa

from domain import operation as op
from domain.attention import mark_of
from domain.lease import SILENT_SECONDS
from ledger import feed
from ledger import tables as t
from ledger.case_carried import read_facts
from ledger.clock import to_ms
from ledger.read_cases import open_cases as open_rows
from ledger.wire import PROTOCOL, RequestAsk, RequestReply
from server import recovery
from server import tables as own
from server.requests import Door
from server.standing import standing
from tests.helpers.core import DAY, Core, FakeStation, a_booking, sar
from tests.server.test_push import open_cases


@dataclass
class Venue:
    """Stations without any lease, and a door."""

    core: Core
    door: Door

    def enrol(self, name: str, *, shift: bool = True) -> FakeStation:
        station = self.core.enrol(name)
        self.core.database.transact(lambda c: c.execute(sa.delete(t.lease).where(t.lease.c.lease_id == name)))
        if shift:
            station.say(op.ShiftOpened(f"shift-{name}", sar(0), ()))
        return station

    def ask(self, station: FakeStation, places: int, *, ahead: bool = False) -> RequestReply:
        return self.request(
            station, "LeaseAsked", {"session": self.core.session, "places": places, "ahead": ahead}
        )

    def request(
        self, station: FakeStation, kind: str, body: dict[str, object], staff: str = ""
    ) -> RequestReply:
        request_id = self.core.database.ids.new()
        ask = RequestAsk(PROTOCOL, station.epoch, request_id, kind, staff, "", 0, json.dumps(body))
        return self.core.ask(self.door, station.station, ask)

    def granted(self, station: FakeStation, places: int, *, ahead: bool = False) -> int:
        """How many were granted; the station takes them at once."""
        reply = self.ask(station, places, ahead=ahead)
        assert reply.state == "granted", reply
        number = int(dict(reply.facts)["places"])
        station.say(op.LeaseTaken(reply.request_id, self.core.session, DAY, number))
        return number

    def settle(self, kind: str, way: str) -> RequestReply:
        """By a supervisor at the gate, who saw the case as it is."""
        case = self.core.database.look(
            lambda c: c.execute(sa.select(t.case_item).where(t.case_item.c.kind == kind)).one()
        )
        body = {"case": case.case_id, "way": way, "note": "its PC is new", "seen": mark_of(case.facts)}
        return self.request(self.enrol("LK1", shift=False), "CaseSettled", body, "huda")

    def refused(self, station: FakeStation, places: int, *, ahead: bool = False) -> str:
        reply = self.ask(station, places, ahead=ahead)
        assert reply.state == "refused"
        return reply.code

    @property
    def free(self) -> int:
        found = self.core.database.look(lambda c: standing(c, self.core.session))
        assert found is not None
        return found.free

    def sell(self, station: FakeStation, places: int, *, booking: str, override: str = "") -> str:
        made = a_booking(self.core, tickets=places, booking=booking)
        told = op.BookingMade(made.booking_id, made.day, made.lines, made.tickets, override)
        return station.say(told).answers[0].answer

    def seen(self, station: FakeStation, seconds_ago: float) -> None:
        at = to_ms(self.core.clock.now() - timedelta(seconds=seconds_ago))
        mine = own.station.c.station_id == station.station.station_id
        self.core.database.transact(
            lambda c: c.execute(sa.update(own.station).where(mine).values(seen_at=at))
        )


@pytest.fixture
def venue(core: Core) -> Iterator[Venue]:
    yield Venue(core, Door(core.clock, core.database.ids, core.secrets.pepper))


def test_what_is_leased_is_neither_free_nor_sold_and_a_sale_draws_on_it(venue: Venue) -> None:
    pos = venue.enrol("POS1")
    assert venue.granted(pos, 12) == 12
    assert venue.free == 288
    assert venue.sell(pos, 5, booking="b1") == "applied"
    assert venue.free == 288
    pos.say(op.LeaseReturned("r1", venue.core.session, DAY, 7, 5))
    assert venue.free == 295


def test_a_lease_is_counted_once_however_often_it_is_told(venue: Venue) -> None:
    pos = venue.enrol("POS1")
    reply = venue.ask(pos, 12)
    for _ in range(2):
        pos.say(op.LeaseTaken(reply.request_id, venue.core.session, DAY, 12))
    assert venue.free == 288


def test_a_restored_server_learns_of_a_lease_from_its_holder(venue: Venue) -> None:
    pos = venue.enrol("POS1")
    venue.core.database.transact(lambda c: feed.note_epoch(c, "another epoch"))
    pos.say(op.LeaseTaken("lease of another life", venue.core.session, DAY, 20, "another epoch"))
    assert (venue.free, open_cases(venue.core)) == (280, [])


def test_ahead_a_station_gets_its_share_and_the_rest_stays_for_those_who_ask_exactly(venue: Venue) -> None:
    pos, other = venue.enrol("POS1"), venue.enrol("POS2")
    assert venue.granted(pos, 1000, ahead=True) == 100
    assert venue.granted(other, 1000, ahead=True) == 66
    assert venue.free == 134


def test_nothing_is_leased_ahead_of_the_last_places_but_each_line_gets_its_own(venue: Venue) -> None:
    pos, other = venue.enrol("POS1"), venue.enrol("POS2")
    venue.granted(other, 292)
    venue.sell(other, 292, booking="many")
    assert venue.refused(pos, 12, ahead=True) == "places_few"
    assert venue.granted(pos, 5) == 5
    assert venue.granted(other, 3) == 3
    assert venue.refused(pos, 1) == "places_held"
    venue.sell(other, 3, booking="last")
    venue.sell(pos, 5, booking="family")
    assert venue.refused(pos, 1) == "capacity_full"


def test_places_held_elsewhere_are_called_for(venue: Venue) -> None:
    pos, other = venue.enrol("POS1"), venue.enrol("POS2")
    venue.granted(other, 298)
    reply = venue.ask(pos, 5)
    assert (reply.code, dict(reply.facts)["left"], dict(reply.facts)["held"]) == ("places_held", "2", "298")
    calls = venue.core.database.look(lambda c: [row.station_id for row in c.execute(sa.select(t.lease_call))])
    assert calls == [""]
    assert open_cases(venue.core) == []


def test_a_silent_holder_is_a_case_until_its_places_come_back(venue: Venue) -> None:
    pos, other = venue.enrol("POS1"), venue.enrol("POS2")
    venue.granted(other, 298)
    venue.seen(other, SILENT_SECONDS + 1)
    assert venue.refused(pos, 5) == "places_held"
    assert open_cases(venue.core) == ["places_held"]
    other.say(op.LeaseReturned("r1", venue.core.session, DAY, 298, 0))
    assert open_cases(venue.core) == []
    assert venue.granted(pos, 5) == 5


def test_a_silent_holder_that_sold_its_places_is_no_case_any_more(venue: Venue) -> None:
    pos, other = venue.enrol("POS1"), venue.enrol("POS2")
    venue.granted(other, 298)
    venue.seen(other, SILENT_SECONDS + 1)
    venue.refused(pos, 5)
    assert venue.sell(other, 8, booking="while the line was down") == "applied"
    assert facts_of(venue.core)["places"] == "290"
    assert venue.sell(other, 290, booking="the rest") == "applied"
    assert open_cases(venue.core) == []


def test_a_case_that_a_person_settled_notes_that_its_places_were_sold(venue: Venue) -> None:
    """So that it is news when the station holds places again and is silent."""
    pos, other = venue.enrol("POS1"), venue.enrol("POS2")
    venue.granted(other, 298)
    venue.seen(other, SILENT_SECONDS + 1)
    venue.refused(pos, 5)
    assert venue.settle("places_held", "waited").state == "granted"
    assert venue.sell(other, 298, booking="all") == "applied"
    case = venue.core.database.look(
        lambda c: c.execute(sa.select(t.case_item).where(t.case_item.c.kind == "places_held")).one()
    )
    assert (case.closed_by, dict(read_facts(case.facts))["gone"]) == ("huda", "yes")
    venue.granted(other, 1)
    assert open_cases(venue.core) == []  # it is not silent


def test_a_supervisor_takes_places_back_and_what_is_sold_of_them_all_the_same_is_flagged(
    venue: Venue,
) -> None:
    pos, other = venue.enrol("POS1"), venue.enrol("POS2")
    venue.granted(other, 298)
    venue.seen(other, SILENT_SECONDS + 1)
    venue.refused(pos, 5)
    body = {"session": venue.core.session, "station_id": other.station.station_id, "reason": "its PC is dead"}
    assert venue.request(pos, "LeaseRevoked", body, "reem").code == "not_allowed"
    assert venue.request(pos, "LeaseRevoked", body | {"reason": " "}, "huda").code == "reason_needed"
    assert venue.request(pos, "LeaseRevoked", body, "huda").state == "granted"
    assert venue.request(pos, "LeaseRevoked", body, "huda").code == "nothing_held"
    assert (venue.free, open_cases(venue.core)) == (300, [])
    assert venue.sell(other, 4, booking="not dead") == "flagged"
    assert open_cases(venue.core) == ["lease_overdrawn"]


def test_what_a_supervisor_allowed_beyond_a_lease_is_flagged_and_not_held_against_the_till(
    venue: Venue,
) -> None:
    pos = venue.enrol("POS1")
    venue.granted(pos, 2)
    assert venue.sell(pos, 5, booking="beyond", override="yes-1") == "flagged"
    assert open_cases(venue.core) == ["beyond_lease"]
    assert venue.free == 295
    assert venue.granted(pos, 8) == 8  # three of them are sold already
    assert venue.free == 290


def facts_of(core: Core) -> dict[str, str]:
    """What the only open case says."""
    [case] = core.database.look(open_rows)
    return dict(read_facts(case.facts))


def test_a_sale_beyond_names_who_allowed_it_and_why(venue: Venue) -> None:
    pos, other = venue.enrol("POS1"), venue.enrol("POS2")
    for station, said in (
        (other, ("yes-1", "omar", "another")),
        (pos, ("yes-1", "huda", "a family of five")),
    ):
        station.say(op.OverrideGiven(said[0], said[1], "sell_beyond_lease", "cart", said[2]))
    venue.sell(pos, 5, booking="beyond", override="yes-1")
    told = facts_of(venue.core)
    assert (told["approver"], told["reason"], told["booking"]) == ("huda", "a family of five", "beyond")


def test_more_sold_than_given_names_the_bookings_that_were_sold_last(venue: Venue) -> None:
    pos, other = venue.enrol("POS1"), venue.enrol("POS2")
    venue.granted(pos, 4)
    venue.granted(other, 4)
    for number, station in enumerate((pos, pos, pos, other)):
        venue.core.clock.forward(seconds=1)
        venue.sell(station, 2, booking=f"b{number}")
    assert facts_of(venue.core)["bookings"] == "b2"


def test_more_sold_than_there_is_names_the_bookings_that_were_sold_last(core: Core) -> None:
    pos = core.enrol("POS1")
    for name, tickets in (("full", core.capacity - 1), ("b1", 2), ("b2", 1)):
        core.clock.forward(seconds=1)
        pos.say(a_booking(core, tickets=tickets, booking=name))
    assert facts_of(core)["bookings"] == "b2, b1"


def test_a_sale_without_any_lease_or_yes_is_flagged_until_a_person_looks(venue: Venue) -> None:
    """What it is given later changes nothing about how it was sold."""
    pos = venue.enrol("POS1")
    assert venue.sell(pos, 3, booking="b1") == "flagged"
    assert open_cases(venue.core) == ["lease_overdrawn"]
    venue.granted(pos, 3)
    assert open_cases(venue.core) == ["lease_overdrawn"]
    assert venue.settle("lease_overdrawn", "room").state == "granted"
    assert open_cases(venue.core) == []


def test_an_earlier_incarnation_keeps_what_it_held(venue: Venue) -> None:
    """Its twin may still sell it: nothing becomes free because a station went on under another prefix."""
    pos = venue.enrol("POS1")
    venue.granted(pos, 10)
    values = {"lease_id": "second", "session": venue.core.session, "incarnation": 2, "places": 5}
    values |= {"station_id": pos.station.station_id, "at": 0, "bucket": "global"}
    venue.core.database.transact(lambda c: c.execute(sa.insert(t.lease).values(**values)))
    assert venue.free == 285
    assert venue.sell(pos, 10, booking="b1") == "applied"
    assert venue.free == 285


def test_what_a_station_left_behind_is_a_case_as_soon_as_somebody_needs_it(venue: Venue) -> None:
    """Its PC was replaced: what it held before cannot come back by itself, and it is heard all the time."""
    pos, other = venue.enrol("POS1"), venue.enrol("POS2")
    venue.granted(pos, 298)
    again = venue.enrol("POS1", shift=False)
    assert (again.station.incarnation, venue.free) == (2, 2)
    assert venue.granted(other, 2) == 2
    reply = venue.ask(again, 5)
    assert (reply.code, dict(reply.facts)["held"]) == ("places_held", "300")
    assert open_cases(venue.core) == ["places_left"]
    assert venue.settle("places_left", "take_back").state == "granted"
    assert (venue.free, open_cases(venue.core)) == (298, [])
    assert venue.granted(again, 5) == 5


def test_taking_back_what_was_left_behind_leaves_the_station_what_it_holds_now(venue: Venue) -> None:
    pos, other = venue.enrol("POS1"), venue.enrol("POS2")
    venue.granted(pos, 200)
    again = venue.enrol("POS1", shift=False)
    venue.granted(again, 90)
    assert venue.refused(other, 20) == "places_held"
    assert venue.settle("places_left", "take_back").state == "granted"
    assert venue.free == 210


def replaced_while_holding(venue: Venue) -> FakeStation:
    """POS1 on a new PC, with 298 places left behind on the old one, of which there is a case: POS2 asked for some."""
    pos, other = venue.enrol("POS1"), venue.enrol("POS2")
    venue.granted(pos, 298)
    again = venue.enrol("POS1", shift=False)
    venue.refused(other, 5)
    return again


def test_what_was_left_behind_comes_back_by_itself_when_the_old_records_speak(venue: Venue) -> None:
    again = replaced_while_holding(venue)
    assert venue.sell(again, 8, booking="kept in the old journal") == "applied"
    assert facts_of(venue.core)["places"] == "290"
    again.say(op.LeaseReturned("r1", venue.core.session, DAY, 290, 8))
    assert (venue.free, open_cases(venue.core)) == (292, [])


def test_what_was_left_behind_and_sold_all_the_same_is_no_case_any_more(venue: Venue) -> None:
    """The old PC sends its sale with the batch that is judged: it counts at once."""
    again = replaced_while_holding(venue)
    assert venue.sell(again, 298, booking="kept in the old journal") == "applied"
    assert open_cases(venue.core) == []


@pytest.mark.parametrize("singly", [False, True])
def test_what_was_left_behind_is_told_as_it_stands_after_the_batch(venue: Venue, singly: bool) -> None:
    again = replaced_while_holding(venue)
    sales = [again.sent(a_booking(venue.core, tickets=100, booking=f"b{number}")) for number in range(2)]
    again.push(*sales, singly=singly)
    assert facts_of(venue.core)["places"] == "98"


def test_what_was_left_behind_may_stay_there_when_somebody_knows(venue: Venue) -> None:
    pos, other = venue.enrol("POS1"), venue.enrol("POS2")
    venue.granted(pos, 298)
    venue.enrol("POS1", shift=False)
    venue.refused(other, 5)
    assert venue.settle("places_left", "kept").state == "granted"
    assert venue.refused(other, 5) == "places_held"
    assert (venue.free, open_cases(venue.core)) == (2, [])


def test_a_station_gets_its_share_ahead_whatever_it_left_behind(venue: Venue) -> None:
    venue.granted(venue.enrol("POS1"), 100)
    assert venue.granted(venue.enrol("POS1", shift=False), 1000, ahead=True) == 100


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"session": 1, "places": 3, "ahead": False},
        {"places": 3, "ahead": False},
        {"session": "x", "places": 3, "ahead": False},
        {"session": 0, "places": 0, "ahead": False},
        {"session": 0, "places": -3, "ahead": False},
        {"session": 0, "places": 10**9, "ahead": True},
        {"session": 0, "places": 3, "ahead": 1},
        {"session": 0, "places": True, "ahead": False},
    ],
)
def test_nonsense_is_refused_and_holds_nothing(venue: Venue, body: dict[str, object]) -> None:
    pos = venue.enrol("POS1")
    if body.get("session") == 0:
        body = body | {"session": venue.core.session}
    assert venue.request(pos, "LeaseAsked", body).code == "record_invalid"
    assert venue.free == 300


def test_a_session_that_is_over_is_not_leased(venue: Venue) -> None:
    pos = venue.enrol("POS1")
    venue.core.clock.forward(hours=12)
    assert venue.refused(pos, 3) == "session_over"


def test_after_a_restore_no_place_is_granted_until_all_stations_are_heard(venue: Venue) -> None:
    one, two = venue.enrol("POS1"), venue.enrol("POS2")
    venue.core.database.transact(lambda c: recovery.begin(c, to_ms(venue.core.clock.now())))
    one.epoch = two.epoch = venue.core.database.look(feed.read_head).epoch
    assert venue.refused(one, 1) == "recovering"
    for station in (one, two):
        venue.core.database.transact(lambda c, each=station: recovery.heard(c, each.station.station_id, 1))
    assert venue.ask(one, 1).state == "granted"


def test_a_holder_that_was_silent_once_is_no_case_when_it_takes_places_again(venue: Venue) -> None:
    pos, other = venue.enrol("POS1"), venue.enrol("POS2")
    venue.granted(other, 298)
    venue.seen(other, SILENT_SECONDS + 1)
    venue.refused(pos, 5)
    other.say(op.LeaseReturned("r1", venue.core.session, DAY, 298, 0))
    assert venue.granted(other, 5) == 5
    assert open_cases(venue.core) == []
