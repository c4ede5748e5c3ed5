"""Guests by themselves: a code, a token, bookings of their own, and nothing that tells who is known here."""

from __future__ import annotations

import httpx
import pytest
import sqlalchemy as sa

from domain.catalogue import Holds
from ledger import feed, read_guests, read_setup
from ledger import tables as t
from server import tables as own
from server.bookings import look_after
from server.jobs import Jobs
from server.setup import SetUp
from tests.helpers.core import an_admission
from tests.server.api.web import MAIL, PHONE, SARA, Web
from tests.server.test_bookings import ADULT, CABANA, MEMBERS, Office, give, with_approval
from tests.server.test_guests import KNOWN, Desk, erase, wrong


def rows(web: Web, wanted: sa.Select[tuple[object, ...]]) -> list[sa.Row[tuple[object, ...]]]:
    return web.core.database.look(lambda c: list(c.execute(wanted)))


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    said = answer.json()
    assert said["status"] == answer.status_code and said["title"] and said["detail"]
    assert said["type"] == f"urn:gatehouse:problem:{said['code']}"
    return answer.status_code, said["code"]


def counter(web: Web, station: str = "POS2") -> Desk:
    """A till of the same venue, that holds no places."""
    made = web.core.enrol(station)
    web.core.database.transact(lambda c: c.execute(sa.delete(t.lease).where(t.lease.c.lease_id == station)))
    return Desk(web.core, made, web.app.state.parts.door)


# registering ----------------------------------------------------------------------------------------------------------


def test_who_registers_and_says_the_code_back_is_known_at_every_till(anywhere: Web) -> None:
    token = anywhere.guest(name="سارة")
    me = anywhere.call("GET", "/v1/guest", token).json()
    assert (me["name"], me["email"], me["verified"]) == ("سارة", MAIL, ["email"])
    [found] = anywhere.core.database.look(lambda c: read_guests.find(c, "سارة"))
    assert (found.guest_id, found.is_verified) == (me["id"], True)
    inbox = rows(
        anywhere, sa.select(own.inbox.c.kind, own.inbox.c.station_id).where(own.inbox.c.private != "")
    )
    assert {tuple(row) for row in inbox} == {("GuestRegistered", "SRV"), ("GuestVerified", "SRV")}


def test_nobody_is_known_before_they_proved_a_contact_and_all_they_said_goes_after_an_hour(web: Web) -> None:
    web.call("POST", "/v1/guest/registrations", said=SARA)
    assert not rows(web, sa.select(t.guest_entry))
    code = web.codes()[-1]
    web.core.clock.forward(seconds=3601)
    assert problem(web.sign_in(MAIL, code)) == (401, "code_refused")
    Jobs(web.core.database, web.core.clock).once()
    assert not rows(web, sa.select(own.guest_pending))


def test_a_code_to_one_contact_does_not_sign_in_by_another(web: Web) -> None:
    counter(web).register(said=KNOWN)
    web.call("POST", "/v1/guest/codes", said={"contact": PHONE})
    code = web.codes()[-1]
    assert problem(web.sign_in(MAIL, code)) == (401, "code_refused")


def test_nobody_books_a_whole_session_by_themselves(web: Web) -> None:
    token = web.guest()
    assert problem(web.book(token, "many", tickets=21)) == (409, "online_too_many")
    assert web.book(token, "few", tickets=20).status_code == 201


def test_nothing_tells_if_a_contact_is_known(web: Web) -> None:
    """Known at the counter, said by somebody who proved nothing yet, known to nobody: the same words, the same pace."""
    counter(web).register(said=KNOWN)
    told = []
    for contact, registers in ((MAIL, True), ("new@example.com", True), ("other@example.com", False)):
        ways = ["registrations", "codes"] if registers else ["codes", "codes"]
        heard = []
        for way in ways:
            said = SARA | {"email": contact} if way == "registrations" else {"contact": contact}
            heard.append(web.call("POST", f"/v1/guest/{way}", said=said))
        heard.append(web.sign_in(contact, "no code"))
        web.core.clock.forward(seconds=31)
        heard += [web.call("POST", "/v1/guest/codes", said={"contact": contact})]
        told.append([(each.status_code, sorted(each.json()), each.json().get("detail")) for each in heard])
        web.core.clock.forward(seconds=-31)
    assert told[0] == told[1] == told[2]
    assert [status for status, *_ in told[0]] == [202, 429, 401, 202]


