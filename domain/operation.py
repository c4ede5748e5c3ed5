"""Every operation: a small frozen record of what happened, with its parts; the one place from which they are had.

Facts of this version: shift, sale, refund, card, gate, leases, people, cases, guests. Under the server's own origin:
set-up, enrolment, leases granted and revoked, cases settled, messages sent again, guests verified, merged and erased,
refunds asked for, taken up and decided, what becomes of bookings made ahead.
A new field gets a default, so that an operation of every version ever shipped can still be read.
"""

from __future__ import annotations

from domain.membership import SeenMembership as SeenMembership
from domain.operation_booking import (
    BookingApproved as BookingApproved,
)
from domain.operation_booking import (
    BookingCancelled as BookingCancelled,
)
from domain.operation_booking import (
    BookingChanged as BookingChanged,
)
from domain.operation_booking import (
    BookingConfirmed as BookingConfirmed,
)
from domain.operation_booking import (
    BookingExpired as BookingExpired,
)
from domain.operation_booking import (
    BookingExtended as BookingExtended,
)
from domain.operation_booking import (
    BookingHeld as BookingHeld,
)
from domain.operation_booking import (
    BookingOver as BookingOver,
)
from domain.operation_booking import (
    BookingRejected as BookingRejected,
)
from domain.operation_booking import (
    TicketRevoked as TicketRevoked,
)
from domain.operation_booking import (
    TicketsMoved as TicketsMoved,
)
from domain.operation_booking import (
    TicketsNamed as TicketsNamed,
)
from domain.operation_guest import (
    CodeSent as CodeSent,
)
from domain.operation_guest import (
    GuestChanged as GuestChanged,
)
from domain.operation_guest import (
    GuestErased as GuestErased,
)
from domain.operation_guest import (
    GuestMerged as GuestMerged,
)
from domain.operation_guest import (
    GuestRegistered as GuestRegistered,
)
from domain.operation_guest import (
    GuestVerified as GuestVerified,
)
from domain.operation_guest import (
    MembershipEnded as MembershipEnded,
)
from domain.operation_guest import (
    MembershipGiven as MembershipGiven,
)
from domain.operation_house import (
    AdmissionUndone as AdmissionUndone,
)
from domain.operation_house import (
    CaseOpened as CaseOpened,
)
from domain.operation_house import (
    CaseSettled as CaseSettled,
)
from domain.operation_house import (
    GuestAdmitted as GuestAdmitted,
)
from domain.operation_house import (
    LeaseCut as LeaseCut,
)
from domain.operation_house import (
    LeaseGranted as LeaseGranted,
)
from domain.operation_house import (
    LeaseReturned as LeaseReturned,
)
from domain.operation_house import (
    LeaseRevoked as LeaseRevoked,
)
from domain.operation_house import (
    LeaseTaken as LeaseTaken,
)
from domain.operation_house import (
    MessageResent as MessageResent,
)
from domain.operation_house import (
    OverrideGiven as OverrideGiven,
)
from domain.operation_house import (
    RecordSaved as RecordSaved,
)
from domain.operation_house import (
    ScanRefused as ScanRefused,
)
from domain.operation_house import (
    SignedIn as SignedIn,
)
from domain.operation_house import (
    SignedOut as SignedOut,
)
from domain.operation_house import (
    SignInFailed as SignInFailed,
)
from domain.operation_house import (
    StationEnrolled as StationEnrolled,
)
from domain.operation_refund import (
    CreditedLine as CreditedLine,
)
from domain.operation_refund import (
    GivenUp as GivenUp,
)
from domain.operation_refund import (
    RefundApproved as RefundApproved,
)
from domain.operation_refund import (
    RefundAsked as RefundAsked,
)
from domain.operation_refund import (
    RefundFailed as RefundFailed,
)
from domain.operation_refund import (
    RefundPaid as RefundPaid,
)
from domain.operation_refund import (
    RefundRefused as RefundRefused,
)
from domain.operation_refund import (
    RefundReleased as RefundReleased,
)
from domain.operation_refund import (
    RefundShare as RefundShare,
)
from domain.operation_refund import (
    RefundTaken as RefundTaken,
)
from domain.operation_refund import (
    RefundWithdrawn as RefundWithdrawn,
)
from domain.operation_till import (
    BookedLine as BookedLine,
)
from domain.operation_till import (
    BookingMade as BookingMade,
)
from domain.operation_till import (
    CardApproved as CardApproved,
)
from domain.operation_till import (
    CardAsked as CardAsked,
)
from domain.operation_till import (
    CardCancelled as CardCancelled,
)
from domain.operation_till import (
    CardDeclined as CardDeclined,
)
from domain.operation_till import (
    CardResolved as CardResolved,
)
from domain.operation_till import (
    CardUnknown as CardUnknown,
)
from domain.operation_till import (
    CashMoved as CashMoved,
)
from domain.operation_till import (
    DocumentReprinted as DocumentReprinted,
)
from domain.operation_till import (
    GivenOff as GivenOff,
)
from domain.operation_till import (
    IssuedTicket as IssuedTicket,
)
from domain.operation_till import (
    Piece as Piece,
)
from domain.operation_till import (
    RefundPart as RefundPart,
)
from domain.operation_till import (
    ReportRead as ReportRead,
)
from domain.operation_till import (
    SaleClosed as SaleClosed,
)
from domain.operation_till import (
    SaleVoided as SaleVoided,
)
from domain.operation_till import (
    ShiftClosed as ShiftClosed,
)
from domain.operation_till import (
    ShiftCounted as ShiftCounted,
)
from domain.operation_till import (
    ShiftOpened as ShiftOpened,
)
from domain.operation_till import (
    TenderCorrected as TenderCorrected,
)
from domain.operation_till import (
    TenderPart as TenderPart,
)

