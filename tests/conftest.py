"""What every test stands on."""

from __future__ import annotations

from tests.helpers import surroundings

surroundings.pin()

from hypothesis import HealthCheck, settings  # noqa: E402 # after the surroundings

pytest_plugins = ["tests.helpers.logs", "tests.helpers.postgres"]

# The same examples at each run: chance belongs to the soak, where nobody waits for the answer.
settings.register_profile(
    "gatehouse", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("gatehouse")
