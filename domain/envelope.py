"""The envelope in which an operation is kept and sent: who, where, when, and the hash over all that was said."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from domain import codec, free_text, private
from domain.errors import Code, Refused
from domain.operation import KINDS, VERSION, Operation


@dataclass(frozen=True, slots=True)
class Envelope:
    """An operation as it is kept and sent. `offset_ms` is server time minus device time as last known.

    `private` holds personal data, and what staff wrote in their own words (`domain.free_text`); it may be erased, for
    only its salted digest is hashed.
    """

    op_id: str
    kind: str
    version: int
    station_id: str
    incarnation: int
    staff_id: str
    shift_id: str
    device_at: datetime
    offset_ms: int
    public: str
    private: str = ""
    private_digest: str = ""

    def operation(self) -> Operation:
        """The operation inside; refuses `operation_invalid` when this version cannot read it."""
        if self.kind not in KINDS or self.version > VERSION:
            raise Refused(Code.OPERATION_INVALID, kind=self.kind, why=f"version {self.version}")
        said = codec.loads(KINDS[self.kind], self.public)
        return free_text.whole(said, private.read(self.private)) if self.private else said

    @property
    def is_forgotten(self) -> bool:
        """Whether it had a private part, which was erased."""
        return bool(self.private_digest) and not self.private

    def digest(self) -> bytes:
        """SHA-256 over the id and everything that was said; stream numbers stand outside."""
        said = (
            self.op_id,
            self.kind,
            str(self.version),
            self.station_id,
            str(self.incarnation),
            self.staff_id,
            self.shift_id,
            str(codec.encode(self.device_at)),
            str(self.offset_ms),
            self.public,
            self.private_digest,
        )
        return hashlib.sha256("\x1f".join(said).encode()).digest()


def chain(before: bytes, digest: bytes) -> bytes:
    """The journal's chain: each row seals all rows before it."""
    return hashlib.sha256(before + digest).digest()
