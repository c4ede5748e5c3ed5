"""One yes of a second person lets one thing: what else is said for them is kept, and is a case."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from domain import operation as op
from domain.staff import Permission
from ledger import tables as t
from ledger.case_carried import read_facts
from ledger.clock import to_ms
from ledger.wire import Sent
from server import access
from server.refund_letters import RefundLetters
from server.rereading import read_again
from tests.helpers.core import Core, a_booking, a_sale, sar
from tests.server.test_discount_facts import OFF, booked
from tests.server.test_tender_facts import fix


def unsaid(core: Core) -> list[str]:
    """What is wrong with second persons' yeses."""
    found = sa.select(t.case_item.c.facts).where(t.case_item.c.kind == "not_permitted")
    rows = core.database.look(lambda c: c.execute(found.order_by(t.case_item.c.opened_at)).scalars().all())
    return [dict(read_facts(facts))["differs"] for facts in rows]


def yes(right: Permission, about: str = "", name: str = "y") -> op.OverrideGiven:
    return op.OverrideGiven(name, "huda", right.value, about, "as agreed")


def drop(name: str) -> op.CashMoved:
    return op.CashMoved(name, "shift", "drop", sar(100), "bag 7", "huda")


def slip(attempt: str) -> op.CardResolved:
    return op.CardResolved(attempt, "declined", "slip", sar(0), "", "", "", "", "", "", "huda", "by the slip")


def test_a_yes_lets_one_and_the_next_needs_its_own(core: Core) -> None:
    pos = core.enrol("POS1")
    pos.say(yes(Permission.APPROVE_DROP), drop("a"), drop("b"))
    assert unsaid(core) == ["yes_used"]
    pos.say(drop("c"), yes(Permission.APPROVE_DROP, name="z"), drop("d"))
    assert unsaid(core) == ["yes_used"] * 2, "what comes after lets nothing before it"
    other = core.enrol("POS2")
    other.say(yes(Permission.APPROVE_CASH_OUT, name="out"), drop("e"))
    assert sorted(unsaid(core)) == ["no_yes", "yes_used", "yes_used"]


def test_two_that_were_let_apart_are_both_let_in_whatever_order(core: Core) -> None:
    pos = core.enrol("POS1")
    pos.say(
        yes(Permission.APPROVE_DROP, name="1"), yes(Permission.APPROVE_DROP, name="2"), drop("a"), drop("b")
    )
    assert unsaid(core) == []


def test_what_is_held_overnight_goes_by_the_yes_to_it_and_by_no_other(core: Core) -> None:
    pos = core.enrol("POS1")
    off = replace(OFF, share=5000, amount=sar(5750))
    pos.say(yes(Permission.DISCOUNT_OVER_LIMIT, off.discount_id), yes(Permission.APPROVE_DROP, name="z"))
    core.clock.forward(hours=49)
    pos.say(booked(core, off, by="huda"), drop("a"))
    assert unsaid(core) == ["no_yes"]
    [subject] = core.database.look(lambda c: c.execute(sa.select(t.case_item.c.facts)).scalars().all())
    assert dict(read_facts(subject))["kind"] == "CashMoved"


def test_it_names_what_it_is_about_where_that_does(core: Core) -> None:
    """A payment that was keyed wrongly: a yes about another is none."""
    pos = core.enrol("POS1")
    made = a_booking(core)
    sale = a_sale(core, made)
    pos.say(made, sale)
    payment = sale.tenders[0].payment_id
    pos.say(yes(Permission.TENDER_CORRECT, "another"), fix(sale))
    assert unsaid(core) == ["no_yes"]
    pos.say(yes(Permission.TENDER_CORRECT, payment, "z"), fix(sale, fix_id="again"))
    assert unsaid(core) == ["no_yes"]


def test_a_yes_to_discounts_is_to_all_that_the_cart_has_then(core: Core) -> None:
    """It names the one that was typed last, which may have been taken away since."""
    pos = core.enrol("POS1")
    half = replace(OFF, share=5000, amount=sar(5750))
    pos.say(yes(Permission.DISCOUNT_OVER_LIMIT, "taken away"), booked(core, half, "huda"))
    assert unsaid(core) == []
    other = a_booking(core, booking="b")
    off = replace(half, off_id="o", charge_id="b-c", discount_id="d")
    line = replace(other.lines[0], gross=sar(5750))
    pos.say(replace(other, lines=(line,), discounts=(off,), discount_by="huda"))
    assert unsaid(core) == ["yes_used"]


def test_a_slip_is_told_once_for_all_cards_of_a_sale(core: Core) -> None:
    pos = core.enrol("POS1")
    for name, sale in (("a", "s1"), ("b", "s1"), ("c", "s2")):
        pos.say(op.CardAsked(name, "charge", sale, sar(100), "SIM"), op.CardUnknown(name, "line"))
    pos.say(yes(Permission.RESOLVE_CARD, "s1"), slip("a"), slip("b"))
    assert unsaid(core) == []
    pos.say(slip("c"))
    assert unsaid(core) == ["no_yes"]


def test_a_slip_by_a_yes_that_names_nothing_is_for_no_card(core: Core) -> None:
    """It would have no end."""
    pos = core.enrol("POS1")
    pos.say(op.CardAsked("a", "charge", "s1", sar(100), "SIM"), op.CardUnknown("a", "line"))
    pos.say(yes(Permission.RESOLVE_CARD, ""), slip("a"))
    assert unsaid(core) == ["no_yes"]


def test_a_copied_station_has_its_yeses_again_and_what_it_said_before_is_bound_to_none(core: Core) -> None:
    pos = core.enrol("POS1")
    pos.say(yes(Permission.APPROVE_DROP), drop("a"))
    core.database.transact(lambda c: access.next_incarnation(c, pos.station))
    twin = [pos.sent(drop(name)) for name in ("old", "b", "c")]
    first, *later = twin
    pos.push(first, *(_as_next(each) for each in later))
    assert unsaid(core) == ["yes_used"], "the third: its second under the new one"


def _as_next(sent: Sent) -> Sent:
    envelope = replace(sent.envelope, incarnation=2)
    return replace(sent, envelope=envelope, digest=envelope.digest().hex())


def test_read_again_an_operation_keeps_its_own(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    pos = core.enrol("POS1")
    with monkeypatch.context() as patched:
        patched.delitem(op.KINDS, "CashMoved")
        pos.say(yes(Permission.APPROVE_DROP), drop("a"))
    _read_again(core)
    assert unsaid(core) == []
    pos.say(drop("b"))
    assert unsaid(core) == ["yes_used"]


def _read_again(core: Core) -> None:
    [subject] = core.database.look(lambda c: c.execute(sa.select(t.case_item.c.subject)).scalars().all())
    letters, now = RefundLetters(core.database.ids), to_ms(core.clock.now())
    core.database.transact(lambda c: read_again(c, subject.removeprefix("operation:"), {}, letters, now))
