"""A camera's codes are heard once each, from pictures, video and a network stream, and its absence harms
nobody."""

from __future__ import annotations

import http.server
import io
import logging
import math
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import segno
from numpy.typing import NDArray
from PIL import Image

from app.hardware import decoding
from app.hardware.camera_scanner import CameraScanner, CameraState
from app.hardware.decoding import Decoder, Effort, vision
from app.hardware.repeats import Repeats
from app.hardware.simulated import SimulatedScanner
from domain.errors import Unavailable
from tests.documents.samples import TICKET_CODE
from tests.hardware.simulator import until

FIRST, SECOND = TICKET_CODE, TICKET_CODE[::-1]
Frame = NDArray[np.uint8]


def frame(code: str = "", module: int = 7, invert: bool = False) -> Frame:
    """720p of grey noise, with a code on it or not."""
    noise = np.random.default_rng(7).normal(128, 12, (720, 1280)).clip(0, 255).astype(np.uint8)
    if code:
        file = io.BytesIO()
        segno.make_qr(code, error="m").save(file, kind="png", scale=module)
        symbol = np.asarray(Image.open(file).convert("L"), np.uint8)
        noise[150 : 150 + symbol.shape[0], 300 : 300 + symbol.shape[1]] = 255 - symbol if invert else symbol
    return noise


SHOW = [frame()] * 4 + [frame(FIRST)] * 12 + [frame()] * 4 + [frame(SECOND)] * 12 + [frame(FIRST)] * 4


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pictures")
    for number, picture in enumerate(SHOW):
        Image.fromarray(picture).save(path / f"f{number:03}.png", compress_level=1)
    return path


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cv2, path = vision(), tmp_path_factory.mktemp("video") / "camera.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 30, (1280, 720))
    for picture in SHOW:
        writer.write(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR))
    writer.release()
    return path


def heard(source: str) -> list[str]:
    """All that a finite source says, however slowly it is read."""
    codes: list[str] = []
    scanner = CameraScanner(source, repeats=Repeats(hold=math.inf))
    scanner.start(codes.append)
    until(lambda: scanner.state is CameraState.ENDED)
    scanner.stop()
    return codes


def test_codes_in_a_folder_are_heard_once_each(folder: Path) -> None:
    assert heard(str(folder)) == [FIRST, SECOND]


def test_a_file_waits_for_the_one_who_reads_it(folder: Path) -> None:
    class Slow(Decoder):
        looked = 0

        def read(self, frame: Frame) -> tuple[str, ...]:
            self.looked += 1
            threading.Event().wait(0.05 if self.looked < 20 else 0)
            return super().read(frame)

    decoder = Slow()
    scanner = CameraScanner(str(folder), decoder=decoder)
    scanner.start(lambda _: None)
    until(lambda: scanner.state is CameraState.ENDED)
    scanner.stop()
    assert decoder.looked == len(SHOW)


def test_codes_in_a_video_are_heard_once_each(video: Path) -> None:
    assert heard(str(video)) == [FIRST, SECOND]


