"""Who asks at an endpoint of the API, how often they may, and how it works in the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from sqlalchemy import Connection

from domain.errors import Code, Refused
from ledger.clock import to_ms
from server import api_tokens
from server.api import limits
from server.api_tokens import SignedIn
from server.parts import Parts, parts_of, token_of
from server.setup import SetUp
from server.tokens import hash_of

T = TypeVar("T")


def limited(*rules: str) -> Callable[[Request], Awaitable[None]]:
    """How often an address may ask here; refuses `too_many`."""

    async def check(request: Request) -> None:
        for rule in rules:
            take(parts_of(request), rule, "" if rule == limits.ALL_CODES else address_of(request))

    return check


def address_of(request: Request) -> str:
    """Whom the peer's address stands for, as `limits` sees it."""
    return limits.net_of(request.client.host if request.client else "")


def take(parts: Parts, rule: str, whose: str) -> None:
    """Refuses `too_many`."""
    if seconds := parts.limits.wait(rule, whose, parts.clock.monotonic()):
        raise Refused(Code.TOO_MANY, seconds=seconds)


async def _guest(request: Request) -> str:
    """The guest whose token it is. Refuses `token_invalid`, `too_many`."""
    parts, token = parts_of(request), token_of(request)
    now = to_ms(parts.clock.now())
    guest_id = await parts.database.read(lambda c: api_tokens.guest_of(c, token, now))
    take(parts, limits.TOKEN, hash_of(token))
    return guest_id


async def _staff(request: Request) -> SignedIn:
    """Who is signed in at which station. Refuses `token_invalid`, `too_many`."""
    parts, token = parts_of(request), token_of(request)
    now = to_ms(parts.clock.now())
    found = await parts.database.read(lambda c: api_tokens.staff_of(c, token, now))
    take(parts, limits.TOKEN, hash_of(token))
    return found


GuestOf = Annotated[str, Depends(_guest)]
StaffOf = Annotated[SignedIn, Depends(_staff)]


async def write(parts: Parts, work: Callable[[SetUp], T | Refused]) -> T:
    """One transaction under the server's origin. A refusal that is raised takes back what was written; one that is
    returned keeps it, and is raised then."""

    def run(connection: Connection) -> T | Refused:
        setup = SetUp(connection, parts.clock, parts.database.ids, pepper=parts.secrets.pepper)
        result = work(setup)
        setup.publish()
        return result

    outcome = await parts.database.write(run)
    if isinstance(outcome, Refused):
        raise outcome
    return outcome
