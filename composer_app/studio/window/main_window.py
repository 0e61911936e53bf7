"""The window: connects its parts, starts what is slow, and shows the piece."""

import logging
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent

from composer_app.generation.models.model_info import ModelInfo
from composer_app.music.composition import DEFAULT_PROGRAMS, Composition
from composer_app.studio.messages.bar import Tone
from composer_app.studio.messages.hints import Situation, next_step
from composer_app.studio.roll.view import PianoRollView
from composer_app.studio.runtime.jobs import Jobs
from composer_app.studio.runtime.preload import import_what_is_wanted_soon
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.widgets.number_field import NumberField
from composer_app.studio.widgets.shown_text import title_text
from composer_app.studio.widgets.window_placement import WindowPlacement, size_for
from composer_app.studio.window.parts import WindowParts

if TYPE_CHECKING:
    from composer_app.studio.recording.recording_controller import RecordingState
    from composer_app.studio.score.score_controller import ScoreController
    from composer_app.studio.window.services import Services
    from composer_app.studio.window.settings_dialog import SettingsDialog

_log = logging.getLogger(__name__)
_FIRST_SIZE: Final = (1440, 900)
# What is left of a screen of 1366 x 768 pixels at 125 %, by a panel and the window's frame.
_SMALLEST_SIZE: Final = (960, 544)
_CONFIDENCE: Final = "confidence"


