"""Other times for what is rejected: sessions of the same activity with room, picked for the guest by whoever decides.

Nothing is kept there: the message says that there was room when it was written.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from documents.format import clock, day, local
from domain.booking import MOST_SUGGESTED, Booked, room_wanted
from domain.catalogue import Session, Words
from domain.errors import Code, Refused
from domain.guest import LANGUAGES
from domain.lease import HOLDER
from ledger import read_setup
from ledger.paper_names import activities_told
from server.asked import Asked
from server.setup import SetUp
from server.standing import standing


def asked_times(asked: Asked, booked: Booked, setup: SetUp) -> list[Session]:
    """The sessions that are to be suggested, the earliest first; none where none are. Refuses `record_invalid` for too
    many, for one twice, of another activity or that it is booked for, and `time_taken` for one that is over or has
    too few places."""
    numbers = asked.listed("times", "booking")
    if len(numbers) > MOST_SUGGESTED or len(set(map(str, numbers))) < len(numbers):
        raise Refused(Code.RECORD_INVALID, record="booking")
    found = [_checked(setup, number, booked) for number in numbers]
    return sorted(found, key=lambda session: session.starts_at)


def _checked(setup: SetUp, number: object, booked: Booked) -> Session:
    mine = booked.places()
    here = standing(setup.connection, number) if type(number) is int and 0 < number < 1 << 62 else None
    wanted = room_wanted(booked, read_setup.sessions(setup.connection, mine))
    if here is None or number in mine or here.session.activity_id not in wanted:
        raise Refused(Code.RECORD_INVALID, record="booking")
    room = here.unsold - here.held_by(HOLDER)
    if here.session.ends_at <= setup.now or room < wanted[here.session.activity_id]:
        raise Refused(Code.TIME_TAKEN)
    return here.session


def times_words(connection: Connection, booked: Booked, sessions: Sequence[Session]) -> Words:
    """`Thu 26 Nov 10:00; Fri 27 Nov 12:00` on the venue's clock, as a short message has room for; with what each is for
    where several things are booked."""
    zone = read_setup.venue(connection).time_zone
    mine = read_setup.sessions(connection, booked.places())
    names = activities_told(connection, (each.activity_id for each in mine))

    def said(each: Session, language: str) -> str:
        begins = f"{day(each.day, language)} {clock(local(each.starts_at, zone))}"
        name = names.get(each.activity_id)
        return f"{name.get(language)} · {begins}" if name else begins

    en, ar = ([said(each, language) for each in sessions] for language in LANGUAGES)
    return Words("; ".join(en), "؛ ".join(ar))
