"""Every command of the window as one QAction, with its text, icon, shortcut and tooltip.

Menus, toolbar buttons and shortcuts all show these same actions.
"""

from typing import Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from composer_app.studio.icons import icon
from composer_app.studio.theme import COLORS

Shortcut = QKeySequence | QKeySequence.StandardKey | Qt.Key | str

# Letters belong to the computer-key piano while that is on, so R alone records only when it is
# off; Ctrl+R always does.
_RECORD_KEYS: Final = ("R", "Ctrl+R")


class Actions(QObject):
    """The commands; who carries them out connects to their signals."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.new = self._action("&New", "", QKeySequence.StandardKey.New, "Begin an empty piece")
        self.open = self._action(
            "&Open…", "open", QKeySequence.StandardKey.Open, "Open a MIDI file"
        )
        self.save = self._action(
            "&Save", "save", QKeySequence.StandardKey.Save, "Save the piece as a MIDI file"
        )
        self.save_as = self._action(
            "Save &As…", "", "Ctrl+Shift+S", "Save the piece under another name"
        )
        self.export = self._action(
            "&Export MIDI…", "export", "Ctrl+E", "Write a copy of the piece as a MIDI file"
        )
        self.export_audio = self._action(
            "Export &Audio…", "", "Ctrl+Shift+E", "Write the piece as sound: WAV, FLAC, MP3 or Ogg"
        )
        self.quit = self._action("&Quit", "", QKeySequence.StandardKey.Quit, "Leave Composer")

        self.record = self._action("Record", "record", "", "Record a melody", COLORS.record)
        self.record.setShortcuts([QKeySequence(key) for key in _RECORD_KEYS])
        self.record.setCheckable(True)
        self._describe(self.record, "Record a melody, or end the recording")
        self.rewind = self._action("Return to Start", "rewind", Qt.Key.Key_Home, "Return to start")
        self.play = self._action("Play", "play", Qt.Key.Key_Space, "Play")
        self.play.setCheckable(True)
        self.stop = self._action(
            "Stop",
            "stop",
            Qt.Key.Key_Escape,
            "Stop, and return to where playing began; once more: to the start",
        )
        self.loop = self._action(
            "&Loop", "loop", "L", "Play a region over and over", COLORS.text, COLORS.accent
        )
        self.loop.setCheckable(True)
        self.follow = self._action(
            "&Follow Playhead",
            "follow",
            "Ctrl+F",
            "Turn the pages of the piano roll with the playhead",
            COLORS.text,
            COLORS.accent,
        )
        self.follow.setCheckable(True)
        self.settings = self._action(
            "Se&ttings…", "settings", "Ctrl+,", "Sound and MIDI: what plays, and what you play on"
        )
        self.panic = self._action(
            "All Notes &Off", "", "Shift+Esc", "Silence whatever sounds, here and on MIDI outputs"
        )
        self.metronome = self._action(
            "Metronome", "metronome", "Ctrl+M", "Click on every beat", COLORS.muted, COLORS.accent
        )
        self.metronome.setCheckable(True)
        self._add_recording()

        self.generate = self._action(
            "&Generate", "generate", "Ctrl+G", "Compose the other voices around the melody"
        )
        self.generate.setShortcuts([QKeySequence("Ctrl+G"), QKeySequence("Ctrl+Return")])
        self.improve = self._action(
            "&Improve",
            "",
            "Ctrl+I",
            "Take away what sounds out of place in the voices there are, and add what is missing",
        )
        self.improve.setEnabled(False)
        self.roll = self._action("&New Seed", "dice", "Ctrl+D", "Roll the dice for another seed")

        self._add_selecting()

        self.zoom_in = self._action("Zoom &In", "zoom-in", "+", "Zoom in")
        self.zoom_in.setShortcuts(
            [QKeySequence(key) for key in ("+", "=", QKeySequence.StandardKey.ZoomIn)]
        )
        self.zoom_out = self._action("Zoom &Out", "zoom-out", "-", "Zoom out")
        self.zoom_out.setShortcuts(
            [QKeySequence(key) for key in ("-", QKeySequence.StandardKey.ZoomOut)]
        )
        self.fit = self._action("Zoom to &Fit", "zoom-fit", "0", "Show the whole piece")
        self.confidence = self._action(
            "&Confidence", "", "Ctrl+Shift+C", "Shade notes by how sure the model was of them"
        )
        self.confidence.setCheckable(True)
        self.octave_down = self._action(
            "Octave Down", "octave-down", "[", "Move the keyboard an octave down"
        )
        self.octave_up = self._action(
            "Octave Up", "octave-up", "]", "Move the keyboard an octave up"
        )
        self.computer_keys = self._action(
            "Play Notes with Letters",
            "keyboard",
            "Ctrl+K",
            "Play notes with the letters of the computer's keyboard",
            COLORS.muted,
            COLORS.accent,
        )
        self.computer_keys.setCheckable(True)
        self.computer_keys.setIconText("Letters play")

        for switch in (self.loop, self.follow, self.metronome):
            # In a menu its tick says whether it is on.
            switch.setIconVisibleInMenu(False)

    def show_playing(self, playing: bool) -> None:
        """Let Play be Pause while something plays."""
        self.play.setChecked(playing)
        self.play.setIcon(icon("pause" if playing else "play"))
        self.play.setText("Pause" if playing else "Play")
        self._describe(self.play, "Pause" if playing else "Play")

    def _add_selecting(self) -> None:
        """What concerns the notes that are selected."""
        self.select_all = self._action("Select &All", "", "Ctrl+A", "Select all notes")
        self.select_none = self._action(
            "Select &Nothing", "close", "Ctrl+Shift+A", "Select nothing"
        )
        self.select_bars = self._action(
            "Select Whole &Bars", "", "Ctrl+B", "Select the whole bars of what is selected"
        )
        self.keep = self._action(
            "&Keep Selection",
            "lock",
            "Ctrl+L",
            "Keep what is selected as it is when other notes are generated, or no longer",
            checked_color=COLORS.accent,
        )
        self.keep.setCheckable(True)
        # The space is air between icon and text, which style sheets cannot give.
        self.keep.setIconText(" Keep")
        self.keep_rest = self._action(
            "Keep Everything &Else", "", "Ctrl+Shift+L", "Keep all but what is selected as it is"
        )
        self.keep_rest.setIconText("Keep the rest")
        self.keep_nothing = self._action(
            "Let E&verything Go", "", "", "Keep nothing: let everything change again"
        )
        self.generate_selection = self._action(
            "Generate Only the &Selection",
            "generate",
            "Ctrl+Shift+G",
            "Compose what is selected anew, and leave everything else as it is",
        )
        self.generate_selection.setIconText(" Generate only this")
        self.delete = self._action("&Delete", "trash", "Del", "Delete the selected notes")
        self.delete.setShortcuts([QKeySequence("Del"), QKeySequence("Backspace")])

    def _add_recording(self) -> None:
        """What concerns the ways to get notes in, beside Record."""
        self.metronome_always = self._action(
            "Click while Playin&g, too", "", "", "Let the metronome click while playing as well"
        )
        self.metronome_always.setCheckable(True)
        self.capture = self._action(
            "&Capture",
            "capture",
            "Ctrl+Shift+R",
            "Make a melody of what you played just now, though nobody pressed Record",
        )
        self.step_input = self._action(
            "S&tep Input", "step", "Ctrl+T", "Enter notes one by one, without keeping time"
        )
        self.step_input.setCheckable(True)
        self.step_rest = self._action("Rest", "", "Ctrl+.", "Leave the chosen length silent")
        self.step_tie = self._action(
            "Tie", "", "Ctrl+J", "Lengthen the last note by the chosen length"
        )
        self.step_back = self._action("Back", "", "Ctrl+Backspace", "Take back the last note")

    def _action(
        self,
        text: str,
        icon_name: str,
        shortcut: Shortcut,
        tip: str,
        color: str = COLORS.text,
        checked_color: str | None = None,
    ) -> QAction:
        action = QAction(text, self)
        if icon_name:
            action.setIcon(icon(icon_name, color, checked_color))
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
        self._describe(action, tip)
        return action

    @staticmethod
    def _describe(action: QAction, tip: str) -> None:
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{tip} ({keys})" if keys else tip)
        action.setStatusTip(tip)
