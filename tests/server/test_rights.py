"""Every role and everything that is asked or said: requests without the right are refused whatever a station claims,
facts without it are kept and flagged. One table, `domain.staff.ROLES`, decides both."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from domain import codec
from domain import operation as op
from domain.catalogue import StaffMember, Words
from domain.staff import ROLES, Permission, may
from ledger import tables as t
from ledger import verifier
from ledger.case_carried import read_facts
from ledger.case_rights import needs
from ledger.wire import PROTOCOL, RequestAsk, Sent
from server import requests
from server.requests import Door
from server.setup import SetUp, StaffRecord
from tests.helpers.core import Core, FakeStation
from tests.simulation.shipped import Shipped, shipped

_ID = "01a2169e-0000-7000-8000-000000000001"
# What each kind of request needs, and a body that gets as far as the question who asks.
NEEDS: dict[str, tuple[Permission, dict[str, object]]] = {
    "SessionCapacity": (Permission.SET_CAPACITY, {"session": 1, "seen": 1, "capacity": 1}),
    "LeaseRevoked": (Permission.REVOKE_LEASE, {"session": 1, "station_id": "pos1", "reason": "x"}),
    "RecoveryWaived": (Permission.WAIVE_RECOVERY, {"station": "POS1"}),
    "CaseSettled": (Permission.SETTLE_CASE, {"case": "x", "way": "x", "note": "x", "seen": "x"}),
    "MessageResent": (Permission.RESEND_MESSAGE, {"message": "x"}),
    "CodeSent": (Permission.REGISTER_GUEST, {"guest": "x", "channel": "sms"}),
    "GuestVerified": (Permission.REGISTER_GUEST, {"guest": "x", "code": "1"}),
    "GuestMerged": (Permission.MERGE_GUEST, {"guest": "x", "into": "y"}),
    "GuestErased": (Permission.ERASE_GUEST, {"guest": "x", "reason": "x"}),
    "BookingHeld": (Permission.BOOK, {"booking": _ID, "guest": "x", "lines": [[33, 0, 1]], "note": ""}),
    "BookingChanged": (
        Permission.BOOK,
        {"booking": _ID, "change": _ID, "seen": "x", "lines": [[33, 0, 1]], "note": ""},
    ),
    "TicketsMoved": (
        Permission.BOOK,
        {"booking": _ID, "change": _ID, "seen": "x", "session": 1, "tickets": [["a", "b", "c"]]},
    ),
    "TicketRevoked": (Permission.APPROVE_BOOKING, {"booking": _ID, "tickets": ["x"], "reason": "x"}),
    "TicketsNamed": (Permission.BOOK, {"booking": _ID, "seen": "x", "names": [["a", "Sara"]]}),
    "BookingExtended": (Permission.SELL, {"booking": _ID}),
    "BookingApproved": (Permission.APPROVE_BOOKING, {"booking": _ID}),
    "BookingRejected": (Permission.APPROVE_BOOKING, {"booking": _ID, "reason": "x"}),
    "BookingCancelled": (Permission.BOOK, {"booking": _ID, "reason": "x"}),
    "RefundTaken": (Permission.REFUND_REQUEST, {"refund": "x"}),
    "RefundReleased": (Permission.REFUND_REQUEST, {"refund": "x", "take": "x"}),
}
FREE = {"LeaseAsked", "PinChanged"}  # a station's own, and everybody's for themselves
# Who may depends on what is given back, and of whose sale: `tests/server/test_refunds.py`.
REFUNDS = {"RefundAsked", "RefundApproved", "RefundRefused", "RefundWithdrawn"}
FACTS = [one for one in shipped() if one.kind not in op.SERVER_ONLY]


def hire(core: Core, role: str, who: str = "a") -> str:
    """Somebody of that role; returns their id."""
    member = StaffMember(f"{who}-{role}", Words(role, role), role, "en")
    kept = verifier.make("2580", member.staff_id, core.secrets.pepper)

    def work(connection: sa.Connection) -> None:
        setup = SetUp(connection, core.clock, core.database.ids)
        setup.staff(StaffRecord(member, kept))
        setup.publish()

    core.database.transact(work)
    return member.staff_id


def test_every_kind_of_request_is_in_this_table() -> None:
    assert set(requests._KINDS) == set(NEEDS) | FREE | REFUNDS


@pytest.mark.parametrize("role", ROLES)
def test_a_request_without_the_right_is_refused(core: Core, role: str) -> None:
    staff, pos = hire(core, role), core.enrol("POS1")
    door = Door(core.clock, core.database.ids, core.secrets.pepper)
    told = {}
    for kind, (_, body) in NEEDS.items():
        ask = RequestAsk(PROTOCOL, pos.epoch, core.database.ids.new(), kind, staff, "", 0, json.dumps(body))
        told[kind] = core.ask(door, pos.station, ask).code != "not_allowed"
    assert told == {kind: may(role, permission) for kind, (permission, _) in NEEDS.items()}


@pytest.mark.parametrize("role", ROLES)
def test_a_fact_without_the_right_is_kept_and_flagged(core: Core, role: str) -> None:
    staff, second, pos = hire(core, role), hire(core, role, "b"), core.enrol("POS1")
    pos.yes(second)
    wanted, told = {}, {}
    for one in FACTS:
        operation = by(second, one)
        sent = sent_by(pos, staff, operation, one)
        reply = pos.push(sent)
        assert {answer.answer for answer in reply.answers} <= {"applied", "flagged"}, one.kind
        need = needs(sent.envelope, operation)
        wanted[one.kind] = need is None or may(role, need[1])
        told[one.kind] = not flagged(core, sent.envelope.op_id)
    assert told == wanted


def by(second: str, one: Shipped) -> op.Operation:
    """As if the second person, where there is one, had been of that role too."""
    operation = one.envelope.operation()
    return replace(operation, approver_id=second) if getattr(operation, "approver_id", "") else operation


def sent_by(pos: FakeStation, staff: str, operation: op.Operation, one: Shipped) -> Sent:
    plain = pos.sent(operation)
    envelope = replace(
        plain.envelope, staff_id=staff, public=codec.dumps(operation), private=one.private,
        private_digest=one.private_digest,
    )  # fmt: skip
    return Sent(plain.n, envelope.digest().hex(), envelope)


def flagged(core: Core, op_id: str) -> bool:
    mine = t.case_item.c.subject == f"operation:{op_id}", t.case_item.c.kind == "not_permitted"
    rows = core.database.look(
        lambda c: c.execute(sa.select(t.case_item.c.facts).where(*mine)).scalars().all()
    )
    assert all(dict(read_facts(facts))["permission"] in set(Permission) for facts in rows)
    return bool(rows)
