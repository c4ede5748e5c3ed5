"""Selling: one tap is one line, nothing is lost, and what cannot be sold says where there is room."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from app.shown import OpenPayment
from app.views.ports import Preferences
from app.views.sale_view import SaleView
from app.views.sell_board import SellBoard
from app.views.session_words import session_words
from app.views.shell import SearchField
from app.views.widgets.buttons import Pressable
from app.views.widgets.stepper import Stepper
from app.views.widgets.tab_row import TURN
from app.views.widgets.tile import LineButton, ProductButton, SessionButton
from domain.cart import Cart
from domain.catalogue import Words
from domain.errors import Unavailable
from tests.views.conftest import Dress
from tests.views.scene import Scene, send
from tests.views.stand_ins import (
    LEFT,
    NOW,
    PLACES_LEFT,
    POOL,
    PRODUCTS,
    REEM,
    SESSIONS,
    SIMULATOR,
    SURF,
    TICKET,
    sar,
)
from tests.views.test_keys import shortcut

RIDE = PRODUCTS[SIMULATOR - 1]


def cart_of(scene: Scene) -> Cart:
    frame = scene.window.frame
    assert frame is not None
    page = frame.page
    assert isinstance(page, SaleView)
    assert page.cart is not None
    return page.cart


def quantities(scene: Scene) -> list[int]:
    return [line.quantity for line in cart_of(scene).lines]


def test_a_tap_puts_a_line_in_the_cart_and_a_second_one_counts_up(scene: Scene) -> None:
    scene.tap_tile(1)
    scene.tap_tile(1)
    scene.tap_tile(5)
    assert quantities(scene) == [2, 1]
    assert "264.50" in scene.shown_texts()


def test_fast_taps_all_count_while_the_disk_is_slow(scene: Scene) -> None:
    scene.tasks.instant = False
    for _ in range(3):
        scene.tap_tile(1)
    scene.tap_tile(2)
    scene.tasks.flush()
    assert quantities(scene) == [3, 1]


def test_cash_pressed_right_after_a_tap_pays_for_that_tap_too(scene: Scene) -> None:
    scene.tap_tile(1)
    scene.tasks.instant = False
    scene.tap_tile(2)
    scene.press("F10")
    scene.tasks.flush()
    assert scene.world.checkout.cart.items == 2


def test_ctrl_and_a_digit_take_a_tile(scene: Scene) -> None:
    frame = scene.window.frame
    assert frame is not None
    frame.take_tile(0)
    frame.take_tile(4)
    assert [line.product.number for line in cart_of(scene).lines] == [1, 5]


def test_a_full_tile_offers_the_next_session_that_has_room(scene: Scene) -> None:
    scene.tap_tile(8)
    assert not cart_of(scene).lines
    offer = next(b for b in scene.buttons() if "14:00" in b.accessibleName() and "Add" in b.accessibleName())
    offer.click()
    line = cart_of(scene).lines[0]
    assert line.session is not None
    assert line.session.number == 3


def test_more_than_a_session_holds_is_refused_in_words_and_the_cart_stays(scene: Scene) -> None:
    scene.tap_tile(1)
    full = next(b for b in scene.window.findChildren(SessionButton) if b.session.number == 1)
    full.click()
    scene.tap_tile(2)
    assert quantities(scene) == [1]
    assert scene.words("sell.full_offer", name=PRODUCTS[1].name.en, time="12:00") in scene.shown_texts()
    assert "look" in scene.sounds


@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_the_sale_holds_is_taken_from_the_places_that_are_left(dressed: Dress, language: str) -> None:
    """The strip said 86 whatever was in the cart."""
    scene = dressed(Preferences(language))
    assert scene.words("sell.left_of", n=86, all=300) in scene.shown_texts()
    for number in (1, 2, 1):
        scene.tap_tile(number)
    assert scene.words("sell.left_of", n=83, all=300) in scene.shown_texts()
    assert scene.words("sell.left", n=83) in tile_of(scene, 3).accessibleName()
    assert tile_of(scene, 5).tile.left == LEFT[5], "it takes no place"
    scene.sale.undo()
    assert scene.words("sell.left_of", n=84, all=300) in scene.shown_texts()
    scene.sale._side._clear()
    assert scene.words("sell.left_of", n=86, all=300) in scene.shown_texts()


def test_a_tap_changes_the_numbers_on_tiles_and_makes_none_anew(scene: Scene) -> None:
    """Making them takes longer than a tap may."""

    def shown() -> list[QWidget]:
        scene.settle()
        return [each for each in scene.buttons() if isinstance(each, ProductButton | SessionButton)]

    before = shown()
    scene.tap_tile(1)
    assert shown() == before
    side = scene.sale._side
    assert side.cart is not None
    side._set_quantity(side.cart.lines[0].line_id, 60)
    assert scene.words("sell.left_of", n=26, all=300) in scene.shown_texts(), "few: it is drawn otherwise"


@pytest.fixture
def one_left(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Of the running session, and two of the next."""
    for number, places in ((2, 1), (3, 2)):
        monkeypatch.setitem(PLACES_LEFT, number, places)
    for product in (1, 2, 3, 4):
        monkeypatch.setitem(LEFT, product, 1)
    scene.refresh()
    return scene


