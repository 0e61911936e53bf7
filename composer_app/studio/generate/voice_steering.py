"""How busy each voice is, how it moves and where: one voice at a time, or all of them."""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QWidget

from composer_app.generation.steering import PerVoice
from composer_app.music.composition import VOICE_NAMES
from composer_app.music.pitch import pitch_name
from composer_app.studio.generate.choices import GenerationChoices

T = TypeVar("T")
_WIDTH: Final = 128
# None is for the model to choose; notes a beat.
DENSITIES: Final = (
    ("usual", None),
    ("¼ a beat", 0.25),
    ("½ a beat", 0.5),
    ("1 a beat", 1.0),
    ("1½ a beat", 1.5),
    ("2 a beat", 2.0),
    ("3 a beat", 3.0),
)
_RHYTHMS: Final = (
    ("usual", 0.0),
    ("with melody", -1.0),
    ("near melody", -0.5),
    ("freer", 0.5),
    ("independent", 1.0),
)
# Of a band's part.
BUSY: Final = (
    ("usual", 0.0),
    ("simple", -1.0),
    ("sparser", -0.5),
    ("fuller", 0.5),
    ("busy", 1.0),
)
_ANY: Final = "any"
DIFFERENT: Final = "different"
_ONE_VOICE: Final = "Choose one voice above to say how low or high it may go"
_NOTES_OF_VOICES: Final = (
    "How many notes the voice has: fewer are held longer, more move in eighths and sixteenths"
)
_NOTES_OF_PARTS: Final = "How much the part plays: simple patterns of the style, or busy ones"


