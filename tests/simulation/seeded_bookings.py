"""Seeded bugs of bookings made ahead: what makes one once, keeps and frees its places, and ties it to its money."""

from __future__ import annotations

from tests.simulation.bugs import Bug, bug

BOOKINGS: tuple[Bug, ...] = (
    bug(
        "the same id books twice",
        "Bookings: who asks for the same once more is answered as it stands",
        (
            "server.bookings:keep",
            "if (made := row_of(connection, booking_id)) is not None:",
            "if made := None:",
        ),
        mix="bookings",
    ),
    bug(
        "a booking gets goods beyond their number",
        "Goods: never more are kept for bookings of a day than there are",
        ("server.bookings:keep", "check_goods(connection, booked)", "pass"),
        mix="bookings",
    ),
    bug(
        "a change gets goods beyond their number",
        "Goods: never more are kept for bookings of a day than there are",
        ("server.changing:booking_changed", "check_goods(connection, booked, booking_id)", "pass"),
        mix="bookings",
    ),
    bug(
        "goods that a till sold beyond their number are no case",
        "Goods: what tills sold beyond the number is told to a person",
        ("ledger.case_goods:beyond_number", "if count > per_day:", "if count > 100 * per_day:"),
        mix="bookings",
    ),
    bug(
        "a hold that ran out still holds",
        "Bookings: what is not paid in time gives its places back",
        (
            "server.holding:becomes",
            "if Life(row.life) in HOLDS and life not in HOLDS:",
            "if Life(row.life) in HOLDS and life not in (*HOLDS, Life.EXPIRED):",
        ),
        mix="bookings",
    ),
    bug(
        "what was paid too late is not confirmed",
        "Bookings: what was paid is confirmed, whatever became of it meanwhile",
        (
            "server.holding:settle_due",
            "paid = connection.execute(_UNCONFIRMED.where(mine)).all()",
            "paid = [row for row in connection.execute(_UNCONFIRMED.where(mine)) if Life(row.life) in HOLDS]",
        ),
        mix="bookings",
    ),
    bug(
        "a change keeps the places of before too",
        "Bookings: a change gives back the places of before",
        (
            "server.changing:booking_changed",
            'release(connection, kept_as(connection, booking_id), before, "returned", setup)',
            "pass",
        ),
        mix="bookings",
    ),
    bug(
        "what was paid before a change is confirmed as the change",
        "Bookings: what was paid is confirmed as what was paid",
        ("server.holding:_confirm", "before = paid != booked_in(row)", "before = False"),
        mix="bookings",
    ),
    bug(
        "a ticket that moved stays good",
        "Bookings: a ticket that moves ends, and one is good in its place",
        (
            "server.moving:_move",
            "end_tickets(setup, others, change_id, op_id, [move.was for move in moves])",
            "pass",
        ),
        mix="bookings",
    ),
    bug(
        "a paid booking stays though all went back",
        "Bookings: what is paid ends when its money is back",
        ("server.given_back:call_off", "if not waiting:", "if waiting:"),
        mix="bookings",
    ),
    bug(
        "a paid booking is called off though money goes back for it",
        "Bookings: what is paid ends by its refund where anything goes back",
        ("domain.refund_offer:kept_whole", "if sums_of(", "if () and sums_of("),
        mix="bookings",
    ),
    bug(
        "what ended without a refund stands",
        "Bookings: what is called off is not confirmed again",
        (
            "server.nothing_back:give_up",
            "add_rows(setup.connection, [(t.refund_line, line) for line in lines])",
            "pass",
        ),
        mix="bookings",
    ),
    bug(
        "a ticket of what ended without a refund is good",
        "Bookings: a ticket ends with its booking",
        (
            "server.nothing_back:give_up",
            'end_tickets(setup, all_that_stands(sale).tickets, sale.booking_id, "")',
            "pass",
        ),
        mix="bookings",
    ),
    bug(
        "a revoked ticket stays good",
        "Bookings: a ticket that is revoked ends",
        (
            "server.revoking:_revoke",
            "end_tickets(setup, said.tickets, said.revoke_id, op_id)",
            "pass",
        ),
        mix="bookings",
    ),
    bug(
        "a used ticket is made anew or revoked",
        "Bookings: a ticket on which somebody came in gets none in its place",
        ("server.moving:check_unused", "if was.entries:", "if False:"),
        mix="bookings",
    ),
    bug(
        "who is told of late stays a no-show",
        "Bookings: a guest of whom a gate told later had come",
        (
            "server.day_over:end_days",
            ".all() for which in (_ENDED, _CAME_LATE))",
            ".all() for which in (_ENDED,))",
        ),
        mix="bookings",
    ),
    bug(
        "a booking is over before its last day",
        "Bookings: a day is over when it has ended at the venue, for the last of the tickets",
        (
            "server.day_over:end_days",
            "today = read_setup.day_at(connection, setup.now)",
            "today = read_setup.day_at(connection, setup.now) + _LATEST",
        ),
        mix="bookings",
    ),
    bug(
        "two tills charge a booking twice",
        "Bookings: what was booked is charged once, under the ids that it was booked with",
        ("app.closing:Closing._booking", "booked.__next__ if cart.booking_id else self", "self"),
        mix="bookings",
    ),
    bug(
        "what is for members is let through for anybody",
        "Bookings: what is for members waits for a yes, unless the guest is one on its day",
        ("domain.membership:is_lacking", "return bool(product.membership) and", "return False and"),
        mix="bookings",
    ),
    bug(
        "a till sells to members without a look at the card",
        "Sales: what is for members is sold once a card was seen",
        ("app.services.checkout:Checkout.begin", "if unseen(cart):", "if False:"),
        mix="bookings",
    ),
)
