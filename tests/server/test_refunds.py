"""Refunds at the server: asked for within the policy and what was paid, decided by a second person, never promised
twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from domain import codec
from domain import operation as op
from domain.catalogue import Words
from domain.errors import Refused
from domain.money import Money
from domain.refund import Reason, State
from domain.refund_offer import Choice, Goods, Wanted
from ledger import read_refunds, read_sold
from ledger import tables as t
from ledger.wire import PROTOCOL, RequestAsk, RequestReply
from server import refund_holds
from server import tables as own
from server.api import rows
from server.requests import Door
from tests.helpers.core import DAY, Core, FakeStation, a_sale, an_admission, sar
from tests.simulation.bugs import bug, put_in

CHILD, TUBE = 2, 10
NOTHING = sar(0)


@dataclass
class Desk:
    """POS1, where two child tickets and two tubes were bought, and the door."""

    core: Core
    pos: FakeStation
    door: Door

    def sell(self, name: str = "b", *, number: str = "POS1-000001") -> None:
        """Two child tickets and two tubes for 230.00: 150.00 by card, 80.00 in cash."""
        core = self.core
        child, tube = Words("Child", "طفل"), Words("Tube", "عوامة")
        lines = (
            op.BookedLine(f"{name}-c1", CHILD, child, core.session, 2, sar(16100), sar(2100), 1500),
            op.BookedLine(f"{name}-c2", TUBE, tube, 0, 2, sar(6900), sar(900), 1500),
        )
        tickets = tuple(op.IssuedTicket(f"{name}-t{n}", CHILD, core.session, 1, "CODE") for n in range(2))
        booked = op.BookingMade(name, DAY, lines, tickets)
        card = op.TenderPart(f"{name}-card", "card", sar(15000), sar(15000), f"{name}-a", "mada")
        cash = op.TenderPart(f"{name}-cash", "cash", sar(8000), sar(8000))
        sold = replace(a_sale(core, booked, number=number), tenders=(card, cash))
        asked = op.CardAsked(card.attempt_id, "charge", sold.sale_id, card.amount, "SIM")
        took = op.CardApproved(card.attempt_id, card.amount, "mada", "", "4821", "1", "2", "3", "SIM", "chip")
        replies = self.pos.say(asked, took, booked, sold).answers
        assert {each.answer for each in replies} == {"applied"}

    def wanted(self, name: str = "b", **said: object) -> Wanted:
        """Child 2, as the policy has it: 80.50 less 10 %."""
        choice = Choice((f"{name}-t1",))
        plain = Wanted(f"{name}-s", choice, Reason.CUSTOMER_CANCEL, "", sar(7245), sar(7245))
        return replace(plain, **said)  # type: ignore[arg-type] # fields of the record

    def ask(self, wanted: Wanted, staff: str = "reem", station: FakeStation | None = None) -> RequestReply:
        return self._ask("RefundAsked", codec.dumps(wanted), staff, station or self.pos)

    def asked(self, wanted: Wanted | None = None, staff: str = "reem") -> str:
        reply = self.ask(wanted or self.wanted(), staff)
        assert reply.state == "granted", reply
        return dict(reply.facts)["refund"]

    def decide(
        self, kind: str, refund: str, staff: str = "huda", *, minor: int = 7245, note: str = "ok"
    ) -> RequestReply:
        body = json.dumps({"refund": refund, "minor": minor, "note": note})
        return self._ask(kind, body, staff, self.pos)

    def _ask(self, kind: str, body: str, staff: str, station: FakeStation) -> RequestReply:
        ids = self.core.database.ids
        ask = RequestAsk(PROTOCOL, station.epoch, ids.new(), kind, staff, "", 0, body)
        return self.core.ask(self.door, station.station, ask)

    def state(self, refund: str) -> State:
        found = self.core.database.look(lambda c: read_refunds.refund(c, refund))
        assert found is not None
        return found.state

    def held(self, name: str = "b") -> dict[str, int]:
        """By payment, what is held."""
        sale = self.core.database.look(lambda c: read_sold.sale_held(c, f"{name}-s"))
        assert sale is not None
        return {each.payment_id: each.reserved.minor for each in sale.payments}

    def paid(self, refund: str, *, number: str = "POS1-000002") -> None:
        said = self.payment(refund, number=number)
        assert [each.answer for each in self.pos.say(said).answers] == ["applied"]

    def payment(self, refund: str, *, number: str = "POS1-000002") -> op.RefundPaid:
        """As POS1 records it, all in cash, as Huda let it be where a card paid."""
        row = self.core.database.look(lambda c: read_refunds.refund(c, refund))
        assert row is not None
        asked, approval = row.asked, row.approval
        lines = tuple(
            op.CreditedLine(f"{refund[-8:]}-{n}", each.charge_id, each.pieces, each.gross, NOTHING, 1500)
            for n, each in enumerate(asked.lines)
        )
        parts = tuple(
            op.RefundPart(f"{refund[-8:]}-p{n}", each.payment_id, "cash", each.amount)
            for n, each in enumerate(asked.shares)
        )
        a_receipt = a_sale(self.core, op.BookingMade("x", DAY, (_line(asked.amount),), ())).receipt
        receipt = replace(a_receipt, number=number)
        ids = (refund, approval.decision_id if approval else "", asked.sale_id, asked.booking_id, DAY)
        return op.RefundPaid(
            f"{refund[-8:]}-paid",
            *ids,
            "shift",
            f"{number}-d",
            number,
            receipt,
            lines,
            parts,
            asked.tickets,
            asked.sessions,
            "huda" if any(each.method == "card" for each in asked.shares) else "",
        )


def _line(amount: Money) -> op.BookedLine:
    return op.BookedLine("x", 1, Words("x", "x"), 0, 1, amount, NOTHING, 1500)


@pytest.fixture
def desk(core: Core) -> Iterator[Desk]:
    made = Desk(core, core.enrol("POS1"), Door(core.clock, core.database.ids, core.secrets.pepper))
    made.pos.yes()
    made.sell()
    yield made


# asking --------------------------------------------------------------------------------------------------------------
def test_what_is_asked_for_is_worked_out_and_held(desk: Desk) -> None:
    refund = desk.asked()
    row = desk.core.database.look(lambda c: read_refunds.refund(c, refund))
    assert row is not None
    assert [(quote.total, quote.fee, quote.refund) for quote in row.asked.quotes] == [
        (sar(8050), sar(805), sar(7245))
    ]
    assert row.asked.shares == (op.RefundShare("b-card", "card", sar(7245)),)
    assert (row.asked.number, row.asked.original_day) == ("POS1-000001", "2026-11-26")
    assert row.asked.lines == (op.GivenUp("b-c1", 1, sar(7245)),)
    assert desk.held() == {"b-card": 7245, "b-cash": 0}
    assert desk.state(refund) is State.REQUESTED


def test_one_charge_is_asked_for_once_at_a_time(desk: Desk) -> None:
    refund = desk.asked()
    assert desk.ask(desk.wanted(choice=Choice(("b-t0",)))).code == "refund_open"
    assert desk.decide("RefundWithdrawn", refund, "reem").state == "granted"
    assert desk.held() == {"b-card": 0, "b-cash": 0}
    desk.asked(desk.wanted(choice=Choice(("b-t0",))))


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"sale_id": "nothing"}, "document_unknown"),
        ({"choice": Choice(("b-t9",))}, "refund_gone"),
        ({"choice": Choice()}, "refund_gone"),
        ({"choice": Choice(goods=(Goods("b-c2", 3),))}, "refund_gone"),
        ({"choice": Choice(goods=(Goods("b-c2", -1),))}, "refund_gone"),
        ({"choice": Choice(goods=(Goods("b-c1", 1),))}, "refund_gone"),
        ({"seen": sar(8050)}, "quote_expired"),
        ({"amount": sar(8051)}, "refund_too_much"),
        ({"amount": sar(0)}, "not_money"),
        ({"amount": sar(-5)}, "not_money"),
        ({"amount": sar(8050)}, "reason_needed"),
        ({"reason": Reason.OTHER}, "reason_needed"),
    ],
)
def test_what_makes_no_sense_or_is_too_much_is_refused(
    desk: Desk, said: dict[str, object], code: str
) -> None:
    assert desk.ask(desk.wanted(**said)).code == code
    assert desk.held() == {"b-card": 0, "b-cash": 0}


@pytest.mark.parametrize("staff", ["faisal", ""])
def test_who_may_not_ask_is_refused(desk: Desk, staff: str) -> None:
    assert desk.ask(desk.wanted(), staff).code == "not_allowed"


def test_what_has_no_policy_goes_back_only_beyond_it_or_for_the_venue(desk: Desk) -> None:
    tube = desk.wanted(choice=Choice(goods=(Goods("b-c2", 1),)), seen=NOTHING, amount=sar(3450))
    assert desk.ask(tube).code == "reason_needed"
    closed = replace(tube, reason=Reason.VENUE_CLOSED, seen=sar(3450))
    assert desk.state(desk.asked(closed)) is State.REQUESTED


def test_nothing_goes_back_for_a_guest_who_came_in_unless_somebody_may_go_beyond(desk: Desk) -> None:
    desk.pos.say(an_admission("b-t1", admission="a"))
    assert desk.ask(desk.wanted()).code == "quote_expired"
    beyond = desk.wanted(seen=NOTHING, amount=sar(8050), note="the slide was shut")
    refund = desk.asked(beyond)
    assert desk.decide("RefundApproved", refund, "huda", minor=8050).state == "granted"


def test_a_voided_sale_has_nothing_to_give(desk: Desk) -> None:
    with desk.core.database.engine.begin() as connection:
        connection.execute(sa.insert(t.sale_void).values(void_id="v", sale_id="b-s", bucket="x"))
    assert desk.ask(desk.wanted()).code == "void_already"


def test_money_goes_back_thrice_while_both_tickets_stay_good(desk: Desk) -> None:
    """161.00 for two children in three parts; the rest of the price is all that can go back after the first."""
    stays = desk.wanted(choice=Choice(goods=(Goods("b-c1", 0),)), seen=NOTHING, note="the slide was shut")
    for n, minor in enumerate((5366, 5367)):
        refund = desk.asked(replace(stays, amount=sar(minor)))
        assert desk.decide("RefundApproved", refund, "nadia", minor=minor).state == "granted"
        desk.paid(refund, number=f"POS1-00000{n + 2}")
    assert desk.ask(replace(stays, amount=sar(5368))).code == "refund_too_much"
    sale = desk.core.database.look(lambda c: read_sold.sale_held(c, "b-s"))
    assert sale is not None
    assert [each.gone for each in sale.charges[0].tickets] == [False, False]
    assert (sale.charges[0].pieces, sale.charges[0].rest) == (2, sar(5367))
    ticket = desk.wanted(reason=Reason.VENUE_CLOSED, amount=sar(2683), seen=sar(2683))
    assert desk.state(desk.asked(ticket)) is State.REQUESTED


def test_what_stays_needs_a_reason_and_somebody_who_may_go_beyond(desk: Desk) -> None:
    stays = desk.wanted(choice=Choice(goods=(Goods("b-c1", 0),)), seen=NOTHING, amount=sar(1000))
    assert desk.ask(stays).code == "reason_needed"
    refund = desk.asked(replace(stays, note="cold water"))
    found = desk.core.database.look(lambda c: read_refunds.refund(c, refund))
    assert found is not None and rows.staff_refund(found).stays
    assert desk.decide("RefundApproved", refund, "salem", minor=1000).code == "approver_not_allowed"
    assert desk.decide("RefundApproved", refund, "huda", minor=1000).state == "granted"


# deciding ------------------------------------------------------------------------------------------------------------
def test_who_asked_may_not_approve_and_neither_may_who_has_not_the_right(desk: Desk) -> None:
    own = desk.asked(staff="huda")
    assert desk.decide("RefundApproved", own, "huda").code == "approver_same"
    assert desk.decide("RefundRefused", own, "huda").code == "approver_same"
    assert desk.decide("RefundApproved", own, "salem").code == "approver_not_allowed"
    assert desk.state(own) is State.REQUESTED


def test_who_sold_it_may_not_approve_it(desk: Desk) -> None:
    desk.pos.staff = "huda"
    desk.sell("h", number="POS1-000009")
    refund = desk.asked(desk.wanted("h"))
    assert desk.decide("RefundApproved", refund, "huda").code == "refund_own_sale"
    assert desk.decide("RefundApproved", refund, "nadia").state == "granted"


def test_the_second_of_two_deciders_hears_who_was_first(desk: Desk) -> None:
    refund = desk.asked()
    assert desk.decide("RefundApproved", refund, "huda").state == "granted"
    for kind in ("RefundApproved", "RefundRefused"):
        reply = desk.decide(kind, refund, "nadia")
        facts = dict(reply.facts)
        assert (reply.code, facts["by"], facts["until"][:10]) == ("refund_decided", "Huda K.", "2026-11-26")


def test_an_approval_is_of_the_amount_that_was_seen(desk: Desk) -> None:
    assert desk.decide("RefundApproved", desk.asked(), minor=1).code == "revision_stale"


def test_a_yes_may_say_why_and_is_told_beside_what_was_decided_later(desk: Desk) -> None:
    refund = desk.asked()
    assert desk.decide("RefundApproved", refund, note=" not  tall enough ").state == "granted"
    assert desk.decide("RefundWithdrawn", refund, "reem", note="they came back").state == "granted"
    found = desk.core.database.look(lambda c: read_refunds.refund(c, refund))
    assert found is not None
    assert [(each.state, each.staff_id, each.note) for each in found.decisions] == [
        (State.APPROVED, "huda", "not tall enough"),
        (State.WITHDRAWN, "reem", "they came back"),
    ]
    told = rows.staff_refund(found).model_dump(mode="json")["decisions"]
    assert [(each["state"], each["note"]) for each in told] == [
        ("approved", "not tall enough"),
        ("withdrawn", "they came back"),
    ]
    kind = own.inbox.c.kind == "RefundApproved"
    public, private = desk.core.database.look(
        lambda c: c.execute(sa.select(own.inbox.c.public, own.inbox.c.private).where(kind)).one()
    )
    assert "tall" not in public and "not tall enough" in private


def test_a_refusal_wants_a_reason_and_frees_the_money(desk: Desk) -> None:
    refund = desk.asked()
    assert desk.decide("RefundRefused", refund, note=" ").code == "reason_needed"
    assert desk.decide("RefundRefused", refund, note="not today").state == "granted"
    assert (desk.state(refund), desk.held()) == (State.REFUSED, {"b-card": 0, "b-cash": 0})
    assert desk.decide("RefundWithdrawn", refund, "reem").code == "refund_decided"


def test_a_role_approves_so_much_at_once_and_in_a_day_as_the_venue_says(desk: Desk) -> None:
    desk.core.limit('[limits.supervisor]\nrefund = "75.00"\nrefund_day = "100.00"')
    beyond = desk.asked(desk.wanted(amount=sar(8050), note="a wish"))
    assert desk.decide("RefundApproved", beyond, minor=8050).code == "refund_over_limit"
    desk.decide("RefundWithdrawn", beyond, "reem")
    first = desk.asked()
    assert desk.decide("RefundApproved", first).state == "granted"
    desk.sell("n", number="POS1-000009")
    second = desk.asked(desk.wanted("n"))
    assert desk.decide("RefundApproved", second).code == "refund_over_day"
    assert desk.decide("RefundWithdrawn", first, "reem").state == "granted"
    assert desk.decide("RefundApproved", second).state == "granted"
    now = desk.core.clock.now()
    days = [
        desk.core.database.look(
            lambda c, n=n: read_refunds.approved_today(c, "huda", now + timedelta(days=n))
        )
        for n in (0, 1)
    ]
    assert days == [sar(7245), sar(0)], "a new day begins with the venue's midnight"


def test_one_refund_of_a_sale_is_approved_at_a_time(desk: Desk) -> None:
    tube = desk.wanted(
        choice=Choice(goods=(Goods("b-c2", 1),)),
        reason=Reason.VENUE_CLOSED,
        seen=sar(3450),
        amount=sar(3450),
    )
    first, second = desk.asked(), desk.asked(tube)
    assert desk.decide("RefundApproved", first).state == "granted"
    assert desk.decide("RefundApproved", second, minor=3450).code == "refund_open"
    desk.paid(first)
    assert desk.decide("RefundApproved", second, minor=3450).state == "granted"


def test_only_the_station_that_asked_withdraws(desk: Desk) -> None:
    refund, other = desk.asked(), desk.core.enrol("POS2")
    body = json.dumps({"refund": refund, "note": ""})
    reply = desk._ask("RefundWithdrawn", body, "reem", other)
    assert (reply.code, dict(reply.facts)) == ("refund_elsewhere", {"station": "POS1"})
    assert desk.decide("RefundWithdrawn", refund, "salem").code == "not_allowed"
    assert desk.decide("RefundWithdrawn", refund, "nadia").state == "granted"


def test_what_is_paid_is_over_and_the_ticket_is_not_given_back_again(desk: Desk) -> None:
    refund = desk.asked()
    desk.decide("RefundApproved", refund)
    desk.paid(refund)
    assert desk.state(refund) is State.DONE
    for kind in ("RefundApproved", "RefundRefused", "RefundWithdrawn"):
        assert desk.decide(kind, refund, "nadia").code in ("refund_decided", "refund_state")
    assert desk.ask(desk.wanted()).code == "refund_gone"
    other = desk.wanted(choice=Choice(("b-t0",)))
    assert desk.state(desk.asked(other)) is State.REQUESTED


def test_a_card_that_is_not_known_holds_the_money(desk: Desk) -> None:
    refund = desk.asked()
    desk.decide("RefundApproved", refund)
    pays = {"original_id": "b-a", "ask_id": refund, "payment_id": "b-card"}
    desk.pos.say(op.CardAsked("back", "refund", "b-s", sar(7245), "SIM", **pays))
    assert desk.state(refund) is State.SENT
    desk.pos.say(op.CardUnknown("back", "no answer"))
    assert desk.state(refund) is State.UNKNOWN
    assert desk.decide("RefundWithdrawn", refund, "reem").code == "refund_state"
    desk.pos.say(op.CardDeclined("back", Words("no", "لا"), "51"), op.RefundFailed("f", refund, "back", "51"))
    assert desk.state(refund) is State.FAILED
    assert desk.decide("RefundWithdrawn", refund, "reem").state == "granted"


@pytest.mark.parametrize("kind", ["RefundApproved", "RefundRefused", "RefundWithdrawn"])
def test_nobody_decides_about_what_is_not_there(desk: Desk, kind: str) -> None:
    assert desk.decide(kind, "nothing").code == "refund_unknown"


def test_nothing_is_promised_while_a_restored_server_waits(desk: Desk) -> None:
    with desk.core.database.engine.begin() as connection:
        values = {"station_id": "pos2", "name": "POS2", "since": 0}
        connection.execute(sa.insert(own.recovery).values(**values))
    assert desk.ask(desk.wanted()).code == "recovering"


# twenty at one moment ------------------------------------------------------------------------------------------------
def at_once(work: list[object]) -> None:
    start = threading.Barrier(len(work))

    def run(one: object) -> None:
        start.wait()
        assert callable(one)
        one()

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def twenty(core: Core) -> tuple[list[str], dict[str, int]]:
    """Twenty ask for 50.00 each, of twenty charges, of which the payments can still give back 230.00: the answers, and
    what is held."""
    desk = Desk(core, core.enrol("POS1"), Door(core.clock, core.database.ids, core.secrets.pepper))
    lines = tuple(
        op.BookedLine(f"w-c{n:02}", TUBE, Words("Tube", "عوامة"), 0, 1, sar(5000), sar(652), 1500)
        for n in range(20)
    )
    booked = op.BookingMade("w", DAY, lines, ())
    card = op.TenderPart("w-card", "card", sar(15000), sar(15000), "w-a", "mada")
    cash = op.TenderPart("w-cash", "cash", sar(85000), sar(85000))
    desk.pos.say(booked, replace(a_sale(core, booked), tenders=(card, cash)))
    with core.database.engine.begin() as connection:  # most of it went back already
        gone = {"refund_id": "r", "payment_id": "w-cash", "amount": 77000, "currency": "SAR", "bucket": "x"}
        connection.execute(sa.insert(t.refund).values(**gone))
    replies: list[str] = []

    def one(number: int) -> None:
        choice = Choice(goods=(Goods(f"w-c{number:02}", 1),))
        wanted = Wanted("w-s", choice, Reason.VENUE_CLOSED, "", sar(5000), sar(5000))
        reply = desk.ask(wanted)
        replies.append(reply.code or reply.state)

    at_once([lambda number=number: one(number) for number in range(20)])
    return sorted(replies), desk.held("w")


def test_twenty_who_ask_at_one_moment_never_get_more_than_came_in(core: Core) -> None:
    replies, held = twenty(core)
    assert replies == ["granted"] * 4 + ["refund_too_much"] * 16
    assert held == {"w-card": 15000, "w-cash": 5000}


_NO_LOCK = bug(
    "no lock",
    "Lock first: before reading to decide, lock what is decided about",
    (
        "server.refunds:locked_sale",
        'lock_subjects(connection, {f"sale:{sale_id}", *sales, RECOVERY})',
        "pass",
    ),
)


_NO_CHECK = bug(
    "the database does not hold it",
    "Refunds: what went back and what is held is never more than came in, by the database itself",
    ("server.refunds:enter", "refund_holds.reserve(setup.connection, said)", "pass"),
)


def test_without_its_locks_the_database_keeps_a_payment_from_being_promised_twice(core: Core) -> None:
    with put_in(_NO_LOCK):
        replies, held = twenty(core)
    assert (replies.count("granted"), sum(held.values())) == (4, 20000)


def test_without_locks_and_check_a_payment_would_be_promised_twice(core: Core) -> None:
    """SQLite has one writer, which keeps those who ask at one moment apart."""
    with put_in(_NO_LOCK), put_in(_NO_CHECK):
        replies, held = twenty(core)
    if core.database.embedded:
        assert (replies.count("granted"), sum(held.values())) == (4, 20000)
    else:
        assert replies.count("granted") > 4
        assert sum(held.values()) > 23000


_NOT_HELD = bug(
    "what is asked for is not held",
    "Refunds: what is asked for is held for it, so that no other gets it",
    ("ledger.read_sold:_payments", "held[row.payment_id])", "0)"),
)


def test_if_our_own_count_were_wrong_the_database_would_refuse(core: Core) -> None:
    """Then all want the card's 150.00."""
    with put_in(_NOT_HELD):
        assert twenty(core)[0] == ["granted"] * 3 + ["refund_too_much"] * 17


