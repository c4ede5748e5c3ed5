"""What is done about guests at a till: registered, changed, sent a code and verified, merged, sometimes erased."""

from __future__ import annotations

import json

import sqlalchemy as sa

from app.shown_guests import GuestForm, MembershipForm
from domain.guest import Said
from ledger import tables as t
from server import message_kinds
from server import tables as own
from server.database import Database
from tests.helpers.shop import vouch
from tests.simulation.staff import Counter
from tests.simulation.venue import PLAN

_NAMES = ("Sara", "سارة", "Omar", "عمر", "Noura", "نورة")
_PHONES = ("", *(f"05500000{number:02}" for number in range(8)))


def register(counter: Counter) -> None:
    counter.station.guests.register(_form(counter))


def send(counter: Counter) -> None:
    """What waits goes out, as the loop sends it at once where there is a line: a request stands on it."""
    if counter.chance.random() < 0.8:
        counter.station.sync.once()


def _form(counter: Counter) -> GuestForm:
    chance = counter.chance
    mail = chance.choice(("", "", f"guest{chance.randint(1, 6)}@example.com"))
    note = chance.choice(("", "comes on Fridays", "allergic to nuts"))
    return GuestForm(
        f"{chance.choice(_NAMES)} {chance.choice(_NAMES)}", chance.choice(_PHONES), mail, note=note
    )


def welcome(counter: Counter) -> None:
    """Somebody new, who reads the code out at once."""
    guests, number = counter.station.guests, counter.chance.randint(10**6, 10**7 - 1)
    guest_id = guests.register(GuestForm(counter.chance.choice(_NAMES), f"055{number}"))
    send(counter)
    guests.send_code(guest_id, "sms")
    guests.verify(guest_id, dict(counter.town.letters())[guest_id])
    counter.station.sync.once()


def change(counter: Counter) -> None:
    if guest_id := _somebody(counter):
        counter.station.guests.change(guest_id, _form(counter))


def send_code(counter: Counter) -> None:
    send(counter)
    if guest_id := _somebody(counter):
        counter.station.guests.send_code(guest_id, counter.chance.choice(("sms", "mail")))


def verify(counter: Counter) -> None:
    """The guest reads the code out, or another number; one who was sent none reads nothing."""
    send(counter)
    codes = counter.town.letters()
    if codes:
        guest_id, code = counter.chance.choice(codes[-3:])
        counter.station.guests.verify(guest_id, code if counter.chance.random() < 0.7 else "0000")


def merge(counter: Counter) -> None:
    _request(counter, "GuestMerged", "huda", into=_somebody(counter))


def join(counter: Counter) -> None:
    """Somebody is a member from now on, or already was; with or without a line."""
    if guest_id := _somebody(counter):
        chance = counter.chance
        since, until = chance.choice((("2020-01-01", "2099-12-31"),) * 3 + (("2020-01-01", "2020-12-31"),))
        form = MembershipForm(PLAN, f"SP-{chance.randint(1, 40):04}", since, until)
        counter.station.guests.give_membership(guest_id, form)


def leave(counter: Counter) -> None:
    """A membership ends, of whoever this till knows to have one."""
    if guest_id := _somebody(counter):
        for one in counter.station.guests.page(guest_id).memberships[:1]:
            counter.station.guests.end_membership(guest_id, one.membership_id)


def erase(counter: Counter) -> None:
    _request(counter, "GuestErased", "huda", reason="wish")


def erase_after_writing(counter: Counter) -> None:
    """Of whoever booked something, once staff have written of it: called off, put on the list."""
    send(counter)
    if not (booking_id := _a_booking(counter)):
        return
    with counter.station.store.read() as connection:
        mine = sa.select(t.reservation.c.guest_id).where(t.reservation.c.booking_id == booking_id)
        guest_id = connection.execute(mine).scalar_one()
        of_it = sa.select(t.document.c.number).join(t.sale, t.sale.c.sale_id == t.document.c.sale_id)
        numbers = connection.execute(of_it.where(t.sale.c.booking_id == booking_id)).scalars().all()
    for number in numbers:
        counter.station.attention.tell("the child is allergic to nuts", number)
    if not numbers:
        call_off(counter)
    send(counter)
    vouch(counter.station, "huda")
    body = json.dumps({"guest": guest_id, "reason": "they asked for it"})
    counter.station.requests.ask("GuestErased", body, "huda", about=f"guest:{guest_id}")


