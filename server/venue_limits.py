"""What each role may give away, in a venue file: `[limits.ROLE]`, whose keys that are left out keep their defaults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domain.limits import RoleLimit, defaults
from domain.money import Money
from domain.staff import Permission, may
from domain.vat import BASIS
from server.toml_entry import Entry, Lines

UNLIMITED = "unlimited"
_PERCENT = BASIS // 100
_SAID = {
    "refund": (Permission.REFUND_APPROVE, "approves no refunds"),
    "refund_day": (Permission.REFUND_APPROVE, "approves no refunds"),
    "discount_percent": (Permission.DISCOUNT, "gives no discounts"),
    "discount_sale": (Permission.DISCOUNT, "gives no discounts"),
}


def tables_of(raw: Any) -> tuple[list[tuple[str, Any]], list[tuple[str, str]]]:
    """The tables in `limits`, each with its role; and what is wrong with the others, each with its name."""
    if not isinstance(raw, dict):
        return [], [("", "[limits.ROLE] wants a table for each role")]
    roles = sorted(limit.role for limit in defaults("SAR"))
    good = [(name, table) for name, table in raw.items() if name in roles]
    wrong = f"is for no role that gives money away: {', '.join(roles)}"
    return good, [(name, f"[limits.{name}] {wrong}") for name in raw if name not in roles]


def line_of(lines: Lines, role: str, key: str) -> int:
    """Where a key of a role's table stands: under a header of its own, or in `[limits]`, its name before it."""
    if lines.has(table := f"limits.{role}"):
        return lines.of(table, 0, key)
    return lines.of("limits", 0, f"{role}.{key}" if key else role)


def read_limit(entry: Entry, role: str, currency: str) -> RoleLimit:
    """What one role may give away; a key about what it may not give at all, and a limit that never holds, are
    mistakes."""
    usual = next(limit for limit in defaults(currency) if limit.role == role)
    refund = _most(entry, "refund", usual.refund, currency)
    day = _most(entry, "refund_day", usual.refund_day, currency)
    share = entry.whole("discount_percent", 0, 100, usual.discount // _PERCENT) * _PERCENT
    sale = _most(entry, "discount_sale", usual.discount_sale, currency)
    for key, why in _without_right(entry, role):
        entry.wrong(key, f"{key}: the role {role} {why}")
    _check_holds(entry, refund, day)
    return RoleLimit(role, refund, day, share, sale)


def _without_right(entry: Entry, role: str) -> Iterator[tuple[str, str]]:
    for key, (right, why) in _SAID.items():
        if key in entry.raw and not may(role, right):
            yield key, why


def _check_holds(entry: Entry, refund: Money | None, day: Money | None) -> None:
    """What one refund may be is no more than those of a day: nobody would ever come to it."""
    if (
        "refund" not in entry.raw
        or refund is None
        or day is None
        or not entry.is_fine("refund", "refund_day")
    ):
        return
    if refund > day:
        usual = "" if "refund_day" in entry.raw else " (its default)"
        entry.wrong("refund", f"refund = {refund.decimal()} is above refund_day = {day.decimal()}{usual}")


def _most(entry: Entry, key: str, usual: Money | None, currency: str) -> Money | None:
    entry.asked.add(key)
    if key not in entry.raw:
        return usual
    return None if entry.raw[key] == UNLIMITED else entry.money(key, currency)