def test_a_code_for_a_known_contact_takes_the_same_work_as_for_one_that_is_not(anywhere: Web) -> None:
    """Statement by statement: who looks at the clock learns nothing."""
    counter(anywhere).register(said=KNOWN)
    anywhere.call("POST", "/v1/guest/registrations", said={"name": "New", "email": "new@example.com"})
    anywhere.codes()
    done: list[str] = []
    engine = anywhere.app.state.parts.database.engine
    sa.event.listen(engine, "before_cursor_execute", lambda *given: done.append(given[2]))
    work = []
    for contact in (MAIL, "new@example.com", "nobody@example.com"):
        for way in ("codes", "registrations"):
            anywhere.core.clock.forward(seconds=31)
            done.clear()
            said = {"name": "Sara", "email": contact} if way == "registrations" else {"contact": contact}
            assert anywhere.call("POST", f"/v1/guest/{way}", said=said).status_code == 202
            work.append(tuple(done))
    assert len(set(work)) == 1 and len(work[0]) >= 3


# what strangers may do to a guest -------------------------------------------------------------------------------------


def test_a_stranger_leaves_a_guest_codes_to_sign_in_with(web: Web) -> None:
    counter(web).register(said=KNOWN)
    for _ in range(3):
        assert web.call("POST", "/v1/guest/codes", said={"contact": PHONE}).status_code == 202
        web.core.clock.forward(seconds=31)
    for way, said in (("codes", {"contact": PHONE}), ("registrations", {"name": "Eve", "phone": PHONE})):
        assert problem(web.call("POST", f"/v1/guest/{way}", said=said)) == (429, "code_many")
    web.address = "203.0.113.2"
    assert web.call("POST", "/v1/guest/codes", said={"contact": PHONE}).status_code == 202
    assert web.sign_in(PHONE, web.codes()[-1]).status_code == 200


def test_codes_that_strangers_ask_for_take_none_from_a_guest_at_the_counter(web: Web) -> None:
    desk = counter(web)
    desk.register(said=KNOWN)
    for last in (1, 1, 1, 2, 2):
        web.address = f"203.0.113.{last}"
        assert web.call("POST", "/v1/guest/codes", said={"contact": PHONE}).status_code == 202
        web.core.clock.forward(seconds=31)
    assert problem(web.call("POST", "/v1/guest/codes", said={"contact": PHONE})) == (429, "code_many")
    code = desk.code()
    assert desk.ask("GuestVerified", guest="guest-sara", code=code).state == "granted"


def test_a_code_is_not_made_void_by_another_that_a_stranger_asks_for(web: Web) -> None:
    desk = counter(web)
    desk.register(said=KNOWN)
    at_counter = desk.code()
    assert web.call("POST", "/v1/guest/codes", said={"contact": PHONE}).status_code == 202
    mine = web.codes()[-1]
    web.core.clock.forward(seconds=31)
    web.call("POST", "/v1/guest/registrations", said={"name": "Mallory", "phone": PHONE})
    web.codes()
    assert problem(web.sign_in(PHONE, mine)) == (401, "code_refused")  # with Mallory's verification
    assert web.sign_in(PHONE, mine, asked=0).status_code == 200
    web.core.clock.forward(seconds=31)
    assert web.call("POST", "/v1/guest/codes", said={"contact": PHONE}).status_code == 202
    assert desk.ask("GuestVerified", guest="guest-sara", code=at_counter).state == "granted"


def test_who_registers_signs_in_as_themselves_though_a_stranger_said_the_contact_was_theirs(web: Web) -> None:
    web.call("POST", "/v1/guest/registrations", said=SARA)
    mine = web.codes()[-1]
    web.core.clock.forward(seconds=31)
    web.call("POST", "/v1/guest/registrations", said=SARA | {"name": "Mallory"})
    web.codes()
    token = web.sign_in(MAIL, mine, asked=0).json()["token"]
    assert web.call("GET", "/v1/guest", token).json()["name"] == SARA["name"]
    assert rows(web, sa.select(own.guest_pending.c.guest_id)) == []


