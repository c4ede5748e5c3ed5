"""Guests by themselves, without anybody at a counter: a code to a contact, and who says it back is signed in.

Nobody learns here whether a contact is known: what is told, what is refused, the pace and the work are the same for
known and unknown, for whose a contact is is looked at a moment later, by whoever sends. Who is new is kept apart until
a contact is proved, and forgotten if it is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain import guest as rules
from domain import operation as op
from domain.errors import Code, Refused
from domain.guest import Entry, Guest, Said
from domain.private import Pairs
from domain.text import tidy
from ledger import read_guests
from ledger.clock import to_ms
from ledger.contact import email_of, is_mobile, phone_of
from server import api_tokens, codes, guests
from server import tables as own
from server.access import Station
from server.api_tokens import Issued
from server.asked import Who
from server.database import lock_subjects
from server.message_kinds import Channel
from server.operations import SERVER
from server.setup import SetUp

BY_THEMSELVES = Who(Station(SERVER, SERVER, 1))
PENDING_LIFE = timedelta(hours=1)
_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a code may go: an address, or a mobile phone."""

    value: str
    channel: str

    @property
    def field(self) -> str:
        return "email" if self.channel == Channel.MAIL else "phone"


def contact(typed: str) -> Contact:
    """What somebody typed as theirs. Refuses `email_invalid`, `phone_invalid`, and `contact_missing` for none, or a
    phone that gets no SMS."""
    channel = Channel.MAIL if "@" in typed else Channel.SMS
    value = email_of(typed) if channel is Channel.MAIL else phone_of(typed)
    if not value or (channel is Channel.SMS and not is_mobile(value)):
        raise Refused(Code.CONTACT_MISSING)
    return Contact(value, channel.value)


# codes ----------------------------------------------------------------------------------------------------------------


def register(setup: SetUp, said: Pairs, to: Contact, asker: str) -> codes.Asked:
    """Has a code sent to somebody, at the address `asker`, who says who they are. What they say counts only where the
    contact is nobody's. Refuses as `domain.guest.check` does, `code_soon` and `code_many`."""
    rules.check(said)
    return codes.ask(setup, to.value, to.channel, asker, said=codec.dumps(said))


def send_again(setup: SetUp, to: Contact, asker: str, before: str) -> codes.Asked:
    """Another code to whoever is known by a contact, or said that it is theirs; to nobody else, which nobody learns.
    Refuses `code_soon` and `code_many`."""
    return codes.ask(setup, to.value, to.channel, asker, before=before)


def are_asked(connection: Connection) -> bool:
    return connection.execute(sa.select(own.code_asked.c.code_id).limit(1)).first() is not None


def answer_asked(setup: SetUp) -> None:
    """Sends the codes that were asked for, to whom they are for; of nobody's contact nothing comes but the pace."""
    c = own.code_asked.c
    waiting = setup.connection.execute(
        sa.select(own.code_asked).order_by(c.at, c.code_id).limit(_AT_ONCE)
    ).all()
    for asked in waiting:
        gone = setup.connection.execute(sa.delete(own.code_asked).where(c.code_id == asked.code_id))
        if gone.rowcount:
            _answer(setup, asked)
    setup.publish()


def _answer(setup: SetUp, asked: Any) -> None:
    to = Contact(asked.contact, asked.channel)
    if (known := _whose(setup, to)) is not None:
        codes.answer(setup, known, asked)
    elif asked.said:
        codes.answer(setup, _wait(setup, to, codec.loads(Pairs, asked.said)), asked)
    elif pending := _pending(setup, to):
        codes.answer(setup, pending[-1], asked)


def _wait(setup: SetUp, to: Contact, said: Pairs) -> Guest:
    """Somebody who says that a contact is theirs; others may say so too, and who gets the code tells which it was."""
    guest = _as_guest(setup.ids.new(), said)
    kept = {
        "guest_id": guest.guest_id,
        "contact": codes.contact_of(setup, to.value),
        "said": codec.dumps(said),
    }
    ends = to_ms(setup.now + PENDING_LIFE)
    setup.connection.execute(sa.insert(own.guest_pending).values(**kept, expires_at=ends))
    return guest


def sign_in(setup: SetUp, to: Contact, typed: str, verification: str) -> Issued | Refused:
    """Who says a code back, with what they were told when they asked for it, is signed in, and known from now on.
    `code_refused`, whatever was wrong, is to be kept with the try that it counts."""
    known = _whose(setup, to)
    maybe = [known] if known is not None else _pending(setup, to)
    proved = codes.try_one(setup, maybe, typed, verification)
    if isinstance(proved, Refused) or proved.value != to.value:
        return Refused(Code.CODE_REFUSED)
    guest = next(each for each in maybe if each.guest_id == proved.guest_id)
    if known is None:
        _register(setup, guest.guest_id, to)
    if to.value not in guest.verified:
        guests.note_proved(setup, BY_THEMSELVES, guest.guest_id, proved)
        api_tokens.sign_out_others(setup.connection, guest.guest_id)
    return api_tokens.issue_to_guest(setup.connection, guest.guest_id, setup.now)


