"""The states of the page of bookings, as a person brings them about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import Qt

from app.shown_bookings import BookedSession, Colleague
from app.views.booking_add import AddForm
from app.views.booking_calendar import BookingCalendar
from app.views.booking_change import ChangeForm
from app.views.booking_form import BookingForm
from app.views.booking_list import BookingList
from app.views.booking_move import MoveForm
from app.views.booking_suggest import SuggestForm
from app.views.booking_tickets import SecondRevokes, TicketsForm
from app.views.booking_why import WhyForm
from app.views.widgets.tab_row import TURN
from domain.booking import Attendance, Life, Paid
from domain.catalogue import Words
from domain.errors import Code, Refused
from domain.money import Money
from tests.views.booking_desk_stand_in import ACTIVITIES
from tests.views.booking_stand_in import HUDA
from tests.views.guest_stand_in import KNOWN
from tests.views.scene import Scene, send
from tests.views.stand_ins import PRODUCTS, SESSIONS, SIMULATOR, SURF

Setter = Callable[[Scene], None]
KEPT = """أهلًا نورة العتيبي،

أُلغي حجزك GH-7733KM ليوم الخميس 26 نوفمبر 2026، ولم تعد تذاكره صالحة.

وبحسب الشروط التي حُجز بها لا يُعاد شيء من مبلغ 253.00 ر.س الذي دُفع عنه."""
REJECTED = """أهلًا سارة القحطاني،

نعتذر: لا نستطيع قبول حجزك GH-7642KM ليوم الخميس 26 نوفمبر 2026.

السبب: {reason}