def test_a_stranger_who_guesses_makes_no_code_void_but_their_own(web: Web) -> None:
    desk = counter(web)
    desk.register(said=KNOWN)
    code = desk.code()
    assert problem(web.sign_in(PHONE, code)) == (401, "code_refused")
    web.call("POST", "/v1/guest/codes", said={"contact": PHONE})
    mine = web.codes()[-1]
    web.core.clock.forward(seconds=31)
    web.call("POST", "/v1/guest/codes", said={"contact": PHONE})
    theirs = web.codes()[-1]
    for made_up in ("", "none", web.verifications[0].replace(".", "", 1), f"{web.verifications[0]}x"):
        for _ in range(6):
            said = {"contact": PHONE, "code": mine, "verification": made_up}
            assert problem(web.call("POST", "/v1/guest/tokens", said=said)) == (401, "code_refused")
    for _ in range(6):
        web.sign_in(PHONE, wrong(theirs))
    assert problem(web.sign_in(PHONE, theirs)) == (401, "code_refused")
    assert web.sign_in(PHONE, mine, asked=0).status_code == 200
    assert desk.ask("GuestVerified", guest="guest-sara", code=code).state == "granted"


def test_what_staff_try_takes_no_try_from_a_guest_and_is_counted_too(web: Web) -> None:
    desk = counter(web)
    desk.register(said=KNOWN)
    web.call("POST", "/v1/guest/codes", said={"contact": PHONE})
    mine = web.codes()[-1]
    for _ in range(5):
        assert desk.ask("GuestVerified", guest="guest-sara", code=wrong(mine)).state == "refused"
    assert desk.ask("GuestVerified", guest="guest-sara", code=mine).code == "code_over"
    assert web.sign_in(PHONE, mine).status_code == 200


def test_codes_that_one_browser_asks_for_one_after_the_other_are_all_good_there(web: Web) -> None:
    counter(web).register(said=KNOWN)
    web.call("POST", "/v1/guest/codes", said={"contact": PHONE})
    first = web.codes()[-1]
    web.core.clock.forward(seconds=31)
    again = {"contact": PHONE, "verification": web.verifications[-1]}
    web.call("POST", "/v1/guest/codes", said=again)
    web.sign_in(PHONE, next(code for code in map(wrong, web.codes()) if code not in web.codes()))
    assert rows(web, sa.select(own.guest_code.c.tries)) == [(1,), (1,)]
    assert web.sign_in(PHONE, first).status_code == 200
    assert problem(web.sign_in(PHONE, web.codes()[-1])) == (401, "code_refused")  # used with it
    web.core.clock.forward(seconds=31)
    web.call("POST", "/v1/guest/codes", said={"contact": MAIL, "verification": web.verifications[0]})
    assert web.verifications[-1].count(".") == 1  # a code to another contact does not join


@pytest.mark.parametrize("joined", [False, True])
def test_within_an_hour_a_contact_has_twenty_five_chances_whatever_a_stranger_does(
    web: Web, joined: bool
) -> None:
    """Asked for as often as may be, tried with every verification that there is, each far more often than it counts."""
    counter(web).register(said=KNOWN)
    asked = 0
    for turn in range(40):  # an hour and some
        web.address = f"203.0.113.{turn % 4}"
        before = web.verifications[-1] if joined and web.verifications else ""
        said = {"contact": PHONE, "verification": before}
        asked += web.call("POST", "/v1/guest/codes", said=said).status_code == 202
        sent = web.codes()
        guess = next(code for code in map(wrong, sent) if code not in sent)
        for at in (-1, *range(-2, -len(web.verifications) - 1, -2)[:3]):
            for _ in range(6 if at == -1 else 2):
                web.sign_in(PHONE, guess, asked=at)
        web.core.clock.forward(seconds=101)
    tries = [int(str(row[0])) for row in rows(web, sa.select(own.guest_code.c.tries))]
    assert asked == len(tries) and max(tries) == 5
    within = rows(web, sa.select(own.guest_code.c.sent_at).order_by(own.guest_code.c.sent_at))
    times = [int(str(row[0])) for row in within]
    most = max(sum(start <= at < start + 3_600_000 for at in times) for start in times)
    assert most == 5 and sum(tries) <= 5 * len(times)


