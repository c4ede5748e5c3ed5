"""How a guest is told of: marks with icon and word, days as they are written and read, what was said and by whom."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from math import ceil

from PySide6.QtWidgets import QLayout

from app.shown_guests import GuestEvent, GuestForm, GuestRow
from app.texts import Texts
from app.views.desk import Desk
from app.views.widgets.marks import chip
from app.views.widgets.parts import Item, row
from domain.catalogue import MembershipPlan
from domain.fold import fold
from domain.guest import Said, wanted
from domain.membership import Membership, Standing

Mark = tuple[str, str]  # icon, tone
FLAGS: dict[str, Mark] = {
    "vip": ("filled/star", "purple"),
    "attention": ("alert-triangle", "warn"),
    "medical": ("first-aid-kit", "accent"),
    "banned": ("ban", "bad"),
}
VERIFIED: Mark = ("shield-check", "ok")
STANDINGS: dict[Standing, Mark] = {
    Standing.VALID: ("circle-check", "ok"),
    Standing.NOT_BEGUN: ("clock", "warn"),
    Standing.OVER: ("history", "mute"),
    Standing.ENDED: ("ban", "bad"),
}
EVENTS: dict[str, str] = {
    Said.REGISTERED: "user-plus",
    Said.CHANGED: "pencil",
    Said.VERIFIED: "shield-check",
    Said.MERGED: "users",
    Said.ERASED: "trash",
    Said.MEMBERSHIP: "id-badge",
    Said.MEMBERSHIP_ENDED: "ban",
}
_LEAST_LETTERS = 2
_PIECE = 20  # letters of an address that stay together in a line
_BREAK = "\u200b"


def is_enough(text: str) -> bool:
    """Whether a search for it would lead to somebody."""
    return bool(wanted(text)) and len(fold(text)) >= _LEAST_LETTERS


def form_of(text: str) -> GuestForm:
    """What was searched, in the field that it belongs to."""
    said = text.strip()
    if "@" in said:
        return GuestForm("", email=said)
    is_number = any(letter.isdigit() for letter in said) and not any(letter.isalpha() for letter in said)
    return GuestForm("", phone=said) if is_number else GuestForm(said)


# marks


def flag_words(texts: Texts, row: GuestRow) -> list[str]:
    return [texts(f"guests.flag_{flag}") for flag in row.flags]


def chips_of(desk: Desk, row: GuestRow) -> list[Item]:
    """Verified first, then each flag."""
    marks = [(desk.texts("guests.verified"), *VERIFIED)] if row.verified else []
    marks += [(desk.texts(f"guests.flag_{flag}"), *FLAGS[flag]) for flag in row.flags if flag in FLAGS]
    return [chip(desk, *mark) for mark in marks]


def chip_rows(desk: Desk, guest: GuestRow, most: int) -> list[QLayout]:
    """The same, so many beside each other at most, the rows alike."""
    marks = chips_of(desk, guest)
    rows = ceil(len(marks) / most)
    each = ceil(len(marks) / rows) if rows else 1
    return [row(*marks[at : at + each], 1, gap=desk.px(8)) for at in range(0, len(marks), each)]


def verified_chip(desk: Desk, *, verified: bool) -> Item:
    if verified:
        return chip(desk, desk.texts("guests.verified"), *VERIFIED)
    return chip(desk, desk.texts("guests.not_verified"), "circle-dashed", "mute")


def reach_of(texts: Texts, row: GuestRow) -> str:
    """Number and address, as far as they are known."""
    return " · ".join(texts.code(each) for each in (row.phone, breakable(row.email, 40)) if each)


# days


def iso_day(typed: str) -> str:
    """`1990-02-28` of `28.2.1990`, `28 02 1990` or `1990-02-28`, in any digits; what is no day stays as it is."""
    parts = re.findall(r"\d+", fold(typed))
    if len(parts) != 3:
        return typed.strip()
    year, month, day = parts if len(parts[0]) == 4 else reversed(parts)
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return typed.strip()


def typed_day(iso: str) -> str:
    """`28.02.1990`, as it is typed."""
    return ".".join(reversed(iso.split("-")))


def born_words(texts: Texts, iso: str, today: date) -> str:
    """`28 Feb 1990 · 36 years`."""
    try:
        born = date.fromisoformat(iso)
    except ValueError:
        return iso
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return texts("guests.age", n=years, day=texts.plain_day(born))


# memberships


def plan_words(texts: Texts, plans: Sequence[MembershipPlan], plan_id: str) -> str:
    """What a plan is called; its id where it is known no more."""
    named = (each.name.get(texts.language) for each in plans if each.plan_id == plan_id)
    return next(named, plan_id)


def standing_chip(desk: Desk, one: Membership, today: date) -> Item:
    """Valid, over, not begun or ended, in words."""
    standing = one.on(today)
    return chip(desk, desk.texts(f"guests.standing_{standing}"), *STANDINGS[standing])


# what was said


def event_words(texts: Texts, event: GuestEvent) -> str:
    key = f"guests.did_{event.kind}"
    fields = texts("guests.and").join(texts(f"guests.field_{name}") for name in event.fields)
    told = event.kind in (Said.CHANGED, Said.VERIFIED) and fields
    return texts(key, fields=fields) if told else texts(key)


def event_by(texts: Texts, event: GuestEvent) -> str:
    names = event.by.get(texts.language), event.station.get(texts.language), texts.moment(event.at)
    return texts.line(names)


def breakable(address: str, whole: int = 24) -> str:
    """An address of more than `whole` letters may go on in the next line: after its @, before its dots, where it is
    long."""
    if len(address) <= whole:
        return address
    pieces = re.sub(r"@", f"@{_BREAK}", address).replace(".", f"{_BREAK}.").split(_BREAK)
    cut = [piece[at : at + _PIECE] for piece in pieces for at in range(0, len(piece), _PIECE)]
    return _BREAK.join(cut)
