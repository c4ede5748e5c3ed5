"""The page of bookings: listed by day, by what waits for a decision and by number; decided about, paid, called off."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.shown_bookings import BookingRoom
from app.texts import Texts
from app.views.booking_card import BookingCard
from app.views.booking_list import BookingList
from app.views.booking_row import told_of
from app.views.booking_suggest import SuggestForm
from app.views.booking_why import WhyForm
from app.views.booking_words import asked_words, axes_words, check_mark, of_several, room_words
from app.views.due_sign import DueSign
from app.views.ports import Preferences
from app.views.widgets.buttons import KeyButton
from documents.format import without_marks
from domain.booking import Attendance, Life, Paid
from domain.booking_checks import Check, Room
from domain.catalogue import Words
from domain.errors import Code, Refused
from domain.money import Money
from domain.refund import Reason
from tests.views.booking_stand_in import ADULT
from tests.views.booking_states import (
    chosen,
    colleague_opens,
    deciding,
    filtered,
    filtering,
    nothing_back,
    of_activities,
    over,
    searched,
    suggesting,
    to_decide,
)
from tests.views.conftest import Dress
from tests.views.gallery import STATES
from tests.views.scene import Scene, send
from tests.views.stand_ins import NOW

MESSAGES = Path(__file__).resolve().parents[2] / "resources" / "messages"


def guests(scene: Scene) -> list[str]:
    return [name.split(",")[0] for name in scene.rows()]


# the list


def test_f3_opens_today_with_what_needs_somebody(scene: Scene) -> None:
    scene.press("F3")
    assert scene.world.bookings.asked[-1] == f"of_day {NOW.date()}"
    assert guests(scene)[:2] == ["Al-Rajhi family day", "Sara Al-Qahtani"]


def test_a_row_says_number_what_total_and_the_three_axes(scene: Scene) -> None:
    scene.show("bookings")
    [row] = [name for name in scene.rows() if name.startswith("Sara")]
    number = scene.world.bookings.known["sara"].number
    what = "2 × Day ticket – adult, 1 × Extra locker"
    when = "14:00, Thu 26 Nov, Water park"
    assert (
        row
        == f"Sara Al-Qahtani, {number}, {when}, {what}, 253.00, Pay until 12:46 · 12 min, Not paid, Expected"
    )


def test_a_card_says_that_money_is_to_go_back(scene: Scene) -> None:
    scene.world.bookings.going_back = Money(20700, "SAR")
    chosen("abdullah")(scene)
    assert "207.00 is asked for; see Refunds" in scene.shown_texts()


def test_what_nothing_goes_back_for_is_called_off_at_once_and_says_what_that_costs(scene: Scene) -> None:
    nothing_back(25300)(scene)
    assert not scene.has_button(scene.words("bookings.call_off"))
    scene.press("F11")
    assert "253.00 stays paid, and cannot be refunded later" in scene.shown_texts()
    scene.click_words(scene.words("bookings.reason_wish"))
    scene.press("F12")
    assert not scene.world.bookings.decided, "its message is read first"
    scene.press("F12")
    assert scene.world.bookings.decided == [("cancel", "noura", Texts("ar")("bookings.reason_wish"))]
    assert scene.world.bookings.known["noura"].life is Life.CANCELLED


def test_of_what_would_stay_money_may_go_back_all_the_same(scene: Scene) -> None:
    nothing_back(25300)(scene)
    scene.press("Ctrl+X")
    assert scene.window.frame is not None and scene.window.frame.place == "refunds"


def test_who_came_for_nothing_loses_nothing(scene: Scene) -> None:
    nothing_back(0)(scene)
    assert not scene.has_button(scene.words("bookings.give_back"))
    scene.press("F11")
    assert "stays paid" not in scene.shown_texts()


def test_minutes_to_pay_are_counted_down(scene: Scene) -> None:
    chosen("sara")(scene)
    for minutes, words in ((5, "7 min"), (11, "1 min"), (12, "over")):
        scene.later(minutes * 60)
        scene.window.findChild(BookingList)._count()  # type: ignore[union-attr]
        assert f"Pay until 12:46 · {words}" in scene.shown_texts()


def test_days_are_gone_through_and_back_to_today(scene: Scene) -> None:
    scene.show("bookings")
    for _ in range(3):
        scene.click_words(scene.words("bookings.after"))
    assert guests(scene) == ["Najd International School"]
    scene.click_words(scene.words("bookings.before"))
    day = scene.desk.texts.day(NOW.date() + timedelta(days=2))
    assert scene.words("bookings.none_day", day=day) in scene.shown_texts()
    scene.press("Esc")
    assert "Sara Al-Qahtani" in guests(scene)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_waits_for_a_decision_says_by_when_and_the_soonest_is_first(
    dressed: Dress, language: str
) -> None:
    scene = dressed(Preferences(language))
    to_decide(scene)
    assert guests(scene) == ["Al-Rajhi family day", "Najd International School"]
    day = scene.desk.texts.day(NOW.date() + timedelta(days=3))
    for row, time in zip(scene.rows(), ("14:00", f"{day} 16:00"), strict=True):
        assert scene.words("due.answer", time=time) in row
    (near, words), later = scene.row_chips()
    assert near == "urgent" and scene.words("due.by", time="14:00") in words
    assert later == ("warn", scene.words("bookings.life_under_review"))
    scene.click_words(scene.words("bookings.verdict_n", verdict=scene.words("bookings.verdict_all"), n=3))
    assert "Huda Birthday" in guests(scene)


def test_tabs_count_what_waits_and_what_was_decided(scene: Scene) -> None:
    deciding("family", "F9")(scene)
    to_decide(scene)
    for verdict, n, found in (
        ("approved", 1, ["Al-Rajhi family day"]), ("rejected", 1, ["Huda Birthday"]),
        ("waiting", 1, ["Najd International School"]),
    ):  # fmt: skip
        name = scene.words(f"bookings.verdict_{verdict}")
        scene.click_words(scene.words("bookings.verdict_n", verdict=name, n=n))
        assert guests(scene) == found
    scene.world.bookings.known.clear()
    scene.refresh()
    for verdict in ("approved", "rejected", "all", "waiting"):
        scene.click_words(scene.words(f"bookings.verdict_{verdict}"))
        assert scene.words(f"bookings.none_{verdict}") in scene.shown_texts()


def test_the_minutes_that_are_left_for_an_answer_go_by(scene: Scene) -> None:
    deciding("family")(scene)
    family = scene.world.bookings.known["family"]
    session = replace(family.sessions[0], ends_at=NOW + timedelta(minutes=45))
    scene.world.bookings.known["family"] = replace(family, sessions=(session,))
    scene.refresh()
    scene.settle()
    [sign] = (each for each in scene.window.findChildren(DueSign) if each.isVisible())
    assert sign.property("panel") == "warn"
    for seconds, row, card in ((0, "45 min left", "by 13:19"), (45 * 60, "time is over", "Was due by 13:19")):
        scene.later(seconds)
        scene.window.findChild(BookingList)._count()  # type: ignore[union-attr] # it is there
        sign._tell()
        assert row in scene.row_chips()[0][1] and card in scene.shown_texts()


def test_number_or_guest_is_searched_as_it_is_typed(scene: Scene) -> None:
    searched("sa")(scene)
    assert guests(scene) == ["Sara Al-Qahtani", "Omar Bin Saleh"]
    scene.type("ra")
    assert guests(scene) == ["Sara Al-Qahtani"]
    scene.enter()
    assert scene.words("bookings.pay") in scene.shown_texts()


def test_too_little_is_not_searched(scene: Scene) -> None:
    searched("s")(scene)
    assert scene.words("bookings.start") in scene.shown_texts()
    assert not any(asked.startswith("find") for asked in scene.world.bookings.asked)


def test_the_last_question_wins(scene: Scene) -> None:
    searched("")(scene)
    scene.tasks.instant = False
    scene.type("omar")
    scene.tasks.flush()
    assert guests(scene) == ["Omar Bin Saleh"]


def test_arrows_go_through_the_list(scene: Scene) -> None:
    scene.show("bookings")
    for key, guest in ((Qt.Key.Key_Down, "Al-Rajhi family day"), (Qt.Key.Key_Down, "Sara Al-Qahtani")):
        send(scene.focus, key)
        marked = [each.accessibleName() for each in scene.buttons() if each.property("chosen") is True]
        assert any(name.startswith(guest) for name in marked)


def test_trouble_with_the_list_is_told_in_its_place(scene: Scene) -> None:
    scene.world.bookings.refuses = Refused(Code.NOT_ALLOWED, permission="book")
    scene.show("bookings")
    assert scene.desk.texts.trouble(scene.world.bookings.refuses) in scene.shown_texts()
    scene.world.bookings.refuses = None
    scene.click_words(scene.words("bookings.decide"))
    assert guests(scene) == ["Al-Rajhi family day", "Najd International School"]


# what of the list is seen


def test_the_two_o_clock_ones_are_found_by_keys_alone(scene: Scene) -> None:
    scene.show("bookings")
    scene.press("Ctrl+F")
    names = [each.accessibleName() for each in scene.buttons()]
    at = next(n for n, name in enumerate(names) if "14:00" in name and name.endswith(", 2"))
    first = next(n for n, name in enumerate(names) if name == f"{scene.words('bookings.life_held')}, 1")
    for _ in range(at - first):
        send(scene.focus, Qt.Key.Key_Down)
    scene.enter()
    assert scene.words("bookings.counted_of", n=2, all=5) in scene.shown_texts()
    scene.press("Esc")
    assert guests(scene) == ["Sara Al-Qahtani", "Huda Birthday"]
    assert scene.has_button(scene.words("bookings.filter_n", n=1))


def test_states_and_sessions_narrow_each_others_counts(scene: Scene) -> None:
    filtering("bookings.life_under_review", "bookings.life_rejected")(scene)
    names = [name.replace("\u200e", "") for name in (each.accessibleName() for each in scene.buttons())]
    counts = [name[-1] for name in names if "Water park" in name]
    assert counts == ["0", "1", "1"], "10:00, 12:00 and 14:00"
    scene.click_words(scene.words("bookings.filter_show", n=2))
    assert guests(scene) == ["Al-Rajhi family day", "Huda Birthday"]


def test_a_filter_that_leaves_nothing_says_so_and_goes_at_one_press(scene: Scene) -> None:
    filtered("bookings.life_rejected")(scene)
    scene.click_words(scene.words("bookings.before"))
    assert scene.words("bookings.counted_of", n=0, all=0) in scene.shown_texts()
    scene.click_words(scene.words("bookings.after"))
    assert guests(scene) == ["Huda Birthday"], "it stays from day to day"
    known = scene.world.bookings.known
    known["huda"] = replace(known["huda"], life=Life.EXPIRED)
    scene.refresh()
    assert scene.words("bookings.none_seen") in scene.shown_texts()
    scene.click_words(scene.words("bookings.filter_none"))
    assert len(guests(scene)) == 5


# one of them


def test_all_about_a_booking_is_told(scene: Scene) -> None:
    chosen("huda")(scene)
    seen = scene.shown_texts()
    for words in (
        "12 × Day ticket – adult",
        "1,380.00",
        "1,403.00",
        "wheelchair",
        "Reem Mansour",
        "There is no room.",
    ):
        assert words in seen, words
    assert "Huda Salem" in seen
    assert not scene.has_button(scene.words("bookings.cancel"))


def test_the_guest_is_opened(scene: Scene) -> None:
    chosen("sara")(scene)
    scene.click("bookings.open_guest")
    assert scene.window.frame is not None
    assert scene.window.frame.place == "guests"
    assert "sara.alqahtani@" in scene.shown_texts().replace("\u200b", "")


# a colleague has it open


def test_a_colleague_who_opens_it_is_seen_until_they_leave(scene: Scene) -> None:
    deciding("school")(scene)
    colleague_opens(scene)
    words = scene.words("bookings.colleague", name="Huda Salem", station="Front desk", time="12:33")
    assert words in scene.shown_texts()
    assert scene.button("bookings.approve").isEnabled(), "nothing is locked"
    scene.world.bookings.colleagues = ()
    scene.signals.changed.emit(frozenset(("looking",)))
    scene.refresh()
    assert words not in scene.shown_texts()


def test_others_are_told_of_what_is_open_here_while_it_waits_and_is_seen(scene: Scene) -> None:
    looked = scene.world.bookings.looked
    deciding("school")(scene)
    scene.click_words("Al-Rajhi family day")
    scene.show("sell")
    scene.show("bookings")
    scene.press("Esc")
    chosen("sara")(scene)
    assert looked == ["school", "family", "", "family", ""], "none for what waits for no decision"


# deciding


def test_f9_approves_and_what_became_of_it_is_shown(scene: Scene) -> None:
    deciding("family", "F9")(scene)
    assert scene.world.bookings.decided == [("approve", "family")]
    assert scene.notice == scene.words("bookings.was_approved")
    assert guests(scene) == ["Najd International School"]
    assert scene.button("bookings.pay").isEnabled()


def test_a_second_press_before_the_answer_is_none(scene: Scene) -> None:
    deciding("family")(scene)
    scene.tasks.instant = False
    scene.press("F9")
    scene.press("F9")
    scene.tasks.flush()
    assert scene.world.bookings.decided == [("approve", "family")]


def test_who_may_not_decide_is_told_who_may(scene: Scene) -> None:
    chosen("family", "F9")(scene)
    assert scene.notice == scene.words("bookings.who_decides")
    assert scene.world.bookings.decided == []


@pytest.mark.parametrize("key", ["F9", "F10", "F11"])
def test_without_the_server_it_is_read_and_buttons_say_why(scene: Scene, key: str) -> None:
    STATES["bookings-offline"](scene)
    assert scene.words("bookings.away") in scene.shown_texts()
    scene.press(key)
    assert scene.notice == scene.words("bookings.needs_server")


def test_a_colleagues_decision_is_told_with_who_and_when(scene: Scene) -> None:
    STATES["bookings-colleague"](scene)
    told = scene.words("bookings.decided_already", by="Huda Salem", time="12:24", life="Rejected")
    assert told in scene.shown_texts()
    assert not scene.has_button(f"{scene.words('bookings.approve')} F9")


def test_rejecting_needs_a_reason(scene: Scene) -> None:
    deciding("family", "F10", "F12")(scene)
    assert scene.desk.texts.refusal("reason_needed") in scene.shown_texts()
    assert scene.world.bookings.decided == []


def test_the_reason_of_the_list_is_in_the_guests_language_as_the_letter_is(scene: Scene) -> None:
    STATES["bookings-reject-written"](scene)
    theirs = Texts("ar")
    reason = f"{theirs('bookings.reason_lifeguards')} Come on Sunday"
    assert theirs("bookings.letter_reason", reason=reason) in scene.shown_texts()
    scene.press("F12")
    assert scene.world.bookings.decided == [("reject", "family", reason)]
    assert scene.notice == scene.words("bookings.was_rejected")


def test_a_short_message_says_the_reason_as_far_as_it_fits(scene: Scene) -> None:
    scene.world.bookings.reach, scene.world.bookings.language = "sms", "en"
    STATES["bookings-reject-written"](scene)
    assert scene.words("bookings.told_sms_short") in scene.shown_texts()
    assert "The reason: We have too few lifeguards then." in scene.shown_texts()


def test_the_message_itself_is_read_before_it_is_sent(scene: Scene, qtbot: QtBot) -> None:
    """As the server would send it, in the venue's own words."""
    bookings = scene.world.bookings
    bookings.letter_words = "Dear guest, no: {reason}"
    deciding("family", "F10")(scene)
    qtbot.waitUntil(lambda: "Dear guest, no: " in scene.shown_texts())
    scene.type("Come on Sunday")
    qtbot.waitUntil(lambda: "Dear guest, no: Come on Sunday" in scene.shown_texts())
    assert bookings.letters[0] == ("reject", "", (), 0) and len(bookings.letters) == 2, (
        "once typing has ended"
    )


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_message_runs_the_way_of_the_guests_language(scene: Scene, language: str) -> None:
    scene.world.bookings.language = language
    deciding("family", "F10")(scene)
    form = scene.window.findChild(WhyForm)
    assert form is not None
    drawn = form._letter.words.grab().toImage()
    sides = {x: drawn.copy(x, 0, 40, drawn.height()) for x in (0, drawn.width() - 40)}
    blank = [
        len({side.pixel(x, y) for x in range(40) for y in range(side.height())}) == 1
        for side in sides.values()
    ]
    assert blank == ([True, False] if language == "ar" else [False, True])


