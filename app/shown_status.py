"""How a station is, as its pages show it: the line, the disk, copies of the journal, what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.shown import SaleRow
from app.shown_refunds import NOTHING_WAITS, Waiting
from domain.catalogue import Words


class Room(StrEnum):
    """What the disk still has: `NO_SALES` is for finishing what was begun, for the gate, refunds and closing; with
    `FULL` nothing can be recorded at all."""

    ENOUGH = "enough"
    LITTLE = "little"
    NO_SALES = "no_sales"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class BackupStatus:
    """The journal's backup: `at` is when the newest was made, `trouble` a code while the last try failed. `same_disk`:
    it lies where the journal does, and would go with it. `undated`: the newest was made by a clock that was ahead, so
    that nobody knows when."""

    folder: str
    at: datetime | None
    trouble: str
    same_disk: bool
    undated: bool = False


@dataclass(frozen=True, slots=True)
class LostDocument:
    """A receipt that could not be read, as the cache tells of it: `amount` with its currency, `who` gave it out; both
    are empty where that is not known."""

    number: str
    amount: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of a damaged journal: `read` operations are here again; `missing` could not be read, of which the
    server never had `unsent` (less than 0: not known); `documents` are those among them that are still known. Unless
    it is `sure`, there may have been more. The damaged files are in `kept_in`, under the data folder's `damaged`."""

    read: int
    missing: int
    unsent: int
    documents: tuple[LostDocument, ...]
    kept_in: str
    sure: bool = True

    @property
    def is_whole(self) -> bool:
        return self.sure and not self.missing


@dataclass(frozen=True, slots=True)
class StationStatus:
    """The top bar. `offline_since` is None while the server answers; `waiting` records are not there yet.
    `unfinished_void` is a sale whose void broke off.
    `secrets_in_file`: the station's secrets lie in its data folder, not in the system's keyring.
    `journal_damaged`: nothing more is recorded until the journal was recovered. `disk_left` in bytes, -1 = not known.
    `sign_in_until` is set while the server is away and its last word is more than two days old.
    `stuck_here`: what is wrong with this computer when that is why nothing is sent or fetched (a code, or `fault`).
    `internet_since`: the server answers and says that it does not reach the internet.
    `clock_ahead` is by how many seconds this computer's clock is ahead of the server's (behind: less than 0), 0 while
    that is not worth a word; `clock_uncertain`: it jumped since the server was last heard.
    `new_prefix`: other letters in front of the numbers of documents, until the first that carries them.
    `to_decide` bookings wait for somebody's yes; of `refunds` some wait for a yes, some are to be paid here;
    `failed_messages` of the last days were not sent and still can be.
    `prints_waiting` come by themselves; `prints_unsure` may be on paper and wait for a person.
    """

    station: str
    label: Words
    gate: Words
    places: tuple[str, ...]
    offline_since: datetime | None
    waiting: int
    data_from: datetime | None
    prints_waiting: int
    printer_reason: str
    scanner_seen: datetime | None
    open_payments: int
    needs_attention: int
    refused_by_server: str = ""
    stuck_here: str = ""
    unfinished_void: SaleRow | None = None
    secrets_in_file: bool = False
    journal_damaged: bool = False
    backup: BackupStatus | None = None
    room: Room = Room.ENOUGH
    disk_left: int = -1
    sign_in_until: datetime | None = None
    clock_ahead: int = 0
    clock_uncertain: bool = False
    internet_since: datetime | None = None
    new_prefix: str = ""
    prints_unsure: int = 0
    to_decide: int = 0
    failed_messages: int = 0
    refunds: Waiting = NOTHING_WAITS
