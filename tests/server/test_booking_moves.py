"""Tickets of a paid booking move to another session: once each, never twice good, never beyond its places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.catalogue import Words
from domain.money import Money
from domain.refund import Reason
from domain.refund_offer import Choice, When, offer
from domain.ticket import TicketCode, sign
from domain.timing import DAYS_AHEAD
from domain.visit import Ended, Known
from ledger import read_gate, read_setup, read_sold
from ledger import tables as t
from ledger.puts import day_bucket
from ledger.wire import RequestReply
from server import tables as own
from server.setup import SetUp
from server.ticket_papers import tickets_of
from tests.helpers.core import a_booking, an_admission, sar
from tests.server.test_booking_changes import at_once, mark, other, tomorrow
from tests.server.test_bookings import ADULT, MEMBERS, Office, give, give_back, office, paid_desk
from tests.server.test_push import open_cases
from tests.server.test_refunds import Desk as Refunds

__all__ = ["office"]


@pytest.fixture
def paid(office: Office) -> Office:
    """Two adults, paid and confirmed."""
    paid_desk(office)
    return office


def good(office: Office) -> dict[str, int]:
    """The tickets that are good, with their sessions."""
    ended = sa.select(t.ticket_cancel.c.ticket_id)
    found = sa.select(t.ticket.c.ticket_id, t.ticket.c.session).where(t.ticket.c.ticket_id.not_in(ended))
    return {str(ticket): int(str(session)) for ticket, session in office.rows(found)}


def signed(office: Office, ticket_id: str, session: int, **said: object) -> str:
    found = office.core.database.look(lambda c: read_setup.session(c, session))
    assert found is not None
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(office.core.secrets.signing_key))
    what = {"product": ADULT, "first_day": found.day, "days": 1, "session": session} | said
    return sign(TicketCode(office.core.secrets.key_id, UUID(ticket_id), **what), key)  # type: ignore[arg-type]


def move(office: Office, to: int, *tickets: str, staff: str = "reem", **said: object) -> RequestReply:
    wanted = tickets or tuple(place.ticket_id for place in office.made().tickets)
    parts = []
    for was in wanted if to else ():
        new_id = office.core.database.ids.new()
        parts.append([was, new_id, signed(office, new_id, to)])
    known = {
        "booking": office.last, "change": office.core.database.ids.new(), "seen": mark(office),
        "session": to, "tickets": parts,
    }  # fmt: skip
    return office.ask_of("TicketsMoved", staff, **known | said)


def reissue(office: Office, *tickets: str, **said: object) -> RequestReply:
    """For the session in which each is."""
    sessions = {place.ticket_id: place.session for place in office.made().tickets}
    parts = []
    for was in tickets or tuple(sessions):
        new_id = office.core.database.ids.new()
        parts.append([was, new_id, signed(office, new_id, sessions.get(was, office.core.session))])
    return move(office, 0, "", **{"tickets": parts} | said)


def said_of(office: Office, kind: str) -> str:
    """For what the last message of that kind says it is, in English."""
    what = office.facts(kind)["what"]
    assert isinstance(what, Words)
    return what.en


def known(office: Office, ticket_id: str) -> Known:
    return office.core.database.look(lambda c: read_gate.known(c, ticket_id, "en"))


def test_moved_tickets_end_and_others_are_good_in_the_other_session(paid: Office) -> None:
    free, later = paid.free, tomorrow(paid)
    before = [place.ticket_id for place in paid.made().tickets]
    reply = move(paid, later.number)
    assert (reply.state, dict(reply.facts)) == ("granted", {"tickets": "2"})
    assert set(good(paid).values()) == {later.number} and not set(before) & good(paid).keys()
    assert paid.free == free + 2
    row = paid.row()._mapping
    assert (row["life"], row["day"], row["bucket"]) == ("confirmed", "2026-11-27", "day:2026-11-27")
    assert {known(paid, each).ended for each in before} == {Ended.MOVED}
    assert {place.ticket_id for place in paid.made().tickets} == good(paid).keys()
    assert [line.gross for line in paid.made().lines] == [sar(23000)]
    papers = paid.core.database.look(lambda c: tickets_of(c, paid.last, "GH"))
    assert [paper.day for paper in papers] == ["2026-11-27"] * 2 and all(len(p.code) > 100 for p in papers)
    told = paid.rows(sa.select(own.outbox.c.tickets_of).where(own.outbox.c.kind == "moved"))
    assert [str(of) for (of,) in told] == [paid.last]
    assert {paper.product.en for paper in papers} == {"Day pass – adult"}
    twin(paid)
    papers = paid.core.database.look(lambda c: tickets_of(c, paid.last, "GH"))
    assert {paper.product.en for paper in papers} == {"Day pass – adult · Water park"}
    assert said_of(paid, "moved") == "2 × Day pass – adult, 10:00–12:00"
    assert paid.facts("moved")["day"] == later.day
    assert open_cases(paid.core) == []
    paid.tick()
    assert paid.life == "confirmed"


def test_one_of_them_moves_and_may_move_back(paid: Office) -> None:
    one, stays = (place.ticket_id for place in paid.made().tickets)
    assert move(paid, other(paid), one).state == "granted"
    assert Counter(good(paid).values()) == {other(paid): 1, paid.core.session: 1} and stays in good(paid)
    parts = "1 × Day pass – adult, 10:00–12:00", "1 × Day pass – adult, 12:00–14:00"
    assert said_of(paid, "moved") == "; ".join(parts)
    [again] = [ticket for ticket, session in good(paid).items() if session == other(paid)]
    assert move(paid, paid.core.session, one).code == "move_ticket_gone"
    assert move(paid, paid.core.session, again).state == "granted"
    assert Counter(good(paid).values()) == {paid.core.session: 2}


def test_what_was_moved_goes_back_as_what_it_was_charged_for(paid: Office) -> None:
    one, stays = (place.ticket_id for place in paid.made().tickets)
    move(paid, other(paid), one)
    [new] = [ticket for ticket, session in good(paid).items() if session == other(paid)]
    desk = Refunds(paid.core, paid.station, paid.door)
    give_back(desk, paid.last, (new,), number="POS1-000002")
    [stays] = good(paid)
    assert reissue(paid, stays).state == "granted"
    said = said_of(paid, "reissued"), paid.facts("reissued")["tickets"]
    assert said == ("1 × Day pass – adult, 10:00–12:00", 1)  # what went back is not counted
    [stays] = good(paid)
    paid.tick()
    assert (paid.life, list(good(paid))) == ("confirmed", [stays])
    give_back(desk, paid.last, (stays,), number="POS1-000003")
    paid.tick()
    assert (paid.life, good(paid), open_cases(paid.core)) == ("cancelled", {}, [])


def test_no_move_wins_back_what_the_policy_keeps(paid: Office) -> None:
    """Full price until a day before; both were paid for today. One moves away and the other stays; all that went
    tomorrow goes back to today."""
    later, desk = tomorrow(paid), Refunds(paid.core, paid.station, paid.door)
    one, _ = (place.ticket_id for place in paid.made().tickets)
    assert refund_of(desk, paid, one) == sar(10350)
    move(paid, later.number, one)
    [away] = [ticket for ticket, session in good(paid).items() if session == later.number]
    assert refund_of(desk, paid, away) == sar(10350)
    move(paid, paid.core.session, away)
    assert {refund_of(desk, paid, each).minor for each in good(paid)} == {10350}


def test_moved_nearer_it_goes_back_by_the_nearer_hour(office: Office) -> None:
    later, desk = tomorrow(office), Refunds(office.core, office.station, office.door)
    office.book((ADULT, later.number, 1))
    office.pay()
    office.tick()
    office.core.clock.forward(minutes=-30)
    [one] = good(office)
    assert refund_of(desk, office, one) == sar(11500)
    move(office, office.core.session, one)
    [near] = good(office)
    assert refund_of(desk, office, near) == sar(10350)


def refund_of(desk: Refunds, office: Office, ticket: str) -> Money:
    """What the policy gives for it now."""
    core, zone = desk.core, ZoneInfo("Asia/Riyadh")
    sale = core.database.look(lambda c: read_sold.sale_held(c, f"{office.last}-s"))
    assert sale is not None
    return offer(sale, Choice((ticket,)), When(core.clock.now(), zone, Reason.CUSTOMER_CANCEL)).amount


def test_a_void_that_had_not_heard_of_it_ends_what_was_moved_too(paid: Office) -> None:
    before = paid.made()
    move(paid, other(paid))
    paid.void_of(before)
    assert len(good(paid)) == 2
    paid.tick()
    assert (paid.life, good(paid)) == ("cancelled", {})


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"booking": "x"}, "booking_unknown"),
        ({"change": "short"}, "record_invalid"),
        ({"seen": "other"}, "booking_changed"),
        ({"session": 1}, "record_invalid"),
        ({"tickets": []}, "record_invalid"),
        ({"tickets": [["a", "b"]]}, "record_invalid"),
        ({"tickets": [["a", "b", "c"], ["a", "d", "e"]]}, "record_invalid"),
        ({"tickets": [["a", "b", "c"]]}, "move_ticket_gone"),
    ],
)
def test_what_cannot_move_is_refused_by_name(paid: Office, said: dict[str, object], code: str) -> None:
    before = good(paid)
    assert move(paid, other(paid), **said).code == code
    assert good(paid) == before


def test_a_code_that_says_something_else_is_not_taken(paid: Office) -> None:
    [one, _] = paid.made().tickets
    new = paid.core.database.ids.new()
    wrong = (
        signed(paid, new, paid.core.session),
        signed(paid, paid.core.database.ids.new(), other(paid)),
        signed(paid, new, other(paid), first_day=date(2026, 12, 24)),
        signed(paid, new, other(paid), days=9),
        signed(paid, new, other(paid), product=2),
    )
    for code in wrong:
        assert move(paid, other(paid), tickets=[[one.ticket_id, new, code]]).code == "record_invalid"
    what = TicketCode(paid.core.secrets.key_id, UUID(new), ADULT, date(2026, 11, 26), 1, other(paid))
    strange = sign(what, Ed25519PrivateKey.generate())
    assert move(paid, other(paid), tickets=[[one.ticket_id, new, strange]]).code == "forged"


def test_what_was_used_changed_in_price_asked_back_or_is_not_paid_stays(paid: Office) -> None:
    one, two = (place.ticket_id for place in paid.made().tickets)
    paid.station.say(an_admission(one, admission="in"))
    assert move(paid, other(paid)).code == "move_ticket_used"
    assert move(paid, other(paid), two).state == "granted"
    [moved] = [ticket for ticket, session in good(paid).items() if session == other(paid)]
    desk = Refunds(paid.core, paid.station, paid.door)
    said = {
        "choice": Choice((moved,)),
        "reason": Reason.VENUE_CLOSED,
        "amount": sar(11500),
        "seen": sar(11500),
    }
    desk.asked(desk.wanted(paid.last, **said))
    assert move(paid, paid.core.session, moved).code == "refund_open"
    paid.book()
    assert move(paid, other(paid)).code == "booking_is"
    paid.say_paid(paid.made(), number="POS1-000005", name="new")
    paid.tick()

    priced(paid, 12000)
    assert move(paid, other(paid)).code == "move_price"


def test_what_is_for_members_moves_beyond_their_days_only_by_who_says_yes(office: Office) -> None:
    later = tomorrow(office)
    give(office, days=0)
    office.book((MEMBERS, office.core.session, 1))
    office.pay()
    office.tick()
    to = {"product": MEMBERS}
    assert move_as(office, other(office), "reem", **to).state == "granted"
    assert move_as(office, later.number, "reem", **to).code == "move_needs_yes"
    assert move_as(office, later.number, "huda", **to).state == "granted"
    assert move_as(office, office.core.session, "reem", **to).state == "granted", "a member on that day"


def move_as(office: Office, to: int, staff: str, **said: object) -> RequestReply:
    """All of it, by somebody."""
    ids, places = office.core.database.ids, good(office)
    parts = [[was, new := ids.new(), signed(office, new, to, **said)] for was in places]
    known = {"booking": office.last, "change": ids.new(), "seen": mark(office), "session": to}
    return office.ask_of("TicketsMoved", staff, **known, tickets=parts)


def twin(office: Office) -> None:
    """A ticket of another activity is called the same."""

    def work(connection: sa.Connection) -> None:
        setup = SetUp(connection, office.core.clock, office.core.database.ids)
        ride = replace(read_setup.product(connection, ADULT), number=90, activity_id="surf")
        setup.record("product", "90", ride)

    office.core.database.transact(work)


def priced(office: Office, minor: int) -> None:
    """The adults' ticket from now on."""

    def work(connection: sa.Connection) -> None:
        setup = SetUp(connection, office.core.clock, office.core.database.ids)
        now = read_setup.product(connection, ADULT)
        setup.record("product", str(ADULT), replace(now, price=sar(minor)))

    office.core.database.transact(work)


