"""For each kind of operation, how one comes about at a till: what must be so before, and the act that records it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from app.line import Line
from app.parts import Station
from app.shown import Approval, PaymentPage
from app.shown_attention import Source
from app.shown_guests import GuestForm, MembershipForm
from domain.attention import mark_of
from domain.correction import Means, Said
from domain.errors import Refused
from domain.money import Money
from ledger import journal, read_gate
from ledger import tables as t
from tests.helpers.shop import vouch
from tests.simulation.card_oracle import Terminal
from tests.simulation.chance import Time
from tests.simulation.refund_scripts import REFUNDS
from tests.simulation.venue import CABANA, PLAN, WATER

REEM, PIN = "reem", "2580"
HUDA = Approval("huda", "9513", "as agreed")
ADULT, INFANT = 1, 3
SHORT = 1.0  # how long a request to the terminal may be on its way here, in seconds


@dataclass
class Till:
    """A station with Reem at it and an open shift; `terminal` does as told; `failed_message` makes the server give
    one up; `codes` are those that guests were sent; `look_after` is what the server does by itself, `call_off` what
    the guest of a booking does."""

    station: Station
    terminal: Terminal
    time: Time
    failed_message: Callable[[], str]
    codes: Callable[[], list[tuple[str, str]]]
    look_after: Callable[[], None]
    call_off: Callable[[str], None]

    def ready(self) -> None:
        if self.station.session._member is None:
            self.station.people.sign_in(REEM, PIN)
        if self.station.session.open_shift() is None:
            self.station.shifts.open({10000: 3})
        self.terminal.fate = ""
        self.station.sync.line = Line(None)

    def begin(self, product: int = WATER) -> PaymentPage:
        selling = self.station.selling
        cart = selling.add(selling.empty(), product, selling.page(0, "").chosen)
        return self.station.checkout.begin(selling.reserve(cart))

    def lease(self, places: int) -> None:
        """A lease of so many places of the running session, taken."""
        number = self.station.selling.page(0, "").chosen
        body = json.dumps({"session": number, "places": places, "ahead": False})
        self.station.requests.ask("LeaseAsked", body, "", about=f"session:{number}")
        self.station.sync.once()
        self.station.leases.take()

    def revoke(self) -> None:
        """A supervisor takes back what this station holds of the running session."""
        number, identity = self.station.selling.page(0, "").chosen, self.station.store.identity
        assert identity is not None
        body = {"session": number, "station_id": identity.station_id, "reason": "a trial"}
        vouch(self.station, "huda")
        self.station.requests.ask("LeaseRevoked", json.dumps(body), "huda", about=f"session:{number}")

    def sell(self, product: int = WATER) -> str:
        page = self.begin(product)
        self.station.checkout.cash(page.sale_id, page.left)
        return page.sale_id

    def by_card(self, fate: str = "") -> None:
        self.terminal.fate = fate
        page = self.begin()
        self.station.checkout.card(page.sale_id, page.left, lambda step: None)

    def settle_sales(self) -> None:
        """Nothing is half paid when this returns."""
        self.terminal.fate = ""
        self.time.forward(2 * SHORT)  # what has not arrived by now never will
        self.station.refunds.recover()
        self.station.checkout.recover()
        for waiting in self.station.checkout.to_resolve():
            self.station.checkout.give_back(waiting.sale_id, HUDA, lambda step: None)

    def code(self) -> str:
        """A ticket that nobody used."""
        self.sell(ADULT)
        with self.station.store.read() as connection:
            found = sa.select(t.ticket.c.code).order_by(t.ticket.c.ticket_id.desc()).limit(1)
            return str(connection.execute(found).scalar_one())

    def admission(self) -> str:
        self.station.gate.scan(self.code())
        with self.station.store.read() as connection:
            found = sa.select(t.admission.c.ticket_id).order_by(t.admission.c.admission_id.desc()).limit(1)
            ticket = connection.execute(found).scalar_one()
            return read_gate.entries_of(connection, ticket, "en")[0].admission_id

    def count(self) -> None:
        """Counts what is there, as the book has it."""
        self.settle_sales()
        self.station.shifts.cash_in(Money(100, "SAR"), "change")
        shown = self.station.shifts.count({10000: 1})
        self.station.shifts.count({100: shown.expected.minor // 100, 5: shown.expected.minor % 100 // 5})

    def close(self) -> None:
        self.station.shifts.close("counted", HUDA)

    def capacity(self, by: int = 1) -> None:
        selling = self.station.selling.page(0, "")
        session = next(one for one in selling.sessions if one.number == selling.chosen)
        wanted = {"session": session.number, "seen": session.capacity, "capacity": session.capacity + by}
        vouch(self.station, "huda")
        self.station.requests.ask("SessionCapacity", json.dumps(wanted), "huda")

    def told(self) -> str:
        """A case that the server has and this station knows."""
        self.station.sync.once()  # a request that stands on more than has arrived would be put off
        before = {item.key for item in self.station.attention.page().items}
        self.station.attention.tell("look at the turnstile", "")
        self.station.sync.once()
        cases = [item for item in self.station.attention.page().items if item.source is Source.CASE]
        return next(item.thing for item in cases if item.key not in before)

    def settle(self, case: str) -> None:
        with self.station.store.read() as connection:
            found = sa.select(t.case_item.c.facts).where(t.case_item.c.case_id == case)
            seen = mark_of(connection.execute(found).scalar_one())
        said = {"case": case, "way": "done", "note": "seen to", "seen": seen}
        self.ask("CaseSettled", json.dumps(said))

    def ask(self, kind: str, body: str) -> None:
        """In the name of Huda, who typed her PIN for it."""
        vouch(self.station, "huda")
        self.station.requests.ask(kind, body, "huda")

    def pay_ahead(self, booking_id: str) -> None:
        """A booking that was made ahead is paid in cash."""
        page = self.station.checkout.begin(self.station.bookings.cart(booking_id))
        self.station.checkout.cash(page.sale_id, page.left)

    def quarter_of_an_hour(self) -> None:
        """It passes, and the server looks after what was not paid."""
        self.time.forward(16 * 60)
        self.look_after()

    def a_day(self) -> None:
        """It passes, and the server looks after what it was the day of."""
        self.time.forward(24 * 3600)
        self.look_after()

    def refused(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Refused:
            return
        raise AssertionError("it was not refused")


Act = Callable[[], object]
Script = Callable[[Till], Act]


def _close(till: Till) -> Act:
    till.count()
    return till.close


def _open(till: Till) -> Act:
    till.count()
    till.close()
    return lambda: till.station.shifts.open({10000: 2})


def _counted(till: Till) -> Act:
    till.settle_sales()
    till.station.shifts.cash_in(Money(100, "SAR"), "change")
    return lambda: till.station.shifts.count({10000: 1})


def _sold(till: Till) -> Act:
    page = till.begin(ADULT)
    return lambda: till.station.checkout.cash(page.sale_id, page.left)


def _voided(till: Till) -> Act:
    sale_id = till.sell(ADULT)
    return lambda: till.station.records.void(sale_id, "a mistake", HUDA, lambda step: None)


def _reprinted(till: Till) -> Act:
    till.sell()
    document = till.station.records.recent()[0].document_id
    return lambda: till.station.records.reprint(document)


def _admitted(till: Till) -> Act:
    code = till.code()
    return lambda: till.station.gate.scan(code)


def _undone(till: Till) -> Act:
    admission = till.admission()
    return lambda: till.station.gate.undo(admission)


def _signed_in(till: Till) -> Act:
    till.station.session.end()
    return lambda: till.station.people.sign_in(REEM, PIN)


def _failed(till: Till) -> Act:
    till.station.people.sign_in("salem", "1470")  # or the fifth time locks
    till.station.people.sign_in(REEM, PIN)
    return lambda: till.refused(lambda: till.station.people.sign_in("salem", "9081"))


def _returned(till: Till) -> Act:
    till.lease(30)
    return till.station.leases.tick


def _cut(till: Till) -> Act:
    till.lease(3)
    till.revoke()
    till.station.sync.once()
    return till.station.leases.take


def _revoked(till: Till) -> Act:
    till.lease(3)
    return till.revoke


def _resent(till: Till) -> Act:
    body = json.dumps({"message": till.failed_message()})
    return lambda: till.ask("MessageResent", body)


def _guest(till: Till) -> str:
    """Somebody whom the server knows too."""
    with till.station.store.read_journal() as connection:
        number = 50_000_000 + journal.last_row(connection)  # nobody else's
    guest_id = till.station.guests.register(GuestForm("Sara", f"05{number}"))
    till.station.sync.once()
    return guest_id


def _verified_guest(till: Till) -> str:
    guest_id = _guest(till)
    till.station.guests.send_code(guest_id, "sms")
    till.station.guests.verify(guest_id, dict(till.codes())[guest_id])
    return guest_id


def _book(till: Till, guest_id: str, *products: int) -> str:
    """A booking of these products, for the running session where they take places; returns its id."""
    session = till.station.selling.page(0, "").chosen
    booking_id = till.station.store.ids.new()
    lines = [[product, session if product in (ADULT, INFANT) else 0, 1] for product in products]
    till.ask(
        "BookingHeld", json.dumps({"booking": booking_id, "guest": guest_id, "lines": lines, "note": ""})
    )
    return booking_id


def _booked(till: Till) -> Act:
    guest_id = _verified_guest(till)
    return lambda: _book(till, guest_id, ADULT)


def _then(kind: str, *products: int) -> Script:
    """What is asked about a booking of these."""

    def script(till: Till) -> Act:
        body = json.dumps({"booking": _book(till, _verified_guest(till), *products), "reason": "ill"})
        return lambda: till.ask(kind, body)

    return script


def _booked_otherwise(till: Till) -> Act:
    booking_id = _book(till, _verified_guest(till), ADULT)
    till.station.sync.once()
    seen, session = till.station.bookings.page(booking_id).mark, till.station.selling.page(0, "").chosen
    said = {"booking": booking_id, "change": till.station.store.ids.new(), "seen": seen, "note": ""}
    return lambda: till.ask("BookingChanged", json.dumps(said | {"lines": [[ADULT, session, 2]]}))


def _named(till: Till) -> Act:
    booking_id = _book(till, _verified_guest(till), ADULT)
    till.station.sync.once()
    page = till.station.bookings.page(booking_id)
    return lambda: till.station.bookings.name_tickets(
        booking_id, page.mark, {page.seats[0].ticket_id: "Omar"}
    )


def _confirmed(till: Till, product: int = ADULT) -> str:
    """A booking of a ticket that is paid, as the server and this till know."""
    booking_id = _paid(till, product)
    till.look_after()
    till.station.sync.once()
    return booking_id


def nothing_back(till: Till) -> Act:
    """A paid booking of which nothing goes back is called off."""
    body = json.dumps({"booking": _confirmed(till, INFANT), "reason": "ill"})
    return lambda: till.ask("BookingCancelled", body)


def _paid(till: Till, product: int) -> str:
    """A booking that this till was paid for."""
    booking_id = _book(till, _verified_guest(till), product)
    till.station.sync.once()
    till.pay_ahead(booking_id)
    till.settle_sales()
    till.station.sync.once()
    return booking_id


def begun(till: Till, *, taken: bool) -> str:
    """A refund that the server began, since its guest called it off; this till has taken it up, or nobody has."""
    refunds, sync = till.station.refunds, till.station.sync
    sync.once()
    if not any(not row.asker_id for row in refunds.open()):
        till.call_off(_confirmed(till))
        sync.once()
    row = next(row for row in refunds.open() if not row.asker_id)
    if row.here is not taken:
        (refunds.take if taken else refunds.release)(row.refund_id)
        sync.once()
    return row.refund_id


def _taken(till: Till) -> Act:
    refund = begun(till, taken=False)
    return lambda: till.station.refunds.take(refund)


def _released(till: Till) -> Act:
    refund = begun(till, taken=True)
    return lambda: till.station.refunds.release(refund)


def _moved(till: Till) -> Act:
    """The ticket of a booking that is paid, to another session."""
    booking_id = _confirmed(till)
    page, sessions = till.station.bookings.page(booking_id), till.station.selling.page(0, "").sessions
    to = next(tile.number for tile in sessions if tile.number != page.good[0].session)
    return lambda: till.station.bookings.move(booking_id, page.mark, [page.good[0].ticket_id], to)


def _revoked_ticket(till: Till) -> Act:
    till.sell(ADULT)
    till.station.sync.once()
    with till.station.store.read() as connection:
        last = sa.select(t.ticket.c.booking_id, t.ticket.c.ticket_id).order_by(t.ticket.c.ticket_id.desc())
        booking_id, ticket_id = connection.execute(last.limit(1)).one()
    return lambda: till.station.bookings.revoke(booking_id, [ticket_id], "sold on", HUDA)


def _paid_ahead(till: Till) -> Act:
    booking_id = _book(till, _verified_guest(till), ADULT)
    till.station.sync.once()
    return lambda: till.pay_ahead(booking_id)


def _not_paid(till: Till) -> Act:
    """Of what needs no session: the hours pass with each power cut."""
    _book(till, _verified_guest(till), WATER)
    till.station.sync.once()
    return till.quarter_of_an_hour


def _day_over(till: Till) -> Act:
    """A booking that was paid; then a day passes."""
    _paid(till, WATER)
    return till.a_day


def _changed(till: Till) -> Act:
    guest_id = _guest(till)
    return lambda: till.station.guests.change(guest_id, GuestForm("Sara", note="comes on Fridays"))


def _pass(guest_id: str) -> MembershipForm:
    return MembershipForm(PLAN, guest_id, "2026-01-01", "2026-12-31")


def _joined(till: Till) -> Act:
    guest_id = _guest(till)
    return lambda: till.station.guests.give_membership(guest_id, _pass(guest_id))


def _left(till: Till) -> Act:
    guest_id = _guest(till)
    one = till.station.guests.give_membership(guest_id, _pass(guest_id))
    return lambda: till.station.guests.end_membership(guest_id, one)


def _code_sent(till: Till) -> Act:
    guest_id = _guest(till)
    return lambda: till.station.guests.send_code(guest_id, "sms")


def _verified(till: Till) -> Act:
    guest_id = _guest(till)
    till.station.guests.send_code(guest_id, "sms")
    code = dict(till.codes())[guest_id]
    return lambda: till.station.guests.verify(guest_id, code)


def _merged(till: Till) -> Act:
    body = json.dumps({"guest": _guest(till), "into": _guest(till)})
    return lambda: till.ask("GuestMerged", body)


def _erased(till: Till) -> Act:
    body = json.dumps({"guest": _guest(till), "reason": "they asked for it"})
    return lambda: till.ask("GuestErased", body)


def _settled(till: Till) -> Act:
    case = till.told()
    return lambda: till.settle(case)


def _corrected(till: Till) -> Act:
    till.sell()
    [paid] = till.station.records.recent()[0].payments
    said = Said(Means.KEYED_CARD, "mada", "4821", "083114")
    return lambda: till.station.records.correct_tender(paid.payment_id, said, HUDA)


SCRIPTS: dict[str, Script] = {
    "ShiftOpened": _open,
    "CashMoved": lambda till: lambda: till.station.shifts.cash_in(Money(500, "SAR"), "change"),
    "ShiftCounted": _counted,
    "ShiftClosed": _close,
    "ReportRead": lambda till: till.station.shifts.x_report,
    "BookingMade": _sold,
    "SaleClosed": _sold,
    "SaleVoided": _voided,
    "TenderCorrected": _corrected,
    "DocumentReprinted": _reprinted,
    "CardAsked": lambda till: till.by_card,
    "CardApproved": lambda till: till.by_card,
    "CardDeclined": lambda till: lambda: till.by_card("decline"),
    "CardCancelled": lambda till: lambda: till.by_card("cancel"),
    "CardUnknown": lambda till: lambda: till.by_card("mute"),
    "CardResolved": lambda till: lambda: till.by_card("silent"),
    "GuestAdmitted": _admitted,
    "AdmissionUndone": _undone,
    "ScanRefused": lambda till: lambda: till.station.gate.scan("https://example.org"),
    "SignedIn": _signed_in,
    "SignedOut": lambda till: till.station.people.sign_out,
    "SignInFailed": _failed,
    "OverrideGiven": lambda till: lambda: till.station.shifts.drop(Money(500, "SAR"), HUDA),
    "LeaseTaken": lambda till: lambda: till.lease(2),
    "LeaseReturned": _returned,
    "LeaseCut": _cut,
    "LeaseGranted": lambda till: lambda: till.lease(2),
    "LeaseRevoked": _revoked,
    "CaseOpened": lambda till: lambda: till.station.attention.tell("look at the turnstile", ""),
    "CaseSettled": _settled,
    "MessageResent": _resent,
    "BookingHeld": _booked,
    "BookingChanged": _booked_otherwise,
    "TicketsMoved": _moved,
    "TicketRevoked": _revoked_ticket,
    "TicketsNamed": _named,
    "BookingExtended": _then("BookingExtended", ADULT),
    "BookingConfirmed": _paid_ahead,
    "BookingApproved": _then("BookingApproved", CABANA),
    "BookingRejected": _then("BookingRejected", CABANA, ADULT),
    "BookingCancelled": _then("BookingCancelled", ADULT),
    "BookingExpired": _not_paid,
    "BookingOver": _day_over,
    "GuestRegistered": lambda till: lambda: till.station.guests.register(GuestForm("Sara")),
    "GuestChanged": _changed,
    "MembershipGiven": _joined,
    "MembershipEnded": _left,
    "CodeSent": _code_sent,
    "GuestVerified": _verified,
    "GuestMerged": _merged,
    "GuestErased": _erased,
    "RecordSaved": lambda till: till.capacity,
    "RefundTaken": _taken,
    "RefundReleased": _released,
    **REFUNDS,
}
