"""Guests at the server: a code to a contact of theirs and back, two who are one, what is forgotten at their wish."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain import operation as op
from domain.errors import Code, Refused
from domain.fold import fold
from domain.guest import Guest, Said
from domain.private import Pairs, Private
from domain.staff import Permission
from domain.text import reason_of
from ledger import read_guests
from ledger import tables as t
from ledger.contact import is_mobile
from ledger.puts import GUESTS
from ledger.read_setup import require
from ledger.rows import add_rows
from server import outbox
from server import tables as own
from server.asked import Asked
from server.database import lock_subjects
from server.message_kinds import Channel, Value
from server.outbox import Letter
from server.setup import SetUp

LIFE_MINUTES, MOST_TRIES = 5, 5
RESEND_SECONDS, MOST_AN_HOUR = 30, 5
_HOUR_MS = 3_600_000
_CONTACTS = {Channel.SMS.value: "phone", Channel.MAIL.value: "email"}


# one-time codes -------------------------------------------------------------------------------------------------------


def code_sent(connection: Connection, asked: Asked, setup: SetUp) -> dict[str, object]:
    """Sends six digits to a guest's phone or address. Answers until when they hold.

    Refuses `not_allowed`, `guest_unknown`, `guest_erased`, `contact_missing`, `code_soon` within half a minute of the
    last and `code_many` after five to one contact within an hour.
    """
    require(connection, asked.ask.staff_id, Permission.REGISTER_GUEST)
    channel = asked.field("channel", str, "guest")
    if channel not in _CONTACTS:
        raise Refused(Code.RECORD_INVALID, record="guest")
    [guest] = _locked(connection, asked.field("guest", str, "guest"))
    value = guest.phone if channel == Channel.SMS else guest.email
    if not value or (channel == Channel.SMS and not is_mobile(value)):
        raise Refused(Code.CONTACT_MISSING)
    contact = _keyed(setup, "contact", value)
    lock_subjects(connection, {f"contact:{contact}"})
    _check_pace(connection, contact, setup.now_ms)
    code, code_id = f"{secrets.randbelow(10**6):06}", setup.ids.new()
    until = setup.now + timedelta(minutes=LIFE_MINUTES)
    _keep_code(connection, setup, (guest.guest_id, channel, contact), (code_id, code))
    facts: dict[str, Value] = {"code": code, "minutes": LIFE_MINUTES}
    letter = Letter(
        "code", Channel(channel), value, guest.speaks, code_id, facts, guest.guest_id, expires_at=until
    )
    outbox.post(connection, setup, letter)
    setup.note(op.CodeSent(guest.guest_id, code_id, channel))
    return {"until": until.isoformat()}


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


def _keep_code(
    connection: Connection, setup: SetUp, whose: tuple[str, str, str], made: tuple[str, str]
) -> None:
    """Of a guest only the newest code holds."""
    guest_id, channel, contact = whose
    code_id, code = made
    c = own.guest_code.c
    older = c.guest_id == guest_id, c.expires_at > setup.now_ms
    connection.execute(sa.update(own.guest_code).where(*older).values(expires_at=setup.now_ms))
    values: dict[str, str | int] = {
        "code_id": code_id,
        "guest_id": guest_id,
        "channel": channel,
        "contact": contact,
    }
    values |= {"hash": _keyed(setup, code_id, code), "tries": 0, "used_at": 0}
    times = {"sent_at": setup.now_ms, "expires_at": setup.now_ms + LIFE_MINUTES * 60_000}
    connection.execute(sa.insert(own.guest_code).values(**values, **times))


def _keyed(setup: SetUp, purpose: str, text: str) -> str:
    key = bytes.fromhex(setup.pepper)
    return hmac.digest(key, f"guest\x1f{purpose}\x1f{text}".encode(), hashlib.sha256).hex()


def guest_verified(connection: Connection, asked: Asked, setup: SetUp) -> Refused | None:
    """The guest said the code back: the contact is theirs.

    Refuses `not_allowed`, `guest_unknown`, `guest_erased`, `code_wrong` (with the tries that are left) and `code_over`:
    too old, used, tried five times, or for a contact that was changed meanwhile.
    """
    require(connection, asked.ask.staff_id, Permission.REGISTER_GUEST)
    [guest] = _locked(connection, asked.field("guest", str, "guest"))
    given = fold(asked.field("code", str, "guest")).replace(" ", "")
    row = _newest_code(connection, guest.guest_id, setup.now_ms)
    if row is None:
        return Refused(Code.CODE_OVER)
    contact = _CONTACTS[row.channel]
    value = guest.phone if contact == "phone" else guest.email
    mine = own.guest_code.c.code_id == row.code_id
    if not hmac.compare_digest(row.hash, _keyed(setup, row.code_id, given)):
        connection.execute(sa.update(own.guest_code).where(mine).values(tries=row.tries + 1))
        left = MOST_TRIES - row.tries - 1
        return Refused(Code.CODE_WRONG, tries=left) if left else Refused(Code.CODE_OVER)
    if row.contact != _keyed(setup, "contact", value):
        return Refused(Code.CODE_OVER)
    connection.execute(sa.update(own.guest_code).where(mine).values(used_at=setup.now_ms))
    said = op.GuestVerified(guest.guest_id, row.code_id, contact)
    _enter(connection, asked, setup, (guest.guest_id, said), Said.VERIFIED, ((contact, value),))
    return None


def _newest_code(connection: Connection, guest_id: str, now_ms: int) -> Any:
    """The code that holds now; None if there is none."""
    c = own.guest_code.c
    holds = c.guest_id == guest_id, c.used_at == 0, c.expires_at > now_ms, c.tries < MOST_TRIES
    return connection.execute(sa.select(own.guest_code).where(*holds).order_by(c.sent_at.desc())).first()


# two who are one, and who is forgotten --------------------------------------------------------------------------------


def guest_merged(connection: Connection, asked: Asked, setup: SetUp) -> None:
    """Who is known twice goes on as one. Refuses `not_allowed`, `guest_unknown`, `guest_erased`, `guest_same`."""
    require(connection, asked.ask.staff_id, Permission.MERGE_GUEST)
    one, other = _locked(connection, *(asked.field(name, str, "guest") for name in ("guest", "into")))
    if one.guest_id == other.guest_id:
        raise Refused(Code.GUEST_SAME)
    said = op.GuestMerged(one.guest_id, other.guest_id)
    _enter(connection, asked, setup, (one.guest_id, said), Said.MERGED, (("into", other.guest_id),))


def guest_erased(connection: Connection, asked: Asked, setup: SetUp) -> None:
    """Forgets what was said of a guest, and of everybody who goes on as them. Refuses `not_allowed`, `guest_unknown`,
    `guest_erased` and `reason_needed`."""
    require(connection, asked.ask.staff_id, Permission.ERASE_GUEST)
    guest_id, reason = asked.field("guest", str, "guest"), reason_of(asked.field("reason", str, "guest"))
    _lock(connection, lambda: _everybody(connection, guest_id))
    for each in sorted(_everybody(connection, guest_id)):
        _enter(connection, asked, setup, (each, op.GuestErased(each, reason)), Said.ERASED, ())
        _forget(connection, setup, each)


def _forget(connection: Connection, setup: SetUp, guest_id: str) -> None:
    mine = t.guest_entry.c.guest_id == guest_id
    ids = sa.select(t.guest_entry.c.entry_id).where(mine)
    connection.execute(sa.update(own.inbox).where(own.inbox.c.op_id.in_(ids)).values(private=""))
    connection.execute(sa.update(t.guest_entry).where(mine).values(said="", words="", seq=0))
    connection.execute(sa.delete(own.guest_code).where(own.guest_code.c.guest_id == guest_id))
    booked = t.reservation.c.guest_id == guest_id
    connection.execute(
        sa.update(t.reservation).where(booked, t.reservation.c.note != "").values(note="", seq=0)
    )
    setup.touch(t.reservation)
    outbox.erase(connection, setup, guest_id)


# what they have in common ---------------------------------------------------------------------------------------------


def _locked(connection: Connection, *guest_ids: str) -> list[Guest]:
    """Who these are now, under their locks. Refuses `guest_unknown` and `guest_erased`."""

    def now() -> list[Guest]:
        return [read_guests.known(connection, each) for each in guest_ids]

    _lock(connection, lambda: {*guest_ids, *(each.guest_id for each in now())})
    return now()


def _everybody(connection: Connection, guest_id: str) -> set[str]:
    """The ids under which a guest is known, and all who go on as them."""
    now = read_guests.known(connection, guest_id).guest_id
    return {now, *read_guests.merged_into(connection, now)}


def _lock(connection: Connection, find: Callable[[], set[str]]) -> None:
    """Locks guests all at once; once more only if two became one meanwhile."""
    held: set[str] = set()
    while not (found := find()) <= held:
        held |= found
        lock_subjects(connection, {f"guest:{each}" for each in held})


def _enter(
    connection: Connection,
    asked: Asked,
    setup: SetUp,
    what: tuple[str, op.Operation],
    kind: Said,
    said: Pairs,
) -> None:
    """Journals it under the server's origin, with what is private apart, and puts the entry in."""
    guest_id, operation = what
    private = codec.dumps(Private(secrets.token_hex(16), said)) if said else ""
    op_id = setup.note(operation, private)
    row: dict[str, str | int] = {
        "entry_id": op_id,
        "op_id": op_id,
        "guest_id": guest_id,
        "kind": kind.value,
        "words": "",
    }
    row |= {"said": codec.dumps(said) if said else "", "staff_id": asked.ask.staff_id, "at": setup.now_ms}
    row |= {"station_id": asked.station.station_id, "bucket": GUESTS, "seq": 0}
    add_rows(connection, [(t.guest_entry, row)])
    setup.touch(t.guest_entry)