def tile_of(scene: Scene, number: int) -> ProductButton:
    scene.settle()
    shown = [each for each in scene.buttons() if isinstance(each, ProductButton)]
    return next(each for each in shown if each.tile.product.number == number)


def test_once_the_sale_has_the_last_place_its_tile_says_full_and_offers_the_next(one_left: Scene) -> None:
    """It said that one is left, and that zero are when it was taken."""
    scene = one_left
    assert not tile_of(scene, 1).tile.full
    scene.tap_tile(1)
    assert quantities(scene) == [1]
    for at, time in ((1, "14:00"), (2, "14:00")):
        assert scene.words("sell.full_next", time=time) in tile_of(scene, at).accessibleName()
    assert tile_of(scene, 1)._count == 1
    numbers = [each.tile.product.number for each in scene.buttons() if isinstance(each, ProductButton)]
    assert numbers == sorted(numbers), "read in their order"
    scene.tap_tile(1)
    assert scene.words("sell.full_offer", name=TICKET.en, time="14:00") in scene.shown_texts()
    for _ in range(2):
        scene.tap_tile(1)
        scene.click_words(scene.words("sell.add_for", time="14:00"))
    assert [(line.session and line.session.number, line.quantity) for line in cart_of(scene).lines] == [
        (2, 1), (3, 2)
    ]  # fmt: skip
    assert scene.words("sell.full_next", time="16:00") in tile_of(scene, 1).accessibleName()
    scene.sale._side.empty()
    scene.sale._side.load()
    assert not tile_of(scene, 1).tile.full, "the next guest's turn"


@pytest.mark.parametrize("how", ["taps", "stepper"])
def test_one_more_than_there_is_offers_the_next_session(one_left: Scene, how: str) -> None:
    scene = one_left
    scene.tasks.instant = how != "taps"
    tile = tile_of(scene, 1)
    tile.click()
    if how == "taps":
        tile.click()  # before the first is there
        scene.tasks.flush()
    else:
        scene.sale._side._set_quantity(cart_of(scene).lines[0].line_id, 2)
    assert quantities(scene) == [1]
    assert scene.words("sell.full_offer", name=TICKET.en, time="14:00") in scene.shown_texts()
    scene.tasks.instant = True
    scene.click_words(scene.words("sell.add_for", time="14:00"))
    assert [line.session and line.session.number for line in cart_of(scene).lines] == [2, 3]


def test_many_more_than_there_are_says_how_many_can_be_had(scene: Scene) -> None:
    scene.tap_tile(1)
    scene.sale._side._set_quantity(cart_of(scene).lines[0].line_id, 90)
    assert quantities(scene) == [1] and "Only 86 places are left" in scene.shown_texts()


