"""Who carries the venue's messages: `messages.toml` beside the server's secrets, readable by its user only.

It holds passwords, so they are neither on the command line nor in what is printed of these records.
"""

from __future__ import annotations

import os
import ssl
import tomllib
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from server.toml_entry import Entry

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_UNIFONIC = "https://el.cloud.unifonic.com/rest/SMS/messages"


@dataclass(frozen=True, slots=True)
class SmtpPeer:
    """A mail server. `security` is `starttls`, `tls` or, on this machine only, `plain`; `ca_file` names a certificate
    that is trusted besides those of the system. `sender` and `reply_to` may carry a name: `Coral Bay <hi@…>`."""

    host: str
    port: int
    security: str
    sender: str
    reply_to: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class UnifonicPeer:
    """`status_callback`: the state of which Unifonic tells the account's own webhook, such as `sent`."""

    app_sid: str = field(repr=False)
    sender_id: str
    status_callback: str = ""
    url: str = _UNIFONIC


@dataclass(frozen=True, slots=True)
class HttpPeer:
    """A service of the venue's own that passes SMS on."""

    url: str
    secret: str = field(repr=False)
    sender_id: str = ""


@dataclass(frozen=True, slots=True)
class ConsolePeer:
    """Messages are printed instead of sent; codes too with `show_codes`."""

    show_codes: bool = False


@dataclass(frozen=True, slots=True)
class Peers:
    """None: that channel is not set up, and its messages wait."""

    mail: SmtpPeer | ConsolePeer | None = None
    sms: UnifonicPeer | HttpPeer | ConsolePeer | None = None


def load_peers(path: Path) -> Peers:
    """What the file says; nothing is set up without one. ValueError tells all that is wrong with it, never a value."""
    if not path.exists():
        return Peers()
    if os.name != "nt" and path.stat().st_mode & 0o077:
        raise ValueError(f"{path} holds passwords and others can read it: chmod 600 {path}")
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path}: {error}") from None
    if extra := sorted(tree.keys() - {"mail", "sms"}):
        raise ValueError(f"{path}: {', '.join(extra)} is not known here")
    mistakes: list[str] = []
    mail = _mail(Entry(tree["mail"]), mistakes) if "mail" in tree else None
    sms = _sms(Entry(tree["sms"]), mistakes) if "sms" in tree else None
    if mistakes:
        raise ValueError(f"{path}: {'; '.join(mistakes)}")
    return Peers(mail, sms)


def _mail(entry: Entry, mistakes: list[str]) -> SmtpPeer | ConsolePeer:
    by = entry.one_of("by", ["smtp", "console"])
    made = _console(entry) if by == "console" else _smtp(entry)
    _tell(entry, "mail", mistakes)
    return made


def _sms(entry: Entry, mistakes: list[str]) -> UnifonicPeer | HttpPeer | ConsolePeer:
    made: UnifonicPeer | HttpPeer | ConsolePeer
    match entry.one_of("by", ["unifonic", "http", "console"]):
        case "console":
            made = _console(entry)
        case "http":
            made = HttpPeer(_url(entry, None), entry.text("secret"), entry.text("sender_id", ""))
        case _:
            named = entry.text("app_sid"), entry.text("sender_id"), entry.text("status_callback", "")
            made = UnifonicPeer(*named, _url(entry, _UNIFONIC))
    _tell(entry, "sms", mistakes)
    return made


def _console(entry: Entry) -> ConsolePeer:
    return ConsolePeer(entry.flag("show_codes"))


def _smtp(entry: Entry) -> SmtpPeer:
    host = entry.text("host")
    security = entry.one_of("security", ["starttls", "tls", "plain"], "starttls")
    if security == "plain" and host not in _LOOPBACK:
        entry.wrong("security", "security = plain is for a mail server on this machine only")
    port = entry.whole("port", 1, 65_535, {"starttls": 587, "tls": 465, "plain": 25}[security])
    sender, reply_to = entry.text("sender"), entry.text("reply_to", "")
    for key, address in (("sender", sender), ("reply_to", reply_to)):
        if address and "@" not in parseaddr(address)[1]:
            entry.wrong(key, f"{key} wants an address, such as Coral Bay <hello@example.com>")
    who = entry.text("user", ""), entry.text("password", "")
    return SmtpPeer(host, port, security, sender, reply_to, *who, _trusted(entry))


def _trusted(entry: Entry) -> str:
    """The file of a certificate, tried now: whoever sends has nobody to tell."""
    file = entry.text("ca_file", "")
    if file:
        try:
            ssl.create_default_context().load_verify_locations(file)
        except OSError:
            entry.wrong("ca_file", "ca_file wants a file with a certificate (PEM)")
    return file


def _url(entry: Entry, default: str | None) -> str:
    url = entry.text("url", default)
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        entry.wrong("url", "url wants an address with https://")
    return url


def _tell(entry: Entry, table: str, mistakes: list[str]) -> None:
    entry.nothing_else()
    mistakes += [f"[{table}] {what}" for _, what in entry.mistakes]