def test_if_nothing_were_held_a_payment_would_be_promised_twice(core: Core) -> None:
    with put_in(_NOT_HELD), put_in(_NO_CHECK):
        assert twenty(core)[0] == ["granted"] * 20


# what the database itself keeps --------------------------------------------------------------------------------------


def accounts(core: Core) -> dict[str, tuple[int, int, int]]:
    """By payment: what came in, what is held of it, what went back."""
    found = sa.select(own.payment_account)
    rows = core.database.look(lambda c: c.execute(found).all())
    return {row.payment_id: (row.captured, row.reserved, row.refunded) for row in rows}


def test_the_database_refuses_to_hold_more_than_came_in(desk: Desk) -> None:
    desk.asked()
    assert accounts(desk.core) == {"b-card": (15000, 7245, 0)}
    for more in (7756, -7246):
        c = own.payment_account.c
        with pytest.raises(sa.exc.IntegrityError), desk.core.database.engine.begin() as connection:
            connection.execute(sa.update(own.payment_account).values(reserved=c.reserved + more))
    assert accounts(desk.core) == {"b-card": (15000, 7245, 0)}


@pytest.mark.parametrize(
    ("kind", "then"), [("RefundRefused", (15000, 0, 0)), ("RefundWithdrawn", (15000, 0, 0))]
)
def test_what_ends_without_money_is_held_no_more(desk: Desk, kind: str, then: tuple[int, int, int]) -> None:
    refund = desk.asked()
    assert desk.decide(kind, refund).state == "granted"
    assert accounts(desk.core) == {"b-card": then}


