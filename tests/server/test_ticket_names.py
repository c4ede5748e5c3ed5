"""Who comes on which ticket: written with a booking or later, carried with its tickets, forgotten with its guest."""

from __future__ import annotations

import sqlalchemy as sa

from domain.booking import mark_of
from ledger import read_gate
from ledger import tables as t
from ledger.wire import RequestReply
from server.holding import booked_in
from server.ticket_papers import tickets_of
from tests.server.test_booking_changes import change, mark, other
from tests.server.test_booking_moves import move
from tests.server.test_bookings import ADULT, Office, office
from tests.server.test_guests import SARA, erase, everything

__all__ = ["office"]
CHILD = 2


def booked(office: Office, *names: str, lines: tuple[tuple[int, int, int], ...] = ()) -> RequestReply:
    """Two adults, or other lines, with names."""
    office.last = office.core.database.ids.new()
    wanted = lines or ((ADULT, office.core.session, 2),)
    said = {"booking": office.last, "guest": SARA, "lines": wanted, "note": "", "names": list(names)}
    return office.ask_of("BookingHeld", **said)


def names(office: Office) -> list[str]:
    """In the order of its tickets now; and nobody is on any other."""
    ids = [place.ticket_id for place in booked_in(office.row()).tickets]
    rows = office.rows(sa.select(t.ticket_name.c.ticket_id, t.ticket_name.c.name))
    known = {str(key): str(name) for key, name in rows}
    assert not any(name for key, name in known.items() if key not in ids)
    return [known.get(ticket_id, "") for ticket_id in ids]


def name(office: Office, at: int, who: str, **said: object) -> RequestReply:
    ticket_id = booked_in(office.row()).tickets[at].ticket_id
    body: dict[str, object] = {"booking": office.last, "seen": mark(office), "names": [[ticket_id, who]]}
    return office.ask_of("TicketsNamed", **body | said)


def test_names_come_with_a_booking_are_written_later_and_taken_away(office: Office) -> None:
    assert booked(office, "", "سارة القحطاني").state == "granted"
    assert names(office) == ["", "سارة القحطاني"]
    assert name(office, 0, "  Omar  ").state == "granted"
    assert name(office, 1, "").state == "granted"
    assert names(office) == ["Omar", ""]
    row = office.rows(sa.select(t.ticket_name.c.bucket, t.reservation.c.bucket).join_from(
        t.ticket_name, t.reservation, t.reservation.c.booking_id == t.ticket_name.c.booking_id
    ))[0]  # fmt: skip
    assert row[0] == row[1], "a gate has them with the booking's day"


def test_what_cannot_be_is_refused(office: Office) -> None:
    assert booked(office, "x" * 61).code == "ticket_name"
    assert booked(office, "a", "b", "c").code == "record_invalid"
    booked(office)
    assert name(office, 0, "x" * 61).code == "ticket_name"
    assert name(office, 0, "Omar", names=[["of-another", "Omar"]]).code == "record_invalid"
    assert name(office, 0, "Omar", seen=mark_of("other")).code == "booking_changed"
    assert name(office, 0, "Omar", booking="none").code == "booking_unknown"
    office.ask_of("BookingCancelled", booking=office.last, reason="ill")
    assert name(office, 0, "Omar").code == "booking_is"
    assert names(office) == ["", ""]


def test_a_change_carries_them_to_tickets_of_the_same_kind(office: Office) -> None:
    booked(office, "Sara", "Omar", lines=((ADULT, office.core.session, 1), (CHILD, office.core.session, 1)))
    assert change(office, (CHILD, other(office), 2), (ADULT, other(office), 1)).state == "granted"
    assert names(office) == ["Omar", "", "Sara"]
    assert change(office, (ADULT, office.core.session, 1)).state == "granted"
    assert names(office) == ["Sara"]


def test_what_was_paid_as_it_was_before_a_change_has_its_names_again(office: Office) -> None:
    booked(office, "Sara", "Omar")
    paid = office.made()
    change(office, (ADULT, office.core.session, 2))
    office.say_paid(paid)
    office.tick()
    assert office.life == "confirmed"
    assert names(office) == ["Sara", "Omar"]


def test_a_ticket_that_moves_takes_its_own_name_along_and_paper_says_it(office: Office) -> None:
    booked(office, "Sara", "Omar")
    office.pay()
    office.tick()
    second = booked_in(office.row()).tickets[1].ticket_id
    assert move(office, other(office), second).state == "granted"
    assert names(office) == ["Sara", "Omar"]
    look = office.core.database.look
    prints = look(lambda c: tickets_of(c, office.last, "GH-2"))
    assert sorted(each.guest for each in prints) == ["Omar", "Sara"]
    assert look(lambda c: read_gate.guest_of(c, second)) == ""


def test_they_are_forgotten_with_the_guest_and_none_is_written_after(office: Office) -> None:
    booked(office, "Nadia Al-Zahrani")
    assert name(office, 1, "Bilal Al-Zahrani").state == "granted"
    erase(office, SARA)
    assert name(office, 0, "Nadia Al-Zahrani").code == "guest_erased"
    assert not any("Al-Zahrani" in text for text in everything(office))
