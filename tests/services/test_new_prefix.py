"""Receipts begin with other letters: told before the first of them is in a guest's hand."""

from __future__ import annotations

from dataclasses import replace

from tests.helpers.shop import GOODS, Shop
from tests.services.conftest import Open


def go_on_as(shop: Shop, prefix: str) -> None:
    """As a server says that the station is from now on."""
    store = shop.station.store
    assert store.identity is not None
    store.go_on_as(replace(store.identity, incarnation=4711, prefix=prefix))


def told(shop: Shop) -> str:
    return shop.station.health.status().new_prefix


def test_new_letters_are_told_until_a_receipt_carries_them(shop: Shop) -> None:
    assert told(shop) == ""
    shop.sell(GOODS)
    assert told(shop) == ""
    go_on_as(shop, "POS1FYC")
    assert told(shop) == "POS1FYC"
    shop.sell(GOODS)
    assert [each.number for each in shop.receipts()] == ["POS1-000001", "POS1FYC-000001"]
    assert told(shop) == ""


def test_a_new_pc_that_never_gave_a_receipt_tells_its_letters_too(shop: Shop) -> None:
    go_on_as(shop, "POS1B")
    assert told(shop) == "POS1B"


def test_a_gate_gives_no_receipts_and_tells_nothing(open_station: Open) -> None:
    gate = open_station("LK1")
    go_on_as(gate, "LK1B")
    assert told(gate) == ""
