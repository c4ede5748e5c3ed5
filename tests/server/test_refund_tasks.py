"""Refunds that the server begins: asked for by a guest who calls off, or by itself; taken up by one station."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from domain import operation as op
from domain.errors import Refused
from domain.refund import Reason, State
from domain.refund_offer import Choice, Wanted
from ledger import read_refunds
from ledger import tables as t
from ledger.refund_row import RefundRow
from ledger.wire import RequestReply
from server import guest_cancelling, message_kinds
from server import tables as own
from server.guest_cancelling import CalledOff
from server.requests import Door
from server.setup import SetUp
from tests.helpers.core import Core, FakeStation, an_admission, sar
from tests.server.test_bookings import ADULT, CABANA, Office, open_cases, with_approval
from tests.server.test_guests import SARA
from tests.server.test_refunds import Desk as Refunds
from tests.simulation.bugs import bug, put_in

BACK = 2 * 11500 * 9 // 10  # the policy keeps a tenth


@dataclass
class Counters(Office):
    """Two tills, and Sara with a booking for two that is paid and confirmed."""

    other: FakeStation | None = None

    def call_off(self, guest: str = SARA, back: tuple[int, str] | None = None) -> CalledOff:
        core = self.core

        def work(connection: sa.Connection) -> CalledOff:
            setup = SetUp(connection, core.clock, core.database.ids)
            found = guest_cancelling.call_off(setup, guest, self.last, "ill", back)
            setup.publish()
            return found

        return core.database.transact(work)

    def two(self) -> list[Counters]:
        """The two tills, for those who press at one moment."""
        assert self.other is not None
        return [Counters(self.core, each, self.door) for each in (self.station, self.other)]

    def begun(self) -> str:
        found = self.call_off().refund
        assert found is not None
        return found.asked.ask_id

    def refund(self, refund: str) -> RefundRow:
        found = self.core.database.look(lambda c: read_refunds.refund(c, refund))
        assert found is not None
        return found

    def about(
        self, kind: str, refund: str, staff: str = "reem", at: FakeStation | None = None, **more: object
    ) -> RequestReply:
        mine, self.station = self.station, at or self.station
        try:
            return self.ask_of(kind, staff, refund=refund, **({"note": "ok"} | more))
        finally:
            self.station = mine

    def approve(self, refund: str, staff: str = "huda") -> RequestReply:
        return self.about("RefundApproved", refund, staff, minor=self.refund(refund).asked.amount.minor)

    def paid_back(self, refund: str) -> None:
        Refunds(self.core, self.station, self.door).paid(refund, number="POS1-000004")


@pytest.fixture
def desk(core: Core) -> Iterator[Counters]:
    made = Counters(core, core.enrol("POS1"), Door(core.clock, core.database.ids, core.secrets.pepper))
    made.other = core.enrol("POS2")
    for station in (made.station, made.other):
        station.yes()
    core.database.transact(lambda c: c.execute(sa.delete(t.lease)))
    made.register()
    made.ask("GuestVerified", guest=SARA, code=made.code())
    made.book()
    made.pay()
    made.tick()
    assert made.life == "confirmed"
    yield made


def half(desk: Counters) -> Wanted:
    """What a till asks for: one of both tickets, as the policy has it."""
    ticket, back = desk.made().tickets[0].ticket_id, sar(BACK // 2)
    return Wanted(f"{desk.last}-s", Choice((ticket,)), Reason.CUSTOMER_CANCEL, "", back, back)


def code_of(work: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        work()
    return refused.value.code.value


# begun ---------------------------------------------------------------------------------------------------------------


def test_who_calls_off_a_paid_booking_begins_its_refund_once(desk: Counters) -> None:
    now = desk.core.clock.now()
    told = desk.core.database.look(lambda c: guest_cancelling.terms(c, SARA, desk.last, now))
    assert (told.back, told.fee, told.refund) == (sar(BACK), sar(23000 - BACK), None)
    assert told.until is not None and told.until > now
    assert code_of(lambda: desk.call_off(back=(23000, ""))) == "quote_expired"
    refund = desk.begun()
    row = desk.refund(refund)
    asked = row.asked
    assert (asked.station_id, asked.staff_id, asked.by_guest, asked.note) == ("", "", True, "")
    assert (asked.amount, asked.reason, row.state) == (sar(BACK), "CUSTOMER_CANCEL", State.REQUESTED)
    assert desk.begun() == refund
    again = desk.core.database.look(lambda c: guest_cancelling.terms(c, SARA, desk.last, now))
    assert again.refund is not None and (again.back, again.fee) == (told.back, told.fee)
    assert desk.life == "confirmed"


def test_what_a_guest_is_told_holds_until_the_policy_gives_less(desk: Counters) -> None:
    """On the day itself nine tenths, after midnight nothing."""
    core = desk.core
    core.clock.moment = datetime(2026, 11, 26, 20, 55, tzinfo=UTC)  # 23:55 in Riyadh
    told = core.database.look(lambda c: guest_cancelling.terms(c, SARA, desk.last, core.clock.now()))
    assert told.until == datetime(2026, 11, 26, 20, 59, 59, 999_000, tzinfo=UTC)
    core.clock.moment = told.until
    assert desk.call_off(back=(told.back.minor, "SAR")).refund is not None


def test_what_is_called_off_later_goes_back_where_it_comes_to_the_same(desk: Counters) -> None:
    core = desk.core
    told = core.database.look(lambda c: guest_cancelling.terms(c, SARA, desk.last, core.clock.now()))
    core.clock.forward(hours=2)
    assert told.until is not None and told.until < core.clock.now()
    assert desk.call_off(back=(told.back.minor, "SAR")).refund is not None


def test_of_what_was_paid_a_moment_ago_the_refund_begins_too(desk: Counters) -> None:
    desk.book()
    desk.pay_again()
    assert desk.life == "held"
    refund = desk.begun()
    desk.tick()
    assert (desk.life, desk.refund(refund).state) == ("confirmed", State.REQUESTED)


@pytest.mark.parametrize("why", ["used", "open", "over", "gone", "recovering", "ended"])
def test_what_cannot_be_called_off_is_refused_by_name(desk: Counters, why: str) -> None:
    match why:
        case "used":
            desk.station.say(an_admission(desk.made().tickets[0].ticket_id, admission="a"))
        case "open":
            Refunds(desk.core, desk.station, desk.door).asked(half(desk))
        case "over":
            desk.core.clock.forward(days=3)
        case "gone":
            assert desk.void() == ["applied"]
        case "recovering":
            with desk.core.database.engine.begin() as connection:
                connection.execute(sa.insert(own.recovery).values(station_id="pos9", name="POS9", since=0))
        case "ended":
            desk.void()
            desk.tick()
    codes = {
        "used": "refund_ticket_used", "open": "refund_open", "over": "session_over", "gone": "booking_is",
        "recovering": "recovering", "ended": "booking_is",
    }  # fmt: skip
    assert code_of(desk.call_off) == codes[why]


def test_a_refund_of_the_server_goes_its_whole_way(desk: Counters) -> None:
    before, refund = desk.free, desk.begun()
    assert desk.about("RefundTaken", refund).state == "granted"
    assert desk.refund(refund).station_id == desk.station.station.station_id
    assert desk.approve(refund).state == "granted"
    desk.paid_back(refund)
    desk.tick()
    assert (desk.life, desk.free, desk.refund(refund).state) == ("cancelled", before + 2, State.DONE)
    assert desk.told()[-2:] == ["refund_done", "cancelled"]
    assert open_cases(desk.core) == []
    assert desk.about("RefundTaken", refund, at=desk.other).code == "refund_state"
    told = desk.call_off()
    assert told.refund is not None and (told.row.life, told.refund.state) == ("cancelled", State.DONE)


def test_a_guest_hears_how_the_refund_that_they_began_fares_to_its_end(desk: Counters) -> None:
    """Also who asks in the moment between the money and the end of the booking, and after it."""

    def told() -> tuple[int, State | None]:
        now = desk.core.clock.now()
        found = desk.core.database.look(lambda c: guest_cancelling.terms(c, SARA, desk.last, now))
        return found.back.minor, found.refund.state if found.refund else None

    refused = desk.begun()
    assert told() == (BACK, State.REQUESTED)
    assert desk.about("RefundRefused", refused, "huda", note="not today").state == "granted"
    assert told() == (BACK, State.REFUSED), "and it can be begun again"
    refund = desk.begun()
    assert refund != refused and desk.about("RefundTaken", refund).state == "granted"
    desk.approve(refund)
    assert told() == (BACK, State.APPROVED)
    desk.paid_back(refund)
    for life in ("confirmed", "cancelled"):
        assert (desk.life, told(), desk.begun()) == (life, (BACK, State.DONE), refund)
        desk.tick()


# taken up ------------------------------------------------------------------------------------------------------------


def test_the_second_station_hears_who_took_it_up(desk: Counters) -> None:
    refund = desk.begun()
    assert desk.about("RefundTaken", refund).state == "granted"
    second = desk.about("RefundTaken", refund, at=desk.other)
    told = dict(second.facts)
    assert (second.code, told["by"], told["station"]) == ("refund_taken", "Reem M.", "POS1")
    assert told["until"].startswith("2026-11-26")


@pytest.mark.parametrize("by", ["the other", "nobody"])
def test_a_refusal_is_news_where_it_was_taken_up_and_not_where_it_was_given_back(
    desk: Counters, by: str
) -> None:
    """It vanished there without a word."""
    refund, began = desk.begun(), desk.core.clock.now()

    def news() -> dict[str, str]:
        return desk.core.database.look(lambda c: read_refunds.stations_of_refused(c, began))

    assert desk.about("RefundTaken", refund).state == "granted"
    back = desk.about("RefundReleased", refund, take=desk.refund(refund).request_id)
    assert back.state == "granted"
    if by == "the other":
        assert desk.about("RefundTaken", refund, at=desk.other).state == "granted"
    assert news() == {}, "nobody refused it"
    minor = desk.refund(refund).asked.amount.minor
    assert desk.about("RefundRefused", refund, "huda", minor=minor).state == "granted"
    assert desk.other is not None
    assert news() == {refund: desk.other.station.station_id if by == "the other" else ""}


def test_who_approves_it_neither_takes_it_up_nor_did(desk: Counters) -> None:
    refund = desk.begun()
    assert desk.about("RefundTaken", refund, "huda").state == "granted"
    assert desk.approve(refund, "huda").code == "approver_same"
    assert (
        desk.about("RefundReleased", refund, "huda", take=desk.refund(refund).request_id).state == "granted"
    )
    assert desk.approve(refund, "huda").state == "granted"
    assert desk.about("RefundTaken", refund, "huda").code == "approver_same"
    assert desk.about("RefundTaken", refund, "reem").state == "granted"


@pytest.mark.parametrize("staff", ["faisal", ""])
def test_who_has_not_the_right_neither_takes_up_nor_gives_back_nor_withdraws(
    desk: Counters, staff: str
) -> None:
    refund = desk.begun()
    assert desk.about("RefundTaken", refund, staff).code == "not_allowed"
    assert desk.about("RefundReleased", refund, staff, take="x").code == "not_allowed"
    assert desk.about("RefundWithdrawn", refund, staff).code == "not_allowed"
    assert desk.about("RefundWithdrawn", refund, "reem").code == "not_allowed"
    assert desk.about("RefundWithdrawn", refund, "nadia", at=desk.other).state == "granted"
    assert desk.about("RefundTaken", refund).code == "refund_decided"
    assert desk.told()[-1] == "refund_refused" and desk.life == "confirmed"
    again = desk.begun()
    assert (
        again != refund and desk.about("RefundRefused", again, "nadia", note="paid late").state == "granted"
    )
    facts = desk.rows(sa.select(own.outbox.c.facts).where(own.outbox.c.kind == "refund_refused"))
    assert message_kinds.read("refund_refused", str(facts[-1][0]))["reason"] == "paid late"


def test_only_its_station_gives_it_back_or_withdraws_it_and_not_once_money_moved(desk: Counters) -> None:
    refund = desk.begun()
    desk.about("RefundTaken", refund)
    take = desk.refund(refund).request_id
    assert desk.about("RefundReleased", refund, at=desk.other, take=take).code == "refund_not_taken"
    assert desk.about("RefundReleased", refund, take="another").code == "refund_not_taken"
    told = desk.about("RefundWithdrawn", refund, "nadia", at=desk.other)
    assert (told.code, dict(told.facts)) == ("refund_elsewhere", {"station": "POS1"})
    desk.approve(refund)
    pays = {"original_id": "", "ask_id": refund, "payment_id": f"{desk.last}-p"}
    desk.station.say(op.CardAsked("back", "refund", f"{desk.last}-s", sar(BACK), "SIM", **pays))  # type: ignore[arg-type] # texts
    assert desk.about("RefundReleased", refund, take=take).code == "refund_state"
    desk.station.say(op.CardCancelled("back", "no card"), op.RefundFailed("f", refund, "back", "no card"))
    assert desk.about("RefundReleased", refund, take=take).state == "granted"
    assert desk.about("RefundTaken", refund, at=desk.other).state == "granted"
    assert desk.refund(refund).station_id == desk.other.station.station_id  # type: ignore[union-attr] # it is there


def test_what_a_station_asked_for_is_not_taken_up_and_a_waiting_server_grants_nothing(desk: Counters) -> None:
    refund = desk.begun()
    with desk.core.database.engine.begin() as connection:
        connection.execute(sa.insert(own.recovery).values(station_id="pos9", name="POS9", since=0))
    assert desk.about("RefundTaken", refund).code == "recovering"
    assert desk.about("RefundTaken", "nothing").code == "refund_unknown"


# what was rejected and is paid all the same --------------------------------------------------------------------------


@pytest.fixture
def rejected(desk: Counters) -> Counters:
    """A cabana and two guests: a till that had not heard of the no is paid for it."""
    paid_though_rejected(desk)
    return desk


def paid_though_rejected(desk: Counters) -> None:
    with_approval(desk)
    desk.book((CABANA, 0, 1), (ADULT, desk.core.session, 2))
    assert desk.ask_of("BookingRejected", "huda", booking=desk.last, reason="closed").state == "granted"
    desk.say_paid(desk.made(), number="POS1-000003")
    desk.tick()
    desk.tick()


_CONFIRMED = bug(
    "what was rejected is confirmed when it is paid",
    "Bookings: what was paid after it was rejected goes back by itself",
    (
        "server.holding:_goes_back",
        "return row.life == Life.REJECTED and return_rejected(connection, row.booking_id, setup)",
        "return False",
    ),
)


def test_without_its_rule_what_was_rejected_would_be_confirmed(desk: Counters) -> None:
    with put_in(_CONFIRMED):
        paid_though_rejected(desk)
    assert desk.life == "confirmed"


def by_itself(desk: Counters) -> RefundRow:
    [row] = [
        row for row in desk.core.database.look(read_refunds.open_refunds) if row.asked.booking_id == desk.last
    ]
    return row


def test_what_was_rejected_goes_back_whole_by_itself(rejected: Counters) -> None:
    row = by_itself(rejected)
    asked = row.asked
    assert (rejected.life, asked.reason, asked.by_guest, asked.station_id) == (
        "rejected",
        "REJECTED",
        False,
        "",
    )
    assert (asked.amount, asked.seller_id, len(asked.tickets)) == (sar(46000), "reem", 2)
    rejected.about("RefundTaken", asked.ask_id)
    rejected.approve(asked.ask_id)
    before = rejected.free
    rejected.paid_back(asked.ask_id)
    rejected.tick()
    assert (rejected.life, rejected.free) == ("rejected", before + 2)
    assert open_cases(rejected.core) == [] and rejected.told()[-1] == "refund_done"


@pytest.mark.parametrize(("kind", "staff"), [("RefundRefused", "huda"), ("RefundWithdrawn", "nadia")])
def test_where_a_person_says_no_to_that_it_is_confirmed(rejected: Counters, kind: str, staff: str) -> None:
    assert rejected.about(kind, by_itself(rejected).asked.ask_id, staff).state == "granted"
    rejected.tick()
    assert rejected.life == "confirmed"


def test_where_a_guest_came_in_it_is_confirmed(desk: Counters) -> None:
    with_approval(desk)
    desk.book((CABANA, 0, 1), (ADULT, desk.core.session, 2))
    desk.ask_of("BookingRejected", "huda", booking=desk.last, reason="closed")
    made = desk.made()
    desk.say_paid(made, number="POS1-000003")
    desk.station.say(an_admission(made.tickets[0].ticket_id, admission="a"))
    desk.tick()
    assert desk.life == "confirmed"


# at one moment -------------------------------------------------------------------------------------------------------


def at_once(*work: Callable[[], object]) -> list[str]:
    """How each ended: granted, or the code of a refusal."""

    def told(one: Callable[[], object]) -> str:
        try:
            answer = one()
        except Refused as refused:
            return refused.code.value
        return (answer.code or answer.state) if isinstance(answer, RequestReply) else "granted"

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(told, work))


def test_of_twenty_at_two_stations_one_takes_it_up(desk: Counters) -> None:
    refund, desks = desk.begun(), desk.two()
    told = at_once(*(lambda n=n: desks[n % 2].about("RefundTaken", refund) for n in range(20)))
    assert Counter(told) == {"granted": 1, "refund_taken": 19}
    assert len(desk.refund(refund).takes) == 1


def test_twenty_calls_at_once_are_one_refund_beside_a_till_that_asks_and_a_gate(desk: Counters) -> None:
    refunds, wanted = Refunds(desk.core, desk.station, desk.door), half(desk)
    told = at_once(
        *(desk.call_off for _ in range(20)),
        lambda: refunds.ask(wanted),
        lambda: desk.station.say(an_admission(wanted.choice.tickets[0], admission="a")),
    )
    begun = desk.core.database.look(read_refunds.open_refunds)
    assert len(begun) <= 1, told
    assert set(told[:20]) <= {"granted", "refund_open", "refund_ticket_used"}
    by_guest = bool(begun) and begun[0].asked.by_guest
    assert ("granted" in told[:20]) == by_guest
    assert told[20] in (("refund_open",) if by_guest else ("granted", "quote_expired"))


def test_taking_withdrawing_and_deciding_at_once_end_in_one_way(desk: Counters) -> None:
    refund, (one, two) = desk.begun(), desk.two()
    told = at_once(
        *(lambda: one.about("RefundTaken", refund) for _ in range(4)),
        *(lambda: two.about("RefundTaken", refund) for _ in range(4)),
        *(lambda: two.about("RefundWithdrawn", refund, "nadia") for _ in range(4)),
        *(lambda: one.about("RefundRefused", refund, "nadia") for _ in range(4)),
        *(lambda: one.approve(refund) for _ in range(4)),
    )
    row = desk.refund(refund)
    assert len(row.takes) <= 1 and told[:8].count("granted") == len(row.takes)
    ends = {each.state for each in row.decisions}
    assert ends in ({State.APPROVED}, {State.REFUSED}, {State.WITHDRAWN}, {State.APPROVED, State.WITHDRAWN})
    assert len(row.decisions) == len(ends) == told[8:].count("granted")


def test_nobody_calls_off_anothers(desk: Counters) -> None:
    assert code_of(lambda: desk.call_off("guest-omar")) == "booking_unknown"