def test_without_the_server_the_message_is_told_in_short(scene: Scene) -> None:
    bookings = scene.world.bookings
    bookings.online, bookings.letter_words = False, "Dear guest"
    nothing_back(25300, "F11")(scene)
    assert "Dear guest" not in scene.shown_texts() and not bookings.letters


def test_who_cannot_be_told_is_named(scene: Scene) -> None:
    STATES["bookings-nobody-told"](scene)
    assert scene.words("bookings.told_nobody") in scene.shown_texts()


def test_other_times_are_suggested_with_the_rejection_in_the_guests_language(scene: Scene) -> None:
    suggesting(3, 0)(scene)
    said = Texts("ar")("bookings.letter_times", times="الخميس 26 نوفمبر 12:00؛ الجمعة 27 نوفمبر 12:00")
    assert said in scene.shown_texts()
    scene.press("F12")
    reason = Texts("ar")("bookings.reason_full")
    assert scene.world.bookings.decided == [("reject", "family", reason, "2", "7")]
    assert scene.notice == scene.words("bookings.was_suggested")


@pytest.mark.parametrize(
    ("places", "words"), [((), "suggest_none_chosen"), ((0, 1, 2, 3), "suggest_most"), ((0,), "")]
)
def test_one_to_three_times_are_suggested(scene: Scene, places: tuple[int, ...], words: str) -> None:
    suggesting(*places)(scene)
    assert scene.button("bookings.do_suggest").isEnabled() is not bool(words), "it looks as it is"
    scene.press("F12")
    if words:
        assert scene.words(f"bookings.{words}") in scene.shown_texts()
    assert len(scene.world.bookings.decided) == (not words)


