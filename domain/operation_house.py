"""What happens in the house: the gate, leases of places, people and cases, and what the server does itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.catalogue import Words

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
    restored from a backup learns of it again. `epoch` is that in which it was granted, empty where nobody noted it."""

    lease_id: str
    session: int
    day: date
    places: int
    epoch: str = ""


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
class MessageResent:
    """A person had a message sent again that had failed."""

    message_id: str


@dataclass(frozen=True, slots=True)
class CaseSettled:
    """A person closed a case, in one of the ways of `domain.attention`."""

    case_id: str
    way: str
    note: str
