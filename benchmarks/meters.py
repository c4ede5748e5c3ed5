"""Clocks of the machine: CPU time of processes (user + system), memory, bytes on a disk made durable."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.rows import Skipped

_TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
Meter = Callable[[], float]


def own_cpu() -> float:
    """CPU ms of this process, all threads."""
    return time.process_time() * 1000


def cpu_of(pid: int) -> float:
    """CPU ms of a process with its ended children. Its own threads are read to the microsecond where the kernel
    tells, else in ticks of 10 ms as its children always are; threads that ended are then not in it."""
    parts = _stat(pid)
    threads = [file.read_text().split()[0] for file in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    own = sum(map(int, threads)) / 1e6 if threads else sum(map(int, parts[11:13])) * 1000 / _TICK
    return own + sum(map(int, parts[13:15])) * 1000 / _TICK


def cpu_of_family(pid: int) -> float:
    """CPU ms of a process and its children, running or ended (PostgreSQL with all its workers)."""
    return cpu_of(pid) + sum(cpu_of(child) for child in _children(pid))


def cpu_with_family(pid: int) -> Meter:
    """A clock of this process and another with its children; what reading it costs is not in it."""
    reading = 0.0

    def read() -> float:
        nonlocal reading
        before = own_cpu()
        theirs = cpu_of_family(pid)
        after = own_cpu()
        reading += after - before
        return after - reading + theirs

    return read


def _children(pid: int) -> Iterable[int]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                if int(_stat(int(folder.name))[1]) == pid:
                    yield int(folder.name)
            except (OSError, Skipped, IndexError):
                continue


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from `state` on."""
    if not Path("/proc/self/stat").exists():
        raise Skipped("CPU of another process is read from /proc, which this system has not")
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def memory_of(pid: int) -> float:
    """Resident MB of a process and its children."""
    status, threads = Path(f"/proc/{pid}/status"), Path(f"/proc/{pid}/task")
    if not status.exists():
        raise Skipped("memory of a process is read from /proc, which this system has not")
    found = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    children = [child for each in threads.iterdir() for child in (each / "children").read_text().split()]
    return int(found.split()[1]) / 1024 + sum(memory_of(int(child)) for child in children)


def timed(work: Callable[[], object]) -> float:
    """Wall ms of one call."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def fsyncs(folder: Path, times: int) -> list[float]:
    """Wall ms of appending 4 kB and making it durable, on the disk of `folder`."""
    path, block = folder / "fsync", b"\xa5" * 4096
    with path.open("wb", buffering=0) as file:

        def once() -> None:
            file.write(block)
            os.fsync(file.fileno())

        once()
        taken = [timed(once) for _ in range(times)]
    path.unlink()
    return taken
