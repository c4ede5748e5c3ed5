"""Guests by the thousand, from a fixed seed: rows as sales leave them, and operations as tills send them."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain import operation as op
from domain.catalogue import Venue, Words
from domain.money import Money
from domain.receipt import DocumentKind, Receipt, ReceiptLine, ReceiptTender
from domain.vat import VatLine
from ledger import feed
from ledger import tables as t
from ledger.clock import Clock, to_ms
from ledger.puts import day_bucket

PARTY, A_SESSION, ADULT = 4, 200, 11_500
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_CODE_LENGTH = 151
_FIRST_SESSION = 50_000
NAME = Words("Day pass – adult", "تذكرة يوم – بالغ")
Values = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Crowd:
    """`tickets` guests in parties of four, spread over `days` from `first`."""

    tickets: int
    first: date
    days: int = 14

    def ticket_ids(self, most: int) -> list[str]:
        """The first ids, as `rows` makes them."""
        ids = (row["ticket_id"] for name, row in rows(self, 0) if name == t.ticket.name)
        return [str(found) for found, _ in zip(ids, range(most), strict=False)]


def rows(crowd: Crowd, now_ms: int) -> Iterator[tuple[str, Values]]:
    """(table, values) in the order of sale; each party's booking has a `seq` of its own."""
    chance = random.Random(20_261_124)
    for party in range(-(-crowd.tickets // PARTY)):
        day = crowd.first + timedelta(days=party % crowd.days)
        here: Values = {"bucket": day_bucket(day), "seq": party + 1_000, "op_id": ""}
        booking, sale = _id(chance, now_ms + party), _id(chance, now_ms + party)
        session = _FIRST_SESSION + party * PARTY // A_SESSION
        at: Values = {"at": now_ms + party * 1_000}
        yield (
            "booking",
            here
            | at
            | {"booking_id": booking, "day": day.isoformat(), "station_id": "pos1", "staff_id": "reem"},
        )
        charge: Values = {
            "charge_id": _id(chance, now_ms + party),
            "booking_id": booking,
            "product": 1,
            "name": codec.dumps(NAME),
        }
        charge |= {
            "session": session,
            "quantity": PARTY,
            "gross": ADULT * PARTY,
            "vat": 6_000,
            "rate": 1_500,
            "currency": "SAR",
        }
        yield "charge", here | charge
        for _ in range(min(PARTY, crowd.tickets - party * PARTY)):
            code = "".join(chance.choices(_BASE32, k=_CODE_LENGTH))
            ticket: Values = {
                "ticket_id": _id(chance, now_ms + party),
                "booking_id": booking,
                "product": 1,
                "session": session,
            }
            yield "ticket", here | ticket | {"places": 1, "day": day.isoformat(), "code": code}
        money: Values = {"sale_id": sale, "booking_id": booking, "shift_id": "shift", "currency": "SAR"}
        sold: Values = {
            "station_id": "pos1",
            "staff_id": "reem",
            "document_id": _id(chance, now_ms + party),
            "gross": ADULT * PARTY,
        }
        yield "sale", here | at | money | sold
        paid: Values = {
            "payment_id": _id(chance, now_ms + party),
            "method": "cash",
            "amount": ADULT * PARTY,
            "tendered": 50_000,
        }
        yield "payment", here | at | money | paid


def _id(chance: random.Random, stamp: int) -> str:
    """A UUIDv7 of a fixed seed."""
    value = (
        (stamp & (1 << 48) - 1) << 80
        | 7 << 76
        | chance.getrandbits(12) << 64
        | 2 << 62
        | chance.getrandbits(62)
    )
    return str(uuid.UUID(int=value))


def fill(connection: Connection, crowd: Crowd, clock: Clock, *, published: bool) -> None:
    """Puts the rows in; `published` (on the server) moves the feed's counter past them."""
    waiting: dict[str, list[Values]] = {}
    last, touched = 0, sum(1 << t.NUMBER[name] for name in ("booking", "charge", "ticket", "sale", "payment"))
    seqs: set[int] = set()
    for name, values in rows(crowd, to_ms(clock.now())):
        last = int(values["seq"])
        seqs.add(last)
        batch = waiting.setdefault(name, [])
        batch.append(values)
        if len(batch) == 2_000:
            connection.execute(sa.insert(t.BY_NAME[name]), batch)
            batch.clear()
    for name, batch in waiting.items():
        if batch:
            connection.execute(sa.insert(t.BY_NAME[name]), batch)
    if published:
        connection.execute(sa.insert(feed.change), [{"seq": seq, "tables": touched} for seq in sorted(seqs)])
        connection.execute(sa.update(feed.head).values(seq=last))


def family_sale(
    venue: Venue, where: tuple[date, int], name: str, clock: Clock
) -> tuple[op.BookingMade, op.SaleClosed]:
    """Three tickets on two lines, paid in cash, with their receipt. `where`: day and session."""
    day, session = where
    gross, net, vat = (Money(minor, venue.currency) for minor in (34_500, 30_000, 4_500))
    unit = Money(ADULT, venue.currency)
    chance = random.Random(name)
    lines = tuple(
        op.BookedLine(
            f"{name}-c{quantity}",
            1,
            NAME,
            session,
            quantity,
            Money(ADULT * quantity, venue.currency),
            vat,
            1_500,
        )
        for quantity in (2, 1)
    )
    tickets = tuple(
        op.IssuedTicket(_id(chance, 1 << 40), 1, session, 1, "".join(chance.choices(_BASE32, k=_CODE_LENGTH)))
        for _ in range(3)
    )
    shown = tuple(ReceiptLine(NAME, "10:00–12:00", line.quantity, unit, line.gross) for line in lines)
    paid = ReceiptTender("cash", gross, gross, Money(0, venue.currency))
    receipt = Receipt(
        kind=DocumentKind.INVOICE,
        number=f"POS1-{name}",
        issued_at=clock.now(),
        seller=venue.seller,
        station="POS1",
        cashier="Reem",
        lines=shown,
        vat_lines=(VatLine(1_500, gross, net, vat),),
        gross=gross,
        net=net,
        vat=vat,
        tenders=(paid,),
        time_zone=venue.time_zone,
    )
    tender = op.TenderPart(f"{name}-p", "cash", gross, gross)
    booking = op.BookingMade(f"{name}-b", day, lines, tickets)
    sale = op.SaleClosed(
        f"{name}-s", f"{name}-b", day, "shift", f"{name}-d", f"POS1-{name}", receipt, (tender,)
    )
    return booking, sale
