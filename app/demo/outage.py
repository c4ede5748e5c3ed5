"""An hour without the server: the till goes on, people come and go, and afterwards everything is there once."""

from __future__ import annotations

import time

import sqlalchemy as sa

from app.demo.acts import sign_in, tap_product
from app.demo.hands import Hands
from app.demo.player import Script
from app.demo.scene import (
    Scene,
    check,
    counted,
    family_codes,
    items,
    more_than,
    our_documents,
    page_of,
    pause,
    paying,
    sar,
)
from domain.errors import Code, Refused
from ledger import tables as t

BURGER, KIDS_MEAL, FRIES, WATER = 30, 31, 32, 33
FOOD = ((BURGER, 2), (KIDS_MEAL, 1), (FRIES, 1), (WATER, 3))
BANNER_SECONDS = 3.0


def outage(scene: Scene) -> Script:
    """Steps 12, 13 and 16 of the visit, with food for cash from the till."""
    yield from cut_off(scene)
    yield from another_cashier(scene)
    yield from sells_without(scene)
    yield from gate_without(scene)
    yield from back(scene)


# step 12 -----------------------------------------------------------------------------------------------------------


def cut_off(scene: Scene) -> Script:
    """The server is gone: said on the page within three seconds, with the age of what is shown."""
    scene.time(11, 0)
    yield lambda: all(one.health.status().waiting == 0 for one in (scene.desk, scene.gate, scene.second))
    scene.venue.server_part.stop()
    gone = time.monotonic()
    yield lambda: not scene.desk.health.online() and not scene.gate.health.online()
    took = time.monotonic() - gone
    check(took <= BANNER_SECONDS, f"the outage was told only after {took:.2f} s")
    yield pause(200)
    check(scene.desk.health.status().data_from is not None, "nobody knows how old the data is")
    scene.picture(scene.desk_window, "outage")
    scene.facts["outage told after"] = f"{took:.2f} s"


def another_cashier(scene: Scene) -> Script:
    """Salem signs in at the front desk by what it knows of him, and Reem comes back."""
    yield from _change_to(scene, "salem")
    yield from _change_to(scene, "reem")
    with scene.desk.store.read() as connection:
        facts = connection.execute(
            sa.select(t.sign_in.c.facts).where(t.sign_in.c.kind == "SignedIn")
        ).scalars()
        offline = [text for text in facts if '"offline":true' in text.replace(" ", "")]
    check(len(offline) == 2, f"{len(offline)} sign-ins without the server are on record")


def _change_to(scene: Scene, staff_id: str) -> Script:
    frame = scene.desk_window.frame
    assert frame is not None
    frame.sign_out.emit()
    yield lambda: scene.desk_window.frame is None
    yield from sign_in(scene, scene.desk_window, staff_id, scene.desk)
    yield lambda: page_of(scene.desk_window, "sell") is not None


# step 13 -----------------------------------------------------------------------------------------------------------


def sells_without(scene: Scene) -> Script:
    """Food for 98.90, 100.00 in cash, change 1.10, the next number; a place that the till does not hold is refused."""
    scene.time(11, 5)
    yield lambda: items(scene) == 0
    for product, times in FOOD:
        for _ in range(times):
            before = items(scene)
            tap_product(scene, product)
            yield more_than(scene, before)
    hands = Hands(scene.desk_window)
    hands.key("F10")
    yield lambda: paying(scene)
    for digit in "100":
        hands.key(digit)
        yield pause(60)
    hands.key("F10")
    yield lambda: len(our_documents(scene)) == 2
    newest = our_documents(scene)[0]
    check(
        (newest.number, newest.receipt.gross, newest.receipt.tenders[-1].change)
        == ("POS1-000002", sar(9890), sar(110)),
        f"the sale without the server is {newest.number}",
    )
    yield pause(300)
    scene.picture(scene.desk_window, "sold-without-the-server")
    hands.key("Esc")
    yield lambda: items(scene) == 0
    check(
        _evening_place(scene) is Code.PLACES_OFFLINE, "a place that nobody holds was sold without the server"
    )
    scene.facts["without the server"] = "POS1-000002, 98.90, change 1.10"


def _evening_place(scene: Scene) -> Code | None:
    """More of the last session than any till has ready."""
    selling = scene.second.selling
    last = selling.page(0, "").sessions[-1].number
    cart = selling.add(selling.empty(), 1, last)
    try:
        selling.reserve(selling.set_quantity(cart, cart.lines[0].line_id, 39))
    except Refused as refused:
        return refused.code
    finally:
        selling.empty()
    return None


def gate_without(scene: Scene) -> Script:
    """The gate lets the next of the family in by the signed ticket alone."""
    scene.time(11, 10)
    before = counted(scene.gate, t.admission)
    Hands(scene.gate_window).scan(family_codes(scene)[1])
    yield lambda: counted(scene.gate, t.admission) == before + 1
    yield pause(200)
    scene.picture(scene.gate_window, "gate-without-the-server")


# step 16 -----------------------------------------------------------------------------------------------------------


def back(scene: Scene) -> Script:
    """The server is back: nothing waits any more, and it has the document once."""
    scene.time(11, 20)
    scene.venue.server_part.start()
    stations = (scene.desk, scene.gate, scene.second)
    yield lambda: all(one.health.online() and one.health.status().waiting == 0 for one in stations)
    yield lambda: counted(scene.desk, t.admission) == 2
    yield lambda: _seen_from_afar(scene) == 1
    yield pause(300)
    scene.picture(scene.desk_window, "server-back")
    scene.facts["afterwards"] = "everything is at the server once"


def _seen_from_afar(scene: Scene) -> int:
    """How many sales of that amount the other till got from the server."""
    with scene.second.store.read() as connection:
        found = sa.select(sa.func.count()).where(t.sale.c.gross == 9890)
        return int(connection.execute(found).scalar_one())
