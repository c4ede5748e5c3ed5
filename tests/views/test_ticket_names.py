"""Who comes: written while a booking is made or later, by keys; never asked for."""

from __future__ import annotations

import pytest

from app.views.booking_names import BookingNames
from app.views.ports import Preferences
from app.views.ticket_names import AT_ONCE, NamesForm
from documents.format import without_marks
from domain.errors import Code, Refused
from tests.views.booking_states import booking, chosen, names_of, names_written, of_activities
from tests.views.conftest import Dress
from tests.views.scene import Scene
from tests.views.test_booking_form import counts, write_count


@pytest.mark.parametrize("language", ["en", "ar"])
def test_names_go_with_the_booking_in_the_order_of_its_tickets(dressed: Dress, language: str) -> None:
    scene = dressed(Preferences(language))
    booking("sara", {1: 2, 2: 1, 10: 1})(scene)
    scene.press("F11")
    scene.enter()
    scene.type("سارة  القحطاني")
    scene.enter()
    scene.type("Omar")
    scene.enter()
    assert scene.words("bookings.names_back") not in scene.shown_texts()
    scene.press("F12")
    assert scene.world.bookings.named == [("", "سارة القحطاني", "Omar")]


def test_nobody_needs_to_be_named(scene: Scene) -> None:
    booking("sara", {1: 2}, "F11", "Esc", "F12")(scene)
    assert scene.world.bookings.named == [()]


def test_what_was_written_stays_while_counts_change(scene: Scene) -> None:
    names_written(scene)
    scene.press("Esc")
    assert counts(scene)[1] == 2
    write_count(scene, 1, "1")
    scene.press("F12")
    assert scene.world.bookings.named[0][0] == "Sara Al-Qahtani"
    assert "عبدالرحمن بن عبدالعزيز القحطاني" not in scene.world.bookings.named[0]


def test_names_are_offered_once_there_are_tickets(scene: Scene) -> None:
    booking("sara")(scene)
    assert not scene.has_button(scene.words("bookings.names"))


def test_lines_of_a_large_group_come_some_at_a_time_and_each_can_be_written(scene: Scene) -> None:
    booking("sara", {1: AT_ONCE + 2}, "F11")(scene)
    lines = scene.window.findChild(BookingNames)
    assert lines is not None
    scene.settle()
    assert len(lines.fields) == AT_ONCE + 2
    list(lines.fields.values())[AT_ONCE - 1].setFocus()
    scene.enter()
    scene.type("Omar")
    scene.press("F12")
    assert scene.world.bookings.named[0][AT_ONCE] == "Omar"


def test_later_they_are_written_on_the_card(scene: Scene) -> None:
    names_of("sara")(scene)
    scene.type("Sara")
    scene.enter()
    scene.type("Omar")
    scene.enter()
    assert scene.world.bookings.names == {"sara-0": "Sara", "sara-1": "Omar"}
    assert "Sara, Omar" in scene.shown_texts()


def test_a_colleague_changed_it_meanwhile_and_what_is_typed_stays(scene: Scene) -> None:
    names_of("abdullah")(scene)
    scene.type("Sara")
    scene.world.bookings.refuses = Refused(Code.BOOKING_CHANGED)
    scene.press("F12")
    assert scene.desk.texts.refusal(Code.BOOKING_CHANGED) in scene.shown_texts()
    assert scene.world.bookings.names == {}
    scene.press("F12")
    assert scene.world.bookings.names == {"abdullah-0": "Sara"}


def test_without_the_server_they_wait(scene: Scene) -> None:
    scene.world.bookings.online = False
    chosen("sara")(scene)
    assert not scene.button("bookings.names").isEnabled()


def test_tickets_of_two_activities_say_of_which_they_are(scene: Scene) -> None:
    names_of("abdullah")(scene)
    assert "Water park" not in " ".join(captions(scene))
    scene.press("Esc")
    of_activities(names_of("abdullah"))(scene)
    assert ["Water park · 14:00" in each for each in captions(scene)] == [True, True, True, False]
    assert "Surf · 18:00" in captions(scene)[3]


def captions(scene: Scene) -> list[str]:
    form = scene.window.findChild(NamesForm)
    assert form is not None
    return [without_marks(each.accessibleName()) for each in form._names.fields.values()]
