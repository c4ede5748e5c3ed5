"""Flags: after facts are in, what they came to is judged, and whatever a person must look at becomes a case.

A case is judged from the result itself (sold > capacity, two entries on one ticket), not from how it came about; it has
a deterministic id, is judged again when a late parent arrives, and most close by themselves when a later fact
removes the cause. One that a person settled opens again when it gets worse than what they settled.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain import operation as op
from domain.aside import MISMATCH, told_in
from domain.attention import GONE, STAYS, ends_by_itself, is_worse
from domain.envelope import Envelope
from domain.staff import Permission
from domain.timing import is_believable
from ledger import tables as t
from ledger.case_carried import carrying, read_facts
from ledger.case_checks import CHECKS, Check, Finding
from ledger.clock import from_ms, to_ms
from ledger.rows import add_rows

BUCKET, ITSELF = "global", "itself"


# Kinds that are about one thing: what it is called, and the field that has its id.
_ABOUT_ONE: dict[type, tuple[str, str]] = {
    **dict.fromkeys((op.LeaseTaken, op.LeaseReturned, op.LeaseCut), ("session", "session")),
    **dict.fromkeys((op.GuestAdmitted, op.AdmissionUndone), ("ticket", "ticket_id")),
    **dict.fromkeys((op.CardAsked, op.CardApproved, op.CardDeclined), ("attempt", "attempt_id")),
    **dict.fromkeys((op.CardCancelled, op.CardUnknown, op.CardResolved), ("attempt", "attempt_id")),
    **dict.fromkeys((op.ShiftOpened, op.ShiftClosed), ("shift", "shift_id")),
    **dict.fromkeys(
        (op.GuestRegistered, op.GuestChanged, op.MembershipGiven, op.MembershipEnded), ("guest", "guest_id")
    ),
    op.TenderCorrected: ("booking", "booking_id"),
    op.CaseOpened: ("told", "told_id"),
}


def subjects(operation: op.Operation) -> tuple[str, ...]:
    """The things an operation is decided about, as `kind:id`: locked before, judged after."""
    match operation:
        case op.BookingMade():
            sessions = {f"session:{ticket.session}" for ticket in operation.tickets if ticket.session}
            tickets = {f"ticket:{ticket.ticket_id}" for ticket in operation.tickets}
            goods = {f"goods:{line.product}:{operation.day}" for line in operation.lines if not line.session}
            return tuple(sorted(sessions | tickets | goods | {f"booking:{operation.booking_id}"}))
        case op.SaleClosed():
            cards = (f"attempt:{part.attempt_id}" for part in operation.tenders if part.attempt_id)
            return *cards, f"booking:{operation.booking_id}", f"number:{operation.number}"
        case op.RefundFailed(attempt_id=attempt_id) if attempt_id:
            return (f"attempt:{attempt_id}",)
        case op.SaleVoided() | op.RefundPaid():
            return tuple(sorted({*_of_credit(operation)}))
        case op.OverrideGiven(permission=Permission.ALLOW_BANNED.value, subject=booking_id) if booking_id:
            return (f"booking:{booking_id}",)
    if (one := _ABOUT_ONE.get(type(operation))) is None:
        return ()
    return (f"{one[0]}:{getattr(operation, one[1])}",)


def _of_credit(note: op.SaleVoided | op.RefundPaid) -> Iterator[str]:
    yield from (f"ticket:{ticket_id}" for ticket_id in note.tickets)
    yield from (f"session:{number}" for number in note.sessions)
    yield from (f"attempt:{part.attempt_id}" for part in note.refunds if part.attempt_id)
    yield from (f"booking:{note.booking_id}", f"number:{note.number}", f"sale:{note.sale_id}")
    if isinstance(note, op.RefundPaid):
        yield f"refund:{note.ask_id}"


def may_go_along(operation: op.Operation, shared: Set[str]) -> bool:
    """Whether an operation may be judged together with earlier ones that are about the `shared` things too, if nothing
    is wrong with these afterwards: it only adds to what could be wrong, so nothing was before either. A booking may
    set right what came before it; of what it is about only sessions and goods may be shared."""
    match operation:
        case op.BookingMade():
            return all(subject.startswith(("session:", "goods:")) for subject in shared)
        case op.SaleClosed() | op.GuestAdmitted():
            return True
        case _:
            return not shared


_CASES = sa.select(t.case_item).where(t.case_item.c.subject.in_(sa.bindparam("subjects", expanding=True)))
_KNOWN = sa.select(t.case_item).where(t.case_item.c.case_id == sa.bindparam("wanted"))


@dataclass(slots=True)
class Judged:
    """The ids of the open cases of each subject, and whether any case was opened, changed or closed."""

    open: dict[str, list[str]] = field(default_factory=dict)
    changed: bool = False

    def of_operation(self, connection: Connection, op_id: str, finding: Finding, now_ms: int) -> None:
        """One more case, of an operation that is judged once, by what it says itself."""
        subject = f"operation:{op_id}"
        self.changed |= open_case(connection, subject, finding, now_ms)
        self.open.setdefault(subject, []).append(case_id(subject, finding.kind))


def judge(
    connection: Connection,
    about: Iterable[str],
    now_ms: int,
    checks: Mapping[str, Check] = CHECKS,
    *,
    if_told: Iterable[str] = (),
    had: bool = True,
) -> Judged:
    """Opens the cases of subjects by what is true now, and closes those that end by themselves; `checks` by the kind of
    subject. Cases of `if_told` may change and close; none is opened. Without `had` none of them ever had a case."""
    wanted = dict.fromkeys(about)
    maybe = {subject for subject in if_told if subject not in wanted}
    looked_at = {"subjects": [*wanted, *maybe]}
    rows = connection.execute(_CASES, looked_at).all() if had else []
    known = {(row.subject, row.kind): row for row in rows}
    wanted |= dict.fromkeys(row.subject for row in rows if row.closed_by != ITSELF)
    keys: dict[str, list[str]] = {}
    for subject in wanted:
        kind, _, key = subject.partition(":")
        keys.setdefault(kind, []).append(key)
    found: dict[str, dict[str, Finding]] = {f"{kind}:{key}": {} for kind in keys for key in keys[kind]}
    for kind, some in keys.items():
        for key, finding in checks[kind](connection, some):
            found[f"{kind}:{key}"][finding.kind] = finding
    judged = Judged({subject: [case_id(subject, kind) for kind in found[subject]] for subject in found})
    for (subject, kind), row in known.items():
        is_gone = subject in found and kind not in found[subject]
        if is_gone and ends_by_itself(kind, 0 if row.closed_at else now_ms - row.opened_at):
            judged.changed |= _close(connection, row, now_ms)
    for subject, findings in found.items():
        for kind, finding in findings.items():
            before = known.get((subject, kind))
            if subject not in maybe or (before is not None and not before.closed_at):
                told = Finding(kind, carrying(connection, finding.facts))
                judged.changed |= open_case(connection, subject, told, now_ms, known_row=before)
    return judged


def origin_of(envelope: Envelope) -> tuple[tuple[str, str], ...]:
    """Who did what, where and when."""
    who = ("staff", envelope.staff_id[:64])
    where = ("station", envelope.station_id[:64])
    return who, ("kind", envelope.kind[:40]), where, ("at", str(to_ms(envelope.device_at)))


def quarantine(connection: Connection, envelope: Envelope, why: str, station_id: str, now_ms: int) -> str:
    """Opens the case of an operation that could not be taken from `station_id`; returns its id. Another content under a
    known id is a case of its own."""
    subject = f"operation:{envelope.op_id}" + f"/{envelope.digest().hex()[:16]}" * (why == MISMATCH)
    origin = (fact for fact in origin_of(envelope) if fact[0] != "station")
    facts = (*origin, ("why", why[:200]), ("station", station_id), *told_in(envelope.public))
    open_case(connection, subject, Finding("quarantined", facts), now_ms)
    return case_id(subject, "quarantined")


def station_copied(connection: Connection, station_id: str, incarnation: int, now_ms: int) -> None:
    """A station's records were copied, or old ones put back, so that it goes on as another `incarnation`: one case."""
    subject, finding = _copied(station_id, incarnation, now_ms)
    open_case(connection, subject, finding, now_ms)


