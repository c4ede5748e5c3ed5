"""A booking is changed at the counter: the filled form, what is more or less, refusals, what colleagues do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from app.texts import UNBROKEN_DASH
from app.views.booking_add import AddForm
from app.views.booking_change import ChangeForm
from app.views.booking_words import change_words
from app.views.ports import Preferences
from app.views.widgets.tab_row import TURN
from domain.booking import Life
from domain.errors import Code, Refused
from tests.views.booking_stand_in import FakeBookings
from tests.views.booking_states import (
    added,
    adding,
    change_heard,
    change_offline,
    change_refused,
    change_stale,
    changing,
    changing_sessions,
    chosen,
    deciding,
)
from tests.views.conftest import Dress, NewScene
from tests.views.scene import Scene, send
from tests.views.stand_ins import POOL, PRODUCTS, SIMULATOR, TICKET
from tests.views.test_booking_form import counts, is_open, no_session_of, session
from tests.views.test_keyboard import page_of, place_of
from tests.views.test_payment import approve


def form(scene: Scene) -> ChangeForm:
    found = scene.window.findChild(ChangeForm)
    assert found is not None
    return found


@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_is_changed_is_filled_in_told_with_its_difference_and_shown_with_who(
    dressed: Dress, language: str
) -> None:
    scene = dressed(Preferences(language))
    before = scene.world.bookings.page("sara")
    changing("sara")(scene)
    assert counts(scene) == {1: 2, 10: 1} and form(scene).wish.note == before.note
    assert scene.words("bookings.change_same", was="253.00") in scene.shown_texts()
    assert scene.words("bookings.other_guest") not in scene.shown_texts()
    scene.press("Esc")
    changing("sara", {1: 3})(scene)
    assert scene.words("bookings.change_more", was="253.00", amount="115.00") in scene.shown_texts()
    scene.press("F12")
    [(seen, lines, note, _)] = scene.world.bookings.booked
    assert (seen, sorted(lines), note) == (before.mark, [(1, 3, 3), (10, 0, 1)], before.note)
    assert not is_open(scene) and scene.notice == scene.words("bookings.was_changed")
    [change] = scene.world.bookings.changes["sara"]
    assert change_words(scene.desk.texts, change) in scene.shown_texts()


def test_more_for_a_banned_guest_takes_a_supervisors_yes(scene: Scene) -> None:
    changing("sara", {1: 3})(scene)
    scene.world.bookings.refuses = Refused(Code.GUEST_BANNED)
    scene.press("F12")
    assert scene.words("bookings.banned_title") in scene.shown_texts()
    scene.settle()
    approve(scene, "bookings.banned_do", reason="the owner knows of it")
    assert not is_open(scene) and scene.notice == scene.words("bookings.was_changed")
    assert scene.world.bookings.allowed_by == "huda"


def test_fewer_says_what_is_less_and_nothing_different_is_not_asked(scene: Scene) -> None:
    changing("sara", {1: 1}, "F9")(scene)
    assert scene.words("bookings.change_less", was="253.00", amount="115.00") in scene.shown_texts()
    scene.press("Esc")
    changing("sara", {}, "F12")(scene)
    assert scene.notice == scene.words("bookings.change_none") and not scene.world.bookings.booked


def test_what_it_has_stays_though_it_is_not_sold_any_more(scene: Scene) -> None:
    scene.world.bookings.withdrawn = 1
    changing("sara", {1: 1})(scene)
    assert scene.words("bookings.change_less", was="253.00", amount="115.00") in scene.shown_texts()
    assert scene.words("bookings.not_sold") in scene.shown_texts()
    assert not form(scene)._what.wrong.words
    scene.press("F12")
    [(_, lines, *_)] = scene.world.bookings.booked
    assert sorted(lines) == [(1, 3, 1), (10, 0, 1)]


def test_its_own_places_count_where_it_is(scene: Scene) -> None:
    scene.world.bookings.left[3] = 1
    changing("sara", {1: 3})(scene)
    assert not form(scene)._what.trouble.words
    changing_to = form(scene)._what.products.entries[1]
    changing_to.counted.emit(4)
    assert form(scene)._what.trouble.words == scene.words("bookings.short", n=3, wanted=4)


def test_what_needs_a_yes_waits_for_it_again(scene: Scene) -> None:
    changing("sara", {34: 1}, "F12")(scene)
    assert scene.notice == scene.words("bookings.was_changed_review")
    assert scene.world.bookings.known["sara"].life is Life.UNDER_REVIEW


def test_a_refusal_about_places_is_said_beside_the_sessions_and_all_stays(scene: Scene) -> None:
    change_refused(scene)
    assert form(scene)._what.trouble.words and counts(scene) == {1: 9, 10: 1}


def test_what_a_colleague_changed_is_said_with_who_and_is_not_asked_again(scene: Scene) -> None:
    change_stale(scene)
    words = scene.words("bookings.changed_already", by="Huda Salem", time="12:33")
    assert form(scene)._trouble.words == words and counts(scene) == {1: 3, 10: 1}
    scene.press("F12")
    assert scene.notice == scene.words("bookings.change_stale") and not scene.world.bookings.booked


def test_what_a_colleague_changed_is_said_as_soon_as_it_is_heard(scene: Scene) -> None:
    change_heard(scene)
    assert form(scene)._trouble.words == scene.desk.texts.refusal("booking_changed")
    scene.press("F12")
    assert not scene.world.bookings.booked
    for _ in range(2):  # the line about it, the form
        scene.press("Esc")
    [change] = scene.world.bookings.changes["sara"]
    assert change_words(scene.desk.texts, change) in scene.shown_texts()


def test_without_the_server_it_says_so_and_all_stays(scene: Scene) -> None:
    change_offline(scene)
    assert scene.words("bookings.change_away") in scene.shown_texts()
    scene.press("F12")
    assert counts(scene) == {1: 3, 10: 1} and not scene.world.bookings.booked


def test_what_was_not_answered_is_asked_again_as_the_same_change(scene: Scene) -> None:
    changing("sara", {1: 3})(scene)
    scene.world.bookings.refuses = Refused(Code.REQUEST_UNANSWERED)
    scene.press("F12")
    asked = form(scene)._asked.booking_id
    scene.press("F12")
    assert [change_id for *_, change_id in scene.world.bookings.booked] == [asked]


def others(scene: Scene) -> list[str]:
    """When the sessions are that are put aside."""
    texts = scene.desk.texts
    return [texts.clock(part.session.starts_at) for part in form(scene).wish.parts]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_of_several_sessions_each_is_changed_by_keys_alone(dressed: Dress, language: str) -> None:
    scene = dressed(Preferences(language))
    changing_sessions("sara", "F12")(scene)
    assert scene.notice == scene.words("bookings.change_none") and not scene.world.bookings.booked
    assert (counts(scene), others(scene)) == ({1: 2, 10: 1}, ["16:00"])
    scene.press("Ctrl+E")
    assert (counts(scene), others(scene)) == ({1: 3, 10: 1}, ["14:00"])
    send(scene.focus, Qt.Key.Key_Plus, "+")
    send(scene.focus, Qt.Key.Key_Left if language == "ar" else Qt.Key.Key_Right)
    assert scene.words("bookings.change_more", was="598.00", amount="115.00") in scene.shown_texts()
    scene.press("Ctrl+E")
    send(scene.focus, Qt.Key.Key_Minus, "-")
    scene.press("F12")
    [(_, lines, _, _)] = scene.world.bookings.booked
    assert sorted(lines) == [(1, 3, 1), (1, 5, 4), (10, 0, 1)]
    assert not is_open(scene) and scene.notice == scene.words("bookings.was_changed")


def test_of_several_sessions_one_is_taken_out_and_another_put_in(scene: Scene) -> None:
    changing_sessions()(scene)
    [part] = form(scene).wish.parts
    when = form(scene)._sum._when(part.day, part.session)
    scene.click_words(scene.words("bookings.without_session", when=when))
    assert scene.words("bookings.change_less", was="598.00", amount="345.00") in scene.shown_texts()
    scene.press("Ctrl+D")
    send(scene.focus, Qt.Key.Key_Right)
    scene.type("5")
    scene.world.bookings.online = False
    scene.refresh()
    scene.press("F12")
    assert scene.notice == scene.words("bookings.change_away") and not scene.world.bookings.booked
    scene.world.bookings.online = True
    scene.refresh()
    scene.press("F12")
    [(_, lines, _, _)] = scene.world.bookings.booked
    assert sorted(lines) == [(1, 3, 2), (1, 4, 5), (10, 0, 1)]


def test_a_change_of_several_sessions_survives_another_look(make_scene: NewScene) -> None:
    scene = make_scene(Preferences())
    changing_sessions("sara", "Ctrl+E")(scene)
    send(scene.focus, Qt.Key.Key_Plus, "+")
    scene.press("F1")
    scene.sign_in_anew()
    assert is_open(scene) and (counts(scene), others(scene)) == ({1: 4, 10: 1}, ["14:00"])


def test_goods_alone_are_moved_to_another_day(scene: Scene) -> None:
    """It was taken for no change at all."""
    bookings = scene.world.bookings
    bookings.wanted["sara"] = ((10, 0, 1),)
    bookings.known["sara"] = replace(bookings.known["sara"], sessions=(), total=bookings.catalogue[-1].price)
    changing("sara")(scene)
    send(scene.focus, Qt.Key.Key_PageDown)
    scene.press("F12")
    assert [lines for _, lines, _, _ in bookings.booked] == [((10, 0, 1),)]


def test_the_button_says_why_it_cannot(scene: Scene) -> None:
    scene.world.bookings.wanted["sara"] = ((1, 3, 1), (1, 99, 1))
    chosen("sara", "Ctrl+E")(scene)
    assert scene.notice == scene.words("bookings.change_unknown") and not is_open(scene)
    scene.world.bookings.online = False
    scene.refresh()
    scene.press("Ctrl+E")
    assert scene.notice == scene.words("bookings.needs_server")


def test_what_waits_for_a_decision_can_be_changed(scene: Scene) -> None:
    deciding("family", "Ctrl+E")(scene)
    assert is_open(scene) and counts(scene)[1] == 14


def test_a_change_that_was_begun_survives_another_look_and_keeps_the_keys(make_scene: NewScene) -> None:
    scene = make_scene(Preferences())
    changing("sara", {1: 3})(scene)
    scene.press("F1")
    assert place_of(scene) == "bookings"
    scene.sign_in_anew()
    assert is_open(scene) and counts(scene) == {1: 3, 10: 1} and form(scene).page.row.guest.startswith("Sara")
    page_of(scene).back()
    assert not is_open(scene)


# of two activities

RIDE = PRODUCTS[SIMULATOR - 1]


def changing_two(scene: Scene) -> FakeBookings:
    """The form of Sara's booking, which is for both."""
    bookings = scene.world.bookings
    bookings.split_to_surf("sara", RIDE)
    changing("sara")(scene)
    return bookings


