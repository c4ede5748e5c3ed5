"""What people do at a station, through its services, as chance has it. A refusal is an answer like any other."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.parts import Station
from app.services.bookings import Line
from app.shown import Approval, PaymentPage
from app.shown_attention import Source
from domain.cart import Cart
from domain.correction import Means, Said
from domain.discount import AmountOff, Comp, Discount, NewPrice, Percent, Why
from domain.errors import Code, Refused
from domain.money import Money
from ledger import journal, lease_book, read_gate, read_setup
from ledger import tables as t
from ledger.read_money import open_attempts
from tests.helpers.shop import vouch

TILL, GATE = ("reem", "salem"), ("faisal",)
PINS = {"reem": "2580", "salem": "1470", "faisal": "3690", "huda": "9513"}
_PRODUCTS = (1, 1, 2, 2, 3, 4, 10, 20, 21, 33, 40)
_KEYED = Said(Means.KEYED_CARD, "mada", "4821", "083114")
_NEW_PINS = ("7194", "8352", "6017")
_NOTES = (50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 25, 10, 5)


@dataclass
class Town:
    """What people outside the machines know: the PINs in their heads, the tickets in their hands, and what `letters`
    has brought them: codes, each with the guest to whom it went. `asked_for` are the bookings that somebody asked for:
    (id, guest, lines). `look_after`: what the server does by itself; `wait`: so many seconds pass; `book_online`: a
    guest does, with that key; `call_off`: the guest of a booking does; `post_goes`: messages leave; `new_price`: a
    product costs so many minor units from now on."""

    pins: dict[str, list[str]] = field(default_factory=lambda: {who: [pin] for who, pin in PINS.items()})
    codes: list[str] = field(default_factory=list)
    letters: Callable[[], list[tuple[str, str]]] = list
    look_after: Callable[[], None] = lambda: None
    asked_for: list[tuple[str, str, tuple[Line, ...]]] = field(default_factory=list)
    wait: Callable[[float], None] = lambda seconds: None
    book_online: Callable[[str, str, tuple[Line, ...]], None] = lambda guest_id, key, lines: None
    call_off: Callable[[str], None] = lambda booking_id: None
    post_goes: Callable[[random.Random], None] = lambda chance: None
    new_price: Callable[[int, int], None] = lambda number, minor: None


@dataclass
class Counter:
    """One moment at one station's counter."""

    station: Station
    town: Town
    chance: random.Random
    sells: bool
    crowded: bool = False

    # people ----------------------------------------------------------------------------------------------------------

    def someone(self) -> None:
        """Somebody is signed in when this returns, or nobody can."""
        if self.station.session._member is None:
            self.sign_in(self.chance.choice(TILL if self.sells else GATE))

    def sign_in(self, staff_id: str) -> None:
        for pin in self.town.pins[staff_id]:
            try:
                self.station.people.sign_in(staff_id, pin)
                return
            except Refused as refused:
                if refused.code is not Code.PIN_WRONG:
                    raise

    def sign_out(self) -> None:
        self.station.people.sign_out()

    def wrong_pin(self) -> None:
        self.station.people.sign_in(self.chance.choice(TILL + GATE), "9081")

    def new_pin(self) -> None:
        who = self.station.session.member.staff_id
        known, wanted = self.town.pins[who], self.chance.choice(_NEW_PINS)
        if wanted not in known:
            known.append(wanted)  # whether it holds, only the next sign-in tells
        for old in list(known):
            try:
                self.station.people.change_pin(old, wanted)
                return
            except Refused as refused:
                if refused.code is not Code.PIN_WRONG:
                    raise

    def places(self) -> None:
        """A supervisor asks for more or fewer places."""
        number = self.station.selling.page(0, "").chosen
        with self.station.store.read() as connection:
            found = read_setup.session(connection, number)
        if found is not None:
            wanted = max(0, found.capacity + self.chance.choice((-6, -2, 4)))
            body = {"session": number, "seen": found.capacity, "capacity": wanted}
            vouch(self.station, "huda")
            self.station.requests.ask("SessionCapacity", json.dumps(body), "huda")

    # what needs attention --------------------------------------------------------------------------------------------

    def tell(self) -> None:
        """Somebody puts something on the list, now and then about a document."""
        number = self.chance.choice(("", "", "POS1-000001"))
        self.station.attention.tell("look at the turnstile", number)

    def settle(self) -> None:
        """A supervisor settles something, in whatever way there is."""
        page = self.station.attention.page()
        cases = [item for item in page.items if item.source is Source.CASE]
        if cases:
            chosen = self.chance.choice(cases)
            way = self.chance.choice(chosen.ways)
            self.station.attention.settle(chosen.thing, (way.name, "seen to", chosen.mark), self._huda())

    def _huda(self, reason: str = "as agreed") -> Approval:
        return Approval("huda", self.town.pins["huda"][0], reason)

    # the drawer ------------------------------------------------------------------------------------------------------

    def open_shift(self) -> None:
        self.station.shifts.open({20000: 1, 5000: 2, 1000: self.chance.randint(1, 5)})

    def cash_in(self) -> None:
        self.station.shifts.cash_in(self._some(90), "change from the safe")

    def cash_out(self) -> None:
        amount = self._some(150)
        approval = self._huda() if amount.minor > 10000 else None
        self.station.shifts.cash_out(amount, "a taxi", approval)

    def drop(self) -> None:
        self.station.shifts.drop(self._some(60), self._huda("bag 7"))

    def no_sale(self) -> None:
        self.station.shifts.no_sale("change for a guest")

    def x_report(self) -> None:
        self.station.shifts.x_report()

    def count(self) -> None:
        """An honest count: what the book says, or a little off."""
        shift = self.station.session.open_shift()
        if shift is None:
            return
        minor = self.chance.choice((30000, 45050, 60000, 81540))
        self.station.shifts.count(_pieces(minor))

    def close(self) -> None:
        """The count is made to fit: the second one knows what was expected."""
        shown = self.station.shifts.count(_pieces(20000))
        if shown.expected.minor >= 0 and shown.difference.minor:
            self.station.shifts.count(_pieces(shown.expected.minor))
        self.station.shifts.close("counted twice", self._huda())

    def _some(self, most: int) -> Money:
        return Money(self.chance.randint(1, most) * 100, "SAR")

    # sales -----------------------------------------------------------------------------------------------------------

    def _cart(self) -> Cart:
        selling = self.station.selling
        session = selling.page(0, "").chosen
        cart = selling.empty()
        for _ in range(self.chance.randint(1, 4)):
            cart = selling.add(cart, self.chance.choice(_PRODUCTS), session)
        return self._reserved(cart)

    def _reserved(self, cart: Cart) -> Cart:
        """With places for all, for some, or because a supervisor says so."""
        selling = self.station.selling
        try:
            return selling.reserve(cart)
        except Refused as refused:
            if refused.code in (Code.PLACES_LATE, Code.PLACES_OFFLINE) and self.chance.random() < 0.3:
                return selling.allow(cart, self._huda("they have waited long enough"))
            return selling.trim(cart)

    def sell_few(self) -> None:
        """Tickets of the running session, paid at once; nobody allows what this till does not hold."""
        selling = self.station.selling
        cart = selling.add(selling.empty(), 1, selling.page(0, "").chosen)
        cart = selling.set_quantity(cart, cart.lines[0].line_id, self.chance.randint(1, 3))
        try:
            page = self.station.checkout.begin(selling.reserve(cart))
        except Refused:
            selling.empty()
            raise
        self.station.checkout.cash(page.sale_id, page.left)

    def put_back(self) -> None:
        """A cart that took places and went."""
        selling = self.station.selling
        self._cart()
        selling.empty()

    def keep_places(self) -> None:
        """What the thread of the leases does now and then."""
        self.station.leases.tick()

    def revoke(self) -> None:
        """A supervisor takes back what some station holds."""
        number = self.station.selling.page(0, "").chosen
        with self.station.store.read() as connection:
            known = lease_book.balances_known(connection, [number])[number]
        holders = sorted(station for station, places in known.items() if places > 0)
        if holders:
            body = {"session": number, "station_id": self.chance.choice(holders), "reason": "it is silent"}
            vouch(self.station, "huda")
            self.station.requests.ask("LeaseRevoked", json.dumps(body), "huda", about=f"session:{number}")

    def sell(self) -> None:
        page = self.station.checkout.begin(self._less(self._cart()))
        self._pay(page)
        self._correct(page.sale_id)

    def _correct(self, sale_id: str) -> None:
        """Now and then cash was a card, and now and then that was wrong too; decided by the sale itself."""
        chance = random.Random(sale_id)
        for said in (_KEYED, Said(Means.CASH)):
            row = next((one for one in self.station.records.recent() if one.sale_id == sale_id), None)
            able = [paid for paid in row.payments if not paid.why_not] if row else []
            if chance.random() > 0.15 or not able:
                return
            self.station.records.correct_tender(able[0].payment_id, said, self._huda("by the slip"))

    def _less(self, cart: Cart) -> Cart:
        """Now and then something is off; decided by the cart itself, so that all else in a history goes as without."""
        chance = random.Random(cart.lines[0].line_id if cart.lines else 0)
        if not cart.lines or chance.random() > 0.2:
            return cart
        line = chance.choice(cart.lines)
        alone, asked = chance.choice((
            (Discount("", Percent(chance.randint(1, 1000)), Why.WAIT), False),
            (Discount("", Percent(3333), Why.GROUP), True),
            (Discount("", AmountOff(Money(1, cart.currency)), Why.OTHER, line.line_id, "as agreed"), False),
            (Discount("", NewPrice(line.unit + Money(chance.randint(-700, 500), cart.currency)), Why.PRICE_ERROR,
                      line.line_id), True),
            (Discount("", Comp(), Why.COMPLAINT, line.line_id), True),
        ))  # fmt: skip
        return self.station.selling.discount(cart, alone, self._huda() if asked else None)

    def _pay(self, page: PaymentPage) -> None:
        checkout, left = self.station.checkout, page.left
        half = Money(left.minor // 2, left.currency)
        match self.chance.choice(("cash", "cash", "change", "card", "card", "split", "two cards", "leave")):
            case "cash":
                checkout.cash(page.sale_id, left)
            case "change":
                checkout.cash(page.sale_id, left + Money(self.chance.randint(1, 40) * 500, left.currency))
            case "card":
                self._card(page.sale_id, left)
            case "split" if half:
                checkout.cash(page.sale_id, half)
                self._card(page.sale_id, left - half)
            case "two cards" if half:
                self._card(page.sale_id, half)
                self._card(page.sale_id, left - half)

    def _card(self, sale_id: str, amount: Money) -> None:
        self.station.checkout.card(sale_id, amount, lambda step: None)

    def go_on(self) -> None:
        """With a sale whose payment is not finished."""
        waiting = self.station.checkout.to_resolve()
        if not waiting:
            return
        sale_id = self.chance.choice(waiting).sale_id
        checkout = self.station.checkout
        match self.chance.choice(("pay", "pay", "ask", "resolve", "undo", "give up", "give back", "recover")):
            case "pay":
                self._pay(checkout.page(sale_id))
            case "ask":
                checkout.ask_again(sale_id)
            case "resolve":
                self._resolve(sale_id)
            case "undo":
                checkout.undo_cash(sale_id)
            case "give up":
                checkout.give_up(sale_id)
            case "give back":
                checkout.give_back(sale_id, self._huda(), lambda step: None)
            case "recover":
                checkout.recover()

    def _resolve(self, sale_id: str) -> None:
        """The supervisor reads the terminal's own slip, which tells the truth."""
        with self.station.store.read() as connection:
            asked = [one for one in open_attempts(connection) if one.sale_id == sale_id]
        terminal = self.station.cards._terminal
        if len(asked) != 1 or terminal is None:
            return
        moved = getattr(terminal.driver, "arrived", {}).get(asked[0].attempt_id)
        approved = moved is not None and moved.minor > 0
        self.station.checkout.resolve(sale_id, approved, "A1" if approved else "", self._huda("by the slip"))

    def park(self) -> None:
        self.station.selling.park(self._cart())

    def resume(self) -> None:
        parked = self.station.selling.parked()
        if parked:
            cart = self.station.selling.resume(self.chance.choice(parked).parked_id)
            self._pay(self.station.checkout.begin(cart))

    def void(self) -> None:
        able = [row for row in self.station.records.recent() if not row.why_not_void]
        if able and self.chance.random() < 0.2:
            self.station.records.void_in_cash(able[0].sale_id, "a mistake", self._huda(), lambda step: None)
        elif able:
            self.station.records.void(able[0].sale_id, "a mistake", self._huda(), lambda step: None)

    def reprint(self) -> None:
        rows = self.station.records.recent()
        if rows:
            row = self.chance.choice(rows)
            if self.chance.random() < 0.5:
                self.station.records.reprint(row.document_id)
            else:
                self.station.records.reprint_tickets(row.sale_id)

    def print_out(self) -> None:
        self.station.printer._print_all()

    # the gate --------------------------------------------------------------------------------------------------------

    def scan(self) -> None:
        if self.town.codes:
            recent = self.town.codes[-3:] if self.crowded else self.town.codes[-12:]
            self.station.gate.scan(
                self.chance.choice(recent if self.chance.random() < 0.8 else self.town.codes)
            )

    def scan_nonsense(self) -> None:
        """Somebody else's code, part of ours, or ours for a day that this station knows nothing of."""
        code = self.chance.choice(("https://example.org/x", "AEAQ", "", "7K2M-PQ"))
        if self.chance.random() < 0.4:
            signer = self.station.checkout._closing._signer
            far = date(2026, 11, 26) + timedelta(days=self.chance.randint(12, 18))
            code = signer.code(str(UUID(int=self.chance.getrandbits(128))), 1, far, 0)
        self.station.gate.scan(code)

    def _inside(self) -> list[tuple[str, str]]:
        """(admission, ticket) of those that this station believes inside."""
        with self.station.store.read() as connection:
            tickets = connection.execute(sa.select(t.admission.c.ticket_id).distinct()).scalars()
            return [
                (entry.admission_id, ticket)
                for ticket in sorted(tickets)
                for entry in read_gate.entries_of(connection, ticket, "en")
            ]

    def undo(self) -> None:
        if inside := self._inside():
            self.station.gate.undo(self.chance.choice(inside)[0])

    def re_enter(self) -> None:
        if inside := self._inside():
            self.station.gate.re_enter(self.chance.choice(inside)[1])

    def retry_print(self) -> None:
        with self.station.store.read_journal() as connection:
            stuck = journal.print_job.c.state.in_(("failed", "unconfirmed"))
            found = sa.select(journal.print_job.c.job_id).where(stuck, journal.print_job.c.kind != "report")
            jobs = list(connection.execute(found.order_by(journal.print_job.c.job_id)).scalars())
        if jobs:
            self.station.records.retry_print(self.chance.choice(jobs))


def _pieces(minor: int) -> dict[int, int]:
    pieces: dict[int, int] = {}
    for note in _NOTES:
        pieces[note], minor = divmod(minor, note)
    return pieces
