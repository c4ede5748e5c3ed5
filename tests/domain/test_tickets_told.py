"""Which tickets go with what a walk-in was charged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.catalogue import Words
from domain.money import Money
from domain.operation_till import BookedLine, BookingMade, IssuedTicket
from domain.price_told import STALE_MS, Listed
from domain.tickets_told import Astray, WrongTickets, is_so, wrong_tickets

ADULT, FAMILY, DRINK, CLUB = 1, 2, 3, 4
SWIM, SLIDE = 71, 72
NOW = 10 * STALE_MS


def listed(tickets: int, places: int, activity: str = "", since: int = 0) -> Listed:
    return Listed(Money(1000, "SAR"), 1500, since, tickets, places, activity)


CATALOGUE = {
    ADULT: [listed(1, 1, "swim")],
    FAMILY: [listed(1, 4, "swim")],
    DRINK: [listed(0, 0)],
    CLUB: [listed(1, 0)],
}


def sold(*lines: tuple[int, int, int], tickets: list[tuple[int, int, int]]) -> BookingMade:
    """Lines are (product, session, quantity), tickets (product, session, places)."""
    booked = tuple(
        BookedLine(str(n), product, Words("x", "x"), session, quantity, Money(0, "SAR"), Money(0, "SAR"), 0)
        for n, (product, session, quantity) in enumerate(lines)
    )
    issued = tuple(IssuedTicket(str(n), *each, "CODE") for n, each in enumerate(tickets))
    return BookingMade("b", date(2026, 11, 26), booked, issued)


def activity_of(session: int) -> str | None:
    return {SWIM: "swim", SLIDE: "slide"}.get(session)


def found(made: BookingMade, catalogue: dict[int, list[Listed]] = CATALOGUE) -> list[WrongTickets]:
    wrong = wrong_tickets(made, catalogue, activity_of, NOW, NOW)
    if all(len(versions) == 1 for versions in catalogue.values()):
        newest = {product: versions[-1] for product, versions in catalogue.items()}
        known = all(each.product in catalogue for each in (*made.lines, *made.tickets))
        assert is_so(made, newest, activity_of) == (not wrong and known)
    return wrong


@pytest.mark.parametrize(
    "made",
    [
        sold((ADULT, SWIM, 2), (DRINK, 0, 3), tickets=[(ADULT, SWIM, 1)] * 2),
        sold((FAMILY, SWIM, 1), (CLUB, 0, 1), tickets=[(FAMILY, SWIM, 4), (CLUB, 0, 0)]),
        sold((ADULT, SWIM, 1), (ADULT, SWIM, 1), tickets=[(ADULT, SWIM, 1)] * 2),
    ],
)
def test_what_goes_with_its_charges_is_none(made: BookingMade) -> None:
    assert found(made) == []


@pytest.mark.parametrize(
    ("made", "wrong"),
    [
        (sold((DRINK, 0, 1), tickets=[(ADULT, SWIM, 1)] * 3), ((ADULT, 0, 3), Astray.MORE)),
        (sold((DRINK, 0, 1), tickets=[(DRINK, 0, 0)]), ((DRINK, 1, 1), Astray.MORE)),
        (sold((ADULT, SWIM, 2), tickets=[(ADULT, SWIM, 1)]), ((ADULT, 2, 1), Astray.FEWER)),
        (sold((ADULT, 0, 1), tickets=[(ADULT, 0, 1)]), ((ADULT, 1, 1), Astray.SESSION)),
        (sold((ADULT, SLIDE, 1), tickets=[(ADULT, SLIDE, 1)]), ((ADULT, 1, 1), Astray.SESSION)),
        (sold((ADULT, 999, 1), tickets=[(ADULT, 999, 1)]), ((ADULT, 1, 1), Astray.SESSION)),
        (sold((CLUB, 999, 1), tickets=[(CLUB, 999, 0)]), ((CLUB, 1, 1), Astray.SESSION)),
        (sold((CLUB, SWIM, 1), tickets=[(CLUB, SWIM, 0)]), ((CLUB, 1, 1), Astray.SESSION)),
        (sold((FAMILY, SWIM, 1), tickets=[(FAMILY, SWIM, 0)]), ((FAMILY, 1, 1), Astray.PLACES)),
        (sold((ADULT, SWIM, 1), tickets=[(ADULT, SWIM, 4)]), ((ADULT, 1, 1), Astray.PLACES)),
        (sold((9, 0, 1), tickets=[(9, 0, 0)] * 2), ((9, 1, 2), Astray.MORE)),
    ],
)
def test_what_does_not_is_told(made: BookingMade, wrong: tuple[tuple[int, ...], Astray]) -> None:
    [one] = found(made)
    assert ((one.product, one.charged, one.issued), *one.kinds) == wrong


def test_of_a_product_that_was_never_listed_nothing_else_is_known() -> None:
    assert found(sold((9, SWIM, 2), tickets=[(9, SWIM, 7)])) == []


def test_a_ticket_for_another_time_than_was_charged_is_one_too_many_and_one_too_few() -> None:
    wrong = found(sold((ADULT, SWIM, 1), tickets=[(ADULT, SLIDE, 1)]))
    assert {(each.charged, each.issued, *each.kinds) for each in wrong} == {
        (1, 0, Astray.FEWER),
        (0, 1, Astray.MORE, Astray.SESSION),
    }


def test_what_the_product_gave_when_the_till_last_heard_is_right() -> None:
    catalogue = {ADULT: [listed(1, 1, "swim"), listed(1, 2, "slide", NOW - 5)]}
    before = sold((ADULT, SWIM, 1), tickets=[(ADULT, SWIM, 1)])
    after = sold((ADULT, SLIDE, 1), tickets=[(ADULT, SLIDE, 2)])
    assert found(before, catalogue) == found(after, catalogue) == []
    catalogue[ADULT][1] = replace(catalogue[ADULT][1], since=NOW - 2 * STALE_MS)
    assert [each.kinds for each in found(before, catalogue)] == [(Astray.PLACES, Astray.SESSION)]
