"""Runs Gatehouse from a checkout: `python3 tools/dev.py help`.

Standard library only. Finds a Python that suits, keeps a virtual environment in the user's cache folder and
starts the program, its tests and its checks in it. Starts on Python 3.8; what it runs needs 3.11.
"""

import os
import sys

if sys.version_info < (3, 8):
    sys.exit("Gatehouse needs Python 3.11 to 3.14 to run (and 3.8 for this script); this is " + sys.version.split()[0])

import ctypes
import hashlib
import platform
import re
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST, NEWEST = (3, 11), (3, 14)
WINDOWS = os.name == "nt"
UNUSED_AFTER_DAYS = 60


class Kind:
    """An environment: which lock it is made from, and what it costs in MB (measured on Linux)."""

    def __init__(self, name: str, lock: str, download_mb: int, disk_mb: int) -> None:
        self.name, self.lock, self.download_mb, self.disk_mb = name, ROOT / lock, download_mb, disk_mb


PROGRAM = Kind("program", "requirements.lock", 250, 750)
DEVELOPMENT = Kind("development", "requirements-dev.lock", 300, 950)


class Stop(Exception):
    """Something the person at the keyboard can put right; the text is the whole story, in one line."""


# --- commands -----------------------------------------------------------------------------------------------


def run(args: list) -> int:
    """the demo venue: server, a till and its devices (what follows is passed on)"""
    require_libraries(DRAWING + (WINDOWS_ON_X11 if os.environ.get("DISPLAY") else ()))
    whole = find_environment(DEVELOPMENT)
    python = whole or prepare(PROGRAM)
    return start([python, "-P", "-m", "app", "demo", *args], program_variables())


def test(args: list) -> int:
    """the tests (arguments go to pytest)"""
    require_libraries(DRAWING)
    python = prepare(DEVELOPMENT)
    with test_variables() as variables:
        return start([python, "-m", "pytest", *args], variables, cwd=ROOT)


def lint(args: list) -> int:
    """formatting, lint, types and import contracts (--fix formats and mends first)"""
    python = prepare(DEVELOPMENT)
    packages = [name for name in ("domain", "ledger", "documents", "app", "server") if (ROOT / name).is_dir()]
    contracts = "from importlinter.cli import lint_imports_command as main; main()"
    ruff = [python, "-m", "ruff"]
    steps = [
        ("format", [*ruff, "format", "--check", "."]),
        ("lint", [*ruff, "check", "."]),
        ("types", [python, "-m", "mypy", *packages]),
        ("contracts", [python, "-c", contracts, "--cache-dir", str(cache_folder() / "imports")]),
    ]
    with test_variables() as variables:
        if "--fix" in args:
            start([*ruff, "check", "--fix", "--quiet", "."], variables, cwd=ROOT)
            start([*ruff, "format", "."], variables, cwd=ROOT)
        failed = [name for name, command in steps if passes(name, command, variables) is False]
    if failed:
        say("FAILED: " + ", ".join(failed))
    return 1 if failed else 0


def check(args: list) -> int:
    """everything that must hold before a commit: lint, then the tests"""
    linted = lint([])
    say("== tests")
    tested = test(args)
    return linted or tested


def bench(args: list) -> int:
    """the benchmarks"""
    require_libraries(DRAWING)
    return start([prepare(DEVELOPMENT), "-m", "benchmarks", *args], program_variables(), cwd=ROOT)


def soak(args: list) -> int:
    """the long run"""
    require_libraries(DRAWING)
    return start([prepare(DEVELOPMENT), "-m", "tests.soak", *args], program_variables(), cwd=ROOT)


def lock(args: list) -> int:
    """makes the lock files anew from pyproject.toml (arguments go to uv, such as --upgrade)"""
    with tempfile.TemporaryDirectory(prefix="gatehouse-lock-") as folder:
        python = make_venv(base_python(), Path(folder) / "uv")
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"]
        if start(install, pip_variables()) != 0:
            raise Stop("Could not install uv, which makes the lock files; is the Python package index reachable?")
        same_versions = ["--group", "dev", "--constraint", PROGRAM.lock.name]
        for kind, extra in ((PROGRAM, []), (DEVELOPMENT, same_versions)):
            code = compile_lock(python, kind, extra + args)
            if code != 0:
                return code
    return 0


