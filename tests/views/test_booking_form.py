"""A booking is made at the counter: guest, day, session, products and wishes; refused beside what it is about, kept,
paid or left."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from app.texts import UNBROKEN_DASH
from app.views.booking_form import BookingForm
from app.views.booking_kept import BookingKept
from app.views.booking_wish import Wish
from app.views.bookings_view import BookingsView
from app.views.ports import Preferences
from app.views.widgets.buttons import Pressable
from app.views.widgets.tab_row import TURN
from app.views.widgets.tile import SessionButton
from domain.catalogue import Words
from domain.errors import Code, Refused
from tests.views.booking_stand_in import FakeBookings
from tests.views.booking_states import (
    FAMILY,
    booking,
    booking_offline,
    booking_refused,
    chosen,
    kept_on_its_way,
    sessions_of_two_days,
    several_sessions,
)
from tests.views.conftest import Dress, NewScene
from tests.views.guest_stand_in import CODE
from tests.views.scene import Scene, send
from tests.views.stand_ins import HUDA, NOW, POOL, PRODUCTS, SIMULATOR, SURF, TICKET
from tests.views.test_bookings import guests
from tests.views.test_keyboard import page_of, place_of
from tests.views.test_keys import shortcut
from tests.views.test_payment import approve


def form(scene: Scene) -> BookingForm:
    found = scene.window.findChild(BookingForm)
    assert found is not None
    return found


def is_open(scene: Scene) -> bool:
    scene.settle()
    return any(each.isVisible() for each in scene.window.findChildren(BookingForm))


def counts(scene: Scene) -> dict[int, int]:
    entries = form(scene)._what.products.entries
    return {number: entry.count for number, entry in entries.items() if entry.count}


def write_count(scene: Scene, product: int, text: str) -> None:
    """As in a window that is in front: what is there is chosen whole, and typed over."""
    entry = form(scene)._what.products.entries[product]
    entry.setFocus()
    entry._number.selectAll()
    scene.type(text)


# by keys alone


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_booking_is_made_by_keys_alone(dressed: Dress, language: str) -> None:
    scene = dressed(Preferences(language))
    scene.show("bookings")
    scene.press("F12")
    scene.type("Sara Al")
    scene.enter()
    scene.type("2")
    send(scene.focus, Qt.Key.Key_Down)
    send(scene.focus, Qt.Key.Key_Plus, "+")
    send(scene.focus, Qt.Key.Key_PageDown)
    send(scene.focus, Qt.Key.Key_Left if language == "ar" else Qt.Key.Key_Right)
    form(scene)._sum.note.setFocus()
    scene.type("by the window")
    scene.press("F12")
    [(guest, lines, note, _)] = scene.world.bookings.booked
    assert (guest, lines, note) == ("sara", ((1, 3, 2), (2, 3, 1)), "by the window")
    assert "GH-7K2MPQ" in scene.shown_texts()
    assert scene.words("bookings.kept_until", time="12:49") in scene.shown_texts()


def test_enter_goes_from_product_to_product_to_the_wishes_and_keeps(scene: Scene) -> None:
    booking()(scene)
    scene.type("1")
    for _ in form(scene)._what.products.entries:
        scene.enter()
    assert scene.focus is form(scene)._sum.note
    scene.enter()
    assert [lines for _, lines, _, _ in scene.world.bookings.booked] == [((1, 2, 1),)]


def test_arrows_stay_in_the_products_and_sessions_that_there_are(scene: Scene) -> None:
    booking()(scene)
    first = scene.focus
    send(scene.focus, Qt.Key.Key_Up)
    assert scene.focus is first
    for _ in range(9):
        send(scene.focus, Qt.Key.Key_Right)
    scene.type("1")
    scene.press("F12")
    assert scene.world.bookings.booked[0][1] == ((1, 5, 1),)


# the guest


def test_the_guest_is_searched_as_on_the_guests_page(scene: Scene) -> None:
    booking("")(scene)
    scene.type("sa")
    assert "Salem Al-Harbi" in guests(scene)
    send(scene.focus, Qt.Key.Key_Backspace)
    assert scene.words("guests.too_little") in scene.shown_texts()


def test_an_unverified_guest_is_shown_with_what_to_do(scene: Scene) -> None:
    booking("abdullah", FAMILY)(scene)
    why = scene.words("bookings.unverified")
    assert why in scene.shown_texts()
    scene.press("F12")
    assert scene.notice == why and not scene.world.bookings.booked


def test_where_nobody_must_be_verified_nothing_is_said_of_it(scene: Scene) -> None:
    scene.world.bookings.verified_only = False
    booking("abdullah", FAMILY, "F12")(scene)
    assert [guest for guest, *_ in scene.world.bookings.booked] == ["abdullah"]


def test_who_is_verified_meanwhile_leads_back_with_all_that_was_typed(scene: Scene) -> None:
    booking("abdullah", FAMILY, "F10")(scene)
    assert place_of(scene) == "guests"
    scene.press("F9")
    scene.type(CODE)
    scene.press("F12")
    assert place_of(scene) == "bookings" and counts(scene) == FAMILY
    assert scene.words("bookings.unverified") not in scene.shown_texts()
    scene.press("F12")
    assert [guest for guest, *_ in scene.world.bookings.booked] == ["abdullah"]


def test_a_new_guest_is_registered_verified_and_booked_for(scene: Scene) -> None:
    booking("")(scene)
    scene.type("Layla New")
    scene.press("F10")
    assert place_of(scene) == "guests"
    scene.type("0509998877")
    scene.press("F12")
    scene.press("F9")
    scene.type(CODE)
    scene.press("F12")
    assert place_of(scene) == "bookings"
    assert "Layla New" in scene.shown_texts() and scene.focus is not None
    scene.type("2")
    scene.press("F12")
    assert [guest for guest, *_ in scene.world.bookings.booked] == ["new"]


def test_from_a_guests_card_the_booking_is_for_them(scene: Scene) -> None:
    scene.show("guests")
    scene.type("salem")
    scene.enter()
    scene.press("F11")
    assert place_of(scene) == "bookings" and is_open(scene)
    scene.type("3")
    scene.press("F12")
    assert scene.world.bookings.booked[0][:2] == ("salem", ((1, 2, 3),))


def test_another_guest_is_chosen_and_what_was_counted_stays(scene: Scene) -> None:
    booking("sara", FAMILY, "F9")(scene)
    scene.type("Salem")
    scene.enter()
    assert counts(scene) == FAMILY
    scene.press("F12")
    assert scene.world.bookings.booked[0][0] == "salem"


# what is left, and what it comes to


def test_the_total_goes_along(scene: Scene) -> None:
    booking("sara", FAMILY)(scene)
    assert "494.50" in scene.shown_texts()
    write_count(scene, 2, "0")
    assert "253.00" in scene.shown_texts()


def test_more_than_there_are_places_is_said_before_it_is_asked(scene: Scene) -> None:
    booking("sara", {1: 90})(scene)
    assert scene.words("bookings.short", n=86, wanted=90) in scene.shown_texts()
    send(scene.focus, Qt.Key.Key_Right)
    assert scene.words("bookings.short", n=86, wanted=90) not in scene.shown_texts()


def test_a_line_holds_two_hundred_at_most(scene: Scene) -> None:
    booking("sara", {1: 199})(scene)
    for _ in range(2):
        send(scene.focus, Qt.Key.Key_Plus, "+")
    assert counts(scene) == {1: 200}
    write_count(scene, 1, "201")
    assert counts(scene) == {1: 200}


def test_goods_alone_are_booked_for_the_day_that_is_shown(scene: Scene) -> None:
    scene.world.bookings.closed = True
    booking("sara", {34: 2})(scene)
    send(scene.focus, Qt.Key.Key_PageDown)
    scene.settle()
    tomorrow = NOW.date() + timedelta(days=1)
    said = scene.words("bookings.goods_alone", day=scene.desk.texts.day(tomorrow))
    assert said in scene.shown_texts() and "460.00" in scene.shown_texts()
    entries = form(scene)._what.products.entries
    assert {34, 10} <= set(entries) and 1 not in entries, "tickets need a session"
    scene.press("F12")
    [(guest, lines, _, key)] = scene.world.bookings.booked
    assert (guest, lines, scene.world.bookings.known[key].day) == ("sara", ((34, 0, 2),), tomorrow)


def test_without_anything_there_is_nothing_to_keep(scene: Scene) -> None:
    booking("sara", {}, "F12")(scene)
    assert scene.notice == scene.words("bookings.no_places")
    assert not scene.world.bookings.booked


def test_what_needs_approval_says_so_before(scene: Scene) -> None:
    booking("sara", {1: 4, 34: 1})(scene)
    what = scene.world.bookings.catalogue[3].name.en
    assert scene.words("bookings.will_wait", what=what) in scene.shown_texts()
    scene.press("F12")
    assert scene.words("bookings.kept_review") in scene.shown_texts()
    assert not any(each.key == "F9" for each in scene.buttons())


def test_days_end_where_the_station_knows_no_more(scene: Scene) -> None:
    booking()(scene)
    for _ in range(20):
        send(scene.focus, Qt.Key.Key_PageDown)
    last = scene.desk.texts.day(NOW.date() + timedelta(days=14))
    assert last in scene.shown_texts()
    [arrow] = [each for each in scene.buttons() if each.accessibleName() == scene.words("bookings.after")]
    assert arrow.why_not == scene.words("bookings.day_last", day=last)
    for _ in range(20):
        send(scene.focus, Qt.Key.Key_PageUp)
    assert scene.desk.texts.day(NOW.date()) in scene.shown_texts()


def test_a_day_without_sessions_says_so_and_another_brings_the_products_back(scene: Scene) -> None:
    scene.world.bookings.closed = True
    booking()(scene)
    assert scene.words("bookings.no_session", day=scene.desk.texts.day(NOW.date())) in scene.shown_texts()
    scene.world.bookings.closed = False
    send(scene.focus, Qt.Key.Key_PageDown)
    scene.settle()
    scene.type("1")
    assert counts(scene) == {1: 1}


# refused, and the server away


@pytest.mark.parametrize(
    ("code", "beside"),
    [
        (Code.GUEST_UNVERIFIED, lambda form: form._sum.trouble),
        (Code.CAPACITY_FULL, lambda form: form._what.trouble),
        (Code.GOODS_FULL, lambda form: form._what.wrong),
        (Code.PRODUCT_WITHDRAWN, lambda form: form._what.wrong),
        (Code.SESSION_OVER, lambda form: form._what.trouble),
        (Code.SALE_TOO_LARGE, lambda form: form._what.wrong),
        (Code.REQUEST_UNANSWERED, lambda form: form._trouble),
    ],
)
def test_a_refusal_is_said_beside_what_it_is_about_and_all_stays(
    scene: Scene, code: Code, beside: object
) -> None:
    booking("sara", FAMILY)(scene)
    form(scene)._sum.note.setFocus()
    scene.type("shade")
    scene.world.bookings.refuses = refusal = Refused(code)
    scene.press("F12")
    assert callable(beside)
    assert beside(form(scene)).words == scene.desk.texts.trouble(refusal)
    assert counts(scene) == FAMILY and form(scene)._sum.note.text() == "shade"
    scene.press("F12")
    assert len(scene.world.bookings.booked) == 1


def test_what_is_not_sold_any_more_is_taken_out_and_said(scene: Scene) -> None:
    booking("sara", FAMILY)(scene)
    gone, *rest = FAMILY
    scene.world.bookings.withdrawn = gone
    scene.refresh()
    [name] = [each.name.en for each in scene.world.bookings.catalogue if each.number == gone]
    what = scene.desk.texts.line((name,))
    assert form(scene)._what.wrong.words == scene.words("bookings.lost", what=what)
    assert counts(scene) == {number: FAMILY[number] for number in rest}
    assert gone not in form(scene)._what.products.entries
    scene.press("F12")
    [(_, lines, *_)] = scene.world.bookings.booked
    assert gone not in [product for product, _, _ in lines]


def test_for_a_banned_guest_a_supervisor_may_have_it_made(scene: Scene) -> None:
    booking("sara", FAMILY)(scene)
    scene.world.bookings.refuses = Refused(Code.GUEST_BANNED)
    scene.press("F12")
    assert scene.words("bookings.banned_title") in scene.shown_texts()
    scene.press("F12")
    assert scene.world.bookings.booked == []
    scene.settle()
    approve(scene, "bookings.banned_do", reason="the owner knows of it")
    assert len(scene.world.bookings.booked) == 1
    assert scene.world.bookings.allowed_by == "huda"


def test_what_a_guest_who_is_banned_by_now_pays_takes_a_supervisors_yes(scene: Scene) -> None:
    chosen("sara")(scene)
    paid: list[object] = []
    page = page_of(scene)
    assert isinstance(page, BookingsView)
    page.pay.connect(paid.append)
    scene.world.bookings.banned = True
    scene.click("bookings.pay")
    assert scene.words("bookings.banned_pay_what") in scene.shown_texts() and paid == []
    scene.settle()
    approve(scene, "bookings.banned_pay", reason="the owner knows of it")
    assert len(paid) == 1


def test_a_booking_for_a_banned_guest_is_left_for_another_guest(scene: Scene) -> None:
    booking("sara", FAMILY)(scene)
    scene.world.bookings.refuses = Refused(Code.GUEST_BANNED)
    scene.press("F12")
    form(scene).go_back()
    assert scene.words("bookings.banned_title") not in scene.shown_texts()
    assert counts(scene) == FAMILY


def test_a_refusal_about_places_goes_when_something_else_is_wanted(scene: Scene) -> None:
    booking_refused(scene)
    assert "others are held at other counters" in scene.shown_texts()
    send(scene.focus, Qt.Key.Key_Right)
    assert "others are held at other counters" not in scene.shown_texts()


def test_what_was_not_answered_is_asked_again_as_the_same_booking_until_it_is_another(scene: Scene) -> None:
    ids = []
    booking("sara", FAMILY)(scene)
    for change in ("", "", "5"):
        if change:
            write_count(scene, 1, change)
        scene.world.bookings.refuses = Refused(Code.REQUEST_UNANSWERED)
        scene.press("F12")
        ids.append(form(scene)._asked.booking_id)
    assert ids[0] == ids[1] != ids[2]


def test_a_second_press_while_the_places_are_asked_for_asks_nothing(scene: Scene) -> None:
    booking("sara", FAMILY)(scene)
    scene.tasks.instant = False
    scene.press("F12")
    scene.press("F12")
    scene.tasks.flush()
    assert len(scene.world.bookings.booked) == 1


def test_who_presses_esc_while_the_places_are_asked_for_sees_the_answer(scene: Scene) -> None:
    booking("sara", FAMILY)(scene)
    scene.tasks.instant = False
    for key in ("F12", "Esc", "Esc"):
        scene.press(key)
    scene.tasks.flush()
    assert "GH-7K2MPQ" in scene.shown_texts()


def test_while_the_server_is_away_it_says_where_today_is_sold_and_nothing_is_lost(scene: Scene) -> None:
    booking_offline(scene)
    assert scene.words("bookings.book_away") in scene.shown_texts()
    assert scene.words("sell.about_left_of", n=86, all=300) in scene.shown_texts()
    scene.press("F12")
    assert not scene.world.bookings.booked and counts(scene) == FAMILY
    scene.world.bookings.online = True
    scene.refresh()
    scene.press("F12")
    assert len(scene.world.bookings.booked) == 1


def test_what_cannot_be_read_says_why(scene: Scene) -> None:
    scene.show("bookings")
    scene.world.bookings.refuses = refusal = Refused(Code.DATA_NOT_WRITABLE, folder="/srv/till")
    scene.press("F12")
    assert form(scene)._trouble.words == scene.desk.texts.trouble(refusal)


# kept, left, kept over


def test_what_was_kept_is_paid_at_once(scene: Scene) -> None:
    booking("sara", FAMILY, "F12", "F9")(scene)
    assert place_of(scene) == "sell"
    assert scene.words("payment.left") in scene.shown_texts()
    scene.show("bookings")
    assert not any(each.isVisible() for each in scene.window.findChildren(BookingKept))


def test_of_what_costs_nothing_the_tickets_are_given(scene: Scene) -> None:
    booking("sara", {3: 2}, "F12")(scene)
    until = scene.desk.texts.lately(scene.world.bookings.now + timedelta(hours=3), scene.desk.now())
    assert scene.words("bookings.kept_free", time=until) in scene.shown_texts()
    scene.click("bookings.tickets_now")
    assert place_of(scene) == "sell"


def test_pay_waits_until_the_station_has_heard_of_the_booking(scene: Scene) -> None:
    kept_on_its_way(scene)
    scene.press("F9")
    assert scene.notice == scene.words("bookings.on_its_way") and place_of(scene) == "bookings"
    scene.world.bookings.arrives = True
    scene.world.bookings._keep(scene.world.bookings.booked[0][3], ((1, 2, 2),), review=False)
    scene.signals.changed.emit(frozenset(("reservation",)))
    page_of(scene).reload()
    scene.press("F9")
    assert place_of(scene) == "sell"


def test_done_shows_the_booking_in_the_list_of_its_day(scene: Scene) -> None:
    booking("sara", FAMILY, "F12", "F12")(scene)
    marked = [each.accessibleName() for each in scene.buttons() if each.property("chosen") is True]
    assert any("GH-7K2MPQ" in name for name in marked)
    assert scene.words("bookings.pay") in scene.shown_texts()


def test_who_may_not_sell_leaves_the_payment_to_a_till(make_scene: NewScene) -> None:
    scene = make_scene(Preferences(), person=replace(HUDA, role="booking_admin"))
    scene.world.bookings.may_pay = False
    scene.refresh()
    booking("sara", FAMILY, "F12", "F9")(scene)
    assert scene.notice == scene.words("bookings.who_pays")


def test_esc_goes_back_to_the_guest_and_then_to_the_list(scene: Scene) -> None:
    booking("sara", FAMILY, "Esc")(scene)
    assert is_open(scene) and scene.words("bookings.for_whom") in scene.shown_texts()
    scene.press("Esc")
    assert not is_open(scene) and len(scene.rows()) > 1


def test_a_booking_that_was_begun_survives_another_look(make_scene: NewScene) -> None:
    scene = make_scene(Preferences())
    booking("sara", FAMILY)(scene)
    scene.sign_in_anew()
    assert is_open(scene) and counts(scene) == FAMILY
    assert isinstance(page_of(scene), BookingsView)


def test_a_begun_booking_keeps_the_keys_that_lead_away(scene: Scene) -> None:
    booking("sara", FAMILY)(scene)
    scene.press("F1")
    assert place_of(scene) == "bookings" and counts(scene) == FAMILY


def test_products_that_come_after_the_guest_was_chosen_take_the_keys(scene: Scene) -> None:
    booking("sara")(scene)
    made = form(scene)
    desk, made._shown = made._shown, None
    assert desk is not None
    made._what.products.show_products((), {}, {})
    made._take_keys()  # there is nothing to count yet: they go to the day
    made._came(desk)
    scene.settle()
    first = next(iter(made._what.products.entries.values()))
    assert scene.focus is not None
    assert first.isAncestorOf(scene.focus)


# several sessions


def when(scene: Scene, days: int, hour: int) -> str:
    """How a session of two hours is called, so many days from now."""
    texts, start = scene.desk.texts, NOW.replace(hour=hour, minute=0, second=0) + timedelta(days=days)
    span = texts.span(start, start + timedelta(hours=2), UNBROKEN_DASH)
    return texts.line((texts.day(texts.local(start).date()), span))


def test_another_session_is_counted_under_its_own_heading_and_all_is_one_booking(scene: Scene) -> None:
    several_sessions(scene)
    told = scene.shown_texts()
    assert when(scene, 0, 12) in told and when(scene, 0, 14) in told
    scene.press("F12")
    [(guest, lines, _, _)] = scene.world.bookings.booked
    assert (guest, lines) == ("sara", ((1, 2, 2), (2, 2, 3), (1, 3, 2), (10, 0, 1)))


def test_a_second_day_is_said_before_it_is_asked_for(scene: Scene) -> None:
    sessions_of_two_days(scene)
    assert scene.words("bookings.two_days") in scene.shown_texts()
    scene.press("F12")
    assert scene.world.bookings.booked == []
    for _ in range(2):
        send(scene.focus, Qt.Key.Key_Minus, "-")
    scene.press("F12")
    assert [lines for _, lines, _, _ in scene.world.bookings.booked] == [((1, 2, 2), (2, 2, 3), (10, 0, 1))]


def test_a_session_is_taken_out_again_and_the_same_twice_is_one(scene: Scene) -> None:
    several_sessions(scene)
    scene.settle()
    seen = [each for each in scene.window.findChildren(Pressable) if each.isVisible()]
    [out] = [each for each in seen if each.accessibleName().startswith("Take out")]
    out.click()
    scene.settle()
    assert when(scene, 0, 12) not in scene.shown_texts()
    scene.press("Ctrl+D")
    scene.type("1")
    scene.press("F12")
    assert [lines for _, lines, _, _ in scene.world.bookings.booked] == [((1, 3, 3), (10, 0, 1))]


def test_who_comes_is_told_in_the_order_of_the_tickets_of_all_sessions() -> None:
    desk = FakeBookings(NOW, PRODUCTS).desk(NOW.date())
    first, second = desk.sessions[1].number, desk.sessions[2].number
    wish = Wish(session=first, counts={1: 2, 2: 1, 10: 1}, names={1: ("Lina", "Omar"), 2: ("Noura",)})
    apart = wish.apart(desk)
    assert dict(apart.counts) == {10: 1}, "goods have no session"
    later = replace(apart, session=second, counts={**apart.counts, 1: 1}, names={1: ("Huda",)})
    again = replace(later.apart(desk), session=first, counts={10: 1, 1: 1}, names={1: ("Sami",)})
    assert again.asked(desk) == ((1, first, 3), (2, first, 1), (1, second, 1), (10, 0, 1))
    assert again.named(desk) == ("Lina", "Omar", "Sami", "Noura", "Huda")
    assert again.total(desk) == later.total(desk) + desk.products[0].price
    assert again.days(desk) == [NOW.date()]


def test_who_does_not_go_with_a_session_is_counted_with_the_same_put_aside() -> None:
    bookings = FakeBookings(NOW, PRODUCTS)
    bookings.surf(PRODUCTS[SIMULATOR - 1], 3)
    desk = bookings.desk(NOW.date())
    apart = Wish(session=2, counts={1: 3}, names={1: ("Lina",)}).apart(desk)
    stray = replace(apart, session=3, counts={1: 2, SIMULATOR: 1}, names={1: ("Sami",)})
    assert [(product.number, n) for product, n in stray.stray(desk)] == [(1, 2)]
    again = stray.again(stray.parts[0], desk)
    assert again.asked(desk) == ((SIMULATOR, 3, 1), (1, 2, 5)) and not again.stray(desk)
    assert again.named(desk) == ("", "Lina", "", "", "Sami", "")


def test_what_is_short_counts_what_of_the_session_was_put_aside(scene: Scene) -> None:
    booking("sara", {1: 80}, "Ctrl+D")(scene)
    scene.type("80")
    left = scene.world.bookings.left[2]
    assert scene.words("bookings.short", n=left, wanted=160) in scene.shown_texts()


def test_a_second_session_is_offered_once_something_is_counted(scene: Scene) -> None:
    booking("sara")(scene)
    words = scene.words("bookings.another_session")
    assert words not in scene.shown_texts(), "nothing is counted yet"
    scene.type("1")
    assert words in scene.shown_texts()


def test_what_is_for_another_activity_is_said_and_not_dropped(scene: Scene) -> None:
    bookings, ride = scene.world.bookings, PRODUCTS[SIMULATOR - 1]
    bookings.surf(ride, 3)
    booking("sara", {1: 2, 10: 1})(scene)
    texts, [adult] = scene.desk.texts, [each for each in PRODUCTS if each.number == 1]
    what = texts.line((f"2 × {adult.name.en}",))
    scene.press(TURN)
    assert form(scene)._what.trouble.words == scene.words("bookings.not_for_session", what=what)
    scene.press("F12")
    assert scene.notice == scene.words("bookings.would_be_lost") and not bookings.booked
    bookings.closed = True
    send(scene.focus, Qt.Key.Key_PageDown)
    assert form(scene)._what.trouble.words == scene.words("bookings.not_for_day", what=what)
    scene.press("F12")
    assert not bookings.booked, "or the locker alone would be booked"
    bookings.closed = False
    send(scene.focus, Qt.Key.Key_PageUp)
    assert (session(scene), form(scene)._what.trouble.words) == (2, ""), "for which they were counted"
    scene.press("F12")
    assert [sorted(lines) for _, lines, _, _ in bookings.booked] == [[(1, 2, 2), (10, 0, 1)]]


# another day, and two activities

RIDE = PRODUCTS[SIMULATOR - 1]


def session(scene: Scene) -> int:
    """The one that is chosen, by its number; 0 for none."""
    scene.settle()
    return form(scene)._what._chosen


def no_session_of(scene: Scene, activity: Words, *lost: str) -> str:
    texts = scene.desk.texts
    day, key = form(scene)._shown, "no_session_of_for" if lost else "no_session_of"
    assert day is not None
    facts = {"activity": activity.get(texts.language), "day": texts.day(day.day)}
    return texts(f"bookings.{key}", **facts, what=texts.line(lost))


@pytest.mark.parametrize(
    ("surfs", "full", "today", "then"),
    [
        ((1,), (), 3, 3),
        ((1,), (3,), 3, 4),
        ((1, 3, 4), (), 3, 5),
        ((1, 4, 5), (), 4, 2),
        ((1, 4, 5), (2,), 4, 3),
        ((1, 3), (2, 4, 5), 3, 4),
    ],
)
def test_on_another_day_the_form_takes_the_hour_or_a_later_one_of_what_is_counted(
    scene: Scene, surfs: tuple[int, ...], full: tuple[int, ...], today: int, then: int
) -> None:
    """It took the first with places, another activity's too."""
    bookings = scene.world.bookings
    bookings.left[1] = 50
    bookings.surf(RIDE, 1)
    booking("sara")(scene)
    scene.press(TURN)  # from the surf's
    for _ in range(2, today):
        send(scene.focus, Qt.Key.Key_Right)
    scene.type("2")
    assert (session(scene), counts(scene)) == (today, {1: 2})
    bookings.surf(RIDE, *surfs)
    bookings.left.update(dict.fromkeys(full, 0))
    send(scene.focus, Qt.Key.Key_PageDown)
    assert (session(scene), counts(scene)) == (then, {1: 2})


