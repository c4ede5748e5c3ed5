"""What each role may give away as the venue says it: in its file, at the server, and of what came before or late."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from domain import operation as op
from domain.limits import RoleLimit, defaults
from domain.money import Money
from domain.staff import Permission
from ledger import read_setup
from server import venue_file
from server.venue_file import VenueFileWrong
from tests.helpers.core import MORNING, Core, FakeStation, sample_limited, sar
from tests.server.test_discount_facts import OFF, booked, lacking
from tests.server.test_set_up import import_text

USUAL = {limit.role: limit for limit in defaults("SAR")}
OVER = Permission.DISCOUNT_OVER_LIMIT.value
LESS = "[limits.cashier]\ndiscount_percent = 5"
MORE = "[limits.cashier]\ndiscount_percent = 60\ndiscount_sale = '1000'"


def read(said: str) -> list[RoleLimit]:
    return venue_file.read(sample_limited(said), MORNING).limits


# the file ------------------------------------------------------------------------------------------------------------


def test_a_venue_says_of_a_role_what_it_may_give_away_and_the_rest_keeps_its_default() -> None:
    said = '[limits.supervisor]\nrefund = "250.50"\ndiscount_percent = 40\n[limits.cashier]\ndiscount_sale = "٧٥"'
    supervisor, cashier = USUAL["supervisor"], USUAL["cashier"]
    assert read(said) == [
        replace(supervisor, refund=sar(25050), discount=4000),
        replace(cashier, discount_sale=sar(7500)),
    ]
    assert read("") == []
    assert read("[limits.supervisor]") == [supervisor]


def test_an_amount_may_be_unlimited_and_one_that_is_may_get_a_limit() -> None:
    said = '[limits.supervisor]\nrefund = "unlimited"\n[limits.finance_admin]\nrefund_day = "20000"'
    assert read(said) == [
        replace(USUAL["supervisor"], refund=None),
        replace(USUAL["finance_admin"], refund_day=sar(2_000_000)),
    ]


def test_a_day_may_have_less_than_one_refund_has_where_nobody_says_what_that_is() -> None:
    """The limit of the day holds; what holds for nothing is none that somebody wrote."""
    said = '[limits.supervisor]\nrefund_day = "100"\n[limits.booking_admin]\nrefund = "2000"'
    assert read(said) == [
        replace(USUAL["supervisor"], refund_day=sar(10_000)),
        replace(USUAL["booking_admin"], refund=sar(200_000)),
    ]


def test_limits_are_read_however_the_tables_are_written() -> None:
    dotted = '[limits]\nsupervisor.refund = "10"\ncashier.discount_percent = 3'
    assert [(each.role, each.refund, each.discount) for each in read(dotted)] == [
        ("supervisor", sar(1000), 10_000),
        ("cashier", sar(0), 300),
    ]


ROLES = "booking_admin, cashier, finance_admin, super_admin, supervisor"
MISTAKES = [
    ("[limits.king]", 0, f"[limits.king] is for no role that gives money away: {ROLES}"),
    ("[limits.gate]", 0, f"[limits.gate] is for no role that gives money away: {ROLES}"),
    ("[limits]\ngate.refund = '1'", 1, f"[limits.gate] is for no role that gives money away: {ROLES}"),
    ("[limits]\nrefund = '1'", 1, f"[limits.refund] is for no role that gives money away: {ROLES}"),
    ("[limits.supervisor]\nrefunds = '1'", 1, "refunds is not known here"),
    ("[limits.supervisor]\nrefund = '1.234'", 1, "refund = '1.234' is no amount of SAR"),
    ("[limits.supervisor]\nrefund = '-1'", 1, "refund = '-1' is no amount of SAR"),
    ("[limits.supervisor]\n\nrefund_day = 'all'", 2, "refund_day = 'all' is no amount of SAR"),
    ("[limits.supervisor]\nrefund = 100", 1, "refund wants a text in quotes"),
    ("[limits.supervisor]\ndiscount_sale = ''", 1, "discount_sale wants a text in quotes"),
    (
        "[limits.supervisor]\ndiscount_percent = 101",
        1,
        "discount_percent wants a whole number from 0 to 100",
    ),
    ("[limits.supervisor]\ndiscount_percent = -1", 1, "discount_percent wants a whole number from 0 to 100"),
    ("[limits.supervisor]\ndiscount_percent = '5'", 1, "discount_percent wants a whole number from 0 to 100"),
    ("[limits.cashier]\nrefund = '5'", 1, "refund: the role cashier approves no refunds"),
    ("[limits]\ncashier.refund_day = '5'", 1, "refund_day: the role cashier approves no refunds"),
    (
        "[limits.supervisor]\nrefund = '500'\nrefund_day = '100'",
        1,
        "refund = 500.00 is above refund_day = 100.00",
    ),
    ("[limits.supervisor]\nrefund_day = '0'\nrefund = '0.01'", 2, "refund = 0.01 is above refund_day = 0.00"),
    (
        "[limits]\nsupervisor.refund = '5000.01'",
        1,
        "refund = 5000.01 is above refund_day = 5000.00 (its default)",
    ),
    ("[limits.supervisor]\nrefund = '500'\nrefund_day = 'no'", 2, "refund_day = 'no' is no amount of SAR"),
    ("[limits]\nsupervisor = 5", 1, "a table of values belongs here"),
    ("[[limits]]\nsupervisor.refund = '5'", 0, "[limits.ROLE] wants a table for each role"),
]


@pytest.mark.parametrize(("said", "below", "what"), MISTAKES)
def test_a_mistake_is_told_with_its_line(said: str, below: int, what: str) -> None:
    text = sample_limited(said)
    with pytest.raises(VenueFileWrong) as wrong:
        venue_file.read(text, MORNING)
    header = text[: text.index(said)].count("\n") + 1
    assert [(each.line, each.what) for each in wrong.value.mistakes] == [(header + below, what)]


def test_every_mistake_of_the_limits_is_told_at_once() -> None:
    said = "[limits.king]\n[limits.supervisor]\nrefund = '?'\ncolour = 1\n[limits.cashier]\ndiscount_percent = 200"
    with pytest.raises(VenueFileWrong) as wrong:
        read(said)
    words = [each.what.split()[0] for each in wrong.value.mistakes]
    assert words == ["[limits.king]", "refund", "colour", "discount_percent"]


# the import ----------------------------------------------------------------------------------------------------------


def in_force(core: Core, currency: str = "SAR") -> dict[str, RoleLimit]:
    found = core.database.look(lambda c: read_setup.limits(c, currency))
    return {limit.role: limit for limit in found}


def test_limits_are_records_and_a_role_that_is_not_named_any_more_has_its_defaults(core: Core) -> None:
    assert in_force(core) == USUAL
    assert core.limit(LESS).changed == 1
    assert in_force(core) == USUAL | {"cashier": replace(USUAL["cashier"], discount=500)}
    assert core.limit(LESS).changed == 0
    assert core.limit("").changed == 1
    assert in_force(core) == USUAL
    assert core.limit("").changed == 0


def test_limits_in_another_currency_than_the_venues_count_for_nothing(core: Core) -> None:
    core.limit(f"{LESS}\n[limits.finance_admin]\ndiscount_percent = 30")
    usual = {limit.role: limit for limit in defaults("KWD")}
    admin = RoleLimit("finance_admin", None, None, 3000, None)
    assert in_force(core, "KWD") == usual | {"finance_admin": admin}, "there is no amount in what it says"


def test_an_import_says_whose_limits_are_counted_in_a_currency_that_they_were_not_made_for(
    tmp_path: Path,
) -> None:
    said = "[limits.cashier]\ndiscount_sale = '8'"
    dinars = sample_limited(said).replace('currency = "SAR"', 'currency = "KWD"', 1)
    code, out, _ = import_text(tmp_path, dinars)
    told = "No limits are given for booking_admin, supervisor. The usual ones are counted in units of KWD, "
    assert code == 0 and told in out
    all_said = dinars + "[limits.supervisor]\nrefund = '80'\n[limits.booking_admin]\nrefund = '40'\n"
    assert "No limits" not in import_text(tmp_path, all_said)[1]
    assert "No limits" not in import_text(tmp_path, sample_limited(""))[1], "riyals are what they are for"


# facts of a till -----------------------------------------------------------------------------------------------------


def given(core: Core, percent: int, by: str = "", name: str = "one") -> op.BookingMade:
    """An adult at 115.00 with so much off, as a till records it."""
    off = replace(OFF, off_id=name, charge_id=f"{name}-c", share=percent * 100, amount=sar(115 * percent))
    made = booked(core, off, by)
    line = replace(made.lines[0], charge_id=off.charge_id)
    tickets = tuple(replace(each, ticket_id=f"{name}-t") for each in made.tickets)
    return replace(made, booking_id=name, lines=(line,), tickets=tickets)


def say(pos: FakeStation, made: op.BookingMade) -> None:
    """Whatever it gives away, it is kept."""
    assert {each.answer for each in pos.say(made).answers} <= {"applied", "flagged"}


def give(pos: FakeStation, percent: int, by: str = "", name: str = "one") -> None:
    say(pos, given(pos.core, percent, by, name))


def test_what_a_venue_lets_its_cashiers_give_is_no_case_and_more_is(core: Core) -> None:
    pos = core.enrol("POS1")
    core.limit(MORE)
    give(pos, 60)
    assert lacking(core) == []
    give(pos, 61, name="two")
    assert lacking(core) == [OVER]


def test_who_says_yes_has_the_limits_of_their_role(core: Core) -> None:
    pos = core.enrol("POS1")
    pos.yes()
    core.limit("[limits.supervisor]\ndiscount_percent = 50\ndiscount_sale = '57.50'")
    core.clock.forward(minutes=1)
    give(pos, 50, "huda")
    assert lacking(core) == []
    give(pos, 51, "huda", name="two")
    assert lacking(core) == [OVER]


def test_what_was_right_before_a_limit_was_lowered_is_right_whenever_it_comes(core: Core) -> None:
    pos = core.enrol("POS1")
    core.limit(MORE)
    core.clock.forward(hours=1)
    before = core.clock.now()
    core.clock.forward(hours=1)
    core.limit("")
    core.clock.forward(hours=1)
    now, core.clock.moment = core.clock.now(), before
    sent = pos.sent(given(core, 60))
    core.clock.moment = now
    pos.push(sent)
    assert lacking(core) == []
    give(pos, 60, name="two")
    assert lacking(core) == [OVER], (
        "and what was given after it, by a till that may not have heard, is looked at"
    )


def test_before_the_first_word_of_a_venue_the_defaults_were_right(core: Core) -> None:
    pos = core.enrol("POS1")
    sent = pos.sent(given(core, 10))
    core.clock.forward(hours=1)
    core.limit(LESS)
    core.clock.forward(hours=1)
    pos.push(sent)
    assert lacking(core) == []
    give(pos, 10, name="two")
    assert lacking(core) == [OVER]


def test_a_limit_that_was_raised_holds_for_what_comes_later_of_before(core: Core) -> None:
    """As with roles: a station that hears of it early lies about nothing."""
    pos = core.enrol("POS1")
    sent = pos.sent(given(core, 60))
    core.clock.forward(hours=1)
    core.limit(MORE)
    pos.push(sent)
    assert lacking(core) == []


def test_a_fact_in_another_currency_is_judged_by_the_defaults_in_it(core: Core) -> None:
    core.limit(MORE)
    made = given(core, 10)
    foreign = Money(11_500, "AED")
    line = replace(made.lines[0], gross=foreign - Money(1150, "AED"), vat=Money(0, "AED"))
    off = replace(made.discounts[0], amount=Money(1150, "AED"))
    say(core.enrol("POS1"), replace(made, lines=(line,), discounts=(off,)))
    assert lacking(core) == []