def help_(args: list) -> int:
    """this list"""
    say("Gatehouse. Usage: make COMMAND, or python3 tools/dev.py COMMAND [arguments]\n")
    for name, command in available().items():
        say("  {:<7}{}".format(name, command.__doc__))
    say("\nPython packages are kept in {} (GATEHOUSE_ENVS names another folder).".format(environments()))
    return 0


COMMANDS = {"run": run, "demo": run, "test": test, "check": check, "lint": lint, "bench": bench, "soak": soak}
COMMANDS.update({"lock": lock, "help": help_})
NEEDS = {"bench": "benchmarks/__main__.py", "soak": "tests/soak"}


def available() -> dict:
    """The commands whose target is in this checkout; `demo` is a second name for `run` and stays unlisted."""

    def exists(name: str) -> bool:
        target = NEEDS.get(name)
        return target is None or (ROOT / target).exists() or (ROOT / (target + ".py")).exists()

    return {name: command for name, command in COMMANDS.items() if name != "demo" and exists(name)}


def main(argv: list) -> int:
    name, args = (argv[0], argv[1:]) if argv else ("help", [])
    command = help_ if name in ("-h", "--help") else COMMANDS.get(name)
    if command is None or (name != "demo" and command is not help_ and name not in available()):
        say("There is no command {!r} here; `python3 tools/dev.py help` lists them.".format(name), sys.stderr)
        return 2
    try:
        return command(args)
    except Stop as stop:
        say("gatehouse: {}".format(stop), sys.stderr)
        return 3
    except KeyboardInterrupt:
        say("\ngatehouse: stopped.", sys.stderr)
        return 130


# --- processes ----------------------------------------------------------------------------------------------


def say(text: str, stream=None) -> None:
    print(text, file=stream or sys.stdout, flush=True)


def start(command: list, variables: dict, cwd=None) -> int:
    """Runs it to its end. Ctrl-C is the child's to answer; a request to end is passed on."""
    child = subprocess.Popen([str(part) for part in command], env=variables, cwd=str(cwd) if cwd else None)
    before = {signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: None)}
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None:
            before[number] = signal.signal(number, lambda got, _: child.send_signal(got))
    try:
        code = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code


def passes(name: str, command: list, variables: dict) -> bool:
    say("== " + name)
    return start(command, variables, cwd=ROOT) == 0


def output_of(command: list, variables=None) -> "tuple":
    """Exit code and all that it printed; a program that is not there counts as 127."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except OSError as error:
        return 127, str(error)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def program_variables() -> dict:
    """The caller's environment, less what would make Python look elsewhere."""
    dropped = ("PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")
    variables = {name: value for name, value in os.environ.items() if name not in dropped}
    variables["PYTHONPATH"] = str(ROOT)
    variables["PYTHONPYCACHEPREFIX"] = str(cache_folder() / "bytecode")
    return variables


@contextmanager
def test_variables():
    """The same surroundings for tests on every machine, in a private folder that goes away with them."""
    with tempfile.TemporaryDirectory(prefix="gatehouse-") as folder:
        home, runtime = Path(folder) / "home", Path(folder) / "run"
        home.mkdir()
        runtime.mkdir(mode=0o700)
        pinned = {
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(runtime),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONHASHSEED": "0",
            "PYTHONUTF8": "1",
            "QT_QPA_PLATFORM": "offscreen",
            "MYPY_CACHE_DIR": str(cache_folder() / "mypy"),
            "RUFF_CACHE_DIR": str(cache_folder() / "ruff"),
            "HYPOTHESIS_STORAGE_DIRECTORY": str(cache_folder() / "hypothesis"),
            "GATEHOUSE_PYTEST_CACHE": str(cache_folder() / "pytest"),
        }
        kept = {name: value for name, value in program_variables().items() if not name.startswith(("QT_", "XDG_"))}
        yield {**kept, **pinned}


