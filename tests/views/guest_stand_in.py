"""Guests of a venue for screens: found, registered and changed by the rules that a screen can show, kept in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from app.shown_guests import GuestEvent, GuestForm, GuestPage, GuestRow, MembershipForm
from domain.catalogue import MembershipPlan, Words
from domain.errors import Code, Refused
from domain.fold import fold
from domain.membership import Membership

TILL, OFFICE = Words("Till 2", "صندوق 2"), Words("Guest desk", "مكتب الضيوف")
REEM, HUDA = Words("Reem Mansour", "ريم منصور"), Words("Huda Salem", "هدى سالم")
SARA = GuestForm(
    "Sara Al-Qahtani", "+966551234567", "sara.alqahtani@example.com", "ar", "1990-02-28",
    "Comes with three children; the youngest has armbands of her own", ("vip", "medical"),
)  # fmt: skip
KNOWN = {
    "sara": SARA,
    "sara-2": GuestForm("سارة القحطاني", "+966551234567", language="ar"),
    "salem": GuestForm("Salem Al-Harbi", "+966504443322", "", "en", "1984-11-02", "", ("attention",)),
    "salma": GuestForm(
        "Salma Bint Abdulrahman Al-Ghamdi", "", "salma.alghamdi.bookings@university-clinic.example.org"
    ),
    "saad": GuestForm("Saad Nasser", "+966567778899", "", "", "", "Threw chairs", ("banned", "attention")),
    "abdullah": GuestForm("عبدالله بن سعد", "+966533332211", "", "ar", "2012-05-01"),
}
CODE = "482913"
SEASON = MembershipPlan("season", Words("Season pass", "بطاقة الموسم"))
FRIENDS = MembershipPlan("friends", Words("Friends of the water park", "أصدقاء المدينة المائية"))


class FakeGuests:
    def __init__(self, now: datetime) -> None:
        self.now = now
        self.known = dict(KNOWN)
        self.verified = {"sara": ("+966551234567",), "salem": ("+966504443322",)}
        self.online, self.may_merge, self.may_erase = True, False, False
        self.asked: list[str] = []
        self.sent: list[tuple[str, str]] = []
        self.merged: list[tuple[str, str]] = []
        self.erased: list[tuple[str, str]] = []
        self.copied: list[str] = []
        self.tries = 5
        self.refuses: Refused | None = None
        self.plans: tuple[MembershipPlan, ...] = ()
        self.memberships: dict[str, tuple[Membership, ...]] = {}

    def join(self) -> None:
        """The venue has memberships; Salem was a member often."""
        year, today = timedelta(days=365), self.now.date()
        days = ((0, 300), (-900, -600), (20, 380), (-100, 200))
        self.plans = (SEASON, FRIENDS)
        self.memberships["salem"] = tuple(
            Membership(
                f"m{n}", SEASON.plan_id, f"SP-2026-{n:05}", today + timedelta(days=since),
                today + timedelta(days=until), n == 3,
            )
            for n, (since, until) in enumerate(days)
        )  # fmt: skip
        one = Membership("m9", FRIENDS.plan_id, "9" * 40, today, today + year)
        self.memberships["salma"] = (one,)

    def give_membership(self, guest_id: str, form: MembershipForm) -> str:
        if self.refuses is not None:
            raise self.refuses
        if not form.plan:
            raise Refused(Code.MEMBERSHIP_PLAN)
        if not form.number:
            raise Refused(Code.MEMBERSHIP_NUMBER, most=40)
        days = date.fromisoformat(form.since), date.fromisoformat(form.until)
        has = self.memberships.get(guest_id, ())
        self.memberships[guest_id] = (*has, Membership(f"n{len(has)}", form.plan, form.number, *days))
        return f"n{len(has)}"

    def end_membership(self, guest_id: str, membership_id: str) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.memberships[guest_id] = tuple(
            replace(each, ended=each.ended or each.membership_id == membership_id)
            for each in self.memberships[guest_id]
        )

    def find(self, text: str) -> tuple[GuestRow, ...]:
        self.asked.append(text)
        if self.refuses is not None:
            raise self.refuses
        wanted = fold(text)
        digits = wanted.replace(" ", "").lstrip("0+")
        found = [
            guest_id
            for guest_id, form in self.known.items()
            if wanted in fold(f"{form.name} {form.email}") or (digits.isdigit() and digits in form.phone)
        ]
        return tuple(map(self._row, found))

    def page(self, guest_id: str) -> GuestPage:
        if self.refuses is not None:
            raise self.refuses
        if guest_id not in self.known:
            raise Refused(Code.GUEST_ERASED)
        form = self.known[guest_id]
        twins = [
            other
            for other, its in self.known.items()
            if other != guest_id and form.phone and its.phone == form.phone
        ]
        proved = self.verified.get(guest_id, ())
        contacts = [name for name, value in (("sms", form.phone), ("mail", form.email)) if value]
        left = [name for name in contacts if (form.phone if name == "sms" else form.email) not in proved]
        may = self.may_merge, self.may_erase, self.online
        return GuestPage(
            self._row(guest_id),
            form,
            proved,
            tuple(left),
            self._history(proved),
            tuple(map(self._row, twins)),
            *may,
            self.now.date(),
            self.memberships.get(guest_id, ()),
            self.plans,
        )

    def _row(self, guest_id: str) -> GuestRow:
        form = self.known[guest_id]
        number = form.phone
        shown = f"{number[:4]} {number[4:6]} {number[6:9]} {number[9:]}" if number else ""
        proved = bool({form.phone, form.email} & set(self.verified.get(guest_id, ())))
        return GuestRow(guest_id, form.name, shown, form.email, proved, form.flags)

    def _history(self, proved: tuple[str, ...]) -> tuple[GuestEvent, ...]:
        hours = timedelta(hours=1)
        told = [GuestEvent(self.now - hours, "changed", ("note", "flags"), REEM, TILL)]
        if proved:
            told.append(GuestEvent(self.now - 2 * hours, "verified", ("phone",), REEM, TILL))
        first = ("name", "phone", "email", "language")
        return (*told, GuestEvent(self.now - 60 * hours, "registered", first, HUDA, OFFICE))

    def register(self, form: GuestForm) -> str:
        self._check("", form)
        self.known["new"] = form
        return "new"

    def change(self, guest_id: str, form: GuestForm) -> bool:
        self._check(guest_id, form)
        self.known[guest_id] = form
        return True

    def _check(self, guest_id: str, form: GuestForm) -> None:
        if form.phone and len(form.phone) < 9:
            raise Refused(Code.PHONE_INVALID)
        if not form.name:
            raise Refused(Code.GUEST_NAME)
        if form.email and "." not in form.email:
            raise Refused(Code.EMAIL_INVALID)
        if form.born and len(form.born) != 10:
            raise Refused(Code.GUEST_BORN)
        for other, its in self.known.items():
            same = form.phone and form.phone.replace(" ", "").lstrip("0+") in its.phone
            if same and other not in (guest_id, "sara-2"):
                raise Refused(Code.GUEST_KNOWN, name=its.name, guest=other)

    def save_copy(self, guest_id: str) -> str:
        self.copied.append(guest_id)
        return f"/srv/till/exports/guest-{guest_id}.json"

    def send_code(self, guest_id: str, channel: str) -> str:
        self._ask()
        self.sent.append((guest_id, channel))
        return (self.now + timedelta(minutes=5)).isoformat()

    def verify(self, guest_id: str, code: str) -> None:
        self._ask()
        if code != CODE:
            self.tries -= 1
            raise Refused(Code.CODE_WRONG, tries=self.tries) if self.tries else Refused(Code.CODE_OVER)
        channel, form = self.sent[-1][1], self.known[guest_id]
        proved = form.phone if channel == "sms" else form.email
        self.verified[guest_id] = (*self.verified.get(guest_id, ()), proved)

    def merge(self, guest_id: str, into_id: str) -> None:
        self._ask()
        self.merged.append((guest_id, into_id))
        del self.known[guest_id]

    def erase(self, guest_id: str, reason: str) -> None:
        if not reason:
            raise Refused(Code.REASON_NEEDED)
        self._ask()
        self.erased.append((guest_id, reason))
        del self.known[guest_id]

    def _ask(self) -> None:
        if self.refuses is not None:
            raise self.refuses
        if not self.online:
            raise Refused(Code.REQUEST_OFFLINE)

    def crowd(self, count: int) -> None:
        """So many more whose name begins alike."""
        for n in range(count):
            self.known[f"more-{n}"] = replace(SARA, name=f"Sara {n:02}", phone=f"+96655{n:07}", flags=())
