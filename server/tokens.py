"""The tokens of stations. Only hashes are kept.

Each says under this venue's seal for whom it was made: an older copy of the database, which has forgotten that, can
tell that it once gave it out. The seal lets nobody in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from domain.errors import Code, Refused
from server import tables as own

_KEY = "token_key"
_FIND = sa.select(own.setting.c.value).where(own.setting.c.name == _KEY)
_LONGEST = 400
_EPOCH = re.compile(r"[0-9a-f]{16}")


def prepare(connection: Connection) -> None:
    """The seal of a new database; copies made later have it too."""
    if connection.execute(_FIND).first() is None:
        connection.execute(sa.insert(own.setting).values(name=_KEY, value=secrets.token_hex(32)))


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Made:
    """For whom a token was made, and in which epoch."""

    station_id: str
    incarnation: int
    epoch: str


def make(connection: Connection, station_id: str, incarnation: int, epoch: str) -> str:
    """A fresh token."""
    said = f"{secrets.token_urlsafe(24)} {incarnation} {epoch} {station_id}"
    return f"{base64.urlsafe_b64encode(said.encode()).decode().rstrip('=')}.{_seal(connection, said)}"


def made_for(connection: Connection, token: str) -> Made | None:
    """What a token was made for, here or by a later state of this database; None for what never was a token of this
    venue."""
    text, _, seal = token[:_LONGEST].partition(".")
    try:
        said = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except ValueError:
        return None
    if not seal.isascii() or not hmac.compare_digest(seal, _seal(connection, said)):
        return None
    _, incarnation, rest = said.split(" ", 2)
    epoch, _, station_id = rest.partition(" ")
    if not _EPOCH.fullmatch(epoch):  # an earlier version did not say it
        epoch, station_id = "", rest
    return Made(station_id, int(incarnation), epoch)


def _seal(connection: Connection, said: str) -> str:
    key = bytes.fromhex(connection.execute(_FIND).scalar_one())
    return hmac.digest(key, said.encode(), "sha256").hex()


class Tokens:
    """Tokens that stations spoke under, in this process: what comes under one is worth reading. Who it is and may be is
    decided anew in each transaction."""

    def __init__(self) -> None:
        self._heard: set[str] = set()

    def are_heard(self, token: str) -> bool:
        return hash_of(token) in self._heard

    def hear(self, token: str) -> None:
        self._heard.add(hash_of(token))

    @contextmanager
    def hearing(self, token: str) -> Iterator[None]:
        """A station that is refused for what it is now is not heard any more."""
        try:
            yield
        except Refused as refused:
            if refused.code in (Code.STATION_UNKNOWN, Code.STATION_FENCED):
                self._heard.discard(hash_of(token))
            raise
