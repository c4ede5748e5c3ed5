"""The drawer: opened by counting, counted without knowing, closed by two people when it is off."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QTextLayout
from PySide6.QtWidgets import QLabel

from app.shown_shifts import TAKEN_BACK, MoveRow
from app.views.ports import Preferences
from domain.catalogue import Words
from tests.views.conftest import Dress
from tests.views.scene import Scene
from tests.views.stand_ins import NOW, sar
from tests.views.test_payment import approve, fields

EXACT = {20000: 2, 10000: 1, 2000: 2, 500: 1, 100: 2, 25: 1, 10: 1, 5: 1}
SHORT = {20000: 2, 10000: 1, 2000: 2, 500: 1, 25: 1, 10: 1, 5: 1}


def write(scene: Scene, key: str, text: str) -> None:
    next(each for each in fields(scene) if each.accessibleName() == scene.words(key)).setText(text)


def test_a_shift_opens_with_the_counted_float_and_leads_to_sell(scene: Scene) -> None:
    scene.world.shifts.opened = False
    scene.show("shift")
    scene.count({10000: 3, 5000: 4})
    assert "500.00" in scene.shown_texts()
    scene.click("shift.open")
    assert scene.world.shifts.opened
    assert scene.window.frame is not None
    assert scene.window.frame.place == "sell"


def test_cash_in_needs_a_reason(scene: Scene) -> None:
    scene.show("shift")
    scene.press("F9")
    scene.type("50")
    scene.click("shift.do_in")
    assert "A reason is missing" in scene.shown_texts()
    write(scene, "shift.reason", "Change from the bank")
    scene.click("shift.do_in")
    assert [move.amount for move in scene.world.shifts.moves] == [sar("50.00")]
    assert "Change from the bank" in scene.shown_texts()


@pytest.mark.parametrize("reason", ["ta", "ta بنك", "بنك"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_typed_reason_leaves_its_line_in_the_order_of_the_language(
    dressed: Dress, language: str, reason: str
) -> None:
    scene = dressed(Preferences(language))
    scene.world.shifts.moves.append(
        MoveRow("cash_in", sar("50.00"), reason, NOW, Words("Salem A.", "سالم ع."))
    )
    scene.show("shift")
    scene.refresh()
    scene.settle()
    name = "Salem A." if language == "en" else "سالم ع."
    shown = [each.text() for each in scene.window.findChildren(QLabel) if each.isVisible()]
    [line] = [text for text in shown if reason in text and name in text]
    drawn = QTextLayout(line)
    drawn.beginLayout()
    row = drawn.createLine()
    drawn.endLayout()
    order = [row.cursorToX(line.index(part))[0] for part in (reason[0], "·", name)]
    dot = row.cursorToX(line.rindex("."))[0]
    assert order == sorted(order, reverse=language == "ar")
    assert dot < order[2] if language == "ar" else dot > order[2]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Payment undone, 100.00 given back"), ("ar", "أُلغيت الدفعة وأُعيد")]
)
def test_cash_of_an_undone_payment_is_told_in_words(dressed: Dress, language: str, words: str) -> None:
    scene = dressed(Preferences(language))
    name = Words("Salem A.", "سالم ع.")
    scene.world.shifts.moves.append(MoveRow("no_sale", sar("0.00"), f"100.00{TAKEN_BACK}", NOW, name))
    scene.show("shift")
    scene.refresh()
    shown = scene.shown_texts()
    assert words in shown and TAKEN_BACK.strip() not in shown


def test_sales_that_are_still_held_are_told_on_the_page(scene: Scene) -> None:
    scene.world.shifts.held = 2
    scene.refresh()
    scene.show("shift")
    assert scene.words("shift.held", n=2) in scene.shown_texts()


def test_money_goes_to_the_safe_with_a_supervisor(scene: Scene) -> None:
    scene.show("shift")
    scene.press("F11")
    scene.type("200")
    approve(scene, "shift.do_drop", reason="")
    assert "Write the reason" in scene.shown_texts()
    approve(scene, "shift.do_drop", reason="bag 17", pin="0000")
    assert "The PIN is not right" in scene.shown_texts()
    approve(scene, "shift.do_drop", reason="bag 17")
    assert [(move.kind, move.amount) for move in scene.world.shifts.moves] == [("drop", sar("200.00"))]


@pytest.mark.parametrize(
    ("key", "action", "typed", "words"),
    [
        ("F9", "shift.do_in", "", "That is not an amount"),
        ("F9", "shift.do_in", "1000000.01", "More than 1,000,000.00 cannot move at once"),
        ("F10", "shift.do_out", "", "That is not an amount"),
        ("F10", "shift.do_out", "1000000.01", "More than 1,000,000.00 cannot move at once"),
    ],
)
def test_what_is_no_sum_of_money_is_refused_in_words(
    scene: Scene, key: str, action: str, typed: str, words: str
) -> None:
    scene.show("shift")
    scene.press(key)
    scene.type(typed)
    write(scene, "shift.reason", "x")
    scene.click(action)
    assert words in scene.shown_texts()
    assert not scene.world.shifts.moves


def test_a_drop_of_nothing_is_refused_in_words(scene: Scene) -> None:
    scene.show("shift")
    scene.press("F11")
    approve(scene, "shift.do_drop", reason="bag 17")
    assert "That is not an amount" in scene.shown_texts()


def test_the_drawer_does_not_open_without_a_reason(scene: Scene) -> None:
    scene.show("shift")
    scene.click("shift.no_sale")
    scene.click("shift.do_no_sale")
    assert "A reason is missing" in scene.shown_texts()
    assert not scene.world.shifts.moves


def test_cash_out_above_the_limit_is_seen_by_a_supervisor(scene: Scene) -> None:
    scene.show("shift")
    scene.press("F10")
    scene.type("150")
    write(scene, "shift.reason", "supplier")
    scene.click("shift.do_out")
    seen = scene.shown_texts()
    assert "Cash out of more than 100.00 needs a supervisor" in seen
    assert "150.00" in seen
    approve(scene, "shift.do_out", reason="", pin="0000")
    assert "The PIN is not right" in scene.shown_texts()
    approve(scene, "shift.do_out", reason="")
    assert [(m.kind, m.amount, m.reason) for m in scene.world.shifts.moves] == [
        ("cash_out", sar("150.00"), "supplier")
    ]


def test_an_x_leaves_the_cash_out_unless_a_supervisor_says_yes(scene: Scene) -> None:
    scene.show("shift")
    scene.click("shift.x")
    assert "leaves the cash and the totals out" in scene.shown_texts()
    scene.click("shift.x_plain")
    scene.click("shift.x")
    approve(scene, "shift.x_with_cash", reason="", pin="0000")
    assert "The PIN is not right" in scene.shown_texts()
    approve(scene, "shift.x_with_cash", reason="")
    assert scene.world.shifts.printed == ["x", "x with cash"]


def test_who_may_read_the_cash_prints_all_of_it_at_once(scene: Scene) -> None:
    scene.world.shifts.may_read_cash = True
    scene.show("shift")
    scene.refresh()  # a slow machine may have asked between the reset and here
    scene.click("shift.x")
    assert scene.world.shifts.printed == ["x with cash"]


def test_a_drawer_below_nothing_says_so(scene: Scene) -> None:
    scene.world.shifts.expected = sar("0.00") - sar("1.00")
    scene.show("shift")
    scene.press("F12")
    scene.count({100: 0})
    scene.click("shift.do_count")
    assert "less than nothing" in scene.shown_texts()
    assert scene.button("shift.do_close")


def test_the_expected_cash_is_not_shown_before_the_count(scene: Scene) -> None:
    scene.show("shift")
    scene.press("F12")
    assert "547.40" not in scene.shown_texts()
    scene.count(EXACT)
    scene.click("shift.do_count")
    seen = scene.shown_texts()
    assert "547.40" in seen
    assert "The drawer is exact" in seen


def test_an_exact_drawer_closes_without_a_second_person(scene: Scene) -> None:
    scene.show("shift")
    scene.press("F12")
    scene.count(EXACT)
    scene.click("shift.do_count")
    scene.click("shift.do_close")
    assert scene.world.shifts.closed_with == ("", None)
    assert "Z-0001" in scene.shown_texts()


def test_a_drawer_over_the_limit_closes_with_a_supervisor_and_a_reason(scene: Scene) -> None:
    scene.show("shift")
    scene.press("F12")
    scene.count(SHORT)
    scene.click("shift.do_count")
    assert "-2.00" in scene.shown_texts()
    approve(scene, "shift.do_close", reason="counted twice")
    closed = scene.world.shifts.closed_with
    assert closed is not None
    assert closed[0] == "counted twice"
    assert closed[1] is not None


def test_the_drawer_may_be_counted_once_more(scene: Scene) -> None:
    scene.show("shift")
    scene.press("F12")
    scene.count(SHORT)
    scene.click("shift.do_count")
    scene.click("shift.recount")
    scene.count(EXACT)
    scene.click("shift.do_count")
    assert "The drawer is exact" in scene.shown_texts()
    assert scene.world.shifts.counts == 2


def count_twice(scene: Scene) -> None:
    scene.show("shift")
    scene.press("F12")
    scene.count(SHORT)
    scene.click("shift.do_count")
    scene.click("shift.recount")
    scene.count(SHORT)
    scene.click("shift.do_count")
    assert scene.words("shift.over_limit") in scene.shown_texts()


def test_count_and_close_leads_back_to_the_last_count(scene: Scene) -> None:
    count_twice(scene)
    scene.press("Esc")
    scene.click("shift.count")
    assert scene.words("shift.over_limit") in scene.shown_texts()
    approve(scene, "shift.do_close", reason="counted twice")
    assert scene.world.shifts.closed_with is not None


def test_a_count_is_led_back_to_after_the_window_was_made_anew(scene: Scene) -> None:
    count_twice(scene)
    scene.sign_in_anew()
    scene.show("shift")
    scene.click("shift.count")
    assert scene.words("shift.over_limit") in scene.shown_texts()


def test_a_count_that_may_be_repeated_is_led_back_to_with_the_way_to_count_again(scene: Scene) -> None:
    scene.show("shift")
    scene.press("F12")
    scene.count(SHORT)
    scene.click("shift.do_count")
    scene.press("Esc")
    scene.click("shift.count")
    scene.click("shift.recount")
    scene.count(EXACT)
    scene.click("shift.do_count")
    assert "The drawer is exact" in scene.shown_texts()


def test_a_form_that_was_opened_while_the_last_count_was_looked_for_stays(scene: Scene) -> None:
    scene.show("shift")
    scene.tasks.instant = False
    scene.press("F12")
    scene.press("F9")
    scene.type("50")
    scene.tasks.flush()
    assert "50.00" in scene.shown_texts()
    assert scene.button("shift.do_in")


def test_esc_puts_a_form_away(scene: Scene) -> None:
    scene.show("shift")
    scene.press("F9")
    scene.press("Esc")
    assert not fields(scene)
