"""What every test stands on."""

from __future__ import annotations

from tests.helpers import surroundings

surroundings.pin()

import gc  # noqa: E402 # after the surroundings

import pytest  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

pytest_plugins = ["tests.helpers.logs", "tests.helpers.postgres"]

# The same examples at each run: chance belongs to the soak, where nobody waits for the answer.
settings.register_profile(
    "gatehouse", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("gatehouse")

# Files that take long are begun first, or one worker would end with them alone.
_LONG = (
    "tests/journeys/",
    "tests/views/looks/test_bars",
    "tests/sync/test_line",
    "tests/faults/",
    "tests/simulation/test_",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))


def pytest_collection_finish() -> None:
    """Python need not look through all modules and tests again and again for what nobody holds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
