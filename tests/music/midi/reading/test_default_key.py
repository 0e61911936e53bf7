"""C major at the beginning of a file may be what a program writes without thinking."""

from dataclasses import replace

import pytest

from composer_app.music.composition import Composition, Track
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.midi.file import midi_bytes, parse_midi
from composer_app.music.note import Note
from composer_app.music.pitch import Key

SCALE = (0, 4, 7, 4, 5, 2, 11, 7, 0, 9, 5, 2, 7, 5, 4, 2, 0, 0)


def tune(tonic: int, count: int = len(SCALE)) -> Composition:
    notes = tuple(Note(4 * i, 60 + tonic + each, 4) for i, each in enumerate(SCALE[:count]))
    return Composition((Track("Tune", 73, notes),))


def read(piece: Composition, *keys: tuple[int, int, bool], ours: bool = False) -> Composition:
    """``piece`` from a file that says these keys: tick, sharps, whether minor."""
    said = tuple(KeyChange(t, Key.of_signature(sharps, minor=minor)) for t, sharps, minor in keys)
    data = midi_bytes(replace(piece, keys=said))
    if not ours:
        data = data.replace(b"composer-app {", b"somebody-app {")
    return parse_midi(data, "x").composition


@pytest.mark.parametrize(
    ("tonic", "keys", "kept"),
    [
        # Four sharps, three flats, two sharps: nobody wrote these in C.
        (4, [(0, 0, False)], False),
        (3, [(0, 0, False)], False),
        (2, [(0, 0, False)], False),
        # C major, and what is next to it.
        (0, [(0, 0, False)], True),
        (7, [(0, 0, False)], True),
        (5, [(0, 0, False)], True),
        # What a person must have chosen.
        (4, [(0, 0, True)], True),
        (4, [(0, 1, False)], True),
        (4, [(0, 0, False), (9600, 2, False)], True),
        (4, [(960, 0, False)], True),
    ],
)
def test_c_major_is_believed_unless_the_notes_speak_against_it(
    tonic: int, keys: list[tuple[int, int, bool]], kept: bool
) -> None:
    piece = read(tune(tonic), *keys)
    assert len(piece.keys) == (len(keys) if kept else 0)
    if not kept:
        assert piece.key().tonic == tonic


def test_a_few_notes_are_no_evidence() -> None:
    assert read(tune(4, 15), (0, 0, False)).keys
    assert not read(tune(4, 16), (0, 0, False)).keys


def test_what_was_chosen_in_composer_is_kept() -> None:
    assert read(tune(4), (0, 0, False), ours=True).keys


def test_it_is_said() -> None:
    data = midi_bytes(replace(tune(4), keys=(KeyChange(0, Key.of_signature(0, minor=False)),)))
    piece = parse_midi(data.replace(b"composer-app {", b"somebody-app {"), "x")
    assert "does not fit its notes" in str(piece.mended[0])
