"""A booking at a real till with a real server behind it, through the real window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.shown_guests import GuestForm
from app.views.ports import Preferences
from app.views.sale_view import SaleView
from app.views.widgets.buttons import Pressable
from app.views.widgets.count_entry import CountEntry
from app.views.widgets.month_grid import DayCell
from app.wiring import Joined
from domain.booking import Life
from tests.helpers.running import RunningServer
from tests.helpers.shop import ADULT
from tests.journeys.desk import frame_of, is_written, seen, send, write
from tests.journeys.test_guest_desk import ask_for_code
from tests.sync.test_guests import code_of


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
def test_a_booking_is_changed_and_paid_by_keys(till: Joined, server: RunningServer, qtbot: QtBot) -> None:
    till.station.shifts.open({10000: 2})
    number, frame, bookings = booked(till, server), frame_of(till), till.station.bookings
    frame.press("F3")
    qtbot.waitUntil(lambda: seen(till, number), timeout=20_000)
    frame.page.keyPressEvent(down())
    qtbot.waitUntil(lambda: may_press(till, "Ctrl+E"), timeout=20_000)
    frame.press("Ctrl+E")
    qtbot.waitUntil(lambda: is_counting(till) and seen(till, "Nothing more to pay"), timeout=20_000)
    write(till, "3")
    qtbot.waitUntil(lambda: seen(till, "It was 230.00. 115.00 more to pay."), timeout=20_000)
    frame.press("F12")
    qtbot.waitUntil(lambda: bookings.find(number)[0].what[0][0] == 3, timeout=20_000)
    qtbot.waitUntil(lambda: seen(till, "was: ") and may_press(till, "F9"), timeout=20_000)
    frame.press("F9")
    qtbot.waitUntil(lambda: is_begun(till) and seen(till, "345.00"), timeout=20_000)
    for _ in range(2):
        frame.press("F10")
        qtbot.waitUntil(lambda: seen(till, "Change"), timeout=20_000)
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
    qtbot.waitUntil(lambda: is_written(till), timeout=20_000)
    frame.press("F12")
    qtbot.waitUntil(lambda: seen(till, "Called off"), timeout=20_000)
    assert till.station.bookings.find(number)[0].life is Life.CANCELLED


def verified(till: Joined, server: RunningServer) -> None:
    guests = till.station.guests
    sara = guests.register(GuestForm("Sara Al-Qahtani", "0551234567"))
    guests.send_code(sara, "sms")
    guests.verify(sara, code_of(server))


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_booking_is_made_by_keys_and_paid(
    till: Joined, server: RunningServer, qtbot: QtBot, language: str
) -> None:
    verified(till, server)
    till.station.shifts.open({10000: 2})
    if language != "en":
        till.window.change(Preferences(language))
    qtbot.waitUntil(lambda: frame_of(till)._desk.texts.language == language, timeout=20_000)
    frame, words, bookings = frame_of(till), frame_of(till)._desk.texts, till.station.bookings
    frame.press("F3")
    qtbot.waitUntil(lambda: seen(till, words("bookings.new")), timeout=20_000)
    frame.press("F12")
    qtbot.waitUntil(lambda: seen(till, words("bookings.for_whom")), timeout=20_000)
    write(till, "Sara")
    qtbot.waitUntil(lambda: seen(till, "Sara Al-Qahtani"), timeout=20_000)
    send(till, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: is_counting(till), timeout=20_000)
    write(till, "2")
    qtbot.waitUntil(lambda: seen(till, "230.00"), timeout=20_000)
    frame.press("F12")
    qtbot.waitUntil(lambda: seen(till, "GH-") and may_press(till, "F9"), timeout=20_000)
    [row] = bookings.of_day(bookings.today())
    assert (row.guest, row.life, row.what[0][0]) == ("Sara Al-Qahtani", Life.HELD, 2)
    frame.press("F9")
    qtbot.waitUntil(lambda: is_begun(till) and seen(till, words("payment.left")), timeout=20_000)
    frame.press("F10")
    qtbot.waitUntil(lambda: seen(till, words("cash.change")), timeout=20_000)
    frame.press("F10")
    qtbot.waitUntil(lambda: bookings.find(row.number)[0].life is Life.CONFIRMED, timeout=20_000)


def is_counting(till: Joined) -> bool:
    """The keys are in the first product."""
    focused = till.window.focusWidget()
    return isinstance(focused, QLineEdit) and isinstance(focused.parentWidget(), CountEntry)


def may_press(till: Joined, key: str) -> bool:
    shown = (each for each in till.window.findChildren(Pressable) if each.isVisible())
    return any(each.key == key and each.isEnabled() for each in shown)


@pytest.mark.usefixtures("qapp")
def test_a_new_guest_is_registered_verified_and_booked_for_by_keys(
    till: Joined, server: RunningServer, qtbot: QtBot
) -> None:
    frame = frame_of(till)
    frame.press("F3")
    qtbot.waitUntil(lambda: seen(till, "New booking"), timeout=20_000)
    frame.press("F12")
    write(till, "0551234567")
    qtbot.waitUntil(lambda: seen(till, "Nobody is known by"), timeout=20_000)
    frame.press("F10")
    ask_for_code(till, qtbot)
    write(till, code_of(server))
    frame.press("F12")
    qtbot.waitUntil(lambda: frame.place == "bookings" and is_counting(till), timeout=20_000)
    write(till, "3")
    qtbot.waitUntil(lambda: may_press(till, "F12"), timeout=20_000)
    frame.press("F12")
    qtbot.waitUntil(lambda: seen(till, "GH-"), timeout=20_000)
    frame.press("F12")
    bookings = till.station.bookings
    qtbot.waitUntil(lambda: len(bookings.of_day(bookings.today())) == 1, timeout=20_000)
    qtbot.waitUntil(lambda: seen(till, "Take payment"), timeout=20_000)


@pytest.mark.usefixtures("qapp")
def test_what_was_typed_stays_while_the_server_is_away_and_is_kept_when_it_is_back(
    till: Joined, server: RunningServer, qtbot: QtBot
) -> None:
    verified(till, server)
    frame = frame_of(till)
    frame.press("F3")
    qtbot.waitUntil(lambda: seen(till, "New booking"), timeout=20_000)
    frame.press("F12")
    write(till, "Sara")
    qtbot.waitUntil(lambda: seen(till, "Sara Al-Qahtani"), timeout=20_000)
    send(till, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: is_counting(till), timeout=20_000)
    write(till, "2")
    server.kill()
    qtbot.waitUntil(lambda: seen(till, "Booking ahead needs the server"), timeout=20_000)
    qtbot.waitUntil(lambda: seen(till, "~"), timeout=20_000)
    assert not may_press(till, "F12") and seen(till, "230.00")
    server.start()
    qtbot.waitUntil(lambda: may_press(till, "F12"), timeout=30_000)
    frame.press("F12")
    qtbot.waitUntil(lambda: seen(till, "GH-"), timeout=20_000)


@pytest.mark.usefixtures("qapp")
def test_the_calendar_leads_to_a_day_by_keys(till: Joined, server: RunningServer, qtbot: QtBot) -> None:
    number, frame = booked(till, server), frame_of(till)
    frame.press("F3")
    qtbot.waitUntil(lambda: seen(till, number), timeout=20_000)
    focus_on(till, "Calendar")
    send(till, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: seen(till, "November 2026") and at_day(till, "Thu 26 Nov"), timeout=20_000)
    assert at_day(till, "1 booking, places taken: 2 of 1,500")
    send(till, Qt.Key.Key_Right)
    assert at_day(till, "Fri 27 Nov")
    send(till, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: seen(till, "Nothing is booked for Fri 27 Nov"), timeout=20_000)


def focus_on(till: Joined, words: str) -> None:
    """As by Tab."""
    buttons = (each for each in till.window.findChildren(Pressable) if each.isVisible())
    next(each for each in buttons if each.accessibleName() == words).setFocus()


def at_day(till: Joined, words: str) -> bool:
    focused = till.window.focusWidget()
    return isinstance(focused, DayCell) and words in focused.accessibleName()
