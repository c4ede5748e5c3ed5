"""Mail and SMS against real peers: what goes over the wire, and what each answer means."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import io
import json
import os
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from ledger.clock import HandClock
from server.channels import Console, senders
from server.message_kinds import Channel
from server.peers import ConsolePeer, HttpPeer, Peers, SmtpPeer, UnifonicPeer, load_peers
from server.senders import Later, Outcome, Paper, Parcel, Refuses, Sender, Sent, Unsure, Why
from server.sms import HttpSms, Unifonic
from server.smtp import Smtp
from tests.helpers.core import MORNING
from tests.helpers.peers import HANGS_UP, LOCAL, certificate, free_port, http_peer, mail_peer

ID = "01a2169e-0000-7000-8000-000000000001"
PDF = b"%PDF-1.4\r\n.\r\n..\n\x00\xff" * 500
PARCEL = Parcel(
    ID,
    "sara@example.com",
    "ar",
    "تذاكرك ليوم الخميس",
    "رسالة",
    "أهلًا سارة\n.\n..نقطة\n",
    "<p dir='rtl'>أهلًا</p>",
)
PHONE = Parcel(ID, "+966551234567", "ar", "", "رمزك 493027 & أهلًا", "", "")
SECRET = "a-secret-that-nobody-else-knows"
APP_SID = "6v253153s1g7831s5"
CLOCK = HandClock(MORNING)


def smtp(port: int, security: str = "plain", **more: str) -> SmtpPeer:
    return SmtpPeer(LOCAL, port, security, "Coral Bay <tickets@coral.example>", "hello@coral.example", **more)


def send(make: Callable[[], Sender], parcel: Parcel) -> Outcome:
    async def work() -> Outcome:
        sender = make()
        try:
            return await sender.send(parcel)
        finally:
            await sender.close()

    return asyncio.run(work())


def test_mail_arrives_as_it_was_meant() -> None:
    with mail_peer() as peer:
        papers = (Paper("tickets-GH-7.pdf", PDF),)
        parcel = Parcel(*(getattr(PARCEL, name) for name in Parcel.__slots__[:7]), papers)
        assert send(lambda: Smtp(smtp(peer.port), CLOCK), parcel) == Sent()
    [got], [raw] = peer.got, peer.raw
    assert raw.isascii()
    assert str(got["Subject"]) == "تذاكرك ليوم الخميس"
    assert (str(got["From"]), str(got["To"])) == ("Coral Bay <tickets@coral.example>", "sara@example.com")
    assert (str(got["Reply-To"]), str(got["Content-Language"])) == ("hello@coral.example", "ar")
    assert str(got["Message-ID"]) == f"<{ID}@coral.example>"
    assert parsedate_to_datetime(str(got["Date"])) == MORNING
    plain, html = got.get_body(("plain",)), got.get_body(("html",))
    assert plain is not None and html is not None
    assert plain.get_content().replace("\r\n", "\n") == PARCEL.text
    assert html.get_content().strip() == PARCEL.html
    [pdf] = got.iter_attachments()
    assert (pdf.get_filename(), pdf.get_content_type()) == ("tickets-GH-7.pdf", "application/pdf")
    assert pdf.get_content() == PDF


def test_mail_goes_under_a_password_and_a_wrong_one_is_the_venues_own_affair(tmp_path: Path) -> None:
    file, context = certificate(tmp_path)
    with mail_peer(tls=context, starttls=True, login=("gatehouse", SECRET)) as peer:
        for password, outcome in ((SECRET, Sent()), ("x", Later(Why.PEER_REFUSED))):
            mine = smtp(peer.port, "starttls", user="gatehouse", password=password, ca_file=str(file))
            assert send(lambda: Smtp(mine, CLOCK), PARCEL) == outcome  # noqa: B023 # called at once
    assert len(peer.got) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_over_tls_to_the_server_that_is_meant_and_to_no_other(
    tmp_path: Path, security: str
) -> None:
    file, context = certificate(tmp_path)
    with mail_peer(tls=context, starttls=security == "starttls") as peer:
        assert send(lambda: Smtp(smtp(peer.port, security, ca_file=str(file)), CLOCK), PARCEL) == Sent()
        assert send(lambda: Smtp(smtp(peer.port, security), CLOCK), PARCEL) == Later(Why.PEER_REFUSED)
    assert len(peer.got) == 1


def test_no_password_is_sent_to_a_server_that_offers_no_tls() -> None:
    with mail_peer() as peer:
        bare = smtp(peer.port, "starttls", user="gatehouse", password=SECRET)
        assert send(lambda: Smtp(bare, CLOCK), PARCEL) == Later(Why.PEER_REFUSED)
    assert peer.got == []


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("451 try later", Later(Why.PEER_BUSY)),
        ("452 full", Later(Why.PEER_BUSY)),
        ("550 never", Refuses(Why.TEXT_REFUSED)),
        ("554 spam", Refuses(Why.TEXT_REFUSED)),
        (HANGS_UP, Unsure()),
    ],
)
def test_what_a_mail_server_says_to_a_message(answer: str, outcome: Outcome) -> None:
    with mail_peer() as peer:
        peer.answers.append(answer)
        assert send(lambda: Smtp(smtp(peer.port), CLOCK), PARCEL) == outcome


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("450 greylisted", Later(Why.PEER_BUSY)),
        ("550 no such user", Refuses(Why.ADDRESS_REFUSED)),
        ("530 authenticate first", Later(Why.PEER_REFUSED)),
    ],
)
def test_what_a_mail_server_says_to_an_address(answer: str, outcome: Outcome) -> None:
    with mail_peer() as peer:
        peer.refused["sara@example.com"] = answer
        assert send(lambda: Smtp(smtp(peer.port), CLOCK), PARCEL) == outcome
    assert peer.got == []


def test_a_sender_that_is_refused_is_the_venues_own_affair() -> None:
    with mail_peer() as peer:
        peer.senders_refused = "553 not yours"
        assert send(lambda: Smtp(smtp(peer.port), CLOCK), PARCEL) == Later(Why.PEER_REFUSED)


def test_a_peer_that_takes_too_long_to_answer_may_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever comes in drops: a lease must not end while a try goes on."""
    monkeypatch.setattr("server.smtp.LIMIT_SECONDS", 0.3)
    monkeypatch.setattr("server.sms.LIMIT_SECONDS", 0.3)
    with mail_peer() as mail, http_peer() as phones:
        mail.held, phones.held = threading.Event(), threading.Event()
        assert send(lambda: Smtp(smtp(mail.port), CLOCK), PARCEL) == Unsure()
        assert send(unifonic(phones.url), PHONE) == Unsure()


