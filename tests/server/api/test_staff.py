"""Administrators: who may see which list, what ends a token, and pages of lists."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable

import pytest

from domain.catalogue import StaffMember, Words
from domain.staff import ROLES, Permission, may
from ledger import feed
from server import access
from server.api import staff as endpoints
from server.setup import SetUp, StaffRecord
from tests.helpers.core import Core
from tests.server.api.test_guests import counter, problem
from tests.server.api.web import MAIL, PHONE, Web
from tests.server.test_guests import SARA

LISTS = {f"/v1/staff/{name}": {permission} for name, permission in endpoints.LISTS.items()}
LISTS["/v1/staff/guests/guest-sara"] = {Permission.REGISTER_GUEST, Permission.BOOK}
GUESTS = (
    ("GET", "/v1/guest"),
    ("PATCH", "/v1/guest"),
    ("DELETE", "/v1/guest/token"),
    ("POST", "/v1/guest/contact-codes"),
    ("POST", "/v1/guest/contact-proofs"),
    ("GET", "/v1/guest/bookings"),
    ("POST", "/v1/guest/bookings"),
    ("GET", "/v1/guest/bookings/one"),
    ("GET", "/v1/guest/bookings/one/cancellation"),
    ("POST", "/v1/guest/bookings/one/cancellation"),
    ("GET", "/v1/guest/bookings/one/tickets"),
    ("PATCH", "/v1/guest/bookings/one/tickets"),
)
STATIONS = (
    ("POST", "/v1/incarnation"),
    ("POST", "/v1/sync/push"),
    ("GET", "/v1/sync/pull?buckets=global"),
    ("GET", "/v1/sync/hints"),
    ("POST", "/v1/looking"),
    ("POST", "/v1/letters?staff=reem"),
    ("POST", "/v1/requests/LeaseAsked"),
    ("POST", "/v1/requests/one/settle"),
    ("GET", "/v1/guests/guest-sara/copy?staff=reem"),
)


def change(core: Core, staff_id: str, role: str, *, active: bool = True, pin: str = "") -> None:
    def work(setup: SetUp) -> None:
        member = StaffMember(staff_id, Words(staff_id, staff_id), role, "en")
        setup.staff(StaffRecord(member, pin, active))
        setup.publish()

    core.database.transact(lambda c: work(SetUp(c, core.clock, core.database.ids)))


def test_each_list_is_for_the_roles_that_have_its_permission_and_nobody_else(web: Web) -> None:
    counter(web).register()
    wrong = []
    for role in ROLES:
        token = web.staff(role)
        for path, needed in LISTS.items():
            answer = web.call("GET", path, token)
            allowed = all(may(role, each) for each in needed)
            if answer.status_code != (200 if allowed else 403):
                wrong.append((role, path, answer.status_code))
            if not allowed:
                assert problem(answer) == (403, "not_allowed")
    assert not wrong
    assert any(not may(role, Permission.BOOK) for role in ROLES)


def test_no_token_opens_what_is_not_its_own(web: Web) -> None:
    """Nobody, a guest, a station and somebody with every permission: each is a stranger at the others' doors."""
    guest, staff = web.guest(), web.staff("super_admin")
    doors = [
        (GUESTS, (("", "token_invalid"), (web.station, "token_invalid"), (staff, "token_invalid"))),
        (STATIONS, (("", "station_unknown"), (guest, "station_unknown"), (staff, "station_unknown"))),
        (
            [("GET", path) for path in LISTS] + [("DELETE", "/v1/staff/token")],
            (("", "token_invalid"), (web.station, "token_invalid"), (guest, "token_invalid")),
        ),
    ]
    for paths, strangers in doors:
        for (method, path), (token, code) in itertools.product(paths, strangers):
            answer = web.call(method, path, token, {}, **{"idempotency-key": "k"})
            assert (answer.status_code, answer.json()["code"]) == (401, code), (method, path)
            assert answer.headers["www-authenticate"] == "Bearer"
    said = {"staff": "super_admin"}
    for token in ("", guest, staff):
        answer = web.call("POST", "/v1/staff/tokens", token, said, **{"x-staff-proof": "00"})
        assert problem(answer) == (401, "station_unknown")


def test_every_endpoint_is_in_one_of_these_tables_or_open_to_all(web: Web) -> None:
    told = web.call("GET", "/v1/openapi.json").json()["paths"]
    secured = {
        (method.upper(), path)
        for path, each in told.items()
        for method, operation in each.items()
        if operation["security"]
    }
    names = {"one/settle": "{request_id}/settle", "LeaseAsked": "{kind}", "guest-sara": "{guest}"}
    names |= {"/one": "/{booking}", "?buckets=global": "", "?staff=reem": ""}

    def declared(path: str) -> str:
        for ours, theirs in names.items():
            path = path.replace(ours, theirs)
        return path

    tested = {(method, declared(path)) for method, path in (*GUESTS, *STATIONS)}
    tested |= {("GET", declared(path)) for path in LISTS}
    assert secured == tested | {("DELETE", "/v1/staff/token"), ("POST", "/v1/staff/tokens")}


