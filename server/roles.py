"""Who had which role when something was done: what was right then is right, whoever loses their role since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from domain import codec
from domain.envelope import Envelope
from domain.staff import Permission, may
from ledger.clock import told_at
from ledger.read_setup import staff_role
from server.saved import saved

Pairs = tuple[tuple[str, str], ...]


class Roles:
    """Those of the people of a batch, by staff id, as they are now."""

    def __init__(self, now: Mapping[str, str], now_ms: int) -> None:
        self._now, self._now_ms = now, now_ms

    def of(self, connection: Connection, envelope: Envelope, staff_id: str) -> Iterator[str]:
        """The role now; who asks on gets the one at the time of what was told."""
        yield self._now.get(staff_id, "")
        yield role_then(connection, staff_id, told_at(envelope, self._now_ms))


def could(connection: Connection, staff_id: str, permission: Permission, at_ms: int) -> bool:
    """Whether somebody has a right now, or had it at a moment."""
    return may(staff_role(connection, staff_id), permission) or may(
        role_then(connection, staff_id, at_ms), permission
    )


def role_then(connection: Connection, staff_id: str, at_ms: int) -> str:
    """The role of somebody at a moment (ms since 1970), empty for who did not work here then. What they were before the
    first change that is known, they had been from the beginning."""
    role: str | None = None
    for said, since in saved(connection, "staff"):
        if said.record_id != staff_id:
            continue
        if since > at_ms:
            return _role_in(said.old) if role is None else role
        role = _role_in(said.new)
    return role or ""


def _role_in(version: str) -> str:
    """Of the version of a record that was saved."""
    kept = dict(codec.loads(Pairs, version)) if version else {}
    return kept.get("role", "") if kept.get("active") == "1" else ""
