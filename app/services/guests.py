"""Guests: found, registered and changed here with or without a network; verified, merged and erased by the server."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app import guest_copies
from app.asking import Asking
from app.session import Session
from app.shown_guests import GuestEvent, GuestForm, GuestPage, GuestRow, MembershipForm
from app.store import Store
from documents.guest_copy import copy_of
from domain import guest as rules
from domain import membership as members
from domain import operation as op
from domain.catalogue import Words
from domain.errors import Code, Refused, Unavailable
from domain.guest import Guest
from domain.membership import Membership
from domain.private import Pairs
from domain.staff import Permission, may
from domain.text import tidy
from ledger import bans, read_guests, read_setup
from ledger.clock import from_ms
from ledger.contact import email_of, hidden, is_mobile, phone_of, shown_phone

SMS, MAIL = "sms", "mail"
_FIELD_OF = {SMS: "phone", MAIL: "email"}


class Guests:
    """What the server decides goes by `asking`; `fetch` has of it all that is kept of a guest, in somebody's name."""

    def __init__(
        self, store: Store, session: Session, asking: Asking, fetch: Callable[[str, str], str]
    ) -> None:
        self._store = store
        self._session = session
        self._asking = asking
        self._fetch = fetch

    # questions -------------------------------------------------------------------------------------------------------

    def find(self, text: str) -> tuple[GuestRow, ...]:
        """Guests by name in either script, phone number or e-mail; nobody while too little is typed."""
        whole = may(self._session.require(Permission.REGISTER_GUEST).role, Permission.READ_CONTACT)
        with self._store.read() as connection:
            return tuple(_row(each, whole) for each in read_guests.find(connection, text, whole=whole))

    def page(self, guest_id: str) -> GuestPage:
        """All about one guest, with contacts as whoever is signed in may read them; refuses `guest_unknown` and
        `guest_erased`."""
        role = self._session.require(Permission.REGISTER_GUEST).role
        whole = may(role, Permission.READ_CONTACT)
        with self._store.read() as connection:
            guest = read_guests.known(connection, guest_id)
            seen = guest if whole else hidden(guest)
            verified = tuple(sorted(seen.verified & {seen.phone, seen.email}))
            return GuestPage(
                _row(guest, whole, bans.is_banned(connection, guest)),
                _form(seen),
                verified,
                _to_verify(guest),
                _history(connection, guest.guest_id),
                tuple(_row(each, whole) for each in _twins(connection, guest)),
                may(role, Permission.MERGE_GUEST),
                may(role, Permission.ERASE_GUEST),
                self._asking.online(),
                read_setup.day_at(connection, self._store.now()),
                read_guests.memberships(connection, guest.guest_id),
                tuple(read_setup.plans(connection).values()),
            )

    def export(self, guest_id: str) -> str:
        """All that is kept of a guest, as JSON for them to take along: from the server, which has all; while it is
        away, what is here. Contacts are masked where whoever is signed in may not read them. Refuses `guest_unknown`
        and `guest_erased`."""
        member = self._session.require(Permission.REGISTER_GUEST)
        if self._asking.online():
            with suppress(Unavailable):
                return self._fetch(guest_id, member.staff_id)
        with self._store.read() as connection:
            whole = may(member.role, Permission.READ_CONTACT)
            return copy_of(connection, guest_id, complete=False, whole=whole)

    def save_copy(self, guest_id: str) -> str:
        """Puts `export` into a file of the station's own; its path. Refuses `data_not_writable` too."""
        told = self.export(guest_id)
        return str(guest_copies.save(self._store.folder, guest_id, told))

    # what staff do ---------------------------------------------------------------------------------------------------

    def register(self, form: GuestForm) -> str:
        """A new guest; returns their id. Refuses `guest_name`, `guest_born`, `guest_note`, `phone_invalid`,
        `email_invalid`, and `guest_known` (with the `name`) when the number or address is somebody's."""
        actor = self._session.actor(Permission.REGISTER_GUEST)
        said = tuple(pair for pair in _said(_tidied(form)) if pair[1] or pair[0] == "name")
        rules.check(said)
        guest_id = self._store.ids.new()
        with self._store.read() as connection:
            _check_free(connection, guest_id, dict(said))
        self._store.transact(lambda it: it.add(op.GuestRegistered(guest_id), said=said), actor)
        return guest_id

    def change(self, guest_id: str, form: GuestForm) -> bool:
        """What is known otherwise from now on; False when that is nothing. Refuses as `register` does, `guest_unknown`
        and `guest_erased`, and `not_allowed` where a ban is lifted by somebody who may not approve bookings. A contact
        that is masked, as it was shown, stays."""
        actor = self._session.actor(Permission.REGISTER_GUEST)
        with self._store.read() as connection:
            guest = read_guests.known(connection, guest_id)
            before = dict(_said(_form(guest)))
            said = tuple(
                pair for pair in _said(_tidied(_unmasked(form, guest))) if before[pair[0]] != pair[1]
            )
            rules.check(said)
            _check_free(connection, guest.guest_id, dict(said))
            is_banned = bans.is_said(connection, guest)
        if is_banned and rules.is_ban(said) is False:
            self._session.require(Permission.APPROVE_BOOKING)
        if said:
            self._store.transact(lambda it: it.add(op.GuestChanged(guest.guest_id), said=said), actor)
        return bool(said)

    def give_membership(self, guest_id: str, form: MembershipForm) -> str:
        """A guest is a member from now on; returns the membership's id. Refuses `membership_plan`,
        `membership_number`, `membership_days`, `membership_known` (with the `name`) where the number is somebody's,
        `guest_unknown` and `guest_erased`."""
        actor = self._session.actor(Permission.REGISTER_GUEST)
        one = _membership(self._store.ids.new(), form)
        said = members.said_of(one)
        with self._store.read() as connection:
            guest = read_guests.known(connection, guest_id)
            if one.plan not in read_setup.plans(connection):
                raise Refused(Code.MEMBERSHIP_PLAN)
            for other, _ in read_guests.by_membership(connection, one.plan, one.number):
                raise Refused(Code.MEMBERSHIP_KNOWN, name=other.name)
        made = op.MembershipGiven(guest.guest_id, one.membership_id)
        self._store.transact(lambda it: it.add(made, said=said), actor)
        return one.membership_id

    def end_membership(self, guest_id: str, membership_id: str) -> None:
        """It counts no more. Refuses `membership_unknown` where it does not already, `guest_unknown` and
        `guest_erased`."""
        actor = self._session.actor(Permission.REGISTER_GUEST)
        with self._store.read() as connection:
            guest = read_guests.known(connection, guest_id)
            has = read_guests.memberships(connection, guest.guest_id)
        if not any(each.membership_id == membership_id and not each.ended for each in has):
            raise Refused(Code.MEMBERSHIP_UNKNOWN)
        ended, said = op.MembershipEnded(guest.guest_id, membership_id), (("membership", membership_id),)
        self._store.transact(lambda it: it.add(ended, said=said), actor)

    def send_code(self, guest_id: str, channel: str) -> str:
        """Sends a code by `sms` or `mail`; until when it holds (ISO). Refuses `request_offline`, and with the server's
        codes: `contact_missing`, `code_soon`, `code_many`."""
        return self._request("CodeSent", guest_id, Permission.REGISTER_GUEST, channel=channel).get(
            "until", ""
        )

    def verify(self, guest_id: str, code: str) -> None:
        """The guest said the code back. Refuses `code_wrong`, `code_over` and as `send_code` does."""
        self._request("GuestVerified", guest_id, Permission.REGISTER_GUEST, code=code)

    def merge(self, guest_id: str, into_id: str) -> None:
        """Who is known twice goes on as `into_id`. Refuses `guest_same`."""
        self._request("GuestMerged", guest_id, Permission.MERGE_GUEST, into=into_id)

    def erase(self, guest_id: str, reason: str) -> None:
        """All that is known of a guest is forgotten everywhere; `reason` of `domain.guest.Erasure`. Refuses
        `reason_needed`."""
        why = rules.erasure_of(reason).value
        self._request("GuestErased", guest_id, Permission.ERASE_GUEST, reason=why)

    def _request(self, kind: str, guest_id: str, permission: Permission, **said: object) -> dict[str, str]:
        return self._asking.about("guest", guest_id, kind, permission, said)


