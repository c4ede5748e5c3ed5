"""Guests by the thousand, from a fixed seed: rows as sales leave them, and sessions that more can be sold of."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain.catalogue import Words
from ledger import feed
from ledger import tables as t
from ledger.clock import Clock, to_ms
from ledger.puts import Values, day_bucket

PARTY, A_SESSION, ADULT, CAPACITY, A_SALE = 4, 200, 11_500, 300, 3
NAME = Words("Day pass – adult", "تذكرة يوم – بالغ")
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_CODE_LENGTH = 151
_FIRST_SESSION, _ON_SALE = 50_000, 60_000
_FIRST_SEQ = 1_000
_SOLD, _SHELVED = ("booking", "charge", "ticket", "sale", "payment"), ("session", "lease")


@dataclass(frozen=True, slots=True)
class Crowd:
    """`tickets` guests in parties of four, spread over `days` from `first`. Of more sessions on the first day each of
    the `sellers` holds what `sales` of three tickets take."""

    tickets: int
    first: date
    days: int = 14
    sellers: tuple[str, ...] = ("pos1",)
    sales: int = 0

    def ticket_ids(self, most: int) -> list[str]:
        """The first ids, as `rows` makes them."""
        ids = (row["ticket_id"] for name, row in rows(self, 0) if name == t.ticket.name)
        return [str(found) for found, _ in zip(ids, range(most), strict=False)]

    def day_of(self, party: int) -> date:
        return self.first + timedelta(days=party % self.days)

    def session_of(self, party: int) -> int:
        """A session's guests all come on its day."""
        return _FIRST_SESSION + party // self.days * PARTY // A_SESSION * self.days + party % self.days

    @property
    def parties(self) -> int:
        return -(-self.tickets // PARTY)


def on_sale(sale: int) -> int:
    """The session of which the sale with this number, from 0, is made: all tills sell the same one, then the next."""
    return _ON_SALE + sale * A_SALE // CAPACITY


def rows(crowd: Crowd, now_ms: int) -> Iterator[tuple[str, Values]]:
    """(table, values) in the order of sale; each party's booking has a `seq` of its own."""
    chance = random.Random(20_261_124)
    for party in range(crowd.parties):
        guests = min(PARTY, crowd.tickets - party * PARTY)
        here: Values = {"bucket": day_bucket(crowd.day_of(party)), "seq": party + _FIRST_SEQ, "op_id": ""}
        at: Values = {"at": now_ms + party * 1_000}
        booking, sale = (new_id(chance, now_ms + party) for _ in range(2))
        yield from _booked(crowd, party, guests, (chance, now_ms, here | {"booking_id": booking}, at))
        money = here | at | {"sale_id": sale, "booking_id": booking, "shift_id": "shift", "currency": "SAR"}
        sold: Values = {"station_id": "pos1", "staff_id": "reem", "gross": ADULT * PARTY}
        yield "sale", money | sold | {"document_id": new_id(chance, now_ms + party)}
        paid: Values = {"method": "cash", "amount": ADULT * PARTY, "tendered": 50_000}
        yield "payment", money | paid | {"payment_id": new_id(chance, now_ms + party)}


def _booked(
    crowd: Crowd, party: int, guests: int, common: tuple[random.Random, int, Values, Values]
) -> Iterator[tuple[str, Values]]:
    chance, now_ms, here, at = common
    day, session = crowd.day_of(party).isoformat(), crowd.session_of(party)
    yield "booking", here | at | {"day": day, "station_id": "pos1", "staff_id": "reem"}
    charge: Values = {"charge_id": new_id(chance, now_ms + party), "product": 1, "name": codec.dumps(NAME)}
    charge |= {"session": session, "quantity": PARTY, "gross": ADULT * PARTY, "vat": 6_000, "rate": 1_500}
    yield "charge", here | charge | {"currency": "SAR"}
    for _ in range(guests):
        ticket: Values = {"ticket_id": new_id(chance, now_ms + party), "product": 1, "session": session}
        yield "ticket", here | ticket | {"places": 1, "day": day, "code": new_code(chance)}


def _shelves(crowd: Crowd) -> Iterator[tuple[str, Values]]:
    """The sessions of all these, and the leases that their sellers hold."""
    sold = {crowd.session_of(party): crowd.day_of(party) for party in range(crowd.parties)}
    for number, day in sold.items():
        yield from _shelf(number, day, ("pos1",))
    for number in sorted({on_sale(sale) for sale in range(crowd.sales)}):
        yield from _shelf(number, crowd.first, crowd.sellers)


def _shelf(number: int, day: date, sellers: tuple[str, ...]) -> Iterator[tuple[str, Values]]:
    here: Values = {"bucket": day_bucket(day), "seq": _FIRST_SEQ - 1, "op_id": ""}
    hours = [to_ms(datetime.combine(day, time(hour), UTC)) for hour in (5, 17)]
    times: Values = {"starts_at": hours[0], "ends_at": hours[1]}
    session: Values = {"number": number, "activity_id": "park", "day": day.isoformat(), "capacity": CAPACITY}
    yield "session", here | session | times
    for seller in sellers:
        lease: Values = {"lease_id": f"{number}-{seller}", "session": number, "station_id": seller}
        yield "lease", here | lease | {"incarnation": 1, "places": CAPACITY, "at": hours[0]}


def new_id(chance: random.Random, stamp: int) -> str:
    """A UUIDv7 of a fixed seed."""
    value = (stamp & (1 << 48) - 1) << 80 | 7 << 76 | 2 << 62
    return str(uuid.UUID(int=value | chance.getrandbits(12) << 64 | chance.getrandbits(62)))


def new_code(chance: random.Random) -> str:
    """A text as long as a ticket's code."""
    return "".join(chance.choices(_BASE32, k=_CODE_LENGTH))


def fill(connection: Connection, crowd: Crowd, clock: Clock, *, published: bool) -> None:
    """Puts the rows in; `published` (on the server) also the sessions, and moves the feed's counter past them all."""
    if published:
        _add(connection, _shelves(crowd))
    _add(connection, rows(crowd, to_ms(clock.now())))
    if published:
        last = _FIRST_SEQ + crowd.parties
        notes = [{"seq": seq, "tables": _mask(_SOLD)} for seq in range(_FIRST_SEQ, last)]
        connection.execute(
            sa.insert(feed.change), [{"seq": _FIRST_SEQ - 1, "tables": _mask(_SHELVED)}, *notes]
        )
        connection.execute(sa.update(feed.head).values(seq=last - 1))


def _mask(names: tuple[str, ...]) -> int:
    return sum(1 << t.NUMBER[name] for name in names)


def _add(connection: Connection, found: Iterator[tuple[str, Values]]) -> None:
    waiting: dict[str, list[Values]] = {}
    for name, values in found:
        batch = waiting.setdefault(name, [])
        batch.append(values)
        if len(batch) == 2_000:
            connection.execute(sa.insert(t.BY_NAME[name]), batch)
            batch.clear()
    for name, batch in waiting.items():
        if batch:
            connection.execute(sa.insert(t.BY_NAME[name]), batch)
