"""Settling a case: who may, once, about what was seen; a case that gets worse opens again; what was set aside is read
again."""

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from domain import codec, private
from domain import operation as op
from domain.attention import mark_of, ways_of
from ledger import feed
from ledger import tables as t
from ledger.case_carried import read_facts
from ledger.cases import case_id
from ledger.clock import to_ms
from ledger.tombstones import END
from ledger.wire import PROTOCOL, RequestAsk, RequestReply
from server import recovery
from server import tables as own
from server.requests import Door
from server.standing import judge
from tests.helpers.core import DAY, Core, FakeStation, a_booking, a_sale, an_admission, sar


class Office:
    """POS1, and whoever settles there."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.station: FakeStation = core.enrol("POS1")
        self.door = Door(core.clock, core.database.ids, core.secrets.pepper)

    def settle(
        self, case: str, way: str, note: str = "", *, staff: str = "huda", seen: str | None = None
    ) -> RequestReply:
        row = self.case(case)
        facts = row.facts if row else ""
        said = {"case": case, "way": way, "note": note, "seen": mark_of(facts) if seen is None else seen}
        ask = RequestAsk(
            PROTOCOL,
            self.station.epoch,
            self.core.database.ids.new(),
            "CaseSettled",
            staff,
            self.station.stream,
            0,
            json.dumps(said),
        )
        return self.core.ask(self.door, self.station.station, ask)

    def case(self, case: str) -> sa.Row[tuple[object, ...]] | None:
        found = sa.select(t.case_item).where(t.case_item.c.case_id == case)
        return self.core.database.look(lambda c: c.execute(found).first())

    def is_open(self, case: str) -> bool:
        row = self.case(case)
        return row is not None and not row.closed_at

    def rows(self, table: sa.Table) -> list[sa.Row[tuple[object, ...]]]:
        return self.core.database.look(lambda c: list(c.execute(sa.select(table))))

    def oversold(self, *, by: int = 1, booking: str = "many") -> str:
        self.station.say(a_booking(self.core, tickets=self.core.capacity + by, booking=booking))
        return case_id(f"session:{self.core.session}", "over_capacity")

    def twice_in(self) -> str:
        self.station.say(a_booking(self.core), an_admission("booking-t0", admission="a1"))
        self.station.say(an_admission("booking-t0", admission="a2"))
        return case_id("ticket:booking-t0", "double_admission")


@pytest.fixture
def office(core: Core) -> Office:
    return Office(core)


def test_a_settled_case_names_who_how_and_why_and_is_on_record(office: Office) -> None:
    case = office.twice_in()
    assert office.settle(case, "let_stay", "a mother with a baby").state == "granted"
    row = office.case(case)
    assert row is not None and (row.closed_by, bool(row.closed_at), row.seq > 0) == ("huda", True, True)
    [said] = office.rows(t.case_settlement)
    assert (said.case_id, said.way, said.note, said.staff_id) == (
        case,
        "let_stay",
        "a mother with a baby",
        "huda",
    )
    assert (said.bucket, said.seq) == ("global", row.seq)
    [kept] = [row for row in office.rows(own.inbox) if row.kind == "CaseSettled"]
    assert (kept.station_id, kept.staff_id) == ("SRV", "huda")
    assert codec.loads(op.CaseSettled, kept.public) == op.CaseSettled(case, "let_stay", "")
    assert private.read(kept.private) == (("note", "a mother with a baby"),)


def test_stations_get_the_case_and_its_settlement_in_one_page(office: Office) -> None:
    case = office.twice_in()
    before = office.core.database.look(lambda c: feed.read_head(c).seq)
    office.settle(case, "same_guest")
    cursor = feed.Cursor(before, END, "")
    page = office.core.database.look(lambda c: feed.read_page(c, ["global"], cursor, 50))
    assert {part.table.name for part in page.slices} == {"case_item", "case_settlement"}


@pytest.mark.parametrize(
    ("staff", "code"),
    [("reem", "not_allowed"), ("faisal", "not_allowed"), ("nobody", "staff_unproven"), ("", "not_allowed")],
)
def test_only_who_has_the_right_settles_whatever_the_station_says(
    office: Office, staff: str, code: str
) -> None:
    case = office.twice_in()
    reply = office.settle(case, "same_guest", staff=staff)
    assert (reply.state, reply.code) == ("refused", code)
    assert office.is_open(case)


def test_a_second_settlement_is_told_who_was_first(office: Office) -> None:
    case = office.twice_in()
    office.settle(case, "same_guest")
    reply = office.settle(case, "sent_away")
    assert (reply.state, reply.code) == ("refused", "case_settled")
    assert "Huda" in dict(reply.facts)["by"] or "هدى" in dict(reply.facts)["by"]
    assert [row.way for row in office.rows(t.case_settlement)] == ["same_guest"]


@pytest.mark.parametrize(
    ("way", "note", "seen", "code"),
    [
        ("let_stay", "  ", None, "reason_needed"),
        ("room", "it fits", None, "record_invalid"),
        ("same_guest", "", "an older look", "revision_stale"),
    ],
)
def test_what_does_not_fit_is_refused_and_leaves_it_open(
    office: Office, way: str, note: str, seen: str | None, code: str
) -> None:
    case = office.twice_in()
    reply = office.settle(case, way, note, seen=seen)
    assert (reply.state, reply.code, office.is_open(case)) == ("refused", code, True)


def test_a_case_that_never_was_is_refused(office: Office) -> None:
    assert office.settle("none", "same_guest").code == "case_unknown"


def test_a_settled_case_opens_again_only_when_it_gets_worse(office: Office) -> None:
    case = office.oversold(by=2)
    office.settle(case, "room")
    office.station.say(a_void(office.core, "many-t0"))
    assert not office.is_open(case), "one guest less is no news"
    office.station.say(a_booking(office.core, booking="back"))
    assert not office.is_open(case), "as many as were settled"
    office.station.say(a_booking(office.core, booking="more"))
    assert office.is_open(case)
    row = office.case(case)
    assert row is not None and dict(read_facts(row.facts))["sold"] == str(office.core.capacity + 3)
    assert [row.way for row in office.rows(t.case_settlement)] == ["room"], "what was said stays"
    assert office.settle(case, "moved").state == "granted"
    assert len(office.rows(t.case_settlement)) == 2


def test_what_comes_back_after_it_was_gone_is_news(office: Office) -> None:
    case = office.oversold(by=2)
    office.settle(case, "room")
    office.station.say(a_void(office.core, "many-t0", "many-t1"))
    assert not office.is_open(case)
    office.station.say(a_booking(office.core, booking="again"))
    assert office.is_open(case)


@pytest.mark.parametrize("way", [way.name for way in ways_of("recovering")])
def test_a_station_that_a_person_does_not_wait_for_is_not_awaited(office: Office, way: str) -> None:
    office.core.database.transact(lambda c: recovery.begin(c, to_ms(office.core.clock.now())))
    office.station.epoch = office.core.database.look(feed.read_head).epoch
    case = case_id(f"station:{office.station.station.station_id}", "recovering")
    assert office.settle(case, way).code == "reason_needed"
    assert office.settle(case, way, "the disk burnt").state == "granted"
    assert not office.is_open(case)
    assert office.core.database.look(recovery.awaited) == ()


def test_what_staff_put_on_the_list_waits_for_a_person(office: Office) -> None:
    office.station.say(op.CaseOpened("told-1", "The gate sticks", "POS1-000007"))
    case = case_id("told:told-1", "told")
    row = office.case(case)
    assert row is not None and office.is_open(case)
    facts = dict(read_facts(row.facts))
    assert (facts["text"], facts["number"], facts["staff"]) == ("The gate sticks", "POS1-000007", "reem")
    office.settle(case, "done")
    office.station.push(office.station.sent(op.CaseOpened("told-2", "Another", "")))
    assert not office.is_open(case)


def a_void(core: Core, *tickets: str) -> op.SaleVoided:
    """What ends tickets and gives their places back."""
    receipt = replace(
        a_sale(core, a_booking(core, booking="many")).receipt, gross=sar(0), net=sar(0), vat=sar(0)
    )
    receipt = replace(receipt, number="POS1-000009")
    return op.SaleVoided(
        "void",
        "many-s",
        "many",
        DAY,
        "shift",
        "doc-9",
        "POS1-000009",
        receipt,
        (),
        (),
        tickets,
        (core.session,),
        "too many",
        "huda",
    )


# reading again ----------------------------------------------------------------------------------------------------


def set_aside(office: Office, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """A booking of a kind that this server does not know yet: (its id, its case)."""
    with monkeypatch.context() as patched:
        patched.delitem(op.KINDS, "BookingMade")
        reply = office.station.say(a_booking(office.core, tickets=2))
    [answer] = reply.answers
    assert answer.answer == "quarantined"
    return answer.op_id, answer.cases[0]


def test_what_was_set_aside_is_taken_once_the_server_understands_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    op_id, case = set_aside(office, monkeypatch)
    assert office.rows(t.ticket) == []
    assert office.settle(case, "again").state == "granted"
    tickets = office.rows(t.ticket)
    [result] = [row for row in office.rows(t.result) if row.result_id == op_id]
    [kept] = [row for row in office.rows(own.inbox) if row.op_id == op_id]
    assert (len(tickets), result.answer, kept.answer) == (2, "applied", "applied")
    assert len({tickets[0].seq, result.seq}) == 1 and result.bucket.startswith("station:")
    assert not office.is_open(case)


def test_what_is_read_again_is_judged_like_anything_else(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    op_id, case = set_aside(office, monkeypatch)
    over = office.oversold(by=-1)
    assert not office.is_open(over)
    office.settle(case, "again")
    assert office.is_open(over)
    [result] = [row for row in office.rows(t.result) if row.result_id == op_id]
    assert (result.answer, result.cases) == ("flagged", over)


def test_what_is_read_again_counts_for_what_is_held(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A silent till sold what it held: the case of its places closes, also under an earlier incarnation."""
    core = office.core
    wanted = f"held:{core.session}:pos1", f"left:{core.session}:1:pos1"
    _, case = set_aside(office, monkeypatch)
    core.database.transact(lambda c: c.execute(sa.delete(t.lease)))
    lease = {"lease_id": "two", "session": core.session, "station_id": "pos1", "incarnation": 1, "places": 2}
    call = {"session": core.session, "station_id": "pos1", "at": 1}
    for table, row in ((t.lease, lease | {"at": 0}), (t.lease_call, call)):
        core.database.transact(
            lambda c, it=table, row=row: c.execute(sa.insert(it).values(**row, bucket="global"))
        )
    core.database.transact(lambda c: judge(c, wanted, 1))
    places = case_id(wanted[0], "places_held"), case_id(wanted[1], "places_left")
    assert all(office.is_open(each) for each in places)
    assert office.settle(case, "again").state == "granted"
    assert not any(office.is_open(each) for each in places)


def test_what_still_cannot_be_read_stays_set_aside(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    op_id, case = set_aside(office, monkeypatch)
    monkeypatch.delitem(op.KINDS, "BookingMade")
    assert office.settle(case, "again").code == "still_unread"
    assert office.is_open(case)
    [result] = [row for row in office.rows(t.result) if row.result_id == op_id]
    assert result.answer == "quarantined"


def test_what_is_not_what_it_claims_is_never_read_again(office: Office) -> None:
    liar = replace(office.station.sent(op.SignedOut("x")), digest="00" * 32)
    [answer] = office.station.push(liar).answers
    assert office.settle(answer.cases[0], "again").code == "still_unread"
    assert office.settle(answer.cases[0], "lost").code == "reason_needed"
    assert office.settle(answer.cases[0], "lost", "a copied disk").state == "granted"


def test_sending_it_again_after_that_changes_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = office.station.sent(a_booking(office.core, tickets=2))
    with monkeypatch.context() as patched:
        patched.delitem(op.KINDS, "BookingMade")
        [answer] = office.station.push(sent).answers
    office.settle(answer.cases[0], "again")
    [again] = office.station.push(sent).answers
    assert (again.answer, len(office.rows(t.ticket))) == ("duplicate", 2)
