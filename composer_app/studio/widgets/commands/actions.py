"""Every command of the window as one QAction.

They are made of :mod:`composer_app.studio.widgets.commands.command_table`.

Menus, toolbar buttons and shortcuts all show these same actions.
"""

from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from composer_app.studio.widgets.commands.command_table import COMMANDS, working_keys
from composer_app.studio.widgets.icons import icon
from composer_app.studio.widgets.theme import COLORS

# Where an icon has not the text's colour: its colour, and the one while its switch is on.
_COLORS: Final[dict[str, tuple[str, str | None]]] = {
    "record": (COLORS.record, None),
    "loop": (COLORS.text, COLORS.accent),
    "follow": (COLORS.text, COLORS.accent),
    "metronome": (COLORS.muted, COLORS.accent),
    "computer_keys": (COLORS.muted, COLORS.accent),
    "lock": (COLORS.text, COLORS.accent),
}


class Actions(QObject):
    """The commands; who carries them out connects to their signals.

    Their keys, and the tooltips that name them, are those that work: while letters play notes,
    a letter is no command.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._letters = True
        self._tips = {name: command.tip for name, command in COMMANDS.items()}
        self._made: dict[str, QAction] = {}
        self._add_files()
        self._add_playing()
        self._add_notes_in()
        self._add_generating()
        self._add_changing()

        self.zoom_in = self._make("zoom_in")
        self.zoom_out = self._make("zoom_out")
        self.fit = self._make("fit")
        self.score = self._make("score")
        self.chords = self._make("chords")
        self.numerals = self._make("numerals")
        self.confidence = self._make("confidence")
        self.messages = self._make("messages")
        for switch in (self.loop, self.follow, self.metronome):
            # In a menu its tick says whether it is on.
            switch.setIconVisibleInMenu(False)

    @property
    def by_name(self) -> dict[str, QAction]:
        """All of them, by their names in the table."""
        return dict(self._made)

    def set_letters_play(self, playing: bool) -> None:
        """Whether letters play notes; if not, they are keys like others."""
        if playing == self._letters:
            return
        self._letters = playing
        for name in self._made:
            self._use_keys(name)

    def show_playing(self, playing: bool) -> None:
        """Let Play be Pause while something plays."""
        self.play.setChecked(playing)
        self.play.setIcon(icon("pause" if playing else "play"))
        self.play.setText("&Pause" if playing else "&Play")
        self._tips["play"] = "Pause" if playing else "Play"
        self._use_keys("play")

    def _add_files(self) -> None:
        self.new = self._make("new")
        self.open = self._make("open")
        self.save = self._make("save")
        self.save_as = self._make("save_as")
        self.export = self._make("export")
        self.copy_midi = self._make("copy_midi")
        self.export_musicxml = self._make("export_musicxml")
        self.export_score = self._make("export_score")
        self.export_audio = self._make("export_audio")
        self.settings = self._make("settings")
        self.quit = self._make("quit")
        self.about = self._make("about")

    def _add_playing(self) -> None:
        self.play = self._make("play")
        self.stop = self._make("stop")
        self.rewind = self._make("rewind")
        self.loop = self._make("loop")
        self.follow = self._make("follow")
        self.metronome = self._make("metronome")
        self.metronome_always = self._make("metronome_always")
        self.panic = self._make("panic")

    def _add_notes_in(self) -> None:
        self.record = self._make("record")
        self.capture = self._make("capture")
        self.computer_keys = self._make("computer_keys")
        self.octave_down = self._make("octave_down")
        self.octave_up = self._make("octave_up")
        self.step_input = self._make("step_input")
        # From the whole note to the sixteenth.
        self.lengths = tuple(
            self._make(f"length_{name}")
            for name in ("whole", "half", "quarter", "eighth", "sixteenth")
        )
        self.dotted = self._make("dotted")
        self.step_rest = self._make("step_rest")
        self.step_tie = self._make("step_tie")
        self.step_back = self._make("step_back")

    def _add_generating(self) -> None:
        self.generate = self._make("generate")
        self.cancel = self._make("cancel")
        self.cancel.setEnabled(False)
        self.continue_piece = self._make("continue_piece")
        self.fill_gap = self._make("fill_gap")
        self.compose_piece = self._make("compose_piece")
        self.improve = self._make("improve")
        self.improve.setEnabled(False)
        self.generate_selection = self._make("generate_selection")
        self.choose_melody = self._make("choose_melody")
        self.leave_out_others = self._make("leave_out_others")
        self.phrase = self._make("phrase")
        self.roll = self._make("roll")
        self.lock = self._make("lock")
        self.lock_rest = self._make("lock_rest")
        self.unlock_all = self._make("unlock_all")

    def _add_changing(self) -> None:
        self.undo = self._make("undo")
        self.redo = self._make("redo")
        self.select_all = self._make("select_all")
        self.select_bars = self._make("select_bars")
        self.select_none = self._make("select_none")
        self.delete = self._make("delete")

    def _make(self, name: str) -> QAction:
        command = COMMANDS[name]
        action = self._made[name] = QAction(command.text, self)
        if command.icon:
            action.setIcon(icon(command.icon, *_COLORS.get(name, (COLORS.text, None))))
        if command.brief:
            action.setIconText(command.brief)
        action.setCheckable(command.switch)
        action.setAutoRepeat(command.repeats)
        self._use_keys(name)
        return action

    def _use_keys(self, name: str) -> None:
        """Give an action the keys that reach it, and say the first of them."""
        action, tip = self._made[name], self._tips[name]
        keys = [QKeySequence(key) for key in working_keys(COMMANDS[name], letters=self._letters)]
        action.setShortcuts(keys)
        shown = keys[0].toString(QKeySequence.SequenceFormat.NativeText) if keys else ""
        action.setToolTip(f"{tip} ({shown})" if shown else tip)
        action.setStatusTip(tip)
