"""How much a role may give away, and who may do what about money that goes back."""

import pytest

from domain import codec
from domain.errors import Code, Refused
from domain.limits import (
    RoleLimit,
    check,
    check_off_line,
    check_off_sale,
    check_refund,
    defaults,
    limit_of,
    percent_text,
)
from domain.money import Money
from domain.staff import ROLES, Permission, may
from tests.domain.builders import sar

LIMITS = defaults("SAR")
GIVES = {
    Permission.REFUND_APPROVE,
    Permission.DISCOUNT,
    Permission.DISCOUNT_OVER_LIMIT,
    Permission.PRICE_OVERRIDE,
}


def test_nobody_may_refund_their_own_sale() -> None:
    assert not [role for role in ROLES if may(role, Permission.REFUND_OWN_SALE)]


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        (
            Permission.REFUND_REQUEST,
            "cashier support_admin booking_admin supervisor finance_admin super_admin",
        ),
        (Permission.REFUND_APPROVE, "booking_admin supervisor finance_admin super_admin"),
        (Permission.REFUND_OVER_POLICY, "supervisor finance_admin super_admin"),
        (Permission.DISCOUNT, "cashier booking_admin supervisor finance_admin super_admin"),
        (Permission.DISCOUNT_OVER_LIMIT, "supervisor finance_admin super_admin"),
        (Permission.PRICE_OVERRIDE, "supervisor finance_admin super_admin"),
        (Permission.TENDER_CORRECT, "supervisor finance_admin super_admin"),
    ],
)
def test_who_may_give_money_away(permission: Permission, roles: str) -> None:
    assert {role for role in ROLES if may(role, permission)} == set(roles.split())


def test_kitchen_and_equipment_touch_no_money() -> None:
    assert not [right for role in ("kitchen", "equipment") for right in Permission if may(role, right)]


def test_exactly_who_may_give_something_away_has_a_limit() -> None:
    limited = {limit.role for limit in LIMITS}
    assert limited == {role for role, rights in ROLES.items() if rights & GIVES}
    assert len(limited) == len(LIMITS)
    for limit in LIMITS:
        check(limit)
        assert (limit.refund != sar("0.00")) == may(limit.role, Permission.REFUND_APPROVE)


def test_a_role_without_a_limit_may_give_nothing() -> None:
    none = limit_of("gate", LIMITS, "SAR")
    for give in (
        lambda: check_refund(none, sar("0.01"), sar("0.00")),
        lambda: check_off_line(none, sar("0.01"), sar("80.50")),
        lambda: check_off_sale(none, sar("0.01")),
    ):
        with pytest.raises(Refused):
            give()
    check_off_line(none, sar("0.00"), sar("80.50"))
    check_off_sale(none, sar("0.00"))


def test_limits_are_in_the_venues_currency() -> None:
    assert limit_of("supervisor", defaults("KWD"), "KWD").refund == Money(1_000_000, "KWD")
    assert limit_of("supervisor", defaults("JPY"), "JPY").refund == Money(1000, "JPY")


@pytest.mark.parametrize(
    ("amount", "today", "code", "said"),
    [
        ("1000.01", "0.00", Code.REFUND_OVER_LIMIT, "1000.00"),
        ("1000.00", "4000.01", Code.REFUND_OVER_DAY, "5000.00"),
        ("0.01", "5000.00", Code.REFUND_OVER_DAY, "5000.00"),
    ],
)
def test_refunds_beyond_the_limit_are_refused(amount: str, today: str, code: Code, said: str) -> None:
    limit = limit_of("supervisor", LIMITS, "SAR")
    with pytest.raises(Refused) as refused:
        check_refund(limit, sar(amount), sar(today))
    assert (refused.value.code, refused.value.facts["limit"]) == (code, said)
    check_refund(limit, sar("1000.00"), sar("4000.00"))


def test_a_line_and_a_sale_have_their_limits() -> None:
    cashier = limit_of("cashier", LIMITS, "SAR")
    check_off_line(cashier, sar("11.50"), sar("115.00"))
    check_off_line(cashier, sar("11.51"), sar("115.00"))  # a minor unit of rounding
    check_off_sale(cashier, sar("100.00"))
    with pytest.raises(Refused) as refused:
        check_off_line(cashier, sar("11.52"), sar("115.00"))
    assert (refused.value.code, refused.value.facts["percent"]) == (Code.DISCOUNT_OVER_SHARE, "10")
    with pytest.raises(Refused) as refused:
        check_off_sale(cashier, sar("100.01"))
    assert (refused.value.code, refused.value.facts["limit"]) == (Code.DISCOUNT_OVER_SALE, "100.00")


@pytest.mark.parametrize(
    ("share", "text"), [(1000, "10"), (1250, "12.5"), (333, "3.33"), (5, "0.05"), (10_000, "100")]
)
def test_a_share_is_written_as_people_read_it(share: int, text: str) -> None:
    assert percent_text(share) == text


@pytest.mark.parametrize(
    "limit",
    [
        RoleLimit("captain", None, None, 0, None),
        RoleLimit("cashier", Money(-1, "SAR"), None, 0, None),
        RoleLimit("cashier", None, Money(-1, "SAR"), 0, None),
        RoleLimit("cashier", None, None, 0, Money(-1, "SAR")),
        RoleLimit("cashier", None, None, 10_001, None),
        RoleLimit("cashier", None, None, -1, None),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused(limit: RoleLimit) -> None:
    with pytest.raises(Refused) as refused:
        check(limit)
    assert refused.value.code is Code.RECORD_INVALID


def test_limits_are_written_and_read_as_they_are() -> None:
    for limit in LIMITS:
        assert codec.loads(RoleLimit, codec.dumps(limit)) == limit