# --- environments -------------------------------------------------------------------------------------------


def environments() -> Path:
    """The folder of environments: GATEHOUSE_ENVS, else the user's cache, else a private folder among temporary files."""
    named = os.environ.get("GATEHOUSE_ENVS")
    if named:
        return Path(named).expanduser().resolve()
    if WINDOWS:
        cache = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        cache = os.path.expanduser("~/Library/Caches")
    else:
        cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    home_like = Path(cache)
    if can_be_written(home_like) or WINDOWS:
        return home_like / "gatehouse" / "envs"
    return private_temporary_folder() / "envs"


def can_be_written(folder: Path) -> bool:
    """Whether the folder, or the nearest one above it that exists, takes new files from this user."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return os.access(str(folder), os.W_OK | os.X_OK)


def private_temporary_folder() -> Path:
    folder = Path(tempfile.gettempdir()) / "gatehouse-{}".format(os.getuid())
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if folder.is_symlink() or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise Stop("{} is not this user's own folder; name another with GATEHOUSE_ENVS.".format(folder))
    return folder


def cache_folder() -> Path:
    """Where tools keep what they may lose, so that the checkout stays as git left it and may be read-only."""
    folder = environments().parent / "cache" / hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    if os.environ.get("GATEHOUSE_ENVS"):
        folder = environments() / "cache" / folder.name
    return folder


def find_environment(kind: Kind):
    """The Python of a whole environment of this kind, or None."""
    python = interpreter(environment_folder(kind, base_python()))
    if not python.exists() or output_of([python, "-c", "pass"])[0] != 0:
        return None
    os.utime(str(python.parent.parent))
    return str(python)


def environment_folder(kind: Kind, base: str) -> Path:
    if not kind.lock.exists():
        raise Stop("{} is missing from this checkout.".format(kind.lock.name))
    code, version = output_of([base, "-c", "import platform as p; print(p.python_version(), p.machine())"])
    if code != 0:
        raise Stop("{} does not start: {}".format(base, last_line(version)))
    key = hashlib.sha256(kind.lock.read_bytes() + base.encode() + version.encode()).hexdigest()[:12]
    return environments() / "{}-{}-{}".format(kind.name, version.split()[0], key)


def interpreter(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if WINDOWS else "bin/python")


def prepare(kind: Kind) -> str:
    """The Python of an environment of this kind, made if there is none."""
    found = find_environment(kind)
    if found:
        return found
    home = environments()
    try:
        home.mkdir(parents=True, exist_ok=True)
        with only_one(home / "making.lock"):
            found = find_environment(kind)
            if not found:
                make_environment(kind)
    except OSError as error:
        raise Stop("Cannot write {}: {}. GATEHOUSE_ENVS names another folder.".format(home, error.strerror or error))
    return found or find_environment(kind) or fail_after_making(kind)


def fail_after_making(kind: Kind) -> str:
    raise Stop("The new {} environment does not start; remove {} and try again.".format(kind.name, environments()))


def make_environment(kind: Kind) -> None:
    """Builds under another name and renames last: what is there under its own name is whole."""
    base = base_python()
    target = environment_folder(kind, base)
    for left in list(target.parent.glob("*.part")) + [target]:
        shutil.rmtree(str(left), ignore_errors=True)
    free_mb = shutil.disk_usage(str(target.parent)).free // 1_000_000
    if free_mb < kind.disk_mb:
        wanted = "{} has {} MB free; about {} MB are needed.".format(target.parent, free_mb, kind.disk_mb)
        raise Stop(wanted + " GATEHOUSE_ENVS names another folder.")
    say("Gatehouse needs its Python packages, once: about {} MB to download, less what pip has kept,".format(
        kind.download_mb
    ))
    say("and {} MB on disk, in {}".format(kind.disk_mb, target))
    part = target.with_name(target.name + ".part")
    try:
        python = make_venv(base, part)
        install(python, kind.lock)
        point_scripts(part, target)
        os.rename(str(part), str(target))
    except BaseException:
        shutil.rmtree(str(part), ignore_errors=True)
        raise
    remove_unused(target)


def make_venv(base: str, folder: Path) -> str:
    code, printed = output_of([base, "-m", "venv", str(folder)], pip_variables())
    if code != 0:
        raise Stop("No virtual environment could be made with {}: {}".format(base, last_line(printed)))
    return str(interpreter(folder))


def point_scripts(part: Path, target: Path) -> None:
    """Writes the final folder into the environment's scripts, which name the one they were made in."""
    for script in interpreter(part).parent.iterdir():
        if script.is_file() and not script.is_symlink() and script.stat().st_size < 100_000:
            content = script.read_bytes()
            script.write_bytes(content.replace(str(part).encode(), str(target).encode()))