def test_what_was_paid_stays_where_the_price_fell_or_who_sets_prices_moves_it(paid: Office) -> None:
    priced(paid, 11000)
    assert move_as(paid, other(paid), "reem").state == "granted"
    priced(paid, 12000)
    assert move_as(paid, paid.core.session, "reem").code == "move_price"
    assert move_as(paid, paid.core.session, "huda").state == "granted"
    assert [line.gross for line in paid.made().lines] == [sar(23000)]


def test_asked_for_once_more_it_is_made_once(paid: Office) -> None:
    said = {"change": paid.core.database.ids.new()}
    assert move(paid, other(paid), **said).state == "granted"
    before = good(paid)
    assert move(paid, other(paid), **said).state == "granted"
    assert good(paid) == before and paid.told().count("moved") == 1


def test_a_full_session_takes_nobody(paid: Office) -> None:
    seats = paid.core.database.look(lambda c: read_setup.session(c, other(paid)))
    assert seats is not None
    others = a_booking(paid.core, tickets=seats.capacity - 1, booking="others")
    there = tuple(replace(ticket, session=other(paid)) for ticket in others.tickets)
    paid.station.say(replace(others, tickets=there))
    assert move(paid, other(paid)).code in ("capacity_full", "places_held")
    assert move(paid, other(paid), paid.made().tickets[0].ticket_id).state == "granted"


