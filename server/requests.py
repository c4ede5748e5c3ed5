"""The requests' door: what needs the server's yes. The same id always gets the same answer; `settle` ends a doubt."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain.catalogue import Session
from domain.errors import Code, Refused
from domain.staff import Permission
from ledger import feed, verifier
from ledger import tables as t
from ledger.clock import Clock, Ids, to_ms
from ledger.database import insert
from ledger.puts import station_bucket
from ledger.read_setup import require, session, staff_of
from ledger.wire import RequestAsk, RequestReply
from server import bookings, changing, deciding, guests, moving, revoking
from server import tables as own
from server.access import Station
from server.asked import Asked, Handler
from server.database import lock_subjects
from server.leases import lease_asked, lease_revoked
from server.operations import check_protocol
from server.outbox import resend
from server.proofs import check_proven
from server.recovery import waived
from server.refund_letters import telling
from server.refund_tasks import refund_released, refund_taken
from server.refunds import refund_approved, refund_asked, refund_refused, refund_withdrawn
from server.settling import settle
from server.setup import SetUp, StaffRecord

_ID = re.compile(r"[0-9A-Za-z-]{36}")


class Door:
    """Decides requests of stations; each is one transaction with its answer."""

    def __init__(self, clock: Clock, ids: Ids, pepper: str = "") -> None:
        self._clock = clock
        self._ids = ids
        self._pepper = pepper

    def ask(
        self, connection: Connection, station: Station, ask: RequestAsk, proven: str = ""
    ) -> RequestReply:
        """Decides a request, or answers `later` while the stream it stands on has not arrived. Who asks must be
        `proven`: the verifier that the proof which came with it was right for.

        A request that was cancelled before it came stays cancelled. Refuses `request_unknown` for another station's,
        and `operation_invalid` when the id was asked before about something else.
        """
        check_protocol(ask.protocol)
        is_short = len(ask.kind) <= 40 and len(ask.staff_id) <= 64 and len(ask.stream) <= 32
        if not (is_short and _ID.fullmatch(ask.request_id)):
            raise Refused(Code.OPERATION_INVALID, why="id")
        if ask.epoch != feed.read_head(connection).epoch:
            return RequestReply(ask.request_id, "later")
        lock_subjects(connection, {f"request:{ask.request_id}"})
        if known := self._stored(connection, station, ask):
            return known
        if _reached(connection, ask.stream) < ask.after_n:
            return RequestReply(ask.request_id, "later")
        setup = SetUp(connection, self._clock, self._ids, ask.staff_id, self._pepper)
        reply = self._decide(station, ask, setup, proven)
        self._store(setup, station, ask.request_id, (ask.kind, _mark(ask)), reply)
        return reply

    def settle(self, connection: Connection, station: Station, request_id: str) -> RequestReply:
        """The stored answer; if there is none, `cancelled`, which also blocks the original should it come late. Of
        another station's request it tells no more, and does nothing to it. Refuses `request_unknown` for what is no
        id."""
        if not _ID.fullmatch(request_id):
            raise Refused(Code.REQUEST_UNKNOWN)
        lock_subjects(connection, {f"request:{request_id}"})
        known = _kept(connection, request_id)
        reply = RequestReply(request_id, "cancelled", Code.REQUEST_CANCELLED.value)
        if known is not None:
            mine = known.station_id == station.station_id
            return codec.loads(RequestReply, known.answer) if mine else reply
        self._store(SetUp(connection, self._clock, self._ids), station, request_id, ("", ""), reply)
        return reply

    def _decide(self, station: Station, ask: RequestAsk, setup: SetUp, proven: str) -> RequestReply:
        handler = _KINDS.get(ask.kind)
        try:
            if handler is None:
                raise Refused(Code.REQUEST_UNKNOWN, kind=ask.kind[:40])
            check_proven(setup.connection, ask.staff_id, proven)
            with setup.connection.begin_nested():
                answer = handler(setup.connection, Asked(station, ask), setup)
        except Refused as refused:
            answer = refused
        if isinstance(answer, Refused):
            return RequestReply(ask.request_id, "refused", answer.code.value, _facts(answer.facts))
        return RequestReply(ask.request_id, "granted", facts=_facts(answer or {}))

    def _stored(self, connection: Connection, station: Station, ask: RequestAsk) -> RequestReply | None:
        """The answer to the same request of the same station. What another one cancelled under an id that it cannot
        know gives way."""
        known = _kept(connection, ask.request_id)
        if known is None:
            return None
        if known.station_id != station.station_id:
            if known.kind:
                raise Refused(Code.REQUEST_UNKNOWN)
            _forget(connection, ask.request_id)
            return None
        if known.kind and (known.kind != ask.kind or known.body not in (_mark(ask), ask.body)):
            raise Refused(Code.OPERATION_INVALID, why="another request under this id")
        return codec.loads(RequestReply, known.answer)

    def _store(
        self,
        setup: SetUp,
        station: Station,
        request_id: str,
        what: tuple[str, str],
        reply: RequestReply,
    ) -> None:
        connection, now = setup.connection, to_ms(self._clock.now())
        values = {
            "request_id": request_id,
            "station_id": station.station_id,
            "kind": what[0],
            "body": what[1],
        }
        answer = codec.dumps(reply)
        connection.execute(sa.insert(own.request).values(**values, state=reply.state, answer=answer, at=now))
        row = {"result_id": request_id, "answer": reply.state, "cases": "", "at": now}
        bucket = station_bucket(station.station_id)
        connection.execute(
            insert(t.result, connection).values(**row, bucket=bucket, seq=0).on_conflict_do_nothing()
        )
        feed.publish(connection, setup.touched | {t.result.name})


def _mark(ask: RequestAsk) -> str:
    """Tells one body from another and keeps nothing of what it says, which may be about a guest. Earlier versions kept
    the body itself."""
    return hashlib.sha256(ask.body.encode("utf-8", "surrogatepass")).hexdigest()


def _kept(connection: Connection, request_id: str) -> Any:
    """The row of a request, None if there is none."""
    return connection.execute(sa.select(own.request).where(own.request.c.request_id == request_id)).first()


def _forget(connection: Connection, request_id: str) -> None:
    connection.execute(sa.delete(own.request).where(own.request.c.request_id == request_id))
    connection.execute(sa.delete(t.result).where(t.result.c.result_id == request_id))


def _facts(facts: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in facts.items())


def _reached(connection: Connection, stream: str) -> int:
    return (
        connection.execute(sa.select(own.position.c.n).where(own.position.c.stream == stream)).scalar() or 0
    )


def _session_saved(connection: Connection, asked: Asked, setup: SetUp) -> None:
    """More or fewer places in a session. Refuses `not_allowed`, `record_invalid`, and `revision_stale` when the
    capacity is no longer what the asker saw."""
    ask = asked.ask
    require(connection, ask.staff_id, Permission.SET_CAPACITY)
    number, seen, wanted = (asked.field(name, int, "session") for name in ("session", "seen", "capacity"))
    lock_subjects(connection, {f"session:{number}"})
    found: Session | None = session(connection, number)
    if found is None or not 0 <= wanted <= 100_000:
        raise Refused(Code.RECORD_INVALID, record="session")
    if found.capacity != seen:
        raise Refused(Code.REVISION_STALE, now=found.capacity)
    setup.session(replace(found, capacity=wanted))


def _pin_changed(connection: Connection, asked: Asked, setup: SetUp) -> None:
    """Somebody's own new PIN. Refuses `pin_wrong` without the proof of the old one, `record_invalid`."""
    ask = asked.ask
    lock_subjects(connection, {f"staff:{ask.staff_id}"})
    given, wanted = (asked.field(name, str, "staff") for name in ("proof", "verifier"))
    found = staff_of(connection, ask.staff_id)
    if found is None or not found.active or not verifier.is_verifier(wanted):
        raise Refused(Code.RECORD_INVALID, record="staff")
    if not verifier.proves(found.verifier, given):
        raise Refused(Code.PIN_WRONG, tries=0)
    setup.staff(StaffRecord(found.member, wanted))


_KINDS: dict[str, Handler] = {
    "SessionCapacity": _session_saved,
    "PinChanged": _pin_changed,
    "LeaseAsked": lease_asked,
    "LeaseRevoked": lease_revoked,
    "RecoveryWaived": waived,
    "CaseSettled": settle,
    "BookingHeld": bookings.booking_held,
    "BookingChanged": changing.booking_changed,
    "TicketsMoved": moving.tickets_moved,
    "TicketRevoked": revoking.ticket_revoked,
    "TicketsNamed": bookings.tickets_named,
    "BookingExtended": bookings.booking_extended,
    "BookingApproved": deciding.booking_approved,
    "BookingRejected": deciding.booking_rejected,
    "BookingCancelled": deciding.booking_cancelled,
    "CodeSent": guests.code_sent,
    "GuestVerified": guests.guest_verified,
    "GuestMerged": guests.guest_merged,
    "GuestErased": guests.guest_erased,
    "MessageResent": resend,
    "RefundAsked": refund_asked,
    "RefundApproved": refund_approved,
    "RefundRefused": telling(refund_refused),
    "RefundWithdrawn": telling(refund_withdrawn),
    "RefundTaken": refund_taken,
    "RefundReleased": refund_released,
}