def remove_unused(made: Path) -> None:
    limit = time.time() - UNUSED_AFTER_DAYS * 86400
    for folder in made.parent.iterdir():
        ours = folder.name.startswith((PROGRAM.name + "-", DEVELOPMENT.name + "-"))
        if folder != made and ours and folder.is_dir() and folder.stat().st_mtime < limit:
            shutil.rmtree(str(folder), ignore_errors=True)


@contextmanager
def only_one(path: Path):
    """Holds a lock file; the system lets go of it when this process ends, however it ends."""
    with open(str(path), "a+") as handle:
        said = False
        while not try_lock(handle):
            if not said:
                say("Another run is preparing the Python packages; waiting for it.")
                said = True
            time.sleep(0.5)
        yield


def try_lock(handle) -> bool:
    try:
        if WINDOWS:
            import msvcrt

            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


# --- packages -----------------------------------------------------------------------------------------------

LINE_OFFLINE = re.compile(
    r"name resolution|Name or service|nodename nor|getaddrinfo|NewConnectionError|ConnectTimeout|Network is unreachable"
    r"|Connection refused|ProxyError|ReadTimeout|from versions: none"
)


def pip_variables() -> dict:
    dropped = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "PIP_USER": "0", "PYTHONUTF8": "1"}


def install(python: str, lock_file: Path) -> None:
    """Installs exactly the locked files; what arrived before a broken connection is kept by pip for the next try."""
    command = [python, "-m", "pip", "install", "--require-hashes", "--no-deps", "--only-binary", ":all:"]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--retries", "3"]
    command += ["--requirement", str(lock_file)]
    tries = 3
    for attempt in range(1, tries + 1):
        printed = install_once(command, lock_file)
        if printed is None:
            return
        why = reason(printed)
        if why.startswith("The disk") or attempt == tries:
            raise Stop(why)
        say("  {} Trying again ({} of {}).".format(why, attempt + 1, tries))
        time.sleep(3 * attempt)


