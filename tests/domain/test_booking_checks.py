"""What is checked of a booking before somebody decides about it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.booking_checks import Check, Room, checks
from domain.guest import Guest

SARA = Guest("sara", "Sara", phone="+966551234567", verified=frozenset(("+966551234567",)))
FITS = Room(8, 8, 64, 80)


def failed(
    guest: Guest | None,
    note: str = "",
    *,
    in_time: bool = True,
    room: Room = FITS,
    banned: bool = False,
    member: bool = True,
) -> set[Check]:
    found = checks(guest, note, in_time=in_time, rooms=[FITS, room], banned=banned, member=member)
    return {check for check, well in found if not well}


def test_of_a_plain_booking_all_is_well() -> None:
    assert failed(SARA) == set()
    told = checks(SARA, "", in_time=True, rooms=[FITS], member=True)
    assert told == tuple((check, True) for check in Check)
    assert {Check.MEMBERSHIP, Check.PLACES}.isdisjoint(dict(checks(SARA, "", in_time=True, rooms=[])))


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (failed(Guest("omar", "Omar")), {Check.CONTACT}),
        (failed(replace(SARA, flags=("vip", "banned"))), {Check.WELCOME}),
        (failed(SARA, banned=True), {Check.WELCOME}),
        (failed(None), {Check.CONTACT, Check.WELCOME}),
        (failed(SARA, in_time=False), {Check.DAY}),
        (failed(SARA, note="a wheelchair"), {Check.PLAIN}),
        (failed(SARA, note="  "), set()),
        (failed(SARA, member=False), {Check.MEMBERSHIP}),
        (failed(SARA, room=replace(FITS, kept=7)), {Check.PLACES}),
        (failed(SARA, room=replace(FITS, taken=80)), set()),
        (failed(SARA, room=replace(FITS, taken=81)), {Check.PLACES}),
        (failed(SARA, room=replace(FITS, capacity=0)), {Check.PLACES}),
    ],
)
def test_what_a_person_must_look_at_is_named(found: set[Check], wanted: set[Check]) -> None:
    assert found == wanted
