"""Seeded bugs of what is held against what was decided: each believes what a till says, or lets the database forget."""

from __future__ import annotations

from tests.simulation.bugs import Bug, bug

LIES: tuple[Bug, ...] = (
    bug(
        "what is told as paid ahead is believed",
        "Bookings: what differs from what was kept is a case",
        ("ledger.case_checks:_bookings", "if row.ahead:", "if False:"),
        mix="lies",
    ),
    bug(
        "another price is believed",
        "Bookings: charged otherwise than it was booked is a case",
        (
            "domain.paid_ahead:difference",
            "for kind, is_so in found if is_so)",
            "for kind, is_so in found if is_so and kind not in (Differs.PRICE, Differs.SHORT))",
        ),
        mix="lies",
    ),
    bug(
        "tickets that were not promised are believed",
        "Bookings: a ticket beyond those that were kept, or one that is missing, is a case",
        ("domain.paid_ahead:difference", "bool(beyond or missing)", "False"),
        mix="lies",
    ),
    bug(
        "a booking that nobody made is believed",
        "Bookings: what is told of one that is not known is a case",
        ("ledger.case_bookings:paid_ahead", "if told.charges or told.good:", "if False:"),
        mix="lies",
    ),
    bug(
        "what is called kept draws on no lease",
        "Leases: a ticket that was not kept for a booking is sold of its till's lease",
        (
            "server.unkept:note_unkept",
            "if not (isinstance(said, op.BookingMade) and said.held):",
            "if True:",
        ),
        mix="lies",
    ),
    bug(
        "a refund is believed wherever it was paid",
        "Refunds: paid where it was not to be is a case",
        ("ledger.case_refunds:_refund", "row.station_id != asked.station_id", "False"),
        mix="lies",
    ),
    bug(
        "a refund is believed however it was paid",
        "Refunds: paid otherwise than it was approved is a case",
        ("ledger.case_refunds:_otherwise", "if found:", "if False:"),
        mix="lies",
    ),
    bug(
        "a price that the catalogue never had is believed",
        "Prices: what a walk-in cost otherwise than the catalogue had it is a case",
        ("server.walk_ins:_wrong", "*_of_prices(lines)", ""),
        mix="claims",
    ),
    bug(
        "a till that has not heard of a new price is suspected",
        "Prices: what was in force within the days before a sale is right",
        ("domain.price_told:in_force", "end is None or end >= since", "end is None"),
        mix="claims",
    ),
    bug(
        "a walk-in's tickets are believed",
        "Tickets: what a walk-in's charges and the catalogue do not give is a case",
        ("server.walk_ins:_wrong", "*_of_tickets(tickets)", ""),
        mix="claims",
    ),
    bug(
        "tickets without a session are believed",
        "Tickets: a product that takes places is good for a session of its own",
        ("domain.tickets_told:_is_its_session", "return any(", "return not session or any("),
        mix="claims",
    ),
    bug(
        "who is banned pays at a till that asks nobody",
        "Guests: what was paid while its guest was banned, and nobody let be, is a case",
        ("ledger.bans:is_unasked", "return _is_unlet(", "return False and _is_unlet("),
        mix="claims",
    ),
    bug(
        "who is banned comes in where nobody asks",
        "Guests: who came in while its guest was banned, and nobody let be, is a case",
        ("ledger.bans:let_in_unasked", "is_unlet = bool(marks) and", "is_unlet = False and"),
        mix="claims",
    ),
    bug(
        "a yes to a banned guest is not heard",
        "Guests: what somebody who may has let be is no case",
        ("ledger.bans:_is_unlet", "and not _is_let(", "or _is_let("),
        mix="claims",
    ),
    bug(
        "one yes lets whatever else is said",
        "Rights: a second person's yes lets one operation",
        ("domain.yes:chosen", "is_shared(operation, one.yes, names) or not one.used", "True"),
        mix="claims",
    ),
    bug(
        "a card is believed to have paid what a document says",
        "Cards: what a document says beyond what the card moved is a case",
        ("ledger.case_cards:attempts", "if beyond := card.beyond():", "if beyond := 0:"),
        mix="lies",
    ),
    bug(
        "a void is believed whatever it ends",
        "Voids: what differs from the sale is a case",
        ("ledger.case_voids:_otherwise", "if kinds:", "if False:"),
        mix="lies",
    ),
    bug(
        "what comes without its other half is not looked for",
        "Cards: what no document speaks of is a case in the end",
        ("server.jobs:look_for_halves", "if about:", "if False:"),
        mix="lies",
    ),
    bug(
        "what is asked for is not held by the database",
        "Refunds: the database keeps what open refunds hold of a payment",
        ("server.refunds:enter", "refund_holds.reserve(setup.connection, said)", "pass"),
        mix="refunds",
    ),
    bug(
        "what was paid back is held for ever",
        "Refunds: what is paid, refused or withdrawn is held no more",
        (
            "server.refund_holds:note_paid",
            "if paid := [said.ask_id for _, said in given if isinstance(said, op.RefundPaid)]:",
            "if paid := list[str]():",
        ),
        mix="refunds",
    ),
)
