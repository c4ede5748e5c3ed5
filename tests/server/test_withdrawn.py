"""What is taken out of the venue file is not sold any more; what was sold or booked of it goes on as it was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from domain import operation as op
from ledger import read_setup, read_sold
from ledger import tables as t
from ledger.case_carried import read_facts
from server import importing, prices, venue_file
from server import tables as own
from server.database import Database
from server.importing import Saved
from tests.helpers.core import DAY, MORNING, SAMPLE, Core, a_booking
from tests.server.test_booking_changes import change, other
from tests.server.test_booking_moves import move
from tests.server.test_bookings import ADULT, Office, office
from tests.server.test_guests import SARA
from tests.server.test_push import open_cases

__all__ = ["office"]
WATER = 33


def save(core: Core, *without: int) -> Saved:
    """The sample file is imported again, without these products."""
    content = venue_file.read(SAMPLE.read_text(encoding="utf-8"), MORNING)
    content.products = [each for each in content.products if each.number not in without]
    return core.database.transact(
        lambda c: importing.save(c, content, core.secrets, core.clock, core.database.ids)
    )


def numbers(saved: Iterable[read_setup.Product]) -> list[int]:
    return [each.number for each in saved]


def on_sale(core: Core) -> list[int]:
    return numbers(core.database.look(read_setup.products))


def test_it_is_sold_no_more_and_named_again_it_is_back_under_its_number(core: Core) -> None:
    was = core.database.look(lambda c: read_setup.product(c, WATER))
    first = save(core, WATER)
    assert (first.changed, numbers(first.withdrawn), numbers(first.back)) == (1, [WATER], [])
    assert WATER not in on_sale(core)
    assert core.database.look(lambda c: read_setup.product_name(c, WATER)) == was.name
    assert save(core, WATER) == Saved(0), "it is said once"
    again = save(core)
    assert (again.changed, numbers(again.withdrawn), numbers(again.back)) == (1, [], [WATER])
    assert core.database.look(lambda c: read_setup.product(c, WATER)) == was


def test_nobody_keeps_it_and_the_refusal_names_it(office: Office) -> None:
    save(office.core, ADULT, WATER)
    for wanted in ((ADULT, office.core.session, 2), (WATER, 0, 1)):
        reply = office.book(wanted)
        assert (reply.state, reply.code) == ("refused", "product_withdrawn")
    assert dict(reply.facts)["what_en"] == "Water"
    assert office.rows(sa.select(t.reservation)) == []
    save(office.core)
    assert office.book((WATER, 0, 1)).state == "granted"


def test_what_is_kept_is_changed_to_less_or_another_time_but_never_more_and_paid(office: Office) -> None:
    session, later = office.core.session, other(office)
    office.book((ADULT, session, 3), (WATER, 0, 1))
    lines = [(ADULT, session, 3), (WATER, 0, 1)]
    again = {"booking": office.last, "guest": SARA, "lines": lines, "note": "by the gate"}
    save(office.core, ADULT)
    assert office.ask_of("BookingHeld", **again).state == "granted", "its answer was lost: it is made once"
    assert change(office, (ADULT, session, 4)).code == "product_withdrawn"
    assert change(office, (ADULT, session, 3), (ADULT, later, 1)).code == "product_withdrawn"
    assert change(office, (ADULT, later, 3)).state == "granted"
    assert change(office, (ADULT, later, 1), (ADULT, session, 1)).state == "granted"
    assert change(office, (ADULT, session, 3)).code == "product_withdrawn", "less is what it has now"
    extended = office.ask_of("BookingExtended", booking=office.last, seen="")
    assert extended.state == "granted"
    office.pay()
    office.tick()
    assert (office.life, open_cases(office.core)) == ("confirmed", [])


def test_what_is_paid_is_moved_and_goes_back_by_its_policy_and_gets_no_more(office: Office) -> None:
    office.book((ADULT, office.core.session, 2))
    office.pay()
    office.tick()
    paid, sale = office.last, f"{office.last}-s"
    before = office.core.database.look(lambda c: read_sold.sale_held(c, sale))
    save(office.core, ADULT)
    assert office.core.database.look(lambda c: read_sold.sale_held(c, sale)) == before
    assert before is not None and before.charges[0].policy.policy_id == "day"
    assert move(office, other(office)).state == "granted"
    office.core.database.transact(lambda c: c.execute(sa.delete(t.lease)))
    said = {"guest": SARA, "lines": [(ADULT, office.core.session, 1)], "note": "", "adds_to": paid}
    reply = office.ask_of("BookingHeld", booking=office.core.database.ids.new(), **said)
    assert reply.code == "product_withdrawn"
    assert open_cases(office.core) == []


def told(core: Core) -> dict[str, object]:
    wanted = sa.select(t.case_item.c.facts).where(t.case_item.c.kind == "price_otherwise")
    [facts] = core.database.look(lambda c: c.execute(wanted).scalars().all())
    return dict(read_facts(facts))


@pytest.mark.parametrize("is_upgraded", [False, True])
def test_a_till_that_may_not_have_heard_sells_it_on_and_after_three_days_one_case_says_so(
    core: Core, is_upgraded: bool
) -> None:
    pos = core.enrol("POS1")
    pos.say(a_booking(core, booking="before"))
    core.clock.forward(hours=1)
    save(core, ADULT)
    if is_upgraded:
        core.database.transact(lambda c: own.price.drop(c))
        upgraded = Database(core.url, core.clock)
        kept = upgraded.look(lambda c: prices.history(c, [ADULT]))
        upgraded.close()
        assert [each.sold for each in kept[ADULT]] == [True, False]
    core.clock.forward(hours=72)
    late = pos.say(a_booking(core, booking="not heard", tickets=2), a_booking(core, booking="another"))
    assert ({each.answer for each in late.answers}, open_cases(core)) == ({"applied"}, [])
    core.clock.forward(hours=1)
    pos.say(a_booking(core, booking="too late", tickets=2))
    said = told(core)
    assert (said["differs"], said["charged"]) == ("withdrawn", "2 1")
    assert said["till_minor"] == said["listed_minor"] == "23000" and "beside_minor" not in said


def test_another_price_is_told_as_that_while_a_till_may_not_have_heard(core: Core) -> None:
    pos = core.enrol("POS1")
    core.clock.forward(hours=1)
    save(core, ADULT)
    core.clock.forward(hours=1)
    pos.say(a_booking(core, price=100))
    assert told(core)["differs"] == "price"


def test_once_it_is_back_it_is_sold_like_any_other(core: Core) -> None:
    pos = core.enrol("POS1")
    core.clock.forward(hours=1)
    save(core, ADULT)
    core.clock.forward(hours=100)
    save(core)
    core.clock.forward(hours=1)
    assert {each.answer for each in pos.say(a_booking(core)).answers} == {"applied"}


def test_what_was_booked_ahead_of_it_is_paid_whenever_without_a_case(office: Office) -> None:
    day = DAY + timedelta(days=5)
    said = {"guest": SARA, "note": "", "names": [], "lines": [[WATER, 0, 2]], "day": day.isoformat()}
    office.last = office.core.database.ids.new()
    assert office.ask_of("BookingHeld", booking=office.last, **said).state == "granted"
    save(office.core, WATER)
    office.core.clock.forward(hours=80)
    made: op.BookingMade = replace(office.made(), day=day)
    office.say_paid(made)
    assert [kind for kind in open_cases(office.core) if kind.startswith("price")] == []
