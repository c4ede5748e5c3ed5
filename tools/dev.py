"""Runs Gatehouse from a checkout: `python3 tools/dev.py help`.

Standard library only. Finds a Python that suits, keeps a virtual environment in the user's cache folder and
starts the program, its tests and its checks in it. Starts on Python 3.8; what it runs needs 3.11.
"""

import os
import shutil
import sys

if sys.version_info < (3, 8):
    sys.exit("Gatehouse needs Python 3.11 to 3.14 (this script 3.8); this is " + sys.version.split()[0])

import tempfile
from contextlib import contextmanager
from pathlib import Path

sys.dont_write_bytecode = True  # the checkout stays as git left it
sys.path.insert(0, str(Path(__file__).resolve().parent))

from devkit.base import ROOT, Stop, say, start, without
from devkit.environments import DEVELOPMENT, PROGRAM, find, folder_of_all, make_venv, prepare, tools_cache
from devkit.packages import pip_variables
from devkit.system import DRAWING, X11, require_libraries

PACKAGES = ("domain", "ledger", "documents", "app", "server")
WORKERS = min(4, (os.cpu_count() or 1) + 2)  # more than cores: some wait for a process or a line
# A file's tests share what they set up.
AT_ONCE = ("-n", str(WORKERS), "--dist", "loadfile", "--no-loadscope-reorder")
# Real processes killed, the power gone before each write, fresh histories, each rule switched off once, each trouble at
# each door, whole desks by keys, each screen in each look and by each key: decision 23. So are both databases.
PROOFS = (
    "tests/faults",
    "tests/hardware/test_camera.py",
    "tests/journeys/test_approval_desk.py",
    "tests/journeys/test_booking_desk.py",
    "tests/journeys/test_cut_off.py",
    "tests/journeys/test_discount_desk.py",
    "tests/journeys/test_family_visit_arabic.py",
    "tests/journeys/test_guest_desk.py",
    "tests/journeys/test_message_desk.py",
    "tests/journeys/test_refund.py",
    "tests/journeys/test_refund_desk.py",
    "tests/journeys/test_variants.py",
    "tests/server/api/test_openapi.py",
    "tests/server/test_letter_order.py",
    "tests/server/test_refund_tasks.py",
    "tests/server/test_together.py",
    "tests/server/test_trouble.py",
    "tests/services/test_flipped_bytes.py",
    "tests/services/test_recovery.py",
    "tests/simulation",
    "tests/sync/test_attention_elsewhere.py",
    "tests/sync/test_away.py",
    "tests/sync/test_booking_days.py",
    "tests/sync/test_bookings.py",
    "tests/sync/test_bookings_decided.py",
    "tests/sync/test_copies_beside.py",
    "tests/sync/test_enrolled_anew.py",
    "tests/sync/test_granted.py",
    "tests/sync/test_guests.py",
    "tests/sync/test_messages.py",
    "tests/sync/test_paid_twice.py",
    "tests/sync/test_places.py",
    "tests/sync/test_stopping.py",
    "tests/sync/test_withdrawn.py",
    "tests/views/looks",
    "tests/views/test_focus.py",
    "tests/views/test_forms.py",
    "tests/views/test_keyboard.py",
    "tests/views/test_stopped.py",
)
ONE_DATABASE, SECOND_DATABASE = "not [postgresql and not -postgresql", "[postgresql or -postgresql"
ASTRAY = ("PYTHONHOME", "PYTHONSTARTUP", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")
MEMORY_NEEDED = 2 * 10**9  # bytes; what failed tests leave is kept until the end
LOCK_HEAD = (
    "# Made by `python3 tools/dev.py lock` from pyproject.toml, for all platforms and Python 3.11 to 3.14.\n"
)


def run(args: list) -> int:
    """the demo venue: server, till and devices (what follows is passed on)"""
    require_libraries(DRAWING + (X11 if os.environ.get("DISPLAY") else ()))
    python = find(DEVELOPMENT) or prepare(PROGRAM)
    return start([python, "-P", "-m", "app", "demo", *args], program_variables())


def test(args: list) -> int:
    """the tests, but for the long proofs and the second database, which check has (what follows goes to pytest)"""
    paths = [given.rstrip("/") for given in args if given.startswith("tests")]
    left_out = [each for each in PROOFS if not any(p.startswith(each) or each.startswith(p) for p in paths)]
    one = [] if paths else ["-k", ONE_DATABASE]
    return tests([*one, *args, *("--ignore=" + each for each in left_out)])


def tests(args: list) -> int:
    require_libraries(DRAWING)
    python = prepare(DEVELOPMENT)
    with test_variables() as variables:
        cache = "cache_dir={}".format(tools_cache() / "pytest")
        return start([python, "-m", "pytest", "-o", cache, *AT_ONCE, *args], variables, cwd=ROOT)


def lint(args: list) -> int:
    """format, lint, types and import contracts (--fix formats and mends first)"""
    python = prepare(DEVELOPMENT)
    contracts = "from importlinter.cli import lint_imports_command as main; main()"
    steps = {
        "format": ["-m", "ruff", "format", "--check", "--output-format", "concise", "."],
        "lint": ["-m", "ruff", "check", "."],
        "types": ["-m", "mypy", *(name for name in PACKAGES if (ROOT / name).is_dir())],
        "contracts": ["-c", contracts, "--cache-dir", str(tools_cache() / "imports")],
    }
    with test_variables() as variables:
        if "--fix" in args:
            start([python, "-m", "ruff", "check", "--fix", "--quiet", "."], variables, cwd=ROOT)
            start([python, "-m", "ruff", "format", "."], variables, cwd=ROOT)
        failed = []
        for name, step in steps.items():
            say("== " + name)
            if start([python, *step], variables, cwd=ROOT) != 0:
                failed.append(name)
    if failed:
        say("FAILED: " + ", ".join(failed))
    return 1 if failed else 0


def rest(args: list) -> int:
    """What `test` leaves out: the long proofs, and everything else on the second database."""
    left_out = ["--ignore=" + each for each in PROOFS]
    proved = tests([*PROOFS, *args])
    return tests(["-k", SECOND_DATABASE, *left_out, *args]) or proved


def check(args: list) -> int:
    """all that must hold before a commit: lint, then all tests (--rest: but those that `test` has)"""
    linted = lint([])
    say("== tests")
    others = [each for each in args if each != "--rest"]
    tested = rest(others) if "--rest" in args else tests(others)
    if linted:
        say("The tests are over; lint had FAILED, see above.")
    return linted or tested


def bench(args: list) -> int:
    """the benchmarks"""
    require_libraries(DRAWING)
    return start([prepare(DEVELOPMENT), "-m", "benchmarks", *args], program_variables(), cwd=ROOT)


def soak(args: list) -> int:
    """simulated venues, many: HISTORIES=N, or --bugs for the rules switched off; FAULTS=MINUTES kills real processes"""
    python = prepare(DEVELOPMENT)
    faults = os.environ.get("FAULTS")
    with test_variables() as variables:
        if faults:
            code = start([python, "-m", "tests.faults", faults, *args], variables, cwd=ROOT)
            if code or "HISTORIES" not in os.environ:
                return code
        return start([python, "-m", "tests.simulation", *args], variables, cwd=ROOT)


def lock(args: list) -> int:
    """makes the lock files anew from pyproject.toml (--upgrade takes newer versions)"""
    with tempfile.TemporaryDirectory(prefix="gatehouse-lock-") as folder:
        python = make_venv(Path(folder) / "uv")
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"]
        if start(install, pip_variables()) != 0:
            raise Stop("Could not install uv, which makes the lock files; can the package index be reached?")
        same_versions = ["--group", "dev", "--constraint", PROGRAM.lock.name]
        return compile_lock(python, PROGRAM.lock, args) or compile_lock(
            python, DEVELOPMENT.lock, same_versions + args
        )


def compile_lock(python: str, file: Path, args: list) -> int:
    command = [python, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
    command += ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    command += ["--python-version", "3.11", "--only-binary", ":all:", "--output-file", file.name]
    variables = pip_variables()
    if "PIP_CERT" in variables:
        variables.setdefault("SSL_CERT_FILE", variables["PIP_CERT"])
    code = start([*command, *args, "pyproject.toml"], variables, cwd=ROOT)
    if code == 0:
        body = file.read_text(encoding="utf-8").replace(LOCK_HEAD, "")
        file.write_bytes((LOCK_HEAD + body).encode("utf-8"))
    return code


def help_(_args: list) -> int:
    """this list"""
    say("Gatehouse. Usage: make COMMAND, or python3 tools/dev.py COMMAND [arguments]\n")
    for name, command in available().items():
        say("  {:<7}{}".format(name, command.__doc__))
    say("\nPython packages are kept in {} (GATEHOUSE_ENVS names another folder).".format(folder_of_all()))
    return 0


COMMANDS = {"run": run, "test": test, "check": check, "lint": lint, "bench": bench, "soak": soak}
COMMANDS.update({"lock": lock, "help": help_})
OTHER_NAMES = {"demo": "run", "-h": "help", "--help": "help"}
NEEDS = {"bench": "benchmarks", "soak": "tests/simulation"}


def available() -> dict:
    """The commands whose target is in this checkout."""

    def there(name: str) -> bool:
        target = NEEDS.get(name, "tools")
        return (ROOT / target).is_dir() or (ROOT / (target + ".py")).is_file()

    return {name: command for name, command in COMMANDS.items() if there(name)}


def program_variables() -> dict:
    """The caller's environment, less what would make Python look elsewhere or compile all of it in each process."""
    kept = without(*ASTRAY)
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(tools_cache() / "bytecode")}


@contextmanager
def test_variables():
    """The same surroundings for tests on every machine, in a private folder that goes away with them."""
    kept = {
        name: value for name, value in program_variables().items() if not name.startswith(("QT_", "XDG_"))
    }
    caches = {
        "MYPY_CACHE_DIR": "mypy",
        "RUFF_CACHE_DIR": "ruff",
        "HYPOTHESIS_STORAGE_DIRECTORY": "hypothesis",
    }
    kept.update({name: str(tools_cache() / folder) for name, folder in caches.items()})
    kept.update(LC_ALL="C.UTF-8", TZ="UTC", PYTHONHASHSEED="0", PYTHONUTF8="1", QT_QPA_PLATFORM="offscreen")
    memory = memory_folder()
    with tempfile.TemporaryDirectory(prefix="gatehouse-", dir=memory) as folder:
        kept.update({"TMPDIR": folder} if memory else {})
        for variable, name in (("HOME", "home"), ("XDG_RUNTIME_DIR", "run")):
            (Path(folder) / name).mkdir(mode=0o700)
            kept[variable] = str(Path(folder) / name)
        yield kept


def memory_folder():
    """Where a test's files need no disk, if the system has such a folder with much room; else None, the usual one.
    Each station and server waits for its disk at every step, and no test can tell what a disk did in between."""
    folder = "/dev/shm"
    roomy = os.path.isdir(folder) and shutil.disk_usage(folder).free >= MEMORY_NEEDED
    return folder if roomy and os.access(folder, os.W_OK | os.X_OK) else None


def main(argv: list) -> int:
    name, args = (argv[0], argv[1:]) if argv else ("help", [])
    command = available().get(OTHER_NAMES.get(name, name))
    if command is None:
        say("There is no command {!r} here; `python3 tools/dev.py help` lists them.".format(name), sys.stderr)
        return 2
    try:
        return command(args)
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except (Stop, OSError) as stop:
        say("gatehouse: {}".format(stop), sys.stderr)
        return 3
    except KeyboardInterrupt:
        say("\ngatehouse: stopped.", sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
