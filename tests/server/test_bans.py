"""A ban goes with the person: through merging, under another record with the same contact, and at each later change."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from domain import operation as op
from domain.attention import mark_of
from ledger import bans, read_guests, read_setup
from ledger import tables as t
from server.setup import SetUp, StaffRecord
from tests.helpers.core import DAY, an_admission
from tests.server.test_booking_changes import change, other, tomorrow
from tests.server.test_booking_moves import move
from tests.server.test_bookings import ADULT, Office, office, paid_desk
from tests.server.test_guests import MAIL, PHONE, SARA, Desk, erase
from tests.server.test_push import open_cases

__all__ = ["office"]
OTHER = "guest-other"
BANNED = "flags", "banned"


def is_banned(office: Office, guest_id: str = SARA) -> bool:
    def look(connection: sa.Connection) -> bool:
        guest = read_guests.guest(connection, guest_id)
        return guest is not None and bans.is_banned(connection, guest)

    return office.core.database.look(look)


def at_gates(office: Office, guest_id: str) -> bool:
    """As gates hear of an id."""
    c = t.guest_ban.c
    mine = sa.select(c.banned).where(c.guest_id == guest_id).order_by(c.at.desc(), c.entry_id.desc()).limit(1)
    return any(bool(banned) for (banned,) in office.rows(mine))


def say(office: Office, guest_id: str, *said: tuple[str, str]) -> None:
    """Somebody who may lift a ban too."""
    office.core.clock.forward(seconds=1)
    office.station.staff = "huda"
    office.change(guest_id, *said)
    office.station.staff = "reem"


def registered(office: Office, phone: str = "+966550000001") -> None:
    office.register(OTHER, (("name", "S. Qahtani"), ("phone", phone)))


def merged(office: Office, one: str, into: str) -> None:
    office.core.clock.forward(seconds=1)
    assert office.ask_of("GuestMerged", "huda", guest=one, into=into).state == "granted"


@pytest.mark.parametrize("who", [SARA, OTHER])
def test_whoever_of_two_is_banned_the_one_that_goes_on_is(office: Office, who: str) -> None:
    registered(office)
    say(office, who, BANNED)
    say(office, SARA if who == OTHER else OTHER, ("flags", "vip"))
    merged(office, OTHER, SARA)
    assert set(office.guest().flags) == {"banned"} | ({"vip"} if who == OTHER else set())
    assert office.guest().is_banned and is_banned(office)
    assert at_gates(office, SARA) and at_gates(office, OTHER)
    assert office.book().code == "guest_banned"
    say(office, SARA, ("flags", "vip"))
    assert not is_banned(office) and not at_gates(office, SARA) and not at_gates(office, OTHER)
    assert office.book().state == "granted"


def test_what_was_said_late_of_who_goes_on_as_another_counts_for_them(office: Office) -> None:
    registered(office)
    merged(office, OTHER, SARA)
    say(office, OTHER, BANNED)
    assert is_banned(office) and at_gates(office, SARA)
    assert lift(office, "reem", "vip") == ["flagged"]
    assert is_banned(office) and at_gates(office, SARA) and at_gates(office, OTHER)
    say(office, SARA, BANNED)
    say(office, SARA, ("flags", ""))
    assert not is_banned(office) and not at_gates(office, SARA) and not at_gates(office, OTHER)


def test_a_ban_goes_with_a_contact_that_is_proved(office: Office) -> None:
    registered(office, PHONE)
    assert office.book(guest=OTHER).code == "guest_unverified"
    say(office, SARA, BANNED)
    assert is_banned(office, OTHER) and at_gates(office, SARA) and at_gates(office, OTHER)
    office.core.clock.forward(minutes=1)
    assert office.ask("GuestVerified", guest=OTHER, code=office.code(guest=OTHER)).state == "granted"
    assert office.book(guest=OTHER).code == "guest_banned"
    say(office, OTHER, ("phone", "+966550000001"))
    assert not is_banned(office, OTHER) and not at_gates(office, OTHER)
    say(office, OTHER, ("phone", PHONE))
    assert at_gates(office, OTHER)
    assert erase(office, SARA).state == "granted"
    assert not is_banned(office, OTHER) and not at_gates(office, OTHER)


def test_a_number_that_nobody_proved_carries_no_ban(office: Office) -> None:
    registered(office)
    office.register("third", (("name", "Third"), ("phone", "+966550000001")))
    say(office, OTHER, BANNED)
    assert not is_banned(office, "third") and not at_gates(office, "third")


@pytest.mark.parametrize("is_proved", [True, False])
def test_a_contact_that_a_banned_guest_gives_up_carries_the_ban_on(office: Office, is_proved: bool) -> None:
    """Proved ever, or theirs while banned; what was given up before, and nobody proved, is somebody else's."""
    other = PHONE if is_proved else MAIL
    say(office, SARA, *((("phone", "+966550000002"),) if is_proved else ()), BANNED)
    say(office, SARA, ("phone", "+966550000003"), ("email", "gone@example.com"))
    office.register(OTHER, (("name", "S. Qahtani"), ("email" if "@" in other else "phone", other)))
    if not is_proved:
        assert not is_banned(office, OTHER)
    office.core.clock.forward(minutes=1)
    code = office.code("sms" if is_proved else "mail", guest=OTHER)
    assert office.ask("GuestVerified", guest=OTHER, code=code).state == "granted"
    assert is_banned(office, OTHER) and at_gates(office, OTHER)
    assert office.book(guest=OTHER).code == "guest_banned"
    say(office, SARA, ("flags", ""))
    assert not is_banned(office, OTHER) and not at_gates(office, OTHER)
    say(office, SARA, BANNED)
    assert at_gates(office, OTHER) and erase(office, SARA).state == "granted"
    assert not is_banned(office, OTHER) and not at_gates(office, OTHER)