def test_the_focus_stays_on_a_tile_that_is_full_now(one_left: Scene) -> None:
    scene = one_left
    tile_of(scene, 1).setFocus()
    tile_of(scene, 1).click()
    focused = scene.focus
    assert isinstance(focused, ProductButton) and focused.tile.product.number == 1


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        ([Qt.Key.Key_Down, Qt.Key.Key_Plus], [3, 1]),
        ([Qt.Key.Key_Up, Qt.Key.Key_Plus], [2, 2]),
        ([Qt.Key.Key_Down, Qt.Key.Key_Minus, Qt.Key.Key_Minus], [1]),
        ([Qt.Key.Key_Down, Qt.Key.Key_Delete], [1]),
        ([Qt.Key.Key_Delete], [2, 1]),
    ],
)
def test_the_keyboard_changes_lines(scene: Scene, keys: list[Qt.Key], left: list[int]) -> None:
    for number in (1, 1, 5):
        scene.tap_tile(number)
    frame = scene.window.frame
    assert frame is not None
    for key in keys:
        send(frame.page, key)
    assert quantities(scene) == left


def test_a_cleared_sale_comes_back_with_one_press(scene: Scene) -> None:
    scene.fill_cart()
    scene.click("cart.clear")
    assert not cart_of(scene).lines
    scene.click("cart.undo")
    assert cart_of(scene).items == 10


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_held_sale_is_named_in_the_language_of_the_screen(dressed: Dress, language: str) -> None:
    scene = dressed(Preferences(language))
    scene.tap_tile(1)
    scene.press("F12")
    scene.show_held()
    assert TICKET.get(language) in scene.shown_texts()


def test_a_held_sale_is_resumed_as_it_was_and_what_was_in_the_cart_is_held(scene: Scene) -> None:
    scene.fill_cart()
    scene.press("F12")
    assert not cart_of(scene).lines
    scene.tap_tile(16)
    scene.show_held()
    row = next(b for b in scene.buttons() if "494.50" in b.accessibleName())
    row.click()
    assert cart_of(scene).items == 10
    assert [held.cart.items for held in scene.world.selling.held] == [1]


def test_what_was_said_of_a_held_sale_goes_when_it_is_taken_back(scene: Scene) -> None:
    scene.fill_cart()
    scene.press("F12")
    assert scene.words("cart.was_held") in scene.shown_texts()
    scene.show_held()
    scene.enter()
    assert cart_of(scene).items == 10
    assert scene.words("cart.was_held") not in scene.shown_texts()


def test_other_notices_stay_when_a_held_sale_is_taken_back(scene: Scene) -> None:
    scene.fill_cart()
    scene.press("F12")
    scene.signals.notice.emit(Unavailable("server"))
    scene.show_held()
    scene.enter()
    assert scene.desk.texts.trouble(Unavailable("server")) in scene.shown_texts()


def test_a_search_shows_what_fits_and_enter_takes_the_first(scene: Scene) -> None:
    field = scene.window.findChild(SearchField)
    assert field is not None
    field.setText("burg")
    field.textEdited.emit("burg")
    scene.settle()
    shown = [b.tile.product.number for b in scene.window.findChildren(ProductButton) if b.isVisible()]
    assert shown == [13]
    send(field, Qt.Key.Key_Return)
    scene.settle()
    assert [line.product.number for line in cart_of(scene).lines] == [13]
    assert field.text() == ""
    assert len([b for b in scene.window.findChildren(ProductButton) if b.isVisible()]) == 16


def test_without_a_shift_the_page_says_so_and_leads_to_it(scene: Scene) -> None:
    scene.world.selling.shift_open = False
    scene.refresh()
    scene.fill_cart()
    scene.press("F10")
    assert not scene.world.checkout.tenders
    assert cart_of(scene).items == 10
    scene.click("sell.open_shift")
    assert scene.window.frame is not None
    assert scene.window.frame.place == "shift"


def test_offline_counts_carry_a_tilde_and_the_card_a_warning(scene: Scene) -> None:
    scene.world.selling.stale = True
    scene.world.health.go_offline()
    scene.refresh()
    seen = scene.shown_texts()
    assert "~22 left" in seen
    assert "27 here of ~86" in seen
    lines = seen.split("\n")
    assert {"~Full", "~Full · 14:00"} <= set(lines)
    assert not {"Full", "Full · 14:00"} & set(lines)
    assert "Card only if the terminal has its own line." in seen
    assert re.search(r"Server away since \d\d:\d\d · 4 waiting", seen)


def test_pay_buttons_are_closed_while_the_cart_is_empty(scene: Scene) -> None:
    assert not scene.button("pay.card").isEnabled()
    assert not scene.button("pay.cash").isEnabled()


