"""Whose card was declined, and who left without paying, is told until when the places are kept: once for each card."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain import operation as op
from domain.catalogue import Words
from ledger.clock import from_ms
from server.payment_letters import PAUSE_MS
from tests.helpers.core import sar
from tests.server.test_bookings import ADULT, Office, office
from tests.server.test_guests import MAIL
from tests.server.test_refund_letters import letters

__all__ = ["office"]

PAUSE = timedelta(milliseconds=PAUSE_MS)
NO = Words("Not enough money", "الرصيد لا يكفي")


def declined(office: Office, attempt: str = "try", *, booking: str | None = None) -> None:
    """A card at a till."""
    booking_id = office.last if booking is None else booking
    asked = op.CardAsked(attempt, "charge", f"{office.last}-s", sar(23000), "SIM", booking_id=booking_id)
    office.station.say(asked, op.CardDeclined(attempt, NO, "51"))


def later(office: Office, time: timedelta = PAUSE) -> None:
    office.core.clock.forward(seconds=time.total_seconds())
    office.tick()


def until(office: Office) -> datetime:
    return from_ms(office.row()._mapping["expires_at"])


def test_who_left_after_a_declined_card_is_told_once_until_when_they_may_pay(office: Office) -> None:
    office.book((ADULT, office.core.session, 2))
    declined(office)
    later(office, PAUSE - timedelta(seconds=1))
    assert letters(office, "payment_failed") == []
    later(office, timedelta(seconds=1))
    later(office)
    number = office.row()._mapping["number"]
    facts = {"guest": "Sara Al-Qahtani", "number": number, "amount": sar(23000), "until": until(office)}
    assert letters(office, "payment_failed") == [(MAIL, facts)]


def test_only_the_last_of_several_cards_counts(office: Office) -> None:
    office.book((ADULT, office.core.session, 2))
    declined(office, "first")
    office.core.clock.forward(seconds=60)
    declined(office, "second")
    later(office)
    later(office)
    assert len(letters(office, "payment_failed")) == 1


def test_who_paid_or_came_too_late_or_bought_at_the_counter_is_told_nothing(office: Office) -> None:
    office.book((ADULT, office.core.session, 2))
    declined(office, "then cash")
    office.pay()
    later(office)
    office.book((ADULT, office.core.session, 1))
    declined(office, "walk-in", booking="")
    later(office)
    office.core.clock.forward(minutes=11)
    declined(office, "at the end")
    later(office)
    assert office.life == "expired"
    assert letters(office, "payment_failed") == []
