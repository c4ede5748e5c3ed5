"""Tables that only the server has: its journal (the inbox), stream positions, stations, enrolment,
requests, quarantine, the outbox."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from ledger import tables as shared

metadata = MetaData()

inbox = Table(
    "inbox",
    metadata,
    Column("op_id", String(36), primary_key=True),
    Column("station_id", String(64), nullable=False, index=True),
    Column("incarnation", Integer, nullable=False),
    Column("stream", String(32), nullable=False),
    Column("n", Integer, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("staff_id", String(64), nullable=False),
    Column("shift_id", String(64), nullable=False),
    Column("device_at", BigInteger, nullable=False),
    Column("offset_ms", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("public", Text, nullable=False),
    Column("private", Text, nullable=False),
    Column("private_digest", String(64), nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("answer", String(16), nullable=False),
    Column("cases", Text, nullable=False),
)
Index("ix_inbox_stream", inbox.c.stream, inbox.c.n)
set_aside = Table(
    "set_aside",
    metadata,
    Column("op_id", String(36), primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("envelope", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
# What each operation with a private part is about (all texts in it, ids among them): so it is found when a guest is
# erased.
named = Table(
    "named",
    metadata,
    Column("op_id", String(36), primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("about", String(64), primary_key=True, index=True),
)
position = Table(
    "stream_position",
    metadata,
    Column("stream", String(32), primary_key=True),
    Column("station_id", String(64), nullable=False, index=True),
    Column("n", Integer, nullable=False),
    Column("op_id", String(36), nullable=False),
    Column("moved", BigInteger, nullable=False),
)
# `fresh`: nobody has come as that incarnation yet, for the answer that gave it may be lost; the last that somebody was
# before is `after` then.
station = Table(
    "station_access",
    metadata,
    Column("station_id", String(64), primary_key=True),
    Column("name", String(16), nullable=False, unique=True),
    Column("token_hash", String(64), nullable=False, index=True),
    Column("incarnation", Integer, nullable=False),
    Column("fenced", Integer, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("after", Integer, nullable=False, server_default="0"),
    Column("fresh", Integer, nullable=False, server_default="0"),
)
enrolment = Table(
    "enrolment",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("station_id", String(64), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=False),
)
request = Table(
    "request_inbox",
    metadata,
    Column("request_id", String(36), primary_key=True),
    Column("station_id", String(64), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("body", Text, nullable=False),  # its digest
    Column("state", String(16), nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
# One-time codes: only keyed digests of the code, of where it went, and of the address that asked for it online.
# `counter`: sent by staff, and good there only.
guest_code = Table(
    "guest_code",
    metadata,
    Column("code_id", String(36), primary_key=True),
    Column("guest_id", String(64), nullable=False, index=True),
    Column("channel", String(8), nullable=False),
    Column("contact", String(64), nullable=False, index=True),
    Column("hash", String(64), nullable=False),
    Column("sent_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("used_at", BigInteger, nullable=False),
    Column("counter", Integer, nullable=False, server_default="0"),
    Column("staff_tries", Integer, nullable=False, server_default="0"),
    Column("asker", String(64), nullable=False, server_default=""),
)
# Codes that somebody asked for, whoever they are: the outbox gets them, or nobody does, a moment later.
code_asked = Table(
    "code_asked",
    metadata,
    Column("code_id", String(36), primary_key=True),
    Column("contact", Text, nullable=False),
    Column("channel", String(8), nullable=False),
    Column("said", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
# Guests who asked for a code to a contact that is nobody's yet: known once they say it back, forgotten if they do not.
guest_pending = Table(
    "guest_pending",
    metadata,
    Column("guest_id", String(64), primary_key=True),
    Column("contact", String(64), nullable=False, index=True),
    Column("said", Text, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)
# Who is signed in to the API. Only hashes are kept; a token ends with the epoch in which it was made: an older copy may
# have one that was given up since.
guest_token = Table(
    "guest_token",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("guest_id", String(64), nullable=False, index=True),
    Column("epoch", String(32), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)
# Of a person at a station: it ends also when that person's role or PIN (`verifier`, its hash) or the station's own
# token (`station_hash`) is another.
staff_token = Table(
    "staff_token",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("staff_id", String(64), nullable=False, index=True),
    Column("role", String(64), nullable=False),
    Column("verifier", String(64), nullable=False),
    Column("station_hash", String(64), nullable=False, index=True),
    Column("epoch", String(32), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)
# What open refunds hold of each payment (`refund_share`, by what was asked for), and of each what came in, what of that
# went back and what is held: `captured` and `refunded` as they were when somebody last asked for money of it.
payment_account = Table(
    "payment_account",
    metadata,
    Column("payment_id", String(64), primary_key=True),
    Column("captured", BigInteger, nullable=False),
    Column("reserved", BigInteger, nullable=False),
    Column("refunded", BigInteger, nullable=False),
    CheckConstraint("reserved >= 0 AND reserved + refunded <= captured", name="ck_payment_account_within"),
)
refund_share = Table(
    "refund_share",
    metadata,
    Column("ask_id", String(64), primary_key=True),
    Column("payment_id", String(64), primary_key=True),
    Column("amount", BigInteger, nullable=False),
)
# Places that a till says were kept for a booking and that were not: it sold them of its own lease.
unkept = Table(
    "unkept_places",
    metadata,
    Column("op_id", String(36), primary_key=True),
    Column("session", BigInteger, primary_key=True, autoincrement=False, index=True),
    Column("station_id", String(64), nullable=False),
    Column("incarnation", Integer, nullable=False),
    Column("places", BigInteger, nullable=False),
)
# Which operation went by which yes of a second person.
used_yes = Table(
    "used_yes",
    metadata,
    Column("override_id", String(64), primary_key=True),
    Column("incarnation", Integer, primary_key=True, autoincrement=False),
    Column("op_id", String(36), nullable=False, index=True),
)
# What one piece of each product cost since when, VAT of `rate` basis points included, what it gave, and whether it was
# sold: a row for each time that something of this became another, under the revision of its record. It is told by the
# journal, and made again where it lacks something.
price = Table(
    "product_price",
    metadata,
    Column("product", BigInteger, primary_key=True, autoincrement=False),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("price", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("rate", Integer, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("tickets", Integer, nullable=False),
    Column("places", Integer, nullable=False),
    Column("activity_id", String(64), nullable=False),
    Column("sold", Integer, nullable=False),
)
setting = Table(
    "server_setting",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
recovery = Table(
    "recovery",
    metadata,
    Column("station_id", String(64), primary_key=True),
    Column("name", String(16), nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("incarnation", Integer, nullable=False, server_default="0"),
    Column("waived", Integer, nullable=False, server_default="0"),
    Column("first", Integer, nullable=False, server_default="0"),
)
# Of an awaited station, the incarnations whose records were sent again, as spans.
told = Table(
    "recovery_told",
    metadata,
    Column("station_id", String(64), primary_key=True),
    Column("first", Integer, primary_key=True),
    Column("last", Integer, primary_key=True),
)
# Since a restore: the last of each station's incarnations that the copy had `known`, the `first` whose records it may
# lack (that one, unless it was shut out, or the next), the first that was `given` since (0: none yet), and whether it
# was `heard` since. Which were given between, and to which PCs, nobody knows.
restored = Table(
    "restored",
    metadata,
    Column("station_id", String(64), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("known", Integer, nullable=False),
    Column("first", Integer, nullable=False, server_default="0"),
    Column("given", Integer, nullable=False, server_default="0"),
    Column("heard", Integer, nullable=False, server_default="0"),
)
# What guests are told: a row is made in the transaction of its `cause`, once for each kind and channel. `due_at`: when
# to look at it next, which is the next try or the end of the `lease` of who sends it; `doubts`: how often nobody knows
# if it arrived; `since`: when it was queued, or queued again; `place`: among those of its booking, 0 for none. Address
# and facts are blank once they are not needed.
outbox = Table(
    "outbox",
    metadata,
    Column("message_id", String(36), primary_key=True),
    Column("cause", String(128), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("channel", String(8), nullable=False),
    Column("guest_id", String(64), nullable=False, index=True),
    Column("language", String(2), nullable=False),
    Column("address", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("tickets_of", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("doubts", Integer, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("lease", String(32), nullable=False),
    Column("place", Integer, nullable=False, server_default="0"),
)
Index("ux_outbox_cause", outbox.c.cause, outbox.c.kind, outbox.c.channel, unique=True)
Index("ix_outbox_due", outbox.c.due_at)
# Columns that a database of an earlier version may lack.
ADDED = (
    shared.booking.c.held,
    shared.booking.c.incarnation,
    recovery.c.incarnation,
    recovery.c.waived,
    recovery.c.first,
    restored.c.first,
    station.c.after,
    station.c.fresh,
    guest_code.c.counter,
    guest_code.c.staff_tries,
    outbox.c.place,
)
