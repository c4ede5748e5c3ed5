"""Names of those who come go to the ticket of the same kind, when a booking comes to have others."""

from __future__ import annotations

import pytest

from domain.booking import Place
from domain.errors import Code, Refused
from domain.ticket_name import carried, name_of


def places(*kinds: tuple[str, int, int]) -> list[Place]:
    return [Place(ticket_id, product, session, 1) for ticket_id, product, session in kinds]


@pytest.mark.parametrize(
    ("before", "after", "going"),
    [
        ([("a", 1, 7), ("b", 2, 7)], [("x", 1, 7), ("y", 2, 7)], {"x": "a", "y": "b"}),
        ([("a", 1, 7), ("b", 1, 7)], [("x", 1, 7)], {"x": "a"}),  # fewer: the last one's name goes
        ([("a", 1, 7)], [("x", 1, 7), ("y", 1, 7)], {"x": "a"}),
        ([("a", 1, 7)], [("x", 2, 7)], {}),  # of another kind
        (
            [("a", 1, 7), ("b", 1, 8)],
            [("x", 1, 8), ("y", 1, 9)],
            {"x": "b", "y": "a"},
        ),  # the same session first
        ([("a", 1, 7), ("b", 1, 7)], [("a", 1, 7), ("x", 1, 8)], {"x": "b"}),  # what stays keeps its own
    ],
)
def test_a_name_goes_to_a_ticket_of_the_same_kind(
    before: list[tuple[str, int, int]], after: list[tuple[str, int, int]], going: dict[str, str]
) -> None:
    assert carried(places(*before), places(*after)) == going


def test_a_name_is_one_line_of_sixty_letters_in_any_script() -> None:
    assert name_of("  سارة \n القحطاني ") == "سارة القحطاني"
    assert name_of("") == "" and name_of("x" * 60) == "x" * 60
    with pytest.raises(Refused) as told:
        name_of("x" * 61)
    assert told.value.code is Code.TICKET_NAME
