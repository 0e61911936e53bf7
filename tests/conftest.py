"""What every test starts from: no window, no sound, and nobody's real settings."""

import gc
import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings
from pytestqt.qtbot import QtBot

from composer_app.studio.runtime.preload import import_qt
from tests import screens, turns

# Without PySide's own way of importing, which reads the source of every module that comes after it.
import_qt()
gc.enable()

_home = tempfile.TemporaryDirectory(prefix="composer-tests-")

# Qt and matplotlib read these when they are first imported, which is before any fixture runs.
os.environ.setdefault("QT_QPA_PLATFORM", screens.offscreen(Path(_home.name), 2560, 1440))
os.environ.setdefault("MPLBACKEND", "Agg")
# Programs that tests start with a home of their own would look for fonts, which takes a second.
_cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
os.environ.setdefault("MPLCONFIGDIR", str(_cache / "matplotlib"))
# Where tests run side by side, torch, numpy and the models compute with one processor in each
# process: more of them would wait for each other, and compute all the while.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
# Tests that use onnxruntime directly report nothing either.
os.environ["ORT_DISABLE_TELEMETRY"] = os.environ["ORT_TELEMETRY_DISABLED"] = "1"

# A shell that starts the tests in the background lets them ignore Ctrl-C, and every program that
# they start as well: those are to be interrupted.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No example is wrong for being slow: the machine may be busy.
settings.register_profile(
    "composer", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("composer")

# Measuring makes a test slower by up to two thirds, so whatever tests more than one part is spared
# (a window, a command, a training), and what is slow anyway. scripts/check_coverage.py holds these.
_TESTS: Final = Path(__file__).parent
_MEASURED: Final = frozenset(
    {"analysis", "distributions", "evaluation", "generation", "live", "music", "project"}
)

_MOST_PROCESSORS: Final = 4

# Only what never comes is waited for so long; pytest-qt itself would give up after five seconds.
PATIENCE_MS: Final = 60_000

for _variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
    os.environ[_variable] = str(Path(_home.name) / _variable.lower())


def pytest_configure(config: pytest.Config) -> None:
    """Let tests that play in time have the machine, if there are several processes of tests."""
    turns.take_turns(config)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One process of tests more than there are processors, of which up to four are used.

    Many tests wait: for music that is played, for a program that starts, for a file. One of the
    processes may compute meanwhile.
    """
    return min(os.cpu_count() or 1, _MOST_PROCESSORS) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker, before it starts, where all of them meet."""
    node.workerinput["turns"] = _home.name


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """See to it that nothing long comes late, and measure what the pure parts' own tests take."""
    items[:] = turns.in_order(items)
    for item in items:
        own = _MEASURED.intersection(item.path.relative_to(_TESTS).parts)
        if not own or item.get_closest_marker("slow"):
            item.add_marker("no_cover")


@pytest.fixture(scope="session", autouse=True)
def _leave_no_settings_behind() -> Iterator[None]:
    yield
    _home.cleanup()


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture
def thrown_away_here() -> Iterator[None]:
    """Collect a test's widgets on the GUI thread, after the test.

    As the studio does while it runs, and for the same reason (studio/runtime/garbage.py). What
    survives a test (modules, caches) is frozen, so that collecting after the next one stays
    quick.
    """
    gc.disable()
    yield
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture
def qtbot(thrown_away_here: None, qtbot: QtBot) -> QtBot:
    """Waits for what it is to wait for, however busy the machine is."""
    for name in ("waitUntil", "waitSignal", "waitExposed"):
        setattr(qtbot, name, partial(getattr(qtbot, name), timeout=PATIENCE_MS))
    return qtbot


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs a command: its exit status, stdout and stderr."""
    # Not before the variables above are set.
    from composer_app import cli

    def run_command(*arguments: str) -> tuple[int, str, str]:
        try:
            status = cli.main(arguments)
        except SystemExit as exit_:  # argparse's own way out
            status = int(exit_.code or 0)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run_command
