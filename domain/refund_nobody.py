"""Why nobody may approve a refund: what keeps those who come closest to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.catalogue import StaffMember
from domain.errors import Code, Refused
from domain.limits import RoleLimit, limit_of
from domain.money import Money
from domain.refund import Wish, check_approval


class Nobody(StrEnum):
    """From far to near: the right, how far beyond the policy, how much, and at last who it was that had to do with it
    already."""

    RIGHT = "right"
    POLICY = "policy"
    VENUE = "venue"
    LIMIT = "limit"
    DAY = "day"
    SELLER = "seller"
    ASKER = "asker"
    TAKER = "taker"


_BY_CODE = {
    Code.APPROVER_NOT_ALLOWED: Nobody.RIGHT,
    Code.REFUND_OVER_POLICY: Nobody.POLICY,
    Code.REFUND_FOR_VENUE: Nobody.VENUE,
    Code.REFUND_OVER_LIMIT: Nobody.LIMIT,
    Code.REFUND_OVER_DAY: Nobody.DAY,
}
_NEARNESS = tuple(Nobody)


@dataclass(frozen=True, slots=True)
class Kept:
    """`who` they are whom that keeps from it."""

    why: Nobody
    who: tuple[StaffMember, ...] = ()


def why_nobody(
    wish: Wish, people: Iterable[StaffMember], limits: Sequence[RoleLimit], today: Mapping[str, Money]
) -> Kept:
    """Of people none of whom may approve it; `today` is what each has approved since the day began."""
    found = {person: _why(wish, person, limits, today) for person in people}
    nearest = max(found.values(), key=_NEARNESS.index, default=Nobody.RIGHT)
    return Kept(nearest, tuple(person for person, why in found.items() if why is nearest))


def _why(wish: Wish, person: StaffMember, limits: Sequence[RoleLimit], today: Mapping[str, Money]) -> Nobody:
    """What keeps that person, whatever they had to do with it; else that."""
    anybodys = replace(wish, requester_id="", seller_id="", taker_id="")
    limit = limit_of(person.role, limits, wish.amount.currency)
    try:
        check_approval(anybodys, person, limit, today.get(person.staff_id, wish.amount.zero))
    except Refused as refused:
        return _BY_CODE[refused.code]
    if person.staff_id == wish.taker_id:
        return Nobody.TAKER
    return Nobody.ASKER if person.staff_id == wish.requester_id else Nobody.SELLER
