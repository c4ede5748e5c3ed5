"""Who is signed in at this station, and what they may do."""

from __future__ import annotations

import threading

from app.store import Actor, Store
from domain.catalogue import StaffMember
from domain.errors import Code, Refused
from domain.staff import Permission, may
from ledger.read_money import OpenShift, open_shift


class Session:
    """One person at a time. Safe to ask from any thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._member: StaffMember | None = None
        self.sign_in_id = ""

    def begin(self, member: StaffMember, sign_in_id: str) -> None:
        with self._lock:
            self._member, self.sign_in_id = member, sign_in_id

    def end(self) -> None:
        with self._lock:
            self._member, self.sign_in_id = None, ""

    @property
    def member(self) -> StaffMember:
        """Refuses `not_signed_in`."""
        with self._lock:
            if self._member is None:
                raise Refused(Code.NOT_SIGNED_IN)
            return self._member

    def staff_id(self) -> str:
        """Of whoever is signed in; empty for nobody."""
        with self._lock:
            return self._member.staff_id if self._member else ""

    @property
    def reads_contacts(self) -> bool:
        """Whether whoever is signed in may read contacts of guests whole."""
        return may(self.member.role, Permission.READ_CONTACT)

    def require(self, permission: Permission) -> StaffMember:
        """The person who acts; refuses `not_signed_in` and `not_allowed`."""
        member = self.member
        if not may(member.role, permission):
            raise Refused(Code.NOT_ALLOWED, permission=permission.value)
        return member

    def actor(self, permission: Permission) -> Actor:
        """Who acts and in which shift, if one is open."""
        member = self.require(permission)
        shift = self.open_shift()
        return Actor(member.staff_id, shift.shift_id if shift else "")

    def in_shift(self, permission: Permission) -> tuple[Actor, OpenShift]:
        """As `actor`; refuses `shift_needed` when this station has no open shift."""
        member = self.require(permission)
        shift = self.open_shift()
        if shift is None:
            raise Refused(Code.SHIFT_NEEDED)
        return Actor(member.staff_id, shift.shift_id), shift

    def open_shift(self) -> OpenShift | None:
        identity = self._store.identity
        if identity is None:
            raise Refused(Code.STATION_UNKNOWN)
        with self._store.read() as connection:
            return open_shift(connection, identity.station_id)
