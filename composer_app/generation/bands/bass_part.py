"""The bass of a band: roots where chords begin, and a line between them."""

from collections.abc import Sequence
from typing import Final

from composer_app.generation.bands.chance import Chance, Row
from composer_app.generation.bands.chords_part import Sound, with_ending
from composer_app.generation.bands.form import Form
from composer_app.generation.bands.harmony import LEAST_STEPS, PUSH, Chart, Played
from composer_app.generation.bands.patterns import Stroke, strokes
from composer_app.music.harmony.chords import Chord
from composer_app.music.pitch import OCTAVE, Key

_ROOT: Final = "R"
_ROOTS: Final = "Rrp"
_FREE: Final = "wa"
# The octave of a line is pulled to a third of its range, where a bass is at home.
_HOME: Final = 0.35
_PULL: Final = 0.35
_REGISTER: Final = 2.5
# Costs of walking: of leaps by their size, of a note again, of a note outside the chord, of one
# outside the key; and how much chance may speak.
_LEAPS: Final = (2.2, 0.0, 0.0, 0.5, 0.6, 1.0, 1.8, 1.2)
_FAR: Final = 4.0
_OUTSIDE_CHORD, _OUTSIDE_KEY = 0.7, 3.0
_CHANCE: Final = 1.2
# An approach comes from a semitone or a tone away, or from a fifth above or below.
_APPROACHES: Final = (-1, 1, -2, 2, 7, -5)
_LEADING, _WRONG = 0.4, 2.0
_APPROACH_COSTS: Final = (0.2, 0.2, 0.4, 0.4, 0.9, 0.9)


def play_bass(
    line: str,
    form: Form,
    chart: Chart,
    bounds: tuple[int, int],
    ceiling: int,
    chance: Chance,
    ending: str = _ROOT,
) -> list[Sound]:
    """The sounds of ``line``, one at a time, between ``bounds``.

    Where a chord begins that lasts for a beat or more its bass is struck. ``ceiling`` is the lowest
    pitch of the melody, under which the line stays where there is room. ``ending`` is played from
    the last chord on, where it has room.
    """
    low, high = bounds
    high = max(low + OCTAVE, min(high, ceiling - 1))
    whole = with_ending(line, form, ending)
    played = _anchored(chart.played(strokes(whole), _ROOT), chart, form)
    return _Line(played, form, (low, high), chance).sounds()


def _anchored(played: Sequence[Played], chart: Chart, form: Form) -> list[Played]:
    """``played``, with the root where a chord begins, unless it was pushed there."""
    found = list(played)
    for start, end in chart.spans(form.first, form.end):
        if end - start < LEAST_STEPS and start != form.last:
            continue
        chord = chart.at[start]
        at = next((i for i, e in enumerate(found) if e.stroke.end > start), len(found))
        stroke = found[at].stroke if at < len(found) else None
        if stroke is not None and stroke.start == start:
            if stroke.sign not in _ROOTS or found[at].chord != chord:
                found[at] = Played(Stroke(start, stroke.length, _ROOT), chord)
            continue
        if stroke is not None and stroke.start < start:
            if stroke.sign == PUSH and found[at].chord == chord:
                continue
            found[at] = Played(
                Stroke(stroke.start, start - stroke.start, stroke.sign), found[at].chord
            )
            at += 1
        after = found[at].stroke.start if at < len(found) else form.end
        length = min(LEAST_STEPS, after - start, end - start)
        found.insert(at, Played(Stroke(start, max(1, length), _ROOT), chord))
    return found


