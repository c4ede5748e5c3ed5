"""Bookings of the guest who is signed in: made, looked at, called off; paid and paid back at a counter."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path
from sqlalchemy import Connection

from domain.errors import Refused
from ledger import tables as t
from server import guest_bookings, guest_cancelling, guest_names
from server.api import asks, rows, shown
from server.api.asking import GuestOf, limited, write
from server.api.bodies import Text, reads
from server.api.declared import GUEST, needs, problems
from server.api.limits import ADDRESS
from server.api.pages import Page, Wanted, WantedOf, newest_first
from server.parts import PartsOf
from server.setup import SetUp

router = APIRouter(tags=["guests"], dependencies=[Depends(limited(ADDRESS))], responses=problems(401, 429))
_ID = Annotated[Text, Path(min_length=1, max_length=64)]
_KEY = Annotated[str, Header(alias="Idempotency-Key", pattern=r"^[!-~]{1,64}$")]


@router.get("/v1/guest/bookings", responses=problems(400), openapi_extra=needs(GUEST))
async def mine(parts: PartsOf, guest: GuestOf, wanted: WantedOf) -> Page[shown.Booking]:
    """One's own bookings, the newest first."""
    return await parts.database.read(lambda c: _mine(c, guest, wanted))


def _mine(connection: Connection, guest_id: str, wanted: Wanted) -> Page[shown.Booking]:
    c = t.reservation.c
    found = newest_first(t.reservation, c.at, c.booking_id, wanted)
    found = found.where(guest_bookings.of_guest(connection, guest_id))
    page, following = wanted.page(connection.execute(found).all(), "at", "booking_id")
    return Page(items=rows.bookings(connection, page), next=following)


@router.post(
    "/v1/guest/bookings",
    status_code=201,
    responses=problems(400, 403, 409, 413, 415),
    openapi_extra=needs(GUEST, body="Book"),
)
async def book(
    parts: PartsOf, guest: GuestOf, key: _KEY, said: Annotated[asks.Book, Depends(reads(asks.Book))]
) -> shown.Booking:
    """Keeps places until the booking is paid at a counter, or `until`; where a product needs somebody's yes, until
    that. The same `Idempotency-Key` answers with the booking that was made under it."""
    lines = [(line.product, line.session, line.quantity) for line in said.lines]

    def work(setup: SetUp) -> shown.Booking | Refused:
        made = guest_bookings.book(setup, guest, key, lines, said.note, said.day)
        return made if isinstance(made, Refused) else rows.booking(setup.connection, made)

    return await write(parts, work)


@router.get("/v1/guest/bookings/{booking}", responses=problems(400, 404), openapi_extra=needs(GUEST))
async def one(parts: PartsOf, guest: GuestOf, booking: _ID) -> shown.Booking:
    return await parts.database.read(lambda c: rows.booking(c, guest_bookings.mine(c, guest, booking)))


@router.get("/v1/guest/bookings/{booking}/tickets", responses=problems(400, 404), openapi_extra=needs(GUEST))
async def tickets(parts: PartsOf, guest: GuestOf, booking: _ID) -> shown.BookedTickets:
    """The tickets of a booking, and who comes on them."""
    now = parts.clock.now()
    return rows.tickets(await parts.database.read(lambda c: guest_names.seats(c, guest, booking, now)))


@router.patch(
    "/v1/guest/bookings/{booking}/tickets",
    responses=problems(400, 404, 409, 413, 415),
    openapi_extra=needs(GUEST, body="NameTickets"),
)
async def name_tickets(
    parts: PartsOf,
    guest: GuestOf,
    booking: _ID,
    said: Annotated[asks.NameTickets, Depends(reads(asks.NameTickets))],
) -> shown.BookedTickets:
    """Says who comes, of some tickets or of all, until somebody came in on them; printed on the tickets and shown at
    the gate."""
    names = {each.ticket: each.guest for each in said.names}
    return rows.tickets(await write(parts, lambda setup: guest_names.name_them(setup, guest, booking, names)))


@router.get(
    "/v1/guest/bookings/{booking}/cancellation",
    responses=problems(400, 404, 409),
    openapi_extra=needs(GUEST),
)
async def terms(parts: PartsOf, guest: GuestOf, booking: _ID) -> shown.Cancellation:
    """What calling it off would give back by the venue's policies, what stays, and how the refund fares once it was
    called off."""
    now = parts.clock.now()
    return rows.cancellation(
        await parts.database.read(lambda c: guest_cancelling.terms(c, guest, booking, now))
    )


@router.post(
    "/v1/guest/bookings/{booking}/cancellation",
    responses=problems(400, 404, 409, 413, 415),
    openapi_extra=needs(GUEST, body="CallOff"),
)
async def call_off(
    parts: PartsOf,
    guest: GuestOf,
    booking: _ID,
    said: Annotated[asks.CallOff, Depends(reads(asks.CallOff))],
) -> shown.CalledOff:
    """What is not paid yet ends at once, and so does what is paid where nothing goes back and `back` says so. Else a
    refund begins: somebody at the venue approves it, a counter pays it, and then the booking ends. Asked again it is
    the same refund."""

    def work(setup: SetUp) -> shown.CalledOff:
        found = guest_cancelling.call_off(setup, guest, booking, said.reason, said.told)
        return rows.called_off(setup.connection, found)

    return await write(parts, work)
