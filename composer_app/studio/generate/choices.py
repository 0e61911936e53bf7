"""What is chosen for the next generation, and how it stands; the Generate panel only shows it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from composer_app.generation.generator import GenerationSettings
from composer_app.generation.models.model_info import ModelInfo
from composer_app.generation.steering import USUAL_PHRASING, PerVoice
from composer_app.generation.support import SETTINGS
from composer_app.music.composition import BAND_NAMES, DEFAULT_PROGRAMS, VOICE_NAMES
from composer_app.music.instrumentation.instrument_ranges import playable_range

# Milliseconds after which one may want to see that something is being generated.
_DELAY_MS: Final = 200
_LOOKING: Final = "Looking for models…"
_NO_MODEL: Final = "No model that works is installed."


class GenerationChoices(QObject):
    """A model's name, :class:`GenerationSettings` and locked voices, with all they depend on.

    ``changed`` follows another choice, the beginning or the end of a generation, and another
    reason against one; ``progressed(share)``, 0 to 1, what is done of the one under way.
    """

    changed = Signal()
    progressed = Signal(float)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = ""
        self._chosen = GenerationSettings(phrasing=USUAL_PHRASING, swing_melody=True)
        self._locked: frozenset[int] = frozenset()
        self._kept_rhythms: frozenset[int] = frozenset()
        self._playable: PerVoice[tuple[int, int]] = _playable(DEFAULT_PROGRAMS)
        self._models: tuple[ModelInfo, ...] | None = None
        self._obstacle = ""
        self._voices: tuple[int, ...] = ()
        self._locked_notes = (0, False)
        self._busy = False
        self._visibly_busy = False
        self._share = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY_MS)
        self._timer.timeout.connect(self.show_busy)

    # -- what a person chooses -------------------------------------------------------------

    @property
    def model_name(self) -> str:
        """Name of the chosen model; empty while there is none."""
        return self._model

    @property
    def chosen(self) -> GenerationSettings:
        """All that is chosen, also what the model takes no notice of."""
        return self._chosen

    @property
    def settings(self) -> GenerationSettings:
        """What is chosen, as far as the model takes notice of it."""
        usual = GenerationSettings()
        ignored = {name: getattr(usual, name) for name in SETTINGS if name not in self.supports}
        return replace(self._chosen, **ignored)

    @property
    def chosen_locks(self) -> frozenset[int]:
        """The voices to lock, 1 alto, 2 tenor, 3 bass, also those that are not there yet."""
        return self._locked

    @property
    def locked_voices(self) -> tuple[int, ...]:
        """The voices to lock, of those that are there."""
        return tuple(sorted(self._locked & set(self._voices)))

    @property
    def kept_rhythms(self) -> frozenset[int]:
        """The voices whose rhythm is kept, 0 alto, 1 tenor, 2 bass, also those not there yet."""
        return self._kept_rhythms

    def keep_rhythm(self, voice: int, on: bool) -> None:
        """Keep the rhythm of ``voice``, or let it go."""
        kept = self._kept_rhythms | {voice} if on else self._kept_rhythms - {voice}
        if kept != self._kept_rhythms:
            self._kept_rhythms = kept
            self.changed.emit()

    def choose_model(self, name: str) -> None:
        """Use the model called ``name`` from now on."""
        if name != self._model:
            self._model = name
            self.changed.emit()

    def choose(self, **settings: Any) -> None:
        """Change fields of :class:`GenerationSettings`."""
        chosen = replace(self._chosen, **settings)
        if chosen != self._chosen:
            self._chosen = chosen
            self.changed.emit()

    def lock(self, voice: int, on: bool) -> None:
        """Lock ``voice``, or unlock it."""
        locked = self._locked | {voice} if on else self._locked - {voice}
        if locked != self._locked:
            self._locked = locked
            self.changed.emit()

    # -- what there is to choose from ------------------------------------------------------

    @property
    def models(self) -> tuple[ModelInfo, ...] | None:
        """Those that are installed, also those with a problem; None until they are known."""
        return self._models

    @property
    def model(self) -> ModelInfo | None:
        """The chosen model."""
        models = self._models or ()
        return next((info for info in models if info.name == self._model), None)

    @property
    def supports(self) -> tuple[str, ...]:
        """What the chosen model takes notice of; without a model, anything."""
        model = self.model
        return model.supports if model is not None else SETTINGS

    @property
    def voice_names(self) -> tuple[str, ...]:
        """What the melody's track and the three beneath it are called by the chosen model."""
        return BAND_NAMES if self.plays_parts else VOICE_NAMES

    @property
    def plays_parts(self) -> bool:
        """Whether the chosen model is a band, whose parts are more or less busy."""
        return self.model is not None and self.model.is_band

    @property
    def voices(self) -> tuple[int, ...]:
        """Which of the voices 1 to 3 there are already, to be locked or improved."""
        return self._voices

    @property
    def playable(self) -> PerVoice[tuple[int, int]]:
        """The lowest and the highest pitch of the instruments of alto, tenor and bass."""
        return self._playable

    def set_programs(self, programs: tuple[int, ...]) -> None:
        """Say which instruments the four voices have."""
        playable = _playable(programs)
        if playable != self._playable:
            self._playable = playable
            self.changed.emit()

    @property
    def locked_notes(self) -> tuple[int, bool]:
        """How many notes are locked, and whether anything is."""
        return self._locked_notes

    @property
    def reason(self) -> str:
        """Why nothing can be generated now; empty when it can."""
        if self._models is None:
            return _LOOKING
        return self._obstacle or ("" if self._model else _NO_MODEL)

    @property
    def can_improve(self) -> bool:
        """Whether there are voices, and a model that can improve them."""
        return not self.reason and bool(self._voices) and "improve" in self.supports

    def set_models(self, models: Sequence[ModelInfo], chosen: str) -> None:
        """Offer ``models`` and choose ``chosen``, or else the first that has no problem."""
        self._models = tuple(models)
        usable = [info.name for info in self._models if not info.problem]
        self._model = chosen if chosen in usable else next(iter(usable), "")
        self.changed.emit()

    def set_obstacle(self, reason: str | None) -> None:
        """Why the melody cannot be harmonised, or None when it can."""
        self._obstacle = reason or ""
        self.changed.emit()

    def set_voices(self, voices: Sequence[int]) -> None:
        """Which of the voices 1 to 3 there are already."""
        self._voices = tuple(voices)
        self.changed.emit()

    def set_locked_notes(self, notes: int, anything: bool) -> None:
        """Say that ``notes`` are locked, or ``anything`` at all."""
        self._locked_notes = notes, anything
        self.changed.emit()

    # -- what is under way -----------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether something is being generated; further wishes are not heard meanwhile."""
        return self._busy

    @property
    def visibly_busy(self) -> bool:
        """Whether that takes long enough to be shown."""
        return self._visibly_busy

    @property
    def share(self) -> float:
        """What is done of it, 0 to 1."""
        return self._share

    def set_share(self, share: float) -> None:
        """Say how much is done, 0 to 1."""
        self._share = share
        self.progressed.emit(share)

    def set_busy(self, busy: bool) -> None:
        """Say that something is being generated; that is shown only if it takes a while."""
        self._busy = busy
        self._visibly_busy = False
        if busy:
            self.set_share(0.0)
            self._timer.start()
        else:
            self._timer.stop()
        self.changed.emit()

    def show_busy(self) -> None:
        """Show what is under way without waiting any longer."""
        if self._busy:
            self._visibly_busy = True
            self._timer.stop()
            self.changed.emit()


def _playable(programs: tuple[int, ...]) -> PerVoice[tuple[int, int]]:
    """What the instruments of alto, tenor and bass can play."""
    _soprano, alto, tenor, bass = (playable_range(program) for program in programs)
    return alto, tenor, bass
