"""The two questions about guests that cannot be taken back: merging two, and erasing one."""

from __future__ import annotations

from app.shown_guests import GuestRow
from app.views.attention_forms import SayForm
from app.views.desk import Desk
from app.views.guest_words import breakable


def merge_form(desk: Desk, one: GuestRow, into: GuestRow) -> SayForm:
    """Names both, each with what tells them apart."""
    texts = desk.texts
    head = (
        texts("guests.merge_title", one=one.name, other=into.name),
        texts("guests.merge_goes", guest=_named(desk, one)),
        texts("guests.merge_stays", guest=_named(desk, into)),
        texts("guests.no_way_back"),
    )
    return SayForm(desk, head, (), texts("guests.do_merge"), final=True)


def erase_form(desk: Desk, guest: GuestRow) -> SayForm:
    texts = desk.texts
    head = (
        texts("guests.erase_title", name=guest.name),
        texts("guests.erase_what"),
        texts("guests.no_way_back"),
    )
    return SayForm(desk, head, (texts("guests.erase_reason"),), texts("guests.do_erase"), final=True)


def _named(desk: Desk, guest: GuestRow) -> str:
    texts = desk.texts
    contacts = texts.code(guest.phone) if guest.phone else "", texts.code(breakable(guest.email))
    return texts.line(part for part in (guest.name, *contacts) if part)