def test_a_mail_server_that_is_away_has_got_nothing() -> None:
    assert send(lambda: Smtp(smtp(free_port()), CLOCK), PARCEL) == Later(Why.PEER_AWAY)


@pytest.mark.parametrize(
    "address",
    ["", "sara", "sara@", "@example.com", "سارة@example.com", "a@b.c\r\nBcc: x@y.z", "a b@c.d", "a@b,c@d"],
)
def test_what_is_no_address_is_refused_and_reaches_no_header(address: str) -> None:
    with mail_peer() as peer:
        parcel = Parcel(ID, address, "en", "s", "", "t", "h")
        assert send(lambda: Smtp(smtp(peer.port), CLOCK), parcel) == Refuses(Why.ADDRESS_REFUSED)
    assert peer.got == []


def test_a_host_with_arabic_letters_is_written_in_ascii() -> None:
    with mail_peer() as peer:
        parcel = Parcel(ID, "ahmad@شركة.السعودية", "en", "s", "", "t", "h")
        assert send(lambda: Smtp(smtp(peer.port), CLOCK), parcel) == Sent()
    assert re.fullmatch(r"ahmad@xn--[\w-]+\.xn--[\w-]+", str(peer.got[0]["To"]))


def accepted() -> str:
    data = {"MessageID": 42000348806924, "CorrelationID": ID, "Status": "Sent", "Recipient": "966551234567"}
    return json.dumps({"success": True, "message": "", "errorCode": "ER-00", "data": data})


def failed(code: str) -> str:
    return json.dumps({"success": "false", "message": "no", "errorCode": code, "data": None})


def unifonic(url: str) -> Callable[[], Sender]:
    return lambda: Unifonic(UnifonicPeer(APP_SID, "CoralBay", "sent", url))


