"""The chords of a band: a piano, a guitar, an organ or strings that play a rhythm of chords."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from composer_app.generation.bands.chance import Chance, Row
from composer_app.generation.bands.form import Form
from composer_app.generation.bands.harmony import LEAST_STEPS, Chart, Played
from composer_app.generation.bands.patterns import HOLD, Stroke, strokes
from composer_app.generation.bands.style_file import Player
from composer_app.generation.bands.voicing import Voicing, next_voicing
from composer_app.music.note import Note

_TONES: Final = "12345"
_STRUCK: Final = "Xxop"
_AGAIN: Final = "x"
# Single tones of a chord that make it heard.
_ENOUGH_TONES: Final = 3
# By how many semitones a seed moves the register.
_REGISTER: Final = 3.0
_FINAL: Final = "X"
_LONGEST_RING: Final = 16


@dataclass(frozen=True, slots=True)
class Sound:
    """A pitch from step ``start`` for ``length`` steps, as strongly as its letter says."""

    start: int
    length: int
    pitch: int
    sign: str


def play_chords(
    line: str,
    form: Form,
    chart: Chart,
    melody: Sequence[Note],
    player: Player,
    chance: Chance,
) -> list[Sound]:
    """The sounds of ``line``, which lasts as long as ``form``, over ``chart``.

    Every chord of a beat and more is struck once at least, and the last one is held.
    """
    bounds = player.low, player.high
    found = strokes(line[: form.last] + _FINAL + HOLD * (form.end - form.last - 1))
    played = _complete(chart.played(found, _AGAIN), chart, form)
    if player.rings:
        played = _ringing(played, chart)
    middle = sum(bounds) / 2 + chance.around(Row.VOICING, form.first, _REGISTER)
    above = _Melody(melody)
    before: Voicing | None = None
    sounds: list[Sound] = []
    last = None
    for each in played:
        stroke = each.stroke
        sounding = above.pitches(stroke.start, stroke.end)
        if before is None or each.chord != last or _hides(before, sounding, bounds):
            before = next_voicing(each.chord, before, bounds, sounding, middle)
            last = each.chord
        if stroke.sign in _TONES:
            pitches: Sequence[int] = (before[min(_TONES.index(stroke.sign), len(before) - 1)],)
        else:
            pitches = before
        sounds += [Sound(stroke.start, stroke.length, pitch, stroke.sign) for pitch in pitches]
    return sounds


def _ringing(played: Sequence[Played], chart: Chart) -> list[Played]:
    """``played``, each held until the next stroke, as long as its chord lasts and a bar at most."""
    found: list[Played] = []
    for index, each in enumerate(played):
        stroke = each.stroke
        after = played[index + 1].stroke.start if index + 1 < len(played) else stroke.end
        end = stroke.end
        while end < min(after, stroke.start + _LONGEST_RING) and chart.at[end] == each.chord:
            end += 1
        found.append(Played(Stroke(stroke.start, end - stroke.start, stroke.sign), each.chord))
    return found


def _hides(voicing: Voicing, melody: Sequence[int], bounds: tuple[int, int]) -> bool:
    """Whether ``voicing`` stands over a melody under which there would be room."""
    lowest = min(melody, default=bounds[1] + 1)
    return voicing[-1] >= lowest and lowest - bounds[0] > LEAST_STEPS * 2


def _complete(played: Sequence[Played], chart: Chart, form: Form) -> list[Played]:
    """``played``, with a stroke where a chord that lasts would not be heard."""
    added: list[Played] = []
    starts = [each.stroke.start for each in played]
    for start, end in chart.spans(form.first, form.last):
        chord = chart.at[start]
        # What is pushed begins up to an eighth before its chord.
        near = played[bisect_left(starts, start - 2) : bisect_left(starts, end)]
        mine = [each for each in near if each.chord == chord]
        heard = any(each.stroke.sign in _STRUCK for each in mine) or len(mine) >= _ENOUGH_TONES
        if end - start < LEAST_STEPS or heard:
            continue
        after = (each.stroke.start for each in near if each.stroke.start > start)
        length = max(1, min(LEAST_STEPS, end - start, min(after, default=end) - start))
        added.append(Played(Stroke(start, length, _AGAIN), chord))
    instead = {each.stroke.start for each in added}
    kept = [each for each in played if each.stroke.start not in instead]
    return sorted([*kept, *added], key=lambda each: each.stroke.start)


class _Melody:
    """What of a melody sounds when."""

    def __init__(self, notes: Sequence[Note]) -> None:
        self._notes = sorted(notes)
        self._starts = [note.start for note in self._notes]

    def pitches(self, start: int, end: int) -> list[int]:
        """The pitches that sound between two steps."""
        after = bisect_left(self._starts, end)
        found: list[int] = []
        for note in reversed(self._notes[:after]):
            if note.end <= start:
                break
            found.append(note.pitch)
        return found
