"""What services may ask of devices, and every way it can end. Drivers implement these; services import
nothing else.

All calls but `CodeSource.start/stop` wait for the device: they run in a task, never in the GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from domain.money import Money

# Card terminals ---------------------------------------------------------------------------------------------


class CardKind(StrEnum):
    """How an attempt stands. Only the first four are final; on the others the one legal next call is
    `query`."""

    APPROVED = "approved"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    NOT_STARTED = "not_started"
    UNKNOWN = "unknown"
    IN_PROGRESS = "in_progress"
    NOT_FOUND = "not_found"


FINAL = frozenset((CardKind.APPROVED, CardKind.DECLINED, CardKind.CANCELLED, CardKind.NOT_STARTED))


class CardReason(StrEnum):
    """Why, where a screen words it differently. `NONE` where the kind says all or the bank's text does."""

    NONE = ""
    UNREACHABLE = "unreachable"
    WRONG_TERMINAL = "wrong_terminal"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    LINE_LOST = "line_lost"
    WRONG_ANSWER = "wrong_answer"
    BATCH_CLOSED = "batch_closed"
    NO_ORIGINAL = "no_original"
    ALREADY_REVERSED = "already_reversed"


class CardProgress(StrEnum):
    """What the terminal is doing, for the payment panel."""

    SENT = "sent"
    WAITING_FOR_CARD = "waiting_for_card"
    BANK = "bank"


@dataclass(frozen=True, slots=True)
class CardOutcome:
    """The end of a purchase, reversal, refund or query.

    `amount` is what was approved (it may be less than asked: book that, ask for the rest), None where no
    money was named. `last4` is all of the card number that ever leaves a driver. `text_en`/`text_ar` are the
    bank's words.
    """

    kind: CardKind
    attempt_id: str
    amount: Money | None = None
    reason: CardReason = CardReason.NONE
    scheme: str = ""
    wallet: str = ""
    last4: str = ""
    approval: str = ""
    rrn: str = ""
    terminal_id: str = ""
    merchant_id: str = ""
    batch: str = ""
    aid: str = ""
    entry_mode: str = ""
    response_code: str = ""
    text_en: str = ""
    text_ar: str = ""
    at: datetime | None = None

    @property
    def final(self) -> bool:
        """Whether this answer can be relied on for good."""
        return self.kind in FINAL


class TerminalState(StrEnum):
    READY = "ready"
    BUSY = "busy"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class TerminalInfo:
    driver: str
    terminal_id: str
    merchant_id: str
    batch: str


@dataclass(frozen=True, slots=True)
class SchemeTotal:
    """Of the open batch: purchases less reversals of one scheme."""

    scheme: str
    count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Settlement:
    """A closed batch; its purchases can be refunded later but no longer reversed."""

    batch: str
    totals: tuple[SchemeTotal, ...]


class CardTerminal(Protocol):
    """One card terminal.

    `attempt_id` is made and stored by the caller before the call; asked twice, the terminal answers what it
    stored and never charges again. `purchase`, `reverse`, `refund` and `query` never raise for trouble: it is
    in the outcome. The others raise Unavailable("card_terminal").
    """

    def info(self) -> TerminalInfo: ...

    def ping(self) -> TerminalState:
        """Never raises: a terminal that does not answer is OFFLINE. A purchase that begins meanwhile is not turned away
        because of it."""
        ...

    def purchase(
        self, attempt_id: str, amount: Money, order_ref: str, on_progress: Callable[[CardProgress], None]
    ) -> CardOutcome:
        """Asks for `amount`. NOT_STARTED only when the request provably never left or was turned away
        unread."""
        ...

    def reverse(self, attempt_id: str, original_attempt_id: str, amount: Money) -> CardOutcome:
        """Takes the whole of an approved purchase back, while its batch is open; APPROVED means it was taken
        back."""
        ...

    def refund(self, attempt_id: str, original_attempt_id: str, amount: Money) -> CardOutcome:
        """Gives `amount` of an approved purchase back to its card, in whatever batch; APPROVED means that it is given,
        no more than was taken in all."""
        ...

    def query(self, attempt_id: str) -> CardOutcome:
        """What the terminal knows of an attempt: a final kind, IN_PROGRESS, NOT_FOUND, or UNKNOWN when it is
        mute."""
        ...

    def cancel(self, attempt_id: str) -> None:
        """Only a wish: what happened is what `purchase` or `query` then says."""
        ...

    def totals(self) -> tuple[SchemeTotal, ...]: ...

    def settle(self) -> Settlement: ...


# Printers ---------------------------------------------------------------------------------------------------


class Trouble(StrEnum):
    """Why nothing is printed, in the words staff need. With NOT_DRAWN there is no paper to send, and the printer may be
    well."""

    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    DEVICE_ERROR = "device_error"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"
    FOLDER = "folder"
    NOT_DRAWN = "not_drawn"


@dataclass(frozen=True, slots=True)
class Printed:
    """The printer said so, or cannot say and took all of it (`proved` False). `kept`: how the files begin in which a
    folder keeps the paper; empty for real paper."""

    proved: bool = True
    kept: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class InPrinter:
    """Sent, but not known to be on paper: it may come out when the trouble is over. Never send it again
    unasked."""

    reason: Trouble


@dataclass(frozen=True, slots=True)
class NotPrinted:
    """Nothing was sent: trying again is safe."""

    reason: Trouble


PrintOutcome = Printed | InPrinter | NotPrinted


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """`trouble` None means ready. `paper_low` is a warning only."""

    trouble: Trouble | None = None
    paper_low: bool = False
    drawer_open: bool = False


class ReceiptPrinter(Protocol):
    """A printer with a drawer on it. Trouble is in the answers; nothing is raised for it."""

    def print(self, job: bytes) -> PrintOutcome:
        """Prints one job (ESC/POS bytes; some printers take PDF too)."""
        ...

    def status(self) -> PrinterStatus: ...

    def open_drawer(self) -> PrintOutcome:
        """Printed means the pulse was taken; whether the drawer moved only its switch can tell."""
        ...


# Scanners ---------------------------------------------------------------------------------------------------


class CodeSource(Protocol):
    """Something that reads codes: scanner, camera, demo. `on_code` may be called from any thread."""

    def start(self, on_code: Callable[[str], None]) -> None: ...

    def stop(self) -> None:
        """Returns when nothing more will be called."""
        ...
