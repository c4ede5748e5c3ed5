"""What a change of a booking comes to: what must be decided anew, which line a ticket was charged with, what moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from domain.booking import (
    Booked,
    Life,
    Place,
    charged_with,
    is_to_decide,
    mark_of,
    moved,
    room_wanted,
    when_over,
)
from domain.cart import Cart, CartLine
from domain.catalogue import Product, ProductKind, Session, Words
from domain.money import Money
from domain.operation_till import BookedLine

DAY, NEXT = date(2026, 11, 26), date(2026, 11, 27)
NAME = Words("x", "س")


def sar(minor: int) -> Money:
    return Money(minor, "SAR")


def line(product: int, session: int, quantity: int) -> BookedLine:
    charge = f"c{product}-{session}"
    return BookedLine(charge, product, NAME, session, quantity, sar(100 * quantity), sar(0), 1500)


def booked(*lines: BookedLine) -> Booked:
    tickets = tuple(
        Place(f"t{each.product}-{each.session}-{n}", each.product, each.session, 1)
        for each in lines
        for n in range(each.quantity)
    )
    return Booked("GH-1", DAY, lines, tickets)


def cart(*wanted: tuple[int, int, int], approval: bool = True) -> Cart:
    lines = tuple(
        CartLine(f"l{n}", _product(number, approval=approval), _session(session), quantity, sar(100))
        for n, (number, session, quantity) in enumerate(wanted)
    )
    return Cart("SAR", lines)


def _product(number: int, *, approval: bool) -> Product:
    return Product(number, ProductKind.TICKET, NAME, sar(100), 1500, "", "", 1, "pool", approval=approval)


def _session(number: int) -> Session | None:
    at = datetime(2026, 11, 26, 10, tzinfo=UTC)
    return Session(number, "pool", at, at.replace(hour=12), 300, DAY) if number else None


def test_another_session_needs_room_for_what_is_booked_of_its_own_activity() -> None:
    park, later, surf = _session(7), _session(8), _session(9)
    assert park is not None and later is not None and surf is not None
    made = booked(line(34, 7, 8), line(35, 8, 2), line(36, 9, 1))
    assert room_wanted(made, [park, later, replace(surf, activity_id="surf")]) == {"pool": 8, "surf": 1}


@pytest.mark.parametrize(
    ("wanted", "day", "anew"),
    [
        ([(34, 7, 1)], DAY, False),
        ([(34, 7, 2)], DAY, True),
        ([(34, 8, 1)], DAY, True),
        ([(34, 7, 1)], NEXT, True),
        ([(35, 7, 1)], DAY, True),
    ],
)
def test_only_what_came_in_is_decided_about(
    wanted: list[tuple[int, int, int]], day: date, *, anew: bool
) -> None:
    before = booked(line(34, 7, 1))
    assert is_to_decide(before, day, cart(*wanted)) is anew
    assert not is_to_decide(before, day, cart(*wanted, approval=False))


def test_a_ticket_is_of_the_line_it_was_charged_with_wherever_it_is_now() -> None:
    before = booked(line(1, 7, 2), line(2, 7, 1), line(1, 8, 1))
    other = Place("new", 1, 9, 1)
    now = moved(before, {"t1-7-1": other}, {7: NEXT, 8: NEXT, 9: DAY}.__getitem__)
    assert (now.lines, now.day, now.tickets[1]) == (before.lines, DAY, other)
    assert {key: each.charge_id for key, each in charged_with(now).items()} == {
        "t1-7-0": "c1-7", "new": "c1-7", "t2-7-0": "c2-7", "t1-8-0": "c1-8"
    }  # fmt: skip
    assert moved(before, {}, {7: NEXT, 8: NEXT}.__getitem__).day == NEXT


def test_another_state_has_another_mark() -> None:
    assert mark_of("a") != mark_of("b") and mark_of("a") == mark_of("a")
    assert replace(booked(line(1, 7, 1)), day=NEXT).places() == {7: 1}


@pytest.mark.parametrize(
    ("came", "good", "life"),
    [(0, 2, Life.NO_SHOW), (1, 2, Life.COMPLETED), (1, 0, Life.COMPLETED), (0, 0, Life.COMPLETED)],
)
def test_who_has_a_good_ticket_and_stays_away_is_a_no_show(came: int, good: int, life: Life) -> None:
    assert when_over(came, good) is life
