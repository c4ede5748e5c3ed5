"""What is checked of a booking before somebody decides about it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.booking_checks import Check, checks
from domain.guest import Guest

SARA = Guest("sara", "Sara", phone="+966551234567", verified=frozenset(("+966551234567",)))


def failed(guest: Guest | None, note: str = "", *, in_time: bool = True, kept: bool = True) -> set[Check]:
    return {check for check, well in checks(guest, note, in_time=in_time, kept=kept) if not well}


def test_of_a_plain_booking_all_is_well() -> None:
    assert failed(SARA) == set()
    told = checks(SARA, "", in_time=True, kept=True, member=True)
    assert told == tuple((check, True) for check in Check)
    assert dict(checks(SARA, "", in_time=True, kept=True, member=False))[Check.MEMBERSHIP] is False
    assert Check.MEMBERSHIP not in dict(checks(SARA, "", in_time=True, kept=True))


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (failed(Guest("omar", "Omar")), {Check.CONTACT}),
        (failed(replace(SARA, flags=("vip", "banned"))), {Check.WELCOME}),
        (failed(None), {Check.CONTACT, Check.WELCOME}),
        (failed(SARA, in_time=False), {Check.DAY}),
        (failed(SARA, note="a wheelchair"), {Check.PLAIN}),
        (failed(SARA, note="  "), set()),
        (failed(SARA, kept=False), {Check.PLACES}),
    ],
)
def test_what_a_person_must_look_at_is_named(found: set[Check], wanted: set[Check]) -> None:
    assert found == wanted
