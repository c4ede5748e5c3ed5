"""The page of messages: what failed first, why, and sent again; found by guest and booking; what is said to staff."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from app.shown_attention import Down, Fact, Source
from app.shown_messages import State
from app.views.message_list import Tab
from app.views.messages_view import MessagesView
from app.views.widgets.buttons import KeyButton
from domain.errors import Code, Refused
from tests.views.gallery import STATES, attention_of
from tests.views.message_states import in_tab, messages, searched, told
from tests.views.scene import Scene, send
from tests.views.stand_ins import item


def again(scene: Scene) -> KeyButton:
    return scene.button("messages.again")


# the lists


def test_the_page_opens_with_what_failed_and_how_many_wait_for_a_person(scene: Scene) -> None:
    messages(scene)
    assert scene.world.messages.asked[-1] == "failed"
    assert scene.has_button("Failed · 3")
    number = scene.world.messages.known["refused"].number
    said = f"Booking confirmed, with tickets, Sara Al-Qahtani, {number}, E-mail, s•••@example.com, Not sent, 10:59"
    assert said in scene.rows()


@pytest.mark.parametrize(("tab", "state"), [(Tab.WAITING, "Waiting"), (Tab.SENT, "Sent")])
def test_other_tabs_list_what_waits_and_what_went_out(scene: Scene, tab: Tab, state: str) -> None:
    in_tab(tab)(scene)
    assert scene.world.messages.asked[-1] == tab.value
    assert any(f", {state}, " in name for name in scene.rows())


@pytest.mark.parametrize("tab", [Tab.FAILED, Tab.WAITING, Tab.SENT])
def test_an_empty_list_says_so(scene: Scene, tab: Tab) -> None:
    scene.world.messages.known.clear()
    in_tab(tab)(scene)
    assert scene.words(f"messages.none_{tab}") in scene.shown_texts()


def test_guest_or_booking_is_searched_as_it_is_typed(scene: Scene) -> None:
    searched("s")(scene)
    assert scene.words("messages.start") in scene.shown_texts()
    scene.type("ara")
    assert scene.world.messages.asked[-1] == "find sara"
    assert len(scene.rows()) == 3
    searched("x")(scene)
    assert scene.words("messages.none_search", text="sarax") in scene.shown_texts()


def test_the_last_question_wins(scene: Scene) -> None:
    searched("")(scene)
    scene.tasks.instant = False
    scene.type("omar")
    scene.tasks.flush()
    assert [name.split(",")[1] for name in scene.rows()] == [" Omar Bin Saleh"]


def test_arrows_go_through_the_list_and_f9_sends_again(scene: Scene) -> None:
    messages(scene)
    for _ in range(2):
        send(scene.focus, Qt.Key.Key_Down)
    scene.press("F9")
    assert scene.world.messages.resent == ["refused"]
    assert scene.notice == scene.words("messages.was_queued")
    assert not any("Booking confirmed" in name for name in scene.rows())


def test_trouble_with_the_list_is_told_in_its_place(scene: Scene) -> None:
    STATES["messages-broken"](scene)
    assert scene.words("messages.none_failed") not in scene.shown_texts()
    assert scene.desk.texts.refusal(Code.MESSAGE_UNKNOWN) in scene.shown_texts()


def test_the_page_hears_of_messages_by_itself(scene: Scene) -> None:
    messages(scene)
    scene.world.messages.becomes("unsure", State.SENT)
    scene.signals.changed.emit(frozenset(("message",)))
    assert scene.window.frame is not None
    scene.window.frame.page._reload_now()
    assert not any("Refund done" in name for name in scene.rows())


# one message


def test_a_message_says_why_it_was_not_sent_to_whom_and_what_became_of_it(scene: Scene) -> None:
    told("unsure")(scene)
    shown = scene.shown_texts()
    for words in (
        scene.desk.texts.message("why.unsure"),
        scene.words("messages.did_try", n=2),
        scene.words("messages.did_given_up"),
        "26 Nov 2026 11:24",
    ):
        assert words in shown


def test_what_was_sent_is_sent_again_where_it_did_not_arrive(scene: Scene) -> None:
    STATES["messages-sent"](scene)
    scene.press("F9")
    assert scene.world.messages.resent == ["sent"]
    assert scene.words("messages.not_failed") in scene.shown_texts(), "it is on its way"
    assert not again(scene).isEnabled()


def test_one_that_is_tried_again_says_when(scene: Scene) -> None:
    told("funds")(scene)
    assert scene.words("messages.did_next", time="26 Nov 2026 12:52") in scene.shown_texts()


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("messages-over", "messages.over"),
        ("messages-not-allowed", "messages.who"),
        ("messages-offline", "guests.needs_server"),
    ],
)
def test_what_cannot_be_sent_again_says_why_and_sends_nothing(scene: Scene, state: str, why: str) -> None:
    STATES[state](scene)
    assert not again(scene).isEnabled()
    assert scene.words(why) in scene.shown_texts()
    scene.press("F9")
    assert scene.notice == scene.words(why)
    assert scene.world.messages.resent == []


def test_a_second_press_while_the_first_is_on_its_way_sends_nothing_more(scene: Scene) -> None:
    told("unsure")(scene)
    scene.tasks.instant = False
    scene.press("F9")
    scene.press("F9")
    scene.tasks.flush()
    assert scene.world.messages.resent == ["unsure"]


def test_a_message_that_was_overtaken_says_so_and_is_not_sent_again(scene: Scene) -> None:
    known = scene.world.messages.known
    known["sent"] = replace(known["sent"], state=State.OVERTAKEN, why="overtaken", sent_at=None)
    searched("sara")(scene)
    page = scene.window.findChild(MessagesView)
    assert page is not None
    page.choose("sent")
    scene.settle()
    for words in ("did_overtaken", "state_overtaken", "overtaken"):
        assert scene.words(f"messages.{words}") in scene.shown_texts()
    assert scene.desk.texts.message("why.overtaken") in scene.shown_texts()
    assert not again(scene).isEnabled()
    for tab in (Tab.FAILED, Tab.WAITING, Tab.SENT):
        in_tab(tab)(scene)
        assert page.found.rows.keys and "sent" not in page.found.rows.keys


def test_when_somebody_was_quicker_the_page_says_so_and_shows_how_it_is_now(scene: Scene) -> None:
    told("unsure")(scene)
    scene.world.messages.becomes("unsure", State.SENT)
    scene.world.messages.refuses = Refused(Code.MESSAGE_NOT_FAILED)
    scene.press("F9")
    shown = scene.shown_texts()
    assert scene.desk.texts.refusal(Code.MESSAGE_NOT_FAILED) in shown
    assert "Sent on 26 Nov 2026" in shown


def test_a_message_leads_to_its_guest_and_its_booking(scene: Scene) -> None:
    assert scene.window.frame is not None
    told("refused")(scene)
    scene.click("messages.open_booking")
    assert scene.window.frame.place == "bookings"
    assert scene.world.bookings.known["sara"].number in scene.shown_texts()
    told("refused")(scene)
    scene.click("messages.open_guest")
    assert (scene.window.frame.place, "armbands of her own" in scene.shown_texts()) == ("guests", True)


def test_a_guest_leads_to_their_messages_until_something_else_is_typed(scene: Scene) -> None:
    assert scene.window.frame is not None
    told("refused")(scene)
    scene.click("messages.open_guest")
    scene.world.messages.asked.clear()
    scene.click("place.messages")
    assert scene.window.frame.place == "messages"
    assert scene.world.messages.asked[-1] == "of_guest sara"
    scene.type("!")
    assert scene.world.messages.asked[-1] == "find Sara Al-Qahtani!"


def test_esc_leads_back_to_what_failed(scene: Scene) -> None:
    searched("sara")(scene)
    scene.press("Esc")
    assert scene.world.messages.asked[-1] == "failed"
    assert scene.words("messages.choose") in scene.shown_texts()


# what is said to staff


def test_a_channel_that_is_down_and_bookings_to_decide_are_said_over_the_list(scene: Scene) -> None:
    STATES["messages-alerted"](scene)
    shown = scene.shown_texts()
    assert "SMS cannot be sent at present" in shown
    assert scene.words("messages.to_decide", n=2) in shown
    scene.click("messages.go_decide")
    assert scene.window.frame is not None
    assert scene.window.frame.place == "bookings"


def test_what_is_over_is_not_said_any_more(scene: Scene) -> None:
    STATES["messages-alerted"](scene)
    scene.world.messages.alerted = replace(scene.world.messages.alerted, down=(), since=None, to_decide=0)
    scene.refresh()
    assert "SMS cannot be sent" not in scene.shown_texts()


def test_what_needs_attention_has_one_line_about_it_that_leads_here(scene: Scene) -> None:
    down = item(Source.MESSAGES, "down", 22, (Fact("down", Down("sms", "no_funds")),), key="messages")
    scene.world.attention.items = (down, *scene.world.attention.items)
    attention_of("down")(scene)
    assert scene.words("item.messages_down.title") in scene.shown_texts()
    assert "SMS: The venue's credit with the SMS service is used up." in scene.shown_texts()
    scene.press("F9")
    assert scene.window.frame is not None
    assert scene.window.frame.place == "messages"
