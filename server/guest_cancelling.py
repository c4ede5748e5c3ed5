"""A guest calls off a booking by themselves: what is not paid ends at once, and what is paid where nothing goes back;
else a refund of it begins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from domain.booking import HOLDS, Life
from domain.errors import Code, Refused
from domain.money import Money, total
from domain.refund import Reason, State
from domain.refund_offer import Choice, SaleHeld, all_that_stands
from domain.text import tidy
from ledger import read_refunds, read_sold
from ledger.read_paid import stays_paid
from ledger.read_sold import kept_of, paid_sale
from ledger.refund_row import RefundRow
from server import deciding
from server.guest_accounts import BY_THEMSELVES
from server.guest_bookings import mine
from server.holding import locked, row_of
from server.nothing_back import locks_to_end
from server.recovery import refuse_scarce
from server.refund_tasks import begin, offers
from server.refunds import locked_sale
from server.setup import SetUp

_WHY = Reason.CUSTOMER_CANCEL
Told = tuple[int, str]  # minor units and their currency; empty where it was not said


@dataclass(frozen=True, slots=True)
class Terms:
    """What calling off gives back, and the fee that stays; it holds until `until`. `refund` is the last that the guest
    began: it is under way, or how it ended."""

    back: Money
    fee: Money
    until: datetime | None = None
    refund: RefundRow | None = None


@dataclass(frozen=True, slots=True)
class CalledOff:
    """The booking's row then, and the refund where it was paid."""

    row: Any
    refund: RefundRow | None = None


@dataclass(frozen=True, slots=True)
class _Refunds:
    """What the guest of a booking began: `last`, all of it that is `under_way`, and what is or was paid (`begun`).
    `by_staff`: what staff asked for is not over."""

    last: RefundRow | None
    under_way: tuple[RefundRow, ...]
    begun: tuple[RefundRow, ...]
    by_staff: bool

    @classmethod
    def of(cls, connection: Connection, booking_id: str) -> _Refunds:
        found = read_refunds.refunds_of_booking(connection, booking_id)
        theirs = [row for row in found if row.asked.by_guest]
        return cls(
            theirs[-1] if theirs else None,
            tuple(row for row in theirs if row.holds),
            tuple(row for row in theirs if row.holds or row.paid),
            any(row.holds and not row.asked.by_guest for row in found),
        )

    def check_free(self) -> None:
        """Refuses `refund_open` while what staff asked for is not over."""
        if self.by_staff:
            raise Refused(Code.REFUND_OPEN)

    def have_ended(self, connection: Connection, row: Any) -> bool:
        """Whether the last was paid and ended the booking, or does so at this moment."""
        if self.last is None or self.last.state is not State.DONE:
            return False
        if Life(row.life) is not Life.CONFIRMED:
            return True
        sale_id = paid_sale(connection, row.booking_id)
        sale = read_sold.sale_held(connection, sale_id, whole=True) if sale_id else None
        return sale is None or all_that_stands(sale) == Choice()


def terms(connection: Connection, guest_id: str, booking_id: str, now: datetime) -> Terms:
    """Refuses `booking_unknown`, `booking_is` for what cannot be called off, `refund_open` while a refund of it that
    staff asked for is not over, and as `refund_tasks.whole`."""
    row, refunds = mine(connection, guest_id, booking_id), _Refunds.of(connection, booking_id)
    if refunds.under_way or refunds.have_ended(connection, row):
        return _as_asked(refunds.begun)
    refunds.check_free()
    if _by_themselves(row):
        return Terms(Money(0, row.currency), stays_paid(connection, row))
    sale = _paid(connection, row)
    if sale is None:
        nothing = Money(0, row.currency)
        return Terms(nothing, nothing, refund=refunds.last)
    if (stays := _kept(connection, sale, now)) is not None:
        return Terms(stays.zero, stays, refund=refunds.last)
    there = [given for _, given in offers(connection, booking_id, _WHY, now)]
    until = min((each.valid_until for given in there for each in given.quotes), default=None)
    return Terms(
        _sum(given.amount for given in there), _sum(given.fee for given in there), until, refunds.last
    )


