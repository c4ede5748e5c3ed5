"""The gate: a scan is answered wherever one is, stays as long as it must, and can be acted on with one key."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextLayout, QTextOption
from PySide6.QtWidgets import QLineEdit

from app.views.ports import Preferences
from tests.views.conftest import Dress, NewScene
from tests.views.gallery import checkin_old_data
from tests.views.scene import Scene
from tests.views.stand_ins import HUDA, OMAR, SCANS
from tests.views.test_payment import approve


def test_a_scan_on_sell_is_answered_at_the_gate_and_the_cart_stays(scene: Scene) -> None:
    scene.fill_cart()
    scene.scan("OK")
    assert scene.window.frame is not None
    assert scene.window.frame.place == "checkin"
    assert "ADMITTED" in scene.shown_texts()
    scene.press("F1")
    assert "494.50" in scene.shown_texts()


@pytest.mark.parametrize("place", ["sell", "sales", "shift", "settings", "attention"])
def test_what_is_no_ticket_leads_nowhere_and_is_told(scene: Scene, place: str) -> None:
    scene.show(place)
    scene.scan("6281007123456")
    assert scene.window.frame is not None
    assert scene.window.frame.place == place
    assert scene.words("top.scan_no_ticket") in scene.shown_texts()
    assert scene.sounds == ["look"]
    assert not scene.world.gate.asked


@pytest.mark.parametrize(
    ("code", "word", "sound"),
    [
        ("OK", "ADMITTED", "yes"),
        ("AGAIN", "ALREADY USED", "look"),
        ("DAY", "Not valid today", "no"),
        ("LATER", "Another session", "look"),
        ("NOTOURS", "Not one of our codes", "no"),
        ("INVALID", "Unknown ticket", "no"),
        ("FORGED", "Not genuine", "no"),
        ("FOREIGN_VENUE", "Another venue", "no"),
        ("CODE_TOO_LONG", "Too long for a ticket", "no"),
        ("UNREADABLE", "Only part was read", "no"),
    ],
)
def test_every_answer_has_its_word_and_its_sound(scene: Scene, code: str, word: str, sound: str) -> None:
    scene.show("checkin")
    scene.scan(code)
    assert word in scene.shown_texts()
    assert scene.sounds == ["read", sound]


def test_the_next_scan_replaces_the_answer_at_once(scene: Scene) -> None:
    scene.scan("AGAIN")
    scene.scan("OK")
    seen = scene.shown_texts()
    assert "ADMITTED" in seen
    assert "ALREADY USED" not in seen


def test_the_same_code_again_at_once_is_a_tick_not_a_second_answer(scene: Scene) -> None:
    scene.scan("OK")
    scene.scan("OK")
    seen = scene.shown_texts()
    assert "ADMITTED" in seen
    assert "Scanned again" in seen
    assert scene.sounds.count("yes") == 1


def test_undo_takes_the_check_in_back(scene: Scene) -> None:
    scene.scan("OK")
    scene.press("F12")
    assert scene.world.gate.undone == ["a-1"]
    assert "Ready to scan" in scene.shown_texts()


def test_a_supervisor_lets_in_who_is_banned_or_nobody_does(scene: Scene) -> None:
    scene.scan("BANNED")
    assert "Booked by a banned guest" in scene.shown_texts()
    scene.press("F9")
    assert scene.words("gate.let_in_what") in scene.shown_texts()
    scene.press("Esc")
    assert scene.world.gate.let == [] and "ASK FIRST" in scene.shown_texts()
    scene.press("F9")
    scene.settle()
    approve(scene, "gate.let_in", reason="the owner knows of it")
    assert scene.world.gate.let == [("t-1", "huda", "the owner knows of it")]
    assert "Booked by a banned guest" not in scene.shown_texts()


def test_re_entry_refusal_and_history_of_a_used_ticket(scene: Scene) -> None:
    scene.scan("AGAIN")
    scene.press("F12")
    assert "Scans of ticket 3F9T-XA" in scene.shown_texts()
    scene.press("Esc")
    assert "ALREADY USED" in scene.shown_texts()
    scene.press("F9")
    assert scene.world.gate.re_entered == ["t-1"]
    assert "BACK IN" in scene.shown_texts()
    scene.scan("OK")
    scene.scan("AGAIN")
    scene.press("F10")
    assert "Ready to scan" in scene.shown_texts()


def test_a_code_is_typed_when_it_cannot_be_scanned(scene: Scene) -> None:
    scene.show("checkin")
    scene.press("F9")
    field = next(each for each in scene.window.findChildren(QLineEdit) if each.isVisible())
    field.setText(" OK ")
    field.returnPressed.emit()
    assert scene.world.gate.asked == ["OK"]
    assert "ADMITTED" in scene.shown_texts()


@pytest.mark.parametrize("code", [code for code in SCANS if code not in ("AGAIN", "BANNED")])
def test_a_code_can_be_typed_from_every_answer(scene: Scene, code: str) -> None:
    scene.show("checkin")
    scene.scan(code)
    assert scene.button("gate.type").key == "F9"
    type_code(scene, "F9")


def test_a_used_ticket_keeps_f9_for_re_entry_and_types_with_f11(scene: Scene) -> None:
    scene.scan("AGAIN")
    assert scene.button("gate.type").key == "F11"
    type_code(scene, "F11")


def test_a_code_can_be_typed_after_a_re_entry_and_from_the_history(scene: Scene) -> None:
    scene.scan("AGAIN")
    scene.press("F9")
    assert "BACK IN" in scene.shown_texts()
    type_code(scene, "F9")
    scene.scan("AGAIN")
    scene.press("F12")
    assert "Scans of ticket 3F9T-XA" in scene.shown_texts()
    type_code(scene, "F9")


def test_f9_while_a_code_is_typed_keeps_what_was_typed(scene: Scene) -> None:
    scene.show("checkin")
    scene.press("F9")
    field = code_field(scene)
    field.setText("7K2")
    scene.press("F9")
    assert code_field(scene).text() == "7K2"


def code_field(scene: Scene) -> QLineEdit:
    return next(each for each in scene.window.findChildren(QLineEdit) if each.isVisible())


def type_code(scene: Scene, key: str) -> None:
    scene.press(key)
    field = code_field(scene)
    field.setText("7K2M-PQ")
    field.returnPressed.emit()
    scene.settle()
    assert scene.world.gate.asked[-1] == "7K2M-PQ"


def test_esc_closes_the_field_and_then_the_answer(scene: Scene) -> None:
    scene.show("checkin")
    scene.press("F9")
    scene.press("Esc")
    assert scene.button("gate.type").isVisible()
    scene.scan("DAY")
    scene.press("Esc")
    assert "Ready to scan" in scene.shown_texts()


def test_the_band_tells_how_old_the_list_is(scene: Scene) -> None:
    scene.world.health.go_offline()
    scene.show("checkin")
    scene.refresh()
    assert "Offline since 12:27. Tickets of 12:26, 8 min old." in scene.shown_texts()


def test_a_list_of_another_day_is_not_taken_for_one_of_today(scene: Scene) -> None:
    checkin_old_data(scene)
    assert "Tickets of 25 Nov 2026 20:10, 16 h 24 min old." in scene.shown_texts()


def test_how_many_of_a_group_are_in_may_be_old_while_the_server_is_away(scene: Scene) -> None:
    scene.scan("OK")
    assert "3 of 4 in" in scene.shown_texts().split("\n")
    scene.world.gate.stale = True
    scene.scan("AGAIN")
    assert "~3 of 4 in" in scene.shown_texts().split("\n")


def test_a_gate_station_has_the_gate_what_needs_attention_and_settings_only(make_scene: NewScene) -> None:
    gate = make_scene(person=OMAR, places=("checkin",))
    assert gate.window.frame is not None
    assert gate.window.frame.places == ("checkin", "attention", "settings")
    assert gate.window.frame.place == "checkin"


def test_a_gate_person_at_a_till_cannot_sell(make_scene: NewScene) -> None:
    till = make_scene(person=OMAR)
    assert till.window.frame is not None
    assert till.window.frame.places == ("checkin", "attention", "settings")


@pytest.mark.parametrize("role", ["kitchen", "equipment"])
def test_who_has_no_page_of_their_own_sees_what_needs_attention(make_scene: NewScene, role: str) -> None:
    scene = make_scene(person=replace(OMAR, role=role))
    assert scene.window.frame is not None
    assert scene.window.frame.places == ("attention", "settings")
    scene.scan("OK")
    assert scene.window.frame.place == "attention"


def test_the_language_follows_the_person(make_scene: NewScene) -> None:
    arabic = make_scene()
    arabic.window.enter(HUDA)
    arabic.scan("OK")
    assert "تم الدخول" in arabic.shown_texts()


def test_gates_are_named_in_the_language_of_the_person(make_scene: NewScene) -> None:
    arabic = make_scene()
    arabic.window.enter(HUDA)
    arabic.scan("AGAIN")
    seen = arabic.shown_texts()
    assert "البوابة 2" in seen and "البوابة 1 · شمال" in seen
    assert "Gate" not in seen
    arabic.press("F12")
    assert "عند البوابة 1" in arabic.shown_texts()
    assert "Gate" not in arabic.shown_texts()


def test_counts_of_the_day_and_last_scans_are_beside_the_answer(scene: Scene) -> None:
    scene.show("checkin")
    seen = scene.shown_texts()
    assert "287" in seen
    assert "12:00 session · 80% arrived" in seen
    assert "Already used" in seen


def test_a_scan_is_never_typed_into_a_pin(scene: Scene) -> None:
    scene.window.sign_out()
    before = len(scene.world.gate.asked)
    scene.scan("OK")
    assert len(scene.world.gate.asked) == before
    assert scene.window.frame is None


def test_counts_that_may_be_old_say_so_as_soon_as_the_server_is_away(scene: Scene) -> None:
    scene.show("checkin")
    assert "287" in scene.shown_texts().split("\n")
    scene.world.gate.stale = True
    scene.world.health.go_offline()
    scene.signals.connection.emit()
    scene.settle()
    frame = scene.window.frame
    assert frame is not None
    frame.page._reload_now()  # the timer that gathers changes
    assert {"~287", "~412", "~600"} <= set(scene.shown_texts().split("\n"))


def drawn_order(words: str) -> str:
    """The signs of a line of Arabic as they stand on the screen, from left to right."""
    layout = QTextLayout(words)
    option = QTextOption()
    option.setTextDirection(Qt.LayoutDirection.RightToLeft)
    layout.setTextOption(option)
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()
    seen = []
    for at, sign in enumerate(words):
        if sign.isprintable() and (runs := line.glyphRuns(at, 1)):
            seen.append((runs[0].positions()[0].x(), sign))
    return "".join(sign for _, sign in sorted(seen))


@pytest.mark.parametrize("away", [False, True])
def test_in_arabic_a_share_and_its_sign_for_about_stand_as_in_a_number(dressed: Dress, away: bool) -> None:
    scene = dressed(Preferences("ar"))
    checkin_old_data(scene) if away else scene.show("checkin")
    [said] = [words for words in scene.shown_texts().split("\n") if "%" in words]
    assert re.search(r"~\d+%" if away else r"(?<!~)\d+%", drawn_order(said)), drawn_order(said)
