"""The outbox: queued with what it is about, once for each cause; what staff see of it, may do with it, never see."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa

from documents.words import LANGUAGES, texts
from ledger import feed
from ledger import tables as t
from ledger.clock import to_ms
from ledger.contact import masked
from ledger.puts import MESSAGES
from ledger.tombstones import tombstone
from ledger.wire import PROTOCOL, RequestAsk, RequestReply
from server import alerts as alerts_of
from server import outbox
from server import tables as own
from server.alerts import Alert
from server.database import Database
from server.jobs import Jobs
from server.message_kinds import KINDS, Channel
from server.requests import Door
from server.senders import Why
from server.setup import SetUp
from tests.helpers.core import Core, all_pages
from tests.helpers.messages import LETTER, SMS, alerts, by_mail, by_sms, code, post, row, send, shown
from tests.helpers.peers import http_peer, mail_peer
from tests.server.test_guests import SARA, Desk

WHO = "huda"


def test_a_message_is_there_if_what_it_is_about_is_there(core: Core) -> None:
    class Broken(Exception):
        pass

    def work(connection: sa.Connection) -> None:
        setup = SetUp(connection, core.clock, core.database.ids)
        outbox.post(connection, setup, LETTER)
        setup.publish()
        raise Broken

    with pytest.raises(Broken):
        core.database.transact(work)
    assert core.database.look(lambda c: c.execute(sa.select(own.outbox)).all()) == []
    assert core.database.look(lambda c: c.execute(sa.select(t.message)).all()) == []
    post(core)
    assert (row(core).state, shown(core).state) == ("queued", "queued")


def test_stations_get_how_it_fares_and_nothing_private(core: Core) -> None:
    post(core, code(core))
    post(core)
    rows = [values for name, values in all_pages(core, [MESSAGES], 100) if name == "message"]
    said = json.dumps(rows, ensure_ascii=False)
    assert "+966•••4567" in said and "s•••@example.com" in said
    for private in ("493027", "551234", "sara", "القحطاني", "230.00", "23000"):
        assert private not in said


@pytest.mark.parametrize(
    ("address", "shows"),
    [
        ("fatima@example.com", "f•••@example.com"),
        ("+966551234567", "+966•••4567"),
        ("+4512345678", "+451•••5678"),
        ("0551234567", "•••"),
        ("", "•••"),
        ("@x", "•••@x"),
    ],
)
def test_an_address_is_masked(address: str, shows: str) -> None:
    assert masked(address) == shows


def test_the_same_cause_queues_nothing_twice_however_many_come_at_once(core: Core) -> None:
    start, ids = threading.Barrier(8), []

    def go() -> None:
        start.wait()
        ids.append(post(core))

    threads = [threading.Thread(target=go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 8 and len(set(ids)) == 1
    assert (row(core).message_id, shown(core).message_id) == (ids[0], ids[0])


def test_another_channel_kind_or_cause_is_another_message(core: Core) -> None:
    ids = {post(core), post(core, SMS), post(core, cause="refund:2"), post(core, kind="refund_failed")}
    assert len(ids) == 4


def test_what_cannot_be_said_is_the_mistake_of_who_posts_and_queues_nothing(core: Core) -> None:
    with pytest.raises(ValueError, match="needs an end"):
        post(core, replace(code(core), expires_at=None))
    with pytest.raises(ValueError, match="nobody here writes fr"):
        post(core, language="fr")
    with pytest.raises(ValueError, match="needs the facts"):
        post(core, kind="greeting")
    assert core.database.look(lambda c: c.execute(sa.select(own.outbox)).all()) == []


def test_a_database_that_says_no_does_not_repeat_what_was_to_be_kept(core: Core) -> None:
    letter = replace(code(core), cause="x" * 500, guest_id=None)  # type: ignore[arg-type] # the mistake
    with pytest.raises(sa.exc.DBAPIError) as told:
        post(core, letter)
    assert "493027" not in str(told.value) and "551234567" not in str(told.value)


def test_an_alert_is_said_once_and_ends_where_it_was_said(core: Core) -> None:
    def say(alert: Alert) -> None:
        core.database.transact(lambda c: feed.publish(c, alerts_of.begin(c, alert, 1)))

    def seen(bucket: str) -> list[str]:
        return [str(values[0]) for name, values in all_pages(core, [bucket], 100) if name == "alert"]

    for _ in range(2):
        say(Alert("booking:1", "approval_waiting", "approve_booking", facts={"number": "GH-1"}))
        say(Alert("printer:1", "look_at_the_printer", station_id="pos1"))
    assert (seen(MESSAGES), seen("station:pos1")) == (["booking:1"], ["printer:1"])
    for alert_id, bucket in (("booking:1", MESSAGES), ("printer:1", "station:pos1")):
        core.database.transact(lambda c, one=alert_id: feed.publish(c, alerts_of.end(c, one)))
        gone = [values[:3] for name, values in all_pages(core, [bucket], 100) if name == "tombstone"]
        assert (seen(bucket), gone) == ([], [(bucket, "alert", alert_id)])
    assert core.database.transact(lambda c: alerts_of.end(c, "booking:1")) == set()


def test_an_address_that_is_none_does_not_hold_up_the_change_that_it_tells_of(core: Core) -> None:
    post(core, address="nobody")
    with mail_peer() as peer:
        send(core, by_mail(peer.port, core))
    assert (shown(core).state, shown(core).why) == ("given_up", "address_refused")


def ask(core: Core, message_id: str, *, staff: str = WHO, seen: str = "") -> RequestReply:
    pos = core.enrol("POS1")
    body = json.dumps({"message": message_id, "seen": seen})
    door, request = Door(core.clock, core.database.ids), core.database.ids.new()
    wanted = RequestAsk(PROTOCOL, pos.epoch, request, "MessageResent", staff, "", 0, body)
    return core.ask(door, pos.station, wanted)


def given_up(core: Core) -> str:
    message_id = post(core)
    with mail_peer() as peer:
        peer.refused["sara@example.com"] = "550 no such user"
        send(core, by_mail(peer.port, core))
    assert shown(core, message_id).state == "given_up"
    return message_id


def test_what_was_given_up_is_sent_again_when_staff_ask(core: Core) -> None:
    message_id = given_up(core)
    assert alerts(core) == [(f"message:{message_id}", "message_given_up")]
    core.clock.forward(days=2)
    assert ask(core, message_id).state == "granted"
    assert (shown(core).state, shown(core).why, shown(core).tries) == ("queued", "", 0)
    assert alerts(core) == []
    gone = core.database.look(lambda c: c.execute(sa.select(tombstone.c.of, tombstone.c.key)).all())
    assert ("alert", f"message:{message_id}") in [tuple(one) for one in gone]
    kept = sa.select(own.inbox.c.staff_id, own.inbox.c.public).where(own.inbox.c.kind == "MessageResent")
    [(who, what)] = core.database.look(lambda c: c.execute(kept).all())
    assert (who, json.loads(what)) == (WHO, {"message_id": message_id})
    with mail_peer() as peer:
        send(core, by_mail(peer.port, core))
    assert shown(core).state == "sent" and len(peer.got) == 1


def test_it_is_sent_again_to_where_the_guest_is_reached_now(core: Core) -> None:
    """The page says: correct the address with the guest. What is sent again must not go to the old one."""
    desk = Desk(core, core.enrol("POS2"), Door(core.clock, core.database.ids))
    desk.register(said=(("name", "Sara"), ("email", "sara@example.com")))
    message_id = post(core, guest_id=SARA)
    with mail_peer() as peer:
        peer.refused["sara@example.com"] = "550 no such user"
        send(core, by_mail(peer.port, core))
        desk.change(SARA, ("email", "new@example.com"))
        assert ask(core, message_id).state == "granted"
        send(core, by_mail(peer.port, core))
        assert [str(each["To"]) for each in peer.got] == ["new@example.com"]
    assert (shown(core).state, shown(core).address) == ("sent", "n•••@example.com")


def test_to_a_guest_who_has_no_address_any_more_nothing_is_sent_again(core: Core) -> None:
    desk = Desk(core, core.enrol("POS2"), Door(core.clock, core.database.ids))
    desk.register(said=(("name", "Sara"), ("phone", "+966551234567")))
    message_id = post(core, guest_id=SARA)
    send(core, dict)
    assert (shown(core).state, shown(core).why) == ("given_up", "no_address")
    assert ask(core, message_id).code == "contact_missing"


def test_what_waits_for_its_next_try_need_not_wait(core: Core) -> None:
    message_id = post(core)
    send(core, dict)
    assert shown(core).state == "failed"
    assert ask(core, message_id).state == "granted"
    with mail_peer() as peer:
        send(core, by_mail(peer.port, core))
    assert shown(core).state == "sent"


@pytest.mark.parametrize("staff", ["reem", "faisal"])
def test_who_may_not_sends_nothing_again(core: Core, staff: str) -> None:
    message_id = given_up(core)
    assert ask(core, message_id, staff=staff).code == "not_allowed"
    assert shown(core).state == "given_up"


def test_what_cannot_be_sent_again_is_refused_by_name(core: Core) -> None:
    assert ask(core, "nothing-such").code == "message_unknown"
    waiting = post(core)
    assert ask(core, waiting).code == "message_not_failed"
    with mail_peer() as peer:
        send(core, by_mail(peer.port, core))
        assert ask(core, waiting).code == "message_not_failed", "who asks has not seen that it was sent"
        assert ask(core, waiting, seen="sent").state == "granted"
        assert ask(core, waiting, seen="sent").code == "message_not_failed", "a colleague was quicker"
        send(core, by_mail(peer.port, core))
        assert len(peer.got) == 2
    late = post(core, code(core))
    core.clock.forward(minutes=6)
    send(core, dict)
    assert ask(core, late).code == "message_over"


def test_a_guest_who_is_erased_leaves_no_address_and_no_word(core: Core) -> None:
    sent = post(core)
    with mail_peer() as peer:
        send(core, by_mail(peer.port, core))
    waiting, others = post(core, SMS), post(core, guest_id="g2", cause="refund:2")

    def work(connection: sa.Connection) -> None:
        setup = SetUp(connection, core.clock, core.database.ids)
        outbox.erase(connection, setup, "g1")
        setup.publish()

    core.database.transact(work)
    for message_id in (sent, waiting):
        assert (row(core, message_id).address, row(core, message_id).facts) == ("", "")
        assert shown(core, message_id).address == ""
    assert (shown(core, sent).state, shown(core, waiting).state) == ("sent", "given_up")
    assert row(core, others).address == "sara@example.com"
    assert ask(core, waiting).code == "message_over"


def test_what_is_old_leaves_the_stations_and_is_blank_but_its_cause_is_known(core: Core) -> None:
    with mail_peer() as peer:
        message_id = post(core)
        send(core, by_mail(peer.port, core))
    core.database.transact(
        lambda c: feed.publish(c, alerts_of.begin(c, Alert("b", "x"), to_ms(core.clock.now())))
    )
    core.clock.forward(days=29)
    assert core.database.transact(lambda c: outbox.retire(c, to_ms(core.clock.now()))) == 0
    waiting = post(core, cause="refund:2")
    core.clock.forward(days=2)
    Jobs(core.database, core.clock).once()
    assert core.database.transact(lambda c: outbox.retire(c, to_ms(core.clock.now()))) == 0
    found = all_pages(core, [MESSAGES], 100)
    assert [values[0] for name, values in found if name == "message"] == [waiting]
    assert sorted(str(values[2]) for name, values in found if name == "tombstone") == [message_id, "b"]
    assert alerts(core) == []
    assert (row(core, message_id).address, row(core, message_id).facts) == ("", "")
    assert post(core) == message_id


def test_a_server_that_had_no_messages_goes_on(core: Core) -> None:
    def before(connection: sa.Connection) -> None:
        for table in (own.outbox, t.message, t.alert):
            table.drop(connection)

    core.database.transact(before)
    core.close()
    core.database = Database(core.url, core.clock)
    post(core)
    assert shown(core).state == "queued"


def test_a_channel_that_is_not_set_up_is_told_once_and_what_waited_goes_out_when_it_is(core: Core) -> None:
    ids = [post(core, SMS, cause=f"refund:{n}") for n in range(3)]
    send(core, dict)
    assert {shown(core, one).why for one in ids} == {"not_set_up"}
    assert alerts(core) == [("channel:sms", "channel_down")]
    core.clock.forward(seconds=11)
    with http_peer() as peer:
        peer.usual = (200, '{"success": true, "errorCode": "ER-00"}')
        send(core, by_sms(peer.url, core))
    assert len(peer.got) == 3
    assert alerts(core) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_staff_are_told_has_words(language: str) -> None:
    words = texts("messages", language)
    wanted = {f"kind.{kind}" for kind in KINDS} | {f"why.{why.value}" for why in Why}
    wanted |= {f"channel.{channel.value}" for channel in Channel}
    wanted |= {f"state.{state}" for state in ("queued", "sending", "sent", "failed", "given_up", "overtaken")}
    wanted |= {"kind.other", "why.other", "channel.other"}  # for a station that is older than its server
    wanted |= {"alert.message_given_up", "alert.channel_down", "alert.approval_waiting"}
    assert words.keys() == wanted
    assert "f•••@x.com" in words.get("alert.message_given_up", message="x", to="f•••@x.com")