class VoiceSteering(QWidget):
    """Shows what is chosen for a voice, and changes it."""

    def __init__(self, choices: GenerationChoices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = choices
        self._plays_parts: bool | None = None
        self._caption = QLabel()
        self.voice = words_box([], "Voice", "")
        self.density = words_box([], "Notes", "")
        self.rhythm = words_box(
            [words for words, _value in _RHYTHMS],
            "Rhythm",
            "Whether the voice is struck when the melody is, or goes its own way",
        )
        self.lowest = words_box([_ANY], "Lowest note", "The voice goes no lower than this")
        self.highest = words_box([_ANY], "Highest note", "The voice goes no higher than this")
        self.keep = QCheckBox("&Keep its rhythm")
        self.keep.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._tips = {box: box.toolTip() for box in (self.lowest, self.highest)}
        self._lay_out()
        self.refresh()
        self.voice.activated.connect(self.refresh)
        self.density.activated.connect(self._choose_notes)
        self.rhythm.activated.connect(
            lambda row: self._set("rhythm", self._choices.chosen.rhythm, _RHYTHMS[row][1])
        )
        self.lowest.activated.connect(self._choose_range)
        self.highest.activated.connect(self._choose_range)
        self.keep.clicked.connect(self._choose_kept)

    def refresh(self) -> None:
        """Show what is chosen for the voice that is looked at."""
        chosen, supports = self._choices.chosen, self._choices.supports
        self._name_voices()
        if self._choices.plays_parts:
            self._show_busy(chosen.busy)
        else:
            self._show(self.density, DENSITIES, chosen.density)
        self._show(self.rhythm, _RHYTHMS, chosen.rhythm)
        self.density.setEnabled(bool({"density", "busy"} & set(supports)))
        self.rhythm.setEnabled("rhythm" in supports)
        self._show_range(chosen.ranges)
        there = [voice for voice in self._looked_at if voice + 1 in self._choices.voices]
        kept = [voice in self._choices.kept_rhythms for voice in self._looked_at]
        with QSignalBlocker(self.keep):
            self.keep.setChecked(all(kept))
        self.keep.setEnabled(bool(there) and "kept_rhythm" in supports)
        self.keep.setToolTip(
            "New pitches in the rhythm that the voice has now"
            if there
            else "There is no such voice yet whose rhythm could be kept"
        )

    @property
    def _looked_at(self) -> tuple[int, ...]:
        """The voices, 0 alto, 1 tenor, 2 bass, that the rows are about."""
        row = self.voice.currentIndex()
        return tuple(range(len(VOICE_NAMES) - 1)) if row <= 0 else (row - 1,)

    def _show(
        self, box: QComboBox, rows: Sequence[tuple[str, Any]], of_voices: PerVoice[T]
    ) -> None:
        values = {of_voices[voice] for voice in self._looked_at}
        index = [value for _words, value in rows].index(values.pop()) if len(values) == 1 else -1
        box.setCurrentIndex(index)

    def _name_voices(self) -> None:
        """Call the voices as the chosen model does, a band its parts."""
        parts = self._choices.plays_parts
        if parts == self._plays_parts:
            return
        self._plays_parts = parts
        word = "part" if parts else "voice"
        self._caption.setText(word.capitalize())
        self.voice.setAccessibleName(word.capitalize())
        self.voice.setToolTip(f"Which {word} the rows below are about")
        self.density.setToolTip(_NOTES_OF_PARTS if parts else _NOTES_OF_VOICES)
        names = [f"all {word}s", *(name.lower() for name in self._choices.voice_names[1:])]
        rows: Sequence[tuple[str, object]] = BUSY if parts else DENSITIES
        for box, words in ((self.voice, names), (self.density, [text for text, _value in rows])):
            row = max(0, box.currentIndex())
            box.clear()
            box.addItems(words)
            box.setCurrentIndex(row if box is self.voice else 0)

    def _show_busy(self, busy: PerVoice[float]) -> None:
        """How much the part plays, by the nearest of the words: a slider has places between."""
        values = {busy[voice] for voice in self._looked_at}
        distances = [abs(value - next(iter(values))) for _words, value in BUSY]
        alike = len(values) == 1
        self.density.setCurrentIndex(distances.index(min(distances)) if alike else -1)

    def _choose_notes(self, row: int) -> None:
        chosen = self._choices.chosen
        if self._choices.plays_parts:
            self._set("busy", chosen.busy, BUSY[row][1])
        else:
            self._set("density", chosen.density, DENSITIES[row][1])

    def _show_range(self, ranges: PerVoice[tuple[int, int] | None]) -> None:
        """Notes of the voice's instrument; of all voices together there is no range."""
        alone = len(self._looked_at) == 1
        usable = alone and "ranges" in self._choices.supports
        least, most = self._choices.playable[self._looked_at[0]]
        chosen = ranges[self._looked_at[0]] if alone else None
        low, high = chosen or (least, most)
        for box, first, last, value in (
            (self.lowest, least, min(high, most), None if low <= least else low),
            (self.highest, max(low, least), most, None if high >= most else high),
        ):
            with QSignalBlocker(box):
                box.clear()
                box.addItem(_ANY, None)
                for pitch in range(first, last + 1):
                    box.addItem(pitch_name(pitch), pitch)
                box.setCurrentIndex(max(0, box.findData(value)))
            box.setEnabled(usable)
            box.setToolTip(self._tips[box] if alone else _ONE_VOICE)

    def _set(self, name: str, of_voices: PerVoice[Any], value: object) -> None:
        changed = list(of_voices)
        for voice in self._looked_at:
            changed[voice] = value
        self._choices.choose(**{name: tuple(changed)})

    def _choose_range(self) -> None:
        voice = self._looked_at[0]
        least, most = self._choices.playable[voice]
        low, high = self.lowest.currentData(), self.highest.currentData()
        value = (least if low is None else low, most if high is None else high)
        whole = value == (least, most)
        self._set("ranges", self._choices.chosen.ranges, None if whole else value)

    def _choose_kept(self, on: bool) -> None:
        for voice in self._looked_at:
            self._choices.keep_rhythm(voice, on)

    def _lay_out(self) -> None:
        rows = QGridLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setHorizontalSpacing(8)
        rows.setVerticalSpacing(8)
        rows.setColumnStretch(0, 1)
        for row, (text, box) in enumerate(
            (
                ("Voice", self.voice),
                ("Notes", self.density),
                ("Rhythm", self.rhythm),
                ("Lowest note", self.lowest),
                ("Highest note", self.highest),
            )
        ):
            label = self._caption if box is self.voice else QLabel(text)
            label.setBuddy(box)
            rows.addWidget(label, row, 0)
            rows.addWidget(box, row, 1, Qt.AlignmentFlag.AlignRight)
        rows.addWidget(self.keep, rows.rowCount(), 0, 1, 2)


def words_box(words: Sequence[str], name: str, tip: str, width: int = _WIDTH) -> QComboBox:
    """A box to choose one of ``words``; where several hold it says that they differ."""
    box = QComboBox()
    box.addItems(list(words))
    box.setPlaceholderText(DIFFERENT)
    box.setFixedWidth(width)
    box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    box.setAccessibleName(name)
    box.setToolTip(tip)
    return box
