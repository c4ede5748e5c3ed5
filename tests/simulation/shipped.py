"""One operation of each kind and version that ever went out, byte for byte: `python -m tests.simulation.shipped` adds
those that are missing, from played histories. What stands there is never changed."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

from domain import operation as op
from domain.envelope import Envelope
from ledger.clock import from_ms
from tests.simulation.evidence import Row, gather
from tests.simulation.plan import make_plan
from tests.simulation.quiet import drain
from tests.simulation.world import opened, simulated

FILE = Path(__file__).with_name("shipped.jsonl")
_MOST = 200


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
    """Kinds of which the present version is not kept yet."""
    return set(op.KINDS) - {one.kind for one in have if one.version == op.VERSION}


def _played(seed: int) -> list[Row]:
    with opened(make_plan(seed)) as world:
        world.play()
        drain(world)
        return list(gather(world).inbox.values())


def main() -> None:
    logging.disable(logging.CRITICAL)
    have = shipped() if FILE.exists() else []
    wanted = missing(have)
    with simulated():
        for seed in range(_MOST):
            if not wanted:
                break
            for row in _played(seed):
                if row["kind"] in wanted:
                    wanted.remove(row["kind"])
                    fields = {name: row[name] for name in Shipped.__slots__ if name != "hash"}
                    have.append(Shipped(**fields, hash=row["hash"].hex()))
    lines = [json.dumps(asdict(one), ensure_ascii=False, sort_keys=True) for one in have]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(have)} kept, not met: {sorted(wanted) or 'none'}")


if __name__ == "__main__":
    main()
