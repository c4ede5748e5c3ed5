"""What is done about bookings made ahead at a till: kept, pressed for again, decided, changed, paid, called off, given
back; and by guests themselves."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress

import sqlalchemy as sa

from app.services.bookings import Line
from app.shown_refunds import RefundPage
from domain.booking import Life
from domain.errors import Code, Refused
from domain.refund import State
from domain.refund_offer import Choice, Goods
from ledger import read_guests
from ledger import tables as t
from tests.helpers.shop import vouch
from tests.simulation import guest_acts, refund_acts
from tests.simulation.staff import Counter
from tests.simulation.venue import CABANA, MEMBERS, PLAN, WATER

_ADULT, _CHILD, _INFANT = 1, 2, 3
_ANY = tuple(Life)


def book(counter: Counter) -> None:
    """For somebody who proved who they are; the first such guest is welcomed before."""
    guest_acts.send(counter)
    guests = _verified(counter)
    if not guests or counter.chance.random() < 0.1:
        guest_acts.welcome(counter)
        return
    wanted = counter.station.store.ids.new(), counter.chance.choice(guests), _lines(counter)
    counter.town.asked_for.append(wanted)
    _press(counter, wanted)


def book_again(counter: Counter) -> None:
    """What was asked for before, whatever became of it, under the same id."""
    guest_acts.send(counter)
    if counter.town.asked_for:
        _press(counter, counter.chance.choice(counter.town.asked_for[-4:]))


def book_online(counter: Counter) -> None:
    """A guest by themselves, now and then once more with the same key: one who knows of no till."""
    if guests := _verified(counter):
        key = (
            counter.chance.choice("abc") if counter.chance.random() < 0.3 else counter.station.store.ids.new()
        )
        counter.town.book_online(counter.chance.choice(guests), key, _lines(counter))


def _press(counter: Counter, wanted: tuple[str, str, tuple[Line, ...]]) -> None:
    booking_id, guest_id, lines = wanted
    _twice(counter, lambda: counter.station.bookings.book(guest_id, lines, "by the window", booking_id))


def _lines(counter: Counter) -> tuple[Line, ...]:
    """Tickets of one session, now and then water or a cabana with them, or alone."""
    chance, page = counter.chance, counter.station.selling.page(0, "")
    if not page.sessions:  # of a new day, of which this till has not heard
        raise Refused(Code.SESSION_NEEDED)
    session = page.chosen if chance.random() < 0.7 else chance.choice(page.sessions).number
    tickets = [(chance.choice((_ADULT, _ADULT, _CHILD, MEMBERS)), session, chance.randint(1, 4))]
    more = chance.choices(((), ((WATER, 0, 2),), ((CABANA, 0, 1),)), (6, 2, 2))[0]
    return (*(tickets if not more or chance.random() < 0.8 else ()), *more)


def change(counter: Counter) -> None:
    """What is not paid yet, or so this till believes, becomes another; an answer that was lost is asked for at once."""
    guest_acts.send(counter)
    bookings, ids = counter.station.bookings, counter.station.store.ids
    if not (booking_id := _one(counter, Life.HELD, Life.HELD, Life.UNDER_REVIEW)):
        return
    said = booking_id, bookings.page(booking_id).mark, _lines(counter), "by the window", ids.new()
    _twice(counter, lambda: bookings.change(*said))


def change_while_it_is_paid(counter: Counter) -> None:
    """The cart is on the screen when a colleague changes the booking elsewhere; the till is paid all the same."""
    if not (booking_id := _one(counter, Life.HELD)):
        return
    page = counter.station.checkout.begin(counter.station.bookings.cart(booking_id))
    with suppress(Refused):
        change(counter)
    counter._pay(page)


def move(counter: Counter) -> None:
    """Some tickets of what is paid, now and then with names, to another session; an answer that was lost is asked for
    at once."""
    if not (booking_id := _confirmed(counter)):
        return
    bookings, chance = counter.station.bookings, counter.chance
    told = bookings.page(booking_id)
    tickets = [
        each.ticket_id for each in told.good if each.times and (not each.used or chance.random() < 0.1)
    ]
    if not tickets:
        return
    some = chance.sample(tickets, chance.randint(1, len(tickets)))
    sessions = counter.station.selling.page(0, "").sessions
    session = chance.choice(sessions).number if sessions else told.good[0].session
    if chance.random() < 0.5:
        bookings.name_tickets(booking_id, told.mark, dict.fromkeys(some, "Omar"))
    said = booking_id, told.mark, some, session, counter.station.store.ids.new()
    _twice(counter, lambda: bookings.move(*said))


def reissue(counter: Counter) -> None:
    """A guest lost some papers of what is paid, and still tries what is lost now and then."""
    if not (booking_id := _confirmed(counter)):
        return
    bookings, chance = counter.station.bookings, counter.chance
    told = bookings.page(booking_id)
    if tickets := [each.ticket_id for each in told.good if not each.used or chance.random() < 0.1]:
        some = chance.sample(tickets, chance.randint(1, len(tickets)))
        _twice(counter, lambda: bookings.reissue(booking_id, told.mark, some))


def revoke(counter: Counter) -> None:
    """Huda says so, for tickets of what is paid, or of a walk-in that this till sold."""
    with counter.station.store.read() as connection:
        rows = connection.execute(sa.select(t.ticket.c.ticket_id, t.ticket.c.booking_id)).all()
        ended = set(connection.execute(sa.select(t.ticket_cancel.c.ticket_id)).scalars())
    good = sorted((row.booking_id, row.ticket_id) for row in rows if row.ticket_id not in ended)
    if good:
        booking_id, ticket_id = counter.chance.choice(good)
        counter.station.bookings.revoke(booking_id, [ticket_id], "sold on", counter._huda())


def _confirmed(counter: Counter) -> str:
    """One that is paid; where this till knows of none, the next step towards one."""
    if found := _one(counter, Life.CONFIRMED):
        return found
    if not _one(counter, Life.HELD):
        book(counter)
        return ""
    pay(counter)
    counter.station.sync.once()
    counter.town.look_after()
    counter.station.sync.once()
    return _one(counter, Life.CONFIRMED)


def _twice(counter: Counter, ask: Callable[[], object]) -> None:
    """An answer that was lost is asked for at once, mostly."""
    try:
        ask()
    except Refused as refused:
        if refused.code is not Code.REQUEST_UNANSWERED or counter.chance.random() < 0.2:
            raise
        ask()


def name_them(counter: Counter) -> None:
    """Who comes on some tickets of what is not over, or so this till believes."""
    guest_acts.send(counter)
    if not (booking_id := _one(counter, Life.HELD, Life.UNDER_REVIEW, Life.CONFIRMED)):
        return
    told, chance = counter.station.bookings.page(booking_id), counter.chance
    some = chance.sample(told.seats, chance.randint(0, len(told.seats)))
    names = {seat.ticket_id: chance.choice(("Omar", "سارة", "Lina")) for seat in some}
    if names:
        counter.station.bookings.name_tickets(booking_id, told.mark, names)


def pay(counter: Counter) -> None:
    """What this till believes waits for its payment: cash, card or both, with or without the server."""
    if booking_id := _one(counter, Life.HELD):
        counter._pay(counter.station.checkout.begin(counter.station.bookings.cart(booking_id)))


def look_at_payment(counter: Counter) -> None:
    """The cart is opened and left: it is kept longer."""
    if booking_id := _one(counter, Life.HELD):
        counter.station.bookings.cart(booking_id)


def decide(counter: Counter) -> None:
    """Huda, at this till; now and then about what is decided already."""
    guest_acts.send(counter)
    booking_id = _one(counter, Life.UNDER_REVIEW)
    if not booking_id:
        return
    _as_huda(counter)
    if counter.chance.random() < 0.7:
        counter.station.bookings.approve(booking_id)
    else:
        counter.station.bookings.reject(booking_id, "no cabana is free")


def call_off(counter: Counter) -> None:
    """What is not paid yet, or so this till believes; else what is, mostly of who comes for nothing: of all others its
    refund must."""
    guest_acts.send(counter)
    booking_id = _one(counter, Life.HELD, Life.UNDER_REVIEW)
    if not booking_id and counter.chance.random() < 0.7:
        booking_id = _free_of_charge(counter)
    if booking_id := booking_id or _one(counter, Life.CONFIRMED):
        guest_acts.cancel(counter, booking_id)


def _free_of_charge(counter: Counter) -> str:
    """Two infants, now and then with a child; confirmed, or on the way there."""
    if not (guests := _verified(counter)):
        return ""
    chance, session = counter.chance, counter.station.selling.page(0, "").chosen
    lines = [(_INFANT, session, 2), *([(_CHILD, session, 1)] if chance.random() < 0.2 else [])]
    made = counter.station.bookings.book(chance.choice(guests), lines)
    counter.station.sync.once()
    counter._pay(counter.station.checkout.begin(counter.station.bookings.cart(made.booking_id)))
    counter.station.sync.once()
    if chance.random() < 0.8:
        counter.town.look_after()
        counter.station.sync.once()
    return made.booking_id


def call_off_online(counter: Counter) -> None:
    """The guest, mostly of what is paid, now and then twice; then staff go on with it, in any order. Where nothing is
    paid yet, that comes first."""
    guest_acts.send(counter)
    if not (booking_id := _one(counter, Life.CONFIRMED)):
        _book_and_pay(counter)
        booking_id = _one(counter, Life.CONFIRMED)
    if not booking_id:
        return
    counter.town.call_off(booking_id)
    if counter.chance.random() < 0.3:
        counter.town.call_off(booking_id)
    steps = (refund_acts.approve, refund_acts.take, refund_acts.release, refund_acts.pay_any, _as_huda)
    while counter.chance.random() < 0.8:
        counter.station.sync.once()
        with suppress(Refused):
            counter.chance.choices(steps, (6, 4, 2, 5, 1))[0](counter)


def _book_and_pay(counter: Counter) -> None:
    for step in (book, pay):
        with suppress(Refused):
            step(counter)
        counter.station.sync.once()
    counter.town.look_after()
    counter.station.sync.once()


def _as_huda(counter: Counter) -> None:
    """Who may approve is at the till herself."""
    counter.sign_out()
    counter.sign_in("huda")


def reject_while_it_is_paid(counter: Counter) -> None:
    """The cart is on the screen when a cabana is added elsewhere and Huda says no; the till is paid all the same."""
    booking_id = _one(counter, Life.HELD)
    if not booking_id:
        with suppress(Refused):
            book(counter)
        counter.station.sync.once()
        booking_id = _one(counter, Life.HELD)
    if not booking_id:
        return
    bookings, requests, ids = counter.station.bookings, counter.station.requests, counter.station.store.ids
    page = counter.station.checkout.begin(bookings.cart(booking_id))
    with suppress(Refused):
        bookings.change(booking_id, bookings.page(booking_id).mark, ((CABANA, 0, 1),), "", ids.new())
        vouch(counter.station, "huda")
        body = json.dumps({"booking": booking_id, "reason": "no cabana is free"})
        requests.ask("BookingRejected", body, "huda", about=f"booking:{booking_id}")
    counter._pay(page)


def add(counter: Counter) -> None:
    """More of what is paid, or so this till believes, now and then of what is more itself."""
    guest_acts.send(counter)
    if booking_id := _one(counter, Life.CONFIRMED):
        guest_id = counter.station.bookings.page(booking_id).guest.guest_id
        counter.station.bookings.book(guest_id, _lines(counter), adds_to=booking_id)


def give_back(counter: Counter) -> None:
    """The next steps of a refund of what was booked and paid."""
    _go_on(counter)
    while counter.chance.random() < 0.6:
        counter.station.sync.once()
        _go_on(counter)


def _go_on(counter: Counter) -> None:
    """What was approved is paid, what was asked for approved; else all of a booking is asked for, or a part."""
    refunds, chance = counter.station.refunds, counter.chance
    if refunds.to_pay():
        refund_acts.pay(counter)
    elif any(row.free for row in refunds.open()) and chance.random() < 0.5:
        refund_acts.take(counter)
    elif any(row.state is State.REQUESTED for row in refunds.open()):
        refund_acts.approve(counter)
    elif (booking_id := _one(counter, Life.CONFIRMED)) and (
        sale_id := counter.station.bookings.page(booking_id).sale_id
    ):
        page = refunds.page(sale_id)
        choice = _all(page) if chance.random() < 0.7 else refund_acts.some_of(counter, page)
        refund_acts.ask_for(counter, page, choice)


def _all(page: RefundPage) -> Choice:
    tickets = tuple(one.ticket_id for each in page.charges for one in each.tickets if not one.gone)
    goods = [Goods(each.charge_id, each.pieces) for each in page.charges if not each.tickets and each.pieces]
    return Choice(tickets, tuple(goods))


def time_passes(counter: Counter) -> None:
    """A minute, or all that a booking is kept; then the server looks after what it has, or has not yet."""
    counter.town.wait(counter.chance.choice((60, 500, 920)))
    if counter.chance.random() < 0.8:
        counter.town.look_after()


def sell_to_member(counter: Counter) -> None:
    """A ticket for members, to somebody who shows a card; now and then nobody looks at it, and the till refuses."""
    selling, chance = counter.station.selling, counter.chance
    cart = selling.add(selling.empty(), MEMBERS, selling.page(0, "").chosen)
    if chance.random() < 0.5:
        cart = selling.see(cart, PLAN, f"SP-{chance.randint(1, 60):04}")
    try:
        page = counter.station.checkout.begin(selling.reserve(cart))
    except Refused:
        selling.empty()
        raise
    counter._pay(page)


def sell_cabana(counter: Counter) -> None:
    """To somebody who stands there; only the till's own knowledge of what is taken can keep it from that."""
    selling = counter.station.selling
    counter._pay(counter.station.checkout.begin(selling.add(selling.empty(), CABANA, 0)))