def test_unifonic_gets_the_form_that_it_documents() -> None:
    with http_peer() as peer:
        peer.usual = (200, accepted())
        assert send(unifonic(peer.url), PHONE) == Sent()
    [said] = peer.got
    assert said.headers["content-type"] == "application/x-www-form-urlencoded"
    assert said.form() == {
        "AppSid": APP_SID, "SenderID": "CoralBay", "Recipient": "966551234567", "Body": "رمزك 493027 & أهلًا",
        "CorrelationID": ID, "responseType": "JSON", "async": "false", "statusCallback": "sent",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, failed("ER-01"), Later(Why.NO_FUNDS)),
        (200, failed("ER-02"), Refuses(Why.ADDRESS_REFUSED)),
        (200, failed("ER-03"), Refuses(Why.ADDRESS_REFUSED)),
        (200, failed("ER-04"), Refuses(Why.ADDRESS_REFUSED)),
        (200, failed("ER-05"), Refuses(Why.ADDRESS_REFUSED)),
        (200, failed("ER-06"), Refuses(Why.TEXT_REFUSED)),
        (200, failed("ER-07"), Refuses(Why.TEXT_REFUSED)),
        (200, failed("ER-08"), Later(Why.PEER_REFUSED)),
        (200, failed("ER-09"), Sent()),
        (200, failed("ER-77"), Later(Why.PEER_BUSY)),
        (200, "<html>", Later(Why.PEER_BUSY)),
        (200, "[]", Later(Why.PEER_BUSY)),
        (401, failed(""), Later(Why.PEER_REFUSED)),
        (402, "", Later(Why.PEER_REFUSED)),
        (403, "", Later(Why.PEER_REFUSED)),
        (409, "", Sent()),
        (410, "", Refuses(Why.ADDRESS_REFUSED)),
        (412, "", Refuses(Why.TEXT_REFUSED)),
        (429, "", Later(Why.PEER_BUSY)),
        (449, "", Refuses(Why.TEXT_REFUSED)),
        (480, "", Later(Why.PEER_REFUSED)),
        (482, "", Refuses(Why.ADDRESS_REFUSED)),
        (500, "", Later(Why.PEER_BUSY)),
        (503, "busy", Later(Why.PEER_BUSY)),
        (599, "", Later(Why.PEER_BUSY)),
        (0, "", Unsure()),
    ],
)
def test_what_unifonic_says(status: int, body: str, outcome: Outcome) -> None:
    with http_peer() as peer:
        peer.usual = (status, body)
        assert send(unifonic(peer.url), PHONE) == outcome
    assert len(peer.got) == 1


def http(url: str) -> Callable[[], Sender]:
    return lambda: HttpSms(HttpPeer(url, SECRET, "CoralBay"), CLOCK)


def test_a_service_of_the_venues_own_can_tell_who_sends_and_when() -> None:
    with http_peer() as peer:
        assert send(http(peer.url), PHONE) == Sent()
    [said] = peer.got
    at = said.headers["x-gatehouse-time"]
    assert int(at) == int(MORNING.timestamp())
    signed = hmac.new(SECRET.encode(), at.encode() + b"." + said.body, hashlib.sha256).hexdigest()
    assert said.headers["x-gatehouse-signature"] == f"sha256={signed}"
    assert said.headers["idempotency-key"] == ID
    assert json.loads(said.body) == {"id": ID, "to": "+966551234567", "from": "CoralBay", "text": PHONE.sms}


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (204, Sent()),
        (302, Later(Why.PEER_BUSY)),
        (400, Refuses(Why.TEXT_REFUSED)),
        (401, Later(Why.PEER_REFUSED)),
        (404, Later(Why.PEER_REFUSED)),
        (409, Sent()),
        (422, Refuses(Why.ADDRESS_REFUSED)),
        (429, Later(Why.PEER_BUSY)),
        (502, Later(Why.PEER_BUSY)),
        (0, Unsure()),
    ],
)
def test_what_a_service_of_the_venues_own_says(status: int, outcome: Outcome) -> None:
    with http_peer() as peer:
        peer.usual = (status, "")
        assert send(http(peer.url), PHONE) == outcome


@pytest.mark.parametrize("make", [unifonic, http])
def test_sms_to_nobody_and_through_nobody(make: Callable[[str], Callable[[], Sender]]) -> None:
    away = f"http://{LOCAL}:{free_port()}/"
    assert send(make(away), PHONE) == Later(Why.PEER_AWAY)
    for number in ("", "0551234567", "00966551234567", "+966 55", "+966551234567, +966551234568"):
        parcel = Parcel(ID, number, "en", "", "x", "", "")
        assert send(make(away), parcel) == Refuses(Why.ADDRESS_REFUSED)


