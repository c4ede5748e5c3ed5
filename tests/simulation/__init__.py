"""Whole venues in one process, from one seed: real stations and the real server, a line, disks and devices that fail.

`python -m tests.simulation` is the long run. A history is a plan (`plan`), played in a `world` by `staff` and judged by
`invariants`; `bugs` switches off one rule at a time to see that it is missed; `crashes` stops at each statement.
"""