def test_registering_with_a_contact_of_somebody_signs_them_in_and_changes_nothing_they_said(web: Web) -> None:
    counter(web).register(said=KNOWN)
    me = web.call("GET", "/v1/guest", web.guest(name="Mallory")).json()
    assert (me["id"], me["name"], me["phone"]) == ("guest-sara", "Sara Al-Qahtani", PHONE)


def test_a_contact_that_somebody_only_says_is_theirs_leads_to_nobody_who_proved_another(web: Web) -> None:
    """Or they would wait in it for whoever it belongs to."""
    mallory = web.guest("mallory@example.com", "Mallory")
    assert web.call("PATCH", "/v1/guest", mallory, {"phone": PHONE}).json()["verified"] == ["email"]
    web.call("POST", "/v1/guest/registrations", said={"name": "Sara", "phone": PHONE})
    sara = web.sign_in("0551234567", web.codes()[-1]).json()["token"]
    one, other = (web.call("GET", "/v1/guest", each).json()["id"] for each in (mallory, sara))
    assert one != other


def test_who_proves_a_contact_signs_out_whoever_said_it_was_theirs(web: Web) -> None:
    mallory = web.guest("mallory@example.com", "Mallory")
    web.call("PATCH", "/v1/guest", mallory, {"email": MAIL})
    sara = web.guest()
    assert web.call("GET", "/v1/guest", sara).json()["email"] == MAIL
    assert problem(web.call("GET", "/v1/guest", mallory)) == (401, "token_invalid")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"name": "Sara"}, "contact_missing"),
        ({"name": "Sara", "phone": "011 234 5678"}, "contact_missing"),
        ({"name": "Sara", "phone": "12"}, "phone_invalid"),
        ({"name": "Sara", "email": "sara@"}, "email_invalid"),
        ({"name": "...", "email": MAIL}, "guest_name"),
        ({"name": "Sara\x00", "email": MAIL}, "body_invalid"),
        ({"email": MAIL}, "body_invalid"),
        ({"name": "Sara", "email": MAIL, "vip": "yes"}, "body_invalid"),
    ],
)
def test_what_cannot_be_is_refused_by_name(web: Web, said: dict[str, str], code: str) -> None:
    assert problem(web.call("POST", "/v1/guest/registrations", said=said)) == (400, code)
    assert not web.codes()


# codes and tokens -----------------------------------------------------------------------------------------------------


def test_twenty_tries_at_once_are_five_guesses(anywhere: Web) -> None:
    anywhere.call("POST", "/v1/guest/registrations", said=SARA)
    code = anywhere.codes()[-1]
    said = {"contact": MAIL, "code": wrong(code), "verification": anywhere.verifications[-1]}
    told = anywhere.at_once(20, "POST", "/v1/guest/tokens", "", said)
    assert {problem(each) for each in told} == {(401, "code_refused")}
    assert rows(anywhere, sa.select(own.guest_code.c.tries)) == [(5,)]
    assert problem(anywhere.sign_in(MAIL, code)) == (401, "code_refused")


def test_a_right_code_at_many_places_at_once_is_one_guest_and_one_token(anywhere: Web) -> None:
    anywhere.call("POST", "/v1/guest/registrations", said=SARA)
    said = {"contact": MAIL, "code": anywhere.codes()[-1], "verification": anywhere.verifications[-1]}
    told = anywhere.at_once(8, "POST", "/v1/guest/tokens", "", said)
    assert sorted(each.status_code for each in told) == [200, *[401] * 7]
    assert (
        len(rows(anywhere, sa.select(t.guest_entry.c.guest_id).where(t.guest_entry.c.kind == "registered")))
        == 1
    )
    assert len(rows(anywhere, sa.select(own.guest_token))) == 1


def test_a_token_ends_by_signing_out_with_time_and_with_another_life_of_the_server(web: Web) -> None:
    first = web.guest()
    assert web.call("DELETE", "/v1/guest/token", first).status_code == 204
    web.core.clock.forward(seconds=60)
    second = web.guest()
    for token in (first, "", "guest-nonsense", web.station):
        assert problem(web.call("GET", "/v1/guest", token)) == (401, "token_invalid")
    web.core.database.transact(feed.renew_epoch)
    assert problem(web.call("GET", "/v1/guest", second)) == (401, "token_invalid")
    third = web.guest() if web.core.clock.forward(seconds=60) is None else ""
    web.core.clock.forward(days=30)
    assert problem(web.call("GET", "/v1/guest", third)) == (401, "token_invalid")
    assert third not in str(rows(web, sa.select(own.guest_token)))
    Jobs(web.core.database, web.core.clock).once()
    assert not rows(web, sa.select(own.guest_token)) and not rows(web, sa.select(own.guest_code))


