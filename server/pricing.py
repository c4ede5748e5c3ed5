"""What is wanted of a booking: for whom, and what it comes to by the catalogue of now."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import booking as rules
from domain import cart as carts
from domain.booking import Booked, Place, lines_of, number_of
from domain.cart import Cart
from domain.catalogue import Product, ProductKind, Venue
from domain.errors import Code, Refused
from domain.guest import Guest
from domain.staff import Permission
from ledger import bans, read_guests, read_setup
from ledger import tables as t
from ledger.clock import to_ms
from server.asked import Asked
from server.bans import level
from server.setup import SetUp

Lines = list[tuple[int, int, int]]
NOTHING: Mapping[int, int] = MappingProxyType({})


def asked_lines(asked: Asked) -> Lines:
    """Product, session (0: none) and quantity of each line, as `together`. Refuses `cart_empty`, `record_invalid`."""
    lines = asked.field("lines", list, "booking")
    if not lines:
        raise Refused(Code.CART_EMPTY)
    for line in lines:
        if type(line) is not list or [type(part) for part in line] != [int, int, int]:
            raise Refused(Code.RECORD_INVALID, record="booking")
    return together([(product, session, quantity) for product, session, quantity in lines])


def together(lines: Lines) -> Lines:
    """Of the same twice all in one."""
    found: dict[tuple[int, int], int] = {}
    for product, session, quantity in lines:
        found[product, session] = found.get((product, session), 0) + quantity
    return [(*what, quantity) for what, quantity in found.items()]


def guest_of(connection: Connection, guest_id: str, venue: Venue) -> Guest:
    """Refuses `guest_unknown`, `guest_erased`, and `guest_unverified` where the venue wants it."""
    guest = read_guests.known(connection, guest_id)
    if venue.verified_only and not guest.is_verified:
        raise Refused(Code.GUEST_UNVERIFIED)
    return guest


def is_allowed(connection: Connection, asked: Asked) -> bool:
    """Whether who asks allows it for a guest who is banned. Refuses `not_allowed` where they may not."""
    allowed = asked.has("allowed")
    if allowed:
        read_setup.require(connection, asked.ask.staff_id, Permission.ALLOW_BANNED)
    return allowed


def check_welcome(setup: SetUp, guest: Guest, *, allowed: bool) -> None:
    """Refuses `guest_banned`, unless it is allowed all the same; then gates hear of them, whose other record it may be
    that is banned."""
    if not bans.is_banned(setup.connection, guest):
        return
    if not allowed:
        raise Refused(Code.GUEST_BANNED)
    if level(setup.connection, [guest.guest_id], setup.now_ms):
        setup.touch(t.guest_ban)


def priced(
    connection: Connection, wanted: Lines, venue: Venue, setup: SetUp, had: Mapping[int, int] = NOTHING
) -> Cart:
    """Priced by the catalogue as it is now; of what is not sold any more there is no more than it `had` of the product.
    Refuses `session_over`, `unknown_product`, `product_withdrawn`, `cart_empty`, and as `domain.cart` does."""
    cart = Cart(venue.currency)
    products = _sold(connection, wanted, had)
    for number, session_number, quantity in wanted:
        product = products[number]
        session = read_setup.session(connection, session_number) if session_number else None
        if session is not None and session.ends_at <= setup.now:
            raise Refused(Code.SESSION_OVER)
        if session is not None and not product.places:
            raise Refused(Code.RECORD_INVALID, record="booking")
        cart = carts.add(cart, product, session, line_id=setup.ids.new())
        added = cart.lines[-1]
        cart = carts.set_quantity(cart, added.line_id, added.quantity - 1 + quantity)
    if not cart.lines:
        raise Refused(Code.CART_EMPTY)
    return carts.check_size(cart)


def _sold(connection: Connection, wanted: Lines, had: Mapping[int, int]) -> dict[int, Product]:
    pieces = Counter[int]()
    for number, _, quantity in wanted:
        pieces[number] += quantity
    products = {number: read_setup.product(connection, number) for number in pieces}
    for number, product in products.items():
        carts.check_sold(product, pieces[number], had.get(number, 0))
    return products


def asked_day(asked: Asked) -> date | None:
    """The day that goods alone are wanted for; None where none is said. Refuses `record_invalid`."""
    try:
        return date.fromisoformat(said) if (said := asked.text("day")) else None
    except ValueError:
        raise Refused(Code.RECORD_INVALID, record="booking") from None


def day_of(cart: Cart, wanted: date | None, setup: SetUp) -> date:
    """As `domain.booking.day_of`."""
    days = (line.session.day for line in cart.lines if line.session)
    return rules.day_of(days, wanted, read_setup.day_at(setup.connection, setup.now))


def kept_until(setup: SetUp, booked: Booked, minutes: int, before: int = 0, since: int = 0) -> int:
    """So many minutes from now, or from `since` (ms since 1970), or as long as `before`; never longer than somebody can
    come on it, and that long where there is nothing to pay."""
    last = to_ms(read_setup.ends_at(setup.connection, booked))
    until = max(before, (since or setup.now_ms) + minutes * 60_000)
    return min(until, last) if booked.total else last


def kept_answer(booked: Booked, until: int, *, review: bool) -> dict[str, object]:
    """What who asks to keep it is told: `total` in minor units, `until` in ms since 1970, 0 while it waits for a
    yes."""
    return {"number": booked.number, "until": until, "review": int(review), "total": booked.total.minor}


def to_decide(connection: Connection, guest_id: str, cart: Cart, day: date) -> bool:
    """Whether somebody must say yes to a booking of the cart for the guest on that day, by what memberships they
    have."""
    return bool(rules.to_decide(cart, day, read_guests.memberships(connection, guest_id)))


def booked_of(
    cart: Cart, number: str, setup: SetUp, adds_to: str = "", *, wanted: date | None = None
) -> Booked:
    """What a cart is as a booking, with new ids for charges and tickets; goods alone for the day that is `wanted`, as
    `day_of`."""
    tickets = tuple(
        Place(
            setup.ids.new(),
            line.product.number,
            line.session.number if line.session else 0,
            line.product.places,
        )
        for line in cart.lines
        if line.product.kind is ProductKind.TICKET
        for _ in range(line.quantity)
    )
    return Booked(number, day_of(cart, wanted, setup), lines_of(cart, setup.ids.new), tickets, adds_to)


def free_number(connection: Connection) -> str:
    """One that no booking has."""
    while True:
        number = number_of(secrets.randbits(40))
        known = sa.select(t.reservation.c.booking_id).where(t.reservation.c.number == number)
        if connection.execute(known).first() is None:
            return number
