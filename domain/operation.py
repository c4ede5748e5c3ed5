"""Every operation: a small frozen record of what happened.

Facts of this version: shift, sale, card, gate, leases, people, cases. Under the server's own origin: set-up, enrolment,
leases granted and revoked, cases settled.
A new field gets a default, so that an operation of every version ever shipped can still be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.catalogue import Words
from domain.money import Money
from domain.receipt import Receipt

# shift -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Piece:
    """`count` notes or coins of `note` minor units."""

    note: int
    count: int


@dataclass(frozen=True, slots=True)
class ShiftOpened:
    shift_id: str
    opening: Money
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class CashMoved:
    """`move`: cash_in, cash_out, drop, or no_sale (amount zero)."""

    move_id: str
    shift_id: str
    move: str
    amount: Money
    reason: str
    approver_id: str = ""


@dataclass(frozen=True, slots=True)
class ShiftCounted:
    """A blind count and what was expected at that moment."""

    count_id: str
    shift_id: str
    counted: Money
    expected: Money
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class ShiftClosed:
    """`number` is the Z's; `difference` = counted - expected; `provisional` while something waits for a person."""

    shift_id: str
    number: str
    count_id: str
    counted: Money
    expected: Money
    difference: Money
    approver_id: str
    note: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class ReportRead:
    """A report of an open shift was printed; `what` is X. `full`: with the cash, read by `approver_id`, or by the one
    who acts where it is empty."""

    report_id: str
    shift_id: str
    what: str
    full: bool
    approver_id: str = ""


# sale ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BookedLine:
    """A charge: `gross` is VAT-inclusive for the quantity, `rate` in basis points. `session` 0 = none."""

    charge_id: str
    product: int
    name: Words
    session: int
    quantity: int
    gross: Money
    vat: Money
    rate: int


@dataclass(frozen=True, slots=True)
class IssuedTicket:
    ticket_id: str
    product: int
    session: int
    places: int
    code: str


@dataclass(frozen=True, slots=True)
class BookingMade:
    """A walk-in, confirmed from the start; `day` is the first day of its tickets."""

    booking_id: str
    day: date
    lines: tuple[BookedLine, ...]
    tickets: tuple[IssuedTicket, ...]
    override_id: str = ""


@dataclass(frozen=True, slots=True)
class TenderPart:
    """One payment of a sale: cash with `tendered` (change = tendered - amount), or card with its attempt."""

    payment_id: str
    method: str
    amount: Money
    tendered: Money
    attempt_id: str = ""
    scheme: str = ""
    wallet: str = ""
    last4: str = ""
    approval: str = ""


@dataclass(frozen=True, slots=True)
class SaleClosed:
    """Charges of a booking settled by tenders; `receipt` is the document as issued, for good."""

    sale_id: str
    booking_id: str
    day: date
    shift_id: str
    document_id: str
    number: str
    receipt: Receipt
    tenders: tuple[TenderPart, ...]


@dataclass(frozen=True, slots=True)
class RefundPart:
    """Money of one payment that went back; a card part names its approved reversal. Cash for a card payment whose
    reversal was refused is `cash` without a scheme: the card money stays where it is."""

    refund_id: str
    payment_id: str
    method: str
    amount: Money
    scheme: str = ""
    attempt_id: str = ""


@dataclass(frozen=True, slots=True)
class SaleVoided:
    """A credit note over a whole sale: its charges and `tickets` end, the places of `sessions` return."""

    void_id: str
    sale_id: str
    booking_id: str
    day: date
    shift_id: str
    document_id: str
    number: str
    receipt: Receipt
    refunds: tuple[RefundPart, ...]
    charges: tuple[str, ...]
    tickets: tuple[str, ...]
    sessions: tuple[int, ...]
    reason: str
    approver_id: str


@dataclass(frozen=True, slots=True)
class DocumentReprinted:
    reprint_id: str
    document_id: str
    copy: int
    what: str


# card ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CardAsked:
    """Durable before the terminal hears anything. `direction`: charge or reversal (of `original_id`)."""

    attempt_id: str
    direction: str
    sale_id: str
    amount: Money
    terminal: str
    original_id: str = ""


@dataclass(frozen=True, slots=True)
class CardApproved:
    attempt_id: str
    amount: Money
    scheme: str
    wallet: str
    last4: str
    approval: str
    rrn: str
    batch: str
    terminal_id: str
    entry_mode: str


@dataclass(frozen=True, slots=True)
class CardDeclined:
    attempt_id: str
    reason: Words
    response: str


