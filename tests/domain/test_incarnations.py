"""What a folder answers for: as sets of numbers, and as the text that a station tells."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from domain.incarnations import Been, been_as, been_of, covers, merged

NUMBERS = st.integers(1, 40)
RUNS = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=8)


def numbers(runs: object) -> set[int]:
    return {n for first, last in runs for n in range(first, last + 1)}  # type: ignore[attr-defined] # runs


@given(RUNS, RUNS)
def test_runs_together_hold_the_numbers_of_both_and_none_touches_the_next(
    some: list[tuple[int, int]], others: list[tuple[int, int]]
) -> None:
    found = merged(some, others)
    assert numbers(found) == numbers(some) | numbers(others)
    assert all(last + 1 < first for (_, last), (first, _) in itertools.pairwise(found))


@given(RUNS, NUMBERS, NUMBERS)
def test_they_cover_what_is_in_them_number_by_number(
    runs: list[tuple[int, int]], first: int, last: int
) -> None:
    wanted = set(range(first, last + 1))
    if wanted:
        assert covers(merged(runs), first, last) == (wanted <= numbers(runs))


@given(st.lists(st.tuples(NUMBERS, st.integers(-1, 40)), min_size=1, max_size=6))
def test_what_a_folder_was_is_read_as_it_was_told(steps: list[tuple[int, int]]) -> None:
    been = Been(())
    for number, after in steps:
        been = been.together(been_as(number, after))
    assert been_of(been.text) == been
    assert all(covers(been.spans(), number, number) for number, _ in steps)


def test_a_leap_covers_what_it_leapt_over_unless_it_is_the_one_of_this_restore() -> None:
    here = been_as(1).together(been_as(9041, after=1)).together(been_as(9042, after=9041))
    assert here.text == "1-1,9041-9042,1>9041"
    assert here.spans() == ((1, 9042),)
    assert here.spans(given=9041) == ((1, 1), (9041, 9042))


def test_a_number_of_which_the_server_knows_no_forerunner_stands_alone() -> None:
    assert been_as(9041).spans() == been_as(9041, after=9040).spans() == ((9041, 9041),)


def test_a_text_of_any_length_is_read_in_no_time_and_says_nothing_wrong() -> None:
    assert been_of("1-1," * 100_000).numbers == ((1, 1),)
    assert been_of("x" * 1_000_000) == Been(())
