"""How often one address, and one who is signed in, may ask: buckets that fill again with time.

What stations ask to sync has no limit here. The address is the peer's own: a proxy in between would count as one.
"""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

_MOST_KEPT = 20_000  # buckets; whoever asked longest ago is forgotten first
_NET = 64  # bits of an IPv6 address that are one customer's


@dataclass(frozen=True, slots=True)
class Rule:
    """`burst` at once, then one more every `seconds`."""

    burst: int
    seconds: float


ADDRESS, TOKEN, CODES, SIGN_IN, ALL_CODES = "address", "token", "codes", "sign_in", "all_codes"
RULES: Mapping[str, Rule] = {
    ADDRESS: Rule(240, 0.05),  # a venue's whole WLAN may be one address
    TOKEN: Rule(60, 0.2),
    CODES: Rule(20, 15),
    SIGN_IN: Rule(40, 10),
    ALL_CODES: Rule(300, 2),  # of everybody together: messages cost money
}


class Limits:
    """Buckets of everybody who asked lately; `now` of `wait` is a monotonic time in seconds."""

    def __init__(self, rules: Mapping[str, Rule] = RULES, most: int = _MOST_KEPT) -> None:
        self._rules = rules
        self._most = most
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, rule: str, whose: str, now: float) -> int:
        """0 if it is taken; else after how many seconds to ask again."""
        limit = self._rules[rule]
        with self._lock:
            left, since = self._buckets.pop((rule, whose), (float(limit.burst), now))
            left = min(float(limit.burst), left + max(0.0, now - since) / limit.seconds)
            taken = left >= 1
            self._buckets[rule, whose] = (left - 1 if taken else left, now)
            while len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        return 0 if taken else int((1 - left) * limit.seconds) + 1

    def __len__(self) -> int:
        return len(self._buckets)


def net_of(address: str) -> str:
    """Whom an address stands for: one of IPv6 for all of its customer's."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(ipaddress.ip_network((int(found) >> _NET << _NET, _NET)))
