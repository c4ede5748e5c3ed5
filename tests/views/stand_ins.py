"""In-memory services for screens: they keep the rules that a screen can show, and nothing on disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from app import shown, shown_status
from app.shown import Colour, TenderStatus
from app.shown_attention import (
    NOTHING_LEFT,
    AttentionPage,
    Basket,
    Closing,
    Fact,
    Item,
    Named,
    Passed,
    Settled,
    Slot,
    Source,
)
from app.shown_readiness import ReadinessPage
from app.shown_refunds import Waiting
from app.shown_shifts import CountShown, MoveRow, ShiftPage
from app.views.ports import Services
from domain import cart as carts
from domain import sale, shift
from domain.attention import ways_of
from domain.cart import Cart
from domain.catalogue import Activity, Product, ProductKind, Seller, Session, StaffMember, Words
from domain.correction import Said
from domain.discount import Discount, check_alone, check_approved
from domain.errors import Code, Refused
from domain.lease import wanted_by
from domain.limits import defaults
from domain.membership import SeenMembership
from domain.money import Money
from domain.receipt import CashFigures, ShiftReport
from tests.views.booking_desk_stand_in import POOL, SURF
from tests.views.booking_stand_in import FakeBookings
from tests.views.guest_stand_in import SEASON, FakeGuests
from tests.views.message_stand_in import FakeMessages
from tests.views.ready_stand_in import FakeReadiness
from tests.views.refund_stand_in import FakeRefunds

ZONE = ZoneInfo("Asia/Riyadh")
NOW = datetime(2026, 11, 26, 12, 34, 7, tzinfo=ZONE)
NOTES = (50000, 20000, 10000, 5000, 2000, 1000, 500, 100, 50, 25, 10, 5)
DEAR, FAMILIES = 1_010, 20
PINS = {"reem": "2468", "huda": "1357", "omar": "8642"}


def sar(text: str) -> Money:
    whole, _, rest = text.partition(".")
    return Money(int(whole) * 100 + int(rest.ljust(2, "0") or 0), "SAR")


def _product(
    number: int, kind: str, en: str, ar: str, price: str, icon: str, category: str, places: int = 0
) -> Product:
    return Product(
        number,
        ProductKind(kind),
        Words(en, ar),
        sar(price),
        1500,
        icon,
        category,
        places,
        "pool" if places else "",
    )


PRODUCTS = (
    _product(1, "ticket", "Day ticket – adult", "تذكرة يوم – بالغ", "115.00", "ticket", "tickets", 1),
    _product(2, "ticket", "Day ticket – child", "تذكرة يوم – طفل", "80.50", "mood-kid", "tickets", 1),
    _product(3, "ticket", "Day ticket – infant", "تذكرة يوم – رضيع", "0.00", "baby-carriage", "tickets", 1),
    _product(4, "ticket", "Companion", "مرافق", "0.00", "accessible", "tickets", 1),
    _product(5, "rental", "Tube rental", "تأجير عوامة", "34.50", "kayak", "rentals"),
    _product(6, "rental", "Life jacket – junior", "سترة نجاة – صغير", "17.25", "lifebuoy", "rentals"),
    _product(7, "ticket", "Swim lesson", "درس سباحة", "95.00", "swimming", "tickets", 1),
    _product(8, "ticket", "Surf simulator", "محاكي الأمواج", "110.00", "ship", "tickets", 1),
    _product(9, "locker", "Family locker", "خزانة عائلية", "0.00", "lock", "lockers"),
    _product(10, "locker", "Extra locker", "خزانة إضافية", "23.00", "lock", "lockers"),
    _product(11, "goods", "Towel hire", "تأجير منشفة", "11.50", "hanger", "goods"),
    _product(12, "goods", "Swim nappy", "حفاض سباحة", "13.80", "beach", "goods"),
    _product(13, "food", "Burger", "برجر", "28.75", "burger", "food"),
    _product(14, "food", "Kids’ meal", "وجبة أطفال", "23.00", "pizza", "food"),
    _product(15, "food", "Fries", "بطاطس مقلية", "11.50", "salad", "food"),
    _product(16, "food", "Water", "ماء", "2.30", "bottle", "food"),
)
LEFT = {1: 86, 2: 86, 3: 86, 4: 86, 5: 6, 6: 22, 7: 7, 8: 0, 9: 41, 10: 41, 12: 9}
CATEGORIES = ("favourites", "tickets", "rentals", "lockers", "food", "goods")


def at(hour: int, minute: int = 0) -> datetime:
    return NOW.replace(hour=hour, minute=minute, second=0)


SESSIONS = tuple(
    Session(number, "pool", at(start), at(end), 300, NOW.date())
    for number, (start, end) in enumerate(((10, 12), (12, 14), (14, 16), (16, 18), (18, 22)), start=1)
)
RIDES = tuple(
    Session(number, "surf", at(number + 7), at(number + 8), 12, NOW.date()) for number in range(6, 11)
)
PLACES_LEFT = {1: 0, 2: 86, 3: 142, 4: 231, 5: 24, 6: 0, 7: 4, 8: 12, 9: 1, 10: 8}
GATE_2, GATE_NORTH = Words("Gate 2", "البوابة 2"), Words("Gate 1 · north", "البوابة 1 · شمال")
SIMULATOR = 8
REEM = StaffMember("reem", Words("Reem Mansour", "ريم منصور"), "cashier", "en")
HUDA = StaffMember("huda", Words("Huda Salem", "هدى سالم"), "supervisor", "ar")
OMAR = StaffMember("omar", Words("Omar Bakr", "عمر بكر"), "gate", "en")
STAFF = (REEM, HUDA, OMAR)


class FakePeople:
    def __init__(self) -> None:
        self.tries = 5
        self.signed_in: StaffMember | None = None
        self.asked: list[str] = []
        self.shown = tuple(
            shown.StaffTile(s.staff_id, s.name, s.role, s.language, PINS[s.staff_id]) for s in STAFF
        )

    def tiles(self) -> tuple[shown.StaffTile, ...]:
        return self.shown

    def sign_in(self, staff_id: str, pin: str) -> StaffMember:
        if self.tries <= 0:
            raise Refused(Code.PIN_LOCKED, until=(NOW + timedelta(minutes=5)).isoformat())
        if PINS[staff_id] != pin:
            self.tries -= 1
            raise Refused(Code.PIN_WRONG, tries=self.tries)
        self.signed_in = next(s for s in STAFF if s.staff_id == staff_id)
        return self.signed_in

    def sign_out(self) -> None:
        self.signed_in = None

    def approvers(self, permission: str) -> tuple[shown.StaffTile, ...]:
        self.asked.append(permission)
        return tuple(each for each in self.tiles() if each.role == "supervisor")

    def change_pin(self, old: str, new: str) -> None:
        if old != "2468":
            raise Refused(Code.PIN_WRONG, tries=4)


def approve(approval: shown.Approval) -> None:
    if approval.pin != PINS["huda"]:
        raise Refused(Code.PIN_WRONG, tries=4)


def check_discounts(cart: Cart) -> None:
    lines, limits = carts.listed(cart), defaults(cart.currency)
    if cart.discounts and cart.discount_by:
        check_approved(lines, cart.discounts, (REEM, HUDA), limits)
    elif cart.discounts:
        check_alone(lines, cart.discounts, REEM, limits)


class FakeSelling:
    def __init__(self) -> None:
        self.shift_open = True
        self.allowing = frozenset(each.staff_id for each in STAFF)
        self.stale = False
        self.held: list[shown.ParkedCart] = []
        self._lines = 0
        self.ready = 0
        self.short: Refused | None = None
        self.good = Cart("SAR")
        self.times, self.families = 1, 1
        self.running = {2}
        self.turns_in: timedelta | None = None
        self.for_members = 0  # a product
        self.withdrawn = frozenset[int]()
        self.sessions = SESSIONS
        self.surfs = frozenset[int]()  # sessions of a second activity, which the surf simulator is of

    def surf_too(self) -> None:
        """Ten sessions, five of them of a second activity."""
        self.sessions = tuple(sorted((*SESSIONS, *RIDES), key=lambda each: each.starts_at))
        self.surfs = frozenset(each.number for each in RIDES)

    def numbered(self, session: int) -> Session:
        return next(each for each in self.sessions if each.number == session)

    def see(self, cart: Cart, plan: str, number: str) -> Cart:
        if not number:
            raise Refused(Code.MEMBERSHIP_NUMBER, most=40)
        if number == "over":
            raise Refused(Code.MEMBERSHIP_NOT_VALID, name="Salem Al-Harbi")
        return replace(cart, seen=(*cart.seen, SeenMembership(plan)))

    def _session(self, session: Session) -> shown.SessionTile:
        left = PLACES_LEFT[session.number]
        now = session.number in self.running
        times = session.starts_at, session.ends_at
        here, activity = self._here(session.number), self._activity(session.number)
        name = {"pool": POOL, "surf": SURF}[activity]
        return shown.SessionTile(
            session.number, name, *times, session.capacity, left, now, self.stale, here, activity
        )

    def _activity(self, session: int) -> str:
        return "surf" if session in self.surfs else "pool"

    def _here(self, session: int) -> int | None:
        """What the till holds in an outage."""
        return {2: self.ready or 27, 5: 0}.get(session, 12) if self.stale else None

    def page(self, session: int, category: str) -> shown.SellPage:
        sessions = tuple(map(self._session, self.sessions))
        sold = [p for p in PRODUCTS if p.number not in self.withdrawn]
        activity = self._activity(session or 2)
        listed = [p for p in map(self._priced, sold) if p.goes_with(activity)]
        listed = [p for p in listed if category in ("", "favourites") or p.category == category]
        return shown.SellPage(
            NOW.date(),
            sessions,
            session or 2,
            CATEGORIES,
            tuple(self._tile(each, session or 2) for each in listed),
            "SAR",
            self.shift_open,
            self.turns_in,
            (SEASON,),
            self.withdrawn,
            (Activity("pool", POOL), Activity("surf", SURF)),
        )

    def _tile(self, product: Product, session: int) -> shown.ProductTile:
        left = LEFT.get(product.number)
        if product.activity_id == "surf":
            left = PLACES_LEFT[session]
        full = left == 0
        later = self._session(SESSIONS[2]) if full else None
        here = self._here(2) if product.places else None
        return shown.ProductTile(
            product, left, low=left is not None and 0 < left <= 10, full=full, next_session=later, here=here
        )

    def add(self, cart: Cart, product_number: int, session: int) -> Cart:
        self._lines += 1
        product = self._priced(next(p for p in PRODUCTS if p.number == product_number))
        self._check_sold(product)
        chosen = self.numbered(session or 2)
        chosen = replace(chosen, activity_id=self._activity(chosen.number))
        wanted = carts.add(cart, product, chosen if product.places else None, line_id=f"line-{self._lines}")
        wanted = carts.asked_anew(cart, wanted)
        if product.places:
            carts.check_places(wanted, chosen, sold=chosen.capacity - PLACES_LEFT[chosen.number])
        return wanted

    def _priced(self, product: Product) -> Product:
        plan = SEASON.plan_id if product.number == self.for_members else ""
        activity = "surf" if self.surfs and product.number == SIMULATOR else product.activity_id
        return replace(product, price=product.price * self.times, membership=plan, activity_id=activity)

    def _check_sold(self, product: Product) -> None:
        carts.check_sold(replace(product, withdrawn=product.number in self.withdrawn), 1)

    def set_quantity(self, cart: Cart, line_id: str, quantity: int) -> Cart:
        new = carts.asked_anew(cart, carts.set_quantity(cart, line_id, quantity))
        if new.items > cart.items:
            line = next(line for line in cart.lines if line.line_id == line_id)
            self._check_sold(line.product)
            if line.session is not None:
                sold = line.session.capacity - PLACES_LEFT[line.session.number]
                carts.check_places(new, line.session, sold)
        return new

    def reserve(self, cart: Cart) -> Cart:
        """Takes all, or raises `short` for more places than `ready`."""
        wanted = sum(line.places for line in cart.lines)
        if self.short is not None and wanted > max(self.ready, sum(places for _, places in cart.allowed)):
            raise self.short
        self.good = cart
        return cart

    def trim(self, cart: Cart) -> Cart:
        had = {line.line_id: line.quantity for line in self.good.lines}
        for line in cart.lines:
            if self.short is not None and line.places and line.quantity > had.get(line.line_id, 0):
                cart = carts.set_quantity(cart, line.line_id, had.get(line.line_id, 0))
        return cart

    def allow(self, cart: Cart, approval: shown.Approval) -> Cart:
        if approval.pin != PINS[approval.staff_id]:
            raise Refused(Code.PIN_WRONG, tries=4)
        self.good = replace(cart, override_id="override-1", allowed=tuple(wanted_by(cart).items()))
        return self.good

    def discount(self, cart: Cart, given: Discount, approval: shown.Approval | None = None) -> Cart:
        """Up to Reem's limits, or with Huda's PIN hers."""
        self._lines += 1
        new = carts.discounted(cart, replace(given, discount_id=f"off-{self._lines}"))
        new = replace(new, discount_by=approval.staff_id if approval else "")
        check_discounts(new)
        if approval is not None:
            approve(approval)
        return new

    def may_allow(self, cart: Cart) -> frozenset[str]:
        return self.allowing

    def undiscount(self, cart: Cart, discount_id: str) -> Cart:
        return carts.undiscounted(cart, discount_id)

    def empty(self) -> Cart:
        return Cart("SAR")

    def park(self, cart: Cart) -> None:
        total = carts.totals(cart).gross
        self.held.append(
            shown.ParkedCart(f"held-{len(self.held)}", cart.lines[0].product.name, NOW, cart, total)
        )

    def parked(self) -> tuple[shown.ParkedCart, ...]:
        return tuple(self.held)

    def resume(self, parked_id: str) -> Cart:
        found = next(each for each in self.held if each.parked_id == parked_id)
        self.held.remove(found)
        return found.cart

    def search(self, text: str, session: int = 0) -> tuple[shown.ProductTile, ...]:
        found = (p for p in PRODUCTS if text.lower() in p.name.en.lower() or text in p.name.ar)
        return tuple(self._found(self._priced(each), session or 2) for each in found)

    def _found(self, product: Product, session: int) -> shown.ProductTile:
        """Of another activity it is for the session of its own that is not over when the chosen one begins."""
        if product.goes_with(self._activity(session)):
            return self._tile(product, session)
        mine = (
            self._session(each) for each in self.sessions if product.goes_with(self._activity(each.number))
        )
        begins = self.numbered(session).starts_at
        soon = next((each for each in mine if each.left and each.ends_at > begins), None)
        return shown.ProductTile(product, soon.left if soon else 0, False, soon is None, soon, elsewhere=True)


def family_cart(selling: FakeSelling) -> Cart:
    """2 adults, 2 children, a tube, an extra locker, 4 towels."""
    cart = selling.empty()
    for number, count in ((1, 2), (2, 2), (5, 1), (10, 1), (11, 4)):
        for _ in range(count):
            cart = selling.add(cart, number, 2)
    return cart


@dataclass
class FakeCheckout:
    """`outcome` of the next card: approved, partial (half of it), declined, mute decline, unreachable, unknown, or hang
    (the terminal waits for ever)."""

    outcome: str = "approved"
    cart: Cart = field(default_factory=lambda: Cart("SAR"))
    tenders: list[shown.TenderRow] = field(default_factory=list)
    charges: int = 0
    asked: list[Money] = field(default_factory=list)
    paid_count: int = 0
    change: Money = field(default_factory=lambda: Money(0, "SAR"))
    on_hang: Callable[[], None] = lambda: None
    open_payments: tuple[shown.OpenPayment, ...] = ()
    refuses: Code | None = None

    def begin(self, cart: Cart) -> shown.PaymentPage:
        if self.refuses is not None:
            raise Refused(self.refuses)
        check_discounts(cart)
        self.cart, self.tenders, self.change = cart, [], Money(0, "SAR")
        return self.page("sale-1")

    def page(self, sale_id: str) -> shown.PaymentPage:
        total = carts.totals(self.cart).gross
        paid = sum((t.amount for t in self.tenders if t.status is TenderStatus.DONE), total.zero)
        unknown = sum((t.amount for t in self.tenders if t.status is TenderStatus.UNKNOWN), total.zero)
        left = total - paid - unknown
        closed = None
        if paid == total:
            tickets = self.cart.tickets
            closed = shown.Paid("sale-1", "doc-1", "POS1-000412", total, self.change, tickets)
        quick = sale.quick_amounts(left, NOTES) if left else ()
        tenders = tuple(self.tenders)
        return shown.PaymentPage(
            "sale-1", self.cart, total, paid, left, unknown, tenders, quick, "PIN-02", closed
        )

    def cash(self, sale_id: str, tendered: Money) -> shown.PaymentPage:
        left = self.page(sale_id).left
        taken = sale.take_cash(left, (), tendered) if left else sale.CashTender(left, left)
        self.change = taken.change
        self.tenders.append(shown.TenderRow("cash", TenderStatus.DONE, taken.amount, NOW))
        return self.page(sale_id)

    def undo_cash(self, sale_id: str) -> shown.PaymentPage:
        self.tenders.remove([each for each in self.tenders if each.method == "cash"][-1])
        return self.page(sale_id)

    def card(
        self, sale_id: str, amount: Money, on_step: Callable[[shown.CardStep], None]
    ) -> shown.PaymentPage:
        if self.page(sale_id).unknown:
            raise Refused(Code.CARD_UNKNOWN_OPEN)
        self.charges += 1
        self.asked.append(amount)
        on_step(shown.CardStep("sent", NOW))
        on_step(shown.CardStep("waiting", NOW))
        row = shown.TenderRow("card", TenderStatus.DONE, amount, NOW, "mada", "", "4821", "083114")
        if self.outcome == "declined":
            reason = Words("Not enough funds", "الرصيد غير كافٍ")
            row = replace(row, status=TenderStatus.FAILED, reason=reason, approval="")
        elif self.outcome == "mute decline":
            row = replace(row, status=TenderStatus.FAILED, approval="", why="05")
        elif self.outcome == "unreachable":
            row = replace(
                row, status=TenderStatus.FAILED, approval="", last4="", scheme="", why="unreachable"
            )
        elif self.outcome == "partial":
            row = replace(row, amount=Money(amount.minor // 2, amount.currency), asked=amount)
        elif self.outcome == "unknown":
            row = replace(row, status=TenderStatus.UNKNOWN, approval="")
        elif self.outcome == "hang":
            row = replace(row, status=TenderStatus.WAITING, approval="", last4="", scheme="")
        self.tenders.append(row)
        return self.page(sale_id)

    def cancel_card(self, sale_id: str) -> None:
        self.tenders = [each for each in self.tenders if each.status is not TenderStatus.WAITING]

    def ask_again(self, sale_id: str) -> shown.PaymentPage:
        return self.page(sale_id)

    def resolve(
        self, sale_id: str, approved: bool, approval_code: str, approval: shown.Approval
    ) -> shown.PaymentPage:
        approve(approval)
        status = TenderStatus.DONE if approved else TenderStatus.FAILED
        self.tenders = [
            replace(each, status=status, approval=approval_code)
            if each.status is TenderStatus.UNKNOWN
            else each
            for each in self.tenders
        ]
        return self.page(sale_id)

    def give_up(self, sale_id: str) -> Cart:
        page = self.page(sale_id)
        if page.paid or page.unknown:
            raise Refused(Code.PAYMENT_OPEN)
        return self.cart

    def give_back(
        self, sale_id: str, approval: shown.Approval, on_step: Callable[[shown.CardStep], None]
    ) -> Cart:
        approve(approval)
        self.tenders = []
        return self.cart

    def to_resolve(self) -> tuple[shown.OpenPayment, ...]:
        return self.open_payments


TICKET = Words("Day ticket – adult", "تذكرة يوم – بالغ")
MIX = ((Words("adult", "بالغ"), 2), (Words("child", "طفل"), 2))
OK = shown.ScanResult(
    "ok", Colour.GREEN, NOW, False, "t-1", "7K2M-PQ", TICKET, at(12), at(14), None, 3, 4, MIX,
    admission_id="a-1", sale_number="POS1-000412",
)  # fmt: skip
NAMED = replace(OK, guest="Mohammed-Abdulrahman Bin Abdulaziz Al-Ghamdi the very last of")
ALREADY = replace(
    OK, code="already_redeemed", colour=Colour.AMBER, ticket_short="3F9T-XA", entry_at=at(11, 42), entry_gate=GATE_2,
    entry_by="Faisal", admission_id="",
)  # fmt: skip
WRONG_DAY = replace(
    OK, code="invalid_time", colour=Colour.RED, valid_on=NOW.date() + timedelta(days=2), session_starts=at(10),
    session_ends=at(12), admission_id="",
)  # fmt: skip
NOT_NOW = replace(
    OK, code="invalid_time", colour=Colour.AMBER, session_starts=at(16), session_ends=at(18), admission_id=""
)
NOT_OURS = shown.ScanResult("not_ours", Colour.RED, NOW, False)
SCANS = {"OK": OK, "NAMED": NAMED, "AGAIN": ALREADY, "DAY": WRONG_DAY, "LATER": NOT_NOW, "NOTOURS": NOT_OURS}
SCANS["BANNED"] = replace(OK, code="banned", colour=Colour.AMBER, admission_id="")
SCANS |= {
    code.upper(): replace(NOT_OURS, code=code)
    for code in (
        "invalid",
        "forged",
        "foreign_venue",
        "code_too_long",
        "unreadable",
        "unpaid",
        "canceled",
        "moved",
    )
}


def _scan_row(code: str, colour: Colour, minute: int, en: str, ar: str, short: str) -> shown.ScanRow:
    return shown.ScanRow(code, colour, at(12, minute), Words(en, ar), short, Words("Gate 1", "البوابة 1"))


ROWS = (
    _scan_row("ok", Colour.GREEN, 33, "Day ticket – adult", "تذكرة يوم – بالغ", "7K2M-PQ"),
    _scan_row("ok", Colour.GREEN, 31, "Day ticket – child", "تذكرة يوم – طفل", "8M2K-AB"),
    _scan_row("already_redeemed", Colour.AMBER, 29, "Day ticket – adult", "تذكرة يوم – بالغ", "3F9T-XA"),
    _scan_row("ok_reentry", Colour.GREEN, 28, "Swim lesson", "درس سباحة", "5T2X-QL"),
    _scan_row("invalid_time", Colour.RED, 25, "", "", "7K2M-PQ"),
    _scan_row("ok", Colour.GREEN, 24, "Companion", "مرافق", "9P1R-ZZ"),
)


class FakeGate:
    def __init__(self) -> None:
        self.asked: list[str] = []
        self.undone: list[str] = []
        self.re_entered: list[str] = []
        self.let: list[tuple[str, str, str]] = []
        self.stale = False

    def scan(self, code: str) -> shown.ScanResult:
        repeated = bool(self.asked) and self.asked[-1] == code
        self.asked.append(code)
        return replace(SCANS.get(code, NOT_OURS), repeated=repeated, offline=self.stale)

    def is_ticket(self, code: str) -> bool:
        return SCANS.get(code, NOT_OURS) is not NOT_OURS

    def let_in(self, ticket_id: str, approval: shown.Approval) -> shown.ScanResult:
        self.let.append((ticket_id, approval.staff_id, approval.reason))
        return OK

    def re_enter(self, ticket_id: str) -> shown.ScanResult:
        self.re_entered.append(ticket_id)
        return replace(OK, code="ok_reentry")

    def undo(self, admission_id: str) -> shown.ScanResult:
        self.undone.append(admission_id)
        return OK

    def history(self, ticket_id: str) -> tuple[shown.ScanRow, ...]:
        return ROWS[2:4]

    def board(self) -> shown.GateBoard:
        return shown.GateBoard(ROWS, 287, 412, 600, at(12), self.stale, (201, 250))


SELLER = Seller(Words("Blue Bay", "الخليج الأزرق"), Words("Corniche", "الكورنيش"), "300000000000003", "1010")


class FakeShifts:
    def __init__(self) -> None:
        self.opened = True
        self.moves: list[MoveRow] = []
        self.counts, self.counted = 0, sar("0.00")
        self.closed_with: tuple[str, shown.Approval | None] | None = None
        self.float, self.expected = sar("500.00"), sar("547.40")
        self.may_read_cash, self.held = False, 0
        self.printed: list[str] = []
        self.left = NOTHING_LEFT
        self.refuses: Code | None = None

    def page(self) -> ShiftPage | None:
        if not self.opened:
            return None
        moves = tuple(self.moves)
        facts = ("s-1", at(9, 50), REEM.name, self.float, 23, moves, self.counts, 0, 4, self.may_read_cash)
        return ShiftPage(*facts, held=self.held)

    def open(self, pieces: Mapping[int, int]) -> ShiftPage:
        if self.refuses is not None:
            raise Refused(self.refuses)
        self.opened = True
        page = self.page()
        assert page is not None
        return replace(page, opening=shift.counted(pieces, "SAR"))

    def cash_in(self, amount: Money, reason: str) -> None:
        self._move("cash_in", amount, reason)

    def cash_out(self, amount: Money, reason: str, approval: shown.Approval | None = None) -> None:
        shift.check_amount(amount, "SAR")
        if approval is not None:
            approve(approval)
        elif amount > sar("100"):
            raise Refused(Code.CASH_OUT_OVER_LIMIT, limit="100.00")
        self._move("cash_out", amount, reason)

    def drop(self, amount: Money, approval: shown.Approval) -> None:
        shift.check_amount(amount, "SAR")
        approve(approval)
        self._move("drop", amount, approval.reason)

    def no_sale(self, reason: str) -> None:
        self._move("no_sale", Money(0, "SAR"), reason)

    def _move(self, kind: str, amount: Money, reason: str) -> None:
        if kind != "no_sale":
            shift.check_amount(amount, "SAR")
        if not reason:
            raise Refused(Code.REASON_NEEDED)
        self.moves.append(MoveRow(kind, amount, reason, NOW, REEM.name))

    def x_report(self) -> ShiftReport:
        self.printed.append("x")
        return shift.without_cash(report(""))

    def x_with_cash(self, approval: shown.Approval | None) -> ShiftReport:
        if approval is not None:
            approve(approval)
        self.printed.append("x with cash")
        return report("")

    def count(self, pieces: Mapping[int, int]) -> CountShown:
        if self.counts > 1:
            raise Refused(Code.COUNT_AGAIN_USED)
        self.counts += 1
        self.counted = shift.counted(pieces, "SAR")
        return self._count_shown(self.counted)

    def last_count(self) -> CountShown | None:
        return self._count_shown(self.counted) if self.counts else None

    def _count_shown(self, counted: Money) -> CountShown:
        difference = counted - self.expected
        over = shift.must_be_seen(difference, self.expected, sar("1.00"))
        return CountShown(counted, self.expected, difference, over, self.counts < 2, self.left)

    def close(self, note: str, approval: shown.Approval | None) -> ShiftReport:
        if approval is not None:
            approve(approval)
        self.closed_with, self.opened = (note, approval), False
        return report("Z-0001")

    def denominations(self) -> tuple[int, ...]:
        return NOTES

    def currency(self) -> str:
        return "SAR"


def report(number: str) -> ShiftReport:
    zero = Money(0, "SAR")
    cash = CashFigures(zero, zero, zero, zero, zero, zero, zero)
    return ShiftReport(
        number, "POS1", "Reem", at(9, 50), None, NOW, SELLER, "Asia/Riyadh", 0, 0, zero, zero, zero, (), (), cash, (),
        0, "", "", 0, 0,
    )  # fmt: skip


def sale_row(
    number: int, kind: str, total: str, methods: tuple[str, ...], why: str = "", voided: str = ""
) -> shown.SaleRow:
    name = f"POS1-{number:06}"
    moment = NOW - timedelta(minutes=412 - number)
    return shown.SaleRow(
        f"sale-{number}",
        f"doc-{number}",
        name,
        kind,
        moment,
        REEM.name,
        sar(total),
        methods,
        5,
        voided,
        0,
        why,
        tickets=4 if kind == "invoice" and number > 410 else 0,
    )


class FakeRecords:
    def __init__(self) -> None:
        self.reprinted: list[str] = []
        self.voided: list[tuple[str, str]] = []
        self.corrected: list[tuple[str, Said]] = []
        self.given_in_cash: list[tuple[str, str]] = []
        self.refuses: Code | None = None
        self.retried: list[str] = []
        self.given_up_for = ""
        self.sales: tuple[shown.SaleRow, ...] = (
            sale_row(412, "invoice", "425.50", ("card", "cash")),
            sale_row(411, "invoice", "23.00", ("cash",), "void_not_last"),
            sale_row(410, "credit", "72.45", ("card",), "void_already"),
            sale_row(409, "invoice", "98.90", ("cash",), "void_already", "POS1-000410"),
            sale_row(408, "invoice", "69.00", ("card",), "void_other_shift"),
        )
        self.jobs = (
            shown.PrintJobRow("j1", "receipt", "POS1-000412", "failed", "paper_out", NOW),
            shown.PrintJobRow("j2", "tickets", "POS1-000412", "unconfirmed", "no_answer", NOW),
        )

    def recent(self) -> tuple[shown.SaleRow, ...]:
        return self.sales

    def reprint(self, document_id: str) -> None:
        self.reprinted.append(document_id)

    def reprint_tickets(self, sale_id: str) -> None:
        self.reprinted.append(sale_id)

    def void(
        self, sale_id: str, reason: str, approval: shown.Approval, on_step: Callable[[shown.CardStep], None]
    ) -> shown.Voided:
        approve(approval)
        if self.refuses is not None:
            raise Refused(self.refuses)
        self.voided.append((sale_id, reason))
        return shown.Voided("POS1-000413", sar("425.50"), sar("125.50"), sar("300.00"))

    def void_in_cash(
        self, sale_id: str, reason: str, approval: shown.Approval, on_step: Callable[[shown.CardStep], None]
    ) -> shown.Voided:
        approve(approval)
        if self.refuses is not None:
            raise Refused(self.refuses)
        self.given_in_cash.append((sale_id, reason))
        credit = replace(sale_row(413, "credit", "425.50", ("card", "cash")), in_cash=sar("125.50"))
        self.sales = (credit, *self.sales)
        return shown.Voided("POS1-000413", sar("425.50"), sar("125.50"), sar("300.00"))

    def correct_tender(self, payment_id: str, said: Said, approval: shown.Approval) -> None:
        approve(approval)
        if self.refuses is not None:
            raise Refused(self.refuses)
        self.corrected.append((payment_id, said))

    def print_jobs(self) -> tuple[shown.PrintJobRow, ...]:
        return self.jobs

    def retry_print(self, job_id: str) -> None:
        self.retried.append(job_id)

    def give_up_print(self, job_id: str, why: str = "") -> None:
        self.retried.append(job_id)
        self.given_up_for = why


OVER = (
    Fact("session", Slot(POOL, at(12), at(14))),
    Fact("last", Passed(at(12, 4), Words("Till 2", "صندوق 2"), REEM.name)),
    Fact("document", "POS2-000118"),
    Fact("total", sar("230.00")),
    Fact("sold", "302"),
    Fact("capacity", "300"),
)
TWICE = (
    OVER[0],
    Fact("ticket", "7K2M-PQ"),
    Fact("product", TICKET),
    Fact("entry", Passed(at(11, 42), GATE_2, OMAR.name)),
    Fact("entry", Passed(at(11, 58), GATE_NORTH, REEM.name)),
)
ENDS = (
    Fact("closed", Closing("POS2-Z000031", sar("1734.50"), REEM.name, at(14, 2))),
    Fact("closed", Closing("POS2-Z000032", sar("1684.50"), OMAR.name, at(14, 20))),
    Fact("staff", REEM.name),
    Fact("station", Words("Till 2", "صندوق 2")),
    Fact("opened", at(8, 0)),
)
ITSELF = (
    Fact(
        "text", Words("The server has forgotten: a new PIN of Reem M.", "نسي الخادم: رقم سري جديد لـ ريم م.")
    ),
    Fact("station", Words("Till 2", "صندوق 2")),
    Fact("at", at(12, 20)),
)
CLAIMED = (OVER[0], Fact("station", Words("Till 2", "صندوق 2")), Fact("places", "20"), Fact("granted", "12"))
ASIDE = (
    Fact("what", Named("operation", "SaleClosed")),
    Fact("why", Named("aside", "newer")),
    Fact("document", "POS1-000407"),
    Fact("amount", sar("188.00")),
    Fact("staff", REEM.name),
    Fact("station", Words("Till 2", "صندوق 2")),
    Fact("at", at(10, 31)),
)
TOLD = (
    Fact("text", "The turnstile at gate 2 counts twice when a pram goes through"),
    Fact("document", "POS1-000399"),
    Fact("staff", OMAR.name),
    Fact("station", Words("Gate 2", "البوابة 2")),
    Fact("at", at(12, 20)),
)
PAPER = (
    Fact("document", "POS1-000412"),
    Fact("total", sar("425.50")),
    Fact("staff", REEM.name),
    Fact("paper", Named("paper", "tickets")),
    Fact("printer", Named("printer", "paper_out")),
    Fact("at", at(12, 31)),
)
CARD = (
    Fact("sale", Basket(TICKET, 3)),
    Fact("amount", sar("115.00")),
    Fact("staff", REEM.name),
    Fact("at", at(12, 16)),
    Fact("unknown", sar("115.00")),
)
ASKING = (
    Fact("what", Named("request", "SessionCapacity")),
    Fact("staff", HUDA.name),
    Fact("at", at(12, 33)),
)


def item(source: Source, kind: str, minute: int, facts: tuple[Fact, ...], **more: object) -> Item:
    amount = next((fact.value for fact in facts if isinstance(fact.value, Money)), None)
    ways = ways_of(kind) if source is Source.CASE else ()
    made = Item(
        f"{source}:{kind}", source, kind, f"{kind}-1", at(12, minute), facts, amount, ways, f"mark-{kind}"
    )
    return replace(made, **more)  # type: ignore[arg-type] # named by who asks


AWAITED = item(Source.CASE, "recovering", 5, (Fact("station", Words("Till 2", "صندوق 2")),))
BEFORE = Settled(at(11, 50), HUDA.name, "room", "Benches along the wall")
ITEMS = (
    item(Source.PAYMENT, "unknown", 16, CARD),
    item(Source.CASE, "double_admission", 1, TWICE),
    item(Source.CASE, "over_capacity", 5, OVER, earlier=(BEFORE,)),
    item(Source.CASE, "quarantined", 10, ASIDE),
    item(Source.CASE, "told", 20, TOLD),
    item(Source.PRINT, "failed", 31, PAPER, folder="/srv/till/prints"),
    item(Source.REQUEST, "asking", 33, ASKING),
)
CLOSED = (
    item(
        Source.CASE, "admitted_canceled", 2, TWICE[:3],
        settled=Settled(at(11, 30), HUDA.name, "let_stay", "The guest paid for the day at the till"),
    ),
    item(Source.CASE, "over_paid", 3, ASIDE[1:5], settled=Settled(at(11, 10), None)),
)  # fmt: skip


class FakeAttention:
    def __init__(self) -> None:
        self.items: tuple[Item, ...] = ITEMS
        self.closed: tuple[Item, ...] = CLOSED
        self.may_settle = True
        self.offline_since: datetime | None = None
        self.settled: list[tuple[str, tuple[str, str, str], str]] = []
        self.told: list[tuple[str, str]] = []
        self.refuses: Refused | None = None

    def page(self) -> AttentionPage:
        return AttentionPage(self.items, self.closed, self.may_settle, self.offline_since)

    def settle(
        self, case_id: str, said: tuple[str, str, str], approval: shown.Approval | None = None
    ) -> None:
        if approval is not None:
            approve(approval)
        if self.refuses is not None:
            raise self.refuses
        self.settled.append((case_id, said, approval.staff_id if approval else ""))
        self.items = tuple(each for each in self.items if each.thing != case_id)

    def tell(self, text: str, number: str) -> None:
        if not text:
            raise Refused(Code.REASON_NEEDED)
        self.told.append((text, number))
        facts = (Fact("text", text), Fact("staff", REEM.name))
        self.items = (*self.items, item(Source.TOLD, "told", 34, facts, key="told:new"))


class FakeHealth:
    """`refunds`, where it is set, is asked each time."""

    refunds: Callable[[], Waiting] | None = None

    def __init__(self, places: tuple[str, ...] = ("sell", "checkin")) -> None:
        self.now = shown_status.StationStatus(
            "POS1",
            Words("Till 2", "صندوق 2"),
            Words("Gate 1 · north", "البوابة 1 · شمال"),
            places,
            None,
            0,
            NOW,
            0,
            "",
            NOW,
            0,
            0,
        )

    def status(self) -> shown_status.StationStatus:
        return replace(self.now, refunds=self.refunds()) if self.refunds is not None else self.now

    def secrets_lie_in_a_file(self) -> None:
        self.now = replace(self.now, secrets_in_file=True)

    def backs_up(self, trouble: str, *, same_disk: bool) -> None:
        made = shown_status.BackupStatus("/media/stick/POS1", NOW - timedelta(minutes=4), trouble, same_disk)
        self.now = replace(self.now, backup=made)

    def go_offline(self) -> None:
        since, saved = NOW - timedelta(minutes=7), NOW - timedelta(minutes=8)
        self.now = replace(self.now, offline_since=since, data_from=saved, waiting=4)


@dataclass
class World:
    """All stand-ins, by their own types."""

    people: FakePeople = field(default_factory=FakePeople)
    selling: FakeSelling = field(default_factory=FakeSelling)
    checkout: FakeCheckout = field(default_factory=FakeCheckout)
    gate: FakeGate = field(default_factory=FakeGate)
    shifts: FakeShifts = field(default_factory=FakeShifts)
    records: FakeRecords = field(default_factory=FakeRecords)
    health: FakeHealth = field(default_factory=FakeHealth)
    attention: FakeAttention = field(default_factory=FakeAttention)
    readiness: FakeReadiness = field(default_factory=lambda: FakeReadiness(NOW))
    guests: FakeGuests = field(default_factory=lambda: FakeGuests(NOW))
    bookings: FakeBookings = field(default_factory=lambda: FakeBookings(NOW, PRODUCTS))
    messages: FakeMessages = field(default_factory=lambda: FakeMessages(NOW))
    refunds: FakeRefunds = field(default_factory=lambda: FakeRefunds(NOW, approve))

    def grow_dear(self) -> None:
        """High prices and twenty families at once, who pay 9,988,900.00; sales and the drawer to match."""
        self.selling.times, self.selling.families = DEAR, FAMILIES
        shifts, items = self.shifts, self.attention.items
        shifts.float, shifts.expected = self.worth("500.00"), self.worth("547.40")
        self.records.sales = tuple(
            replace(each, total=each.total * DEAR * FAMILIES) for each in self.records.sales
        )
        self.attention.items = tuple(
            replace(each, amount=each.amount and each.amount * DEAR * FAMILIES) for each in items
        )

    def worth(self, amount: str) -> Money:
        """What this much has become."""
        return sar(amount) * self.selling.times * self.selling.families

    def reset(self) -> None:
        """All as on the first day."""
        for each in (
            self.people,
            self.selling,
            self.checkout,
            self.gate,
            self.shifts,
            self.records,
            self.health,
            self.attention,
        ):
            vars(each).update(vars(type(each)()))
        self.readiness = FakeReadiness(NOW)
        vars(self.guests).update(vars(FakeGuests(NOW)))
        vars(self.bookings).update(vars(FakeBookings(NOW, PRODUCTS)))
        vars(self.messages).update(vars(FakeMessages(NOW)))
        vars(self.refunds).update(vars(FakeRefunds(NOW, approve)))

    @property
    def services(self) -> Services:
        return Services(
            self.people,
            self.selling,
            self.checkout,
            self.gate,
            self.shifts,
            self.records,
            self.health,
            self.attention,
            _Handed(self),
            self.guests,
            self.bookings,
            self.messages,
            self.refunds,
        )


class _Handed:
    """The world's readiness as it is now: a reset makes another."""

    def __init__(self, world: World) -> None:
        self._world = world

    def page(self) -> ReadinessPage:
        return self._world.readiness.page()


def utc_now() -> datetime:
    return NOW.astimezone(UTC)
