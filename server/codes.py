"""One-time codes to a contact of a guest and back: five minutes, five tries, half a minute apart, five an hour.

Whoever asks online is told a verification, which nobody else knows: a code is tried with the one under which it was
asked for, and counts a wrong try only then. So a stranger voids no code but their own, and an hour's five codes to one
contact have twenty-five chances in all, whoever asked for them. Three of the five are all that one address gets: the
others are left to the guest. Codes that one browser asks for one after the other can be of one verification: each of
them is good then, and a wrong try counts for all.

Staff at a counter have a pace of their own, and codes that are good there only; those that the guest asked for are good
there too, and wrong tries there are counted apart. Kept are keyed digests only; the code itself is in a message that is
blanked once it was sent.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import operation as op
from domain.errors import Code, Refused
from domain.fold import fold
from domain.guest import Guest
from ledger.clock import from_ms, to_ms
from ledger.contact import is_mobile
from server import outbox
from server import tables as own
from server.database import lock_subjects
from server.message_kinds import Channel, Value
from server.outbox import Letter
from server.setup import SetUp

LIFE_MINUTES, MOST_TRIES = 5, 5
RESEND_SECONDS, MOST_AN_HOUR, MOST_AT_COUNTER = 30, 5, 10
MOST_OF_ONE = 3  # to one contact, of one who asks online
NOBODY = ""  # whose code it is until it is sent, and for good where a contact leads to no guest
_HOUR_MS = 3_600_000
_CONTACTS = {Channel.SMS.value: "phone", Channel.MAIL.value: "email"}


@dataclass(frozen=True, slots=True)
class Proved:
    """A contact (`phone` or `email`) that a guest proved theirs, by which code."""

    code_id: str
    contact: str
    value: str = field(repr=False)
    guest_id: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A code is on its way: until when it holds, and with what it is said back."""

    until: datetime
    verification: str = field(repr=False)


def send(setup: SetUp, guest: Guest, channel: str, before: str = "", *, counter: bool = False) -> Asked:
    """Sends six digits by `sms` or `mail`, under the guest's lock. `before`: the verification of an earlier one that
    this one joins. `counter`: staff ask.

    Refuses `record_invalid` for another channel, `contact_missing`, `code_soon` within half a minute of the last and
    `code_many` after five to one contact within an hour, or ten from a counter.
    """
    if channel not in _CONTACTS:
        raise Refused(Code.RECORD_INVALID, record="guest")
    value = guest.phone if channel == Channel.SMS else guest.email
    if not value or (channel == Channel.SMS and not is_mobile(value)):
        raise Refused(Code.CONTACT_MISSING)
    code_id = setup.ids.new()
    until = _begin(setup, code_id, value, channel, counter=counter)
    _post(setup, guest, (code_id, channel, value), until)
    return Asked(until, _verification(setup, code_id, value, before))


def ask(setup: SetUp, value: str, channel: str, asker: str, *, said: str = "", before: str = "") -> Asked:
    """Somebody, at the address `asker`, asks for a code to a contact, and says who they are. Whether the contact is
    anybody's is not looked at here, so the answer takes as long for all. `before` as of `send`; refuses `code_soon`
    and `code_many`."""
    code_id = setup.ids.new()
    until = _begin(setup, code_id, value, channel, asker=_keyed(setup, "asker", asker))
    row = {"code_id": code_id, "contact": value, "channel": channel, "said": said, "at": setup.now_ms}
    setup.connection.execute(sa.insert(own.code_asked).values(**row))
    return Asked(until, _verification(setup, code_id, value, before))


def _verification(setup: SetUp, code_id: str, value: str, before: str) -> str:
    """Names the code, and those that are said to come before it if they went to the same contact; sealed, so that
    nobody makes one up."""
    earlier, c = codes_of(setup, before), own.guest_code.c
    mine = c.code_id.in_(earlier), c.contact == contact_of(setup, value)
    ids = [*setup.connection.execute(sa.select(c.code_id).where(*mine)).scalars()] if earlier else []
    named = ".".join(sorted([*ids, code_id])[-MOST_AN_HOUR:])
    return f"{named}.{_keyed(setup, 'verification', named)}"


def codes_of(setup: SetUp, verification: str) -> list[str]:
    """The ids of the codes that were asked for under it; none where it is made up."""
    named, _, seal = verification.rpartition(".")
    is_ours = hmac.compare_digest(_keyed(setup, "verification", named).encode(), seal.encode())
    return named.split(".") if is_ours else []


def answer(setup: SetUp, guest: Guest, asked: Any) -> None:
    """Sends what was asked for to whom the contact leads, under the guest's lock; what came too late is not sent."""
    until = from_ms(asked.at) + timedelta(minutes=LIFE_MINUTES)
    if until > setup.now:
        _post(setup, guest, (asked.code_id, asked.channel, asked.contact), until)


def _begin(
    setup: SetUp, code_id: str, value: str, channel: str, *, counter: bool = False, asker: str = ""
) -> datetime:
    """Keeps the pace; the code is nobody's yet."""
    contact = contact_of(setup, value)
    lock_subjects(setup.connection, {f"contact:{contact}"})
    _check_pace(setup, contact, asker, counter=counter)
    until = setup.now + timedelta(minutes=LIFE_MINUTES)
    values: dict[str, str | int] = {
        "code_id": code_id, "guest_id": NOBODY, "channel": channel, "contact": contact, "hash": secrets.token_hex(32),
        "tries": 0, "used_at": 0, "sent_at": setup.now_ms, "expires_at": to_ms(until), "counter": int(counter),
        "asker": asker,
    }  # fmt: skip
    setup.connection.execute(sa.insert(own.guest_code).values(**values))
    return until


