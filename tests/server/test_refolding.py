"""After an upgrade that hears names otherwise, guests are found as they are heard now, and stations have the rows."""

from __future__ import annotations

import sqlalchemy as sa

from domain.fold import FOLD
from ledger import tables as t
from server import tables as own
from server.refolding import refold
from tests.server.test_bookings import Office, office
from tests.server.test_guests import SARA, erase

__all__ = ["office"]


def test_what_guests_are_found_by_is_made_anew_once_and_travels(office: Office) -> None:
    database, entry = office.core.database, t.guest_entry.c
    office.register("layla", (("name", "ليلى"),))
    office.register("gone", (("name", "Omar"),))
    erase(office, "gone")
    rows = sa.select(entry.entry_id, entry.words, entry.seq).order_by(entry.entry_id)
    before = office.rows(rows)
    old = sa.update(t.guest_entry).where(entry.guest_id == "layla").values(words=" |ليلي ~l ")
    database.transact(lambda c: c.execute(old))
    assert office.find("Laila") == []
    refold(database)
    after = office.rows(rows)
    assert [(row[0], row[1]) for row in after] == [(row[0], row[1]) for row in before]
    moved = [one for one, other in zip(after, before, strict=True) if one[2] != other[2]]
    assert (len(moved), office.find("Laila"), office.find("Omar")) == (1, ["layla"], [])
    assert office.rows(sa.select(own.setting.c.value).where(own.setting.c.name == "fold")) == [(str(FOLD),)]
    database.transact(lambda c: c.execute(old))
    refold(database)
    assert office.find("Laila") == []  # it is known to be done
    assert SARA in office.find("سارة")


def test_who_sounds_as_it_was_typed_comes_before_who_only_begins_so(office: Office) -> None:
    for guest_id, name in (("salma", "Salma"), ("salim", "سليم"), ("husain", "حسين"), ("hasan", "Hassan")):
        office.register(guest_id, (("name", name),))
    assert office.find("Salim") == ["salim", "salma"]
    assert office.find("سلمى")[0] == "salma"
    assert (office.find("Hussein"), office.find("حسن")) == (["husain"], ["hasan"])


def test_who_is_spelt_so_comes_before_who_only_sounds_so(office: Office) -> None:
    for guest_id, name in (("arabic", "صالح"), ("latin", "Saleh"), ("salma", "Salma"), ("house", "Al Saud")):
        office.register(guest_id, (("name", name),))
    assert (office.find("Saleh"), office.find("صالح")) == (["latin", "arabic"], ["arabic", "latin"])
    assert office.find("آل سعود") == office.find("Al-Saud") == ["house"]