def test_the_console_prints_a_message_and_a_code_only_when_told_to() -> None:
    for show, is_there in ((False, False), (True, True)):
        out = io.StringIO()
        parcel = Parcel(ID, "+966551234567", "en", "", "493027 is your code", "", "", secret=True)
        assert send(lambda: Console(Channel.SMS, ConsolePeer(show), out), parcel) == Sent()  # noqa: B023 # called at once
        assert ("493027" in out.getvalue()) is is_there
        assert "+966551234567" in out.getvalue()


FILE = """
[mail]
by = "smtp"
host = "smtp.example.com"
user = "gatehouse"
password = "a-secret-that-nobody-else-knows"
sender = "Coral Bay <tickets@coral.example>"

[sms]
by = "unifonic"
app_sid = "6v253153s1g7831s5"
sender_id = "CoralBay"
"""


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "messages.toml"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def test_the_file_names_who_carries_messages_and_keeps_its_secrets(tmp_path: Path) -> None:
    peers = load_peers(written(tmp_path, FILE))
    assert isinstance(peers.mail, SmtpPeer) and isinstance(peers.sms, UnifonicPeer)
    assert (peers.mail.port, peers.mail.security, peers.mail.password) == (587, "starttls", SECRET)
    assert SECRET not in repr(peers) and APP_SID not in repr(peers)
    assert peers.sms.url.startswith("https://el.cloud.unifonic.com/")
    assert load_peers(tmp_path / "none.toml") == Peers()


@pytest.mark.skipif(os.name == "nt", reason="rights are kept otherwise there")
def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="chmod 600"):
        load_peers(written(tmp_path, FILE, 0o640))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('by = "smtp"', 'by = "pigeon"', "pigeon"),
        ('host = "smtp.example.com"', "", "host is missing"),
        ('host = "smtp.example.com"', 'host = "smtp.example.com"\nsecurity = "plain"', "this machine only"),
        ('user = "gatehouse"', 'user = "gatehouse"\ncolour = 1', "colour is not known"),
        ("tickets@coral.example", "tickets", "sender wants an address"),
        ('user = "gatehouse"', 'ca_file = "/nowhere/ca.pem"', "ca_file wants a file"),
        ('by = "unifonic"', 'by = "unifonic"\nurl = "http://sms.example"', "https"),
        ('app_sid = "6v253153s1g7831s5"', "", "app_sid is missing"),
        ("[sms]", "[pigeon]", "pigeon is not known"),
        ("[mail]", "[mail", "messages.toml"),
    ],
)
def test_what_is_wrong_with_the_file_is_said_without_its_secrets(
    tmp_path: Path, before: str, after: str, told: str
) -> None:
    assert before in FILE
    with pytest.raises(ValueError, match=re.escape(told)) as wrong:
        load_peers(written(tmp_path, FILE.replace(before, after)))
    assert SECRET not in str(wrong.value)


def test_each_peer_of_the_file_has_its_sender(tmp_path: Path) -> None:
    async def names(text: str) -> dict[Channel, str]:
        made = senders(load_peers(written(tmp_path, text)), CLOCK)
        for sender in made.values():
            await sender.close()
        return {channel: type(sender).__name__ for channel, sender in made.items()}

    console = '[mail]\nby = "console"\n[sms]\nby = "http"\nurl = "https://sms.example"\nsecret = "x"\n'
    assert asyncio.run(names(FILE)) == {Channel.MAIL: "Smtp", Channel.SMS: "Unifonic"}
    assert asyncio.run(names(console)) == {Channel.MAIL: "Console", Channel.SMS: "HttpSms"}
    assert asyncio.run(names("")) == {}


def test_the_time_of_a_signature_is_the_clocks() -> None:
    later = HandClock(MORNING + timedelta(hours=1))
    with http_peer() as peer:
        for clock in (CLOCK, later):
            send(lambda: HttpSms(HttpPeer(peer.url, SECRET), clock), PHONE)  # noqa: B023 # called at once
    first, second = (int(said.headers["x-gatehouse-time"]) for said in peer.got)
    assert second - first == 3600
    assert len({said.headers["x-gatehouse-signature"] for said in peer.got}) == 2
