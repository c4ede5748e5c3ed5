"""What the server granted before it was put back to an older copy: told, once, by the station that had its yes."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.server_api import ServerApi
from domain.errors import Code, Refused
from ledger import journal
from ledger import tables as t
from server import tables as own
from tests.helpers.line import Open, on_server, settled
from tests.helpers.running import RunningServer
from tests.helpers.shop import HUDA, Shop
from tests.helpers.waiting import wait_for
from tests.sync.test_line import back_up, put_back

TOLD = sa.select(t.case_told.c.text)


def states(shop: Shop, kind: str) -> list[str]:
    wanted = sa.select(journal.request.c.state).where(journal.request.c.kind == kind)
    with shop.station.store.read_journal() as connection:
        return list(connection.execute(wanted).scalars())


def test_what_an_older_copy_forgot_is_on_the_list(server: RunningServer, opened: Open) -> None:
    desk = opened("POS1").sign_in("reem").open_shift()
    desk.station.attention.tell("the gate sticks", "")
    wait_for(lambda: settled(desk))
    backup = back_up(server)
    wait_for(desk.station.health.online)
    desk.station.people.change_pin("2580", "8246")
    [told] = [item for item in desk.station.attention.page().items if item.kind == "told"]
    desk.station.attention.settle(told.thing, ("done", "oiled", told.mark), HUDA)
    desk.sell()
    wait_for(lambda: settled(desk))
    put_back(server, backup)
    server.start()
    wait_for(lambda: len(on_server(server, TOLD)) == 3, seconds=20)
    texts = " ".join(map(str, on_server(server, TOLD)))
    assert "a new PIN of Reem" in texts
    assert "settled “Staff want you to know · " in texts and "(oiled)" in texts
    assert "رقم سري جديد" in texts
    assert states(desk, "PinChanged") == states(desk, "CaseSettled") == ["lost"]

    server.kill()
    wait_for(lambda: not desk.station.health.online())
    server.start()
    wait_for(lambda: desk.station.health.online() and settled(desk))
    desk.station.granted.check()
    assert len(on_server(server, TOLD)) == 3


def test_what_the_copy_knows_is_not_told(server: RunningServer, opened: Open) -> None:
    desk = opened("POS1").sign_in("reem").open_shift()
    desk.station.people.change_pin("2580", "8246")
    backup = back_up(server)
    wait_for(desk.station.health.online)
    desk.sell()
    wait_for(lambda: settled(desk))
    put_back(server, backup)
    server.start()
    wait_for(lambda: desk.station.health.online() and settled(desk), seconds=20)
    desk.station.granted.check()
    assert on_server(server, TOLD) == []
    assert states(desk, "PinChanged") == ["granted"]


def test_a_request_that_broke_off_at_the_server_does_not_bar_the_next(
    server: RunningServer, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk there: it has decided nothing."""
    desk = opened("POS1", start=False).sign_in("reem")
    desk.station.sync.once()

    def full(api: ServerApi, ask: object, proof: str) -> None:
        raise Refused(Code.DISK_FULL)

    with monkeypatch.context() as broken:
        broken.setattr(ServerApi, "ask", full)
        with pytest.raises(Refused) as refused:
            desk.station.people.change_pin("2580", "8246")
    assert refused.value.code is Code.DISK_FULL
    assert states(desk, "PinChanged") == ["unknown"]
    desk.station.people.change_pin("2580", "8246")
    assert sorted(states(desk, "PinChanged")) == ["cancelled", "granted"]
    assert on_server(server, sa.select(own.request.c.state).where(own.request.c.kind == "PinChanged")) == [
        "granted"
    ]