def test_a_time_that_went_meanwhile_is_said_and_the_others_stay_chosen(scene: Scene) -> None:
    STATES["suggest-refused"](scene)
    assert scene.desk.texts.refusal("time_taken") in scene.shown_texts()
    form = scene.window.findChild(SuggestForm)
    assert form is not None and form.times == (4,), "of 12:00 and 16:00 that day"
    scene.press("F12")
    assert [each[3:] for each in scene.world.bookings.decided] == [("4",)]


def test_goods_alone_have_no_times_to_suggest(scene: Scene) -> None:
    bookings = scene.world.bookings
    bookings.known["family"] = replace(bookings.known["family"], sessions=())
    deciding("family")(scene)
    assert scene.words("bookings.suggest") not in scene.shown_texts()
    assert scene.button("bookings.reject").isEnabled()
    scene.press("F11")
    assert scene.window.findChild(SuggestForm) is None


def test_without_room_elsewhere_it_is_said_and_a_plain_no_is_left(scene: Scene) -> None:
    STATES["suggest-nothing"](scene)
    assert scene.words("bookings.suggest_nothing") in scene.shown_texts()
    scene.press("Esc")
    assert scene.button("bookings.reject").isEnabled()


@pytest.mark.parametrize(
    ("what", "message"), [("reject", "rejected"), ("cancel", "cancelled"), ("suggest", "suggested")]
)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_letter_is_what_the_message_says(what: str, message: str, language: str) -> None:
    text = (MESSAGES / f"{message}.{language}.toml").read_text(encoding="utf-8")
    said = Texts(language)(f"bookings.letter_{what}", number="NUMBER", day="DAY")
    plain = said.translate(dict.fromkeys(map(ord, "\u2066\u2068\u2069")))
    assert plain.replace("NUMBER", "{{ number }}").replace("DAY", "{{ day }}") in text


