"""The seeded bugs of leases: what each rule's line says, and what it says without the rule."""

from __future__ import annotations

from tests.simulation.bugs import Bug, bug

PLACES: tuple[Bug, ...] = (
    bug(
        "what is leased is free",
        "Leases: sold and held never exceed the places",
        ("server.standing:standing", "held = sum(max(0, left) for left in balances.values())", "held = 0"),
        mix="scarce",
    ),
    bug(
        "an exact ask is granted unseen",
        "Leases: what is granted is neither sold nor held",
        ("server.leases:lease_asked", "_more_held(here, asked.station, wanted) > here.free", "False"),
        mix="scarce",
    ),
    bug(
        "what a station asks for goes to its copy",
        "Leases: each incarnation sells what it was granted itself",
        ("server.leases:_asker", "if 0 < told < BEYOND else", "if False else"),
        mix="clone",
    ),
    bug(
        "a sale draws on no lease",
        "Leases: what a lease used is counted from the journal's operations",
        (
            "ledger.journal:note_moves",
            "moves(operation):",
            "moves(operation) if envelope.kind != 'BookingMade' else ():",
        ),
        mix="scarce",
    ),
    bug(
        "a lease is not told to a restored server",
        "Recovery: stations present all leases in the journal",
        (
            "ledger.effects:_HouseRows.rows",
            "yield self._lease(operation)",
            "yield from () if isinstance(operation, op.LeaseTaken) else (self._lease(operation),)",
        ),
        mix="scarce",
    ),
    bug(
        "a lease is used twice by a station that goes on elsewhere",
        "Leases: a new incarnation has none of the old one's",
        ("ledger.lease_book:balances", '{"incarnation": incarnation, ', '{"incarnation": 1, '),
        mix="clone",
    ),
    bug(
        "beyond a lease is nobody's business",
        "Flags: what a supervisor allowed beyond a lease is a case",
        ("ledger.case_checks:_bookings", "if row.beyond:", "if row.beyond > 2:"),
        mix="till",
    ),
    bug(
        "a lease that an older copy forgot is a case",
        "Leases: what another life of the server granted is taken without a flag",
        (
            "server.lease_claims:judge_claims",
            "if is_new and (here.awaited is not None or feed.was(connection, claim.epoch)):",
            "if False:",
        ),
        mix="restore",
    ),
    bug(
        "what was flagged before an older copy was noticed stays",
        "Cases: they close by themselves when their cause is gone",
        ("server.recovery:begin", "lease_claims.let_go(connection, now_ms)", "pass"),
        mix="old file",
    ),
)
# few histories show these: they have scripts (test_places)
STEPS: tuple[Bug, ...] = (
    bug(
        "what a cart holds is given back",
        "Leases: places are taken when the line enters the cart",
        (
            "app.leases:Leases._give_back",
            "ready = have - self._places.in_carts(recording.journal)[session.number]",
            "ready = have",
        ),
        ("app.leases:Leases.shelves", "have[one.number] - in_carts[one.number],", "have[one.number],"),
    ),
    bug(
        "a restored server grants at once",
        "Recovery: nothing scarce is granted until every station has pushed everything",
        ("server.recovery:refuse_scarce", "if names := awaited(connection):", "if names := ():"),
    ),
    bug(
        "a revocation goes where its session is",
        "Leases: a revocation reaches its holder wherever the session has gone",
        ("server.leases:_cut", '"bucket": UNDATED', '"bucket": day_bucket(here.session.day)'),
    ),
    bug(
        "a revocation is not noticed",
        "Leases: revocations are operations as well",
        ("app.leases:_take", "for one in cut:", "for one in ():"),
    ),
    bug(
        "an overdrawn lease is nobody's business",
        "Flags: the lease is tested as well as the result",
        ("ledger.case_checks:_drawn", "overdrafts(connection, overdrawn, [int(key) for key in keys])", "()"),
    ),
    bug(
        "too many sold is nobody's business",
        "Flags: sold > capacity is tested",
        ("ledger.case_checks:_full", "if sold > capacity:", "if sold > capacity + 2:"),
    ),
    bug(
        "a settled case never opens again",
        "Cases: one that got worse than what a person settled is news",
        (
            "ledger.cases:open_case",
            "if needs_worse and not is_worse(",
            "if _is_settled(row) or False and is_worse(",
        ),
    ),
)
