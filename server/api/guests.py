"""Guests by themselves: registering and signing in by a code, and what they say of themselves."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from domain.errors import Refused
from domain.guest import Guest
from ledger import read_guests
from server import api_tokens, codes, guest_accounts
from server.api import asks, rows, shown
from server.api.asking import GuestOf, address_of, limited, write
from server.api.bodies import reads
from server.api.declared import GUEST, needs, problems
from server.api.limits import ADDRESS, ALL_CODES, CODES, SIGN_IN
from server.parts import PartsOf, token_of
from server.setup import SetUp

router = APIRouter(tags=["guests"])
_PUBLIC = problems(400, 413, 415, 429)
_OWN = problems(401, 429)
_SENDS = [Depends(limited(ADDRESS, CODES, ALL_CODES))]
_ASKS = [Depends(limited(ADDRESS))]


@router.post(
    "/v1/guest/registrations",
    status_code=202,
    responses=_PUBLIC,
    openapi_extra=needs(body="Register"),
    dependencies=_SENDS,
)
async def register(
    parts: PartsOf, request: Request, said: Annotated[asks.Register, Depends(reads(asks.Register))]
) -> shown.CodeOnItsWay:
    """Sends a code to the e-mail address, or else to the phone. The answer is the same for a contact that the venue
    knows: then the code signs in whoever is known by it, and nothing else that was said here counts."""
    to = guest_accounts.contact(said.email or said.phone)
    told = guest_accounts.tidied(said.model_dump())
    return await write(
        parts,
        lambda setup: _on_its_way(
            guest_accounts.register(setup, tuple(pair for pair in told if pair[1]), to, address_of(request))
        ),
    )


def _on_its_way(asked: codes.Asked) -> shown.CodeOnItsWay:
    return shown.CodeOnItsWay(until=asked.until, verification=asked.verification)


@router.post(
    "/v1/guest/codes",
    status_code=202,
    responses=_PUBLIC,
    openapi_extra=needs(body="AskCode"),
    dependencies=_SENDS,
)
async def send_code(
    parts: PartsOf, request: Request, said: Annotated[asks.AskCode, Depends(reads(asks.AskCode))]
) -> shown.CodeOnItsWay:
    """A code to sign in with, to whoever is known by the contact; the answer is the same where nobody is. With the
    `verification` of the code before, either is good."""
    to = guest_accounts.contact(said.contact)
    asked = address_of(request), said.verification
    return await write(parts, lambda setup: _on_its_way(guest_accounts.send_again(setup, to, *asked)))


@router.post(
    "/v1/guest/tokens",
    responses=_PUBLIC | problems(401),
    openapi_extra=needs(body="SignIn"),
    dependencies=[Depends(limited(ADDRESS, SIGN_IN))],
)
async def sign_in(
    parts: PartsOf, said: Annotated[asks.SignIn, Depends(reads(asks.SignIn))]
) -> shown.GuestToken:
    """The code for a token. A code holds for five minutes, for five tries, and once; and only with the `verification`
    under which it was asked for."""
    to, tried = guest_accounts.contact(said.contact), (said.code, said.verification)
    issued = await write(parts, lambda setup: guest_accounts.sign_in(setup, to, *tried))
    return shown.GuestToken(token=issued.token, expires_at=issued.expires_at)


@router.delete(
    "/v1/guest/token", status_code=204, responses=_OWN, openapi_extra=needs(GUEST), dependencies=_ASKS
)
async def sign_out(parts: PartsOf, request: Request, _guest: GuestOf) -> Response:
    """The token is worth nothing any more."""
    token = token_of(request)
    await parts.database.write(lambda c: api_tokens.sign_out_guest(c, token))
    return Response(status_code=204)


@router.get("/v1/guest", responses=_OWN, openapi_extra=needs(GUEST), dependencies=_ASKS)
async def me(parts: PartsOf, guest: GuestOf) -> shown.Me:
    now = parts.clock.now()
    return await parts.database.read(lambda c: rows.me(c, read_guests.known(c, guest), now))


@router.patch(
    "/v1/guest",
    responses=_OWN | _PUBLIC,
    openapi_extra=needs(GUEST, body="Change"),
    dependencies=_ASKS,
)
async def change(
    parts: PartsOf, guest: GuestOf, said: Annotated[asks.Change, Depends(reads(asks.Change))]
) -> shown.Me:
    """What is left out stays. A contact that is another is not proved."""
    told = said.model_dump(exclude_none=True)
    return await write(parts, lambda setup: _me(setup, guest_accounts.change(setup, guest, told)))


def _me(setup: SetUp, guest: Guest) -> shown.Me:
    return rows.me(setup.connection, guest, setup.now)


@router.post(
    "/v1/guest/contact-codes",
    status_code=202,
    responses=_OWN | _PUBLIC,
    openapi_extra=needs(GUEST, body="AskOwnCode"),
    dependencies=_SENDS,
)
async def send_own_code(
    parts: PartsOf, guest: GuestOf, said: Annotated[asks.AskOwnCode, Depends(reads(asks.AskOwnCode))]
) -> shown.CodeOnItsWay:
    """A code to one's own phone or address, to prove it."""
    to = said.channel.value, said.verification
    return await write(parts, lambda setup: _on_its_way(guest_accounts.send_own(setup, guest, *to)))


@router.post(
    "/v1/guest/contact-proofs",
    responses=_OWN | _PUBLIC,
    openapi_extra=needs(GUEST, body="Prove"),
    dependencies=[Depends(limited(ADDRESS, SIGN_IN))],
)
async def prove(
    parts: PartsOf, guest: GuestOf, said: Annotated[asks.Prove, Depends(reads(asks.Prove))]
) -> shown.Me:
    """The code that came to a contact of one's own: it is proved."""
    tried = said.code, said.verification
    return await write(parts, lambda setup: _proved(setup, guest_accounts.prove(setup, guest, *tried)))


def _proved(setup: SetUp, guest: Guest | Refused) -> shown.Me | Refused:
    return guest if isinstance(guest, Refused) else _me(setup, guest)
