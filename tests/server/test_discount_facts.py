"""Discounts that a till gave are kept whatever they are; those that nobody there may give are looked at by a person."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from domain import operation as op
from domain.money import Money
from domain.staff import Permission
from ledger import tables as t
from ledger.case_carried import read_facts
from tests.helpers.core import Core, a_booking, sar

OFF = op.GivenOff("off-1", "booking-c", "discount-1", "percent", 1000, sar(1150), "complaint", "")


def booked(core: Core, off: op.GivenOff, by: str = "") -> op.BookingMade:
    """One adult at 115.00, less what is off."""
    made = a_booking(core)
    paid = replace(made.lines[0], gross=sar(11500) - off.amount)
    return replace(made, lines=(paid,), discounts=(off,), discount_by=by)


def lacking(core: Core) -> list[str]:
    """The rights that somebody did not have."""
    wanted = sa.select(t.case_item.c.facts).where(t.case_item.c.kind == "not_permitted")
    rows = core.database.look(lambda c: c.execute(wanted).scalars().all())
    return [dict(read_facts(facts))["permission"] for facts in rows]


@pytest.mark.parametrize(
    ("what", "share", "minor", "by", "right"),
    [
        ("percent", 1000, 1150, "", None),
        ("percent", 5000, 5750, "", Permission.DISCOUNT_OVER_LIMIT),
        ("percent", 5000, 5750, "huda", None),
        ("comp", 0, 11500, "huda", None),
        ("amount", 0, 1151, "", None),  # one minor unit is rounding
        ("amount", 0, 1152, "", Permission.DISCOUNT_OVER_LIMIT),
        ("price", 0, -100, "", Permission.PRICE_OVERRIDE),
        ("price", 0, -100, "huda", None),
        ("price", 0, 500, "ziad", Permission.DISCOUNT_OVER_LIMIT),  # of the gate
    ],
)
def test_what_nobody_there_may_give_is_kept_and_looked_at(
    core: Core, what: str, share: int, minor: int, by: str, right: Permission | None
) -> None:
    till = core.enrol("POS1")
    till.yes()
    till.say(booked(core, replace(OFF, what=what, share=share, amount=sar(minor)), by))
    assert lacking(core) == ([right.value] if right else [])
    wanted = sa.select(t.discount.c.what, t.discount.c.amount, t.discount.c.approver_id)
    assert core.database.look(lambda c: [tuple(row) for row in c.execute(wanted)]) == [(what, minor, by)]


@pytest.mark.parametrize(
    "wrong",
    [
        replace(OFF, charge_id="no-such-charge"),
        replace(OFF, what="a wish"),
        replace(OFF, amount=Money(-1, "SAR")),
        replace(OFF, share=10001),
    ],
)
def test_what_cannot_be_is_set_aside(core: Core, wrong: op.GivenOff) -> None:
    reply = core.enrol("POS1").say(booked(core, wrong))
    assert [answer.answer for answer in reply.answers] == ["quarantined"]
