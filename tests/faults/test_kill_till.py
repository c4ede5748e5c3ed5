"""kill -9 of a till while it sells; and that what judges it afterwards would see a loss."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.money import Money
from ledger import tables as t
from ledger.database import open_database
from tests.faults import kills
from tests.faults.scene import opened

pytestmark = pytest.mark.timeout(300)  # ten processes on a busy machine


def test_whatever_a_killed_till_told_its_staff_is_on_the_server_once(tmp_path: Path) -> None:
    scene, found = kills.of_tills(tmp_path, seed=1, kills=3)
    assert found == [], scene.figures
    assert scene.figures["operations told"] > 20


def test_what_is_lost_or_doubled_is_seen(tmp_path: Path) -> None:
    with opened(tmp_path, seed=2) as scene:
        till = scene.till("POS1").wait_ready()
        till.wait_done(5)
        assert scene.end() == []
        engine = open_database(scene.server.database)
        with engine.begin() as connection:
            first = connection.execute(sa.select(sa.func.min(t.payment.c.payment_id))).scalar_one()
            connection.execute(sa.delete(t.payment).where(t.payment.c.payment_id == first))
        engine.dispose()
        charged = next(iter(scene.cards.values()))
        charged.terminal().purchase("0" * 36, Money(1000, "SAR"), "another sale", lambda step: None)
        till.told.add("told and lost")
        found = " ".join(scene.end())
    for words in (
        "lost: POS1 told staff that told and lost",
        "no effect: SaleClosed",
        "differs: POS1 payment",
    ):
        assert words in found
    assert "asked without a record: " + "0" * 36 in found
