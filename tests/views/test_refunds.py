"""The page of refunds: found, asked for, decided by a second person, paid to cards and out of the drawer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from app.shown import CardStep
from app.shown_attention import Source
from app.shown_refunds import NobodyMay
from app.views.ports import Preferences
from app.views.refund_ask import AskForm
from app.views.refund_figures import RefundFigures
from app.views.refund_lines import ChargeLine
from app.views.refund_list import RefundList
from app.views.refund_words import nobody_words
from app.views.widgets.buttons import RowButton
from app.views.widgets.choices import Choices
from documents.format import without_marks
from domain.errors import Code, Refused
from domain.refund import Reason, State
from domain.refund_nobody import Nobody
from domain.refund_offer import Choice, Goods
from domain.staff import ROLES, Permission, may
from tests.views.conftest import Dress, NewScene
from tests.views.gallery import STATES
from tests.views.refund_stand_in import POOL, SURF, figures_of, sar
from tests.views.refund_states import SALE, asking, chosen, deciding, found, paid_twice, refunds, show_all
from tests.views.scene import Scene, send
from tests.views.stand_ins import HUDA, NOW, REEM, item
from tests.views.test_payment import approve


def rows(scene: Scene) -> list[str]:
    listed = scene.window.findChild(RefundList)
    assert listed is not None
    scene.settle()
    found = (each for each in listed.findChildren(RowButton) if each.isVisible())
    return [each.accessibleName() for each in found]


def test_whoever_sells_may_ask_so_the_key_at_sales_always_leads_somewhere() -> None:
    sellers = [role for role in ROLES if may(role, Permission.SELL)]
    assert sellers and all(may(role, Permission.REFUND_REQUEST) for role in sellers)


@pytest.mark.parametrize(("person", "asker", "said"), [
    (REEM, "reem", "Refunds, 3 waiting"),
    (HUDA, "reem", "Refunds, 4 waiting"),
    (HUDA, "huda", "Refunds, 3 waiting"),
])  # fmt: skip
def test_the_rail_counts_what_is_paid_here_and_what_waits_for_this_person(
    make_scene: NewScene, person: object, asker: str, said: str
) -> None:
    scene = make_scene(Preferences(), person=person)
    waiting = replace(scene.world.refunds.waiting, asked_by=(asker,))
    scene.world.health.now = replace(scene.world.health.now, refunds=waiting)
    scene.refresh()
    assert on_the_rail(scene) == said


def on_the_rail(scene: Scene) -> str:
    [said] = (each.accessibleName() for each in scene.buttons() if "Refunds" in each.accessibleName())
    return said


def test_the_rail_counts_what_was_refused_until_somebody_here_looks_at_it(scene: Scene) -> None:
    STATES["refunds-refused-news"](scene)
    assert on_the_rail(scene) == "Refunds, 1 waiting"
    scene.show("refunds")
    [listed] = scene.window.findChildren(RefundList)
    assert listed.tab == "refused", "that is where something is to be seen"
    here, elsewhere = rows(scene)
    news = scene.words("refunds.new")
    assert news in here and "Refused by Huda Salem: was used" in here and news not in elsewhere
    assert on_the_rail(scene) == "Refunds, 1 waiting", "a list is not looked into"
    listed.rows.buttons[0].click()
    scene.settle()
    assert scene.world.refunds.seen == ["child"]
    assert on_the_rail(scene) == "Refunds"
    assert not any(news in each for each in rows(scene))
    scene.press("Esc")
    scene.refresh()
    assert scene.world.refunds.seen == ["child"], "once is enough"


# the list


def test_the_page_opens_where_something_waits(scene: Scene) -> None:
    """Nothing is to be paid, and the rail has a number: that of who waits for a yes."""
    known = scene.world.refunds.known
    for key in [key for key, told in known.items() if told.row.state is not State.REQUESTED or told.row.free]:
        del known[key]
    scene.refresh()
    refunds(scene)
    [shown] = scene.window.findChildren(RefundList)
    assert (shown.tab, len(rows(scene))) == ("approve", len(known))
    shown.tabs.tapped.emit("pay")
    scene.settle()
    scene.refresh()
    assert shown.tab == "pay", "what was chosen stays"


def test_ctrl_b_and_the_rail_open_what_is_to_be_paid_here(scene: Scene) -> None:
    assert scene.window.frame is not None
    scene.window.frame.show_refunds()
    assert [name.split(", ")[2] for name in rows(scene)] == ["To be paid", "Card refused it", "Not known yet"]
    assert rows(scene)[0].startswith(f"{SALE}, 161.00, To be paid, Guest calls it off, Reem Mansour, ")
    assert "not tall enough" in rows(scene)[0]


def test_what_waits_for_a_yes_and_all_have_their_tabs(scene: Scene) -> None:
    refunds(scene)
    scene.click_words(scene.words("refunds.tab_n", tab=scene.words("refunds.tab_approve"), n=1))
    assert [name.split(", ")[2] for name in rows(scene)] == ["Needs a yes"]
    scene.click_words(scene.words("refunds.tab_n", tab=scene.words("refunds.tab_all"), n=5))
    assert len(rows(scene)) == 5
    scene.press("Esc")
    assert len(rows(scene)) == 3


def test_arrows_go_through_the_list(scene: Scene) -> None:
    refunds(scene)
    for state in ("To be paid", "Card refused it"):
        send(scene.focus, Qt.Key.Key_Down)
        marked = [each.accessibleName() for each in scene.buttons() if each.property("chosen") is True]
        assert any(state in name for name in marked)


def test_each_says_by_when_and_on_its_last_day_that_stands_out(scene: Scene) -> None:
    refunds(scene)
    scene.click_words(scene.words("refunds.tab_n", tab=scene.words("refunds.tab_all"), n=5))
    tomorrow = scene.words("due.end", day=scene.desk.texts.day(NOW.date() + timedelta(days=1)))
    today, *others = rows(scene)
    assert scene.words("due.pay", time=scene.words("due.end_today")) in today
    assert all(scene.words("due.pay", time=tomorrow) in each for each in others[1:])
    assert scene.words("due.answer", time=tomorrow) in others[0]
    (near, words), *later = scene.row_chips()
    assert near == "urgent" and scene.words("due.by", time=scene.words("due.end_today")) in words
    assert scene.words("refunds.state_approved") in words
    assert [tone for tone, _ in later] == ["warn", "accent", "bad", "warn"]
    assert scene.words("due.by", time=tomorrow) in scene.shown_texts()


def test_what_was_refused_lately_stays_to_be_read(scene: Scene) -> None:
    deciding("child", "F10")(scene)
    scene.type("was used")
    scene.press("F12")
    scene.world.health.now = replace(scene.world.health.now, refunds=scene.world.refunds.waiting)
    scene.refresh()
    scene.click_words(scene.words("refunds.tab_n", tab=scene.words("refunds.tab_refused"), n=1))
    [row] = rows(scene)
    assert "Refused by Huda Salem: was used" in row and scene.words("refunds.state_refused") in row
    assert "Refused by Huda Salem: was used" in scene.shown_texts()


@pytest.mark.parametrize("tab", ["pay", "approve", "refused", "all"])
def test_an_empty_list_says_so(scene: Scene, tab: str) -> None:
    STATES["refunds-empty"](scene)
    scene.click_words(scene.words(f"refunds.tab_{tab}"))  # of nothing there is no number
    assert scene.words(f"refunds.none_{tab}") in scene.shown_texts()


def test_trouble_with_the_list_is_told_in_its_place(scene: Scene) -> None:
    scene.world.refunds.refuses = Refused(Code.NOT_ALLOWED, permission="refund_request")
    refunds_shown = scene.desk.texts.trouble(scene.world.refunds.refuses)
    scene.show("refunds")
    assert refunds_shown in scene.shown_texts()


# finding a sale


def test_a_sale_is_found_by_its_number_with_what_is_left_of_it(scene: Scene) -> None:
    found(SALE.lower())(scene)
    seen = scene.shown_texts()
    for words in ("Sale POS1-000412", "Tube rental", "115.00 each", "2 left", "mada", "4821", "425.50"):
        assert words in seen, words


def test_what_is_not_found_is_said(scene: Scene) -> None:
    STATES["refunds-sale-unknown"](scene)
    assert scene.desk.texts.refusal("document_unknown") in scene.shown_texts()


def test_a_scanned_ticket_finds_its_sale_and_is_what_goes_back(scene: Scene) -> None:
    refunds(scene)
    scene.scan("child-1")
    scene.press("F9")
    scene.click_words(scene.words("refunds.reason_medical"))
    scene.press("F12")
    [(preview, _)] = scene.world.refunds.asked
    assert preview.choice.tickets == ("child-1",)
    assert preview.reason is Reason.MEDICAL


def test_a_ticket_that_is_scanned_into_the_form_goes_back_too(scene: Scene) -> None:
    asking(scene)
    scene.scan("adult-1")
    assert "248.40" in scene.shown_texts()  # 276.00 less a tenth


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"voided": True}, "void_already"),
        ({"charges": ()}, ""),
    ],
)
def test_a_sale_with_nothing_to_give_says_why(scene: Scene, change: dict[str, object], words: str) -> None:
    scene.world.refunds.sale = replace(scene.world.refunds.sale, **change)  # type: ignore[arg-type] # fields of it
    found(SALE, "F9")(scene)
    why = scene.desk.texts.refusal(words) if words else scene.words("refunds.all_back")
    assert why in scene.shown_texts()
    assert scene.notice == why
    assert not scene.has_button(scene.words("refunds.do_ask"))


@pytest.mark.parametrize("state", ["refunds-sale-apart", "refunds-ask-apart"])
def test_rows_that_are_called_the_same_say_for_which_session_they_are(scene: Scene, state: str) -> None:
    """Which of two adults' tickets ends was a guess."""
    STATES[state](scene)
    [at_10, at_14, surf] = [each for each in scene.shown_texts().split("\n") if "115.00 each" in each]
    assert "10:00\u00a0–\u2060\u00a012:00" in at_10 and "A0DK-7QX" in at_10 and "Pool" in at_10
    assert "14:00" in at_14 and "A1DK-7QX" in at_14 and "Surf" in surf and "A2DK-7QX" in surf
    [child] = [each for each in scene.shown_texts().split("\n") if "80.50 each" in each]
    assert child.count("12:00") == 2 and "CHK0-7QX" not in child
    assert all("26 Nov" in each for each in (at_10, at_14, surf, child)) and "27 Nov" in child


