"""Where a camera scanner's grey frames come from: a device, an http stream, a video file, a folder of
pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from app.hardware.decoding import vision
from domain.errors import Unavailable

if TYPE_CHECKING:
    from app.hardware.decoding import Frame

_WIDTH, _HEIGHT, _RATE = 1280, 720, 30
_STREAM_MILLISECONDS = 5000
_PICTURES = frozenset((".jpg", ".jpeg", ".png", ".bmp"))


class Frames(Protocol):
    """`live` sources set their own pace and come back after a fault; others are paced by `rate` a second and
    end."""

    live: bool
    rate: float

    def __iter__(self) -> Iterator[Frame]: ...

    def close(self) -> None: ...


def open_frames(source: str) -> Frames:
    """`0` (a device), `http://…` (MJPEG), a video file or a folder. Raises Unavailable("camera", why)."""
    if source.isdecimal():
        return _device(int(source))
    if source.startswith(("http://", "https://")):
        return _stream(source)
    path = Path(source)
    if path.is_dir():
        return _folder(path)
    if path.is_file():
        return _video(path)
    raise Unavailable("camera", f"no camera, file or folder {source!r}")


@dataclass(slots=True)
class _Capture:
    """A cv2.VideoCapture as grey frames."""

    capture: Any
    live: bool
    rate: float

    def __iter__(self) -> Iterator[Frame]:
        cv2 = vision()
        while True:
            got, picture = self.capture.read()
            if not got:
                return
            yield cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) if picture.ndim == 3 else picture

    def close(self) -> None:
        self.capture.release()


@dataclass(slots=True)
class _Pictures:
    paths: list[Path]
    live: bool = False
    rate: float = _RATE

    def __iter__(self) -> Iterator[Frame]:
        cv2 = vision()
        for path in self.paths:
            picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
            if picture is not None:
                yield picture

    def close(self) -> None:
        return


def _device(index: int) -> Frames:
    cv2 = vision()
    capture = cv2.VideoCapture(index)
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, _WIDTH)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, _HEIGHT)
    capture.set(cv2.CAP_PROP_FPS, _RATE)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return _opened(_Capture(capture, True, _RATE), f"camera {index}")


def _stream(url: str) -> Frames:
    cv2 = vision()
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _STREAM_MILLISECONDS]
    limits += [cv2.CAP_PROP_READ_TIMEOUT_MSEC, _STREAM_MILLISECONDS]
    return _opened(_Capture(cv2.VideoCapture(url, cv2.CAP_FFMPEG, limits), True, _RATE), url)


def _video(path: Path) -> Frames:
    cv2 = vision()
    capture = cv2.VideoCapture(str(path))
    rate = capture.get(cv2.CAP_PROP_FPS)
    return _opened(_Capture(capture, False, rate if 1 <= rate <= 240 else _RATE), str(path))


def _folder(path: Path) -> Frames:
    pictures = sorted(child for child in path.iterdir() if child.suffix.lower() in _PICTURES)
    if not pictures:
        raise Unavailable("camera", f"no pictures in {path}")
    return _Pictures(pictures)


def _opened(frames: _Capture, name: str) -> Frames:
    if not frames.capture.isOpened():
        frames.close()
        raise Unavailable("camera", f"{name} does not open")
    return frames
