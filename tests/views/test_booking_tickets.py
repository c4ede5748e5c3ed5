"""Tickets of a paid booking are made anew or revoked at the counter: which, why, by whom, and what cannot."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from app.views.booking_tickets import SecondRevokes, TicketsForm
from app.views.ports import Preferences
from documents.format import without_marks
from domain.errors import Code, Refused
from tests.views.booking_states import Setter, chosen, ending, of_activities, revoking
from tests.views.conftest import Dress
from tests.views.gallery import sales_revoke
from tests.views.scene import Scene

WATER, SURF = "Water park · 14:00", "Surf · 18:00"


def said(scene: Scene) -> list[str]:
    """What the tickets that can be chosen are called."""
    form = scene.window.findChild(TicketsForm) or scene.window.findChild(SecondRevokes)
    assert form is not None
    return [without_marks(each.accessibleName()) for each in form.tickets.findChildren(QAbstractButton)]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_chosen_tickets_are_made_anew_and_printed(dressed: Dress, language: str) -> None:
    scene = dressed(Preferences(language))
    mark = scene.world.bookings.page("abdullah").mark
    ending("F9")(scene)
    form = scene.window.findChild(TicketsForm)
    assert form is not None and form.tickets.values == ()
    scene.press("F12")
    assert form._trouble.words == scene.words("bookings.move_choose") and not scene.world.bookings.ended
    form.tickets.choose(("abdullah-2",))
    scene.press("F12")
    assert scene.world.bookings.ended == [(mark, ("abdullah-2",))]
    assert not scene.has_open(TicketsForm) and scene.notice == scene.words("bookings.reissue_done", n=1)


def test_who_may_revokes_with_a_reason_that_stays_on_the_card(scene: Scene) -> None:
    ending("F10", 1)(scene)
    scene.press("F12")
    form = scene.window.findChild(TicketsForm)
    assert form is not None and form._trouble.words == scene.desk.texts.refusal("reason_needed")
    scene.press("Esc")
    revoking(1, 2)(scene)
    assert scene.world.bookings.ended == [("sold on by the guest", ("abdullah-1", "abdullah-2"))]
    assert scene.notice == scene.words("bookings.revoke_done", n=2)
    assert all(words in scene.shown_texts() for words in ("2 tickets", "sold on by the guest"))


def test_who_may_not_has_a_second_person_say_it(scene: Scene) -> None:
    ending("F10", decides=False)(scene)
    form = scene.window.findChild(SecondRevokes)
    assert form is not None
    form.strip._pin.setText("9513")
    reason = form.strip._reason
    assert isinstance(reason, QLineEdit)
    reason.setText("sold on")
    scene.click_words(scene.words("bookings.revoke_do"))
    assert scene.words("bookings.move_choose") in scene.shown_texts() and not scene.world.bookings.ended
    form.tickets.choose(("abdullah-3",))
    scene.world.bookings.refuses = Refused(Code.PIN_WRONG, tries=4)
    scene.click_words(scene.words("bookings.revoke_do"))
    assert not form.strip._pin.text() and form.tickets.values == ("abdullah-3",)
    form.strip._pin.setText("9513")
    scene.click_words(scene.words("bookings.revoke_do"))
    [(why, tickets, who)] = scene.world.bookings.ended
    assert (why, tickets, who) == ("sold on", ("abdullah-3",), form.strip._chosen)


def test_a_refusal_is_said_and_what_was_chosen_stays(scene: Scene) -> None:
    revoking(1, refuses=Refused(Code.MOVE_TICKET_USED))(scene)
    form = scene.window.findChild(TicketsForm)
    assert form is not None and form._trouble.words == scene.desk.texts.refusal("move_ticket_used")
    assert form.tickets.values == ("abdullah-1",)


@pytest.mark.parametrize("key", ["F9", "F10"])
def test_why_not_is_said(scene: Scene, key: str) -> None:
    scene.world.bookings.came_in = 4
    chosen("abdullah", key)(scene)
    assert scene.notice == scene.words("bookings.tickets_none")
    scene.world.bookings.came_in = 1
    scene.world.bookings.online = False
    chosen("abdullah", key)(scene)
    assert scene.notice == scene.words("bookings.needs_server") and not scene.has_open(TicketsForm)


@pytest.mark.parametrize("show", [ending("F9"), ending("F10"), ending("F10", decides=False), sales_revoke()])
def test_tickets_of_two_activities_say_of_which_they_are(scene: Scene, show: Setter) -> None:
    of_activities(show)(scene)
    assert [WATER in each for each in said(scene)] == [True, True, False]
    assert [SURF in each for each in said(scene)] == [False, False, True]


def test_those_of_one_activity_say_nothing_of_it(scene: Scene) -> None:
    """Also where what was for the other one is used."""
    ending("F9")(scene)
    assert not any("Water park" in each for each in said(scene))
    scene.press("Esc")
    scene.world.bookings.came_in = 3
    of_activities(ending("F9"))(scene)
    assert len(said(scene)) == 1 and "Surf" not in said(scene)[0]
