"""Looking for a guest among 100,000, by name in either script, by sound, by phone and by e-mail."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Table

from benchmarks.databases import Place, analyse, on_each
from benchmarks.meters import timed
from benchmarks.rows import Row, Scale, percentile, spread
from domain import codec
from domain.guest import Said, index
from domain.private import Pairs
from ledger import read_guests
from ledger import tables as t
from ledger.clock import SystemClock
from ledger.puts import Values
from ledger.rows import add_rows
from server.database import Database

BAR = 50.0
_AT_ONCE = 2_000
_FIRST = [
    "Sara",
    "Omar",
    "Huda",
    "Reem",
    "Faisal",
    "Nora",
    "Khalid",
    "Layla",
    "Yusuf",
    "Mariam",
    "Ahmed",
    "Hanan",
    "Saleh",
    "Dana",
    "Tariq",
    "Lina",
]
_LAST = [
    "Qahtani",
    "Rajhi",
    "Ghamdi",
    "Shehri",
    "Otaibi",
    "Harbi",
    "Dosari",
    "Zahrani",
    "Mutairi",
    "Anazi",
    "Subaie",
    "Shammari",
]
_ARABIC = [
    "سارة",
    "عمر",
    "هدى",
    "ريم",
    "فيصل",
    "نورة",
    "خالد",
    "ليلى",
    "يوسف",
    "مريم",
    "أحمد",
    "حنان",
    "صالح",
    "دانة",
    "طارق",
    "لينا",
]
_HOUSES = [
    "القحطاني",
    "الراجحي",
    "الغامدي",
    "الشهري",
    "العتيبي",
    "الحربي",
    "الدوسري",
    "الزهراني",
    "المطيري",
    "العنزي",
]
_ASKED = (
    ("a name", "sara qahtani"),
    ("a name in Arabic letters", "سارة القحطاني"),
    ("a name by its sound", "Sarah Alqahtany"),
    ("a name of the other letters", "Salih Alghamdy"),
    ("two letters", "sa"),
    ("the beginning of a name", "fais"),
    ("a beginning in Arabic letters", "القح"),
    ("an article as it is spoken", "Omar Az-Zahr"),
    ("the end of a phone number", "512345"),
    ("an e-mail address", "guest77777@example.com"),
    ("nobody", "Wolfgang Amadeus"),
)


def measure(scale: Scale) -> list[Row]:
    return on_each(scale, _measured)


def _measured(place: Place, _folder: Path, scale: Scale) -> list[Row]:
    size, times = scale.of(100_000, 20_000), scale.of(20, 5)
    database = Database(place.url, SystemClock())
    for rows in _batches(size):
        database.transact(partial(add_rows, rows=rows))
    analyse(database.engine)
    took = {what: _times(database, text, times) for what, text in _ASKED}
    database.close()
    worst = max(took, key=lambda what: percentile(took[what], 50))
    every = [each for taken in took.values() for each in taken]
    told = f"slowest: {worst}, p50 {percentile(took[worst], 50):.0f}"
    return [Row(f"{place.name}: looked for among {size:,}", "ms", spread(every), "p50", BAR, note=told)]


def _times(database: Database, text: str, times: int) -> list[float]:
    def look(connection: Connection) -> None:
        read_guests.find(connection, text)

    database.look(look)
    return [timed(partial(database.look, look)) for _ in range(times)]


def _batches(size: int) -> Iterator[list[tuple[Table, Values]]]:
    chance = random.Random(7)
    for first in range(0, size, _AT_ONCE):
        yield [(t.guest_entry, _entry(n, chance)) for n in range(first, min(first + _AT_ONCE, size))]


def _entry(number: int, chance: random.Random) -> Values:
    names = (_ARABIC, _HOUSES) if number % 3 == 0 else (_FIRST, _LAST)
    name = " ".join(chance.choice(part) for part in names)
    said: Pairs = (
        ("name", name), ("phone", f"+9665{number:08}"), ("email", f"guest{number}@example.com"),
    )  # fmt: skip
    return {
        "entry_id": f"entry-{number}", "guest_id": f"guest-{number}", "kind": Said.REGISTERED.value,
        "said": codec.dumps(said), "words": index(said), "staff_id": "reem", "station_id": "pos1",
        "at": number, "bucket": "guests", "seq": 0,
    }  # fmt: skip
