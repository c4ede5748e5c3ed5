"""What an operation puts into the tables: a pure function of the operation, the same on every station and the server.

It only names rows to insert. It never reads what is there, a clock or a random number, so applying twice changes
nothing and an older operation cannot undo a newer one.
"""

from __future__ import annotations

from collections.abc import Iterator

from domain import codec, private
from domain import operation as op
from domain.envelope import Envelope
from domain.guest import Said, index, is_ban
from ledger import tables as t
from ledger.effects_refund import RefundOperation, RefundRows
from ledger.effects_till import TillOperation, TillRows
from ledger.puts import GUESTS, UNDATED, Put, RowsOf, Values, day_bucket

_OfServer = (
    op.RecordSaved | op.StationEnrolled | op.LeaseGranted | op.LeaseRevoked | op.CaseSettled
    | op.MessageResent | op.CodeSent | op.GuestVerified | op.GuestMerged | op.GuestErased
    | op.RefundAsked | op.RefundApproved | op.RefundRefused | op.RefundWithdrawn | op.RefundTaken | op.RefundReleased
    | op.BookingHeld | op.BookingExtended | op.BookingConfirmed | op.BookingApproved | op.BookingRejected
    | op.BookingCancelled | op.BookingExpired | op.BookingChanged | op.TicketsMoved
    | op.BookingOver | op.TicketRevoked | op.TicketsNamed
)  # fmt: skip
_OfGuests = op.GuestRegistered | op.GuestChanged | op.MembershipGiven | op.MembershipEnded
_SAID: dict[type[op.Operation], Said] = {
    op.GuestRegistered: Said.REGISTERED,
    op.GuestChanged: Said.CHANGED,
    op.MembershipGiven: Said.MEMBERSHIP,
    op.MembershipEnded: Said.MEMBERSHIP_ENDED,
}
_OfPeople = op.SignedIn | op.SignedOut | op.SignInFailed | op.OverrideGiven | op.CaseOpened
_OfLeases = op.LeaseTaken | op.LeaseReturned | op.LeaseCut
_OfGates = op.GuestAdmitted | op.AdmissionUndone | op.ScanRefused


def effects(envelope: Envelope, operation: op.Operation) -> list[Put]:
    """The rows of one operation. Server-owned records (RecordSaved …) are written by the server itself: no rows."""
    if isinstance(operation, TillOperation):
        return list(TillRows(envelope).rows(operation))
    if isinstance(operation, RefundOperation):
        return list(RefundRows(envelope).rows(operation))
    if isinstance(operation, _OfServer):
        return []
    return list(_HouseRows(envelope).rows(operation))


class _HouseRows(RowsOf):
    """The rows of one operation of the house."""

    def rows(self, operation: _OfLeases | _OfGates | _OfPeople | _OfGuests) -> Iterator[Put]:
        match operation:
            case op.GuestRegistered() | op.GuestChanged() | op.MembershipGiven() | op.MembershipEnded():
                yield self._guest(operation)
                yield from self._ban(operation)
            case op.LeaseTaken() | op.LeaseReturned() | op.LeaseCut():
                yield self._lease(operation)
            case op.GuestAdmitted() | op.AdmissionUndone() | op.ScanRefused():
                yield self._gate(operation)
            case _:
                yield self._person(operation)

    def _person(
        self, event: op.SignedIn | op.SignedOut | op.SignInFailed | op.OverrideGiven | op.CaseOpened
    ) -> Put:
        who: Values = {"staff_id": self.staff, "station_id": self.station}
        if isinstance(event, op.CaseOpened):
            said = {"told_id": event.told_id, "text": event.text, "number": event.number}
            return self.row(t.case_told, **said, **who)
        kind = type(event).__name__
        return self.row(t.sign_in, event_id=self.envelope.op_id, kind=kind, facts=codec.dumps(event), **who)

    def _guest(self, told: _OfGuests) -> Put:
        """Nothing is said any more once the private part was erased."""
        said = private.read(self.envelope.private)
        return self.row(
            t.guest_entry,
            GUESTS,
            entry_id=self.envelope.op_id,
            guest_id=told.guest_id,
            kind=_SAID[type(told)].value,
            said=codec.dumps(said) if said else "",
            words=index(said),
            staff_id=self.staff,
            station_id=self.station,
        )

    def _ban(self, told: _OfGuests) -> Iterator[Put]:
        """Whoever is known by their id only hears of it."""
        banned = is_ban(private.read(self.envelope.private))
        if banned is not None:
            said: Values = {"entry_id": self.envelope.op_id, "guest_id": told.guest_id}
            yield self.row(t.guest_ban, UNDATED, **said, banned=int(banned))

    def _lease(self, lease: op.LeaseTaken | op.LeaseReturned | op.LeaseCut) -> Put:
        bucket = day_bucket(lease.day)
        values: Values = {"session": lease.session, "places": lease.places, "station_id": self.station}
        values |= {"incarnation": self.envelope.incarnation}
        match lease:
            case op.LeaseTaken(lease_id):
                return self.row(t.lease, bucket, lease_id=lease_id, **values)
            case op.LeaseReturned(return_id, used=used):
                return self.row(t.lease_end, bucket, end_id=return_id, how="returned", used=used, **values)
            case op.LeaseCut(cut_id):
                return self.row(t.lease_end, UNDATED, end_id=cut_id, how="revoked", **values)

    def _gate(self, event: op.GuestAdmitted | op.AdmissionUndone | op.ScanRefused) -> Put:
        bucket, day = day_bucket(event.day), event.day.isoformat()
        match event:
            case op.GuestAdmitted():
                return self.row(
                    t.admission,
                    bucket,
                    admission_id=event.admission_id,
                    ticket_id=event.ticket_id,
                    session=event.session,
                    day=day,
                    gate=codec.dumps(event.gate),
                    again=int(event.again),
                    staff_id=self.staff,
                    station_id=self.station,
                )
            case op.AdmissionUndone():
                return self.row(
                    t.admission_undo,
                    bucket,
                    admission_id=event.admission_id,
                    ticket_id=event.ticket_id,
                    staff_id=self.staff,
                )
            case op.ScanRefused():
                return self.row(
                    t.scan_refused,
                    bucket,
                    scan_id=event.scan_id,
                    code=event.code,
                    why=event.why,
                    ticket_id=event.ticket_id,
                    digest=event.digest,
                    gate=codec.dumps(event.gate),
                    day=day,
                    station_id=self.station,
                )
