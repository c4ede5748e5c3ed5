"""What the guests' service hands to screens: who is known, and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from domain.catalogue import MembershipPlan, Words
from domain.membership import Membership


@dataclass(frozen=True, slots=True)
class GuestForm:
    """What staff write about a guest, as they typed it; `born` an ISO day, `flags` of `domain.guest.FLAGS`."""

    name: str
    phone: str = ""
    email: str = ""
    language: str = ""
    born: str = ""
    note: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MembershipForm:
    """What staff write about a membership, as they typed it; `since` and `until` ISO days."""

    plan: str
    number: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class GuestRow:
    """A guest in a list; `phone` as it is read."""

    guest_id: str
    name: str
    phone: str
    email: str
    verified: bool
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GuestEvent:
    """Something that was said of a guest: `kind` of `domain.guest.Said`, the names of the fields, by whom and where."""

    at: datetime
    kind: str
    fields: tuple[str, ...]
    by: Words
    station: Words


@dataclass(frozen=True, slots=True)
class GuestPage:
    """All about one guest. `form` is what is known; `contacts` can be sent a code (sms, mail) and are not verified yet;
    `twins` share a phone number or an address. `history`: the newest first. `memberships` as they are known `today`,
    `plans` what the venue has."""

    row: GuestRow
    form: GuestForm
    verified: tuple[str, ...]
    contacts: tuple[str, ...]
    history: tuple[GuestEvent, ...]
    twins: tuple[GuestRow, ...]
    may_merge: bool
    may_erase: bool
    online: bool
    today: date = date.min
    memberships: tuple[Membership, ...] = ()
    plans: tuple[MembershipPlan, ...] = ()
