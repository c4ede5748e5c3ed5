"""A failing plan made small: events are left out, first many at once, as long as what is left still fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.simulation.invariants import judge
from tests.simulation.plan import Event, Plan
from tests.simulation.quiet import drain
from tests.simulation.world import World, opened

Setup = Callable[[World], None]


def outcome(plan: Plan, setup: Setup = lambda world: None) -> tuple[list[str], World]:
    """Plays a plan; its violations and the world, which is closed. `setup` may change the world before it begins."""
    with opened(plan) as world:
        setup(world)
        world.play()
        drain(world)
        return judge(world), world


def shrunk(plan: Plan, setup: Setup = lambda world: None, *, most: int = 150) -> Plan:
    """The smallest plan found that fails still, after at most so many tries."""
    size = max(1, len(plan.events) // 2)
    while size and most > 0:
        before = plan
        place = 0
        while place < len(plan.events) and most > 0:
            smaller = replace(plan, events=plan.events[:place] + plan.events[place + size :])
            most -= 1
            if outcome(smaller, setup)[0]:
                plan = smaller
            else:
                place += size
        if plan == before or size > 1:
            size //= 2
    return plan


def told(plan: Plan, violations: list[str]) -> str:
    """What a person needs to see it again."""
    lines = [f"seed {plan.seed} mix {plan.mix} page {plan.page} push {plan.push} fails:"]
    lines += [f"  {sentence}" for sentence in violations[:8]]
    return "\n".join([*lines, "with these events left:", *(f"  {_line(event)}" for event in plan.events)])


def _line(event: Event) -> str:
    return f"{event.number:3} {event.what} at {event.station}"
