"""The devices that a station's set-up names."""

from __future__ import annotations

from urllib.parse import urlsplit

from app.cards import Terminal
from app.hardware.card_terminal import Patience, TcpCardTerminal
from app.hardware.ports import ReceiptPrinter
from app.hardware.receipt_printer import NetworkPrinter
from domain.catalogue import StationInfo


def network_printer(info: StationInfo) -> ReceiptPrinter | None:
    """None for a station without one: its paper becomes files."""
    if not info.printer.startswith("tcp://"):
        return None
    parts = urlsplit(info.printer)
    return NetworkPrinter((parts.hostname or "", parts.port or 9100))


def terminal_of(info: StationInfo, override: str, query_seconds: float, window: float) -> Terminal | None:
    """`terminal` in the set-up is NAME or NAME@HOST:PORT; `override` is another HOST:PORT. How long to wait between
    queries, and for a guest and a bank, in seconds."""
    name, _, address = info.terminal.partition("@")
    host, _, port = (override or address).rpartition(":")
    if not name or not host:
        return None
    driver = TcpCardTerminal((host, int(port)), patience=Patience(window=window))
    return Terminal(name, driver, query_seconds, window)
