"""The manuals name all there is: refusals, operations, permissions, venue file, command lines, words on screen."""

from __future__ import annotations

import argparse
import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import main as client
from app.demo import launcher
from domain.attention import WAYS
from domain.errors import Code
from domain.limits import defaults
from domain.money import Money
from domain.operation import KINDS
from domain.staff import ROLES, Permission
from server import lease_claims, no_till, peers, recovery, venue_file, walk_ins, web
from server.message_kinds import KINDS as MESSAGES
from server.senders import Why
from server.settings import write_private
from server.toml_entry import Entry

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
MANUAL = DOCS / "manual"
REFERENCE, ADMINISTRATOR = MANUAL / "reference.md", MANUAL / "administrator.md"
TEXTS = ROOT / "resources" / "texts"
SOURCES = ("domain", "ledger", "documents", "app", "server")
MOST_PICTURE = 150_000
HEADINGS = {"limits": "limits.ROLE"}
DAYS = (
    '[[session]]\nactivity = "park"\nfrom = 2026-11-26\nto = 2026-11-27\nstarts = "10:00"\nends = "12:00"\n'
)
DAYS += "capacity = 5\n"


def first_cells(text: str) -> Iterator[str]:
    """What stands in backticks in the first column of the tables."""
    for line in text.splitlines():
        if line.startswith("|"):
            yield from re.findall(r"`([^`]+)`", line.split("|")[1])


def section(text: str, heading: str) -> str:
    """The text under a heading, down to the next of any depth."""
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"no heading {heading!r}"
    return found[1]


def refusals_in_use() -> set[str]:
    """The codes that some line of the program names."""
    names: set[str] = set()
    for folder in SOURCES:
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Attribute)
                    and isinstance(node.value, ast.Name)
                    and node.value.id == "Code"
                ):
                    names.add(node.attr)
    return {Code[name].value for name in names & Code.__members__.keys()}


def test_every_refusal_is_explained_and_no_other() -> None:
    named = list(first_cells(REFERENCE.read_text(encoding="utf-8").partition("## Operations")[0]))
    assert set(named) == refusals_in_use()
    assert len(named) == len(set(named))


def test_every_message_and_reason_is_explained() -> None:
    told = list(
        first_cells(section(REFERENCE.read_text(encoding="utf-8").partition("## Operations")[2], "Messages"))
    )
    assert set(told) == {*MESSAGES, *(why.value for why in Why)}
    assert len(told) == len(set(told))


def test_every_operation_is_explained() -> None:
    operations = section(REFERENCE.read_text(encoding="utf-8"), "Operations")
    assert set(first_cells(operations)) == set(KINDS)


def test_the_table_of_permissions_is_the_rule_books() -> None:
    rows = [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in section(REFERENCE.read_text(encoding="utf-8"), "Roles and permissions").splitlines()
        if line.startswith("| ") and not line.startswith("| Means")
    ]
    head, *body = rows
    roles = head[1:-1]
    told = {
        row[0]: {role for role, cell in zip(roles, row[1:], strict=False) if cell == "yes"} for row in body
    }
    assert set(roles) == set(ROLES)
    assert told == {
        permission.value: {role for role, rights in ROLES.items() if permission in rights}
        for permission in Permission
    }


def test_every_case_is_explained() -> None:
    sources = *sorted((ROOT / "ledger").glob("case*.py")), ROOT / "server" / "standing.py"
    source = "".join(path.read_text(encoding="utf-8") for path in sources)
    kinds = set(re.findall(r'Finding\("(\w+)"', source)) | set(
        re.findall(r'_more_than_once\([^"]+"(\w+)"', source)
    )
    kinds |= {recovery.KIND, recovery.OLDER, lease_claims.KIND, no_till.KIND, *walk_ins.KINDS}
    assert kinds <= set(WAYS)
    assert set(first_cells(section(REFERENCE.read_text(encoding="utf-8"), "Cases"))) == kinds


def test_every_key_of_the_venue_file_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "resources" / "sample" / "venue.toml").read_text(encoding="utf-8") + DAYS
    tables = tomllib.loads(text)
    keys: dict[str, set[str]] = {name: set() for name in tables}
    check = Entry.nothing_else

    def nothing_else(entry: Entry) -> None:
        for name, found in tables.items():
            if name == "limits" and entry.raw in found.values():
                keys[name] |= entry.asked
            if entry.raw == found or (isinstance(found, list) and entry.raw in found):
                keys[name] |= entry.asked
        check(entry)

    monkeypatch.setattr(Entry, "nothing_else", nothing_else)
    venue_file.read(text, datetime(2026, 11, 26, 7, 0, tzinfo=UTC))
    told = ADMINISTRATOR.read_text(encoding="utf-8")
    for name, asked in keys.items():
        heading = f"`[[{name}]]`" if isinstance(tables[name], list) else f"`[{HEADINGS.get(name, name)}]`"
        assert asked
        assert set(first_cells(section(told, heading))) == asked, name


_PEERS = {
    "mail": ('by="smtp"\nhost="h"\nsender="a@b.c"', 'by="console"'),
    "sms": (
        'by="unifonic"\napp_sid="a"\nsender_id="b"',
        'by="http"\nurl="https://h"\nsecret="s"',
        'by="console"',
    ),
}


