"""A guest: what is known of them now, from what was said about them one after the other.

Each entry says some fields; of each field the latest word holds, whichever station it came from, by its time
and then its id. So two desks that write different fields while they cannot talk both count, and no entry is
ever changed, but for erasure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from domain.errors import Code, Refused
from domain.fold import Word, begun, fold, heard, sounds, spoken, words
from domain.private import Pairs

MOST_NAME, MOST_NOTE, MOST_CONTACT = 120, 500, 254
BANNED = "banned"  # no booking is taken, unless a supervisor allows it
FLAGS = ("vip", "attention", "medical", BANNED)
LANGUAGES = ("en", "ar")
FIELDS = ("name", "phone", "email", "language", "born", "note", "flags")
_UNSAID = "ar"  # the language of a guest who did not say
_FIRST_BORN = 1900
_SHORTEST_NUMBER = 4  # digits typed before a phone number is looked for
SHOWN_DIGITS = 4  # of a masked phone number
_WHOLE_NUMBER = range(8, 16)  # digits of a whole one, with its country or without
_DIGITS = re.compile(r"[\d+() .\-]+")


class Said(StrEnum):
    """What an entry is: the guest came to be known, was changed, proved a contact theirs, went on as another, is
    forgotten; got a membership (`domain.membership`), and that one ended."""

    REGISTERED = "registered"
    CHANGED = "changed"
    VERIFIED = "verified"
    MERGED = "merged"
    ERASED = "erased"
    MEMBERSHIP = "membership"
    MEMBERSHIP_ENDED = "membership_ended"


class Erasure(StrEnum):
    """Why a guest was erased: a word of this list, for a text would name them."""

    WISH = "wish"
    GUARDIAN = "guardian"
    NO_NEED = "no_need"
    MISTAKE = "mistake"
    OTHER = "other"


def erasure_of(text: str) -> Erasure:
    """Refuses `reason_needed` for none; what an earlier station wrote in words is not kept."""
    if not text.strip():
        raise Refused(Code.REASON_NEEDED)
    return Erasure(text) if text in list(Erasure) else Erasure.OTHER


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing said about a guest; `said` of a merge names the other guest (`into`). `at`: ms since 1970."""

    entry_id: str
    kind: str
    said: Pairs
    at: int


@dataclass(frozen=True, slots=True)
class Guest:
    """A guest now. `verified` are the contacts (values) that they proved theirs; `merged_into` who they go on as."""

    guest_id: str
    name: str = ""
    phone: str = ""
    email: str = ""
    language: str = ""
    born: str = ""
    note: str = ""
    flags: tuple[str, ...] = ()
    verified: frozenset[str] = field(default_factory=frozenset)
    merged_into: str = ""
    erased: bool = False

    @property
    def speaks(self) -> str:
        """The language to write to them in."""
        return self.language or _UNSAID

    @property
    def is_banned(self) -> bool:
        return BANNED in self.flags

    @property
    def is_verified(self) -> bool:
        """Whether they proved a contact that is still theirs."""
        return bool(self.verified & {self.phone, self.email} - {""})


def present(guest_id: str, entries: Iterable[Entry]) -> Guest:
    """What the entries come to. After an erasure nothing is known, whatever arrives late."""
    latest: dict[str, str] = {}
    verified: set[str] = set()
    into, erased = "", False
    for entry in sorted(entries, key=lambda each: (each.at, each.entry_id)):
        match entry.kind:
            case Said.VERIFIED:
                verified.update(same(value) for _, value in entry.said)
            case Said.MERGED:
                into = dict(entry.said).get("into", "")
            case Said.ERASED:
                erased = True
            case _:
                latest.update(pair for pair in entry.said if pair[0] in FIELDS)
    if erased:
        return Guest(guest_id, merged_into=into, erased=True)
    flags = tuple(flag for flag in latest.pop("flags", "").split(",") if flag in FLAGS)
    said = {name: latest.get(name, "") for name in ("name", "phone", "email", "language", "born", "note")}
    said["email"] = same(said["email"])
    return Guest(guest_id, **said, flags=flags, verified=frozenset(verified), merged_into=into)  # type: ignore[arg-type] # texts


def same(contact: str) -> str:
    """A contact as it is compared: addresses that differ by capitals only are one."""
    return contact.lower()


@dataclass(frozen=True, slots=True)
class Reach:
    """Contacts that a ban goes with: whatever somebody `proved` theirs, ever, and what else they `had` while banned."""

    proved: frozenset[str]
    had: frozenset[str]


def reach(entries: Iterable[Entry]) -> Reach:
    """Of one record, from all that was said of it."""
    now: dict[str, str] = {}
    proved, had = set[str](), set[str]()
    banned = False
    for entry in sorted(entries, key=lambda each: (each.at, each.entry_id)):
        contacts = {name: same(value) for name, value in entry.said if name in ("phone", "email")}
        if entry.kind == Said.VERIFIED:
            proved |= set(contacts.values())
            continue
        now |= contacts
        if (said := is_ban(entry.said)) is not None:
            banned = said
        if banned:
            had |= set(now.values())
    return Reach(frozenset(proved), frozenset(had - {""}))


