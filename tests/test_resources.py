"""Icons, sounds and fonts that the screens and the sample venue name are there, with their licences."""

from __future__ import annotations

import ast
import tomllib
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RESOURCES = ROOT / "resources"
ICONS = RESOURCES / "icons"
SOUNDS = ("read", "yes", "look", "no", "kitchen")


def _icons_in_code() -> Iterator[tuple[str, str]]:
    """The name in `picture(desk, NAME, …)` and `….icon(NAME, …)` where it is written out, with where it stands."""
    place = {"picture": 1, "icon": 0}
    for path in sorted((ROOT / "app" / "views").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = ast.unparse(node.func).split(".")[-1] if isinstance(node, ast.Call) else ""
            if not isinstance(node, ast.Call) or called not in place or len(node.args) <= place[called]:
                continue
            name = node.args[place[called]]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield name.value, f"{path.relative_to(ROOT)}:{node.lineno}"


def test_every_icon_that_the_screens_name_is_there() -> None:
    missing = [
        f"{name} ({where})" for name, where in _icons_in_code() if not (ICONS / f"{name}.svg").is_file()
    ]
    assert not missing


def test_every_icon_of_the_sample_venue_is_there() -> None:
    venue = tomllib.loads((RESOURCES / "sample" / "venue.toml").read_text(encoding="utf-8"))
    assert all((ICONS / f"{name}.svg").is_file() for name in _values(venue, "icon"))


def _values(tree: object, key: str) -> Iterator[str]:
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield from [value] if name == key else _values(value, key)
    elif isinstance(tree, list):
        for value in tree:
            yield from _values(value, key)


@pytest.mark.parametrize("name", SOUNDS)
def test_sounds_are_short_enough_not_to_run_into_one_another(name: str) -> None:
    with wave.open(str(RESOURCES / "sounds" / f"{name}.wav")) as sound:
        assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
        assert sound.getnframes() / sound.getframerate() <= 0.4


def test_what_others_made_carries_its_licence() -> None:
    for licence in ("fonts/IBM-Plex-OFL.txt", "fonts/Vazirmatn-OFL.txt", "icons/LICENSE.txt"):
        assert (RESOURCES / licence).stat().st_size > 500


def test_an_installed_copy_carries_every_kind_of_file() -> None:
    packaged = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["*"]
    assert {f"*{path.suffix}" for path in RESOURCES.rglob("*") if path.is_file()} == set(packaged)