def rows_under(text: str, head: str) -> dict[str, list[str]]:
    """The cells of a table by what stands in their first column, which may name several."""
    table = text[text.index(head) :].partition("\n\n")[0].splitlines()[2:]
    rows = ([cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in table)
    return {name: cells for names, *cells in rows for name in names.split(", ")}


@pytest.mark.parametrize(
    ("path", "head", "percent", "any_"),
    [(ADMINISTRATOR, "| Defaults |", "", "unlimited"), (REFERENCE, "| Role | One refund |", " %", "any")],
)
def test_the_default_limits_are_told_as_they_are(path: Path, head: str, percent: str, any_: str) -> None:
    def amount(most: Money | None) -> str:
        return any_ if most is None else f"{most.minor // 100:,}" if most else "–"

    assert rows_under(path.read_text(encoding="utf-8"), head) == {
        limit.role: [
            amount(limit.refund),
            amount(limit.refund_day),
            f"{limit.discount // 100}{percent}",
            amount(limit.discount_sale),
        ]
        for limit in defaults("SAR")
    }


@pytest.mark.parametrize("name", _PEERS)
def test_every_key_of_the_messages_file_is_explained(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()
    monkeypatch.setattr(Entry, "nothing_else", lambda entry: asked.update(entry.asked))
    for said in _PEERS[name]:
        write_private(tmp_path / "messages.toml", f"[{name}]\n{said}\n".encode())
        peers.load_peers(tmp_path / "messages.toml")
    text = ADMINISTRATOR.read_text(encoding="utf-8")
    table = re.search(rf"^\| Key of `\[{name}\]` .*?\n\n", text, re.MULTILINE | re.DOTALL)
    assert table
    assert set(first_cells(table[0])) - {f"[{name}]"} == asked


class _Found(Exception):
    def __init__(self, parser: argparse.ArgumentParser) -> None:
        super().__init__()
        self.parser = parser


def options(parse: Callable[[list[str]], object], monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The options and subcommands that a command line's own help tells of."""

    def stop(parser: argparse.ArgumentParser, *_: object) -> None:
        raise _Found(parser)

    with monkeypatch.context() as patched, pytest.raises(_Found) as found:
        patched.setattr(argparse.ArgumentParser, "parse_args", stop)
        parse([])
    return set(_options(found.value.parser)) - {"--help"}


def _options(parser: argparse.ArgumentParser, words: str = "") -> Iterator[str]:
    if words and all(action.option_strings for action in parser._actions):
        yield words
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                yield from _options(child, f"{words} {name}".strip())
        elif action.help != argparse.SUPPRESS:
            yield from (name for name in action.option_strings if name.startswith("--"))
            if not action.option_strings:
                yield f"{words} {action.dest.upper()}"


@pytest.mark.parametrize(
    ("program", "parse"),
    [
        ("gatehouse", client._arguments),
        ("gatehouse demo", launcher._arguments),
        ("gatehouse-server", web._arguments),
    ],
)
def test_every_option_is_explained(
    program: str, parse: Callable[[list[str]], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = ADMINISTRATOR.read_text(encoding="utf-8")
    table = re.search(rf"^\| Option of `{re.escape(program)}` .*?\n\n", text, re.MULTILINE | re.DOTALL)
    assert table
    assert set(first_cells(table[0])) - {program} == options(parse, monkeypatch)


def words_of(language: str) -> set[str]:
    """Every phrase of the screens in one language."""

    def leaves(part: object) -> Iterator[str]:
        if isinstance(part, dict):
            for each in part.values():
                yield from leaves(each)
        else:
            yield str(part)

    return set(leaves(tomllib.loads((TEXTS / f"screens.{language}.toml").read_text(encoding="utf-8"))))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_bold_words_are_the_screens_words(language: str) -> None:
    text = " ".join((MANUAL / f"{language}.md").read_text(encoding="utf-8").split())
    bold = set(re.findall(r"\*\*(.+?)\*\*", text))
    assert bold - words_of(language) == set()
    assert len(bold) > 50


def test_both_manuals_tell_the_same() -> None:
    english, arabic = ((MANUAL / f"{name}.md").read_text(encoding="utf-8") for name in ("en", "ar"))
    shape = re.compile(r"^(#+ |\d\. |- |\|)", re.MULTILINE)
    assert [mark.strip() for mark in shape.findall(english)] == [
        mark.strip() for mark in shape.findall(arabic)
    ]
    assert sorted(re.findall(r"`([^`]+)`", english)) == sorted(re.findall(r"`([^`]+)`", arabic))


@pytest.mark.parametrize(
    "file",
    [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))],
    ids=lambda file: file.name,
)
def test_links_lead_somewhere(file: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)|src=\"([^\"]+)\"", file.read_text(encoding="utf-8")):
        link = target[0] or target[1]
        if "://" not in link:
            assert (file.parent / link).exists(), link


def test_pictures_are_small() -> None:
    pictures = sorted((DOCS / "pictures").glob("*.png"))
    assert pictures
    for picture in pictures:
        assert picture.stat().st_size <= MOST_PICTURE, picture.name


def test_every_module_named_in_the_architecture_is_there() -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:domain|ledger|documents|app|server|tools|tests)/[\w./]*)`", text))
    assert len(named) > 30
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
