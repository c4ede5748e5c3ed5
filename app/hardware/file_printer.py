"""A printer that is a folder: numbered files, each there whole or not at all. For demo, training and tests.

ESC/POS becomes `000001.bin` with its picture `000001.png`, a PDF `000002.pdf`, a drawer pulse
`000003-drawer.bin`.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from pathlib import Path

from app.apart import NotDoneError
from app.hardware.ports import NotPrinted, Printed, PrinterStatus, PrintOutcome, Trouble
from documents.escpos import DRAWER_PULSE
from documents.escpos_picture import png_of
from documents.raster import FULL_WIDTH

Draw = Callable[[bytes, int], bytes]
log = logging.getLogger(__name__)
_NUMBER = re.compile(r"(\d{6})\b.*")


class FilePrinter:
    """A ReceiptPrinter into `folder`, which is made on first use. `dots` is the paper's width; `draw` makes the
    picture of a job."""

    def __init__(self, folder: Path, dots: int = FULL_WIDTH, draw: Draw = png_of) -> None:
        self._folder, self._dots, self._draw = folder, dots, draw
        self._one_job = threading.Lock()

    def print(self, job: bytes) -> PrintOutcome:
        if job.startswith(b"%PDF"):
            return self._put({".pdf": job})
        try:
            return self._put({".png": self._draw(job, self._dots), ".bin": job})
        except NotDoneError:
            return NotPrinted(Trouble.NOT_DRAWN)
        except ValueError as error:
            log.info("no picture of a job: %s", error)
            return self._put({".bin": job})

    def open_drawer(self) -> PrintOutcome:
        return self._put({"-drawer.bin": DRAWER_PULSE})

    def status(self) -> PrinterStatus:
        return PrinterStatus(None if self._usable() else Trouble.FOLDER)

    def _put(self, files: dict[str, bytes]) -> PrintOutcome:
        with self._one_job:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                number = self._next_number()
                for ending, data in files.items():
                    self._write(self._folder / f"{number:06}{ending}", data)
            except OSError as error:
                log.info("prints folder: %s", error)
                return NotPrinted(Trouble.FOLDER)
        return Printed(kept=f"{number:06}")

    def _next_number(self) -> int:
        names = (_NUMBER.fullmatch(path.name) for path in self._folder.iterdir())
        return 1 + max((int(match[1]) for match in names if match), default=0)

    def _write(self, path: Path, data: bytes) -> None:
        part = path.with_name(path.name + ".part")
        part.write_bytes(data)
        part.replace(path)

    def _usable(self) -> bool:
        return self._folder.is_dir() or not self._folder.exists()
