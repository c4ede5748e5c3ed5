"""The tickets of a walk-in are held against what was charged for them."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from domain import operation as op
from server import tables as own
from tests.helpers.core import Core, a_booking
from tests.server.test_prices import Lie, one_more, sold, tickets
from tests.server.test_push import open_cases


def timeless(made: op.BookingMade) -> op.BookingMade:
    return tickets(replace(made, lines=tuple(replace(line, session=0) for line in made.lines)), session=0)


@pytest.mark.parametrize(
    ("lie", "says"),
    [
        (one_more, {"differs": "more_tickets", "charged": "2 1", "issued": "3 1"}),
        (lambda m: replace(m, tickets=m.tickets[:1]), {"differs": "fewer_tickets", "issued": "1 1"}),
        (timeless, {"differs": "other_session", "issued": "2 1"}),
        (lambda m: tickets(m, places=2), {"differs": "other_places"}),
    ],
)  # fmt: skip
def test_tickets_that_were_not_charged_are_taken_and_one_case_says_so(
    core: Core, lie: Lie, says: dict[str, str]
) -> None:
    said = sold(core, lie(a_booking(core, tickets=2)), "tickets_otherwise")
    assert says.items() <= said.items()
    assert open_cases(core) == ["tickets_otherwise"]


def test_a_sale_at_another_price_with_other_tickets_is_both(core: Core) -> None:
    pos = core.enrol("POS1")
    made = a_booking(core, tickets=2, price=100)
    [answer] = pos.say(replace(made, tickets=made.tickets[:1])).answers
    assert len(answer.cases) == 2
    assert open_cases(core) == ["price_otherwise", "tickets_otherwise"]


def test_one_that_is_seen_as_before_is_looked_at_all_the_same(core: Core) -> None:
    """What was looked up for the first sale does not let the second pass."""
    pos = core.enrol("POS1")
    pos.say(a_booking(core))
    assert open_cases(core) == []
    pos.say(timeless(a_booking(core, booking="b")))
    assert open_cases(core) == ["tickets_otherwise"]


def test_after_a_restore_nothing_is_said_of_what_the_server_may_have_forgotten(core: Core) -> None:
    pos = core.enrol("POS1")
    row = {"station_id": "elsewhere", "at": int(core.clock.now().timestamp() * 1000), "known": 1}
    core.database.transact(lambda c: c.execute(sa.insert(own.restored).values(row)))
    pos.say(tickets(a_booking(core), places=2))
    assert open_cases(core) == []
    made = a_booking(core, booking="b", price=1)
    pos.say(one_more(made))
    assert open_cases(core) == ["tickets_otherwise"], "no catalogue gives two for one"
