"""A venue of its own for each test: a server process, and stations that are opened by name."""

from tests.helpers.line import capacity, cards, opened, server

__all__ = ["capacity", "cards", "opened", "server"]
