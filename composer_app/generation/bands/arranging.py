"""A band over a chord row: chords, bass and drums, from the patterns of a style."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from composer_app.generation.bands.bass_part import play_bass
from composer_app.generation.bands.chance import Chance, Row
from composer_app.generation.bands.chords_part import Sound, play_chords
from composer_app.generation.bands.drum_network import Stroke
from composer_app.generation.bands.drums_part import play_drums
from composer_app.generation.bands.form import Form
from composer_app.generation.bands.harmony import Chart
from composer_app.generation.bands.laying_out import ANSWERS, answers_of, lines_of
from composer_app.generation.bands.patterns import HOLD
from composer_app.generation.bands.style_file import DRUMS, ROLES, Band
from composer_app.generation.bands.touch import Clock, as_notes
from composer_app.generation.bands.written_drums import Drummer, as_played, outside_common_time
from composer_app.generation.steering import PerVoice
from composer_app.music.note import Note

# How strongly chords, bass and drums are struck in relation to the melody.
_STRENGTHS: Final = (0.72, 0.95, 0.85)
_BEAT: Final = 4
_KICK: Final = DRUMS["kick"]
_ROOT, _ROOTS = "R", "Rr"
_ENDINGS: Final = {"chords": "X", "bass": _ROOT}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants of the arrangement: of each part how busy it is, and the swing.

    ``busy`` goes from -1, simple, to 1; ``swing`` is the style's own where it is None. ``phrasing``
    is how deeply, 0 to 1, what is arranged will be phrased. In the steps ``drummed`` the drums stay
    as they are, with their ``kicks``.
    """

    busy: PerVoice[float]
    swing: float | None = None
    phrasing: float = 0.0
    drummed: Collection[int] = ()
    kicks: Collection[int] = ()


def arrange(
    band: Band,
    form: Form,
    chart: Chart,
    melody: Sequence[Note],
    velocity: int,
    chance: Chance,
    wish: Wish,
    drummer: Drummer | None = None,
) -> tuple[tuple[Note, ...], ...]:
    """The notes of chords, bass and drums under ``melody`` (on the grid), around ``velocity``.

    A ``drummer`` plays in 4/4; the other bars, or all, have the patterns of the style.
    """
    clock = Clock(form, band.swing if wish.swing is None else wish.swing, band.second_beat)
    chords, bass, _drums = (band.players[ROLES.index(role)] for role in ROLES[1:])
    comping, walking, beating = wish.busy
    drums = play_drums(form, band.patterns["drums"], band.fills, chance, beating)
    written: list[Stroke] = []
    if drummer is not None:
        written = drummer.strokes(form, clock, melody, chance, beating)
        drums = outside_common_time(drums, form)
    lines = lines_of(form, band.patterns["chords"], chance, Row.CHORDS, comping)
    lines[ANSWERS] = answers_of(form, band.answers, melody, chance, comping)
    ends = {part: band.endings.get(part, usual) for part, usual in _ENDINGS.items()}
    sounds = [play_chords(lines, form, chart, melody, chords, chance, ends["chords"])]
    line = lines_of(form, band.patterns["bass"], chance, Row.BASS, walking)[""]
    if bass.follows_kick:
        kicks = _kicks(drums, written) - set(wish.drummed)
        line = with_kick(line, form, kicks | set(wish.kicks))
    lowest = min(note.pitch for note in melody)
    bounds = bass.low, bass.high
    sounds.append(play_bass(line, form, chart, bounds, lowest, chance, ends["bass"]))
    sounds.append(drums)
    parts = [
        as_notes(part, role, form, clock, chance, round(velocity * strength), wish.phrasing)
        for part, role, strength in zip(sounds, ROLES[1:], _STRENGTHS, strict=True)
    ]
    loud = round(velocity * _STRENGTHS[-1])
    parts[-1] = tuple(sorted([*as_played(written, clock, loud), *parts[-1]]))
    return tuple(parts)


def _kicks(drums: Sequence[Sound], written: Sequence[Stroke]) -> set[int]:
    """At which steps the kick is struck, from patterns or by the network."""
    starts = {each.start for each in drums if each.pitch == _KICK}
    return starts | {each.step for each in written if each.pitch == _KICK}


def with_kick(line: str, form: Form, kicks: Collection[int]) -> str:
    """The ``line`` of a bass that strikes its roots with the ``kicks`` (steps) of the drums.

    A root that it holds is struck again with a kick; one off the beat without a kick is held on.
    Bars of compound metres stay as they are.
    """
    struck = set(kicks)
    found = list(line)
    for bar in form.bars:
        if bar.meter.steps_per_beat != _BEAT:
            continue
        root = False
        for step in range(bar.first_step, min(bar.end_step, form.last)):
            sign, off_beat = line[step], (step - bar.first_step) % _BEAT != 0
            if sign == HOLD:
                if root and step in struck and step % 2 == 0:
                    found[step] = _ROOT
            elif root and sign in _ROOTS and off_beat and step not in struck:
                found[step] = HOLD
            else:
                root = sign in _ROOTS
    return "".join(found)
