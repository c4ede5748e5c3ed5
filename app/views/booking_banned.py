"""A supervisor's yes to a booking for a guest who is banned."""

from __future__ import annotations

from app.views.desk import Desk
from app.views.ports import People
from app.views.second_yes import SecondYes, Yes
from domain.staff import Permission


def banned_form(desk: Desk, people: People) -> SecondYes:
    texts = desk.texts
    words = texts("bookings.banned_title"), texts("bookings.banned_what"), texts("bookings.banned_do")
    return SecondYes(desk, people, Yes(*words, Permission.APPROVE_BOOKING.value))
