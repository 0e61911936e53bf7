"""The settings: a window of its own beside the music, in which everything acts at once."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from composer_app.studio.midi.midi_controller import MidiController
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.sound.sound_controller import SoundController
from composer_app.studio.widgets.file_dialogs import FileDialogs
from composer_app.studio.widgets.window_placement import WindowPlacement, size_for
from composer_app.studio.window.midi_page import MidiPage
from composer_app.studio.window.sound_page import SoundPage

_SIZE: Final = QSize(600, 520)
_SOUND: Final = 0


class SettingsDialog(QDialog):
    """Two pages, sound and MIDI; not modal, so that one can play meanwhile."""

    def __init__(
        self,
        sound: SoundController,
        midi: MidiController,
        settings: Settings,
        dialogs: FileDialogs,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings – Composer")
        self._midi = midi
        self.sound = SoundPage(
            sound,
            settings,
            lambda folder: dialogs.ask_soundfont(self, folder),
        )
        self.midi = MidiPage()
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setDrawBase(False)
        self._tabs.addTab(_scrolling(self.sound), "Sound")
        self._tabs.addTab(_scrolling(self.midi), "MIDI")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._tabs, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(24, 0, 24, 16)
        foot.addWidget(buttons)
        layout.addLayout(foot)
        WindowPlacement(self)
        self.resize(size_for(self, _SIZE))
        self._connect()

    def open_page(self) -> None:
        """Show the dialog, with the page that was seen last."""
        self.show()
        self.raise_()
        self.activateWindow()

    def open_sound(self) -> None:
        """Show the dialog, with the page on sound."""
        self._tabs.setCurrentIndex(_SOUND)
        self.open_page()

    def showEvent(self, event: QShowEvent) -> None:
        """What there is may have changed since the last time."""
        self.sound.look_for_soundfonts()
        self._show_choices()
        super().showEvent(event)
        self._tabs.setFocus(Qt.FocusReason.OtherFocusReason)

    def _connect(self) -> None:
        midi, page = self._midi, self.midi
        self.sound.outputChosen.connect(midi.choose_output)
        page.inputChosen.connect(midi.choose)
        page.channelChosen.connect(midi.choose_channel)
        page.shiftChosen.connect(midi.choose_shift)
        page.clockChosen.connect(midi.choose_clock)
        page.portsToggled.connect(midi.offer_ports)
        page.refreshed.connect(midi.refresh)
        midi.choicesChanged.connect(self._show_choices)

    def _show_choices(self) -> None:
        self.sound.show_choices(self._midi.choices)
        self.midi.show_choices(self._midi.choices)


def _scrolling(page: QWidget) -> QScrollArea:
    """On a small screen a page scrolls as a whole."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(page)
    page.setAutoFillBackground(False)
    area.viewport().setAutoFillBackground(False)
    return area
