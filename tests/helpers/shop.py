"""A station in a test, with short words for what staff do there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import sqlalchemy as sa

from app.line import Line
from app.parts import Station
from app.shown import Approval, PaymentPage
from domain.cart import Cart
from domain.errors import Code, Refused, Unavailable
from domain.money import Money
from domain.receipt import Receipt
from ledger import journal, read_money, verifier
from ledger import tables as t

PINS = {"reem": "2580", "salem": "1470", "faisal": "3690", "huda": "9513", "nadia": "8046"}
ADULT, CHILD, INFANT, TUBE, LOCKER, WATER = 1, 2, 3, 10, 20, 33
FAMILY = (ADULT, ADULT, CHILD, CHILD, INFANT, TUBE, LOCKER)
GOODS = (TUBE, LOCKER, WATER)  # take no places of a session
HUDA = Approval("huda", "9513", "the guest changed the plan")


def sar(text: str) -> Money:
    whole, _, part = text.partition(".")
    return Money(int(whole) * 100 + int(part.ljust(2, "0") or 0), "SAR")


def stock(station: Station, places: int) -> None:
    for tile in station.selling.page(0, "").sessions:
        body = json.dumps({"session": tile.number, "places": places, "ahead": False})
        station.requests.ask("LeaseAsked", body, "", about=f"session:{tile.number}")
    station.sync.once()
    station.leases.take()
    station.sync.once()


def vouch(station: Station, staff_id: str) -> None:
    """As when somebody's PIN was typed for one action."""
    proof = verifier.proof(PINS[staff_id], staff_id, station.people._pepper)
    station.proofs.said_yes(staff_id, proof)


@dataclass
class Shop:
    station: Station

    def sign_in(self, staff_id: str) -> Shop:
        self.station.people.sign_in(staff_id, PINS[staff_id])
        return self

    def open_shift(self) -> Shop:
        self.station.shifts.open({20000: 1, 10000: 2, 5000: 1, 2000: 2, 1000: 1})
        return self

    @property
    def session(self) -> int:
        """The running session."""
        return self.station.selling.page(0, "").chosen

    def cart(self, products: Sequence[int] = FAMILY) -> Cart:
        selling = self.station.selling
        cart = selling.empty()
        for number in products:
            cart = selling.add(cart, number, self.session)
        return self._reserved(cart)

    def _reserved(self, cart: Cart) -> Cart:
        """A station whose threads were not started does their work here."""
        station = self.station
        if station.sync.started:
            return station.selling.reserve(cart)
        known, station.sync.line = station.sync.line, Line(None)
        station.places.ask, station.leases.pull = station.leases.tick, self.round
        station.requests._push = self.round
        try:
            return station.selling.reserve(cart)
        finally:
            station.sync.line = known

    def round(self) -> None:
        """What the sync thread does when it is woken."""
        with suppress(Unavailable):
            self.station.sync.once()

    def stock(self, places: int) -> Shop:
        """Leases of so many places of each of today's sessions, asked of the server, which must answer."""
        stock(self.station, places)
        return self

    def beyond(self, products: Sequence[int]) -> Cart:
        """A cart that a supervisor lets through, wherever its places come from."""
        selling = self.station.selling
        cart = selling.empty()
        for number in products:
            cart = selling.add(cart, number, self.session)
        return selling.allow(cart, HUDA)

    def left(self, session: int) -> int:
        """Places that this station may sell at once."""
        with self.station.store.read_journal() as connection:
            return self.station.places.balances(connection, [session])[session]

    def ready(self) -> int:
        """Those of the running session."""
        return self.left(self.session)

    def begin(self, products: Sequence[int] = FAMILY) -> PaymentPage:
        return self.station.checkout.begin(self.cart(products))

    def sell(self, products: Sequence[int] = FAMILY, *, cash: str = "", beyond: bool = False) -> PaymentPage:
        """A cash sale; exact unless `cash` says what was handed over. `beyond`: because a supervisor says so."""
        page = self.station.checkout.begin(self.beyond(products)) if beyond else self.begin(products)
        return self.station.checkout.cash(page.sale_id, sar(cash) if cash else page.left)

    def pay_card(self, page: PaymentPage, amount: str = "") -> PaymentPage:
        wanted = sar(amount) if amount else page.left
        return self.station.checkout.card(page.sale_id, wanted, lambda step: None)

    def codes(self) -> list[str]:
        """The QR texts of all tickets, oldest first."""
        with self.station.store.read() as connection:
            return list(
                connection.execute(sa.select(t.ticket.c.code).order_by(t.ticket.c.ticket_id)).scalars()
            )

    def receipts(self) -> list[Receipt]:
        """This station's documents, oldest first."""
        with self.station.store.read() as connection:
            station_id = self.station.store.identity.station_id if self.station.store.identity else ""
            return [row.receipt for row in reversed(read_money.documents(connection, station_id))]

    def count(self, table: sa.Table) -> int:
        with self.station.store.read() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())

    def journalled_all(self) -> list[str]:
        """The kinds of all operations, in order, leases too."""
        with self.station.store.read_journal() as connection:
            return [item.envelope.kind for item in journal.kept_since(connection, 0)]

    def journalled(self) -> list[str]:
        """The kinds of all operations that staff brought about, in order."""
        with self.station.store.read_journal() as connection:
            kinds = connection.execute(
                sa.select(journal.entry.c.kind).order_by(journal.entry.c.row)
            ).scalars()
            return [kind for kind in kinds if not kind.startswith("Lease")]

    def acted(self) -> list[tuple[str, str, str]]:
        """(kind, staff, shift) of each operation, in order."""
        with self.station.store.read_journal() as connection:
            kept = journal.kept_since(connection, 0)
        return [(item.envelope.kind, item.envelope.staff_id, item.envelope.shift_id) for item in kept]

    def papers(self, kind: str) -> list[str]:
        """What each print job of `kind` says, oldest first."""
        with self.station.store.read_journal() as connection:
            found = sa.select(journal.print_job.c.payload).where(journal.print_job.c.kind == kind)
            return list(connection.execute(found.order_by(journal.print_job.c.job_id)).scalars())

    def jobs(self) -> list[tuple[str, str, str]]:
        """(kind, state, reason) of each print job, oldest first."""
        with self.station.store.read_journal() as connection:
            rows = connection.execute(sa.select(journal.print_job).order_by(journal.print_job.c.job_id))
            return [(row.kind, row.state, row.reason) for row in rows]


def refused(act: object, *args: object) -> Code:
    """The code with which `act` is refused; fails when it is not."""
    assert callable(act)
    try:
        act(*args)
    except Refused as error:
        return error.code
    raise AssertionError("it was not refused")
