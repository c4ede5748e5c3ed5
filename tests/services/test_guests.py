"""Guests at a station that has no server now: found, registered and changed all the same."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.shown_guests import GuestForm, MembershipForm
from domain import codec
from domain import operation as op
from domain.catalogue import Words
from domain.errors import Code, Refused
from domain.staff import Permission
from ledger import journal
from ledger import tables as t
from tests.helpers.shop import Shop, refused

SARA = GuestForm(
    "Sara Al-Qahtani", "055 123 4567", "Sara@Example.com", "ar", "1990-02-28", "with three children", ("vip",)
)  # fmt: skip


@pytest.fixture
def known(shop: Shop) -> str:
    return shop.station.guests.register(SARA)


def names(shop: Shop, typed: str) -> list[str]:
    return [row.name for row in shop.station.guests.find(typed)]


def test_who_was_registered_is_found_at_once_by_whatever_is_typed(shop: Shop, known: str) -> None:
    for typed in ("sara", "سارة", "qaht", "القحطاني", "٤٥٦٧", "٠٥٥١٢٣٤٥٦٧", "0551234567", "sara@example.com"):
        assert names(shop, typed) == ["Sara Al-Qahtani"], typed
    assert names(shop, "x") == names(shop, "") == names(shop, "055123") == [], (
        "a part of a number that is masked"
    )


def test_contacts_are_read_whole_by_who_may_and_masked_by_others_who_still_work_with_them(
    shop: Shop, known: str
) -> None:
    guests = shop.station.guests

    def seen() -> list[str]:
        page, [row] = guests.page(known), guests.find("0551234567")
        told = json.loads(guests.export(known))
        return [
            row.phone,
            row.email,
            page.row.phone,
            page.form.phone,
            page.form.email,
            told["known"]["phone"],
        ]

    hidden, mail = "+966•••4567", "s•••@example.com"
    assert seen() == [hidden, mail, hidden, hidden, mail, hidden]
    assert guests.page(known).contacts == ("sms", "mail")
    shop.station.guests.change(known, replace(guests.page(known).form, note="left the contacts as they were"))
    assert (
        refused(guests.change, known, replace(guests.page(known).form, phone="+966•••4568"))
        is Code.PHONE_INVALID
    )
    guests.change(known, replace(guests.page(known).form, phone="0559876543"))
    assert guests.page(known).form.phone == "+966•••6543"
    shop.station.people.sign_out()
    shop.sign_in("huda")
    whole = ["+966 55 987 6543", "sara@example.com", "+966 55 987 6543", "+966559876543", "sara@example.com"]
    [row], page = guests.find("0559876543"), guests.page(known)
    assert [row.phone, row.email, page.row.phone, page.form.phone, page.form.email] == whole
    assert json.loads(guests.export(known))["known"]["phone"] == "+966559876543"


def test_the_page_tells_what_is_known_and_who_said_it(shop: Shop, known: str) -> None:
    known_now = shop.station.guests.page(known).form
    shop.station.guests.change(known, replace(known_now, note="allergic to nuts", flags=("vip", "medical")))
    page = shop.station.guests.page(known)
    assert (page.form.note, page.form.flags, page.form.born) == (
        "allergic to nuts",
        ("vip", "medical"),
        "1990-02-28",
    )
    assert [(event.kind, event.fields) for event in page.history] == [
        ("changed", ("note", "flags")),
        ("registered", ("name", "phone", "email", "language", "born", "note", "flags")),
    ]
    assert {event.by.en for event in page.history} == {"Reem M."}
    assert isinstance(page.history[0].station, Words)
    assert (page.contacts, page.verified, page.online) == (("sms", "mail"), (), False)
    assert (page.may_merge, page.may_erase) == (False, False)


def test_a_change_of_nothing_is_none(shop: Shop, known: str) -> None:
    before = len(shop.journalled())
    assert not shop.station.guests.change(known, SARA)
    assert len(shop.journalled()) == before


def test_a_number_or_address_of_somebody_else_is_refused_with_their_name(shop: Shop, known: str) -> None:
    for other in (
        GuestForm("Omar", phone="+966551234567"),
        GuestForm("Omar", email="Sara@EXAMPLE.com"),
    ):
        told = refusal(shop, other)
        assert (told.code, told.facts["name"], told.facts["guest"]) == (
            Code.GUEST_KNOWN,
            "Sara Al-Qahtani",
            known,
        )
    omar = shop.station.guests.register(GuestForm("Omar", "0550000001"))
    assert refused(shop.station.guests.change, omar, GuestForm("Omar", "0551234567")) is Code.GUEST_KNOWN
    shop.station.guests.change(known, GuestForm("Sara"))
    assert shop.station.guests.change(omar, GuestForm("Omar", "0551234567"))
    assert names(shop, "0551234567") == ["Omar"]


def refusal(shop: Shop, form: GuestForm) -> Refused:
    with pytest.raises(Refused) as told:
        shop.station.guests.register(form)
    return told.value


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (GuestForm(""), Code.GUEST_NAME),
        (GuestForm("A", "12"), Code.PHONE_INVALID),
        (GuestForm("A", email="a@"), Code.EMAIL_INVALID),
        (GuestForm("A", born="1890-01-01"), Code.GUEST_BORN),
        (GuestForm("A", note="x" * 501), Code.GUEST_NOTE),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_recorded(shop: Shop, form: GuestForm, code: Code) -> None:
    assert refused(shop.station.guests.register, form) is code
    assert "GuestRegistered" not in shop.journalled()


def test_what_needs_the_server_says_so_beforehand(shop: Shop, known: str) -> None:
    guests = shop.station.guests
    assert refused(guests.send_code, known, "sms") is Code.REQUEST_OFFLINE
    assert refused(guests.verify, known, "123456") is Code.REQUEST_OFFLINE
    assert refused(guests.merge, known, known) is Code.NOT_ALLOWED
    assert refused(guests.erase, known, "") is Code.REASON_NEEDED
    assert refused(guests.erase, known, "asked") is Code.NOT_ALLOWED


def test_who_has_no_right_sees_nobody(shop: Shop, known: str) -> None:
    shop.station.people.sign_out()
    shop.sign_in("faisal")
    for ask in (shop.station.guests.find, shop.station.guests.page, shop.station.guests.export):
        assert refused(ask, known) is Code.NOT_ALLOWED


def test_a_guest_takes_along_all_that_is_kept_of_them(shop: Shop, known: str) -> None:
    told = json.loads(shop.station.guests.export(known))
    assert told["known"]["name"] == "Sara Al-Qahtani"
    assert told["said"][0]["kind"] == "registered"


def test_the_copy_that_a_guest_takes_along_lies_in_a_file_that_others_cannot_read(
    shop: Shop, known: str
) -> None:
    for _ in range(2):
        saved = Path(shop.station.guests.save_copy(known))
        assert json.loads(saved.read_text(encoding="utf-8"))["known"]["name"] == "Sara Al-Qahtani"
        assert saved.parent == shop.station.store.folder / "exports"
        assert [each.name for each in saved.parent.iterdir()] == [saved.name]
    assert os.name == "nt" or saved.stat().st_mode & 0o077 == 0


def test_a_copy_that_cannot_be_written_is_refused(shop: Shop, known: str) -> None:
    (shop.station.store.folder / "exports").write_text("in the way")
    assert refused(shop.station.guests.save_copy, known) is Code.DATA_NOT_WRITABLE


def test_personal_data_is_in_the_private_part_only(shop: Shop, known: str) -> None:
    with shop.station.store.read_journal() as connection:
        rows = connection.execute(
            sa.select(journal.entry).where(journal.entry.c.kind == "GuestRegistered")
        ).all()
    [row] = rows
    assert "Sara" in row.private
    assert "Sara" not in row.public
    assert len(row.private_digest) == 64


def test_a_restart_and_a_lost_cache_lose_nobody(shop: Shop, known: str) -> None:
    shop.station.store._cache.rebuild()
    shop.station.store.transact(lambda it: None, shop.station.session.actor(Permission.REGISTER_GUEST))
    assert names(shop, "sara") == ["Sara Al-Qahtani"]
    assert shop.count(t.guest_entry) == 1


# memberships ----------------------------------------------------------------------------------------------------------

PASS = MembershipForm("season", "SP-00123", "2026-01-01", "2026-12-31")
MEMBERS = 5  # a product of the sample venue for holders of its season pass


def test_a_membership_is_given_found_by_its_number_and_ended_without_a_network(
    shop: Shop, known: str
) -> None:
    guests = shop.station.guests
    given = guests.give_membership(known, PASS)
    [one] = guests.page(known).memberships
    assert (one.membership_id, one.number, one.on(guests.page(known).today)) == (given, "SP-00123", "valid")
    for typed in ("sp-00123", "SP00123", "00123", "٠٠١٢٣"):
        assert names(shop, typed) == ["Sara Al-Qahtani"], typed
    told = json.loads(guests.export(known))
    assert [(each["plan"], each["number"], each["ended"]) for each in told["memberships"]] == [
        ("season", "SP-00123", False)
    ]
    guests.end_membership(known, given)
    assert [each.ended for each in guests.page(known).memberships] == [True]
    assert names(shop, "sp-00123") == []
    assert [event.kind for event in guests.page(known).history][:2] == ["membership_ended", "membership"]
    assert refused(guests.end_membership, known, given) is Code.MEMBERSHIP_UNKNOWN
    journalled = shop.journalled()
    assert journalled[-2:] == ["MembershipGiven", "MembershipEnded"]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (replace(PASS, plan="gym"), Code.MEMBERSHIP_PLAN),
        (replace(PASS, number=" "), Code.MEMBERSHIP_NUMBER),
        (replace(PASS, until="31.12."), Code.MEMBERSHIP_DAYS),
        (replace(PASS, until="2025-12-31"), Code.MEMBERSHIP_DAYS),
    ],
)
def test_a_membership_that_cannot_be_is_refused(
    shop: Shop, known: str, form: MembershipForm, code: Code
) -> None:
    assert refused(shop.station.guests.give_membership, known, form) is code
    assert "MembershipGiven" not in shop.journalled()


def test_a_number_is_one_guests_until_it_is_ended(shop: Shop, known: str) -> None:
    guests = shop.station.guests
    given = guests.give_membership(known, PASS)
    omar = guests.register(GuestForm("Omar"))
    assert refused(guests.give_membership, omar, replace(PASS, number="sp 00123")) is Code.MEMBERSHIP_KNOWN
    guests.end_membership(known, given)
    assert guests.give_membership(omar, PASS)


def test_at_the_counter_a_card_must_be_seen_and_nothing_of_it_is_kept(shop: Shop, known: str) -> None:
    selling, guests = shop.station.selling, shop.station.guests
    cart = shop.cart((MEMBERS,))
    assert refused(shop.station.checkout.begin, cart) is Code.MEMBERSHIP_UNSEEN
    assert refused(selling.see, cart, "season", " ") is Code.MEMBERSHIP_NUMBER
    seen = selling.see(cart, "season", "of another town 4711")
    paid = shop.station.checkout.begin(seen)
    shop.station.checkout.cash(paid.sale_id, paid.left)
    over = guests.give_membership(known, replace(PASS, until="2026-01-31"))
    assert refused(selling.see, cart, "season", "sp00123") is Code.MEMBERSHIP_NOT_VALID
    guests.end_membership(known, over)
    valid = guests.give_membership(known, PASS)
    paid = shop.station.checkout.begin(selling.see(shop.cart((MEMBERS,)), "season", "SP 00123"))
    shop.station.checkout.cash(paid.sale_id, paid.left)
    with shop.station.store.read_journal() as connection:
        made = sa.select(journal.entry).where(journal.entry.c.kind == "BookingMade").order_by("row")
        rows = connection.execute(made).all()
    found = [codec.loads(op.BookingMade, row.public).seen for row in rows]
    assert found == [(op.SeenMembership("season"),), (op.SeenMembership("season", valid),)]
    assert not any("4711" in row.public or "00123" in row.public or row.private for row in rows)
