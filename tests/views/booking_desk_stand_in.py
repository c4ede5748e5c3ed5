"""What can be booked at a venue, and how full its month is, for screens: places are kept by the rules of a screen."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from app.shown import Approval, SessionTile
from app.shown_bookings import (
    BookedSession,
    BookingDesk,
    BookingRow,
    CalendarDay,
    CalendarMonth,
    Filled,
    Made,
)
from domain.booking import Attendance, Life, Paid
from domain.catalogue import Activity, Product, Words
from domain.errors import Code, Refused
from domain.money import Money
from tests.views.guest_stand_in import SEASON

POOL, SURF = Words("Water park", "المدينة المائية"), Words("Surf", "ركوب الأمواج")
CLIMBING = Words("Climbing", "التسلق")
ACTIVITIES = Activity("pool", POOL, 1), Activity("surf", SURF, 2), Activity("climbing", CLIMBING, 3)
CABANA = Words("Cabana by the lazy river", "كابانا عند النهر الهادئ")
STARTS = {1: (10, 0), 2: (12, 86), 3: (14, 142), 4: (16, 231), 5: (18, 24)}  # session: hour, places left
RIDES = {6: (13, 0), 7: (14, 4), 8: (15, 12), 9: (16, 1), 10: (17, 8)}
AHEAD = 14


class FakeDesk:
    """`left` are places by session, `lines` what was asked for, `arrives` whether the station hears of what it made."""

    now: datetime
    online: bool
    may_pay: bool
    refuses: Refused | None
    known: dict[str, BookingRow]

    def begin(self, products: tuple[Product, ...]) -> None:
        cabana = replace(products[8], number=34, name=CABANA, price=Money(23000, "SAR"), approval=True)
        self.catalogue = (*products[:3], cabana, *products[4:6], *products[9:11])
        self.starts = STARTS
        self.activities: tuple[Activity, ...] = (Activity("pool", POOL, 1),)  # of the month
        self.left = {number: left for number, (_, left) in STARTS.items()}
        self.verified_only, self.arrives, self.closed = True, True, False
        self.for_members = 0  # a product
        self.withdrawn = 0  # another
        self.surfs = frozenset[int]()  # sessions of a second activity
        self.booked: list[tuple[str, tuple[tuple[int, int, int], ...], str, str]] = []
        self.desks = 0
        self.firsts: dict[str, str] = {}
        self.named: list[tuple[str, ...]] = []

    def surf(self, ride: Product, *sessions: int) -> None:
        """These are of a second activity, and a ticket is for them."""
        self.surfs = frozenset(sessions)
        others = (each for each in self.catalogue if each.number != ride.number)
        self.catalogue = (replace(ride, activity_id="surf"), *others)

    def surf_too(self, ride: Product) -> None:
        """Ten sessions a day, five of them of a second activity."""
        self.starts = dict(sorted({**STARTS, **RIDES}.items(), key=lambda each: each[1][0]))
        self.left |= {number: left for number, (_, left) in RIDES.items()}
        self.surf(ride, *RIDES)

    def _activity(self, session: int) -> tuple[str, Words]:
        return ("surf", SURF) if session in self.surfs else ("pool", POOL)

    def desk(self, day: date | None) -> BookingDesk:
        if self.refuses is not None and self.refuses.code is Code.DATA_NOT_WRITABLE:
            raise self.refuses
        self.desks += 1
        today = self.now.date()
        last = today + timedelta(days=AHEAD)
        shown = min(max(day or today, today), last)
        sold = [each for each in self.catalogue if each.number != self.withdrawn]
        gone = (replace(each, withdrawn=True) for each in self.catalogue if each not in sold)
        return BookingDesk(
            f"fresh-{self.desks}", today, shown, last, () if self.closed else self._sessions(shown),
            tuple(map(self._to_members, sold)), "SAR", self.verified_only, self.may_pay, self.online,
            (SEASON,), {34: 2}, tuple(gone),
        )  # fmt: skip

    def _to_members(self, product: Product) -> Product:
        return replace(product, membership=SEASON.plan_id) if product.number == self.for_members else product

    def _sessions(self, day: date) -> tuple[SessionTile, ...]:
        start = self.now.replace(minute=0, second=0) + timedelta(days=(day - self.now.date()).days)
        return tuple(
            SessionTile(
                number, self._activity(number)[1], start.replace(hour=hour), start.replace(hour=hour + 2), 300,
                self.left[number], start.replace(hour=hour) <= self.now < start.replace(hour=hour + 2),
                not self.online, None, self._activity(number)[0],
            )
            for number, (hour, _) in self.starts.items()
        )  # fmt: skip

    def month(self, day: date | None) -> CalendarMonth:
        if self.refuses is not None:
            raise self.refuses
        today = self.now.date()
        first = (day or today).replace(day=1)
        days = (first.replace(day=n + 1) for n in range(monthrange(first.year, first.month)[1]))
        return CalendarMonth(today, tuple(map(self._day, days)), 7, self.activities)

    def _day(self, day: date) -> CalendarDay:
        """Of more than one activity the others are full when the first is empty."""
        ahead = (day - self.now.date()).days
        if not -1 <= ahead <= AHEAD:
            return CalendarDay(day, 0, (), known=False)
        bookings = sum(row.day == day for row in self.known.values())
        taken = {0: 980, 1: 1400, 2: 1500}.get(ahead, 120 * bookings)
        first, *others = (each.activity_id for each in self.activities)
        filled = [Filled(first, taken, 1500)]
        filled += [Filled(each, 12 - 12 * taken // 1500 + at, 13 + at) for at, each in enumerate(others)]
        return CalendarDay(day, bookings, () if day.weekday() == 4 else tuple(filled), known=True)

    def book(
        self,
        guest_id: str,
        lines: Sequence[tuple[int, int, int]],
        note: str,
        booking_id: str,
        names: Sequence[str] = (),
        adds_to: str = "",
        day: date | None = None,
        approval: Approval | None = None,
    ) -> Made:
        self.allowed_by = approval.staff_id if approval else ""
        if (refused := self.refuses) is not None:
            self.refuses = None
            raise refused
        if not self.online:
            raise Refused(Code.REQUEST_OFFLINE)
        for _, session, quantity in lines:
            if session and quantity > self.left[session]:
                raise Refused(Code.CAPACITY_FULL, left=self.left[session], session=session)
        self.booked.append((guest_id, tuple(lines), note, booking_id))
        if adds_to:
            self.firsts[booking_id] = adds_to
        self.named.append(tuple(names))
        review = any(self._product(number).approval for number, _, _ in lines)
        self._keep(booking_id, tuple(lines), review=review, day=day)
        free = not any(self._product(number).price for number, _, _ in lines)
        until = None if review else self.now + timedelta(minutes=180 if free else 15)
        return Made(booking_id, "GH-7K2MPQ", until, review, free=free)

    def _product(self, number: int) -> Product:
        return next(each for each in self.catalogue if each.number == number)

    def _keep(
        self,
        booking_id: str,
        lines: tuple[tuple[int, int, int], ...],
        *,
        review: bool,
        day: date | None = None,
    ) -> None:
        if not self.arrives:
            return
        what = tuple((n, self._product(number).name) for number, _, n in lines)
        total = Money(sum(self._product(number).price.minor * n for number, _, n in lines), "SAR")
        life, until = Life.UNDER_REVIEW if review else Life.HELD, self.now + timedelta(minutes=15)
        self.known[booking_id] = BookingRow(
            booking_id, "GH-7K2MPQ", "Sara Al-Qahtani", day or self.now.date(), what, total, life, Paid.UNPAID,
            Attendance.EXPECTED, None if review else until, self.sessions_of(day, lines),
        )  # fmt: skip

    def sessions_of(
        self, day: date | None, lines: tuple[tuple[int, int, int], ...]
    ) -> tuple[BookedSession, ...]:
        tiles = {each.number: each for each in self._sessions(day or self.now.date())}
        found = sorted({session for _, session, _ in lines if session})
        return tuple(
            BookedSession(number, *self._activity(number), tiles[number].starts_at, tiles[number].ends_at)
            for number in found
        )
