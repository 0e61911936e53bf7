"""Imports at their best time: before Qt, or once the window has been seen."""

from importlib import import_module
from typing import Final

# Once Qt is there, PySide reads the source of every module that is imported after it. These, with
# all they import, are what the window needs and what knows no Qt.
_BEFORE_QT: Final = (
    "composer_app.analysis.copies",
    "composer_app.analysis.explanations",
    "composer_app.analysis.fitting",
    "composer_app.analysis.likeness",
    "composer_app.generation.catalog",
    "composer_app.generation.given",
    "composer_app.live.midi.clock",
    "composer_app.live.midi.inputs",
    "composer_app.live.midi.output_synthesizer",
    "composer_app.live.playback.player",
    "composer_app.live.recording.capture",
    "composer_app.live.recording.journal",
    "composer_app.live.recording.step_input",
    "composer_app.live.rendering.audio_file",
    "composer_app.music.edits",
    "composer_app.music.instruments",
    "composer_app.music.note_edits",
    "composer_app.music.quantization",
    "composer_app.music.sample_melodies",
    "composer_app.project.project_file",
    "composer_app.reporting.plots.colors",
    "composer_app.reporting.plots.picture",
    "composer_app.reporting.plots.rendered",
    "composer_app.reporting.plots.words",
)
# Reading and writing MIDI, and keys of a MIDI keyboard.
_WANTED_SOON: Final = ("mido",)


def import_what_needs_no_qt() -> None:
    """To be called before Qt is imported, which makes later imports slower."""
    for module in _BEFORE_QT:
        import_module(module)


def import_what_is_wanted_soon() -> None:
    """To be called in a thread once the window is there, so that the first key need not wait."""
    for module in _WANTED_SOON:
        import_module(module)
