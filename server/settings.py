"""Where the server keeps things and how it is reached; from the command line, with safe defaults."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Settings:
    """`data` holds the certificate, the secrets and, with embedded SQLite, the database. `port` 0 picks a free one,
    which `port_file` then tells. `internet` are places (host, port) that answer when the internet is there. `messages`:
    the file that names who carries mail and SMS; the folder of that name holds the venue's own words."""

    data: Path
    database: str
    host: str = "127.0.0.1"
    port: int = 8470
    port_file: Path | None = None
    clock_file: Path | None = None
    internet: tuple[tuple[str, int], ...] = ()
    messages: Path | None = None

    def messages_file(self) -> Path:
        """Beside the secrets, unless another was named."""
        return self.messages or self.data / "messages.toml"

    def own_words(self) -> Path | None:
        """The folder of the venue's own words in messages, if there is one."""
        folder = self.messages_file().with_suffix("")
        return folder if folder.is_dir() else None


@dataclass(frozen=True, slots=True)
class Secrets:
    """The venue's secrets: the ticket signing key (hex), its number, and the pepper of PIN verifiers (hex)."""

    signing_key: str
    key_id: int
    pepper: str

    def public_key(self) -> str:
        """The public half in hex, as every scanner holds it."""
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self.signing_key))
        return key.public_key().public_bytes_raw().hex()


def load_secrets(folder: Path) -> Secrets:
    """The venue's secrets from a file that only its user can read; made on first use."""
    path = folder / "secrets.json"
    if path.exists():
        return Secrets(**json.loads(path.read_text()))
    fresh = Secrets(secrets.token_hex(32), secrets.randbelow(255) + 1, secrets.token_hex(32))
    write_private(path, json.dumps(asdict(fresh)).encode())
    return fresh


def write_private(path: Path, content: bytes) -> None:
    """Writes a file that only its user may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
