"""Before a station starts: whether it ever did, and what mends it where its journal is damaged."""

from __future__ import annotations

from pathlib import Path

from app import secrets
from app.cache_file import SETUP
from app.copies import copies
from app.parts import Config
from app.recovery import Recovery
from app.server_api import ServerApi
from ledger.clock import Clock


def is_new(data: Path) -> bool:
    """Whether the station of this folder has no set-up yet: the server must be asked before anything is seen."""
    return not (data / SETUP).exists()


def recovery(config: Config, clock: Clock) -> Recovery:
    """What mends a damaged journal in the station's folder; `config.server` overrides where the server is."""
    kept = secrets.choose(config.data, keyring_allowed=config.keyring)

    def make(url: str, certificate: str, token: str) -> ServerApi:
        return ServerApi(config.server or url, certificate, token)

    return Recovery(config.data, clock, kept, copies(config.backup), make)