Operation = (
    ShiftOpened | CashMoved | ShiftCounted | ShiftClosed | ReportRead
    | BookingMade | SaleClosed | SaleVoided | RefundPaid | RefundFailed | TenderCorrected
    | DocumentReprinted
    | CardAsked | CardApproved | CardDeclined | CardCancelled | CardUnknown | CardResolved
    | GuestAdmitted | AdmissionUndone | ScanRefused
    | LeaseTaken | LeaseReturned | LeaseCut
    | SignedIn | SignedOut | SignInFailed | OverrideGiven
    | CaseOpened
    | GuestRegistered | GuestChanged | MembershipGiven | MembershipEnded
    | RecordSaved | StationEnrolled | LeaseGranted | LeaseRevoked | CaseSettled
    | MessageResent | CodeSent | GuestVerified | GuestMerged | GuestErased
    | RefundAsked | RefundApproved | RefundRefused | RefundWithdrawn | RefundTaken | RefundReleased
    | BookingHeld | BookingExtended | BookingConfirmed | BookingApproved | BookingRejected | BookingCancelled
    | BookingExpired | BookingChanged | TicketsMoved | BookingOver | TicketRevoked | TicketsNamed
)  # fmt: skip

KINDS: dict[str, type[Operation]] = {kind.__name__: kind for kind in Operation.__args__}
SERVER_ONLY = frozenset((
    "RecordSaved", "StationEnrolled", "LeaseGranted", "LeaseRevoked", "CaseSettled",
    "MessageResent", "CodeSent", "GuestVerified", "GuestMerged", "GuestErased",
    "RefundAsked", "RefundApproved", "RefundRefused", "RefundWithdrawn", "RefundTaken", "RefundReleased",
    "BookingHeld", "BookingExtended", "BookingConfirmed", "BookingApproved", "BookingRejected", "BookingCancelled",
    "BookingExpired", "BookingChanged", "TicketsMoved", "BookingOver", "TicketRevoked", "TicketsNamed",
))  # fmt: skip
VERSION = 1
