"""Signing in: PINs, lock-out, a second person, without a network and without a cache."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.shown import Approval
from domain.errors import Code
from domain.staff import Permission
from ledger.clock import HandClock
from tests.helpers.shop import Shop, refused
from tests.services.conftest import Open


def locked(shop: Shop) -> HandClock:
    """Reem's name after five wrong PINs, and the clock."""
    for _ in range(5):
        refused(shop.station.people.sign_in, "reem", "0000")
    clock = shop.station.store.clock
    assert isinstance(clock, HandClock)
    return clock


@pytest.mark.parametrize("hours", [26, 1, -1, -26])
def test_a_clock_that_is_set_neither_shortens_nor_lengthens_the_lock(open_station: Open, hours: int) -> None:
    shop = open_station()
    clock = locked(shop)
    clock.moment += timedelta(hours=hours)
    assert refused(shop.station.people.sign_in, "reem", "2580") is Code.PIN_LOCKED
    clock.forward(minutes=4)
    assert refused(shop.station.people.sign_in, "reem", "2580") is Code.PIN_LOCKED
    clock.forward(minutes=1)
    assert shop.station.people.sign_in("reem", "2580").staff_id == "reem"


def test_after_a_restart_a_name_is_locked_for_five_minutes_at_most(open_station: Open) -> None:
    shop = open_station()
    locked(shop).moment += timedelta(hours=26)
    shop.station.close()
    again = open_station()
    assert refused(again.station.people.sign_in, "reem", "2580") is Code.PIN_LOCKED
    clock = again.station.store.clock
    assert isinstance(clock, HandClock)
    clock.forward(minutes=5)
    assert again.station.people.sign_in("reem", "2580").staff_id == "reem"


def test_a_lock_that_is_over_does_not_come_back_with_a_restart(open_station: Open) -> None:
    shop = open_station()
    locked(shop).forward(minutes=5)
    shop.station.people.look()
    shop.station.close()
    assert open_station().station.people.sign_in("reem", "2580").staff_id == "reem"


def test_a_wrong_pin_counts_down_and_locks_even_over_a_restart(open_station: Open) -> None:
    shop = open_station()
    for left in (4, 3, 2):
        assert wrong(shop).facts["tries"] == left
    shop.station.close()
    shop = open_station()
    assert wrong(shop).facts["tries"] == 1
    assert wrong(shop).code is Code.PIN_LOCKED
    assert refused(shop.station.people.sign_in, "reem", "2580") is Code.PIN_LOCKED
    assert shop.station.people.sign_in("salem", "1470").staff_id == "salem"
    clock = shop.station.store.clock
    assert isinstance(clock, HandClock)
    clock.forward(minutes=6)
    assert shop.station.people.sign_in("reem", "2580").staff_id == "reem"
    assert shop.journalled().count("SignInFailed") == 5


def wrong(shop: Shop):  # type: ignore[no-untyped-def]
    from domain.errors import Refused

    try:
        shop.station.people.sign_in("reem", "0852")
    except Refused as error:
        return error
    raise AssertionError("the wrong PIN was taken")


def test_a_right_pin_forgives_earlier_mistakes(open_station: Open) -> None:
    shop = open_station()
    wrong(shop)
    shop.sign_in("reem")
    assert wrong(shop).facts["tries"] == 4


def test_nobody_signs_in_under_a_name_that_is_not_there(open_station: Open) -> None:
    assert refused(open_station().station.people.sign_in, "nobody", "2580") is Code.PIN_WRONG


def test_approvers_have_the_right_and_are_not_the_asker(shop: Shop) -> None:
    people = shop.station.people
    assert [tile.staff_id for tile in people.approvers("approve_void")] == ["huda", "nadia"]
    approve = people.approve
    assert approve(Approval("huda", "9513", "x"), Permission.APPROVE_VOID, "reem") == "huda"
    assert refused(approve, Approval("huda", "9513"), Permission.APPROVE_VOID, "huda") is Code.APPROVER_SAME
    assert (
        refused(approve, Approval("salem", "1470"), Permission.APPROVE_VOID, "reem")
        is Code.APPROVER_NOT_ALLOWED
    )
    assert refused(approve, Approval("huda", "1111"), Permission.APPROVE_VOID, "reem") is Code.PIN_WRONG


def test_a_new_pin_needs_the_server_and_says_so_beforehand(shop: Shop) -> None:
    change = shop.station.people.change_pin
    assert refused(change, "2580", "1234") is Code.PIN_WEAK
    assert refused(change, "0852", "7194") is Code.PIN_WRONG
    assert refused(change, "2580", "7194") is Code.REQUEST_OFFLINE
    shop.station.people.sign_out()
    assert shop.station.people.sign_in("reem", "2580").staff_id == "reem"


def test_every_sign_in_is_on_the_record(open_station: Open) -> None:
    shop = open_station().sign_in("reem")
    shop.station.people.sign_out()
    assert shop.journalled() == ["SignedIn", "SignedOut"]
    assert refused(shop.station.people.sign_out) is Code.NOT_SIGNED_IN
