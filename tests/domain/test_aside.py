"""Whatever our own rules say about a record that cannot be taken is one of the kinds that have words."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from types import ModuleType

import pytest

from domain import aside, sound
from domain import operation as op
from domain.aside import Aside, kind_of, told_in
from domain.envelope import Envelope
from domain.errors import Refused
from server import operations, taking
from tests.domain.test_sound import UNSOUND


def said_by_rules() -> set[str]:
    """The second of each (what is wrong, its words) in the rules."""
    pairs = (node for node in walk(sound) if isinstance(node, ast.Tuple))
    rules = (
        pair.elts for pair in pairs if len(pair.elts) == 2 and not isinstance(pair.elts[0], ast.Constant)
    )
    return texts_of(end for _, end in rules)


def text_of(node: ast.AST | None) -> str | None:
    """A text as it stands there, or under its name in `domain.aside`."""
    if isinstance(node, ast.Name):
        return getattr(aside, node.id, None)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def texts_of(nodes: Iterable[ast.AST | None]) -> set[str]:
    return {text for text in map(text_of, nodes) if isinstance(text, str)}


def walk(module: ModuleType) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(inspect.getsource(module)))


def said_by_server() -> set[str]:
    """Whole words that the server gives for itself."""
    nodes = [*walk(operations), *walk(taking)]
    given: list[ast.AST | None] = [node.value for node in nodes if isinstance(node, ast.Return)]
    given += [
        node.args[1]
        for node in nodes
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "_quarantine"
    ]
    return texts_of(given)


@pytest.mark.parametrize("said", sorted({"sum", *said_by_rules(), *(why for _, why in UNSOUND)}))
def test_each_word_of_the_rules_has_its_kind(said: str) -> None:
    assert kind_of(said) is not Aside.UNREAD


def test_each_word_of_the_server_has_its_kind() -> None:
    assert said_by_server() >= {"hash", "station", "mismatch", "database", "server-only kind"}
    assert {said for said in said_by_server() if kind_of(said) is Aside.UNREAD} == set()


def why_unread(public: str = "{}", version: int = op.VERSION) -> str:
    at = datetime(2026, 11, 26, 9, tzinfo=UTC)
    sent = Envelope("o", "ShiftOpened", version, "POS1", 1, "reem", "s", at, 0, public)
    with pytest.raises(Refused) as caught:
        sent.operation()
    return str(caught.value.facts["why"])


def test_a_newer_version_is_told_from_what_nobody_can_read() -> None:
    assert kind_of(why_unread(version=op.VERSION + 1)) is Aside.NEWER
    unread = ("{}", "[]", "not json", '{"shift_id": "\\ud800"}')
    assert {kind_of(why_unread(public=public)) for public in unread} == {Aside.UNREAD}


def test_a_count_beyond_any_is_told_as_a_count_and_money_as_money() -> None:
    told = [kind_of(f"{name} too large") for name in ("places", "quantity", "session", "gross")]
    assert told == [Aside.COUNT, Aside.COUNT, Aside.SESSION, Aside.AMOUNT]


@pytest.mark.parametrize(
    "public",
    [
        "", "{", "[]", "7", "[" * 100_000, '{"number":7,"amount":"5"}', '{"number":"","amount":[0,"SAR"]}',
        '{"number":"\\u0000"}', '{"number":"\\ud800"}', '{"amount":[true,"SAR"]}', '{"amount":[1]}',
        '{"receipt":{"gross":[1e300,"SAR"]}}', f'{{"amount":[{10**15},"SAR"],"number":"{"7" * 65}"}}',
    ],
)  # fmt: skip
def test_nothing_is_made_out_of_what_has_no_document_or_amount(public: str) -> None:
    assert told_in(public) == ()


def test_document_and_amount_are_made_out_whatever_stands_beside_them() -> None:
    assert told_in('{"amount":[-500,"SAR"],"x":{}}') == (("minor", "-500"),)
    receipt = '{"number":"POS1-000007","receipt":{"gross":[11500,"SAR"]},"amount":[1,"SAR"]}'
    assert told_in(receipt) == (("number", "POS1-000007"), ("minor", "11500"))