def copy_goes_on(connection: Connection, station_id: str, incarnation: int, at_ms: int) -> bool:
    """Something was recorded at `at_ms` as what a station was before it became `incarnation`: if a person had settled
    by then that its copy is off, the case opens again. Whether it did."""
    subject, finding = _copied(station_id, incarnation, at_ms)
    known = connection.execute(_KNOWN, {"wanted": case_id(subject, finding.kind)}).first()
    if known is None or not 0 < known.closed_at < at_ms:
        return False
    return open_case(connection, subject, finding, at_ms, known_row=known)


def _copied(station_id: str, incarnation: int, at_ms: int) -> tuple[str, Finding]:
    facts = (("station", station_id), ("at", str(at_ms)))
    return f"copied:{incarnation}:{station_id}", Finding("station_copied", facts)


def taken_after_all(connection: Connection, op_id: str, now_ms: int) -> None:
    """The case of an operation that could not be taken closes by itself: its good copy came."""
    subjects = [f"operation:{op_id}"]
    for row in connection.execute(_CASES, {"subjects": subjects}).all():
        if row.kind == "quarantined":
            _close(connection, row, now_ms)


def judge_clocks(
    connection: Connection, given: Iterable[Envelope], station: str, now_ms: int
) -> dict[str, str]:
    """Facts by a clock that is far off are stored all the same; one case a station and day says so. The case's id by
    operation, for those that are meant."""
    meant = [
        each for each in given if not is_believable(to_ms(each.device_at), each.offset_ms, received_ms=now_ms)
    ]
    if not meant:
        return {}
    first = next((each for each in meant if each.staff_id), meant[0])
    subject = f"clock:{first.station_id}:{from_ms(now_ms):%Y-%m-%d}"
    said = first.device_at.isoformat(timespec="seconds")
    facts = (
        ("station", station),
        ("said", said),
        ("offset_ms", str(first.offset_ms)),
        ("staff", first.staff_id[:64]),
        ("kind", first.kind[:40]),
    )
    finding = Finding("clock_far_off", facts)
    wanted = case_id(subject, finding.kind)
    known = connection.execute(_KNOWN, {"wanted": wanted}).first()
    if known is None or (first.staff_id and _names_nobody(known)):
        open_case(connection, subject, finding, now_ms, known_row=known)
    return {each.op_id: wanted for each in meant}


