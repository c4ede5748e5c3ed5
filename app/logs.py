"""Log files of the station: rotated, without card numbers, and the hook that catches what nobody caught."""

from __future__ import annotations

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from app.hardware.redact import Redacting

_FORMAT = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"
_MOST_BYTES, _KEPT = 2_000_000, 5


def start(folder: Path, *, to_screen: bool) -> None:
    """Logs go to `folder`/station.log, and to standard error when asked. Libraries only speak up when
    something is off."""
    folder.mkdir(parents=True, exist_ok=True)
    handlers: list[logging.Handler] = [
        RotatingFileHandler(folder / "station.log", maxBytes=_MOST_BYTES, backupCount=_KEPT, encoding="utf-8")
    ]
    if to_screen:
        handlers.append(logging.StreamHandler(sys.stderr))
    for handler in handlers:
        handler.addFilter(Redacting())
    logging.basicConfig(level=logging.INFO, format=_FORMAT, handlers=handlers, force=True)
    for noisy in ("httpx", "httpcore", "sqlalchemy"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    sys.excepthook = _uncaught


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger("gatehouse").critical("uncaught", exc_info=(kind, error, trace))