def install_once(command: list, lock_file: Path):
    """None when all is installed, else what pip printed."""
    total = len(re.findall(r"^[a-z0-9].*==", lock_file.read_text(encoding="utf-8"), re.M))
    child = subprocess.Popen(command, env=pip_variables(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    printed, progress = [], Progress(total)
    try:
        for raw in child.stdout:
            line = raw.decode("utf-8", "replace").rstrip()
            printed.append(line)
            progress.read(line)
        code = child.wait()
    finally:
        progress.close()
        if child.poll() is None:
            child.terminate()
            child.wait()
    return None if code == 0 else "\n".join(printed)


class Progress:
    """One line that is rewritten on a terminal; a line every ten seconds elsewhere."""

    def __init__(self, total: int) -> None:
        self.total, self.seen, self.shown_at = total, 0, time.monotonic()
        self.terminal = sys.stdout.isatty()

    def read(self, line: str) -> None:
        started = re.match(r"Collecting ([\w.-]+)", line)
        if started:
            self.seen += 1
            self.show("  {} of {} or fewer: {}".format(self.seen, self.total, started.group(1)))
        elif re.match(r"\s+Downloading .*\((\d\d+\.\d|\d{2,}) MB\)", line):
            self.show("  downloading {}".format(line.split()[1].rsplit("/", 1)[-1] + " " + line[line.rindex("("):]), True)
        elif line.startswith("Installing collected packages"):
            self.show("  unpacking", True)

    def show(self, text: str, always: bool = False) -> None:
        if self.terminal:
            width = shutil.get_terminal_size().columns - 1
            sys.stdout.write("\r" + text[:width].ljust(width))
            sys.stdout.flush()
        elif always or time.monotonic() - self.shown_at > 10:
            self.shown_at = time.monotonic()
            say(text)

    def close(self) -> None:
        if self.terminal:
            sys.stdout.write("\r" + " " * (shutil.get_terminal_size().columns - 1) + "\r")
            sys.stdout.flush()


def reason(printed: str) -> str:
    """pip's trouble in one line."""
    if "No space left on device" in printed:
        return "The disk is full: {} cannot take the packages; GATEHOUSE_ENVS names another folder.".format(environments())
    if LINE_OFFLINE.search(printed):
        return "The Python package index cannot be reached: check the network, or pip's settings for a mirror or proxy."
    if "DO NOT MATCH THE HASHES" in printed:
        return "A package differs from the one in the lock file and was refused; is a proxy changing downloads?"
    errors = [line for line in printed.splitlines() if line.startswith("ERROR")]
    return "pip could not install the packages: {}".format(errors[-1] if errors else last_line(printed))


def last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "no message"


def compile_lock(python: str, kind: Kind, extra: list) -> int:
    command = [python, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--python-version", "3.11"]
    command += ["--only-binary", ":all:", "--output-file", str(kind.lock), *extra, "pyproject.toml"]
    variables = pip_variables()
    if variables.get("PIP_CERT"):
        variables.setdefault("SSL_CERT_FILE", variables["PIP_CERT"])
    code = start(command, variables, cwd=ROOT)
    if code == 0:
        head = "# Made by `python3 tools/dev.py lock` from pyproject.toml, for all platforms and Python 3.11 to 3.14.\n"
        body = kind.lock.read_text(encoding="utf-8")
        kind.lock.write_bytes((head + body.replace(head, "")).encode("utf-8"))
    return code


# --- which Python -------------------------------------------------------------------------------------------

FOUND = {}
PROBE = (
    "import sys, importlib.util as u; b = getattr(sys, '_base_executable', None) or sys.executable;"
    "print(sys.version_info[0], sys.version_info[1], int(u.find_spec('ensurepip') is not None),"
    "sys.implementation.name, b if sys.prefix != sys.base_prefix else sys.executable)"
)


def base_python() -> str:
    """The Python that environments are made with: this one if it suits, else one that is found."""
    if "base" not in FOUND:
        FOUND["base"] = choose_python()
    return FOUND["base"]


def choose_python() -> str:
    without_venv = None
    for command in candidates():
        code, printed = output_of([*command, "-c", PROBE])
        fields = last_line(printed).split(None, 4)
        if code != 0 or len(fields) != 5 or not fields[0].isdigit():
            continue
        version, path = (int(fields[0]), int(fields[1])), os.path.realpath(fields[4])
        if not OLDEST <= version <= NEWEST or fields[3] != "cpython":
            continue
        if fields[2] == "1":
            return path
        without_venv = without_venv or (version, path)
    if without_venv:
        (major, minor), path = without_venv
        require_packages(["python{}.{}-venv".format(major, minor)], "Python's venv module")
        return path
    raise Stop(
        "No Python 3.11 to 3.14 was found (this is {}); {}".format(platform.python_version(), how_to_get_python())
    )


def candidates():
    """Commands that may be a Python that suits, the likeliest first."""
    named = os.environ.get("GATEHOUSE_PYTHON")
    if named:
        yield [named]
        return
    yield [sys.executable]
    versions = ["3.{}".format(minor) for minor in (13, 12, 11, 14)]
    for version in versions:
        if WINDOWS:
            yield ["py", "-" + version]
        yield ["python" + version]
    yield ["python3"]
    folders = [Path(os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")) / "versions"]
    for folder in folders:
        for version in versions:
            for found in sorted(folder.glob(version + ".*"), reverse=True):
                yield [str(interpreter(found))]
    for prefix in ("/opt/homebrew", "/usr/local"):
        for version in versions:
            yield ["{}/opt/python@{}/bin/python{}".format(prefix, version, version)]


def how_to_get_python() -> str:
    if shutil.which("apt-get"):
        return "install one, for example: sudo apt-get install python3 python3-venv"
    if shutil.which("dnf"):
        return "install one, for example: sudo dnf install python3.12"
    if shutil.which("brew"):
        return "install one, for example: brew install python@3.13"
    return "install one, or name it with GATEHOUSE_PYTHON."


# --- system libraries (Linux) -------------------------------------------------------------------------------

# Shared library, then its package for apt and dnf. They are looked for by loading them, since packages' names vary.
DRAWING = (
    ("libglib-2.0.so.0", "libglib2.0-0", "glib2"),
    ("libgthread-2.0.so.0", "libglib2.0-0", "glib2"),
    ("libGL.so.1", "libgl1", "libglvnd-glx"),
    ("libEGL.so.1", "libegl1", "libglvnd-egl"),
    ("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon"),
    ("libX11.so.6", "libx11-6", "libX11"),
    ("libfontconfig.so.1", "libfontconfig1", "fontconfig"),
    ("libdbus-1.so.3", "libdbus-1-3", "dbus-libs"),
    ("libbrotlidec.so.1", "libbrotli1", "libbrotli"),
)
WINDOWS_ON_X11 = (
    ("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor"),
    ("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm"),
    ("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms"),
    ("libxcb-shape.so.0", "libxcb-shape0", "libxcb"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11"),
)


def require_libraries(wanted: tuple) -> None:
    if not sys.platform.startswith("linux"):
        return
    missing = [entry for entry in wanted if not loads(entry[0])]
    if not missing:
        return
    if not (shutil.which("apt-get") or shutil.which("dnf")):
        raise Stop("Missing system libraries: {}.".format(", ".join(entry[0] for entry in missing)))
    if is_root():
        missing = [entry for entry in DRAWING + WINDOWS_ON_X11 if not loads(entry[0])]
    column = 1 if shutil.which("apt-get") else 2
    require_packages(sorted({current_name(entry[column]) for entry in missing}), "Qt's system libraries")
    still = [entry[0] for entry in wanted if not loads(entry[0])]
    if still:
        raise Stop("Still missing after the installation: {}.".format(", ".join(still)))


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def current_name(package: str) -> str:
    """Debian 13 and Ubuntu 24.04 renamed GLib's package."""
    if package != "libglib2.0-0":
        return package
    release = {}
    for line in read_or_nothing("/etc/os-release").splitlines():
        name, _, value = line.partition("=")
        release[name] = value.strip('"')
    try:
        version = float(release.get("VERSION_ID", "0"))
    except ValueError:
        version = 0.0
    renamed = {"debian": 13, "ubuntu": 24.04}.get(release.get("ID", ""))
    return package + "t64" if renamed and version >= renamed else package


def read_or_nothing(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def require_packages(packages: list, what: str) -> None:
    """Installs system packages as root; otherwise says in one line which command does."""
    names = " ".join(packages)
    if shutil.which("apt-get"):
        command = "apt-get install -y --no-install-recommends " + names
    elif shutil.which("dnf"):
        command = "dnf install -y " + names
    else:
        raise Stop("{} is missing; install it with the system's package manager ({}).".format(what, names))
    if not is_root():
        raise Stop("{} missing; install with: sudo {}".format(what, command))
    say("Installing {}: {}".format(what, names))
    variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    if command.startswith("apt-get"):
        output_of(["apt-get", "update", "-q"], variables)
    code, printed = output_of(command.split(), variables)
    if code != 0:
        raise Stop("`{}` failed: {}".format(command, last_line(printed)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