def test_payments_without_an_answer_are_one_press_away(scene: Scene) -> None:
    open_one = OpenPayment("sale-1", sar("494.50"), sar("0.00"), sar("300.00"), NOW, 10, TICKET, REEM.name)
    scene.world.checkout.open_payments = (open_one,)
    scene.refresh()
    next(b for b in scene.buttons() if "to resolve" in b.accessibleName()).click()
    assert "Not known if 300.00 was charged" in scene.shown_texts()


def test_a_code_in_the_search_field_is_not_money(scene: Scene) -> None:
    scene.fill_cart()
    field = scene.window.findChild(QLineEdit)
    assert field is not None
    send(field, Qt.Key.Key_Return)
    assert not scene.world.checkout.tenders
    assert cart_of(scene).items == 10


def test_a_tap_leaves_the_rows_that_say_the_same(scene: Scene) -> None:
    for number in (1, 11):
        scene.tap_tile(number)
    first, second = rows_of_the_cart(scene)
    scene.tap_tile(11)
    assert rows_of_the_cart(scene)[0] is first
    assert rows_of_the_cart(scene)[1] is not second
    assert [each.accessibleName()[0] for each in rows_of_the_cart(scene)] == ["1", "2"]


@pytest.mark.parametrize("scale", [100, 115, 130])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_sessions_that_all_run_now_show_their_whole_time(dressed: Dress, language: str, scale: int) -> None:
    scene = dressed(Preferences(language, scale=scale), (1280, 800))
    scene.world.selling.running = {1, 2, 3, 4, 5}
    scene.refresh()
    shown = [each for each in scene.buttons() if isinstance(each, SessionButton)]
    assert len(shown) >= 2
    assert all(each.width() >= each.sizeHint().width() for each in shown)


def rows_of_the_cart(scene: Scene) -> list[Pressable]:
    return [each for each in scene.buttons() if isinstance(each, LineButton)]


@pytest.mark.parametrize("line", range(5))
def test_in_large_type_whichever_line_is_chosen_is_seen_whole(dressed: Dress, line: int) -> None:
    scene = dressed(Preferences(scale=130), (1280, 800))
    scene.fill_cart()
    scene.choose_line(line)
    [stepper] = [each for each in scene.window.findChildren(Stepper) if each.isVisible()]
    opened = stepper.parentWidget()
    assert opened is not None
    assert opened.visibleRegion().boundingRect().size() == opened.size()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_is_not_sold_any_more_stays_in_the_sale_says_so_and_is_paid(
    dressed: Dress, language: str
) -> None:
    scene = dressed(Preferences(language))
    scene.tap_tile(1)
    scene.tap_tile(5)
    words = scene.words("cart.gone")
    assert words not in scene.shown_texts()
    scene.world.selling.withdrawn = frozenset((5,))
    scene.refresh()
    assert scene.shown_texts().count(words) == 1 and quantities(scene) == [1, 1]
    assert 5 not in [each.tile.product.number for each in scene.window.findChildren(ProductButton)]
    scene.choose_line(1)
    [stepper] = [each for each in scene.window.findChildren(Stepper) if each.isVisible()]
    stepper.stepped.emit(2)
    [line] = [each for each in cart_of(scene).lines if each.product.number == 5]
    assert line.quantity == 1 and line.product.name.get(language) in scene.sale._panel.trouble.words
    assert scene.words("cart.gone") in scene.shown_texts()
    scene.later(2)
    scene.press("F10")
    assert words not in scene.shown_texts(), "nothing can be added while it is paid"
    scene.press("Esc")
    scene.world.selling.withdrawn = frozenset()
    scene.refresh()
    assert words not in scene.shown_texts() and quantities(scene) == [1, 1]


def test_sessions_turn_by_themselves_and_leave_the_sale_where_it_is(scene: Scene) -> None:
    selling = scene.world.selling
    selling.turns_in = timedelta(seconds=60)
    scene.refresh()
    scene.tap_tile(1)
    scene.tap_tile(5)
    line = cart_of(scene).lines[0]
    [board] = scene.window.findChildren(SellBoard)
    selling.running, asked = {3}, board.page
    board._clock.timeout.emit()
    assert board.page is asked  # not yet
    scene.later(61)
    board._clock.timeout.emit()
    assert board.page is not None and [each.number for each in board.page.sessions if each.now] == [3]
    assert cart_of(scene).lines[0] == line


