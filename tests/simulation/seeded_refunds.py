"""Seeded bugs of refunds: what keeps more from going back than came in, and a refund from being paid twice."""

from __future__ import annotations

from tests.simulation.bugs import Bug, bug

REFUNDS: tuple[Bug, ...] = (
    bug(
        "what is asked for is not held",
        "Refunds: what is asked for is held for it, so that no other gets it",
        ("ledger.read_refunds:_payments", "held[row.payment_id])", "0)"),
        mix="refunds",
    ),
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
        "nobody needs to approve",
        "Credit notes: the approval goes to the asking station, which then pays",
        (
            "app.refunding:check_payable",
            "row.state not in _PAYABLE or",
            "row.state not in (*_PAYABLE, State.REQUESTED) or",
        ),
        mix="refunds",
    ),
    bug(
        "a refund that is being withdrawn is paid",
        "Requests: staff see asking; nothing else is done about that thing meanwhile",
        (
            "app.refunding:_check_whole",
            "if recording.journal.execute(withdrawn).first() is not None:",
            "if False:",
        ),
        mix="refunds",
    ),
    bug(
        "what is left is sold twice over",
        "Refunds: a charge is asked for once at a time",
        ("domain.refund_offer:_chosen", "if charge.open_ask:", "if False:"),
        mix="refunds",
    ),
)
