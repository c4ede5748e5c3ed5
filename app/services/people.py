"""Signing in by PIN, with or without a server, and a second person's yes at the moment of need."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from app.proofs import Proofs
from app.session import Session
from app.shown import Approval, StaffTile
from app.store import Actor, Store
from domain import codec
from domain import operation as op
from domain.catalogue import StaffMember, Words
from domain.errors import Code, Refused
from domain.staff import LOCKED_MINUTES, MOST_TRIES, Permission, check_approver, check_pin, may
from domain.text import tidy
from ledger import journal, verifier
from ledger.clock import to_ms

_LOCKED = timedelta(minutes=LOCKED_MINUTES)
_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class _Known:
    """A person as the journal knows them: enough to sign in without the cache."""

    member: StaffMember
    verifier: str
    failures: int


class People:
    """Who works here. `online` tells whether the server answers now; `sample_pins` is empty but on the sample venue;
    `ask` puts a request (kind, body, staff id, what it is about) to the server, with what `proofs` has of who asks."""

    def __init__(
        self, store: Store, session: Session, pepper: str, online: Callable[[], bool], sample_pins: dict[str, str],
        proofs: Proofs, ask: Callable[[str, str, str, str], object],
    ) -> None:  # fmt: skip
        self._store = store
        self._session = session
        self._pepper = pepper
        self._online = online
        self._sample_pins = sample_pins
        self._proofs = proofs
        self._ask = ask
        # Names that are locked, each with when that ends by steady time: no clock that is set shortens or lengthens it.
        # After a restart nobody knows how much is over, so it begins anew.
        with store.read_journal() as connection:
            self._locked = dict.fromkeys(_noted_as_locked(connection), self._in_full())

    def tiles(self) -> tuple[StaffTile, ...]:
        """Everybody who may use this station, by name."""
        return tuple(self._tile(known.member) for known in self._everybody())

    def members(self) -> list[StaffMember]:
        """Everybody whose PIN can be checked here, with or without a network."""
        return [known.member for known in self._everybody()]

    def approvers(self, permission: str) -> tuple[StaffTile, ...]:
        """Who could approve: has the right and is not the one who asks."""
        asker = self._session.member.staff_id
        wanted = Permission(permission)
        people = (known.member for known in self._everybody())
        return tuple(self._tile(m) for m in people if may(m.role, wanted) and m.staff_id != asker)

    def _tile(self, member: StaffMember) -> StaffTile:
        pin = self._sample_pins.get(member.staff_id, "")
        return StaffTile(member.staff_id, member.name, member.role, member.language, pin)

    def sign_in(self, staff_id: str, pin: str) -> StaffMember:
        """Refuses `pin_wrong` (with the tries left) and `pin_locked` (until when), offline just as online; and
        `sign_in_stale` when the server has not been heard for 72 hours."""
        known = self._check(staff_id, pin)
        sign_in_id = self._store.ids.new()
        event = op.SignedIn(sign_in_id, not self._online())
        self._store.transact(lambda recording: recording.add(event), Actor(staff_id))
        self._proofs.signed_in(staff_id, self._proof(staff_id, pin))
        self._session.begin(known.member, sign_in_id)
        return known.member

    def sign_out(self) -> None:
        member, sign_in_id = self._session.member, self._session.sign_in_id
        event = op.SignedOut(sign_in_id)
        self._store.transact(lambda recording: recording.add(event), Actor(member.staff_id))
        self._proofs.signed_out()
        self._session.end()

    def change_pin(self, old: str, new: str) -> None:
        """Asks the server for a new PIN; refuses `pin_weak`, `pin_wrong`, `request_offline`, `request_open`."""
        member = self._session.member
        check_pin(new)
        self._check(member.staff_id, old)
        wanted = verifier.make(new, member.staff_id, self._pepper)
        body = json.dumps({"proof": self._proof(member.staff_id, old), "verifier": wanted})
        self._ask("PinChanged", body, member.staff_id, f"staff:{member.staff_id}")
        self._proofs.signed_in(member.staff_id, self._proof(member.staff_id, new))

    def approve(self, approval: Approval, permission: Permission, asker_id: str, subject: str = "") -> str:
        """The approver's id after their PIN was right; refuses as `sign_in`, and `approver_same`,
        `approver_not_allowed`."""
        return self.override(approval, permission, asker_id, subject).approver_id

    def override(
        self, approval: Approval, permission: Permission, asker_id: str, subject: str = ""
    ) -> op.OverrideGiven:
        """As `approve`; the yes as it was recorded, for what names it."""
        known = self._check(approval.staff_id, approval.pin)
        check_approver(known.member.staff_id, known.member.role, asker_id, permission)
        override_id, approver_id = self._store.ids.new(), known.member.staff_id
        self._proofs.said_yes(approver_id, self._proof(approver_id, approval.pin))
        given = op.OverrideGiven(override_id, approver_id, permission.value, subject, tidy(approval.reason))
        shift = self._session.open_shift()
        actor = Actor(asker_id, shift.shift_id if shift else "")
        self._store.transact(lambda recording: recording.add(given), actor)
        return given

    # the PIN --------------------------------------------------------------------------------------------------------

    def _check(self, staff_id: str, pin: str) -> _Known:
        known = self._find(staff_id)
        if not self._online() and not self._store.clocks.may_sign_in_offline():
            raise Refused(Code.SIGN_IN_STALE)
        self.look()
        if staff_id in self._locked:
            raise self._is_locked(staff_id)
        if verifier.matches(known.verifier, pin, staff_id, self._pepper):
            if known.failures:
                self._note(staff_id, 0, 0)
            return known
        raise self._wrong(known)

    def _proof(self, staff_id: str, pin: str) -> str:
        return verifier.proof(pin, staff_id, self._pepper)

    def look(self) -> None:
        """Forgets durably, also when nobody tries, the locks that are over."""
        now = self._store.clock.monotonic()
        for staff_id in [staff_id for staff_id, ends in self._locked.items() if ends <= now]:
            self._note(staff_id, 0, 0)
            self._locked.pop(staff_id, None)

    def _in_full(self) -> float:
        return self._store.clock.monotonic() + _LOCKED.total_seconds()

    def _is_locked(self, staff_id: str) -> Refused:
        left = timedelta(seconds=self._locked.get(staff_id, 0.0) - self._store.clock.monotonic())
        return Refused(Code.PIN_LOCKED, until=_iso(self._store.clock.now() + max(timedelta(), left)))

    def _wrong(self, known: _Known) -> Refused:
        """Counts a wrong PIN durably before anybody is told, so that a restart forgives nothing."""
        staff_id, left = known.member.staff_id, MOST_TRIES - known.failures - 1
        until = self._store.clock.now() + _LOCKED
        if left == 0:
            self._locked[staff_id] = self._in_full()
        self._note(staff_id, 0 if left == 0 else known.failures + 1, to_ms(until) if left == 0 else 0)
        event = op.SignInFailed(self._store.ids.new(), staff_id, left)
        self._store.transact(lambda recording: recording.add(event), Actor(staff_id))
        if left == 0:
            return self._is_locked(staff_id)
        return Refused(Code.PIN_WRONG, tries=left)

    def _note(self, staff_id: str, failures: int, locked_until: int) -> None:
        with self._store.local() as connection:
            mine = journal.verifier.c.staff_id == staff_id
            values = {"failures": failures, "locked_until": locked_until}
            connection.execute(sa.update(journal.verifier).where(mine).values(**values))

    def _everybody(self) -> list[_Known]:
        with self._store.read_journal() as connection:
            return _all(connection)

    def _find(self, staff_id: str) -> _Known:
        for known in self._everybody():
            if known.member.staff_id == staff_id:
                return known
        raise Refused(Code.PIN_WRONG, tries=MOST_TRIES)


def _all(connection: Connection) -> list[_Known]:
    rows = connection.execute(sa.select(journal.verifier).order_by(journal.verifier.c.staff_id))
    return [_known(row) for row in rows]


def _known(row: sa.Row[tuple[object, ...]]) -> _Known:
    m = row._mapping
    name, role, language = m["body"].split(_SEPARATOR)
    member = StaffMember(m["staff_id"], codec.loads(Words, name), role, language)
    return _Known(member, m["verifier"], m["failures"])


def _noted_as_locked(connection: Connection) -> list[str]:
    locked = journal.verifier.c.locked_until > 0
    return list(connection.execute(sa.select(journal.verifier.c.staff_id).where(locked)).scalars())


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
