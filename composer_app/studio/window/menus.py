"""The menu bar."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar

from composer_app.errors import ComposerError
from composer_app.plain_text import one_line
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.widgets.commands.actions import Actions
from composer_app.studio.widgets.elided import menu_text
from composer_app.studio.widgets.shown_text import tip_text


class Menus(QObject):
    """Fills a menu bar; lists that change are filled when their menu opens.

    ``sampleChosen(id)`` and ``fileChosen(path)`` ask for one of them to be opened.
    """

    sampleChosen = Signal(str)
    fileChosen = Signal(Path)

    def __init__(
        self,
        bar: QMenuBar,
        actions: Actions,
        settings: Settings,
        midi_menu: QMenu,
        quantize_menu: QMenu,
        metronome_menu: QMenu,
    ) -> None:
        super().__init__(bar)
        self._settings = settings
        self._open = actions.open
        self.samples = QMenu("Sample &Melodies")
        self.samples.aboutToShow.connect(self._fill_samples)
        self._recent = QMenu("Open &Recent")
        self._recent.aboutToShow.connect(self._fill_recent)
        for menu in (self.samples, self._recent):
            menu.setToolTipsVisible(True)

        file = bar.addMenu("&File")
        file.addActions([actions.new, actions.compose_piece, actions.open])
        file.addMenu(self._recent)
        file.addMenu(self.samples)
        file.addSeparator()
        file.addActions([actions.save, actions.save_as])
        file.addSeparator()
        file.addActions([actions.export, actions.copy_midi, actions.export_musicxml])
        file.addActions([actions.export_score, actions.export_audio])
        file.addSeparator()
        file.addAction(actions.quit)

        edit = self._edit = bar.addMenu("&Edit")
        edit.addActions([actions.undo, actions.redo])
        edit.addSeparator()
        edit.addActions([actions.generate, actions.cancel, actions.improve, actions.roll])
        edit.addSeparator()
        edit.addActions([actions.continue_piece, actions.fill_gap, actions.compose_piece])
        edit.addSeparator()
        edit.addActions([actions.choose_melody, actions.leave_out_others, actions.phrase])
        edit.addSeparator()
        edit.addActions([actions.select_all, actions.select_bars])
        edit.addActions([actions.select_none, actions.delete])
        self._after_voices = actions.select_none
        edit.addSeparator()
        edit.addActions([actions.lock, actions.lock_rest, actions.unlock_all])
        edit.addAction(actions.generate_selection)
        edit.addSeparator()
        edit.addAction(actions.settings)
        # On macOS it belongs to the application's own menu.
        actions.settings.setMenuRole(QAction.MenuRole.PreferencesRole)

        play = bar.addMenu("&Play")
        _fill_play(play, actions, quantize_menu, metronome_menu, midi_menu)

        view = bar.addMenu("&View")
        view.addActions([actions.zoom_in, actions.zoom_out, actions.fit])
        view.addSeparator()
        view.addActions([actions.score, actions.confidence])
        view.addSeparator()
        view.addActions([actions.chords, actions.numerals])
        view.addSeparator()
        view.addAction(actions.messages)

        bar.addMenu("&Help").addAction(actions.about)
        actions.about.setMenuRole(QAction.MenuRole.AboutRole)

    def add_voices(self, menu: QMenu) -> None:
        """Put the menu that selects a voice among those that select."""
        self._edit.insertMenu(self._after_voices, menu)

    def _fill_samples(self) -> None:
        from composer_app.music.files.sample_melodies import sample_melodies

        self.samples.clear()
        self.samples.addAction(self._open)
        self.samples.addSeparator()
        try:
            samples = sample_melodies()
        except (ComposerError, ValueError) as error:
            self.samples.addAction(menu_text(str(error))).setEnabled(False)
            return
        for sample in samples:
            action = self.samples.addAction(sample.title)
            action.setToolTip(sample.source)
            action.triggered.connect(lambda _=False, key=sample.id: self.sampleChosen.emit(key))

    def _fill_recent(self) -> None:
        from composer_app.studio.widgets.piece_kinds import described

        self._recent.clear()
        paths = self._settings.recent_files
        for path in paths:
            what = f"{menu_text(f'{path.name}  –  {path.parent}')}  ({described(path)})"
            action = self._recent.addAction(what)
            action.setToolTip(tip_text(one_line(str(path))))
            action.triggered.connect(lambda _=False, chosen=path: self.fileChosen.emit(chosen))
        if paths:
            self._recent.addSeparator()
            self._recent.addAction("&Clear List", self._settings.forget_recent_files)
        else:
            self._recent.addAction("Files that you open appear here").setEnabled(False)


def _fill_play(
    play: QMenu, actions: Actions, quantize: QMenu, metronome: QMenu, midi: QMenu
) -> None:
    play.addActions([actions.record, actions.capture, actions.step_input])
    play.addMenu(quantize)
    play.addSeparator()
    play.addActions([actions.play, actions.stop, actions.rewind])
    play.addActions([actions.loop, actions.follow])
    play.addSeparator()
    play.addMenu(metronome)
    play.addSeparator()
    play.addAction(actions.panic)
    play.addSeparator()
    play.addActions([actions.computer_keys, actions.octave_down, actions.octave_up])
    play.addSeparator()
    play.addMenu(midi).setText("M&IDI")
