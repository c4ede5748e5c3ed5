"""What guests do about their bookings by themselves beyond making them: goods for another day, and who comes."""

from __future__ import annotations

from datetime import timedelta

import httpx
import sqlalchemy as sa

from domain.timing import DAYS_AHEAD
from ledger import tables as t
from server import tables as own
from tests.helpers.core import DAY, an_admission
from tests.server.api.test_guests import counter, problem, rows
from tests.server.api.web import Web
from tests.server.test_bookings import ADULT, Office
from tests.server.test_goods import BOARD, there_are
from tests.server.test_guests import erase, everything
from tests.server.test_nothing_back import costs
from tests.server.test_revoking import revoke
from tests.server.test_withdrawn import WATER, save


def book(web: Web, token: str, key: str, **said: object) -> httpx.Response:
    return web.call("POST", "/v1/guest/bookings", token, said, **{"idempotency-key": key})


def test_goods_are_booked_for_another_day_and_never_more_than_there_are(anywhere: Web) -> None:
    web, token, other = anywhere, anywhere.guest(), anywhere.guest("omar@example.com", "Omar")
    there_are(web.core, 2)
    day, two = (DAY + timedelta(days=3)).isoformat(), [{"product": BOARD, "quantity": 2}]
    made = book(web, token, "one", lines=two, day=day)
    assert made.status_code == 201, made.text
    assert made.json()["day"] == day
    assert book(web, token, "one", lines=two, day=day).json() == made.json()
    assert problem(book(web, token, "one", lines=two)) == (409, "key_reused")
    full = book(web, other, "two", lines=[{"product": BOARD, "quantity": 1}], day=day)
    assert problem(full) == (409, "goods_full")
    assert full.json()["detail"].startswith("Burger: only 0 are left for that day.")
    assert book(web, other, "two", lines=two).json()["day"] == DAY.isoformat()
    for days, told in ((-1, (400, "record_invalid")), (DAYS_AHEAD + 1, (409, "booking_far"))):
        wanted = (DAY + timedelta(days=days)).isoformat()
        assert problem(book(web, other, f"no{days}", lines=two, day=wanted)) == told
    ticket = {"product": ADULT, "session": web.core.session, "quantity": 1}
    for said, wrong in ((two, "tomorrow"), ([ticket, *two], day), ([ticket], DAY.isoformat())):
        told = book(web, other, "odd", lines=said, day=wrong)
        assert (*problem(told), told.json()["facts"]) == (400, "body_invalid", [["where", "body.day"]])
    assert book(web, other, "odd", lines=[ticket], day=None).json()["day"] == DAY.isoformat()
    there_are(web.core, 100)
    many = [{"product": BOARD, "quantity": 21}]
    assert problem(book(web, other, "many", lines=many)) == (409, "online_too_many")
    [board] = [each for each in web.call("GET", "/v1/catalogue").json()["items"] if each["number"] == BOARD]
    assert board["per_day"] == 100


def test_what_is_not_sold_any_more_is_neither_listed_nor_booked_by_guests(web: Web) -> None:
    token, day = web.guest(), DAY.isoformat()
    water = [{"product": WATER, "quantity": 1}]
    first = book(web, token, "one", lines=water, day=day)
    save(web.core, WATER)
    listed = [each["number"] for each in web.call("GET", "/v1/catalogue").json()["items"]]
    assert ADULT in listed and WATER not in listed
    refused = book(web, token, "two", lines=water, day=day)
    assert problem(refused) == (409, "product_withdrawn")
    assert refused.json()["detail"].startswith("Water: not sold any more")
    assert book(web, token, "one", lines=water, day=day).json() == first.json(), "it was made before"


def test_a_guest_sees_which_tickets_are_good(anywhere: Web) -> None:
    web, token = anywhere, anywhere.guest()
    till = counter(web)
    office = Office(web.core, till.station, till.door)

    def states(key: str) -> list[str]:
        found = web.call("GET", f"/v1/guest/bookings/{key}/tickets", token).json()["tickets"]
        return [each["state"] for each in found]

    office.last = one = web.book(token).json()["id"]
    assert states(one) == ["kept", "kept"]
    office.pay()
    office.tick()
    assert states(one) == ["good", "good"]
    first, second = office.made().tickets
    office.station.say(an_admission(first.ticket_id, admission="in"))
    assert states(one) == ["used", "good"]
    revoke(office, second.ticket_id)
    assert states(one) == ["used", "ended"]
    other = web.book(token, "k2").json()["id"]
    web.call("POST", f"/v1/guest/bookings/{other}/cancellation", token, {})
    assert states(other) == ["ended", "ended"]
    office.last = late = web.book(token, "k3").json()["id"]
    office.pay_again()
    web.core.clock.forward(days=2)
    assert states(late) == ["over", "over"]


