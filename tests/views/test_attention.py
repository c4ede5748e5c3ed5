"""The page of what needs attention: the count leads there, each thing says what it is and what can be done."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QLineEdit

from app.shown_attention import Fact, Item, LeftOpen, Named, Source
from app.texts import Texts
from app.views.attention_view import AttentionView
from app.views.attention_words import row_words
from app.views.ports import Preferences
from app.views.sale_view import SaleView
from app.views.widgets.buttons import Pressable
from domain.errors import Code, Refused
from tests.views.conftest import Dress, NewScene
from tests.views.gallery import (
    STATES,
    Setter,
    attention_loading,
    attention_of,
    attention_offline,
    attention_older,
    attention_second,
    sell_look_at_the_printer,
)
from tests.views.scene import Scene, send
from tests.views.stand_ins import AWAITED, NOW, OMAR, sar
from tests.views.test_keys import shortcut
from tests.views.test_payment import approve, fields
from tests.views.test_texts import FACTS


def count(scene: Scene, number: int) -> None:
    scene.world.health.now = replace(scene.world.health.now, needs_attention=number)
    scene.signals.connection.emit()
    scene.settle()


def counts(scene: Scene) -> list[Pressable]:
    words = [scene.words("top.attention", n=n) for n in (1, 3)]
    return [each for each in scene.buttons() if each.accessibleName() in words]


@pytest.mark.parametrize("place", ["sell", "checkin", "sales", "shift", "settings", "attention"])
def test_the_count_is_on_every_page_and_leads_to_the_list(scene: Scene, place: str) -> None:
    count(scene, 3)
    scene.show(place)
    [chip] = counts(scene)
    chip.click()
    scene.settle()
    assert scene.window.frame is not None and scene.window.frame.place == "attention"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_paper_that_may_lie_in_the_printer_says_so_and_leads_to_the_list(
    make_scene: NewScene, language: str
) -> None:
    scene = make_scene(Preferences(language))
    sell_look_at_the_printer(scene)
    words = scene.words("top.unsure")
    [chip] = [each for each in scene.buttons() if words in each.accessibleName()]
    seen = scene.shown_texts()
    assert words in seen
    assert scene.words("top.printing", n=1) not in seen
    chip.click()
    scene.settle()
    assert scene.window.frame is not None and scene.window.frame.place == "attention"
    scene.world.health.now = replace(scene.world.health.now, prints_unsure=0)
    scene.refresh()
    assert words not in scene.shown_texts()


def test_no_count_is_shown_while_nothing_is_open(scene: Scene) -> None:
    count(scene, 0)
    assert counts(scene) == []


def test_a_gate_has_the_list_too(make_scene: NewScene) -> None:
    scene = make_scene(person=OMAR, places=("checkin",))
    shortcut(scene, "Ctrl+N")
    assert scene.words("case.double_admission.title") in scene.shown_texts()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_case_says_what_where_when_and_who(dressed: Dress, language: str) -> None:
    scene = dressed(Preferences(language))
    attention_of("double_admission")(scene)
    seen = scene.shown_texts()
    assert scene.words("case.double_admission.what") in seen
    for part in (
        "11:42",
        "Gate 2" if language == "en" else "البوابة 2",
        "Omar Bakr" if language == "en" else "عمر بكر",
    ):
        assert part in seen
    for way in ("same_guest", "sent_away", "let_stay"):
        assert scene.words(f"way.double_admission.{way}") in seen


@pytest.mark.parametrize("kind", ["unknown", "double_admission", "over_capacity", "quarantined", "failed"])
def test_when_stands_in_the_same_place_on_every_card(scene: Scene, kind: str) -> None:
    attention_of(kind)(scene)
    scene.settle()
    names = {scene.words(f"fact.{name}") for name in FACTS}
    shown = [each for each in scene.window.findChildren(QLabel) if each.isVisible() and each.text() in names]
    first = min(shown, key=lambda each: each.mapTo(scene.window, QPoint()).y())
    assert first.text() in (scene.words("fact.at"), scene.words("fact.noticed"))


@pytest.mark.parametrize(
    ("show", "label"), [(attention_older, "by_station"), (attention_of("quarantined"), "station")]
)
def test_where_no_person_is_named_the_station_has_a_name_of_its_own(
    scene: Scene, show: Setter, label: str
) -> None:
    show(scene)
    shown = scene.shown_texts().split("\n")
    above = {name for name, value in itertools.pairwise(shown) if value == "Till 2"}
    captions = {scene.words(f"fact.{each}") for each in ("staff", "station", "by_station")}
    assert above & captions == {scene.words(f"fact.{label}")}


def test_a_case_about_another_station_names_it(scene: Scene) -> None:
    attention_older(scene)
    assert "Till 2 knew more than the server" in scene.shown_texts()
    assert "look at this station" not in scene.shown_texts()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_why_a_record_was_set_aside_is_said_in_plain_words(dressed: Dress, language: str) -> None:
    scene = dressed(Preferences(language))
    attention_of("quarantined")(scene)
    assert scene.words("aside.newer") in scene.shown_texts()
    assert "version 2" not in scene.shown_texts()


def test_no_number_is_told_before_it_is_known(scene: Scene) -> None:
    attention_loading(scene)
    assert scene.words("attention.open_unknown") in scene.shown_texts()
    assert scene.words("attention.open", n=0) not in scene.shown_texts()
    scene.tasks.flush()
    assert scene.words("attention.open", n=len(scene.world.attention.items)) in scene.shown_texts()


def test_one_who_may_settles_with_two_presses(scene: Scene) -> None:
    attention_of("double_admission")(scene)
    scene.press("F9")
    scene.click("attention.do_settle")
    scene.settle()
    assert scene.world.attention.settled == [
        ("double_admission-1", ("same_guest", "", "mark-double_admission"), "")
    ]
    assert scene.words("case.double_admission.title") not in scene.shown_texts()
    assert scene.words("attention.was_settled") in scene.shown_texts()


def test_a_note_is_typed_at_once_and_enter_gives_it(scene: Scene) -> None:
    attention_of("over_capacity")(scene)
    scene.press("F11")
    [note] = [each for each in fields(scene) if each.isVisible()]
    note.setText("Benches")
    note.returnPressed.emit()
    assert scene.world.attention.settled[0][1] == ("stays", "Benches", "mark-over_capacity")


def test_a_cashier_asks_a_supervisor_who_gives_pin_and_note(scene: Scene) -> None:
    attention_second(scene)
    approve(scene, "attention.do_settle", reason="Benches")
    assert scene.world.people.asked[-1] == "settle_case"
    [(_, said, by)] = scene.world.attention.settled
    assert (said[0], said[1], by) == ("stays", "Benches", "huda")


def test_what_somebody_settled_first_is_told_and_the_form_stays(scene: Scene) -> None:
    attention_of("over_capacity")(scene)
    scene.press("F9")
    scene.world.attention.refuses = Refused(Code.CASE_SETTLED, by="Huda Salem", until=NOW.isoformat())
    scene.click("attention.do_settle")
    assert "Huda Salem settled this already" in scene.shown_texts()
    scene.press("Esc")
    assert scene.words("attention.how") in scene.shown_texts()


@pytest.mark.parametrize("state", ["attention-not-wait", "attention-not-wait-second"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_who_decides_not_to_wait_is_told_what_follows_and_since_when_it_is_waited_for(
    dressed: Dress, language: str, state: str
) -> None:
    scene = dressed(Preferences(language))
    STATES[state](scene)
    station = {"en": "Till 2", "ar": "صندوق 2"}[language]
    seen = scene.shown_texts()
    assert scene.words("attention.may_be_twice", station=station) in seen
    assert (
        scene.words("attention.awaited", station=station, since=scene.desk.texts.moment(AWAITED.at)) in seen
    )


def test_since_when_a_station_is_waited_for_is_on_its_card(scene: Scene) -> None:
    STATES["attention-awaited"](scene)
    assert scene.words("fact.awaited") in scene.shown_texts()
    assert scene.words("fact.noticed") not in scene.shown_texts()


def test_without_the_server_the_reason_is_there_before_and_no_key_settles(scene: Scene) -> None:
    attention_offline(scene)
    assert "Settling needs the server" in scene.shown_texts()
    scene.press("F9")
    assert not scene.button("attention.tell").isHidden()
    assert not [
        b for b in scene.buttons() if b.accessibleName().startswith(scene.words("attention.do_settle"))
    ]


def test_what_was_closed_says_by_whom_when_and_how(scene: Scene) -> None:
    scene.show("attention")
    scene.click_words(scene.words("attention.closed"))
    seen = scene.shown_texts()
    assert "The guest was let stay" in seen
    assert "The guest paid for the day at the till" in seen
    assert "Huda Salem · 26 Nov 2026 11:30" in seen
    scene.click_words(scene.words("case.over_paid.title"))
    assert "Closed by itself" in scene.shown_texts()
    scene.press("Esc")
    assert scene.words("case.quarantined.title") in scene.shown_texts()
    scene.click_words(scene.words("attention.closed"))
    scene.show("sell")
    shortcut(scene, "Ctrl+N")
    assert scene.words("case.quarantined.title") in scene.shown_texts()


def test_a_case_that_opened_again_shows_what_was_said_before(scene: Scene) -> None:
    attention_of("over_capacity")(scene)
    seen = scene.shown_texts()
    assert scene.words("attention.before") in seen and "Benches along the wall" in seen


def test_staff_tell_a_supervisor_with_the_keyboard(scene: Scene) -> None:
    scene.show("attention")
    scene.press("F12")
    text, number = [each for each in fields(scene) if each.isVisible()]
    text.setText("The drawer jams")
    text.returnPressed.emit()
    number.setText("POS1-000412")
    number.returnPressed.emit()
    scene.settle()
    assert scene.world.attention.told == [("The drawer jams", "POS1-000412")]
    assert scene.words("attention.was_told") in scene.shown_texts()


def test_telling_nothing_is_refused_in_its_place(scene: Scene) -> None:
    scene.show("attention")
    scene.press("F12")
    scene.click("attention.do_tell")
    assert "A reason is missing" in scene.shown_texts()
    assert scene.button("attention.do_tell").isEnabled()


def test_what_is_missing_when_staff_tell_a_supervisor_gets_the_focus(scene: Scene) -> None:
    scene.show("attention")
    scene.press("F12")
    scene.button("attention.back").setFocus()
    scene.press("F12")
    assert scene.focus is fields(scene)[0]


def test_a_half_paid_sale_leads_to_its_payment(make_scene: NewScene, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(SaleView, "reopen", lambda view, sale_id: asked.append(sale_id))
    scene = make_scene()
    attention_of("unknown")(scene)
    scene.press("F9")
    assert asked == ["unknown-1"]
    assert scene.window.frame is not None and scene.window.frame.place == "sell"


def test_paper_is_tried_again_or_given_up_with_a_reason(scene: Scene) -> None:
    attention_of("failed")(scene)
    assert "/srv/till/prints" in scene.shown_texts()
    scene.press("F9")
    scene.press("F10")
    [reason] = [each for each in scene.window.findChildren(QLineEdit) if each.isVisible()]
    reason.setText("The guest has the PDF")
    scene.click("attention.do_give_up")
    assert scene.world.records.retried == ["failed-1", "failed-1"]
    assert scene.world.records.given_up_for == "The guest has the PDF"


def test_arrows_go_through_the_list(scene: Scene) -> None:
    attention_of("unknown")(scene)
    page = scene.window.frame.page if scene.window.frame else None
    assert isinstance(page, AttentionView)
    send(page, Qt.Key.Key_Down)
    scene.settle()
    assert scene.words("case.double_admission.what") in scene.shown_texts()


def test_an_item_this_version_does_not_know_still_has_words(scene: Scene) -> None:
    known = next(each for each in scene.world.attention.items if each.source is Source.CASE)
    scene.world.attention.items = (replace(known, kind="from_the_future"),)
    scene.show("attention")
    scene.refresh()
    assert scene.words("case.other.title") in scene.shown_texts()


def test_a_page_that_cannot_be_asked_says_so(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise Refused(Code.NOT_SIGNED_IN)

    monkeypatch.setattr(scene.world.attention, "page", broken)
    scene.show("attention")
    scene.refresh()
    assert "Nobody is signed in" in scene.shown_texts()


# closing a shift --------------------------------------------------------------------------------------------------


def count_drawer(scene: Scene, left: LeftOpen) -> None:
    scene.world.shifts.left = left
    scene.world.shifts.expected = sar("545.40")
    scene.show("shift")
    scene.press("F12")
    scene.count({20000: 2, 10000: 1, 1000: 4, 500: 1, 25: 1, 10: 1, 5: 1})
    scene.click("shift.do_count")


def test_the_close_lists_what_is_still_open_and_says_provisional(scene: Scene) -> None:
    count_drawer(scene, LeftOpen(3, 2, 1, 0))
    seen = scene.shown_texts()
    assert "3 records are not at the server yet" in seen
    assert "2 items of this shift wait for a person" in seen
    assert "has no answer" not in seen
    scene.click("left.do_close")
    assert scene.world.shifts.closed_with == ("", None)


def test_a_close_with_nothing_open_says_nothing_of_it(scene: Scene) -> None:
    count_drawer(scene, LeftOpen())
    assert scene.words("left.title") not in scene.shown_texts()
    assert scene.button("shift.do_close")


LAST = "Benches along the wall"  # of what is told of more sold than there are places


def seen_whole(scene: Scene, words: str) -> bool:
    """Whether a label lies inside everything that holds it."""
    scene.settle()
    [label] = [
        each for each in scene.window.findChildren(QLabel) if each.isVisible() and each.text() == words
    ]
    return label.visibleRegion().boundingRect().height() >= label.height()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("key", [Qt.Key.Key_PageDown, Qt.Key.Key_End])
def test_what_lies_below_in_large_type_is_reached_by_keys(dressed: Dress, language: str, key: Qt.Key) -> None:
    scene = dressed(Preferences(language, scale=130), (1280, 800))
    attention_of("over_capacity")(scene)
    last = LAST
    assert not seen_whole(scene, last)
    for _ in range(3):
        send(scene.focus, key)
    scene.settle()
    assert seen_whole(scene, last)
    send(scene.focus, Qt.Key.Key_Home)
    assert not seen_whole(scene, last)


def test_the_arrow_goes_on_below_the_last_row(dressed: Dress) -> None:
    scene = dressed(Preferences(scale=130), (1280, 800))
    attention_of("over_capacity")(scene)
    scene.world.attention.items = scene.world.attention.items[:3]
    scene.refresh()
    for _ in range(12):
        send(scene.focus, Qt.Key.Key_Down)
        scene.settle()
    assert seen_whole(scene, LAST)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("size", [(1366, 768), (1280, 800)])
def test_two_entries_are_read_without_scrolling_in_large_type(
    dressed: Dress, language: str, size: tuple[int, int]
) -> None:
    scene = dressed(Preferences(language, scale=130), size)
    attention_of("double_admission")(scene)
    scene.settle()
    named = [
        each
        for each in scene.window.findChildren(QLabel)
        if each.isVisible() and each.text() == scene.words("fact.entry")
    ]
    assert len(named) == 2
    for each in named:
        assert each.visibleRegion().boundingRect().height() == each.height()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("size", [(1280, 800), (1366, 768)])
def test_a_supervisors_answers_stay_in_sight_in_large_type(
    dressed: Dress, language: str, size: tuple[int, int]
) -> None:
    scene = dressed(Preferences(language, scale=130), size)
    attention_second(scene)
    scene.click("attention.do_settle")
    told = scene.words("supervisor.needs_pin")
    seen = [scene.button("supervisor.back"), scene.button("attention.do_settle")]
    words = [each for each in scene.window.findChildren(QLabel) if each.isVisible() and each.text() == told]
    assert words
    for each in (*seen, *words):
        assert each.visibleRegion().boundingRect().size() == each.size(), each.accessibleName()


def test_what_two_stations_found_alike_names_the_station() -> None:
    named = Named("operation", "SignedIn")
    facts = (Fact("what", named), Fact("staff", OMAR.name), Fact("station", "GATE1"))
    one = Item("case:1", Source.CASE, "clock_unbelievable", "1", NOW, facts)
    words = row_words(Texts("en"), one)
    assert "Omar" in words and "GATE1" in words
    assert words != row_words(Texts("en"), replace(one, facts=(*facts[:2], Fact("station", "POS1"))))
