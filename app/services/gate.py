"""The gate: one scan, one answer, decided here from what this station knows, with or without a network."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from app.approving import Approver
from app.session import Session
from app.shown import Approval, Colour, GateBoard, ScanResult, ScanRow
from app.store import Recording, Store
from domain import operation as op
from domain import visit
from domain.catalogue import Words
from domain.errors import Code, Refused
from domain.staff import Permission
from domain.text import reason_of
from domain.ticket import TicketCode, as_short_code, short_code, verify
from ledger import read_gate, read_setup
from ledger.paper_names import called_together

_SWALLOW_SECONDS = 2.0
_LAST_SCANS = 8
_AMBER = frozenset((Code.SCAN_ALREADY, Code.SCAN_TIME, Code.SCAN_BANNED))
_NOT_OURS = (
    Code.SCAN_NOT_OURS,
    Code.SCAN_UNREADABLE,
    Code.SCAN_FOREIGN,
    Code.SCAN_FORGED,
    Code.SCAN_TOO_LONG,
)
_FIELD = dict.fromkeys(_NOT_OURS, Code.SCAN_INVALID)
UNDO_MINUTES = 10


class Gate:
    """`online` tells whether what other gates did is known, `digest` stands for a text that is not kept. Results name
    the gate where they were given."""

    def __init__(
        self,
        store: Store,
        session: Session,
        gate: Words,
        online: Callable[[], bool],
        digest: Callable[[str], str],
        approver: Approver,
    ) -> None:
        self._store = store
        self._session = session
        self._gate = gate
        self._online = online
        self._digest = digest
        self._approver = approver
        self._guard = threading.Lock()
        self._last: tuple[str, float, ScanResult] | None = None

    def scan(self, code: str) -> ScanResult:
        """Decides about whatever was scanned and records it, admitted or refused. The same code within 2 s gets the
        same answer again, marked `repeated`, and nothing is recorded twice."""
        actor = self._session.actor(Permission.ADMIT)
        with self._guard:
            if again := self._repeated(code):
                return again
            result = self._store.transact(lambda recording: self._decide(recording, code), actor)
            self._last = (code, self._store.clock.monotonic(), result)
            return result

    @staticmethod
    def is_ticket(code: str) -> bool:
        """Whether a scanned code is a ticket's, of this venue or another, whole or in part; it is not decided here."""
        try:
            verify(code, {})
        except Refused as refused:
            return refused.code not in (Code.SCAN_NOT_OURS, Code.SCAN_TOO_LONG)
        return True

    def _repeated(self, code: str) -> ScanResult | None:
        if self._last is None or self._last[0] != code:
            return None
        if self._store.clock.monotonic() - self._last[1] > _SWALLOW_SECONDS:
            return None
        return replace(self._last[2], repeated=True)

    def _decide(self, recording: Recording, text: str) -> ScanResult:
        try:
            code = self._read(recording.cache, text)
        except Refused as refused:
            self._note_refusal(recording, text, refused.code, "", self._today(recording.cache))
            return ScanResult(refused.code.value, Colour.RED, self._store.clock.now(), not self._online())
        return self._known(recording, text, code)

    def _known(
        self, recording: Recording, text: str, code: TicketCode, *, allowed: bool = False
    ) -> ScanResult:
        """Of a ticket that was read; `allowed`: though whoever booked is banned."""
        known = read_gate.known(recording.cache, str(code.ticket_id), self._language())
        known = replace(known, banned=known.banned and not allowed)
        session = read_setup.session(recording.cache, code.session)
        today = self._today(recording.cache)
        early = read_setup.venue(recording.cache).early_minutes
        now = self._store.now()
        match visit.decide(code, known, session, now=now, today=today, early_minutes=early):
            case visit.Admit(again):
                return self._admit(recording, code, again=again)
            case visit.Refuse() as refusal:
                return self._refused(recording, text, code, refusal)

    def _read(self, connection: Connection, text: str) -> TicketCode:
        """The ticket behind a scanned code, or behind the short code of a ticket of today that this station knows."""
        wanted = as_short_code(text)
        if not wanted:
            return verify(text, read_setup.ticket_keys(connection))
        for row in read_gate.tickets_of(connection, self._today(connection)):
            if short_code(UUID(row.ticket_id)) == wanted:
                return TicketCode(0, UUID(row.ticket_id), row.product, row.day, 1, row.session)
        raise Refused(Code.SCAN_INVALID)

    def _admit(self, recording: Recording, code: TicketCode, *, again: bool) -> ScanResult:
        admission_id = self._store.ids.new()
        recording.add(
            op.GuestAdmitted(
                admission_id,
                str(code.ticket_id),
                code.product,
                code.session,
                code.first_day,
                self._gate,
                again,
            )
        )
        result = self._shown(recording.cache, str(code.ticket_id), (code.product, code.session))
        return replace(
            result, code="ok_reentry" if again else "ok", colour=Colour.GREEN, admission_id=admission_id
        )

    def _refused(
        self, recording: Recording, text: str, code: TicketCode, refusal: visit.Refuse
    ) -> ScanResult:
        """On the record; `text` is what was scanned, empty where nothing was."""
        self._note_refusal(recording, text, refusal.code, str(code.ticket_id), code.first_day)
        result = self._shown(recording.cache, str(code.ticket_id), (code.product, code.session))
        colour = Colour.AMBER if refusal.code in _AMBER else Colour.RED
        result = replace(result, code=refusal.code.value, colour=colour, valid_on=refusal.valid_on)
        if refusal.entry is None:
            return result
        entry = refusal.entry
        return replace(
            result,
            entry_at=entry.at,
            entry_gate=entry.gate,
            entry_by=entry.staff_name,
            admission_id=entry.admission_id,
        )

    def _shown(self, connection: Connection, ticket_id: str, kind: tuple[int, int]) -> ScanResult:
        """What is known of a ticket, ready to show; the caller sets the answer."""
        product, number = kind
        session = read_setup.session(connection, number)
        row = read_gate.ticket(connection, ticket_id)
        group = read_gate.group(connection, row.booking_id) if row else read_gate.Group(1, 0, ())
        names = called_together(connection, (number for number, _ in group.mix))
        mix = tuple((names[number], count) for number, count in group.mix)
        return ScanResult(
            code="",
            colour=Colour.RED,
            at=self._store.clock.now(),
            offline=not self._online(),
            ticket_id=ticket_id,
            ticket_short=short_code(UUID(ticket_id)),
            guest=read_gate.guest_of(connection, ticket_id),
            product=read_setup.product_name(connection, product) if product else None,
            session_starts=session.starts_at if session else None,
            session_ends=session.ends_at if session else None,
            group_in=group.inside,
            group_of=group.of,
            group_mix=mix,
        )

    def _note_refusal(self, recording: Recording, text: str, code: Code, ticket_id: str, day: date) -> None:
        field = _FIELD.get(code, code).value
        recording.add(
            op.ScanRefused(
                self._store.ids.new(), field, code.value, ticket_id, self._digest(text), self._gate, day
            )
        )

    # what staff decide themselves ------------------------------------------------------------------------------------

    def re_enter(self, ticket_id: str) -> ScanResult:
        """Lets a guest who stepped out in again, on the record, unless whoever booked was banned meanwhile; refuses
        `not_allowed`, `invalid` for a ticket that is not inside."""
        actor = self._session.actor(Permission.RE_ENTRY)

        def work(recording: Recording) -> ScanResult:
            entries = read_gate.entries_of(recording.cache, ticket_id, "en")
            admitted = read_gate.admission(recording.cache, entries[-1].admission_id) if entries else None
            if admitted is None:
                raise Refused(Code.SCAN_INVALID)
            row = read_gate.ticket(recording.cache, ticket_id) or admitted  # it may not have come here yet
            if read_gate.known(recording.cache, ticket_id, "en").banned:
                return self._refused(recording, "", _code_of(ticket_id, row), visit.Refuse(Code.SCAN_BANNED))
            admission_id = self._store.ids.new()
            recording.add(
                op.GuestAdmitted(admission_id, ticket_id, row.product, row.session, row.day, self._gate, True)
            )
            result = self._shown(recording.cache, ticket_id, (row.product, row.session))
            return replace(result, code="ok_reentry", colour=Colour.GREEN, admission_id=admission_id)

        return self._forget(self._store.transact(work, actor))

    def let_in(self, ticket_id: str, approval: Approval) -> ScanResult:
        """Lets in who was refused because whoever booked is banned, by the yes of who may approve bookings; anything
        else that is wrong with the ticket is answered as ever. Refuses as an approval does, and `invalid` for a ticket
        that is not here."""
        actor = self._session.actor(Permission.ADMIT)
        with self._store.read() as connection:
            found = read_gate.ticket(connection, ticket_id)
        if found is None:
            raise Refused(Code.SCAN_INVALID)
        reason_of(approval.reason)
        self._approver.override(approval, Permission.ALLOW_BANNED, actor.staff_id, found.booking_id)
        code = _code_of(ticket_id, found)
        return self._forget(
            self._store.transact(lambda recording: self._known(recording, "", code, allowed=True), actor)
        )

    def undo(self, admission_id: str) -> ScanResult:
        """Takes an admission back; refuses `undo_too_late` after ten minutes or when it is not here."""
        actor = self._session.actor(Permission.ADMIT)

        def work(recording: Recording) -> ScanResult:
            found = read_gate.admission(recording.cache, admission_id)
            if found is None or self._since(found.at) > timedelta(minutes=UNDO_MINUTES):
                raise Refused(Code.UNDO_TOO_LATE)
            recording.add(op.AdmissionUndone(admission_id, found.ticket_id, found.day))
            result = self._shown(recording.cache, found.ticket_id, (found.product, found.session))
            return replace(result, code="undone", colour=Colour.AMBER, admission_id=admission_id)

        return self._forget(self._store.transact(work, actor))

    def _since(self, at: datetime) -> timedelta:
        """How long ago, for a time that this computer's clock or the server's gave: what is the shorter."""
        return min(self._store.clock.now() - at, self._store.now() - at)

    def _forget(self, result: ScanResult) -> ScanResult:
        """After staff decided by hand, the same ticket scanned at once is a new question."""
        with self._guard:
            self._last = None
        return result

    # questions -------------------------------------------------------------------------------------------------------

    def history(self, ticket_id: str) -> tuple[ScanRow, ...]:
        """All that happened to a ticket, newest first."""
        with self._store.read() as connection:
            scans = read_gate.last_scans(connection, self._today(connection), 50, ticket_id)
            return tuple(_row(connection, scan) for scan in scans)

    def board(self) -> GateBoard:
        with self._store.read() as connection:
            today, now = self._today(connection), self._store.now()
            scans = read_gate.last_scans(connection, today, _LAST_SCANS)
            came = read_gate.came(connection, today)
            expected = read_gate.expected(connection, today)
            sessions = read_setup.sessions_of(connection, today)
            starts = next((s.starts_at for s in sessions if s.starts_at <= now < s.ends_at), None)
            running = [s.number for s in sessions if s.starts_at == starts and now < s.ends_at]
            of_session = read_gate.arrived(connection, running) if running else None
            rows = tuple(_row(connection, scan) for scan in scans)
        return GateBoard(rows, came, came, expected, starts, not self._online(), of_session)

    def _today(self, connection: Connection) -> date:
        zone = ZoneInfo(read_setup.venue(connection).time_zone)
        return self._store.now().astimezone(zone).date()

    def _language(self) -> str:
        return self._session.member.language


def _row(connection: Connection, scan: read_gate.Scan) -> ScanRow:
    title = (
        read_setup.product_name(connection, scan.product)
        if scan.product
        else Words("Unknown code", "رمز غير معروف")
    )
    short = short_code(UUID(scan.ticket_id)) if scan.ticket_id else ""
    return ScanRow(scan.code, colour_of(scan.code), scan.at, title, short, scan.gate)


def colour_of(code: str) -> Colour:
    if code.startswith("ok"):
        return Colour.GREEN
    return Colour.AMBER if code in _AMBER else Colour.RED


def _code_of(ticket_id: str, row: read_gate.TicketRow | read_gate.AdmissionRow) -> TicketCode:
    return TicketCode(0, UUID(ticket_id), row.product, row.day, 1, row.session)