def test_what_is_paid_is_held_no_more_and_went_back_once(desk: Desk) -> None:
    refund = desk.asked()
    desk.decide("RefundApproved", refund)
    paid = desk.payment(refund)
    desk.pos.say(paid)
    again = replace(paid, paid_id="2", number="N", receipt=replace(paid.receipt, number="N"))
    desk.pos.say(again)
    assert accounts(desk.core) == {"b-card": (15000, 0, 7245)}
    assert desk.core.database.look(lambda c: c.execute(sa.select(own.refund_share)).all()) == []


def test_a_fact_is_never_refused_by_it_and_nothing_more_is_promised_then(desk: Desk) -> None:
    refund = desk.asked()
    lie = replace(desk.payment(refund), ask_id="nobody asked", approval_id="")
    total = sar(14000)
    lie = replace(
        lie,
        receipt=replace(lie.receipt, gross=total, net=total),
        lines=(replace(lie.lines[0], gross=total),),
        refunds=(replace(lie.refunds[0], amount=total),),
    )
    assert [each.answer for each in desk.pos.say(lie).answers] == ["flagged"]
    assert accounts(desk.core) == {"b-card": (15000, 7245, 0)}
    tube = desk.wanted(choice=Choice(goods=(Goods("b-c2", 1),)), reason=Reason.VENUE_CLOSED, seen=sar(3450))
    reply = desk.ask(replace(tube, amount=sar(3450)))
    assert reply.code == "", "of the cash, of which nothing went back"
    assert accounts(desk.core)["b-cash"] == (8000, 3450, 0)


