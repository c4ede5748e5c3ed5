"""Bookings made ahead, as they are listed, found and shown: told from this station's copy; the message to a guest is
the server's."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta

import sqlalchemy as sa

from app.asking import Asking
from app.booking_checked import with_checks
from app.booking_days import days_of_month, with_room
from app.booking_page import About, booking_page, reservation
from app.booking_rows import booked_in, booking_rows, is_more_of, is_numbered, is_receipted, phone_for
from app.booking_verdicts import by_due, counts, verdicts
from app.looking import Looking, colleagues
from app.product_tiles import gone_of
from app.session import Session
from app.session_tiles import SessionTiles
from app.shown import SessionTile
from app.shown_bookings import Approvals, BookingDesk, BookingPage, BookingRow, CalendarMonth, Verdict
from app.store import Store
from domain.booking import Life
from domain.errors import Code, Refused
from domain.staff import Permission, may
from domain.text import tidy
from ledger import read_guests, read_setup
from ledger import tables as t
from ledger.puts import day_bucket
from ledger.wire import LetterAsk

_FIRST = {Life.UNDER_REVIEW: 0, Life.HELD: 1, Life.CONFIRMED: 2}
_DAY = timedelta(days=1)


class BookingLists:
    """`tiles` tell which sessions there are, `letter` asks the server what a guest would read."""

    def __init__(
        self,
        store: Store,
        session: Session,
        asking: Asking,
        tiles: SessionTiles,
        looking: Looking,
        letter: Callable[[LetterAsk, str], str],
    ) -> None:
        self._store = store
        self._session = session
        self._asking = asking
        self._tiles = tiles
        self._looking = looking
        self._letter = letter

    def today(self) -> date:
        """The venue's day."""
        with self._store.read() as connection:
            return read_setup.day_at(connection, self._store.now())

    def of_day(self, day: date) -> tuple[BookingRow, ...]:
        """The bookings of a day, those that somebody must do something about first."""
        found = self._rows(t.reservation.c.day == day.isoformat())
        return tuple(sorted(found, key=lambda row: _FIRST.get(row.life, len(_FIRST))))

    def approvals(self, verdict: Verdict) -> Approvals:
        """What waits for a decision, that first which is due first; and what was decided and is not over, by its
        day."""
        which = verdicts(self.today())
        rows = sorted(self._rows(which[verdict]), key=by_due)
        with self._store.read() as connection:
            return Approvals(tuple(rows), counts(connection, which))

    def find(self, text: str) -> tuple[BookingRow, ...]:
        """By number, with what was added to it, by the receipt of its payment, or by what finds its guest."""
        with self._store.read() as connection:
            whole = self._session.reads_contacts
            known = [guest.guest_id for guest in read_guests.find(connection, text, whole=whole)]
            numbered = connection.execute(sa.select(t.reservation.c.booking_id).where(is_numbered(text)))
            more = [is_more_of(booking_id) for booking_id in numbered.scalars()]
        return self._rows(
            sa.or_(is_numbered(text), is_receipted(text), t.reservation.c.guest_id.in_(known), *more)
        )

    def month(self, day: date | None) -> CalendarMonth:
        """How full the days of its month are; of the present one, where none is named."""
        self._session.require(Permission.BOOK)
        held = self._store.days_held()
        with self._store.read() as connection:
            today = read_setup.day_at(connection, self._store.now())
            days, activities = days_of_month(connection, day or today, held)
            return CalendarMonth(today, days, read_setup.venue(connection).week_start, activities)

    def desk(self, day: date | None) -> BookingDesk:
        """What can be booked on a day; today, where none is named. A day that this station does not know is the nearest
        that it does."""
        role = self._session.require(Permission.BOOK).role
        held = self._store.days_held()
        with self._store.read() as connection:
            venue = read_setup.venue(connection)
            today = read_setup.day_at(connection, self._store.now())
            last = _last_known(today, held)
            shown = min(max(day or today, today), last)
            sessions = self._tiles.of_day(connection, shown, ahead=True)
            products, withdrawn = read_setup.sold_and_withdrawn(connection)
            plans = tuple(read_setup.plans(connection).values())
            gone = gone_of(connection, shown, products)
        left = {each.number: max(0, each.per_day - gone[each.number]) for each in products if each.per_day}
        return BookingDesk(
            self._store.ids.new(), today, shown, last, sessions, tuple(products), venue.currency,
            venue.verified_only, may(role, Permission.SELL), self._asking.online(), plans, left,
            tuple(withdrawn),
        )  # fmt: skip

    def _rows(self, which: sa.ColumnElement[bool]) -> tuple[BookingRow, ...]:
        phone = phone_for(self._session.require(Permission.BOOK).role)
        wanted = (
            sa.select(t.reservation).where(which).order_by(t.reservation.c.at, t.reservation.c.booking_id)
        )
        with self._store.read() as connection:
            rows, now = connection.execute(wanted).all(), self._store.now()
            return with_checks(connection, rows, booking_rows(connection, rows, now, phone), now)

    def page(self, booking_id: str) -> BookingPage:
        """Refuses `booking_unknown`."""
        role = self._session.require(Permission.BOOK).role
        with self._store.read() as connection:
            row = reservation(connection, booking_id)
            looking = colleagues(connection, self._looking.others(booking_id))
            about = About(role, self._store.now(), self._asking.online(), looking)
            return booking_page(connection, row, about)

    def other_times(self, booking_id: str) -> tuple[SessionTile, ...]:
        """Other sessions of the same activity with room for it, the nearest days first. Refuses `booking_unknown`."""
        self._session.require(Permission.APPROVE_BOOKING)
        held = self._store.days_held()
        with self._store.read() as connection:
            booked = booked_in(reservation(connection, booking_id))
            today = read_setup.day_at(connection, self._store.now())
            days = (today + _DAY * n for n in range((_last_known(today, held) - today).days + 1))
            there = [tile for day in days for tile in self._tiles.of_day(connection, day, ahead=True)]
            return with_room(connection, booked, there)

    def letter(
        self, booking_id: str, what: str, reason: str, times: Sequence[int] = (), stays: int = 0
    ) -> str:
        """What its guest would read, were it decided so (`what`: reject, suggest with other `times`, or cancel, of
        which `stays` minor units stay paid), as the server would send it; empty where nobody tells them. Raises
        Unavailable, refuses `request_offline`, `not_allowed` to who may not decide so, and with the server's codes."""
        needed = Permission.BOOK if what == "cancel" else Permission.APPROVE_BOOKING
        staff_id = self._session.require(needed).staff_id
        if not self._asking.online():
            raise Refused(Code.REQUEST_OFFLINE)
        return self._letter(LetterAsk(booking_id, what, tidy(reason), tuple(times), stays), staff_id)

    def look(self, booking_id: str) -> None:
        """Somebody has it open here, while it waits for a decision; colleagues who open it see that. Empty: none."""
        self._looking.look(booking_id)


def _last_known(today: date, held: Collection[str]) -> date:
    """The last of the days from today on that are here without a gap."""
    last = today
    while day_bucket(last + _DAY) in held:
        last += _DAY
    return last
