"""The Sales page over the real records: whatever the service returns has its words on screen, and the stand-in of the
other view tests returns nothing else."""

from __future__ import annotations

from dataclasses import fields

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from app.views.ports import Preferences
from app.views.sales_view import SalesView
from app.views.widgets.buttons import Pressable
from domain.errors import Code, Refused
from domain.receipt import DocumentKind
from tests.hardware.simulator import CardProcess
from tests.helpers.shop import ADULT, HUDA, TUBE, WATER, Shop, sar
from tests.views.scene import Scene, new_scene
from tests.views.stand_ins import FakeRecords


def seen(view: SalesView) -> str:
    return "\n".join(each.text() for each in view.findChildren(QLabel) if each.isVisible())


def open_page(shop: Shop, scene: Scene) -> SalesView:
    view = SalesView(scene.desk, shop.station.people, shop.station.records, shop.station.bookings)
    view.resize(1200, 700)
    view.show()
    view.reload()
    scene.settle()
    return view


@pytest.mark.parametrize(
    ("language", "both", "card", "cash", "voided", "items"),
    [
        ("en", "Card + Cash", "Card", "Cash", "Voided", "2 items"),
        ("ar", "بطاقة + نقدًا", "بطاقة", "نقدًا", "ملغاة", "صنفان"),
    ],
)
def test_sales_by_card_by_both_and_voided_are_listed_in_words(
    card_shop: Shop,
    qapp: QApplication,
    language: str,
    both: str,
    card: str,
    cash: str,
    voided: str,
    items: str,
) -> None:
    page = card_shop.pay_card(card_shop.begin((ADULT, TUBE)), "100")
    card_shop.station.checkout.cash(page.sale_id, page.left)
    card_shop.sell((WATER,))
    last = card_shop.pay_card(card_shop.begin((ADULT,))).sale_id
    card_shop.station.records.void(last, "mistake", HUDA, lambda step: None)
    scene = new_scene(Preferences(language=language))
    view = open_page(card_shop, scene)
    words = seen(view)
    tiles = [
        b.accessibleName() for b in view.findChildren(Pressable) if b.accessibleName().startswith("POS1-")
    ]
    assert [tile.split(",")[0] for tile in tiles] == [f"POS1-00000{n}" for n in (4, 3, 2, 1)]
    for tile, way in zip(tiles, (card, card, cash, both), strict=True):
        assert f" · {way}," in tile
    assert items in tiles[3]
    assert words.count(voided) == 1
    assert "-115.00" in words
    assert "pay." not in words
    view.close()
    scene.close()


def test_the_stand_in_returns_what_the_service_may_return(card_shop: Shop) -> None:
    card_shop.pay_card(card_shop.begin((ADULT,)))
    real = card_shop.station.records.recent()[0]
    methods = {"cash", "card"}
    for row in (real, *FakeRecords().sales):
        assert row.kind in set(DocumentKind)
        assert set(row.methods) <= methods
        assert row.methods
        assert not row.why_not_void or row.why_not_void in set(Code)
        assert row.number.startswith("POS1-")
        assert all(type(getattr(row, f.name)) is type(getattr(real, f.name)) for f in fields(row)), row.number
    assert real.methods == ("card",)
    assert real.total == sar("115.00")


def test_a_card_that_the_bank_refuses_to_take_back_ends_in_cash_on_the_page(
    card_shop: Shop, cards: CardProcess, qapp: QApplication
) -> None:
    first = card_shop.pay_card(card_shop.begin((ADULT, TUBE)), "100")
    sale_id = card_shop.pay_card(first, "49.50").sale_id
    cards.script("approve", "decline")
    with pytest.raises(Refused):
        card_shop.station.records.void(sale_id, "mistake", HUDA, lambda step: None)
    scene = new_scene()
    view = open_page(card_shop, scene)
    scene.settle()
    assert "Void not finished" in seen(view)
    press(view, "Give SAR 49.50 back in cash…")
    scene.settle()
    for each in view.findChildren(QLineEdit):
        each.setText(HUDA.pin if each.echoMode() is QLineEdit.EchoMode.Password else "the bank said no")
    press(view, "Huda")
    press(view, "Give it in cash")
    scene.settle()
    words = seen(view)
    assert "Credit note" in words
    assert words.split("Given back in cash")[1].split()[0] == "49.50"
    assert "back in cash…" not in words
    view.close()
    scene.close()


def press(view: SalesView, words: str) -> None:
    buttons = [b for b in view.findChildren(Pressable) if b.isVisible() and words in b.accessibleName()]
    buttons[0].click()
