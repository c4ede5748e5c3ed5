"""A booking that is changed before it is paid: its places are kept once, and what was paid meanwhile counts."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from domain import codec
from domain import operation as op
from domain.booking import mark_of
from domain.catalogue import Session, Words
from domain.lease import HOLDER
from ledger import read_setup
from ledger import tables as t
from ledger.clock import from_ms, to_ms
from ledger.puts import day_bucket
from ledger.wire import RequestReply
from server import tables as own
from server.bookings import look_after
from server.database import lock_subjects
from server.setup import SetUp
from tests.helpers.core import DAY, a_booking, sar
from tests.helpers.waiting import wait_for
from tests.server.test_bookings import (
    ADULT,
    CABANA,
    MEMBERS,
    Office,
    give,
    keys,
    office,
    with_approval,
)
from tests.server.test_guests import SARA
from tests.server.test_push import open_cases

__all__ = ["office"]
CHILD, TUBE = 2, 10


def mark(office: Office, booking: str = "") -> str:
    return mark_of(str(office.row(booking)._mapping["body"]))


def change(office: Office, *lines: tuple[int, int, int], staff: str = "reem", **said: object) -> RequestReply:
    """What was booked last becomes this; by whoever has it before them as it is, unless `seen` says another."""
    booking = str(said.pop("booking", office.last))
    known: dict[str, object] = {"change": office.core.database.ids.new(), "seen": mark(office, booking)}
    known |= {"lines": lines or ((ADULT, office.core.session, 1),), "note": ""}
    return office.ask_of("BookingChanged", staff, booking=booking, **known | said)


def of_the_day(office: Office) -> list[Session]:
    """Its own session first."""
    found = office.core.database.look(lambda c: read_setup.sessions_of(c, DAY))
    return sorted(found, key=lambda one: one.number != office.core.session)


def other(office: Office) -> int:
    """Another session of the day."""
    return of_the_day(office)[1].number


def tomorrow(office: Office, days: int = 1) -> Session:
    """A session of the next day, or of one further ahead."""

    def opened(connection: sa.Connection) -> Session:
        setup, day = SetUp(connection, office.core.clock, office.core.database.ids), timedelta(days=days)
        now = read_setup.session(connection, office.core.session)
        assert now is not None
        times = {"starts_at": now.starts_at + day, "ends_at": now.ends_at + day}
        later = replace(now, number=now.number + 1000 * days, day=now.day + day, **times)
        setup.session(later)
        setup.publish()
        return later

    return office.core.database.transact(opened)


def filled(office: Office, *, left: int) -> tuple[int, int]:
    """Another session with so many places left, and how many it has."""
    full = other(office)
    found = office.core.database.look(lambda c: read_setup.session(c, full))
    assert found is not None
    office.book((ADULT, full, 150), (CHILD, full, found.capacity - 150 - left))
    return full, found.capacity


def kept(office: Office) -> dict[int, int]:
    """Places that the server keeps, by session; none where it keeps none."""
    found: Counter[int] = Counter()
    for table, sign in ((t.lease, 1), (t.lease_end, -1)):
        for session, places in office.rows(
            sa.select(table.c.session, table.c.places).where(table.c.station_id == HOLDER)
        ):
            found[int(str(session))] += sign * int(str(places))
    return +found


def at_once(*works: Callable[[], object]) -> None:
    start = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        start.wait()
        work()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def tickets(office: Office) -> set[str]:
    return {str(row[0]) for row in office.rows(sa.select(t.ticket.c.ticket_id))}


# what it becomes ------------------------------------------------------------------------------------------------


def test_a_change_keeps_the_new_places_gives_back_the_old_and_has_new_ids_and_the_prices_of_now(
    office: Office,
) -> None:
    office.book((ADULT, office.core.session, 3))
    before, moved = office.made(), other(office)

    def dearer(connection: sa.Connection) -> None:
        setup = SetUp(connection, office.core.clock, office.core.database.ids)
        product = read_setup.product(connection, ADULT)
        setup.record("product", str(ADULT), replace(product, price=sar(12000)))

    office.core.database.transact(dearer)
    office.core.clock.forward(minutes=10)
    reply = change(office, (ADULT, moved, 2), (CHILD, moved, 1), note="by the window")
    assert reply.state == "granted", reply
    row, made = office.row()._mapping, office.made()
    assert kept(office) == {moved: 3}
    assert {line.charge_id for line in before.lines}.isdisjoint(line.charge_id for line in made.lines)
    assert {one.ticket_id for one in before.tickets}.isdisjoint(one.ticket_id for one in made.tickets)
    assert (row["life"], row["number"], row["note"]) == ("held", dict(reply.facts)["number"], "by the window")
    assert made.lines[0].gross == sar(24000)
    assert row["gross"] == int(dict(reply.facts)["total"]) == sum(line.gross.minor for line in made.lines)
    assert office.told() == ["booking_received", "changed"]
    said = office.facts("changed")
    assert (said["until"], said["total"]) == (
        from_ms(int(str(row["expires_at"]))),
        sar(int(str(row["gross"]))),
    )
    assert said["what"] == Words(
        "2 × Day pass – adult, 12:00–14:00; 1 × Day pass – child, 12:00–14:00",
        "2 × تذكرة يوم – بالغ، \u200f12:00–14:00؛ 1 × تذكرة يوم – طفل، \u200f12:00–14:00",
    )
    [(was, how, by)] = office.rows(
        sa.select(t.reservation_change.c.was, t.reservation_change.c.how, t.reservation_change.c.staff_id)
    )
    assert (str(before.lines[0].charge_id) in str(was), how, by) == (True, "changed", "reem")
    office.core.clock.forward(minutes=14)
    office.tick()
    assert office.life == "held"
    office.core.clock.forward(minutes=1)
    office.tick()
    assert (office.life, kept(office)) == ("expired", {})


def test_a_booking_moves_to_the_other_day_with_all_that_was_noted_of_it(office: Office) -> None:
    later = tomorrow(office)
    office.book()
    change(office, (ADULT, office.core.session, 1))
    assert change(office, (ADULT, later.number, 1)).state == "granted"
    assert office.row()._mapping["day"] == later.day.isoformat()
    assert office.row()._mapping["bucket"] == day_bucket(later.day)
    buckets = office.rows(sa.select(t.reservation_change.c.bucket).distinct())
    assert [str(bucket) for (bucket,) in buckets] == [day_bucket(later.day)]
    left = office.rows(sa.text('SELECT "of", bucket FROM tombstone'))  # type: ignore[arg-type]
    assert {(str(of), str(bucket)) for of, bucket in left} == {
        ("reservation", day_bucket(DAY)), ("reservation_change", day_bucket(DAY))
    }  # fmt: skip


def test_of_several_sessions_each_is_changed_and_what_was_kept_goes_back(office: Office) -> None:
    """One moves with more people, the other has fewer, and what has no session stays; all of one day."""
    first, second, later = (one.number for one in of_the_day(office)[:3])
    office.book((ADULT, first, 2), (CHILD, first, 1), (ADULT, later, 3), (TUBE, 0, 1))
    before = office.row()._mapping["gross"]
    reply = change(office, (ADULT, second, 4), (ADULT, later, 1), (CHILD, later, 1), (TUBE, 0, 1))
    assert reply.state == "granted", reply
    assert kept(office) == {second: 4, later: 2}
    prices = {line.product: line.gross.minor // line.quantity for line in office.made().lines}
    more = (4 + 1 - 2 - 3) * prices[ADULT] + (1 - 1) * prices[CHILD]
    assert office.row()._mapping["gross"] == before + more
    assert change(office, (ADULT, later, 1), (TUBE, 0, 1)).state == "granted"
    assert kept(office) == {later: 1}
    before = office.row()._mapping
    on_two_days = change(office, (ADULT, later, 1), (ADULT, tomorrow(office).number, 1))
    assert (on_two_days.code, office.row()._mapping) == ("booking_days", before)


def test_what_cannot_be_had_leaves_all_as_it_was(office: Office) -> None:
    full, seats = filled(office, left=0)
    office.book((ADULT, office.core.session, 4))
    before = office.row()._mapping
    reply = change(office, (ADULT, office.core.session, 1), (CHILD, full, 1))
    assert (reply.code, dict(reply.facts)["left"]) == ("capacity_full", "0")
    assert office.row()._mapping == before
    assert kept(office) == {full: seats, office.core.session: 4}
    assert office.rows(sa.select(t.reservation_change)) == []
    assert "changed" not in office.told()


def test_its_own_places_count_for_a_change_within_a_session_that_is_full(office: Office) -> None:
    office.station.say(a_booking(office.core, tickets=office.core.capacity - 5, booking="others"))
    office.book((ADULT, office.core.session, 5))
    assert change(office, (ADULT, office.core.session, 6)).code == "capacity_full"
    assert change(office, (ADULT, office.core.session, 3), (CHILD, office.core.session, 2)).state == "granted"
    assert (kept(office), office.free) == ({office.core.session: 5}, 0)
    office.station.say(a_booking(office.core, tickets=2, booking="beyond"))  # more than there is
    assert (
        change(office, (ADULT, office.core.session, 4)).state == "granted"
    )  # fewer is possible all the same
    assert change(office, (ADULT, office.core.session, 5)).code == "capacity_full"


def test_what_needs_a_yes_sends_it_under_review_and_back_without_it(office: Office) -> None:
    with_approval(office)
    office.book((ADULT, office.core.session, 2))
    cabana = ((CABANA, 0, 1), (ADULT, office.core.session, 2))
    assert dict(change(office, *cabana).facts)["review"] == "1"
    assert (office.life, office.row()._mapping["expires_at"], office.told()[-1]) == (
        "under_review",
        0,
        "under_review",
    )
    assert len(office.rows(sa.select(t.alert))) == 1
    assert office.ask_of("BookingApproved", "huda", booking=office.last).state == "granted"
    until = office.row()._mapping["expires_at"]
    change(office, *cabana, (CHILD, office.core.session, 1))
    assert (office.life, office.row()._mapping["expires_at"]) == (
        "held",
        until,
    )  # nothing new is to be decided
    change(office, (CABANA, 0, 2), (ADULT, office.core.session, 2))
    assert (office.life, office.row()._mapping["decided_by"]) == ("under_review", "")
    change(office, (ADULT, office.core.session, 2))
    assert (office.life, office.rows(sa.select(t.alert))) == ("held", [])
    assert office.row()._mapping["expires_at"] > 0


def test_a_note_alone_is_told_to_nobody(office: Office) -> None:
    office.book((ADULT, office.core.session, 2))
    until = office.row()._mapping["expires_at"]
    office.core.clock.forward(minutes=10)
    assert change(office, (ADULT, office.core.session, 2), note="one wheelchair").state == "granted"
    assert (office.row()._mapping["note"], office.told()) == ("one wheelchair", ["booking_received"])
    assert office.row()._mapping["expires_at"] == until, "and keeps nothing longer"


def test_what_a_colleague_changed_meanwhile_is_not_changed_decided_or_paid_unseen(office: Office) -> None:
    with_approval(office)
    office.book((CABANA, 0, 1), (ADULT, office.core.session, 2))
    seen = mark(office)
    assert change(office, (CABANA, 0, 1), (ADULT, office.core.session, 3), staff="huda").state == "granted"
    for reply in (
        change(office, (ADULT, office.core.session, 9), seen=seen),
        office.ask_of("BookingApproved", "huda", booking=office.last, seen=seen),
        office.ask_of("BookingRejected", "huda", booking=office.last, reason="x", seen=seen),
        office.ask_of("BookingCancelled", booking=office.last, reason="x", seen=seen),
        office.ask_of("BookingExtended", booking=office.last, seen=seen),
    ):
        assert (reply.code, dict(reply.facts)["by"]) == ("booking_changed", "Huda K.")
    assert (office.life, kept(office)) == ("under_review", {office.core.session: 3})


def test_a_change_that_is_asked_for_once_more_is_made_once_and_answered_alike(office: Office) -> None:
    office.book()
    said = {"change": office.core.database.ids.new(), "seen": mark(office)}
    first, free = change(office, (ADULT, office.core.session, 4), **said), office.free
    again = change(office, (ADULT, office.core.session, 4), **said)
    assert (again.facts, again.state, office.free) == (first.facts, "granted", free)
    assert change(office, (ADULT, office.core.session, 5), **said).code == "record_invalid"
    change(office, (ADULT, office.core.session, 6))
    assert change(office, (ADULT, office.core.session, 4), **said).code == "booking_changed"
    office.book()
    assert change(office, (ADULT, office.core.session, 4), **said).code == "record_invalid"
    assert office.told().count("changed") == 2


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"booking": "x"}, "booking_unknown"),
        ({"change": "short"}, "record_invalid"),
        ({"lines": []}, "cart_empty"),
        ({"lines": [[999, 0, 1]]}, "unknown_product"),
        ({"lines": [[ADULT, 0, 1]]}, "session_needed"),
    ],
)
def test_what_cannot_be_changed_is_refused_by_name(
    office: Office, said: dict[str, object], code: str
) -> None:
    office.book()
    whole = {
        "booking": office.last,
        "change": office.core.database.ids.new(),
        "seen": mark(office),
        "note": "",
    }
    reply = office.ask_of("BookingChanged", **whole | {"lines": [[ADULT, office.core.session, 1]]} | said)
    assert (reply.code, kept(office)) == (code, {office.core.session: 2})


def test_of_two_lines_of_the_same_each_is_what_was_wanted(office: Office) -> None:
    """They were added to the last line, whatever that was of."""
    session = office.core.session
    office.book((ADULT, session, 2), (CHILD, session, 1), (ADULT, session, 3))
    assert [(line.product, line.quantity) for line in office.made().lines] == [(ADULT, 5), (CHILD, 1)]


# what was paid meanwhile --------------------------------------------------------------------------------------------


def test_what_was_paid_as_it_was_before_is_confirmed_as_that_and_told_to_a_person(office: Office) -> None:
    free = office.free
    office.book((ADULT, office.core.session, 2))
    before = office.made()
    change(office, (ADULT, other(office), 5))
    office.say_paid(before)
    assert change(office, (ADULT, other(office), 6)).code == "booking_paid"
    office.tick()
    office.tick()
    assert (office.life, office.made().tickets, office.made().lines) == (
        "confirmed",
        before.tickets,
        before.lines,
    )
    assert (kept(office), office.free) == ({}, free - 2)
    assert open_cases(office.core) == ["paid_before"]
    assert office.told() == ["booking_received", "changed", "confirmed"]
    assert change(office).code == "booking_is"


def test_paid_as_both_all_tickets_are_good_and_the_case_says_what_came_beside(office: Office) -> None:
    office.book((ADULT, office.core.session, 2))
    before = office.made()
    change(office, (ADULT, office.core.session, 5))
    office.pay()
    office.tick()
    assert open_cases(office.core) == []
    office.say_paid(before, number="POS1-000009", name="again")
    office.tick()
    assert (office.life, len(office.made().tickets), len(tickets(office))) == ("confirmed", 5, 7)
    [case] = office.rows(sa.select(t.case_item.c.kind, t.case_item.c.facts))
    assert (case[0], '"23000"' in str(case[1])) == ("paid_before", True)


def test_paid_as_before_though_nothing_was_left_of_it_any_more(office: Office) -> None:
    office.book((ADULT, office.core.session, 2))
    before = office.made()
    change(office, (ADULT, office.core.session, 3))
    office.core.clock.forward(minutes=16)
    office.tick()
    office.say_paid(before)
    office.tick()
    assert (office.life, kept(office)) == ("confirmed", {})
    assert [line.quantity for line in office.made().lines] == [2]
    late = office.rows(sa.select(t.reservation_change.c.how).order_by(t.reservation_change.c.n))
    assert [str(how) for (how,) in late] == ["changed", "before"]


# two at once --------------------------------------------------------------------------------------------------------


def ends(office: Office) -> list[tuple[str, int]]:
    return [
        (str(end), int(str(n)))
        for end, n in office.rows(
            sa.select(t.lease_end.c.end_id, sa.func.count()).group_by(t.lease_end.c.end_id)
        )
    ]


def test_change_and_payment_at_once_end_as_what_was_paid(office: Office) -> None:
    office.book((ADULT, office.core.session, 2))
    before = office.made()
    at_once(lambda: change(office, (ADULT, other(office), 5)), lambda: office.say_paid(before), office.tick)
    office.tick()
    assert (office.life, kept(office)) == ("confirmed", {})
    assert office.made().tickets == before.tickets
    assert open_cases(office.core) in ([], ["paid_before"])
    assert {n for _, n in ends(office)} == {1}


def test_of_two_changes_at_once_one_is_made(office: Office) -> None:
    office.book((ADULT, office.core.session, 2))
    seen, told = mark(office), list[str]()
    wanted = (office.core.session, 3), (other(office), 4), (other(office), 5), (office.core.session, 6)

    def changing(session: int, n: int) -> Callable[[], None]:
        return lambda: told.append(change(office, (ADULT, session, n), seen=seen).code)

    at_once(*(changing(*each) for each in wanted))
    assert Counter(told) == {"": 1, "booking_changed": 3}
    assert kept(office) == {one.session: len(office.made().tickets) for one in office.made().tickets}


def test_change_and_end_at_once_keep_the_new_places_or_none(office: Office) -> None:
    office.book((ADULT, office.core.session, 2))
    office.core.clock.forward(minutes=15)
    replies = list[RequestReply]()
    at_once(lambda: replies.append(change(office, (ADULT, other(office), 5))), office.tick)
    made = replies[0].state == "granted"
    assert (office.life, replies[0].code) == (("held", "") if made else ("expired", "booking_is"))
    assert kept(office) == ({other(office): 5} if made else {})
    office.core.clock.forward(minutes=15)
    office.tick()
    assert (office.life, kept(office)) == ("expired", {})


@pytest.mark.parametrize("kind", ["BookingApproved", "BookingRejected", "BookingCancelled"])
def test_a_change_and_a_decision_at_once_are_about_one_state(office: Office, kind: str) -> None:
    with_approval(office)
    office.book((CABANA, 0, 1), (ADULT, office.core.session, 2))
    seen = mark(office)
    staff, told = "huda" if kind != "BookingCancelled" else "reem", dict[str, str]()

    def decide() -> None:
        said = {"booking": office.last, "reason": "x", "seen": seen}
        told["decided"] = office.ask_of(kind, staff, **said).code

    def move() -> None:
        wanted = (CABANA, 0, 1), (ADULT, other(office), 5)
        told["changed"] = change(office, *wanted, seen=seen).code

    at_once(decide, move)
    assert told["decided"] in ("", "booking_changed")
    if told["decided"]:
        assert (told["changed"], office.life, kept(office)) == ("", "under_review", {other(office): 5})
    elif kind == "BookingApproved":  # and then changed: a yes to the cabana of that day is a yes
        assert (told["changed"], office.life, kept(office)) == ("", "held", {other(office): 5})
    else:
        assert (told["changed"], kept(office)) == ("booking_is", {})


def test_ten_who_change_into_the_last_three_places_and_three_win(office: Office) -> None:
    full, seats = filled(office, left=3)
    booked = []
    for _ in range(10):
        office.book((ADULT, office.core.session, 1))
        booked.append(office.last)
    told = Counter[str]()

    def move(booking: str) -> Callable[[], None]:
        def work() -> None:
            told[change(office, (ADULT, full, 1), booking=booking).code] += 1

        return work

    at_once(*map(move, booked))
    assert told == {"": 3, "capacity_full": 7}
    assert kept(office) == {full: seats, office.core.session: 7}


def test_what_is_changed_while_another_waits_for_it_is_left_to_the_next_look(office: Office) -> None:
    """The other has locked the sessions of before, and must not give back places of those of now."""
    if office.core.database.embedded:
        pytest.skip("SQLite has one writer at a time")
    office.book((ADULT, office.core.session, 2))
    office.core.clock.forward(minutes=15)
    core = office.core

    def tick() -> None:
        core.database.transact(lambda c: look_after(c, SetUp(c, core.clock, core.database.ids)))

    with core.database.engine.begin() as connection:
        lock_subjects(connection, {f"booking:{office.last}"})
        waiting = threading.Thread(target=tick)
        waiting.start()
        wait_for(lambda: bool(keys(core, granted=False)))
        body = str(office.row()._mapping["body"]).replace("GH-", "HG-")
        mine = t.reservation.c.booking_id == office.last
        connection.execute(sa.update(t.reservation).where(mine).values(body=body))
    waiting.join()
    assert office.life == "held"
    office.tick()
    assert office.life == "expired"


def test_the_journal_says_what_it_became(office: Office) -> None:
    office.book()
    change(office, (ADULT, office.core.session, 4))
    [(public,)] = office.rows(sa.select(own.inbox.c.public).where(own.inbox.c.kind == "BookingChanged"))
    said = codec.loads(op.BookingChanged, str(public))
    assert (said.booking_id, said.booked.places(), said.review) == (
        office.last,
        {office.core.session: 4},
        False,
    )
    assert SARA not in str(public)


def test_a_change_to_a_day_without_a_membership_waits_for_a_yes(office: Office) -> None:
    """The rule of a new booking; as soon as there is one nobody needs to decide."""
    give(office, days=0)
    members = MEMBERS, office.core.session, 1
    assert dict(office.book(members).facts)["review"] == "0"
    later = MEMBERS, tomorrow(office).number, 1
    assert dict(change(office, later).facts)["review"] == "1"
    assert office.life == "under_review"
    assert dict(change(office, members).facts)["review"] == "0"
    change(office, later)
    give(office, name="m2")
    assert dict(change(office, later, note="two chairs").facts)["review"] == "0"
    assert office.life == "held"


def test_opening_the_payment_again_and_again_keeps_it_an_hour_more_at_most(office: Office) -> None:
    office.book((ADULT, tomorrow(office).number, 1))
    minutes = 0
    while office.life == "held" and minutes < 300:
        office.ask_of("BookingExtended", booking=office.last)
        office.core.clock.forward(minutes=5)
        minutes += 5
        office.tick()
    assert office.life == "expired"
    assert 15 + 50 <= minutes <= 15 + 60  # at a counter it is kept for a quarter of an hour


def test_two_three_two_three_tickets_keep_it_no_longer_than_the_first_change_did(office: Office) -> None:
    """A new hold's time from the first change on, and the time to pay for it that staff open; then it ends."""
    began, counter = to_ms(office.core.clock.now()), 15 * 60_000
    office.book((ADULT, office.core.session, 2))
    office.core.clock.forward(minutes=10)
    for pieces in (3, 2, 3, 2):
        assert change(office, (ADULT, office.core.session, pieces)).state == "granted"
        assert office.row()._mapping["expires_at"] == began + 10 * 60_000 + counter
        office.core.clock.forward(minutes=3)
    assert office.ask_of("BookingExtended", booking=office.last).state == "granted"
    extended = office.row()._mapping["expires_at"]
    assert extended == to_ms(office.core.clock.now()) + 10 * 60_000
    office.core.clock.forward(minutes=9)
    assert change(office, (ADULT, office.core.session, 3)).state == "granted"
    assert office.row()._mapping["expires_at"] == extended, "never less than it was, and no more"
    office.core.clock.forward(minutes=1)
    reply = change(office, (ADULT, office.core.session, 2))
    assert (reply.code, dict(reply.facts)["life"]) == ("booking_is", "expired")
    assert kept(office) == {office.core.session: 3}, "a no changes nothing"
    office.tick()
    assert (office.life, kept(office)) == ("expired", {})


