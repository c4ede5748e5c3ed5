"""The Sell page: what can be sold now, the cart's places, parked carts."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy import Connection

from app import discounting
from app.approving import Approver
from app.goods import check_goods
from app.places import Places
from app.product_tiles import chosen_of, goes_with, gone_of, tile_of
from app.session import Session as SignedIn
from app.session_tiles import SessionTiles
from app.shown import Approval, ParkedCart, ProductTile, SellPage
from app.store import Store
from domain import cart as carts
from domain import codec, lease
from domain import membership as members
from domain.cart import Cart
from domain.catalogue import Product, Session, Words
from domain.discount import Discount
from domain.errors import Code, Refused
from domain.guest import plain_number
from domain.membership import SeenMembership, Standing
from domain.staff import Permission
from domain.text import reason_of, tidy
from ledger import journal, read_guests, read_setup
from ledger.clock import from_ms, to_ms


class Selling:
    """`tiles` tell which sessions there are, and what is left of each."""

    def __init__(
        self, store: Store, session: SignedIn, places: Places, approver: Approver, tiles: SessionTiles
    ) -> None:
        self._store = store
        self._session = session
        self._places = places
        self._approver = approver
        self._tiles = tiles

    def page(self, session: int, category: str) -> SellPage:
        """The page with `session` chosen (0 = the running or next one) and, of `category` (`favourites` for the first
        page), the tiles of what goes with it."""
        now = self._store.now()
        with self._store.read() as connection:
            venue = read_setup.venue(connection)
            today = read_setup.day_at(connection, now)
            sessions = self._tiles.of_day(connection, today)
            products, withdrawn = read_setup.sold_and_withdrawn(connection)
            plans = tuple(read_setup.plans(connection).values())
            activities = tuple(read_setup.activities(connection))
            gone = gone_of(connection, today, products)
        chosen = chosen_of(sessions, products, session)
        shift_open = self._session.open_shift() is not None
        tiles = tuple(
            tile_of(product, sessions, chosen, gone)
            for product in products
            if _in(product, category) and goes_with(product, sessions, chosen)
        )
        categories = ("favourites", *dict.fromkeys(product.category for product in products))
        turns = (moment for each in sessions for moment in (each.starts_at, each.ends_at) if moment > now)
        turns_in = min((moment - now for moment in turns), default=None)
        return SellPage(
            today, sessions, chosen, categories, tiles, venue.currency, shift_open, turns_in, plans,
            frozenset(each.number for each in withdrawn), activities,
        )  # fmt: skip

    # the cart --------------------------------------------------------------------------------------------------------

    def empty(self) -> Cart:
        """A new cart; what the one before it held is free for others."""
        self._places.show(None)
        with self._store.read() as connection:
            return Cart(read_setup.venue(connection).currency)

    def add(self, cart: Cart, product_number: int, session: int) -> Cart:
        """One more of a product; `reserve` then takes its places. Refuses `capacity_full` when all are sold,
        `goods_full` of what there is so many a day, `session_over`, `session_needed` also where the session is of
        another activity, `unknown_product`, `product_withdrawn`, `disk_nearly_full`."""
        self._session.require(Permission.SELL)
        self._store.check_room()
        with self._store.read() as connection:
            product = read_setup.product(connection, product_number)
            carts.check_sold(product, 1)
            chosen = self._open_session(connection, session) if product.places else None
            new = carts.add(cart, product, chosen, line_id=self._store.ids.new())
            if chosen is not None:
                carts.check_places(new, chosen, read_setup.places_sold(connection, [session])[session])
            check_goods(connection, new, self._store.now(), [product.number])
        return carts.asked_anew(cart, new)

    def set_quantity(self, cart: Cart, line_id: str, quantity: int) -> Cart:
        """Refuses `quantity_range` and, when it grows, `capacity_full`, `goods_full`, `product_withdrawn`, and
        `session_needed` for what is of another activity by now: what the cart has already is sold all the same."""
        new = carts.asked_anew(cart, carts.set_quantity(cart, line_id, quantity))
        line = next((line for line in new.lines if line.line_id == line_id), None)
        if line is None or new.items <= cart.items:
            return new
        with self._store.read() as connection:
            product = read_setup.product(connection, line.product.number)
            carts.check_sold(product, 1)
            check_goods(connection, new, self._store.now(), [product.number])
            if line.session is not None:
                number = line.session.number
                current = self._open_session(connection, number)
                carts.check_session(product, current)
                carts.check_places(new, current, read_setup.places_sold(connection, [number])[number])
        return new

    def reserve(self, cart: Cart) -> Cart:
        """Returns the cart when its places are held here; waits for the server only where a lease is too small, and
        three seconds at most. Refuses `capacity_full`, `places_held`, `places_late`, `places_offline` and
        `session_over`."""
        return self._places.reserve(cart)

    def trim(self, cart: Cart) -> Cart:
        """The cart without what it has no place for."""
        return self._places.trim(cart)

    def allow(self, cart: Cart, approval: Approval) -> Cart:
        """A supervisor lets the cart be sold beyond what this station holds: so many places of each session, also those
        that an earlier yes was for. Refuses as an approval does, and `reason_needed`."""
        member = self._session.require(Permission.SELL)
        reason_of(approval.reason)
        subject = ",".join(f"session:{number}={places}" for number, places in lease.wanted_by(cart).items())
        given = self._approver.override(approval, Permission.SELL_BEYOND_LEASE, member.staff_id, subject)
        return self._places.allow(cart, given.override_id)

    def discount(self, cart: Cart, given: Discount, approval: Approval | None = None) -> Cart:
        """The cart with what is `given` under a new id. A second person's yes, where `approval` is theirs, is to all
        discounts that the cart has then; without one all must be what whoever sells may give.

        Refuses as `carts.discounted` does; `not_allowed`, `discount_over_share` and `discount_over_sale` for more than
        whoever sells may give alone; and as an approval does, with the limits of who approves.
        """
        member = self._session.require(Permission.SELL)
        given = replace(given, discount_id=self._store.ids.new(), note=tidy(given.note))
        new = carts.discounted(cart, given)
        approver_id = approval.staff_id if approval else ""
        with self._store.read() as connection:
            discounting.check(connection, new, member, approver_id)
        if approval is not None:
            over = Permission.DISCOUNT_OVER_LIMIT
            self._approver.approve(approval, over, member.staff_id, given.discount_id)
        return replace(new, discount_by=approver_id)

    def may_allow(self, cart: Cart) -> frozenset[str]:
        """Whose yes, besides that of whoever sells, is enough for all discounts that a cart has."""
        member = self._session.require(Permission.SELL)
        with self._store.read() as connection:
            return discounting.may_allow(connection, cart, member)

    def see(self, cart: Cart, plan: str, number: str) -> Cart:
        """The cart of somebody who showed a membership of a plan, under the number on its card. One that is known here
        is named by its id; of one that is not, nothing but that it was seen is kept. Refuses `membership_number`, and
        `membership_not_valid` (with whose it is) for one that is known and not valid on the day."""
        self._session.require(Permission.SELL)
        if not plain_number(number):
            raise Refused(Code.MEMBERSHIP_NUMBER, most=members.MOST_NUMBER)
        with self._store.read() as connection:
            today = read_setup.day_at(connection, self._store.now())
            known = read_guests.by_membership(connection, plan, number)
        days = {
            line.session.day if line.session else today
            for line in cart.lines
            if line.product.membership == plan
        }
        good = [one for _, one in known if all(one.on(day) is Standing.VALID for day in days)]
        if known and not good:
            raise Refused(Code.MEMBERSHIP_NOT_VALID, name=known[0][0].name)
        seen = SeenMembership(plan, good[0].membership_id if good else "")
        return replace(cart, seen=(*(each for each in cart.seen if each.plan != plan), seen))

    def undiscount(self, cart: Cart, discount_id: str) -> Cart:
        """The cart without that discount."""
        return carts.undiscounted(cart, discount_id)

    def _open_session(self, connection: Connection, number: int) -> Session:
        found = read_setup.session(connection, number)
        if found is None:
            raise Refused(Code.SESSION_NEEDED)
        if found.ends_at <= self._store.now():
            raise Refused(Code.SESSION_OVER)
        return found

    def search(self, text: str, session: int = 0) -> tuple[ProductTile, ...]:
        """Products whose name in either language has `text` in it, at most eight, with `session` chosen (0 = the
        running or next one). What is of another activity is for the session of its own that has room then, or the
        next."""
        wanted = _folded(text)
        if not wanted:
            return ()
        with self._store.read() as connection:
            today = read_setup.day_at(connection, self._store.now())
            sessions = self._tiles.of_day(connection, today)
            products = read_setup.products(connection)
            found = [each for each in products if _is_called(each, wanted)][:8]
            gone = gone_of(connection, today, found)
        chosen = chosen_of(sessions, products, session)
        return tuple(tile_of(each, sessions, chosen, gone) for each in found)

    # parked carts ----------------------------------------------------------------------------------------------------

    def park(self, cart: Cart) -> None:
        """Puts the cart aside, durably; refuses `cart_empty`."""
        if not cart.lines:
            raise Refused(Code.CART_EMPTY)
        first = cart.lines[0]
        values = {"parked_id": self._store.ids.new(), "at": to_ms(self._store.clock.now())}
        label = codec.dumps(first.product.name)
        with self._store.local("parked") as connection:
            connection.execute(
                sa.insert(journal.parked).values(**values, label=label, cart=codec.dumps(cart))
            )

    def parked(self) -> tuple[ParkedCart, ...]:
        """Carts put aside, newest first."""
        with self._store.read_journal() as connection:
            rows = connection.execute(sa.select(journal.parked).order_by(journal.parked.c.at.desc())).all()
        return tuple(_parked(row) for row in rows)

    def resume(self, parked_id: str) -> Cart:
        """Takes a parked cart back; refuses `cart_empty` when somebody already did."""
        mine = journal.parked.c.parked_id == parked_id
        with self._store.local("parked") as connection:
            row = connection.execute(sa.select(journal.parked).where(mine)).first()
            if row is None:
                raise Refused(Code.CART_EMPTY)
            cart = codec.loads(Cart, row.cart)
            self._places.show(cart)  # or its places would be nobody's for a moment
            connection.execute(sa.delete(journal.parked).where(mine))
        return cart


def _parked(row: sa.Row[tuple[object, ...]]) -> ParkedCart:
    m = row._mapping
    cart = codec.loads(Cart, m["cart"])
    label = codec.loads(Words, m["label"])
    return ParkedCart(m["parked_id"], label, from_ms(m["at"]), cart, carts.totals(cart).gross)


def _in(product: Product, category: str) -> bool:
    return product.favourite if category in ("", "favourites") else product.category == category


_FOLD = str.maketrans("أإآىة", "ااايه", "ًٌٍَُِّْـ")


def _folded(text: str) -> str:
    """Latin in lower case, Arabic without marks and with its letter variants joined."""
    return text.strip().casefold().translate(_FOLD)


def _is_called(product: Product, wanted: str) -> bool:
    return any(wanted in _folded(name) for name in (product.name.en, product.name.ar))