def test_erasing_a_guest_ends_their_tokens(web: Web) -> None:
    token = web.guest()
    guest_id = web.call("GET", "/v1/guest", token).json()["id"]
    assert erase(counter(web), guest_id).state == "granted"
    assert problem(web.call("GET", "/v1/guest", token)) == (401, "token_invalid")
    assert not rows(web, sa.select(own.guest_token))


def test_a_new_contact_is_not_proved_until_its_own_code_came_back(web: Web) -> None:
    token = web.guest()
    me = web.call("PATCH", "/v1/guest", token, {"phone": "055 123 4567", "name": "Sara  Q."}).json()
    assert (me["phone"], me["name"], me["verified"]) == (PHONE, "Sara Q.", ["email"])
    assert web.call("POST", "/v1/guest/contact-codes", token, {"channel": "sms"}).status_code == 202
    code = web.codes()[-1]
    told = {"code": wrong(code), "verification": web.verifications[-1]}
    assert problem(web.call("POST", "/v1/guest/contact-proofs", token, told)) == (400, "code_wrong")
    me = web.call("POST", "/v1/guest/contact-proofs", token, told | {"code": code}).json()
    assert me["verified"] == ["phone", "email"]
    assert problem(web.call("PATCH", "/v1/guest", token, {"phone": "", "email": ""})) == (
        400,
        "contact_missing",
    )


# bookings -------------------------------------------------------------------------------------------------------------


def test_a_booking_keeps_places_appears_at_stations_and_is_paid_at_a_counter(web: Web) -> None:
    token = web.guest()
    made = web.book(token)
    assert made.status_code == 201
    one = made.json()
    assert (one["life"], one["paid"], one["total"]) == ("held", "unpaid", {"minor": 23000, "currency": "SAR"})
    till = counter(web)
    office = Office(web.core, till.station, till.door)
    office.last = one["id"]
    row = office.row()._mapping
    assert (row["number"], row["staff_id"], row["station_id"]) == (one["number"], "", "SRV")
    assert row["bucket"].startswith("day:")
    office.pay()
    office.tick()
    one = web.call("GET", f"/v1/guest/bookings/{one['id']}", token).json()
    assert (one["life"], one["paid"], one["until"]) == ("confirmed", "paid", None)
    where = f"/v1/guest/bookings/{one['id']}/cancellation"
    terms = web.call("GET", where, token).json()
    assert [terms[name]["minor"] for name in ("back", "fee")] == [20700, 2300] and terms["until"]
    for other in (23000, {"minor": 23000, "currency": "SAR"}, {"minor": 20700, "currency": "USD"}):
        assert problem(web.call("POST", where, token, {"back": other})) == (409, "quote_expired"), other
    for wrong_ in (
        {"minor": 20700},
        {"minor": -1, "currency": "SAR"},
        {"minor": 1, "currency": "riyal"},
        "1",
        True,
    ):
        answer = web.call("POST", where, token, {"back": wrong_})
        assert problem(answer) == (400, "body_invalid"), wrong_
        assert answer.json()["where"] == "body.back", wrong_
    # as it was read, and asked again by its minor units alone: the same refund
    told = [
        web.call("POST", where, token, {"back": back, "reason": "ill"}).json()
        for back in (terms["back"], 20700)
    ]
    assert told[0] == told[1] and (told[0]["life"], told[0]["refund"]["state"]) == ("confirmed", "requested")
    assert web.call("GET", where, token).json()["refund"] == told[0]["refund"]
    office.station.say(an_admission(office.made().tickets[0].ticket_id, admission="in"))
    again = web.call("POST", where, token, {})
    assert again.json() == told[0]


