"""Puts together what the window has of MIDI: menu, keyboard, outputs and clock."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from composer_app.studio.midi.midi_controller import MidiController
from composer_app.studio.midi.midi_menu import MidiMenu
from composer_app.studio.midi.midi_output_controller import FollowedPlayer, MidiOutputController
from composer_app.studio.window.services import Services


def build_midi(services: Services, menu: QMenu, panic: QAction, parent: QObject) -> MidiController:
    """The controller that keeps ``menu`` true; it also opens the sound when it starts."""
    output = MidiOutputController(
        services.outputs,
        services.sound,
        FollowedPlayer(services.player, services.document),
        services.settings,
        services.clock,
        services.sound.open,
        parent,
    )
    controller = MidiController(
        services.ports,
        output,
        services.live,
        services.settings,
        MidiMenu(menu, panic, parent),
        parent,
    )
    panic.triggered.connect(controller.panic)
    return controller