def test_what_an_earlier_version_held_is_held_from_the_first_start_on(desk: Desk) -> None:
    refund = desk.asked()
    with desk.core.database.engine.begin() as connection:
        connection.execute(sa.delete(own.payment_account))
        connection.execute(sa.delete(own.refund_share))
        more = {"refund_id": "r", "payment_id": "b-card", "amount": 14000, "currency": "SAR", "bucket": "x"}
        connection.execute(sa.insert(t.refund).values(**more))
        refund_holds.begin(connection)
    assert accounts(desk.core) == {"b-card": (21245, 7245, 14000)}, "too much already; it starts all the same"
    assert desk.decide("RefundWithdrawn", refund, "reem").state == "granted"
    assert accounts(desk.core) == {"b-card": (21245, 0, 14000)}


def test_of_twenty_who_decide_at_one_moment_one_does(desk: Desk) -> None:
    refund = desk.asked()
    replies: list[str] = []

    def one(number: int) -> None:
        kind = ("RefundApproved", "RefundRefused", "RefundWithdrawn")[number % 3]
        reply = desk.decide(kind, refund, ("huda", "nadia")[number % 2])
        replies.append(reply.code or reply.state)

    at_once([lambda number=number: one(number) for number in range(20)])
    row = desk.core.database.look(lambda c: read_refunds.refund(c, refund))
    assert row is not None
    ends = {each.state for each in row.decisions}  # all at one time: the clock stands still
    allowed = ({State.APPROVED}, {State.REFUSED}, {State.WITHDRAWN}, {State.APPROVED, State.WITHDRAWN})
    assert ends in allowed
    assert len(row.decisions) == len(ends)
    assert replies.count("granted") == len(ends)


def test_the_record_of_what_is_wanted_reads_as_it_was_written(desk: Desk) -> None:
    text = codec.dumps(desk.wanted())
    assert codec.loads(Wanted, text) == desk.wanted()
    with pytest.raises(Refused):
        codec.loads(Wanted, text.replace('"amount"', '"sum"'))
