"""Who is signed in to the API: tokens of guests, and of members of staff at a station. Only hashes are kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.errors import Code, Refused
from ledger import feed, read_guests, read_setup
from ledger.clock import from_ms, to_ms
from server import tables as own
from server.tokens import hash_of

GUEST_LIFE = timedelta(days=30)
STAFF_LIFE = timedelta(minutes=30)
MOST_OF_A_GUEST = 10  # devices; the oldest is signed out


@dataclass(frozen=True, slots=True)
class Issued:
    """A token as it is told once."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A member of staff at a station."""

    staff_id: str
    role: str
    station_id: str


# guests ---------------------------------------------------------------------------------------------------------------


def issue_to_guest(connection: Connection, guest_id: str, now: datetime) -> Issued:
    """A fresh token; of more than ten the oldest end."""
    issued = Issued(f"guest-{secrets.token_urlsafe(32)}", from_ms(to_ms(now + GUEST_LIFE)))
    c = own.guest_token.c
    mine = c.guest_id == guest_id
    newest = sa.select(c.token_hash).where(mine).order_by(c.expires_at.desc(), c.token_hash)
    kept = connection.execute(newest.limit(MOST_OF_A_GUEST - 1)).scalars().all()
    connection.execute(sa.delete(own.guest_token).where(mine, c.token_hash.not_in(kept)))
    values = {"token_hash": hash_of(issued.token), "guest_id": guest_id, "epoch": _epoch(connection)}
    connection.execute(sa.insert(own.guest_token).values(**values, expires_at=to_ms(issued.expires_at)))
    return issued


def guest_of(connection: Connection, token: str, now_ms: int) -> str:
    """The id of the guest who is signed in, as they are known now. Refuses `token_invalid`."""
    c = own.guest_token.c
    mine = c.token_hash == hash_of(token), c.epoch == _epoch(connection), c.expires_at > now_ms
    guest_id = connection.execute(sa.select(c.guest_id).where(*mine)).scalar()
    guest = read_guests.guest(connection, guest_id) if guest_id else None
    if guest is None or guest.erased:
        raise Refused(Code.TOKEN_INVALID)
    return guest.guest_id


def sign_out_guest(connection: Connection, token: str) -> None:
    connection.execute(sa.delete(own.guest_token).where(own.guest_token.c.token_hash == hash_of(token)))


def sign_out_others(connection: Connection, guest_id: str, token: str = "") -> None:
    """Ends the tokens of a guest, but for `token`."""
    c = own.guest_token.c
    others = c.guest_id == guest_id, c.token_hash != hash_of(token)
    connection.execute(sa.delete(own.guest_token).where(*others))


# staff ----------------------------------------------------------------------------------------------------------------


def issue_to_staff(
    connection: Connection, station_token: str, staff_id: str, verifier: str, now: datetime
) -> Issued:
    """A fresh token of somebody who proved their PIN (`verifier`) at the station whose token that is."""
    issued = Issued(f"staff-{secrets.token_urlsafe(32)}", from_ms(to_ms(now + STAFF_LIFE)))
    values: dict[str, str | int] = {
        "token_hash": hash_of(issued.token), "staff_id": staff_id,
        "role": read_setup.staff_role(connection, staff_id), "verifier": _digest(verifier),
        "station_hash": hash_of(station_token), "epoch": _epoch(connection),
        "expires_at": to_ms(issued.expires_at),
    }  # fmt: skip
    connection.execute(sa.insert(own.staff_token).values(**values))
    return issued


_STAFF = sa.select(own.staff_token, own.station.c.station_id).join(
    own.station,
    sa.and_(own.station.c.token_hash == own.staff_token.c.station_hash, own.station.c.fenced == 0),
)


def staff_of(connection: Connection, token: str, now_ms: int) -> SignedIn:
    """Who is signed in, and is still what they were then: at a station that is heard, with that role and that PIN.
    Refuses `token_invalid`."""
    c = own.staff_token.c
    mine = c.token_hash == hash_of(token), c.epoch == _epoch(connection), c.expires_at > now_ms
    row = connection.execute(_STAFF.where(*mine)).first()
    found = read_setup.staff_of(connection, row.staff_id) if row is not None else None
    if row is None or found is None or not found.active:
        raise Refused(Code.TOKEN_INVALID)
    if (found.member.role, _digest(found.verifier)) != (row.role, row.verifier):
        raise Refused(Code.TOKEN_INVALID)
    return SignedIn(row.staff_id, row.role, row.station_id)


def sign_out_staff(connection: Connection, token: str) -> None:
    connection.execute(sa.delete(own.staff_token).where(own.staff_token.c.token_hash == hash_of(token)))


# both -----------------------------------------------------------------------------------------------------------------


def forget_old(connection: Connection, now_ms: int) -> None:
    """What nobody is signed in with any more."""
    for table in (own.guest_token, own.staff_token):
        connection.execute(sa.delete(table).where(table.c.expires_at <= now_ms))


def _epoch(connection: Connection) -> str:
    return feed.read_head(connection).epoch


def _digest(verifier: str) -> str:
    return hashlib.sha256(verifier.encode()).hexdigest()
