"""Guests at a station that has no server now: found, registered and changed all the same."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.shown_guests import GuestForm
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
    for typed in ("sara", "سارة", "qaht", "القحطاني", "٠٥٥١٢٣", "0551234567", "sara@example.com"):
        assert names(shop, typed) == ["Sara Al-Qahtani"], typed
    assert names(shop, "x") == names(shop, "") == []
    [row] = shop.station.guests.find("sara")
    assert (row.guest_id, row.phone, row.email, row.verified) == (
        known,
        "+966 55 123 4567",
        "Sara@example.com",
        False,
    )


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
    assert told["known"]["phone"] == "+966551234567"
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