@pytest.mark.parametrize("language", ["en", "ar"])
def test_where_the_activity_has_no_session_that_day_none_is_taken_and_the_form_says_so(
    dressed: Dress, language: str
) -> None:
    scene = dressed(Preferences(language))
    bookings = scene.world.bookings
    bookings.surf(RIDE, 1)
    booking("sara", {1: 2})(scene)
    assert session(scene) == 2, "the first that has places"
    bookings.surf(RIDE, *bookings.left)
    send(scene.focus, Qt.Key.Key_PageDown)
    lost = f"2 × {TICKET.get(language)}"
    assert (session(scene), form(scene)._what.trouble.words) == (0, no_session_of(scene, POOL, lost))
    assert {1, SIMULATOR}.isdisjoint(form(scene)._what.products.entries)
    assert SURF.get(language) in scene.shown_texts().split("\n"), "what there is that day"
    scene.press("F12")
    assert scene.notice == scene.words("bookings.would_be_lost") and not bookings.booked
    bookings.surf(RIDE, 1)
    send(scene.focus, Qt.Key.Key_PageDown)
    assert (session(scene), counts(scene), form(scene)._what.trouble.words) == (2, {1: 2}, "")
    bookings.surf(RIDE, *bookings.left)
    send(scene.focus, Qt.Key.Key_PageDown)
    scene.press("Ctrl+X")
    assert (session(scene), form(scene)._what.trouble.words) == (2, ""), "nobody waits for another"