class Stream(http.server.BaseHTTPRequestHandler):
    """An IP camera: motion JPEG over http."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        for picture in SHOW:
            data = vision().imencode(".jpg", picture)[1].tobytes()
            head = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(data)
            self.wfile.write(head + data + b"\r\n")

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def stream() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stream) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/camera.mjpg"
        server.shutdown()
        thread.join()


def test_network_camera_is_heard_and_tried_again_when_it_ends(stream: str) -> None:
    codes: list[str] = []
    scanner = CameraScanner(stream, repeats=Repeats(hold=0.2))
    scanner.start(codes.append)
    until(lambda: codes.count(FIRST) >= 2)
    scanner.stop()
    assert set(codes) <= {FIRST, SECOND}


def test_stopping_does_not_wait_for_a_camera_that_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        scanner = CameraScanner(f"http://127.0.0.1:{server.getsockname()[1]}/camera.mjpg")
        scanner.start(lambda _: None)
        asked, _ = server.accept()
        with asked:
            scanner.stop()
            assert scanner.state is CameraState.STOPPED
            assert [each for each in threading.enumerate() if each.name == "camera"]
    until(lambda: not [each for each in threading.enumerate() if each.name == "camera"])
    assert scanner.state is CameraState.STOPPED


def test_preview_is_small_and_there_while_running(folder: Path) -> None:
    scanner = CameraScanner(str(folder))
    assert scanner.preview() is None
    scanner.start(lambda _: None)
    until(lambda: scanner.preview() is not None)
    preview = scanner.preview()
    assert preview is not None
    assert (preview.width, preview.height, len(preview.grey)) == (640, 360, 640 * 360)
    scanner.stop()


def test_stopping_and_starting_again(folder: Path) -> None:
    codes: list[str] = []
    scanner = CameraScanner(str(folder), repeats=Repeats(hold=0.0))
    for _ in range(2):
        scanner.start(codes.append)
        until(lambda: FIRST in codes)
        scanner.stop()
        assert scanner.state is CameraState.STOPPED
        codes.clear()


def test_camera_that_is_not_there_is_lost_and_stops_at_once() -> None:
    scanner = CameraScanner("/nowhere/at/all")
    scanner.start(lambda _: None)
    until(lambda: scanner.state is CameraState.LOST)
    scanner.stop()


def test_same_code_is_one_scan_while_it_stays_in_view() -> None:
    now = [0.0]
    repeats = Repeats(clock=lambda: now[0])
    told = []
    for now[0] in (0.0, 1.0, 2.5, 4.0, 6.1):
        told.append(repeats.fresh("A"))
    assert told == [True, False, False, False, True]


# Decoding ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("invert", [False, True])
def test_first_decoder_reads_at_once(invert: bool) -> None:
    assert Decoder().read(frame(FIRST, invert=invert)) == (FIRST,)


def test_frames_without_a_code_give_none() -> None:
    decoder = Decoder()
    assert [decoder.read(frame()) for _ in range(9)] == [()] * 9


def test_micro_codes_are_not_ours_and_not_read() -> None:
    file = io.BytesIO()
    segno.make_micro("4496").save(file, kind="png", scale=7)
    symbol = np.asarray(Image.open(file).convert("L"), np.uint8)
    shown = frame()
    shown[150 : 150 + symbol.shape[0], 300 : 300 + symbol.shape[1]] = symbol
    decoder = Decoder()
    assert [decoder.read(shown) for _ in range(9)] == [()] * 9


def test_enlarged_look_comes_every_third_miss(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = _counted(monkeypatch)
    decoder = Decoder(Effort(3, 9))
    for _ in range(18):
        decoder.read(frame())
    assert looks == ["enlarged", "enlarged", "enlarged", "zbar"] * 2


def _counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The later looks at a frame, noted as they come; they still look."""
    looks: list[str] = []
    for name in ("enlarged", "zbar"):
        real: Any = getattr(decoding, f"_{name}")

        def noted(picture: Frame, real: Any = real, name: str = name) -> tuple[str, ...]:
            looks.append(name)
            found: tuple[str, ...] = real(picture)
            return found

        monkeypatch.setattr(decoding, f"_{name}", noted)
    return looks


def test_enlarged_look_reads_small_codes() -> None:
    assert decoding._enlarged(frame(FIRST, module=2)) == (FIRST,)


def test_missing_zbar_is_logged_once_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "pyzbar.pyzbar", None)
    decoding._zbar_decoder.cache_clear()
    decoder = Decoder(Effort(0, 1))
    with caplog.at_level(logging.INFO, logger="app.hardware.decoding"):
        assert [decoder.read(frame()) for _ in range(3)] == [()] * 3
    assert len([record for record in caplog.records if "zbar" in record.message]) == 1
    decoding._zbar_decoder.cache_clear()


def test_zbar_reads_where_it_is_installed() -> None:
    pytest.importorskip("pyzbar.pyzbar", reason="zbar NOT tested: install libzbar0", exc_type=ImportError)
    assert decoding._zbar(frame(FIRST)) == (FIRST,)


def test_missing_opencv_is_unavailable_not_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    vision.cache_clear()
    with pytest.raises(Unavailable, match="camera"):
        vision()
    vision.cache_clear()


def test_importing_the_scanner_loads_neither_opencv_nor_zbar() -> None:
    code = (
        "import sys; sys.modules['cv2'] = sys.modules['pyzbar'] = None; import app.hardware.camera_scanner;"
        "assert 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_opencv_leaves_qts_variables_alone() -> None:
    code = (
        "import os; from app.hardware.decoding import vision; vision();"
        "assert os.environ.get('QT_QPA_FONTDIR') == 'ours', os.environ.get('QT_QPA_FONTDIR');"
        "assert 'QT_QPA_PLATFORM_PLUGIN_PATH' not in os.environ"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("QT_")} | {
        "QT_QPA_FONTDIR": "ours"
    }
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2], env=environment)


def test_simulated_scanner_says_what_it_is_told() -> None:
    codes: list[str] = []
    scanner = SimulatedScanner()
    scanner.scan("before")
    scanner.start(codes.append)
    scanner.scan(FIRST)
    scanner.stop()
    scanner.scan("after")
    assert codes == [FIRST]
