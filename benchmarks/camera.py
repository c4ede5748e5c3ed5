"""Codes in made frames and the scanner's own decoder: rates, CPU a frame, time to a result, the GUI thread."""

from __future__ import annotations

import hashlib
import itertools
import threading
import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QEventLoop, Qt, QTimer

from app.hardware import decoding
from app.hardware.decoding import Decoder, vision
from app.wiring import make_application
from benchmarks import frames as made
from benchmarks.rows import Row, Scale, percentile, spread

Read = Callable[[made.Grey], tuple[str, ...]]
FRAME_MS = 1000 / 30


def measure(scale: Scale) -> list[Row]:
    vision().setNumThreads(1)
    return [*_rates(scale), *_empty(scale), *_small(), *_clips(scale), *_gaps(scale)]


def _rates(scale: Scale) -> list[Row]:
    each = 32 if scale.full else scale.of(16, 3)
    rows = []
    wrong = 0
    for size in (made.HD, made.FULL_HD):
        first: dict[str, int] = dict.fromkeys(made.CONDITIONS, 0)
        whole = dict(first)
        cpu = []
        for frame in made.frames(size, each):
            found, spent = _cpu(decoding._zxing, frame.picture)
            cpu.append(spent)
            all_found = found or decoding._enlarged(frame.picture) or decoding._zbar(frame.picture)
            wrong += any(text != frame.text for text in all_found)
            first[frame.condition] += frame.text in found
            whole[frame.condition] += frame.text in all_found
        rows += _rate_rows(f"{size[1]}p", each, (first, whole), cpu)
    return [*rows, Row("wrong texts", "frames", {"all": wrong}, "all", 0)]


def _rate_rows(
    size: str, each: int, counts: tuple[dict[str, int], dict[str, int]], cpu: list[float]
) -> list[Row]:
    first, whole = counts
    easy = sum(whole[name] for name in made.EASY)
    total, part = each * len(made.CONDITIONS), each * len(made.EASY)
    note = ", ".join(f"{name} {count}" for name, count in whole.items()) + f" of {each}"
    least_first = 238 / 288 * total if size == "1080p" else None
    least_whole = 235 / 288 * total if size == "720p" else None
    rows = [
        Row(
            f"{size}: read by the first decoder of {total}",
            "frames",
            {"read": sum(first.values())},
            "read",
            least_first,
            at_least=True,
        ),
        Row(
            f"{size}: read by the pipeline of {total}",
            "frames",
            {"read": sum(whole.values())},
            "read",
            least_whole,
            at_least=True,
            note=note,
        ),
        Row(
            f"{size}: a frame with a code, first decoder",
            "CPU ms",
            {"p50": percentile(cpu, 50), "p95": percentile(cpu, 95)},
        ),
    ]
    if size == "720p":
        rows.append(
            Row(
                f"{size}: clean, perspective and moire of {part}",
                "frames",
                {"read": easy},
                "read",
                94 / 96 * part,
                at_least=True,
            )
        )
    return rows


def _empty(scale: Scale) -> list[Row]:
    pictures = made.empty(made.HD, scale.of(60, 12))
    first = [_cpu(decoding._zxing, picture)[1] for picture in pictures]
    decoder = Decoder()
    pipeline = [_cpu(decoder.read, picture)[1] for picture in pictures * 3]
    figures = {"p50": percentile(first, 50), "p95": percentile(first, 95)}
    mean = sum(pipeline) / len(pipeline)
    rows = [
        Row("empty 720p frame, first decoder", "CPU ms", figures, "p95", 10.0, note="p50 <= 4 is asked too"),
        Row("empty 720p frame, first decoder, p50", "CPU ms", {"p50": figures["p50"]}, "p50", 4.0),
        Row("empty 720p frame, pipeline", "CPU ms", {"mean": mean}, "mean", 12.0),
    ]
    return [*rows, _beside_zbar(pictures, figures["p50"])]


