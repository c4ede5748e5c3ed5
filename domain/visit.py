"""The gate's decision: may this ticket come in now? The same function answers at every station, with or
without network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.catalogue import Session, Words
from domain.errors import Code
from domain.ticket import TicketCode


@dataclass(frozen=True, slots=True)
class Entry:
    """An admission that was not undone; `left_at` when the guest went out again."""

    admission_id: str
    at: datetime
    gate: Words
    staff_name: str
    left: bool = False


class Ended(StrEnum):
    """How a ticket ended: with the money (`canceled`), for another in its place (`moved`, `reissued`), or `revoked`."""

    CANCELED = "canceled"
    MOVED = "moved"
    REISSUED = "reissued"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Known:
    """What a station knows of a ticket. `sold` is False while the sale is still waiting on another till:
    then the signature alone speaks for it. `owed_minor` is what its booking still owes; `banned`: whoever booked."""

    sold: bool = False
    ended: Ended | None = None
    owed_minor: int = 0
    entries: tuple[Entry, ...] = ()
    banned: bool = False


@dataclass(frozen=True, slots=True)
class Admit:
    """Green: let the guest in. `again` when the ticket has been out and comes back."""

    again: bool = False


@dataclass(frozen=True, slots=True)
class Refuse:
    """Not green. `entry` is set for `already_redeemed`; `opens_at`/`closes_at`/`valid_on` for `invalid_time`."""

    code: Code
    entry: Entry | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    valid_on: date | None = None


Decision = Admit | Refuse
_SAID = {
    Ended.CANCELED: Code.SCAN_CANCELED,
    Ended.MOVED: Code.SCAN_MOVED,
    Ended.REISSUED: Code.SCAN_REPLACED,
    Ended.REVOKED: Code.SCAN_REVOKED,
}


def decide(
    code: TicketCode, known: Known, session: Session | None, *, now: datetime, today: date, early_minutes: int
) -> Decision:
    """Order of the answers: ended, not paid, wrong day, already inside, wrong session, banned, welcome.

    `today` is the venue's date at `now`. `session` is the ticket's session when this station knows it.
    A session opens its gate `early_minutes` before its start and lets nobody in after its end.
    """
    if known.ended is not None:
        return Refuse(_SAID[known.ended])
    if known.owed_minor > 0:
        return Refuse(Code.SCAN_UNPAID)
    if not code.first_day <= today <= code.last_day:
        return Refuse(Code.SCAN_TIME, valid_on=code.first_day)
    inside = [entry for entry in known.entries if not entry.left]
    if inside:
        return Refuse(Code.SCAN_ALREADY, entry=inside[0])
    if session is not None:
        opens, closes = session.starts_at - timedelta(minutes=early_minutes), session.ends_at
        if not opens <= now <= closes:
            return Refuse(Code.SCAN_TIME, opens_at=session.starts_at, closes_at=closes)
    if known.banned:
        return Refuse(Code.SCAN_BANNED)
    return Admit(again=bool(known.entries))
