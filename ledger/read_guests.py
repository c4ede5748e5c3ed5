"""What is known of guests: read from the entries about them, the same at a station and at the server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain import membership as members
from domain.errors import Code, Refused
from domain.guest import Entry, Guest, Reach, Said, Sought, index, plain_number, present, reach, same, wanted
from domain.membership import Membership
from domain.private import Pairs
from ledger import tables as t
from ledger.guest_words import Groups, having, matching, matching_ids

MOST = 50
ENOUGH = 200  # entries that match; more than that is too little typed, and what is shown is cut anyway
_CHUNK = 500
_ENTRIES = (
    sa.select(t.guest_entry)
    .where(t.guest_entry.c.guest_id.in_(sa.bindparam("guests", expanding=True)))
    .order_by(t.guest_entry.c.at, t.guest_entry.c.entry_id)
)
_FORGOTTEN = sa.select(t.forgotten.c.about).where(
    t.forgotten.c.about.in_(sa.bindparam("names", expanding=True))
)
_MEMBER = (Said.MEMBERSHIP.value, Said.MEMBERSHIP_ENDED.value)
_MERGED = sa.select(t.guest_entry.c.guest_id).where(
    t.guest_entry.c.kind == Said.MERGED.value, t.guest_entry.c.said.contains(sa.bindparam("into"))
)


def entries(connection: Connection, guest_ids: Iterable[str]) -> dict[str, list[sa.Row[Any]]]:
    """The rows about guests, the oldest first."""
    found: dict[str, list[sa.Row[Any]]] = {}
    ids = sorted(set(guest_ids))
    for start in range(0, len(ids), _CHUNK):
        for row in connection.execute(_ENTRIES, {"guests": ids[start : start + _CHUNK]}):
            found.setdefault(row.guest_id, []).append(row)
    return found


def said_in(row: sa.Row[Any]) -> Pairs:
    return codec.loads(Pairs, row.said) if row.said else ()


def guests(connection: Connection, guest_ids: Iterable[str]) -> list[Guest]:
    """Those of them that are known here."""
    return [_present(guest_id, rows) for guest_id, rows in entries(connection, guest_ids).items()]


def guest(connection: Connection, guest_id: str) -> Guest | None:
    """Who is known by that id now; one that was merged is who they go on as. None for nobody."""
    seen: set[str] = set()
    while guest_id not in seen:
        seen.add(guest_id)
        found = guests(connection, [guest_id])
        if not found:
            return None
        if not found[0].merged_into:
            return found[0]
        guest_id = found[0].merged_into
    return None


def now(connection: Connection, one: Guest) -> Guest:
    """Who that is now: a merged one goes on as somebody else."""
    return (guest(connection, one.merged_into) or one) if one.merged_into else one


def known(connection: Connection, guest_id: str) -> Guest:
    """As `guest`; refuses `guest_unknown` and `guest_erased`."""
    found = guest(connection, guest_id)
    if found is None:
        raise Refused(Code.GUEST_UNKNOWN)
    if found.erased:
        raise Refused(Code.GUEST_ERASED)
    return found


def _present(guest_id: str, rows: Sequence[sa.Row[Any]]) -> Guest:
    return present(guest_id, map(_entry, rows))


def _entry(row: sa.Row[Any]) -> Entry:
    return Entry(row.entry_id, row.kind, said_in(row), row.at)


def memberships(connection: Connection, guest_id: str) -> tuple[Membership, ...]:
    """Those of a guest, and of everybody who goes on as them."""
    ids = (guest_id, *merged_into(connection, guest_id))
    return _memberships([row for rows in entries(connection, ids).values() for row in rows])


def _memberships(rows: Sequence[sa.Row[Any]]) -> tuple[Membership, ...]:
    return members.present(_entry(row) for row in rows if row.kind in _MEMBER)


def by_membership(connection: Connection, plan: str, number: str) -> list[tuple[Guest, Membership]]:
    """Who has a membership of the plan under a number, however it is typed, and that staff did not end."""
    if not (plain := plain_number(number)):
        return []
    rows = matching_ids(connection, Sought(f" |{plain} "), _MEMBER, ENOUGH)
    found = {each.guest_id: each for each in (guest(connection, one) for one in rows) if each is not None}
    return [
        (each, one)
        for each in found.values()
        for one in memberships(connection, each.guest_id)
        if one.plan == plan and not one.ended and members.is_numbered(one, number)
    ]


def merged_into(connection: Connection, guest_id: str) -> list[str]:
    """Everybody who goes on as that guest, over however many others."""
    found: dict[str, None] = {}
    waiting = [guest_id]
    while waiting:
        into = waiting.pop()
        fresh = [each for each in connection.execute(_MERGED, {"into": into}).scalars() if each not in found]
        found |= dict.fromkeys(fresh)
        waiting += fresh
    return sorted(found)


def find(connection: Connection, text: str, most: int = MOST, *, whole: bool = True) -> list[Guest]:
    """Guests whom `text` may mean (`domain.guest.wanted`, by who may read contacts `whole`): whose words are those,
    then who is spelt so, then who sounds so, then who begins so, by name."""
    groups = wanted(text, whole=whole)
    if not groups:
        return []
    found: dict[Guest, str] = {}
    waiting = _candidates(connection, groups, max(most, ENOUGH))
    while waiting and len(found) < most:
        some, waiting = waiting[:most], waiting[most:]
        found |= _meant(connection, some, groups)
    ranked = sorted(found, key=lambda each: (_rank(found[each], groups), each.name, each.guest_id))
    return ranked[:most]


def _candidates(connection: Connection, groups: Groups, most: int) -> list[str]:
    """Ids of whom an entry may mean, the likeliest first. Where they are too many to look at, whose words are exactly
    so, who is spelt so and who sounds so are among them, as many as are shown."""
    found = _ranked(connection, groups, groups, most)
    narrower = _narrowed(groups) if len(found) == most else ()
    for rank, narrowed in enumerate(narrower):
        if sum(each[0] <= rank for each in found) >= MOST:
            break
        found += _ranked(connection, narrowed, groups, most)
    return list(dict.fromkeys(guest_id for _, _, guest_id in sorted(found)))


def _ranked(
    connection: Connection, narrowed: Groups, groups: Groups, most: int
) -> list[tuple[int, str, str]]:
    rows = matching(connection, narrowed, most)
    return [(_rank(row.words, groups), row.words, row.guest_id) for row in rows]


def _narrowed(groups: Groups) -> Iterator[Groups]:
    """By the ranks that are sought for: exactly so, spelt so, said so."""
    yield tuple(Sought(f"{sought.spelt} ") for sought in groups)
    yield tuple(Sought(sought.spelt) for sought in groups)
    yield tuple(Sought(sought.spelt, tuple(f"{each} " for each in sought.meant)) for sought in groups)


def _meant(connection: Connection, ids: Sequence[str], groups: Groups) -> dict[Guest, str]:
    """Who these are now, of those who are still meant, with what each is found by."""
    said: dict[Guest, str] = {}
    for row_guest, rows in entries(connection, ids).items():
        one = now(connection, _present(row_guest, rows))
        if not one.erased:
            is_other = one.guest_id != row_guest
            theirs = memberships(connection, one.guest_id) if is_other else _memberships(rows)
            said[one] = said.get(one, _index(one)) + _numbers(theirs)
    return {each: words for each, words in said.items() if _means(words, groups)}


def _numbers(has: Iterable[Membership]) -> str:
    """What memberships are found by; one that staff ended leads to nobody."""
    return index(tuple(("number", each.number) for each in has if not each.ended))


def _index(one: Guest) -> str:
    return index((("name", one.name), ("phone", one.phone), ("email", one.email)))


def _means(said: str, groups: Groups) -> bool:
    """Whether it is so still: a number that was given up leads to nobody."""
    return all(any(piece in said for piece in sought.pieces) for sought in groups)


def _rank(said: str, groups: Groups) -> int:
    """0 for whose words are as they were typed, 1 for who is spelt so further on, 2 for who sounds so to the end of
    each word, 3 for who begins with how a whole word sounds, 4 for others."""
    if all(sought.spelt in said for sought in groups):
        return 0 if all(f"{sought.spelt} " in said for sought in groups) else 1
    if all(any(f"{piece} " in said for piece in sought.pieces) for sought in groups):
        return 2
    return 3 if all(any(piece in said for piece in (sought.spelt, *sought.meant)) for sought in groups) else 4


def are_forgotten(connection: Connection, names: Iterable[str]) -> set[str]:
    """Those of the ids that are of a guest who was erased, or of what they booked."""
    wanted, found = sorted(set(names)), set[str]()
    for start in range(0, len(wanted), _CHUNK):
        found |= set(connection.execute(_FORGOTTEN, {"names": wanted[start : start + _CHUNK]}).scalars())
    return found


def by_contact(connection: Connection, value: str) -> list[Guest]:
    """Whose phone number or e-mail address that is now."""
    found = guests(connection, _who_said(connection, value))
    return [each for each in found if same(value) in (each.phone, each.email) and not each.merged_into]


def by_former_contact(connection: Connection, value: str) -> list[Guest]:
    """Whose that is or ever was, as they are known now."""
    found = (guest(connection, each) for each in _who_said(connection, value))
    return list({each.guest_id: each for each in found if each is not None and not each.erased}.values())


def contacts(connection: Connection, guest_ids: Iterable[str]) -> set[str]:
    """All that were ever said to be theirs."""
    said = (said_in(row) for rows in entries(connection, guest_ids).values() for row in rows)
    return {same(value) for pairs in said for name, value in pairs if name in ("phone", "email") and value}


def reaches(connection: Connection, guest_ids: Iterable[str]) -> Reach:
    """The contacts that a ban of somebody goes with, who is known by all these ids."""
    each = [reach(map(_entry, rows)) for rows in entries(connection, guest_ids).values()]
    proved, had = frozenset[str](), frozenset[str]()
    return Reach(proved.union(*(one.proved for one in each)), had.union(*(one.had for one in each)))


def _who_said(connection: Connection, value: str) -> Sequence[str]:
    if not value:
        return []
    piece = index((("email" if "@" in value else "phone", value),)).strip()
    return having(connection, f" {piece} ")