def test_tickets_of_two_sessions_in_one_row_say_which_is_whose(scene: Scene) -> None:
    STATES["refunds-ask-apart"](scene)
    [first, second] = [each for each in scene.buttons() if "7QX" in each.accessibleName()]
    assert "26 Nov" in first.accessibleName() and "27 Nov" in second.accessibleName()
    names = [
        each.accessibleName() for each in scene.buttons() if each.accessibleName().startswith("One more")
    ]
    assert len(set(names)) == 4, "also for who hears them"


def test_one_session_alone_is_said_by_its_time(scene: Scene) -> None:
    found(SALE, "F9")(scene)
    [adult] = [each for each in scene.shown_texts().split("\n") if "115.00 each" in each]
    assert "12:00" in adult and "Pool" not in adult and "Nov" not in adult


# asking


def test_what_goes_back_is_worked_out_as_one_chooses(scene: Scene) -> None:
    found(SALE, "F9")(scene)
    assert scene.words("refunds.choose_first") in scene.shown_texts()
    scene.press("Esc")
    asking(scene)
    seen = scene.shown_texts()
    for words in ("161.00", "16.10", "144.90", "18.90", "44.90", "Huda Salem", "12:49"):
        assert words in seen, words
    assert scene.words("refunds.ground_tier") in seen