class _Line:
    """A line that is being written from left to right."""

    def __init__(
        self, played: Sequence[Played], form: Form, bounds: tuple[int, int], chance: Chance
    ) -> None:
        self._played = played
        self._form = form
        self._low, self._high = bounds
        self._chance = chance
        shift = chance.around(Row.BASS, form.first, _REGISTER, 3)
        self._middle = self._low + (self._high - self._low) * _HOME + shift
        self._bar = 0
        self._root = 0

    def sounds(self) -> list[Sound]:
        """What is played."""
        found: list[Sound] = []
        index = 0
        before: int | None = None
        while index < len(self._played):
            free = index
            while free < len(self._played) and self._played[free].stroke.sign in _FREE:
                free += 1
            if free > index:
                pitches = self._between(index, free, before)
            else:
                pitches = [self._fixed(self._played[index], before)]
                free = index + 1
            for each, pitch in zip(self._played[index:free], pitches, strict=True):
                stroke = each.stroke
                found.append(Sound(stroke.start, stroke.length, pitch, stroke.sign))
                before = pitch
            index = free
        return found

    def _fixed(self, played: Played, before: int | None) -> int:
        """The pitch of a root or another tone that the pattern names."""
        chord, sign = played.chord, played.stroke.sign
        if sign in _ROOTS:
            self._root = self._nearest(chord.bass, before)
            return self._root
        tone = _tone(chord, sign)
        if sign == "8":
            above = self._root + OCTAVE
            return above if above <= self._high else self._root
        near = self._root or before
        return self._nearest(tone, near)

    def _nearest(self, pitch_class: int, before: int | None) -> int:
        """The octave of ``pitch_class`` that is near to what was before, and to the middle."""
        options = [p for p in range(self._low, self._high + 1) if p % OCTAVE == pitch_class]
        home = self._middle if before is None else before
        return min(options, key=lambda p: (abs(p - home) + _PULL * abs(p - self._middle), p))

    def _between(self, index: int, end: int, before: int | None) -> list[int]:
        """Pitches of the walking notes ``index`` to before ``end``, the cheapest way on."""
        if before is None:
            before = self._nearest(self._played[index].chord.bass, None)
        target = None
        if end < len(self._played):
            target = self._nearest(self._played[end].chord.bass, before)
        ways: dict[int, tuple[float, list[int]]] = {before: (0.0, [])}
        for place in range(index, end):
            options = self._options(self._played[place], target)
            following: dict[int, tuple[float, list[int]]] = {}
            for number, (pitch, worth) in enumerate(sorted(options.items())):
                step = self._source(self._played[place].stroke.start)
                noise = _CHANCE * self._chance.uniform(Row.LINE, step, number)
                cost, way = min(
                    (cost + _leap(pitch - last), way) for last, (cost, way) in ways.items()
                )
                following[pitch] = (cost + worth + noise, [*way, pitch])
            ways = following
        ends = {
            pitch: (cost + (_leap(target - pitch) if target is not None else 0.0), way)
            for pitch, (cost, way) in ways.items()
        }
        return min(ends.values())[1]

    def _options(self, played: Played, target: int | None) -> dict[int, float]:
        """What each pitch that may come costs by itself."""
        chord = played.chord
        if played.stroke.sign == "a" and target is not None:
            found = {
                target + interval: cost
                for interval, cost in zip(_APPROACHES, _APPROACH_COSTS, strict=True)
                if self._low <= target + interval <= self._high
            }
            key = self._form.key.pitch_classes
            tones = chord.pitch_classes
            inside = key | tones
            # From a semitone away a tone of another key leads on; from a tone away it is wrong.
            return {
                p: c + (p % OCTAVE not in inside) * (_LEADING if abs(p - target) == 1 else _WRONG)
                for p, c in found.items()
            }
        return {
            pitch: _worth(pitch, chord, self._form.key)
            for pitch in range(self._low, self._high + 1)
            if pitch % OCTAVE in chord.pitch_classes
            or pitch % OCTAVE in self._form.key.pitch_classes
        }

    def _source(self, step: int) -> int:
        """The step whose chance decides at ``step``: that of the bar that is repeated there."""
        bars = self._form.bars
        while self._bar + 1 < len(bars) and bars[self._bar + 1].first_step <= step:
            self._bar += 1
        while self._bar and bars[self._bar].first_step > step:
            self._bar -= 1
        return self._form.source[self._bar] + step - bars[self._bar].first_step


def _worth(pitch: int, chord: Chord, key: Key) -> float:
    pitch_class = pitch % OCTAVE
    if pitch_class in chord.pitch_classes:
        return 0.0
    return _OUTSIDE_CHORD if pitch_class in key.pitch_classes else _OUTSIDE_KEY


def _leap(interval: int) -> float:
    size = abs(interval)
    return _LEAPS[size] if size < len(_LEAPS) else _FAR + size


def _tone(chord: Chord, sign: str) -> int:
    """The pitch class that ``3``, ``5``, ``6`` or ``8`` means in ``chord``."""
    tones = chord.quality.intervals
    if sign == "3":
        return (chord.root + tones[1]) % OCTAVE
    if sign == "6":
        # The seventh where the chord has one.
        return (chord.root + (tones[3] if len(tones) > 3 else 9)) % OCTAVE
    if sign == "8":
        return chord.bass
    fifth = next((tone for tone in tones if tone in (6, 7, 8)), 7)
    return (chord.root + fifth) % OCTAVE