كل ما دُفع عنه يعود كاملًا. ويسعدنا أن نجد معك يومًا آخر."""


def to_decide(scene: Scene) -> None:
    """As whoever may decide sees it."""
    scene.world.bookings.may_decide = True
    scene.world.health.now = replace(scene.world.health.now, to_decide=2)
    scene.refresh()
    scene.show("bookings")
    scene.click_words(scene.words("bookings.decide_n", n=2))


def chosen(booking: str, *keys: str) -> Setter:
    """A booking of the list, by its guest, and what is pressed then."""

    def show(scene: Scene) -> None:
        scene.show("bookings")
        scene.click_words(scene.world.bookings.known[booking].guest)
        for key in keys:
            scene.press(key)

    return show


def nothing_back(minor: int, *keys: str) -> Setter:
    """What is paid and of which so much stays where it is called off."""

    def show(scene: Scene) -> None:
        scene.world.bookings.add_late(minor)
        scene.world.bookings.letter_words = KEPT if minor else ""
        chosen("noura", *keys)(scene)

    return show


def free_held(scene: Scene) -> None:
    """What costs nothing, and waits for whoever comes."""
    scene.world.bookings.make_free("sara")
    chosen("sara")(scene)


def deciding(booking: str, *keys: str) -> Setter:
    def show(scene: Scene) -> None:
        to_decide(scene)
        scene.click_words(scene.world.bookings.known[booking].guest)
        for key in keys:
            scene.press(key)

    return show


def bookings_pressing(scene: Scene) -> None:
    """Rows as full as can be: too many people, little time, much money and a long name; and one that may be paid until
    tomorrow."""
    bookings = scene.world.bookings
    bookings.capacity = 60
    family, total = bookings.known["family"], Money(123456789, "SAR")
    session = replace(family.sessions[0], ends_at=bookings.now + timedelta(minutes=42))
    name = "Najd International School of Riyadh"
    bookings.known["family"] = replace(family, guest=name, total=total, sessions=(session,))
    sara = replace(bookings.known["sara"], guest=name, total=total, until=bookings.now + timedelta(days=1))
    bookings.known["sara"] = replace(sara, paid=Paid.PART_PAID)
    scene.show("bookings")


def over_capacity(scene: Scene) -> None:
    """Places were taken away after it was asked for, and its own are not kept any more."""
    scene.world.bookings.capacity, scene.world.bookings.kept = 80, {"school": 0}
    deciding("school")(scene)


def searched(text: str) -> Setter:
    def show(scene: Scene) -> None:
        scene.show("bookings")
        scene.click_words(scene.words("bookings.find"))
        scene.type(text)

    return show


def bookings_empty(scene: Scene) -> None:
    scene.world.bookings.known.clear()
    scene.show("bookings")


def bookings_nothing_to_decide(scene: Scene) -> None:
    scene.world.bookings.known.clear()
    scene.show("bookings")
    scene.click_words(scene.words("bookings.decide"))


def bookings_many(scene: Scene) -> None:
    scene.world.bookings.crowd(30)
    to_decide(scene)


def bookings_loading(scene: Scene) -> None:
    scene.show("bookings")
    scene.wait_for_list(BookingList)


def bookings_offline(scene: Scene) -> None:
    scene.world.bookings.online = False
    scene.world.health.go_offline()
    scene.refresh()
    deciding("family")(scene)


def bookings_colleague(scene: Scene) -> None:
    deciding("family")(scene)
    scene.world.bookings.elsewhere("family")
    scene.press("F9")


def bookings_open_elsewhere(scene: Scene) -> None:
    deciding("school")(scene)
    colleague_opens(scene)


def colleague_opens(scene: Scene) -> None:
    """At another station, and this one hears of it."""
    since = scene.world.bookings.now - timedelta(minutes=1)
    till = Words("Front desk", "مكتب الاستقبال")
    scene.world.bookings.colleagues = (Colleague(HUDA, till, since),)
    scene.signals.changed.emit(frozenset(("looking",)))
    scene.refresh()


def bookings_reject_letter(scene: Scene) -> None:
    """What the server would send has come."""
    scene.world.bookings.letter_words = REJECTED
    bookings_reject_written(scene)
    form = scene.window.findChild(WhyForm)
    assert form is not None
    form._letter._ask_now()


def bookings_reject_waits(scene: Scene) -> None:
    """Somebody typed on, and would send what they have not read."""
    bookings_reject_letter(scene)
    scene.tasks.instant = False
    scene.type(", please")
    scene.press("F12")


def bookings_reject_written(scene: Scene) -> None:
    deciding("family", "F10")(scene)
    scene.click_words(scene.words("bookings.reason_lifeguards"))
    scene.type("Come on Sunday")


def suggesting(*places: int, booking: str = "family") -> Setter:
    """Another time for a booking under review; those at `places` of the list are chosen."""

    def show(scene: Scene) -> None:
        deciding(booking, "F11")(scene)
        form = scene.window.findChild(SuggestForm)
        assert form is not None
        if form._times is not None:
            form._times.choose(list(form._tiles)[each] for each in places)

    return show


def suggest_nothing(scene: Scene) -> None:
    scene.world.bookings.left = dict.fromkeys(scene.world.bookings.left, 3)
    suggesting()(scene)


def suggest_refused(scene: Scene) -> None:
    """The places went meanwhile."""
    suggesting(0, 1)(scene)
    scene.world.bookings.left[2] = 3
    scene.world.bookings.refuses = Refused(Code.TIME_TAKEN)
    scene.press("F12")


def suggest_loading(scene: Scene) -> None:
    deciding("family")(scene)
    scene.tasks.instant = False
    scene.press("F11")


def bookings_reject_empty(scene: Scene) -> None:
    deciding("family", "F10", "F12")(scene)


def bookings_nobody_told(scene: Scene) -> None:
    scene.world.bookings.reach = ""
    deciding("family", "F10")(scene)


# what of the list is seen


def filtering(*options: str) -> Setter:
    """The filter lies open, with options that are chosen, by the keys of their words."""

    def show(scene: Scene) -> None:
        scene.show("bookings")
        scene.press("Ctrl+F")
        for each in options:
            scene.click_words(scene.words(each))

    return show


def filtered(*options: str) -> Setter:
    def show(scene: Scene) -> None:
        filtering(*options)(scene)
        scene.press("Ctrl+F")

    return show


def filtered_none(scene: Scene) -> None:
    """What was looked for is something else by now."""
    filtered("bookings.life_rejected")(scene)
    known = scene.world.bookings.known
    known["huda"] = replace(known["huda"], life=Life.EXPIRED)
    scene.refresh()


# the calendar, and a new booking


def calendar(scene: Scene) -> None:
    scene.show("bookings")
    scene.click_words(scene.words("bookings.calendar"))


def calendar_of(activities: int) -> Setter:
    def show(scene: Scene) -> None:
        scene.world.bookings.activities = ACTIVITIES[:activities]
        calendar(scene)

    return show


def calendar_of_one(scene: Scene) -> None:
    """Of several activities one is chosen."""
    calendar_of(3)(scene)
    scene.press(TURN)


def calendar_loading(scene: Scene) -> None:
    calendar(scene)
    found = scene.window.findChild(BookingCalendar)
    assert found is not None
    found._slow.timeout.emit()


def calendar_refused(scene: Scene) -> None:
    calendar(scene)
    scene.world.bookings.refuses = Refused(Code.DATA_NOT_WRITABLE, folder="/srv/till")
    scene.refresh()


def booking(guest: str = "sara", counts: dict[int, int] | None = None, *keys: str) -> Setter:
    """A new booking for a guest, with so many of products."""

    def show(scene: Scene) -> None:
        scene.show("bookings")
        scene.press("F12")
        if guest:
            scene.type(KNOWN[guest].name)
            scene.enter()
        form = scene.window.findChild(BookingForm)
        assert form is not None
        for number, count in (counts or {}).items():
            form._what.products.entries[number].setFocus()
            scene.type(str(count))
        for key in keys:
            scene.press(key)

    return show


FAMILY = {1: 2, 2: 3, 10: 1}


def several_sessions(scene: Scene) -> None:
    """A family now, and two of them again later that day."""
    booking("sara", FAMILY, "Ctrl+D")(scene)
    send(scene.focus, Qt.Key.Key_Left if scene.desk.look.rtl else Qt.Key.Key_Right)
    scene.type("2")


def sessions_of_two_days(scene: Scene) -> None:
    """A family now, and two of them again tomorrow: that is two bookings."""
    booking("sara", FAMILY, "Ctrl+D")(scene)
    send(scene.focus, Qt.Key.Key_PageDown)
    scene.type("2")


def booking_offline(scene: Scene) -> None:
    booking("sara", FAMILY)(scene)
    scene.world.bookings.online = False
    scene.world.health.go_offline()
    scene.refresh()


def booking_none_of_it(scene: Scene) -> None:
    """On the next day all sessions are of another activity than what is counted."""
    bookings = scene.world.bookings
    booking("sara", FAMILY)(scene)
    bookings.surf(bookings._products[7], *bookings.left)
    send(scene.focus, Qt.Key.Key_PageDown)


def booking_ten_sessions(scene: Scene) -> None:
    """Five of each of two activities."""
    scene.world.bookings.surf_too(PRODUCTS[SIMULATOR - 1])
    booking("sara", FAMILY)(scene)


def booking_closed(scene: Scene) -> None:
    scene.world.bookings.closed = True
    booking()(scene)


def booking_goods_closed(scene: Scene) -> None:
    """Nothing runs that day, and a cabana is wanted all the same."""
    scene.world.bookings.closed = True
    booking("sara", {34: 1})(scene)


def booking_banned(scene: Scene) -> None:
    """The server would have a supervisor's yes."""
    booking("sara", FAMILY)(scene)
    scene.world.bookings.refuses = Refused(Code.GUEST_BANNED)
    scene.press("F12")


