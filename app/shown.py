"""What services hand to screens: frozen records, ready to show. Money, times and both languages' words; no rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.cart import Cart
from domain.catalogue import Activity, MembershipPlan, Product, Words
from domain.money import Money


@dataclass(frozen=True, slots=True)
class StaffTile:
    """A person on the sign-in page. `sample_pin` is set only on the sample venue."""

    staff_id: str
    name: Words
    role: str
    language: str
    sample_pin: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """A second person's yes: who, their PIN, and why."""

    staff_id: str
    pin: str
    reason: str = ""


# Sell ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SessionTile:
    """`stale` when the count may be old (no network): shown with "~". `now` while it runs. `here` is set when
    `stale`: so many places this till may sell by itself, those of the cart on the screen among them."""

    number: int
    activity: Words
    starts_at: datetime
    ends_at: datetime
    capacity: int
    left: int
    now: bool
    stale: bool
    here: int | None = None
    activity_id: str = ""


@dataclass(frozen=True, slots=True)
class ProductTile:
    """`left` is None for what has neither places nor a number a day; `full` greys the tile and names `next_session`
    when one has room. `here` is set while counts may be old: so many this till may sell by itself. What is `elsewhere`
    is of another activity than the chosen session, and sold for `next_session`."""

    product: Product
    left: int | None
    low: bool
    full: bool
    next_session: SessionTile | None = None
    here: int | None = None
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class SellPage:
    """`turns_in`: when the next session begins or ends; None when none does any more today. `plans` of memberships.
    What is `withdrawn`, by number, is not sold any more, though a sale that was begun may have it. `activities` are all
    that the venue has."""

    day: date
    sessions: tuple[SessionTile, ...]
    chosen: int
    categories: tuple[str, ...]
    tiles: tuple[ProductTile, ...]
    currency: str
    shift_open: bool
    turns_in: timedelta | None = None
    plans: tuple[MembershipPlan, ...] = ()
    withdrawn: frozenset[int] = frozenset()
    activities: tuple[Activity, ...] = ()


@dataclass(frozen=True, slots=True)
class ParkedCart:
    parked_id: str
    label: Words
    parked_at: datetime
    cart: Cart
    total: Money


# Payment ---------------------------------------------------------------------------------------------------------


class TenderStatus(StrEnum):
    DONE = "done"
    ENTERING = "entering"
    WAITING = "waiting"
    UNKNOWN = "unknown"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TenderRow:
    """A payment in this sale. `method` cash or card. `asked` is set when a card gave less than it was asked for. Of a
    card that failed `reason` has the bank's words; where it gave none, `why` is the code that the screen words."""

    method: str
    status: TenderStatus
    amount: Money
    at: datetime
    scheme: str = ""
    wallet: str = ""
    last4: str = ""
    approval: str = ""
    reason: Words | None = None
    attempt_id: str = ""
    asked: Money | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Paid:
    """The sale is closed and durable. `tickets` were queued for printing beside the receipt."""

    sale_id: str
    document_id: str
    number: str
    total: Money
    change: Money
    tickets: int


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """A half-paid sale. `unknown` is the amount of an attempt whose outcome is not known: nothing else may
    be charged."""

    sale_id: str
    cart: Cart
    total: Money
    paid: Money
    left: Money
    unknown: Money
    tenders: tuple[TenderRow, ...]
    quick: tuple[Money, ...]
    terminal: str
    paid_in_full: Paid | None = None


@dataclass(frozen=True, slots=True)
class CardStep:
    """Progress of the terminal: `step` is sent, waiting, bank or query; `tries` counts queries."""

    step: str
    at: datetime
    tries: int = 0


@dataclass(frozen=True, slots=True)
class OpenPayment:
    """A sale whose payment is not finished, on the list "To resolve". It has no document yet: `first` is what was
    added first, `seller` who sells it; `paid` is certain, `unknown` may be. `needs_person`: money was taken, or
    a card was asked and nobody waits for its answer any more."""

    sale_id: str
    total: Money
    paid: Money
    unknown: Money
    since: datetime
    items: int
    first: Words
    seller: Words
    needs_person: bool = True


# Gate ------------------------------------------------------------------------------------------------------------


class Colour(StrEnum):
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class ScanResult:
    """One answer at the gate. `code` is `ok`, `ok_reentry` or a scan code of domain.errors; it picks the words.

    `group_in` of `group_of` guests of this booking are in. `entry_*` tell when, where and by whom it was used. `guest`
    is who comes on the ticket, where that was written.
    """

    code: str
    colour: Colour
    at: datetime
    offline: bool
    ticket_id: str = ""
    ticket_short: str = ""
    product: Words | None = None
    session_starts: datetime | None = None
    session_ends: datetime | None = None
    valid_on: date | None = None
    group_in: int = 0
    group_of: int = 0
    group_mix: tuple[tuple[Words, int], ...] = ()
    entry_at: datetime | None = None
    entry_gate: Words | None = None
    entry_by: str = ""
    admission_id: str = ""
    sale_number: str = ""
    repeated: bool = False
    guest: str = ""


@dataclass(frozen=True, slots=True)
class ScanRow:
    code: str
    colour: Colour
    at: datetime
    title: Words
    ticket_short: str
    gate: Words


@dataclass(frozen=True, slots=True)
class GateBoard:
    """The right column: last scans and the day's counts. `stale`: other gates may have admitted since, and
    the counts are shown with "~". `of_session`: how many came and are expected of the one that runs."""

    rows: tuple[ScanRow, ...]
    inside: int
    came: int
    expected: int
    session_starts: datetime | None
    stale: bool = False
    of_session: tuple[int, int] | None = None


# Sales list ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PaidBy:
    """A payment that stands; `why_not` is a refusal code, empty when what was keyed can be corrected now."""

    payment_id: str
    method: str
    scheme: str
    last4: str
    amount: Money
    why_not: str


@dataclass(frozen=True, slots=True)
class SaleRow:
    """A document of this station. `why_not_void` is a refusal code, empty when the sale may be voided now.
    `void_begun`: its card was reversed, or may have been, and the credit note is missing. `cash_instead` is the card
    money that may go back in cash since its reversal was refused; `in_cash` what a credit note gave back in cash;
    `payments` those of a sale of the open shift; `tickets` how many of it are good."""

    sale_id: str
    document_id: str
    number: str
    kind: str
    at: datetime
    cashier: Words
    total: Money
    methods: tuple[str, ...]
    items: int
    voided_by: str
    copies: int
    why_not_void: str
    void_begun: bool = False
    cash_instead: Money | None = None
    in_cash: Money | None = None
    payments: tuple[PaidBy, ...] = ()
    tickets: int = 0


@dataclass(frozen=True, slots=True)
class PrintJobRow:
    """`state`: queued, sending, done, failed, unconfirmed (may lie in the printer) or given_up. `reason` is
    a device code."""

    job_id: str
    kind: str
    title: str
    state: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Voided:
    credit_number: str
    total: Money
    cash_back: Money
    card_back: Money