def test_a_guest_and_a_move_at_once_never_leave_a_ticket_good_twice(paid: Office) -> None:
    [one, _] = (place.ticket_id for place in paid.made().tickets)
    told = list[RequestReply]()
    at_once(
        lambda: told.append(move(paid, other(paid), one)),
        lambda: paid.station.say(an_admission(one, admission="in")),
    )
    if told[0].state == "granted":
        assert open_cases(paid.core) == ["admitted_canceled"]
    else:
        assert (told[0].code, open_cases(paid.core), one in good(paid)) == ("move_ticket_used", [], True)


def test_of_two_who_move_the_same_at_once_one_does(paid: Office) -> None:
    told, seen = list[str](), mark(paid)
    wanted = [place.ticket_id for place in paid.made().tickets]

    def moving() -> None:
        told.append(move(paid, other(paid), *wanted, seen=seen).code)

    works: list[Callable[[], object]] = [moving] * 4
    at_once(*works)
    assert Counter(told) == {"": 1, "booking_changed": 3}
    assert len(good(paid)) == 2


# reissued --------------------------------------------------------------------------------------------------------


def test_a_lost_ticket_is_replaced_and_the_old_one_says_so(paid: Office) -> None:
    one, stays = (place.ticket_id for place in paid.made().tickets)
    move(paid, tomorrow(paid).number, stays)
    [moved] = [ticket for ticket, session in good(paid).items() if session != paid.core.session]
    free, row = paid.free, paid.row()._mapping
    said = {"change": paid.core.database.ids.new()}
    reply = reissue(paid, one, moved, **said)
    assert (reply.state, dict(reply.facts)) == ("granted", {"tickets": "2"})
    assert Counter(good(paid).values()) == {paid.core.session: 1, paid.core.session + 1000: 1}
    assert not {one, moved} & good(paid).keys()
    assert {known(paid, one).ended, known(paid, moved).ended} == {Ended.REISSUED}
    assert known(paid, stays).ended is Ended.MOVED
    now = paid.row()._mapping
    assert (paid.free, now["day"], now["gross"]) == (free, row["day"], row["gross"])
    assert {place.ticket_id for place in paid.made().tickets} == good(paid).keys()
    days = {paper.day for paper in paid.core.database.look(lambda c: tickets_of(c, paid.last, "GH"))}
    assert days == {"2026-11-26", "2026-11-27"}
    parts = "1 × Day pass – adult, 10:00–12:00", "1 × Day pass – adult, Fri 27 Nov 2026, 10:00–12:00"
    assert said_of(paid, "reissued") == "; ".join(parts)
    told = paid.rows(sa.select(own.outbox.c.tickets_of).where(own.outbox.c.kind == "reissued"))
    assert ([str(of) for (of,) in told], open_cases(paid.core)) == ([paid.last], [])
    assert reissue(paid, one, moved, **said).state == "granted"
    assert paid.told().count("reissued") == 1
    desk = Refunds(paid.core, paid.station, paid.door)
    give_back(desk, paid.last, tuple(good(paid)), number="POS1-000002")
    paid.tick()
    assert (paid.life, good(paid)) == ("cancelled", {})