def test_the_badge_of_a_tile_belongs_to_its_session(scene: Scene) -> None:
    def counted() -> list[int]:
        return [
            each.tile.product.number
            for each in scene.window.findChildren(ProductButton)
            if each._count > 0 and not each.isHidden()
        ]

    scene.tap_tile(1)
    scene.tap_tile(5)
    assert len(counted()) == 2
    [board] = scene.window.findChildren(SellBoard)
    board._choose_session(3)
    assert counted() == [cart_of(scene).lines[1].product.number]
    board._choose_session(2)
    assert len(counted()) == 2


def tiles_of(scene: Scene) -> list[int]:
    return [each.tile.product.number for each in scene.window.findChildren(ProductButton) if each.isVisible()]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_of_two_activities_each_session_is_named_and_sells_its_own(dressed: Dress, language: str) -> None:
    scene = dressed(Preferences(language), (1920, 1080))
    name, one = SURF.get(language), POOL.get(language)
    assert not {name, one} & set(scene.shown_texts().split("\n")) and SIMULATOR in tiles_of(scene)
    scene.world.selling.surfs = frozenset((3,))
    scene.refresh()
    assert {name, one} <= set(scene.shown_texts().split("\n")) and seen_sessions(scene) == [1, 2, 4, 5]
    assert SIMULATOR not in tiles_of(scene) and {1, 5} <= set(tiles_of(scene))
    scene.click_words(name)
    assert seen_sessions(scene) == [3]
    assert {each for each in tiles_of(scene) if each <= SIMULATOR} == {5, 6, SIMULATOR}


def seen_sessions(scene: Scene) -> list[int]:
    return [each.session.number for each in scene.buttons() if isinstance(each, SessionButton)]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("size", [(1280, 720), (1366, 768)])
def test_all_sessions_of_an_activity_are_seen_and_the_others_are_one_key_away(
    dressed: Dress, language: str, size: tuple[int, int]
) -> None:
    """Three of ten were seen."""
    scene = dressed(Preferences(language), size)
    on = Qt.Key.Key_Right if language == "en" else Qt.Key.Key_Left
    scene.world.selling.surf_too()
    scene.refresh()
    assert seen_sessions(scene) == [1, 2, 3, 4, 5] and scene.sale.session == 2
    shortcut(scene, TURN)
    assert (seen_sessions(scene), scene.sale.session) == ([6, 7, 8, 9, 10], 7), "the first that has places"
    for taken in (8, 9):
        send(scene.focus, on)
        scene.settle()
        assert scene.sale.session == taken
        assert isinstance(scene.focus, SessionButton) and scene.focus.session.number == taken
    send(scene.focus, Qt.Key.Key_Down)
    scene.tap_tile(SIMULATOR)
    assert [line.session and line.session.number for line in cart_of(scene).lines] == [9]
    shortcut(scene, TURN)
    assert scene.sale.session == 2
    shortcut(scene, TURN)
    assert scene.sale.session == 7, "of the other the sale has the last place"


def test_a_session_that_was_chosen_is_come_back_to_while_the_sale_is_open(scene: Scene) -> None:
    scene.world.selling.surf_too()
    scene.refresh()
    scene.tap_tile(1)
    scene.sale._tiles._choose_session(4)
    for activity, taken in ((SURF, 7), (POOL, 4), (SURF, 7)):
        scene.click_words(activity.en)
        assert scene.sale.session == taken
    scene.sale._next_guest()
    scene.click_words(POOL.en)
    assert scene.sale.session == 2, "the next guest has chosen none"


