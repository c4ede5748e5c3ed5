"""What is known of guests: read from the entries about them, the same at a station and at the server."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from domain import codec
from domain import membership as members
from domain.errors import Code, Refused
from domain.guest import Entry, Guest, Reach, Said, index, plain_number, present, reach, same, wanted
from domain.membership import Membership
from domain.private import Pairs
from ledger import tables as t

MOST = 50
ENOUGH = 200  # entries that match; more than that is too little typed, and what is shown is cut anyway
_CHUNK = 500
_LONGEST = 5_000  # letters of a piece; nobody has so many, and a pattern has its limit
_MEANS_MORE = re.compile(r"[*?[]")  # in a pattern
_ENOUGH_HEARD = 4  # letters of pieces that few share
Groups = tuple[tuple[str, ...], ...]  # of domain.guest.wanted
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
    rows = _matching_ids(connection, ((f" |{plain} ",),), _MEMBER)
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
        some, waiting = waiting[: 2 * most], waiting[2 * most :]
        found |= _meant(connection, some, groups)
    ranked = sorted(found, key=lambda each: (_rank(found[each], groups), each.name, each.guest_id))
    return ranked[:most]


def _candidates(connection: Connection, groups: Groups, most: int) -> list[str]:
    """Ids of whom an entry may mean, the likeliest first. Where they are too many to look at, those whose words are
    exactly so are among them."""
    rows = _matching(connection, groups, most)
    if len(rows) == most and sum(_rank(row.words, groups) == 0 for row in rows) < MOST:
        exactly = tuple((f"{group[0]} ",) for group in groups)
        rows = [*_matching(connection, exactly, most), *rows]
    likely = sorted(rows, key=lambda row: (_rank(row.words, groups), row.words))
    return list(dict.fromkeys(row.guest_id for row in likely))


def _meant(connection: Connection, ids: Sequence[str], groups: Groups) -> dict[Guest, str]:
    """Who these are now, of those who are still meant, with what each is found by."""
    said: dict[Guest, str] = {}
    for row_guest, rows in entries(connection, ids).items():
        one = now(connection, _present(row_guest, rows))
        if not one.erased:
            is_other = one.guest_id != row_guest
            has = memberships(connection, one.guest_id) if is_other else _memberships(rows)
            said[one] = said.get(one, _index(one)) + _numbers(has)
    return {each: words for each, words in said.items() if _means(words, groups)}


def _numbers(has: Iterable[Membership]) -> str:
    """What memberships are found by; one that staff ended leads to nobody."""
    return index(tuple(("number", each.number) for each in has if not each.ended))


def _matching_ids(connection: Connection, groups: Groups, kinds: Sequence[str]) -> Sequence[str]:
    meant = [*_each(connection, groups), t.guest_entry.c.kind.in_(kinds)]
    found = sa.select(t.guest_entry.c.guest_id).where(*meant).distinct().limit(ENOUGH)
    return connection.execute(found).scalars().all()


def _matching(connection: Connection, groups: Groups, most: int) -> Sequence[Any]:
    found = sa.select(t.guest_entry.c.guest_id, t.guest_entry.c.words).where(*_each(connection, groups))
    return connection.execute(found.limit(most)).all()


def _each(connection: Connection, groups: Groups) -> list[sa.ColumnElement[bool]]:
    """Of each group one piece; what fewest have is asked first, and mostly alone."""
    rarest = sorted(groups, key=lambda group: (len(group), -len(group[0])))
    return [_one_of(connection, group) for group in rarest]


def _one_of(connection: Connection, group: Sequence[str]) -> sa.ColumnElement[bool]:
    """One of the pieces. What all sounds begin with is asked before each of them: few have that much."""
    heard, begins = group[1:], _beginning(group[1:])
    pieces = [_may_have(connection, piece) for piece in heard]
    if len(heard) > 1 and len(begins) >= _ENOUGH_HEARD:
        pieces = [sa.and_(_may_have(connection, begins), sa.or_(*pieces))]
    return sa.or_(_may_have(connection, group[0]), *pieces)


def _beginning(pieces: Sequence[str]) -> str:
    """What all of them begin with."""
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*pieces, strict=False))
    return "".join(letters[0] for letters in alike)


def _may_have(connection: Connection, piece: str) -> sa.ColumnElement[bool]:
    """As `_has`, or a little more: SQLite finds a mark sooner without the space before it, for spaces are many."""
    return _has(connection, piece.lstrip() if connection.dialect.name == "sqlite" else piece)


def _has(connection: Connection, piece: str) -> sa.ColumnElement[bool]:
    """SQLite looks for a pattern in half the time that `instr` takes; PostgreSQL is as fast without."""
    words = t.guest_entry.c.words
    if connection.dialect.name != "sqlite":
        return sa.func.strpos(words, piece) > 0
    if len(piece) > _LONGEST:
        return sa.false()
    plain = _MEANS_MORE.sub(r"[\g<0>]", piece)
    return words.op("GLOB", is_comparison=True)(f"*{plain}*")


def _index(one: Guest) -> str:
    return index((("name", one.name), ("phone", one.phone), ("email", one.email)))


def _means(said: str, groups: Groups) -> bool:
    """Whether it is so still: a number that was given up leads to nobody."""
    return all(any(piece in said for piece in group) for group in groups)


def _rank(said: str, groups: Groups) -> int:
    """0 for whose words are as they were typed, 1 for who is spelt so further on, 2 for who sounds so to the end of
    each word, 3 for others."""
    if all(f"{group[0]} " in said for group in groups):
        return 0
    if all(group[0] in said for group in groups):
        return 1
    return 2 if all(any(f"{piece} " in said for piece in group) for group in groups) else 3


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
    theirs = sa.select(t.guest_entry.c.guest_id).where(_has(connection, f" {piece} ")).distinct()
    return connection.execute(theirs).scalars().all()
