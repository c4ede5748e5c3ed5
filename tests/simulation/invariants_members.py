"""Memberships: what is for members is let through for somebody who was given one, or by a person, and sold to somebody
whose card was seen.

Who was a member is read from the rows, what was let through from journals; no rule of the program is asked.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator

from domain import operation as op
from tests.simulation import invariants_bookings
from tests.simulation.evidence import Evidence
from tests.simulation.venue import MEMBERS, PLAN


def let_through(it: Evidence) -> Iterator[str]:
    """A booking for members that waits for nobody is for a guest who was given a membership, unless it was approved. Of
    erased guests nothing is known any more."""
    members, gone, goes_on = _given(it)
    guests = {row["booking_id"]: row["guest_id"] for row in it.rows["reservation"]}
    for booking_id, story in invariants_bookings.story_of(it).items():
        approved = False
        for said in story:
            approved |= isinstance(said, op.BookingApproved)
            if not isinstance(said, op.BookingHeld | op.BookingChanged) or said.review or approved:
                continue
            everybody = _same(guests.get(booking_id, ""), goes_on)
            is_for_members = any(line.product == MEMBERS for line in said.booked.lines)
            if is_for_members and not everybody & (members | gone):
                yield f"let through: {booking_id} by {type(said).__name__}, and nobody was a member"


def _given(it: Evidence) -> tuple[set[str], set[str], dict[str, set[str]]]:
    """Who was given a membership, who was erased, and who is one with whom."""
    members, gone = set[str](), set[str]()
    goes_on: dict[str, set[str]] = defaultdict(set)
    for row in it.rows["guest_entry"]:
        said = dict(json.loads(row["said"])) if row["said"] else {}
        if row["kind"] == "membership" and said.get("plan") == PLAN:
            members.add(row["guest_id"])
        elif row["kind"] == "merged" and said:
            goes_on[row["guest_id"]].add(said["into"])
            goes_on[said["into"]].add(row["guest_id"])
        elif row["kind"] == "erased":
            gone.add(row["guest_id"])
    return members, gone, goes_on


def _same(guest_id: str, goes_on: dict[str, set[str]]) -> set[str]:
    found, waiting = set[str](), [guest_id]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += goes_on.get(one, ())
    return found


def seen(it: Evidence) -> Iterator[str]:
    """At a counter it was sold to somebody who showed a card; of what was booked ahead the server decided."""
    for fact in it.of(op.BookingMade):
        made = fact.operation
        assert isinstance(made, op.BookingMade)
        is_for_members = any(line.product == MEMBERS for line in made.lines)
        if is_for_members and not made.held and PLAN not in {each.plan for each in made.seen}:
            yield f"seen: {made.booking_id} at {fact.host} without a card"


CHECKS = (let_through, seen)
