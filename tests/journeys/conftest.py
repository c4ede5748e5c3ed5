"""A venue of its own for each variant of the visit."""

from tests.helpers.line import capacity, cards, opened, server

__all__ = ["capacity", "cards", "opened", "server"]
