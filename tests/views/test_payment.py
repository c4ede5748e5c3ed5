"""Payment: exact keys, one charge at a time, and an outcome that is not known is never taken for one that is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from app.shown import CardStep, TenderStatus
from app.views.ports import Preferences
from tests.views.conftest import Dress, NewScene
from tests.views.scene import Scene, send
from tests.views.stand_ins import NOW, sar
from tests.views.test_sell import cart_of


@pytest.fixture
def full(scene: Scene) -> Scene:
    """A sale of 494.50 in the cart."""
    scene.fill_cart()
    return scene


def fields(scene: Scene) -> list[QLineEdit]:
    scene.settle()
    return [each for each in scene.window.findChildren(QLineEdit) if each.isVisible()]


def approve(scene: Scene, action: str, *, reason: str = "", pin: str = "1357") -> None:
    """Fills the supervisor strip; the first field is another one when a form has it."""
    for each in fields(scene):
        if each.echoMode() is QLineEdit.EchoMode.Password:
            each.setText(pin)
        elif each.accessibleName() in (scene.words("supervisor.reason"), scene.words("supervisor.why")):
            each.setText(reason)
    scene.click(action)


def paid(scene: Scene) -> str:
    return scene.world.checkout.page("sale-1").paid.decimal()


def test_cash_twice_takes_the_exact_amount(full: Scene) -> None:
    full.press("F10")
    full.press("F10")
    assert paid(full) == "494.50"
    assert "Paid" in full.shown_texts()


def test_cash_digits_cash_gives_change(full: Scene) -> None:
    full.press("F10")
    full.type("500")
    assert "5.50" in full.shown_texts()
    full.press("F10")
    assert full.world.checkout.change == sar("5.50")


def test_far_more_cash_than_a_guest_carries_is_asked_about_once(full: Scene) -> None:
    full.press("F10")
    full.type("99999")
    full.press("F10")
    assert not full.world.checkout.tenders
    assert full.words("cash.sure") in full.shown_texts()
    full.press("F10")
    assert full.world.checkout.change == sar("99504.50")


def test_in_large_type_the_question_about_much_cash_names_the_change(dressed: Dress) -> None:
    scene = dressed(Preferences("ar", scale=130), (1280, 800))
    scene.fill_cart()
    scene.press("F10")
    scene.type("99999")
    scene.press("F10")
    assert "99,504.50" in scene.shown_texts()


def test_what_is_typed_after_the_question_about_much_cash_is_asked_about_anew(full: Scene) -> None:
    full.press("F10")
    full.type("99999")
    full.press("F10")
    full.type("9")
    full.press("F10")
    assert not full.world.checkout.tenders


def test_keys_pressed_before_the_sale_exists_are_not_lost(full: Scene) -> None:
    full.tasks.instant = False
    full.press("F10")
    full.type("500")
    full.press("F10")
    full.tasks.flush()
    assert full.world.checkout.change == sar("5.50")


@pytest.mark.parametrize("typed", ["6281007123456", "62810071", "0006281007123"])
def test_a_code_typed_as_cash_is_refused_in_words(full: Scene, typed: str) -> None:
    full.press("F10")
    full.type(typed)
    full.press("F10")
    assert "More than 10,000,000.00 cannot move at once." in full.shown_texts()
    assert not full.world.checkout.tenders
    assert not full.troubles


def test_digits_typed_before_the_sale_exists_stay_when_it_does(full: Scene) -> None:
    full.tasks.instant = False
    full.press("F10")
    full.type("500")
    full.tasks.flush()
    full.press("F10")
    full.tasks.flush()
    assert full.world.checkout.change == sar("5.50")


def test_keys_pressed_while_the_last_tap_is_on_its_way_are_for_the_payment(scene: Scene) -> None:
    scene.tasks.instant = False
    scene.tap_tile(1)
    scene.tap_tile(1)
    scene.press("F10")
    scene.type("300")
    scene.press("F10")
    scene.tasks.flush()
    assert scene.world.checkout.change == sar("70.00")


def test_arabic_digits_are_digits(full: Scene) -> None:
    full.press("F10")
    full.type("٥٠٠٫٥٠")
    full.press("F10")
    assert full.world.checkout.change == sar("6.00")


def test_a_card_is_one_key(full: Scene) -> None:
    full.press("F9")
    assert full.world.checkout.charges == 1
    assert paid(full) == "494.50"
    assert "yes" in full.sounds


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_enter_and_space_never_start_or_complete_money(full: Scene, key: Qt.Key) -> None:
    for button in full.buttons():
        if button.key in ("F9", "F10", "F11"):
            send(button, key)
    assert not full.world.checkout.tenders
    full.press("F10")
    for button in full.buttons():
        if button.key in ("F9", "F10", "F11"):
            send(button, key)
    assert not full.world.checkout.tenders


def test_a_split_is_card_then_cash(full: Scene) -> None:
    full.press("F11")
    full.type("300")
    full.press("F9")
    assert "mada" in full.shown_texts()
    full.press("F10")
    full.type("200")
    full.press("F10")
    assert paid(full) == "494.50"
    assert full.world.checkout.change == sar("5.50")


def test_a_part_in_cash_can_be_undone(full: Scene) -> None:
    full.press("F11")
    full.type("200")
    full.press("F10")
    assert paid(full) == "200.00"
    full.press("F12")
    assert paid(full) == "200.00"
    assert full.words("payment.undo_what", amount="200.00", time="12:34") in full.shown_texts()
    full.press("F12")
    assert paid(full) == "0.00"
    assert full.words("payment.undone", amount="200.00") in full.shown_texts()
    full.press("F10")
    assert full.words("payment.undone", amount="200.00") not in full.shown_texts()


@pytest.mark.parametrize("no", ["Esc", "Enter", "F9", "F10"])
def test_cash_stays_taken_when_its_undoing_is_not_confirmed(full: Scene, no: str) -> None:
    full.press("F11")
    full.type("200")
    full.press("F10")
    full.press("F12")
    if no == "Enter":
        full.enter()
    else:
        full.press(no)
    assert paid(full) == "200.00"
    assert full.world.checkout.charges == 0
    full.press("Esc")
    assert full.words("payment.undone", amount="200.00") not in full.shown_texts()


def test_esc_goes_back_to_the_sale_with_the_whole_cart(full: Scene) -> None:
    full.press("F10")
    full.press("Esc")
    assert cart_of(full).items == 10
    assert full.button("pay.card").isEnabled()


def test_esc_after_money_was_taken_leaves_the_sale_for_later(full: Scene) -> None:
    full.press("F11")
    full.type("200")
    full.press("F9")
    full.press("Esc")
    assert not cart_of(full).lines
    assert paid(full) == "200.00"


def test_a_declined_card_says_why_and_that_nothing_was_charged(full: Scene) -> None:
    full.world.checkout.outcome = "declined"
    full.press("F9")
    seen = full.shown_texts()
    assert "Not enough funds. Nothing was charged." in seen
    assert "no" in full.sounds
    full.world.checkout.outcome = "approved"
    full.press("F9")
    assert paid(full) == "494.50"


def test_a_card_that_failed_a_part_is_asked_for_that_part_again(full: Scene) -> None:
    full.world.checkout.outcome = "declined"
    full.press("F11")
    full.type("300")
    full.press("F9")
    assert "300.00" in full.shown_texts()
    full.world.checkout.outcome = "approved"
    full.press("F9")
    assert full.world.checkout.asked == [sar("300.00"), sar("300.00")]
    assert paid(full) == "300.00"


def test_a_failed_part_is_no_more_than_what_is_left_by_then(full: Scene) -> None:
    full.world.checkout.outcome = "declined"
    full.press("F9")
    full.press("F10")
    full.type("400")
    full.press("F10")
    assert paid(full) == "400.00"
    full.world.checkout.outcome = "approved"
    full.press("F9")
    assert full.world.checkout.asked == [sar("494.50"), sar("94.50")]


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("mute decline", "The bank gave no reason. Nothing"),
        ("unreachable", "The terminal could not be reached. N"),
    ],
)
def test_a_card_that_failed_without_a_text_says_why_in_our_words(
    full: Scene, outcome: str, words: str
) -> None:
    full.world.checkout.outcome = outcome
    full.press("F9")
    assert words in full.shown_texts()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_terminal_that_is_away_is_not_told_as_a_card_that_failed(
    make_scene: NewScene, language: str
) -> None:
    scene = make_scene(Preferences(language))
    scene.fill_cart()
    scene.world.checkout.outcome = "unreachable"
    scene.press("F9")
    seen = scene.shown_texts()
    assert scene.words("card.away") in seen
    assert scene.words("card.away_do") in seen
    assert scene.words("card.failed") not in seen
    scene.world.checkout.outcome = "declined"
    scene.press("F9")
    assert scene.words("card.failed") in scene.shown_texts()
    assert scene.words("card.failed_do") in scene.shown_texts()


def test_a_card_that_failed_without_a_text_says_why_in_arabic(make_scene: NewScene) -> None:
    scene = make_scene(Preferences(language="ar"))
    scene.fill_cart()
    scene.world.checkout.outcome = "mute decline"
    scene.press("F9")
    seen = scene.shown_texts()
    assert "لم يذكر البنك سببًا" in seen
    assert "declined" not in seen


def part_approved(scene: Scene) -> Scene:
    scene.world.checkout.outcome = "partial"
    scene.press("F11")
    scene.type("300")
    scene.press("F9")
    scene.world.checkout.outcome = "approved"
    return scene


def test_a_part_approval_says_what_was_approved_and_what_is_left(full: Scene) -> None:
    seen = part_approved(full).shown_texts()
    assert "SAR 150.00 of 300.00 approved" in seen
    assert "150.00 of this part is left" in seen
    assert "In all 344.50 is left to pay." in seen
    assert "look" in full.sounds
    assert "of 300.00 asked" in seen
    assert {"F9", "F10"} <= {button.key for button in full.buttons()}


def test_after_a_part_approval_the_next_card_is_asked_for_the_rest_of_that_part(full: Scene) -> None:
    part_approved(full).press("F9")
    assert full.world.checkout.asked == [sar("300.00"), sar("150.00")]
    assert "approved" not in full.shown_texts().split("Payments in this sale")[0]


def test_after_a_part_approval_cash_may_pay_all_that_is_left(full: Scene) -> None:
    part_approved(full).press("F10")
    full.press("F10")
    assert paid(full) == "494.50"


def test_after_a_part_approval_all_can_be_given_back(full: Scene) -> None:
    part_approved(full).click("payment.give_back")
    approve(full, "payment.do_give_back", reason="guest changed their mind")
    assert paid(full) == "0.00"


def test_a_part_approval_is_told_again_when_the_sale_is_opened_again(full: Scene) -> None:
    part_approved(full)
    full.window.enter(full.world.people.sign_in("reem", "2468"))
    full.settle()
    assert "SAR 150.00 of 300.00 approved" in full.shown_texts()


def test_cash_typed_above_what_is_left_is_shown_as_change_before_it_is_taken(full: Scene) -> None:
    full.press("F11")
    full.type("600")
    assert "105.50 is the change to give" in full.shown_texts()
    full.press("F10")
    assert not full.world.checkout.tenders
    seen = full.shown_texts()
    assert "Change to give" in seen
    assert "105.50" in seen
    full.press("F10")
    assert full.world.checkout.change == sar("105.50")


def test_a_card_is_never_asked_for_more_than_what_is_left_and_the_page_says_so(full: Scene) -> None:
    full.press("F11")
    full.type("600")
    assert "A card is asked for 494.50" in full.shown_texts()
    full.press("F9")
    assert full.world.checkout.asked == [sar("494.50")]


def test_the_page_says_what_is_going_on_while_the_card_is_away(full: Scene) -> None:
    full.world.checkout.outcome = "hang"
    full.tasks.instant = False
    full.press("F9")
    full.tasks._waiting.pop(0)()
    full.settle()
    assert "Ask the guest to tap" in full.shown_texts()
    full.signals.card_step.emit(CardStep("bank", NOW))
    assert "The bank is being asked" in full.shown_texts()
    full.signals.card_step.emit(CardStep("query", NOW, 1))
    seen = full.shown_texts()
    assert "Asking the bank what became of it" in seen
    assert "Ask the guest to tap" not in seen
    full.tasks.flush()


def test_a_card_asked_for_before_a_restart_is_not_asked_of_the_guest(full: Scene) -> None:
    full.world.checkout.outcome = "hang"
    full.press("F9")
    seen = full.shown_texts()
    assert "has not answered yet" in seen
    assert "Ask the guest to tap" not in seen


@pytest.fixture
def unknown(full: Scene) -> Scene:
    full.world.checkout.outcome = "unknown"
    full.press("F9")
    return full


def test_while_the_outcome_is_not_known_no_second_charge_is_offered(unknown: Scene) -> None:
    assert "Not known yet if the card was charged" in unknown.shown_texts()
    keys = {button.key for button in unknown.buttons()}
    assert not keys & {"F9", "F10"}
    for key in ("F9", "F10", "F12"):
        unknown.press(key)
    assert unknown.world.checkout.charges == 1
    assert len(unknown.world.checkout.tenders) == 1


def test_an_approval_needs_the_code_and_a_supervisor(unknown: Scene) -> None:
    unknown.click("unknown.approved")
    approve(unknown, "unknown.say_approved", reason="slip says so")
    assert "Type the approval code from the slip." in unknown.shown_texts()
    next(f for f in fields(unknown) if f.accessibleName() == unknown.words("unknown.code")).setText("083114")
    approve(unknown, "unknown.say_approved", reason="slip says so", pin="0000")
    assert "The PIN is not right" in unknown.shown_texts()
    approve(unknown, "unknown.say_approved", reason="slip says so")
    assert paid(unknown) == "494.50"
    assert unknown.world.checkout.tenders[0].approval == "083114"


def test_a_decline_needs_a_reason_and_opens_the_ways_to_pay_again(unknown: Scene) -> None:
    unknown.click("unknown.declined")
    approve(unknown, "unknown.say_declined", reason="")
    assert "Write the reason" in unknown.shown_texts()
    approve(unknown, "unknown.say_declined", reason="terminal says DECLINED")
    assert unknown.world.checkout.tenders[0].status is TenderStatus.FAILED
    assert {"F9", "F10"} <= {button.key for button in unknown.buttons()}


def test_esc_leaves_the_form_first_and_the_sale_second(unknown: Scene) -> None:
    unknown.click("unknown.approved")
    unknown.press("Esc")
    assert "Not known yet if the card was charged" in unknown.shown_texts()
    unknown.press("Esc")
    assert not cart_of(unknown).lines


def test_an_answer_that_comes_late_never_lands_on_the_next_sale(unknown: Scene) -> None:
    unknown.tasks.instant = False
    unknown.press("F11")
    unknown.press("Esc")
    unknown.tasks.flush()
    unknown.tap_tile(16)
    unknown.tasks.flush()
    unknown.press("F10")
    unknown.tasks.flush()
    assert "2.30" in unknown.shown_texts()
    assert "Not known yet" not in unknown.shown_texts()


def test_while_the_card_is_on_the_terminal_nothing_else_can_be_pressed(full: Scene) -> None:
    full.tasks.instant = False
    full.press("F9")
    full.tasks._waiting.pop(0)()
    full.settle()
    for key in ("F9", "F10", "F11", "F12", "Esc"):
        full.press(key)
    assert len(full.tasks._waiting) == 1
    full.tasks.flush()
    assert full.world.checkout.charges == 1
    assert paid(full) == "494.50"


def test_what_was_paid_goes_back_with_a_supervisor(full: Scene) -> None:
    full.press("F11")
    full.type("200")
    full.press("F9")
    full.click("payment.give_back")
    approve(full, "payment.do_give_back", reason="guest changed their mind")
    assert cart_of(full).items == 10
    assert paid(full) == "0.00"


def test_paid_ends_with_any_key_and_the_next_sale_is_empty(full: Scene) -> None:
    full.press("F10")
    full.type("500")
    full.press("F10")
    full.press("F9")
    assert full.world.checkout.charges == 0
    assert not cart_of(full).lines
    assert "Change 5.50" in full.shown_texts()


def test_a_free_sale_is_completed_without_a_charge(scene: Scene) -> None:
    scene.tap_tile(3)
    scene.press("F9")
    scene.press("F10")
    assert scene.world.checkout.charges == 0
    assert "Paid" in scene.shown_texts()


@pytest.mark.parametrize("keys", [("F9", "F9"), ("F11", "F9"), ("F10", "F9", "F9")])
def test_a_free_sale_has_one_way_whatever_is_pressed(scene: Scene, keys: tuple[str, ...]) -> None:
    scene.tap_tile(3)
    for key in keys:
        scene.press(key)
    assert scene.world.checkout.asked == []
    assert "No card was charged" not in scene.shown_texts()
    scene.click("cash.complete")
    assert "Paid" in scene.shown_texts()


def test_a_free_sale_offers_no_card(scene: Scene) -> None:
    scene.tap_tile(3)
    scene.press("F9")
    offered = {button.key for button in scene.buttons() if button.isEnabled()}
    assert "F9" not in offered
    assert "F10" in offered


def test_a_language_change_in_the_middle_of_a_payment_loses_nothing(full: Scene) -> None:
    full.press("F11")
    full.type("200")
    full.press("F10")
    full.window.enter(full.world.people.sign_in("huda", "1357"))
    full.settle()
    assert "200.00" in full.shown_texts()
    assert any(each.key == "F9" for each in full.buttons())
    full.press("F9")
    assert paid(full) == "494.50"


@pytest.mark.parametrize("typed", ["0", "0.00", "0.", "."])
@pytest.mark.parametrize("key", ["F9", "F10"])
def test_a_part_of_nothing_is_refused_in_words(full: Scene, typed: str, key: str) -> None:
    full.press("F11")
    full.type(typed)
    full.press(key)
    assert full.world.checkout.charges == 0
    assert not full.world.checkout.tenders
    assert "Nothing was taken: 0.00 is no part." in full.shown_texts()
    assert full.sounds[-1:] == ["no"]


def test_a_part_of_nothing_is_corrected_by_typing_on(full: Scene) -> None:
    full.press("F11")
    full.type("0")
    full.press("F9")
    full.type(".50")
    assert "494.00 is left after this part" in full.shown_texts()
    full.press("F9")
    assert full.world.checkout.asked == [sar("0.50")]


def test_an_amount_that_ends_with_the_point_is_that_amount(full: Scene) -> None:
    full.press("F11")
    full.type("300.")
    full.press("F9")
    assert full.world.checkout.asked == [sar("300.00")]


def test_nothing_typed_is_all_that_is_left_and_the_page_says_so(full: Scene) -> None:
    full.press("F11")
    assert "All that is left." in full.shown_texts()
    full.press("F9")
    assert full.world.checkout.asked == [sar("494.50")]
