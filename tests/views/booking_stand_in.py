"""Bookings of a venue for screens: listed, decided about and paid by the rules that a screen can show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.shown import Approval, SessionTile
from app.shown_bookings import (
    Approvals,
    BookedSession,
    BookingChange,
    BookingGuest,
    BookingLine,
    BookingLink,
    BookingPage,
    BookingRoom,
    BookingRow,
    BookingSeat,
    BookingTicket,
    Colleague,
    Made,
    Revoked,
    SoldTickets,
    Verdict,
)
from domain.booking import ENDED, HOLDS, PAID_FOR, Attendance, How, Life, Paid
from domain.booking_checks import Check, Room, checks, speaks_against
from domain.cart import Cart, CartLine
from domain.catalogue import Product, Words
from domain.errors import Code, Refused
from domain.guest import Guest
from domain.money import Money
from tests.views.booking_desk_stand_in import POOL, FakeDesk

ADULT, LOCKER = Words("Day ticket – adult", "تذكرة يوم – بالغ"), Words("Extra locker", "خزانة إضافية")
HOURS = {"family": 12, "omar": 10, "abdullah": 12}  # when the sessions of bookings begin
HUDA, REEM = Words("Huda Salem", "هدى سالم"), Words("Reem Mansour", "ريم منصور")


class FakeBookings(FakeDesk):
    def __init__(self, now: datetime, products: tuple[Product, ...]) -> None:
        self.now, self._products = now, products
        self.online, self.may_decide, self.may_pay = True, False, True
        self.refuses: Refused | None = None
        self.banned = False  # since it was made
        self.decided: list[tuple[str, ...]] = []
        self.letters: list[tuple[str, str, tuple[int, ...], int]] = []  # that were asked for
        self.letter_words = ""  # what the server says then, with the reason
        self.asked: list[str] = []
        self.reach, self.language = "mail", "ar"
        self.changes: dict[str, list[BookingChange]] = {}
        self.names: dict[str, str] = {}
        self.going_back: Money | None = None
        self.stays: dict[str, Money] = {}
        self.colleagues: tuple[Colleague, ...] = ()
        self.looked: list[str] = []
        self.came_in = 1
        self.capacity, self.kept = 120, dict[str, int]()
        self.moves: list[tuple[str, tuple[str, ...], int, str]] = []
        self.ended: list[tuple[str | tuple[str, ...], ...]] = []
        self.revoked: dict[str, tuple[Revoked, ...]] = {}
        self.wanted: dict[str, tuple[tuple[int, int, int], ...]] = {}
        day, soon = now.date(), now + timedelta(minutes=12)
        rows = (
            self._row(
                "school", "Najd International School", Life.UNDER_REVIEW, 30, day=day + timedelta(days=3)
            ),
            self._row("family", "Al-Rajhi family day", Life.UNDER_REVIEW, 14),
            self._row("sara", "Sara Al-Qahtani", Life.HELD, 2, until=soon),
            self._row(
                "abdullah", "عبدالله بن سعد", Life.CONFIRMED, 4, paid=Paid.PAID, came=Attendance.INSIDE
            ),
            self._row("omar", "Omar Bin Saleh", Life.EXPIRED, 6, came=Attendance.NOT_USED),
            self._row("huda", "Huda Birthday", Life.REJECTED, 12),
        )
        self.known = {row.booking_id: row for row in rows}
        self.begin(products)

    def _row(
        self, booking_id: str, guest: str, life: Life, adults: int, *, day: date | None = None,
        until: datetime | None = None, paid: Paid = Paid.UNPAID, came: Attendance = Attendance.EXPECTED,
    ) -> BookingRow:  # fmt: skip
        number = f"GH-{sum(map(ord, booking_id)) + 7000}KM"
        what = ((adults, ADULT), (1, LOCKER))
        total = Money(adults * 11500 + 2300, "SAR")
        day, hour = day or self.now.date(), HOURS.get(booking_id, 14)
        start = self.now.replace(hour=hour, minute=0) + (day - self.now.date())
        session = BookedSession(3, "pool", POOL, start, start + timedelta(hours=2))
        return BookingRow(
            booking_id, number, guest, day, what, total, life, paid, came, until, (session,), "+966•••4567"
        )

    def today(self) -> date:
        return self.now.date()

    def of_day(self, day: date) -> tuple[BookingRow, ...]:
        return self._listed(f"of_day {day}", lambda row: row.day == day)

    def approvals(self, verdict: Verdict) -> Approvals:
        """What somebody said yes to is held now."""
        said = {row.booking_id for row in self.known.values() if ("approve", row.booking_id) in self.decided}
        which = {
            Verdict.WAITING: lambda row: row.life is Life.UNDER_REVIEW,
            Verdict.APPROVED: lambda row: row.booking_id in said,
            Verdict.REJECTED: lambda row: row.life is Life.REJECTED,
        }
        which[Verdict.ALL] = lambda row: any(which[each](row) for each in list(Verdict)[:3])
        rows = sorted(
            self._listed(verdict.value, which[verdict]), key=lambda row: (row.due is None, row.due or row.day)
        )
        counts = {each: sum(map(test, self.known.values())) for each, test in which.items()}
        return Approvals(tuple(rows), counts)

    def find(self, text: str) -> tuple[BookingRow, ...]:
        wanted = text.casefold()
        return self._listed(f"find {text}", lambda row: wanted in f"{row.number} {row.guest}".casefold())

    def _listed(self, asked: str, which: object) -> tuple[BookingRow, ...]:
        self.asked.append(asked)
        if self.refuses is not None:
            raise self.refuses
        assert callable(which)
        return tuple(self._with_checks(row) for row in self.known.values() if which(row))

    def _with_checks(self, row: BookingRow) -> BookingRow:
        if row.life is not Life.UNDER_REVIEW:
            return row
        return replace(row, against=speaks_against(self._checked(row)), due=self.due_of(row))

    def due_of(self, row: BookingRow) -> datetime:
        """The end of its session; of goods that of their day."""
        over = datetime.combine(row.day + timedelta(days=1), time(), ZoneInfo("Asia/Riyadh"))
        return row.sessions[-1].ends_at if row.sessions else over

    def look(self, booking_id: str) -> None:
        if booking_id != (self.looked[-1] if self.looked else ""):
            self.looked.append(booking_id)

    def page(self, booking_id: str) -> BookingPage:
        if booking_id not in self.known:
            raise Refused(Code.BOOKING_UNKNOWN)
        row = self.known[booking_id]
        adults = row.what[0][0]
        places = Counter(self._places(row))
        lines = (
            *(
                BookingLine(n, ADULT, Money(n * 11500, "SAR"), session, self._times(row, session))
                for session, n in places.items()
            ),
            BookingLine(1, LOCKER, Money(2300, "SAR"), 0, None),
        )
        ended = row.life in (Life.REJECTED, Life.CANCELLED)
        decided = (HUDA, self.now - timedelta(minutes=20)) if ended else None
        row = self._with_checks(row)
        may = self.may_decide and row.life is Life.UNDER_REVIEW, self.may_pay and row.life is Life.HELD
        return BookingPage(
            row, BookingGuest("sara", "+966•••4567", self.reach, self.language), lines,
            "A table in the shade, and one wheelchair", "There is no room." if ended else "", REEM,
            self.now - timedelta(hours=2), decided, adults, 1 if row.attendance is Attendance.INSIDE else 0,
            *may, self.online, "sale-412", row.life in PAID_FOR,
            self._checked(row) if row.life is Life.UNDER_REVIEW else (),
            row.life in HOLDS, f"mark-{len(self.changes.get(booking_id, ()))}", self._wished(booking_id),
            tuple(self.changes.get(booking_id, ())), self._good(row) if row.life is Life.CONFIRMED else (),
            self.may_decide, self.revoked.get(booking_id, ()),
            self._link(first) if (first := self.firsts.get(booking_id)) else None,
            tuple(self._link(each) for each, first in self.firsts.items() if first == booking_id),
            self._seats(row) if row.life not in ENDED else (), self.going_back,
            self.colleagues if row.life is Life.UNDER_REVIEW and self.online else (),
            self._rooms(row) if row.life is Life.UNDER_REVIEW else (), self.stays.get(booking_id),
        )  # fmt: skip

    def _link(self, booking_id: str) -> BookingLink:
        row = self.known[booking_id]
        return BookingLink(booking_id, row.number, row.life)

    def add(self, life: Life = Life.CONFIRMED) -> None:
        """Two came to what Abdullah paid, which is `life` by now."""
        first = self.known["abdullah"]
        self.known["more"] = self._row("more", "Two more", Life.CONFIRMED, 2, paid=Paid.PAID)
        self.firsts["more"] = "abdullah"
        self.known["abdullah"] = replace(first, life=life)

    def add_late(self, minor: int) -> None:
        """Noura paid, and nothing goes back for it any more: so much stays."""
        self.known["noura"] = self._row("noura", "Noura Al-Otaibi", Life.CONFIRMED, 2, paid=Paid.PAID)
        self.stays["noura"] = Money(minor, "SAR")

    def make_free(self, booking_id: str) -> None:
        """There is nothing to pay for it."""
        row, nothing = self.known[booking_id], Money(0, "SAR")
        until = self.now + timedelta(hours=3)
        self.known[booking_id] = replace(row, total=nothing, paid=Paid.NONE_DUE, until=until)

    def _seats(self, row: BookingRow) -> tuple[BookingSeat, ...]:
        seats = ((f"{row.booking_id}-{n}", session) for n, session in enumerate(self._places(row)))
        return tuple(
            BookingSeat(key, ADULT, session, self._times(row, session), self.names.get(key, ""))
            for key, session in seats
        )

    def _places(self, row: BookingRow) -> list[int]:
        """The session of each adult: that at 14:00, and the last one's is its last."""
        others = [session.number for session in row.sessions[1:]][-1:]
        adults = row.what[0][0]
        return [*[3] * (adults - len(others)), *others]

    def _times(self, row: BookingRow, number: int) -> tuple[datetime, datetime]:
        """Of a session of the booking; the one at 14:00 is the same for all."""
        if found := next((each for each in row.sessions[1:] if each.number == number), None):
            return found.starts_at, found.ends_at
        return self.now.replace(hour=14, minute=0), self.now.replace(hour=16, minute=0)

    def name_tickets(self, booking_id: str, seen: str, names: Mapping[str, str]) -> None:
        self._ask(booking_id, *HOLDS, Life.CONFIRMED)
        self.names |= names

    def split(self, booking_id: str) -> None:
        """It is for two at 14:00, and for three at 16:00, with a locker."""
        row = self.known[booking_id]
        first, second = (self.sessions_of(row.day, ((1, 3 + n, 1),))[0] for n in range(2))
        self.wanted[booking_id] = ((1, 3, 2), (1, 4, 3), (10, 0, 1))
        total = Money(5 * 11500 + 2300, "SAR")
        what = ((2, ADULT), (3, ADULT), (1, LOCKER))
        self.known[booking_id] = replace(row, sessions=(first, second), total=total, what=what)

    def split_to_surf(self, booking_id: str, ride: Product) -> None:
        """It is for two at 14:00, and for one who surfs at 16:00."""
        self.surf(ride, 4)
        row = self.known[booking_id]
        wanted = self.wanted[booking_id] = ((1, 3, 2), (ride.number, 4, 1))
        what, total = ((2, ADULT), (1, ride.name)), Money(2 * 11500 + ride.price.minor, "SAR")
        sessions = self.sessions_of(row.day, wanted)
        self.known[booking_id] = replace(row, sessions=sessions, total=total, what=what)

    def _wished(self, booking_id: str) -> tuple[tuple[int, int, int], ...]:
        """For the session that begins at 14:00, unless it was made or changed here."""
        adults = self.known[booking_id].what[0][0]
        return self.wanted.get(booking_id, ((1, 3, adults), (10, 0, 1)))

    def change(
        self,
        booking_id: str,
        seen: str,
        lines: Sequence[tuple[int, int, int]],
        note: str,
        change_id: str,
        day: date | None,
        approval: Approval | None = None,
    ) -> Made:
        if (refused := self.refuses) is not None:
            self.refuses = None
            raise refused
        self.allowed_by = approval.staff_id if approval else ""
        before = self.known[booking_id]
        change = BookingChange(How.CHANGED, REEM, self.now, before.what, before.day, before.total)
        self.changes.setdefault(booking_id, []).append(change)
        self.wanted[booking_id] = tuple(lines)
        self.booked.append((seen, tuple(lines), note, change_id))
        review = any(self._product(number).approval for number, _, _ in lines)
        self._keep(booking_id, tuple(lines), review=review, day=day)
        self.known[booking_id] = replace(self.known[booking_id], number=before.number, guest=before.guest)
        return Made(booking_id, before.number, None if review else self.now + timedelta(minutes=15), review)

    def _good(self, row: BookingRow) -> tuple[BookingTicket, ...]:
        """One for each adult; somebody came in on the first where somebody is inside."""
        came_in = self.came_in if row.attendance is Attendance.INSIDE else 0
        return tuple(
            BookingTicket(
                f"{row.booking_id}-{n}", ADULT, f"7K2M-P{n}", session, self._times(row, session), n < came_in
            )
            for n, session in enumerate(self._places(row))
        )  # fmt: skip

    def move(
        self, booking_id: str, seen: str, tickets: Sequence[str], session_number: int, change_id: str
    ) -> int:
        if (refused := self.refuses) is not None:
            self.refuses = None
            raise refused
        self.moves.append((seen, tuple(tickets), session_number, change_id))
        before = self.known[booking_id]
        change = BookingChange(How.MOVED, REEM, self.now, before.what, before.day, before.total)
        self.changes.setdefault(booking_id, []).append(change)
        return len(tickets)

    def reissue(self, booking_id: str, seen: str, tickets: Sequence[str]) -> int:
        self._refuse()
        self.ended.append((seen, tuple(tickets)))
        before = self.known[booking_id]
        change = BookingChange(How.REISSUED, REEM, self.now, before.what, before.day, before.total)
        self.changes.setdefault(booking_id, []).append(change)
        return len(tickets)

    def sold(self, sale_id: str) -> SoldTickets:
        """Of any sale those of Abdullah's booking."""
        self._refuse()
        row = self.known["abdullah"]
        return SoldTickets("abdullah", self._good(row), row.sessions, self.may_decide)

    def revoke(
        self, booking_id: str, tickets: Sequence[str], reason: str, approval: Approval | None = None
    ) -> int:
        self._refuse()
        self.ended.append((reason, tuple(tickets), *((approval.staff_id,) if approval else ())))
        said = Revoked(HUDA, self.now, len(tickets), reason)
        self.revoked[booking_id] = (*self.revoked.get(booking_id, ()), said)
        return len(tickets)

    def _refuse(self) -> None:
        refused, self.refuses = self.refuses, None
        if refused is not None:
            raise refused

    def changed_elsewhere(self, booking_id: str) -> None:
        """By a colleague, a minute ago."""
        before = self.known[booking_id]
        at = self.now - timedelta(minutes=1)
        change = BookingChange(How.CHANGED, HUDA, at, before.what, before.day, before.total)
        self.changes.setdefault(booking_id, []).append(change)

    def _checked(self, row: BookingRow) -> tuple[tuple[Check, bool], ...]:
        guest = Guest("sara", row.guest, phone="+966551234567", verified=frozenset(("+966551234567",)))
        rooms = [each.room for each in self._rooms(row)]
        return checks(guest, "A table in the shade", in_time=row.day >= self.now.date(), rooms=rooms)

    def _rooms(self, row: BookingRow) -> tuple[BookingRoom, ...]:
        """Its session at 14:00, of `capacity` places."""
        wanted = row.what[0][0]
        if not row.sessions:
            return ()
        [session] = row.sessions
        room = Room(wanted, self.kept.get(row.booking_id, wanted), 56 + wanted, self.capacity)
        return (BookingRoom(session.activity, (session.starts_at, session.ends_at), room),)

    def cart(self, booking_id: str, approval: Approval | None = None) -> Cart:
        self._ask(booking_id, Life.HELD)
        if self.banned and approval is None:
            raise Refused(Code.GUEST_BANNED)
        adults, product = self.known[booking_id].what[0][0], self._products[4]
        lines = (CartLine("line", product, None, adults, product.price),)
        return Cart("SAR", lines, booking_id=booking_id)

    def approve(self, booking_id: str, seen: str = "") -> None:
        self._ask(booking_id, Life.UNDER_REVIEW)
        self._becomes(booking_id, Life.HELD, until=self.now + timedelta(days=1))
        self.decided.append(("approve", booking_id))

    def other_times(self, booking_id: str) -> tuple[SessionTile, ...]:
        """Sessions of two days with room, but for its own at 14:00."""
        wanted, today = self.known[booking_id].what[0][0], self.now.date()
        tiles = (*self._sessions(today), *self._sessions(today + timedelta(days=1)))
        found = (replace(each, number=each.number + 5 * (n > 4)) for n, each in enumerate(tiles))
        return tuple(each for each in found if each.left >= wanted and each.number != 3)

    def letter(
        self, booking_id: str, what: str, reason: str, times: Sequence[int] = (), stays: int = 0
    ) -> str:
        self.letters.append((what, reason, tuple(times), stays))
        return self.letter_words.replace("{reason}", reason)

    def reject(self, booking_id: str, reason: str, seen: str = "", times: Sequence[int] = ()) -> None:
        self._ask(booking_id, Life.UNDER_REVIEW)
        self._becomes(booking_id, Life.REJECTED)
        self.decided.append(("reject", booking_id, reason, *map(str, times)))

    def cancel(self, booking_id: str, reason: str, seen: str = "", stays: int = 0) -> None:
        if stays != (self.stays[booking_id].minor if booking_id in self.stays else 0):
            raise Refused(Code.BOOKING_PAID)
        paid = (Life.CONFIRMED,) if booking_id in self.stays else ()
        self._ask(booking_id, Life.UNDER_REVIEW, Life.HELD, *paid)
        self._becomes(booking_id, Life.CANCELLED)
        self.decided.append(("cancel", booking_id, reason))

    def _becomes(self, booking_id: str, life: Life, until: datetime | None = None) -> None:
        self.known[booking_id] = replace(self.known[booking_id], life=life, until=until)

    def elsewhere(self, booking_id: str) -> None:
        """A colleague rejects it ten minutes ago, and this station has not heard of it."""
        at = int((self.now - timedelta(minutes=10)).timestamp() * 1000)
        self.refuses = Refused(Code.BOOKING_IS, life="rejected", by="Huda Salem", at=at)
        self._becomes(booking_id, Life.REJECTED)

    def _ask(self, booking_id: str, *lives: Life) -> None:
        if (refused := self.refuses) is not None:
            self.refuses = None
            raise refused
        if not self.online and Life.HELD not in lives:
            raise Refused(Code.REQUEST_OFFLINE)
        if self.known[booking_id].life not in lives:
            raise Refused(Code.BOOKING_IS, life=self.known[booking_id].life.value)

    def crowd(self, count: int) -> None:
        """So many more wait for a decision."""
        for n in range(count):
            row = replace(self.known["family"], booking_id=f"more-{n}", number=f"GH-{n:04}ZZ")
            self.known[row.booking_id] = row
