"""Discounts, comps and other prices: what they take from which line, before VAT is taken out, and who may give them.

Prices include VAT, and so does what is taken off. What goes off a whole sale is spread over its lines by largest
remainder, so that the lines add up to the total to the minor unit; `domain.vat` then has the reduced lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from domain.catalogue import StaffMember
from domain.errors import Code, Refused
from domain.limits import RoleLimit, check_off_line, check_off_sale, limit_of
from domain.money import LARGEST_MINOR, Money, half_up, spread, total
from domain.operation_till import BookingMade, GivenOff
from domain.staff import Permission, check_approver, may
from domain.vat import BASIS


class Why(StrEnum):
    """Why something costs less; `other` wants words besides."""

    STAFF = "staff"
    PARTNER = "partner"
    GROUP = "group"
    COMPLAINT = "complaint"
    WAIT = "wait"
    DAMAGED = "damaged"
    PRICE_ERROR = "price_error"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Percent:
    """A `share` of the price, 1 to 10,000 basis points."""

    share: int


@dataclass(frozen=True, slots=True)
class AmountOff:
    """So much less; never more than what it is taken from."""

    amount: Money


@dataclass(frozen=True, slots=True)
class NewPrice:
    """Another price a piece, of one line; it may be higher."""

    unit: Money


@dataclass(frozen=True, slots=True)
class Comp:
    """On the house: all that is left of the price."""


What = Percent | AmountOff | NewPrice | Comp
_NAMES = {Percent: "percent", AmountOff: "amount", NewPrice: "price", Comp: "comp"}


@dataclass(frozen=True, slots=True)
class Discount:
    """`line_id` is the line that it is for; empty: the whole sale."""

    discount_id: str
    what: What
    why: Why
    line_id: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a sale at its list price `unit`; `rate` is its VAT in basis points."""

    line_id: str
    unit: Money
    quantity: int
    rate: int

    @property
    def gross(self) -> Money:
        return self.unit * self.quantity


@dataclass(frozen=True, slots=True)
class Off:
    """What one discount took from one line; below zero where a price was raised."""

    discount_id: str
    line_id: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Reduced:
    """The lines as they are paid, (gross, rate) in their order, and each thing that was taken off."""

    lines: tuple[tuple[Money, int], ...]
    offs: tuple[Off, ...]

    def off_line(self, line_id: str) -> Money:
        """All that was taken off a line."""
        return self._sum(off for off in self.offs if off.line_id == line_id)

    @property
    def off(self) -> Money:
        """All that was taken off the sale."""
        return self._sum(self.offs)

    def _sum(self, offs: Iterable[Off]) -> Money:
        return total((off.amount for off in offs), self.lines[0][0].currency)


def apply(lines: Sequence[Line], discounts: Iterable[Discount]) -> Reduced:
    """What is left of each line (one at least): other prices come first, then what is off a line, then what is off the
    sale, each from what the one before left.

    Refuses `reason_needed`, `discount_percent`, `not_money`, `discount_too_large` for more than there is, `price_twice`
    for a second price of a line. Raises KeyError for a line that is not there.
    """
    left = {line.line_id: line.gross for line in lines}
    offs = list[Off]()
    for discount in sorted(discounts, key=_stage):
        _check(discount, left, offs)
        of = [line for line in lines if discount.line_id in ("", line.line_id)]
        for line, amount in zip(of, _taken(discount.what, of, left), strict=True):
            left[line.line_id] -= amount
            offs.append(Off(discount.discount_id, line.line_id, amount))
    return Reduced(
        tuple((left[line.line_id], line.rate) for line in lines), tuple(o for o in offs if o.amount)
    )


def given_off(off_id: str, charge_id: str, discount: Discount, amount: Money) -> GivenOff:
    """What a discount took off a charge, as it is recorded."""
    kind, share = _NAMES[type(discount.what)], 0
    if isinstance(discount.what, Percent):
        share = discount.what.share
    return GivenOff(
        off_id, charge_id, discount.discount_id, kind, share, amount, discount.why.value, discount.note
    )


def _stage(discount: Discount) -> int:
    return 0 if isinstance(discount.what, NewPrice) else 1 if discount.line_id else 2


