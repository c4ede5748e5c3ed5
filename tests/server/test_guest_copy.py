"""What a guest takes along is all that is kept of them, and nothing of anybody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from documents.guest_copy import copy_of
from domain import operation as op
from domain.errors import Code, Refused
from domain.refund import Reason
from domain.refund_offer import Choice
from tests.helpers.core import an_admission, sar
from tests.server.test_bookings import ADULT, Office, give_back, office, paid_desk
from tests.server.test_forgetting import MARK, SECRET, discounted, revoked, told_under_numbers, voided
from tests.server.test_forgetting import told as told_of_document
from tests.server.test_guests import MAIL, PHONE, SARA, erase
from tests.server.test_ticket_names import name

__all__ = ["office"]


def copy(office: Office, *, whole: bool = True) -> dict[str, Any]:
    text = office.core.database.look(lambda c: copy_of(c, SARA, complete=True, whole=whole))
    told: dict[str, Any] = json.loads(text)
    return told


def amount(english: str, arabic: str) -> dict[str, str]:
    return {"en": f"SAR {english}", "ar": f"\u2066{arabic}\u2069 ر.س"}


PAID, HALF = amount("230.00", "٢٣٠٫٠٠"), amount("115.00", "١١٥٫٠٠")


def test_bookings_money_and_messages_are_in_it(office: Office) -> None:
    office.change(SARA, ("note", "afraid of deep water"), ("flags", "vip,medical"))
    desk = paid_desk(office)
    one, other = (ticket.ticket_id for ticket in office.made().tickets)
    name(office, 1, "Nadia Al-Zahrani")
    office.station.say(an_admission(other, admission="in"))
    give_back(desk, office.last, (one,), number="POS1-000002")
    price = sar(11500)
    wish = {"choice": Choice((other,)), "reason": Reason.VENUE_CLOSED, "amount": price, "seen": price}
    refused = desk.decide(
        "RefundRefused", desk.asked(desk.wanted(office.last, **wish)), "huda", note="she was in"
    )
    assert refused.state == "granted"
    number = office.row()._mapping["number"]
    told = copy(office)
    assert told["headings"]["bookings"] == {"en": "Bookings", "ar": "الحجوزات"}
    assert (told["known"]["phone"], told["known"]["flags"]) == (PHONE, ["vip", "medical"])
    assert (told["known"]["note"], told["known"]["verified"]) == ("afraid of deep water", [PHONE])
    [booked] = told["bookings"]
    assert (booked["number"], booked["state"], booked["total"]) == (number, "confirmed", PAID)
    assert (booked["lines"][0]["quantity"], booked["lines"][0]["name"]["ar"][:5]) == (2, "تذكرة")
    assert booked["lines"][0]["starts_at"].startswith("2026-11-26T")
    seats = {each["ticket"]: each for each in booked["tickets"]}
    assert (seats[one]["good"], "came_at" in seats[one]) == (False, False)
    assert (seats[other]["good"], seats[other]["name"]) == (True, "Nadia Al-Zahrani") and "came_at" in seats[
        other
    ]
    assert [(each["tender"], each["amount"]) for each in told["payments"]] == [("cash", PAID)]
    assert [each["amount"] for each in told["given_back"]] == [HALF]
    assert [(each["state"], each["amount"]) for each in told["refunds"]] == [
        ("done", HALF), ("refused", HALF),
    ]  # fmt: skip
    written = [(each["text"], each["about"]["en"]) for each in told["written"]]
    assert ("she was in", "About a refund") in written
    kinds = {each["kind"] for each in told["messages"]}
    assert {"code", "booking_received", "confirmed"} <= kinds
    assert all(each["state"] and each["channel"] and each["made_at"] for each in told["messages"])


@pytest.mark.parametrize("write", [revoked, discounted, told_of_document, told_under_numbers, voided])
def test_what_staff_wrote_about_a_booking_is_in_it(office: Office, write: Callable[[Office], None]) -> None:
    write(office)
    written = copy(office)["written"]
    texts = {each["text"].replace("short", SECRET) for each in written}
    assert texts and all(MARK in text for text in texts)
    assert all(each["about"]["ar"] and each["about"]["en"] for each in written)


def test_why_somebody_allowed_a_booking_is_in_it(office: Office) -> None:
    office.book()
    office.station.say(op.OverrideGiven("y", "huda", "approve_booking", office.last, "the owner knows of it"))
    office.station.say(op.OverrideGiven("z", "huda", "approve_void", "other-sale", "of others"))
    assert [each["text"] for each in copy(office)["written"]] == ["the owner knows of it"]


def test_who_may_not_read_contacts_makes_a_copy_with_masked_ones(office: Office) -> None:
    told = copy(office, whole=False)
    assert (told["contacts"], told["known"]["phone"]) == ("masked", "+966•••4567")
    assert told["known"]["verified"] == ["+966•••4567"]
    assert PHONE not in json.dumps(told) and MAIL not in json.dumps(told)


def test_nothing_of_others_is_in_it_and_of_who_was_erased_there_is_none(office: Office) -> None:
    office.register("other", (("name", "Omar"), ("phone", "+966550000001")))
    office.ask("GuestVerified", guest="other", code=office.code(guest="other"))
    office.book((ADULT, office.core.session, 1), guest="other")
    told = copy(office)
    assert (told["bookings"], MAIL in json.dumps(told), "550000001" in json.dumps(told)) == ([], True, False)
    erase(office, SARA)
    with pytest.raises(Refused) as refused:
        copy(office)
    assert refused.value.code is Code.GUEST_ERASED
