"""Guests who give up tickets together: the till shows one fee, and the server comes to the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.refund import Reason
from domain.refund_offer import Choice
from tests.helpers.line import Open, settled
from tests.helpers.running import SAMPLE, RunningServer
from tests.helpers.shop import ADULT, CHILD, sar
from tests.helpers.waiting import wait_for
from tests.sync.test_two_activities import give_back


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    """A venue that keeps 10.00 of whatever is called off, whenever that is."""
    venue, text = tmp_path / "venue.toml", SAMPLE.read_text(encoding="utf-8")
    text = re.sub(r'tiers = \["24h 100%"\].*', 'tiers = ["0h 100% 10.00"]\nmost_fee = "10.00"', text)
    venue.write_text(text.replace("same_day = 90 ", "same_day = 100 "), encoding="utf-8")
    running = RunningServer(tmp_path / "server", venue=venue).start()
    yield running
    running.kill()


def test_an_adult_and_a_child_go_back_less_one_fee(opened: Open) -> None:
    shop = opened("POS1").sign_in("reem").open_shift()
    sale_id = shop.sell((ADULT, CHILD)).sale_id
    wait_for(lambda: settled(shop))
    refunds = shop.station.refunds
    tickets = tuple(each.ticket_id for row in refunds.page(sale_id).charges for each in row.tickets)
    shown = refunds.preview(sale_id, Choice(tickets), Reason.CUSTOMER_CANCEL)
    assert (shown.price, shown.fee, shown.amount) == (sar("195.50"), sar("10.00"), sar("185.50"))
    told = refunds.told(give_back(shop, shown))
    assert (told.figures.price, told.figures.fee, told.figures.amount) == (
        shown.price,
        shown.fee,
        shown.amount,
    )
    paper = shop.receipts()[-1]
    assert [line.gross for line in paper.lines] == [sar("109.12"), sar("76.38")]
    assert (paper.gross, paper.vat) == (sar("185.50"), shown.vat)
