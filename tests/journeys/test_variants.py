"""Variants of the family visit at a venue of 40 places: real stations, a real server process, each told apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.parts import Config, Station, Told
from domain.errors import Code
from ledger import tables as t
from ledger.clock import FileClock
from server import tables as own
from tests.hardware.simulator import CardProcess
from tests.helpers.line import Open, on_server
from tests.helpers.running import RunningServer
from tests.helpers.shop import ADULT, FAMILY, TUBE, Shop, refused, sar
from tests.helpers.waiting import wait_for

OPEN = sa.select(t.case_item.c.kind).where(t.case_item.c.closed_at == 0)


@pytest.fixture
def capacity() -> int:
    return 40


@pytest.fixture
def opened(server: RunningServer, tmp_path: Path) -> Iterator[Open]:
    """A station by name, enrolled the first time; its own clock is wrong by `ahead`."""
    stations: list[Station] = []

    def make(name: str, who: str, *, terminal: str = "", ahead: timedelta = timedelta()) -> Shop:
        folder = tmp_path / name
        code = "" if folder.exists() else server.code(name)
        clock = FileClock(tmp_path / f"{name}.clock")
        clock.set(server.clock.now() + ahead)
        config = Config(folder, server.url, code, terminal, keyring=False, query_seconds=0.02)
        station = Station(config, clock, Told())
        stations.append(station)
        station.start()
        wait_for(station.health.online)
        return Shop(station).sign_in(who)

    yield make
    for station in stations:
        station.close()


def move(shop: Shop, by: timedelta) -> None:
    """The station's own clock, which is nobody else's."""
    clock = shop.station.store.clock
    assert isinstance(clock, FileClock)
    clock.set(clock.now() + by)


def is_quiet(*shops: Shop) -> bool:
    return all(shop.station.store.waiting() == 0 and shop.station.health.online() for shop in shops)


def test_v2_two_tills_without_the_server_sell_the_last_places_once(
    server: RunningServer, opened: Open
) -> None:
    tills = [opened("POS1", "reem").open_shift(), opened("POS2", "salem").open_shift()]
    wait_for(lambda: all(till.ready() > 0 for till in tills))
    session, places = tills[0].session, [till.ready() for till in tills]
    server.kill()
    wait_for(lambda: not any(till.station.health.online() for till in tills))
    for till, ready in zip(tills, places, strict=True):
        till.sell((ADULT,) * ready)
        cart = till.station.selling.add(till.station.selling.empty(), ADULT, session)
        assert refused(till.station.selling.reserve, cart) is Code.PLACES_OFFLINE
    server.start()
    wait_for(lambda: is_quiet(*tills), seconds=20)
    assert on_server(server, sa.select(sa.func.sum(t.ticket.c.places))) == [sum(places)]
    assert on_server(server, OPEN) == []


def test_v3_one_ticket_at_two_gates_that_cannot_talk_is_let_in_twice_and_told(
    server: RunningServer, opened: Open
) -> None:
    desk, gate = opened("POS1", "reem").open_shift(), opened("LK1", "faisal")
    desk.sell((ADULT, TUBE))
    wait_for(lambda: gate.count(t.ticket) == 1 and is_quiet(desk, gate))
    code = desk.codes()[0]
    server.kill()
    wait_for(lambda: not desk.station.health.online() and not gate.station.health.online())
    assert [one.station.gate.scan(code).code for one in (desk, gate)] == ["ok", "ok"]
    for one in (desk, gate):
        move(one, timedelta(seconds=10))
        assert one.station.gate.scan(code).code == "already_redeemed"
    server.start()
    wait_for(lambda: is_quiet(desk, gate), seconds=20)
    assert on_server(server, OPEN) == ["double_admission"]
    wait_for(lambda: desk.station.health.status().needs_attention == 1)
    assert [item.kind for item in desk.station.attention.page().items] == ["double_admission"]


def test_v8_a_clock_a_day_ahead_opens_no_shift_and_what_is_open_goes_on_and_is_flagged(
    server: RunningServer, opened: Open
) -> None:
    desk = opened("POS1", "reem").open_shift()
    wait_for(lambda: desk.ready() > 0)
    desk.sell((TUBE,))
    wrong = opened("POS2", "salem", ahead=timedelta(hours=26))
    assert refused(wrong.open_shift) is Code.CLOCK_FAR_OFF
    move(desk, timedelta(hours=26))
    desk.sell((TUBE,))
    wait_for(lambda: is_quiet(desk), seconds=20)
    assert len(on_server(server, sa.select(t.document.c.number))) == 2
    assert set(on_server(server, OPEN)) == {"clock_far_off"}


def test_v9_the_server_restarts_while_the_family_pays(
    server: RunningServer, opened: Open, cards: CardProcess
) -> None:
    desk = opened("POS1", "reem", terminal=f"127.0.0.1:{cards.address[1]}").open_shift()
    wait_for(lambda: desk.ready() >= 5)
    page = desk.begin(FAMILY)
    server.kill()
    desk.pay_card(page, "300")
    server.start()
    done = desk.station.checkout.cash(page.sale_id, sar("150"))
    assert done.paid_in_full is not None
    assert done.paid_in_full.change == sar("24.50")
    wait_for(lambda: is_quiet(desk), seconds=20)
    assert on_server(server, sa.select(t.document.c.number)) == ["POS1-000001"]
    assert sorted(map(int, map(str, on_server(server, sa.select(t.payment.c.amount))))) == [12550, 30000]
    assert on_server(server, sa.select(own.inbox.c.answer).where(own.inbox.c.answer != "applied")) == []
    assert on_server(server, OPEN) == []