def test_the_form_takes_the_place_of_the_list_and_the_window_stays_as_it_is(make_scene: NewScene) -> None:
    scene = make_scene(Preferences(), (1280, 800))
    asking(scene)
    assert scene.window.width() == 1280
    assert scene.window.findChild(RefundList).isHidden()  # type: ignore[union-attr] # it is there
    scene.press("Esc")
    assert rows(scene)


def test_pieces_are_counted_and_tickets_that_were_not_used_come_first(scene: Scene) -> None:
    found(SALE, "F9")(scene)
    scene.click_words(scene.words("refunds.reason_venue_closed"))
    for name in ("Day ticket – adult", "Tube rental"):
        scene.click_words(scene.words("stepper.more", what=name))
        if name.startswith("Tube"):
            scene.click_words(scene.words("stepper.more", what=name))  # there is only one
    scene.press("F12")
    [(preview, _)] = scene.world.refunds.asked
    assert preview.choice.tickets == ("adult-1",)  # the other guest came in
    assert [(each.charge_id, each.pieces) for each in preview.choice.goods] == [("c3", 1)]


def test_f9_takes_all_of_it_and_one_less_takes_one_back(scene: Scene) -> None:
    found(SALE, "F9", "F9")(scene)
    scene.click_words(scene.words("refunds.reason_venue_closed"))
    assert "425.50" in scene.shown_texts()
    scene.click_words(scene.words("stepper.less", what="Day ticket – child"))
    assert "345.00" in scene.shown_texts()


def test_asking_shows_the_refund_and_who_may_say_yes(scene: Scene) -> None:
    asking(scene)
    scene.press("F12")
    [(preview, note)] = scene.world.refunds.asked
    assert (preview.amount, note) == (sar(14490), "")
    assert scene.notice == scene.words("refunds.was_asked", names="Huda Salem")
    assert scene.words("refunds.state_requested") in scene.shown_texts()
    assert scene.words("refunds.second") in scene.shown_texts()


def test_another_reason_or_more_than_the_policy_wants_a_note(scene: Scene) -> None:
    STATES["refunds-ask-other"](scene)
    for words in (
        scene.words("refunds.policy_more", by=sar(1510), amount=sar(14490)),
        scene.words("refunds.beyond"),
    ):
        assert words in scene.shown_texts()
    scene.press("F12")
    assert scene.notice == scene.words("refunds.note_needed")
    scene.focus_on("refunds.note")
    scene.type("burnt hand")
    scene.press("F12")
    assert [(preview.amount, note) for preview, note in scene.world.refunds.asked] == [
        (sar(16000), "burnt hand")
    ]


def test_too_much_is_said_where_the_amount_would_be(scene: Scene) -> None:
    STATES["refunds-ask-too-much"](scene)
    assert scene.desk.texts.refusal("refund_too_much", {"most": "161.00"}) in scene.shown_texts()
    assert not scene.button("refunds.do_ask").isEnabled()


