"""Which pages a station has, and how each is made from the services."""

from __future__ import annotations

from collections.abc import Callable

from app.shown_status import StationStatus
from app.views.attention_view import AttentionView
from app.views.bookings_view import BookingsView
from app.views.checkin_view import CheckinView
from app.views.desk import Desk
from app.views.guests_view import GuestsView
from app.views.page import Page
from app.views.ports import Preferences, Services
from app.views.readiness_view import ReadinessView
from app.views.sale_view import SaleView
from app.views.sales_view import SalesView
from app.views.settings_view import SettingsView
from app.views.shell import PLACES, Place
from app.views.shift_view import ShiftView
from domain.catalogue import StaffMember
from domain.staff import Permission, may

NEEDS = {
    "sell": Permission.SELL,
    "checkin": Permission.ADMIT,
    "bookings": Permission.BOOK,
    "guests": Permission.REGISTER_GUEST,
    "sales": Permission.SELL,
    "shift": Permission.SHIFT,
}


def places_of(status: StationStatus | None, person: StaffMember | None) -> tuple[Place, ...]:
    """This station's places that the person's role may open, also those off the rail. A gate has no till's pages."""
    if status is None or person is None:
        return ()
    here = {*status.places, "attention", "settings", "readiness"} | (
        {"bookings", "guests", "sales", "shift"} if "sell" in status.places else set()
    )
    allowed = (place for place in PLACES if place.name in here)
    return tuple(place for place in allowed if place.name not in NEEDS or may(person.role, NEEDS[place.name]))


def make_page(
    name: str, desk: Desk, services: Services, preferences: Preferences, change: Callable[[Preferences], None]
) -> Page:
    match name:
        case "sell":
            return SaleView(desk, services.people, services.selling, services.checkout, services.shifts)
        case "checkin":
            return CheckinView(desk, services.gate)
        case "bookings":
            return BookingsView(desk, services.bookings, services.guests)
        case "guests":
            return GuestsView(desk, services.guests)
        case "sales":
            return SalesView(desk, services.people, services.records)
        case "attention":
            return AttentionView(desk, services.people, services.attention, services.records)
        case "readiness":
            return ReadinessView(desk, services.readiness)
        case "shift":
            return ShiftView(desk, services.people, services.shifts)
        case _:
            page = SettingsView(desk, services.people, preferences)
            page.changed.connect(change)
            return page
