"""Guests, what they booked ahead, and what was said to them and to staff."""

from __future__ import annotations

import sqlalchemy as sa

from ledger.columns import currency, id_, int_, key, synced, text_

# server-owned: bookings made ahead. `body` is domain.booking.Booked; places are kept by leases of the server's own
reservation = synced(
    "reservation",
    key("booking_id"),
    id_("number", True),
    id_("guest_id", True),
    id_("day"),
    id_("life", True),
    int_("expires_at"),
    int_("gross"),
    currency(),
    text_("body"),
    text_("note"),
    text_("reason"),
    id_("decided_by"),
    int_("decided_at"),
    id_("staff_id"),
    id_("station_id"),
    int_("at"),
)
by_day = sa.Index("ix_reservation_day", reservation.c.day)  # came later than the table

# server-owned: each time that a booking came to be for something else; `how` (domain.booking.How), and what it `was`
reservation_change = synced(
    "reservation_change",
    key("change_id"),
    id_("booking_id", True),
    int_("n"),
    id_("how"),
    text_("was"),
    id_("staff_id"),
    id_("station_id"),
    int_("at"),
)

# server-owned: who comes on a ticket of a booking; personal, so emptied when the guest who booked is erased
ticket_name = synced("ticket_name", key("ticket_id"), id_("booking_id", True), text_("name"))

# server-owned: ids of guests who were erased, and of what they booked, was paid for it or went back; what is written
# about one of them is kept nowhere
forgotten = synced("forgotten", key("about"), int_("at"))

# event rows: what was said of a guest, one after the other (domain.guest); personal, so emptied when they are erased
guest_entry = synced(
    "guest_entry",
    key("entry_id"),
    id_("guest_id", True),
    id_("kind", True),
    text_("said"),
    text_("words"),
    id_("staff_id"),
    id_("station_id"),
    int_("at"),
)
# A search reads all words; beside each other they are read twice as fast. PostgreSQL has no room for long ones in one.
FOUND_BY = sa.Index("ix_guest_entry_words", guest_entry.c.words, guest_entry.c.guest_id).ddl_if(
    dialect="sqlite"
)
# event rows: whether a guest is banned, each time that it is said; without a name, so gates have it too
guest_ban = synced("guest_ban", key("entry_id"), id_("guest_id", True), int_("banned"), int_("at"))
# server-owned: words to guests, of which only the server has the text and the whole address; and words to a station or
# to whoever has a permission, until what they are about is over
message = synced(
    "message",
    key("message_id"),
    id_("kind"),
    id_("channel"),
    id_("guest_id", True),
    id_("booking_id", True),
    text_("address"),
    id_("state"),
    int_("tries"),
    int_("at"),
    int_("next_at"),
    int_("sent_at"),
    id_("why"),
)
alert = synced(
    "alert",
    key("alert_id"),
    id_("permission"),
    id_("station_id"),
    id_("kind"),
    text_("facts"),
    int_("at"),
)
