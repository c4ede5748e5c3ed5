"""A venue of its own for each variant of the visit."""

from tests.helpers.line import capacity, cards, server

__all__ = ["capacity", "cards", "server"]