def test_what_was_given_up_before_the_ban_and_nobody_proved_carries_none(office: Office) -> None:
    say(office, SARA, ("email", "new@example.com"))
    say(office, SARA, BANNED)
    office.register(OTHER, (("name", "Other"), ("email", MAIL)))
    office.core.clock.forward(minutes=1)
    assert office.ask("GuestVerified", guest=OTHER, code=office.code("mail", guest=OTHER)).state == "granted"
    assert not is_banned(office, OTHER) and not at_gates(office, OTHER)


def test_a_banned_record_that_goes_on_as_another_takes_its_contacts_along(office: Office) -> None:
    registered(office)
    say(office, SARA, BANNED)
    merged(office, SARA, OTHER)
    office.register("third", (("name", "Third"), ("phone", PHONE)))
    assert is_banned(office, "third")


def test_addresses_that_differ_by_capitals_are_one(office: Office) -> None:
    """Also those that were kept as they were typed."""
    typed = MAIL.capitalize()
    office.register(OTHER, (("name", "S. Qahtani"), ("email", typed)))
    found = office.core.database.look(lambda c: read_guests.by_contact(c, typed))
    assert {each.guest_id for each in found} == {SARA, OTHER}
    assert office.ask("GuestVerified", guest=OTHER, code=office.code("mail", guest=OTHER)).state == "granted"
    assert office.guest(OTHER).is_verified
    say(office, OTHER, BANNED)
    assert is_banned(office) and at_gates(office, SARA)


def lift(office: Office, staff: str, flags: str = "") -> list[str]:
    """Pushed by a till in somebody's name; how it was answered."""
    office.core.clock.forward(seconds=1)
    office.station.staff = staff
    reply = office.station.push(office.sent(op.GuestChanged(SARA), (("flags", flags),)))
    office.station.staff = "reem"
    return [answer.answer for answer in reply.answers]


@pytest.mark.parametrize(("staff", "flags"), [("reem", ""), ("faisal", ""), ("reem", "vip"), ("nobody", "")])
def test_whoever_may_not_lift_a_ban_lifts_none_and_is_asked_about(
    office: Office, staff: str, flags: str
) -> None:
    say(office, SARA, BANNED)
    assert lift(office, staff, flags) == ["flagged"]
    assert is_banned(office) and at_gates(office, SARA)
    assert set(office.guest().flags) == {"banned", *filter(None, [flags])}
    assert office.book().code == "guest_banned"
    assert open_cases(office.core) == ["not_permitted"]
    assert lift(office, "huda") == ["applied"]
    assert not is_banned(office) and not at_gates(office, SARA)
    assert lift(office, "reem", "vip") == ["applied"] and not is_banned(office)


def test_a_ban_that_comes_late_holds_against_marks_of_who_may_not_lift_it(office: Office) -> None:
    office.core.clock.forward(seconds=1)
    elsewhere = Desk(office.core, office.core.enrol("POS2"), office.door)
    late = elsewhere.sent(op.GuestChanged(SARA), (BANNED,))
    assert lift(office, "reem", "vip") == ["applied"]
    elsewhere.station.push(late)
    assert is_banned(office) and at_gates(office, SARA) and set(office.guest().flags) == {"vip", "banned"}


def test_a_lift_that_was_set_aside_lifts_nothing_when_it_is_read_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(office, SARA, BANNED)
    with monkeypatch.context() as patched:
        patched.delitem(op.KINDS, "GuestChanged")
        assert lift(office, "reem") == ["quarantined"]
    [case] = office.rows(sa.select(t.case_item.c.case_id, t.case_item.c.facts))
    seen = mark_of(str(case.facts))
    assert (
        office.ask_of("CaseSettled", "huda", case=case.case_id, way="again", note="", seen=seen).state
        == "granted"
    )
    assert is_banned(office) and at_gates(office, SARA) and open_cases(office.core) == ["not_permitted"]


