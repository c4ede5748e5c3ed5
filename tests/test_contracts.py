"""Who may import whom: the contracts are in pyproject.toml."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCREENS = sorted((ROOT / "app" / "views").glob("*_view.py"))


def test_import_contracts_are_kept() -> None:
    """In a process of its own: it turns off the loggers of the process it runs in."""
    run = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", run], cwd=ROOT, capture_output=True, text=True, check=False)
    told = done.stdout + done.stderr
    if done.returncode != 0:
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