def test_a_session_that_was_chosen_for_nobody_yet_says_of_what_it_is_on_another_day(scene: Scene) -> None:
    bookings = scene.world.bookings
    bookings.surf(RIDE, 1, 3)
    booking("sara")(scene)
    scene.press(TURN)
    assert session(scene) == 3
    bookings.surf(RIDE)
    send(scene.focus, Qt.Key.Key_PageDown)
    assert (session(scene), form(scene)._what.trouble.words) == (0, no_session_of(scene, SURF))
    for key, taken in ((Qt.Key.Key_Left, 5), (Qt.Key.Key_Left, 4)):
        send(scene.focus, key)
        assert (session(scene), form(scene)._what.trouble.words) == (taken, "")


def test_who_is_counted_stays_with_their_activity_though_a_look_at_another_was_taken(scene: Scene) -> None:
    bookings = scene.world.bookings
    bookings.surf(RIDE, 1, 4)
    booking("sara")(scene)
    send(scene.focus, Qt.Key.Key_Right)
    scene.settle()
    scene.type("2")
    scene.press(TURN)
    assert (session(scene), counts(scene)) == (4, {})
    scene.refresh()
    assert session(scene) == 4
    send(scene.focus, Qt.Key.Key_PageDown)
    assert (session(scene), counts(scene)) == (3, {1: 2})


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("size", "fit"), [((1280, 720), 4), ((1366, 768), 5)])
def test_of_two_activities_the_sessions_of_one_are_seen_and_keys_lead_to_all(
    dressed: Dress, language: str, size: tuple[int, int], fit: int
) -> None:
    """Three of ten were seen."""
    scene = dressed(Preferences(language), size)
    on, back = (Qt.Key.Key_Right, Qt.Key.Key_Left)[:: 1 if language == "en" else -1]
    scene.world.bookings.surf_too(RIDE)
    booking("sara")(scene)
    assert (session(scene), seen_sessions(scene)) == (2, [1, 2, 3, 4, 5][:fit])
    send(scene.focus, on)
    scene.settle()
    scene.type("2")
    shortcut(scene, TURN)
    assert (session(scene), seen_sessions(scene)) == (7, [6, 7, 8, 9, 10][:fit]), "the first that has places"
    for taken in (8, 9, 10, 10):
        send(scene.focus, on)
        assert session(scene) == taken and taken in seen_sessions(scene)
    send(scene.focus, back)
    assert session(scene) == 9
    scene.click_words(POOL.get(language))
    assert (session(scene), counts(scene)) == (3, {1: 2}), "for which they are counted"


