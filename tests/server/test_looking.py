"""Who has which booking open: said to others, again and again, and forgotten where it is not."""

from __future__ import annotations

import pytest

from domain.errors import Code, Refused
from ledger.clock import HandClock
from ledger.wire import LookAsk
from server.looking import KEPT_SECONDS, Looking
from tests.helpers.running import MORNING


def test_what_is_said_again_stays_and_what_is_not_is_forgotten() -> None:
    clock = HandClock(MORNING)
    looking = Looking(clock)
    assert looking.look("pos1", LookAsk("a", "reem"))
    for _ in range(5):
        clock.forward(seconds=KEPT_SECONDS / 2)
        assert not looking.look("pos1", LookAsk("a", "reem")), "nobody is told twice"
    [seen] = looking.others("pos2", "a")
    assert (seen.staff, seen.station, seen.since) == ("reem", "pos1", int(MORNING.timestamp() * 1000))
    clock.forward(seconds=KEPT_SECONDS)
    assert looking.others("pos2", "a") == ()
    assert looking.look("pos1", LookAsk("a", "reem")), "and is news when it comes back"


def test_a_station_has_one_open_and_does_not_see_itself() -> None:
    looking = Looking(HandClock(MORNING))
    looking.look("pos1", LookAsk("a", "reem"))
    looking.look("pos2", LookAsk("a", "huda"))
    assert [each.station for each in looking.others("pos2", "a")] == ["pos1"]
    assert looking.look("pos1", LookAsk("b", "reem"))
    assert looking.others("pos2", "a") == looking.others("pos1", "b") == looking.others("pos2", "") == ()
    assert looking.look("pos1", LookAsk("", "reem")) and not looking.look("pos1", LookAsk("", "reem"))
    assert looking.changes == 4


def test_what_is_no_id_is_not_kept() -> None:
    with pytest.raises(Refused) as refused:
        Looking(HandClock(MORNING)).look("pos1", LookAsk("x" * 65, "reem"))
    assert refused.value.code is Code.OPERATION_INVALID
