"""What a guest would read of a booking, for whoever is about to decide about it: the message, before it is one."""

from __future__ import annotations

from sqlalchemy import Connection

from domain.errors import Code, Refused
from domain.money import Money
from domain.staff import Permission
from domain.text import tidy
from ledger import read_guests, read_setup
from ledger.contact import reach
from ledger.wire import LetterAsk, LetterReply
from server.booking_letters import About, facts_of
from server.holding import booked_in, row_of
from server.message_kinds import Channel, Value
from server.suggesting import times_words
from server.templates import Templates

_KINDS = {  # and what whoever decides so needs: nobody else reads it
    "reject": ("rejected", Permission.APPROVE_BOOKING),
    "suggest": ("suggested", Permission.APPROVE_BOOKING),
    "cancel": ("cancelled", Permission.BOOK),
}
_MOST = 10  # sessions that are named; more are never suggested


def letter_shown(connection: Connection, staff_id: str, ask: LetterAsk, templates: Templates) -> LetterReply:
    """In the venue's own words, where it has such; for `staff_id`, of whom it is proven. Refuses `record_invalid`,
    `not_allowed` to who may not decide so, and `booking_unknown`; raises TemplateWrong where its file cannot be
    read."""
    if ask.what not in _KINDS or len(ask.times) > _MOST:
        raise Refused(Code.RECORD_INVALID, record="booking")
    kind, permission = _KINDS[ask.what]
    read_setup.require(connection, staff_id, permission)
    row = row_of(connection, ask.booking)
    if row is None:
        raise Refused(Code.BOOKING_UNKNOWN)
    guest = read_guests.guest(connection, row.guest_id)
    channel, _ = reach(guest) if guest is not None and not guest.erased else ("", "")
    if guest is None or not channel:
        return LetterReply("")
    booked, more = booked_in(row), dict[str, Value](reason=tidy(ask.reason))
    if ask.times:
        more["times"] = times_words(connection, booked, read_setup.sessions(connection, ask.times))
    elif kind == "suggested":
        kind = "rejected"
    if kind == "cancelled" and ask.stays > 0:
        kind, more["amount"] = "cancelled_kept", Money(ask.stays, row.currency)
    facts = facts_of(connection, kind, About(row.booking_id, guest, booked), more)
    said = templates.render(kind, guest.speaks, facts, read_setup.venue(connection))
    return LetterReply(said.sms if Channel(channel) is Channel.SMS else said.text.strip())
