"""What tills say that they sold to whom comes by himself, held against the catalogue as they could know it: what it
cost, and which tickets it gave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain.envelope import Envelope
from domain.price_told import STALE_MS, Listed, Wrong, WrongLine, before_discounts, is_at, wrong_lines
from domain.tickets_told import Astray, WrongTickets, is_so, wrong_tickets
from ledger import read_setup
from ledger import tables as t
from ledger.case_carried import carrying
from ledger.case_checks import Finding
from ledger.cases import Judged, origin_of
from ledger.clock import told_at
from server import prices
from server import tables as own

KINDS = PRICE, TICKETS = "price_otherwise", "tickets_otherwise"
_AHEAD = sa.select(t.reservation.c.booking_id).where(t.reservation.c.booking_id == sa.bindparam("booking"))
_PUT_BACK = sa.select(own.restored.c.station_id).where(own.restored.c.at > sa.bindparam("since")).limit(1)
_SEEN = "catalogue seen"
_MOST = 5


@dataclass
class _Seen:
    """What a connection knows of the catalogue without asking: products, each with when it last looked, and of what
    sessions are."""

    products: dict[int, tuple[Listed, int]] = field(default_factory=dict)
    activities: dict[int, str] = field(default_factory=dict)

    def activity_of(self, session: int) -> str | None:
        return self.activities.get(session)

    def since(self, moment_ms: int) -> dict[int, Listed]:
        """The products that it looked at since then: that they were so stays true."""
        return {number: listed for number, (listed, at) in self.products.items() if at >= moment_ms}


def judge_walk_ins(
    connection: Connection, given: Iterable[tuple[Envelope, op.Operation]], now_ms: int
) -> Judged:
    """The cases of walk-ins at a price or a VAT rate, or with tickets, that the catalogue did not have while their till
    may have gone by it; of what is as it was seen before nothing is looked up. Subjects are operations."""
    judged, seen = Judged(), _seen(connection)
    doubted = [
        (envelope, made)
        for envelope, made in given
        if isinstance(made, op.BookingMade)
        and not made.held
        and not _is_as_seen(seen, envelope, made, now_ms)
    ]
    if not doubted:
        return judged
    known = _look(connection, seen, [made for _, made in doubted], now_ms)
    for envelope, made in doubted:
        what = (*origin_of(envelope), ("booking", made.booking_id))
        told = _wrong(connection, made, known, seen, (told_at(envelope, now_ms), now_ms))
        for kind, facts in told.items():
            finding = Finding(kind, carrying(connection, (*what, *facts)))
            judged.of_operation(connection, envelope.op_id, finding, now_ms)
    return judged


def _wrong(
    connection: Connection, made: op.BookingMade, known: prices.History, seen: _Seen, moments: tuple[int, int]
) -> dict[str, list[tuple[str, str]]]:
    """The facts of each case. Of what was booked ahead its own price counts; and while tills may go by what an older
    copy of the server has forgotten, only more tickets than were charged are wrong."""
    lines = wrong_lines(made, known, *moments)
    tickets = wrong_tickets(made, known, seen.activity_of, *moments)
    if not (lines or tickets) or _is_ahead(connection, made):
        return {}
    if _is_put_back(connection, moments[0]):
        lines, tickets = [], wrong_tickets(made, {}, seen.activity_of, *moments)
    told = {PRICE: [*_of_prices(lines)], TICKETS: [*_of_tickets(tickets)]}
    return {kind: facts for kind, facts in told.items() if facts}


def _is_as_seen(seen: _Seen, envelope: Envelope, made: op.BookingMade, now_ms: int) -> bool:
    """Whether it is as the catalogue was at a moment that is recent enough."""
    listed = seen.since(told_at(envelope, now_ms) - STALE_MS)
    return all(
        (known := listed.get(line.product)) is not None and is_at(line, said, known)
        for line, said in before_discounts(made)
    ) and is_so(made, listed, seen.activity_of)


def _look(
    connection: Connection, seen: _Seen, doubted: Sequence[op.BookingMade], now_ms: int
) -> prices.History:
    """All versions of the products, which are known from now on as they are."""
    sold = [(part.product, part.session) for made in doubted for part in made.lines]
    sold += [(part.product, part.session) for made in doubted for part in made.tickets]
    known = prices.history(connection, (product for product, _ in sold))
    seen.products.update({product: (versions[-1], now_ms) for product, versions in known.items()})
    new = {session for _, session in sold} - seen.activities.keys()
    seen.activities.update({each.number: each.activity_id for each in read_setup.sessions(connection, new)})
    return known


def _seen(connection: Connection) -> _Seen:
    found: _Seen = connection.info.setdefault(_SEEN, _Seen())
    return found


def _is_ahead(connection: Connection, made: op.BookingMade) -> bool:
    return connection.execute(_AHEAD, {"booking": made.booking_id}).first() is not None


def _is_put_back(connection: Connection, at_ms: int) -> bool:
    return connection.execute(_PUT_BACK, {"since": at_ms - STALE_MS}).first() is not None


def _of_prices(wrong: Sequence[WrongLine]) -> Iterator[tuple[str, str]]:
    if not wrong:
        return
    yield "differs", ", ".join(dict.fromkeys(line.kind.value for line in wrong))
    yield from (("charged", f"{line.quantity} {line.product}") for line in wrong[:_MOST])
    said, listed = (sum(getattr(line, name).minor for line in wrong) for name in ("said", "should"))
    yield from (("till_minor", str(said)), ("listed_minor", str(listed)))
    yield from (("beside_minor", str(abs(said - listed))),) if said != listed else ()
    rates = [(line.rate, line.listed.rate) for line in wrong if line.kind is Wrong.VAT and line.listed]
    yield from (
        pair
        for till, listed in rates[:1]
        for pair in (("till_rate", str(till)), ("listed_rate", str(listed)))
    )


def _of_tickets(wrong: Sequence[WrongTickets]) -> Iterator[tuple[str, str]]:
    if wrong:
        yield "differs", ", ".join(dict.fromkeys(kind.value for each in wrong for kind in each.kinds))
    for each in wrong[:_MOST]:
        yield "charged", f"{each.charged} {each.product}"
        yield "issued", f"{each.issued} {each.product}"
        yield from (("session", str(each.session)),) if each.session else ()
        yield from (("places", str(each.places)),) if Astray.PLACES in each.kinds else ()
