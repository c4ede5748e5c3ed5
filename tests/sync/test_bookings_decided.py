"""A booking of what needs a decision: the venue says which products do, and whoever decides sees what was checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.shown_bookings import Verdict
from app.shown_guests import MembershipForm
from domain.booking import Life
from domain.booking_checks import Check
from domain.errors import Code
from ledger.wire import LetterAsk
from server import tables as own
from tests.helpers.line import Open, on_server
from tests.helpers.running import SAMPLE, RunningServer
from tests.helpers.shop import ADULT, Shop, refused, sar
from tests.helpers.waiting import wait_for
from tests.sync.test_bookings import desk, life, sara

__all__ = ["desk"]

CABANA = 13
MEMBERS = 5
TICKET = 'number = 1\nkind = "ticket"\n'


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    """The sample venue, where a day ticket for an adult needs a yes as its cabana does; Faisal administers bookings
    there, and Salem supports."""
    venue = tmp_path / "venue.toml"
    text = SAMPLE.read_text(encoding="utf-8").replace(TICKET, TICKET + "approval = true\n", 1)
    head, salem, rest = text.partition('id = "salem"')
    salem_entry, faisal, rest = rest.partition('id = "faisal"')
    salem_entry = salem_entry.replace('role = "cashier"', 'role = "support_admin"', 1)
    rest = rest.replace('role = "gate"', 'role = "booking_admin"', 1)
    venue.write_text("".join((head, salem, salem_entry, faisal, rest)), encoding="utf-8")
    running = RunningServer(tmp_path / "server", venue=venue).start()
    yield running
    running.kill()


def test_what_needs_a_yes_waits_for_it_and_shows_what_was_checked(desk: Shop, opened: Open) -> None:
    made = desk.station.bookings.book(sara(desk), [(ADULT, desk.session, 2)], "one wheelchair")
    assert made.review and made.until is None
    wait_for(lambda: life(desk, made.booking_id) is Life.UNDER_REVIEW)
    page = desk.station.bookings.page(made.booking_id)
    assert page.row.due == page.row.sessions[-1].ends_at
    assert [check for check, well in page.checks if not well] == [Check.PLAIN]
    assert not page.may_decide
    members = desk.station.bookings.book(sara(desk), [(MEMBERS, desk.session, 1)])
    wait_for(lambda: life(desk, members.booking_id) is Life.UNDER_REVIEW)
    for well in (False, True):
        checked = dict(desk.station.bookings.page(members.booking_id).checks)
        assert checked[Check.MEMBERSHIP] is well and Check.MEMBERSHIP not in dict(page.checks)
        listed = {
            row.booking_id: row.against for row in desk.station.bookings.approvals(Verdict.WAITING).rows
        }
        against = () if well else (Check.MEMBERSHIP,)
        assert listed == {made.booking_id: (), members.booking_id: against}, "a wish is to be read"
        desk.station.guests.give_membership(
            sara(desk), MembershipForm("season", f"SP-{well}", "2020-01-01", "2099-12-31")
        )
    office = opened("POS2").sign_in("huda")
    wait_for(lambda: life(office, made.booking_id) is Life.UNDER_REVIEW)
    assert office.station.bookings.page(made.booking_id).may_decide
    office.station.bookings.approve(made.booking_id)
    wait_for(lambda: life(desk, made.booking_id) is Life.HELD)
    told = desk.station.bookings.page(made.booking_id)
    assert (told.checks, told.row.due) == ((), None)


def test_who_opens_it_sees_within_a_second_who_has_it_open_elsewhere(
    server: RunningServer, desk: Shop, opened: Open
) -> None:
    made = desk.station.bookings.book(sara(desk), [(ADULT, desk.session, 2)])
    key, office = made.booking_id, opened("POS2").sign_in("huda")
    wait_for(lambda: all(life(each, key) is Life.UNDER_REVIEW for each in (desk, office)))
    here, there = desk.station.bookings, office.station.bookings
    here.look(key)
    there.look(key)
    for bookings, other in ((there, desk), (here, office)):
        wait_for(lambda bookings=bookings: bool(bookings.page(key).colleagues), seconds=1)  # type: ignore[misc] # bound early
        [seen] = bookings.page(key).colleagues
        assert (seen.name, seen.station) == (other.station.session.member.name, other.station.info().label)
    office.station.session.end()
    there.look("")
    wait_for(lambda: not here.page(key).colleagues, seconds=1)
    office.sign_in("huda")
    there.look(key)
    wait_for(lambda: bool(here.page(key).colleagues), seconds=1)
    server.kill()
    wait_for(lambda: not desk.station.health.online())
    assert not here.page(key).colleagues, "of what nobody knows nothing is claimed"
    server.start()
    wait_for(lambda: bool(here.page(key).colleagues), seconds=15)


def test_a_message_is_read_before_by_whoever_may_decide_so_and_by_nobody_else(
    desk: Shop, opened: Open
) -> None:
    booked = desk.station.bookings.book(sara(desk), [(ADULT, desk.session, 2)]).booking_id
    office, gate = opened("POS2").sign_in("huda"), opened("LK1")
    wait_for(lambda: all(life(each, booked) is Life.UNDER_REVIEW for each in (desk, office)))
    number = desk.station.bookings.page(booked).row.number
    assert number in desk.station.bookings.letter(booked, "cancel", "ill")
    assert refused(desk.station.bookings.letter, booked, "reject", "full") is Code.NOT_ALLOWED
    assert number in office.station.bookings.letter(booked, "reject", "full")
    wanted = LetterAsk(booked, "reject", "full")
    for station in (gate.station, desk.station):
        assert refused(station.requests.letter, wanted, "huda") is Code.STAFF_UNPROVEN, "she is not there"
    assert refused(desk.station.requests.letter, wanted, "reem") is Code.NOT_ALLOWED
    proof = office.station.proofs.take("huda")
    office.station.proofs.signed_in("huda", "0" * len(proof))  # as before her PIN was changed elsewhere
    for _ in range(6):
        assert refused(office.station.requests.letter, wanted, "huda") is Code.STAFF_UNPROVEN
    office.station.proofs.signed_in("huda", proof)
    assert number in office.station.requests.letter(wanted, "huda"), "who looks uses up no tries"
    office.station.people.sign_out()
    assert refused(office.station.requests.letter, wanted, "huda") is Code.STAFF_UNPROVEN


def test_v7_a_cabana_waits_for_the_yes_of_who_administers_bookings(
    desk: Shop, opened: Open, server: RunningServer
) -> None:
    bookings, cabana = desk.station.bookings, [(ADULT, desk.session, 1), (CABANA, 0, 1)]
    goods = bookings.book(sara(desk), [(CABANA, 0, 1)], day=bookings.today()).booking_id
    support, office = opened("POS2").sign_in("salem"), opened("LK1").sign_in("faisal")
    refused_one, approved_one = (bookings.book(sara(desk), cabana, "").booking_id for _ in range(2))
    for one in (desk, support, office):
        wait_for(lambda one=one: life(one, approved_one) is Life.UNDER_REVIEW)  # type: ignore[misc] # bound early
    assert refused(bookings.cart, refused_one) is Code.BOOKING_IS  # nothing is paid before
    assert refused(support.station.bookings.approve, approved_one) is Code.NOT_ALLOWED
    times = office.station.bookings.other_times(refused_one)
    assert times and desk.session not in {each.number for each in times}
    office.station.bookings.reject(refused_one, "All cabanas are taken", times=[times[0].number])
    office.station.bookings.approve(approved_one)
    wait_for(lambda: (life(desk, refused_one), life(desk, approved_one)) == (Life.REJECTED, Life.HELD))
    found = {each: [row.booking_id for row in bookings.approvals(each).rows] for each in Verdict}
    whole = [goods, *sorted((refused_one, approved_one))]
    assert [found[each] for each in Verdict][:3] == [[goods], [approved_one], [refused_one]]
    assert found[Verdict.ALL][0] == goods and sorted(found[Verdict.ALL]) == sorted(whole)
    assert list(bookings.approvals(Verdict.ALL).counts.values()) == [1, 1, 1, 3]
    assert refused(bookings.cart, refused_one) is Code.BOOKING_IS
    letters = on_server(server, sa.select(own.outbox.c.kind).order_by(own.outbox.c.message_id))
    assert letters[-2:] == ["suggested", "approved"]
    page = desk.station.checkout.begin(bookings.cart(approved_one))
    assert page.left == sar("345.00")
    desk.station.checkout.cash(page.sale_id, page.left)
    wait_for(lambda: life(desk, approved_one) is Life.CONFIRMED)
