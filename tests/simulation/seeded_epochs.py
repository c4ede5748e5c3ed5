"""The seeded bugs of epochs, pages, flags and cards: what each rule's line says, and what it says without the rule."""

from __future__ import annotations

from tests.simulation.bugs import Bug, bug

_COMMIT = 'connection.exec_driver_sql("COMMIT"); connection.exec_driver_sql("BEGIN IMMEDIATE")'
EPOCHS_AND_AFTER: tuple[Bug, ...] = (
    # epoch
    bug(
        "a page of any epoch is taken",
        "Epoch: on a change the cache is emptied, never merged",
        (
            "app.exchange:Exchange._pull_pages",
            "page is None or page.epoch != at.epoch",
            "page is None or not at.epoch",
        ),
        ("ledger.cache:take_page", "or page.epoch != at.epoch", ""),
        mix="restore",
    ),
    bug(
        "an older copy is believed",
        "Epoch: a server that was put back without a word begins a new one",
        (
            "server.pulling:pulled",
            "is_older=never_had or lost or feed.is_beyond(told.cursor, top, known)",
            "is_older=False",
        ),
        mix="old file",
    ),
    bug(
        "only a cursor beyond the head tells",
        "Epoch: a number given out twice and a position behind what was said tell of an older copy too",
        ("ledger.feed:is_beyond", "known.get(cursor.seq, cursor.mark) != cursor.mark", "False"),
        ("server.pulling:pulled", "told.had > n", "False"),
        mix="old file",
    ),
    bug(
        "a station is heard before it has sent all",
        "Recovery: nothing scarce until every station has pushed everything",
        ("server.pulling:pulled", "0 <= told.last <= n", "0 <= told.last"),
        mix="restore",
    ),
    bug(
        "a new PC answers for the old one",
        "Recovery: only who has an earlier incarnation's records speaks for them",
        ("server.recovery:_are_all", "covers(spans, first, last)", "True"),
        mix="put back",
    ),
    bug(
        "a restored server counts on",
        "Incarnations: the first number after a restore is far from all that were forgotten",
        ("server.access:_next_incarnation", "row.given == 0", "False"),
        mix="put back",
    ),
    bug(
        "what a station says it is is not believed",
        "Incarnations: a restored server learns from the stations what they have become",
        ("server.access:_next_incarnation", "present if 0 <= present < BEYOND else 0", "0"),
        ("server.access:is_ahead", "station.incarnation < told < BEYOND", "False"),
        mix="goes on",
    ),
    # page
    bug(
        "the cursor jumps to the head",
        "Page: a cursor does not pass what was not sent",
        (
            "ledger.feed:read_page",
            "replace(_cursor_at(page[-1]), ",
            'replace(Cursor(top.seq, END, ""), ',
        ),
        mix="line",
    ),
    bug(
        "a cursor passes its whole seq",
        "Page: a cursor inside a seq does not pass that seq",
        (
            "ledger.feed:read_page",
            "replace(_cursor_at(page[-1]), ",
            'replace(Cursor(page[-1][0], END, ""), ',
        ),
        mix="line",
    ),
    # tombstones
    bug(
        "a tombstone is not written",
        "Tombstones: a row that leaves a bucket leaves one there",
        ("server.setup:SetUp._put", "if held not in (None, bucket):", "if False:"),
        mix="moved",
    ),
    bug(
        "a tombstone wins over its row",
        "Tombstones: at equal seq the row wins",
        ("ledger.cache:_taking_out", "table.c.seq < ", "table.c.seq <= "),
        mix="moved",
    ),
    bug(
        "a tombstone of another seq",
        "Tombstones: with the seq of the row",
        (
            "ledger.tombstones:leave",
            '"seq": 0}',
            '"seq": 1}',
        ),
        mix="moved",
    ),
    bug(
        "what is forgotten is not missed",
        "Tombstones: an older place than what is kept is answered 410",
        ("ledger.feed:is_too_old", "< top.pruned", "< 0"),
        mix="moved",
    ),
    bug(
        "the cursor before its rows",
        "Page: rows and cursor in one transaction",
        (
            "ledger.cache:take_page",
            "_put_tables(connection, page)",
            "_write(connection, replace(at, cursor=page.next))\n    "
            + _COMMIT
            + "\n    _put_tables(connection, page)",
        ),
        mix="pages",
    ),
    bug(
        "a new day begins where the rest stands",
        "Buckets: a new day is fetched from its own beginning, with a cursor of its own",
        ("ledger.cache:begin_fill", "fill_cursor=START", "fill_cursor=level(connection).cursor"),
        mix="midnight",
    ),
    bug(
        "old days stay",
        "Buckets: a day that is over is dropped",
        ("ledger.cache:take_fill", "connection.execute(sa.delete(table)", "(sa.delete(table)"),
        mix="midnight",
    ),
    bug(
        "a new day is not fetched",
        "Buckets: a new day is filled from its beginning",
        ("ledger.cache:take_fill", "_put_tables(connection, page)", "pass"),
        mix="plain",
    ),
    # events, flags, requests
    bug(
        "an entry that is taken back late hides that it was one too many",
        "Attention: who was let in where they should not have been is seen by a person unless it was soon taken back",
        ("domain.attention:ends_by_itself", "open_ms <= FRESH_MS", "open_ms >= 0"),
        mix="gate",
    ),
    bug(
        "what was heard of before counts as heard of first",
        "Attention: only of what nothing was said yet nothing can be wrong",
        ("server.first:First.unheard", 'if not getattr(row, f"{kind}_known")', "if kind"),
        mix="gate",
    ),
    bug(
        "two entries are nobody's business",
        "Flags: what came out is tested",
        ("ledger.case_checks:_tickets", "if len(passed) > 1:", "if len(passed) > 2:"),
        mix="gate",
    ),
    bug(
        "a case never closes",
        "Cases close by themselves when the cause is gone",
        ("ledger.cases:_close", 'if not m["closed_at"]:', "if False:"),
        mix="gate",
    ),
    bug(
        "a settled doubt is not remembered",
        "Requests: cancelled blocks a late original",
        (
            "server.requests:Door.settle",
            'self._store(SetUp(connection, self._clock, self._ids), station, request_id, ("", ""), reply)',
            "pass",
        ),
        mix="line",
    ),
    # cards
    bug(
        "the terminal hears before the journal",
        "Cards: the attempt is durable before the terminal hears of it",
        (
            "app.cards:Cards.charge",
            "self._ask(actor, asked, check)\n    progress = self._progress(on_step)",
            (
                "progress = self._progress(on_step)\n"
                "    driver.purchase(asked.attempt_id, amount, sale_id, progress)\n    self._ask(actor, asked, check)"
            ),
        ),
        mix="till",
    ),
    bug(
        "a second charge beside an open one",
        "Cards: one open attempt a sale",
        ("app.cards:Cards._ask", "raise Refused(Code.CARD_UNKNOWN_OPEN)", "pass"),
        mix="till",
    ),
    bug(
        "cash beside an open attempt",
        "Cards: no other money while an answer is missing",
        (
            "app.services.checkout:Checkout.cash",
            "self._refuse_open_attempts(recording.cache, sale_id)",
            "pass",
        ),
        mix="till",
    ),
    bug(
        "what is not found was never asked",
        "Cards: only after its window can a request no longer arrive",
        (
            "app.cards:_operation",
            "case CardKind.UNKNOWN | CardKind.IN_PROGRESS | CardKind.NOT_FOUND:",
            (
                'case CardKind.UNKNOWN if queried:\n            return op.CardCancelled(attempt.attempt_id, "")\n'
                "        case CardKind.UNKNOWN | CardKind.IN_PROGRESS | CardKind.NOT_FOUND:"
            ),
        ),
        mix="till",
    ),
    bug(
        "the gate asks nobody",
        "Local repeat: a station knows its own entries",
        ("ledger.read_gate:entries_of", 'connection.execute(_ENTRIES, {"ticket": ticket_id})', "()"),
        mix="gate",
    ),
    bug(
        "a yes is forgotten with the older copy",
        "Requests: a restored server knows what was answered yes, or it is told",
        ("app.granted:Granted.check", 'if seen not in ("", epoch) else []', "if False else []"),
        mix="restore",
    ),
    bug(
        "an older code stays good",
        "Enrolment: a newer code makes the older ones of its station void",
        ("server.access:make_code", "connection.execute(sa.delete(own.enrolment).where(*unused))", "pass"),
        mix="anew",
    ),
)