def _post(setup: SetUp, guest: Guest, made: tuple[str, str, str], until: datetime) -> None:
    code_id, channel, value = made
    code = f"{secrets.randbelow(10**6):06}"
    mine = own.guest_code.c.code_id == code_id
    theirs = {"guest_id": guest.guest_id, "hash": _keyed(setup, code_id, code)}
    setup.connection.execute(sa.update(own.guest_code).where(mine).values(**theirs))
    facts: dict[str, Value] = {"code": code, "minutes": LIFE_MINUTES}
    to = Channel(channel), value, guest.speaks, code_id
    outbox.post(setup.connection, setup, Letter("code", *to, facts, guest.guest_id, expires_at=until))
    setup.note(op.CodeSent(guest.guest_id, code_id, channel))


def contact_of(setup: SetUp, value: str) -> str:
    """What is kept of a phone number or address where only its owner may be found by it."""
    return _keyed(setup, "contact", value)


def _check_pace(setup: SetUp, contact: str, asker: str, *, counter: bool) -> None:
    c, most = own.guest_code.c, MOST_AT_COUNTER if counter else MOST_AN_HOUR
    lately = c.contact == contact, c.counter == int(counter), c.sent_at > setup.now_ms - _HOUR_MS
    rows = setup.connection.execute(sa.select(c.sent_at, c.asker).where(*lately).order_by(c.sent_at)).all()
    if rows and (since := setup.now_ms - rows[-1].sent_at) < RESEND_SECONDS * 1000:
        raise Refused(Code.CODE_SOON, seconds=RESEND_SECONDS - since // 1000)
    theirs = [row.sent_at for row in rows if asker and row.asker == asker]
    for sent, limit in ((theirs, MOST_OF_ONE), ([row.sent_at for row in rows], most)):
        if len(sent) >= limit:
            raise Refused(Code.CODE_MANY, minutes=(sent[-limit] + _HOUR_MS - setup.now_ms) // 60_000 + 1)


def _keyed(setup: SetUp, purpose: str, text: str) -> str:
    key = bytes.fromhex(setup.pepper)
    return hmac.digest(key, f"guest\x1f{purpose}\x1f{text}".encode(), hashlib.sha256).hex()


def try_one(
    setup: SetUp, one: Guest | Sequence[Guest], typed: str, verification: str | None
) -> Proved | Refused:
    """A code that was said back, under the lock of a guest, or of whoever said that a contact is theirs: what it
    proves, and all that were tried with it are used then. Without a `verification` staff say it, at a counter: all
    codes to the guest are good there.

    A refusal is to be kept with the try that it counts, for each code that holds: `code_wrong` (with the tries that
    are left) and `code_over` (too old, used, tried five times, or for a contact that was changed meanwhile).
    """
    known = {each.guest_id: each for each in ([one] if isinstance(one, Guest) else one)}
    rows = _holding(setup, sorted(known), None if verification is None else codes_of(setup, verification))
    if not rows:
        return Refused(Code.CODE_OVER)
    given = fold(typed).replace(" ", "")
    right = [row for row in rows if hmac.compare_digest(row.hash, _keyed(setup, row.code_id, given))]
    if not right:
        for counted in (own.guest_code.c.tries, own.guest_code.c.staff_tries):
            mine = [row for row in rows if _counted(row, verification) is counted]
            _change(setup, mine, **{counted.name: counted + 1})
        left = MOST_TRIES - 1 - min(row._mapping[_counted(row, verification).name] for row in rows)
        return Refused(Code.CODE_WRONG, tries=left) if left else Refused(Code.CODE_OVER)
    row, contact = right[0], _CONTACTS[right[0].channel]
    guest = known[row.guest_id]
    value = guest.phone if contact == "phone" else guest.email
    if row.contact != contact_of(setup, value):
        return Refused(Code.CODE_OVER)
    _change(setup, [each for each in rows if each.contact == row.contact], used_at=setup.now_ms)
    return Proved(row.code_id, contact, value, guest.guest_id)


def _counted(row: Any, verification: str | None) -> sa.Column[Any]:
    """Where a wrong try is counted: what staff try of a code that a guest asked for takes none of theirs."""
    c = own.guest_code.c
    return c.staff_tries if verification is None and not row.counter else c.tries


def _holding(setup: SetUp, guest_ids: Sequence[str], code_ids: Sequence[str] | None) -> Sequence[Any]:
    """Of these codes, or of all at a counter, those that hold now, the newest first."""
    c = own.guest_code.c
    holds = [c.guest_id.in_(guest_ids), c.used_at == 0, c.expires_at > setup.now_ms, c.tries < MOST_TRIES]
    holds.append(c.staff_tries < MOST_TRIES if code_ids is None else c.code_id.in_(code_ids))
    wanted = sa.select(own.guest_code).where(*holds).order_by(c.sent_at.desc(), c.code_id.desc())
    return setup.connection.execute(wanted).all()


def _change(setup: SetUp, rows: Sequence[Any], **values: Any) -> None:
    mine = own.guest_code.c.code_id.in_([row.code_id for row in rows])
    setup.connection.execute(sa.update(own.guest_code).where(mine).values(**values))


def forget_old(connection: Connection, now_ms: int) -> None:
    """Codes of which not even the pace matters any more."""
    c = own.guest_code.c
    connection.execute(sa.delete(own.guest_code).where(c.sent_at < now_ms - 24 * _HOUR_MS))
    connection.execute(sa.delete(own.code_asked).where(own.code_asked.c.at < now_ms - _HOUR_MS))
