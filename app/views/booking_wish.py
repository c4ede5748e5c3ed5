"""What somebody wants to book: so many of each product for a session, and for others before it; what that comes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from app.first_session import first_session
from app.shown import SessionTile
from app.shown_bookings import BookedSession, BookingDesk
from app.shown_guests import GuestRow
from domain.cart import MOST_OF_A_LINE
from domain.catalogue import Product, ProductKind
from domain.membership import Membership, is_lacking
from domain.money import Money, total

Line = tuple[Product, int]


@dataclass(frozen=True, slots=True)
class Part:
    """What is wanted for a session besides the one that is being counted, and who comes, for each ticket of it."""

    session: SessionTile | BookedSession
    day: date
    lines: tuple[Line, ...]
    names: tuple[tuple[str, ...], ...]

    @property
    def places(self) -> int:
        return sum(product.places * n for product, n in self.lines)


@dataclass(frozen=True, slots=True)
class Wish:
    """`counts` are by the number of a product; those of another activity stay, and do not count. `day` None is today,
    `session` 0 the first that has places. `has` are the guest's memberships, None while they are not read. `names` who
    comes on the tickets of a product, one after the other. `parts` are for other sessions. `like` is the session that
    was meant last: on another day one of its activity is taken, or none."""

    guest: GuestRow | None = None
    day: date | None = None
    session: int = 0
    counts: Mapping[int, int] = field(default_factory=dict)
    note: str = ""
    has: tuple[Membership, ...] | None = None
    names: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    like: SessionTile | BookedSession | None = None

    @property
    def is_begun(self) -> bool:
        return self.guest is not None or any(self.counts.values()) or bool(self.note or self.parts)

    def counting(self, product: int, count: int) -> Wish:
        """So many of a product; none below nothing, and no more than one line holds."""
        count = min(max(count, 0), MOST_OF_A_LINE)
        return replace(self, counts={**self.counts, product: count})

    def session_of(self, desk: BookingDesk) -> SessionTile | None:
        """The session that is meant on the day of `desk`; None where the activity that is meant has none."""
        chosen = _numbered(desk.sessions, self.session)
        return chosen if chosen or self.like else first_session(desk.sessions, desk.products)

    def choosing(self, number: int, desk: BookingDesk) -> Wish:
        """For that session. Who is counted and does not go with it is still meant to come as before."""
        chosen = replace(self.meant(desk), session=number)
        lost = chosen.stray(desk) and not chosen._is_counted(desk)
        return chosen if lost else replace(chosen, like=chosen.session_of(desk))

    def meant(self, desk: BookingDesk) -> Wish:
        """With the session of that day for which somebody is counted; before another day is shown."""
        here, like = self.session_of(desk), self.like
        is_other = here is not None and (like is None or like.activity_id != here.activity_id)
        return replace(self, like=here) if is_other and self._is_counted(desk) else self

    def _is_counted(self, desk: BookingDesk) -> bool:
        return any(product.places for product, _ in self.lines(desk))

    def on(self, desk: BookingDesk, local: Callable[[datetime], datetime], *, same_day: bool = True) -> Wish:
        """With the session that is taken on the day of `desk`: of the activity that is meant, at the same hour, else
        the next later, else the first. One that was chosen on the `same_day` stays, though it is full. `local` is
        the venue's time of a moment."""
        like = self.like
        if like is None:
            return self
        mine = [each for each in desk.sessions if each.activity_id == like.activity_id]
        found = _numbered(desk.sessions, self.session) if same_day else None
        if found is None:
            again = (each for each in mine if (each.number, each.starts_at) == (like.number, like.starts_at))
            hour = local(like.starts_at).time()
            free = [each for each in mine if each.left] or mine
            later = (each for each in free if local(each.starts_at).time() >= hour)
            found = next(again, None) or next(later, None) or next(iter(free), None)
        return replace(self, session=found.number if found else 0)

    def lines(self, desk: BookingDesk) -> tuple[Line, ...]:
        found = ((product, self.counts.get(product.number, 0)) for product in bookable(desk, self))
        return tuple(line for line in found if line[1])

    def stray(self, desk: BookingDesk) -> tuple[Line, ...]:
        """What is counted and does not go with the session, or without one is for some: it would not be kept."""
        here = bookable(desk, self)
        found = ((each, self.counts.get(each.number, 0)) for each in desk.products if each not in here)
        return tuple(line for line in found if line[1])

    def without_stray(self, desk: BookingDesk) -> Wish:
        """Where the activity had no session nobody waits for one now: any is taken."""
        stray = {product.number for product, _ in self.stray(desk)}
        like = self.like if self.session_of(desk) else None
        counts = {number: n for number, n in self.counts.items() if number not in stray}
        return replace(self, like=like, counts=counts)

    def lost(self, desk: BookingDesk) -> tuple[Product, ...]:
        """What is counted and is not sold any more."""
        return tuple(each for each in desk.withdrawn if self.counts.get(each.number))

    def all_lines(self, desk: BookingDesk) -> tuple[Line, ...]:
        """For the other sessions too."""
        return (*(line for part in self.parts for line in part.lines), *self.lines(desk))

    def asked(self, desk: BookingDesk) -> tuple[tuple[int, int, int], ...]:
        """Product, session (0: takes no place) and quantity, as the server is asked for them; of the same twice all in
        one, where it was first."""
        found: dict[tuple[int, int], int] = {}
        for product, session, names in self._rows(desk):
            found[product.number, session] = found.get((product.number, session), 0) + len(names)
        return tuple((*what, n) for what, n in found.items())

    def _rows(self, desk: BookingDesk) -> list[tuple[Product, int, tuple[str, ...]]]:
        """Product, session, and who comes on each piece of it."""
        rows = [
            (product, part.session.number, names)
            for part in self.parts
            for (product, _), names in zip(part.lines, part.names, strict=True)
        ]
        session = self.session_of(desk)
        number = session.number if session else 0
        now = self.lines(desk)
        return rows + [(each, number if each.places else 0, self._known(each, n)) for each, n in now]

    def _known(self, product: Product, n: int) -> tuple[str, ...]:
        return (*self.names.get(product.number, ()), *[""] * n)[:n]

    def total(self, desk: BookingDesk) -> Money:
        return total((product.price * n for product, n in self.all_lines(desk)), desk.currency)

    def places(self, desk: BookingDesk) -> int:
        """In the session that is being counted, with what of it was counted before."""
        here = self.session_of(desk)
        before = sum(part.places for part in self.parts if here and part.session.number == here.number)
        return before + sum(product.places * n for product, n in self.lines(desk))

    def goods_alone(self, desk: BookingDesk) -> bool:
        return not any(product.places for product, _ in self.all_lines(desk))

    def days(self, desk: BookingDesk) -> list[date]:
        """Those of its sessions, the first of all first; or the one on which goods alone are wanted."""
        now = [desk.day] if not self.parts or any(each.places for each, _ in self.lines(desk)) else []
        return sorted({*now, *(part.day for part in self.parts)})

    def apart(self, desk: BookingDesk) -> Wish:
        """With what is counted for the session put aside, so that another is counted; goods stay, they have none."""
        session = self.session_of(desk)
        lines = tuple(line for line in self.lines(desk) if line[0].places)
        if session is None or not lines:
            return self
        names = tuple(self._known(*line) for line in lines)
        counted = {product.number for product, _ in lines}
        return replace(
            self,
            parts=(*self.parts, Part(session, desk.day, lines, names)),
            counts={number: n for number, n in self.counts.items() if number not in counted},
            names={number: who for number, who in self.names.items() if number not in counted},
        )

    def again(self, part: Part, desk: BookingDesk) -> Wish:
        """With what was put aside being counted, and what is counted put aside for it. Goods stay, and who goes with
        neither session: nobody is lost without a word, and of one product they are counted together."""
        rest = replace(self, parts=tuple(each for each in self.parts if each is not part)).apart(desk)
        counts, named = {number: n for number, n in rest.counts.items() if n}, dict(rest.names)
        for (product, n), who in zip(part.lines, part.names, strict=True):
            before = counts.get(product.number, 0)
            counts[product.number] = min(n + before, MOST_OF_A_LINE)
            named[product.number] = who + rest._known(product, before)
        when = replace(rest, day=part.day, session=part.session.number, like=part.session)
        return replace(when, counts=counts, names=named)

    def without(self, at: int) -> Wish:
        """Without one of the other sessions."""
        return replace(self, parts=(*self.parts[:at], *self.parts[at + 1 :]))

    def to_decide(self, desk: BookingDesk) -> tuple[Product, ...]:
        """Those of which somebody must say yes to a booking."""
        return tuple(dict.fromkeys(product for product, _ in self.all_lines(desk) if product.approval))

    def seats(self, desk: BookingDesk) -> list[tuple[Product, int, str]]:
        """Tickets of the session that is being counted: of which product, the how manieth, who comes."""
        found = []
        for product, n in self.lines(desk):
            known = self._known(product, n)
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
        """As the server is told, in the order in which it makes the tickets; none where nobody is named."""
        found: dict[tuple[int, int], list[str]] = {}
        for product, session, names in self._rows(desk):
            if product.kind is ProductKind.TICKET:
                found.setdefault((product.number, session), []).extend(names)
        named = tuple(" ".join(name.split()) for names in found.values() for name in names)
        return named if any(named) else ()

    def lacking(self, desk: BookingDesk) -> tuple[str, ...]:
        """The plans that something is for and of which the guest has no valid membership on the day."""
        has = self.has
        if has is None:
            return ()
        wanted = [(each, part.day) for part in self.parts for each, _ in part.lines]
        wanted += [(each, desk.day) for each, _ in self.lines(desk)]
        plans = (each.membership for each, day in wanted if is_lacking(each, day, has))
        return tuple(dict.fromkeys(plans))


def _numbered(sessions: Sequence[SessionTile], number: int) -> SessionTile | None:
    return next((each for each in sessions if each.number == number), None)


def bookable(desk: BookingDesk, wish: Wish) -> tuple[Product, ...]:
    """What goes with the session: products of its activity, and of none; without a session goods alone."""
    session = wish.session_of(desk)
    there = "" if session is None else session.activity_id
    return tuple(each for each in desk.products if each.goes_with(there) and (session or not each.places))
