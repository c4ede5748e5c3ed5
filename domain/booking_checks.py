"""What can be checked of a booking without a person, shown to whoever decides about it. They decide all the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.guest import Guest


class Check(StrEnum):
    """`contact`: somebody proved to be reached there. `places` are kept for it. `day`: it is not over. `welcome`: the
    guest is not banned. `plain`: nothing beyond the products is wished for. `membership`: the guest has those that the
    products are for, on their days."""

    CONTACT = "contact"
    PLACES = "places"
    DAY = "day"
    WELCOME = "welcome"
    PLAIN = "plain"
    MEMBERSHIP = "membership"


TO_READ = (Check.CONTACT, Check.PLAIN)  # for a person to look at; all else speaks against the booking


@dataclass(frozen=True, slots=True)
class Room:
    """A session, or goods on a day: of all that there are (`capacity`) so many are sold or kept for bookings (`taken`),
    the `wanted` of this booking among them; `kept` of these are kept for it still."""

    wanted: int
    kept: int
    taken: int
    capacity: int

    @property
    def fits(self) -> bool:
        return self.kept >= self.wanted and self.taken <= self.capacity


def checks(
    guest: Guest | None,
    note: str,
    *,
    in_time: bool,
    rooms: Sequence[Room],
    banned: bool = False,
    member: bool | None = None,
) -> tuple[tuple[Check, bool], ...]:
    """Each check and whether it went well; `in_time` while a session of it is still to come or runs, `banned` by any
    record of theirs. Where it is for nothing of which there is a number (`rooms`), or for no members (`member` None),
    that is not checked. Of a guest who is not known (any more) nothing speaks for them."""
    return (
        (Check.CONTACT, guest is not None and guest.is_verified),
        *(((Check.PLACES, all(room.fits for room in rooms)),) if rooms else ()),
        (Check.DAY, in_time),
        (Check.WELCOME, guest is not None and not guest.erased and not (banned or guest.is_banned)),
        (Check.PLAIN, not note.strip()),
        *(() if member is None else ((Check.MEMBERSHIP, member),)),
    )


def speaks_against(made: Sequence[tuple[Check, bool]]) -> tuple[Check, ...]:
    """Those that went wrong and are more than something to read."""
    return tuple(check for check, well in made if not well and check not in TO_READ)
