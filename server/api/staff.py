"""What administrators look at: signed in at a station by their PIN, each list by the permission that its screen needs.

They change nothing here: changes are asked for at the one door, `/v1/requests/{kind}`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Annotated, Any, Literal, TypeVar

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy import Connection

from domain.booking import Life
from domain.errors import Code, Refused
from domain.staff import ROLES, Permission, may
from ledger import read_cases, read_guests, read_refunds, read_setup
from ledger import tables as t
from ledger.wire import PROOF
from server import api_tokens, guest_bookings
from server.api import asks, rows, shown
from server.api.asking import StaffOf, limited, write
from server.api.bodies import Day, Text, reads
from server.api.declared import STAFF, STATION, needs, problems
from server.api.limits import ADDRESS, SIGN_IN
from server.api.pages import MOST, Page, Wanted, WantedOf, newest_first
from server.api_tokens import SignedIn
from server.parts import Parts, PartsOf, StationOf, token_of
from server.proofs import check_proven
from server.setup import SetUp

T = TypeVar("T", bound=BaseModel)
router = APIRouter(tags=["staff"], dependencies=[Depends(limited(ADDRESS))], responses=problems(401, 429))
LISTS: dict[str, Permission] = {
    "guests": Permission.REGISTER_GUEST,
    "bookings": Permission.BOOK,
    "refunds": Permission.REFUND_REQUEST,
    "messages": Permission.RESEND_MESSAGE,
    "cases": Permission.SETTLE_CASE,
}
_LISTED = problems(400, 403)
_ID = Annotated[Text, Path(min_length=1, max_length=64)]


def allowed(what: str) -> Callable[[SignedIn], Awaitable[SignedIn]]:
    """Refuses `not_allowed` unless the role of who is signed in has the permission of that list."""

    async def check(who: StaffOf) -> SignedIn:
        if not may(who.role, LISTS[what]):
            raise Refused(Code.NOT_ALLOWED, permission=LISTS[what].value)
        return who

    return check


# signing in -----------------------------------------------------------------------------------------------------------


@router.post(
    "/v1/staff/tokens",
    responses=problems(400, 403, 413, 415),
    openapi_extra=needs(STATION, body="StaffSignIn"),
    dependencies=[Depends(limited(SIGN_IN))],
)
async def sign_in(
    parts: PartsOf,
    request: Request,
    station: StationOf,
    said: Annotated[asks.StaffSignIn, Depends(reads(asks.StaffSignIn))],
    proof: Annotated[str, Header(alias=PROOF, min_length=1, max_length=128)],
) -> shown.StaffToken:
    """A station's token and the proof of a person's PIN for a token of that person there. Five wrong proofs, and the
    name is not heard from that station for five minutes."""
    staff_id, token = said.staff, token_of(request)
    proven = await parts.proofs.proven(parts.database, station.station_id, staff_id, proof)
    return await write(parts, lambda setup: _issue(setup, token, staff_id, proven))


def _issue(setup: SetUp, station_token: str, staff_id: str, proven: str) -> shown.StaffToken:
    check_proven(setup.connection, staff_id, proven)
    issued = api_tokens.issue_to_staff(setup.connection, station_token, staff_id, proven, setup.now)
    role = read_setup.staff_role(setup.connection, staff_id)
    permissions = sorted(each.value for each in ROLES.get(role, ()))
    return shown.StaffToken(token=issued.token, expires_at=issued.expires_at, permissions=permissions)


@router.delete("/v1/staff/token", status_code=204, openapi_extra=needs(STAFF))
async def sign_out(parts: PartsOf, request: Request, _who: StaffOf) -> Response:
    token = token_of(request)
    await parts.database.write(lambda c: api_tokens.sign_out_staff(c, token))
    return Response(status_code=204)


# lists ----------------------------------------------------------------------------------------------------------------


@router.get(
    "/v1/staff/guests",
    responses=_LISTED,
    openapi_extra=needs(STAFF),
    dependencies=[Depends(allowed("guests"))],
)
async def guests(
    parts: PartsOf, who: StaffOf, wanted: WantedOf, search: Annotated[Text, Query(max_length=120)] = ""
) -> Page[shown.StaffGuest]:
    """Everybody who is known, or whom `search` may mean: a name in either script, digits of a phone number, an e-mail
    address. Contacts are masked for who may not read them (`read_contact`), here and with one guest."""
    work = _found if search else _everybody
    return await parts.database.read(lambda c: work(c, search, wanted, who.role))


def _found(connection: Connection, search: str, wanted: Wanted, role: str) -> Page[shown.StaffGuest]:
    """In the order of a search; a page goes on after whoever ended the last one."""
    whole = may(role, Permission.READ_CONTACT)
    found = read_guests.find(connection, search, read_guests.ENOUGH, whole=whole)
    if (after := wanted.after(str)) is not None:
        ids = [each.guest_id for each in found]
        found = found[ids.index(after[0]) + 1 :] if after[0] in ids else []
    page, following = wanted.page(found, "guest_id")
    return Page(items=[rows.staff_guest(each, role) for each in page], next=following)


def _everybody(connection: Connection, _search: str, wanted: Wanted, role: str) -> Page[shown.StaffGuest]:
    """By id. Who goes on as somebody else or was erased is left out, so that a page may be short."""
    c, after = t.guest_entry.c, wanted.after(str)
    ids = sa.select(c.guest_id).distinct().order_by(c.guest_id).limit(wanted.limit + 1)
    found = ids if after is None else ids.where(c.guest_id > after[0])
    page, following = wanted.page(connection.execute(found).all(), "guest_id")
    known = read_guests.guests(connection, [row.guest_id for row in page])
    shown_ = [each for each in known if not each.erased and not each.merged_into]
    return Page(
        items=[rows.staff_guest(each, role) for each in sorted(shown_, key=lambda each: each.guest_id)],
        next=following,
    )


@router.get(
    "/v1/staff/guests/{guest}",
    responses=_LISTED | problems(404),
    openapi_extra=needs(STAFF),
    dependencies=[Depends(allowed("guests")), Depends(allowed("bookings"))],
)
async def guest_page(parts: PartsOf, who: StaffOf, guest: _ID) -> shown.StaffGuestPage:
    """One guest, as they are known now, with their bookings."""

    def work(connection: Connection) -> shown.StaffGuestPage:
        found = read_guests.known(connection, guest)
        theirs = guest_bookings.of_guest(connection, found.guest_id)
        has = rows.memberships(connection, found, parts.clock.now())
        return rows.staff_guest_page(found, who.role, has, rows.bookings_of(connection, theirs, MOST))

    return await parts.database.read(work)


@router.get(
    "/v1/staff/bookings",
    responses=_LISTED,
    openapi_extra=needs(STAFF),
    dependencies=[Depends(allowed("bookings"))],
)
async def bookings(
    parts: PartsOf, wanted: WantedOf, day: Day | None = None, life: Life | None = None
) -> Page[shown.StaffBooking]:
    """Bookings made ahead, the newest first."""
    c = t.reservation.c
    only = [c.day == day.isoformat()] if day else []
    only += [c.life == life.value] if life else []
    of = t.reservation, "at", "booking_id"
    return await _listed(parts, wanted, of, only, rows.staff_bookings)


async def _listed(
    parts: Parts,
    wanted: Wanted,
    of: tuple[sa.Table, str, str],
    only: Iterable[sa.ColumnElement[bool]],
    shown_as: Callable[[Connection, Sequence[Any]], list[T]],
) -> Page[T]:
    """A page of the rows of a table, the newest first; `of` names the columns of their time and key."""
    table, at, key = of

    def work(connection: Connection) -> Page[T]:
        asked = newest_first(table, table.c[at], table.c[key], wanted).where(*only)
        page, following = wanted.page(connection.execute(asked).all(), at, key)
        return Page(items=shown_as(connection, page), next=following)

    return await parts.database.read(work)


@router.get(
    "/v1/staff/refunds",
    responses=_LISTED,
    openapi_extra=needs(STAFF),
    dependencies=[Depends(allowed("refunds"))],
)
async def refunds(parts: PartsOf, wanted: WantedOf) -> Page[shown.StaffRefund]:
    """Refunds that were asked for, the newest first."""

    def shown_as(connection: Connection, page: Sequence[Any]) -> list[shown.StaffRefund]:
        told = (read_refunds.refund(connection, row.ask_id) for row in page)
        return [rows.staff_refund(each) for each in told if each]

    return await _listed(parts, wanted, (t.refund_ask, "at", "ask_id"), (), shown_as)


@router.get(
    "/v1/staff/messages",
    responses=_LISTED,
    openapi_extra=needs(STAFF),
    dependencies=[Depends(allowed("messages"))],
)
async def messages(
    parts: PartsOf,
    wanted: WantedOf,
    state: Literal["queued", "sending", "sent", "failed", "given_up", "overtaken"] | None = None,
) -> Page[shown.StaffMessage]:
    """How words to guests fare, the newest first."""
    only = [t.message.c.state == state] if state else []
    of = t.message, "at", "message_id"
    return await _listed(parts, wanted, of, only, lambda _, page: [rows.staff_message(row) for row in page])


@router.get(
    "/v1/staff/cases",
    responses=_LISTED,
    openapi_extra=needs(STAFF),
    dependencies=[Depends(allowed("cases"))],
)
async def cases(parts: PartsOf, wanted: WantedOf, open: bool | None = None) -> Page[shown.StaffCase]:  # noqa: A002
    """What a person must look at, or did; the newest first."""
    only = [] if open is None else [(t.case_item.c.closed_at == 0) == open]

    def shown_as(connection: Connection, page: Sequence[Any]) -> list[shown.StaffCase]:
        told = read_cases.case_rows(connection, [row.case_id for row in page])
        return [rows.staff_case(each) for each in told]

    return await _listed(parts, wanted, (t.case_item, "opened_at", "case_id"), only, shown_as)