def test_in_one_batch_a_ban_and_who_may_not_lift_it(office: Office) -> None:
    office.core.clock.forward(seconds=1)
    ban = office.sent(op.GuestChanged(SARA), (BANNED,))
    office.core.clock.forward(seconds=1)
    office.station.push(ban, office.sent(op.GuestChanged(SARA), (("flags", ""),)))
    assert is_banned(office) and at_gates(office, SARA)


def test_only_a_yes_that_bans_ask_for_lets_a_booking_be(office: Office) -> None:
    assert office.book().state == "granted"
    say(office, SARA, BANNED)

    def is_allowed() -> bool:
        return office.core.database.look(lambda c: bans.is_allowed(c, office.last, [SARA]))

    given = [
        ("approve_booking", office.last, "tickets were lost"),
        ("approve_void", office.last, "wrong day"),
        ("allow_banned", "another", f"as for {office.last}"),
    ]
    for n, (right, subject, reason) in enumerate(given):
        office.station.say(op.OverrideGiven(f"yes-{n}", "huda", right, subject, reason))
        assert not is_allowed()
    office.station.say(op.OverrideGiven("yes", "huda", "allow_banned", office.last, "the owner knows"))
    assert is_allowed()


def test_for_who_is_banned_now_nothing_becomes_more_or_of_another_day(office: Office) -> None:
    here, later = office.core.session, tomorrow(office).number
    assert office.book().state == "granted"
    say(office, SARA, BANNED)
    free = office.free
    assert change(office, (ADULT, here, 3)).code == "guest_banned"
    assert change(office, (ADULT, later, 2)).code == "guest_banned"
    assert change(office, (ADULT, here, 3), allowed=True).code == "not_allowed"
    assert office.free == free
    assert change(office, (ADULT, here, 1)).state == "granted"
    assert change(office, (ADULT, here, 2), staff="huda", allowed=True).state == "granted"
    assert office.free == free


def test_who_is_banned_moves_to_no_other_day_but_by_who_may_allow_it(office: Office) -> None:
    paid_desk(office)
    say(office, SARA, BANNED)
    [one, two] = [place.ticket_id for place in office.made().tickets]
    later = tomorrow(office).number
    assert move(office, later, one).code == "guest_banned"
    assert move(office, other(office), one).state == "granted"
    wanted = move(office, later, two, staff="huda")
    assert wanted.state == "granted"


# paid by a till that did not ask -------------------------------------------------------------------------------------


def paid(office: Office) -> list[str]:
    """What the list has once a till was paid for the last booking, asking nobody."""
    office.core.clock.forward(seconds=1)
    office.pay()
    return open_cases(office.core)


def yes(office: Office, *, who: str = "huda", right: str = "allow_banned", about: str = "") -> None:
    office.core.clock.forward(seconds=1)
    office.station.say(op.OverrideGiven(f"yes-{who}", who, right, about or office.last, "the owner knows"))


def loses_the_right(office: Office, name: str) -> None:
    office.core.clock.forward(seconds=1)

    def save(connection: sa.Connection) -> None:
        found = read_setup.staff_of(connection, name)
        assert found is not None
        setup = SetUp(connection, office.core.clock, office.core.database.ids)
        setup.staff(StaffRecord(replace(found.member, role="cashier"), ""))
        setup.publish()

    office.core.database.transact(save)


def test_a_yes_is_as_good_as_it_was_whoever_loses_the_right_since(office: Office) -> None:
    office.book()
    say(office, SARA, BANNED)
    other = Desk(office.core, office.core.enrol("POS2"), office.door)
    office.core.clock.forward(seconds=1)
    late = other.station.sent(
        op.OverrideGiven("late", "huda", "allow_banned", office.last, "the owner knows")
    )
    loses_the_right(office, "huda")
    yes(office)
    assert paid(office) == ["not_permitted", "paid_banned"]
    other.station.push(late)
    assert open_cases(office.core) == ["not_permitted"], "hers of before is good, that of after is not"


def test_who_lifted_a_ban_might_then(office: Office) -> None:
    say(office, SARA, BANNED)
    say(office, SARA, ("flags", ""))
    loses_the_right(office, "huda")
    say(office, SARA, ("flags", "vip"))
    assert not is_banned(office) and open_cases(office.core) == []


def test_what_a_banned_guest_paid_is_on_the_list_until_somebody_who_may_says_yes(office: Office) -> None:
    office.book()
    say(office, SARA, BANNED)
    yes(office, who="reem")
    yes(office, right="approve_void")
    yes(office, about="another")
    assert paid(office) == ["not_permitted", "paid_banned"]
    say(office, SARA, ("flags", ""))
    assert open_cases(office.core) == ["not_permitted", "paid_banned"], "they were banned then"
    yes(office)
    assert open_cases(office.core) == ["not_permitted"]


