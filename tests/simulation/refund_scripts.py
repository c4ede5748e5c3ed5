"""How each kind of operation of a refund comes about at a till: what must be so before, and the act that records it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.shown import Approval
from domain.refund import Reason
from domain.refund_offer import Choice

if TYPE_CHECKING:
    from tests.simulation.scripts import Till

HUDA = Approval("huda", "9513", "as agreed")
Act = Callable[[], object]


def _sold(till: Till) -> str:
    """A ticket that was paid by card, of which the server knows."""
    page = till.begin(1)
    till.station.checkout.card(page.sale_id, page.left, lambda step: None)
    till.station.sync.once()
    return page.sale_id


def _ask(till: Till, sale_id: str) -> str:
    refunds = till.station.refunds
    [charge] = refunds.page(sale_id).charges
    choice = Choice((charge.tickets[0].ticket_id,))
    refund = refunds.ask(refunds.preview(sale_id, choice, Reason.CUSTOMER_CANCEL), "")
    till.station.sync.once()
    return refund


def _asked(till: Till) -> Act:
    sale_id = _sold(till)
    return lambda: _ask(till, sale_id)


def _waiting(till: Till) -> str:
    return _ask(till, _sold(till))


def _approved(till: Till) -> Act:
    refund = _waiting(till)
    return lambda: till.station.refunds.approve(refund, "", HUDA)


def _refused(till: Till) -> Act:
    refund = _waiting(till)
    return lambda: till.station.refunds.refuse(refund, "not today", HUDA)


def _withdrawn(till: Till) -> Act:
    refund = _waiting(till)
    return lambda: till.station.refunds.withdraw(refund)


def _to_pay(till: Till) -> str:
    refund = _waiting(till)
    till.station.refunds.approve(refund, "", HUDA)
    till.station.sync.once()
    return refund


def _paid(till: Till) -> Act:
    refund = _to_pay(till)
    return lambda: till.station.refunds.pay(refund, lambda step: None)


def _failed(till: Till) -> Act:
    refund = _to_pay(till)

    def act() -> None:
        till.terminal.fate = "decline"
        till.refused(lambda: till.station.refunds.pay(refund, lambda step: None))

    return act


REFUNDS: dict[str, Callable[[Till], Act]] = {
    "RefundAsked": _asked,
    "RefundApproved": _approved,
    "RefundRefused": _refused,
    "RefundWithdrawn": _withdrawn,
    "RefundPaid": _paid,
    "RefundFailed": _failed,
}