def check(said: Pairs) -> None:
    """Refuses `guest_name` (none, or too long), `guest_born` (no day, or of another century), `guest_note` (too long)
    and `record_invalid` for any other field that cannot be. Phone and e-mail were put right before (`ledger.contact`).
    """
    for name, value in said:
        wrong = _WRONG.get(name, _no_field)(value)
        if wrong is not None:
            raise Refused(wrong, record="guest")
    if len({name for name, _ in said}) != len(said):
        raise Refused(Code.RECORD_INVALID, record="guest")


def _born(value: str) -> Code | None:
    try:
        return None if not value or date.fromisoformat(value).year >= _FIRST_BORN else Code.GUEST_BORN
    except ValueError:
        return Code.GUEST_BORN


def _no_field(_value: str) -> Code | None:
    return Code.RECORD_INVALID


def _if(wrong: bool, code: Code = Code.RECORD_INVALID) -> Code | None:
    return code if wrong else None


_WRONG: dict[str, Callable[[str], Code | None]] = {
    "name": lambda value: _if(not words(value) or len(value) > MOST_NAME, Code.GUEST_NAME),
    "phone": lambda value: _if(bool(value) and not re.fullmatch(r"\+\d{6,15}", value)),
    "email": lambda value: _if(len(value) > MOST_CONTACT or (bool(value) and "@" not in value)),
    "language": lambda value: _if(value not in ("", *LANGUAGES)),
    "born": _born,
    "note": lambda value: _if(len(value) > MOST_NOTE, Code.GUEST_NOTE),
    "flags": lambda value: _if(bool(value) and not set(value.split(",")) <= set(FLAGS)),
}


def is_ban(said: Pairs) -> bool | None:
    """Whether somebody is banned by what was said of them; None where no marks were."""
    flags = dict(said).get("flags")
    return None if flags is None else BANNED in flags.split(",")


# searching ----------------------------------------------------------------------------------------------------------


def index(said: Pairs) -> str:
    """What an entry can be found by: names by spelling (|) and sound (~), phone digits (#), e-mail (@), a membership's
    number by its parts and whole (|), each after a space; empty where there is nothing to find."""
    marks = [mark for name, value in said for mark in _marks(name, value)]
    return f" {' '.join(marks)} " if marks else ""


def _marks(name: str, value: str) -> Iterator[str]:
    if name == "name":
        for word in spoken(value):
            yield f"|{word.letters}"
            if word.article:
                yield f"|{word.article}{word.letters}"
            yield from (f"~{sound}" for sound in heard(word))
    elif name == "number":
        yield from (f"|{each}" for each in dict.fromkeys((*words(value), plain_number(value))))
    elif name == "phone" and value:
        yield "#" + value.removeprefix("+")
    elif name == "email" and value:
        yield "@" + fold(value)


def plain_number(number: str) -> str:
    """A membership's number in one spelling: in any script, with or without dashes and spaces."""
    return re.sub(r"[\W_]", "", fold(number))


@dataclass(frozen=True, slots=True)
class Sought:
    """Pieces of `index`, one of which must be in it: as it is `spelt`, as it may be meant, as it sounds so far."""

    spelt: str
    meant: tuple[str, ...] = ()
    so_far: tuple[str, ...] = ()

    @property
    def pieces(self) -> tuple[str, ...]:
        return (self.spelt, *self.meant, *self.so_far)


def wanted(text: str, *, whole: bool = True) -> tuple[Sought, ...]:
    """What somebody typed; all of it must be found. Empty when there is too little to look for. Digits are a phone
    number in any spelling, from any digit of it on, or a membership's number; a word with @ an e-mail; others the
    beginning of a name, as it is spelt or as it sounds. For who may not read contacts `whole` a part of one finds
    nobody, or they could be read letter by letter: only all of it does, or the digits shown."""
    typed = fold(text)
    if typed and _DIGITS.fullmatch(typed):
        return _as_number(re.sub(r"\D", "", typed), whole=whole)
    if "@" in typed:
        return (Sought(f" @{typed}" if whole else f" @{typed} "),)
    return tuple(map(_as_name, spoken(text)))


def _as_number(digits: str, *, whole: bool) -> tuple[Sought, ...]:
    number = digits.lstrip("0")
    if len(digits) < _SHORTEST_NUMBER:
        return ()
    if whole and len(number) >= _SHORTEST_NUMBER:
        return (Sought(number),)
    is_known = len(number) in (SHOWN_DIGITS, *_WHOLE_NUMBER)
    return (Sought(f" |{digits}", (f"{number} ",) if is_known else ()),)


def _as_name(word: Word) -> Sought:
    """Of one sound alone only what is typed so far may be many."""
    meant = tuple(f" ~{sound}" for sound in sounds(word.letters) if len(sound) > 1)
    so_far = tuple(f" ~{sound}" for sound in begun(word))
    return Sought(f" |{word.letters}", meant, tuple(each for each in so_far if each not in meant))
