"""Who had which role when something was done, and how much a role might give away: what was right then is right,
whoever loses their role since, and whatever limit is lowered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from sqlalchemy import Connection

from domain import codec
from domain.envelope import Envelope
from domain.limits import RoleLimit, in_force
from domain.staff import Permission, may
from ledger.case_rights import LimitsIn
from ledger.clock import told_at
from ledger.read_setup import limits, staff_role
from server.saved import saved

Pairs = tuple[tuple[str, str], ...]


class Roles:
    """Those of the people of a batch, by staff id, as they are now."""

    def __init__(self, now: Mapping[str, str], now_ms: int) -> None:
        self._now, self._now_ms = now, now_ms

    def of(self, connection: Connection, envelope: Envelope, staff_id: str) -> Iterator[tuple[str, LimitsIn]]:
        """The role and the limits now; who asks on gets those at the time of what was told."""
        yield self._now.get(staff_id, ""), partial(limits, connection)
        at_ms = told_at(envelope, self._now_ms)
        yield role_then(connection, staff_id, at_ms), partial(limits_then, connection, at_ms)


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


def limits_then(connection: Connection, at_ms: int, currency: str) -> tuple[RoleLimit, ...]:
    """How much each role might give away at a moment; before a venue said anything of one, as much as by default."""
    own = dict[str, RoleLimit]()
    for said, since in sorted(saved(connection, "limit"), key=lambda one: one[0].revision):
        if since <= at_ms:
            own[said.record_id] = codec.loads(RoleLimit, said.new)
    return in_force(own.values(), currency)


def _role_in(version: str) -> str:
    """Of the version of a record that was saved."""
    kept = dict(codec.loads(Pairs, version)) if version else {}
    return kept.get("role", "") if kept.get("active") == "1" else ""
