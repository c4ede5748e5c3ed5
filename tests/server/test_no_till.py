"""What is said to be sold at a station that is no till is taken, and somebody looks at it."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from ledger import read_setup
from server.setup import SetUp
from tests.helpers.core import Core, a_booking, a_sale, an_admission
from tests.server.test_push import open_cases


def places(core: Core, *places: str) -> None:
    def work(connection: sa.Connection) -> None:
        setup = SetUp(connection, core.clock, core.database.ids)
        setup.record("station", "lk1", replace(read_setup.station(connection, "lk1"), places=places))
        setup.publish()

    core.database.transact(work)


def test_a_gate_that_sells_is_on_the_list_and_one_that_lets_in_is_not(core: Core) -> None:
    pos, gate = core.enrol("POS1"), core.enrol("LK1")
    made = a_booking(core)
    sale = replace(a_sale(core, made, number="LK1-000001"), booking_id=made.booking_id)
    pos.say(a_booking(core, booking="other"))
    gate.say(an_admission("other-t0", admission="a"))
    assert open_cases(core) == []
    assert {each.answer for each in gate.say(made, sale).answers} == {"flagged"}
    assert set(open_cases(core)) == {"no_till"}


def test_one_that_was_a_till_tells_what_it_sold_then(core: Core) -> None:
    gate = core.enrol("LK1")
    places(core, "sell", "checkin")
    sold = gate.sent(a_booking(core))
    places(core, "checkin")
    assert [each.answer for each in gate.push(sold).answers] == ["applied"]
    gate.say(a_booking(core, booking="more"))
    assert open_cases(core) == []


def test_one_that_becomes_a_till_sells(core: Core) -> None:
    gate = core.enrol("LK1")
    gate.say(a_booking(core))
    assert open_cases(core) == ["no_till"]
    places(core, "sell")
    gate.say(a_booking(core, booking="b"))
    assert open_cases(core) == ["no_till"]