def booking_refused(scene: Scene) -> None:
    booking("sara", FAMILY)(scene)
    scene.world.bookings.left[2] = 4  # sold meanwhile, and not heard of yet
    scene.world.bookings.refuses = Refused(Code.PLACES_HELD, left=4, session=2)
    scene.press("F12")


def booking_unanswered(scene: Scene) -> None:
    booking("sara", FAMILY)(scene)
    scene.world.bookings.refuses = Refused(Code.REQUEST_UNANSWERED)
    scene.press("F12")


def kept_on_its_way(scene: Scene) -> None:
    scene.world.bookings.arrives = False
    booking("sara", FAMILY, "F12")(scene)


# a change


def changing(booking: str, counts: dict[int, int] | None = None, *keys: str) -> Setter:
    """A booking of the list is changed to so many of products."""

    def show(scene: Scene) -> None:
        chosen(booking, "Ctrl+E")(scene)
        form = scene.window.findChild(ChangeForm)
        assert form is not None
        for number, count in (counts or {}).items():
            form._what.products.entries[number].setFocus()
            form._what.products.entries[number]._number.selectAll()  # as it does where a window is active
            scene.type(str(count))
        for key in keys:
            scene.press(key)

    return show


def changing_sessions(booking: str = "sara", *keys: str) -> Setter:
    """One that is for two sessions."""

    def show(scene: Scene) -> None:
        scene.world.bookings.split(booking)
        changing(booking, None, *keys)(scene)

    return show


