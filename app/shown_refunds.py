"""What the refunds' service hands to screens: what a sale can give back, what it would be, and where each stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.shown_bookings import BookedSession, BookingLink
from domain.catalogue import Words
from domain.errors import Code
from domain.money import Money
from domain.refund import RESERVES, Reason, State
from domain.refund_nobody import Nobody
from domain.refund_offer import Choice
from domain.vat import VatLine


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket that can go back unless it is `gone`; `used`: its guest came in. `session` is the number of the one that
    it is for now; 0 for none."""

    ticket_id: str
    short: str
    used: bool
    gone: bool
    session: int = 0


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """What was sold: `pieces` of so many `sold` can still go back, at `price` each (less what went back while they
    stayed); `open_refund` of it is not over. `sessions` are those that its tickets are for now (of those that ended,
    only where all did), the earliest first, as far as known here."""

    charge_id: str
    name: Words
    pieces: int
    price: Money
    tickets: tuple[TicketRow, ...]
    open_refund: str
    sold: int
    sessions: tuple[BookedSession, ...] = ()

    @property
    def left(self) -> tuple[TicketRow, ...]:
        """Those that can go back."""
        return tuple(each for each in self.tickets if not each.gone)


@dataclass(frozen=True, slots=True)
class Decided:
    """A refund came to be `state` (approved, refused, withdrawn) by somebody, who may have said why."""

    state: State
    by: Words
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class RefundRow:
    """A refund as it stands. `here`: this station asked for it or took it up, so it is paid or withdrawn here; what the
    server began is `free` until one has. `decided` is what was decided last. While it is open, `due` is until when
    stations have the sale: an answer, and the money, must come before that. `unseen`: it was asked for or taken up
    here and was refused, and nobody here has looked at it since."""

    refund_id: str
    sale_id: str
    number: str
    amount: Money
    state: State
    reason: Reason
    note: str
    asker_id: str
    asked_by: Words
    asked_at: datetime
    decided: Decided | None
    here: bool
    free: bool = False
    due: datetime | None = None
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class TenderRow:
    """A payment, or how much goes back to one: `method` card or cash, with the card it was paid by. `is_back`: that
    card has its share already."""

    method: str
    amount: Money
    scheme: str = ""
    last4: str = ""
    is_back: bool = False


@dataclass(frozen=True, slots=True)
class RefundPage:
    """A sale and what of it can go back; `number` is empty where another station has the document. `ticket` is the one
    that it was found by, if it was; `beyond` came in for its booking beyond what that cost, None for nothing."""

    sale_id: str
    number: str
    day: date
    total: Money
    charges: tuple[ChargeRow, ...]
    payments: tuple[TenderRow, ...]
    refunds: tuple[RefundRow, ...]
    voided: bool
    online: bool
    ticket: str = ""
    beyond: Money | None = None

    @property
    def open_refund(self) -> str:
        """The refund of it that is not over; empty for none."""
        return next((each.refund_id for each in self.refunds if each.state in RESERVES), "")


@dataclass(frozen=True, slots=True)
class GivenRow:
    """So many pieces of what was sold, and what goes back for them; none where it stays."""

    pieces: int
    name: Words
    gross: Money


@dataclass(frozen=True, slots=True)
class GivenTicket:
    """A ticket that goes back; `times` of its session, where it has one and that is known here, and of which activity
    it is, where the sale has several."""

    name: Words
    short: str
    times: tuple[datetime, datetime] | None
    activity: Words | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What goes back, and what it is made of: of the `price` of what is given up the `fee` stays by the policies, which
    give `allowed`; `amount` goes back. `vat` is inside that; None where the sale is not known here. `stays`: nothing is
    given up."""

    price: Money
    fee: Money
    allowed: Money
    amount: Money
    vat: Money | None
    stays: bool = False


@dataclass(frozen=True, slots=True)
class NobodyMay:
    """Nobody may say yes, and `why`; of whom that keeps from it, those `who` come closest."""

    why: Nobody
    who: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class RefundTold:
    """All about one refund. `credit` is the number of its credit note. `decisions` by their time.

    `why_not_me` is why whoever is signed in may not say yes; `approvers` may (`approver_ids`), or `nobody`; those of
    `refuser_ids` may say no. `card_open`: it is not known if a card has its share. `shift_open` and `terminal` (its
    name) are this station's, which pays only if `row.here`.

    `taken` is who took up what the server began, and when; `best` the station at whose terminal its card was paid.
    `may_take` and `may_release`: at this station; `approved_by_me`: so somebody else takes it up and pays it.
    `guest` is whose booking made ahead it is of, and `booking` that; a walk-in has none. `tickets` are what goes back
    of it. `corrected`: a payment by which money is to go back was keyed wrongly, so it is asked for anew.
    """

    row: RefundRow
    station: Words
    lines: tuple[GivenRow, ...]
    tenders: tuple[TenderRow, ...]
    figures: Figures
    credit: str
    decisions: tuple[Decided, ...]
    why_not_me: Code | None
    approvers: tuple[Words, ...]
    may_withdraw: bool
    card_open: bool
    terminal: str
    shift_open: bool
    online: bool
    taken: tuple[Words, datetime] | None = None
    best: Words | None = None
    may_take: bool = False
    may_release: bool = False
    approved_by_me: bool = False
    guest: str = ""
    booking: BookingLink | None = None
    tickets: tuple[GivenTicket, ...] = ()
    approver_ids: tuple[str, ...] = ()
    voided: bool = False
    refuser_ids: tuple[str, ...] = ()
    nobody: NobodyMay | None = None
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits at this station: `to_pay` here or to be taken up, and who asked for each that waits for a yes
    (`asked_by`); of how many refunds that are not over (`open`). `refused` lately, of which `unseen` were asked for
    or taken up here and nobody here has looked at them."""

    to_pay: int = 0
    asked_by: tuple[str, ...] = ()
    open: int = 0
    refused: int = 0
    unseen: int = 0


NOTHING_WAITS = Waiting()


@dataclass(frozen=True, slots=True)
class Preview:
    """What would go back, before anybody asks. `fee` = `price` - `allowed` stays; `out_of_drawer` leaves the drawer;
    `approvers` may say yes, or `nobody`. It holds until `valid_until`, where a policy decided."""

    sale_id: str
    choice: Choice
    reason: Reason
    price: Money
    fee: Money
    allowed: Money
    amount: Money
    net: Money
    vat: Money
    vat_lines: tuple[VatLine, ...]
    tenders: tuple[TenderRow, ...]
    out_of_drawer: Money
    approvers: tuple[Words, ...]
    grounds: tuple[str, ...]
    valid_until: datetime | None
    nobody: NobodyMay | None = None

    @property
    def figures(self) -> Figures:
        return Figures(self.price, self.fee, self.allowed, self.amount, self.vat, self.choice.stays)


@dataclass(frozen=True, slots=True)
class PaidOut:
    """A refund that was paid: the credit note, and what went back how."""

    number: str
    total: Money
    cash_back: Money
    card_back: Money
