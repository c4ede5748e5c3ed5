"""Flags: after facts are in, what they came to is judged, and whatever a person must look at becomes a case.

A case is judged from the result itself (sold > capacity, two entries on one ticket), not from how it came about; it has
a deterministic id, is judged again when a late parent arrives, and closes by itself when a later fact
removes the cause.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain import operation as op
from domain.card import AttemptState, contradicts
from domain.staff import Permission, may
from ledger import tables as t
from ledger.database import insert
from ledger.read_gate import known
from ledger.read_money import owed
from ledger.read_setup import places_sold, session, staff_role

BUCKET = "global"
_NEEDS: dict[type, Permission] = {
    op.ShiftOpened: Permission.SHIFT,
    op.ShiftClosed: Permission.SHIFT,
    op.BookingMade: Permission.SELL,
    op.SaleClosed: Permission.SELL,
    op.CardAsked: Permission.SELL,
    op.GuestAdmitted: Permission.ADMIT,
    op.DocumentReprinted: Permission.REPRINT,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something is wrong with a subject. `facts` are what the sentence needs."""

    kind: str
    facts: tuple[tuple[str, str], ...]


def subjects(operation: op.Operation) -> tuple[str, ...]:
    """The things an operation is decided about, as `kind:id`: locked before, judged after."""
    match operation:
        case op.BookingMade():
            sessions = {f"session:{ticket.session}" for ticket in operation.tickets if ticket.session}
            tickets = {f"ticket:{ticket.ticket_id}" for ticket in operation.tickets}
            return tuple(sorted(sessions | tickets | {f"booking:{operation.booking_id}"}))
        case op.SaleClosed():
            return f"booking:{operation.booking_id}", f"number:{operation.number}"
        case op.SaleVoided():
            tickets = {f"ticket:{ticket_id}" for ticket_id in operation.tickets}
            tickets |= {f"session:{number}" for number in operation.sessions}
            sale = {
                f"booking:{operation.booking_id}",
                f"number:{operation.number}",
                f"sale:{operation.sale_id}",
            }
            return tuple(sorted(tickets | sale))
        case op.GuestAdmitted() | op.AdmissionUndone():
            return (f"ticket:{operation.ticket_id}",)
        case op.CardAsked() | op.CardApproved() | op.CardDeclined() | op.CardCancelled() | op.CardUnknown():
            return (f"attempt:{operation.attempt_id}",)
        case op.CardResolved():
            return (f"attempt:{operation.attempt_id}",)
        case op.ShiftOpened() | op.ShiftClosed():
            return (f"shift:{operation.shift_id}",)
        case _:
            return ()


def judge(connection: Connection, subject: str, now_ms: int) -> list[str]:
    """Opens and closes the cases of one subject by what is true now; returns the ids of those that are open."""
    kind, _, key = subject.partition(":")
    findings = {finding.kind: finding for finding in _CHECKS[kind](connection, key)}
    rows = connection.execute(
        sa.select(t.case_item).where(
            t.case_item.c.subject == subject, t.case_item.c.closed_by.in_(("", "itself"))
        )
    )
    had = {row.kind: row for row in rows}
    for case_kind, row in had.items():
        if case_kind not in findings and not row.closed_at and case_kind != "not_permitted":
            _save(connection, row.case_id, {"closed_at": now_ms, "closed_by": "itself", "seq": 0})
    for case_kind, finding in findings.items():
        _open(connection, subject, finding, now_ms, known_row=had.get(case_kind))
    return [case_id(subject, case_kind) for case_kind in findings]


def judge_permission(
    connection: Connection, envelope: op.Envelope, operation: op.Operation, now_ms: int
) -> list[str]:
    """A fact by someone without the right is stored all the same; a person looks at it."""
    needed = _NEEDS.get(type(operation))
    if needed is None or may(staff_role(connection, envelope.staff_id), needed):
        return []
    subject = f"operation:{envelope.op_id}"
    facts = (("staff", envelope.staff_id), ("permission", needed.value), ("kind", envelope.kind))
    _open(connection, subject, Finding("not_permitted", facts), now_ms, known_row=None)
    return [case_id(subject, "not_permitted")]


