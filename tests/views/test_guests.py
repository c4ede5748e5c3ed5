"""The page of guests: found as one types, registered phone first, verified by a code, merged and erased."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from app.shown_guests import GuestForm
from app.views.guest_fields import FIELDS, GuestFields
from app.views.guest_words import born_words, form_of, iso_day, typed_day
from app.views.ports import Preferences
from app.views.widgets.buttons import RowButton
from domain.errors import Code, Refused
from tests.views.conftest import Dress
from tests.views.gallery import STATES
from tests.views.guest_stand_in import KNOWN, SARA
from tests.views.guest_states import guest, guest_copied, guests_typed
from tests.views.scene import Scene, send
from tests.views.stand_ins import NOW
from tests.views.test_keyboard import page_of
from tests.views.test_keys import shortcut
from tests.views.test_payment import fields

SALMA = KNOWN["salma"].email


def field(scene: Scene, name: str) -> QLineEdit:
    return next(each for each in fields(scene) if each.accessibleName() == scene.words(f"guests.{name}"))


def shown(scene: Scene) -> str:
    """What the card of one guest begins with."""
    return next((name for name in scene.rows() if is_chosen(scene, name)), "").split(",")[0]


def is_chosen(scene: Scene, name: str) -> bool:
    return any(each.property("chosen") is True for each in scene.buttons() if each.accessibleName() == name)


def is_signed(scene: Scene, name: str) -> bool:
    """Whether a sign stands beside the name of a field."""
    form = next(each for each in scene.window.findChildren(GuestFields) if each.isVisible())
    return form._signs[name].isVisible()


def write(scene: Scene, text: str) -> None:
    """By the keys of a keyboard, as they are pressed."""
    for character in text:
        QTest.keyClick(scene.focus, character)


def test_f7_opens_the_page_and_typing_searches(scene: Scene) -> None:
    scene.press("F7")
    write(scene, "salem")
    assert [name.split(",")[0] for name in scene.rows()] == ["Salem Al-Harbi"]


def test_ctrl_k_leads_back_to_the_search(scene: Scene) -> None:
    scene.show("guests")
    scene.button("guests.new").setFocus()
    shortcut(scene, "Ctrl+K")
    assert scene.focus is field(scene, "search")


# searching


def test_a_row_says_name_phone_verified_and_flags(scene: Scene) -> None:
    guests_typed("sa")(scene)
    assert scene.rows()[:3] == [
        "Sara Al-Qahtani, +966 55 123 4567, Verified, VIP, Medical",
        "Salem Al-Harbi, +966 50 444 3322, Verified, Needs attention",
        f"Salma Bint Abdulrahman Al-Ghamdi, {SALMA}",
    ]


def test_every_flag_has_a_word_and_a_sign_of_its_own(scene: Scene) -> None:
    scene.world.guests.known["sara"] = replace(SARA, flags=("vip", "attention", "medical", "banned"))
    guests_typed("sara")(scene)
    [row, *_] = [each for each in scene.buttons() if isinstance(each, RowButton)]
    chips = [each for each in row.findChildren(QFrame) if str(each.property("panel")).startswith("chip-")]
    signs = [[sign for sign in each.findChildren(QLabel) if not sign.pixmap().isNull()] for each in chips]
    assert [each.accessibleName() for each in chips] == [
        "Verified",
        "VIP",
        "Needs attention",
        "Medical",
        "Banned",
    ]
    drawn = [sign.pixmap().toImage() for [sign] in signs]
    assert all(one != other for at, one in enumerate(drawn) for other in drawn[:at])


@pytest.mark.parametrize("typed", ["", "s", "12", "+0", "@"])
def test_too_little_is_not_looked_for(scene: Scene, typed: str) -> None:
    guests_typed(typed)(scene)
    assert scene.words("guests.too_little" if typed else "guests.start") in scene.shown_texts()
    assert scene.world.guests.asked == []


def test_who_is_not_found_can_be_registered(scene: Scene) -> None:
    guests_typed("Khalid")(scene)
    assert scene.words("guests.none", text="Khalid") in scene.shown_texts()
    assert scene.button("guests.new").isEnabled()


def test_the_last_question_wins_and_none_is_asked_in_between(scene: Scene) -> None:
    scene.show("guests")
    scene.tasks.instant = False
    scene.type("salem")
    scene.tasks.flush()
    assert scene.world.guests.asked == ["sa", "salem"]
    assert [name.split(",")[0] for name in scene.rows()] == ["Salem Al-Harbi"]


def test_what_was_found_stays_until_the_next_answer(scene: Scene) -> None:
    guests_typed("sa")(scene)
    before = scene.rows()
    scene.tasks.instant = False
    scene.type("l")
    assert scene.rows() == before
    scene.tasks.flush()
    assert len(scene.rows()) == 2


def test_an_answer_to_what_was_rubbed_out_is_dropped(scene: Scene) -> None:
    scene.show("guests")
    scene.tasks.instant = False
    scene.type("sa")
    QTest.keyClick(scene.focus, Qt.Key.Key_Backspace)
    scene.tasks.flush()
    assert scene.rows() == []
    assert scene.words("guests.too_little") in scene.shown_texts()


def test_trouble_with_a_search_is_told_in_its_place(scene: Scene) -> None:
    scene.world.guests.refuses = Refused(Code.NOT_ALLOWED, permission="register_guest")
    guests_typed("sara")(scene)
    assert scene.desk.texts.trouble(scene.world.guests.refuses) in scene.shown_texts()
    scene.world.guests.refuses = None
    QTest.keyClick(scene.focus, Qt.Key.Key_Backspace)
    assert scene.rows()


def test_arrows_go_through_the_rows_while_the_field_keeps_what_was_typed(scene: Scene) -> None:
    guests_typed("sa")(scene)
    for key, name in (
        (Qt.Key.Key_Down, "Sara Al-Qahtani"),
        (Qt.Key.Key_Down, "Salem Al-Harbi"),
        (Qt.Key.Key_Up, "Sara Al-Qahtani"),
        (Qt.Key.Key_Up, "Sara Al-Qahtani"),
    ):
        QTest.keyClick(scene.focus, key)
        assert shown(scene) == name
    assert scene.focus is field(scene, "search")
    assert field(scene, "search").text() == "sa"


def test_enter_takes_the_first_and_stays_with_one_that_was_chosen(scene: Scene) -> None:
    guests_typed("sa")(scene)
    scene.enter()
    assert shown(scene) == "Sara Al-Qahtani"
    send(scene.focus, Qt.Key.Key_Down)
    scene.enter()
    assert shown(scene) == "Salem Al-Harbi"


def test_enter_that_is_pressed_before_the_answer_takes_the_first_of_it(scene: Scene) -> None:
    scene.show("guests")
    scene.tasks.instant = False
    scene.type("salem")
    scene.enter()
    scene.tasks.flush()
    assert shown(scene) == "Salem Al-Harbi"
    assert "1984" in scene.shown_texts()


def test_what_changes_while_it_is_asked_for_is_asked_once_more(scene: Scene) -> None:
    guests_typed("sal")(scene)
    scene.tasks.instant = False
    scene.type("e")
    page_of(scene).reload()
    scene.tasks.flush()
    assert scene.world.guests.asked[-2:] == ["sale", "sale"]


@pytest.mark.parametrize("topic", ["guest_entry", "GuestChanged", "everything"])
def test_the_page_is_asked_for_again_when_guests_change(scene: Scene, topic: str, qtbot: QtBot) -> None:
    guest("sara")(scene)
    scene.world.guests.known["sara"] = replace(SARA, note="Left her towel here")
    scene.signals.changed.emit(frozenset((topic,)))
    qtbot.waitUntil(lambda: "Left her towel here" in scene.shown_texts())


def test_typing_goes_on_after_a_row_was_tapped(scene: Scene) -> None:
    guests_typed("sa")(scene)
    row = next(each for each in scene.buttons() if isinstance(each, RowButton))
    QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    scene.type("l")
    assert field(scene, "search").text() == "sal"
    assert scene.words("guests.choose") in scene.shown_texts()


def test_nobody_is_shown_before_somebody_is_chosen(scene: Scene) -> None:
    guests_typed("salem")(scene)
    assert "1984" not in scene.shown_texts()


def test_esc_makes_ready_for_the_next_guest(scene: Scene) -> None:
    guest("sara")(scene)
    scene.press("Esc")
    assert field(scene, "search").text() == ""
    assert scene.rows() == []
    assert SARA.note not in scene.shown_texts()


# one of them


def test_the_card_tells_what_is_known_and_what_is_verified(scene: Scene) -> None:
    guest("sara")(scene)
    seen = scene.shown_texts().split("\n")
    for words in ("28 Feb 1990 · 36 years", SARA.note, "Arabic", "Verified", "Not verified"):
        assert words in seen
    assert seen.index("Verified", seen.index("+966 55 123 4567", 3)) < seen.index("Not verified")


def test_the_history_says_what_who_where_and_when_with_the_newest_first(scene: Scene) -> None:
    guest("sara")(scene)
    seen = scene.shown_texts()
    order = [seen.index(words) for words in ("Changed: Note, Marks", "Verified: Phone", "Registered")]
    assert order == sorted(order)
    assert "Reem Mansour" in seen and "Till 2" in seen and "26 Nov 2026 11:34" in seen


def test_what_changes_elsewhere_is_shown(scene: Scene) -> None:
    guest("sara")(scene)
    scene.world.guests.known["sara"] = replace(SARA, note="Left her towel here")
    scene.refresh()
    assert "Left her towel here" in scene.shown_texts()


def test_who_was_erased_elsewhere_is_not_shown_any_more(scene: Scene) -> None:
    guest("salem")(scene)
    del scene.world.guests.known["salem"]
    scene.refresh()
    assert scene.desk.texts.refusal(Code.GUEST_ERASED) in scene.shown_texts()
    assert "1984" not in scene.shown_texts()


def test_a_copy_says_where_it_lies(scene: Scene) -> None:
    guest_copied(scene)
    assert scene.world.guests.copied == ["sara"]
    assert "/srv/till/exports/guest-sara.json" in scene.shown_texts()
    scene.refresh()
    assert "/srv/till/exports/guest-sara.json" in scene.shown_texts()
    scene.press("F9")
    assert "/srv/till/exports" not in scene.shown_texts()


# writing


def test_a_guest_is_registered_phone_first_by_keys_alone(scene: Scene) -> None:
    scene.press("F7")
    scene.press("F12")
    write(scene, "0509998877")
    for text in ("Lina Saad", "lina@example.com", "3.4.1995", "Has a pram"):
        scene.enter()
        write(scene, text)
    scene.press("F12")
    assert scene.world.guests.known["new"] == GuestForm(
        "Lina Saad", "0509998877", "lina@example.com", "", "1995-04-03", "Has a pram"
    )
    assert scene.words("guests.registered") in scene.shown_texts()


def test_tab_goes_as_one_reads_and_space_chooses(scene: Scene) -> None:
    guests_typed("")(scene)
    scene.press("F12")
    reached = []
    for _ in range(11):
        reached.append(scene.focus.accessibleName())
        if reached[-1] in ("Arabic", "Medical"):
            QTest.keyClick(scene.focus, Qt.Key.Key_Space)
        if reached[-1] in ("Phone", "Name"):
            scene.type("0501112223" if reached[-1] == "Phone" else "Lina")
        send(scene.focus, Qt.Key.Key_Tab)
    assert reached == [
        "Phone", "Name", "E-mail", "English", "Arabic", "Born", "Note", "VIP", "Needs attention", "Medical", "Banned",
    ]  # fmt: skip
    scene.press("F12")
    made = scene.world.guests.known["new"]
    assert (made.language, made.flags) == ("ar", ("medical",))


def test_one_language_at_most_is_chosen(scene: Scene) -> None:
    guest("sara", "F9")(scene)
    scene.click_words("English")
    scene.press("F12")
    assert scene.world.guests.known["sara"].language == "en"
    scene.press("F9")
    scene.click_words("English")
    scene.press("F12")
    assert scene.world.guests.known["sara"].language == ""


@pytest.mark.parametrize(
    ("typed", "name"),
    [("055 987", "field_phone"), ("٠٥٥٩٨٧", "field_phone"), ("Lina", "field_name"), ("lina@", "field_email")],
)
def test_what_was_searched_is_taken_over_into_its_field(scene: Scene, typed: str, name: str) -> None:
    guests_typed(typed)(scene)
    scene.press("F12")
    assert field(scene, name).text() == typed
    assert [each.text() for each in fields(scene) if each is not field(scene, name)].count(
        typed
    ) == 1  # the search


@pytest.mark.parametrize(
    ("form", "name", "code"),
    [
        (GuestForm("Lina", "12"), "field_phone", Code.PHONE_INVALID),
        (GuestForm("", "0509998877"), "field_name", Code.GUEST_NAME),
        (GuestForm("Lina", email="lina@"), "field_email", Code.EMAIL_INVALID),
        (GuestForm("Lina", born="yesterday"), "field_born", Code.GUEST_BORN),
    ],
)
def test_what_is_refused_is_told_below_and_marked_at_its_field(
    scene: Scene, form: GuestForm, name: str, code: Code
) -> None:
    guests_typed("")(scene)
    scene.press("F12")
    for each in ("name", "phone", "email", "born"):
        field(scene, f"field_{each}").setText(getattr(form, each))
    scene.press("F12")
    assert scene.desk.texts.refusal(code) in scene.shown_texts()
    assert scene.focus is field(scene, name)
    assert [each for each in fields(scene) if each.property("wrong")] == [field(scene, name)]
    assert [each for each in FIELDS if is_signed(scene, each)] == [name.removeprefix("field_")]
    assert field(scene, name).accessibleDescription() == scene.desk.texts.refusal(code)
    scene.type("x")
    assert not field(scene, name).property("wrong")
    assert not any(is_signed(scene, each) for each in FIELDS)
    assert scene.button("guests.do_new").isEnabled()


def test_a_number_that_is_known_offers_its_guest(scene: Scene) -> None:
    STATES["guests-known"](scene)
    assert scene.focus is field(scene, "field_phone")
    scene.click_words(scene.words("guests.open", name="Sara Al-Qahtani"))
    assert SARA.note in scene.shown_texts()
    assert scene.window.findChild(QLineEdit) is not None
    assert "new" not in scene.world.guests.known


def test_a_change_keeps_the_rest(scene: Scene) -> None:
    guest("sara", "F9")(scene)
    field(scene, "field_note").setText("Left her towel here")
    scene.press("F12")
    assert scene.world.guests.known["sara"] == replace(SARA, note="Left her towel here")
    assert "Left her towel here" in scene.shown_texts()


def test_a_form_with_nothing_new_in_it_keeps_nobody(scene: Scene) -> None:
    guest("sara", "F9")(scene)
    scene.press("F1")
    assert scene.window.frame is not None and scene.window.frame.place == "sell"


def test_a_flag_that_was_chosen_keeps_its_form_open(scene: Scene) -> None:
    guest("salem", "F9")(scene)
    scene.click_words("VIP")
    scene.press("F1")
    assert scene.words("keys.form_open") in scene.shown_texts()


def test_esc_leaves_a_form_and_changes_nothing(scene: Scene) -> None:
    guest("sara", "F9")(scene)
    field(scene, "field_note").setText("Something else")
    scene.press("Esc")
    assert scene.world.guests.known["sara"] == SARA
    assert scene.focus is field(scene, "search")


# two who are one, and who is forgotten


def test_who_may_merges_a_twin_into_the_guest_that_is_shown(scene: Scene) -> None:
    STATES["guests-merge"](scene)
    seen = scene.shown_texts()
    assert "Sara Al-Qahtani" in seen and "سارة القحطاني" in seen
    assert scene.words("guests.no_way_back") in seen
    scene.press("F12")
    assert scene.world.guests.merged == [("sara-2", "sara")]
    assert scene.words("guests.was_merged", name="Sara Al-Qahtani") in scene.shown_texts()
    assert scene.words("guests.twins") not in scene.shown_texts()


def test_a_merge_that_is_refused_keeps_its_question(scene: Scene) -> None:
    STATES["guests-merge"](scene)
    scene.world.guests.refuses = Refused(Code.GUEST_SAME)
    scene.press("F12")
    assert scene.desk.texts.refusal(Code.GUEST_SAME) in scene.shown_texts()
    scene.world.guests.refuses = None
    scene.press("F12")
    assert scene.world.guests.merged == [("sara-2", "sara")]


def test_who_may_not_merge_or_erase_has_no_button_for_it(scene: Scene) -> None:
    guest("sara")(scene)
    assert scene.words("guests.twins") in scene.shown_texts()
    assert scene.words("guests.merge_who") in scene.shown_texts()
    assert not scene.has_button(scene.words("guests.merge"))
    assert not scene.has_button(scene.words("guests.erase"))


@pytest.mark.parametrize("state", ["guests-merge", "guests-erase"])
@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_what_cannot_be_undone_is_pressed_by_f12_or_a_tap_only(scene: Scene, state: str, key: Qt.Key) -> None:
    STATES[state](scene)
    if state == "guests-erase":
        scene.click_words(scene.words("guests.erased_wish"))
    [yes] = [each for each in scene.buttons() if each.key == "F12"]
    QTest.keyClick(yes, key)
    assert scene.world.guests.merged == scene.world.guests.erased == []


def test_erasing_needs_a_reason(scene: Scene) -> None:
    STATES["guests-erase-refused"](scene)
    assert scene.desk.texts.refusal(Code.REASON_NEEDED) in scene.shown_texts()
    assert scene.world.guests.erased == []
    scene.click_words(scene.words("guests.erased_wish"))
    scene.press("F12")
    assert scene.world.guests.erased == [("sara", "wish")]


def test_after_erasing_nothing_is_left_on_the_screen(scene: Scene) -> None:
    STATES["guests-erased"](scene)
    seen = scene.shown_texts()
    assert scene.words("guests.was_erased") in seen
    assert "Sara" not in seen and "551234567" not in seen.replace(" ", "")
    assert field(scene, "search").text() == ""
    scene.type("s")
    assert scene.words("guests.was_erased") not in scene.shown_texts()


def test_without_the_server_it_is_said_beforehand_what_cannot_be_done(scene: Scene) -> None:
    STATES["guests-offline"](scene)
    assert scene.words("guests.away") in scene.shown_texts()
    for key in ("guests.merge", "guests.erase"):
        button = scene.button(key)
        assert not button.isEnabled()
        assert button.why_not == scene.words("guests.needs_server")
    assert scene.button("guests.change").isEnabled()


def test_an_answer_that_comes_after_its_form_was_left_is_told_on_the_page(scene: Scene) -> None:
    STATES["guests-erase"](scene)
    scene.click_words(scene.words("guests.erased_wish"))
    scene.tasks.instant = False
    scene.press("F12")
    scene.press("Esc")
    scene.world.guests.refuses = Refused(Code.REQUEST_UNANSWERED)
    scene.tasks.step()
    assert scene.desk.texts.refusal(Code.REQUEST_UNANSWERED) in scene.shown_texts()


# words


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("28.2.1990", "1990-02-28"),
        ("28 02 1990", "1990-02-28"),
        ("1990-02-28", "1990-02-28"),
        ("٢٨/٢/١٩٩٠", "1990-02-28"),
        ("31.2.1990", "31.2.1990"),
        ("soon", "soon"),
        ("", ""),
    ],
)
def test_a_date_of_birth_is_read_as_people_write_it(typed: str, day: str) -> None:
    assert iso_day(typed) == day


def test_a_day_is_typed_back_as_it_is_shown() -> None:
    assert iso_day(typed_day("1990-02-08")) == "1990-02-08"
    assert typed_day("") == ""


@pytest.mark.parametrize(
    ("language", "born", "words"),
    [
        ("en", "1990-11-27", "35 years"),
        ("en", "1990-11-26", "36 years"),
        ("en", "2025-03-01", "1 year"),
        ("ar", "2024-03-01", "سنتان"),
        ("ar", "2020-03-01", "6 سنوات"),
    ],
)
def test_the_age_is_counted_in_years(dressed: Dress, language: str, born: str, words: str) -> None:
    texts = dressed(Preferences(language)).desk.texts
    assert words in born_words(texts, born, NOW.date()).translate({0x2066: None, 0x2069: None})


def test_what_is_no_name_goes_elsewhere() -> None:
    assert form_of(" sara@example.com ") == GuestForm("", email="sara@example.com")
    assert form_of("B2") == GuestForm("B2")


def test_a_reload_between_registering_and_its_answer_still_leads_to_verifying(scene: Scene) -> None:
    guest("0598765432", "F12")(scene)
    scene.type("Layla New")
    scene.tasks.instant = False
    scene.press("F12")
    scene.tasks.step()
    page_of(scene).reload()
    scene.tasks.flush()
    assert scene.words("guests.verify_title", name="Layla New") in scene.shown_texts()