def _check(discount: Discount, left: Mapping[str, Money], offs: Iterable[Off]) -> None:
    if discount.line_id and discount.line_id not in left:
        raise KeyError(discount.line_id)
    if discount.why is Why.OTHER and not discount.note.strip():
        raise Refused(Code.REASON_NEEDED)
    match discount.what:
        case Percent(share) if not 1 <= share <= BASIS:
            raise Refused(Code.DISCOUNT_PERCENT)
        case AmountOff(amount) if amount.minor <= 0:
            raise Refused(Code.NOT_MONEY, text=amount.decimal())
        case NewPrice(unit) if not 0 <= unit.minor <= LARGEST_MINOR or not discount.line_id:
            raise Refused(Code.NOT_MONEY, text=unit.decimal())
        case NewPrice() if any(off.line_id == discount.line_id for off in offs):
            raise Refused(Code.PRICE_TWICE)


def _taken(what: What, lines: Sequence[Line], left: Mapping[str, Money]) -> list[Money]:
    """What goes off each of `lines`."""
    grosses = [left[line.line_id] for line in lines]
    whole = total(grosses, grosses[0].currency)
    match what:
        case NewPrice(unit):
            return [left[line.line_id] - unit * line.quantity for line in lines]
        case Comp():
            return grosses
        case Percent(share):
            return _spread(Money(half_up(whole.minor * share, BASIS), whole.currency), grosses, whole)
        case AmountOff(amount):
            if amount > whole:
                raise Refused(Code.DISCOUNT_TOO_LARGE, most=whole.decimal())
            return _spread(amount, grosses, whole)
        case _:
            assert_never(what)


def _spread(off: Money, grosses: Sequence[Money], whole: Money) -> list[Money]:
    shares = spread(off.minor, [off.minor * gross.minor for gross in grosses], max(whole.minor, 1))
    return [Money(share, off.currency) for share in shares]


# who may give them -----------------------------------------------------------------------------------------------


def rights(discounts: Iterable[Discount]) -> tuple[Permission, ...]:
    """What somebody must be allowed to give these, limits apart."""
    prices = {isinstance(discount.what, NewPrice) for discount in discounts}
    wanted = {False: Permission.DISCOUNT, True: Permission.PRICE_OVERRIDE}
    return tuple(right for is_price, right in wanted.items() if is_price in prices)


Given = tuple[Money, Money]  # what a line costs by the list, and what is off it


def check_limit(limit: RoleLimit, lines: Iterable[Given], currency: str) -> None:
    """Whether all discounts of a sale together stay within a role's limit, on each line and on the sale; a raised price
    makes no room for them. Refuses as `limits.check_off_line` and `check_off_sale`."""
    nothing = off_sale = Money(0, currency)
    for price, off in lines:
        check_off_line(limit, max(off, nothing), price)
        off_sale += max(off, nothing)
    check_off_sale(limit, off_sale)


def within_limit(limit: RoleLimit, made: BookingMade) -> bool:
    """Whether a role's limit, in the currency of a recorded booking, has room for what that gave away."""
    currency = made.lines[0].gross.currency
    offs = {line.charge_id: Money(0, currency) for line in made.lines}
    for off in made.discounts:
        offs[off.charge_id] += off.amount
    given = ((line.gross + offs[line.charge_id], offs[line.charge_id]) for line in made.lines)
    try:
        check_limit(limit, given, currency)
    except Refused:
        return False
    return True


def check_alone(
    lines: Sequence[Line], discounts: Sequence[Discount], person: StaffMember, limits: Iterable[RoleLimit]
) -> None:
    """Whether `person` may give these by themselves; refuses `not_allowed` and as `check_limit`."""
    for right in rights(discounts):
        if not may(person.role, right):
            raise Refused(Code.NOT_ALLOWED, permission=right.value)
    _check_limit(lines, discounts, person, limits)


def check_approved(
    lines: Sequence[Line],
    discounts: Sequence[Discount],
    people: tuple[StaffMember, StaffMember],
    limits: Iterable[RoleLimit],
) -> None:
    """Whether the second of `people` may let the first give these: another person with all rights and with the one to
    go beyond a limit, whose own limit holds then. Refuses `approver_same`, `approver_not_allowed`, as `check_limit`."""
    asker, approver = people
    for right in (*rights(discounts), Permission.DISCOUNT_OVER_LIMIT):
        check_approver(approver.staff_id, approver.role, asker.staff_id, right)
    _check_limit(lines, discounts, approver, limits)


def _check_limit(
    lines: Sequence[Line], discounts: Iterable[Discount], person: StaffMember, limits: Iterable[RoleLimit]
) -> None:
    reduced, currency = apply(lines, discounts), lines[0].unit.currency
    given = ((line.gross, reduced.off_line(line.line_id)) for line in lines)
    check_limit(limit_of(person.role, limits, currency), given, currency)
