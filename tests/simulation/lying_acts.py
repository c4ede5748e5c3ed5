"""A till whose software lies: about what it was paid ahead for, whose places it sold, which card paid, what a void
ended, and how and where a refund was paid. The server takes all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from typing import Any
from unittest import mock

import sqlalchemy as sa
from sqlalchemy import Connection

from app import paying_back, voiding
from app.recording import Actor, Recording
from app.refunding import Refunding
from app.services import bookings
from app.shown_guests import GuestForm
from app.shown_refunds import PaidOut
from domain.booking import Life
from domain.cart import Cart, CartLine
from domain.errors import Refused
from domain.money import Money
from domain.operation import BookingMade, TenderPart
from domain.refund import State
from domain.sale import Tender
from domain.visit import Known
from ledger import bans, read_gate, read_guests, read_refunds
from ledger import tables as t
from ledger.read_refunds import RefundRow
from tests.simulation import booking_acts, refund_acts
from tests.simulation.staff import Counter
from tests.simulation.venue import WATER

_ADULT = 1
_BOOKED = (
    sa.select(t.ticket.c.ticket_id, t.ticket.c.product, t.ticket.c.session, t.booking.c.day)
    .join(t.booking, t.booking.c.booking_id == t.ticket.c.booking_id)
    .join(t.reservation, t.reservation.c.booking_id == t.booking.c.booking_id)
    .order_by(t.ticket.c.ticket_id)
)
Lie = Callable[[Counter, BookingMade], BookingMade]


def pay_and_lie(counter: Counter) -> None:
    """What was booked ahead is paid; the till records another price, or a ticket too many or too few."""
    booking_id = booking_acts._one(counter, Life.HELD)
    if not booking_id:
        with suppress(Refused):
            booking_acts.book(counter)
        return
    lie = counter.chance.choice((_other_price, _more_tickets, _fewer_tickets, _invented))
    page = counter.station.checkout.begin(counter.station.bookings.cart(booking_id))
    with _telling(counter, lie):
        counter._pay(page)


def ban(counter: Counter) -> None:
    """Nobody lies: somebody who booked misbehaved."""
    with counter.station.store.read() as connection:
        waiting = _waiting(connection)
        if not waiting:
            return
        guest = read_guests.known(connection, waiting[counter.chance.choice(sorted(waiting))])
    form = GuestForm(
        guest.name, guest.phone, guest.email, guest.language, guest.born, guest.note, ("banned",)
    )
    counter.station.guests.change(guest.guest_id, form)


def pay_unasked(counter: Counter) -> None:
    """What somebody booked who is banned, as this till knows, is paid, and the till asks for nobody's yes."""
    with counter.station.store.read() as connection:
        waiting = _waiting(connection)
        banned = sorted(key for key, who in waiting.items() if _is_banned(connection, who))
    if not banned:
        ban(counter)
        return
    booking_id = counter.chance.choice(banned)
    with mock.patch.object(bookings, "check_welcome", lambda *_: None):
        counter._pay(counter.station.checkout.begin(counter.station.bookings.cart(booking_id)))


def pay_allowed(counter: Counter) -> None:
    """Nobody lies: Huda says yes to what somebody booked, banned or not."""
    if booking_id := booking_acts._one(counter, Life.HELD):
        cart = counter.station.bookings.cart(booking_id, counter._huda("the owner knows"))
        counter._pay(counter.station.checkout.begin(cart))


def _waiting(connection: Connection) -> dict[str, str]:
    """The guests of what is to be paid, by booking."""
    c = t.reservation.c
    found = sa.select(c.booking_id, c.guest_id).where(c.life == Life.HELD.value)
    return {row.booking_id: row.guest_id for row in connection.execute(found)}


def _is_banned(connection: Connection, guest_id: str) -> bool:
    guest = read_guests.guest(connection, guest_id)
    return guest is not None and bans.is_banned(connection, guest)


def let_in_unasked(counter: Counter) -> None:
    """A gate that asks nobody about who is banned, or that has not heard, scans what somebody booked."""
    with counter.station.store.read() as connection:
        tickets = connection.execute(_BOOKED).all()
        banned = [ticket for ticket in tickets if read_gate.known(connection, ticket.ticket_id, "en").banned]
    if not tickets:
        return
    one, honest = counter.chance.choice(banned or tickets), read_gate.known

    def told(connection: Connection, ticket_id: str, language: str) -> Known:
        return replace(honest(connection, ticket_id, language), banned=False)

    signer = counter.station.checkout._closing._signer
    with mock.patch.object(read_gate, "known", told):
        counter.station.gate.scan(
            signer.code(one.ticket_id, one.product, date.fromisoformat(one.day), one.session)
        )


def drop_unasked(counter: Counter) -> None:
    """Cash goes to the safe in Huda's name, who was asked about another bag or about none."""
    shifts = counter.station.shifts
    with mock.patch.object(shifts._approver, "approve", lambda *_: "huda"):
        shifts.drop(counter._some(60), counter._huda("bag 8"))


def sell_as_booked(counter: Counter) -> None:
    """A walk-in's tickets are called kept ones of a booking that nobody made."""
    page = counter.station.checkout.begin(counter._cart())
    with _telling(counter, _as_booked):
        counter._pay(page)


def new_price(counter: Counter) -> None:
    """Nobody lies: the catalogue changes, and tills go on by what they last heard of it."""
    number, most = counter.chance.choice(((_ADULT, 11_500), (WATER, 300)))
    counter.town.new_price(number, counter.chance.choice((most, most + 50, most - 50)))


