"""A supervisor's yes to a booking for a guest who is banned: that it is made or changed, or paid."""

from __future__ import annotations

from app.views.desk import Desk
from app.views.ports import People
from app.views.second_yes import SecondYes, Yes
from domain.staff import Permission


def banned_form(desk: Desk, people: People, *, paying: bool = False) -> SecondYes:
    texts = desk.texts
    what = texts("bookings.banned_pay_what" if paying else "bookings.banned_what")
    do = texts("bookings.banned_pay" if paying else "bookings.banned_do")
    words = texts("bookings.banned_title"), what, do
    return SecondYes(desk, people, Yes(*words, Permission.ALLOW_BANNED.value))