def change_offline(scene: Scene) -> None:
    changing("sara", {1: 3})(scene)
    scene.world.bookings.online = False
    scene.world.health.go_offline()
    scene.refresh()


def change_two_days(scene: Scene) -> None:
    """The first of its sessions is to be tomorrow."""
    changing_sessions()(scene)
    send(scene.focus, Qt.Key.Key_PageDown)


def change_refused(scene: Scene) -> None:
    changing("sara", {1: 9})(scene)
    scene.world.bookings.left[3] = 4
    scene.world.bookings.refuses = Refused(Code.CAPACITY_FULL, left=4, session=3)
    scene.press("F12")


def change_stale(scene: Scene) -> None:
    changing("sara", {1: 3})(scene)
    at = int((scene.world.bookings.now - timedelta(minutes=1)).timestamp() * 1000)
    scene.world.bookings.refuses = Refused(Code.BOOKING_CHANGED, by="Huda Salem", at=at)
    scene.press("F12")


def change_heard(scene: Scene) -> None:
    """A colleague changed it, and this station hears of it while the form is open."""
    changing("sara", {1: 3})(scene)
    scene.world.bookings.changed_elsewhere("sara")
    scene.refresh()


# tickets of what is paid move


def moving(*keys: str, session: int = 4) -> Setter:
    """The tickets of a paid booking, to the session at 16:00."""

    def show(scene: Scene) -> None:
        chosen("abdullah", "Ctrl+E")(scene)
        form = scene.window.findChild(MoveForm)
        assert form is not None
        if session:
            form._what.session.emit(session)
        for key in keys:
            scene.press(key)

    return show


def of_activities(show: Setter) -> Setter:
    """One ticket of what Abdullah paid is for another activity."""

    def shown(scene: Scene) -> None:
        bookings, row = scene.world.bookings, scene.world.bookings.known["abdullah"]
        times = SESSIONS[4].starts_at, SESSIONS[4].ends_at
        later = BookedSession(5, "surf", SURF, *times)
        bookings.known["abdullah"] = replace(row, sessions=(*row.sessions, later))
        bookings.surf(PRODUCTS[SIMULATOR - 1], 2, 5)
        show(scene)

    return shown


move_activities = of_activities(moving(session=0))


def move_offline(scene: Scene) -> None:
    moving()(scene)
    scene.world.bookings.online = False
    scene.world.health.go_offline()
    scene.refresh()


def move_refused(scene: Scene) -> None:
    moving()(scene)
    scene.world.bookings.refuses = Refused(Code.MOVE_PRICE)
    scene.press("F12")


def over(life: Life) -> Setter:
    """The day of a paid booking has ended."""

    def show(scene: Scene) -> None:
        known, came = scene.world.bookings.known, life is Life.COMPLETED
        attendance = Attendance.LEFT if came else Attendance.NOT_USED
        known["abdullah"] = replace(known["abdullah"], life=life, attendance=attendance)
        chosen("abdullah")(scene)

    return show