def test_where_there_is_one_activity_no_tabs_are_seen_and_their_key_is_not_listed(scene: Scene) -> None:
    for listed in (False, True):
        scene.world.selling.surf_too() if listed else None
        scene.refresh()
        assert scene.window.frame is not None
        scene.window.frame.list_keys()
        assert (scene.words("keys.activity") in scene.shown_texts()) is listed
        scene.window.frame.list_keys()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_where_the_day_has_two_activities_a_line_says_of_which_its_session_is(
    dressed: Dress, language: str
) -> None:
    scene = dressed(Preferences(language))
    texts = scene.desk.texts
    scene.tap_tile(1)
    scene.tap_tile(5)
    plain = texts("cart.session", start="12:00", end="14:00")
    assert plain in line_of(scene, TICKET)
    scene.world.selling.surfs = frozenset((3,))
    scene.refresh()
    park, surf = (session_words(texts, each, times_of(n)) for each, n in ((POOL, 2), (SURF, 3)))
    assert park in line_of(scene, TICKET) and plain not in line_of(scene, TICKET)
    [board] = scene.window.findChildren(SellBoard)
    board._choose_session(3)
    scene.settle()
    scene.tap_tile(SIMULATOR)
    scene.settle()
    assert surf in line_of(scene, RIDE.name) and park in line_of(scene, TICKET)
    tube = line_of(scene, PRODUCTS[4].name)
    assert not any(each.get(language) in tube for each in (POOL, SURF)), "it takes no place"
    scene.press("F10")
    assert surf in line_of(scene, RIDE.name)


def test_a_booking_of_two_activities_says_them_though_the_day_has_one(scene: Scene) -> None:
    scene.tap_tile(1)
    cart, texts = cart_of(scene), scene.desk.texts
    one = cart.lines[0]
    assert one.session is not None
    ahead = replace(one, line_id="ahead", session=replace(one.session, number=9, activity_id="surf"))
    scene.sale._side.take(replace(cart, lines=(one, ahead)))
    scene.settle()
    first, second = rows_of_the_cart(scene)
    assert session_words(texts, POOL, times_of(2)) in first.accessibleName()
    assert session_words(texts, SURF, times_of(2)) in second.accessibleName()


def times_of(session: int) -> tuple[datetime, datetime]:
    return SESSIONS[session - 1].starts_at, SESSIONS[session - 1].ends_at


def line_of(scene: Scene, product: Words) -> str:
    """What the line of a product says."""
    scene.settle()
    name = product.get(scene.desk.texts.language)
    [found] = [each.accessibleName() for each in rows_of_the_cart(scene) if name in each.accessibleName()]
    return found


@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_a_search_finds_of_another_activity_says_its_session_and_is_sold_for_it(
    dressed: Dress, language: str
) -> None:
    """It was refused, and nobody said which sessions there were."""
    scene = dressed(Preferences(language))
    scene.world.selling.surfs = frozenset((1, 3, 4))
    scene.refresh()
    [board] = scene.window.findChildren(SellBoard)
    board.search(RIDE.name.get(language))
    scene.settle()
    [tile] = [each for each in scene.window.findChildren(ProductButton) if each.isVisible()]
    assert tile.tile.product.number == SIMULATOR
    when = session_words(scene.desk.texts, SURF, times_of(3))
    assert when in tile.accessibleName() and SURF.get(language) in scene.shown_texts()
    assert scene.window.frame is not None
    scene.window.frame.take_tile(0)
    scene.settle()
    assert [line.session and line.session.number for line in cart_of(scene).lines] == [3]
    assert when in line_of(scene, RIDE.name) and tile._count == 1
    board.search("")
    assert len(tiles_of(scene)) > 1 and board.session == 2, "the session that was chosen stays"


def test_what_a_search_finds_of_an_activity_without_places_says_so(scene: Scene) -> None:
    scene.world.selling.surfs = frozenset((1,))  # which is full
    scene.refresh()
    [board] = scene.window.findChildren(SellBoard)
    board.search("Surf")
    scene.settle()
    scene.tap_tile(SIMULATOR)
    assert scene.words("sell.none_of_it", name=RIDE.name.en) in scene.shown_texts()
    assert not cart_of(scene).lines
    board.search("")


def test_a_tab_without_anything_for_the_session_says_so(scene: Scene) -> None:
    scene.world.selling.withdrawn = frozenset(range(1, 9))
    [board] = scene.window.findChildren(SellBoard)
    board._choose_category("rentals")
    scene.settle()
    assert tiles_of(scene) == [] and scene.words("sell.none_here") in scene.shown_texts()
