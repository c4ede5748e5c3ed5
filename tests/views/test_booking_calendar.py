"""The calendar of bookings: how full each day is; gone through by keys, in both directions of writing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from app.views.booking_calendar import BookingCalendar
from app.views.ports import Preferences
from app.views.widgets.month_grid import DayCell, MonthGrid
from app.views.widgets.tab_row import TURN
from domain.errors import Code, Refused
from tests.views.booking_desk_stand_in import ACTIVITIES
from tests.views.booking_states import calendar, calendar_loading, calendar_of, calendar_refused
from tests.views.conftest import Dress
from tests.views.scene import Scene, send
from tests.views.stand_ins import NOW, POOL, SURF
from tests.views.test_bookings import guests
from tests.views.test_keyboard import page_of
from tests.views.test_keys import shortcut

TODAY = NOW.date()


def cells(scene: Scene) -> dict[date, DayCell]:
    scene.settle()
    grid = scene.window.findChild(MonthGrid)
    assert grid is not None
    return dict(grid._cells)


def focused(scene: Scene) -> date | None:
    return next((day for day, cell in cells(scene).items() if cell is scene.focus), None)


def test_a_day_says_its_bookings_and_how_full_it_is(scene: Scene) -> None:
    calendar(scene)
    names = {day.day: cell.accessibleName() for day, cell in cells(scene).items()}
    assert names[26] == "Thu 26 Nov, Today, 5 bookings, places taken: 980 of 1,500"
    assert names[27] == "Fri 27 Nov, 0 bookings, Closed"
    assert names[28] == "Sat 28 Nov, 0 bookings, places taken: 1,500 of 1,500"
    shown = scene.shown_texts()
    assert "65%" in shown and "100%" in shown and "Closed" in shown


def test_today_alone_is_marked(scene: Scene) -> None:
    calendar(scene)
    assert [day for day, cell in cells(scene).items() if cell.property("chosen")] == [TODAY]


@pytest.mark.parametrize(("language", "start"), [("en", Qt.Key.Key_Left), ("ar", Qt.Key.Key_Right)])
def test_the_week_begins_on_sunday_where_reading_starts(dressed: Dress, language: str, start: Qt.Key) -> None:
    scene = dressed(Preferences(language))
    calendar(scene)
    scene.window.show()
    by_day = cells(scene)
    sunday, monday = by_day[date(2026, 11, 29)], by_day[date(2026, 11, 30)]
    assert (sunday.x() < monday.x()) is (language == "en")
    monday.setFocus()
    send(scene.focus, start)
    assert focused(scene) == date(2026, 11, 29)


def test_arrows_go_by_day_and_by_week_and_pass_what_is_not_known(scene: Scene) -> None:
    calendar(scene)
    assert focused(scene) == TODAY
    send(scene.focus, Qt.Key.Key_Left)
    assert focused(scene) == TODAY - timedelta(days=1)
    send(scene.focus, Qt.Key.Key_Right)
    send(scene.focus, Qt.Key.Key_Right)
    send(scene.focus, Qt.Key.Key_Down)
    december = date(2026, 12, 4)
    assert focused(scene) == december
    send(scene.focus, Qt.Key.Key_Up)
    assert focused(scene) == december - timedelta(days=7)


def test_pages_turn_the_month_and_its_nearest_day_has_the_keys(scene: Scene) -> None:
    calendar(scene)
    send(scene.focus, Qt.Key.Key_PageDown)
    assert "December 2026" in scene.shown_texts()
    assert focused(scene) == date(2026, 12, 1)
    for _ in range(2):
        send(scene.focus, Qt.Key.Key_PageUp)
    assert "October 2026" in scene.shown_texts()
    assert focused(scene) is None  # nothing of it is known here
    send(scene.focus, Qt.Key.Key_PageDown)
    assert "November 2026" in scene.shown_texts()
    assert focused(scene) == date(2026, 11, 25)


def test_this_month_leads_back(scene: Scene) -> None:
    calendar(scene)
    scene.click_words(scene.words("bookings.month_after"))
    scene.click_words(scene.words("bookings.this_month"))
    assert "November 2026" in scene.shown_texts()


def test_a_day_is_picked_by_enter_and_its_bookings_are_listed(scene: Scene) -> None:
    calendar(scene)
    for _ in range(3):
        send(scene.focus, Qt.Key.Key_Right)
    scene.enter()
    scene.settle()
    assert guests(scene) == ["Najd International School"]
    scene.press("F12")
    assert scene.desk.texts.day(TODAY + timedelta(days=3)) not in guests(scene)
    scene.type("Sara Al")
    scene.enter()
    assert scene.desk.texts.day(TODAY + timedelta(days=3)) in scene.shown_texts()


def test_a_picked_day_is_where_the_calendar_goes_on(scene: Scene) -> None:
    calendar(scene)
    cells(scene)[TODAY + timedelta(days=3)].click()
    scene.click_words(scene.words("bookings.calendar"))
    assert focused(scene) == TODAY + timedelta(days=3)


def test_a_day_of_which_nothing_is_known_says_so(scene: Scene) -> None:
    calendar(scene)
    cell = cells(scene)[date(2026, 11, 10)]
    assert not cell.isEnabled()
    page_of(scene)._say_why(cell)
    assert scene.notice == scene.words("bookings.day_unknown")


def test_while_it_is_counted_days_are_grey_and_then_there(scene: Scene) -> None:
    calendar_loading(scene)
    assert not cells(scene)
    scene.window.findChild(BookingCalendar).load()  # type: ignore[union-attr] # it was shown
    assert cells(scene)


def test_what_cannot_be_counted_says_why_and_the_month_stays(scene: Scene) -> None:
    calendar_refused(scene)
    refusal = Refused(Code.DATA_NOT_WRITABLE, folder="/srv/till")
    assert scene.desk.texts.trouble(refusal) in scene.shown_texts()
    assert cells(scene)
    scene.world.bookings.refuses = None
    scene.refresh()
    assert scene.desk.texts.trouble(refusal) not in scene.shown_texts()


def test_what_changes_is_counted_again_and_the_keys_stay_where_they_are(scene: Scene) -> None:
    calendar(scene)
    send(scene.focus, Qt.Key.Key_Left)
    del scene.world.bookings.known["sara"]
    page_of(scene).reload()
    assert cells(scene)[TODAY].accessibleName().startswith("Thu 26 Nov, Today, 4 bookings")
    assert focused(scene) == TODAY - timedelta(days=1)


def test_esc_leads_back_to_today(scene: Scene) -> None:
    calendar(scene)
    scene.press("Esc")
    assert "Sara Al-Qahtani" in guests(scene)


# several activities


@pytest.mark.parametrize("language", ["en", "ar"])
def test_of_two_activities_a_day_says_how_full_each_is(dressed: Dress, language: str) -> None:
    """Summed, a day of which one is full and one is empty looked half full."""
    scene = dressed(Preferences(language))
    calendar_of(2)(scene)
    cell = cells(scene)[TODAY + timedelta(days=4)]
    figures = [each.text() for each in cell.findChildren(QLabel) if each.isVisible()]
    assert figures == [
        "30",
        "①",
        scene.words("bookings.filled", n=0),
        "②",
        scene.words("bookings.filled", n=92),
    ]
    for name, taken, places in ((POOL, 0, 1500), (SURF, 12, 13)):
        said = scene.words("bookings.day_full_of", activity=name.get(language), taken=taken, all=places)
        assert said in cell.accessibleName()
    what = scene.desk.texts.line((f"① {POOL.get(language)}", f"② {SURF.get(language)}"))
    assert scene.words("bookings.legend_of", what=what) in scene.shown_texts()
    assert not scene.has_button(scene.words("bookings.fullest")), "both are seen"


def test_of_three_activities_the_fullest_are_seen_or_the_one_that_is_chosen(scene: Scene) -> None:
    calendar_of(3)(scene)
    day = TODAY + timedelta(days=4)
    assert marks(scene, day) == ["②", "③"]
    at = focused(scene)
    shortcut(scene, TURN)
    assert marks(scene, day) == [] and "0%" in words_of(scene, day), "of the water park alone"
    assert "Water park, places taken: 0 of 1,500" in cells(scene)[day].accessibleName()
    assert "Surf" not in cells(scene)[day].accessibleName() and focused(scene) == at
    scene.click_words("Climbing")
    assert "92%" in words_of(scene, day)
    send(scene.focus, Qt.Key.Key_PageDown)
    scene.show("sell")
    scene.show("bookings")
    assert marks(scene, date(2026, 12, 2)) == [], "it stays chosen"
    scene.world.bookings.activities = ACTIVITIES[::2]
    scene.refresh()
    assert marks(scene, date(2026, 12, 2)) == ["①", "②"], "of two no choice is seen"
    scene.world.bookings.activities = ACTIVITIES
    scene.refresh()
    assert marks(scene, date(2026, 12, 2)) == []
    scene.click_words(scene.words("bookings.fullest"))
    assert marks(scene, date(2026, 12, 2)) == ["②", "③"]


def words_of(scene: Scene, day: date) -> list[str]:
    return [each.text() for each in cells(scene)[day].findChildren(QLabel) if each.isVisible()]


def marks(scene: Scene, day: date) -> list[str]:
    return [each for each in words_of(scene, day) if each in "①②③"]


def test_the_bookings_of_a_day_say_of_which_activity_they_are(scene: Scene) -> None:
    calendar_of(2)(scene)
    scene.enter()
    scene.settle()
    assert all("Water park" in each for each in scene.rows() if "·" in each) and scene.rows()


def test_the_window_does_not_grow_when_the_calendar_takes_the_place_of_the_list(dressed: Dress) -> None:
    scene = dressed(Preferences("ar", "light", 130), (1280, 800))
    calendar_of(3)(scene)
    for words in ("today", "calendar"):
        scene.click_words(scene.words(f"bookings.{words}"))
        scene.settle()
    assert scene.window.height() == 800
