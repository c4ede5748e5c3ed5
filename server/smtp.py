"""E-mail over SMTP: text and HTML with papers, to one address at a time."""

from __future__ import annotations

import asyncio
import ssl
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

import aiosmtplib
from aiosmtplib import SMTPException, SMTPResponseException

from ledger.clock import Clock
from server.peers import SmtpPeer
from server.senders import Later, Outcome, Parcel, Refuses, Sent, Unsure, Why

STEP_SECONDS, LIMIT_SECONDS = 20.0, 60.0
_POLICY = SMTP.clone(cte_type="7bit")  # every mail server takes it
_OURS = (503, 530, 535, 538)  # said of an address, they are about the sender


class Smtp:
    """One line for each message: there are few, and a line that idles is often dead."""

    def __init__(self, peer: SmtpPeer, clock: Clock) -> None:
        self._peer = peer
        self._clock = clock
        self._from = parseaddr(peer.sender)[1]
        self._context = ssl.create_default_context() if peer.security != "plain" else None
        if self._context and peer.ca_file:
            self._context.load_verify_locations(peer.ca_file)

    async def send(self, parcel: Parcel) -> Outcome:
        try:
            raw, to = self._message(parcel).as_bytes(), _ascii(parcel.address)
        except (ValueError, MessageError, LookupError):
            return Refuses(Why.ADDRESS_REFUSED)
        attempt = _Attempt(self._peer, self._from, self._context)
        try:
            async with asyncio.timeout(LIMIT_SECONDS):
                return await attempt.run(to, raw)
        except SMTPResponseException as error:
            return attempt.refused(error.code)
        except OSError as error:  # also a line that is lost, and time that is up
            return Unsure() if attempt.step == "data" else Later(_reason(error))
        except SMTPException:  # TLS or a password is wanted here, and the server has no such thing
            return Later(Why.PEER_REFUSED)
        finally:
            attempt.close()

    async def close(self) -> None:
        await asyncio.sleep(0)  # lines that were closed just now go away

    def _message(self, parcel: Parcel) -> EmailMessage:
        """ValueError for an address that no header may carry."""
        message = EmailMessage(policy=_POLICY)
        message["From"] = self._peer.sender
        message["To"] = _ascii(parcel.address)
        if self._peer.reply_to:
            message["Reply-To"] = self._peer.reply_to
        message["Subject"] = parcel.subject
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = f"<{parcel.message_id}@{self._from.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(parcel.text)
        message.add_alternative(parcel.html, subtype="html")
        for paper in parcel.papers:
            message.add_attachment(paper.content, maintype="application", subtype="pdf", filename=paper.name)
        message["Content-Language"] = (
            parcel.language
        )  # last: headers of the kind move into parts as they are added
        return message


class _Attempt:
    """One conversation; `step` is where it is: what breaks off in `data` may have arrived."""

    def __init__(self, peer: SmtpPeer, sender: str, context: ssl.SSLContext | None) -> None:
        self.step = "connect"
        self._peer, self._sender = peer, sender
        self._line = aiosmtplib.SMTP(
            hostname=peer.host,
            port=peer.port,
            use_tls=peer.security == "tls",
            start_tls=peer.security == "starttls",
            tls_context=context,
            timeout=STEP_SECONDS,
            local_hostname=sender.rpartition("@")[2],
        )

    async def run(self, to: str, raw: bytes) -> Outcome:
        await self._line.connect()
        if self._peer.user:
            self.step = "login"
            await self._line.login(self._peer.user, self._peer.password)
        self.step = "mail"
        await self._line.mail(self._sender)
        self.step = "rcpt"
        await self._line.rcpt(to)
        self.step = "data"
        await self._line.data(raw)
        return Sent()

    def refused(self, code: int) -> Outcome:
        """What an answer of the peer means: 4xx that it is busy, 5xx that it will not take it."""
        if code < 500:
            return Later(Why.PEER_BUSY)
        if self.step == "rcpt" and code not in _OURS:
            return Refuses(Why.ADDRESS_REFUSED)
        return Refuses(Why.TEXT_REFUSED) if self.step == "data" else Later(Why.PEER_REFUSED)

    def close(self) -> None:
        """Without a farewell: the answer to it would be waited for, and nobody needs it."""
        transport = self._line.transport
        self._line.close()
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()


def _reason(error: BaseException) -> Why:
    """Another server than is meant, or one with an old certificate, is for the administrator to see to."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError):
            return Why.PEER_REFUSED
        seen = seen.__cause__ or seen.__context__
    return Why.PEER_AWAY


def _ascii(address: str) -> str:
    """The address as every mail server takes it: a host with other letters in its ASCII form. ValueError for a local
    part with other letters, and for what is no address."""
    name, at, host = address.rpartition("@")
    if not at or not name or not name.isascii() or any(letter in " <>,;\r\n\t" for letter in address):
        raise ValueError("no address")
    return f"{name}@{host.encode('idna').decode('ascii')}"
