"""The places of sessions that this station may sell: from its leases at once, else asked for in the background.

A cart's places are taken when its line enters it, so that paying never waits. What a cart holds is counted from the
carts themselves (the one on the screen, parked ones, half-paid sales): a cart that goes leaves nothing behind.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from time import monotonic

import sqlalchemy as sa
from sqlalchemy import Connection

from app.open_sales import OpenSale
from app.store import Store
from domain import codec, lease
from domain.cart import Cart, CartLine, check_places, set_quantity
from domain.errors import Code, Refused
from ledger import journal, lease_book, read_setup

PATIENCE_SECONDS = 3.0
_TRIES = 8


class Places:
    """`online` tells whether the server answers; `ask` wakes whoever asks it (app.leases)."""

    def __init__(self, store: Store, online: Callable[[], bool]) -> None:
        self._store = store
        self._online = online
        self._changed = threading.Condition()
        self._shown: Cart | None = None
        self._good: Cart | None = None
        self._wanted: Cart | None = None
        self._refused: dict[int, Refused] = {}
        self._back = False
        self.ask: Callable[[], None] = lambda: None
        self.elapsed: Callable[[], float] = monotonic

    # what there is -----------------------------------------------------------------------------------------------

    def balances(self, journalled: Connection, sessions: Iterable[int]) -> dict[int, int]:
        """What this station may still sell of each session, carts not counted."""
        identity = self._store.identity
        return lease_book.balances(journalled, identity.incarnation if identity else 0, sessions)

    def in_carts(self, journalled: Connection, *, but: str = "", shown: bool = True) -> Counter[int]:
        """Places by session in parked carts, in half-paid sales (except `but`) and in the cart on the screen."""
        held: Counter[int] = Counter()
        for text in journalled.execute(_PARKED).scalars():
            held.update(lease.wanted_by(codec.loads(Cart, text)))
        for sale_id, text in journalled.execute(_OPEN_SALES):
            if sale_id != but:
                held.update(lease.wanted_by(codec.loads(OpenSale, text).cart))
        if shown and self._shown is not None:
            held.update(lease.wanted_by(self._shown))
        return held

    def missing(self, journalled: Connection, cart: Cart, *, but: str = "") -> dict[int, int]:
        """How many places of each session `cart` needs beyond what this station holds and what a supervisor allowed;
        empty when it may be sold as it is."""
        allowed = dict(cart.allowed)
        wanted = {
            number: places
            for number, places in lease.wanted_by(cart).items()
            if places > allowed.get(number, 0)
        }
        if not wanted:
            return {}
        have, others = self.balances(journalled, wanted), self.in_carts(journalled, but=but, shown=False)
        short = {
            number: min(others[number] + places - have[number], places - allowed.get(number, 0))
            for number, places in wanted.items()
        }
        return {number: places for number, places in short.items() if places > 0}

    # the cart ------------------------------------------------------------------------------------------------------

    def show(self, cart: Cart | None) -> None:
        """This cart is on the screen now; its places are held until another takes its place."""
        gone = self._shown is not None and cart is None
        self._shown = cart
        if gone:
            self.ask()  # or what it held would wait for the next look

    def reserve(self, cart: Cart) -> Cart:
        """Returns when the places of `cart` are held here: at once from a lease, else when the server gave them. A
        supervisor's yes that it needs no more goes.

        Refuses `capacity_full`, `places_held` (at other counters), `session_over`, `places_offline` when the
        server is away, `places_late` when its answer takes too long. Never waits longer than three seconds.
        """
        self.show(cart)
        until = self.elapsed() + PATIENCE_SECONDS
        tries, short = _TRIES, self._missing_now(cart)
        while short and tries:
            self._refuse_sold_out(cart, short)
            tries = tries - 1 if self._online() and self._asked(cart, until) else 0
            short = self._missing_now(cart)
        if short:
            raise self.lacking(sum(short.values()))
        return self._held(cart)

    def _held(self, cart: Cart) -> Cart:
        bare = replace(cart, override_id="", allowed=())
        self._good = cart if cart.override_id and self._missing_now(bare) else bare
        self.show(self._good)
        return self._good

    def _missing_now(self, cart: Cart) -> dict[int, int]:
        """Between two writes: who is giving places back this moment may not have seen this cart."""
        with self._store.lock.staff():
            return self._missing(cart)

    def _missing(self, cart: Cart) -> dict[int, int]:
        with self._store.read_journal() as journalled:
            return self.missing(journalled, cart)

    def _refuse_sold_out(self, cart: Cart, short: Iterable[int]) -> None:
        """What is sold here and everywhere needs no asking."""
        with self._store.read() as connection:
            for number in short:
                session = read_setup.session(connection, number)
                if session is not None:
                    check_places(cart, session, read_setup.places_sold(connection, [number])[number])

    def _asked(self, cart: Cart, until: float) -> bool:
        """Asks and waits for a change; False when the time is over. Raises what the server refused, at last also that
        other counters hold the places: they are called upon to give them back, and mostly do at once."""
        with self._changed:
            self._refused.clear()
            self._wanted = cart
        self.ask()
        with self._changed:
            self._changed.wait_for(
                lambda: bool(self._refused) or self._wanted is None, until - self.elapsed()
            )
            self._wanted, refused = None, dict(self._refused)
            for why in refused.values():
                if why.code is not Code.PLACES_HELD or not self._given_back(until):
                    raise why
        return self.elapsed() < until

    def _given_back(self, until: float) -> bool:
        self._back = False
        return self._changed.wait_for(lambda: self._back, until - self.elapsed())

    def trim(self, cart: Cart) -> Cart:
        """The cart without what it has no place for: what came since its places were last held, the latest first."""
        for number, places in self._missing(cart).items():
            for line in _grown_first(cart, self._good):
                if places > 0 and line.session is not None and line.session.number == number:
                    less = min(line.quantity, -(-places // line.product.places))
                    cart = set_quantity(cart, line.line_id, line.quantity - less)
                    places -= less * line.product.places
        self.show(cart)
        return cart

    def check(self, journalled: Connection, cart: Cart, sale_id: str) -> None:
        """In the action that opens a payment. Refuses as `lacking` says; a cart that was reserved always passes."""
        short = self.missing(journalled, cart, but=sale_id)
        if short:
            raise self.lacking(sum(short.values()))

    def lacking(self, places: int) -> Refused:
        """Why so many places are not here though nobody refused them."""
        return Refused(Code.PLACES_LATE if self._online() else Code.PLACES_OFFLINE, places=places)

    def allow(self, cart: Cart, override_id: str) -> Cart:
        """The cart as a supervisor lets it be sold, beyond what this station holds."""
        allowed = replace(cart, override_id=override_id, allowed=tuple(lease.wanted_by(cart).items()))
        self._good = allowed  # more is refused by itself
        self.show(allowed)
        return allowed

    # the other side: who asks the server ------------------------------------------------------------------------------

    def wanted(self) -> dict[int, int]:
        """What a cart waits for, counted now: a lease may have come meanwhile. Where it waits for some, also those that
        a supervisor allowed it: places that come make up for them first."""
        with self._changed:
            cart = self._wanted
        if cart is None:
            return {}
        short, bare = self._missing(cart), self._missing(replace(cart, allowed=()))
        return {number: bare[number] for number in short}

    def refused(self, session: int, why: Refused) -> None:
        with self._changed:
            self._refused[session] = why
            self._changed.notify_all()

    def came(self) -> None:
        """Leases have changed: whoever waits looks again."""
        with self._changed:
            self._wanted = None
            self._changed.notify_all()

    def given_back(self) -> None:
        """Another counter gave places back."""
        with self._changed:
            self._back = True
            self._changed.notify_all()


def _grown_first(cart: Cart, good: Cart | None) -> list[CartLine]:
    """All lines: those with more than they had in `good` before the others, the latest first."""
    had = {line.line_id: line.quantity for line in good.lines} if good is not None else {}
    grown = [line for line in cart.lines if line.quantity > had.get(line.line_id, 0)]
    return [*reversed(grown), *(line for line in reversed(cart.lines) if line not in grown)]


_PARKED = sa.select(journal.parked.c.cart)
_OPEN_SALES = sa.select(journal.open_sale.c.sale_id, journal.open_sale.c.body)
