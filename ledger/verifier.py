"""PIN verifiers: argon2id over a peppered PIN. A stolen verifier without the venue's pepper is worth nothing.

Parameters are the light set for tills (19 MiB, 2 passes): about 80 ms here, with a lock-out after five tries.
"""

from __future__ import annotations

import hashlib
import hmac

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def make(pin: str, staff_id: str, pepper: str) -> str:
    """The verifier to keep for `staff_id`; `pepper` in hex."""
    return _HASHER.hash(bytes.fromhex(proof(pin, staff_id, pepper)))


def matches(verifier: str, pin: str, staff_id: str, pepper: str) -> bool:
    return proves(verifier, proof(pin, staff_id, pepper))


def proves(verifier: str, given: str) -> bool:
    """Whether `given` is the proof of the PIN behind `verifier`."""
    try:
        return _HASHER.verify(verifier, bytes.fromhex(given))
    except (Argon2Error, InvalidHashError, ValueError):
        return False


def is_verifier(text: str) -> bool:
    """Whether `text` is a verifier made with today's parameters."""
    try:
        return not _HASHER.check_needs_rehash(text)
    except (Argon2Error, InvalidHashError):
        return False


def proof(pin: str, staff_id: str, pepper: str) -> str:
    """Shows the server that somebody knows a PIN without the PIN itself (hex)."""
    return hmac.digest(bytes.fromhex(pepper), f"{staff_id}:{pin}".encode(), hashlib.sha256).hex()