@pytest.mark.parametrize(("language", "scale"), [("en", 100), ("ar", 100), ("en", 130), ("ar", 130)])
def test_a_session_that_is_named_shows_its_whole_time(dressed: Dress, language: str, scale: int) -> None:
    """All that day are of another activity than the one that is meant."""
    scene = dressed(Preferences(language, scale=scale), (1280, 800))
    booking("sara", {1: 2})(scene)
    scene.world.bookings.surf(RIDE, *scene.world.bookings.left)
    send(scene.focus, Qt.Key.Key_PageDown)
    shown = [each for each in scene.buttons() if isinstance(each, SessionButton)]
    times = [one for each in shown for one in each.findChildren(QLabel) if "·" in one.text()]
    assert len(times) == len(shown) > 1 and all(each.width() >= each.sizeHint().width() for each in times)


def seen_sessions(scene: Scene) -> list[int]:
    return [each.session.number for each in scene.buttons() if isinstance(each, SessionButton)]


def test_the_letters_on_the_buttons_of_an_open_form_press_them(scene: Scene) -> None:
    """The window said that the form is to be finished first."""
    booking("sara", {1: 2})(scene)
    shortcut(scene, "Ctrl+D")
    assert [part.places for part in form(scene).wish.parts] == [2]
    shortcut(scene, "Ctrl+G")
    assert scene.notice == scene.words("keys.form_open"), "it has none of that"


def test_a_session_that_is_over_meanwhile_gives_way_to_one_of_its_activity() -> None:
    bookings = FakeBookings(NOW, PRODUCTS)
    bookings.surf(RIDE, 2, 4)
    desk = bookings.desk(NOW.date())
    counted = Wish(counts={1: 2}, session=3).meant(desk)
    later = replace(desk, sessions=desk.sessions[3:])
    assert [each.number for each in later.sessions] == [4, 5]
    assert counted.on(later, lambda moment: moment).session == 5
    assert counted.on(desk, lambda moment: moment) == counted


def test_of_what_there_is_so_many_a_day_the_form_says_how_many_are_left(scene: Scene) -> None:
    booking("sara")(scene)
    assert scene.words("bookings.left_that_day", n=2) in scene.shown_texts()
