"""The states of the page of guests, as a person brings them about."""

from __future__ import annotations

from collections.abc import Callable

from app.views.guest_search import GuestSearch
from tests.views.scene import Scene
from tests.views.test_payment import fields

Setter = Callable[[Scene], None]


def guests_typed(text: str) -> Setter:
    def show(scene: Scene) -> None:
        scene.show("guests")
        scene.type(text)

    return show


def guests_empty(scene: Scene) -> None:
    scene.show("guests")


def guests_many(scene: Scene) -> None:
    scene.world.guests.crowd(46)
    guests_typed("sara")(scene)


def guests_loading(scene: Scene) -> None:
    scene.show("guests")
    scene.tasks.instant = False
    scene.type("sara")
    search = scene.window.findChild(GuestSearch)
    assert search is not None
    search._slow.timeout.emit()


def guest(typed: str, *keys: str) -> Setter:
    """The first guest who is found, and what is pressed then."""

    def show(scene: Scene) -> None:
        guests_typed(typed)(scene)
        scene.enter()
        for key in keys:
            scene.press(key)

    return show


def guests_form_refused(scene: Scene) -> None:
    guests_typed("12")(scene)
    scene.press("F12")
    scene.press("F12")


def guests_known(scene: Scene) -> None:
    guests_typed("0551234567")(scene)
    scene.press("F12")
    name = next(each for each in fields(scene) if each.accessibleName() == scene.words("guests.field_name"))
    name.setText("Sara")
    scene.press("F12")


def guests_sent(scene: Scene) -> None:
    guest("salma", "F10", "F10")(scene)


def guests_wrong_code(scene: Scene) -> None:
    guests_sent(scene)
    scene.type("123456")
    scene.press("F12")


def guests_offline(scene: Scene) -> None:
    scene.world.guests.online = False
    scene.world.guests.may_merge = scene.world.guests.may_erase = True
    scene.world.health.go_offline()
    scene.refresh()
    guest("sara")(scene)


def guests_verify_offline(scene: Scene) -> None:
    guests_offline(scene)
    scene.press("F10")


def guests_allowed(scene: Scene) -> None:
    scene.world.guests.may_merge = scene.world.guests.may_erase = True
    guest("sara")(scene)


def guests_merge(scene: Scene) -> None:
    guests_allowed(scene)
    scene.click("guests.merge")


def guests_erase(scene: Scene) -> None:
    guests_allowed(scene)
    scene.click("guests.erase")


def guests_erase_refused(scene: Scene) -> None:
    guests_erase(scene)
    scene.press("F12")


def guests_erased(scene: Scene) -> None:
    guests_erase(scene)
    scene.click_words(scene.words("guests.erased_wish"))
    scene.press("F12")


def guest_copied(scene: Scene) -> None:
    guest("sara")(scene)
    scene.click("guests.copy")


def membership(typed: str, *keys: str) -> Setter:
    """A guest of a venue that has memberships, and what is pressed then."""

    def show(scene: Scene) -> None:
        scene.world.guests.join()
        guest(typed, *keys)(scene)

    return show


def membership_refused(scene: Scene) -> None:
    membership("sara", "Ctrl+E", "F12")(scene)


def membership_end(scene: Scene) -> None:
    membership("salem")(scene)
    scene.click("guests.end")


GUESTS: dict[str, Setter] = {
    "guests": guests_empty,
    "guests-too-little": guests_typed("s"),
    "guests-results": guests_typed("sa"),
    "guests-many": guests_many,
    "guests-nobody": guests_typed("Nobody at all"),
    "guests-loading": guests_loading,
    "guests-detail": guest("salem"),
    "guests-twins": guests_allowed,
    "guests-banned": guest("saad"),
    "guests-copy": guest_copied,
    "guests-new": guest("0598", "F12"),
    "guests-change": guest("sara", "F9"),
    "guests-form-refused": guests_form_refused,
    "guests-known": guests_known,
    "guests-verify": guest("saad", "F10"),
    "guests-sent": guests_sent,
    "guests-wrong-code": guests_wrong_code,
    "guests-offline": guests_offline,
    "guests-verify-offline": guests_verify_offline,
    "guests-merge": guests_merge,
    "guests-erase": guests_erase,
    "guests-erase-refused": guests_erase_refused,
    "guests-erased": guests_erased,
    "guests-members": membership("salem"),
    "guests-member-long": membership("salma"),
    "guests-member-new": membership("sara", "Ctrl+E"),
    "guests-member-refused": membership_refused,
    "guests-member-end": membership_end,
}