def not_here(scene: Scene) -> str:
    """That two adults do not go with what is chosen."""
    texts = scene.desk.texts
    return texts("bookings.not_for_session", what=texts.line((f"2 × {TICKET.get(texts.language)}",)))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_whom_a_change_would_lose_is_named_and_it_is_not_kept_until_they_are_taken_out(
    dressed: Dress, language: str
) -> None:
    scene = dressed(Preferences(language))
    bookings = changing_two(scene)
    assert (counts(scene), others(scene)) == ({1: 2}, ["16:00"])
    bookings.surf(RIDE, *bookings.left)  # the next day has nothing else
    send(scene.focus, Qt.Key.Key_PageDown)
    assert (session(scene), not_here(scene) in scene.shown_texts()) == (0, False)
    assert form(scene)._what.trouble.words == no_session_of(scene, POOL, f"2 × {TICKET.get(language)}")
    scene.press("F12")
    assert scene.notice == scene.words("bookings.would_be_lost") and not bookings.booked
    assert scene.has_button(scene.words("bookings.take_out"))
    scene.press("Ctrl+X")
    assert not form(scene)._what.trouble.words
    scene.press("F12")
    assert [lines for _, lines, _, _ in bookings.booked] == [((SIMULATOR, 4, 1),)]


def test_on_another_day_a_change_keeps_to_its_activity_and_hour(scene: Scene) -> None:
    bookings = changing_two(scene)
    bookings.left[1] = 50
    for surfs, then in (((1, 4), 3), ((1, 3), 4)):
        bookings.surf(RIDE, *surfs)
        send(scene.focus, Qt.Key.Key_PageDown)
        assert (session(scene), counts(scene)) == (then, {1: 2})
    bookings.surf(RIDE, 1, 4)
    send(scene.focus, Qt.Key.Key_PageDown)
    assert session(scene) == 3, "14:00 is what was meant"
    scene.press("Ctrl+E")
    assert (session(scene), counts(scene)) == (4, {SIMULATOR: 1})
    bookings.surf(RIDE, 1, 3)
    send(scene.focus, Qt.Key.Key_PageDown)
    assert (session(scene), counts(scene)) == (1, {SIMULATOR: 1}), "at 16:00 and later it has none"


