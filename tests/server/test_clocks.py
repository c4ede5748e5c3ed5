"""Facts by clocks that are wrong: stored all the same, flagged, and out of nobody's way. On both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from domain import operation as op
from domain.envelope import Envelope
from ledger import feed
from ledger import tables as t
from ledger.case_carried import read_facts
from ledger.clock import to_ms
from ledger.read_cases import open_cases as open_rows
from ledger.wire import Sent
from server import tables as own
from tests.helpers.core import DAY, MORNING, Core, FakeStation, a_booking, a_sale
from tests.server.test_push import open_cases, rows

HOUR_MS = 3_600_000


def said_at(pos: FakeStation, operation: op.Operation, moment: datetime, offset_ms: int = 0) -> Sent:
    """As `pos` would send it, by a clock that shows `moment`."""
    sent = pos.sent(operation)
    envelope: Envelope = replace(sent.envelope, device_at=moment, offset_ms=offset_ms)
    return Sent(sent.n, envelope.digest().hex(), envelope)


def kept_at(core: Core) -> list[int]:
    return core.database.look(lambda c: list(c.execute(sa.select(t.document.c.at)).scalars()))


@pytest.mark.parametrize(
    "moment",
    [
        datetime(8999, 12, 31, 23, 59, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
    ],
)
def test_a_time_that_cannot_be_is_a_case_and_the_time_of_receipt_is_kept(
    core: Core, moment: datetime
) -> None:
    pos = core.enrol("POS1")
    booked = a_booking(core)
    reply = pos.push(said_at(pos, booked, moment), said_at(pos, a_sale(core, booked), moment))
    assert [answer.answer for answer in reply.answers] == ["flagged", "flagged"]
    assert open_cases(core) == ["clock_far_off"]
    assert rows(core, t.document) == 1
    assert kept_at(core) == [to_ms(core.clock.now())]
    mine = sa.select(own.inbox.c.device_at).where(own.inbox.c.station_id == pos.station.station_id)
    said = core.database.look(lambda c: set(c.execute(mine).scalars()))
    assert said == {to_ms(moment)}  # what was said stays on record


def test_a_clock_26_hours_ahead_is_flagged_once_a_day_and_its_time_is_put_right(core: Core) -> None:
    pos = core.enrol("POS1")
    ahead, off = MORNING + timedelta(hours=26), -26 * HOUR_MS
    booked = a_booking(core)
    pos.push(said_at(pos, booked, ahead, off))
    reply = pos.push(said_at(pos, a_sale(core, booked), ahead, off))
    assert reply.answers[0].answer == "flagged"
    assert open_cases(core) == ["clock_far_off"]
    assert kept_at(core) == [to_ms(MORNING)]
    core.clock.forward(days=1)
    pos.push(said_at(pos, a_booking(core, booking="next"), ahead, off))
    assert open_cases(core) == ["clock_far_off", "clock_far_off"]


def test_what_waited_offline_for_days_is_no_fault_of_a_clock(core: Core) -> None:
    pos = core.enrol("POS1")
    reply = pos.push(said_at(pos, a_booking(core), MORNING - timedelta(days=20)))
    assert reply.answers[0].answer == "applied"
    assert open_cases(core) == []


def test_an_hour_either_way_is_stored_without_a_word(core: Core) -> None:
    pos = core.enrol("POS1")
    for hours in (-1, 1):
        sent = said_at(pos, a_booking(core, booking=f"b{hours}"), MORNING + timedelta(hours=hours))
        assert pos.push(sent).answers[0].answer == "applied"
    assert open_cases(core) == []


def test_a_clock_that_is_far_off_names_the_first_person_not_what_the_station_did_alone(core: Core) -> None:
    pos = core.enrol("POS1")
    ahead, off = MORNING + timedelta(hours=26), -26 * HOUR_MS
    pos.staff = ""
    core.database.transact(lambda c: feed.note_epoch(c, "before"))
    pos.push(said_at(pos, op.LeaseTaken("l", core.session, DAY, 5, "before"), ahead, off))
    pos.staff = "reem"
    booked = a_booking(core)
    pos.push(said_at(pos, booked, ahead, off))
    pos.staff = "salem"
    pos.push(said_at(pos, a_sale(core, booked), ahead, off))
    [case] = core.database.look(open_rows)
    told = dict(read_facts(case.facts))
    assert (told["staff"], told["kind"]) == ("reem", "BookingMade")
