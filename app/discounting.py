"""Whether the discounts of a cart may be given: by who sells, or because a second person said yes."""

from __future__ import annotations

from sqlalchemy import Connection

from domain import discount
from domain.cart import Cart, listed
from domain.catalogue import StaffMember
from domain.errors import Code, Refused
from ledger import read_setup


def check(connection: Connection, cart: Cart, seller: StaffMember, approver_id: str) -> None:
    """Refuses as `discount.check_alone`; where `approver_id` is somebody else as `check_approved`, and `not_allowed`
    for one who works here no more."""
    if not cart.discounts:
        return
    lines, limits = listed(cart), read_setup.limits(connection, cart.currency)
    if approver_id in ("", seller.staff_id):
        discount.check_alone(lines, cart.discounts, seller, limits)
    else:
        approver = read_setup.staff_of(connection, approver_id)
        if approver is None or not approver.active:
            raise Refused(Code.NOT_ALLOWED)
        discount.check_approved(lines, cart.discounts, (seller, approver.member), limits)


def may_allow(connection: Connection, cart: Cart, seller: StaffMember) -> frozenset[str]:
    """Whose yes all discounts of a cart may be given by, as far as is known here."""
    people = (row.member.staff_id for row in read_setup.staff(connection) if row.active)
    return frozenset(
        each for each in people if each != seller.staff_id and _fits(connection, cart, seller, each)
    )


def _fits(connection: Connection, cart: Cart, seller: StaffMember, approver_id: str) -> bool:
    try:
        check(connection, cart, seller, approver_id)
    except Refused:
        return False
    return True