def for_members(guest: str) -> Setter:
    """Tickets for members, for somebody who is one or not, and a cabana that needs a yes anyway."""

    def show(scene: Scene) -> None:
        scene.world.guests.join()
        scene.world.bookings.for_members = 2
        booking(guest, {2: 2, 34: 1})(scene)

    return show


# tickets that end for others, or for nothing


def ending(key: str, *tickets: int, decides: bool = True) -> Setter:
    """Some tickets of a paid booking: `F9` to be made anew, `F10` to be revoked, by whoever may or not."""

    def show(scene: Scene) -> None:
        scene.world.bookings.may_decide = decides
        chosen("abdullah", key)(scene)
        form = scene.window.findChild(SecondRevokes if key == "F10" and not decides else TicketsForm)
        assert form is not None
        form.tickets.choose(f"abdullah-{n}" for n in tickets)

    return show


# more of what is paid


def adding(wanted: dict[int, int] | None = None, *keys: str) -> Setter:
    """More of a booking that is paid."""

    def show(scene: Scene) -> None:
        chosen("abdullah", "Ctrl+D")(scene)
        form = scene.window.findChild(AddForm)
        assert form is not None
        for product, count in (wanted or {}).items():
            form._what.products.entries[product].counted.emit(count)
        for key in keys:
            scene.press(key)

    return show


def revoking(*tickets: int, refuses: Refused | None = None) -> Setter:
    """With a reason."""

    def show(scene: Scene) -> None:
        ending("F10", *tickets)(scene)
        form = scene.window.findChild(TicketsForm)
        assert form is not None and form._why is not None
        form._why.setFocus()
        scene.type("sold on by the guest")
        scene.world.bookings.refuses = refuses
        scene.press("F12")

    return show


def added(booking: str, life: Life = Life.CONFIRMED) -> Setter:
    """Two bookings that belong together, the first of which is `life` by now."""

    def show(scene: Scene) -> None:
        scene.world.bookings.add(life)
        chosen(booking)(scene)

    return show


def names_written(scene: Scene) -> None:
    booking("sara", FAMILY, "F11")(scene)
    scene.type("Sara Al-Qahtani")
    scene.enter()
    scene.type("عبدالرحمن بن عبدالعزيز القحطاني")


def names_long(scene: Scene) -> None:
    """Of a paid booking: names as long as there can be."""
    scene.world.bookings.names |= {f"abdullah-{n}": "Mohammed-Abdulrahman " * 2 + "x" * 18 for n in range(3)}
    chosen("abdullah")(scene)


def names_of(booking: str) -> Setter:
    def show(scene: Scene) -> None:
        chosen(booking)(scene)
        scene.click("bookings.names")

    return show