def test_money_goes_back_and_what_was_bought_stays(scene: Scene) -> None:
    STATES["refunds-ask-stays"](scene)
    seen = scene.shown_texts()
    for words in (
        scene.words("refunds.stays"),
        scene.words("refunds.most_back", amount=sar(16100)),
        scene.words("refunds.beyond"),
        "30.00",
    ):
        assert words in seen
    assert scene.words("refunds.price") not in seen
    scene.press("F12")
    assert scene.notice == scene.words("refunds.note_needed")
    scene.focus_on("refunds.note")
    scene.type("the slide was shut")
    scene.press("F12")
    [(preview, note)] = scene.world.refunds.asked
    assert (preview.choice, preview.amount) == (Choice(goods=(Goods("c2", 0),)), sar(3000))
    assert note == "the slide was shut"


def test_what_stays_is_chosen_whole_and_how_much_goes_back_is_said(scene: Scene) -> None:
    STATES["refunds-ask-stays-empty"](scene)
    assert scene.words("refunds.say_how_much") in scene.shown_texts()
    assert not scene.button("refunds.do_ask").isEnabled()
    form = scene.window.findChild(AskForm)
    assert form is not None
    lines = form.findChildren(ChargeLine)
    assert [line.pieces for line in lines] == [0, 2, 0]
    assert not any(line.findChildren(Choices)[0].isVisible() for line in lines[:2])
    scene.click_words(scene.words("stepper.less", what=lines[1].name))
    assert [line.pieces for line in lines] == [0, 0, 0]


def test_once_nothing_stays_any_more_the_tickets_end_by_the_policy(scene: Scene) -> None:
    STATES["refunds-ask-stays-empty"](scene)
    scene.click_words(scene.words("refunds.only_money"))
    assert scene.words("refunds.ground_tier") in scene.shown_texts()
    scene.press("F12")
    [(preview, _)] = scene.world.refunds.asked
    assert (preview.choice.tickets, preview.choice.goods) == (("child-0", "child-1"), ())


def test_what_came_in_twice_is_asked_for_though_all_was_given_up_under_the_other_receipt(
    scene: Scene,
) -> None:
    paid_twice(scene)
    assert "came in beyond what this booking cost" in scene.shown_texts()
    scene.focus_on("refunds.note")
    scene.type("paid at POS2")
    scene.settle()
    scene.click("refunds.do_ask")
    scene.settle()
    [(preview, _)] = scene.world.refunds.asked
    assert preview.choice == Choice(goods=(Goods("c1", 0), Goods("c2", 0), Goods("c3", 0)))
    assert preview.amount == sar(42550)


def test_who_decides_reads_that_only_money_goes_back(scene: Scene) -> None:
    STATES["refunds-stays"](scene)
    seen = scene.shown_texts()
    assert scene.words("refunds.stays") in seen
    assert "Day ticket – child" in seen
    assert not any("0 ×" in each for each in seen)
    assert scene.words("refunds.price") not in seen


def test_the_last_choice_wins(scene: Scene) -> None:
    asking(scene)
    scene.tasks.instant = False
    scene.click_words(scene.words("refunds.reason_venue_closed"))
    assert not scene.button("refunds.do_ask").isEnabled()
    scene.click_words(scene.words("refunds.reason_customer_cancel"))
    scene.tasks.flush()
    assert "144.90" in scene.shown_texts()


def test_a_refusal_of_the_server_keeps_what_was_typed(scene: Scene) -> None:
    asking(scene)
    scene.focus_on("refunds.note")
    scene.type("ill")
    scene.world.refunds.refuses = Refused(Code.QUOTE_EXPIRED)
    scene.press("F12")
    assert scene.desk.texts.refusal("quote_expired") in scene.shown_texts()
    scene.world.refunds.refuses = None
    scene.press("F12")
    assert [note for _, note in scene.world.refunds.asked] == ["ill"]


@pytest.mark.parametrize("by_hand", [False, True])
def test_once_the_time_of_an_offer_is_over_it_is_worked_out_anew_by_itself(
    scene: Scene, qtbot: QtBot, by_hand: bool
) -> None:
    """No figure that does not hold any more stands beside a key that asks for it."""
    asking(scene)
    world, told = scene.world.refunds, scene.words("refunds.worked_anew")
    [form] = scene.window.findChildren(AskForm)
    world.now += timedelta(minutes=15)
    form.look()
    assert "12:49" in scene.shown_texts(), "its last moment still holds"
    world.now, world.tenths = world.now + timedelta(milliseconds=1), 5
    scene.tasks.instant = False
    if by_hand:
        scene.press("F12")
        assert scene.button("refunds.do_ask").isEnabled() is False and not world.asked
    else:
        qtbot.waitUntil(lambda: not scene.button("refunds.do_ask").isEnabled())
    scene.tasks.flush()
    scene.tasks.instant = True
    assert "80.50" in scene.shown_texts() and told in scene.shown_texts()
    assert "13:04" in scene.shown_texts() and "144.90" not in scene.shown_texts()
    scene.press("F12")
    assert [preview.amount for preview, _ in world.asked] == [sar(8050)]


