"""The states of the page of bookings, as a person brings them about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.views.booking_list import BookingList
from tests.views.scene import Scene

Setter = Callable[[Scene], None]


def to_decide(scene: Scene) -> None:
    """As whoever may decide sees it."""
    scene.world.bookings.may_decide = True
    scene.world.health.now = replace(scene.world.health.now, to_decide=2)
    scene.refresh()
    scene.show("bookings")
    scene.click_words(scene.words("bookings.decide_n", n=2))


def chosen(booking: str, *keys: str) -> Setter:
    """A booking of the list, by its guest, and what is pressed then."""

    def show(scene: Scene) -> None:
        scene.show("bookings")
        scene.click_words(scene.world.bookings.known[booking].guest)
        for key in keys:
            scene.press(key)

    return show


def deciding(booking: str, *keys: str) -> Setter:
    def show(scene: Scene) -> None:
        to_decide(scene)
        scene.click_words(scene.world.bookings.known[booking].guest)
        for key in keys:
            scene.press(key)

    return show


def searched(text: str) -> Setter:
    def show(scene: Scene) -> None:
        scene.show("bookings")
        scene.click_words(scene.words("bookings.find"))
        scene.type(text)

    return show


def bookings_empty(scene: Scene) -> None:
    scene.world.bookings.known.clear()
    scene.show("bookings")


def bookings_nothing_to_decide(scene: Scene) -> None:
    scene.world.bookings.known.clear()
    scene.show("bookings")
    scene.click_words(scene.words("bookings.decide"))


def bookings_many(scene: Scene) -> None:
    scene.world.bookings.crowd(30)
    to_decide(scene)


def bookings_loading(scene: Scene) -> None:
    scene.show("bookings")
    scene.tasks.instant = False
    found = scene.window.findChild(BookingList)
    assert found is not None
    found.again()
    found._slow.timeout.emit()


def bookings_offline(scene: Scene) -> None:
    scene.world.bookings.online = False
    scene.world.health.go_offline()
    scene.refresh()
    deciding("family")(scene)


def bookings_colleague(scene: Scene) -> None:
    deciding("family")(scene)
    scene.world.bookings.elsewhere("family")
    scene.press("F9")


def bookings_reject_written(scene: Scene) -> None:
    deciding("family", "F10")(scene)
    scene.click_words(scene.words("bookings.reason_lifeguards"))
    scene.type("Come on Sunday")


def bookings_reject_empty(scene: Scene) -> None:
    deciding("family", "F10", "F12")(scene)


def bookings_nobody_told(scene: Scene) -> None:
    scene.world.bookings.reach = ""
    deciding("family", "F10")(scene)


BOOKINGS: dict[str, Setter] = {
    "bookings": lambda scene: scene.show("bookings"),
    "bookings-empty": bookings_empty,
    "bookings-loading": bookings_loading,
    "bookings-decide": to_decide,
    "bookings-many": bookings_many,
    "bookings-nothing-to-decide": bookings_nothing_to_decide,
    "bookings-search": searched("sa"),
    "bookings-nobody": searched("Nobody"),
    "bookings-review": deciding("school"),
    "bookings-review-cashier": chosen("family"),
    "bookings-held": chosen("sara"),
    "bookings-confirmed": chosen("abdullah"),
    "bookings-rejected": chosen("huda"),
    "bookings-offline": bookings_offline,
    "bookings-colleague": bookings_colleague,
    "bookings-reject": deciding("family", "F10"),
    "bookings-reject-written": bookings_reject_written,
    "bookings-reject-empty": bookings_reject_empty,
    "bookings-nobody-told": bookings_nobody_told,
    "bookings-cancel": chosen("sara", "F11"),
    "bookings-pay": chosen("sara", "F9"),
}
