"""Puts together what the window has of MIDI: menu, keyboard, outputs and clock."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from composer_app.live.note_sink import Clock
from composer_app.studio.midi.midi_controller import InputPorts, MidiController
from composer_app.studio.midi.midi_menu import MidiMenu
from composer_app.studio.midi.midi_output_controller import (
    FollowedPlayer,
    MidiOutputController,
    OutputPorts,
)
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.sound.live_input import LiveInput
from composer_app.studio.sound.sound import Sound


def build_midi(
    ports: InputPorts,
    outputs: OutputPorts,
    live: LiveInput,
    sound: Sound,
    player: FollowedPlayer,
    settings: Settings,
    clock: Clock,
    menu: QMenu,
    panic: QAction,
    parent: QObject,
) -> MidiController:
    """The controller that keeps ``menu`` true; it also opens the sound when it starts."""
    output = MidiOutputController(outputs, sound, player, settings, clock, sound.open, parent)
    controller = MidiController(
        ports, output, live, settings, MidiMenu(menu, panic, parent), parent
    )
    panic.triggered.connect(controller.panic)
    return controller