ENDS: dict[str, Callable[[Web, str], object]] = {
    "deactivated": lambda web, token: change(web.core, "supervisor", "supervisor", active=False),
    "another role": lambda web, token: change(web.core, "supervisor", "gate"),
    "another PIN": lambda web, token: change(web.core, "supervisor", "supervisor", pin="$argon2id$another"),
    "fenced": lambda web, token: web.core.database.transact(lambda c: access.fence(c, "POS1")),
    "another PC": lambda web, token: web.enrol("POS1"),
    "half an hour": lambda web, token: web.core.clock.forward(minutes=30),
    "restored": lambda web, token: web.core.database.transact(feed.renew_epoch),
    "signed out": lambda web, token: web.call("DELETE", "/v1/staff/token", token),
}


@pytest.mark.parametrize("how", ENDS)
def test_a_token_of_staff_ends_when_they_are_not_what_they_were(web: Web, how: str) -> None:
    token = web.staff("supervisor")
    assert web.call("GET", "/v1/staff/cases", token).status_code == 200
    ENDS[how](web, token)
    assert problem(web.call("GET", "/v1/staff/cases", token)) == (401, "token_invalid")


def test_five_wrong_pins_lock_a_name_at_that_station(web: Web) -> None:
    told = [web.staff_sign_in("supervisor", "0000") for _ in range(5)]
    assert {problem(each) for each in told} == {(401, "staff_unproven")}
    assert problem(web.staff_sign_in("supervisor")) == (401, "staff_unproven")
    web.core.clock.forward(seconds=301)
    answer = web.staff_sign_in("supervisor").json()
    assert "settle_case" in answer["permissions"]
    assert problem(web.staff_sign_in("nobody"))[0] == 401


def test_guests_are_found_listed_and_shown_with_what_they_booked(web: Web) -> None:
    token, staff = web.guest("omar@example.com", "Omar"), web.staff("booking_admin")
    one = web.book(token).json()
    counter(web).register()
    found = web.call("GET", "/v1/staff/guests?search=Omar", staff).json()["items"]
    assert [(each["name"], each["is_verified"]) for each in found] == [("Omar", True)]
    everybody, cursor = [], ""
    while True:
        page = web.call("GET", f"/v1/staff/guests?limit=1&cursor={cursor}", staff).json()
        everybody += [each["id"] for each in page["items"]]
        if not (cursor := page["next"]):
            break
    assert sorted(everybody) == sorted((SARA, found[0]["id"]))
    searched = web.call("GET", "/v1/staff/guests?search=example.com&limit=1", staff).json()
    assert searched["items"] == [] and searched["next"] == ""
    page = web.call("GET", f"/v1/staff/guests/{found[0]['id']}", staff).json()
    assert [(each["id"], each["staff"]) for each in page["bookings"]] == [(one["id"], "")]
    assert problem(web.call("GET", "/v1/staff/guests/none", staff)) == (404, "guest_unknown")
    for role, whole in {
        "cashier": False,
        "support_admin": True,
        "supervisor": True,
        "super_admin": True,
    }.items():
        theirs = web.staff(role)
        searched = web.call("GET", f"/v1/staff/guests?search={PHONE[1:]}", theirs).json()["items"]
        listed = web.call("GET", "/v1/staff/guests", theirs).json()["items"]
        alone = web.call("GET", f"/v1/staff/guests/{SARA}", theirs).json()
        for each in (*searched, *(one for one in listed if one["id"] == SARA), alone):
            assert (each["phone"] == PHONE, MAIL in json.dumps(each)) == (whole, whole)
        assert len(searched) == 1


def test_bookings_and_messages_are_listed_by_what_is_asked_for(web: Web) -> None:
    token, staff = web.guest(), web.staff("booking_admin")
    held, gone = (web.book(token, key).json() for key in "ab")
    web.call("POST", f"/v1/guest/bookings/{gone['id']}/cancellation", token, {"reason": "ill"})
    listed = web.call("GET", f"/v1/staff/bookings?day={held['day']}&life=cancelled", staff).json()["items"]
    assert [(each["id"], each["reason"]) for each in listed] == [(gone["id"], "ill")]
    assert not web.call("GET", "/v1/staff/bookings?day=2020-01-01", staff).json()["items"]
    told = web.call("GET", "/v1/staff/messages?state=queued&limit=2", staff).json()
    assert len(told["items"]) == 2 and told["next"]
    assert all(MAIL not in each["address"] for each in told["items"])
    for query in (
        "life=maybe",
        "day=soon",
        "day=0",
        "day=",
        "limit=0",
        "limit=101",
        "limit=many",
        "cursor=%00",
    ):
        assert problem(web.call("GET", f"/v1/staff/bookings?{query}", staff)) == (400, "body_invalid")