def test_what_is_not_paid_in_time_ends_and_what_needs_a_yes_waits_for_it(web: Web) -> None:
    token = web.guest()
    web.book(token)
    till = counter(web)
    office = Office(web.core, till.station, till.door)
    with_approval(office)
    said = {"lines": [{"product": CABANA, "quantity": 1}], "note": "by the sea"}
    waits = web.call("POST", "/v1/guest/bookings", token, said, **{"idempotency-key": "other"}).json()
    assert (waits["life"], waits["until"]) == ("under_review", None)
    web.core.clock.forward(minutes=Holds().online)
    core = web.core
    core.database.transact(lambda c: look_after(c, SetUp(c, core.clock, core.database.ids)))
    mine = web.call("GET", "/v1/guest/bookings", token).json()["items"]
    assert [each["life"] for each in mine] == ["under_review", "expired"]


def test_a_guest_sees_their_memberships_and_books_by_the_rule_of_counters(web: Web) -> None:
    token = web.guest()
    guest_id = web.call("GET", "/v1/guest", token).json()["id"]
    said = {"lines": [{"product": MEMBERS, "session": web.core.session, "quantity": 1}]}

    def booked(key: str) -> str:
        return web.call("POST", "/v1/guest/bookings", token, said, **{"idempotency-key": key}).json()["life"]

    assert booked("before") == "under_review"
    till = counter(web)
    give(Office(web.core, till.station, till.door), guest_id)
    assert booked("after") == "held"
    [one] = web.call("GET", "/v1/guest", token).json()["memberships"]
    assert (one["plan"], one["number"], one["standing"]) == ("season", "SP-00123", "valid")
    assert one["name"]["en"] == "Season pass"
    page = web.call("GET", f"/v1/staff/guests/{guest_id}", web.staff("booking_admin")).json()
    assert page["memberships"] == [one]


def test_one_key_is_one_booking_however_often_and_at_once(anywhere: Web) -> None:
    token = anywhere.guest()
    said = {"lines": [{"product": ADULT, "session": anywhere.core.session, "quantity": 2}]}
    told = anywhere.at_once(10, "POST", "/v1/guest/bookings", token, said, **{"idempotency-key": "once"})
    assert {each.status_code for each in told} == {201}
    assert len({each.text for each in told}) == 1
    assert len(rows(anywhere, sa.select(t.reservation.c.booking_id))) == 1
    assert len(rows(anywhere, sa.select(own.inbox.c.op_id).where(own.inbox.c.kind == "BookingHeld"))) == 1
    said["lines"][0]["quantity"] = 3
    other = anywhere.call("POST", "/v1/guest/bookings", token, said, **{"idempotency-key": "once"})
    assert problem(other) == (409, "key_reused")


def test_a_key_of_one_guest_is_none_of_another(web: Web) -> None:
    one, other = web.guest(), web.guest("omar@example.com", "Omar")
    assert web.book(one).json()["id"] != web.book(other).json()["id"]


def test_what_was_refused_may_be_asked_for_again_under_its_key(web: Web) -> None:
    first, token = web.guest(), web.guest("omar@example.com", "Omar")
    till, known = counter(web), web.call("GET", "/v1/guest", first).json()["id"]
    office = Office(web.core, till.station, till.door)
    for quantity in (200, 70):
        assert office.book((ADULT, web.core.session, quantity), guest=known).state == "granted"
    most = web.book(first, tickets=20).json()["id"]
    full = web.book(token, tickets=20)
    assert problem(full) == (409, "capacity_full")
    assert (full.json()["left"], full.json()["facts"][1]) == (10, ["left", "10"])
    web.call("POST", f"/v1/guest/bookings/{most}/cancellation", first, {})
    assert web.book(token, tickets=20).status_code == 201


def test_nobody_keeps_more_than_three_that_are_not_paid(web: Web) -> None:
    token = web.guest()
    made = [web.book(token, f"k{each}", 1) for each in range(4)]
    assert [each.status_code for each in made] == [201, 201, 201, 409]
    assert problem(made[-1]) == (409, "bookings_open")
    gone = web.call(
        "POST", f"/v1/guest/bookings/{made[0].json()['id']}/cancellation", token, {"reason": "ill"}
    )
    assert (gone.json()["life"], gone.json()["refund"]) == ("cancelled", None)
    assert web.book(token, "k4", 1).status_code == 201


def test_who_lost_their_proof_books_nothing_ahead(web: Web) -> None:
    token = web.guest()
    web.call("PATCH", "/v1/guest", token, {"email": "another@example.com"})
    assert problem(web.book(token)) == (403, "guest_unverified")


