"""What guests read of what they booked: of two activities each ticket says of which it is."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from documents.guest_copy import copy_of
from domain.catalogue import Activity, Words
from ledger import read_setup
from server.setup import SetUp
from tests.helpers.core import DAY
from tests.server.test_bookings import ADULT, Office, office
from tests.server.test_guests import SARA

__all__ = ["office"]
RIDE, SURF = 90, 999  # a ticket that is called as the park's is, and its session


@pytest.fixture
def surfing(office: Office) -> Office:
    """A second activity, with a session at the time of the second of the park."""

    def work(connection: sa.Connection) -> None:
        setup = SetUp(connection, office.core.clock, office.core.database.ids)
        setup.record("activity", "surf", Activity("surf", Words("Surf", "أمواج"), 2))
        setup.record(
            "product",
            str(RIDE),
            replace(read_setup.product(connection, ADULT), number=RIDE, activity_id="surf"),
        )
        [_, second, *_] = read_setup.sessions_of(connection, DAY)
        setup.session(replace(second, number=SURF, activity_id="surf"))

    office.core.database.transact(work)
    return office


def said(office: Office, kind: str) -> Words:
    what = office.facts(kind)["what"]
    assert isinstance(what, Words)
    return what


def test_a_letter_says_of_which_activity_each_ticket_is_where_they_are_of_several(surfing: Office) -> None:
    park = surfing.core.session
    assert surfing.book((ADULT, park, 2), (RIDE, SURF, 1)).state == "granted"
    assert said(surfing, "booking_received") == Words(
        "2 × Day pass – adult · Water park, 10:00–12:00; 1 × Day pass – adult · Surf, 12:00–14:00",
        "2 × تذكرة يوم – بالغ · المنتزه المائي، \u200f10:00–12:00؛ 1 × تذكرة يوم – بالغ · أمواج، \u200f12:00–14:00",
    )
    surfing.pay()
    surfing.tick()
    assert said(surfing, "confirmed") == said(surfing, "booking_received")


def test_a_booking_of_one_activity_says_nothing_of_it(surfing: Office) -> None:
    assert surfing.book((RIDE, SURF, 1)).state == "granted"
    assert said(surfing, "booking_received").en == "1 × Day pass – adult, 12:00–14:00"


def test_what_a_guest_takes_along_says_it_too(surfing: Office) -> None:
    def activities() -> list[list[object]]:
        copy = surfing.core.database.look(lambda c: copy_of(c, SARA, complete=True, whole=True))
        last = json.loads(copy)["bookings"][-1]
        return [[each.get("activity") for each in last[part]] for part in ("lines", "tickets")]

    park, surf = {"en": "Water park", "ar": "المنتزه المائي"}, {"en": "Surf", "ar": "أمواج"}
    surfing.book((RIDE, SURF, 1))
    assert activities() == [[None], [None]]
    surfing.book((ADULT, surfing.core.session, 1), (RIDE, SURF, 1))
    assert activities() == [[park, surf], [park, surf]]
