"""`python -m benchmarks`: what Gatehouse costs, measured on the real parts; a table, and JSON with --json FILE."""