def test_who_is_banned_books_nothing_online(web: Web) -> None:
    token = web.guest()
    guest_id = web.call("GET", "/v1/guest", token).json()["id"]
    counter(web).change(guest_id, ("flags", "banned"))
    answer = web.book(token)
    assert problem(answer) == (403, "guest_banned")
    assert rows(web, sa.select(t.reservation)) == []
    said = {"lines": [{"product": ADULT, "session": web.core.session, "quantity": 1}], "allowed": True}
    tried = web.call("POST", "/v1/guest/bookings", token, said, **{"idempotency-key": "k"})
    assert problem(tried) == (400, "body_invalid")


def test_a_ban_is_not_shaken_off_by_another_address_or_by_capitals(web: Web) -> None:
    token = web.guest()
    guest_id = web.call("GET", "/v1/guest", token).json()["id"]
    counter(web).change(guest_id, ("flags", "banned"))
    web.core.clock.forward(seconds=60)
    again = web.guest(MAIL.upper(), "Somebody Else")
    assert web.call("GET", "/v1/guest", again).json()["id"] == guest_id
    assert web.call("PATCH", "/v1/guest", token, {"email": "other@example.com"}).status_code == 200
    web.core.clock.forward(seconds=60)
    new = web.guest(MAIL.capitalize(), "Nobody Known")
    assert web.call("GET", "/v1/guest", new).json()["id"] != guest_id
    assert problem(web.book(new)) == (403, "guest_banned")


def test_a_guest_neither_sees_nor_changes_anothers_booking(web: Web) -> None:
    sara, omar = web.guest(), web.guest("omar@example.com", "Omar")
    one = web.book(sara).json()["id"]
    none = web.core.database.ids.new()
    for booking in (one, none):
        path = f"/v1/guest/bookings/{booking}"
        assert problem(web.call("GET", path, omar)) == (404, "booking_unknown")
        for method, said in (("POST", {}), ("GET", None)):
            assert problem(web.call(method, f"{path}/cancellation", omar, said)) == (404, "booking_unknown")
    assert web.call("GET", "/v1/guest/bookings", omar).json() == {"items": [], "next": ""}
    assert web.call("GET", f"/v1/guest/bookings/{one}", sara).json()["life"] == "held"


def test_pages_come_to_all_of_it_and_each_once(web: Web) -> None:
    token = web.guest()
    made = [web.book(token, f"k{each}", 1).json()["id"] for each in range(3)]
    seen, cursor = [], ""
    for _ in range(3):
        page = web.call("GET", f"/v1/guest/bookings?limit=1&cursor={cursor}", token).json()
        seen += [each["id"] for each in page["items"]]
        cursor = page["next"]
    assert seen == made[::-1] and cursor == ""
    for wrong_ in ("nonsense", "WyJhIl0=", "bnVsbA==", "WzEsMl0="):
        assert problem(web.call("GET", f"/v1/guest/bookings?cursor={wrong_}", token)) == (400, "body_invalid")


def test_the_catalogue_and_sessions_with_places_left_are_everybodys(web: Web) -> None:
    products = web.call("GET", "/v1/catalogue?limit=100").json()
    assert {"number": 1, "kind": "ticket"}.items() <= products["items"][0].items() and products["next"] == ""
    before = web.call("GET", "/v1/sessions").json()["items"][0]
    assert (before["number"], before["places_left"]) == (web.core.session, web.core.capacity)
    web.book(web.guest())
    after = web.call("GET", f"/v1/sessions?day={before['day']}&activity={before['activity']}").json()
    assert after["items"][0]["places_left"] == web.core.capacity - 2
    seen, cursor = 0, ""
    while cursor or not seen:
        page = web.call("GET", f"/v1/sessions?limit=2&cursor={cursor}").json()
        seen, cursor = seen + len(page["items"]), page["next"]
    assert seen == len(web.call("GET", "/v1/sessions?limit=100").json()["items"])


def test_a_till_tells_that_it_was_made_online(web: Web) -> None:
    assert web.core.database.look(lambda c: read_setup.maker(c, "")).get("ar") == "عبر الإنترنت"
    assert web.core.database.look(lambda c: read_setup.maker(c, "reem")).en == "Reem M."
