"""Memberships of guests: which there are, whether they are valid on a day, and what may be had with one only.

Each is given and ended by an entry about its guest (`domain.guest`), also without a network: two desks that give one
each while they cannot talk both count, and an end names the beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from domain.catalogue import Product
from domain.errors import Code, Refused
from domain.guest import Entry, Said, plain_number
from domain.private import Pairs

MOST_NUMBER = 40
_LAST_YEAR = 2200


class Standing(StrEnum):
    """A membership on a day: `ended` by staff counts before its days do."""

    VALID = "valid"
    NOT_BEGUN = "not_begun"
    OVER = "over"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Membership:
    """Of a plan of the venue, under the `number` on its card; `since` and `until` are its first and last day."""

    membership_id: str
    plan: str
    number: str
    since: date
    until: date
    ended: bool = False

    def on(self, day: date) -> Standing:
        if self.ended:
            return Standing.ENDED
        if day < self.since:
            return Standing.NOT_BEGUN
        return Standing.VALID if day <= self.until else Standing.OVER


@dataclass(frozen=True, slots=True)
class SeenMembership:
    """What a cashier saw at the counter: a card of `plan`; the membership where its number is known there."""

    plan: str
    membership_id: str = ""


def present(entries: Iterable[Entry]) -> tuple[Membership, ...]:
    """What the entries about a guest come to, the one that lasts longest first. An end may come before its beginning;
    what cannot be read is none."""
    found: dict[str, Membership] = {}
    ended: set[str] = set()
    for entry in entries:
        said = dict(entry.said)
        if entry.kind == Said.MEMBERSHIP and (one := _read(said)) is not None:
            found[one.membership_id] = one
        elif entry.kind == Said.MEMBERSHIP_ENDED:
            ended.add(said.get("membership", ""))
    now = (replace(each, ended=each.membership_id in ended) for each in found.values())
    return tuple(sorted(now, key=lambda each: (each.ended, -each.until.toordinal(), each.membership_id)))


def _read(said: dict[str, str]) -> Membership | None:
    try:
        since, until = date.fromisoformat(said["from"]), date.fromisoformat(said["until"])
        return Membership(said["membership"], said["plan"], said["number"], since, until)
    except (KeyError, ValueError):
        return None


def said_of(one: Membership) -> Pairs:
    """What is said of one that is given. Refuses `membership_number` (none, or too long) and `membership_days` (it ends
    before it begins, or in another century)."""
    if not plain_number(one.number) or len(one.number) > MOST_NUMBER:
        raise Refused(Code.MEMBERSHIP_NUMBER, most=MOST_NUMBER)
    if not one.since <= one.until or one.until.year >= _LAST_YEAR:
        raise Refused(Code.MEMBERSHIP_DAYS)
    return (
        ("membership", one.membership_id), ("plan", one.plan), ("number", one.number),
        ("from", one.since.isoformat()), ("until", one.until.isoformat()),
    )  # fmt: skip


def is_numbered(one: Membership, typed: str) -> bool:
    """Whether somebody typed its number."""
    return plain_number(one.number) == plain_number(typed)


def is_lacking(product: Product, day: date, has: Sequence[Membership]) -> bool:
    """Whether a product is for members of a plan of which nothing in `has` is valid on the day."""
    valid = {each.plan for each in has if each.on(day) is Standing.VALID}
    return bool(product.membership) and product.membership not in valid


def needs_yes(product: Product, day: date, has: Sequence[Membership]) -> bool:
    """The one rule for whoever books, changes or asks online: a booking of the product for somebody who `has` these
    waits until a person says yes."""
    return product.approval or is_lacking(product, day, has)
