"""Memberships: valid on which days, given and ended by entries in any order, and what waits without one."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.booking import Booked, is_to_decide, lines_of, to_decide
from domain.cart import Cart, add, seen_for, unseen
from domain.errors import Code, Refused
from domain.guest import Entry, Said, index, wanted
from domain.membership import (
    Membership,
    SeenMembership,
    Standing,
    is_lacking,
    is_numbered,
    present,
    said_of,
)
from tests.domain.builders import a_session, a_ticket_product

TODAY, DAY = date(2026, 11, 26), timedelta(days=1)
ONE = Membership("m1", "season", "SP-00123", TODAY, TODAY + 30 * DAY)


def given(one: Membership, at: int = 1) -> Entry:
    return Entry(f"e-{one.membership_id}", Said.MEMBERSHIP, said_of(one), at)


def ended(one: Membership, at: int = 2) -> Entry:
    return Entry(f"x-{one.membership_id}", Said.MEMBERSHIP_ENDED, (("membership", one.membership_id),), at)


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        (TODAY - DAY, Standing.NOT_BEGUN),
        (TODAY, Standing.VALID),
        (TODAY + 30 * DAY, Standing.VALID),
        (TODAY + 31 * DAY, Standing.OVER),
    ],
)
def test_it_is_valid_from_its_first_day_to_its_last(day: date, standing: Standing) -> None:
    assert ONE.on(day) is standing
    assert replace(ONE, ended=True).on(day) is Standing.ENDED


def test_both_of_two_desks_count_and_an_end_is_of_one_in_whatever_order_they_come() -> None:
    other = replace(ONE, membership_id="m2", number="77")
    entries = [given(ONE), given(other), ended(ONE), Entry("e", Said.MEMBERSHIP, (("plan", "x"),), 3)]
    for _ in range(4):
        random.shuffle(entries)
        assert present(entries) == (other, replace(ONE, ended=True))


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"number": " - "}, Code.MEMBERSHIP_NUMBER),
        ({"number": "9" * 41}, Code.MEMBERSHIP_NUMBER),
        ({"until": TODAY - DAY}, Code.MEMBERSHIP_DAYS),
        ({"until": date(2300, 1, 1)}, Code.MEMBERSHIP_DAYS),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, str], code: Code) -> None:
    with pytest.raises(Refused) as told:
        said_of(replace(ONE, **wrong))
    assert told.value.code is code


@pytest.mark.parametrize("typed", ["SP-00123", "sp 00123", "sp00123", "00123", "SP-٠٠١٢٣", "0012"])
def test_its_number_finds_it_however_it_is_typed(typed: str) -> None:
    found = index(said_of(ONE))
    groups = wanted(typed)
    assert groups and all(any(piece in found for piece in sought.pieces) for sought in groups), (
        found,
        groups,
    )
    assert is_numbered(ONE, typed) is (len(typed) > 5)


def test_a_product_for_members_waits_for_a_yes_on_days_without_one() -> None:
    members, anybody = replace(a_ticket_product(number=7), membership="season"), a_ticket_product()
    here = a_session()
    cart = add(add(Cart("SAR"), anybody, here, line_id="a"), members, here, line_id="b")
    valid = replace(ONE, since=here.day, until=here.day)
    for has, waits in (((valid,), []), ((), [7]), ((replace(valid, plan="other"),), [7])):
        assert [line.product.number for line in to_decide(cart, here.day, has)] == waits
    needs_yes = replace(members, approval=True)
    assert is_lacking(needs_yes, here.day, (valid,)) is False
    approved = add(Cart("SAR"), needs_yes, here, line_id="a")
    assert to_decide(approved, here.day, (valid,)), "what needs a yes anyway still does"


def test_a_change_waits_when_its_day_has_no_membership_or_there_is_more() -> None:
    members, here = replace(a_ticket_product(number=7), membership="season"), a_session()
    tomorrow = replace(here, number=here.number + 1, day=here.day + DAY)
    cart = add(Cart("SAR"), members, here, line_id="a")
    before = Booked("GH-2", here.day, lines_of(cart, lambda: "c"), ())
    later = add(Cart("SAR"), members, tomorrow, line_id="a")
    until_here = (replace(ONE, since=here.day, until=here.day),)
    assert not is_to_decide(before, here.day, cart, until_here)
    assert is_to_decide(before, tomorrow.day, later, until_here)
    assert not is_to_decide(before, here.day, cart), "as it was, it was let through"
    assert is_to_decide(before, here.day, add(cart, members, here, line_id="a"))


def test_a_cart_wants_each_card_seen_once_and_not_of_what_was_booked() -> None:
    members, here = replace(a_ticket_product(number=7), membership="season"), a_session()
    cart = add(Cart("SAR"), members, here, line_id="a")
    assert unseen(cart) == ("season",)
    seen = replace(cart, seen=(SeenMembership("season"), SeenMembership("other")))
    assert unseen(seen) == () and seen_for(seen) == (SeenMembership("season"),)
    assert unseen(replace(cart, booking_id="b")) == ()
