"""What a station recorded that is no till: its token is good, and who has it can say that something was sold there."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from domain import codec
from domain import operation as op
from domain.catalogue import StationInfo
from domain.envelope import Envelope
from ledger import read_setup
from ledger.case_checks import Finding
from ledger.cases import Judged, origin_of
from server.saved import saved

KIND = "no_till"
_SOLD = (op.BookingMade, op.SaleClosed, op.SaleVoided, op.RefundPaid, op.CashMoved, op.TenderCorrected)
_SEEN = "tills seen"


def judge_tills(
    connection: Connection, given: Iterable[tuple[Envelope, op.Operation]], now_ms: int
) -> Judged:
    """The cases of what was sold or paid back at a station that was never one to sell. Subjects are operations."""
    judged = Judged()
    for envelope, operation in given:
        if isinstance(operation, _SOLD) and not _was_till(connection, envelope.station_id):
            finding = Finding(KIND, (*origin_of(envelope), *_amount(operation)))
            judged.of_operation(connection, envelope.op_id, finding, now_ms)
    return judged


def _was_till(connection: Connection, station_id: str) -> bool:
    """Now or ever: it may tell today what it sold before. That it was one stays true, so it is asked once."""
    seen: set[str] = connection.info.setdefault(_SEEN, set())
    if station_id not in seen and (
        read_setup.sells(connection, station_id) or _sold_once(connection, station_id)
    ):
        seen.add(station_id)
    return station_id in seen


def _sold_once(connection: Connection, station_id: str) -> bool:
    versions = (said.new for said, _ in saved(connection, "station") if said.record_id == station_id)
    return any("sell" in codec.loads(StationInfo, version).places for version in versions)


def _amount(operation: op.Operation) -> tuple[tuple[str, str], ...]:
    gross = operation.receipt.gross.minor if isinstance(operation, op.SaleClosed) else 0
    return (("minor", str(gross)),) if gross else ()
