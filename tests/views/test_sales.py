"""Sales of the station: copies, voids by two people, and what waits for the printer."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.views.ports import Preferences
from domain.correction import Means, Said
from domain.errors import Code
from tests.views import gallery
from tests.views.conftest import NewScene
from tests.views.gallery import STATES
from tests.views.scene import Scene
from tests.views.stand_ins import OMAR, REEM, sale_row, sar
from tests.views.test_payment import approve, fields


def pick(scene: Scene, number: str) -> None:
    next(b for b in scene.buttons() if b.accessibleName().startswith(number)).click()


def test_the_last_sale_is_open_and_its_copy_is_one_key(scene: Scene) -> None:
    scene.show("sales")
    scene.press("F9")
    scene.press("F10")
    assert scene.world.records.reprinted == ["doc-412", "sale-412"]
    assert "A copy of POS1-000412 is printing." in scene.shown_texts()


def test_a_sale_is_voided_by_a_second_person_with_a_reason(scene: Scene) -> None:
    scene.show("sales")
    scene.press("F12")
    approve(scene, "sales.do_void", reason="wrong day")
    assert scene.world.records.voided == [("sale-412", "wrong day")]
    assert "POS1-000413" in scene.shown_texts()


def test_what_cannot_be_voided_says_why_and_has_no_button(scene: Scene) -> None:
    scene.show("sales")
    pick(scene, "POS1-000411")
    assert "Only the last sale of a shift can be voided." in scene.shown_texts()
    scene.press("F12")
    assert "Void POS1-000411" not in scene.shown_texts()


def test_print_jobs_name_their_trouble_and_can_be_tried_again(scene: Scene) -> None:
    scene.show("sales")
    seen = scene.shown_texts()
    assert "not printed · no paper" in seen
    assert "may lie in the printer: look first" in seen
    scene.click("print.retry")
    assert scene.world.records.retried == ["j1"]


def test_a_payment_that_was_keyed_wrongly_is_put_right_by_a_second_person(scene: Scene) -> None:
    gallery.sales_tender(scene)
    scene.click("tender.correct")
    approve(scene, "tender.do", reason="the other terminal")
    assert scene.words("tender.missing") in scene.shown_texts()
    scene.click_words("mada")
    approve(scene, "tender.do", reason="the other terminal")
    assert scene.world.records.corrected == []  # a card needs the code of its slip
    write(scene, "tender.last4", "4821999")
    write(scene, "tender.approval", "083114")
    approve(scene, "tender.do", reason="the other terminal")
    assert scene.world.records.corrected == [("p1", Said(Means.KEYED_CARD, "mada", "4821", "083114"))]
    assert "Corrected: the books now say mada •••• 4821." in scene.shown_texts()


def write(scene: Scene, name: str, text: str) -> None:
    """As typed: a field takes no more than it has room for."""
    QTest.keyClicks(next(each for each in fields(scene) if each.accessibleName() == scene.words(name)), text)


def test_what_cannot_be_corrected_is_not_offered(scene: Scene) -> None:
    gallery.sales_tender(scene)
    records = scene.world.records
    fixed = tuple(replace(paid, why_not="tender_fixed") for paid in records.sales[0].payments)
    records.sales = (replace(records.sales[0], payments=fixed), *records.sales[1:])
    scene.refresh()
    assert scene.words("tender.correct") not in scene.shown_texts()


def broke_off(scene: Scene) -> None:
    """A void that a power cut stopped after the card was reversed, of a sale that is no longer the last."""
    row = replace(sale_row(411, "invoice", "23.00", ("card",)), void_begun=True)
    records, health = scene.world.records, scene.world.health
    records.sales = (records.sales[0], row, *records.sales[2:])
    health.now = replace(health.now, unfinished_void=row)
    scene.refresh()


def test_a_void_that_broke_off_is_offered_to_whoever_signs_in(scene: Scene) -> None:
    scene.window.sign_out()
    scene.settle()
    assert "not finished" not in scene.shown_texts()
    row = replace(sale_row(411, "invoice", "23.00", ("card",)), void_begun=True)
    scene.world.records.sales = (row,)
    scene.world.health.now = replace(scene.world.health.now, unfinished_void=row)
    scene.signals.connection.emit()
    scene.window.enter(REEM)
    scene.settle()
    assert "The void of POS1-000411 is not finished." in scene.shown_texts()
    scene.click("sales.finish")
    seen = scene.shown_texts()
    assert "Finish the void of POS1-000411" in seen
    assert scene.words("sales.finish_what") in seen


def test_finishing_a_void_asks_the_supervisor_and_the_offer_goes_away(scene: Scene) -> None:
    broke_off(scene)
    scene.click("sales.finish")
    form = [b for b in scene.buttons() if b.accessibleName().startswith(scene.words("sales.finish"))]
    assert len(form) == 2
    approve_last(scene, reason="power cut")
    assert scene.world.records.voided == [("sale-411", "power cut")]
    scene.world.health.now = replace(scene.world.health.now, unfinished_void=None)
    scene.refresh()
    assert "is not finished" not in scene.shown_texts()


def approve_last(scene: Scene, *, reason: str) -> None:
    """Presses the supervisor's button; the first with the same words is the offer's."""
    for each in fields(scene):
        if each.echoMode() is QLineEdit.EchoMode.Password:
            each.setText("1357")
        elif each.accessibleName() == scene.words("supervisor.reason"):
            each.setText(reason)
    wanted = scene.words("sales.finish")
    [b for b in scene.buttons() if b.accessibleName().startswith(wanted)][-1].click()


def test_the_list_marks_a_void_that_broke_off(scene: Scene) -> None:
    broke_off(scene)
    scene.show("sales")
    assert "Void not finished" in scene.shown_texts()
    pick(scene, "POS1-000411")
    scene.press("F12")
    assert "Finish the void of POS1-000411" in scene.shown_texts()


def test_who_cannot_open_the_sales_is_not_asked_to_finish_a_void(make_scene: NewScene) -> None:
    scene = make_scene(Preferences(), person=OMAR)
    broke_off(scene)
    assert "is not finished" not in scene.shown_texts()


def refused_part(scene: Scene, *, begun: bool = True) -> None:
    """The bank refused to take one card of the last sale back; with `begun` another one went back already."""
    row = replace(scene.world.records.sales[0], void_begun=begun, cash_instead=sar("125.50"))
    scene.world.records.sales = (row, *scene.world.records.sales[1:])
    if begun:
        scene.world.health.now = replace(scene.world.health.now, unfinished_void=row)
    scene.refresh()


def test_a_refused_reversal_offers_cash_and_the_page_then_says_how_much(scene: Scene) -> None:
    scene.show("sales")
    pick(scene, "POS1-000412")
    assert "back in cash…" not in scene.shown_texts()
    scene.world.records.refuses = Code.CARD_REVERSAL_FAILED
    scene.press("F12")
    refused_part(scene, begun=False)
    approve(scene, "sales.do_void", reason="wrong day")
    assert "Nothing went back on it." in scene.shown_texts()
    scene.world.records.refuses = None
    scene.click_words("Give SAR 125.50 back in cash…")
    assert "POS1-000412: SAR 125.50 back in cash" in scene.shown_texts()
    approve(scene, "sales.do_in_cash", reason="wrong day")
    assert scene.world.records.given_in_cash == [("sale-412", "wrong day")]
    seen = scene.shown_texts()
    assert "Give back 125.50 in cash." in seen
    assert "Given back in cash" in seen


def test_another_amount_than_the_supervisor_saw_is_never_given(scene: Scene) -> None:
    refused_part(scene)
    scene.show("sales")
    pick(scene, "POS1-000412")
    scene.click_words("Give SAR 125.50 back in cash…")
    scene.world.records.refuses = Code.CARD_REVERSAL_FAILED
    row = replace(scene.world.records.sales[0], cash_instead=sar("425.50"))
    scene.world.records.sales = (row, *scene.world.records.sales[1:])
    approve(scene, "sales.do_in_cash", reason="wrong day")
    seen = scene.shown_texts()
    assert "Nothing went back on it." in seen
    assert "POS1-000412: SAR" not in seen
    assert "Give SAR 425.50 back in cash…" in seen


def test_the_offer_to_finish_a_void_leads_to_the_cash(scene: Scene) -> None:
    refused_part(scene)
    scene.click("sales.finish")
    scene.click_words("Give SAR 125.50 back in cash…")
    approve(scene, "sales.do_in_cash", reason="bank said no")
    assert scene.world.records.given_in_cash == [("sale-412", "bank said no")]
    assert scene.world.records.voided == []


def test_the_cash_of_the_offer_needs_no_list_that_is_up_to_date(scene: Scene) -> None:
    old = scene.world.records.sales
    refused_part(scene)
    scene.world.records.sales = old
    scene.show("sales")
    scene.refresh()
    scene.click("sales.finish")
    scene.click_words("Give SAR 125.50 back in cash…")
    assert "POS1-000412: SAR 125.50 back in cash" in scene.shown_texts()


def test_a_form_that_the_offer_opened_before_the_refusal_knows_of_it_when_opened_again(scene: Scene) -> None:
    broke_off(scene)
    scene.show("sell")
    row = replace(scene.world.records.sales[1], cash_instead=sar("23.00"))
    scene.world.health.now = replace(scene.world.health.now, unfinished_void=row)
    scene.refresh()
    scene.click("sales.finish")
    assert "Give SAR 23.00 back in cash…" in scene.shown_texts()


def test_who_may_give_cash_for_a_card_is_asked_by_its_own_right(scene: Scene) -> None:
    refused_part(scene)
    scene.show("sales")
    pick(scene, "POS1-000412")
    scene.click_words("Give SAR 125.50 back in cash…")
    assert scene.world.people.asked[-1] == "refund_card_to_cash"


def test_esc_leaves_the_cash_form_without_giving_anything(scene: Scene) -> None:
    refused_part(scene)
    scene.show("sales")
    pick(scene, "POS1-000412")
    scene.click_words("Give SAR 125.50 back in cash…")
    scene.press("Esc")
    assert scene.world.records.given_in_cash == []
    assert "Give SAR 125.50 back in cash…" in scene.shown_texts()


def test_cash_for_a_card_has_its_words_in_arabic(make_scene: NewScene) -> None:
    scene = make_scene(Preferences(language="ar"))
    refused_part(scene)
    scene.show("sales")
    pick(scene, "POS1-000412")
    assert "نقدًا…" in scene.shown_texts()


def test_sell_says_nothing_of_a_sale_that_was_voided(scene: Scene) -> None:
    scene.fill_cart()
    scene.press("F10")
    scene.press("F10")
    scene.press("Esc")
    assert "POS1-000412" in scene.shown_texts()
    scene.show("sales")
    scene.signals.changed.emit(frozenset(("SaleVoided",)))
    scene.show("sell")
    assert "POS1-000412" not in scene.shown_texts()


# tickets of a walk-in that end


def test_tickets_of_a_walk_in_are_revoked_with_a_reason(scene: Scene) -> None:
    STATES["sales-revoke"](scene)
    scene.focus_on("supervisor.reason")
    scene.type("sold twice")
    scene.press("F12")
    assert scene.world.bookings.ended == [("sold twice", ("abdullah-1",))]
    assert scene.notice == scene.words("bookings.revoke_done", n=1)


def test_whoever_may_not_revoke_has_a_second_person_say_it(scene: Scene) -> None:
    STATES["sales-revoke-second"](scene)
    assert scene.words("bookings.revoke_title", number="POS1-000412") in scene.shown_texts()
    scene.press("Esc")
    assert scene.button("sales.reprint").isEnabled()


def test_what_is_refused_leaves_the_choice_and_without_the_server_none_is_offered(scene: Scene) -> None:
    STATES["sales-revoke-refused"](scene)
    assert scene.desk.texts.refusal("move_ticket_used") in scene.shown_texts()
    scene.press("Esc")
    STATES["sales-offline"](scene)
    assert scene.button("bookings.revoke").toolTip() == scene.words("bookings.needs_server")
    assert not scene.button("bookings.revoke").isEnabled()
