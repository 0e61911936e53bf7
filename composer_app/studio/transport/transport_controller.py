"""Record, play, pause, stop, tempo and metre: between the toolbar, the document and what plays."""

import math
from collections.abc import Callable

from PySide6.QtCore import QObject

from composer_app.live.note_sink import Clock
from composer_app.music.editing.edits import with_key, with_meter, with_tempo
from composer_app.music.pitch import Key
from composer_app.music.timing import Meter
from composer_app.studio.document.document import Document
from composer_app.studio.messages.bar import MessageBar, Tone
from composer_app.studio.recording.recording_controller import RecordingController, RecordingState
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.sound.playback_controller import PlaybackController
from composer_app.studio.transport.tap_tempo import TapTempo
from composer_app.studio.transport.transport_bar import TransportBar
from composer_app.studio.widgets.commands.actions import Actions


class TransportController(QObject):
    """One of two things runs at a time: playing or recording."""

    def __init__(
        self,
        actions: Actions,
        bar: TransportBar,
        document: Document,
        playback: PlaybackController,
        recording: RecordingController,
        settings: Settings,
        clock: Clock,
        messages: MessageBar,
        set_playhead: Callable[[float | None], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._bar = bar
        self._document = document
        # Consecutive edits of the same kind undo as one.
        self._tempo_edits, self._meter_edits = document.new_merge_id(), document.new_merge_id()
        self._key_edits = document.new_merge_id()
        self._playback = playback
        self._recording = recording
        self._settings = settings
        self._clock = clock
        self._messages = messages
        self._set_playhead = set_playhead
        self._taps = TapTempo()
        # Where playing began: Stop returns there.
        self._began = 0.0
        self._piece = document.piece_number
        # Where the music is: the metre there is the one that is shown and changed.
        self._shown_step = 0.0
        # Before they are connected, or the first would store what the second does not show yet.
        actions.metronome.setChecked(settings.metronome)
        actions.metronome_always.setChecked(settings.metronome_always)
        self._connect()
        self._use_metronome()
        bar.metronome_menu.set_count_in(settings.count_in_bars)
        bar.metronome_menu.set_volume(settings.metronome_volume)
        self._show_composition()
        self._show_position(0.0)

    def toggle_recording(self) -> None:
        """Record, or end the recording."""
        if self._recording.active:
            self._recording.stop()
            return
        self._playback.stop()
        composition = self._document.composition
        self._recording.start(
            composition.tempo.initial_bpm,
            composition.meter,
            self._settings.count_in_bars,
            clicks=self._settings.metronome,
            volume=self._settings.metronome_volume,
            quantization=self._settings.quantization,
            correction=self._settings.recording_correction,
        )

    def toggle_playing(self) -> None:
        """Play or pause; ends a recording instead while there is one.

        From beyond a loop, playing begins with the loop.
        """
        playback = self._playback
        if self._recording.active:
            self._recording.stop()
            return
        if not playback.playing:
            loop = playback.loop
            if loop is not None and playback.position >= loop.end:
                playback.seek(loop.start)
            ended = playback.position >= self._document.composition.steps
            self._began = 0.0 if ended else playback.position
        playback.toggle()
        if not self._document.composition.note_count:
            self._messages.tell("There is nothing to play yet: play something, or open a melody.")
        self._actions.show_playing(playback.playing)

    def stop(self) -> None:
        """Stop whatever runs and return to where it began; to the start if nothing runs."""
        playback = self._playback
        if self._recording.active:
            self._recording.stop()
        elif playback.playing or playback.position > self._began:
            playback.pause()
            playback.seek(self._began)
        else:
            self.rewind()

    def rewind(self) -> None:
        """Return to the start, of the loop first; the music runs on from there if it runs."""
        if self._recording.active:
            return
        loop = self._playback.loop
        if loop is not None and self._playback.position > loop.start:
            self._playback.return_to_start()
            self._began = loop.start
        else:
            self.seek(0.0)

    def play_from_start(self) -> None:
        """Go to the start, and play."""
        self.seek(0.0)
        if not self._playback.playing:
            self.toggle_playing()

    def seek(self, step: float) -> None:
        """Go to ``step``; Stop will return there."""
        if not self._recording.active:
            self._began = step
            self._playback.seek(step)

    def _connect(self) -> None:
        actions, bar, recording = self._actions, self._bar, self._recording
        actions.record.triggered.connect(self.toggle_recording)
        actions.play.triggered.connect(self.toggle_playing)
        actions.rewind.triggered.connect(self.rewind)
        actions.metronome.toggled.connect(self._set_metronome)
        actions.metronome_always.toggled.connect(self._set_metronome_always)
        bar.tempoEdited.connect(self._edit_tempo)
        bar.tapped.connect(self._tap)
        bar.meterChosen.connect(self._edit_meter)
        bar.key_menu.keyChosen.connect(self._choose_key)
        bar.metronome_menu.countInChosen.connect(self._set_count_in)
        bar.metronome_menu.volumeChosen.connect(self._set_click_volume)
        self._playback.positionChanged.connect(self._show_position)
        self._playback.playingChanged.connect(actions.show_playing)
        recording.stateChanged.connect(self._show_recording)
        recording.positionChanged.connect(self._show_position)
        recording.nothingPlayed.connect(self._say_nothing_played)
        self._document.compositionChanged.connect(self._show_composition)

    def _edit_tempo(self, bpm: float) -> None:
        changed = with_tempo(self._document.composition, bpm)
        self._document.replace(changed, "Change Tempo", self._tempo_edits)

    def _edit_meter(self, meter: Meter) -> None:
        changed = with_meter(self._document.composition, meter, self._shown_step)
        self._document.replace(changed, "Change Metre", self._meter_edits)

    def _choose_key(self, key: Key | None) -> None:
        changed = with_key(self._document.composition, key)
        self._document.replace(changed, "Change Key", self._key_edits)

    def _tap(self) -> None:
        bpm = self._taps.tap(self._clock())
        if bpm is not None:
            self._edit_tempo(bpm)

    def _set_metronome(self, on: bool) -> None:
        self._settings.metronome = on
        self._use_metronome()

    def _set_metronome_always(self, always: bool) -> None:
        self._settings.metronome_always = always
        self._use_metronome()

    def _use_metronome(self) -> None:
        on, always = self._settings.metronome, self._settings.metronome_always
        self._actions.metronome_always.setEnabled(on)
        self._playback.set_metronome(on and always, self._settings.metronome_volume)

    def _set_count_in(self, bars: int) -> None:
        self._settings.count_in_bars = bars

    def _set_click_volume(self, volume: float) -> None:
        self._settings.metronome_volume = volume
        self._use_metronome()

    def _show_composition(self) -> None:
        composition = self._document.composition
        self._bar.set_tempo(composition.tempo.initial_bpm)
        heard = composition.estimated_key() if composition.note_count else None
        self._bar.set_key(composition.key_signature, heard)
        if self._document.piece_number != self._piece:
            # Another piece is heard from its start, when somebody wants to hear it.
            self._piece = self._document.piece_number
            self._playback.stop()
            self.seek(0.0)
        elif not self._recording.active:
            self._show_position(self._playback.position)

    @property
    def may_edit_time(self) -> bool:
        """Whether tempo and metre can be changed: not while a recording goes by them."""
        return not self._recording.active

    def _show_position(self, step: float) -> None:
        meters = self._document.composition.meters
        bar, pulse, rest = meters.position(math.floor(step))
        self._shown_step = max(0.0, step)
        self._bar.set_meter(meters.bar_at_step(step).meter)
        self._bar.set_position(f"{bar:03d}.{pulse}.{rest}")
        self._set_playhead(max(0.0, step))

    def _show_recording(self, state: RecordingState) -> None:
        active = state is not RecordingState.IDLE
        self._actions.record.setChecked(active)
        self._bar.set_time_enabled(not active)
        if state is RecordingState.COUNTING_IN:
            self._messages.show_persistent(
                "recording", "Counting in: play on the next downbeat.", Tone.INFO
            )
        elif state is RecordingState.RECORDING:
            self._messages.show_persistent(
                "recording", "Recording: press Stop or Esc when you are done.", Tone.RECORD
            )
        else:
            self._messages.clear("recording")
            self._playback.seek(0.0)

    def _say_nothing_played(self) -> None:
        self._messages.tell(
            "Nothing was played, so nothing has changed: press Record and play after the count-in.",
            about=lambda: (self._document.moment(), self._recording.active),
        )
