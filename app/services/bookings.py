"""Bookings made ahead: asked of the server, which keeps the places; paid at this counter like any sale."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from app.asking import Asking
from app.booking_lists import BookingLists
from app.booking_page import cart_of, check_welcome, reservation
from app.booking_rows import booked_in
from app.booking_sessions import sessions_numbered
from app.looking import Looking
from app.moving import Mover, tickets_sold
from app.payable import check_unpaid, check_waits
from app.session import Session
from app.session_tiles import SessionTiles
from app.shown import Approval
from app.shown_bookings import Made, SoldTickets
from app.store import Store
from domain.booking import Life, mark_of
from domain.cart import Cart
from domain.errors import Code, Refused
from domain.staff import Permission, may
from domain.text import reason_of, tidy
from domain.ticket_name import name_of
from ledger.clock import from_ms
from ledger.wire import LetterAsk

Line = tuple[int, int, int]  # product, session (0: none), quantity


class Bookings(BookingLists):
    """What the server decides goes by `asking`; tickets are made by the `mover`."""

    def __init__(
        self,
        store: Store,
        session: Session,
        asking: Asking,
        tiles: SessionTiles,
        mover: Mover,
        looking: Looking,
        letter: Callable[[LetterAsk, str], str],
    ) -> None:
        super().__init__(store, session, asking, tiles, looking, letter)
        self._mover = mover

    def book(
        self,
        guest_id: str,
        lines: Sequence[Line],
        note: str = "",
        booking_id: str = "",
        names: Sequence[str] = (),
        adds_to: str = "",
        day: date | None = None,
        approval: Approval | None = None,
    ) -> Made:
        """Keeps places for a guest until they pay; `names` of those who come, in the order of the tickets. Refuses
        `request_offline`, and with the server's codes: `guest_unverified`, `capacity_full`, `places_held`,
        `session_over`, `product_withdrawn` … After `request_unanswered` it is asked again as the same `booking_id`, and
        made once. `adds_to` is the paid booking of the guest to which it is more: `booking_is` once that is not. `day`
        is that of goods alone. For who is banned (`guest_banned`) it takes the `approval` of who may approve bookings;
        refuses as that does."""
        booking_id = booking_id or self._store.ids.new()
        said: dict[str, object] = {
            "guest": guest_id,
            "lines": [list(line) for line in lines],
            "note": tidy(note),
            "adds_to": adds_to,
            "names": list(names),
            "day": day.isoformat() if day else "",
        }
        return self._keep("BookingHeld", booking_id, said, approval)

    def _keep(self, kind: str, booking_id: str, said: dict[str, object], approval: Approval | None) -> Made:
        if approval is None:
            return _made(booking_id, self._request(kind, booking_id, Permission.BOOK, **said))
        said["allowed"], may_allow = True, Permission.ALLOW_BANNED
        about = "booking", booking_id
        return _made(booking_id, self._asking.approved(about, kind, may_allow, said, approval))

    def change(
        self,
        booking_id: str,
        seen: str,
        lines: Sequence[Line],
        note: str = "",
        change_id: str = "",
        day: date | None = None,
        approval: Approval | None = None,
    ) -> Made:
        """Keeps other places instead, for what is wanted now; `seen` is the mark of what is changed. Refuses as `book`,
        and `booking_is`, `booking_paid`, `booking_changed`. After `request_unanswered` it is asked again as the same
        `change_id`, and made once."""
        said: dict[str, object] = {
            "change": change_id or self._store.ids.new(),
            "seen": seen,
            "lines": [list(line) for line in lines],
            "note": tidy(note),
            "guest": self._guest_of(booking_id),
            "day": day.isoformat() if day else "",
        }
        return self._keep("BookingChanged", booking_id, said, approval)

    def move(
        self, booking_id: str, seen: str, tickets: Sequence[str], session_number: int, change_id: str = ""
    ) -> int:
        """Of a paid booking, to another session; prints those that are good instead, once the answer is there, and
        returns how many. Refuses `booking_is`, `booking_changed`, `move_ticket_used`, `move_ticket_gone`, `move_price`,
        `move_needs_yes`, `refund_open` and as `book`. After `request_unanswered` it is asked again as the same
        `change_id`, and made once."""
        return self._others(booking_id, seen, tickets, (change_id or self._store.ids.new(), session_number))

    def reissue(self, booking_id: str, seen: str, tickets: Sequence[str]) -> int:
        """The same for the same sessions: a paper was lost, or a code is in wrong hands. Refuses as `move`, and is made
        once."""
        return self._others(booking_id, seen, tickets, ("", 0))

    def _others(self, booking_id: str, seen: str, tickets: Sequence[str], what: tuple[str, int]) -> int:
        self._session.require(Permission.BOOK)
        with self._store.read() as connection:
            row = reservation(connection, booking_id)
        return self._mover.replace((row.booking_id, booked_in(row), seen), tickets, what)

    def revoke(
        self, booking_id: str, tickets: Sequence[str], reason: str, approval: Approval | None = None
    ) -> int:
        """Ends tickets on which nobody came in, of a booking made ahead or at a till, with nothing in their places and
        no money back; by whoever is signed in, or a second person by their PIN. Refuses `reason_needed`, `booking_is`,
        `move_ticket_used`, `move_ticket_gone`, `refund_open`, `request_offline`, and as an approval does."""
        self._session.require(Permission.BOOK)
        return self._mover.revoke(booking_id, tickets, reason, approval)

    def sold(self, sale_id: str) -> SoldTickets:
        """The tickets of a sale, which may be revoked one by one. Refuses `document_unknown`."""
        role = self._session.require(Permission.BOOK).role
        with self._store.read() as connection:
            booking_id, good = tickets_sold(connection, sale_id)
            sessions = sessions_numbered(connection, (each.session for each in good))
        return SoldTickets(booking_id, good, sessions, may(role, Permission.APPROVE_BOOKING))

    def name_tickets(self, booking_id: str, seen: str, names: Mapping[str, str]) -> None:
        """Says who comes on which ticket; an empty name takes one away. Refuses `booking_is`, `booking_changed`,
        `guest_erased`, `ticket_name`, `request_offline`."""
        written = [[ticket_id, name_of(name)] for ticket_id, name in sorted(names.items())]
        said: dict[str, object] = {"seen": seen, "names": written, "guest": self._guest_of(booking_id)}
        self._request("TicketsNamed", booking_id, Permission.BOOK, **said)

    def _guest_of(self, booking_id: str) -> str:
        with self._store.read() as connection:
            return str(reservation(connection, booking_id).guest_id)

    def cart(self, booking_id: str, approval: Approval | None = None) -> Cart:
        """What is to be paid, at the prices of the booking, with the tickets that were kept; it is kept longer while it
        is paid. Refuses `booking_unknown`, `booking_is` for one that is not waiting for its payment or is over,
        `booking_changed` where this till has not heard of a change yet, and as `check_unpaid` what this till is paid
        for or was. Of who is banned (`guest_banned`) it takes the `approval` of who may approve bookings; refuses as
        that does."""
        self._session.require(Permission.SELL)
        if approval is not None:
            reason_of(approval.reason)
            self._asking.allowed(approval, Permission.ALLOW_BANNED, booking_id)
        with self._store.read() as connection, self._store.read_journal() as journalled:
            row = reservation(connection, booking_id)
            if row.life != Life.HELD:
                raise Refused(Code.BOOKING_IS, life=row.life)
            check_unpaid(connection, journalled, booking_id)
            check_welcome(connection, row)
            cart = cart_of(connection, row)
            check_waits(connection, cart, self._store.now())
        if self._asking.online():
            self._extend(booking_id, mark_of(row.body))
        return cart

    def _extend(self, booking_id: str, seen: str) -> None:
        try:
            self._request("BookingExtended", booking_id, Permission.SELL, seen=seen)
        except Refused as refused:  # paid all the same: the server says afterwards if the places were gone
            if refused.code is Code.BOOKING_CHANGED:
                raise

    def approve(self, booking_id: str, seen: str = "") -> None:
        """Refuses `booking_is` when somebody else decided meanwhile, and `booking_changed` where its mark is not the
        one that was `seen`."""
        self._request("BookingApproved", booking_id, Permission.APPROVE_BOOKING, seen=seen)

    def reject(self, booking_id: str, reason: str, seen: str = "", times: Sequence[int] = ()) -> None:
        """The guest reads the reason, and which other sessions (`times`, of those of `other_times`) have room; refuses
        `reason_needed`, `time_taken`, and as `approve` does."""
        said: dict[str, object] = {"reason": reason_of(reason), "seen": seen}
        if times:
            said["times"] = list(times)
        self._request("BookingRejected", booking_id, Permission.APPROVE_BOOKING, **said)

    def cancel(self, booking_id: str, reason: str, seen: str = "", stays: int = 0) -> None:
        """Calls off what is not paid yet, or is and nothing goes back for it, of which `stays` minor units were said to
        stay paid. Refuses `reason_needed`, as `approve` does, `refund_due`, `refund_ticket_used` and `refund_open`
        where its refund must, and `booking_paid` and `quote_expired` where something else stays."""
        said = {"reason": reason_of(reason), "seen": seen} | ({"stays": stays} if stays else {})
        self._request("BookingCancelled", booking_id, Permission.BOOK, **said)

    def _request(self, kind: str, booking_id: str, permission: Permission, **said: object) -> dict[str, str]:
        return self._asking.about("booking", booking_id, kind, permission, said)


def _made(booking_id: str, facts: Mapping[str, str]) -> Made:
    until, review = int(facts.get("until", "0")), facts.get("review") == "1"
    ends = from_ms(until) if until else None
    return Made(booking_id, facts.get("number", ""), ends, review, free=facts.get("total") == "0")
