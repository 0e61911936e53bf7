"""The drums of a band as a network writes them, in bars of 4/4.

Bars of other metres, and what is locked, stay as they are: the network is told of the latter, so
that what it writes goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from composer_app.generation.bands.chance import Chance, Row
from composer_app.generation.bands.chords_part import Sound
from composer_app.generation.bands.drum_network import (
    BAR_STEPS,
    DrumBar,
    DrumNetwork,
    Stroke,
    strokes_of,
)
from composer_app.generation.bands.drums_part import has_fill
from composer_app.generation.bands.form import Form, Phrase
from composer_app.generation.bands.touch import Clock
from composer_app.late_numpy import np
from composer_app.music.meter_map import Bar
from composer_app.music.note import DEFAULT_VELOCITY, Note
from composer_app.music.timing import TICKS_PER_STEP

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from composer_app.generation.bands.drum_network import Strokes

_METERS: Final = ((4, 4), (2, 2))
# Pitches and velocities of the stroke with the last chord: kick and crash.
_FINAL: Final = ((36, 100), (49, 92))
# Which of the noise vector's numbers chooses the style.
_STYLE_CHANCE: Final = 7
# How much louder a piece may become from its beginning to its end, and at a repeat, from -1 to 1.
_QUIETEST, _SWELL = -0.3, 0.6
# Which amount of a form is as busy as usual, and how much busier a level more is, of -1 to 1.
_USUAL_AMOUNT, _BUSIER = 0.8, 0.75
# A stroke is let go so many ticks before its step ends.
_GAP: Final = 30


@dataclass(frozen=True, slots=True)
class Kept:
    """What of the drums is locked: ``notes``, and the steps (T,) at which nothing is written."""

    notes: tuple[Note, ...]
    steps: Sequence[bool]


def can_write(bar: Bar) -> bool:
    """Whether ``bar`` is one that the network writes: in 4/4, whole or an upbeat."""
    meter = bar.meter
    length = bar.end_step - bar.first_step
    whole = not bar.start % TICKS_PER_STEP and length <= BAR_STEPS
    return (meter.numerator, meter.denominator) in _METERS and whole


@dataclass(frozen=True, slots=True)
class Drummer:
    """A network that plays the drums of one piece, in one of ``styles``, on the pitches of ``kit``.

    ``tempo`` is in quarters a minute; ``going_on`` is called before each bar, and may raise.
    """

    network: DrumNetwork
    styles: tuple[str, ...]
    tempo: float
    temperature: float = 1.0
    kit: tuple[int, ...] = ()
    kept: Kept | None = None
    going_on: Callable[[], None] = lambda: None

    def strokes(
        self, form: Form, clock: Clock, melody: Sequence[Note], chance: Chance, busy: float
    ) -> list[Stroke]:
        """Those of the bars in 4/4, the stroke with the last chord among them."""
        chosen = [
            (phrase, index)
            for phrase in form.phrases
            for index in range(phrase.first, phrase.end)
            if can_write(form.bars[index])
            and form.first < form.bars[index].end_step
            and form.bars[index].first_step < form.last
        ]
        onsets = {note.start for note in melody}
        bars = [self._asked(form, clock, onsets, chance, busy, *each) for each in chosen]
        style = chance.pick(self.styles, Row.DRUMS, 0, _STYLE_CHANCE)
        written = self.network.write(
            bars, style, self.tempo, clock.swing, self.temperature, self.kit, self.going_on
        )
        strokes: list[Stroke] = []
        for (_phrase, index), bar in zip(chosen, written, strict=True):
            strokes += strokes_of(bar, self.network.pitches, _first(form.bars[index]))
        strokes = [stroke for stroke in strokes if form.first <= stroke.step < form.last]
        return [*strokes, *_end(form)]

    def _asked(
        self,
        form: Form,
        clock: Clock,
        onsets: set[int],
        chance: Chance,
        busy: float,
        phrase: Phrase,
        index: int,
    ) -> DrumBar:
        bar = form.bars[index]
        ends = index == phrase.end - 1 and phrase is not form.phrases[-1]
        amount = form.amount(phrase, chance, Row.DRUMS, busy, grows=True)
        given, known = self._given(bar, clock)
        return DrumBar(
            chance.row(Row.DRUMS, bar.end_step - 1),
            ends and has_fill(form, phrase, chance),
            max(-1.0, min(1.0, (amount - _USUAL_AMOUNT) * _BUSIER)),
            _QUIETEST + _SWELL * phrase.index / max(1, len(form.phrases) - 1),
            np.array([_first(bar) + step in onsets for step in range(BAR_STEPS)]),
            given,
            known,
        )

    def _given(self, bar: Bar, clock: Clock) -> tuple[Strokes | None, NDArray[np.bool_] | None]:
        """What of ``bar`` is locked, as the network sees it, and at which of its steps."""
        if self.kept is None:
            return None, None
        first, locked, pitches = _first(bar), self.kept.steps, self.network.pitches
        inside = range(first, first + BAR_STEPS)
        known = np.array([0 <= step < len(locked) and bool(locked[step]) for step in inside])
        given = np.zeros((BAR_STEPS, 3 * len(pitches)), np.float32)
        for note in self.kept.notes:
            place = clock.place(note.onset_ticks)
            step = round(place) - first
            if 0 <= step < BAR_STEPS and note.pitch in pitches:
                values = (1, note.velocity / 127, max(-0.5, min(0.499, place - first - step)))
                known[step] = True
                given[step, pitches.index(note.pitch) :: len(pitches)] = values
        return given, known


def _end(form: Form) -> list[Stroke]:
    """Kick and cymbal with the last chord, if that is in a bar of 4/4."""
    bar = next((bar for bar in form.bars if bar.first_step <= form.last < bar.end_step), None)
    if bar is None or not can_write(bar):
        return []
    return [Stroke(form.last, pitch, velocity, 0.0) for pitch, velocity in _FINAL]


def outside_common_time(sounds: Sequence[Sound], form: Form) -> list[Sound]:
    """Those of ``sounds``, which patterns play, that stand in bars that no network writes."""
    others = [bar for bar in form.bars if not can_write(bar)]
    return [
        sound
        for sound in sounds
        if any(bar.first_step <= sound.start < bar.end_step for bar in others)
    ]


def as_played(strokes: Sequence[Stroke], clock: Clock, velocity: int) -> tuple[Note, ...]:
    """``strokes`` as notes, with their own timing, as loud as a melody of ``velocity`` asks for.

    A drum rings until it is struck again, a step at most; of two strokes at once the first stays.
    """
    struck = sorted(
        (max(0, round(clock.between(stroke.step + stroke.timing))), stroke.pitch, stroke.velocity)
        for stroke in strokes
    )
    notes: list[Note] = []
    following: dict[int, int] = {}
    for onset, pitch, strength in reversed(struck):
        end = min(onset + TICKS_PER_STEP - _GAP, following.get(pitch, onset + TICKS_PER_STEP))
        if end - onset < _GAP:
            notes = [n for n in notes if (n.onset_ticks, n.pitch) != (following[pitch], pitch)]
            end = onset + TICKS_PER_STEP - _GAP
        following[pitch] = onset
        loud = max(1, min(127, round(strength * velocity / DEFAULT_VELOCITY)))
        notes.append(Note.at_ticks(onset, end, pitch, loud))
    return tuple(sorted(notes))


def _first(bar: Bar) -> int:
    """The step at which the bar would begin if it were whole: an upbeat is the end of one."""
    return bar.end_step - BAR_STEPS if bar.number == 0 else bar.first_step
