"""What the invariants are told, they are told in its order, however a database keeps it."""

from __future__ import annotations

from tests.simulation.evidence import in_their_order


def row(received_at: int, stream: str, n: int) -> dict[str, object]:
    return {"received_at": received_at, "stream": stream, "n": n}


def test_rows_that_fill_the_room_of_others_are_told_when_they_were_written() -> None:
    late, made, voided, theirs = row(2, "A", 3), row(1, "A", 1), row(1, "A", 2), row(1, "B", 9)
    assert in_their_order([late, voided, theirs, made]) == [made, theirs, voided, late]


def test_streams_of_one_moment_stay_as_they_lie() -> None:
    lying = [row(1, "B", 1), row(1, "A", 1), row(1, "B", 2), row(1, "A", 2)]
    assert in_their_order(list(lying)) == lying