def test_of_what_costs_nothing_a_guest_keeps_no_more_than_a_family_needs(anywhere: Web) -> None:
    """It is kept until somebody comes: strangers could empty a session for nothing."""
    web, token = anywhere, anywhere.guest()
    costs(web.core, ADULT, 0)
    assert problem(web.book(token, "many", tickets=7)) == (409, "online_too_many")
    assert web.book(token, "few", tickets=4).status_code == 201
    more = web.book(token, "more", tickets=3)
    assert problem(more) == (409, "online_too_many") and dict(more.json()["facts"])["n"] == "6"
    assert web.book(token, "more", tickets=2).status_code == 201
    assert web.book(web.guest("omar@example.com", "Omar"), tickets=6).status_code == 201
    costs(web.core, ADULT, 11500)
    assert web.book(token, "paid", tickets=20).status_code == 201


def test_a_guest_says_who_comes_until_somebody_came_in(web: Web) -> None:
    token, other = web.guest(), web.guest("omar@example.com", "Omar")
    one = web.book(token).json()["id"]
    where = f"/v1/guest/bookings/{one}/tickets"
    first, second = (each["ticket"] for each in web.call("GET", where, token).json()["tickets"])

    def name(**names: str) -> httpx.Response:
        said = [
            {"ticket": {"first": first, "second": second}.get(key, key), "guest": names[key]} for key in names
        ]
        return web.call("PATCH", where, token, {"names": said})

    def known() -> list[str]:
        return [each["guest"] for each in web.call("GET", where, token).json()["tickets"]]

    assert known() == ["", ""]
    assert name(first="  Lina   Al-Qahtani ", second="سارة").status_code == 200
    assert name(first="Noura").json()["tickets"][0]["guest"] == "Noura"
    assert known() == ["Noura", "سارة"]
    said = sa.select(own.inbox.c.public, own.inbox.c.private).where(own.inbox.c.kind == "TicketsNamed")
    assert len(rows(web, said)) == 2 and not any(
        "Noura" in str(part) for row in rows(web, said) for part in row
    )
    name(first="Noura")
    assert len(rows(web, said)) == 2, "what was said already is not said again"
    assert problem(web.call("GET", where, other)) == (404, "booking_unknown")
    assert problem(web.call("PATCH", where, other, {"names": [{"ticket": first, "guest": "X"}]})) == (
        404,
        "booking_unknown",
    )
    twice = [{"ticket": first, "guest": guest} for guest in ("Lina", "Omar")]
    told = web.call("PATCH", where, token, {"names": twice})
    assert (*problem(told), told.json()["facts"]) == (400, "body_invalid", [["where", "body.names"]])
    assert known() == ["Noura", "سارة"]
    assert problem(name(nothing="X")) == (400, "record_invalid")
    assert problem(name(first="x" * 61)) == (400, "ticket_name")
    till = counter(web)
    office = Office(web.core, till.station, till.door)
    office.last = one
    office.pay()
    office.tick()
    office.station.say(an_admission(first, admission="in"))
    assert problem(name(first="Somebody", second="Huda")) == (409, "move_ticket_used")
    assert known() == ["Noura", "سارة"]
    assert name(first="Noura", second="").status_code == 200
    assert known() == ["Noura", ""]


def test_names_that_a_guest_wrote_are_forgotten_with_them_and_none_are_written_to_what_is_over(
    web: Web,
) -> None:
    token = web.guest()
    made = [web.book(token, key).json()["id"] for key in ("k1", "k2")]
    tickets = [
        web.call("GET", f"/v1/guest/bookings/{one}/tickets", token).json()["tickets"][0]["ticket"]
        for one in made
    ]

    def name(which: int) -> httpx.Response:
        said = {"names": [{"ticket": tickets[which], "guest": "Zubayda"}]}
        return web.call("PATCH", f"/v1/guest/bookings/{made[which]}/tickets", token, said)

    web.call("POST", f"/v1/guest/bookings/{made[1]}/cancellation", token, {})
    assert problem(name(1)) == (409, "booking_is")
    assert name(0).status_code == 200
    assert [row.name for row in rows(web, sa.select(t.ticket_name.c.name))] == ["Zubayda"]
    till, guest_id = counter(web), web.call("GET", "/v1/guest", token).json()["id"]
    assert erase(till, guest_id).state == "granted"
    assert not any("Zubayda" in row for row in everything(till))
