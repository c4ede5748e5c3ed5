"""The two questions about guests that cannot be taken back: merging two, and erasing one."""

from __future__ import annotations

from app.shown_guests import GuestRow
from app.views.attention_forms import SayForm
from app.views.desk import Desk
from app.views.guest_words import reach_of
from domain.guest import Erasure


def merge_form(desk: Desk, one: GuestRow, into: GuestRow) -> SayForm:
    """Names both, each with what tells them apart."""
    texts = desk.texts
    head = (
        texts("guests.merge_title", one=one.name, other=into.name),
        texts("guests.merge_goes", guest=one.name, reach=reach_of(texts, one)),
        texts("guests.merge_stays", guest=into.name, reach=reach_of(texts, into)),
        texts("guests.no_way_back"),
    )
    return SayForm(desk, head, (), texts("guests.do_merge"), final=True)


def erase_form(desk: Desk, guest: GuestRow) -> SayForm:
    texts = desk.texts
    head = (
        texts("guests.erase_title", name=guest.name),
        *([reach] if (reach := reach_of(texts, guest)) else []),
        texts("guests.erase_what"),
        texts("guests.no_way_back"),
        texts("guests.erase_reason"),
    )
    reasons = [(each.value, texts(f"guests.erased_{each.value}"), "", "") for each in Erasure]
    return SayForm(desk, head, (), texts("guests.do_erase"), final=True, reasons=reasons)
