"""The HTTP API as it is declared: problems, limits, pages, and what guests and administrators may ask."""
