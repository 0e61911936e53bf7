"""A band over a chord row: chords, bass and drums, from the patterns of a style."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from composer_app.generation.bands.bass_part import play_bass
from composer_app.generation.bands.chance import Chance, Row
from composer_app.generation.bands.chords_part import play_chords
from composer_app.generation.bands.drums_part import play_drums
from composer_app.generation.bands.form import Form
from composer_app.generation.bands.harmony import Chart
from composer_app.generation.bands.laying_out import lines_of
from composer_app.generation.bands.style_file import ROLES, Band
from composer_app.generation.bands.touch import Clock, as_notes
from composer_app.generation.steering import PerVoice
from composer_app.music.note import Note

# How strongly chords, bass and drums are struck in relation to the melody.
_STRENGTHS: Final = (0.72, 0.95, 0.85)
_BEAT: Final = 4


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants of the arrangement: of each part how busy it is, and the swing.

    ``busy`` goes from -1, simple, to 1; ``swing`` is the style's own where it is None. ``phrasing``
    is how deeply, 0 to 1, what is arranged will be phrased.
    """

    busy: PerVoice[float]
    swing: float | None = None
    phrasing: float = 0.0


def arrange(
    band: Band,
    form: Form,
    chart: Chart,
    melody: Sequence[Note],
    velocity: int,
    chance: Chance,
    wish: Wish,
) -> tuple[tuple[Note, ...], ...]:
    """The notes of chords, bass and drums under ``melody`` (on the grid), around ``velocity``."""
    clock = Clock(form, band.swing if wish.swing is None else wish.swing)
    chords, bass, _drums = (band.players[ROLES.index(role)] for role in ROLES[1:])
    comping, walking, beating = wish.busy
    line = lines_of(form, band.patterns["chords"], chance, Row.CHORDS, comping)[""]
    sounds = [play_chords(line, form, chart, melody, chords, chance)]
    line = lines_of(form, band.patterns["bass"], chance, Row.BASS, walking)[""]
    lowest = min(note.pitch for note in melody)
    sounds.append(play_bass(line, form, chart, (bass.low, bass.high), lowest, chance))
    sounds.append(play_drums(form, band.patterns["drums"], band.fills, chance, beating))
    return tuple(
        as_notes(part, role, form, clock, chance, round(velocity * strength), wish.phrasing)
        for part, role, strength in zip(sounds, ROLES[1:], _STRENGTHS, strict=True)
    )
