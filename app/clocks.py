"""How this computer's clock stands to the server's, kept over restarts; and how long ago the server was last heard,
which a clock that is set back does not shorten.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain import codec, timing
from domain.errors import Refused
from ledger.clock import Clock, from_ms, to_ms

log = logging.getLogger(__name__)
SAVE_MS = 60_000
_OFFLINE_MS = timing.OFFLINE_SIGN_IN // timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """In the journal, in ms. `offset`: server minus device. `seen`: the latest time that was ever here, by this
    computer's clock and the time that passed. `confirmed`: `seen` when the server last said that all is as it was."""

    offset: int = 0
    seen: int = 0
    confirmed: int = 0


class Clocks:
    """`save` makes the text durable. Asked from any thread; `tick` first, so that a clock that jumped is noticed."""

    def __init__(
        self, clock: Clock, kept: str, save: Callable[[str], None], told: Callable[[], None]
    ) -> None:
        self._clock, self._save, self._told = clock, save, told
        self._guard = threading.Lock()
        self._kept = self._saved = _read(kept)
        self._wall, self._steady = self._now()
        # A clock behind what was already seen was set back while the program was closed.
        self.uncertain = bool(self._kept.seen) and timing.jumped(self._wall, self._kept.seen) < 0
        offset = self._set_back() if self.uncertain else self._kept.offset
        self._kept = replace(self._kept, offset=offset, seen=max(self._kept.seen, self._wall))

    def _set_back(self) -> int:
        """The offset of a clock that was set back meanwhile: one that was ahead was set right, unless it is now before
        what the server's clock has been; then it is behind by that at least."""
        return max(0, self._kept.seen + self._kept.offset - self._wall)

    def _now(self) -> tuple[int, int]:
        return to_ms(self._clock.now()), int(self._clock.monotonic() * 1000)

    # asked ----------------------------------------------------------------------------------------------------------

    @property
    def offset_ms(self) -> int:
        """Server time minus device time, as far as is known: a jump of the wall clock is taken off at once."""
        self.tick()
        return self._kept.offset

    @property
    def is_known(self) -> bool:
        """Whether this station has heard of the server's clock at all."""
        return bool(self._kept.confirmed)

    def unheard(self) -> timedelta:
        """How long ago the server last said that all is here; a clock that is set does not shorten it."""
        self.tick()
        return timedelta(milliseconds=self._kept.seen - self._kept.confirmed)

    def sign_in_until(self) -> datetime | None:
        """Until when people can sign in without the server, by this computer's clock; None when it was never heard."""
        self.tick()
        if not self._kept.confirmed:
            return None
        left = self._kept.confirmed + _OFFLINE_MS - self._kept.seen
        return from_ms(self._now()[0] + left)

    def may_sign_in_offline(self) -> bool:
        self.tick()
        return not self._kept.confirmed or self._kept.seen - self._kept.confirmed <= _OFFLINE_MS

    # told -----------------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Notices what the clock did since the last look."""
        with self._guard:
            wall, steady = self._now()
            passed = max(0, steady - self._steady)
            jump = timing.jumped(wall - self._wall, passed)
            self._wall, self._steady = wall, steady
            if jump:
                log.info("the computer's clock jumped by %d s", jump // 1000)
                self.uncertain = True
            seen = max(wall, self._kept.seen + passed)
            self._kept = replace(self._kept, offset=self._kept.offset - jump, seen=seen)
        if jump:
            self._told()

    def look(self) -> None:
        """From the watch: what was seen is kept now and then."""
        self.tick()
        self._keep_if_due()

    def heard(self, server_ms: int, asked: float) -> None:
        """The server told its time in answer to what was asked at `asked` (monotonic seconds)."""
        self.tick()
        with self._guard:
            half = max(0, int((self._clock.monotonic() - asked) * 500))
            offset = server_ms + half - self._wall
            shown = self.uncertain or timing.is_shown(offset) != timing.is_shown(self._kept.offset)
            self._kept, self.uncertain = replace(self._kept, offset=offset), False
        if shown:
            self._told()

    def confirmed(self) -> None:
        """The server said that all is here: who works here, and with which rights. Time is counted from now on anew."""
        self.tick()
        with self._guard:
            self._kept = replace(self._kept, seen=self._wall, confirmed=self._wall)
        self._keep_if_due()

    def _keep_if_due(self) -> None:
        with self._guard:
            now, last = self._kept, self._saved
            due = abs(now.seen - last.seen) >= SAVE_MS or abs(now.offset - last.offset) >= 1000
            if not due and (last.confirmed or not now.confirmed):
                return
            self._saved = now
        try:
            self._save(codec.dumps(now))
        except Refused as refused:
            log.warning("the clock's state is not kept: %s", refused)


def _read(text: str) -> Kept:
    try:
        return codec.loads(Kept, text) if text else Kept()
    except Refused:
        return Kept()
