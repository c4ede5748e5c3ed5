"""Ticket codes: 30 signed bytes that every gate can check without a network.

Body (big endian): kind 1, key id 1, ticket id 16, product 4, first day 2, days 1, flags 1, session 4 (0 = any).
Code: base32 of body + Ed25519 signature (64 bytes), upper case, no padding: 151 characters, QR version 6-M.
"""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from domain.errors import Code, Refused

KIND = 1
EPOCH_DAY = date(2020, 1, 1)
LONGEST = 400
_BODY = struct.Struct(">BB16sIHBBI")
_LENGTH = -(-(_BODY.size + 64) * 8 // 5)
_BEGINS, _SHORTEST = re.compile("A[E-H][A-Z0-9]*"), 16
_SHORT = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LIKE_DIGITS = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class TicketCode:
    """What a code says: the right of one guest on `days` days from `first_day`, to `session` (0 = any)."""

    key_id: int
    ticket_id: UUID
    product: int
    first_day: date
    days: int
    session: int
    flags: int = 0

    @property
    def last_day(self) -> date:
        return self.first_day + timedelta(days=self.days - 1)


def sign(ticket: TicketCode, key: Ed25519PrivateKey) -> str:
    """The text of the ticket's QR."""
    body = _BODY.pack(
        KIND,
        ticket.key_id,
        ticket.ticket_id.bytes,
        ticket.product,
        (ticket.first_day - EPOCH_DAY).days,
        ticket.days,
        ticket.flags,
        ticket.session,
    )
    return base64.b32encode(body + key.sign(body)).decode().rstrip("=")


def verify(code: str, keys: Mapping[int, Ed25519PublicKey]) -> TicketCode:
    """The ticket behind a scanned code.

    Refuses `code_too_long`, `not_ours` (another system's code: a web address, a product's number), `unreadable`
    (begins as ours, is not whole), `foreign_venue` (our shape, a key this venue never had) and `forged` (a known key,
    but the signature is not its own).
    """
    text = code.strip().upper()
    if len(text) > LONGEST:
        raise Refused(Code.SCAN_TOO_LONG, length=len(text))
    raw = _decode(text)
    kind, key_id, ticket_id, product, first, days, flags, session = _BODY.unpack(raw[: _BODY.size])
    if kind != KIND or days == 0:
        raise Refused(Code.SCAN_NOT_OURS)
    if key_id not in keys:
        raise Refused(Code.SCAN_FOREIGN)
    try:
        keys[key_id].verify(raw[_BODY.size :], raw[: _BODY.size])
    except InvalidSignature:
        raise Refused(Code.SCAN_FORGED) from None
    day = EPOCH_DAY + timedelta(days=first)
    return TicketCode(key_id, UUID(bytes=ticket_id), product, day, days, session, flags)


def _decode(text: str) -> bytes:
    if len(text) == _LENGTH and text.isascii():
        try:
            return base64.b32decode(text + "=" * (-len(text) % 8))
        except ValueError:
            pass  # a letter of it was read badly, or it was never ours
    raise Refused(Code.SCAN_UNREADABLE if _like_ours(text) else Code.SCAN_NOT_OURS)


def _like_ours(text: str) -> bool:
    """Nothing at all, or what begins as every code of ours: then some of it is missing or wrong."""
    return not text or (len(text) >= _SHORTEST and _BEGINS.fullmatch(text) is not None)


def short_code(ticket_id: UUID) -> str:
    """Six characters that people can read out, `7K2M-PQ`; taken from the id's random end."""
    value = int.from_bytes(ticket_id.bytes[-4:], "big")
    return _grouped("".join(_SHORT[value >> shift & 31] for shift in (25, 20, 15, 10, 5, 0)))


def as_short_code(text: str) -> str:
    """The short code that staff typed, `7K2M-PQ`, with its dash or without, in any case, O for 0, I and L for 1; empty
    for anything else."""
    found = re.fullmatch(r"(\w{4})[-\u2013 ]?(\w{2})", text.strip().upper())
    letters = "".join(found.groups()).translate(_LIKE_DIGITS) if found else ""
    return _grouped(letters) if letters and set(letters) <= set(_SHORT) else ""


def _grouped(letters: str) -> str:
    return f"{letters[:4]}-{letters[4:]}"
