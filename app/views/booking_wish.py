"""What somebody wants to book: one session, so many of each product; what that comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from app.shown import SessionTile
from app.shown_bookings import BookingDesk
from app.shown_guests import GuestRow
from domain.cart import MOST_OF_A_LINE
from domain.catalogue import Product, ProductKind
from domain.membership import Membership, is_lacking
from domain.money import Money, total

Line = tuple[Product, int]


@dataclass(frozen=True, slots=True)
class Wish:
    """`counts` are by the number of a product; those of another activity stay, and do not count. `day` None is today,
    `session` 0 the first that has places. `has` are the guest's memberships, None while they are not read. `names` who
    comes on the tickets of a product, one after the other."""

    guest: GuestRow | None = None
    day: date | None = None
    session: int = 0
    counts: Mapping[int, int] = field(default_factory=dict)
    note: str = ""
    has: tuple[Membership, ...] | None = None
    names: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_begun(self) -> bool:
        return self.guest is not None or any(self.counts.values()) or bool(self.note)

    def counting(self, product: int, count: int) -> Wish:
        """So many of a product; none below nothing, and no more than one line holds."""
        count = min(max(count, 0), MOST_OF_A_LINE)
        return replace(self, counts={**self.counts, product: count})

    def session_of(self, desk: BookingDesk) -> SessionTile | None:
        """The session that is meant on the day of `desk`."""
        chosen = next((each for each in desk.sessions if each.number == self.session), None)
        free = next((each for each in desk.sessions if each.left), None)
        return chosen or free or next(iter(desk.sessions), None)

    def lines(self, desk: BookingDesk) -> tuple[Line, ...]:
        found = ((product, self.counts.get(product.number, 0)) for product in bookable(desk, self))
        return tuple(line for line in found if line[1])

    def asked(self, desk: BookingDesk) -> tuple[tuple[int, int, int], ...]:
        """Product, session (0: takes no place) and quantity, as the server is asked for them."""
        session = self.session_of(desk)
        number = session.number if session else 0
        return tuple((product.number, number if product.places else 0, n) for product, n in self.lines(desk))

    def total(self, desk: BookingDesk) -> Money:
        return total((product.price * n for product, n in self.lines(desk)), desk.currency)

    def places(self, desk: BookingDesk) -> int:
        return sum(product.places * n for product, n in self.lines(desk))

    def to_decide(self, desk: BookingDesk) -> tuple[Product, ...]:
        """Those of which somebody must say yes to a booking."""
        return tuple(product for product, _ in self.lines(desk) if product.approval)

    def seats(self, desk: BookingDesk) -> list[tuple[Product, int, str]]:
        """Its tickets in the order in which the server makes them: of which product, the how manieth, who comes."""
        found = []
        for product, n in self.lines(desk):
            known = (*self.names.get(product.number, ()), *[""] * n)[:n]
            if product.kind is ProductKind.TICKET:
                found += [(product, at, name) for at, name in enumerate(known)]
        return found

    def naming(self, product: int, at: int, name: str) -> Wish:
        """Who comes on that ticket of a product."""
        known = list(self.names.get(product, ()))
        known += [""] * (at + 1 - len(known))
        known[at] = name
        return replace(self, names={**self.names, product: tuple(known)})

    def named(self, desk: BookingDesk) -> tuple[str, ...]:
        """As the server is told; none where nobody is named."""
        names = tuple(" ".join(name.split()) for _, _, name in self.seats(desk))
        return names if any(names) else ()

    def lacking(self, desk: BookingDesk) -> tuple[str, ...]:
        """The plans that something is for and of which the guest has no valid membership on the day."""
        has = self.has
        if has is None:
            return ()
        plans = (each.membership for each, _ in self.lines(desk) if is_lacking(each, desk.day, has))
        return tuple(dict.fromkeys(plans))


def bookable(desk: BookingDesk, wish: Wish) -> tuple[Product, ...]:
    """What goes with the session: products of its activity, and of none; without a session goods alone."""
    session = wish.session_of(desk)
    there = ("",) if session is None else ("", session.activity_id)
    return tuple(each for each in desk.products if each.activity_id in there and (session or not each.places))
