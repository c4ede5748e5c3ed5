"""Messages to guests: how each fares, as the server tells every station; sent again by its leave; and what is said to
staff."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.asking import Asking
from app.booking_rows import is_numbered
from app.message_rows import OVER, message_rows
from app.session import Session
from app.shown_messages import FAILED, NO_ALERTS, WAITING, Alerts, MessagePage, MessageRow
from app.store import Store
from domain import codec
from domain.errors import Code, Refused
from domain.private import Pairs
from domain.staff import Permission, may
from ledger import read_guests
from ledger import tables as t
from ledger.clock import from_ms

MOST = 200
_c = t.message.c
_URGENT = {state: place for place, state in enumerate((*FAILED, *WAITING))}  # what was sent comes after


class Messages:
    """What the server decides goes by `asking`."""

    def __init__(self, store: Store, session: Session, asking: Asking) -> None:
        self._store = store
        self._session = session
        self._asking = asking

    # questions -------------------------------------------------------------------------------------------------------

    def failed(self) -> tuple[MessageRow, ...]:
        """What was given up, then what is tried again; the newest first, as in the other lists."""
        return self._rows(_c.state.in_(FAILED))

    def waiting(self) -> tuple[MessageRow, ...]:
        return self._rows(_c.state.in_(WAITING))

    def sent(self) -> tuple[MessageRow, ...]:
        return self._rows(_c.state == "sent")

    def find(self, text: str) -> tuple[MessageRow, ...]:
        """About guests whom `text` may mean, or a booking by its number."""
        whole = self._session.reads_contacts
        with self._store.read() as connection:
            found = [each.guest_id for each in read_guests.find(connection, text, whole=whole)]
            mine = _of_guests(connection, found)
        booked = sa.select(t.reservation.c.booking_id).where(is_numbered(text))
        return self._rows(sa.or_(mine, _c.booking_id.in_(booked)))

    def of_guest(self, guest_id: str) -> tuple[MessageRow, ...]:
        """All about one guest, also under the ids that they were known by before."""
        with self._store.read() as connection:
            mine = _of_guests(connection, [guest_id])
        return self._rows(mine)

    def _rows(self, which: sa.ColumnElement[bool]) -> tuple[MessageRow, ...]:
        self._session.require(Permission.REGISTER_GUEST)
        urgent = sa.case(_URGENT, value=_c.state, else_=len(_URGENT))
        last = sa.case((_c.sent_at > 0, _c.sent_at), else_=_c.at)
        wanted = sa.select(t.message).where(which).order_by(urgent, last.desc(), _c.message_id.desc())
        with self._store.read() as connection:
            return message_rows(connection, connection.execute(wanted.limit(MOST)).all())

    def page(self, message_id: str) -> MessagePage:
        """Refuses `message_unknown`, also of one that is so old that it left the stations."""
        role = self._session.require(Permission.REGISTER_GUEST).role
        with self._store.read() as connection:
            wanted = sa.select(t.message, OVER.label("over")).where(_c.message_id == message_id)
            row = connection.execute(wanted).first()
            if row is None:
                raise Refused(Code.MESSAGE_UNKNOWN)
            [shown] = message_rows(connection, [row])
            guest_id = _guest_now(connection, row.guest_id)
        booking_id = row.booking_id if shown.number and may(role, Permission.BOOK) else ""
        may_send = may(role, Permission.RESEND_MESSAGE)
        return MessagePage(shown, guest_id, booking_id, bool(row.over), may_send, self._asking.online())

    def alerts(self) -> Alerts:
        """Nothing while nobody is signed in."""
        try:
            role = self._session.member.role
        except Refused:
            return NO_ALERTS
        with self._store.read() as connection:
            rows = connection.execute(sa.select(t.alert).order_by(t.alert.c.alert_id)).all()
        rights = [each.value for each in Permission if may(role, each)]
        mine = [row for row in rows if row.permission in rights]
        down = [row for row in mine if row.kind == "channel_down"]
        since = min((from_ms(row.at) for row in down), default=None)
        to_decide = sum(row.kind == "approval_waiting" for row in mine)
        return Alerts(tuple(map(_down, down)), since, to_decide)

    # what staff do ---------------------------------------------------------------------------------------------------

    def resend(self, message_id: str) -> None:
        """Has the server send it once more, to where the guest is reached now, unless a colleague was quicker. Refuses
        `request_offline`, and with the server's codes: `message_unknown`, `message_not_failed`, `message_over`,
        `message_overtaken`, `contact_missing`."""
        seen: dict[str, object] = {"seen": self.page(message_id).row.state.value}
        self._asking.about("message", message_id, "MessageResent", Permission.RESEND_MESSAGE, seen)


def _of_guests(connection: Connection, guest_ids: Iterable[str]) -> sa.ColumnElement[bool]:
    """Guests, and whoever goes on as one of them."""
    ids = set(guest_ids)
    before = (each for guest_id in ids for each in read_guests.merged_into(connection, guest_id))
    return _c.guest_id.in_(sorted({*ids, *before}))


def _guest_now(connection: Connection, guest_id: str) -> str:
    """Who that is now; empty for nobody, and for whom is erased."""
    guest = read_guests.guest(connection, guest_id) if guest_id else None
    return guest.guest_id if guest is not None and not guest.erased else ""


def _down(row: Any) -> tuple[str, str]:
    said = dict(codec.loads(Pairs, row.facts))
    return said.get("channel", ""), said.get("why", "")
