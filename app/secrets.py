"""The station's secrets: in the user's keyring, or, where there is none, in a file that only its user can read.

Never called on the GUI thread: a keyring may ask its user to unlock it.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from domain import codec
from domain.errors import Refused

log = logging.getLogger(__name__)
_SERVICE = "Gatehouse station"


@dataclass(frozen=True, slots=True)
class StationSecrets:
    """`token` speaks for the station; `signing_key` (hex) signs tickets under `key_id`; `pepper` (hex) is for PINs."""

    token: str
    key_id: int
    signing_key: str
    pepper: str

    def digest(self, text: str) -> str:
        """The same text has the same digest in this venue, and nobody outside it can try texts until one fits: HMAC-
        SHA-256 under the pepper. For what is scanned and not ours, such as an identity card."""
        said = b"scan\x00" + text.encode("utf-8", "replace")
        return hmac.new(bytes.fromhex(self.pepper), said, "sha256").hexdigest()


class SecretStore(Protocol):
    """Where secrets are kept. `where` is shown on the settings page: `keyring` or `file`."""

    where: str

    def load(self) -> StationSecrets | None: ...

    def save(self, secrets: StationSecrets) -> None: ...


class FileSecrets:
    """A file in the data folder with mode 0600."""

    where = "file"

    def __init__(self, folder: Path) -> None:
        self._path = folder / "secrets.json"

    def load(self) -> StationSecrets | None:
        try:
            return _read(self._path.read_text(encoding="utf-8", errors="replace"))
        except FileNotFoundError:
            return None

    def save(self, secrets: StationSecrets) -> None:
        beside = self._path.with_suffix(".new")
        beside.unlink(missing_ok=True)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump(asdict(secrets), file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)


class KeyringSecrets:
    """The operating system's keyring, one entry a data folder."""

    where = "keyring"

    def __init__(self, folder: Path) -> None:
        self._user = str(folder.resolve())

    def load(self) -> StationSecrets | None:
        import keyring

        text = keyring.get_password(_SERVICE, self._user)
        return _read(text) if text else None

    def save(self, secrets: StationSecrets) -> None:
        import keyring

        keyring.set_password(_SERVICE, self._user, codec.dumps(secrets))


def _read(text: str) -> StationSecrets | None:
    """None for what cannot be read: the station must be enrolled again then, as without any."""
    try:
        return codec.loads(StationSecrets, text)
    except Refused:
        log.error("the station's secrets cannot be read")
        return None


def choose(folder: Path, *, keyring_allowed: bool) -> SecretStore:
    """The keyring when it may be used and works; else the file."""
    if keyring_allowed and not (folder / "secrets.json").exists() and _keyring_works():
        return KeyringSecrets(folder)
    return FileSecrets(folder)


def _keyring_works() -> bool:
    try:
        import keyring
        from keyring.errors import InitError, KeyringError
    except ImportError:
        return False
    try:
        keyring.get_password(_SERVICE, "probe")
    except (KeyringError, InitError) as error:
        log.info("no usable keyring: %s", error)
        return False
    return True
