"""Who comes on which ticket of a booking: never asked for, kept beside the booking and forgotten with its guest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from domain.booking import Place
from domain.errors import Code, Refused
from domain.text import tidy

MOST_NAME = 60


def name_of(typed: str) -> str:
    """In one line, in whatever script; empty for nobody. Refuses `ticket_name` for more than 60 letters."""
    name = tidy(typed)
    if len(name) > MOST_NAME:
        raise Refused(Code.TICKET_NAME, most=MOST_NAME)
    return name


def carried(before: Sequence[Place], after: Sequence[Place]) -> dict[str, str]:
    """Of each new ticket the one whose name goes to it: of the same product, first in the same session, in their
    order."""
    there = {place.ticket_id for place in after}
    had = {place.ticket_id for place in before}
    found: dict[str, str] = {}
    for same in (_in_session, _of_product):
        waiting: dict[object, list[str]] = defaultdict(list)
        taken = there | set(found.values())
        for place in before:
            if place.ticket_id not in taken:
                waiting[same(place)].append(place.ticket_id)
        for place in after:
            if place.ticket_id not in had and place.ticket_id not in found and waiting[same(place)]:
                found[place.ticket_id] = waiting[same(place)].pop(0)
    return found


def _in_session(place: Place) -> tuple[int, int]:
    return place.product, place.session


def _of_product(place: Place) -> int:
    return place.product