def test_what_is_worked_out_anew_and_is_the_same_is_no_news(scene: Scene) -> None:
    asking(scene)
    scene.world.refunds.now += timedelta(minutes=16)
    [form] = scene.window.findChildren(AskForm)
    form.look()
    assert "144.90" in scene.shown_texts() and "13:05" in scene.shown_texts()
    assert scene.words("refunds.worked_anew") not in scene.shown_texts()


def test_a_refund_that_has_not_come_yet_is_on_its_way(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    asking(scene)
    monkeypatch.setattr(scene.world.refunds, "ask", lambda preview, note: "later")
    scene.press("F12")
    assert scene.words("refunds.on_its_way") in scene.shown_texts()
    scene.world.refunds.known["later"] = scene.world.refunds.known["child"]
    scene.refresh()
    assert scene.words("refunds.state_requested") in scene.shown_texts()
    assert scene.words("refunds.on_its_way") not in scene.shown_texts()


def test_asking_waits_for_the_server_and_keeps_what_was_chosen(scene: Scene) -> None:
    asking(scene)
    for online in (False, True):
        scene.world.refunds.online = online
        scene.refresh()
        assert scene.button("refunds.do_ask").isEnabled() is online
    scene.press("F12")
    assert len(scene.world.refunds.asked) == 1


# deciding


def figures_shown(scene: Scene) -> list[str]:
    [shown] = (each for each in scene.window.findChildren(RefundFigures) if each.isVisible())
    return [each.text() for each in shown.findChildren(QLabel) if each.text()]


def test_who_decides_reads_what_it_is_made_of_as_who_asked_did(scene: Scene) -> None:
    asking(scene)
    read = figures_shown(scene)
    assert read == ["Price", "161.00", "Fee that stays", "16.10", "Goes back", "144.90", "VAT in it", "18.90"]
    scene.press("F12")
    assert figures_shown(scene) == read
    scene.press("F9")
    assert figures_shown(scene) == read, "also where a second person gives their PIN"


@pytest.mark.parametrize(("amount", "said"), [
    (8000, "7.55 more than the policy gives, which is 72.45."),
    (7000, "2.45 less than the policy gives, which is 72.45. What it was paid for ends all the same."),
])  # fmt: skip
def test_how_far_it_is_from_what_the_policy_gives_is_named(scene: Scene, amount: int, said: str) -> None:
    told = scene.world.refunds.known["child"]
    figures = figures_of(sar(amount), sar(8050))
    scene.world.refunds.known["child"] = replace(told, figures=figures)
    deciding("child")(scene)
    names = ["Price", "80.50", "Fee by the policy", "8.05"]
    assert figures_shown(scene)[:4] == names and figures_shown(scene)[-1] == said


def test_vat_that_is_not_known_here_is_not_told(scene: Scene) -> None:
    STATES["refunds-offline"](scene)
    assert figures_shown(scene) == ["Price", "80.50", "Fee that stays", "8.05", "Goes back", "72.45"]


@pytest.mark.parametrize("why", ["", "not tall enough"])
def test_f9_approves_for_whoever_may_who_can_say_why(scene: Scene, why: str) -> None:
    deciding("child", "F9")(scene)
    assert scene.words("refunds.approve_kept") in scene.shown_texts()
    scene.type(why)
    scene.press("F12")
    assert scene.world.refunds.done == [("approved", "child", why)]
    assert scene.notice == scene.words("refunds.was_approved")
    decided = scene.desk.texts.line(
        part for part in ("Huda Salem", scene.desk.texts.moment(NOW), why) if part
    )
    assert decided in scene.shown_texts()
    scene.press("Esc")
    show_all(scene)
    assert ("Huda Salem" in rows(scene)[1]) is bool(why)  # the first is that of the other till


def test_all_that_was_decided_is_told_with_who_and_why(scene: Scene) -> None:
    chosen("mixed", "F11")(scene)
    scene.type("the guest came back")
    scene.press("F12")
    seen = scene.shown_texts()
    for words in ("field_approved", "field_withdrawn"):
        assert scene.words(f"refunds.{words}") in seen
    assert "not tall enough" in seen and "the guest came back" in seen


def test_a_no_has_its_reason(scene: Scene) -> None:
    deciding("child", "F10", "F12")(scene)
    assert scene.desk.texts.refusal("reason_needed") in scene.shown_texts()
    scene.type("was used")
    scene.press("F12")
    assert scene.world.refunds.done == [("refused", "child", "was used")]


def test_a_second_person_approves_here_with_a_pin_and_may_say_why(scene: Scene) -> None:
    for language, why in (("en", ""), ("ar", "قصير القامة")):
        scene.dress(Preferences(language))
        chosen("child", "F9")(scene)
        assert scene.words("refunds.approve_what") in scene.shown_texts()
        approve(scene, "refunds.do_approve", reason=why)
        assert scene.world.refunds.done.pop() == ("approved", "child", why)
        assert why in scene.shown_texts()
        scene.world.refunds._becomes("child", State.REQUESTED)


def test_who_may_not_approve_so_much_is_not_asked_for_a_pin_but_may_refuse(scene: Scene) -> None:
    refunds, huda = scene.world.refunds, HUDA.name.get("en")
    refunds.known["child"] = replace(refunds.known["child"], approvers=(), approver_ids=())
    chosen("child", "F9")(scene)
    assert huda not in scene.shown_texts().split("\n")
    assert scene.words("refunds.nobody_may") in scene.shown_texts()
    scene.press("Esc")
    scene.press("F10")
    approve(scene, "refunds.do_refuse", reason="was used")
    assert refunds.done == [("refused", "child", "was used")]


@pytest.mark.parametrize(
    ("state", "key", "words"),
    [
        ("corrected", "approve", "corrected"),
        ("corrected-server", "approve", "corrected_server"),
        ("corrected-approved", "pay", "corrected"),
        ("voided", "approve", "voided"),
        ("voided-approved", "pay", "voided"),
    ],
)
def test_by_a_payment_that_is_no_more_it_is_neither_approved_nor_paid_and_says_so_before_anybody_presses(
    scene: Scene, state: str, key: str, words: str
) -> None:
    STATES[f"refunds-{state}"](scene)
    assert scene.words(f"refunds.{words}") in scene.shown_texts()
    assert not scene.button(f"refunds.{key}").isEnabled()
    assert scene.button("refunds.withdraw").isEnabled()
    before = list(scene.world.refunds.done)
    scene.press("F9")
    assert scene.world.refunds.done == before and scene.notice == scene.words(f"refunds.{words}")


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("why", list(Nobody))
def test_where_nobody_is_left_the_card_and_the_form_say_why(
    dressed: Dress, language: str, why: Nobody
) -> None:
    scene = dressed(Preferences(language))
    refunds = scene.world.refunds
    nobody = NobodyMay(why, (HUDA.name,))
    refunds.known["child"] = replace(
        refunds.known["child"], approvers=(), approver_ids=(), nobody=nobody, refuser_ids=()
    )
    chosen("child")(scene)
    said = nobody_words(scene.desk.texts, nobody)
    assert said in scene.shown_texts()
    scene.press("F9")
    assert scene.shown_texts().count(said) >= 1 and HUDA.name.get(language) not in scene.shown_texts().split(
        "\n"
    )
    scene.press("Esc")
    scene.press("F10")
    assert scene.words("refunds.nobody_else") in scene.shown_texts()
    assert not scene.button("refunds.do_refuse").isEnabled(), "a key that nobody can use is off"
    scene.press("F12")
    assert scene.notice == scene.words("refunds.nobody_else") and not refunds.done


def test_a_wrong_pin_keeps_the_form(scene: Scene) -> None:
    chosen("child", "F9")(scene)
    approve(scene, "refunds.do_approve", pin="0000")
    assert scene.world.refunds.done == []
    assert scene.words("refunds.approve_what") in scene.shown_texts()


def test_a_second_person_refuses_here_with_a_pin_and_a_reason(scene: Scene) -> None:
    chosen("child", "F10")(scene)
    approve(scene, "refunds.do_refuse", reason="was used")
    assert scene.world.refunds.done == [("refused", "child", "was used")]


@pytest.mark.parametrize("code", [
    Code.APPROVER_SAME, Code.APPROVER_NOT_ALLOWED, Code.REFUND_OWN_SALE, Code.REFUND_OVER_POLICY,
    Code.REFUND_FOR_VENUE, Code.REFUND_OVER_LIMIT, Code.REFUND_OVER_DAY,
])  # fmt: skip
def test_who_may_not_say_yes_is_told_why(scene: Scene, code: Code) -> None:
    scene.world.refunds.why_not_me = code
    chosen("child")(scene)
    assert scene.words(f"refunds.not_you_{code}") in scene.shown_texts()
    assert not scene.has_button(f"{scene.words('refunds.approve')} F9")


@pytest.mark.parametrize("key", ["F9", "F10", "F11"])
def test_without_the_server_nothing_is_decided_and_keys_say_why(scene: Scene, key: str) -> None:
    STATES["refunds-offline"](scene)
    assert scene.words("refunds.away") in scene.shown_texts()
    scene.press(key)
    assert scene.notice == scene.words("bookings.needs_server")


def test_what_is_not_wanted_is_withdrawn(scene: Scene) -> None:
    STATES["refunds-withdraw"](scene)
    scene.press("F12")
    assert scene.world.refunds.done == [("withdrawn", "child", "")]
    assert scene.notice == scene.words("refunds.was_withdrawn")


# paying


def test_each_card_is_shown_as_it_happens(scene: Scene) -> None:
    STATES["refunds-paying"](scene)
    assert scene.words("refunds.step_sent", time="12:34:07") in scene.shown_texts()
    scene.press("Esc")
    assert scene.notice == scene.desk.texts.refusal("refund_running")
    scene.signals.card_step.emit(CardStep("query", NOW, 2))
    assert scene.words("card.asking", n=2) in scene.shown_texts()
    scene.tasks.flush()
    assert scene.words("refunds.paid") in scene.shown_texts()


def test_cash_to_hand_out_and_the_credit_note_are_told_in_the_end(scene: Scene) -> None:
    chosen("mixed", "F9")(scene)
    seen = scene.shown_texts()
    for words in ("POS1-000413", "61.00", "100.00", scene.words("refunds.hand_out")):
        assert words in seen, words
    scene.press("F12")
    assert scene.words("refunds.state_done") in scene.shown_texts()
    assert len(rows(scene)) == 4


@pytest.mark.parametrize("state", ["refunds-paid", "refunds-paying"])
def test_a_scan_does_not_put_away_what_is_to_be_handed_out(scene: Scene, state: str) -> None:
    STATES[state](scene)
    scene.scan("child-1")
    scene.press("F1")
    assert scene.notice == scene.words("keys.form_open")
    assert (
        scene.words("refunds.hand_out" if state == "refunds-paid" else "refunds.wait") in scene.shown_texts()
    )


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_neither_enter_nor_space_pays(scene: Scene, key: Qt.Key) -> None:
    chosen("mixed")(scene)
    scene.button("refunds.pay").setFocus()
    send(scene.button("refunds.pay"), key)
    assert scene.world.refunds.done == []


def test_a_second_press_while_it_is_paid_is_none(scene: Scene) -> None:
    STATES["refunds-paying"](scene)
    scene.press("F9")
    scene.tasks.flush()
    assert scene.world.refunds.done == [("paid", "mixed")]


def test_without_a_shift_the_key_says_so(scene: Scene) -> None:
    STATES["refunds-no-shift"](scene)
    scene.press("F9")
    assert scene.notice == scene.words("refunds.needs_shift")


def test_what_is_approved_is_paid_without_the_server(scene: Scene) -> None:
    scene.world.refunds.online = False
    chosen("mixed", "F9")(scene)
    assert scene.world.refunds.done == [("paid", "mixed")]


def test_a_card_that_refuses_is_tried_again_or_given_in_cash(scene: Scene) -> None:
    STATES["refunds-failed"](scene)
    seen = scene.shown_texts()
    assert scene.desk.texts.refusal("refund_failed") in seen
    assert scene.words("refunds.say_failed") in seen
    scene.world.refunds.outcome = "paid"
    scene.press("F10")
    assert scene.words("refunds.cash_title", currency="SAR", amount=sar(16100)) in scene.shown_texts()
    approve(scene, "refunds.do_cash")
    assert scene.words("refunds.hand_out") in scene.shown_texts()
    assert scene.world.refunds.done == [("paid", "mixed")]


def test_cash_for_a_card_is_not_offered_before_the_card_refused(scene: Scene) -> None:
    chosen("mixed")(scene)
    assert not scene.has_button(scene.words("refunds.cash"))
    scene.press("Esc")
    scene.world.refunds.terminal = ""  # there is no terminal to ask
    chosen("mixed")(scene)
    assert scene.has_button(scene.words("refunds.cash"))


def test_what_is_not_known_is_asked_again(scene: Scene) -> None:
    chosen("unknown", "F9")(scene)
    assert scene.words("refunds.paid") in scene.shown_texts()


def test_the_slip_that_says_it_went_back_has_its_code(scene: Scene) -> None:
    STATES["refunds-slip"](scene)
    approve(scene, "refunds.do_took", reason="slip in the drawer")
    assert scene.words("unknown.needs_code") in scene.shown_texts()
    code = next(
        each for each in scene.window.findChildren(QLineEdit)
        if each.isVisible() and each.accessibleName() == scene.words("unknown.code")
    )  # fmt: skip
    code.setText("A1B2")
    approve(scene, "refunds.do_took", reason="slip in the drawer")
    assert scene.world.refunds.done == [("resolved", "unknown", "True", "A1B2")]
    assert scene.notice == scene.words("refunds.was_resolved")
    assert scene.words("refunds.pay_finish") in scene.shown_texts()


def test_the_slip_that_says_no_leaves_it_to_be_tried_again(scene: Scene) -> None:
    STATES["refunds-slip-not"](scene)
    approve(scene, "refunds.do_took_not", reason="declined")
    assert scene.world.refunds.done == [("resolved", "unknown", "False", "")]
    assert scene.words("refunds.pay_again") in scene.shown_texts()


def test_elsewhere_it_says_where_it_is_paid(scene: Scene) -> None:
    chosen("till1")(scene)
    assert scene.words("refunds.elsewhere", station="Till 1") in scene.shown_texts()
    assert not scene.has_button(scene.words("refunds.pay"))


# what the server began


def test_what_the_server_began_is_taken_up_paid_or_given_up_here(scene: Scene) -> None:
    STATES["refunds-free"](scene)
    seen = scene.shown_texts()
    for words in (scene.words("refunds.free"), "By itself", "Till 2", scene.words("refunds.say_free")):
        assert words in seen, words
    scene.press("F9")
    assert scene.notice == scene.words("refunds.was_taken")
    assert scene.has_button(scene.words("refunds.pay"))
    scene.press("F12")
    assert scene.notice == scene.words("refunds.was_released")
    assert not scene.has_button(scene.words("refunds.pay"))
    scene.press("F9")
    scene.press("F9")
    assert scene.world.refunds.done[-1] == ("paid", "free")


def test_what_waits_for_a_yes_may_be_taken_up_before(scene: Scene) -> None:
    scene.world.refunds.why_not_me = None
    STATES["refunds-free-asked"](scene)
    for key in ("F12", "F9", "F12"):
        scene.press(key)
    assert scene.world.refunds.done[-2:] == [("taken", "asked"), ("approved", "asked", "")]


def test_the_second_who_takes_it_up_hears_who_has_it(scene: Scene) -> None:
    STATES["refunds-free"](scene)
    facts = {"by": "Omar", "station": "POS2", "until": "2026-11-26T12:00:00+03:00"}
    scene.world.refunds.refuses = Refused(Code.REFUND_TAKEN, **facts)
    scene.press("F9")
    assert "POS2" in scene.shown_texts() and "Omar" in scene.shown_texts()


def test_who_approved_it_does_not_pay_it(scene: Scene) -> None:
    STATES["refunds-yours"](scene)
    assert scene.words("refunds.say_not_you") in scene.shown_texts()
    assert not scene.has_button(scene.words("refunds.take"))


def test_what_is_to_be_taken_up_is_listed_and_counted_with_what_is_to_be_paid(scene: Scene) -> None:
    STATES["refunds-begun"](scene)
    assert len(rows(scene)) == 6
    assert scene.words("refunds.tab_n", tab=scene.words("refunds.tab_pay"), n=6) in scene.shown_texts()


# other pages lead here


def test_f11_at_sales_leads_to_the_sale(scene: Scene) -> None:
    scene.show("sales")
    scene.press("F11")
    assert scene.window.frame is not None
    assert scene.window.frame.place == "refunds"
    assert scene.has_button(scene.words("refunds.ask"))


def test_what_needs_attention_leads_to_its_refund(scene: Scene) -> None:
    waits = item(Source.REFUND, "approved", 20, (), key="refund:mixed", thing="mixed")
    scene.world.attention.items = (waits,)
    scene.show("attention")
    scene.press("F9")
    assert scene.words("refunds.say_approved") in scene.shown_texts()


def test_a_form_that_lies_open_is_not_lost_to_another_page(scene: Scene) -> None:
    asking(scene)
    scene.show("sales")
    scene.press("F11")
    assert scene.notice == scene.words("keys.form_open")
    assert scene.has_button(scene.words("refunds.do_ask"))
    assert "144.90" in scene.shown_texts()


def test_in_arabic_the_page_says_all_of_it(dressed: Dress) -> None:
    scene = dressed(Preferences("ar"))
    chosen("mixed")(scene)
    assert "للدفع" in scene.shown_texts()
    assert scene.words("refunds.pay") == "إعادة المبلغ الآن"


def test_a_refund_names_its_guest_and_booking_and_one_key_opens_it(scene: Scene) -> None:
    chosen("mixed")(scene)
    seen = scene.shown_texts().translate(dict.fromkeys(map(ord, "\u200e\u2066\u2067\u2068\u2069\u2060")))
    day = scene.desk.texts.day(NOW.date())
    for words in ("عبدالله بن سعد", "GH-7829KM · Confirmed"):
        assert words in seen, words
    assert f"2 × Day ticket – child · {day} 14:00" in seen and "CHK0-7QX, CHK1-7QX" in seen
    scene.press("Ctrl+G")
    assert scene.window.frame is not None and scene.window.frame.place == "bookings"
    assert scene.words("bookings.call_off") in scene.shown_texts()


def test_a_refund_says_of_which_activity_a_ticket_is_where_the_sale_has_several(scene: Scene) -> None:
    told = scene.world.refunds.known["mixed"]
    pool, surf = (replace(each, activity=name) for each, name in zip(told.tickets, (POOL, SURF), strict=True))
    scene.world.refunds.known["mixed"] = replace(told, tickets=(pool, surf))
    chosen("mixed")(scene)
    seen, day = without_marks(scene.shown_texts()), scene.desk.texts.day(NOW.date())
    assert f"1 × Day ticket – child · Pool · {day} 14:00" in seen
    assert f"1 × Day ticket – child · Surf · {day} 14:00" in seen


def test_a_refund_of_a_walk_in_has_no_booking_to_open(scene: Scene) -> None:
    chosen("child")(scene)
    assert not scene.has_button(scene.words("refunds.open_booking"))
    assert "CHK0-7QX" in scene.shown_texts()