def test_a_yes_from_before_the_ban_is_none_to_it(office: Office) -> None:
    office.book()
    yes(office)
    say(office, SARA, BANNED)
    assert paid(office) == ["paid_banned"]
    office.station.yes()
    office.void()
    assert open_cases(office.core) == []


def test_a_yes_since_the_ban_lets_it_be_paid_whatever_marks_were_said_again(office: Office) -> None:
    office.book()
    say(office, SARA, BANNED)
    yes(office)
    say(office, SARA, ("flags", "banned,vip"))
    assert paid(office) == []


def test_who_is_banned_only_after_the_sale_was_paid_is_no_case(office: Office) -> None:
    office.book()
    assert paid(office) == []
    say(office, SARA, BANNED)
    assert open_cases(office.core) == []
    office.pay_again()
    assert "paid_banned" not in open_cases(office.core)


def test_a_ban_from_before_the_sale_that_comes_later_is_heard(office: Office) -> None:
    office.book()
    office.core.clock.forward(seconds=1)
    elsewhere = Desk(office.core, office.core.enrol("POS2"), office.door)
    late = elsewhere.sent(op.GuestChanged(SARA), (BANNED,))
    assert paid(office) == []
    elsewhere.station.push(late)
    assert open_cases(office.core) == ["paid_banned"]
    assert erase(office, SARA).state == "granted"
    assert open_cases(office.core) == []


# let in by a gate that did not ask ----------------------------------------------------------------------------------


def come(office: Office, name: str = "a") -> list[str]:
    """What the list has once a ticket of the last booking came in at a gate that asks nobody."""
    office.core.clock.forward(seconds=1)
    ticket = office.made().tickets[0].ticket_id
    office.station.say(an_admission(ticket, admission=name))
    return open_cases(office.core)


def test_who_comes_in_while_banned_is_on_the_list_until_somebody_who_may_says_yes(office: Office) -> None:
    office.book()
    assert paid(office) == []
    say(office, SARA, BANNED)
    yes(office, who="reem")
    assert come(office) == ["admitted_banned", "not_permitted"]
    say(office, SARA, ("flags", ""))
    assert open_cases(office.core) == ["admitted_banned", "not_permitted"], "they were banned then"
    yes(office)
    assert open_cases(office.core) == ["not_permitted"]


def test_who_came_in_before_the_ban_or_by_a_yes_since_is_no_case(office: Office) -> None:
    office.book()
    assert paid(office) == []
    assert come(office) == []
    say(office, SARA, BANNED)
    assert open_cases(office.core) == []
    yes(office)
    office.station.say(an_admission(office.made().tickets[1].ticket_id, admission="second"))
    assert open_cases(office.core) == []


def test_who_is_said_to_come_in_again_came_in_all_the_same(office: Office) -> None:
    """Nobody comes in again who never came; and who is banned meanwhile is asked about again."""
    office.book()
    assert paid(office) == []
    one, two = (ticket.ticket_id for ticket in office.made().tickets)
    office.station.say(an_admission(one, admission="first"))
    say(office, SARA, BANNED)
    office.core.clock.forward(seconds=1)
    office.station.say(replace(an_admission(one, admission="again"), again=True))
    assert open_cases(office.core) == ["admitted_banned"]
    office.station.say(replace(an_admission(two, admission="never"), again=True))
    assert open_cases(office.core) == ["admitted_banned"] * 2
    yes(office)
    assert open_cases(office.core) == []


def test_an_entry_that_is_taken_back_is_none(office: Office) -> None:
    office.book()
    assert paid(office) == []
    say(office, SARA, BANNED)
    assert come(office) == ["admitted_banned"]
    office.station.say(op.AdmissionUndone("a", office.made().tickets[0].ticket_id, DAY))
    assert open_cases(office.core) == []


def test_a_ban_from_before_an_entry_that_comes_later_is_heard(office: Office) -> None:
    office.book()
    assert paid(office) == []
    office.core.clock.forward(seconds=1)
    elsewhere = Desk(office.core, office.core.enrol("POS2"), office.door)
    late = elsewhere.sent(op.GuestChanged(SARA), (BANNED,))
    assert come(office) == []
    elsewhere.station.push(late)
    assert open_cases(office.core) == ["admitted_banned"]


def test_a_ban_of_another_record_with_a_proved_contact_counts_for_what_is_paid(office: Office) -> None:
    office.book()
    registered(office, PHONE)
    say(office, OTHER, BANNED)
    assert paid(office) == ["paid_banned"]
