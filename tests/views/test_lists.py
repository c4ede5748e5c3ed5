"""What the pages of a list have in common: who comes to them, what the rail counts, what a slow answer looks like."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QFrame

from app.shown_refunds import Waiting
from app.views.ports import Preferences
from app.views.widgets.elided import Elided
from app.views.widgets.two_lines import HEIGHT, TwoLines
from tests.views.conftest import Dress, NewScene
from tests.views.gallery import STATES
from tests.views.scene import Scene
from tests.views.stand_ins import HUDA, NOW, OMAR, REEM

PAGES = ["bookings", "guests", "messages", "refunds"]


@pytest.mark.parametrize(
    ("person", "places", "has"),
    [
        (REEM, ("sell", "checkin"), True),
        (HUDA, ("sell",), True),
        (REEM, ("checkin",), False),
        (OMAR, ("sell", "checkin"), False),
    ],
)
def test_whoever_sells_or_decides_has_them_where_things_are_sold(
    make_scene: NewScene, person: object, places: tuple[str, ...], has: bool
) -> None:
    scene = make_scene(Preferences(), person=person, places=places)
    scene.refresh()
    there = {page: scene.has_button(scene.words(f"place.{page}")) for page in PAGES}
    assert there == dict.fromkeys(PAGES, has)


@pytest.mark.parametrize(
    ("person", "said"),
    [
        (REEM, {"Bookings", "Messages", "Refunds, 1 waiting"}),
        (HUDA, {"Bookings, 3 to decide", "Messages, 2 not sent", "Refunds, 2 waiting"}),
    ],
)
def test_the_rail_counts_only_what_waits_for_whoever_is_there(
    make_scene: NewScene, person: object, said: set[str]
) -> None:
    """One refund is to be paid here, of two that wait for a yes one is Huda's own."""
    scene = make_scene(Preferences(), person=person)
    waiting = Waiting(to_pay=1, asked_by=("reem", "huda"))
    now = replace(scene.world.health.now, to_decide=3, failed_messages=2, refunds=waiting)
    scene.world.health.now = now
    scene.refresh()
    assert said <= {each.accessibleName() for each in scene.buttons()}


@pytest.mark.parametrize("page", PAGES)
def test_grey_rows_stand_in_for_an_answer_that_takes_long(scene: Scene, page: str) -> None:
    STATES[f"{page}-loading"](scene)
    scene.settle()
    grey = [each for each in scene.window.findChildren(QFrame) if each.property("panel") == "skeleton"]
    assert any(each.isVisible() for each in grey)
    scene.tasks.flush()
    assert not any(each.isVisible() for each in grey)
    assert scene.rows()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("state", "least"), [("bookings-many", 6), ("refunds-many", 7)])
def test_many_rows_are_seen_at_once_and_each_is_large_enough_to_touch(
    dressed: Dress, state: str, least: int, language: str
) -> None:
    scene = dressed(Preferences(language), (1366, 768))
    STATES[state](scene)
    scene.settle()
    rows = [each for each in scene.window.findChildren(TwoLines) if each.isVisible()]
    whole = [each for each in rows if each.visibleRegion().boundingRect() == each.rect()]
    assert len(whole) >= least
    assert {each.height() for each in rows} == {HEIGHT} and HEIGHT >= 48


@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_has_no_room_in_a_row_is_said_aloud_and_over_it(dressed: Dress, language: str) -> None:
    """Never what tells two rows apart: number, time, amount, how long there is to pay."""
    scene = dressed(Preferences(language, scale=130), (1280, 800))
    known, name = scene.world.bookings.known, "<b>Sara</b> & Family Al-Qahtani of Riyadh"
    known["sara"] = replace(known["sara"], guest=name)
    STATES["bookings"](scene)
    scene.settle()
    row = next(each for each in scene.buttons() if name in each.accessibleName())
    title, detail, state = row.findChildren(Elided)
    assert title.text() == name and title.drawn.endswith("…") and len(title.drawn) > 4
    assert detail.drawn != detail.text() and state.drawn == state.text(), "the chip is the last to give way"
    assert "&lt;b&gt;Sara&lt;/b&gt; &amp; Family" in row.toolTip() and "<b>" not in row.toolTip()
    said = scene.world.bookings.known["sara"]
    for words in ("+966•••4567", *(each.activity.get(language) for each in said.sessions)):
        assert words in row.toolTip()
    assert said.what[1][1].get(language) in row.accessibleName()
    seen = scene.shown_texts()
    for words in (said.number, "14:00", "253.00", scene.desk.texts.clock(NOW + timedelta(minutes=12))):
        assert words in seen


def test_what_fits_is_drawn_whole(dressed: Dress) -> None:
    scene = dressed(Preferences(), (1920, 1080))
    words = Elided(scene.desk, "small")
    words.setText("12:09 · Reem")
    words.resize(words.sizeHint())
    assert words.drawn == "12:09 · Reem" and words.minimumSizeHint().width() < words.width()
    words.resize(words.width() - 4, words.height())
    assert words.drawn.startswith("12:09") and words.drawn.endswith("…")
