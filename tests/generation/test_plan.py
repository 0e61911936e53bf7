"""The shipped model plans its chords, names them, and plays what it has planned."""

from pathlib import Path

import pytest

from composer_app.analysis.voice_grid import VoiceGrid
from composer_app.generation.composing import compose
from composer_app.generation.generator import GenerationSettings
from composer_app.generation.noise import NoiseVector
from composer_app.generation.refining.refining_generator import RefiningGenerator
from composer_app.generation.refining.row_planning import RowTaste
from composer_app.music.composition import Composition
from composer_app.music.files.sample_melodies import load_sample
from composer_app.music.harmony.chords import ChordSymbol
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.melody import Melody
from composer_app.music.note import Note
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.pitch import OCTAVE, Key
from composer_app.music.timing import TICKS_PER_STEP

pytest.importorskip("onnxruntime")

TUNES = ("ode_to_joy", "twinkle", "frere_jacques")
STYLES = ("bach", "hymn")


@pytest.fixture(scope="module")
def takes(repository: Path) -> dict[tuple[str, str], Composition]:
    found = {}
    for style in STYLES:
        generator = RefiningGenerator(repository / "models" / "bach.onnx", 1, style=style)
        for name in TUNES:
            found[style, name] = compose(load_sample(name), generator, GenerationSettings(seed=3))
    return found


def chord_at(symbols: tuple[ChordSymbol, ...], step: int) -> ChordSymbol:
    return [each for each in symbols if each.tick <= step * TICKS_PER_STEP][-1]


@pytest.mark.parametrize("style", STYLES)
def test_every_beat_has_a_planned_chord_that_the_voices_play(
    takes: dict[tuple[str, str], Composition], style: str
) -> None:
    roots = basses = beats = 0
    for name in TUNES:
        piece = takes[style, name]
        assert piece.chords[0].tick == 0
        assert not any(symbol.given for symbol in piece.chords)
        grid = VoiceGrid.from_composition(piece)
        for step in range(0, load_sample(name).steps, 4):
            chord = chord_at(piece.chords, step).chord
            assert chord is not None
            sounding = [int(pitch) for pitch in grid.pitch[step] if pitch >= 0]
            beats += 1
            roots += chord.root in {pitch % OCTAVE for pitch in sounding}
            basses += min(sounding) % OCTAVE == chord.bass
    assert roots / beats >= 0.85
    assert basses / beats >= 0.85


@pytest.mark.parametrize("style", STYLES)
def test_chords_are_called_what_sounds(
    takes: dict[tuple[str, str], Composition], style: str
) -> None:
    """A planned chord that the voices do not play is named anew."""
    for name in TUNES:
        piece = takes[style, name]
        grid = VoiceGrid.from_composition(piece)
        fits = []
        for step in range(0, load_sample(name).steps, 4):
            chord = chord_at(piece.chords, step).chord
            assert chord is not None
            beat = grid.pitch[step : step + 4]
            heard = {int(pitch) % OCTAVE for pitch in beat[beat >= 0]}
            third = chord.quality.intervals[1]
            fits.append({chord.root, (chord.root + third) % OCTAVE} <= heard)
        # Where nothing that sounds is a root with its third the plan stands.
        assert sum(fits) / len(fits) >= 0.95


@pytest.mark.parametrize("style", STYLES)
def test_a_piece_begins_and_ends_on_roots(
    takes: dict[tuple[str, str], Composition], style: str
) -> None:
    ends = [takes[style, name].chords[-1].chord for name in TUNES]
    assert all(chord is not None and chord.bass == chord.root for chord in ends)
    begins = [takes[style, name].chords[0].chord for name in TUNES]
    assert all(chord is not None and chord.bass == chord.root for chord in begins)


@pytest.mark.parametrize("style", STYLES)
def test_a_key_that_is_set_is_obeyed(repository: Path, style: str) -> None:
    """The tunes are in C major; their last note is a tone of A minor's triad, too."""
    generator = RefiningGenerator(repository / "models" / "bach.onnx", 1, style=style)
    for name in ("ode_to_joy", "twinkle"):
        for key in (Key(0), Key(9, minor=True)):
            settings = GenerationSettings(seed=3, keys=(KeyChange(0, key),), iterations=24)
            chords = compose(load_sample(name), generator, settings).chords
            last = chords[-1].chord
            assert last is not None
            assert (
                last.root,
                last.quality.name.startswith("m") and last.quality.name != "maj",
            ) == (key.tonic, key.minor), name


def test_a_band_takes_a_signature_for_its_relative_minor(repository: Path) -> None:
    pitches = (69, 71, 72, 74, 76, 74, 72, 71, 69, 68, 69, 76, 74, 72, 71, 69)
    melody = Melody(tuple(Note(4 * i, pitch, 4) for i, pitch in enumerate(pitches)))
    assert melody.key() == Key(9, minor=True)
    generator = RefiningGenerator(repository / "models" / "bach.onnx", 1)
    taste = RowTaste(generator.styles_numbered(("leadsheet",)))

    def planned(*keys: Key) -> tuple[ChordSymbol, ...]:
        settings = GenerationSettings(seed=3, keys=tuple(KeyChange(0, key) for key in keys))
        roll, noise = PianoRoll.from_notes([melody.notes], 64), NoiseVector.from_seed(3, 64)
        return generator.plan_chords(roll, melody.meters, noise, settings, taste)

    assert planned(Key(0)) == planned()
    assert planned(Key(2)) != planned()
