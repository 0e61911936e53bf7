"""Whether a window can be opened here. Free of Qt, which ends the whole process if not."""

import ctypes
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from composer_app.errors import DeviceError
from composer_app.package_names import WINDOW, can_load, install_advice
from composer_app.translation import Message, _


def display_problem(
    environment: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> DeviceError | None:
    """Why no window can be opened, or None if one can.

    Only X11 and Wayland need looking after; a platform chosen with QT_QPA_PLATFORM is trusted.
    """
    if not platform.startswith(("linux", "freebsd")):
        return None
    chosen = environment.get("QT_QPA_PLATFORM", "")
    if chosen and not chosen.startswith(("xcb", "wayland")):
        return None
    wayland_here = _wayland_answers(environment)
    if wayland_here and not chosen.startswith("xcb"):
        return None
    display = environment.get("DISPLAY")
    if not display:
        return DeviceError(
            _("There is no display to open a window on (DISPLAY is not set)"),
            _("start Composer on a desktop, or use composer-app generate, which needs none"),
        )
    if not _x_server_answers(display):
        return DeviceError(
            _("The display {device} does not answer, so no window can be opened", device=display),
            _("check DISPLAY, or use composer-app generate, which needs none"),
        )
    if not can_load("libxcb-cursor.so.0"):
        return DeviceError(_("The system library libxcb-cursor.so.0 is missing"), _advice())
    return None


def qt_platform() -> tuple[str, str]:
    """Qt's version and the platform that it opens windows on, such as xcb.

    Call it in a process of its own, and only where there is no :func:`display_problem`: Qt ends
    the process when it finds no platform. Raises ImportError, see :func:`library_problem`.
    """
    from PySide6.QtCore import qVersion
    from PySide6.QtGui import QGuiApplication

    app = QGuiApplication([])
    return qVersion(), app.platformName()


def library_problem(error: ImportError) -> DeviceError:
    """What to say of a Qt that cannot be imported since a system library is missing."""
    what = _("Qt cannot be loaded ({error}), since a system library is missing", error=error)
    return DeviceError(what, _advice())


def _advice() -> Message:
    """What to do to have every library that Qt needs and this system lacks."""
    lacking = [package for package in WINDOW if package.missing]
    return install_advice(*(lacking or WINDOW))


def _wayland_answers(environment: Mapping[str, str]) -> bool:
    name = environment.get("WAYLAND_DISPLAY")
    if not name:
        return False
    return (Path(environment.get("XDG_RUNTIME_DIR", "/")) / name).exists()


def _x_server_answers(display: str) -> bool:
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        # Qt brings what is missing to light itself, as an ImportError.
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    answers = not xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return bool(answers)
