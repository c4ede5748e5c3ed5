"""What people do how often: at a till, at a gate, at a gate where a crowd waits."""

from __future__ import annotations

from collections.abc import Callable

from tests.simulation import booking_acts, guest_acts, lying_acts, refund_acts
from tests.simulation.staff import Counter

Act = Callable[[Counter], None]
TILL_ACTS: tuple[tuple[Act, int], ...] = (
    (Counter.sell, 30), (Counter.go_on, 10), (Counter.park, 2), (Counter.resume, 2), (Counter.void, 5),
    (Counter.scan, 14), (Counter.scan_nonsense, 2), (Counter.undo, 5), (Counter.re_enter, 2),
    (Counter.cash_in, 2), (Counter.cash_out, 2), (Counter.drop, 2), (Counter.no_sale, 1), (Counter.x_report, 1),
    (Counter.count, 1), (Counter.close, 3), (Counter.reprint, 2), (Counter.print_out, 2), (Counter.retry_print, 1),
    (Counter.sign_out, 2), (Counter.wrong_pin, 1), (Counter.new_pin, 1), (Counter.places, 2),
    (Counter.keep_places, 12), (Counter.revoke, 1),
    (Counter.tell, 1), (Counter.settle, 5),
)  # fmt: skip
GATE_ACTS: tuple[tuple[Act, int], ...] = (
    (Counter.scan, 40), (Counter.scan_nonsense, 5), (Counter.undo, 8), (Counter.re_enter, 4),
    (Counter.sign_out, 2), (Counter.wrong_pin, 1), (Counter.new_pin, 1), (Counter.tell, 1), (Counter.settle, 5),
)  # fmt: skip

_CROWD: tuple[tuple[Act, int], ...] = ((Counter.scan, 8), (Counter.undo, 1), (Counter.settle, 1))
_BACK: tuple[tuple[Act, int], ...] = ((Counter.scan, 4), (Counter.undo, 4))
_QUEUE: tuple[tuple[Act, int], ...] = (
    (Counter.sell, 5), (Counter.go_on, 6), (Counter.void, 1), (Counter.keep_places, 3),
)  # fmt: skip
_SHORT: tuple[tuple[Act, int], ...] = (
    (Counter.sell_few, 12), (Counter.keep_places, 8), (Counter.park, 2), (Counter.resume, 2), (Counter.go_on, 2),
    (Counter.put_back, 2),
)  # fmt: skip
_RUSH = {
    "gate": _CROWD,
    "power": _CROWD,
    "line": _CROWD,
    "till": _QUEUE,
    "pages": _CROWD,
    "restore": _BACK,
    "old file": _BACK,
    "scarce": _SHORT,
    "guests": guest_acts.ACTS,
    "refunds": refund_acts.ACTS,
    "bookings": booking_acts.ACTS,
    "lies": lying_acts.ACTS,
    "claims": lying_acts.CLAIMS,
    "post": guest_acts.WITH_POST,
}
_BUSY = {
    "refunds": 0.92,
    "bookings": 0.92,
    "lies": 0.92,
    "claims": 0.92,
    "post": 0.92,
}  # how often it is that kind of work; one refund takes many steps
_AT_TILLS = (
    *(_QUEUE, _SHORT, guest_acts.ACTS, guest_acts.WITH_POST, refund_acts.ACTS, booking_acts.ACTS),
    *(lying_acts.ACTS, lying_acts.CLAIMS),
)


def act(counter: Counter, mix: str) -> None:
    """Does one thing; a till without a shift opens one first. Some mixes are busy with one kind of work."""
    counter.someone()
    if counter.sells and counter.station.session.open_shift() is None and counter.chance.random() < 0.7:
        counter.open_shift()
        return
    acts = TILL_ACTS if counter.sells else GATE_ACTS
    rush = _RUSH.get(mix, ())
    able = counter.sells if rush in _AT_TILLS else counter.town.codes
    if rush and able and counter.chance.random() < _BUSY.get(mix, 0.6):
        acts = rush
    chosen = counter.chance.choices([one for one, _ in acts], [weight for _, weight in acts])[0]
    chosen(counter)
