"""What happens about a guest. Names, numbers and notes are in the envelope's private part: see `domain.private`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GuestRegistered:
    """Somebody came to be known; what they said is private."""

    guest_id: str


@dataclass(frozen=True, slots=True)
class GuestChanged:
    """Something is known otherwise, or anew; what is private."""

    guest_id: str


@dataclass(frozen=True, slots=True)
class MembershipGiven:
    """A guest is a member of a plan from now on; plan, number and days are private."""

    guest_id: str
    membership_id: str


@dataclass(frozen=True, slots=True)
class MembershipEnded:
    """A membership counts no more."""

    guest_id: str
    membership_id: str


@dataclass(frozen=True, slots=True)
class CodeSent:
    """The server sent a one-time code to a contact of the guest: `channel` email or sms."""

    guest_id: str
    code_id: str
    channel: str


@dataclass(frozen=True, slots=True)
class GuestVerified:
    """The guest said the code back: the contact is theirs. `contact` is phone or email."""

    guest_id: str
    code_id: str
    contact: str


@dataclass(frozen=True, slots=True)
class GuestMerged:
    """Two were one: who is known as `guest_id` goes on as `into_id`."""

    guest_id: str
    into_id: str


@dataclass(frozen=True, slots=True)
class GuestErased:
    """What was known of a guest is forgotten, everywhere. `reason`: of `domain.guest.Erasure`."""

    guest_id: str
    reason: str