def test_sessions_of_two_activities_are_named_and_the_keys_go_along(scene: Scene) -> None:
    scene.world.bookings.split_to_surf("sara", RIDE)
    changing("sara")(scene)
    part, texts = form(scene).wish.parts[0], scene.desk.texts
    when = texts.span(part.session.starts_at, part.session.ends_at, UNBROKEN_DASH)
    assert texts.line((texts.day(part.day), "Surf", when)) in scene.shown_texts()
    scene.press(TURN)
    assert not_here(scene) in scene.shown_texts()
    scene.type("3")
    assert counts(scene) == {SIMULATOR: 3}
    scene.press(TURN)
    assert not_here(scene) not in scene.shown_texts() and counts(scene) == {1: 2}


@pytest.mark.parametrize("there", ["surf alone", "nothing"])
def test_what_is_put_aside_keeps_its_activity_on_a_day_that_has_no_other(scene: Scene, there: str) -> None:
    bookings = changing_two(scene)
    bookings.surf(RIDE, *bookings.left)
    bookings.closed = there == "nothing"
    send(scene.focus, Qt.Key.Key_PageDown)
    [aside] = [each for each in scene.shown_texts().split("\n") if "16:00" in each and "26 Nov" in each]
    assert "Surf" in aside


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_change_to_another_day_says_both_ways_and_each_session_can_go_there(
    dressed: Dress, language: str
) -> None:
    """It told of one of them alone."""
    scene = dressed(Preferences(language))
    bookings = changing_two(scene)
    bookings.surf(RIDE, 4)
    send(scene.focus, Qt.Key.Key_PageDown)
    said = scene.words("bookings.change_two_days")
    assert form(scene)._what.trouble.words == said and "Ctrl+E" in said
    assert said != scene.words("bookings.two_days")
    scene.press("F12")
    assert scene.notice == said and not bookings.booked
    scene.press("Ctrl+E")
    send(scene.focus, Qt.Key.Key_PageDown)
    assert not form(scene)._what.trouble.words
    scene.press("F12")
    assert [sorted(lines) for _, lines, _, _ in bookings.booked] == [[(1, 3, 2), (SIMULATOR, 4, 1)]]


