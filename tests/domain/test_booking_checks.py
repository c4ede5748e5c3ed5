"""What is checked of a booking before somebody decides about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.booking_checks import Check, checks
from domain.guest import Guest

TODAY = date(2026, 11, 26)
SARA = Guest("sara", "Sara", phone="+966551234567", verified=frozenset(("+966551234567",)))


def failed(guest: Guest | None, day: date = TODAY, note: str = "", *, kept: bool = True) -> set[Check]:
    return {check for check, well in checks(guest, (day, TODAY), note, kept=kept) if not well}


def test_of_a_plain_booking_all_is_well() -> None:
    assert failed(SARA) == set()
    told = checks(SARA, (TODAY, TODAY), "", kept=True, member=True)
    assert told == tuple((check, True) for check in Check)
    assert dict(checks(SARA, (TODAY, TODAY), "", kept=True, member=False))[Check.MEMBERSHIP] is False
    assert Check.MEMBERSHIP not in dict(checks(SARA, (TODAY, TODAY), "", kept=True))


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (failed(Guest("omar", "Omar")), {Check.CONTACT}),
        (failed(replace(SARA, flags=("vip", "banned"))), {Check.WELCOME}),
        (failed(None), {Check.CONTACT, Check.WELCOME}),
        (failed(SARA, TODAY - timedelta(days=1)), {Check.DAY}),
        (failed(SARA, note="a wheelchair"), {Check.PLAIN}),
        (failed(SARA, note="  "), set()),
        (failed(SARA, kept=False), {Check.PLACES}),
    ],
)
def test_what_a_person_must_look_at_is_named(found: set[Check], wanted: set[Check]) -> None:
    assert found == wanted
