"""Operations of every kind and version that ever went out are read and taken; an old station is told to update."""

from __future__ import annotations

from collections import defaultdict

import pytest

from domain import operation as op
from domain.envelope import Envelope
from domain.errors import Code, Refused
from domain.sound import why_unsound
from ledger.effects import effects
from ledger.wire import PROTOCOL, PushBatch, Sent
from server import operations
from server.operations import check_protocol, push
from server.refund_letters import RefundLetters
from tests.helpers.core import Core
from tests.simulation.shipped import Shipped, missing, shipped


def test_every_kind_and_version_is_kept() -> None:
    """A new kind or version: `python -m tests.simulation.shipped`, and keep what it adds."""
    assert missing(shipped()) == set()


@pytest.mark.parametrize("one", shipped(), ids=lambda one: f"{one.kind}.{one.version}")
def test_what_went_out_is_read(one: Shipped) -> None:
    envelope = one.envelope
    assert envelope.digest().hex() == one.hash
    operation = envelope.operation()
    assert isinstance(operation, op.KINDS[one.kind])
    assert why_unsound(operation) == ""
    assert effects(envelope, operation) or one.kind in op.SERVER_ONLY


def test_what_went_out_is_taken(core: Core) -> None:
    by_station: dict[str, list[Envelope]] = defaultdict(list)
    for one in shipped():
        if one.kind not in op.SERVER_ONLY:
            by_station[one.station_id].append(one.envelope)
    for station_id, envelopes in by_station.items():
        pos = core.enrol(station_id.upper())
        sent = [Sent(n, each.digest().hex(), each) for n, each in enumerate(envelopes, start=1)]
        reply = pos.push(*sent)
        assert (reply.state, reply.n) == ("ok", len(sent))
        assert {answer.answer for answer in reply.answers} <= {"applied", "flagged"}


def test_an_old_station_may_send_and_is_told_to_update_when_it_fetches(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    pos = core.enrol("POS1")
    monkeypatch.setattr(operations, "PROTOCOL", PROTOCOL + 1)
    monkeypatch.setitem(check_protocol.__kwdefaults__, "oldest", PROTOCOL + 1)
    envelope = next(one.envelope for one in shipped() if one.station_id == "pos1")
    batch = PushBatch(PROTOCOL, pos.epoch, pos.stream, (Sent(1, envelope.digest().hex(), envelope),))
    letters = RefundLetters(core.database.ids)
    reply = core.database.transact(lambda c: push(c, pos.token, batch, 1, letters=letters))
    assert (reply.state, reply.n) == ("ok", 1)
    with pytest.raises(Refused) as refused:
        check_protocol(PROTOCOL)
    assert refused.value.code is Code.CLIENT_VERSION