def test_changes_and_the_time_to_pay_together_end_within_the_hour(office: Office) -> None:
    office.book((ADULT, office.core.session, 2))
    minutes = 0
    while office.life == "held" and minutes < 600:
        change(office, (ADULT, office.core.session, 3 if minutes % 2 else 2))
        office.ask_of("BookingExtended", booking=office.last)
        office.core.clock.forward(minutes=5)
        minutes += 5
        office.tick()
    assert minutes <= 15 + 60 + 5


def test_somebodys_yes_begins_its_time_anew(office: Office) -> None:
    with_approval(office)
    office.book((CABANA, 0, 1), (ADULT, office.core.session, 2))
    office.core.clock.forward(minutes=5)
    change(office, (CABANA, 0, 1), (ADULT, office.core.session, 3))
    office.core.clock.forward(minutes=40)
    reply = office.ask_of("BookingApproved", "huda", booking=office.last, seen=mark(office))
    assert reply.state == "granted", reply
    until = office.row()._mapping["expires_at"]
    office.core.clock.forward(minutes=20)
    assert change(office, (CABANA, 0, 1), (ADULT, office.core.session, 2)).state == "granted"
    assert office.row()._mapping["expires_at"] == until


def test_what_goes_under_review_and_comes_back_is_kept_from_its_first_change_on(office: Office) -> None:
    with_approval(office)
    began, counter = to_ms(office.core.clock.now()), 15 * 60_000
    plain, cabana = (ADULT, office.core.session, 2), (CABANA, 0, 1)
    office.book(plain)
    office.core.clock.forward(minutes=5)
    for _ in range(3):
        assert dict(change(office, plain, cabana).facts)["review"] == "1"
        office.core.clock.forward(minutes=3)
        assert change(office, plain).state == "granted"
        assert office.row()._mapping["expires_at"] == began + 5 * 60_000 + counter
    assert change(office, plain, cabana).state == "granted"
    office.core.clock.forward(minutes=6)
    late = change(office, (ADULT, office.core.session, 3))
    assert (late.code, dict(late.facts)["life"], office.life) == ("booking_is", "expired", "under_review")


