"""Card numbers kept out of every log; the rule itself is `domain.redact`."""

from __future__ import annotations

import logging

from domain.redact import redact

__all__ = ["Redacting", "redact"]


class Redacting(logging.Filter):
    """Redacts messages and tracebacks, whatever the logger; nothing is ever dropped."""

    _plain = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = self._plain.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        return True
