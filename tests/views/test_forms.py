"""While something is open on a page, Tab goes round in it: nobody types behind what they look at."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from app.views.attention_forms import SayForm, SecondForm
from app.views.beyond_form import BeyondForm
from app.views.booking_why import WhyForm
from app.views.guest_fields import GuestFields
from app.views.guest_verify import VerifyForm
from app.views.key_list import KeyList
from app.views.payment_card import GiveBackCard
from app.views.payment_unknown import UnknownCard
from app.views.ports import Preferences
from app.views.refund_ask import AskForm
from app.views.refund_forms import SlipForm
from app.views.second_yes import SecondYes
from app.views.shift_forms import CountForm, DifferenceForm, DropForm, MoneyForm, ReasonForm, SeenForm, XForm
from app.views.void_form import VoidForm
from app.views.widgets.row_list import RowList
from tests.views.conftest import Dress
from tests.views.gallery import STATES
from tests.views.scene import Scene, send
from tests.views.tab_order import stops_in

OPEN: dict[str, type[QWidget]] = {
    "sell-keys": KeyList,
    "sell-held": RowList,
    "sell-supervisor": BeyondForm,
    "payment-give-back": GiveBackCard,
    "payment-unknown-form": UnknownCard,
    "checkin-history": RowList,
    "shift-open": CountForm,
    "shift-cash-in": MoneyForm,
    "shift-drop": DropForm,
    "shift-cash-out-seen": SeenForm,
    "shift-no-sale": ReasonForm,
    "shift-count": CountForm,
    "shift-difference": DifferenceForm,
    "shift-x": XForm,
    "sales-void": VoidForm,
    "attention-settle": SayForm,
    "attention-second": SecondForm,
    "attention-tell": SayForm,
    "attention-give-up": SayForm,
    "bookings-reject": WhyForm,
    "bookings-cancel": WhyForm,
    "guests-new": GuestFields,
    "guests-change": GuestFields,
    "guests-sent": VerifyForm,
    "guests-verify-offline": VerifyForm,
    "guests-merge": SayForm,
    "guests-erase": SayForm,
    "refunds-ask": AskForm,
    "refunds-second": SecondYes,
    "refunds-slip": SlipForm,
    "refunds-refuse": SayForm,
}


def opened(scene: Scene, state: str) -> QWidget:
    STATES[state](scene)
    scene.settle()
    [form] = (each for each in scene.window.findChildren(OPEN[state]) if each.isVisible())
    return form


def tab(scene: Scene, key: Qt.Key) -> QWidget:
    send(scene.focus, key)
    return scene.focus


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Backtab])
@pytest.mark.parametrize("state", OPEN)
def test_tab_goes_round_in_what_is_open(scene: Scene, state: str, key: Qt.Key) -> None:
    form = opened(scene, state)
    wanted = set(stops_in(form))
    reached = [tab(scene, key) for _ in range(2 * len(wanted) + 2)]
    assert wanted
    assert all(form.isAncestorOf(each) for each in reached)
    assert wanted <= set(reached)


@pytest.mark.parametrize("state", ["sales-void", "attention-tell", "shift-no-sale", "sell-keys"])
def test_who_comes_from_outside_is_led_into_what_is_open(scene: Scene, state: str) -> None:
    form = opened(scene, state)
    assert scene.window.frame is not None
    scene.window.frame.page.setFocus()
    assert form.isAncestorOf(tab(scene, Qt.Key.Key_Tab))


@pytest.mark.parametrize("state", ["sales-void", "attention-tell", "shift-no-sale", "sell-keys"])
def test_once_it_is_closed_tab_goes_through_the_page_again(scene: Scene, state: str) -> None:
    opened(scene, state)
    scene.press("Esc")
    reached = {tab(scene, Qt.Key.Key_Tab) for _ in range(60)}
    assert scene.window.frame is not None
    page = scene.window.frame.page
    assert any(page.isAncestorOf(each) for each in reached)
    assert any(not page.isAncestorOf(each) for each in reached)


@pytest.mark.parametrize("state", ["payment-give-back", "shift-drop", "guests-change", "refunds-ask"])
def test_what_tab_reaches_is_seen_where_the_form_scrolls(dressed: Dress, state: str) -> None:
    scene = dressed(Preferences(scale=130), (1280, 800))
    form = opened(scene, state)
    assert any(area.verticalScrollBar().maximum() for area in form.findChildren(QScrollArea))
    for _ in stops_in(form):
        stop = tab(scene, Qt.Key.Key_Tab)
        assert stop.visibleRegion().boundingRect() == stop.rect(), stop.accessibleName()
