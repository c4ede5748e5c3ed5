"""Seeded bugs of refunds: what keeps more from going back than came in, and a refund from being paid twice."""

from __future__ import annotations

from tests.simulation.bugs import Bug, bug

REFUNDS: tuple[Bug, ...] = (
    bug(
        "a card that has its money is asked again",
        "Refunds: a card refund by its own attempt, of which no second one follows once it is captured",
        (
            "app.paying_back:PayingBack.to_cards",
            'share.method == "card" and captured(row, share.payment_id) is None',
            'share.method == "card"',
        ),
        ("app.paying_back:PayingBack._unpaid", "if captured(row, payment_id) is not None:", "if False:"),
        mix="refunds",
    ),
    bug(
        "what was paid is paid again",
        "Credit notes: only if its journal holds the request and no credit for it",
        (
            "app.refunding:check_payable",
            "row.state not in _PAYABLE or _is_credited(recording.journal, ask_id)",
            "False",
        ),
        ("app.refunding:_check_whole", "if any(each.gone for each in tickets):", "if False:"),
        mix="refunds",
    ),
    bug(
        "what was keyed wrongly stays in the drawer",
        "Corrections: a payment that was corrected is in no sum any more",
        ("ledger.read_money:cash_events", ".where(*in_cash, STANDS)", ".where(*in_cash)"),
        mix="till",
    ),
    bug(
        "two stations take up one refund",
        "Refunds: what the server began is with one station at a time",
        ("server.refund_tasks:refund_taken", "if row.taken is not None:", "if False:"),
        mix="bookings",
    ),
    bug(
        "a refund is paid where nobody took it up",
        "Refunds: what the server began is paid at the station that took it up",
        (
            "app.refunding:check_payable",
            "if not row.station_id:",
            "if not row.station_id:\n        return row\n    if False:",
        ),
        mix="bookings",
    ),
    bug(
        "who approved it pays it too",
        "Refunds: who approves what the server began neither takes it up nor pays it",
        ("app.refunding:check_payable", "row.approval.staff_id == actor.staff_id", "False"),
        ("server.refund_tasks:refund_taken", "row.approval.staff_id == asked.ask.staff_id", "False"),
        ("domain.refund:check_approval", "wish.taker_id == approver.staff_id", "False"),
        mix="bookings",
    ),
    bug(
        "what went back while it stayed is forgotten",
        "Refunds: what cost less since goes back for what it cost in the end",
        ("ledger.read_sold:_charges", "rest_of(line, back.given.get(line.charge_id, ()))", "None"),
        mix="refunds",
    ),
    bug(
        "nobody needs to approve",
        "Credit notes: the approval goes to the asking station, which then pays",
        (
            "app.refunding:check_payable",
            "row.state not in _PAYABLE or",
            "row.state not in (*_PAYABLE, State.REQUESTED) or",
        ),
        mix="refunds",
    ),
)