def _request(counter: Counter, kind: str, staff_id: str, **said: str) -> None:
    send(counter)
    guest_id = _somebody(counter)
    if guest_id and all(said.values()):
        vouch(counter.station, staff_id)
        body = json.dumps({"guest": guest_id} | said)
        counter.station.requests.ask(kind, body, staff_id, about=f"guest:{guest_id}")


def letters_of(database: Database) -> list[tuple[str, str]]:
    """The codes that were sent, each with the guest to whom it went; those of erased guests are blank."""
    c = own.outbox.c
    sent = sa.select(c.guest_id, c.facts).where(c.kind == "code", c.facts != "").order_by(c.message_id)
    rows = database.look(lambda connection: connection.execute(sent).all())
    return [(guest_id, str(message_kinds.read("code", facts)["code"])) for guest_id, facts in rows]


def _somebody(counter: Counter) -> str:
    """A guest whom this station knows of, whatever became of them; empty when there is none."""
    with counter.station.store.read() as connection:
        found = sa.select(t.guest_entry.c.guest_id).where(t.guest_entry.c.kind == Said.REGISTERED.value)
        known = sorted(connection.execute(found.distinct()).scalars())
    return counter.chance.choice(known) if known else ""


# bookings made ahead ------------------------------------------------------------------------------------------------


def book(counter: Counter) -> None:
    send(counter)
    if guest_id := _somebody(counter):
        session = counter.station.selling.page(0, "").chosen
        lines = [
            (1, session, counter.chance.randint(1, 3)),
            *([(33, 0, 1)] if counter.chance.random() < 0.3 else []),
        ]
        counter.station.bookings.book(guest_id, lines, "by the window")


def pay_ahead(counter: Counter) -> None:
    if booking_id := _a_booking(counter):
        page = counter.station.checkout.begin(counter.station.bookings.cart(booking_id))
        counter.station.checkout.cash(page.sale_id, page.left)


def call_off(counter: Counter) -> None:
    send(counter)
    if booking_id := _a_booking(counter):
        cancel(counter, booking_id)


def cancel(counter: Counter, booking_id: str) -> None:
    """By whoever reads what stays paid."""
    stays = counter.station.bookings.page(booking_id).stays
    counter.station.bookings.cancel(booking_id, "ill", stays=stays.minor if stays else 0)


def time_passes(counter: Counter) -> None:
    """At the server, which ends what was not paid in time."""
    counter.town.look_after()


# messages -------------------------------------------------------------------------------------------------------------


def post_goes(counter: Counter) -> None:
    """Some of what waits leaves the server; now and then it is long until the next round."""
    if counter.chance.random() < 0.3:
        counter.town.wait(counter.chance.choice((70, 330, 1900)))
    counter.town.post_goes(counter.chance)


def resend(counter: Counter) -> None:
    """What did not reach somebody, once more."""
    send(counter)
    c = t.message.c
    with counter.station.store.read() as connection:
        wanted = sa.select(c.message_id).where(c.state.in_(("failed", "given_up"))).order_by(c.message_id)
        failed = connection.execute(wanted).scalars().all()
    if failed:
        message_id = counter.chance.choice(failed)
        vouch(counter.station, "huda")
        body = json.dumps({"message": message_id})
        counter.station.requests.ask("MessageResent", body, "huda", about=f"message:{message_id}")


def _a_booking(counter: Counter) -> str:
    with counter.station.store.read() as connection:
        known = sorted(connection.execute(sa.select(t.reservation.c.booking_id)).scalars())
    return counter.chance.choice(known) if known else ""


ACTS = (
    (welcome, 12), (register, 3), (change, 4), (send_code, 3), (verify, 3), (merge, 1), (erase, 2),
    (join, 3), (leave, 2), (erase_after_writing, 2),
    (book, 10), (pay_ahead, 8), (call_off, 2), (time_passes, 2),
)  # fmt: skip
WITH_POST = (*ACTS, (welcome, 6), (book, 12), (post_goes, 24), (resend, 12))
