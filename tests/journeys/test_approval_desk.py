"""V7, the cabana, in both languages: it waits for a decision, whoever may decides through the real window, and money
for what was rejected goes back whole."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.shown_bookings import Verdict
from app.views.ports import Preferences
from app.wiring import Joined
from domain.booking import Life
from domain.errors import Code
from tests.helpers.running import RunningServer
from tests.helpers.shop import ADULT, PINS, refused, sar
from tests.journeys.desk import frame_of, is_written, opened_desk, seen, send, write
from tests.journeys.test_booking_desk import down, is_counting, may_press, verified
from tests.sync.test_bookings_decided import CABANA, server

__all__ = ["opened_desk", "server"]


def enter(till: Joined, who: str, language: str, qtbot: QtBot) -> None:
    """Somebody else signs in at the till, and opens what waits for a decision."""
    till.station.people.sign_out()  # here and now: the window would ask for it, and whoever comes next be signed out
    till.window.enter(till.station.people.sign_in(who, PINS[who]))
    before = till.window.frame
    till.window.change(Preferences(language))  # builds all anew, a moment later
    qtbot.waitUntil(lambda: till.window.frame not in (None, before), timeout=20_000)
    frame, texts = frame_of(till), frame_of(till)._desk.texts
    frame.press("F3")
    qtbot.waitUntil(lambda: seen(till, texts("bookings.decide")), timeout=20_000)


def open_first(till: Joined, qtbot: QtBot) -> None:
    """The first that waits for a decision."""
    frame, texts = frame_of(till), frame_of(till)._desk.texts
    page, rows = frame.page, frame.page._list  # type: ignore[attr-defined]
    rows.turn("decide")
    qtbot.waitUntil(
        lambda: bool(rows._counts and rows._found), timeout=20_000
    )  # only of what waits it counts

    def opens() -> bool:
        if not page.chosen:  # a key does nothing before the rows are built
            page.keyPressEvent(down())
        return seen(till, texts("bookings.checks"))

    qtbot.waitUntil(opens, timeout=20_000)


@pytest.mark.timeout(300)  # six people sign in, on a busy machine
@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_v7_a_cabana_is_reviewed_then_approved_or_rejected_and_paid_back(
    till: Joined, server: RunningServer, qtbot: QtBot, language: str
) -> None:
    verified(till, server)
    station, bookings = till.station, till.station.bookings
    station.shifts.open({10000: 2})
    enter(till, "reem", language, qtbot)
    frame, texts = frame_of(till), frame_of(till)._desk.texts
    frame.press("F12")
    write(till, "Sara")
    qtbot.waitUntil(lambda: seen(till, "Sara Al-Qahtani"), timeout=20_000)
    send(till, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: is_counting(till), timeout=20_000)
    frame.page.side.form._what.products.entries[CABANA].setFocus()  # type: ignore[attr-defined]
    write(till, "1")
    today = texts.day(bookings.today())
    qtbot.waitUntil(lambda: seen(till, texts("bookings.goods_alone", day=today)), timeout=20_000)
    assert seen(till, "230.00") and may_press(till, "F12")
    frame.press("F12")
    qtbot.waitUntil(lambda: seen(till, texts("bookings.kept_review")), timeout=20_000)
    frame.press("Esc")
    qtbot.waitUntil(lambda: bool(bookings.approvals(Verdict.WAITING).rows), timeout=20_000)
    first = bookings.approvals(Verdict.WAITING).rows[0].booking_id
    assert refused(bookings.cart, first) is Code.BOOKING_IS, "nothing is paid before"

    enter(till, "salem", language, qtbot)
    open_first(till, qtbot)
    assert not may_press(till, "F9"), "Support decides nothing"

    enter(till, "faisal", language, qtbot)
    open_first(till, qtbot)
    frame_of(till).press("F9")
    qtbot.waitUntil(lambda: bookings.page(first).row.life is Life.HELD, timeout=20_000)

    # what was rejected while a till still took its money
    enter(till, "reem", language, qtbot)
    guest, session = bookings.page(first).guest.guest_id, station.selling.page(0, "").sessions[0].number
    second = bookings.book(guest, [(ADULT, session, 1), (CABANA, 0, 1)]).booking_id
    qtbot.waitUntil(lambda: bool(bookings.approvals(Verdict.WAITING).rows), timeout=20_000)
    station.session.end()
    station.people.sign_in("faisal", PINS["faisal"])
    bookings.approve(second)
    qtbot.waitUntil(lambda: bookings.page(second).row.life is Life.HELD, timeout=20_000)
    station.people.sign_in("reem", PINS["reem"])
    page = station.checkout.begin(bookings.cart(second))
    page = station.checkout.cash(page.sale_id, sar("100.00"))
    mark = bookings.page(second).mark
    bookings.change(second, mark, [(ADULT, session, 1), (CABANA, 0, 2)])
    qtbot.waitUntil(lambda: bookings.page(second).row.life is Life.UNDER_REVIEW, timeout=20_000)
    enter(till, "faisal", language, qtbot)
    open_first(till, qtbot)
    frame_of(till).press("F10")
    write(till, "closed")
    qtbot.waitUntil(lambda: is_written(till), timeout=20_000)
    frame_of(till).press("F12")
    qtbot.waitUntil(lambda: bookings.page(second).row.life is Life.REJECTED, timeout=20_000)
    enter(till, "reem", language, qtbot)
    station.checkout.cash(page.sale_id, page.left)
    qtbot.waitUntil(lambda: bool(station.refunds.to_do()), timeout=20_000)
    [back] = station.refunds.to_do()
    assert back.amount == sar("345.00"), "all of it"