def test_a_form_stays_when_the_list_changes(scene: Scene) -> None:
    STATES["bookings-reject-written"](scene)
    scene.refresh()
    assert scene.focus.accessibleName() == scene.words("bookings.own_reason")
    scene.press("Esc")
    assert scene.button("bookings.approve").isEnabled()


# paying and calling off


def test_f9_leads_into_the_payment_with_the_bookings_cart(scene: Scene) -> None:
    chosen("sara", "F9")(scene)
    assert scene.window.frame is not None
    assert scene.window.frame.place == "sell"
    assert scene.world.checkout.cart.booking_id == "sara"
    assert scene.words("payment.left") in scene.shown_texts()


def test_left_without_money_the_booking_is_not_mixed_with_a_sale(scene: Scene) -> None:
    chosen("sara", "F9")(scene)
    scene.press("Esc")
    assert scene.window.frame is not None
    assert scene.window.frame.place == "bookings"
    scene.show("sell")
    page = scene.window.frame.page
    assert not getattr(page, "cart").lines  # noqa: B009


def test_what_is_in_the_cart_is_held(scene: Scene) -> None:
    scene.fill_cart()
    chosen("sara", "F9")(scene)
    assert len(scene.world.selling.held) == 1


def test_calling_off_says_why(scene: Scene) -> None:
    chosen("sara", "F11")(scene)
    for letter in "ill":
        QTest.keyClick(scene.focus, letter)
    scene.press("F12")
    assert scene.world.bookings.decided == [("cancel", "sara", "ill")]


