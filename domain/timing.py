"""What a computer's clock may be off by, and how long a station goes by what it last heard. Nothing safe depends on a
clock: these rules warn, refuse what can wait, and flag."""

from __future__ import annotations

from datetime import timedelta

SKEW_SHOWN = timedelta(minutes=2)
JUMP = timedelta(seconds=30)
FAR_OFF = timedelta(minutes=90)
OFFLINE_SIGN_IN = timedelta(hours=72)
DATA_OLD = timedelta(hours=12)
DAYS_KEPT = 1  # that a station holds a day of the venue once it is over
DAYS_AHEAD = 14  # that it holds before they come: what is booked further ahead no station could find
FIRST_MS = 1_577_836_800_000  # 2020-01-01: no station is older


def is_far_off(offset_ms: int) -> bool:
    """Whether a clock that is `offset_ms` behind the server's (or ahead, when negative) is too wrong for documents."""
    return abs(offset_ms) > FAR_OFF // timedelta(milliseconds=1)


def is_shown(offset_ms: int) -> bool:
    return abs(offset_ms) > SKEW_SHOWN // timedelta(milliseconds=1)


def told(seconds: int) -> int:
    """Seconds by which a clock is off, to the unit that is told: whole minutes, from a day on whole hours."""
    step = 60 if seconds < 24 * 3600 - 30 else 3600
    return (seconds + step // 2) // step * step


def jumped(wall_ms: int, steady_ms: int) -> int:
    """By how much the wall clock moved besides time itself, when that is more than a clock drifts; else 0."""
    moved = wall_ms - steady_ms
    return moved if abs(moved) > JUMP // timedelta(milliseconds=1) else 0


def is_believable(device_ms: int, offset_ms: int, received_ms: int) -> bool:
    """Whether a fact can have happened when its station says. It may be old (it was offline), but not of the future,
    not from before there were stations, and not by a clock that was known to be far off."""
    if is_far_off(offset_ms):
        return False
    effective = device_ms + offset_ms
    return effective >= FIRST_MS and not is_far_off(min(0, received_ms - effective))


def usable_ms(device_ms: int, offset_ms: int, received_ms: int) -> int:
    """The time to keep with a fact: the device's; by the server's clock where the device's was known to be far off;
    that of receipt where neither can be."""
    if is_believable(device_ms, offset_ms, received_ms):
        return device_ms
    effective = device_ms + offset_ms
    return effective if FIRST_MS <= effective <= received_ms else received_ms
