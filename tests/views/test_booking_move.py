"""Tickets of a paid booking are moved at the counter: which, where to, what is said, and what cannot."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from app.views.booking_move import MoveForm
from app.views.ports import Preferences
from domain.errors import Code, Refused
from tests.views.booking_states import chosen, move_activities, move_offline, move_refused, moving
from tests.views.conftest import Dress
from tests.views.scene import Scene, send
from tests.views.stand_ins import NOW, PRODUCTS, SIMULATOR, TICKET

LEFT = ("abdullah-1", "abdullah-2", "abdullah-3")  # somebody came in on the first


def form(scene: Scene) -> MoveForm:
    found = scene.window.findChild(MoveForm)
    assert found is not None
    return found


@pytest.mark.parametrize("language", ["en", "ar"])
def test_all_that_can_move_is_chosen_and_goes_to_the_session_that_is(dressed: Dress, language: str) -> None:
    scene = dressed(Preferences(language))
    mark = scene.world.bookings.page("abdullah").mark
    moving()(scene)
    assert form(scene)._tickets.values == LEFT
    scene.press("F12")
    [(seen, tickets, session, _)] = scene.world.bookings.moves
    assert (seen, tickets, session) == (mark, LEFT, 4)
    assert not scene.has_open(MoveForm) and scene.notice == scene.words("bookings.was_moved", n=3)
    assert scene.words("bookings.field_changed") in scene.shown_texts()


def test_some_move_and_what_is_there_already_is_not_asked(scene: Scene) -> None:
    moving("F12", session=3)(scene)
    assert scene.notice == scene.words("bookings.move_same") and not scene.world.bookings.moves
    form(scene)._tickets.choose(())
    moving_to = form(scene)._what
    moving_to.session.emit(4)
    scene.press("Esc")
    scene.press("F12")
    assert scene.notice == scene.words("bookings.move_choose")
    form(scene)._tickets.choose(LEFT[:1])
    scene.press("F12")
    assert [tickets for _, tickets, _, _ in scene.world.bookings.moves] == [LEFT[:1]]


def test_a_refusal_is_said_and_the_choice_stays(scene: Scene) -> None:
    move_refused(scene)
    assert form(scene)._trouble.words == scene.desk.texts.refusal("move_price")
    assert form(scene)._tickets.values == LEFT
    scene.press("F12")
    assert len(scene.world.bookings.moves) == 1


def test_what_changed_meanwhile_is_not_asked_again(scene: Scene) -> None:
    moving()(scene)
    scene.world.bookings.refuses = Refused(Code.MOVE_TICKET_USED)
    scene.press("F12")
    scene.press("F12")
    assert scene.notice == scene.words("bookings.change_stale") and not scene.world.bookings.moves


def test_what_was_not_answered_is_asked_again_as_the_same(scene: Scene) -> None:
    moving()(scene)
    scene.world.bookings.refuses = Refused(Code.REQUEST_UNANSWERED)
    scene.press("F12")
    asked = form(scene)._asked.change_id
    scene.press("F12")
    assert [change for *_, change in scene.world.bookings.moves] == [asked]


def test_without_the_server_it_says_so(scene: Scene) -> None:
    move_offline(scene)
    assert scene.words("bookings.move_away") in scene.shown_texts()
    scene.press("F12")
    assert not scene.world.bookings.moves and form(scene)._tickets.values == LEFT


def test_where_everybody_is_in_nothing_moves(scene: Scene) -> None:
    scene.world.bookings.came_in = 4
    chosen("abdullah", "Ctrl+E")(scene)
    assert scene.notice == scene.words("bookings.move_none") and not scene.has_open(MoveForm)


def sessions(scene: Scene) -> list[int]:
    """Those that are offered, the chosen one first."""
    what = form(scene)._what
    assert what._shown is not None
    offered = [each.number for each in what._shown.sessions]
    return sorted(offered, key=lambda number: number != what._chosen)


def day_after(scene: Scene, days: int) -> str:
    return scene.desk.texts.day(NOW.date() + timedelta(days=days))


def test_tickets_move_to_sessions_of_their_activity_alone(scene: Scene) -> None:
    """Others were offered, and the server refused them as a record that cannot be."""
    bookings = scene.world.bookings
    bookings.surf(PRODUCTS[SIMULATOR - 1], 2, 4)
    moving(session=0)(scene)
    assert sessions(scene) == [3, 1, 5]
    bookings.surf(PRODUCTS[SIMULATOR - 1], 1, 2, 3)
    send(scene.focus, Qt.Key.Key_PageDown)
    assert sessions(scene) == [4, 5]
    bookings.surf(PRODUCTS[SIMULATOR - 1], *bookings.left)
    send(scene.focus, Qt.Key.Key_PageDown)
    assert sessions(scene) == []
    scene.press("F12")
    assert scene.words("bookings.no_session", day=day_after(scene, 2)) == scene.notice
    assert not bookings.moves


def test_tickets_of_two_activities_are_moved_apart(scene: Scene) -> None:
    bookings = scene.world.bookings
    move_activities(scene)
    others = scene.words("bookings.move_others", what="Water park, Surf")
    assert form(scene)._tickets.values == LEFT[:2] and not form(scene).is_begun, "those of the first"
    assert form(scene)._said.text() == f"{scene.words('bookings.move_same')} {others}", "at 14:00 they are"
    form(scene)._what.session.emit(4)
    assert form(scene)._said.text().startswith("2 of 4 tickets move to ")
    assert form(scene)._said.text().endswith(others)
    form(scene)._tickets.choose(())
    assert form(scene)._said.text() == f"{scene.words('bookings.move_choose')} {others}"
    tiles = [each.accessibleName() for each in scene.buttons() if TICKET.en in each.accessibleName()]
    assert ["Surf" in each for each in tiles] == [False, False, True]
    form(scene)._tickets.choose(LEFT)
    apart = scene.words("bookings.move_apart", what="Water park, Surf")
    assert form(scene)._said.text() == apart, "no other is true"
    scene.press("F12")
    assert scene.notice == apart and not bookings.moves
    form(scene)._tickets.choose(LEFT[2:])
    assert sessions(scene) == [2, 5]
    scene.press("Esc")
    scene.press("F12")
    assert [(tickets, session) for _, tickets, session, _ in bookings.moves] == [(LEFT[2:], 2)]


def test_the_form_stays_with_the_activity_whose_tickets_were_moved(scene: Scene) -> None:
    """Those of the first were chosen again, and whoever went on with the second moved the first."""
    move_activities(scene)
    form(scene)._tickets.choose(LEFT[2:])
    scene.press("F12")
    assert len(scene.world.bookings.moves) == 1
    chosen("abdullah", "Ctrl+E")(scene)
    assert form(scene)._tickets.values == LEFT[2:] and not form(scene).is_begun
    form(scene)._tickets.choose(LEFT[:2])
    form(scene)._what.session.emit(4)
    scene.press("F12")
    chosen("abdullah", "Ctrl+E")(scene)
    assert form(scene)._tickets.values == LEFT[:2]
    scene.press("Esc")
    scene.world.bookings.came_in = 3
    chosen("abdullah", "Ctrl+E")(scene)
    assert form(scene)._tickets.values == LEFT[2:], "of the other nothing can move"


def test_who_goes_back_from_a_form_that_is_not_true_any_more_goes_on_with_their_activity(
    scene: Scene,
) -> None:
    move_activities(scene)
    form(scene)._tickets.choose(LEFT[2:])
    scene.world.bookings.refuses = Refused(Code.BOOKING_CHANGED)
    scene.press("F12")
    assert not scene.world.bookings.moves
    form(scene).left.emit()
    chosen("abdullah", "Ctrl+E")(scene)
    assert form(scene)._tickets.values == LEFT[2:]
