"""Files that other programs or thirty years of hard disks have left in disorder, as in ``cases``.

Beside each file a text says what it is and what is right.
"""

from pathlib import Path

import pytest

from composer_app.music.midi.faults import mended_sentence
from composer_app.music.midi.file import read_midi_piece
from composer_app.music.timing import Meter

CASES = Path(__file__).parent / "cases"
TUNE = [60, 62, 64, 65, 67, 67, 67]
BASS = [48, 50, 52, 53, 55, 55, 55]
QUARTERS = [0, 4, 8, 12, 16, 20, 24]

# What was mended, by a few words of it; empty for what every program may write.
MENDED = {
    "alien_chunk_before_track": "",
    "bad_key_signature": "key signature",
    "empty_meta_events": "setting without its value",
    "fewer_tracks_promised": "another number of tracks",
    "junk_before_header": "before its music",
    "key_signature_8_sharps": "key signature",
    "last_byte_missing": "longer or shorter than it says",
    "late_end_of_track": "",
    "more_tracks_promised": "another number of tracks",
    "no_end_of_track": "no end",
    "notes_off_in_other_track": "",
    "riff_rmid": "",
    "running_status_after_sysex": "",
    "smpte_offset_bad_rate": "",
    "sysex_without_f7": "",
    "track_length_too_short": "longer or shorter than it says",
    "track_length_zero": "longer or shorter than it says",
    "type_2_one_track": "",
}


@pytest.mark.parametrize("case", MENDED)
def test_the_tune_is_read_and_what_was_mended_is_said(case: str) -> None:
    read = read_midi_piece(CASES / f"{case}.mid")
    (track,) = read.composition.tracks
    assert [note.pitch for note in track.notes] == TUNE
    assert [note.start for note in track.notes] == QUARTERS
    assert [note.duration for note in track.notes] == [4, 4, 4, 4, 4, 4, 8]
    assert read.composition.meter == Meter(4, 4)
    assert read.composition.tempo.initial_bpm == 100
    assert read.composition.steps == 32
    if MENDED[case]:
        (clause,) = read.mended
        assert MENDED[case] in str(clause)
    else:
        assert read.mended == ()


@pytest.mark.parametrize(
    ("case", "mended"), [("alien_chunk_between_tracks", ""), ("bytes_between_tracks", "no track")]
)
def test_what_stands_between_tracks_is_skipped(case: str, mended: str) -> None:
    read = read_midi_piece(CASES / f"{case}.mid")
    assert [[note.pitch for note in track.notes] for track in read.composition.tracks] == [
        TUNE,
        BASS,
    ]
    assert [mended in str(clause) for clause in read.mended] == [True] * bool(mended)


@pytest.mark.parametrize(
    ("case", "pitches", "starts", "meter", "bpm"),
    [
        ("short_time_signature", TUNE, QUARTERS, Meter(3, 4), 100),
        # A film frame has no tempo. 120 BPM makes half a second a beat.
        ("smpte_25_40", TUNE, QUARTERS, Meter(4, 4), 120),
        (
            "division_55440",
            [60, 62, 64, 65, 67, 69, 67, 65, 64, 62, 60, 60],
            list(range(0, 24, 2)),
            Meter(4, 4),
            120,
        ),
        (
            "hanging_high_note",
            [84, 76, 74, 72, 74, 76, 76, 76, 74],
            list(range(0, 36, 4)),
            Meter(4, 4),
            120,
        ),
    ],
)
def test_time_and_notes(
    case: str, pitches: list[int], starts: list[int], meter: Meter, bpm: float
) -> None:
    composition = read_midi_piece(CASES / f"{case}.mid").composition
    (track,) = composition.tracks
    assert [note.pitch for note in track.notes] == pitches
    assert [note.start for note in track.notes] == starts
    assert (composition.meter, composition.tempo.initial_bpm) == (meter, bpm)
    # Whoever looks for the tune finds all of it.
    assert composition.melody().notes == track.notes


@pytest.mark.parametrize(
    ("case", "name"), [("shift_jis_title", "さくら"), ("name_with_control_characters", "Lead X")]
)
def test_names(case: str, name: str) -> None:
    composition = read_midi_piece(CASES / f"{case}.mid").composition
    assert (composition.title, composition.tracks[0].name) == (name, name)


def test_the_sentence_names_the_file_and_all_that_was_mended() -> None:
    read = read_midi_piece(CASES / "no_end_of_track.mid")
    both = (*read.mended, *read_midi_piece(CASES / "hanging_high_note.mid").mended)
    assert str(mended_sentence("tune.mid", both)) == (
        "tune.mid does not keep to the MIDI standard and was mended in reading: a track has no"
        " end; a note that is never let go ends with the next one."
    )