def case_id(subject: str, kind: str) -> str:
    return hashlib.sha256(f"{subject}/{kind}".encode()).hexdigest()[:32]


def _open(
    connection: Connection,
    subject: str,
    finding: Finding,
    now_ms: int,
    known_row: sa.Row[tuple[object, ...]] | None,
) -> None:
    facts = codec.dumps(finding.facts)
    if known_row is not None:
        if known_row._mapping["facts"] != facts or known_row._mapping["closed_at"]:
            _save(
                connection,
                known_row._mapping["case_id"],
                {"facts": facts, "closed_at": 0, "closed_by": "", "seq": 0},
            )
        return
    values = {
        "case_id": case_id(subject, finding.kind),
        "kind": finding.kind,
        "subject": subject,
        "facts": facts,
    }
    statement = insert(t.case_item, connection).values(**values, opened_at=now_ms, bucket=BUCKET)
    connection.execute(statement.on_conflict_do_nothing())


def _save(connection: Connection, wanted: str, values: dict[str, str | int]) -> None:
    connection.execute(sa.update(t.case_item).where(t.case_item.c.case_id == wanted).values(**values))


def _session(connection: Connection, key: str) -> Iterator[Finding]:
    found = session(connection, int(key))
    sold = places_sold(connection, [int(key)])[int(key)]
    if found is not None and sold > found.capacity:
        yield Finding(
            "over_capacity", (("session", key), ("sold", str(sold)), ("capacity", str(found.capacity)))
        )


def _ticket(connection: Connection, key: str) -> Iterator[Finding]:
    state = known(connection, key, "en")
    if len(state.entries) > 1:
        gates = ", ".join(entry.gate for entry in state.entries)
        yield Finding(
            "double_admission", (("ticket", key), ("entries", str(len(state.entries))), ("gates", gates))
        )
    if state.entries and state.canceled:
        yield Finding("admitted_canceled", (("ticket", key),))


def _booking(connection: Connection, key: str) -> Iterator[Finding]:
    made = connection.execute(sa.select(t.booking.c.booking_id).where(t.booking.c.booking_id == key)).first()
    balance = owed(connection, key)
    if made is not None and balance < 0:
        yield Finding("over_paid", (("booking", key), ("minor", str(-balance))))


def _number(connection: Connection, key: str) -> Iterator[Finding]:
    found = connection.execute(sa.select(t.document.c.document_id).where(t.document.c.number == key)).all()
    if len(found) > 1:
        yield Finding("number_repeated", (("number", key), ("documents", str(len(found)))))


def _sale(connection: Connection, key: str) -> Iterator[Finding]:
    found = connection.execute(sa.select(t.sale_void.c.void_id).where(t.sale_void.c.sale_id == key)).all()
    if len(found) > 1:
        yield Finding("voided_twice", (("sale", key), ("voids", str(len(found)))))


def _attempt(connection: Connection, key: str) -> Iterator[Finding]:
    states = connection.execute(
        sa.select(t.card_outcome.c.state).where(t.card_outcome.c.attempt_id == key)
    ).scalars()
    outcomes = [AttemptState(state) for state in states]
    if contradicts(outcomes):
        yield Finding("card_contradiction", (("attempt", key),))
    if outcomes and set(outcomes) <= {AttemptState.UNKNOWN, AttemptState.PARKED}:
        yield Finding("card_unknown", (("attempt", key),))


def _shift(connection: Connection, key: str) -> Iterator[Finding]:
    closes = connection.execute(
        sa.select(t.shift_close.c.close_id).where(t.shift_close.c.shift_id == key)
    ).all()
    if len(closes) > 1:
        yield Finding("closed_twice", (("shift", key),))


_CHECKS = {
    "session": _session,
    "ticket": _ticket,
    "booking": _booking,
    "number": _number,
    "sale": _sale,
    "attempt": _attempt,
    "shift": _shift,
}
