"""What people do at a window again and again: sign in, tap a product, count a drawer."""

from __future__ import annotations

from app.demo.hands import Hands
from app.demo.player import Script
from app.demo.scene import Scene, pause, sar
from app.parts import Station
from app.views.main_window import MainWindow
from ledger import read_setup


def sign_in(scene: Scene, window: MainWindow, staff_id: str, station: Station) -> Script:
    yield lambda: window.sign_in_view is not None and window.sign_in_view.has(staff_id)
    hands, view = Hands(window), window.sign_in_view
    assert view is not None
    scene.picture(window, f"sign-in-{staff_id}")
    view.choose(staff_id)
    for digit in station.config.sample_pins[staff_id]:
        hands.key(digit)
        yield pause(60)
    hands.key("Enter")
    yield lambda: window.frame is not None


def tap(hands: Hands, *words: str) -> Script:
    """Taps the button of that name as soon as it is there: a list that is asked for again makes its rows anew."""
    yield lambda: hands.sees(*words)
    hands.tap(*words)


def fill_count(scene: Scene, hands: Hands, pieces: dict[int, int]) -> None:
    for note, count in pieces.items():
        hands.fill(str(count), scene.texts("count.pieces", amount=sar(note)))


def tap_product(scene: Scene, number: int) -> None:
    with scene.desk.store.read() as connection:
        product = read_setup.product(connection, number)
    Hands(scene.desk_window).tap(product.name.get(scene.texts.language), scene.texts.price(product.price))