def _beside_zbar(pictures: Sequence[made.Grey], first: float) -> Row:
    try:
        import pyzbar.pyzbar  # noqa: F401 # only to see whether its library is there
    except (ImportError, OSError) as error:
        return Row("pyzbar is not here, no ratio to it", "", {"seen": 0}, note=str(error)[:80])
    zbar = percentile([_cpu(decoding._zbar, picture)[1] for picture in pictures], 50)
    share = first / zbar
    return Row(
        "empty 720p frame, first decoder over pyzbar",
        "ratio",
        {"p50": share},
        "p50",
        0.25,
        ratio=share,
        beside="pyzbar",
    )


def _small() -> list[Row]:
    shown = made.small(110, 16)
    read = sum(frame.text in decoding._zxing(frame.picture) for frame in shown)
    return [Row("v6-M ticket code 110 px wide, of 16", "frames", {"read": read}, "read", 15, at_least=True)]


def _clips(scale: Scale) -> list[Row]:
    """Replayed at 30 frames a second with the CPU time each decode took; the newest frame wins."""
    count = scale.of(18, 3)
    late, unread = [], 0
    for number in range(count):
        text, shots = made.clip(number)
        readable = next(
            (
                at
                for at, shot in enumerate(shots)
                if text in (decoding._zxing(shot) or decoding._enlarged(shot))
            ),
            None,
        )
        result = _result_at(text, shots)
        if result is None or readable is None:
            unread += 1
        else:
            late.append(max(0.0, result - readable * FRAME_MS))
    figures = {"p50": percentile(late, 50), "p95": percentile(late, 95)}
    return [
        Row(f"clips: result after the first readable frame, {count} clips", "ms", figures, "p95", 120.0),
        Row("clips: the same, p50", "ms", {"p50": figures["p50"]}, "p50", 40.0),
        Row("clips not read within 2 s", "clips", {"all": unread}, "all", 0),
    ]


def _result_at(text: str, shots: Sequence[made.Grey]) -> float | None:
    decoder, now = Decoder(), 0.0
    while (at := int(now // FRAME_MS)) < len(shots):
        found, spent = _cpu(decoder.read, shots[at])
        if text in found:
            return max(now, at * FRAME_MS) + spent
        now = max(now + spent, (at + 1) * FRAME_MS)
    return None


def _gaps(scale: Scale) -> list[Row]:
    make_application(["benchmark"])
    frame = made.empty(made.FULL_HD, 1)[0]
    seconds = scale.of(4, 1)
    data = b"\0" * 20_000_000
    control = _timer_gaps(lambda: _hash(data), seconds)
    decoder = Decoder()
    found = _timer_gaps(lambda: decoder.read(frame), seconds)
    bar = percentile(control, 99) + 10
    return [
        Row("GUI timer of 5 ms beside a thread that hashes", "ms", spread(control)),
        Row(
            "GUI timer of 5 ms beside the decoder, 1080p",
            "ms",
            spread(found),
            "p99",
            bar,
            ratio=percentile(found, 99) / percentile(control, 99),
            beside="hashing p99",
        ),
    ]


def _hash(data: bytes) -> None:
    hashlib.sha1(data, usedforsecurity=False).digest()


def _timer_gaps(work: Callable[[], object], seconds: float) -> list[float]:
    """ms between the ticks of a 5 ms timer on the GUI thread while `work` runs over and over on another."""
    stop, ticks = threading.Event(), [time.perf_counter()]

    def run() -> None:
        while not stop.is_set():
            work()

    thread = threading.Thread(target=run)
    loop, timer, end = QEventLoop(), QTimer(), QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    end.setSingleShot(True)
    end.timeout.connect(loop.quit)
    thread.start()
    timer.start(5)
    end.start(int(seconds * 1000))
    loop.exec()
    timer.stop()
    stop.set()
    thread.join()
    assert QCoreApplication.instance() is not None
    return [(later - earlier) * 1000 for earlier, later in itertools.pairwise(ticks)]


def _cpu(read: Read, picture: made.Grey) -> tuple[tuple[str, ...], float]:
    start = time.thread_time()
    found = read(picture)
    return found, (time.thread_time() - start) * 1000
