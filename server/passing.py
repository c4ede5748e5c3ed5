"""Which trouble of a database passes: what is to be kept may be kept at another time. Anything else is about what is to
be kept, and comes back however often it is tried."""

from __future__ import annotations

import sqlalchemy as sa

# SQLite's own words for a statement that cannot be done with these values: SQLITE_ERROR, _TOOBIG, _CONSTRAINT,
# _MISMATCH, _RANGE.
_OF_VALUES = (1, 18, 19, 20, 25)
# PostgreSQL's classes of trouble with the connection, with other transactions, with room, with whoever runs it.
_PASSES = ("08", "25", "40", "53", "55", "57", "58", "F0", "XX")


def passes(error: Exception) -> bool:
    """Whether to try the same again later: lock, deadlock, serialization, connection, disk."""
    if not isinstance(error, sa.exc.DBAPIError):
        return isinstance(error, sa.exc.TimeoutError | OSError | MemoryError)
    if error.connection_invalidated:
        return True
    code, state = (getattr(error.orig, name, None) for name in ("sqlite_errorcode", "sqlstate"))
    if code is not None:  # a file without our tables is nothing that an operation did
        return code & 0xFF not in _OF_VALUES or str(error.orig).startswith("no such")
    if state is not None:
        return str(state).startswith(_PASSES)
    return isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError)
