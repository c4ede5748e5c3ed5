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
    READ_CONTACT = "read_contact"
    BOOK = "book"
    APPROVE_BOOKING = "approve_booking"
    ALLOW_BANNED = "allow_banned"
    REFUND_REQUEST = "refund_request"
    REFUND_APPROVE = "refund_approve"
    REFUND_OVER_POLICY = "refund_over_policy"
    REFUND_OWN_SALE = "refund_own_sale"
    DISCOUNT = "discount"
    DISCOUNT_OVER_LIMIT = "discount_over_limit"
    PRICE_OVERRIDE = "price_override"
    TENDER_CORRECT = "tender_correct"


_TILL = frozenset((
    Permission.SELL, Permission.ADMIT, Permission.SHIFT, Permission.NO_SALE, Permission.REPRINT,
    Permission.REGISTER_GUEST, Permission.BOOK,
))  # fmt: skip
_GATE = frozenset((Permission.ADMIT, Permission.RE_ENTRY))
_OFFICE = _GATE | {
    Permission.REPRINT, Permission.REFUND_REQUEST, Permission.REGISTER_GUEST, Permission.MERGE_GUEST,
    Permission.RESEND_MESSAGE, Permission.READ_CONTACT, Permission.BOOK,
}  # fmt: skip
_EVERY = frozenset(Permission) - {Permission.REFUND_OWN_SALE}  # nobody gives back what they sold themselves
_ALL = _EVERY - {Permission.ERASE_GUEST}
ROLES: dict[str, frozenset[Permission]] = {
    "cashier": _TILL | {Permission.RE_ENTRY, Permission.REFUND_REQUEST, Permission.DISCOUNT},
    "gate": _GATE,
    "locker": _GATE,
    "equipment": frozenset(),  # these two have no page of their own yet
    "kitchen": frozenset(),
    "support_admin": _OFFICE,
    "booking_admin": _OFFICE
    | {
        Permission.APPROVE_BOOKING,
        Permission.ALLOW_BANNED,
        Permission.REFUND_APPROVE,
        Permission.DISCOUNT,
        Permission.SET_CAPACITY,
        Permission.SETTLE_CASE,
    },
    "supervisor": _ALL,
    "finance_admin": _ALL - {Permission.WAIVE_RECOVERY},
    "super_admin": _EVERY,
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