def _register(setup: SetUp, guest_id: str, to: Contact) -> None:
    c = own.guest_pending.c
    said = setup.connection.execute(sa.select(c.said).where(c.guest_id == guest_id)).scalar_one()
    what = guest_id, op.GuestRegistered(guest_id)
    guests.enter(setup, BY_THEMSELVES, what, Said.REGISTERED, codec.loads(Pairs, said))
    theirs = c.contact == codes.contact_of(setup, to.value)
    setup.connection.execute(sa.delete(own.guest_pending).where(theirs))


# who that is ----------------------------------------------------------------------------------------------------------


def _whose(setup: SetUp, to: Contact) -> Guest | None:
    """Whom a contact leads to, under their lock: somebody who proved it, else somebody who proved nothing. Of who
    proved another, it is only said to be theirs: it opens nothing."""
    found = _first(setup.connection, to.value)
    if found is None:
        return None
    guests.locked(setup.connection, found.guest_id)
    now = _first(setup.connection, to.value)
    if now is not None and now.guest_id != found.guest_id:  # became another in this very moment
        raise Refused(Code.SERVER_BUSY)
    return now


def _first(connection: Connection, value: str) -> Guest | None:
    found = [each for each in read_guests.by_contact(connection, value) if not each.erased]
    proved = [each for each in found if value in each.verified]
    unproved = [each for each in found if not each.is_verified]
    return min(proved or unproved, key=lambda each: each.guest_id, default=None)


def _pending(setup: SetUp, to: Contact) -> list[Guest]:
    """Who said that a contact is theirs and was told a code, the newest last; under the contact's lock."""
    c, contact = own.guest_pending.c, codes.contact_of(setup, to.value)
    lock_subjects(setup.connection, {f"contact:{contact}"})
    mine = c.contact == contact, c.expires_at > setup.now_ms
    wanted = sa.select(c.guest_id, c.said).where(*mine).order_by(c.expires_at, c.guest_id)
    rows = setup.connection.execute(wanted).all()
    return [_as_guest(row.guest_id, codec.loads(Pairs, row.said)) for row in rows]


def _as_guest(guest_id: str, said: Pairs) -> Guest:
    return rules.present(guest_id, [Entry("", Said.REGISTERED, said, 0)])


def forget_pending(connection: Connection, now_ms: int) -> None:
    """Who never said a code back."""
    connection.execute(sa.delete(own.guest_pending).where(own.guest_pending.c.expires_at <= now_ms))


# who is signed in -----------------------------------------------------------------------------------------------------


def change(setup: SetUp, guest_id: str, said: dict[str, str]) -> Guest:
    """What a guest says of themselves is so from now on; a contact that is another is not proved. Refuses as
    `domain.guest.check` does, `phone_invalid`, `email_invalid`, and `contact_missing` when none would be left."""
    [guest] = guests.locked(setup.connection, guest_id)
    wanted = tidied(said)
    changed = tuple((name, value) for name, value in wanted if getattr(guest, name) != value)
    rules.check(changed)
    if not _is_reached(guest, dict(changed)):
        raise Refused(Code.CONTACT_MISSING)
    if changed:
        said_of = (guest.guest_id, op.GuestChanged(guest.guest_id))
        guests.enter(setup, BY_THEMSELVES, said_of, Said.CHANGED, changed)
    return read_guests.known(setup.connection, guest.guest_id)


def _is_reached(guest: Guest, changed: dict[str, str]) -> bool:
    return bool(changed.get("phone", guest.phone) or changed.get("email", guest.email))


def tidied(said: dict[str, str]) -> Pairs:
    """In the spelling that is kept; refuses `phone_invalid` and `email_invalid`."""
    ways = {"phone": phone_of, "email": email_of, "name": tidy}
    return tuple((name, ways.get(name, str)(value)) for name, value in sorted(said.items()))


def prove(setup: SetUp, guest_id: str, typed: str, verification: str) -> Guest | Refused:
    """A guest who is signed in says back the code to a contact of theirs. Refuses as `codes.try_one` does."""
    [guest] = guests.locked(setup.connection, guest_id)
    proved = codes.try_one(setup, guest, typed, verification)
    if isinstance(proved, Refused):
        return proved
    if proved.value not in guest.verified:
        guests.note_proved(setup, BY_THEMSELVES, guest.guest_id, proved)
    return read_guests.known(setup.connection, guest.guest_id)


def send_own(setup: SetUp, guest_id: str, channel: str, before: str) -> codes.Asked:
    """A code to a contact of who is signed in. Refuses as `codes.send` does."""
    [guest] = guests.locked(setup.connection, guest_id)
    return codes.send(setup, guest, channel, before)