def _verified(counter: Counter) -> list[str]:
    """Guests of whom this till knows that they proved a contact."""
    with counter.station.store.read() as connection:
        known = sorted(connection.execute(sa.select(t.guest_entry.c.guest_id).distinct()).scalars())
        guests = [read_guests.guest(connection, guest_id) for guest_id in known]
    return [guest.guest_id for guest in guests if guest is not None and guest.is_verified]


def _one(counter: Counter, *lives: Life) -> str:
    """A booking that this till believes in one of these states, now and then any; empty where it knows of none."""
    with counter.station.store.read() as connection:
        rows = connection.execute(sa.select(t.reservation.c.booking_id, t.reservation.c.life)).all()
    wanted = _ANY if counter.chance.random() < 0.08 else lives
    known = sorted(row.booking_id for row in rows if Life(row.life) in wanted)
    return counter.chance.choice(known) if known else ""


ACTS = (
    (book, 26), (book_again, 6), (pay, 21), (change, 12), (change_while_it_is_paid, 5), (move, 10), (reissue, 8),
    (revoke, 8), (look_at_payment, 2), (decide, 8), (call_off, 5), (give_back, 22), (time_passes, 7), (book_online, 6),
    (Counter.go_on, 6), (Counter.void, 4), (Counter.sell, 6), (Counter.scan, 6), (Counter.settle, 1),
    (guest_acts.join, 5), (guest_acts.leave, 1), (sell_to_member, 4), (name_them, 6),
    (add, 4), (call_off_online, 20), (reject_while_it_is_paid, 6), (refund_acts.take, 4), (refund_acts.release, 3),
    (refund_acts.withdraw, 1), (refund_acts.recover, 1), (Counter.keep_places, 1), (sell_cabana, 4),
)  # fmt: skip
