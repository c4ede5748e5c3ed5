"""What a booking is made from at a till, and how full the days of a month are, with a real server behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from app.services.bookings import Bookings
from app.shown_bookings import CalendarDay, Filled
from domain.booking import Life
from domain.errors import Code, Refused, Unavailable
from tests.helpers.line import Open
from tests.helpers.running import SAMPLE, RunningServer
from tests.helpers.shop import ADULT, Shop, refused
from tests.helpers.waiting import wait_for
from tests.sync.test_bookings import desk, life, sara

__all__ = ["desk"]

TODAY = date(2026, 11, 26)
TOMORROW, FAR = TODAY + timedelta(days=1), TODAY + timedelta(days=14)
DAYS = """
[[session]]
activity = "park"
from = 2026-11-27
to = 2026-12-20
starts = "10:00"
ends = "12:00"
capacity = 8
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    """Open two hours a day after today, but for eight guests only."""
    venue = tmp_path / "venue.toml"
    text = SAMPLE.read_text(encoding="utf-8").replace("[[policy]]", f"{DAYS}\n[[policy]]", 1)
    venue.write_text(text.replace("[venue]", '[venue]\nweek_starts = "monday"', 1), encoding="utf-8")
    running = RunningServer(tmp_path / "server", venue=venue).start()
    yield running
    running.kill()


def shown(shop: Shop, day: date) -> CalendarDay:
    return next(each for each in shop.station.bookings.month(day).days if each.day == day)


def session_of(shop: Shop, day: date) -> int:
    return shop.station.bookings.desk(day).sessions[0].number


def test_a_desk_tells_the_sessions_of_a_day_with_what_is_left(desk: Shop) -> None:
    bookings = desk.station.bookings
    today = bookings.desk(None)
    assert (today.day, today.today, today.last) == (TODAY, TODAY, FAR)
    assert today.online and today.may_pay and today.verified_only
    assert ADULT in [product.number for product in today.products]
    [tomorrow] = bookings.desk(TOMORROW).sessions
    assert (tomorrow.left, tomorrow.capacity, tomorrow.stale) == (8, 8, False)
    bookings.book(sara(desk), [(ADULT, tomorrow.number, 3)])
    wait_for(lambda: bookings.desk(TOMORROW).sessions[0].left == 5)


def test_a_desk_shows_no_day_that_this_station_does_not_know(desk: Shop) -> None:
    bookings = desk.station.bookings
    assert bookings.desk(TODAY - timedelta(days=1)).day == TODAY
    assert bookings.desk(FAR + timedelta(days=1)).day == FAR


def test_without_the_server_what_is_left_may_be_old(server: RunningServer, desk: Shop) -> None:
    server.kill()
    wait_for(lambda: not desk.station.health.online())
    page = desk.station.bookings.desk(TOMORROW)
    assert not page.online
    assert [(tile.stale, tile.here) for tile in page.sessions] == [(True, None)]


def test_a_month_counts_bookings_and_places_by_day(desk: Shop, opened: Open) -> None:
    bookings, guest = desk.station.bookings, sara(desk)
    tomorrow, after = (session_of(desk, TODAY + timedelta(days=n)) for n in (1, 2))
    kept = bookings.book(guest, [(ADULT, tomorrow, 3)])
    gone = bookings.book(guest, [(ADULT, tomorrow, 2)])
    bookings.book(guest, [(ADULT, after, 1)])
    bookings.cancel(gone.booking_id, "the guest is ill")
    other = opened("POS2").sign_in("salem").open_shift()
    wait_for(lambda: shown(other, TOMORROW).bookings == 1)
    assert shown(other, TOMORROW).filled == (Filled("park", 3, 8),)
    page = other.station.checkout.begin(other.station.bookings.cart(kept.booking_id))
    other.station.checkout.cash(page.sale_id, page.left)
    wait_for(lambda: life(desk, kept.booking_id) is Life.CONFIRMED)
    now_sold = (Filled("park", 3, 8),)  # what was kept, and it counts once
    wait_for(lambda: shown(desk, TOMORROW).filled == now_sold)
    assert shown(desk, TOMORROW).bookings == 1
    assert shown(desk, TODAY + timedelta(days=2)).bookings == 1


def test_a_month_tells_closed_days_from_days_that_are_not_known_here(desk: Shop) -> None:
    bookings = desk.station.bookings
    month = bookings.month(None)
    assert (month.today, len(month.days), month.week_start) == (TODAY, 30, 1)
    known = [each.day for each in month.days if each.known]
    assert (known[0], known[-1]) == (TODAY - timedelta(days=1), date(2026, 11, 30))
    assert (shown(desk, known[0]).filled, shown(desk, TODAY).filled) == ((), (Filled("park", 0, 1500),))
    assert [each.activity_id for each in month.activities] == ["park"]
    december = bookings.month(date(2026, 12, 20)).days
    assert [each.day.day for each in december if each.known] == list(range(1, 11))


def test_a_month_is_one_question_to_the_cache(desk: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    with desk.station.store.read() as connection:
        engine = connection.engine
    event.listen(engine, "before_cursor_execute", note)
    desk.station.bookings.month(None)
    event.remove(engine, "before_cursor_execute", note)
    assert len([statement for statement in asked if "reservation" in statement]) == 1


def test_who_may_not_book_sees_neither(desk: Shop) -> None:
    desk.sign_in("faisal")
    for ask in (desk.station.bookings.desk, desk.station.bookings.month):
        assert refused(ask, None) is Code.NOT_ALLOWED


def test_a_booking_whose_answer_was_lost_is_made_once(desk: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    bookings: Bookings = desk.station.bookings
    page, guest, session = bookings.desk(TOMORROW), sara(desk), session_of(desk, TOMORROW)
    lines, api = [(ADULT, session, 2)], desk.station.requests._api
    ask = api.ask

    def lost(*given: object) -> object:
        ask(*given)  # type: ignore[arg-type] # as it was called
        raise Unavailable("server", "the answer was lost")

    monkeypatch.setattr(api, "ask", lost)
    with pytest.raises(Refused) as caught:
        bookings.book(guest, lines, "", page.booking_id)
    assert caught.value.code is Code.REQUEST_UNANSWERED
    monkeypatch.setattr(api, "ask", ask)
    made = bookings.book(guest, lines, "", page.booking_id)
    assert made.booking_id == page.booking_id
    wait_for(lambda: len(bookings.of_day(TOMORROW)) == 1)
    assert bookings.of_day(TOMORROW)[0].number == made.number