def test_a_new_price_stops_no_new_paper_and_a_session_that_is_over_does(paid: Office) -> None:
    priced(paid, 12000)
    assert reissue(paid).state == "granted"
    before = good(paid)
    assert reissue(paid, "gone").code == "move_ticket_gone"
    code = signed(paid, new := paid.core.database.ids.new(), other(paid))
    assert reissue(paid, tickets=[[next(iter(before)), new, code]]).code == "record_invalid"
    paid.core.clock.forward(hours=3)
    assert reissue(paid).code == "session_over"
    assert good(paid) == before


def test_a_guest_a_refund_and_a_new_paper_at_once_leave_one_of_them(paid: Office) -> None:
    [one, _] = (place.ticket_id for place in paid.made().tickets)
    desk, told = Refunds(paid.core, paid.station, paid.door), dict[str, str]()
    minor = {"amount": sar(11500), "seen": sar(11500)}
    wanted = desk.wanted(paid.last, choice=Choice((one,)), reason=Reason.VENUE_CLOSED, **minor)
    at_once(
        lambda: told.update(reissued=reissue(paid, one).code),
        lambda: told.update(asked=desk.ask(wanted).code),
        lambda: paid.station.say(an_admission(one, admission="in")),
    )
    is_good = one in good(paid)
    assert told["reissued"] in (("move_ticket_used", "refund_open") if is_good else ("",))
    assert told["asked"] in (("", "refund_open") if is_good else ("refund_gone",))
    assert len(good(paid)) == 2
    assert open_cases(paid.core) == ([] if is_good else ["admitted_canceled"])


