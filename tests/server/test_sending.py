"""Messages leave: tried again, given up, never lost, and at most once more than once when something breaks."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from copy import copy
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from domain import codec
from domain import operation as op
from domain.booking import Booked, Place
from domain.catalogue import Words
from domain.ticket import short_code
from ledger import read_setup
from ledger import tables as t
from ledger.clock import from_ms, to_ms
from server import outgoing
from server import tables as own
from server.channels import senders
from server.database import Database
from server.message_kinds import KINDS, Channel
from server.message_rows import NEVER
from server.outgoing import BACK_OFF_MS, LEASE_MS, Claimed
from server.peers import Peers, SmtpPeer, UnifonicPeer
from server.senders import Later, Outcome, Parcel, Sender, Sent, Why
from server.sending import AT_ONCE, Sending
from server.templates import Templates
from tests.documents.pdf import pages
from tests.helpers.core import DAY, ROOT, Core, sar
from tests.helpers.logs import ExpectedLogs
from tests.helpers.messages import LETTER, SMS, alerts, by_mail, by_sms, code, post, row, send, shown
from tests.helpers.peers import HANGS_UP, LOCAL, MailPeer, free_port, http_peer, mail_peer
from tests.helpers.waiting import wait_for

ACCEPTED = (200, '{"success": true, "message": "", "errorCode": "ER-00", "data": {}}')


@pytest.fixture
def mail() -> Iterator[MailPeer]:
    with mail_peer() as peer:
        yield peer


def test_what_the_server_takes_is_sent(core: Core, mail: MailPeer) -> None:
    message_id = post(core)
    assert send(core, by_mail(mail.port, core)) == 1
    assert mail.ids() == [f"<{message_id}@coral.example>"]
    seen = shown(core)
    assert (seen.state, seen.tries, seen.why, seen.sent_at) == ("sent", 1, "", to_ms(core.clock.now()))
    assert send(core, by_mail(mail.port, core)) == 0


def test_a_busy_server_gets_it_a_little_later_under_the_same_id(core: Core, mail: MailPeer) -> None:
    message_id = post(core)
    mail.answers.append("451 try later")
    send(core, by_mail(mail.port, core))
    assert (shown(core).state, shown(core).why) == ("failed", "peer_busy")
    core.clock.forward(seconds=9)
    assert send(core, by_mail(mail.port, core)) == 0
    core.clock.forward(seconds=1)
    assert send(core, by_mail(mail.port, core)) == 1
    assert (shown(core).state, shown(core).tries) == ("sent", 2)
    assert mail.ids() == [f"<{message_id}@coral.example>"]


def test_what_is_refused_for_good_is_given_up_at_once_and_told(core: Core, mail: MailPeer) -> None:
    message_id = post(core)
    mail.answers.append("550 never")
    send(core, by_mail(mail.port, core))
    assert (shown(core).state, shown(core).tries, shown(core).why) == ("given_up", 1, "text_refused")
    assert alerts(core) == [(f"message:{message_id}", "message_given_up")]
    facts = core.database.look(lambda c: c.execute(sa.select(t.alert.c.facts)).scalar_one())
    assert "s•••@example.com" in facts and "sara" not in facts


def test_tries_come_further_apart_until_a_day_is_over(core: Core) -> None:
    post(core)
    nobody, began, tries = by_mail(free_port(), core), core.clock.now(), []
    while shown(core).state != "given_up":
        tries.append(core.clock.now())
        assert send(core, nobody) == 1
        due = row(core).due_at
        core.clock.moment = from_ms(due) if due < NEVER else core.clock.moment
    gaps = [(after - before) // timedelta(milliseconds=1) for before, after in pairwise(tries)]
    assert tuple(gaps[:5]) == BACK_OFF_MS and set(gaps[5:]) == {7_200_000}
    assert timedelta(hours=21) < tries[-1] - began < timedelta(hours=24)
    assert (shown(core).tries, shown(core).why) == (len(tries), "peer_away")


def test_a_line_that_breaks_when_it_may_have_arrived_repeats_it_once_under_the_same_id(
    core: Core, mail: MailPeer
) -> None:
    message_id = post(core)
    mail.answers.append(HANGS_UP)
    send(core, by_mail(mail.port, core))
    assert (shown(core).state, shown(core).why) == ("failed", "unsure")
    core.clock.forward(seconds=10)
    send(core, by_mail(mail.port, core))
    assert shown(core).state == "sent"
    assert mail.ids() == [f"<{message_id}@coral.example>"] * 2


def test_a_second_doubt_is_left_to_a_person(core: Core, mail: MailPeer) -> None:
    message_id = post(core)
    mail.answers.extend([HANGS_UP, "451 busy", HANGS_UP])
    for _ in range(6):
        send(core, by_mail(mail.port, core))
        core.clock.forward(minutes=40)
    assert len(mail.got) == 2
    assert (shown(core).state, shown(core).why) == ("given_up", "unsure")
    assert alerts(core) == [(f"message:{message_id}", "message_given_up")]


_KILLED = """
import sys
from pathlib import Path
from tests.helpers.core import Core
from tests.helpers.messages import by_mail, send
core = Core(sys.argv[1], Path(sys.argv[2]))
send(core, by_mail(int(sys.argv[3]), core))
"""


@pytest.mark.skipif(os.name == "nt", reason="processes are killed otherwise there")
def test_a_server_killed_between_sent_and_noted_sends_once_more_under_the_same_id(
    core: Core, mail: MailPeer, tmp_path: Path
) -> None:
    """The kill comes when the mail server has the whole message and before it says so."""
    message_id = post(core)
    killed = subprocess.Popen(
        [sys.executable, "-c", _KILLED, core.url, str(tmp_path), str(mail.port)],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    mail.on_message.append(lambda: killed.send_signal(signal.SIGKILL))
    assert killed.wait(60) == -signal.SIGKILL
    mail.on_message.clear()
    assert (row(core).state, shown(core).state, len(mail.got)) == ("sending", "sending", 1)
    core.clock.forward(seconds=LEASE_MS // 1000 - 1)
    assert send(core, by_mail(mail.port, core)) == 0
    core.clock.forward(seconds=1)
    assert send(core, by_mail(mail.port, core)) == 1
    assert shown(core).state == "sent"
    assert mail.ids() == [f"<{message_id}@coral.example>"] * 2


def test_what_crashes_twice_while_sending_is_left_to_a_person(core: Core) -> None:
    post(core)
    for _ in range(2):
        claimed = core.database.transact(
            lambda c: outgoing.claim(c, to_ms(core.clock.now()), {Channel.MAIL: 9})
        )
        assert len(claimed) == 1
        core.clock.forward(minutes=5)
    send(core, dict)
    assert (shown(core).state, shown(core).why) == ("given_up", "unsure")


def test_who_lost_the_lease_notes_nothing(core: Core, mail: MailPeer) -> None:
    post(core)
    now = to_ms(core.clock.now())
    [mine] = core.database.transact(lambda c: outgoing.claim(c, now, {Channel.MAIL: 9}))
    core.clock.forward(minutes=5)
    mail.on_message.append(lambda: core.database.transact(lambda c: outgoing.note(c, mine, Sent(), now)))
    mail.answers.append("451 busy")
    send(core, by_mail(mail.port, core))
    assert shown(core).state == "failed"
    core.clock.forward(minutes=5)
    mail.on_message.clear()
    send(core, by_mail(mail.port, core))
    assert core.database.transact(lambda c: outgoing.note(c, mine, Later(Why.PEER_AWAY), now)) == ""
    assert shown(core).state == "sent"


def test_two_servers_on_one_database_send_nothing_twice(core: Core, mail: MailPeer) -> None:
    ids = {f"<{post(core, cause=f'refund:{n}')}@coral.example>" for n in range(30)}
    start = threading.Barrier(3)

    def serve() -> None:
        other = copy(core)
        other.database = Database(core.url, core.clock)
        start.wait()
        while row_states(core) - {"sent"}:
            send(other, by_mail(mail.port, core))
        other.close()

    threads = [threading.Thread(target=serve) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(mail.ids()) == Counter(dict.fromkeys(ids, 1))


def row_states(core: Core) -> set[str]:
    asked = sa.select(own.outbox.c.state).distinct()
    return set(core.database.look(lambda c: c.execute(asked).scalars().all()))


def test_a_slow_server_holds_up_no_other_channel_and_takes_a_few_at_once(core: Core, mail: MailPeer) -> None:
    mail.held = threading.Event()
    held = [post(core, cause=f"refund:{n}") for n in range(AT_ONCE + 1)]
    text = post(core, SMS)
    with http_peer() as phones:
        phones.usual = ACCEPTED
        peers = Peers(
            SmtpPeer(LOCAL, mail.port, "plain", "a@coral.example"), UnifonicPeer("A", "B", "", phones.url)
        )
        sending = Sending(core.database, core.clock, lambda: senders(peers, core.clock), Templates())
        sending.start()
        try:
            wait_for(lambda: shown(core, text).state == "sent")
            states = Counter(shown(core, one).state for one in held)
            assert states == {"sending": AT_ONCE, "queued": 1}
            mail.held.set()
            wait_for(lambda: row_states(core) == {"sent"})
        finally:
            mail.held.set()
            sending.stop()
    assert len(mail.got) == AT_ONCE + 1


def test_the_thread_sends_what_is_queued_later_and_ends_when_told(core: Core, mail: MailPeer) -> None:
    sending = Sending(core.database, core.clock, by_mail(mail.port, core), Templates())
    sending.start()
    try:
        post(core)
        wait_for(lambda: shown(core).state == "sent")
    finally:
        sending.stop()
    post(core, cause="refund:2")
    assert len(mail.got) == 1


def test_what_is_cut_off_when_the_server_stops_is_sent_later_under_the_same_id(
    core: Core, mail: MailPeer
) -> None:
    message_id = post(core)
    mail.held = threading.Event()

    async def stopped() -> None:
        sending = Sending(core.database, core.clock, by_mail(mail.port, core), Templates())
        await sending.open()
        await sending.round()
        await asyncio.to_thread(wait_for, lambda: mail.waiting)
        await sending.close(0)

    asyncio.run(stopped())
    mail.held.set()
    assert shown(core).state == "sending"
    core.clock.forward(minutes=5)
    send(core, by_mail(mail.port, core))
    assert shown(core).state == "sent"
    assert set(mail.ids()) == {f"<{message_id}@coral.example>"}


def test_a_database_that_is_away_for_a_moment_ends_no_thread(
    core: Core, mail: MailPeer, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the outbox could not be read", logger="server.sending")
    core.database.transact(lambda c: c.exec_driver_sql("ALTER TABLE outbox RENAME TO gone"))
    sending = Sending(core.database, core.clock, by_mail(mail.port, core), Templates())

    async def twice() -> None:
        await sending.open()
        await sending._safely()
        await asyncio.to_thread(
            core.database.transact, lambda c: c.exec_driver_sql("ALTER TABLE gone RENAME TO outbox")
        )
        await asyncio.to_thread(post, core)
        await sending._safely()
        await sending.settled()
        await sending.close(0)

    asyncio.run(twice())
    assert shown(core).state == "sent"


def test_what_was_sent_is_noted_as_soon_as_the_database_is_back_and_not_sent_again(
    core: Core, mail: MailPeer, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("could not be noted", logger="server.sending")
    post(core)
    away, back = ("ALTER TABLE outbox RENAME TO gone", "ALTER TABLE gone RENAME TO outbox")
    mail.on_message.append(lambda: core.database.transact(lambda c: c.exec_driver_sql(away)))

    async def pause(_seconds: float) -> None:
        await asyncio.to_thread(core.database.transact, lambda c: c.exec_driver_sql(back))

    async def work() -> None:
        makes = by_mail(mail.port, core)
        sending = Sending(core.database, core.clock, makes, Templates(), pause=pause)
        await sending.open()
        await sending.round()
        await sending.settled()
        await sending.close(0)

    asyncio.run(work())
    assert (shown(core).state, len(mail.got)) == ("sent", 1)


def test_a_code_is_blank_once_it_was_sent(core: Core) -> None:
    message_id = post(core, code(core))
    assert "493027" in row(core).facts
    with http_peer() as phones:
        phones.usual = ACCEPTED
        send(core, by_sms(phones.url, core))
    [said] = phones.got
    assert "493027" in said.form()["Body"] and said.form()["CorrelationID"] == message_id
    assert (row(core).facts, shown(core).state) == ("", "sent")


def test_a_code_that_cannot_be_sent_ends_with_its_life_and_is_blank(core: Core) -> None:
    post(core, code(core, minutes=5))
    with http_peer() as phones:
        phones.usual = (503, "")
        for _ in range(20):
            if row(core).state == "given_up":
                break
            assert "493027" in row(core).facts
            send(core, by_sms(phones.url, core))
            core.clock.forward(seconds=30)
    assert (row(core).state, row(core).facts, shown(core).why) == ("given_up", "", "peer_busy")
    assert 2 <= len(phones.got) <= 3


def test_a_code_that_waited_too_long_is_not_sent_any_more(core: Core) -> None:
    post(core, code(core, minutes=5))
    core.clock.forward(minutes=5)
    with http_peer() as phones:
        assert send(core, by_sms(phones.url, core)) == 0
    assert phones.got == []
    assert (row(core).facts, shown(core).state, shown(core).why) == ("", "given_up", "too_late")


def test_no_log_names_a_code_an_address_or_a_secret(
    core: Core, mail: MailPeer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), http_peer() as phones:
        phones.answers.extend([(503, ""), ACCEPTED])
        mail.answers.extend(["451 busy", HANGS_UP])
        post(core, code(core))
        post(core, code(core, channel=Channel.MAIL, address="sara@example.com"))
        peers = Peers(
            SmtpPeer(LOCAL, mail.port, "plain", "a@coral.example", password="hush"),
            UnifonicPeer("6v253153s1g7831s5", "B", "", phones.url),
        )
        for _ in range(3):
            send(core, lambda: senders(peers, core.clock))
            core.clock.forward(seconds=60)
    assert "message" in caplog.text
    for private in ("493027", "sara@", "551234567", "6v253153s1g7831s5", "hush"):
        assert private not in caplog.text


def test_what_is_private_is_in_no_picture_of_a_record(core: Core) -> None:
    """Records end in tracebacks."""
    letter = code(core)
    post(core, letter)
    [claimed] = core.database.transact(lambda c: outgoing.claim(c, to_ms(core.clock.now()), {Channel.SMS: 1}))
    parcel = Parcel("id", letter.address, "en", "493027", "493027", "493027", "493027")
    assert claimed.facts and parcel.sms
    for record in (letter, claimed, parcel):
        assert "493027" not in repr(record) and "551234567" not in repr(record)


class Broken:
    """A sender with a fault in it."""

    async def send(self, parcel: Parcel) -> Outcome:
        raise RuntimeError(parcel.text)

    async def close(self) -> None:
        """There is nothing to let go of."""


def test_a_fault_in_a_sender_is_a_doubt_and_says_nothing_of_the_message(
    core: Core, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(r"the sender failed: RuntimeError$", logger="server.sending")
    post(core)
    made: dict[Channel, Sender] = {Channel.MAIL: Broken()}
    send(core, lambda: made)
    assert (shown(core).state, shown(core).why) == ("failed", "unsure")


def test_words_that_cannot_be_made_wait_until_somebody_mends_them(
    core: Core, mail: MailPeer, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(r"cannot be made: refund_done.ar.toml", logger="server.sending")
    (tmp_path / "refund_done.ar.toml").write_text('subject = "{{ nothing }}"\nsms=""\ntext=""\nhtml=""\n')
    post(core)
    send(core, by_mail(mail.port, core), Templates(tmp_path))
    assert (shown(core).state, shown(core).why) == ("failed", "not_made")
    assert alerts(core) == [("channel:mail", "channel_down")]
    core.clock.forward(seconds=10)
    send(core, by_mail(mail.port, core))
    assert (shown(core).state, alerts(core)) == ("sent", [])


TICKETS = tuple(str(UUID(int=n + (7 << 76))) for n in range(1, 4))


def booked(core: Core) -> str:
    """A booking of three tickets."""
    issued = tuple(op.IssuedTicket(each, 1, core.session, 1, f"CODE{each}") for each in TICKETS)
    line = op.BookedLine("c", 1, Words("Adult", "بالغ"), core.session, 3, sar(34500), sar(4500), 1500)
    core.enrol("POS1").say(op.BookingMade("b1", DAY, (line,), issued))
    return "b1"


def made_ahead(core: Core) -> str:
    """The same, as it was booked."""
    places = tuple(Place(each, 1, core.session, 1) for each in TICKETS)
    line = op.BookedLine("c", 1, Words("Adult", "بالغ"), core.session, 3, sar(34500), sar(4500), 1500)
    row = {column.name: 0 if isinstance(column.type, sa.Integer) else "" for column in t.reservation.columns}
    body = codec.dumps(Booked("GH-7K2MPQ", DAY, (line,), places))
    row |= {"booking_id": "b1", "day": DAY.isoformat(), "life": "confirmed", "body": body, "bucket": "global"}
    core.database.transact(lambda c: c.execute(sa.insert(t.reservation).values(**row)))
    return "b1"


def test_tickets_go_with_an_e_mail_as_they_are_when_it_is_sent(core: Core, mail: MailPeer) -> None:
    post(core, kind="confirmed", facts=KINDS["confirmed"].sample, tickets_of=booked(core))
    ended = {"ticket_id": TICKETS[1], "void_id": "v", "at": 1, "bucket": "global"}
    core.database.transact(lambda c: c.execute(sa.insert(t.ticket_cancel).values(**ended)))
    send(core, by_mail(mail.port, core))
    [pdf] = mail.got[0].iter_attachments()
    assert pdf.get_filename() == "tickets-GH-7K2MPQ.pdf"
    printed = " ".join(line for page in pages(pdf.get_content()) for line in page.lines)
    for ticket, is_there in zip(TICKETS, (True, False, True), strict=True):
        assert (short_code(UUID(ticket)) in printed) is is_there


@pytest.mark.parametrize("channel", [Channel.MAIL, Channel.SMS])
def test_of_tickets_whose_session_is_over_when_they_leave_nobody_is_told_to_show_them(
    core: Core, mail: MailPeer, channel: Channel
) -> None:
    """Paid without a line, and heard of in the evening; or a mail server put the letter off until then."""
    to = {"channel": channel, "address": "+966551234567"} if channel is Channel.SMS else {}
    facts = {
        "kind": "confirmed",
        "facts": KINDS["confirmed"].sample,
        "language": "en",
        "tickets_of": booked(core),
        "booking_id": made_ahead(core),
    }
    post(core, **facts, **to)
    running, over = parcels(core), core.database.look(lambda c: read_setup.session(c, core.session))
    assert over is not None
    core.clock.forward(seconds=(over.ends_at - core.clock.now()).total_seconds())
    for each in parcels(core):
        assert "for your records" in each.text and "for your records" in each.sms
        assert "look forward" not in each.text and len(each.papers) == (channel is Channel.MAIL)
    assert all("look forward" in each.text and "for your records" not in each.sms for each in running)


def parcels(core: Core) -> list[Parcel]:
    """What waits, in the words in which it would leave now."""
    rows = core.database.look(lambda c: c.execute(sa.select(own.outbox)).all())
    sending = Sending(core.database, core.clock, dict, Templates())
    names = "message_id", "kind", "language", "address", "facts", "tickets_of", "lease"
    made = [
        sending._parcel(Claimed(**{name: row._mapping[name] for name in names}, channel=Channel(row.channel)))
        for row in rows
    ]
    assert made and all(isinstance(each, Parcel) for each in made)
    return [each for each in made if isinstance(each, Parcel)]


def test_an_sms_about_tickets_goes_without_them(core: Core) -> None:
    post(core, SMS, kind="confirmed", facts=KINDS["confirmed"].sample, tickets_of=booked(core))
    with http_peer() as phones:
        phones.usual = ACCEPTED
        send(core, by_sms(phones.url, core))
    assert len(phones.got) == 1


def test_a_kind_that_this_version_does_not_know_holds_up_no_other(
    core: Core, mail: MailPeer, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("cannot be made: ValueError", logger="server.sending")
    later, known = post(core), post(core, cause="refund:2")
    mine = own.outbox.c.message_id == later
    core.database.transact(lambda c: c.execute(sa.update(own.outbox).where(mine).values(kind="greeting")))
    send(core, by_mail(mail.port, core))
    assert (shown(core, later).why, shown(core, known).state) == ("not_made", "sent")
    core.clock.forward(days=1)
    send(core, by_mail(mail.port, core))
    assert (shown(core, later).state, shown(core, later).why) == ("given_up", "too_late")


def test_tickets_that_have_all_ended_are_not_sent_and_nobody_need_see_to_it(
    core: Core, mail: MailPeer
) -> None:
    post(core, kind="confirmed", facts=KINDS["confirmed"].sample, tickets_of="nothing-such")
    send(core, by_mail(mail.port, core))
    assert (mail.got, shown(core).state, shown(core).why) == ([], "overtaken", "overtaken")
    assert alerts(core) == []


def test_every_kind_reaches_a_guest_in_both_languages(core: Core, mail: MailPeer) -> None:
    end = core.clock.now() + timedelta(minutes=5)
    for kind, language in [(kind, language) for kind in KINDS for language in ("en", "ar")]:
        post(
            core,
            LETTER,
            kind=kind,
            facts=KINDS[kind].sample,
            language=language,
            cause=language,
            expires_at=end,
        )
    while send(core, by_mail(mail.port, core)):
        pass
    assert row_states(core) == {"sent"}
    assert len({str(message["Subject"]) for message in mail.got}) == 2 * len(KINDS)