def sell_otherwise(counter: Counter) -> None:
    """A walk-in at a price or a VAT rate that the catalogue never had; the guest pays it, and no discount says why."""
    cart = counter._cart()
    if cart.lines:
        first, *rest = cart.lines
        cart = replace(cart, lines=(counter.chance.choice((_dearer, _untaxed))(first), *rest))
    counter._pay(counter.station.checkout.begin(cart))


def sell_other_tickets(counter: Counter) -> None:
    """A walk-in gets tickets that were not charged, or that are good for more than what was."""
    lie = counter.chance.choice((_more_tickets, _fewer_tickets, _at_any_time, _for_a_family))
    page = counter.station.checkout.begin(counter._cart())
    with _telling(counter, lie):
        counter._pay(page)


def _dearer(line: CartLine) -> CartLine:
    return replace(line, unit=line.unit + Money(33, line.unit.currency))


def _untaxed(line: CartLine) -> CartLine:
    return replace(line, product=replace(line.product, vat_rate=0))


def pay_by_no_card(counter: Counter) -> None:
    """What came in cash is told as paid by a card that nobody was asked about."""
    closing, ids = counter.station.checkout._closing, counter.station.store.ids
    honest = closing._tender

    def told(tender: Tender) -> TenderPart:
        part = honest(tender)
        return part if part.attempt_id else replace(part, method="card", attempt_id=ids.new(), scheme="mada")

    page = counter.station.checkout.begin(counter._cart())
    with mock.patch.object(closing, "_tender", told):
        counter._pay(page)


def void_and_keep(counter: Counter) -> None:
    """A sale is voided, and its tickets stay good."""
    honest = voiding._ending

    def told(recording: Recording, booking_id: str, paid_for: str) -> Any:
        charges, _ = honest(recording, booking_id, paid_for)
        return charges, []

    with mock.patch.object(voiding, "_ending", told):
        counter.void()


@contextmanager
def _telling(counter: Counter, lie: Lie) -> Iterator[None]:
    closing = counter.station.checkout._closing
    honest = closing._booking

    def told(cart: Cart, day: object) -> BookingMade:
        return lie(counter, honest(cart, day))  # type: ignore[arg-type] # a day

    with mock.patch.multiple(closing, _booking=told, _print_tickets=lambda *_: None):
        yield


def _other_price(counter: Counter, made: BookingMade) -> BookingMade:
    first, *rest = made.lines
    gross = first.gross + Money(counter.chance.choice((100, 700)), first.gross.currency)
    return replace(made, lines=(replace(first, gross=gross), *rest))


def _invented(counter: Counter, made: BookingMade) -> BookingMade:
    """None of its charges is one that was booked."""
    ids = counter.station.store.ids
    return replace(made, lines=tuple(replace(line, charge_id=ids.new()) for line in made.lines), discounts=())


def _more_tickets(counter: Counter, made: BookingMade) -> BookingMade:
    ids = counter.station.store.ids
    more = (replace(ticket, ticket_id=ids.new()) for ticket in made.tickets[:2])
    return replace(made, tickets=(*made.tickets, *more))


def _fewer_tickets(_counter: Counter, made: BookingMade) -> BookingMade:
    return replace(made, tickets=made.tickets[1:])


def _at_any_time(_counter: Counter, made: BookingMade) -> BookingMade:
    lines = tuple(replace(line, session=0) for line in made.lines)
    return replace(made, lines=lines, tickets=tuple(replace(ticket, session=0) for ticket in made.tickets))


def _for_a_family(_counter: Counter, made: BookingMade) -> BookingMade:
    return replace(made, tickets=tuple(replace(ticket, places=4) for ticket in made.tickets))


def _as_booked(_counter: Counter, made: BookingMade) -> BookingMade:
    return replace(made, held=True, override_id="")


# refunds -----------------------------------------------------------------------------------------------------------


def pay_back_here(counter: Counter) -> None:
    """A refund that was approved, by a till that does not look whose it is, in cash."""
    if row := refund_acts._one(counter, State.APPROVED):
        with mock.patch.object(paying_back, "check_payable", _believing):
            counter.station.refunds.pay_in_cash(row.refund_id, counter._huda())


def _believing(recording: Recording, _actor: Actor, ask_id: str, _station_id: str) -> RefundRow:
    row = read_refunds.refund(recording.cache, ask_id)
    assert row is not None
    return row


def pay_back_otherwise(counter: Counter) -> None:
    """Its tickets stay good, or nobody let the card's money go back in cash."""
    waiting = counter.station.refunds.to_pay()
    if not waiting:
        refund_acts.go_on(counter)
        return
    honest, keeps = Refunding.record, counter.chance.random() < 0.5

    def told(it: Refunding, recording: Recording, actor: Actor, row: RefundRow, approver: str) -> PaidOut:
        kept = replace(row, asked=replace(row.asked, tickets=())) if keeps else row
        return honest(it, recording, actor, kept, approver if keeps else "")

    with mock.patch.object(Refunding, "record", told):
        counter.station.refunds.pay_in_cash(counter.chance.choice(waiting).refund_id, counter._huda())


_TOLD = (
    *booking_acts.ACTS, (pay_and_lie, 24), (sell_as_booked, 14), (pay_back_here, 12), (pay_back_otherwise, 14),
    (pay_by_no_card, 8), (void_and_keep, 10),
)  # fmt: skip
_REFUNDS = ((refund_acts.ask, 16), (refund_acts.approve, 14))
ACTS = (*_TOLD, *_REFUNDS)
# Beside these: prices, who is banned, whose yes it was.
CLAIMS = (
    *_TOLD, (new_price, 5), (sell_otherwise, 8), (sell_other_tickets, 8), (ban, 5), (pay_unasked, 10),
    (let_in_unasked, 10), (pay_allowed, 5), (drop_unasked, 6), (Counter.drop, 6), *_REFUNDS,
)  # fmt: skip
