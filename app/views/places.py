"""Which pages a station has, and how each is made from the services."""

from __future__ import annotations

from collections.abc import Callable

from app.shown_status import StationStatus
from app.views.attention_view import AttentionView
from app.views.bookings_view import BookingsView
from app.views.checkin_view import CheckinView
from app.views.desk import Desk
from app.views.guests_view import GuestsView
from app.views.messages_view import MessagesView
from app.views.page import Page
from app.views.ports import Preferences, Services
from app.views.readiness_view import ReadinessView
from app.views.refunds_view import RefundsView
from app.views.sale_view import SaleView
from app.views.sales_view import SalesView
from app.views.settings_view import SettingsView
from app.views.shell import PLACES, Place
from app.views.shift_view import ShiftView
from domain.catalogue import StaffMember
from domain.staff import Permission, may

NEEDS = {
    "sell": (Permission.SELL,),
    "checkin": (Permission.ADMIT,),
    "bookings": (Permission.BOOK,),
    "guests": (Permission.REGISTER_GUEST,),
    "messages": (Permission.REGISTER_GUEST,),
    "sales": (Permission.SELL,),
    "refunds": (Permission.REFUND_REQUEST, Permission.REFUND_APPROVE),
    "shift": (Permission.SHIFT,),
}
"""One of these rights opens a page; the others are open to everybody."""


MAKERS: dict[str, Callable[[Desk, Services], Page]] = {
    "sell": lambda desk, made: SaleView(desk, made.people, made.selling, made.checkout, made.shifts),
    "checkin": lambda desk, made: CheckinView(desk, made.gate, made.people),
    "bookings": lambda desk, made: BookingsView(desk, made.people, made.bookings, made.guests),
    "guests": lambda desk, made: GuestsView(desk, made.guests),
    "messages": lambda desk, made: MessagesView(desk, made.messages),
    "sales": lambda desk, made: SalesView(desk, made.people, made.records, made.bookings),
    "refunds": lambda desk, made: RefundsView(desk, made.people, made.refunds),
    "attention": lambda desk, made: AttentionView(desk, made.people, made.attention, made.records),
    "readiness": lambda desk, made: ReadinessView(desk, made.readiness),
    "shift": lambda desk, made: ShiftView(desk, made.people, made.shifts),
}


def places_of(status: StationStatus | None, person: StaffMember | None) -> tuple[Place, ...]:
    """This station's places that the person's role may open, also those off the rail. A gate has no till's pages."""
    if status is None or person is None:
        return ()
    here = {*status.places, "attention", "settings", "readiness"} | (
        {"bookings", "guests", "messages", "sales", "refunds", "shift"} if "sell" in status.places else set()
    )
    return tuple(place for place in PLACES if place.name in here and _may_open(person, place.name))


def _may_open(person: StaffMember, name: str) -> bool:
    return name not in NEEDS or any(may(person.role, right) for right in NEEDS[name])


def make_page(
    name: str, desk: Desk, services: Services, preferences: Preferences, change: Callable[[Preferences], None]
) -> Page:
    if name not in MAKERS:
        page = SettingsView(desk, services.people, preferences)
        page.changed.connect(change)
        return page
    return MAKERS[name](desk, services)
