"""What Composer remembers between sessions, and where it keeps its own files."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from composer_app.music.files.regular_file import is_file, is_folder
from composer_app.music.mix import FULL
from composer_app.music.performing.performance import Grid, Quantization, Reduction

if TYPE_CHECKING:
    from composer_app.live.synth.synthesizer import SoundSettings

_MAX_RECENT: Final = 8
USUAL_SCORE_SCALE: Final = 7


class Settings:
    """Typed access to the stored settings; the only user of QSettings and QStandardPaths.

    ``folder`` keeps everything in one place of its own instead of the user's, for tests.
    """

    def __init__(self, folder: Path | None = None) -> None:
        if folder is None:
            self._store = QSettings("Composer", "Composer")
            data = QStandardPaths.StandardLocation.AppLocalDataLocation
            self._data_folder = Path(QStandardPaths.writableLocation(data))
        else:
            self._store = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
            self._data_folder = folder

    @property
    def log_file(self) -> Path:
        """Where unexpected errors are written."""
        return self._data_folder / "composer.log"

    @property
    def recovery_folder(self) -> Path:
        """Where unsaved work is kept."""
        return self._data_folder / "recovery"

    @property
    def music_folder(self) -> Path:
        """Where file dialogs begin: the folder used last, or the user's music folder."""
        used = Path(self._text("files/folder"))
        if used.name and is_folder(used):
            return used
        music = QStandardPaths.StandardLocation.MusicLocation
        found = Path(QStandardPaths.writableLocation(music))
        return found if is_folder(found) else Path.home()

    def remember_file(self, path: Path) -> None:
        """Put ``path`` at the head of the recent files."""
        path = path.absolute()
        others = [recent for recent in self._recent() if recent != path]
        recent = [str(item) for item in (path, *others)][:_MAX_RECENT]
        self._store.setValue("files/recent", recent)
        self._store.setValue("files/folder", str(path.parent))

    @property
    def recent_files(self) -> tuple[Path, ...]:
        """Files used last that still exist, newest first."""
        return tuple(path for path in self._recent() if is_file(path))

    def forget_recent_files(self) -> None:
        """Empty the list of recent files."""
        self._store.remove("files/recent")

    @property
    def midi_input(self) -> str | None:
        """Name of the MIDI input to use; empty for none, None while nobody has chosen."""
        value = self._store.value("midi/input")
        return value if isinstance(value, str) else None

    @midi_input.setter
    def midi_input(self, name: str) -> None:
        self._store.setValue("midi/input", name)

    @property
    def midi_channel(self) -> int | None:
        """The channel of the MIDI input to listen to, 0-15; None for every one."""
        channel = self._number("midi/channel", 0) - 1
        return channel if 0 <= channel <= 15 else None

    @midi_channel.setter
    def midi_channel(self, channel: int | None) -> None:
        self._store.setValue("midi/channel", 0 if channel is None else channel + 1)

    @property
    def midi_shift(self) -> int:
        """How far the MIDI keyboard is shifted: one of ``keyboard_input.OCTAVE_SHIFTS``."""
        from composer_app.live.midi.keyboard_input import OCTAVE_SHIFTS

        shift = self._number("midi/shift", 0)
        return shift if shift in OCTAVE_SHIFTS else 0

    @midi_shift.setter
    def midi_shift(self, semitones: int) -> None:
        self._store.setValue("midi/shift", semitones)

    @property
    def midi_output(self) -> str:
        """Name of the MIDI output that plays; empty for Composer's own sound."""
        return self._text("midi/output")

    @midi_output.setter
    def midi_output(self, name: str) -> None:
        self._store.setValue("midi/output", name)

    @property
    def midi_clock(self) -> str:
        """Name of the MIDI output that the clock goes to; empty for none."""
        return self._text("midi/clock")

    @midi_clock.setter
    def midi_clock(self, name: str) -> None:
        self._store.setValue("midi/clock", name)

    @property
    def midi_ports_offered(self) -> bool:
        """Whether other programs are offered MIDI ports."""
        return self._flag("midi/ports_offered", True)

    @midi_ports_offered.setter
    def midi_ports_offered(self, on: bool) -> None:
        self._store.setValue("midi/ports_offered", on)

    @property
    def sound(self) -> "SoundSettings":
        """How Composer's own sound is made."""
        # Nobody wants it before the window is seen.
        from composer_app.live.synth.audio_drivers import (
            DEFAULT_PERIOD,
            PERIOD_SIZES,
            audio_drivers,
        )
        from composer_app.live.synth.synthesizer import SoundSettings

        driver, period = self._text("sound/driver"), self._number("sound/period", DEFAULT_PERIOD)
        soundfont = self._text("sound/soundfont")
        return SoundSettings(
            driver if driver in {known.name for known in audio_drivers()} else None,
            period if period in PERIOD_SIZES else DEFAULT_PERIOD,
            Path(soundfont) if soundfont else None,
        )

    @sound.setter
    def sound(self, sound: "SoundSettings") -> None:
        self._store.setValue("sound/driver", sound.driver or "")
        self._store.setValue("sound/period", sound.period)
        self._store.setValue("sound/soundfont", str(sound.soundfont or ""))

    @property
    def master_volume(self) -> int:
        """How loud everything sounds, 0 to 127."""
        return min(FULL, max(0, self._number("mix/master", FULL)))

    @master_volume.setter
    def master_volume(self, volume: int) -> None:
        self._store.setValue("mix/master", volume)

    @property
    def follow(self) -> bool:
        """Whether the piano roll turns its pages with the playhead."""
        return self._flag("roll/follow", True)

    @follow.setter
    def follow(self, on: bool) -> None:
        self._store.setValue("roll/follow", on)

    @property
    def chord_row(self) -> bool:
        """Whether chords are shown above the piano roll."""
        return self._flag("roll/chords", True)

    @chord_row.setter
    def chord_row(self, shown: bool) -> None:
        self._store.setValue("roll/chords", shown)

    @property
    def chord_numerals(self) -> bool:
        """Whether they are called by their Roman numerals."""
        return self._flag("roll/chord_numerals", False)

    @chord_numerals.setter
    def chord_numerals(self, on: bool) -> None:
        self._store.setValue("roll/chord_numerals", on)

    @property
    def score_shown(self) -> bool:
        """Whether the score is shown in the place of the piano roll."""
        return self._flag("score/shown", False)

    @score_shown.setter
    def score_shown(self, shown: bool) -> None:
        self._store.setValue("score/shown", shown)

    @property
    def score_scale(self) -> float:
        """How large the score is: pixels from line to line of a staff."""
        return self._number("score/scale", 100 * USUAL_SCORE_SCALE) / 100

    @score_scale.setter
    def score_scale(self, scale: float) -> None:
        self._store.setValue("score/scale", round(100 * scale))

    @property
    def metronome(self) -> bool:
        """Whether the metronome clicks while recording."""
        return self._flag("metronome/on", True)

    @metronome.setter
    def metronome(self, on: bool) -> None:
        self._store.setValue("metronome/on", on)

    @property
    def metronome_always(self) -> bool:
        """Whether the metronome, if it clicks at all, does so while playing, too."""
        return self._flag("metronome/always", True)

    @metronome_always.setter
    def metronome_always(self, on: bool) -> None:
        self._store.setValue("metronome/always", on)

    @property
    def audition(self) -> bool:
        """Whether notes that are selected and moved are heard."""
        return self._flag("sound/audition", True)

    @audition.setter
    def audition(self, on: bool) -> None:
        self._store.setValue("sound/audition", on)

    @property
    def metronome_volume(self) -> float:
        """How loud the clicks are, 0 to 1."""
        return min(100, max(0, self._number("metronome/volume", 100))) / 100

    @metronome_volume.setter
    def metronome_volume(self, volume: float) -> None:
        self._store.setValue("metronome/volume", round(volume * 100))

    @property
    def quantization(self) -> Quantization:
        """How the next recording will be seen."""
        try:
            return Quantization(
                Grid(self._text("quantize/grid") or Grid.SIXTEENTH),
                self._number("quantize/strength", 100),
                Reduction(self._text("quantize/reduction") or Reduction.TOP),
            )
        except ValueError:
            return Quantization()

    @quantization.setter
    def quantization(self, view: Quantization) -> None:
        self._store.setValue("quantize/grid", view.grid.value)
        self._store.setValue("quantize/strength", view.strength)
        self._store.setValue("quantize/reduction", view.reduction.value)

    @property
    def recording_correction(self) -> float:
        """Seconds by which notes arrive later than the sound's own latency explains, -0.5 to 0.5.

        For what nobody can measure from here: wireless headphones, a slow keyboard.
        """
        return min(500, max(-500, self._number("recording/correction_ms", 0))) / 1000

    @recording_correction.setter
    def recording_correction(self, seconds: float) -> None:
        self._store.setValue("recording/correction_ms", round(seconds * 1000))

    @property
    def count_in_bars(self) -> int:
        """Bars counted before a recording, 0 to 2."""
        return min(2, max(0, self._number("metronome/count_in", 1)))

    @count_in_bars.setter
    def count_in_bars(self, bars: int) -> None:
        self._store.setValue("metronome/count_in", bars)

    @property
    def computer_keys(self) -> bool:
        """Whether the computer's letters play notes."""
        return self._flag("keyboard/computer_keys", True)

    @computer_keys.setter
    def computer_keys(self, on: bool) -> None:
        self._store.setValue("keyboard/computer_keys", on)

    @property
    def key_labels(self) -> str:
        """What is written on the computer's keys: text of KeyLabels."""
        return self._text("keyboard/labels")

    @key_labels.setter
    def key_labels(self, labels: str) -> None:
        self._store.setValue("keyboard/labels", labels)

    @property
    def model(self) -> str:
        """Name of the model chosen last; empty for the default."""
        return self._text("generate/model")

    @model.setter
    def model(self, name: str) -> None:
        self._store.setValue("generate/model", name)

    @property
    def window_geometry(self) -> QByteArray:
        """Size and place of the window; empty at the first start."""
        value = self._store.value("window/geometry")
        return value if isinstance(value, QByteArray) else QByteArray()

    @window_geometry.setter
    def window_geometry(self, geometry: QByteArray) -> None:
        self._store.setValue("window/geometry", geometry)

    def _recent(self) -> list[Path]:
        stored = self._store.value("files/recent")
        # A list of one comes back from an INI file as a plain string.
        names = [stored] if isinstance(stored, str) else stored
        if not isinstance(names, list):
            return []
        return [Path(name) for name in names if isinstance(name, str) and name]

    def _text(self, key: str) -> str:
        value = self._store.value(key)
        return value if isinstance(value, str) else ""

    def _flag(self, key: str, default: bool) -> bool:
        value = self._store.value(key)
        if isinstance(value, bool):
            return value
        return value.lower() == "true" if isinstance(value, str) else default

    def _number(self, key: str, default: int) -> int:
        value = self._store.value(key)
        try:
            return int(value) if isinstance(value, (int, str)) else default
        except ValueError:
            return default
