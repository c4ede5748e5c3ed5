"""One-time codes to a contact of a guest and back: five minutes, five tries, half a minute apart, five an hour.

Kept are keyed digests only; the code itself is in a message that is blanked once it was sent.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain.errors import Code, Refused
from domain.fold import fold
from domain.guest import Guest
from ledger.contact import is_mobile
from server import outbox
from server import tables as own
from server.database import lock_subjects
from server.message_kinds import Channel, Value
from server.outbox import Letter
from server.setup import SetUp

LIFE_MINUTES, MOST_TRIES = 5, 5
RESEND_SECONDS, MOST_AN_HOUR = 30, 5
NOBODY = ""  # whose code it is where a contact leads to no guest: the pace is the same
_HOUR_MS = 3_600_000
_CONTACTS = {Channel.SMS.value: "phone", Channel.MAIL.value: "email"}


@dataclass(frozen=True, slots=True)
class Proved:
    """A contact (`phone` or `email`) that a guest proved theirs, by which code."""

    code_id: str
    contact: str
    value: str = field(repr=False)


def send(setup: SetUp, guest: Guest, channel: str) -> datetime:
    """Sends six digits by `sms` or `mail`, under the guest's lock; until when they hold.

    Refuses `record_invalid` for another channel, `contact_missing`, `code_soon` within half a minute of the last and
    `code_many` after five to one contact within an hour.
    """
    if channel not in _CONTACTS:
        raise Refused(Code.RECORD_INVALID, record="guest")
    value = guest.phone if channel == Channel.SMS else guest.email
    if not value or (channel == Channel.SMS and not is_mobile(value)):
        raise Refused(Code.CONTACT_MISSING)
    code, code_id = f"{secrets.randbelow(10**6):06}", setup.ids.new()
    _keep(setup, (guest.guest_id, channel, _paced(setup, value)), (code_id, code))
    until = _until(setup)
    facts: dict[str, Value] = {"code": code, "minutes": LIFE_MINUTES}
    letter = Letter(
        "code", Channel(channel), value, guest.speaks, code_id, facts, guest.guest_id, expires_at=until
    )
    outbox.post(setup.connection, setup, letter)
    setup.note(op.CodeSent(guest.guest_id, code_id, channel))
    return until


def send_to_nobody(setup: SetUp, value: str, channel: str) -> datetime:
    """Sends nothing, and keeps the pace as if: whoever asks is told the same, and refused the same."""
    code_id = setup.ids.new()
    _keep(setup, (NOBODY, channel, _paced(setup, value)), (code_id, secrets.token_hex(8)))
    return _until(setup)


def _until(setup: SetUp) -> datetime:
    return setup.now + timedelta(minutes=LIFE_MINUTES)


def _paced(setup: SetUp, value: str) -> str:
    """The keyed digest of a contact, under its lock; refuses `code_soon` and `code_many`."""
    contact = contact_of(setup, value)
    lock_subjects(setup.connection, {f"contact:{contact}"})
    _check_pace(setup.connection, contact, setup.now_ms)
    return contact


def contact_of(setup: SetUp, value: str) -> str:
    """What is kept of a phone number or address where only its owner may be found by it."""
    return _keyed(setup, "contact", value)


def _check_pace(connection: Connection, contact: str, now_ms: int) -> None:
    c = own.guest_code.c
    lately = (
        sa.select(c.sent_at).where(c.contact == contact, c.sent_at > now_ms - _HOUR_MS).order_by(c.sent_at)
    )
    sent = list(connection.execute(lately).scalars())
    if sent and (since := now_ms - sent[-1]) < RESEND_SECONDS * 1000:
        raise Refused(Code.CODE_SOON, seconds=RESEND_SECONDS - since // 1000)
    if len(sent) >= MOST_AN_HOUR:
        raise Refused(Code.CODE_MANY, minutes=(sent[-MOST_AN_HOUR] + _HOUR_MS - now_ms) // 60_000 + 1)


def _keep(setup: SetUp, whose: tuple[str, str, str], made: tuple[str, str]) -> None:
    """Of a guest only the newest code holds."""
    guest_id, channel, contact = whose
    code_id, code = made
    c = own.guest_code.c
    if guest_id != NOBODY:
        older = c.guest_id == guest_id, c.expires_at > setup.now_ms
        setup.connection.execute(sa.update(own.guest_code).where(*older).values(expires_at=setup.now_ms))
    values: dict[str, str | int] = {
        "code_id": code_id, "guest_id": guest_id, "channel": channel, "contact": contact,
        "hash": _keyed(setup, code_id, code), "tries": 0, "used_at": 0, "sent_at": setup.now_ms,
        "expires_at": setup.now_ms + LIFE_MINUTES * 60_000,
    }  # fmt: skip
    setup.connection.execute(sa.insert(own.guest_code).values(**values))


def _keyed(setup: SetUp, purpose: str, text: str) -> str:
    key = bytes.fromhex(setup.pepper)
    return hmac.digest(key, f"guest\x1f{purpose}\x1f{text}".encode(), hashlib.sha256).hex()


def try_one(setup: SetUp, guest: Guest, typed: str) -> Proved | Refused:
    """A code that was said back, under the guest's lock: what it proves, and it is used then. A refusal is to be kept
    with the try that it counts: `code_wrong` (with the tries that are left) and `code_over` (too old, used, tried five
    times, or for a contact that was changed meanwhile)."""
    given = fold(typed).replace(" ", "")
    row = _newest(setup.connection, guest.guest_id, setup.now_ms)
    if row is None:
        return Refused(Code.CODE_OVER)
    contact = _CONTACTS[row.channel]
    value = guest.phone if contact == "phone" else guest.email
    mine = own.guest_code.c.code_id == row.code_id
    if not hmac.compare_digest(row.hash, _keyed(setup, row.code_id, given)):
        setup.connection.execute(sa.update(own.guest_code).where(mine).values(tries=row.tries + 1))
        left = MOST_TRIES - row.tries - 1
        return Refused(Code.CODE_WRONG, tries=left) if left else Refused(Code.CODE_OVER)
    if row.contact != contact_of(setup, value):
        return Refused(Code.CODE_OVER)
    setup.connection.execute(sa.update(own.guest_code).where(mine).values(used_at=setup.now_ms))
    return Proved(row.code_id, contact, value)


def _newest(connection: Connection, guest_id: str, now_ms: int) -> Any:
    """The code that holds now; None if there is none."""
    c = own.guest_code.c
    holds = c.guest_id == guest_id, c.used_at == 0, c.expires_at > now_ms, c.tries < MOST_TRIES
    return connection.execute(sa.select(own.guest_code).where(*holds).order_by(c.sent_at.desc())).first()


def forget_old(connection: Connection, now_ms: int) -> None:
    """Codes of which not even the pace matters any more."""
    c = own.guest_code.c
    connection.execute(sa.delete(own.guest_code).where(c.sent_at < now_ms - 24 * _HOUR_MS))
