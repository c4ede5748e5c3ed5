"""What is left of a journal beside what is left of its copies: which is newer, and what never came to the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ledger import journal
from ledger.salvage import Row, Ruin, perhaps_printed


def together(copies: Sequence[Ruin]) -> Ruin:
    """All operations of several copies; of the rest, what the first says."""
    entries = {op_id: held for ruin in reversed(copies) for op_id, held in ruin.entries.items()}
    return replace(copies[0], entries=entries, last_row=max(ruin.last_row for ruin in copies))


def newer_first(ruin: Ruin, backup: Ruin | None) -> tuple[Ruin, Ruin | None]:
    """The journal and its copies. One that has fallen back, whole or not, gives way to a copy that goes on from its
    end; what came after the copy nobody knows."""
    if backup is None:
        return ruin, None
    if _goes_on(backup, ruin):
        jobs = [perhaps_printed(row) for row in backup.tables.get(journal.print_job.name, [])]
        return replace(backup, ends=False, tables=backup.tables | {journal.print_job.name: jobs}), ruin
    return replace(ruin, parted=_parted(ruin, backup)), backup


def _goes_on(later: Ruin, earlier: Ruin) -> bool:
    if not earlier.entries:
        return earlier.ends and earlier.last_row == 0 and bool(later.entries)
    op_id = max(earlier.entries, key=lambda each: earlier.entries[each][0])
    place, _ = later.entries.get(op_id, (later.last_row, {}))
    return earlier.entries[op_id][0] == earlier.last_row and place < later.last_row


def _parted(ruin: Ruin, backup: Ruin) -> bool:
    """The backup has something else where the journal has an operation."""
    taken = {row for row, _ in ruin.entries.values()}
    return any(row in taken for op_id, (row, _) in backup.entries.items() if op_id not in ruin.entries)


def unsent(ruin: Ruin, backup: Ruin | None, reached: int, known_last: int = 0) -> int:
    """How many operations of the stream in use could not be read and had not come to the server, which has `reached`
    of them; `known_last` as for `rebuild`. Less than 0 when nothing tells how far the stream went."""
    if not ruin.tables.get(journal.stream.name):
        return -1
    name, last = stream_of(ruin, backup)
    held = [held for source in (ruin, backup) if source for held in source.entries.values()]
    numbers = {row["n"]: place for place, row in held if row["stream"] == name and isinstance(row["n"], int)}
    newest = max(numbers, default=last)
    after = known_last - numbers.get(newest, ruin.last_row)  # each row there took the next number
    last = max(last, newest, newest + after)
    return sum(n not in numbers for n in range(reached + 1, last + 1)) if reached <= last else -1


def stream_of(ruin: Ruin, backup: Ruin | None) -> tuple[str, int]:
    """The stream that was in use, and how far it went by what is known."""
    for row in ruin.tables.get(journal.stream.name, []):
        return row["stream"], row["last_n"]
    newest: tuple[int, Row] = (0, {"stream": "", "n": 0})
    for source in (ruin, backup):
        for held in source.entries.values() if source else ():
            newest = max(newest, held, key=lambda one: one[0])
    name, n = newest[1]["stream"], newest[1]["n"]
    return (name, n) if isinstance(name, str) and isinstance(n, int) else ("", 0)