def _membership(membership_id: str, form: MembershipForm) -> Membership:
    """Refuses `membership_days` for what is no day."""
    try:
        since, until = date.fromisoformat(form.since), date.fromisoformat(form.until)
    except ValueError:
        raise Refused(Code.MEMBERSHIP_DAYS) from None
    return Membership(membership_id, form.plan, " ".join(form.number.split()), since, until)


# what is known, as it is shown and said ------------------------------------------------------------------------------


def _row(guest: Guest, whole: bool, banned: bool = False) -> GuestRow:
    """Contacts are masked unless `whole`; `banned`: also by another record of theirs."""
    phone = shown_phone(guest.phone) if guest.phone else ""
    reach = (phone, guest.email) if whole else (hidden(guest).phone, hidden(guest).email)
    flags = (*guest.flags, rules.BANNED) if banned and not guest.is_banned else guest.flags
    return GuestRow(guest.guest_id, guest.name, *reach, guest.is_verified, flags)


def _form(guest: Guest) -> GuestForm:
    texts = guest.name, guest.phone, guest.email, guest.language, guest.born, guest.note
    return GuestForm(*texts, guest.flags)


def _unmasked(form: GuestForm, guest: Guest) -> GuestForm:
    """With the contacts that are known, where they were left as they were shown."""
    seen = hidden(guest)
    phone = guest.phone if form.phone == seen.phone else form.phone
    return replace(form, phone=phone, email=guest.email if form.email == seen.email else form.email)