def test_what_is_paid_is_called_off_by_the_refund_of_all_of_it(scene: Scene) -> None:
    chosen("abdullah", "F11")(scene)
    assert scene.window.frame is not None
    assert scene.window.frame.place == "refunds"
    seen = scene.shown_texts()
    assert "425.50" in seen and scene.words("refunds.do_ask") in seen
    scene.press("F12")
    [(preview, _)] = scene.world.refunds.asked
    assert len(preview.choice.tickets) == 4 and preview.reason is Reason.CUSTOMER_CANCEL


def test_a_refund_of_a_booking_that_is_under_way_is_shown(scene: Scene) -> None:
    refund = scene.world.refunds.known["child"].row
    scene.world.refunds.sale = replace(scene.world.refunds.sale, refunds=(refund,))
    chosen("abdullah", "F11")(scene)
    assert scene.words("refunds.not_you_approver_not_allowed") in scene.shown_texts()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sale_id": ""}, "bookings.sale_unknown"),
        ({"may_refund": False}, "bookings.who_refunds"),
        ({"online": False}, "bookings.needs_server"),
    ],
)
def test_what_is_paid_says_why_it_cannot_be_called_off(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, change: dict[str, object], words: str
) -> None:
    plain = scene.world.bookings.page
    monkeypatch.setattr(scene.world.bookings, "page", lambda key: replace(plain(key), **change))
    chosen("abdullah", "F11")(scene)
    assert scene.notice == scene.words(words)


