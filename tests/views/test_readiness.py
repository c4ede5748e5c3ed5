"""Without the server: reached in one press from everywhere, the worst first, and back with Esc."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollBar

from app.shown_readiness import ReadinessLine, State
from app.texts import Texts
from app.views.ports import Preferences
from app.views.readiness_view import ReadinessView
from app.views.readiness_words import advice_of, sentence_of
from domain.catalogue import Words
from domain.errors import Unavailable
from tests.views.conftest import Dress, NewScene
from tests.views.ready_stand_in import NAMES
from tests.views.scene import Scene, send
from tests.views.stand_ins import NOW, OMAR


def seen(scene: Scene) -> list[str]:
    return scene.shown_texts().split("\n")


@pytest.mark.parametrize("place", ["sell", "checkin", "attention", "sales", "shift", "settings"])
def test_one_press_on_the_line_leads_there_from_every_page_and_esc_back(scene: Scene, place: str) -> None:
    frame = scene.window.frame
    assert frame is not None
    scene.show(place)
    scene.click_words("Online")
    assert frame.place == "readiness"
    assert "Without the server" in seen(scene)
    scene.press("Esc")
    assert frame.place == place


def test_the_way_back_has_the_focus_and_keeps_it_when_the_words_change(scene: Scene) -> None:
    scene.show("readiness")
    back = scene.button("readiness.back")
    assert scene.focus is back
    scene.world.readiness.server_is_away()
    scene.refresh()
    again = scene.button("readiness.back")
    assert again is not back
    assert scene.focus is again
    scene.enter()
    assert scene.window.frame is not None
    assert scene.window.frame.place != "readiness"


def test_settings_lead_there_too(scene: Scene) -> None:
    frame = scene.window.frame
    assert frame is not None
    scene.show("settings")
    scene.click("readiness.open")
    assert frame.place == "readiness"
    scene.click("readiness.back")
    assert frame.place == "settings"


def test_the_page_opens_at_its_top_wherever_it_was_left(scene: Scene) -> None:
    scene.show("readiness")
    bar = max(scene.window.findChild(ReadinessView).findChildren(QScrollBar), key=lambda each: each.maximum())
    send(scene.focus, Qt.Key.Key_End)
    assert bar.value() == bar.maximum() > 0
    scene.press("Esc")
    scene.click_words("Online")
    assert bar.value() == 0


def test_the_cart_is_there_again_when_one_comes_back(scene: Scene) -> None:
    scene.fill_cart()
    scene.click_words("Online")
    scene.press("Esc")
    assert "494.50" in scene.shown_texts()


def test_one_sentence_says_how_ready_the_till_is(scene: Scene) -> None:
    scene.show("readiness")
    assert "Ready for an outage: about 50 min of sales, signing in until 29 Nov 2026 12:34." in seen(scene)
    assert seen(scene).count("Fine") == 13


def test_what_is_missing_is_said_on_top_and_comes_first_with_what_to_do(scene: Scene) -> None:
    scene.world.readiness.lacks_places()
    scene.show("readiness")
    scene.refresh()
    words = seen(scene)
    assert any(each.startswith("Not ready for an outage. Water park") for each in words)
    told = [each for each in words if each in ("Fine", "Look", "Not without the server")]
    assert told[:2] == ["Not without the server", "Look"]
    assert scene.words("readiness.do_session_none") in words


def test_what_is_missing_is_named_also_below_another_line(scene: Scene) -> None:
    scene.world.readiness.lacks_places()
    shown = scene.world.readiness.shown
    waits = ReadinessLine("server", "server_waits", State.LOOK, (("n", 2),))
    scene.world.readiness.shown = replace(shown, lines=(waits, *shown.lines))
    scene.show("readiness")
    scene.refresh()
    assert any(each.startswith("Not ready for an outage. Water park") for each in seen(scene))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_while_the_server_waits_for_stations_nothing_says_ready(dressed: Dress, language: str) -> None:
    scene = dressed(Preferences(language))
    scene.world.readiness.server_waits()
    scene.show("readiness")
    words = seen(scene)
    assert scene.words("readiness.server_waits", n=2) in words
    assert scene.words("readiness.do_server_waits") in words
    assert not any(each.startswith(("Ready", "جاهز")) for each in words)


def test_in_an_outage_it_says_what_works_now(scene: Scene) -> None:
    scene.world.health.go_offline()
    scene.world.readiness.server_is_away()
    scene.refresh()
    scene.click_words("Server away")
    words = seen(scene)
    assert any(each.startswith("Works now: selling for about 50 min") for each in words)
    assert scene.words("readiness.about_away") in words


def test_it_is_asked_again_when_something_changed(scene: Scene) -> None:
    scene.show("readiness")
    scene.world.readiness.lacks_places()
    assert scene.window.frame is not None
    scene.window.frame.page._reload_now()  # the timer that gathers changes
    assert any(each.startswith("Not ready") for each in seen(scene))


def test_grey_bars_stand_there_until_the_answer_comes(make_scene: NewScene) -> None:
    scene = make_scene()
    scene.tasks.instant = False
    scene.show("readiness")
    assert "Fine" not in seen(scene)
    scene.tasks.flush()
    assert "Fine" in seen(scene)


def test_what_goes_wrong_is_said(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise Unavailable("other")

    monkeypatch.setattr(scene.world.readiness, "page", fails)
    scene.show("readiness")
    scene.refresh()
    assert scene.desk.texts.trouble(Unavailable("other")) in seen(scene)


def test_keys_move_through_the_lines(make_scene: NewScene) -> None:
    scene = make_scene(size=(1366, 768))
    scene.show("readiness")
    scene.settle()
    page = scene.window.findChild(ReadinessView)
    bar: QScrollBar = page._list.verticalScrollBar()
    assert bar.maximum() > 0
    send(page, Qt.Key.Key_End)
    assert bar.value() == bar.maximum()
    send(page, Qt.Key.Key_Home)
    assert bar.value() == 0
    send(page, Qt.Key.Key_Down)
    assert bar.value() > 0


def test_a_gate_has_it_too(make_scene: NewScene) -> None:
    gate = make_scene(person=OMAR, places=("checkin",))
    gate.click_words("Online")
    assert gate.window.frame is not None
    assert gate.window.frame.place == "readiness"
    gate.press("Esc")
    assert gate.window.frame.place == "checkin"


def test_it_reads_in_arabic(dressed: Dress) -> None:
    arabic = dressed(Preferences(language="ar"))
    arabic.show("readiness")
    words = seen(arabic)
    assert any(each.startswith("جاهز للانقطاع: بيع يكفي نحو 50 دقيقة") for each in words)
    assert not any("{" in each for each in words)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_many_names_are_cut_short(language: str) -> None:
    facts = (("n", 7), ("names", NAMES), ("until", NOW + timedelta(hours=72)), ("span", timedelta(hours=72)))
    words = sentence_of(Texts(language), ReadinessLine("people", "people", State.FINE, facts), NOW)
    assert Texts(language)("readiness.more", n=1) in words
    assert NAMES[6].get(language) not in words


def test_a_name_that_ends_in_a_full_stop_does_not_end_the_sentence_twice() -> None:
    huda = Words("Huda K.", "هدى ك.")
    line = ReadinessLine("supervisor", "supervisor", State.FINE, (("names", (huda,)),))
    for language in ("en", "ar"):
        assert ".." not in sentence_of(Texts(language), line, NOW)


def test_a_printers_trouble_is_named_and_fine_lines_ask_for_nothing() -> None:
    texts = Texts("en")
    line = ReadinessLine("printer", "printer_trouble", State.LOOK, (("reason", "paper_out"), ("at", NOW)))
    assert texts("print.reason_paper_out") in sentence_of(texts, line, NOW)
    assert advice_of(texts, line)
    fine = ReadinessLine("unsent", "unsent", State.FINE, (("n", 1),))
    assert sentence_of(texts, fine, NOW) == "1 record is on its way to the server."
    assert advice_of(texts, fine) == ""
