"""What a guest is told of a refund: once, with the operation that says how it went, and never once they are erased."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import sqlalchemy as sa

from domain import codec
from domain import operation as op
from domain.attention import mark_of
from domain.money import Money
from ledger import tables as t
from ledger.puts import UNDATED
from server import message_kinds
from server import tables as own
from server.database import lock_key, lock_subjects
from tests.helpers.core import DAY, a_booking, a_sale, sar
from tests.helpers.waiting import wait_for
from tests.server.test_bookings import ADULT, Office, keys, office
from tests.server.test_guests import MAIL, SARA, erase

__all__ = ["office"]


@pytest.fixture
def paid(office: Office) -> Office:
    """A booking of two that was paid, and whose refund was asked for and approved."""
    office.book((ADULT, office.core.session, 2))
    office.pay()
    office.tick()
    asked(office, "ask")
    return office


def asked(office: Office, ask_id: str) -> None:
    """As the server keeps it."""
    money = sar(11500)
    ids = (ask_id, f"{office.last}-s", office.last, DAY, office.station.station.station_id, "reem", "reem")
    said = op.RefundAsked(*ids, "POS1-000001", "2026-11-26", money, money, "WEATHER", "", (), (), (), (), ())
    values: dict[str, str | int] = {"ask_id": ask_id, "sale_id": said.sale_id, "booking_id": said.booking_id}
    values |= {
        "amount": money.minor,
        "currency": money.currency,
        "body": codec.dumps(said),
        "bucket": UNDATED,
    }
    with office.core.database.engine.begin() as connection:
        connection.execute(sa.insert(t.refund_ask).values(**values))


def done(office: Office, ask_id: str = "ask", *, name: str = "one") -> op.RefundPaid:
    booked = a_booking(office.core, booking=office.last)
    receipt = replace(a_sale(office.core, booked).receipt, number=f"POS1-{name}")
    line = op.CreditedLine(f"{name}-l", f"{office.last}-c", 1, sar(11500), sar(0), 1500)
    part = op.RefundPart(f"{name}-r", f"{office.last}-p", "cash", sar(11500))
    ids = (f"{name}-paid", ask_id, "approval", f"{office.last}-s", office.last, DAY, "shift", f"{name}-d")
    return op.RefundPaid(*ids, f"POS1-{name}", receipt, (line,), (part,), (), ())


def failed(ask_id: str = "ask", *, name: str = "one") -> op.RefundFailed:
    return op.RefundFailed(f"{name}-fail", ask_id, f"{name}-attempt", "declined")


def letters(office: Office, kind: str) -> list[tuple[str, dict[str, message_kinds.Value]]]:
    """Address and facts of each."""
    wanted = sa.select(own.outbox.c.address, own.outbox.c.facts).where(own.outbox.c.kind == kind)
    return [(str(to), message_kinds.read(kind, str(facts))) for to, facts in office.rows(wanted)]


def test_a_refund_that_was_paid_is_told_to_the_guest_of_its_booking(paid: Office) -> None:
    assert [each.answer for each in paid.station.say(done(paid)).answers] != ["quarantined"]
    number = paid.row()._mapping["number"]
    facts = {"guest": "Sara Al-Qahtani", "number": number, "amount": Money(11500, "SAR")}
    assert letters(paid, "refund_done") == [(MAIL, facts)]


def test_one_after_which_all_stays_says_so(paid: Office) -> None:
    said = done(paid)
    stays = replace(said, lines=tuple(replace(line, pieces=0) for line in said.lines))
    paid.station.say(stays)
    assert [(to, facts["amount"]) for to, facts in letters(paid, "reduced")] == [(MAIL, sar(11500))]
    assert letters(paid, "refund_done") == []


def test_one_that_failed_is_told_once_however_often_it_is_tried(paid: Office) -> None:
    paid.station.say(failed())
    paid.station.say(failed(name="two"), failed(name="three"))
    [(to, facts)] = letters(paid, "refund_failed")
    assert (to, facts["amount"]) == (MAIL, sar(11500))


def test_what_failed_and_was_paid_another_way_meanwhile_is_told_as_paid(paid: Office) -> None:
    paid.station.say(failed(), done(paid))
    assert (len(letters(paid, "refund_done")), letters(paid, "refund_failed")) == (1, [])


def test_the_same_refund_said_again_is_told_once(paid: Office) -> None:
    sent = paid.station.sent(done(paid))
    for _ in range(2):
        paid.station.push(sent)
    paid.station.say(done(paid, name="two"))
    assert len(letters(paid, "refund_done")) == 1


def test_each_of_two_refunds_is_told(paid: Office) -> None:
    asked(paid, "other")
    paid.station.say(done(paid), done(paid, "other", name="two"))
    assert len(letters(paid, "refund_done")) == 2


def test_a_sale_without_a_booking_ahead_has_nobody_to_tell(office: Office) -> None:
    walk_in = a_booking(office.core)
    office.last = walk_in.booking_id
    office.station.say(walk_in, a_sale(office.core, walk_in))
    office.station.say(done(office))
    assert letters(office, "refund_done") == []


def test_who_was_erased_is_told_nothing(paid: Office) -> None:
    assert erase(paid, SARA).state == "granted"
    paid.station.say(done(paid))
    assert letters(paid, "refund_done") == []


def test_what_is_set_aside_tells_nobody(paid: Office) -> None:
    reply = paid.station.say(replace(done(paid), lines=()))
    assert [each.answer for each in reply.answers] == ["quarantined"]
    assert letters(paid, "refund_done") == []


def test_what_is_understood_only_later_is_told_then(paid: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older server set it aside; after an update somebody has it read again."""
    with monkeypatch.context() as patched:
        patched.delitem(op.KINDS, "RefundPaid")
        [answer] = paid.station.say(done(paid)).answers
    assert (answer.answer, letters(paid, "refund_done")) == ("quarantined", [])
    [case] = paid.rows(sa.select(t.case_item).where(t.case_item.c.case_id == answer.cases[0]))
    seen = mark_of(str(case._mapping["facts"]))
    for _ in range(2):
        paid.ask_of("CaseSettled", "huda", case=answer.cases[0], way="again", note="", seen=seen)
    assert [to for to, _ in letters(paid, "refund_done")] == [MAIL]


def test_who_waits_for_the_guests_lock_holds_none_that_comes_after_it(paid: Office) -> None:
    """An erasure and a refund never wait for each other, and no address is kept of who is being erased."""
    if paid.core.database.embedded:
        pytest.skip("SQLite has one writer at a time: there are no locks to be taken in any order")
    guest = lock_key(f"guest:{SARA}")
    with ThreadPoolExecutor() as pool:
        with paid.core.database.engine.begin() as connection:
            lock_subjects(connection, {f"guest:{SARA}"})
            said = pool.submit(lambda: paid.station.say(done(paid)))
            wait_for(lambda: guest in keys(paid.core, granted=False))
            held = keys(paid.core, granted=True)
        said.result()
    assert all(key <= guest for key in held)
