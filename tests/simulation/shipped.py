"""One operation of each kind and version that ever went out, byte for byte: `python -m tests.simulation.shipped` adds
those that are missing, by their scripts. What stands there is never changed."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

from domain import operation as op
from domain.envelope import Envelope
from domain.free_text import KINDS as WRITTEN
from domain.operation import KINDS
from ledger.clock import from_ms
from tests.simulation.crashes import alone
from tests.simulation.evidence import Row, gather
from tests.simulation.world import simulated

# Kinds of operations in whose scripts staff write nothing.
_WRITE_NOTHING = {
    *("BookingMade", "CardResolved"),
    *("RefundAsked", "RefundApproved", "RefundWithdrawn", "RefundPaid"),
}
FILE = Path(__file__).with_name("shipped.jsonl")


@dataclass(frozen=True, slots=True)
class Shipped:
    """An envelope's fields as the inbox keeps them, and the hash (hex) that its station computed."""

    kind: str
    version: int
    op_id: str
    station_id: str
    incarnation: int
    staff_id: str
    shift_id: str
    device_at: int
    offset_ms: int
    public: str
    private: str
    private_digest: str
    hash: str

    @property
    def envelope(self) -> Envelope:
        at = from_ms(self.device_at)
        who = (self.station_id, self.incarnation, self.staff_id, self.shift_id)
        what = (self.public, self.private, self.private_digest)
        return Envelope(self.op_id, self.kind, self.version, *who, at, self.offset_ms, *what)


def shipped() -> list[Shipped]:
    return [Shipped(**json.loads(line)) for line in FILE.read_text(encoding="utf-8").splitlines()]


def missing(have: list[Shipped]) -> set[str]:
    """Kinds of which the present version is not kept yet; of what staff write into, as it has that apart."""
    now = [one for one in have if one.version == op.VERSION]
    apart = {one.kind for one in now if one.private}
    return (set(op.KINDS) - {one.kind for one in now}) | (WRITTEN - apart - _WRITE_NOTHING)


def _of(kind: str) -> Row:
    """What the server keeps of one operation of a kind, as its script brings it about; its id is no other's here."""
    with alone(7 + len(KINDS) + list(KINDS).index(kind)) as crashes:
        crashes.at_the_server(kind)
        crashes.judged()
        rows = gather(crashes.world).inbox.values()
        mine = [row for row in rows if row["kind"] == kind]
        return next((row for row in mine if row["private"]), mine[0])


def main() -> None:
    logging.disable(logging.CRITICAL)
    have = shipped() if FILE.exists() else []
    with simulated():
        for row in map(_of, sorted(missing(have))):
            fields = {name: row[name] for name in Shipped.__slots__ if name != "hash"}
            have.append(Shipped(**fields, hash=row["hash"].hex()))
    lines = [json.dumps(asdict(one), ensure_ascii=False, sort_keys=True) for one in have]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(have)} kept")


if __name__ == "__main__":
    main()
