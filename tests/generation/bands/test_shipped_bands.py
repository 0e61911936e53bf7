"""The network that plans for the bands, and the command that lets them play."""

from pathlib import Path

import pytest

from composer_app.file_arguments import read_piece, write_piece
from composer_app.generation.bands.style_list import find_style, load_band
from composer_app.generation.composing import compose, make_again
from composer_app.generation.generator import GenerationSettings
from composer_app.generation.models.catalog import load_generator
from composer_app.generation.recipe import recipe_from_text
from composer_app.music.composition import Composition
from composer_app.music.harmony.chord_wishes import ChordWishes
from composer_app.music.harmony.chords import Chord, ChordSpan, ChordSymbol
from tests.acceptance.command_line import composer
from tests.generation.bands.melodies import MELODIES


@pytest.fixture(scope="module")
def folk() -> object:
    return load_band(find_style("folk"))


def _played(band: object, title: str, settings: GenerationSettings) -> Composition:
    from composer_app.generation.bands.band_generator import BandGenerator

    assert isinstance(band, BandGenerator)
    return compose(MELODIES[title], band, settings, programs=band.band.programs)


def test_a_tune_in_c_begins_and_ends_there(folk: object) -> None:
    piece = _played(folk, "plain", GenerationSettings())
    first, last = piece.chords[0].chord, piece.chords[-1].chord
    assert first == last == Chord.of_name(0, "maj")
    assert not any(symbol.given for symbol in piece.chords)


def test_chords_change_where_bars_or_their_halves_begin(folk: object) -> None:
    piece = _played(folk, "repeats", GenerationSettings(seed=4))
    assert all(symbol.tick % 1920 == 0 for symbol in piece.chords)


def test_a_rate_of_one_leaves_a_chord_a_bar(folk: object) -> None:
    piece = _played(folk, "plain", GenerationSettings(seed=4, chord_rate=1.0))
    assert all(symbol.tick % 3840 == 0 for symbol in piece.chords)


def test_what_is_wished_stands_in_the_row(folk: object) -> None:
    wish = ChordSymbol(3840, Chord.of_name(9, "min", 4))
    wishes = ChordWishes((ChordSpan(wish, 7680),))
    piece = _played(folk, "plain", GenerationSettings(chords=wishes))
    assert wish in piece.chords
    bass = [note.pitch % 12 for note in piece.tracks[2].notes if note.start == 16]
    assert bass == [4]


def test_rich_harmony_has_more_sevenths_than_plain(folk: object) -> None:
    counts = []
    for richness in (-1.0, 1.0):
        piece = _played(folk, "plain", GenerationSettings(richness=richness))
        counts.append(sum(len(s.chord.chord_tones) > 3 for s in piece.chords if s.chord))
    assert counts[0] < counts[1]


def test_every_metre_is_planned(folk: object) -> None:
    for title in ("three", "six eight", "five", "seven", "changing", "one note"):
        assert _played(folk, title, GenerationSettings()).chords, title


def test_a_take_of_a_file_is_remade(tmp_path: Path) -> None:
    melody, out = tmp_path / "melody.mid", tmp_path / "out.mid"
    write_piece(Composition.from_melody(MELODIES["plain"]), melody)
    done = composer(
        "generate", melody, "-o", out, "--style", "pop", "--seed", "3", "--busy", "drums:1"
    )
    assert done.returncode == 0, done.stderr
    piece = read_piece(out)
    assert [track.name for track in piece.tracks] == ["Melody", "Chords", "Bass", "Drums"]
    assert [track.drums for track in piece.tracks] == [False, False, False, True]
    assert piece.tracks[2].program == 33
    assert piece.origin is not None
    recipe = recipe_from_text(piece.origin.recipe)
    assert recipe is not None
    again = make_again(recipe, load_generator(recipe.model)).composition
    assert again.tracks == piece.tracks
    assert again.chords == piece.chords
    around = composer("generate", out, "-o", tmp_path / "b.mid", "--style", "pop", "--lock", "bass")
    assert around.returncode == 0
    assert "track 3 has the bass; track 4 has the drums" in around.stderr
    assert read_piece(tmp_path / "b.mid").tracks[2].notes == piece.tracks[2].notes
    refused = composer("generate", out, "-o", tmp_path / "c.mid", "--lock", "bass")
    assert refused.returncode == 2
    assert "was written by a band" in refused.stderr


def test_styles_are_listed() -> None:
    done = composer("styles")
    assert done.returncode == 0
    assert "swing            Swing (4/4, 2/2, 2/4, 3/4, 90-240 BPM)" in done.stdout
    assert composer("generate", "x.mid", "-o", "y.mid", "--style", "polka").returncode == 2