def test_in_arabic_the_page_says_all_of_it(dressed: Dress) -> None:
    scene = dressed(Preferences("ar"))
    chosen("sara")(scene)
    assert "12 دقيقة" in scene.shown_texts()
    assert scene.words("bookings.pay") == "استلام الدفع"


@pytest.mark.parametrize("life", [Life.NO_SHOW, Life.COMPLETED])
def test_once_its_day_is_over_all_that_is_left_to_do_is_a_refund(scene: Scene, life: Life) -> None:
    over(life)(scene)
    assert scene.words(f"bookings.life_{life}") in scene.shown_texts()
    assert not any(each.accessibleName() == scene.words("bookings.move") for each in scene.buttons())
    scene.press("F11")
    assert scene.window.frame.place == "refunds"


# what is seen of a decision without scrolling


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_wish_and_the_checks_are_seen_without_scrolling_and_every_button_has_a_key(
    dressed: Dress, language: str
) -> None:
    scene = dressed(replace(Preferences(), language=language), (1366, 768))
    STATES["bookings-review-over"](scene)
    scene.settle()
    [card] = [each for each in scene.window.findChildren(BookingCard) if each.isVisible()]
    told = card._told.viewport()
    for words in (
        "A table in the shade, and one wheelchair",
        scene.words("bookings.check_not_places"),
        scene.words("bookings.room", taken=86, all=80, wanted=30),
    ):
        found = [each for each in card.findChildren(QLabel) if words in each.text()]
        assert found, words
        below = found[0].mapTo(told, found[0].rect().bottomLeft()).y()
        assert 0 <= below <= told.height(), words
    buttons = [each for each in card.findChildren(KeyButton) if each.isVisible()]
    assert len(buttons) == 7 and all(each.key for each in buttons)
    assert len({each.key for each in buttons}) == 7