BOOKINGS: dict[str, Setter] = {
    "reissue": ending("F9", 1),
    "revoke": ending("F10", 1, 3),
    "revoke-second": ending("F10", 2, decides=False),
    "revoke-refused": revoking(1, refuses=Refused(Code.MOVE_TICKET_USED)),
    "bookings-revoked": revoking(1, 2),
    "bookings-no-show": over(Life.NO_SHOW),
    "booking-not-member": for_members("sara"),
    "add": adding(),
    "add-more": adding({1: 2}),
    "bookings-added": added("abdullah"),
    "bookings-more": added("more"),
    "bookings-first-ended": added("more", Life.CANCELLED),
    "bookings-added-stands": added("abdullah", Life.CANCELLED),
    "move": moving(session=0),
    "move-chosen": moving(),
    "move-refused": move_refused,
    "move-offline": move_offline,
    "bookings-moved": moving("F12"),
    "bookings-move-activities": move_activities,
    "bookings-activities": of_activities(chosen("abdullah")),
    "bookings-names-activities": of_activities(names_of("abdullah")),
    "reissue-activities": of_activities(ending("F9", 1)),
    "revoke-activities": of_activities(ending("F10", 1, 3)),
    "revoke-second-activities": of_activities(ending("F10", 2, decides=False)),
    "change": changing("sara"),
    "change-more": changing("sara", {1: 3}),
    "change-less": changing("sara", {1: 1, 10: 0}),
    "change-sessions": changing_sessions(),
    "change-two-days": change_two_days,
    "change-to-decide": changing("sara", {34: 1}),
    "change-refused": change_refused,
    "change-stale": change_stale,
    "change-heard": change_heard,
    "change-offline": change_offline,
    "bookings-changed": changing("sara", {1: 3}, "F12"),
    "calendar": calendar,
    "calendar-two": calendar_of(2),
    "calendar-three": calendar_of(3),
    "calendar-one-of-three": calendar_of_one,
    "calendar-loading": calendar_loading,
    "calendar-refused": calendar_refused,
    "booking": booking(""),
    "booking-guest": booking("sara"),
    "booking-unverified": booking("abdullah", FAMILY),
    "booking-family": booking("sara", FAMILY),
    "booking-names": names_written,
    "booking-full": booking("sara", {1: 90, 2: 30}),
    "booking-to-decide": booking("sara", {1: 4, 34: 1}),
    "booking-sessions": several_sessions,
    "booking-two-days": sessions_of_two_days,
    "booking-none-of-it": booking_none_of_it,
    "booking-ten-sessions": booking_ten_sessions,
    "booking-banned": booking_banned,
    "booking-closed": booking_closed,
    "booking-goods": booking("sara", {10: 1, 34: 1}),
    "booking-goods-closed": booking_goods_closed,
    "booking-offline": booking_offline,
    "booking-refused": booking_refused,
    "booking-unanswered": booking_unanswered,
    "booking-kept": booking("sara", FAMILY, "F12"),
    "booking-kept-free": booking("sara", {3: 2}, "F12"),
    "booking-kept-review": booking("sara", {1: 4, 34: 1}, "F12"),
    "booking-on-its-way": kept_on_its_way,
    "bookings": lambda scene: scene.show("bookings"),
    "bookings-filter": filtering(),
    "bookings-filter-chosen": filtering("bookings.life_under_review"),
    "bookings-filtered": filtered("bookings.life_under_review", "bookings.life_confirmed"),
    "bookings-filtered-none": filtered_none,
    "bookings-empty": bookings_empty,
    "bookings-loading": bookings_loading,
    "bookings-decide": to_decide,
    "bookings-many": bookings_many,
    "bookings-pressing": bookings_pressing,
    "bookings-nothing-to-decide": bookings_nothing_to_decide,
    "bookings-search": searched("sa"),
    "bookings-nobody": searched("Nobody"),
    "bookings-review": deciding("school"),
    "bookings-review-over": over_capacity,
    "bookings-review-cashier": chosen("family"),
    "bookings-held": chosen("sara"),
    "bookings-confirmed": chosen("abdullah"),
    "bookings-names": names_of("abdullah"),
    "bookings-named": names_long,
    "bookings-rejected": chosen("huda"),
    "bookings-offline": bookings_offline,
    "bookings-colleague": bookings_colleague,
    "bookings-open-elsewhere": bookings_open_elsewhere,
    "bookings-reject": deciding("family", "F10"),
    "bookings-reject-written": bookings_reject_written,
    "bookings-reject-letter": bookings_reject_letter,
    "bookings-reject-waits": bookings_reject_waits,
    "bookings-reject-empty": bookings_reject_empty,
    "suggest": suggesting(),
    "suggest-chosen": suggesting(0, 1, 3),
    "suggest-most": suggesting(0, 1, 2, 3),
    "suggest-nothing": suggest_nothing,
    "suggest-refused": suggest_refused,
    "suggest-loading": suggest_loading,
    "bookings-nobody-told": bookings_nobody_told,
    "bookings-cancel": chosen("sara", "F11"),
    "bookings-nothing-back": nothing_back(25300),
    "bookings-nothing-back-why": nothing_back(25300, "F11"),
    "bookings-free": nothing_back(0),
    "bookings-free-held": free_held,
    "bookings-pay": chosen("sara", "F9"),
}