def test_who_does_not_go_with_a_session_stays_when_another_is_counted(scene: Scene) -> None:
    """They were forgotten."""
    scene.world.bookings.split_to_surf("sara", RIDE)
    changing("sara")(scene)
    scene.press(TURN)
    scene.press("Ctrl+E")
    assert counts(scene) == {SIMULATOR: 1} and not_here(scene) in scene.shown_texts()
    scene.press(TURN)
    assert counts(scene) == {1: 2}


# more of what is paid


def test_more_of_what_is_paid_is_a_booking_of_its_own_that_says_so(scene: Scene) -> None:
    before = scene.world.bookings.page("abdullah")
    adding({1: 2})(scene)
    assert scene.words("bookings.other_guest") not in scene.shown_texts()
    assert scene.words("bookings.add_title", number=before.row.number) in scene.shown_texts()
    scene.press("F12")
    [(guest, lines, _, made)] = scene.world.bookings.booked
    assert (guest, lines, scene.world.bookings.firsts) == (
        before.guest.guest_id,
        ((1, 3, 2),),
        {made: "abdullah"},
    )
    assert scene.has_button(scene.words("bookings.pay_now"))
    scene.press("F12")
    assert scene.words("bookings.field_adds_to") in scene.shown_texts()
    scene.click_words(scene.words("bookings.open_other"))
    assert scene.words("bookings.field_added") in scene.shown_texts()


@pytest.mark.parametrize(
    ("booking", "life", "words"),
    [
        ("more", Life.CONFIRMED, ""),
        ("more", Life.CANCELLED, "first_ended"),
        ("abdullah", Life.CANCELLED, "added_stands"),
    ],
)
def test_of_two_that_belong_together_the_card_says_when_one_is_called_off(
    scene: Scene, booking: str, life: Life, words: str
) -> None:
    added(booking, life)(scene)
    seen = scene.shown_texts()
    told = [each for each in ("first_ended", "added_stands") if scene.words(f"bookings.{each}") in seen]
    assert told == ([words] if words else [])


def test_what_is_added_survives_another_look(make_scene: NewScene) -> None:
    scene = make_scene(Preferences())
    adding({1: 3})(scene)
    scene.press("F1")
    scene.sign_in_anew()
    assert is_open(scene) and counts(scene) == {1: 3} and scene.window.findChild(AddForm) is not None