def _by_themselves(row: Any) -> bool:
    """Whether its guest ended it, without a refund."""
    return Life(row.life) is Life.CANCELLED and row.decided_by == BY_THEMSELVES.staff_id


def _as_asked(refunds: Sequence[RefundRow]) -> Terms:
    amount = _sum(each.asked.amount for each in refunds)
    quotes = (quote for each in refunds for quote in each.asked.quotes)
    price = total((quote.total for quote in quotes), amount.currency)
    return Terms(amount, price - amount, refund=_together(refunds))


def _together(refunds: Sequence[RefundRow]) -> RefundRow:
    """Those of several tills as one: the sum of all, as far as the one that has the longest way to go."""
    waits = [row for row in refunds if row.state is not State.DONE] or list(refunds)
    slowest = min(waits, key=lambda row: row.state is not State.REQUESTED)
    amount = _sum(row.asked.amount for row in refunds)
    return replace(slowest, asked=replace(slowest.asked, amount=amount))


def _sum(amounts: Iterable[Money]) -> Money:
    """Of some."""
    listed = list(amounts)
    return total(listed, listed[0].currency)


def call_off(
    setup: SetUp, guest_id: str, booking_id: str, reason: str, back: Told | None = None
) -> CalledOff:
    """Asked twice it is one refund, and what they ended is ended. `reason` is kept where there is none. `back` is what
    the guest was told goes back; another amount by now is refused as `quote_expired`; where nothing goes back and money
    stays it must be said, else `refund_nothing`. Refuses as `terms`, and `recovering`."""
    connection = setup.connection
    mine(connection, guest_id, booking_id)
    row = locked(connection, booking_id, "", locks_to_end(connection, booking_id))
    refunds = _Refunds.of(connection, booking_id)
    if refunds.under_way or refunds.have_ended(connection, row):
        return CalledOff(row, _together(refunds.begun))
    refunds.check_free()
    if _by_themselves(row):
        return CalledOff(row)
    sale = _paid(connection, row)
    if sale is None:
        _check_same(back, Money(0, row.currency))
        deciding.cancel(BY_THEMSELVES, row, tidy(reason), setup)
        return CalledOff(row_of(connection, booking_id))
    sale = locked_sale(connection, sale.sale_id)  # it may have come while its locks were waited for
    refuse_scarce(connection)
    if (stays := _kept(connection, sale, setup.now)) is not None:
        return _ended(setup, row, reason, stays, back)
    there = offers(connection, booking_id, _WHY, setup.now)
    _check_same(back, _sum(given.amount for _, given in there))
    begun = [begin(setup, held, given, _WHY) for held, given in there]
    return CalledOff(row, _together([RefundRow(asked, setup.now) for asked in begun]))


def _ended(setup: SetUp, row: Any, reason: str, stays: Money, back: Told | None) -> CalledOff:
    """Nothing goes back for it, as the guest was told. Refuses `booking_paid` before it is confirmed."""
    if Life(row.life) is not Life.CONFIRMED:
        raise Refused(Code.BOOKING_PAID)
    if stays and back is None:
        raise Refused(Code.REFUND_NOTHING)
    _check_same(back, stays.zero)
    deciding.cancel(BY_THEMSELVES, row, tidy(reason), setup, known=stays.minor)
    return CalledOff(row_of(setup.connection, row.booking_id))


def _kept(connection: Connection, sale: SaleHeld, now: datetime) -> Money | None:
    """What stays where nothing goes back; None where something does."""
    try:
        return kept_of(connection, sale, now)
    except Refused as refused:
        if refused.code is Code.REFUND_DUE:
            return None
        raise


def _paid(connection: Connection, row: Any) -> SaleHeld | None:
    """The sale of what is paid, before or after it was confirmed; None for what is not paid yet."""
    sale_id = paid_sale(connection, row.booking_id)
    if Life(row.life) not in (*HOLDS, Life.CONFIRMED) or (Life(row.life) is Life.CONFIRMED and not sale_id):
        raise Refused(Code.BOOKING_IS, life=row.life)
    return read_sold.sale_held(connection, sale_id) if sale_id else None


def _check_same(told: Told | None, now: Money) -> None:
    if told is not None and told not in ((now.minor, now.currency), (now.minor, "")):
        raise Refused(Code.QUOTE_EXPIRED)
