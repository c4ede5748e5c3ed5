"""Guests at the server: a contact that is proved theirs, two who are one, what is forgotten at their wish."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain import operation as op
from domain.errors import Code, Refused
from domain.guest import BANNED, Guest, Said, erasure_of, index, is_ban
from domain.private import Pairs, Private
from domain.staff import Permission
from ledger import bans, read_guests
from ledger import tables as t
from ledger.puts import GUESTS, UNDATED
from ledger.read_setup import require
from ledger.rows import add_rows
from server import codes, forgetting, outbox, ticket_names
from server import tables as own
from server.asked import Asked, Who
from server.bans import level
from server.codes import Proved
from server.database import lock_subjects
from server.setup import SetUp

# one-time codes -------------------------------------------------------------------------------------------------------


def code_sent(connection: Connection, asked: Asked, setup: SetUp) -> dict[str, object]:
    """Sends six digits to a guest's phone or address. Answers until when they hold. Refuses `not_allowed`,
    `guest_unknown`, `guest_erased`, and as `codes.send` does."""
    require(connection, asked.ask.staff_id, Permission.REGISTER_GUEST)
    channel = asked.field("channel", str, "guest")
    [guest] = locked(connection, asked.field("guest", str, "guest"))
    return {"until": codes.send(setup, guest, channel, counter=True).until.isoformat()}


def guest_verified(connection: Connection, asked: Asked, setup: SetUp) -> Refused | None:
    """The guest said the code back: the contact is theirs. Refuses `not_allowed`, `guest_unknown`, `guest_erased`, and
    as `codes.try_one` does."""
    require(connection, asked.ask.staff_id, Permission.REGISTER_GUEST)
    [guest] = locked(connection, asked.field("guest", str, "guest"))
    proved = codes.try_one(setup, guest, asked.field("code", str, "guest"), None)
    if isinstance(proved, Refused):
        return proved
    note_proved(setup, asked.who, guest.guest_id, proved)
    return None


def note_proved(setup: SetUp, who: Who, guest_id: str, proved: Proved) -> None:
    said = op.GuestVerified(guest_id, proved.code_id, proved.contact)
    enter(setup, who, (guest_id, said), Said.VERIFIED, ((proved.contact, proved.value),))


# two who are one, and who is forgotten --------------------------------------------------------------------------------


def guest_merged(connection: Connection, asked: Asked, setup: SetUp) -> None:
    """Who is known twice goes on as one, banned if either was. Refuses `not_allowed`, `guest_unknown`, `guest_erased`,
    `guest_same`."""
    require(connection, asked.ask.staff_id, Permission.MERGE_GUEST)
    one, other = locked(connection, *(asked.field(name, str, "guest") for name in ("guest", "into")))
    if one.guest_id == other.guest_id:
        raise Refused(Code.GUEST_SAME)
    banned = bans.is_banned(connection, one)
    said = op.GuestMerged(one.guest_id, other.guest_id)
    enter(setup, asked.who, (one.guest_id, said), Said.MERGED, (("into", other.guest_id),))
    if banned and not other.is_banned:
        carried = "flags", ",".join((*other.flags, BANNED))
        enter(setup, asked.who, (other.guest_id, op.GuestChanged(other.guest_id)), Said.CHANGED, (carried,))


def guest_erased(connection: Connection, asked: Asked, setup: SetUp) -> None:
    """Forgets what was said of a guest, and of everybody who goes on as them, and what was written about whatever they
    booked; kept is that it was done, and for which reason of a list. Refuses `not_allowed`, `guest_unknown`,
    `guest_erased` and `reason_needed`."""
    require(connection, asked.ask.staff_id, Permission.ERASE_GUEST)
    guest_id, reason = asked.field("guest", str, "guest"), erasure_of(asked.field("reason", str, "guest"))
    _lock(connection, lambda: _everybody(connection, guest_id))
    others = bans.whom_it_may_follow(connection, read_guests.known(connection, guest_id))
    for each in sorted(_everybody(connection, guest_id)):
        enter(setup, asked.who, (each, op.GuestErased(each, reason.value)), Said.ERASED, ())
        _forget(connection, setup, each)
    if level(connection, [each.guest_id for each in others], setup.now_ms):
        setup.touch(t.guest_ban)


def _forget(connection: Connection, setup: SetUp, guest_id: str) -> None:
    mine = t.guest_entry.c.guest_id == guest_id
    ids = sa.select(t.guest_entry.c.entry_id).where(
        mine
    )  # of those that an earlier version kept, nothing is named
    connection.execute(sa.update(own.inbox).where(own.inbox.c.op_id.in_(ids)).values(private=""))
    connection.execute(sa.update(t.guest_entry).where(mine).values(said="", words="", seq=0))
    connection.execute(sa.delete(own.guest_code).where(own.guest_code.c.guest_id == guest_id))
    connection.execute(sa.delete(own.guest_token).where(own.guest_token.c.guest_id == guest_id))
    forgetting.forget(setup, guest_id)
    ticket_names.forget(setup, guest_id)
    outbox.erase(connection, setup, guest_id)


# what they have in common ---------------------------------------------------------------------------------------------


def locked(connection: Connection, *guest_ids: str) -> list[Guest]:
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


def enter(setup: SetUp, who: Who, what: tuple[str, op.Operation], kind: Said, said: Pairs) -> None:
    """Journals it under the server's origin, with what is private apart, and puts the entry in."""
    guest_id, operation = what
    private = codec.dumps(Private(secrets.token_hex(16), said)) if said else ""
    op_id = setup.note(operation, private)
    words = index(said) if kind in (Said.REGISTERED, Said.CHANGED) else ""
    row: dict[str, str | int] = {
        "entry_id": op_id, "op_id": op_id, "guest_id": guest_id, "kind": kind.value, "words": words,
        "said": codec.dumps(said) if said else "", "staff_id": who.staff_id, "at": setup.now_ms,
        "station_id": who.station.station_id, "bucket": GUESTS, "seq": 0,
    }  # fmt: skip
    add_rows(setup.connection, [(t.guest_entry, row)])
    setup.touch(t.guest_entry)
    if (banned := is_ban(said)) is not None:
        of_it = {"entry_id": op_id, "op_id": op_id, "guest_id": guest_id, "banned": int(banned)}
        add_rows(setup.connection, [(t.guest_ban, of_it | {"at": setup.now_ms, "bucket": UNDATED, "seq": 0})])
    if kind is not Said.REGISTERED and level(setup.connection, [guest_id], setup.now_ms):
        banned = True
    if banned is not None:
        setup.touch(t.guest_ban)