@dataclass(frozen=True, slots=True)
class CardCancelled:
    """A definite end with nothing charged: cancelled at the terminal, or the request never left."""

    attempt_id: str
    why: str


@dataclass(frozen=True, slots=True)
class CardUnknown:
    attempt_id: str
    why: str


@dataclass(frozen=True, slots=True)
class CardResolved:
    """An unknown attempt became known: `outcome` captured, declined or parked; `how` query, slip or settlement."""

    attempt_id: str
    outcome: str
    how: str
    amount: Money
    scheme: str
    wallet: str
    last4: str
    approval: str
    rrn: str
    batch: str
    approver_id: str = ""
    reason: str = ""


# gate ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GuestAdmitted:
    """`again`: a re-entry that staff allowed; it does not count as a second entry. `day` is the ticket's first."""

    admission_id: str
    ticket_id: str
    product: int
    session: int
    day: date
    gate: Words
    again: bool


@dataclass(frozen=True, slots=True)
class AdmissionUndone:
    admission_id: str
    ticket_id: str
    day: date


@dataclass(frozen=True, slots=True)
class ScanRefused:
    """`code` is the field's (vocabulary: `invalid` for whatever is not ours), `why` ours in detail. `digest` stands
    for what was scanned, under the venue's key; the text itself may be anything and is not kept."""

    scan_id: str
    code: str
    why: str
    ticket_id: str
    digest: str
    gate: Words
    day: date


# leases of places ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LeaseTaken:
    """This station has a lease that the server granted: from now on it may sell these places. A fact, so that a server
    restored from a backup learns of it again."""

    lease_id: str
    session: int
    day: date
    places: int


@dataclass(frozen=True, slots=True)
class LeaseReturned:
    """This station will not sell these places of what it was given. `used` is how many of the session it sold."""

    return_id: str
    session: int
    day: date
    places: int
    used: int


@dataclass(frozen=True, slots=True)
class LeaseCut:
    """This station knows that a supervisor took these places from it (`cut_id` is the revocation's)."""

    cut_id: str
    session: int
    day: date
    places: int


# people ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`offline`: by the cached verifier while the server did not answer."""

    sign_in_id: str
    offline: bool


@dataclass(frozen=True, slots=True)
class SignedOut:
    sign_in_id: str


@dataclass(frozen=True, slots=True)
class SignInFailed:
    """Somebody gave a wrong PIN for `staff_id`; `tries_left` before it locks."""

    sign_in_id: str
    staff_id: str
    tries_left: int


@dataclass(frozen=True, slots=True)
class OverrideGiven:
    """A second person's yes on the spot, for `permission`, about `subject`."""

    override_id: str
    approver_id: str
    permission: str
    subject: str
    reason: str


# cases -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """Staff put something on the list: `text` for a supervisor, about the document `number` if it is about one."""

    told_id: str
    text: str
    number: str = ""


# the server's own ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RecordSaved:
    """Set-up changed: `old` and `new` are canonical JSON, `old` empty for a new record."""

    kind: str
    record_id: str
    revision: int
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class LeaseGranted:
    lease_id: str
    station_id: str
    session: int
    day: date
    places: int


@dataclass(frozen=True, slots=True)
class LeaseRevoked:
    """A supervisor took places back from a station that does not answer; should it sell them yet, that is flagged."""

    cut_id: str
    station_id: str
    session: int
    day: date
    places: int
    reason: str


@dataclass(frozen=True, slots=True)
class StationEnrolled:
    station_id: str
    name: str
    incarnation: int


@dataclass(frozen=True, slots=True)
class CaseSettled:
    """A person closed a case, in one of the ways of `domain.attention`."""

    case_id: str
    way: str
    note: str


Operation = (
    ShiftOpened | CashMoved | ShiftCounted | ShiftClosed | ReportRead
    | BookingMade | SaleClosed | SaleVoided | DocumentReprinted
    | CardAsked | CardApproved | CardDeclined | CardCancelled | CardUnknown | CardResolved
    | GuestAdmitted | AdmissionUndone | ScanRefused
    | LeaseTaken | LeaseReturned | LeaseCut
    | SignedIn | SignedOut | SignInFailed | OverrideGiven
    | CaseOpened
    | RecordSaved | StationEnrolled | LeaseGranted | LeaseRevoked | CaseSettled
)  # fmt: skip

KINDS: dict[str, type[Operation]] = {kind.__name__: kind for kind in Operation.__args__}
SERVER_ONLY = frozenset(("RecordSaved", "StationEnrolled", "LeaseGranted", "LeaseRevoked", "CaseSettled"))
VERSION = 1
