"""Messages from the booking that brings them about to the guest's mailbox: refused, seen at a till, sent again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.shown_attention import Down, Source
from app.shown_messages import NO_ALERTS, State
from domain.errors import Code
from ledger import tables as t
from tests.helpers.line import Open
from tests.helpers.mailing import mail, server, unsent, verified
from tests.helpers.peers import MailPeer
from tests.helpers.running import RunningServer
from tests.helpers.shop import Shop, refused
from tests.helpers.waiting import wait_for
from tests.sync.test_guests import SARA

__all__ = ["mail", "server"]


@pytest.fixture
def office(opened: Open) -> Shop:
    """POS1, with whoever may send again."""
    return opened("POS1").sign_in("huda")


def arrived(mail: MailPeer, message_id: str) -> list[str]:
    """To whom it came, each time that it did."""
    wanted = f"<{message_id}@coral.example>"
    return [str(each["To"]) for each in mail.got if each["Message-ID"] == wanted]


def test_what_the_mail_server_refuses_is_seen_and_sent_again_and_once_more_where_it_did_not_arrive(
    office: Shop, mail: MailPeer
) -> None:
    messages = office.station.messages
    sara = verified(office, mail)
    row = unsent(office, mail, sara)
    assert (row.state, row.why, row.guest, row.to) == (
        State.GIVEN_UP,
        "address_refused",
        SARA.name,
        "s•••@example.com",
    )
    page = messages.page(row.message_id)
    assert (page.guest_id, page.row.number) == (sara, office.station.bookings.find("sara")[0].number)
    assert (page.may_send, page.over, page.online) == (True, False, True)
    wait_for(lambda: office.station.health.status().failed_messages == 1)
    office.station.guests.change(sara, replace(SARA, email="new@example.com"))
    messages.resend(row.message_id)
    wait_for(lambda: row.message_id in [each.message_id for each in messages.sent()])
    assert messages.failed() == ()
    assert office.station.health.status().failed_messages == 0
    assert messages.page(row.message_id).row.to == "n•••@example.com"
    assert arrived(mail, row.message_id) == ["new@example.com"]
    messages.resend(row.message_id)  # the guest did not get it
    wait_for(lambda: len(arrived(mail, row.message_id)) == 2)


def test_a_cashier_sees_what_failed_and_cannot_send_it(office: Shop, opened: Open, mail: MailPeer) -> None:
    row = unsent(office, mail, verified(office, mail))
    till = opened("POS2").sign_in("reem")
    wait_for(lambda: [each.message_id for each in till.station.messages.failed()] == [row.message_id])
    assert not till.station.messages.page(row.message_id).may_send
    assert refused(till.station.messages.resend, row.message_id) is Code.NOT_ALLOWED


def test_messages_are_found_by_guest_and_by_booking(office: Shop, mail: MailPeer) -> None:
    messages = office.station.messages
    sara = verified(office, mail)
    row = unsent(office, mail, sara)
    wait_for(lambda: "code" in [each.kind for each in messages.sent()])
    for found in (messages.find("سارة"), messages.of_guest(sara)):
        assert [each.kind for each in found] == ["booking_received", "code"]  # what failed comes first
    for number in (row.number, row.number[-6:].lower()):
        assert [each.message_id for each in messages.find(number)] == [row.message_id]
    assert messages.find("nobody") == ()


def test_who_was_merged_brings_their_messages_along(
    office: Shop, server: RunningServer, mail: MailPeer
) -> None:
    sara = verified(office, mail)
    row = unsent(office, mail, sara)
    twin = office.station.guests.register(replace(SARA, phone="0551112233", email=""))
    office.station.guests.merge(sara, twin)
    messages = office.station.messages
    wait_for(lambda: messages.page(row.message_id).guest_id == twin)
    assert row.message_id in [each.message_id for each in messages.of_guest(twin)]


def test_without_the_server_messages_are_read_and_nothing_is_sent(
    office: Shop, server: RunningServer, mail: MailPeer
) -> None:
    row = unsent(office, mail, verified(office, mail))
    server.kill()
    wait_for(lambda: not office.station.health.online())
    page = office.station.messages.page(row.message_id)
    assert (page.row.why, page.online) == ("address_refused", False)
    assert refused(office.station.messages.resend, row.message_id) is Code.REQUEST_OFFLINE


def test_a_way_by_which_nothing_goes_out_is_said_to_whoever_can_do_something(
    office: Shop, opened: Open
) -> None:
    """SMS is not set up on this server."""
    till = opened("POS2").sign_in("reem")
    office.station.guests.send_code(office.station.guests.register(SARA), "sms")
    wait_for(lambda: office.station.messages.alerts().down == (("sms", "not_set_up"),))
    [item] = [each for each in office.station.attention.page().items if each.source is Source.MESSAGES]
    assert [fact.value for fact in item.facts] == [Down("sms", "not_set_up")]
    assert office.station.attention.count() == len(office.station.attention.page().items)
    wait_for(lambda: till.count(t.alert) == 1)
    assert till.station.messages.alerts() == NO_ALERTS
    assert Source.MESSAGES not in [each.source for each in till.station.attention.page().items]


def test_a_code_that_came_too_late_is_over_and_nobody_counts_it(office: Shop, server: RunningServer) -> None:
    office.station.guests.send_code(office.station.guests.register(SARA), "sms")
    wait_for(lambda: [each.state for each in office.station.messages.failed()] == [State.FAILED])
    server.clock.set(server.clock.now() + timedelta(minutes=20))
    wait_for(lambda: [each.state for each in office.station.messages.failed()] == [State.GIVEN_UP])
    [row] = office.station.messages.failed()
    assert office.station.messages.page(row.message_id).over
    assert office.station.health.status().failed_messages == 0


def test_nobody_reads_messages_who_is_not_signed_in(opened: Open) -> None:
    shop = opened("POS1")
    assert refused(shop.station.messages.failed) is Code.NOT_SIGNED_IN
    assert shop.station.messages.alerts() == NO_ALERTS
