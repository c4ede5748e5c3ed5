"""The seeded bugs: what each rule's line says, and what it says without the rule."""

from __future__ import annotations

from tests.simulation.bugs import Bug, bug
from tests.simulation.seeded_bookings import BOOKINGS
from tests.simulation.seeded_epochs import EPOCHS_AND_AFTER
from tests.simulation.seeded_lies import LIES
from tests.simulation.seeded_places import PLACES
from tests.simulation.seeded_post import POST
from tests.simulation.seeded_refunds import REFUNDS

_COMMIT = 'connection.exec_driver_sql("COMMIT"); connection.exec_driver_sql("BEGIN IMMEDIATE")'
_NOTE = "cache.note_position(connection, reply.stream, reply.n, reply.op_id)"
_STATION: tuple[Bug, ...] = (
    # cache level
    bug(
        "never level",
        "Cache level",
        (
            "app.store:Store._level",
            "cache.apply(connection, cache.unsettled(connection, journal.kept_since(reader, 0)))",
            "pass",
        ),
        mix="power",
    ),
    bug(
        "level at start only",
        "Cache level: under the writer's lock, before any check",
        ("app.store:Store._transact", "try:\n        self._level()", "try:\n        pass"),
        mix="line",
    ),
    bug(
        "level apart from its rows",
        "Cache level: stored in the transaction of the apply",
        ("app.store:Store._once", "cache.note_applied(cached, journal.last_row(connection))", "pass"),
        (
            "app.store:Store._level",
            "cache.level(connection).applied_row != journal.last_row(reader)",
            "False",
        ),
        mix="power",
    ),
    # settled
    bug(
        "settled by the push answer",
        "Settled: exactly when the cache holds the result row",
        (
            "app.exchange:Exchange._digest",
            _NOTE,
            _NOTE + "\n        cache._settle(connection, [answer.op_id for answer in reply.answers])",
        ),
        mix="line",
    ),
    bug(
        "no result row",
        "Settled: the server writes the result row in the effects' transaction",
        (
            "server.taking:Taken._answer",
            "self._last += [(own.inbox, kept), *named_in(sent.envelope), (t.result, result)]",
            "self._last += [(own.inbox, kept), *named_in(sent.envelope)]",
        ),
    ),
    bug(
        "answer in everybody's bucket",
        "Settled: into the bucket of its station",
        ("server.taking:Taken._answer", "station_bucket(self.station.station_id)", "'global'"),
    ),
    bug(
        "local rows stay",
        "Local rows: deleted when their operation is settled",
        (
            "ledger.cache:_settle",
            'connection.execute(_DROP[name], {"ops": op_ids[start : start + 500]})',
            "pass",
        ),
        mix="gate",
    ),
    # stream and position
    bug(
        "a new epoch keeps the queue",
        "Stream: a new epoch renumbers every kept operation",
        ("app.stream:follow_epoch", "[item.envelope.op_id for item in kept]", "[]"),
        mix="restore",
    ),
    bug(
        "a fork forgets what waited",
        "Stream: a fork renumbers every unanswered operation",
        ("app.stream:reopen", "[item.envelope.op_id for item in kept]", "[]"),
        mix="clone",
    ),
    bug(
        "a fork goes on in its stream",
        "Stream: a fork opens a new stream",
        (
            "app.stream:reopen",
            "journal.new_stream(journalled, epoch, [item.envelope.op_id for item in kept])",
            "pass",
        ),
        mix="clone",
    ),
    bug(
        "what came is done with when the line breaks",
        "Pull: what hangs on rows that came, such as who may sign in, is seen to whoever breaks it off",
        (
            "app.exchange:Exchange._pull_all",
            "finally:",
            "except BaseException:\n        self._came.clear()\n        raise\n    else:",
        ),
        ("app.exchange:Exchange._level", "not self._is_level", "False"),
        mix="clone",
    ),
    bug(
        "a fork keeps its prefix",
        "Documents: a fork takes a new prefix",
        ("app.recording:Identity.going_on", "prefix=given.prefix", "prefix=self.prefix"),
        mix="clone",
    ),
    bug(
        "no fork is seen by the server",
        "Stream: another operation at my n is a fork",
        ("server.taking:Taken.take", 'return "fork", at', 'return "ok", at'),
        ("app.exchange:Exchange._is_foreign", "n == 0", "n >= 0"),
        mix="clone",
    ),
    bug(
        "a foreign position is believed",
        "Ack: the position names the operation at n",
        ("app.exchange:Exchange._is_foreign", "n == 0", "n >= 0"),
        mix="clone",
    ),
    bug(
        "a push answer's position is believed",
        "Ack: the position names the operation at n, in push answers too",
        ("app.exchange:Exchange._digest", " or self._is_foreign(reply.stream, reply.n, reply.op_id)", ""),
        ("app.exchange:Exchange._next_batch", "self._is_foreign(at.stream, at.n, at.op_id)", "False"),
        mix="clone",
    ),
    bug(
        "a duplicate does not advance",
        "Stream: a duplicate advances the stream too",
        (
            "server.taking:Taken.take",
            "at if sent.n <= at.n else",
            "at if sent.n <= at.n or known is not None else",
        ),
        mix="restore",
    ),
    bug(
        "the queue is what has no answer",
        "Stream: the queue is n > the server's position",
        (
            "app.exchange:Exchange._next_batch",
            "sent = tuple(Sent(item.n, item.hash.hex(), item.envelope) for item in going)",
            "sent = ()",
        ),
    ),
    bug(
        "the hash covers n",
        "Stream: the hash covers the operation only",
        (
            "server.taking:Taken._answer",
            "kept = inbox_row(sent.envelope, digest, ",
            "kept = inbox_row(sent.envelope, digest + bytes([sent.n % 256]), ",
        ),
        (
            "server.taking:Taken._known",
            "stored.hash != sent.envelope.digest()",
            "stored.hash != sent.envelope.digest() + bytes([sent.n % 256])",
        ),
        mix="restore",
    ),
    bug(
        "no inbox",
        "Exactly once: what is known is not taken again",
        ("server.taking:Taken._known", "if stored is None:", "if True:"),
    ),
    bug(
        "the number apart from its row",
        "Journal: number and row in one transaction",
        ("ledger.journal:append", "row = connection.execute(", _COMMIT + "\n    row = connection.execute("),
        mix="power",
    ),
    bug(
        "the document's number apart",
        "Documents: the number is taken in the operation's own transaction",
        ("ledger.journal:next_number", "if taken.rowcount == 0:", _COMMIT + "\n    if taken.rowcount == 0:"),
        mix="till",
    ),
    bug(
        "the journal may lose its tail",
        "Durable: the journal is on the disk before anything is called done",
        loses_journal=True,
        mix="power",
    ),
)
BUGS = _STATION + EPOCHS_AND_AFTER + PLACES + REFUNDS + BOOKINGS + LIES + POST
