"""A letter that was not handed over yet goes to where its guest is reached now, and nowhere that they gave up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from ledger.clock import to_ms
from server import outgoing
from server.message_kinds import Channel
from server.requests import Door
from server.senders import Later, Outcome, Sent, Unsure, Why
from tests.helpers.core import Core
from tests.helpers.messages import alerts, code, post, send, shown
from tests.helpers.messages import row as kept
from tests.helpers.peers import MailPeer, mail_peer
from tests.server.test_bookings import Office
from tests.server.test_guests import MAIL, PHONE, SARA
from tests.server.test_letter_order import BUSY, about, again, got, leave, states
from tests.server.test_sending import booked

NEW = "right@example.com"


@pytest.fixture
def mail() -> Iterator[MailPeer]:
    with mail_peer() as peer:
        yield peer


@pytest.fixture
def desk(core: Core) -> Office:
    office = Office(core, core.enrol("POS2"), Door(core.clock, core.database.ids))
    office.register()
    return office


def letter(core: Core, kind: str = "confirmed", **more: object) -> str:
    """About a booking of Sara's, as it was made while she had her first address."""
    return about(core, kind, **({"guest_id": SARA, "address": MAIL} | more))


def later(core: Core, mail: MailPeer) -> None:
    for _ in range(3):
        leave(core, mail)
        core.clock.forward(seconds=60)


def went_to(mail: MailPeer) -> list[str]:
    return [str(each["To"]) for each in mail.got]


def test_tickets_that_were_put_off_go_to_the_address_that_was_corrected_meanwhile(
    desk: Office, mail: MailPeer
) -> None:
    core, mail.refused[MAIL] = desk.core, BUSY
    tickets = letter(core, tickets_of=booked(core))
    leave(core, mail)
    assert (shown(core, tickets).state, shown(core, tickets).address) == ("failed", "s•••@example.com")
    desk.change(SARA, ("email", NEW))
    mail.refused.clear()
    later(core, mail)
    assert went_to(mail) == [NEW] and len(list(mail.got[0].iter_attachments())) == 1
    assert (shown(core, tickets).state, shown(core, tickets).address) == ("sent", "r•••@example.com")
    assert mail.ids()[0].strip("<>").split("@")[0] == tickets, "its Message-ID is the same"


def test_what_waits_for_its_first_try_follows_too(desk: Office, mail: MailPeer) -> None:
    letter(desk.core)
    desk.change(SARA, ("email", NEW))
    leave(desk.core, mail)
    assert went_to(mail) == [NEW]


def test_no_letter_goes_to_an_address_that_was_given_up(desk: Office, mail: MailPeer) -> None:
    core = desk.core
    tickets = letter(core, tickets_of=booked(core))
    desk.change(SARA, ("email", ""))
    later(core, mail)
    assert not mail.got
    assert (shown(core, tickets).state, shown(core, tickets).why) == ("given_up", "no_address")
    assert alerts(core) == [(f"message:{tickets}", "message_given_up")]
    assert again(desk, tickets).code == "contact_missing", "nor when staff send it again"
    desk.change(SARA, ("email", NEW))
    assert again(desk, tickets).state == "granted"
    leave(core, mail)
    assert went_to(mail) == [NEW] and alerts(core) == []


def test_a_short_message_follows_to_another_mobile_number_alone(desk: Office) -> None:
    core, sms = desk.core, {"channel": Channel.SMS, "address": PHONE}
    first = letter(core, **sms)
    desk.change(SARA, ("phone", "+966559998877"))
    send(core, dict)
    assert (kept(core, first).address, shown(core, first).address) == ("+966559998877", "+966•••8877")
    desk.change(SARA, ("phone", "+966112345678"))  # of a house
    core.clock.forward(seconds=60)
    send(core, dict)
    assert (shown(core, first).state, shown(core, first).why) == ("given_up", "no_address")


def test_a_code_stays_with_the_contact_that_it_is_for(desk: Office) -> None:
    core = desk.core
    first = post(core, code(core, guest_id=SARA))
    desk.change(SARA, ("phone", "+966559998877"))
    send(core, dict)
    assert kept(core, first).address == PHONE


@pytest.mark.parametrize(
    ("outcome", "to"), [(Sent(), MAIL), (Unsure(), MAIL), (None, MAIL), (Later(Why.PEER_BUSY), NEW)]
)
def test_what_may_have_arrived_stays_where_it_is(
    desk: Office, mail: MailPeer, outcome: Outcome | None, to: str
) -> None:
    """None: the server died while it was sent."""
    core, first, now = desk.core, letter(desk.core), to_ms(desk.core.clock.now())
    [claimed] = core.database.transact(lambda c: outgoing.claim(c, now, {Channel.MAIL: 4}))
    desk.change(SARA, ("email", NEW))
    if outcome is not None:
        core.database.transact(lambda c: outgoing.note(c, claimed, outcome, now))
    assert kept(core, first).address == MAIL, "what is said of it is where it went"
    core.clock.forward(minutes=6)
    leave(core, mail)
    assert kept(core, first).address == to
    assert went_to(mail) == ([] if isinstance(outcome, Sent) else [to])


def test_it_follows_who_goes_on_as_somebody_else(desk: Office, mail: MailPeer) -> None:
    desk.register("guest-other", (("name", "Sara"), ("email", NEW)))
    letter(desk.core)
    assert desk.ask("GuestMerged", "huda", guest=SARA, into="guest-other").state == "granted"
    leave(desk.core, mail)
    assert went_to(mail) == [NEW]


@pytest.mark.parametrize("is_newer_made_after", [True, False])
def test_letters_keep_their_order_over_a_change_of_address(
    desk: Office, mail: MailPeer, is_newer_made_after: bool
) -> None:
    """News of money that was put off is still read before what was made after it."""
    core, mail.refused[MAIL] = desk.core, BUSY
    first = letter(core, "refund_failed")
    leave(core, mail)
    if is_newer_made_after:
        desk.change(SARA, ("email", NEW))
        then = letter(core, "cancelled", address=NEW)
    else:
        then = letter(core, "cancelled")
        desk.change(SARA, ("email", NEW))
    leave(core, mail)
    assert states(core, first, then) == ["failed", "queued"]
    later(core, mail)
    assert got(core, mail) == ["refund_failed", "cancelled"] and went_to(mail) == [NEW, NEW]


def test_a_newer_letter_to_the_new_address_overtakes_what_waits_for_the_old(
    desk: Office, mail: MailPeer
) -> None:
    core, mail.refused[MAIL] = desk.core, BUSY
    first = letter(core, "approved")
    leave(core, mail)
    desk.change(SARA, ("email", NEW))
    then = letter(core, "cancelled", address=NEW)
    assert states(core, first, then) == ["overtaken", "queued"]
    later(core, mail)
    assert got(core, mail) == ["cancelled"]


def test_of_whom_nothing_is_known_a_letter_goes_where_it_was_to_go(core: Core, mail: MailPeer) -> None:
    about(core, "confirmed", guest_id="nobody", address=MAIL)
    leave(core, mail)
    assert went_to(mail) == [MAIL]
    assert core.database.look(lambda c: c.execute(sa.text("SELECT count(*) FROM outbox")).scalar_one()) == 1
