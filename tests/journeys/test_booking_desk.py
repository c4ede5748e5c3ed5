"""A booking at a real till with a real server behind it, through the real window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from pytestqt.qtbot import QtBot

from app.shown_guests import GuestForm
from app.views.sale_view import SaleView
from app.wiring import Joined
from domain.booking import Life
from tests.helpers.running import RunningServer
from tests.helpers.shop import ADULT
from tests.journeys.test_guest_desk import frame_of, seen, till, write
from tests.sync.test_guests import code_of

__all__ = ["till"]


def down() -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier)


def is_begun(till: Joined) -> bool:
    """Whether the payment is more than what the cart says."""
    page = frame_of(till).page
    return isinstance(page, SaleView) and bool(page._payment.sale_id)


def booked(till: Joined, server: RunningServer) -> str:
    """Two adults in the first session, for a guest who was verified."""
    station = till.station
    sara = station.guests.register(GuestForm("Sara Al-Qahtani", "0551234567"))
    station.guests.send_code(sara, "sms")
    station.guests.verify(sara, code_of(server))
    session = station.selling.page(0, "").sessions[0].number
    return station.bookings.book(sara, [(ADULT, session, 2)]).number


@pytest.mark.usefixtures("qapp")
def test_a_booking_is_found_brought_to_payment_and_left_as_it_was(
    till: Joined, server: RunningServer, qtbot: QtBot
) -> None:
    till.station.shifts.open({10000: 2})
    number, frame, bookings = booked(till, server), frame_of(till), till.station.bookings
    frame.press("F3")
    qtbot.waitUntil(lambda: seen(till, number), timeout=20_000)
    frame.focus_search()
    write(till, number[-6:])
    qtbot.waitUntil(lambda: len(bookings.find(number)) == 1 and seen(till, "Pay until"), timeout=20_000)
    frame.page.keyPressEvent(down())
    qtbot.waitUntil(lambda: seen(till, "Take payment"), timeout=20_000)
    frame.press("F9")
    qtbot.waitUntil(lambda: seen(till, "Left to pay") and is_begun(till), timeout=20_000)
    assert seen(till, "230.00")
    frame.press("Esc")
    qtbot.waitUntil(lambda: frame.place == "bookings", timeout=20_000)
    assert bookings.find(number)[0].life is Life.HELD


@pytest.mark.usefixtures("qapp")
def test_a_booking_is_paid_in_cash_by_keys(till: Joined, server: RunningServer, qtbot: QtBot) -> None:
    till.station.shifts.open({10000: 2})
    number, frame, bookings = booked(till, server), frame_of(till), till.station.bookings
    frame.press("F3")
    qtbot.waitUntil(lambda: seen(till, number), timeout=20_000)
    frame.page.keyPressEvent(down())
    qtbot.waitUntil(lambda: seen(till, "Take payment"), timeout=20_000)
    frame.press("F9")
    qtbot.waitUntil(lambda: seen(till, "Left to pay") and is_begun(till), timeout=20_000)
    frame.press("F10")
    qtbot.waitUntil(lambda: seen(till, "Change"), timeout=20_000)
    frame.press("F10")
    qtbot.waitUntil(lambda: bookings.find(number)[0].life is Life.CONFIRMED, timeout=20_000)


@pytest.mark.usefixtures("qapp")
def test_a_booking_is_called_off_with_a_reason(till: Joined, server: RunningServer, qtbot: QtBot) -> None:
    number, frame = booked(till, server), frame_of(till)
    frame.press("F3")
    qtbot.waitUntil(lambda: seen(till, number), timeout=20_000)
    frame.page.keyPressEvent(down())
    qtbot.waitUntil(lambda: seen(till, "Call off"), timeout=20_000)
    frame.press("F11")
    write(till, "ill")
    frame.press("F12")
    qtbot.waitUntil(lambda: seen(till, "Called off"), timeout=20_000)
    assert till.station.bookings.find(number)[0].life is Life.CANCELLED
