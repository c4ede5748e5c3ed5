"""What staff do at a till that is going to be killed, as chance has it; and how they end what was left half done."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable
from pathlib import Path

from app.apart import Here
from app.hardware.ports import Printed, PrinterStatus
from app.parts import Config, Station, Told
from app.shown import PaymentPage
from domain import codec
from domain import operation as op
from domain.errors import Code, Refused, Unavailable
from domain.money import Money
from ledger import journal
from ledger.clock import Clock
from tests.helpers.shop import ADULT, CHILD, HUDA, INFANT, TUBE, WATER, Shop, sar
from tests.helpers.waiting import wait_for

CARD_WINDOW = 0.4
# By their last two digits the simulated terminal approves (0), declines (1), or answers late, wrongly or never.
_CENTS = (0, 0, 0, 0, 1, 2, 3, 6, 7)
_BETWEEN = (Code.REQUEST_OPEN, Code.REQUEST_CANCELLED, Code.REQUEST_OFFLINE, Code.REQUEST_UNANSWERED)
_MOMENT = threading.Event()
_CARTS = ((WATER,), (TUBE, WATER), (ADULT,), (ADULT, CHILD, WATER), (ADULT, ADULT, CHILD, INFANT, TUBE))
_UNPLACED = _CARTS[:2]


def open_till(folder: Path, clock: Clock, *, server: str = "", code: str = "", terminal: str = "") -> Shop:
    """A station on `folder`; enrols it when there is a code."""
    config = Config(
        folder, server, code, terminal, keyring=False, query_seconds=0.02, card_window=CARD_WINDOW
    )
    station = Station(config, clock, Told())
    station.printer._printer = station.printer._files = Paper()
    station.printer._workshop = Plain()
    return Shop(station)


class Paper:
    """A printer that prints at once; what paper looks like is no matter here."""

    def print(self, job: bytes) -> Printed:
        return Printed()

    def status(self) -> PrinterStatus:
        return PrinterStatus()

    def open_drawer(self) -> Printed:
        return Printed()


class Plain(Here):
    """Draws nothing."""

    def call(self, function: object, *given: object) -> bytes:
        return b""


class Counter:
    """One member of staff at work. `tell` is called when the screen would say that something is done."""

    def __init__(self, shop: Shop, chance: random.Random, tell: Callable[..., None]) -> None:
        self.shop = shop
        self.chance = chance
        self.tell = tell
        self._known = self._last_row()

    def _last_row(self) -> int:
        with self.shop.station.store.read_journal() as connection:
            return journal.last_row(connection)

    def new(self) -> dict[str, list[str]]:
        """What was recorded since this was asked last: the ids, and the codes of new tickets."""
        with self.shop.station.store.read_journal() as connection:
            kept = journal.kept_since(connection, self._known)
        self._known = kept[-1].row if kept else self._known
        codes: list[str] = []
        for item in kept:
            if item.envelope.kind == "BookingMade":
                booking = codec.loads(op.BookingMade, item.envelope.public)
                codes += [ticket.code for ticket in booking.tickets]
        return {"ops": [item.envelope.op_id for item in kept], "codes": codes}

    def act(self) -> None:
        """Does one thing, as chance has it, and tells of it."""
        acts = (self.cash, self.card, self.go_on, self.void, self.admit, self.admit, self.undo, self.drawer)
        self.do(self.chance.choices(acts, (30, 25, 10, 6, 12, 8, 3, 4))[0])

    def do(self, act: Callable[[], str]) -> None:
        try:
            what = act()
        except (Refused, Unavailable) as refused:
            self.tell(refused=str(getattr(refused, "code", "unavailable")), **self.new())
        else:
            self.tell(told=what, **self.new())

    def begin(self) -> PaymentPage:
        """Of a full cart; of one that needs no places when there are none."""
        try:
            return self.shop.begin(self.chance.choice(_CARTS))
        except Refused:
            self.shop.station.selling.empty()
            return self.shop.begin(self.chance.choice(_UNPLACED))

    def cash(self) -> str:
        page = self.begin()
        self.shop.station.checkout.cash(page.sale_id, page.left)
        return "cash"

    def card(self) -> str:
        """A part on a card, with cents that decide what becomes of it, then the rest on a card or in cash."""
        page = self.begin()
        cents = self.chance.choice(_CENTS)
        part = page.left if not cents or page.left.minor < 300 else Money(200 + cents, page.left.currency)
        page = self._by_card(page, part)
        if page.left.minor and not page.unknown and self.chance.random() < 0.7:
            self._pay_rest(page)
        return "card"

    def _by_card(self, page: PaymentPage, amount: Money) -> PaymentPage:
        return self.shop.station.checkout.card(page.sale_id, amount, lambda step: None)

    def _pay_rest(self, page: PaymentPage) -> None:
        whole = page.left.minor % 100 == 0
        if whole and self.chance.random() < 0.5:
            self._by_card(page, page.left)
        else:
            self.shop.station.checkout.cash(page.sale_id, page.left)

    def go_on(self) -> str:
        """With a sale that was left half paid, or a void that broke off."""
        station = self.shop.station
        if begun := station.records.unfinished_void():
            station.records.void(begun.sale_id, "again", HUDA, lambda step: None)
            return "void"
        for waiting in station.checkout.to_resolve()[:1]:
            page = station.checkout.ask_again(waiting.sale_id)
            if self.chance.random() < 0.3:
                station.checkout.give_back(waiting.sale_id, HUDA, lambda step: None)
            elif page.left.minor and not page.unknown:
                station.checkout.cash(waiting.sale_id, page.left)
        return "go on"

    def void(self) -> str:
        records = self.shop.station.records
        able = [row for row in records.recent() if not row.why_not_void]
        if able:
            records.void(able[0].sale_id, "a mistake", HUDA, lambda step: None)
        return "void"

    def admit(self) -> str:
        if codes := [code for code in self.shop.codes()[-12:] if code]:
            self.shop.station.gate.scan(self.chance.choice(codes))
        return "scan"

    def scan(self, code: str) -> str:
        """A guest comes with a ticket from anywhere."""
        self.shop.station.gate.scan(code)
        return "scan"

    def scan_again(self, code: str) -> str:
        """A guest who stepped out comes back."""
        self.shop.station.gate.re_enter(self.shop.station.gate.scan(code).ticket_id)
        return "scan again"

    def sell(self, cash: str, products: list[int]) -> str:
        """For the `cash` that was handed over."""
        self.shop.sell(products, cash=cash)
        return "sell"

    def pay_part(self, cash: str, products: list[int]) -> str:
        """A sale is begun, and `cash` is a part of it."""
        page = self.shop.begin(products)
        self.shop.station.checkout.cash(page.sale_id, sar(cash))
        return "begin"

    def undo(self) -> str:
        if codes := [code for code in self.shop.codes()[-3:] if code]:
            result = self.shop.station.gate.scan(self.chance.choice(codes))
            if result.code == "ok":
                self.shop.station.gate.undo(result.admission_id)
        return "undo"

    def drawer(self) -> str:
        self.shop.station.shifts.cash_in(Money(self.chance.randint(1, 90) * 100, "SAR"), "change")
        return "drawer"


def finish(shop: Shop) -> None:
    """All that was left half done is ended as staff would: cards are asked about, sales are paid, voids go on."""
    wait_for(lambda: _is_finished(shop), seconds=20)


def _is_finished(shop: Shop) -> bool:
    station = shop.station
    station.checkout.recover()
    for waiting in station.checkout.to_resolve():
        page = station.checkout.ask_again(waiting.sale_id)
        if page.left.minor and not page.unknown:
            station.checkout.cash(waiting.sale_id, page.left)
    if begun := station.records.unfinished_void():
        station.records.void(begun.sale_id, "again", HUDA, lambda step: None)
    return not station.checkout.to_resolve() and station.records.unfinished_void() is None


def enter(shop: Shop, who: str) -> None:
    """Signs in and opens a shift, where things are sold, unless one is open."""
    shop.sign_in(who)
    if "sell" in shop.station.info().places and shop.station.session.open_shift() is None:
        shop.open_shift()


def ask_places(shop: Shop) -> str:
    """Three places of the running session: `granted`, or the code of the server's refusal. The station asks for some
    itself, and only one of the two can be under way."""
    body = json.dumps({"session": shop.session, "places": 3, "ahead": False})
    while True:
        try:
            return shop.station.requests.ask("LeaseAsked", body, "", about=f"session:{shop.session}").state
        except Refused as refused:
            if refused.code not in _BETWEEN:
                return refused.code.value
            _MOMENT.wait(0.02)