def _names_nobody(row: sa.Row[tuple[object, ...]]) -> bool:
    """An open case of what the station did by itself: the first person's record says more."""
    m = row._mapping
    return not m["closed_at"] and not dict(read_facts(m["facts"])).get("staff")


def case_id(subject: str, kind: str) -> str:
    return hashlib.sha256(f"{subject}/{kind}".encode()).hexdigest()[:32]


def _close(connection: Connection, row: sa.Row[tuple[object, ...]], now_ms: int) -> bool:
    """The cause is gone: an open case closes by itself; one that a person settled stays theirs, and notes it."""
    m = row._mapping
    if not m["closed_at"]:
        _change(connection, m["case_id"], {"closed_at": now_ms, "closed_by": ITSELF})
        return True
    facts = read_facts(m["facts"])
    if m["closed_by"] == ITSELF or GONE in facts:
        return False
    _change(connection, m["case_id"], {"facts": codec.dumps((*facts, GONE))})
    return True


def open_case(
    connection: Connection,
    subject: str,
    finding: Finding,
    now_ms: int,
    known_row: sa.Row[tuple[object, ...]] | None = None,
) -> bool:
    """Opens a case; opens it again or renews its facts where there is one (`known_row`). Whether there was anything to
    do."""
    facts = codec.dumps(finding.facts)
    if known_row is not None:
        row = known_row._mapping
        if row["facts"] == facts and not row["closed_at"]:
            return False
        needs_worse = _is_settled(row) or finding.kind in STAYS
        if needs_worse and not is_worse(finding.kind, dict(read_facts(row["facts"])), dict(finding.facts)):
            return False
        again = {"opened_at": now_ms} if row["closed_at"] else {}
        _change(connection, row["case_id"], {"facts": facts, "closed_at": 0, "closed_by": "", **again})
        return True
    wanted = case_id(subject, finding.kind)
    values = {"case_id": wanted, "kind": finding.kind, "subject": subject, "facts": facts}
    add_rows(connection, [(t.case_item, values | {"opened_at": now_ms, "bucket": BUCKET})])
    return True


def _is_settled(row: Mapping[Any, Any]) -> bool:
    return bool(row["closed_at"]) and row["closed_by"] != ITSELF


def _change(connection: Connection, wanted: str, values: dict[str, str | int]) -> None:
    mine = t.case_item.c.case_id == wanted
    connection.execute(sa.update(t.case_item).where(mine).values(**values, seq=0))
