"""Who may do what: one table of roles and permissions, and the rules of a PIN."""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise

from domain.errors import Code, Refused

MOST_TRIES = 5
LOCKED_MINUTES = 5


class Permission(StrEnum):
    SELL = "sell"
    ADMIT = "admit"
    SHIFT = "shift"
    NO_SALE = "no_sale"
    REPRINT = "reprint"
    APPROVE_VOID = "approve_void"
    REFUND_CARD_TO_CASH = "refund_card_to_cash"
    APPROVE_DROP = "approve_drop"
    APPROVE_CASH_OUT = "approve_cash_out"
    READ_CASH = "read_cash"
    APPROVE_DIFFERENCE = "approve_difference"
    RESOLVE_CARD = "resolve_card"
    RE_ENTRY = "re_entry"
    SET_CAPACITY = "set_capacity"
    SELL_BEYOND_LEASE = "sell_beyond_lease"
    REVOKE_LEASE = "revoke_lease"
    WAIVE_RECOVERY = "waive_recovery"
    SETTLE_CASE = "settle_case"
    REGISTER_GUEST = "register_guest"
    MERGE_GUEST = "merge_guest"
    ERASE_GUEST = "erase_guest"
    RESEND_MESSAGE = "resend_message"


_TILL = frozenset(
    (
        Permission.SELL, Permission.ADMIT, Permission.SHIFT, Permission.NO_SALE, Permission.REPRINT,
        Permission.REGISTER_GUEST,
    )
)  # fmt: skip
ROLES: dict[str, frozenset[Permission]] = {
    "cashier": _TILL | {Permission.RE_ENTRY},
    "gate": frozenset((Permission.ADMIT, Permission.RE_ENTRY)),
    "locker": frozenset((Permission.ADMIT, Permission.RE_ENTRY)),
    "supervisor": frozenset(Permission) - {Permission.ERASE_GUEST},
    "finance_admin": frozenset(Permission) - {Permission.WAIVE_RECOVERY, Permission.ERASE_GUEST},
    "super_admin": frozenset(Permission),
}


def may(role: str, permission: Permission) -> bool:
    return permission in ROLES.get(role, frozenset())


def check_approver(approver_id: str, approver_role: str, asker_id: str, permission: Permission) -> None:
    """A second person with the right: refuses `approver_same` and `approver_not_allowed`."""
    if approver_id == asker_id:
        raise Refused(Code.APPROVER_SAME)
    if not may(approver_role, permission):
        raise Refused(Code.APPROVER_NOT_ALLOWED, permission=permission.value)


def check_pin(pin: str) -> None:
    """Refuses `pin_weak`: not 4 to 8 digits, all the same digit, or a plain run such as 1234."""
    if not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 8):
        raise Refused(Code.PIN_WEAK)
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    if steps in ({0}, {1}, {-1}):
        raise Refused(Code.PIN_WEAK)
