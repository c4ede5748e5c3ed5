"""Cases over a real line: what one station settles or tells is so at the other; a shift closes for good once all has
arrived."""

from __future__ import annotations

import pytest

from app.shown_attention import Item, Source
from domain.errors import Code
from ledger.wire import RequestReply
from tests.helpers.line import Open
from tests.helpers.running import RunningServer
from tests.helpers.shop import ADULT, HUDA, Shop, refused
from tests.helpers.waiting import wait_for


def cases(shop: Shop) -> list[Item]:
    return [item for item in shop.station.attention.page().items if item.source is Source.CASE]


def test_a_double_admission_is_settled_once_and_both_stations_know(opened: Open) -> None:
    till, other = opened("POS1").sign_in("reem"), opened("POS2", start=False)
    till.open_shift().sell([ADULT])
    other.sign_in("huda")
    code = till.codes()[0]
    till.station.gate.scan(code)
    other.station.gate.scan(code)
    other.station.sync.once()
    wait_for(lambda: [item.kind for item in cases(till)] == ["double_admission"])
    [case] = cases(till)
    assert sum(fact.name == "entry" for fact in case.facts) == 2
    till.station.attention.settle(case.thing, ("same_guest", "", case.mark), HUDA)
    wait_for(lambda: not cases(till))
    [closed] = till.station.attention.page().closed
    assert closed.settled is not None and closed.settled.by is not None
    assert (closed.settled.by.en.split()[0], closed.settled.way) == ("Huda", "same_guest")
    late = (case.thing, ("sent_away", "", case.mark))
    assert refused(till.station.attention.settle, *late, HUDA) is Code.CASE_SETTLED


def test_what_is_told_without_a_line_is_at_the_other_station_when_the_line_is_back(
    opened: Open, server: RunningServer
) -> None:
    till, other = opened("POS1").sign_in("reem"), opened("POS2").sign_in("huda")
    server.kill()
    wait_for(lambda: till.station.sync.line.since is not None)
    till.station.attention.tell("The drawer jams", "")
    [told] = till.station.attention.page().items
    assert told.source is Source.TOLD
    server.start()
    wait_for(lambda: [item.kind for item in cases(other)] == ["told"])
    wait_for(lambda: [item.source for item in till.station.attention.page().items] == [Source.CASE])
    [case] = cases(other)
    assert {fact.name for fact in case.facts} >= {"text", "staff", "station", "at"}
    other.station.attention.settle(case.thing, ("done", "", case.mark))
    wait_for(lambda: till.station.attention.count() == 0)


def test_a_line_that_comes_back_while_one_asks_withdraws_nothing(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = opened("POS1").sign_in("huda")
    till.station.attention.tell("The drawer jams", "")
    wait_for(lambda: [item.source for item in till.station.attention.page().items] == [Source.CASE])
    [case] = cases(till)
    requests, api = till.station.requests, till.station.requests._api
    ask = api.ask

    def back_meanwhile(*given: object) -> RequestReply:
        requests.settle_open()
        return ask(*given)  # type: ignore[arg-type] # as it was called

    monkeypatch.setattr(api, "ask", back_meanwhile)
    till.station.attention.settle(case.thing, ("done", "", case.mark))
    wait_for(lambda: till.station.attention.count() == 0)


def test_a_shift_is_closed_for_good_once_all_has_arrived(opened: Open) -> None:
    till = opened("POS1").sign_in("reem").open_shift()
    wait_for(lambda: till.station.store.waiting() == 0)
    left = till.station.shifts.count({20000: 1, 10000: 2, 5000: 1, 2000: 2, 1000: 1}).left
    assert not left
    wait_for(lambda: till.station.store.waiting() == 0)
    assert not till.station.shifts.close("", None).provisional
