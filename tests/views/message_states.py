"""The states of the page of messages, as a person brings them about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.views.message_list import MessageList, Tab
from app.views.messages_view import MessagesView
from domain.errors import Code, Refused
from tests.views.scene import Scene

Setter = Callable[[Scene], None]


def messages(scene: Scene) -> None:
    """As the office sees it."""
    scene.world.health.now = replace(scene.world.health.now, failed_messages=3)
    scene.refresh()
    scene.show("messages")


def in_tab(tab: Tab) -> Setter:
    def show(scene: Scene) -> None:
        scene.show("messages")
        found = scene.window.findChild(MessageList)
        assert found is not None
        found.turn(tab)
        scene.settle()

    return show


def told(message_id: str, tab: Tab = Tab.FAILED) -> Setter:
    """One message, chosen in its list."""

    def show(scene: Scene) -> None:
        in_tab(tab)(scene)
        page = scene.window.findChild(MessagesView)
        assert page is not None
        assert message_id in page.found.rows.keys
        page.choose(message_id)
        scene.settle()

    return show


def searched(text: str) -> Setter:
    def show(scene: Scene) -> None:
        in_tab(Tab.SEARCH)(scene)
        scene.type(text)

    return show


def empty(scene: Scene) -> None:
    scene.world.messages.known.clear()
    scene.show("messages")


def many(scene: Scene) -> None:
    scene.world.messages.crowd(30)
    messages(scene)


def loading(scene: Scene) -> None:
    scene.show("messages")
    scene.wait_for_list(MessageList)


def alerted(scene: Scene) -> None:
    scene.world.messages.goes_down()
    messages(scene)
    told("funds")(scene)


def offline(scene: Scene) -> None:
    scene.world.messages.online = False
    scene.world.health.go_offline()
    scene.refresh()
    told("refused")(scene)


def not_allowed(scene: Scene) -> None:
    scene.world.messages.may_send = False
    told("refused")(scene)


def broken(scene: Scene) -> None:
    """The list cannot be had."""
    scene.world.messages.refuses = Refused(Code.MESSAGE_UNKNOWN)
    scene.show("messages")


def refused(scene: Scene) -> None:
    """Somebody was quicker."""
    told("unsure")(scene)
    scene.world.messages.refuses = Refused(Code.MESSAGE_NOT_FAILED)
    scene.press("F9")


MESSAGES: dict[str, Setter] = {
    "messages": messages,
    "messages-empty": empty,
    "messages-loading": loading,
    "messages-many": many,
    "messages-waiting": in_tab(Tab.WAITING),
    "messages-sent": told("sent", Tab.SENT),
    "messages-search": searched("sara"),
    "messages-nobody": searched("Nobody"),
    "messages-given-up": told("unsure"),
    "messages-refused-address": told("refused"),
    "messages-over": told("code"),
    "messages-alerted": alerted,
    "messages-offline": offline,
    "messages-not-allowed": not_allowed,
    "messages-broken": broken,
    "messages-refused": refused,
}
