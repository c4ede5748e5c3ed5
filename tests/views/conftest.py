"""A shown window with the cashier signed in."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.views.ports import Preferences
from tests.helpers.windows import windows_end_here
from tests.views.scene import Scene, new_scene

LOOK = ("scale", "theme", "language", "size")  # parameters for which a window is made anew
HERE = Path(__file__).parent
__all__ = ["windows_end_here"]
NewScene = Callable[..., Scene]
Dress = Callable[..., Scene]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of each module those of one look after each other, else in their order: a window is made anew for each look."""
    modules = list(dict.fromkeys(item.path for item in items))

    def turn(item: pytest.Item) -> tuple[int, list[str]]:
        given = (
            item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        )
        here = item.path.is_relative_to(HERE)
        return modules.index(item.path), [str(given.get(name, "")) for name in LOOK if here]

    items.sort(key=turn)


@pytest.fixture(autouse=True)
def _qt_ends_here() -> Iterator[None]:
    """As `app.collecting`: no other thread may end a widget that a test left in a cycle."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True, scope="module")
def _cycles_end_here() -> Iterator[None]:
    """What windows left in cycles ends in this thread, before tests follow whose threads would look for cycles."""
    yield
    gc.collect()


@pytest.fixture
def make_scene(qapp: QApplication) -> Iterator[NewScene]:
    """Windows of a test's own, for what outlives a reset."""
    made: list[Scene] = []

    def make(*args: object, **kwargs: object) -> Scene:
        made.append(new_scene(*args, **kwargs))  # type: ignore[arg-type] # handed on as they come
        return made[-1]

    yield make
    for scene in made:
        scene.close()


@pytest.fixture(scope="module")
def shared_scene(qapp: QApplication) -> Iterator[Scene]:
    scene = new_scene()
    yield scene
    scene.close()


@pytest.fixture
def scene(shared_scene: Scene) -> Scene:
    """The English window, as on the first day."""
    return shared_scene.dress(Preferences())


@pytest.fixture
def dressed(shared_scene: Scene) -> Dress:
    """The same window in another language, look or size, as on the first day."""
    return shared_scene.dress
