"""Reads QR codes from grey frames: zxing-cpp on each, with a second look and a second decoder when it finds
nothing.

The order is measured: zxing-cpp reads more than zbar at a tenth of its cost; twice enlarged it reads some
more; zbar adds a little and is asked rarely. zbar's library may be missing: that is logged once and changes
nothing else.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from domain.errors import Unavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Frame = NDArray[np.uint8]

log = logging.getLogger(__name__)
_QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")


@cache
def vision() -> Any:
    """The cv2 module, imported on first use (it takes half a second). Raises Unavailable("camera") without
    its libraries. It points Qt at its own plug-ins and fonts; both variables are put back as they were."""
    before = {name: os.environ.get(name) for name in _QT_VARIABLES}
    try:
        import cv2
    except ImportError as error:
        raise Unavailable("camera", str(error)) from error
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
    return cv2


@dataclass(frozen=True, slots=True)
class Effort:
    """After how many frames without a code the enlarged look and zbar come; each again as often. 0 is
    never."""

    enlarged_every: int = 3
    zbar_every: int = 9


class Decoder:
    """Keeps count of frames without a code; one for each stream, used by one thread."""

    def __init__(self, effort: Effort | None = None) -> None:
        self._effort = effort or Effort()
        self._misses = 0

    def read(self, frame: Frame) -> tuple[str, ...]:
        """The texts of all codes in a grey frame, mostly none or one."""
        found = _zxing(frame)
        if not found:
            self._misses += 1
            found = self._again(frame)
        if found:
            self._misses = 0
        return found

    def _again(self, frame: Frame) -> tuple[str, ...]:
        looks: tuple[tuple[int, Callable[[Frame], tuple[str, ...]]], ...] = (
            (self._effort.enlarged_every, _enlarged),
            (self._effort.zbar_every, _zbar),
        )
        for every, look in looks:
            if every and self._misses % every == 0 and (found := look(frame)):
                return found
        return ()


def _zxing(frame: Frame) -> tuple[str, ...]:
    return _read(frame)


def _enlarged(frame: Frame) -> tuple[str, ...]:
    cv2 = vision()
    twice = cv2.resize(frame, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    return _read(twice, try_downscale=False)


def _read(frame: Any, *, try_downscale: bool = True) -> tuple[str, ...]:
    """QR codes of the usual model only: `QRCode` would take Micro QR in, which sees short numbers in plain noise."""
    import zxingcpp  # only a station with a camera pays for it

    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)
    plain = zxingcpp.TextMode.Plain
    codes = zxingcpp.read_barcodes(frame, formats=formats, text_mode=plain, try_downscale=try_downscale)
    return tuple(code.text for code in codes if code.text)


def _zbar(frame: Frame) -> tuple[str, ...]:
    decode = _zbar_decoder()
    return tuple(code.data.decode("utf-8", "replace") for code in decode(frame) if code.data)


@cache
def _zbar_decoder() -> Callable[[Any], list[Any]]:
    """pyzbar for QR only, or something that finds nothing where its library is missing."""
    try:
        from pyzbar.pyzbar import ZBarSymbol, decode
    except (ImportError, OSError) as error:
        log.info("zbar is missing, scanning goes on without it: %s", error)
        return lambda _: []
    return lambda frame: list(decode(frame, symbols=[ZBarSymbol.QRCODE]))
