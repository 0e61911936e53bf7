"""Opening a model in onnxruntime, quietly and privately."""

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from composer_app.errors import ModelError
from composer_app.translation import _

# Packages of 2026 report their use to Microsoft, on Linux and macOS too, unless one of these is
# set before the library is loaded (onnxruntime's pull requests 27379 and 29843).
_NO_TELEMETRY: Final = {"ORT_DISABLE_TELEMETRY": "1", "ORT_TELEMETRY_DISABLED": "1"}
# OpenMP's own; onnxruntime's packages are built without that, and take no notice.
_THREADS_VARIABLE: Final = "OMP_NUM_THREADS"
_MOST_THREADS: Final = 256
_WATCH_SECONDS: Final = 0.02


def onnxruntime_module() -> Any:
    """The module onnxruntime, which sends nothing, leaves nothing behind and says nothing.

    What a person composes is nobody else's business. This is the only place that imports it.
    Raises ImportError where it is not installed, and whatever a damaged library raises.
    """
    os.environ.update(_NO_TELEMETRY)
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    onnxruntime.set_default_logger_severity(4)
    return onnxruntime


def open_session(path: Path, threads: int | None = None) -> Any:
    """An ``onnxruntime.InferenceSession`` of ``path`` on the processor.

    ``threads`` within an operator; None leaves it to the variable OMP_NUM_THREADS, by which
    people limit what computes, and without that to onnxruntime. Raises :class:`ModelError` for a
    file that it cannot load.
    """
    onnxruntime = onnxruntime_module()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or _threads_wanted()
    options.inter_op_num_threads = 1
    # Its threads would look out for more work for tens of milliseconds after a run, and keep
    # another model's, and the studio's, from the processor.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception:
        # onnxruntime's own errors have no common base and speak to programmers.
        raise ModelError(
            _(
                "{file} cannot be loaded as an ONNX model: it is damaged or was made for another"
                " version",
                file=path.name,
            ),
            _("install Composer again, or choose another model"),
        ) from None


def _threads_wanted() -> int:
    """How many the environment asks for; 0, onnxruntime's own choice, where it asks for none."""
    wanted = os.environ.get(_THREADS_VARIABLE, "").strip()
    # onnxruntime would make any number of them, however many processors there are.
    return min(int(wanted), _MOST_THREADS) if wanted.isascii() and wanted.isdecimal() else 0


def run_part(session: Any, outputs: Sequence[str], feeds: dict[str, Any]) -> list[Any]:
    """``session.run`` of no more than what ``outputs`` need: a part of the network may do."""
    options = onnxruntime_module().RunOptions()
    options.only_execute_path_to_fetches = True
    answer: list[Any] = session.run(outputs, feeds, options)
    return answer


def run_watched(
    session: Any, outputs: Sequence[str], feeds: dict[str, Any], stop: Callable[[], bool]
) -> list[Any] | None:
    """``session.run``, or None where ``stop`` became true meanwhile.

    ``stop`` is asked from another thread, 50 times a second; the run then ends with the operator
    that it is at.
    """
    options = onnxruntime_module().RunOptions()
    done, stopped = threading.Event(), threading.Event()

    def watch() -> None:
        while not done.wait(_WATCH_SECONDS):
            if stop():
                stopped.set()
                options.terminate = True
                return

    watcher = threading.Thread(target=watch, name="generation-watch", daemon=True)
    watcher.start()
    try:
        answer: list[Any] = session.run(outputs, feeds, options)
    except Exception:
        # onnxruntime's own errors have no common base.
        if stopped.is_set():
            return None
        raise
    finally:
        done.set()
        watcher.join()
    return answer
