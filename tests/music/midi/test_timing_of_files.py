"""What other programs write between the sixteenths is kept: notes, tempo, pedalled lengths."""

import io
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.music.composition import Composition
from composer_app.music.midi.file import midi_bytes, parse_midi, read_midi
from composer_app.music.timing import MAX_TEMPO, MIN_TEMPO, TempoChange, TempoMap

CASES = Path(__file__).parent / "cases"
THIRD, SIXTH, EIGHTH = Fraction(1, 3), Fraction(1, 6), Fraction(1, 8)


def melody(name: str) -> list[tuple[Fraction, int]]:
    """Onset in beats and pitch of the melody of a case."""
    notes = read_midi(CASES / f"{name}.mid").melody().notes
    return [(Fraction(note.onset_ticks, 960), note.pitch) for note in notes]


@pytest.mark.parametrize(
    ("name", "onsets"),
    [
        ("triplets", [i * THIRD for i in range(12)]),
        ("sextuplets", [i * SIXTH for i in range(13)]),
        ("swing_2_1", [i // 2 + i % 2 * 2 * THIRD for i in range(16)]),
        ("fast_run_32nds", [i * EIGHTH for i in range(33)]),
        ("pedal_and_staccato", list(map(Fraction, range(7)))),
    ],
)
def test_notes_sound_where_they_are_written(name: str, onsets: list[Fraction]) -> None:
    assert [onset for onset, _ in melody(name)] == onsets


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("legato_overlap", list(enumerate((84, 83, 81, 79, 77, 76, 74, 72)))),
        ("two_parts_in_one_track", [(0, 76), (1, 77), (2, 79), (3, 77), (5, 76)]),
        ("piano_left_hand_in_one_track", [(0, 76), (2, 79), (3, 77), (4, 76)]),
        ("hanging_high_note", list(enumerate((84, 76, 74, 72, 74, 76, 76, 76, 74)))),
    ],
)
def test_the_melody_among_what_overlaps(name: str, expected: list[tuple[int, int]]) -> None:
    assert melody(name) == expected


@pytest.mark.parametrize("name", sorted(path.stem for path in CASES.glob("*.mid")))
def test_what_is_exported_sounds_as_what_was_read(name: str) -> None:
    read = read_midi(CASES / f"{name}.mid")
    again = parse_midi(midi_bytes(read), "again").composition
    assert again.tracks == read.tracks
    assert again.tempo == read.tempo


def test_staccato_stays_as_short_as_it_is_written() -> None:
    # The pedal is a controller; the network and the roll see what the keys did.
    notes = read_midi(CASES / "pedal_and_staccato.mid").melody().notes
    assert {note.release_ticks - note.onset_ticks for note in notes} == {200}


@given(
    st.sampled_from([24, 96, 100, 384, 480, 1024, 15360, 32767]),
    st.lists(st.integers(1, 40_000), min_size=2, max_size=20),
)
def test_what_touches_in_a_file_touches_here(division: int, lengths: list[int]) -> None:
    chunk = mido.MidiTrack()
    for length in lengths:
        chunk.append(mido.Message("note_on", note=60, velocity=80))
        chunk.append(mido.Message("note_off", note=60, time=length))
    notes = parse(mido.MidiFile(type=0, ticks_per_beat=division, tracks=[chunk])).tracks[0].notes
    ends = [sum(lengths[: i + 1]) for i in range(len(lengths))]
    # Of what is shorter than a tick of ours several may begin at once; then one is left.
    for note, after in pairwise(notes):
        assert note.release_ticks == after.onset_ticks
    assert {n.onset_ticks for n in notes} == {nearest(end, division) for end in (0, *ends[:-1])}


def nearest(tick: int, division: int) -> int:
    return int(Fraction(960 * tick, division) + Fraction(1, 2))


def parse(midi: mido.MidiFile) -> Composition:
    buffer = io.BytesIO()
    midi.save(file=buffer)
    return parse_midi(buffer.getvalue(), "a file").composition


# -- tempo ---------------------------------------------------------------------------------------


def test_a_ritardando_inside_a_sixteenth_is_kept() -> None:
    piece = read_midi(CASES / "tempo_changes_inside_a_sixteenth.mid")
    last = piece.melody().notes[-1]
    assert piece.tempo.seconds_at(last.onset) == pytest.approx(3.60, abs=0.03)
    assert piece.tempo.seconds_at(last.release) == pytest.approx(6.33, abs=0.03)


def test_a_tempo_of_700_is_one() -> None:
    piece = read_midi(CASES / "tempo_700.mid")
    assert piece.tempo == TempoMap.constant(700)
    assert piece.tempo.seconds_at(piece.sounding_steps) == pytest.approx(0.686, abs=0.001)


@given(
    st.dictionaries(
        st.integers(1, 100_000), st.floats(MIN_TEMPO, MAX_TEMPO), min_size=0, max_size=20
    ),
    st.floats(MIN_TEMPO, MAX_TEMPO),
)
def test_any_tempo_map_survives_a_file(changes: dict[int, float], first: float) -> None:
    tempo = TempoMap(
        tuple(TempoChange.at_ticks(at, bpm) for at, bpm in sorted({0: first, **changes}.items()))
    )
    piece = read_midi(CASES / "triplets.mid")
    piece = Composition(piece.tracks, tempo)
    assert parse_midi(midi_bytes(piece), "again").composition.tempo == tempo


@pytest.mark.parametrize(
    ("microseconds", "bpm", "said"),
    [(60_000, 1000.0, 0), (59_999, 1000.0, 1), (15_000_000, 4.0, 0), (15_000_001, 4.0, 1)],
)
def test_a_tempo_beyond_what_there_is_is_capped_and_said(
    microseconds: int, bpm: float, said: int
) -> None:
    chunk = mido.MidiTrack(
        [
            mido.MetaMessage("set_tempo", tempo=microseconds),
            mido.Message("note_on", note=60, velocity=80),
            mido.Message("note_off", note=60, time=480),
        ]
    )
    buffer = io.BytesIO()
    mido.MidiFile(type=0, ticks_per_beat=480, tracks=[chunk]).save(file=buffer)
    piece = parse_midi(buffer.getvalue(), "a file")
    assert piece.composition.tempo == TempoMap.constant(bpm)
    assert len(piece.mended) == said
    assert all("outside 4 to 1000 BPM" in str(clause) for clause in piece.mended)