class MainWindow(WindowParts):
    """Connects and shows its parts; what happens is decided in the controllers.

    It can be shown at once, and works from :meth:`begin` on. ``firstPainted`` says that it is
    seen. What a person does before it works must wait: see :mod:`composer_app.studio.app`.
    """

    firstPainted = Signal()

    def __init__(self, settings: Settings, jobs: Jobs) -> None:
        super().__init__(settings, jobs)
        self._painted = False
        self._works = False
        self._running = False
        self._closed = False
        self._close_wanted = False
        WindowPlacement(self, QSize(*_SMALLEST_SIZE))
        self.resize(size_for(self, QSize(*_FIRST_SIZE)))
        self._show_what_is_remembered()
        self.restoreGeometry(settings.window_geometry)

    def begin(self, services: "Services") -> None:
        """Let it work, with ``services``."""
        self.make_controllers(services)
        self._connect_document()
        self._connect_playing()
        self._connect_keyboard()
        self._connect_commands()
        self.setAcceptDrops(True)
        self._show_composition()
        self._show_title()
        self._works = True
        if self._close_wanted:
            QTimer.singleShot(0, self, self.close)
        elif self._painted:
            QTimer.singleShot(0, self, self._start)

    def _show_what_is_remembered(self) -> None:
        """Settings, and an empty piece, as controllers will show them: nothing is to jump then."""
        commands, settings, empty = self.commands, self._settings, Composition()
        for switch, on in (
            (commands.follow, settings.follow),
            (commands.metronome, settings.metronome),
            (commands.metronome_always, settings.metronome_always),
            (commands.computer_keys, settings.computer_keys),
            (commands.chords, settings.chord_row),
        ):
            switch.setChecked(on)
        self.keyboard.set_labels(settings.key_labels)
        self.keyboard.set_letters_enabled(settings.computer_keys)
        self.roll.set_chord_row_visible(settings.chord_row)
        self.roll.set_playhead(0.0)
        bar = self.transport_bar
        bar.set_tempo(empty.tempo.initial_bpm)
        bar.quantize_menu.set_quantization(settings.quantization, attached=False)
        bar.set_quantize(bar.quantize_menu.summary)
        self.message_bar.set_idle_text(next_step(Situation(empty)))

    # -- putting together ------------------------------------------------------------------

    def _connect_document(self) -> None:
        document = self._services.document
        document.compositionChanged.connect(self._show_composition)
        document.stateChanged.connect(self._show_title)
        self._services.recovery.protectionChanged.connect(self._say_unprotected)

    def _connect_playing(self) -> None:
        self.news.follow_sound(self._services.sound, self._open_sound_settings)
        self.roll.seekRequested.connect(self.tools.steps.move_to)
        self.roll.seekRequested.connect(self.transport.seek)
        self.score.seekRequested.connect(self.tools.steps.move_to)
        self.score.seekRequested.connect(self.transport.seek)
        self.score.notesTouched.connect(self._audition.strike_all)
        self.roll.mouse.touched.connect(self._audition.strike)
        self.roll.keyboard.reached.connect(self._audition.strike)
        self.selection.editor.transposed.connect(self._audition.strike_all)
        self.recording.notesChanged.connect(self.roll.set_recording_notes)
        self.recording.stateChanged.connect(self._show_recording)
        self.recording.playedChanged.connect(self.statistics.set_recording_notes)
        self.tools.performances.summaryChanged.connect(self.transport_bar.set_quantize)
        self.tools.performances.show()
        follow = self.commands.follow
        follow.toggled.connect(self._follow)
        self._follow(follow.isChecked())

    def _connect_keyboard(self) -> None:
        live, midi = self._services.live, self.midi
        self.keyboard.noteOn.connect(live.note_on)
        self.keyboard.noteOff.connect(live.note_off)
        midi.statusChanged.connect(self._show_midi_status)
        self.news.follow_midi(midi)
        self.keyboard.labelsLearned.connect(self._remember_labels)
        letters = self.commands.computer_keys
        letters.toggled.connect(self._let_letters_play)
        letters.setChecked(self._services.settings.computer_keys)
        self._let_letters_play(letters.isChecked())

    def _connect_commands(self) -> None:
        commands, files, panel = self.commands, self.files, self.generate_panel
        panel.generateRequested.connect(self.generation.generate)
        panel.improveRequested.connect(self.generation.improve)
        panel.cancelRequested.connect(self.generation.cancel)
        panel.modelChosen.connect(self.generation.choose_model)
        for action, command in (
            (commands.new, files.new),
            (commands.open, files.ask_open),
            (commands.save, self.saving.save),
            (commands.save_as, self.saving.save_as),
            (commands.export, self.saving.export),
            (commands.copy_midi, self.hand_out.copy),
            (commands.export_musicxml, self.score_export.ask_musicxml),
            (commands.export_score, self.score_export.ask_picture),
            (commands.export_audio, self.audio_export.ask),
            (commands.quit, self.close),
            (commands.stop, self._stop),
            (commands.stop, self.midi.panic),
            (commands.settings, self._open_settings),
            (commands.about, self._show_about),
            (commands.zoom_in, lambda: self._seen.zoom_in()),
            (commands.zoom_out, lambda: self._seen.zoom_out()),
            (commands.fit, lambda: self._seen.fit()),
            (commands.messages, self.message_bar.open_history),
        ):
            action.triggered.connect(command)
        self.mixer.grip.clicked.connect(self.hand_out.copy)
        self.mixer.pieceDragged.connect(self.hand_out.drag_piece)
        self.mixer.trackDragged.connect(self.hand_out.drag_track)
        self.mixer.othersLeftOut.connect(self.tracks.leave_out_others)
        commands.confidence.toggled.connect(self._show_roll)
        commands.score.toggled.connect(self._show_score)
        self.views.scoreChosen.connect(commands.score.setChecked)
        self.views.show_tip(commands.score.toolTip())
        self.roll.emptyActionRequested.connect(self._offer_samples)
        self.score.emptyActionRequested.connect(self._offer_samples)
        self.menus.add_voices(self.selection.voices)
        self.menus.sampleChosen.connect(files.open_sample)
        self.menus.fileChosen.connect(files.open)
        self.news.follow_numbers(self.findChildren(NumberField))
        # Shortcuts work whether or not a menu or button that shows them is visible.
        self.addActions([item for item in commands.children() if isinstance(item, QAction)])

    @cached_property
    def settings_dialog(self) -> "SettingsDialog":
        """The settings; imported and made when they are first wanted."""
        from composer_app.studio.window.settings_dialog import SettingsDialog

        dialog = SettingsDialog(
            self._services.sound_controller,
            self.midi,
            self._services.settings,
            self._services.dialogs,
            self,
        )
        self.news.follow_numbers(dialog.findChildren(NumberField))
        return dialog

    def _open_settings(self) -> None:
        self.settings_dialog.open_page()

    def _open_sound_settings(self) -> None:
        self.settings_dialog.open_sound()

    # -- starting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Once the window can be seen, everything slow begins, in threads."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            self.firstPainted.emit()
            if self._works:
                QTimer.singleShot(0, self, self._start)

    @property
    def running(self) -> bool:
        """Whether what begins after the first paint has begun."""
        return self._running

    def _start(self) -> None:
        if self._closed:
            return
        self._running = True
        self._computer_keys.listen()
        services = self._services
        services.jobs.run(self, import_what_is_wanted_soon, _go_on, _log_not_imported)
        services.jobs.run(
            self,
            services.find_models,
            self.generation.set_models,
            self._say_models_unreadable,
        )
        # Opens the sound as well, which may be a MIDI output.
        self.midi.start()
        self.bring_back.start()
        self.commands.score.setChecked(services.settings.score_shown)

    def _say_models_unreadable(self, error: Exception) -> None:
        _log.error("The models could not be listed.", exc_info=error)
        nothing: tuple[ModelInfo, ...] = ()
        self.generation.set_models(nothing)

    # -- showing ---------------------------------------------------------------------------

    def _show_composition(self) -> None:
        composition = self._services.document.composition
        with self._view.turning():
            self._show_roll()
        self.statistics.set_composition(composition)
        tracks = composition.tracks
        self._services.live.set_program(tracks[0].program if tracks else DEFAULT_PROGRAMS[0])

    def _show_roll(self) -> None:
        composition = self._services.document.composition
        take = self._services.document.take
        if self.recording.active:
            # The old melody makes room for the new one, and comes back if nothing is played.
            composition = Composition(tempo=composition.tempo, meters=composition.meters)
            take = None
        sure = None
        if self.commands.confidence.isChecked() and take is not None:
            sure = take.confidence
        if self.commands.confidence.isChecked() and sure is None and composition.note_count:
            if not self.message_bar.stands(_CONFIDENCE):
                self.message_bar.show_persistent(
                    _CONFIDENCE,
                    "Only a take as a model wrote it knows how sure the model was of its notes.",
                    Tone.INFO,
                )
        else:
            self.message_bar.clear(_CONFIDENCE)
        self.roll.set_composition(composition, sure)

    def _show_title(self) -> None:
        document = self._services.document
        self.setWindowTitle(f"{title_text(document.name)}[*] – Composer")
        self.setWindowModified(not document.as_saved)

    def _show_recording(self, state: "RecordingState") -> None:
        from composer_app.studio.recording.recording_controller import RecordingState

        self.roll.set_inviting(state is RecordingState.IDLE)
        if state is not RecordingState.RECORDING:
            self._show_roll()
            self.generation.set_recording(self.recording.active)
        self.score.set_recording(self.recording.active)

    def _show_midi_status(self, text: str, tip: str, attention: bool) -> None:
        self.transport_bar.set_midi_status(text, tip, attention=attention)

    def _say_unprotected(self, sentence: str) -> None:
        if sentence:
            self.message_bar.show_persistent("unprotected", sentence, Tone.WARNING)
        else:
            self.message_bar.clear("unprotected")

    def report(self, sentence: str) -> None:
        """Show what went unexpectedly wrong."""
        self.message_bar.tell(sentence, Tone.ERROR)

    def _show_about(self) -> None:
        from composer_app.studio.window.about import show_about

        show_about(self)

    # -- doing -----------------------------------------------------------------------------

    def _stop(self) -> None:
        # What sounds or is recorded comes first, for it cannot wait.
        if self.generation.busy and not self._runs():
            self.generation.cancel()
        elif self.under_way.shown and not self._runs():
            self.under_way.cancel_latest()
        else:
            self.transport.stop()

    def _follow(self, on: bool) -> None:
        self._services.settings.follow = on
        self.roll.set_follow(on)
        self.score.set_follow(on)

    @property
    def _seen(self) -> "PianoRollView | ScoreController":
        """Which of the two views of the piece zooming is about."""
        return self.score if self.views.score_shown else self.roll

    def _show_score(self, shown: bool) -> None:
        """Show the score, or the roll again; the next start shows the same."""
        self._services.settings.score_shown = shown
        self.commands.score.setChecked(shown)
        if shown and not self.views.holds_score:
            self.views.hold(self.score.view(self.views, follow=self.commands.follow.isChecked()))
        self.views.show_score(shown)
        self.score.set_shown(shown)

    def _remember_labels(self, labels: str) -> None:
        self._services.settings.key_labels = labels

    def _let_letters_play(self, on: bool) -> None:
        self._services.settings.computer_keys = on
        self.commands.set_letters_play(on)
        self._computer_keys.set_enabled(on)
        self.keyboard.set_letters_enabled(on)

    def _offer_samples(self) -> None:
        # The button that was clicked is about to vanish; the focus must not wander on from it.
        self._centre.setFocus()
        self.menus.samples.popup(self.views.mapToGlobal(self.views.rect().center()))

    # -- events ----------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped anywhere on the window, but for its own piece."""
        if event.source() is None and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the files dropped, the first one here."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.files.open_all(paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Unsaved work is kept for the next start; ``closing`` says when nothing is lost."""
        if not self._works:
            self._close_wanted = True
            event.ignore()
            return
        self.recording.stop()
        if not self.closing.may_close():
            event.ignore()
            return
        self._closed = True
        self.score.close()
        self.playback.stop()
        self.mix.store()
        self.midi.stop()
        self.hand_out.close()
        self._services.settings.window_geometry = self.saveGeometry()
        self._computer_keys.remove()
        self._fields.remove()
        super().closeEvent(event)


def _go_on(_: None) -> None:
    """What was imported needs nothing done."""


def _log_not_imported(error: Exception) -> None:
    _log.error("What is wanted soon could not be imported.", exc_info=error)


def open_main_window(services: "Services") -> MainWindow:
    """The window at work, not shown yet."""
    window = MainWindow(services.settings, services.jobs)
    window.begin(services)
    return window
