"""Refunds at a real till with a real server and a card terminal, through the real window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.shown import Approval
from app.views.widgets.buttons import Pressable
from app.wiring import Joined
from domain.booking import Life
from domain.receipt import DocumentKind
from tests.hardware.simulator import CardProcess
from tests.helpers.line import settled
from tests.helpers.running import RunningServer
from tests.helpers.shop import PINS, Shop, sar
from tests.journeys.desk import frame_of, opened_desk, seen, send, write
from tests.journeys.test_booking_desk import booked, down

NUMBER = "POS1-000001"
pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def till(server: RunningServer, cards: CardProcess, tmp_path: Path, qtbot: QtBot) -> Iterator[Joined]:
    """Reem is signed in, with a shift, and a terminal beside her."""
    terminal = f"127.0.0.1:{cards.address[1]}"
    with opened_desk(server, tmp_path, qtbot, terminal=terminal, who="reem") as desk:
        Shop(desk.station).open_shift()
        yield desk


def sell(till: Joined, qtbot: QtBot) -> None:
    """A family pays half by card, half in cash; the server knows of it."""
    shop = Shop(till.station)
    page = shop.pay_card(shop.begin(), "212.75")
    till.station.checkout.cash(page.sale_id, page.left)
    qtbot.waitUntil(lambda: settled(shop), timeout=20_000)


def press(till: Joined, qtbot: QtBot, key: str, words: str) -> None:
    """A key, until the words are seen."""
    frame_of(till).press(key)
    qtbot.waitUntil(lambda: seen(till, words), timeout=20_000)


def tap(till: Joined, qtbot: QtBot, words: str) -> None:
    """A button, once it is there."""

    def found() -> list[Pressable]:
        shown = (each for each in till.window.findChildren(Pressable) if each.isVisible())
        return [each for each in shown if each.accessibleName().startswith(words)]

    qtbot.waitUntil(lambda: bool(found()), timeout=20_000)
    found()[0].click()


def find(till: Joined, qtbot: QtBot) -> None:
    frame_of(till).show_refunds()
    frame_of(till).focus_search()
    write(till, NUMBER)
    send(till, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: seen(till, f"Sale {NUMBER}"), timeout=20_000)


def ask(till: Joined, qtbot: QtBot) -> None:
    """Both adults, since the venue closed: 230.00."""
    find(till, qtbot)
    press(till, qtbot, "F9", "What goes back")
    for _ in range(2):
        tap(till, qtbot, "One more: Day pass – adult")
    tap(till, qtbot, "We are closed")
    qtbot.waitUntil(lambda: seen(till, "Out of the drawer: 17.25"), timeout=20_000)
    press(till, qtbot, "F12", "Approve with a PIN")


def approve(till: Joined, qtbot: QtBot) -> None:
    """Huda's PIN, here and now."""
    press(till, qtbot, "F9", "A supervisor says yes")
    tap(till, qtbot, "Huda")
    write(till, PINS["huda"])
    press(till, qtbot, "F12", "Pay it back now")


def test_two_tickets_go_back_to_the_card_and_out_of_the_drawer(
    till: Joined, cards: CardProcess, qtbot: QtBot
) -> None:
    sell(till, qtbot)
    ask(till, qtbot)
    approve(till, qtbot)
    taken = cards.taken()
    press(till, qtbot, "F9", "The refund is paid")
    for words in ("POS1-000002", "212.75 is back on the card", "Hand out in cash", "17.25"):
        assert seen(till, words), words
    assert taken - cards.taken() == 21275
    shop = Shop(till.station)
    [note] = [each for each in shop.receipts() if each.kind is DocumentKind.CREDIT]
    assert (note.number, note.gross, note.original_number) == ("POS1-000002", sar("230.00"), NUMBER)
    assert [(one.method, one.amount) for one in note.tenders] == [
        ("card", sar("212.75")),
        ("cash", sar("17.25")),
    ]
    press(till, qtbot, "F12", "Paid back")


def test_what_is_approved_is_paid_while_the_server_is_away(
    till: Joined, server: RunningServer, qtbot: QtBot
) -> None:
    sell(till, qtbot)
    ask(till, qtbot)
    approve(till, qtbot)
    server.kill()
    qtbot.waitUntil(lambda: not till.station.health.online(), timeout=20_000)
    press(till, qtbot, "F9", "The refund is paid")
    press(till, qtbot, "F12", "Paid back")
    find(till, qtbot)
    qtbot.waitUntil(lambda: seen(till, "This needs the server"), timeout=20_000)


def test_a_card_that_refuses_is_given_in_cash_by_somebody_who_may(
    till: Joined, cards: CardProcess, qtbot: QtBot
) -> None:
    sell(till, qtbot)
    ask(till, qtbot)
    approve(till, qtbot)
    cards.script("decline")
    press(till, qtbot, "F9", "Try the card again")
    press(till, qtbot, "F10", "230.00 back in cash")
    tap(till, qtbot, "Huda")
    write(till, PINS["huda"])
    press(till, qtbot, "F12", "Hand out in cash")
    assert seen(till, "230.00")


def test_who_asked_sees_on_the_rail_that_it_was_refused_and_why_in_the_list(
    till: Joined, qtbot: QtBot
) -> None:
    sell(till, qtbot)
    ask(till, qtbot)
    frame_of(till).show_place("sell")
    [asked] = till.station.refunds.open()
    why = "we were open"
    till.station.refunds.refuse(asked.refund_id, why, Approval("huda", PINS["huda"], why))
    refused = f"Refused by Huda K.: {why}"
    qtbot.waitUntil(lambda: on_the_rail(till) == "Refunds, 1 waiting", timeout=20_000)
    assert not seen(till, refused)
    frame_of(till).show_refunds()
    tap(till, qtbot, "Refused 1 · 1 new")
    tap(till, qtbot, f"{NUMBER}, 230.00, Refused, new")
    qtbot.waitUntil(lambda: on_the_rail(till) == "Refunds" and seen(till, refused), timeout=20_000)
    qtbot.waitUntil(lambda: seen(till, "Open sale") and not seen(till, "1 new"), timeout=20_000)


def on_the_rail(till: Joined) -> str:
    shown = (each.accessibleName() for each in till.window.findChildren(Pressable) if each.isVisible())
    return next(each for each in shown if each.startswith("Refunds"))


def test_a_paid_booking_is_called_off_by_its_refund(
    till: Joined, server: RunningServer, qtbot: QtBot
) -> None:
    number, bookings = booked(till, server), till.station.bookings
    qtbot.waitUntil(lambda: len(bookings.find(number)) == 1, timeout=20_000)
    [row] = bookings.find(number)
    page = till.station.checkout.begin(bookings.cart(row.booking_id))
    till.station.checkout.cash(page.sale_id, page.left)
    qtbot.waitUntil(lambda: bookings.find(number)[0].life is Life.CONFIRMED, timeout=20_000)
    press(till, qtbot, "F3", number)
    frame_of(till).page.keyPressEvent(down())
    qtbot.waitUntil(lambda: seen(till, "Call off and refund"), timeout=20_000)
    press(till, qtbot, "F11", "Fee that stays")
    press(till, qtbot, "F12", "Approve with a PIN")
    approve(till, qtbot)
    press(till, qtbot, "F9", "The refund is paid")
    frame_of(till).press("F12")
    qtbot.waitUntil(lambda: bookings.find(number)[0].life is Life.CANCELLED, timeout=20_000)
    press(till, qtbot, "F3", "Called off")
