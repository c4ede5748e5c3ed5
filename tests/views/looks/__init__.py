"""Screens through their real widgets, over in-memory services."""
