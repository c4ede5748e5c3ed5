"""Copies of what is kept of guests, for them to take along: files of a station's own until the guest is erased."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from domain.errors import Code, Refused

FOLDER = "exports"


def save(data: Path, guest_id: str, text: str) -> Path:
    """Where the copy lies now, in place of an older one; nobody else of this computer may read it. Refuses
    `data_not_writable`."""
    folder = data / FOLDER
    target, beside = folder / f"guest-{guest_id}.json", folder / f"guest-{guest_id}.part"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        beside.unlink(missing_ok=True)
        with os.fdopen(
            os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write(text)
        beside.replace(target)
    except OSError as error:
        raise Refused(Code.DATA_NOT_WRITABLE, folder=str(folder)) from error
    return target


def forget(data: Path, guest_ids: Iterable[str]) -> None:
    """What cannot be deleted now is tried again with the next."""
    for guest_id in guest_ids:
        with suppress(OSError):
            (data / FOLDER / f"guest-{guest_id}.json").unlink(missing_ok=True)
