"""What a walk-in is said to have cost is held against what the catalogue had while its till may have gone by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from domain import operation as op
from domain.money import Money
from ledger import read_setup
from ledger import tables as t
from ledger.case_carried import read_facts
from ledger.clock import to_ms
from ledger.wire import Sent
from server import prices
from server import tables as own
from server.database import Database
from server.setup import SetUp
from tests.helpers.core import Core, a_booking, a_sale, sar
from tests.server.test_push import open_cases

Lie = Callable[[op.BookingMade], op.BookingMade]
BEFORE, AFTER = 11500, 12900


def told(core: Core, kind: str = "price_otherwise") -> dict[str, Any]:
    """What the one case of a kind says."""
    wanted = sa.select(t.case_item.c.facts).where(t.case_item.c.kind == kind)
    [facts] = core.database.look(lambda c: c.execute(wanted).scalars().all())
    return dict(read_facts(facts))


def sold(core: Core, made: op.BookingMade, kind: str) -> dict[str, Any]:
    """What the case of that kind says once the walk-in, and its sale, were taken."""
    booked, _ = core.enrol("POS1").say(made, replace(a_sale(core, made), booking_id=made.booking_id)).answers
    assert booked.answer == "flagged"
    said = told(core, kind)
    assert (said["staff"], said["station"], said["booking"]) == ("reem", "pos1", "booking")
    assert "POS1-000001" in said["sale_done"]
    return said


def line(made: op.BookingMade, **more: object) -> op.BookingMade:
    return replace(made, lines=(replace(made.lines[0], **more),))  # type: ignore[arg-type] # fields of the line


def tickets(made: op.BookingMade, **more: object) -> op.BookingMade:
    return replace(made, tickets=tuple(replace(each, **more) for each in made.tickets))  # type: ignore[arg-type] # fields


def one_more(made: op.BookingMade) -> op.BookingMade:
    """Another ticket like the first."""
    return replace(made, tickets=(*made.tickets, replace(made.tickets[0], ticket_id="one more")))


def off(made: op.BookingMade, minor: int) -> op.BookingMade:
    """So much went off, and is said."""
    given = op.GivenOff("off", "booking-c", "discount", "amount", 0, sar(minor), "complaint", "")
    return replace(line(made, gross=made.lines[0].gross - sar(minor)), discounts=(given,))


def save(core: Core, price: int, number: int = 1) -> None:
    """The catalogue has a product at this price from now on."""

    def work(connection: sa.Connection) -> None:
        setup = SetUp(connection, core.clock, core.database.ids)
        known = read_setup.product(connection, 1)
        setup.record("product", str(number), replace(known, number=number, price=sar(price)))
        setup.publish()

    core.database.transact(work)


@pytest.mark.parametrize(
    ("lie", "says"),
    [
        (lambda m: line(m, gross=sar(100)), {"differs": "price", "till_minor": "100", "beside_minor": "22900"}),
        (lambda m: line(m, gross=sar(24000)), {"differs": "price", "till_minor": "24000", "beside_minor": "1000"}),
        (lambda m: one_more(line(m, quantity=3)), {"charged": "3 1", "listed_minor": "34500"}),
        (lambda m: line(m, rate=0), {"differs": "vat", "till_rate": "0", "listed_rate": "1500"}),
        (lambda m: line(m, gross=Money(23000, "USD")), {"differs": "price"}),
        (lambda m: tickets(line(m, product=999), product=999),
         {"differs": "unlisted", "charged": "2 999", "listed_minor": "0"}),
        (lambda m: line(off(m, 1000), gross=sar(20000)), {"differs": "price", "till_minor": "21000"}),
    ],
)  # fmt: skip
def test_another_price_than_the_catalogue_ever_had_is_taken_and_one_case_says_so(
    core: Core, lie: Lie, says: dict[str, str]
) -> None:
    said = sold(core, lie(a_booking(core, tickets=2)), "price_otherwise")
    assert says.items() <= said.items()
    assert open_cases(core) == ["price_otherwise"]


def test_what_the_catalogue_has_and_what_went_off_by_a_discount_is_no_case(core: Core) -> None:
    pos = core.enrol("POS1")
    less = off(a_booking(core, tickets=2), 1000)
    assert {each.answer for each in pos.say(less, a_booking(core, booking="b")).answers} == {"applied"}


def test_the_document_of_a_sale_that_comes_later_is_named(core: Core) -> None:
    pos = core.enrol("POS1")
    made = line(a_booking(core), gross=sar(100))
    pos.say(made)
    assert "sale_done" not in told(core)
    pos.say(a_sale(core, made))
    assert "POS1-000001" in told(core)["sale_done"]


@pytest.mark.parametrize("is_upgraded", [False, True])
def test_an_older_price_is_right_as_long_as_its_till_may_go_by_it(core: Core, is_upgraded: bool) -> None:
    pos = core.enrol("POS1")
    core.clock.forward(hours=1)
    save(core, AFTER)
    if is_upgraded:
        core.database.transact(lambda c: own.price.drop(c))
        upgraded = Database(core.url, core.clock)
        kept = upgraded.look(lambda c: prices.history(c, [1, 2]))
        upgraded.close()
        assert [each.price.minor for each in kept[1]] == [BEFORE, AFTER] and len(kept[2]) == 1
    core.clock.forward(hours=72)
    assert (
        pos.say(a_booking(core, booking="at last"), a_booking(core, booking="new", price=AFTER)).state == "ok"
    )
    assert open_cases(core) == []
    core.clock.forward(hours=1)
    pos.say(a_booking(core, booking="too late"))
    assert told(core)["listed_minor"] == str(AFTER)


def test_what_was_sold_long_before_it_came_is_held_against_the_prices_of_then(core: Core) -> None:
    pos = core.enrol("POS1")
    core.clock.forward(hours=1)
    sold, dearer = pos.sent(a_booking(core)), pos.sent(a_booking(core, booking="b", price=AFTER))
    core.clock.forward(hours=200)
    save(core, AFTER)
    core.clock.forward(hours=1)
    assert {each.answer for each in pos.push(sold, dearer).answers} == {"applied"}
    before = pos.sent(a_booking(core, booking="c", price=9900))
    pos.push(before)
    assert told(core)["listed_minor"] == str(AFTER)


def test_a_price_that_is_saved_after_the_sale_came_explains_nothing(core: Core) -> None:
    pos = core.enrol("POS1")
    pos.say(a_booking(core, price=AFTER))
    assert told(core)["listed_minor"] == str(BEFORE)
    core.clock.forward(hours=1)
    save(core, AFTER)
    pos.say(a_booking(core, booking="b", price=AFTER))
    assert open_cases(core) == ["price_otherwise"]


def test_a_clock_that_is_far_off_is_put_right_first(core: Core) -> None:
    """By a clock that is days ahead nothing is too late, and by one that is days behind nothing is early enough."""
    pos = core.enrol("POS1")
    core.clock.forward(hours=1)
    save(core, AFTER)
    core.clock.forward(hours=60)
    ahead = pos.sent(a_booking(core))
    core.clock.forward(hours=30)
    behind = pos.sent(a_booking(core, booking="behind"))
    core.clock.forward(hours=-30)
    pos.push(_by_clock(core, ahead, 50), _by_clock(core, behind, -100))
    assert open_cases(core) == ["clock_far_off"]


def _by_clock(core: Core, sent: Sent, hours: int) -> Sent:
    """As a station sends it whose clock is so far ahead, and which knows."""
    envelope = sent.envelope
    shown = core.clock.now() + timedelta(hours=hours)
    envelope = replace(envelope, device_at=shown, offset_ms=-hours * 3600_000)
    return replace(sent, envelope=envelope, digest=envelope.digest().hex())


def test_while_an_older_copy_may_have_forgotten_a_price_nothing_is_said(core: Core) -> None:
    pos = core.enrol("POS1")
    row = {"station_id": "elsewhere", "at": to_ms(core.clock.now()), "known": 1}
    core.database.transact(lambda c: c.execute(sa.insert(own.restored).values(row)))
    pos.say(a_booking(core, price=AFTER))
    assert open_cases(core) == []
    core.clock.forward(hours=73)
    pos.say(a_booking(core, booking="b", price=AFTER))
    assert open_cases(core) == ["price_otherwise"]


def test_an_ordinary_sale_asks_for_no_price_once_one_was_seen(core: Core) -> None:
    pos = core.enrol("POS1")
    with _asked_for_prices(core) as asked:
        pos.say(a_booking(core))
        assert len(asked) == 1
        pos.say(a_booking(core, booking="b", tickets=3))
        assert len(asked) == 1
    core.clock.forward(hours=73)
    with _asked_for_prices(core) as asked:
        pos.say(a_booking(core, booking="c"), a_booking(core, booking="d"))
        assert len(asked) == 1


@contextmanager
def _asked_for_prices(core: Core) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if own.price.name in statement:
            asked.append(statement)

    sa.event.listen(core.database.engine, "before_cursor_execute", note)
    yield asked
    sa.event.remove(core.database.engine, "before_cursor_execute", note)
