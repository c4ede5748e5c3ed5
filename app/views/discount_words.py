"""Discounts in words: what each takes, why it was given, what it took."""

from __future__ import annotations

from typing import assert_never

from app.texts import Texts
from documents.format import percent
from domain.discount import AmountOff, Comp, Discount, NewPrice, Percent, What, Why
from domain.errors import Code, Refused
from domain.money import Money
from domain.staff import Permission

MINUS = "\u2212"
_RIGHTS = (Permission.DISCOUNT.value, Permission.PRICE_OVERRIDE.value)
_LIMITS = (Code.DISCOUNT_OVER_SHARE, Code.DISCOUNT_OVER_SALE)


def needs_second(error: Exception) -> bool:
    """Whether a second person may let a discount through that was refused."""
    if not isinstance(error, Refused):
        return False
    no_right = error.code is Code.NOT_ALLOWED and error.facts.get("permission") in _RIGHTS
    return no_right or error.code in _LIMITS


def why_words(texts: Texts, why: Why) -> str:
    return texts(f"discount.why_{why.value}")


def reason_words(texts: Texts, given: Discount) -> str:
    """The reason, and what somebody wrote about it."""
    return given.note if given.why is Why.OTHER else why_words(texts, given.why)


def what_words(texts: Texts, what: What) -> str:
    """`10%`, `New price 30.00`; an amount says itself what it took."""
    match what:
        case Percent(share):
            return percent(share)
        case AmountOff():
            return ""
        case NewPrice(unit):
            return texts("discount.new_price", amount=unit)
        case Comp():
            return texts("discount.comp")
        case _:
            assert_never(what)


def off_words(texts: Texts, off: Money) -> str:
    """`−23.00`; what a price was raised by with a plus."""
    sign, amount = ("+", -off) if off.minor < 0 else (MINUS, off)
    return texts.code(f"{sign}{texts.money(amount)}")


def given_words(texts: Texts, given: Discount, off: Money) -> str:
    """One line: what went off, how, and why."""
    parts = off_words(texts, off), what_words(texts, given.what), reason_words(texts, given)
    return texts.line(parts)
