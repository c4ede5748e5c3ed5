"""Whether the discounts of a cart may be given: by who sells, or because a second person said yes."""

from __future__ import annotations

from sqlalchemy import Connection

from domain import discount
from domain.cart import Cart, listed
from domain.catalogue import StaffMember
from domain.errors import Code, Refused
from domain.limits import defaults
from ledger import read_setup


def check(connection: Connection, cart: Cart, seller: StaffMember, approver_id: str) -> None:
    """Refuses as `discount.check_alone`, and as `check_approved` where `approver_id` is somebody else."""
    if not cart.discounts:
        return
    lines, limits = listed(cart), defaults(cart.currency)
    if approver_id in ("", seller.staff_id):
        discount.check_alone(lines, cart.discounts, seller, limits)
    else:
        approver = _member(connection, approver_id)
        discount.check_approved(lines, cart.discounts, (seller, approver), limits)


def _member(connection: Connection, staff_id: str) -> StaffMember:
    """Refuses `not_allowed` for somebody who works here no more."""
    found = [row.member for row in read_setup.staff(connection) if row.active]
    for member in found:
        if member.staff_id == staff_id:
            return member
    raise Refused(Code.NOT_ALLOWED)