def test_what_costs_nothing_says_until_when_it_is_kept_and_not_that_it_is_paid(scene: Scene) -> None:
    STATES["bookings-free-held"](scene)
    until = scene.desk.texts.lately(scene.world.bookings.now + timedelta(hours=3), scene.desk.now())
    told = scene.shown_texts()
    assert scene.words("bookings.kept", time=until) in told
    assert scene.words("bookings.give_tickets") in told and scene.words("bookings.pay") not in told


def test_what_speaks_against_a_booking_is_red_and_what_must_be_read_is_not(scene: Scene) -> None:
    STATES["bookings-review-over"](scene)
    tones = {check: check_mark(check, well=False)[1] for check in Check}
    assert {check for check, tone in tones.items() if tone == "warn"} == {Check.CONTACT, Check.PLAIN}
    told = scene.shown_texts()
    assert scene.words("bookings.room_over", n=6) in told and scene.words("bookings.room_lost") in told
    assert scene.words("bookings.check_not_places") in told


@pytest.mark.parametrize(
    ("life", "paid", "came", "seen"),
    [
        (Life.HELD, Paid.UNPAID, Attendance.EXPECTED, ""),
        (Life.HELD, Paid.PART_PAID, Attendance.EXPECTED, "Part paid"),
        (Life.CONFIRMED, Paid.PAID, Attendance.EXPECTED, ""),
        (Life.CONFIRMED, Paid.NONE_DUE, Attendance.EXPECTED, ""),
        (Life.CONFIRMED, Paid.OVER_PAID, Attendance.INSIDE, "Paid too much Inside"),
        (Life.CONFIRMED, Paid.PAID, Attendance.LEFT, "Left"),
        (Life.CONFIRMED, Paid.PAID, Attendance.NOT_USED, "Not used"),
        (Life.COMPLETED, Paid.PART_REFUNDED, Attendance.LEFT, "Part refunded"),
        (Life.NO_SHOW, Paid.PAID, Attendance.NOT_USED, ""),
        (Life.EXPIRED, Paid.UNPAID, Attendance.NOT_USED, ""),
        (Life.CANCELLED, Paid.PAID, Attendance.EXPECTED, "Paid"),
        (Life.CANCELLED, Paid.REFUNDED, Attendance.NOT_USED, "Refunded"),
    ],
)
def test_a_row_shows_what_is_paid_and_who_came_where_its_state_does_not_say_so(
    scene: Scene, life: Life, paid: Paid, came: Attendance, seen: str
) -> None:
    """Read aloud are always all three."""
    booking = replace(scene.world.bookings.known["abdullah"], life=life, paid=paid, attendance=came)
    told = told_of(scene.desk.texts, booking, NOW)
    assert " ".join(words for words, _, _ in told.signs) == seen
    assert told.whole.endswith(", ".join(axes_words(scene.desk.texts, booking)))
    assert told.state[0] == scene.words(f"bookings.life_{life}")


