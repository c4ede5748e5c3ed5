"""How much a role may give away: money back in one refund and in a day, discounts on a line and a sale.

Limits are data: a venue says its own in its file, and goes by `defaults` for each role of which it says nothing. A
right without a limit's room is no right, and room without the right is none either (`domain.staff`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from domain.errors import Code, Refused
from domain.money import EXPONENTS, Money, half_up
from domain.staff import ROLES
from domain.vat import BASIS


@dataclass(frozen=True, slots=True)
class RoleLimit:
    """`refund` is the most of one refund, `refund_day` of all that a person approves in a day; `discount` the share of
    a line's price in basis points, `discount_sale` the most off one sale. None: as much as there is."""

    role: str
    refund: Money | None
    refund_day: Money | None
    discount: int
    discount_sale: Money | None


# role: one refund, a day's refunds, share of a line, off one sale; amounts in whole units of the venue's currency
_WHOLE: dict[str, tuple[int | None, int | None, int, int | None]] = {
    "cashier": (0, 0, 1000, 100),
    "booking_admin": (500, 2000, 2000, 500),
    "supervisor": (1000, 5000, BASIS, 2000),
    "finance_admin": (None, None, BASIS, None),
    "super_admin": (None, None, BASIS, None),
}


def defaults(currency: str) -> tuple[RoleLimit, ...]:
    """The limits that a venue begins with."""

    def money(whole: int | None) -> Money | None:
        return None if whole is None else Money(whole * 10 ** EXPONENTS[currency], currency)

    return tuple(
        RoleLimit(role, money(one), money(day), share, money(sale))
        for role, (one, day, share, sale) in _WHOLE.items()
    )


def in_force(own: Iterable[RoleLimit], currency: str) -> tuple[RoleLimit, ...]:
    """What a venue said of its roles (`own`), and the defaults of the others. What it said in a currency that is not
    its own any more counts for nothing."""
    said = {limit.role: limit for limit in own if _is_in(limit, currency)}
    return tuple(said.get(usual.role, usual) for usual in defaults(currency))


def _is_in(limit: RoleLimit, currency: str) -> bool:
    amounts = (limit.refund, limit.refund_day, limit.discount_sale)
    return all(amount is None or amount.currency == currency for amount in amounts)


def limit_of(role: str, limits: Iterable[RoleLimit], currency: str) -> RoleLimit:
    """The role's limit; of a role that has none, nothing at all."""
    nothing = Money(0, currency)
    return next(
        (limit for limit in limits if limit.role == role), RoleLimit(role, nothing, nothing, 0, nothing)
    )


def check(limit: RoleLimit) -> None:
    """Refuses `record_invalid` for a role that is none, a share outside 0–100 %, and an amount below zero."""
    amounts = (limit.refund, limit.refund_day, limit.discount_sale)
    below = any(amount is not None and amount.minor < 0 for amount in amounts)
    if limit.role not in ROLES or not 0 <= limit.discount <= BASIS or below:
        raise Refused(Code.RECORD_INVALID)


def check_refund(limit: RoleLimit, amount: Money, today: Money) -> None:
    """Whether one more refund of `amount` fits, `today` being what the person approved since the day began. Refuses
    `refund_over_limit` and `refund_over_day`."""
    if limit.refund is not None and amount > limit.refund:
        raise Refused(Code.REFUND_OVER_LIMIT, limit=limit.refund.decimal())
    if limit.refund_day is not None and today + amount > limit.refund_day:
        raise Refused(Code.REFUND_OVER_DAY, limit=limit.refund_day.decimal())


def check_off_line(limit: RoleLimit, off: Money, price: Money) -> None:
    """Whether `off` may go from a line that cost `price`, all its discounts together; one minor unit more is rounding.
    Refuses `discount_over_share`."""
    most = half_up(price.minor * limit.discount, BASIS)
    if off.minor > most + 1 or (off and not limit.discount):
        raise Refused(Code.DISCOUNT_OVER_SHARE, percent=percent_text(limit.discount))


def check_off_sale(limit: RoleLimit, off: Money) -> None:
    """Whether `off` may go from one sale, all discounts together; refuses `discount_over_sale`."""
    if limit.discount_sale is not None and off > limit.discount_sale:
        raise Refused(Code.DISCOUNT_OVER_SALE, limit=limit.discount_sale.decimal())


def percent_text(share: int) -> str:
    """Basis points as people read them: `10`, `12.5`."""
    return f"{share // 100}.{share % 100:02d}".rstrip("0").rstrip(".")