def test_what_needs_a_yes_is_taken_out_though_the_time_is_over_and_wins_minutes_to_pay_at_most(
    office: Office,
) -> None:
    """Some minutes, within the hour that opening the payment has; after that a person's yes alone begins anew."""
    with_approval(office)
    began, minute = to_ms(office.core.clock.now()), 60_000
    plain, cabana = (ADULT, office.core.session, 2), (CABANA, 0, 1)
    office.book(plain)
    assert change(office, plain, cabana).state == "granted"
    for minutes, until in ((16, 26), (70, 75)):
        office.core.clock.forward(seconds=began / 1000 + minutes * 60 - office.core.clock.now().timestamp())
        assert dict(change(office, plain).facts)["review"] == "0"
        assert (office.life, office.row()._mapping["expires_at"]) == ("held", began + until * minute)
        if minutes == 16:
            assert dict(change(office, plain, cabana).facts)["review"] == "1"
    assert change(office, plain, cabana).state == "granted"
    office.core.clock.forward(minutes=30)
    assert dict(change(office, plain).facts)["review"] == "1"
    assert [line.product for line in office.made().lines] == [ADULT]
    assert (office.life, office.row()._mapping["expires_at"]) == ("under_review", 0)
    assert office.ask_of("BookingApproved", "huda", booking=office.last).state == "granted"
    assert office.life == "held"


def test_what_was_approved_once_is_kept_as_long_as_that_yes_whatever_was_asked_for_since(
    office: Office,
) -> None:
    with_approval(office)
    plain, cabana = (ADULT, office.core.session, 2), (CABANA, 0, 1)
    office.book(plain, cabana)
    office.core.clock.forward(minutes=5)
    assert office.ask_of("BookingApproved", "huda", booking=office.last).state == "granted"
    until = office.row()._mapping["expires_at"]
    for _ in range(3):
        office.core.clock.forward(minutes=20)
        change(office, plain, (CABANA, 0, 2))
        assert (office.life, office.row()._mapping["decided_by"]) == ("under_review", "")
        office.core.clock.forward(minutes=5)
        assert change(office, plain).state == "granted"
        assert (office.life, office.row()._mapping["expires_at"]) == ("held", until)
