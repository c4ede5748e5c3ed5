"""Who may import whom: the contracts are in pyproject.toml."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]
SCREENS = sorted((ROOT / "app" / "views").glob("*_view.py"))


def test_import_contracts_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    code = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    told = capsys.readouterr().out
    if code != 0:
        pytest.fail(told[max(0, told.find("Broken contracts")) :], pytrace=False)


@pytest.mark.parametrize("screen", SCREENS, ids=lambda path: path.stem)
def test_screens_do_not_call_one_another(screen: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(screen.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            imported |= {node.module or ""} | {f"{node.module}.{name.name}" for name in node.names}
        elif isinstance(node, ast.Import):
            imported |= {name.name for name in node.names}
    others = {f"app.views.{other.stem}" for other in SCREENS if other != screen}
    assert not imported & others
