"""A camera that reads codes. One thread takes frames and keeps only the newest, one decodes; neither is the
GUI's.

A device or stream that is lost is tried again until `stop`; a file or folder waits for the one that decodes, and
ends. Nothing of OpenCV is
loaded before `start`, so a station without its libraries just has no camera.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from app.hardware.camera_frames import Frames, open_frames
from app.hardware.decoding import Decoder, vision
from app.hardware.repeats import Repeats
from domain.errors import Unavailable

if TYPE_CHECKING:
    from app.hardware.decoding import Frame

log = logging.getLogger(__name__)
PREVIEW_WIDTH = 640
_FIRST_RETRY, _LAST_RETRY = 0.5, 5.0
_LATE = 0.5
_STOP_SECONDS = 1.0


class CameraState(StrEnum):
    """`LOST` is being tried again; `ENDED` and `STOPPED` are not."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    LOST = "lost"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Preview:
    """A grey picture for the screen, a byte a dot, rows without padding."""

    width: int
    height: int
    grey: bytes


class CameraScanner:
    """A CodeSource. `source` as in `camera_frames`; `clock` is monotonic seconds and paces files."""

    def __init__(
        self,
        source: str | int,
        *,
        decoder: Decoder | None = None,
        repeats: Repeats | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source, self._clock = str(source), clock
        self._decoder, self._repeats = decoder or Decoder(), repeats or Repeats(clock=clock)
        self._stop = threading.Event()
        self._slot = _Newest()
        self._state = CameraState.STOPPED
        self._threads: list[threading.Thread] = []

    @property
    def state(self) -> CameraState:
        return self._state

    def start(self, on_code: Callable[[str], None]) -> None:
        """`on_code` is called from the decoding thread."""
        if self._threads:
            return
        stop, slot = self._stop, self._slot = threading.Event(), _Newest()
        self._state = CameraState.STARTING
        self._threads = [
            threading.Thread(target=self._decode, args=(slot, on_code), name="camera-decode", daemon=True),
            threading.Thread(target=self._take, args=(slot, stop), name="camera", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """A device that does not answer is left alone: its thread ends by itself and calls nobody."""
        self._stop.set()
        self._slot.close()
        if self._threads:
            decoding, taking = self._threads
            decoding.join()
            taking.join(_STOP_SECONDS)
        self._threads = []
        self._state = CameraState.STOPPED

    def preview(self) -> Preview | None:
        """The newest frame, small; None before the first. The screen asks as often as it likes."""
        frame = self._slot.last
        if frame is None:
            return None
        cv2 = vision()
        height, width = frame.shape[:2]
        size = (PREVIEW_WIDTH, max(1, height * PREVIEW_WIDTH // width))
        return Preview(size[0], size[1], cv2.resize(frame, size, interpolation=cv2.INTER_AREA).tobytes())

    def _take(self, slot: _Newest, stop: threading.Event) -> None:
        """The device loop: whatever a driver does, the station goes on."""
        pause = _FIRST_RETRY
        while not stop.is_set():
            try:
                if self._run(open_frames(self._source), slot, stop):
                    self._become(CameraState.ENDED, stop)
                    return
                pause = _FIRST_RETRY
            except Unavailable as error:
                log.info("%s", error)
            except Exception:
                log.exception("camera %s", self._source)
            self._become(CameraState.LOST, stop)
            stop.wait(pause)
            pause = min(2 * pause, _LAST_RETRY)

    def _become(self, state: CameraState, stop: threading.Event) -> None:
        """Not of what was stopped."""
        if not stop.is_set():
            self._state = state

    def _run(self, frames: Frames, slot: _Newest, stop: threading.Event) -> bool:
        """Whether the source has come to its end for good."""
        self._become(CameraState.RUNNING, stop)
        try:
            due = self._clock()
            for frame in frames:
                if stop.is_set():
                    return True
                slot.put(frame)
                if not frames.live:
                    slot.drain()
                    due = self._paced(due + 1 / frames.rate, stop)
        finally:
            frames.close()
        return not frames.live

    def _paced(self, due: float, stop: threading.Event) -> float:
        """Waits until the file's next frame is due. After a stall it does not race to catch up."""
        now = self._clock()
        stop.wait(max(0.0, due - now))
        return max(due, now - _LATE)

    def _decode(self, slot: _Newest, on_code: Callable[[str], None]) -> None:
        while (frame := slot.take()) is not None:
            try:
                for code in self._decoder.read(frame):
                    if self._repeats.fresh(code):
                        on_code(code)
            except Exception:
                log.exception("a frame of %s", self._source)
            slot.done()


class _Newest:
    """A place for one frame: a newer one replaces what nobody has taken."""

    def __init__(self) -> None:
        self.last: Frame | None = None
        self._changed = threading.Condition()
        self._waiting: Frame | None = None
        self._working = self._closed = False

    def put(self, frame: Frame) -> None:
        with self._changed:
            self.last = self._waiting = frame
            self._changed.notify_all()

    def take(self) -> Frame | None:
        """Waits for a frame; None once closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting is not None)
            frame, self._waiting = self._waiting, None
            self._working = frame is not None and not self._closed
            return frame if self._working else None

    def done(self) -> None:
        with self._changed:
            self._working = False
            self._changed.notify_all()

    def drain(self) -> None:
        """Waits until a frame of a file was decoded."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or (self._waiting is None and not self._working))

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