@pytest.mark.parametrize("how", [reissue, lambda office: move(office, tomorrow(office).number)])
def test_tickets_of_which_no_till_told_end_too(office: Office, how: Callable[[Office], RequestReply]) -> None:
    """The guest may have them all the same, signed, and a gate lets in whoever it knows nothing against."""
    office.book()
    made = office.made()
    office.say_paid(replace(made, tickets=()))
    office.tick()
    before = [place.ticket_id for place in made.tickets]
    reply = how(office)
    assert reply.state == "granted", reply
    assert len(good(office)) == len(before) == 2
    assert not {known(office, ticket).ended for ticket in before} - {Ended.MOVED, Ended.REISSUED}


def test_what_ended_lies_where_its_ticket_is(paid: Office) -> None:
    """A gate of the day to which one of the two moved hears that it ended."""
    later = tomorrow(paid)
    first = paid.made().tickets[0].ticket_id
    assert move(paid, later.number, first).state == "granted"
    assert paid.row()._mapping["bucket"] == day_bucket(later.day)
    paid.void()
    ends = sa.select(t.ticket_cancel.c.bucket, t.ticket.c.bucket).join_from(
        t.ticket_cancel, t.ticket, t.ticket.c.ticket_id == t.ticket_cancel.c.ticket_id
    )
    rows = [tuple(row) for row in paid.rows(ends)]
    assert len(rows) == 3 and all(end == ticket for end, ticket in rows), rows
    assert day_bucket(later.day) in dict(rows)


def test_tickets_move_no_further_ahead_than_stations_look(paid: Office) -> None:
    assert move(paid, tomorrow(paid, DAYS_AHEAD + 1).number).code == "booking_far"
    assert move(paid, tomorrow(paid, DAYS_AHEAD).number).state == "granted"
