"""What a till says it was paid for a booking made ahead is always taken, and held against what was kept for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from domain import operation as op
from domain.money import Money
from ledger import tables as t
from ledger.case_carried import read_facts
from server import tables as own
from server.standing import judge
from tests.helpers.core import a_sale, sar
from tests.server.test_booking_changes import change, other
from tests.server.test_booking_moves import move, reissue
from tests.server.test_bookings import ADULT, Office, office
from tests.server.test_guests import SARA
from tests.server.test_push import open_cases
from tests.simulation.bugs import bug, put_in

__all__ = ["office"]
CHILD = 2
Lie = Callable[[Office, op.BookingMade], op.BookingMade]


def cases(office: Office, *but: str) -> dict[str, dict[str, str]]:
    """The open ones by kind, with what they say; but those of some kinds."""
    open_now = sa.select(t.case_item.c.kind, t.case_item.c.facts).where(t.case_item.c.closed_at == 0)
    return {
        str(kind): {name: said for name, said in read_facts(str(facts)) if not name.endswith("_done")}
        for kind, facts in office.rows(open_now)
        if kind not in but
    }


def said(office: Office, made: op.BookingMade, **more: object) -> str:
    """How what a till says of a payment was answered."""
    paid = replace(a_sale(office.core, made), **more)  # type: ignore[arg-type] # fields of the sale
    return office.station.say(made, paid).answers[0].answer


def line(made: op.BookingMade, **more: object) -> op.BookingMade:
    """The first line told otherwise."""
    first, *rest = made.lines
    return replace(made, lines=(replace(first, **more), *rest))  # type: ignore[arg-type] # fields of the line


def more_tickets(made: op.BookingMade, n: int) -> op.BookingMade:
    first = made.tickets[0]
    extra = tuple(replace(first, ticket_id=f"invented-{number}") for number in range(n))
    return replace(made, tickets=(*made.tickets, *extra))


LIES: dict[str, tuple[Lie, dict[str, str]]] = {
    "price": (
        lambda o, made: line(made, gross=sar(100), vat=sar(13)),
        {"differs": "price", "kept_minor": "23000", "paid_minor": "100"},
    ),
    "dearer": (
        lambda o, made: line(made, gross=sar(46000), vat=sar(6000)),
        {"differs": "price", "kept_minor": "23000", "paid_minor": "46000"},
    ),
    "vat": (
        lambda o, made: line(made, vat=sar(0)),
        {"differs": "vat", "kept_vat": "3000", "paid_vat": "0"},
    ),
    "a hidden discount": (
        lambda o, made: replace(
            line(made, gross=sar(11500), vat=sar(0)),
            discounts=(
                op.GivenOff("off", made.lines[0].charge_id, "d", "amount", 0, sar(11500), "complaint", ""),
            ),
        ),
        {"differs": "vat", "kept_vat": "1500", "paid_vat": "0"},
    ),
    "other things": (
        lambda o, made: line(made, product=CHILD, quantity=5),
        {"differs": "things"},
    ),
    "another currency": (
        lambda o, made: line(made, gross=Money(23000, "USD"), vat=Money(3000, "USD")),
        {"differs": "things"},
    ),
    "invented": (
        lambda o, made: line(made, charge_id="invented", gross=sar(100), vat=sar(13)),
        {"differs": "price, things", "kept_minor": "23000", "paid_minor": "100"},
    ),
    "more tickets": (
        lambda o, made: more_tickets(made, 3),
        {"differs": "tickets", "kept_tickets": "2", "paid_tickets": "5", "places": "3"},
    ),
    "fewer tickets": (
        lambda o, made: replace(made, tickets=made.tickets[:1]),
        {"differs": "tickets", "kept_tickets": "2", "paid_tickets": "1"},
    ),
    "another session": (
        lambda o, made: replace(made, tickets=tuple(replace(e, session=other(o)) for e in made.tickets)),
        {"differs": "tickets", "kept_tickets": "2", "paid_tickets": "2", "places": "2"},
    ),
    "more places": (
        lambda o, made: replace(made, tickets=tuple(replace(each, places=9) for each in made.tickets)),
        {"differs": "tickets", "kept_tickets": "2", "paid_tickets": "2", "places": "18"},
    ),
    "another day": (
        lambda o, made: replace(made, day=made.day + timedelta(days=1)),
        {"differs": "day"},
    ),
    "not held": (
        lambda o, made: line(replace(made, held=False), gross=sar(100), vat=sar(13)),
        {"differs": "price", "kept_minor": "23000", "paid_minor": "100"},
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_differs_from_what_was_kept_is_taken_and_one_case_says_how(office: Office, lie: str) -> None:
    office.book()
    tell, facts = LIES[lie]
    made = tell(office, office.made())
    assert said(office, made) == "flagged"
    assert office.rows(sa.select(sa.func.count()).select_from(t.booking)) == [(1,)]
    number = str(office.row()._mapping["number"])
    found = cases(office, "lease_overdrawn", "not_permitted")
    assert found == {"paid_otherwise": {"booking": office.last, "booked_as": number} | facts}
    office.tick()
    assert office.life == "confirmed", "the guest was told"
    assert cases(office, "lease_overdrawn", "not_permitted") == found


def test_less_that_came_in_than_was_charged_is_a_case_until_the_rest_comes(office: Office) -> None:
    office.book()
    made = office.made()
    little = a_sale(office.core, line(made, gross=sar(100)))
    sale, late = (
        replace(little, booking_id=made.booking_id),
        replace(a_sale(office.core, made), sale_id="x"),
    )
    assert [each.answer for each in office.station.say(made, sale).answers] == ["applied", "flagged"]
    assert cases(office)["paid_otherwise"]["short"] == "22900"
    rest = replace(
        late, tenders=(replace(late.tenders[0], payment_id="x", amount=sar(22900), tendered=sar(22900)),)
    )
    rest = replace(
        rest, receipt=replace(rest.receipt, number="N", gross=sar(22900), net=sar(22900)), number="N"
    )
    office.station.say(rest)
    assert open_cases(office.core) == []


def test_what_was_paid_exactly_is_no_case_with_a_discount_or_without(office: Office) -> None:
    office.book((ADULT, office.core.session, 2), (CHILD, office.core.session, 1))
    office.pay()
    office.book((ADULT, office.core.session, 2), (CHILD, office.core.session, 1))
    made = office.made()
    first, second = made.lines
    off = op.GivenOff("off", first.charge_id, "d", "percent", 1000, sar(2300), "complaint", "")
    cheaper = replace(first, gross=sar(20700), vat=sar(2700))
    office.say_paid(replace(made, lines=(cheaper, second), discounts=(off,)), number="POS1-000002", name="2")
    assert open_cases(office.core) == []
    office.tick()
    office.say_paid(made, number="POS1-000003", name="3")  # elsewhere, where nothing was taken off
    assert open_cases(office.core) == ["over_paid"]


def test_what_was_changed_before_or_added_is_one_case_or_none(office: Office) -> None:
    office.book()
    before = office.made()
    change(office, (ADULT, other(office), 5))
    office.say_paid(line(before, gross=sar(100), vat=sar(13)))
    assert cases(office).keys() == {"paid_before", "paid_otherwise"}
    first = office.last
    office.book()
    office.say_paid(office.made(), number="POS1-000002")
    office.tick()
    paid = office.last
    office.last = office.core.database.ids.new()
    assert (
        office.ask_of(
            "BookingHeld",
            booking=office.last,
            guest=SARA,
            lines=[(CHILD, other(office), 1)],
            note="",
            adds_to=paid,
        ).state
        == "granted"
    )
    office.say_paid(office.made(), number="POS1-000003", name="more")
    assert [dict(each)["booking"] for each in cases(office).values()] == [first, first]


def test_a_till_that_calls_invented_things_what_was_before_is_not_believed(office: Office) -> None:
    """That it was paid as before a change was said of anything that is not charged now."""
    office.book()
    change(office, (ADULT, office.core.session, 3))
    said(office, line(office.made(), charge_id="invented"))
    assert cases(office).keys() == {"paid_otherwise"}


# what is not known ---------------------------------------------------------------------------------------------------


def test_a_booking_that_nobody_made_is_a_case_until_it_is_known_or_voided(office: Office) -> None:
    office.book()
    row, made = office.row()._mapping, office.made()
    with office.core.database.engine.begin() as connection:  # as in a copy from before it was made
        connection.execute(sa.delete(t.reservation))
        values = {"station_id": office.station.station.station_id, "name": "POS1", "since": 0}
        connection.execute(sa.insert(own.recovery).values(**values))
    assert said(office, made) == "flagged"
    assert cases(office) == {"paid_unknown": {"booking": office.last, "paid_tickets": "2"}}
    with office.core.database.engine.begin() as connection:
        connection.execute(sa.insert(t.reservation).values(**row))
        judge(connection, [f"booking:{office.last}"], 1)
    assert cases(office) == {}


def test_who_books_anew_what_was_forgotten_is_told_what_differs(office: Office) -> None:
    """The same request under its id, of a till that had no answer: charges and tickets are other ones."""
    office.book()
    made = office.made()
    with office.core.database.engine.begin() as connection:
        connection.execute(sa.delete(t.reservation))
        connection.execute(sa.delete(t.lease))
    said(office, made)
    assert office.book(booking=office.last).state == "granted"
    assert cases(office, "lease_overdrawn")["paid_otherwise"]["differs"] == "things, tickets"


def test_a_booking_that_nobody_made_is_over_once_its_sale_is_voided(office: Office) -> None:
    office.book()
    made = replace(office.made(), booking_id="invented")
    office.last = "invented"
    office.say_paid(made)
    assert cases(office).keys() == {"paid_unknown", "lease_overdrawn"}
    office.void_of(made)
    assert cases(office).keys() == {"lease_overdrawn"}, "what was sold so was sold"


def test_a_void_that_leaves_invented_tickets_good_leaves_the_case_open(office: Office) -> None:
    office.book()
    office.say_paid(more_tickets(office.made(), 2))
    assert "paid_otherwise" in cases(office)
    office.void()  # names the tickets that were kept
    assert "tickets" in cases(office)["paid_otherwise"]["differs"]


# places --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("of", ["a booking", "none"])
def test_what_was_not_kept_draws_on_the_lease_of_its_till(office: Office, of: str) -> None:
    office.book((ADULT, office.core.session, 2))
    made = more_tickets(office.made(), 3)
    if of == "none":
        made = replace(made, booking_id="invented", tickets=made.tickets[2:])
    lease(office, 3)
    free = office.free
    said(office, made)
    assert office.free == free - 2 * (of != "none"), "those that were kept count twice until it is confirmed"
    assert "lease_overdrawn" not in cases(office)
    again = replace(made, booking_id="more", tickets=(replace(made.tickets[-1], ticket_id="more"),))
    said(
        office,
        again,
        sale_id="more",
        number="N",
        receipt=replace(a_sale(office.core, made).receipt, number="N"),
    )
    overdrawn = cases(office)["lease_overdrawn"]
    assert (overdrawn["places"], overdrawn["stations"]) == ("1", office.station.station.station_id)


def lease(office: Office, places: int) -> None:
    values = {
        "lease_id": "mine",
        "session": office.core.session,
        "places": places,
        "incarnation": 1,
        "bucket": "x",
    }
    station = office.station.station.station_id
    with office.core.database.engine.begin() as connection:
        connection.execute(sa.insert(t.lease).values(**values, station_id=station, at=0))


_BELIEVED = bug(
    "what is called kept is believed",
    "Bookings: tickets that were not kept draw on the lease of their till",
    ("server.unkept:note_unkept", "if not (isinstance(said, op.BookingMade) and said.held):", "if True:"),
)


def test_if_it_were_believed_an_oversell_would_be_hidden(office: Office) -> None:
    office.book()
    with put_in(_BELIEVED):
        said(office, more_tickets(office.made(), 3))
    assert cases(office).keys() == {"paid_otherwise"}


def test_the_same_tickets_for_another_session_at_a_second_till_draw_on_its_lease(office: Office) -> None:
    """Of its tickets no row tells: those of the first are there."""
    office.book()
    office.pay()
    made = office.made()
    elsewhere = replace(made, tickets=tuple(replace(each, session=other(office)) for each in made.tickets))
    office.say_paid(elsewhere, number="POS1-000009", name="2")
    drawn = cases(office)["lease_overdrawn"]
    assert (drawn["session"], drawn["places"]) == (str(other(office)), "2")


def test_what_a_person_revokes_is_not_too_much_any_more(office: Office) -> None:
    office.book()
    said(office, more_tickets(office.made(), 1))
    office.tick()
    office.ask_of("TicketRevoked", "huda", booking=office.last, tickets=["invented-0"], reason="not sold")
    assert cases(office).keys() == {"lease_overdrawn"}


def test_moved_and_reissued_tickets_are_no_case(office: Office) -> None:
    office.book()
    before = office.made()
    office.pay()
    office.tick()
    assert move(office, other(office), before.tickets[0].ticket_id).state == "granted"
    assert reissue(office).state == "granted"
    office.say_paid(before, number="POS1-000009", name="2")
    assert cases(office).keys() == {"over_paid"}
