"""What the pages of a list have in common: who comes to them, what the rail counts, what a slow answer looks like."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QFrame

from app.shown_refunds import Waiting
from app.views.ports import Preferences
from tests.views.conftest import NewScene
from tests.views.gallery import STATES
from tests.views.scene import Scene
from tests.views.stand_ins import HUDA, OMAR, REEM

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