def _tidied(form: GuestForm) -> GuestForm:
    """Refuses `phone_invalid` and `email_invalid`. A note that is too long stays so, and is refused."""
    note = form.note if len(form.note) > rules.MOST_NOTE else tidy(form.note)
    name = " ".join(form.name.split())
    return replace(form, name=name, note=note, phone=phone_of(form.phone), email=email_of(form.email))


def _said(form: GuestForm) -> Pairs:
    flags = ",".join(flag for flag in rules.FLAGS if flag in form.flags)
    texts = (form.name, form.phone, form.email, form.language, form.born, form.note, flags)
    return tuple(zip(rules.FIELDS, texts, strict=True))


def _check_free(connection: Connection, guest_id: str, said: dict[str, str]) -> None:
    for contact in ("phone", "email"):
        for other in read_guests.by_contact(connection, said.get(contact, "")):
            if other.guest_id != guest_id:
                raise Refused(Code.GUEST_KNOWN, name=other.name, guest=other.guest_id)


def _twins(connection: Connection, guest: Guest) -> list[Guest]:
    """Others with the same number or address: two stations that could not talk registered one person twice."""
    found = (
        each for value in (guest.phone, guest.email) for each in read_guests.by_contact(connection, value)
    )
    others = {each.guest_id: each for each in found if each.guest_id != guest.guest_id}
    return sorted(others.values(), key=lambda each: each.name)


def _to_verify(guest: Guest) -> tuple[str, ...]:
    reach = {SMS: guest.phone if guest.phone and is_mobile(guest.phone) else "", MAIL: guest.email}
    return tuple(channel for channel, value in reach.items() if value and value not in guest.verified)


def _history(connection: Connection, guest_id: str) -> tuple[GuestEvent, ...]:
    rows = read_guests.entries(connection, [guest_id])[guest_id]
    return tuple(_event(connection, row) for row in reversed(rows))


def _event(connection: Connection, row: sa.Row[Any]) -> GuestEvent:
    fields = tuple(name for name, _ in read_guests.said_in(row) if name in rules.FIELDS)
    by = read_setup.maker(connection, row.staff_id)
    at = read_setup.station_label(connection, row.station_id) if row.staff_id else Words("", "")
    return GuestEvent(from_ms(row.at), row.kind, fields, by, at)
