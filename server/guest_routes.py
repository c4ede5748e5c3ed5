"""What stations ask under /v1 about guests in the name of whoever is signed in there: each shows the proof of their
PIN."""

from __future__ import annotations

import logging
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response
from sqlalchemy import Connection

from documents.guest_copy import copy_of
from domain import codec
from domain.staff import Permission, may
from ledger.read_setup import require, staff_role
from ledger.wire import PROOF, LetterAsk, LetterReply
from server.answers import as_json, check_text
from server.api.declared import STATION, has, needs, problems, tells
from server.letter_shown import letter_shown
from server.parts import Body, PartsOf, StationOf
from server.proofs import check_proven
from server.templates import TemplateWrong

log = logging.getLogger(__name__)
_Asker = Annotated[str, Query(min_length=1, max_length=64)]  # in whose name is asked
router = APIRouter(tags=["stations"], responses=problems(400, 401, 403, station=True))
_SPEAKS = problems(426, station=True)


@router.post(
    "/v1/letters",
    responses=tells("LetterReply", "What the guest would read") | problems(403, 404, station=True) | _SPEAKS,
    openapi_extra=needs(STATION, body="LetterAsk"),
)
async def letter(
    parts: PartsOf,
    station: StationOf,
    body: Body,
    staff: _Asker,
    proof: Annotated[str, Header(alias=PROOF)] = "",
) -> Response:
    """The message that a guest would get, for whoever is about to decide about their booking, may do so, and shows the
    proof of their PIN; empty where nobody tells the guest, or the venue's own words cannot be read."""
    said = codec.loads(LetterAsk, body)
    check_text(staff)
    proven = await parts.proofs.proven(parts.database, station.station_id, staff, proof)

    def work(connection: Connection) -> LetterReply:
        check_proven(connection, staff, proven)
        return letter_shown(connection, staff, said, parts.words)

    try:
        shown = await parts.database.read(work)
    except TemplateWrong as wrong:
        log.warning("a message cannot be shown: %s", wrong)
        shown = LetterReply("")
    return as_json(codec.dumps(shown))


@router.get(
    "/v1/guests/{guest}/copy",
    responses=has("All that is kept of a guest, for them to take along")
    | problems(403, 404, station=True)
    | _SPEAKS,
    openapi_extra=needs(STATION),
)
async def guest_copy(
    parts: PartsOf,
    station: StationOf,
    guest: Annotated[str, Path(min_length=1, max_length=64)],
    staff: _Asker,
    proof: Annotated[str, Header(alias=PROOF)] = "",
) -> Response:
    """Whoever asks by name shows the proof of their PIN, and may register guests; contacts are masked for who may not
    read them."""
    check_text(f"{guest}{staff}")
    proven = await parts.proofs.proven(parts.database, station.station_id, staff, proof)

    def work(connection: Connection) -> str:
        check_proven(connection, staff, proven)
        require(connection, staff, Permission.REGISTER_GUEST)
        whole = may(staff_role(connection, staff), Permission.READ_CONTACT)
        return copy_of(connection, guest, complete=True, whole=whole)

    return as_json(await parts.database.read(work))
