"""Letters about one booking to one contact: in the order of their making, and none that a newer one made untrue."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from copy import copy
from datetime import timedelta

import pytest
import sqlalchemy as sa

from ledger import tables as t
from ledger.clock import from_ms, to_ms
from ledger.puts import MESSAGES
from ledger.wire import RequestReply
from server import outgoing
from server import tables as own
from server.database import Database
from server.message_kinds import KINDS, Channel
from server.requests import Door
from server.senders import Later, Outcome, Refuses, Sent, Unsure, Why
from tests.helpers.core import Core, all_pages
from tests.helpers.messages import alerts, by_mail, post, send, shown
from tests.helpers.peers import HANGS_UP, MailPeer, mail_peer
from tests.server.test_booking_changes import change, other
from tests.server.test_bookings import CABANA, Office, office, with_approval
from tests.server.test_guests import MAIL, SARA
from tests.server.test_sending import booked

__all__ = ["office"]
BUSY = "451 try later"


@pytest.fixture
def mail() -> Iterator[MailPeer]:
    with mail_peer() as peer:
        yield peer


def about(core: Core, kind: str, booking: str = "b1", **changes: object) -> str:
    """A letter of that kind, another one each time."""
    cause = core.database.ids.new()
    return post(core, kind=kind, facts=KINDS[kind].sample, booking_id=booking, cause=cause, **changes)


def states(core: Core, *message_ids: str) -> list[str]:
    return [str(shown(core, each).state) for each in message_ids]


def got(core: Core, mail: MailPeer) -> list[str]:
    """The kinds that the peer took, in their order."""
    asked = sa.select(t.message.c.message_id, t.message.c.kind)
    kinds = {one: str(kind) for one, kind in core.database.look(lambda c: c.execute(asked).all())}
    return [kinds[each.strip("<>").split("@")[0]] for each in mail.ids()]


def leave(core: Core, mail: MailPeer) -> None:
    """Rounds until nothing is due."""
    while send(core, by_mail(mail.port, core)):
        pass


def approve(office: Office) -> None:
    assert office.ask_of("BookingApproved", "huda", booking=office.last).state == "granted"


def call_off(office: Office) -> None:
    said = {"booking": office.last, "reason": "They are ill"}
    assert office.ask_of("BookingCancelled", "huda", **said).state == "granted"


def move_twice(office: Office) -> None:
    assert change(office, (1, other(office), 2)).state == "granted"
    assert change(office, (1, office.core.session, 1)).state == "granted"


@pytest.mark.parametrize(
    ("first", "then", "last"),
    [
        ("booking_received", move_twice, "changed"),
        ("booking_received", call_off, "cancelled"),
        ("under_review", approve, "approved"),
    ],
)
def test_a_guests_last_letter_is_the_newest_whatever_was_put_off(
    office: Office, mail: MailPeer, first: str, then: Callable[[Office], None], last: str
) -> None:
    leave(office.core, mail)  # the code
    mail.got.clear()
    if first == "under_review":
        with_approval(office)
        office.book((CABANA, 0, 1))
    else:
        office.book()
    mail.answers.append(BUSY)
    send(office.core, by_mail(mail.port, office.core))
    then(office)
    for _ in range(4):
        leave(office.core, mail)
        office.core.clock.forward(seconds=60)
    assert got(office.core, mail) == [last]
    of = sa.select(t.message.c.kind, t.message.c.state, t.message.c.why).order_by(t.message.c.message_id)
    rows = [tuple(row) for row in office.rows(of) if row[0] != "code"]
    assert rows[0] == (first, "overtaken", "overtaken") and rows[-1] == (last, "sent", "")


def again(office: Office, message_id: str) -> RequestReply:
    return office.ask_of("MessageResent", "huda", message=message_id)


def test_no_letter_says_that_places_are_kept_once_they_are_not(office: Office, mail: MailPeer) -> None:
    office.book()
    mail.answers.extend([BUSY] * 9)
    until = from_ms(office.row()._mapping["expires_at"])
    while office.core.clock.now() < until + timedelta(hours=1):
        send(office.core, by_mail(mail.port, office.core))
        office.core.clock.forward(seconds=10)
    assert mail.answers and mail.got == [], "its last try was before the end"
    found = sa.select(t.message.c.message_id).where(t.message.c.kind == "booking_received")
    [(message_id,)] = office.rows(found)
    assert shown(office.core, str(message_id)).state == "given_up"
    assert again(office, str(message_id)).code == "message_over"


def test_what_tells_of_money_is_never_dropped_and_holds_up_what_comes_after(
    core: Core, mail: MailPeer
) -> None:
    first, then = about(core, "refund_failed"), about(core, "cancelled")
    mail.answers.append(BUSY)
    leave(core, mail)
    assert states(core, first, then) == ["failed", "queued"]
    core.clock.forward(seconds=9)
    assert send(core, by_mail(mail.port, core)) == 0
    core.clock.forward(seconds=1)
    leave(core, mail)
    assert got(core, mail) == ["refund_failed", "cancelled"]


def test_tickets_are_overtaken_only_by_tickets(core: Core, mail: MailPeer) -> None:
    tickets = {"tickets_of": booked(core)}
    received, confirmed = about(core, "booking_received"), about(core, "confirmed", **tickets)
    called_off = about(core, "cancelled")
    assert states(core, received, confirmed, called_off) == ["overtaken", "queued", "queued"]
    moved = about(core, "moved", **tickets)
    assert states(core, confirmed, called_off, moved) == ["overtaken", "overtaken", "queued"]
    leave(core, mail)
    assert got(core, mail) == ["moved"] and len(list(mail.got[0].iter_attachments())) == 1


def test_another_booking_contact_or_channel_holds_nothing_up(core: Core) -> None:
    held = about(core, "changed")
    others = [
        about(core, "changed", "b2"),
        about(core, "changed", address="omar@example.com"),
        about(core, "changed", channel=Channel.SMS, address="+966551234567"),
    ]
    send(core, dict)
    assert states(core, held, *others) == ["failed"] * 4


def test_what_failed_for_good_holds_nothing_up_and_is_not_sent_after_a_newer_one(
    core: Core, mail: MailPeer
) -> None:
    first = about(core, "approved")
    mail.answers.append("550 never")
    leave(core, mail)
    assert alerts(core) == [(f"message:{first}", "message_given_up")]
    about(core, "cancelled")
    leave(core, mail)
    assert (got(core, mail), states(core, first), alerts(core)) == (["cancelled"], ["overtaken"], [])
    gone = [values[:3] for name, values in all_pages(core, [MESSAGES], 100) if name == "tombstone"]
    assert gone == [(MESSAGES, "alert", f"message:{first}")], "stations hear that there is nothing to see to"
    desk = Office(core, core.enrol("POS1"), Door(core.clock, core.database.ids))
    assert again(desk, first).code == "message_overtaken"


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Sent(), "sent"),
        (Later(Why.PEER_BUSY), "overtaken"),
        (Unsure(), "overtaken"),
        (Refuses(Why.ADDRESS_REFUSED), "overtaken"),
        (None, "overtaken"),  # the server died while sending it
    ],
)
def test_what_is_overtaken_while_it_is_sent_is_not_sent_again(
    core: Core, mail: MailPeer, outcome: Outcome | None, state: str
) -> None:
    first, now = about(core, "approved"), to_ms(core.clock.now())
    [claimed] = core.database.transact(lambda c: outgoing.claim(c, now, {Channel.MAIL: 4}))
    then = about(core, "cancelled")
    assert send(core, by_mail(mail.port, core)) == 0, "the first is still on its way"
    if outcome is None:
        core.clock.forward(minutes=5)
    else:
        assert core.database.transact(lambda c: outgoing.note(c, claimed, outcome, now)) == state
    for _ in range(3):
        leave(core, mail)
        core.clock.forward(minutes=5)
    assert (states(core, first, then), got(core, mail)) == ([state, "sent"], ["cancelled"])
    assert alerts(core) == []


def test_workers_at_once_keep_the_order_of_each_booking(core: Core, mail: MailPeer) -> None:
    """Some tell of money, which is never overtaken; new ones come while others leave, and a line breaks at times."""
    mail.answers.extend(["250 OK", HANGS_UP, "250 OK", BUSY] * 3)
    made: defaultdict[str, list[str]] = defaultdict(list)
    start, ended = threading.Barrier(4), threading.Event()

    def serve() -> None:
        mine = copy(core)
        mine.database = Database(core.url, core.clock)
        start.wait()
        while not ended.is_set() or waiting(core):
            send(mine, by_mail(mail.port, core))
        mine.close()

    workers = [threading.Thread(target=serve) for _ in range(3)]
    for worker in workers:
        worker.start()
    start.wait()
    for kind in ("refund_done", "changed", "refund_failed", "changed", "refund_done", "cancelled"):
        for booking in ("b1", "b2", "b3"):
            made[booking].append(about(core, kind, booking))
    core.clock.forward(seconds=10)
    ended.set()
    while any(worker.is_alive() for worker in workers):
        core.clock.forward(seconds=10)
        workers[0].join(0.05)
        for worker in workers:
            worker.join(0.01)
    arrived = [each.strip("<>").split("@")[0] for each in mail.ids()]
    for letters in made.values():
        mine = [letters.index(each) for each in arrived if each in letters]
        assert mine == sorted(mine) and {0, 2, 4, 5} <= set(mine)


def waiting(core: Core) -> bool:
    some = sa.select(own.outbox.c.message_id).where(own.outbox.c.state.in_(("queued", "failed", "sending")))
    return core.database.look(lambda c: c.execute(some).first()) is not None


def test_letters_of_an_earlier_version_are_the_first_of_their_booking(core: Core, mail: MailPeer) -> None:
    old = about(core, "approved")
    core.database.transact(lambda c: c.exec_driver_sql("ALTER TABLE outbox DROP COLUMN place"))
    core.close()
    core.database = Database(core.url, core.clock)
    about(core, "cancelled")
    leave(core, mail)
    assert (got(core, mail), states(core, old)) == (["cancelled"], ["overtaken"])


def test_a_letter_that_follows_its_guest_is_not_sent_after_what_was_said_there(
    office: Office, mail: MailPeer
) -> None:
    core = office.core
    office.change(SARA, ("email", "old@example.com"))
    old = about(core, "approved", guest_id=SARA, address="old@example.com")
    mail.refused["old@example.com"] = "550 no such user"
    leave(core, mail)
    assert states(core, old) == ["given_up"]
    office.change(SARA, ("email", MAIL))
    about(core, "changed", guest_id=SARA, address=MAIL)
    assert again(office, old).code == "message_overtaken"
    assert states(core, old) == ["given_up"]