def test_what_speaks_against_a_booking_and_that_it_is_nearly_due_are_both_in_its_chip(scene: Scene) -> None:
    known = scene.world.bookings.known["family"]
    against = (Check.PLACES, Check.WELCOME)
    booking = replace(known, against=against, due=NOW + timedelta(minutes=90))
    words, _, tone = told_of(scene.desk.texts, booking, NOW).state
    both = scene.words("bookings.against_places"), scene.words("due.by", time="14:04")
    assert (words, tone) == (scene.desk.texts.line(both), "bad")
    later = told_of(scene.desk.texts, replace(booking, due=NOW + timedelta(days=3)), NOW)
    assert f"{both[0]} +1" in later.state[0]


def test_whoever_decides_reads_since_when_a_booking_waits(scene: Scene) -> None:
    for minutes, words in (
        (0, "1 min"), (59, "59 min"), (60, "1 h"), (1439, "23 h"), (1440, "1 day"), (4400, "3 days")
    ):  # fmt: skip
        asked = asked_words(scene.desk.texts, NOW - timedelta(minutes=minutes), NOW)
        assert asked == f"asked {words} ago"
    chosen("abdullah")(scene)
    assert " ago" not in scene.shown_texts(), "nobody decides about that"
    deciding("family")(scene)
    assert "asked 2 h ago" in scene.shown_texts()


def test_the_list_marks_what_speaks_against_a_booking_that_waits(scene: Scene) -> None:
    STATES["bookings-review-over"](scene)
    words = scene.words("bookings.check_not_places")
    rows = [each.accessibleName() for each in scene.buttons() if "GH-" in each.accessibleName()]
    marked = [name.partition(",")[0] for name in rows if words in name]
    assert marked == ["Najd International School"] and len(rows) > 1
    seen = scene.shown_texts()
    assert words in seen and scene.words("bookings.against_places") in seen, (
        "on its card and, short, in its row"
    )


@pytest.mark.parametrize(("key", "act"), [("Ctrl+G", "names"), ("Ctrl+O", "guest"), ("Ctrl+X", "cancel")])
def test_what_else_can_be_done_has_its_key(scene: Scene, key: str, act: str) -> None:
    deciding("school")(scene)
    [card] = [each for each in scene.window.findChildren(BookingCard) if each.isVisible()]
    done: list[str] = []
    card.act.connect(done.append)
    scene.press(key)
    assert done == [act]


def test_how_full_it_is_says_of_what_where_several_things_are_booked() -> None:
    times = (NOW, NOW + timedelta(hours=2))
    park, surf = (
        BookingRoom(Words(name, name), times, Room(2, 2, 64, 80)) for name in ("Water park", "Surf")
    )
    alone, beside = (
        room_words(Texts("en"), surf, several=of_several(rooms)) for rooms in ([surf], [park, surf])
    )
    assert "Surf" in beside and "Surf" not in alone and "64 of 80 taken" in alone


def test_a_card_tells_lines_of_two_activities_apart(scene: Scene) -> None:
    chosen("abdullah")(scene)
    shown = without_marks(scene.shown_texts())
    assert f"4 × {ADULT.en} · 14:00" in shown
    of_activities(chosen("abdullah"))(scene)
    shown = without_marks(scene.shown_texts())
    assert f"3 × {ADULT.en} · Water park · 14:00" in shown and f"1 × {ADULT.en} · Surf · 18:00" in shown
