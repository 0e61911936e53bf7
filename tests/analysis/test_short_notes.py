"""Notes that share a step follow each other; the statistics take them for no chord."""

from itertools import pairwise

from composer_app.analysis.features import INTERVAL, POLYPHONY, measure
from composer_app.analysis.material import Material
from composer_app.analysis.voice_grid import VoiceGrid
from composer_app.music.composition import Composition, Track
from composer_app.music.melody import on_steps
from composer_app.music.note import Note

PITCHES = (60, 62, 64, 65, 67, 65, 64, 62, 60)
RUN = tuple(Note.at_ticks(120 * i, 120 * (i + 1), pitch) for i, pitch in enumerate(PITCHES))
PIECE = Composition((Track("Melody", notes=RUN),))


def test_intervals_are_those_that_are_heard() -> None:
    values = measure(Material.of(PIECE), INTERVAL).values.tolist()
    assert values == [after - before for before, after in pairwise(PITCHES)]


def test_one_note_sounds_at_a_time() -> None:
    assert set(measure(Material.of(PIECE), POLYPHONY).values.tolist()) == {1}


def test_the_line_at_each_step_is_what_networks_see() -> None:
    seen = [(note.start, note.end, note.pitch) for note in on_steps(RUN)]
    assert VoiceGrid.from_composition(PIECE).notes(0) == seen
    line = Material.melody(PIECE).melody_line
    assert [note.pitch if note else None for note in line] == [
        next(pitch for start, end, pitch in seen if start <= step < end)
        for step in range(PIECE.steps)
    ]
