"""A sale at the till: from the press on the cash key to what is durable, beside a bare fsync on the same disk."""

from __future__ import annotations

import time

from app.parts import Told
from benchmarks.meters import fsyncs, own_cpu
from benchmarks.rows import Row, Scale, percentile, spread
from benchmarks.station import counter, settle
from benchmarks.venue import scratch
from tests.helpers.shop import ADULT, CHILD, INFANT, Shop

PARTY = (ADULT, ADULT, CHILD, CHILD, INFANT)


def measure(scale: Scale) -> list[Row]:
    durable: list[float] = []
    told = Told(changed=lambda _topics: durable.append(time.perf_counter()))
    with scratch() as folder, counter(folder, told) as till:
        bare = fsyncs(folder, scale.of(200, 40))
        begun, pressed, shown, cpu = _sales(till, durable, scale.of(40, 6))
        bare += fsyncs(folder, scale.of(200, 40))
    disk, first = percentile(bare, 50), pressed.pop(0)
    return [
        Row("4 kB written and fsynced, same disk", "ms", spread(bare)),
        Row(
            "payment of a family of five opened",
            "ms",
            spread(begun),
            ratio=percentile(begun, 50) / disk,
            beside="fsync p50",
        ),
        Row(
            "cash: pressed to durable",
            "ms",
            spread(pressed),
            "p99",
            30.0,
            ratio=percentile(pressed, 50) / disk,
            beside="fsync p50",
        ),
        Row("cash: the first sale after a start, nothing warm", "ms", {"durable": first}),
        Row("cash: pressed to the page of change", "ms", spread(shown)),
        Row("a sale: the till's CPU, sync and printing included", "CPU ms", {"mean": cpu}),
    ]


def _sales(
    till: Shop, durable: list[float], times: int
) -> tuple[list[float], list[float], list[float], float]:
    """Wall ms of opening the payment, from the press to the commit and to the answer; CPU ms of it all."""
    begun, pressed, shown = [], [], []
    carts = [till.cart(PARTY) for _ in range(times)]
    before = own_cpu()
    for cart in carts:
        start = time.perf_counter()
        page = till.station.checkout.begin(cart)
        begun.append((time.perf_counter() - start) * 1000)
        settle(till.station)
        durable.clear()
        start = time.perf_counter()
        till.station.checkout.cash(page.sale_id, page.left)
        shown.append((time.perf_counter() - start) * 1000)
        pressed.append((durable[0] - start) * 1000)
        settle(till.station)
    return begun, pressed, shown, (own_cpu() - before) / times
