"""The few sliders by which a take is steered: how daring, rich, busy and expressive it is."""

from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSlider, QWidget

from composer_app.generation.generator import MAX_TEMPERATURE, MIN_TEMPERATURE
from composer_app.generation.steering import PerVoice
from composer_app.studio.generate.choices import GenerationChoices
from composer_app.studio.generate.control_section import WITHOUT_EFFECT
from composer_app.studio.generate.voice_steering import DENSITIES, DIFFERENT
from composer_app.studio.widgets.phrasing_words import PLACES, depth_at, place_of, word_at
from composer_app.studio.widgets.theme import numeral_font

# The middle of the slider from sparse to busy leaves the notes to the style.
_SPARSE_TO_BUSY: Final = (*DENSITIES[1:4], DENSITIES[0], *DENSITIES[4:])
_MIDDLE: Final = len(_SPARSE_TO_BUSY) // 2
# Of a band that plays as its style does, more, or less.
_BUSY_WORDS: Final = ("usual", "busy", "simple")
_CREATIVITY: Final = (
    "How freely the model chooses: 1.00 is its own taste, less is safer, more is wilder"
)
RICHNESS: Final = (-1.0, -0.5, 0.0, 0.5, 1.0)
_RICHNESS_WORDS: Final = ("triads", "plain", "usual", "rich", "chromatic")
# What stands beside a slider; the widest of the words takes no more.
_WORDS_WIDTH: Final = 68


class SteeringSliders(QWidget):
    """Faithful or adventurous, harmony plain or rich, voices sparse or busy, even or expressive."""

    def __init__(self, choices: GenerationChoices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = choices
        self.harmony = _slider(
            "Harmony",
            len(RICHNESS),
            "From plain triads of the key to sevenths and chords beyond it",
        )
        self.density = _slider(
            "Notes", len(_SPARSE_TO_BUSY), "How many notes the three voices have, from held to busy"
        )
        self.phrasing = _slider(
            "Phrasing",
            PLACES + 1,
            "How the voices are played: all notes alike, or with phrases that swell and breathe,"
            " and the melody above the rest",
        )
        self.creativity = _slider("Creativity", 0, _CREATIVITY)
        self.creativity.setRange(round(MIN_TEMPERATURE * 100), round(MAX_TEMPERATURE * 100))
        self.creativity.setSingleStep(5)
        self.creativity.setPageStep(25)
        self._creativity_value = QLabel()
        self._creativity_value.setFont(numeral_font())
        self._harmony_words, self._density_words, self._phrasing_words = (
            QLabel() for _ in range(3)
        )
        self._tips = {
            slider: slider.toolTip() for slider in (self.creativity, self.harmony, self.density)
        }
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(0)
        layout.setColumnStretch(1, 1)
        for row, (text, slider, words) in enumerate(
            (
                ("&Creativity", self.creativity, self._creativity_value),
                ("Harmon&y", self.harmony, self._harmony_words),
                ("&Notes", self.density, self._density_words),
                ("Phrasing", self.phrasing, self._phrasing_words),
            )
        ):
            caption = QLabel(text)
            caption.setBuddy(slider)
            words.setFixedWidth(_WORDS_WIDTH)
            words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            layout.addWidget(caption, row, 0)
            layout.addWidget(slider, row, 1)
            layout.addWidget(words, row, 2)
        self.refresh()
        self.creativity.valueChanged.connect(
            lambda percent: choices.choose(temperature=percent / 100)
        )
        self.harmony.valueChanged.connect(lambda at: choices.choose(richness=RICHNESS[at]))
        self.density.valueChanged.connect(self._choose_density)
        self.phrasing.valueChanged.connect(lambda at: choices.choose(phrasing=depth_at(at)))

    def _choose_density(self, at: int) -> None:
        if self._choices.plays_parts:
            busy = at / _MIDDLE - 1
            self._choices.choose(busy=(busy, busy, busy))
            return
        _words, density = _SPARSE_TO_BUSY[at]
        self._choices.choose(density=(density, density, density))

    def refresh(self) -> None:
        """Show what is chosen, and what the model takes notice of."""
        chosen, supports = self._choices.chosen, self._choices.supports
        # The slider knows hundredths only, and must not change what it shows.
        self._show(self.creativity, round(chosen.temperature * 100), "temperature" in supports)
        self._creativity_value.setText(f"{chosen.temperature:.2f}")
        self._creativity_value.setEnabled("temperature" in supports)
        self._show(self.harmony, RICHNESS.index(chosen.richness), "richness" in supports)
        self._harmony_words.setText(_RICHNESS_WORDS[self.harmony.value()])
        self._show_phrasing(chosen.phrasing)
        if self._choices.plays_parts:
            self._show_busy(chosen.busy)
            return
        values = [value for _words, value in _SPARSE_TO_BUSY]
        alike = len(set(chosen.density)) == 1
        at = values.index(chosen.density[0]) if alike else len(values) // 2
        self._show(self.density, at, "density" in supports)
        self._density_words.setText(_SPARSE_TO_BUSY[at][0] if alike else DIFFERENT)

    def _show_phrasing(self, depth: float) -> None:
        """How deeply what is written is phrased, which does not depend on the model."""
        with QSignalBlocker(self.phrasing):
            self.phrasing.setValue(place_of(depth))
        self._phrasing_words.setText(word_at(self.phrasing.value()))

    def _show_busy(self, busy: PerVoice[float]) -> None:
        """How busy a band is; the slider has as many places as for voices."""
        alike = len(set(busy)) == 1
        at = round((busy[0] + 1) * _MIDDLE) if alike else _MIDDLE
        self._show(self.density, at, heeded=True)
        self._density_words.setText(
            _BUSY_WORDS[(at > _MIDDLE) - (at < _MIDDLE)] if alike else DIFFERENT
        )

    def _show(self, slider: QSlider, at: int, heeded: bool) -> None:
        with QSignalBlocker(slider):
            slider.setValue(at)
        slider.setEnabled(heeded)
        slider.setToolTip(self._tips[slider] if heeded else WITHOUT_EFFECT)


def _slider(name: str, places: int, tip: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(0, places - 1)
    slider.setPageStep(1)
    slider.setAccessibleName(name)
    slider.setToolTip(tip)
    return slider
