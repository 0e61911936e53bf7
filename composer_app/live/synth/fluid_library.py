"""The FluidSynth library: found through pyfluidsynth, with the functions that Composer calls.

It is called directly because pyfluidsynth wraps neither all of the sequencer nor its events.
"""

import ctypes
import io
import sys
from contextlib import redirect_stdout
from ctypes import c_char_p, c_double, c_int, c_short, c_uint, c_void_p
from importlib import import_module
from threading import Lock
from types import ModuleType
from typing import Final

from composer_app.errors import DeviceError
from composer_app.live.system.system_libraries import quick_search
from composer_app.package_names import FLUIDSYNTH, install_advice, pip_line
from composer_app.translation import _

_WINDOWS_LINE: Final = "choco install fluidsynth"
# FluidSynth's log levels, from panic to debug.
_LOG_LEVELS: Final = range(5)
OK: Final = 0
_importing: Final = Lock()

_Signature = tuple[type | None, tuple[type, ...]]
# Name -> result and arguments, as in FluidSynth's headers from 2.0 on.
_SIGNATURES: Final[dict[str, _Signature]] = {
    "fluid_set_log_function": (c_void_p, (c_int, c_void_p, c_void_p)),
    "new_fluid_settings": (c_void_p, ()),
    "delete_fluid_settings": (None, (c_void_p,)),
    "fluid_settings_setstr": (c_int, (c_void_p, c_char_p, c_char_p)),
    "fluid_settings_setnum": (c_int, (c_void_p, c_char_p, c_double)),
    "fluid_settings_setint": (c_int, (c_void_p, c_char_p, c_int)),
    "new_fluid_synth": (c_void_p, (c_void_p,)),
    "delete_fluid_synth": (None, (c_void_p,)),
    "fluid_synth_sfload": (c_int, (c_void_p, c_char_p, c_int)),
    "fluid_synth_set_gain": (None, (c_void_p, ctypes.c_float)),
    "fluid_synth_noteon": (c_int, (c_void_p, c_int, c_int, c_int)),
    "fluid_synth_noteoff": (c_int, (c_void_p, c_int, c_int)),
    "fluid_synth_cc": (c_int, (c_void_p, c_int, c_int, c_int)),
    "fluid_synth_pitch_bend": (c_int, (c_void_p, c_int, c_int)),
    "fluid_synth_program_change": (c_int, (c_void_p, c_int, c_int)),
    "fluid_synth_channel_pressure": (c_int, (c_void_p, c_int, c_int)),
    "fluid_synth_key_pressure": (c_int, (c_void_p, c_int, c_int, c_int)),
    "fluid_synth_all_notes_off": (c_int, (c_void_p, c_int)),
    "new_fluid_audio_driver": (c_void_p, (c_void_p, c_void_p)),
    "delete_fluid_audio_driver": (None, (c_void_p,)),
    "new_fluid_sequencer2": (c_void_p, (c_int,)),
    "delete_fluid_sequencer": (None, (c_void_p,)),
    "fluid_sequencer_register_fluidsynth": (c_short, (c_void_p, c_void_p)),
    "fluid_sequencer_unregister_client": (None, (c_void_p, c_short)),
    "fluid_sequencer_set_time_scale": (None, (c_void_p, c_double)),
    "fluid_sequencer_get_tick": (c_uint, (c_void_p,)),
    "fluid_sequencer_send_at": (c_int, (c_void_p, c_void_p, c_uint, c_int)),
    "fluid_sequencer_remove_events": (None, (c_void_p, c_short, c_short, c_int)),
    "new_fluid_event": (c_void_p, ()),
    "delete_fluid_event": (None, (c_void_p,)),
    "fluid_event_set_source": (None, (c_void_p, c_short)),
    "fluid_event_set_dest": (None, (c_void_p, c_short)),
    "fluid_event_noteon": (None, (c_void_p, c_int, c_short, c_short)),
    "fluid_event_noteoff": (None, (c_void_p, c_int, c_short)),
    "fluid_event_control_change": (None, (c_void_p, c_int, c_short, c_int)),
    "fluid_event_pitch_bend": (None, (c_void_p, c_int, c_int)),
    "fluid_event_program_change": (None, (c_void_p, c_int, c_int)),
    "fluid_event_channel_pressure": (None, (c_void_p, c_int, c_int)),
    "fluid_event_key_pressure": (None, (c_void_p, c_int, c_short, c_int)),
}


def fluidsynth_module() -> ModuleType:
    """pyfluidsynth's module, for what it wraps; the library's logging is silenced.

    Raises :class:`DeviceError` with the remedy if pyfluidsynth or the library is missing.
    """
    return _find()[0]


def fluid_library() -> ctypes.CDLL:
    """FluidSynth with the types of its functions declared, and its logging silenced.

    Raises :class:`DeviceError` with the remedy if pyfluidsynth or the library is missing.
    """
    return _find()[1]


def _find() -> tuple[ModuleType, ctypes.CDLL]:
    try:
        # It prints where it found the library when the variable CI is set. One thread at a time:
        # two that redirect at once may leave the program without its standard output.
        with _importing, redirect_stdout(io.StringIO()), quick_search():
            module = import_module("fluidsynth")
        # A handle of our own, so that the types declared here are not pyfluidsynth's.
        library = ctypes.CDLL(module._fl._name)
        for name, (result, arguments) in _SIGNATURES.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
        for level in _LOG_LEVELS:
            library.fluid_set_log_function(level, None, None)
    except ModuleNotFoundError:
        raise DeviceError(
            _("Nothing can be heard because the Python package pyfluidsynth is missing"),
            _("type: {command}", command=pip_line("pyfluidsynth")),
        ) from None
    except Exception:  # an ImportError, an OSError, or a library that is not what it seems
        raise DeviceError(
            _("Nothing can be heard because the FluidSynth library is missing"),
            _("type: {command}", command=_WINDOWS_LINE)
            if sys.platform == "win32"
            else install_advice(FLUIDSYNTH),
        ) from None
    return module, library
