"""Guests at the server: codes to their contacts, attacks on these, merging, and erasure that reaches everything."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from domain import codec
from domain import operation as op
from domain.envelope import Envelope
from domain.guest import Guest, index
from domain.private import Private, digest_of
from ledger import read_guests
from ledger import tables as t
from ledger.cursor import Cursor
from ledger.wire import PROTOCOL, RequestAsk, RequestReply, Sent
from server import message_kinds
from server import tables as own
from server.pulling import Told, pulled
from server.requests import Door
from tests.helpers.core import Core, FakeStation

SARA, PHONE, MAIL = "guest-sara", "+966551234567", "sara@example.com"
KNOWN = (("name", "Sara Al-Qahtani"), ("phone", PHONE), ("email", MAIL))


@dataclass
class Desk:
    """POS1, where guests are registered, and the door."""

    core: Core
    station: FakeStation
    door: Door

    def sent(self, operation: op.Operation, said: tuple[tuple[str, str], ...]) -> Sent:
        """An operation with its private part, as a station sends it."""
        plain = self.station.sent(operation)
        private = codec.dumps(Private("5a17" * 8, said))
        envelope = Envelope(
            **{name: getattr(plain.envelope, name) for name in plain.envelope.__slots__}
            | {"private": private, "private_digest": digest_of(private)}
        )
        return Sent(plain.n, envelope.digest().hex(), envelope)

    def register(self, guest_id: str = SARA, said: tuple[tuple[str, str], ...] = KNOWN) -> str:
        sent = self.sent(op.GuestRegistered(guest_id), said)
        reply = self.station.push(sent)
        assert [answer.answer for answer in reply.answers] == ["applied"]
        return sent.envelope.op_id

    def change(self, guest_id: str, *said: tuple[str, str]) -> None:
        self.station.push(self.sent(op.GuestChanged(guest_id), said))

    def ask(self, kind: str, staff: str = "reem", **said: str) -> RequestReply:
        ids = self.core.database.ids
        ask = RequestAsk(PROTOCOL, self.station.epoch, ids.new(), kind, staff, "", 0, json.dumps(said))
        return self.core.ask(self.door, self.station.station, ask)

    def code(self, channel: str = "sms", guest: str = SARA) -> str:
        """Sends one; what is in the message that was queued last."""
        reply = self.ask("CodeSent", guest=guest, channel=channel)
        assert reply.state == "granted", reply
        return str(self.letters()[-1]["code"])

    def letters(self) -> list[dict[str, message_kinds.Value]]:
        rows = self.rows(
            sa.select(own.outbox).where(own.outbox.c.kind == "code").order_by(own.outbox.c.message_id)
        )
        return [message_kinds.read("code", row.facts) for row in rows]

    def rows(self, wanted: sa.Select[tuple[object, ...]]) -> list[sa.Row[tuple[object, ...]]]:
        return self.core.database.look(lambda c: list(c.execute(wanted)))

    def guest(self, guest_id: str = SARA) -> Guest:
        found = self.core.database.look(lambda c: read_guests.guest(c, guest_id))
        assert found is not None
        return found

    def find(self, text: str) -> list[str]:
        return [each.guest_id for each in self.core.database.look(lambda c: read_guests.find(c, text))]


@pytest.fixture
def desk(core: Core) -> Iterator[Desk]:
    yield Desk(core, core.enrol("POS1"), Door(core.clock, core.database.ids, core.secrets.pepper))


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_who_guests_are_is_told_to_stations_that_sell(desk: Desk) -> None:
    desk.register()
    gate = desk.core.enrol("LK1")
    asked = "guests,undated", Told("", Cursor(), "", desk.station.epoch, 0, 0, whole=True)
    shown = [
        desk.core.database.look(lambda c, of=of: pulled(c, of.station, *asked)).body
        for of in (desk.station, gate)
    ]
    assert ["Sara Al-Qahtani" in json.dumps(page, default=str, ensure_ascii=False) for page in shown] == [
        True,
        False,
    ]
    assert [page["manifest"]["guest_entry"][0] for page in shown] == [1, 0]


# searching -----------------------------------------------------------------------------------------------------------
def test_whose_name_is_exactly_so_is_found_first_however_many_begin_so(desk: Desk) -> None:
    def many(connection: sa.Connection) -> None:
        names = ["Alia Saleh"] * 260 + ["Ola Saleh", "Ali Saleh", "علي صالح"]
        rows = [
            {"entry_id": f"e{n:03}", "guest_id": f"g{n:03}", "kind": "registered", "said": codec.dumps(said),
             "words": index(said), "at": n, "bucket": "guests"}
            for n, name in enumerate(names) for said in ((("name", name),),)
        ]  # fmt: skip
        connection.execute(sa.insert(t.guest_entry), rows)

    desk.core.database.transact(many)
    found = desk.find("Ali Saleh")
    assert (found[0], len(found), len(set(found))) == ("g261", 50, 50)
    assert desk.find("Ola Saleh")[0] == "g260"


@pytest.mark.parametrize(
    "typed", ["*@example.com", "s?ra@example.com", "s[!x]ra@example.com", "s*@example.com", "[s]ara"]
)
def test_what_is_typed_is_letters_and_no_pattern(desk: Desk, typed: str) -> None:
    desk.register()
    former = desk.core.database.look(lambda c: read_guests.by_former_contact(c, typed))
    assert (desk.find(typed), former) == ([], [])


def test_an_address_of_odd_letters_is_found_by_all_of_them(desk: Desk) -> None:
    odd = "s*r[a]?|~x@example.com"
    desk.register(said=(("name", "Sara"), ("email", odd)))
    former = desk.core.database.look(lambda c: read_guests.by_former_contact(c, odd))
    assert (desk.find(odd), [each.guest_id for each in former]) == ([SARA], [SARA])
    assert desk.find("x@example.com") == []


@pytest.mark.parametrize("typed", ["a" * 60_000, "a" * 60_000 + "@", "[" * 4_000 + "@", "ب" * 60_000])
def test_what_is_longer_than_any_name_finds_nobody(desk: Desk, typed: str) -> None:
    desk.register()
    assert desk.find(typed) == []


# codes ---------------------------------------------------------------------------------------------------------------
def test_who_says_the_code_back_is_verified(desk: Desk) -> None:
    desk.register()
    assert not desk.guest().is_verified
    code = desk.code()
    assert desk.ask("GuestVerified", guest=SARA, code=code).state == "granted"
    assert desk.guest().verified == {PHONE}


def test_a_code_in_arabic_digits_and_with_spaces_is_the_code(desk: Desk) -> None:
    desk.register()
    code = desk.code("mail")
    typed = " ".join(chr(0x0660 + int(digit)) for digit in code)
    assert desk.ask("GuestVerified", guest=SARA, code=typed).state == "granted"
    assert desk.guest().verified == {MAIL}


def test_five_wrong_tries_and_the_right_code_is_worth_nothing(desk: Desk) -> None:
    desk.register()
    code = desk.code()
    told = [desk.ask("GuestVerified", guest=SARA, code=wrong(code)) for _ in range(5)]
    assert [dict(reply.facts).get("tries") for reply in told] == ["4", "3", "2", "1", None]
    assert [reply.code for reply in told] == ["code_wrong"] * 4 + ["code_over"]
    assert desk.ask("GuestVerified", guest=SARA, code=code).code == "code_over"
    assert not desk.guest().is_verified


def test_a_code_holds_for_five_minutes_and_once(desk: Desk) -> None:
    desk.register()
    code = desk.code()
    desk.core.clock.forward(seconds=299)
    assert desk.ask("GuestVerified", guest=SARA, code=code).state == "granted"
    assert desk.ask("GuestVerified", guest=SARA, code=code).code == "code_over"
    late = desk.code("mail")
    desk.core.clock.forward(seconds=300)
    assert desk.ask("GuestVerified", guest=SARA, code=late).code == "code_over"


def test_another_code_makes_none_void_until_one_is_used(desk: Desk) -> None:
    desk.register()
    first = desk.code()
    desk.core.clock.forward(seconds=31)
    second = desk.code()
    assert desk.ask("GuestVerified", guest=SARA, code=first).state == "granted"
    assert desk.ask("GuestVerified", guest=SARA, code=second).code == "code_over"


def test_a_wrong_try_counts_for_every_code_that_holds(desk: Desk) -> None:
    desk.register()
    codes = []
    for _ in range(5):
        codes.append(desk.code())
        desk.core.clock.forward(seconds=31)
    guess = next(code for code in map(wrong, codes) if code not in codes)
    told = [desk.ask("GuestVerified", guest=SARA, code=guess) for _ in range(5)]
    assert [dict(each.facts).get("tries") for each in told] == ["4", "3", "2", "1", None]
    assert {desk.ask("GuestVerified", guest=SARA, code=code).code for code in codes} == {"code_over"}


def test_a_code_of_one_guest_is_none_of_another(desk: Desk) -> None:
    desk.register()
    desk.register("guest-omar", (("name", "Omar"), ("phone", "+966550000001")))
    code = desk.code()
    assert desk.ask("GuestVerified", guest="guest-omar", code=code).code == "code_over"


def test_a_contact_that_was_changed_meanwhile_is_not_verified(desk: Desk) -> None:
    desk.register()
    code = desk.code()
    desk.change(SARA, ("phone", "+966550000009"))
    assert desk.ask("GuestVerified", guest=SARA, code=code).code == "code_over"
    assert not desk.guest().is_verified


def test_codes_are_half_a_minute_apart_and_ten_an_hour_whoever_they_are_for(desk: Desk) -> None:
    desk.register()
    desk.register("guest-twin", KNOWN)
    desk.code()
    soon = desk.ask("CodeSent", guest="guest-twin", channel="sms")
    assert (soon.code, dict(soon.facts)) == ("code_soon", {"seconds": "30"})
    for _ in range(9):
        desk.core.clock.forward(seconds=31)
        desk.code()
    desk.core.clock.forward(seconds=31)
    many = desk.ask("CodeSent", guest="guest-twin", channel="sms")
    assert (many.code, dict(many.facts)) == ("code_many", {"minutes": "55"})
    desk.code("mail")
    desk.core.clock.forward(minutes=55)
    desk.code()


@pytest.mark.parametrize(
    ("said", "channel"),
    [
        ((("name", "Nobody"),), "sms"),
        ((("name", "House"), ("phone", "+966112345678")), "sms"),
        ((("name", "Phone"), ("phone", PHONE)), "mail"),
    ],
)
def test_without_a_contact_that_it_can_reach_no_code_is_sent(
    desk: Desk, said: tuple[tuple[str, str], ...], channel: str
) -> None:
    desk.register("guest", said)
    assert desk.ask("CodeSent", guest="guest", channel=channel).code == "contact_missing"
    assert desk.letters() == []


def test_what_is_kept_of_a_code_is_not_the_code(desk: Desk) -> None:
    desk.register()
    code = desk.code()
    [kept] = desk.rows(sa.select(own.guest_code))
    journal = desk.rows(
        sa.select(own.inbox.c.public, own.inbox.c.private).where(own.inbox.c.kind == "CodeSent")
    )
    for text in (str(kept), str(journal)):
        assert code not in text
        assert PHONE not in text


def test_tries_at_the_same_moment_are_counted_one_by_one(desk: Desk) -> None:
    desk.register()
    code = desk.code()
    start = threading.Barrier(8)
    told: list[str] = []

    def guess() -> None:
        start.wait()
        reply = desk.ask("GuestVerified", guest=SARA, code=wrong(code))
        told.append(reply.code)

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (told.count("code_wrong"), told.count("code_over")) == (4, 4)


# who may -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("staff", ["faisal", ""])
@pytest.mark.parametrize("kind", ["CodeSent", "GuestVerified", "GuestMerged", "GuestErased"])
def test_who_has_not_the_right_is_refused_whatever_the_station_says(
    desk: Desk, kind: str, staff: str
) -> None:
    desk.register()
    said = {"guest": SARA, "channel": "sms", "code": "1", "into": "x", "reason": "x"}
    assert desk.ask(kind, staff, **said).code == "not_allowed"


@pytest.mark.parametrize("kind", ["CodeSent", "GuestVerified", "GuestMerged"])
def test_nobody_is_known_by_an_id_that_is_none(desk: Desk, kind: str) -> None:
    said = {"guest": "nobody", "channel": "sms", "code": "1", "into": "no one"}
    assert desk.ask(kind, "huda", **said).code == "guest_unknown"


# merging and erasing -------------------------------------------------------------------------------------------------
def test_who_is_known_twice_goes_on_as_one(desk: Desk) -> None:
    desk.register()
    desk.register("guest-twin", (("name", "سارة القحطاني"), ("phone", PHONE)))
    assert desk.find("سارة") == ["guest-twin", SARA]
    assert desk.ask("GuestMerged", "huda", guest="guest-twin", into=SARA).state == "granted"
    assert desk.find("سارة") == [SARA]
    assert desk.guest("guest-twin").guest_id == SARA
    assert desk.ask("GuestMerged", "huda", guest=SARA, into="guest-twin").code == "guest_same"


def test_erasure_takes_everything_that_was_said_and_leaves_the_chain_whole(desk: Desk) -> None:
    first = desk.register()
    desk.change(SARA, ("note", "afraid of deep water"))
    desk.code()
    hashes = desk.rows(sa.select(own.inbox.c.op_id, own.inbox.c.hash))
    assert erase(desk, SARA).state == "granted"
    gone = "Sara", "Qahtani", "qahtani", "~srA", "~khtn", PHONE, MAIL, "deep water"
    for text in everything(desk):
        assert not any(word in text for word in gone)
    assert set(hashes) <= set(desk.rows(sa.select(own.inbox.c.op_id, own.inbox.c.hash)))
    kept = desk.rows(
        sa.select(own.inbox.c.private, own.inbox.c.private_digest).where(own.inbox.c.op_id == first)
    )
    [(private, digest)] = kept
    assert (str(private), len(str(digest))) == ("", 64)
    assert desk.guest().erased
    assert desk.find("sara") == []
    assert desk.ask("CodeSent", guest=SARA, channel="sms").code == "guest_erased"


def test_what_a_station_says_late_of_an_erased_guest_is_not_kept(desk: Desk) -> None:
    desk.register()
    erase(desk, SARA)
    desk.change(SARA, ("note", "afraid of deep water"))
    assert not any("deep water" in text for text in everything(desk))
    assert desk.guest().erased


def test_those_who_go_on_as_an_erased_guest_are_erased_too(desk: Desk) -> None:
    desk.register()
    desk.register("guest-twin", (("name", "Sara Q"), ("email", "twin@example.com")))
    desk.ask("GuestMerged", "huda", guest="guest-twin", into=SARA)
    erase(desk, SARA)
    assert not any("twin@example.com" in text for text in everything(desk))


def test_those_who_go_on_as_them_over_another_are_erased_too(desk: Desk) -> None:
    for number in (1, 2, 3):
        desk.register(f"g{number}", (("name", "Sara"), ("email", f"sara{number}@example.com")))
    for one, other in (("g1", "g2"), ("g2", "g3")):
        assert desk.ask("GuestMerged", "huda", guest=one, into=other).state == "granted"
    erase(desk, "g1")
    assert not any("@example.com" in text for text in everything(desk))


def erase(desk: Desk, guest_id: str) -> RequestReply:
    """By a super administrator: the sample venue has none, so somebody becomes one."""
    promoted = sa.update(t.staff).where(t.staff.c.staff_id == "huda").values(role="super_admin")
    desk.core.database.transact(lambda c: c.execute(promoted))
    assert desk.ask("GuestErased", "huda", guest=guest_id, reason=" ").code == "reason_needed"
    return desk.ask("GuestErased", "huda", guest=guest_id, reason="wish")


def everything(desk: Desk) -> Iterator[str]:
    """All rows of all tables of the server, whole: the text of a row leaves out the middle of what is long."""
    for metadata in (t.metadata, own.metadata):
        for table in metadata.tables.values():
            yield from (str(tuple(row)) for row in desk.rows(sa.select(table)))


# what cannot be ------------------------------------------------------------------------------------------------------
def test_a_private_part_that_is_not_what_its_digest_says_is_set_aside(desk: Desk) -> None:
    sent = desk.sent(op.GuestRegistered(SARA), KNOWN)
    other = codec.dumps(Private("5a17" * 8, (("name", "Mallory"),)))
    envelope = Envelope(
        **{name: getattr(sent.envelope, name) for name in sent.envelope.__slots__} | {"private": other}
    )
    reply = desk.station.push(Sent(sent.n, envelope.digest().hex(), envelope))
    assert [answer.answer for answer in reply.answers] == ["quarantined"]
    assert desk.find("mallory") == []


def test_a_registration_without_its_private_part_is_a_guest_of_whom_nothing_is_known(desk: Desk) -> None:
    desk.station.say(op.GuestRegistered(SARA))
    assert desk.guest().name == ""
