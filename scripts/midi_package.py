"""python-rtmidi, which has to be built where there is no wheel of it, and may be left out.

Only the standard library is used: this runs before anything is installed.
"""

import sys
from typing import Final

import system_packages
from environment import Environment, constraints, succeeds
from system_packages import MIDI_BUILD, SystemPackage

_NAME: Final = "python-rtmidi"
_MAC_COMPILER: Final = "xcode-select --install"
# A file in the environment that says why python-rtmidi is not in it.
_NOTE: Final = "composer-without-midi"
_NO_TOOLS, _FAILED = "tools", "failed"


def add(environment: Environment) -> None:
    """See to it that python-rtmidi is there, or say what to type to have it.

    Without it, everything works but MIDI keyboards and other MIDI devices.
    """
    note = environment.venv / _NOTE
    if succeeds([environment.python, "-c", "import rtmidi"]):
        note.unlink(missing_ok=True)
        return
    pinned = ("--constraint", str(constraints("", environment.venv)), _NAME)
    if environment.can_pip("--only-binary", ":all:", *pinned, silent=True):
        note.unlink(missing_ok=True)
        return
    missing = missing_tools()
    if missing:
        missing = system_packages.install(missing)
    if missing:
        note.write_text(_NO_TOOLS, encoding="utf-8")
        print(_advice(missing), flush=True)
        return
    version = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    print(
        f"Building {_NAME}, which has no ready-made package for {version}: about a minute",
        flush=True,
    )
    if environment.can_pip(*pinned, build=True):
        note.unlink(missing_ok=True)
        return
    note.write_text(_FAILED, encoding="utf-8")
    print(
        f"{_NAME} could not be built; pip's own words are above. Composer works without it, but"
        " for MIDI keyboards. To try once more, type:\n"
        f"    {environment.python} -m pip install {_NAME}",
        flush=True,
    )


def worth_another_try(environment: Environment) -> bool:
    """Whether python-rtmidi was left out for want of tools that are there now."""
    try:
        left_out = (environment.venv / _NOTE).read_text(encoding="utf-8") == _NO_TOOLS
    except OSError:
        return False
    return left_out and not missing_tools()


def missing_tools() -> list[SystemPackage]:
    """What this machine lacks of what python-rtmidi is built from."""
    if sys.platform == "darwin":
        there = succeeds(["xcode-select", "-p"])
        return [] if there else [tool for tool in MIDI_BUILD if tool.brings == "c++"]
    return [tool for tool in MIDI_BUILD if tool.missing]


def _advice(missing: list[SystemPackage]) -> str:
    line = _MAC_COMPILER if sys.platform == "darwin" else system_packages.line_to_type(missing)
    if not line:
        line = f"(install what brings {', '.join(tool.brings for tool in missing)})"
    return (
        f"MIDI keyboards need {_NAME}, which has to be built here. To have them, type:\n"
        f"    {line}\n"
        "and then run the same command again. Composer works without it: going on."
    )
