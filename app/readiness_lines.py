"""The lines of the readiness panel, each judged from what is known: fine, look, or not without the server."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.hardware.ports import TerminalState
from app.leases import Shelf
from app.print_queue import Seen
from app.shown_attention import Slot
from app.shown_readiness import Fact, ReadinessLine, State
from app.shown_status import BackupStatus, Room
from app.terminal_look import Looked
from domain.catalogue import StaffMember
from domain.staff import Permission, may
from domain.timing import told

LITTLE_SPAN = timedelta(minutes=30)  # places that last less are soon gone in an outage
SOON = timedelta(hours=24)
MOST_ON_THE_WAY = 50
_GIGA = 10**9


def people_lines(
    members: list[StaffMember], until: datetime | None, now: datetime, *, sells: bool
) -> list[ReadinessLine]:
    """Who may sign in without the server and until when, and whether one of them may allow what needs a second yes."""
    if not members:
        return [ReadinessLine("people", "people_none", State.MISSING)]
    if until is None:
        return [ReadinessLine("people", "people_unknown", State.MISSING)]
    if until <= now:
        return [ReadinessLine("people", "people_over", State.MISSING)]
    soon = until - now <= SOON
    facts: tuple[tuple[str, Fact], ...] = (
        ("n", len(members)),
        ("names", tuple(member.name for member in members)),
        ("until", until),
        ("span", until - now),
    )
    says, state = ("people_soon", State.LOOK) if soon else ("people", State.FINE)
    lines = [ReadinessLine("people", says, state, facts)]
    return [*lines, _supervisor(members)] if sells else lines


def _supervisor(members: list[StaffMember]) -> ReadinessLine:
    names = tuple(one.name for one in members if may(one.role, Permission.SELL_BEYOND_LEASE))
    if not names:
        return ReadinessLine("supervisor", "supervisor_none", State.LOOK)
    return ReadinessLine("supervisor", "supervisor", State.FINE, (("names", names),))


def server_line(awaited: int) -> ReadinessLine:
    """The server, which waits for `awaited` stations after it was put back to an older copy."""
    return ReadinessLine("server", "server_waits", State.LOOK, (("n", awaited),))


def session_line(shelf: Shelf, slot: Slot, *, given: bool) -> ReadinessLine:
    """What this till may sell of a session by itself. Beyond that a supervisor must say yes each time. `given`: not
    while the server answers and gives no places."""
    facts: tuple[tuple[str, Fact], ...] = (("slot", slot), ("n", shelf.ready))
    if shelf.unsold <= 0:
        return ReadinessLine("session", "session_full", State.FINE, facts[:1])
    if shelf.ready <= 0 and not given:
        return ReadinessLine("session", "session_awaits", State.MISSING, facts[:1])
    if shelf.ready <= 0 and not shelf.goal:
        return ReadinessLine("session", "session_few", State.LOOK, facts[:1])
    if shelf.ready <= 0:
        return ReadinessLine("session", "session_none", State.MISSING, facts[:1])
    if (lasts := shelf.lasts) is None:
        return ReadinessLine("session", "session_held", State.FINE, (*facts, ("goal", shelf.goal)))
    state = State.LOOK if lasts < LITTLE_SPAN else State.FINE
    facts = (*facts, ("goal", shelf.goal), ("span", lasts))
    return ReadinessLine("session", "session_lasts", state, facts, "" if given else "session_awaits_more")


def printer_line(seen: Seen | None) -> ReadinessLine:
    if seen is None:
        return ReadinessLine("printer", "printer_unknown", State.LOOK)
    if seen.trouble:
        return ReadinessLine(
            "printer", "printer_trouble", State.LOOK, (("reason", seen.trouble), ("at", seen.at))
        )
    if seen.paper_low:
        return ReadinessLine("printer", "printer_low", State.LOOK, (("at", seen.at),))
    return ReadinessLine("printer", "printer", State.FINE, (("at", seen.at),))


def card_line(
    name: str, heard: datetime | None, looked: Looked | None, *, internet_away: bool
) -> ReadinessLine:
    """A terminal works without our server, but not without its own way to the bank. `heard`: when it last said how a
    payment ended; `looked`: what it answered when it was asked how it is."""
    facts: tuple[tuple[str, Fact], ...] = (("name", name),)
    if not name:
        return ReadinessLine("card", "card_none", State.FINE)
    if looked is not None and looked.state is TerminalState.OFFLINE:
        return ReadinessLine("card", "card_silent", State.LOOK, (*facts, ("at", looked.at)))
    if internet_away:
        return ReadinessLine("card", "card_internet", State.LOOK, facts)
    if looked is not None and looked.state is TerminalState.BUSY:
        return ReadinessLine("card", "card_busy", State.FINE, facts)
    answered = looked.at if looked is not None else heard
    if answered is None:
        return ReadinessLine("card", "card_unheard", State.LOOK, facts)
    return ReadinessLine("card", "card", State.FINE, (*facts, ("at", answered)))


def scanner_line(seen: datetime | None) -> ReadinessLine:
    if seen is None:
        return ReadinessLine("scanner", "scanner_unheard", State.LOOK)
    return ReadinessLine("scanner", "scanner", State.FINE, (("at", seen),))


def backup_line(backup: BackupStatus | None) -> ReadinessLine:
    if backup is None:
        return ReadinessLine("backup", "backup_none", State.LOOK)
    if backup.undated:
        return ReadinessLine("backup", "backup_undated", State.LOOK)
    if backup.at is None:
        return ReadinessLine("backup", "backup_never", State.LOOK)
    if backup.trouble:
        return ReadinessLine("backup", "backup_failed", State.LOOK, (("at", backup.at),))
    if backup.same_disk:
        return ReadinessLine("backup", "backup_same_disk", State.LOOK, (("at", backup.at),))
    return ReadinessLine("backup", "backup", State.FINE, (("at", backup.at),))


def disk_line(room: Room, left: int) -> ReadinessLine:
    if left < 0:
        return ReadinessLine("disk", "disk_unknown", State.LOOK)
    facts: tuple[tuple[str, Fact], ...] = (("left", f"{left / _GIGA:.1f} GB"),)
    if room is Room.FULL:
        return ReadinessLine("disk", "disk_nothing", State.MISSING, facts)
    if room is Room.NO_SALES:
        return ReadinessLine("disk", "disk_full", State.MISSING, facts)
    if room is Room.LITTLE:
        return ReadinessLine("disk", "disk_little", State.LOOK, facts)
    return ReadinessLine("disk", "disk", State.FINE, facts)


def clock_line(ahead: int, *, uncertain: bool) -> ReadinessLine:
    if ahead:
        off = timedelta(seconds=told(abs(ahead)))
        return ReadinessLine("clock", "clock_off", State.LOOK, (("span", off),))
    return (
        ReadinessLine("clock", "clock_unsure", State.LOOK)
        if uncertain
        else ReadinessLine("clock", "clock", State.FINE)
    )


def items_line(count: int) -> ReadinessLine:
    if not count:
        return ReadinessLine("items", "items_none", State.FINE)
    return ReadinessLine("items", "items", State.LOOK, (("n", count),))


def unsent_line(count: int, *, away: bool, known: bool = True) -> ReadinessLine:
    """While the server answers a few are always on their way; many are not. `known`: what it has of them."""
    if not count:
        return ReadinessLine("unsent", "unsent_none", State.FINE)
    if away and not known:
        return ReadinessLine("unsent", "unsent_unknown", State.FINE, (("n", count),))
    if away:
        return ReadinessLine("unsent", "unsent_away", State.FINE, (("n", count),))
    state = State.LOOK if count > MOST_ON_THE_WAY else State.FINE
    return ReadinessLine("unsent", "unsent", state, (("n", count),))
