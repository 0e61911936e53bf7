"""What a file says besides its notes comes in, and goes out again."""

import io
from dataclasses import replace
from pathlib import Path

import mido
import pytest

from composer_app.music.composition import Composition, Track
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.midi.file import midi_bytes, parse_midi, read_midi, read_midi_piece
from composer_app.music.midi.key_names import key_name, key_of_name
from composer_app.music.mix import PieceMix, TrackMix
from composer_app.music.note import Note
from composer_app.music.pitch import Key
from composer_app.music.texts import Text
from tests.music.midi.hexfile import write_hex

CASES = Path(__file__).parents[1] / "cases"
NOTE = "00 90 3C 50  04 80 3C 00"  # a beat of 4 ticks


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tune.mid"


def controls_of(path: Path, *chunks: str) -> list[list[tuple[float, str, int, int]]]:
    """(step, kind, number, value) of each track's controls."""
    tracks = read_midi(write_hex(path, *chunks)).tracks
    return [[(c.tick / 240, c.kind, c.number, c.value) for c in t.controls] for t in tracks]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ("00 E0 00 60" + NOTE, [(0, "bend", 0, 4096)]),
        (NOTE + "00 E0 00 00", [(4, "bend", 0, -8192)]),
        ("00 B0 01 40" + NOTE, [(0, "controller", 1, 64)]),
        ("00 D0 11" + NOTE, [(0, "pressure", 0, 17)]),
        ("00 A0 3C 12" + NOTE, [(0, "key pressure", 60, 18)]),
        # The range of the bend: a parameter, said by controllers in their order.
        (
            "00 B0 65 00  00 B0 64 00  00 B0 06 0C" + NOTE,
            [(0, "controller", 101, 0), (0, "controller", 100, 0), (0, "controller", 6, 12)],
        ),
        # The instrument of the first note is the track's, others follow; once again is no change.
        ("00 C0 05" + NOTE + "00 C0 05  00 C0 06" + NOTE, [(4, "program", 0, 6)]),
        # So it is with its bank, which stands where the instrument stands.
        ("00 B0 00 00  04 B0 20 02  00 C0 05" + NOTE, [(0, "controller", 32, 2)]),
        # Volume and pan are the mix's, unless they change.
        ("00 B0 07 28" + NOTE, []),
        (
            "00 B0 07 28" + NOTE + "00 B0 07 14",
            [(0, "controller", 7, 40), (4, "controller", 7, 20)],
        ),
        (NOTE + "00 B0 0A 00", [(0, "controller", 10, 64), (4, "controller", 10, 0)]),
        ("00 B0 07 28" + NOTE + "00 B0 07 28", []),
        # "Reset all controllers" is what it does: the volume is none of them.
        (
            "00 B0 01 40 00 B0 40 7F 00 B0 0B 7F 00 E0 00 60 04 B0 79 00" + NOTE,
            [
                (0, "controller", 1, 64),
                (0, "controller", 64, 127),
                (0, "controller", 11, 127),
                (0, "bend", 0, 4096),
                (4, "controller", 1, 0),
                (4, "controller", 64, 0),
                (4, "bend", 0, 0),
            ],
        ),
        # "All notes off" is no setting.
        ("00 B0 7B 00" + NOTE, []),
        # Another channel's.
        ("00 E1 00 60" + NOTE, []),
    ],
)
def test_controls_are_kept(
    path: Path, events: str, expected: list[tuple[int, str, int, int]]
) -> None:
    assert controls_of(path, events) == [expected]
    again = parse_midi(midi_bytes(read_midi(path), read_midi_piece(path).mix), "x")
    assert again.composition == read_midi(path)
    assert again.mix == read_midi_piece(path).mix


def test_a_chunk_without_notes_speaks_for_those_that_play(path: Path) -> None:
    bend, other = "08 E0 00 60", "00 91 3E 50  04 81 3E 00"
    program = "00 C0 10  04 C0 11"
    found = controls_of(path, bend, NOTE, other, NOTE, program)
    changes = [(4, "program", 0, 17), (8, "bend", 0, 4096)]
    assert found == [changes, [], changes, []]


def test_a_pedal_holds_for_both_hands(path: Path) -> None:
    pedal = [(0, "controller", 64, 127)]
    bent = "00 E0 00 60" + NOTE
    assert controls_of(path, "00 B0 40 7F" + NOTE, bent) == [pedal, [(0, "bend", 0, 4096), *pedal]]
    # Another instrument on the same channel has no such pedal, and nobody has another's bends.
    assert controls_of(path, "00 C0 04 00 B0 40 7F" + NOTE, "00 C0 05" + NOTE) == [pedal, []]


def test_the_mix_moves_all_volumes_of_a_track(path: Path) -> None:
    fade = "00 B0 07 00" + NOTE + "00 B0 07 28" + NOTE + "00 B0 07 50"
    piece = read_midi_piece(write_hex(path, fade))
    # It begins in silence, but is not meant to stay there.
    assert piece.mix == PieceMix((TrackMix(40),))
    softer = parse_midi(midi_bytes(piece.composition, PieceMix((TrackMix(20),))), "x")
    assert softer.mix == PieceMix((TrackMix(20),))
    assert [control.value for control in softer.composition.tracks[0].controls] == [0, 20, 40]


def exported(case: str) -> mido.MidiFile:
    """A case, read and written."""
    piece = read_midi_piece(CASES / f"{case}.mid")
    return mido.MidiFile(file=io.BytesIO(midi_bytes(piece.composition, piece.mix)))


def test_pedals_are_exported() -> None:
    midi = exported("pedal_and_staccato")
    assert [
        (tick, message.value)
        for track in midi.tracks
        for tick, message in timed(track)
        if message.type == "control_change" and message.control == 64
    ] == [(2, 127), (3830, 0), (3842, 127), (7680, 0)]
    # Until the pedal is let go at quarter 8.
    assert read_midi(CASES / "pedal_and_staccato.mid").sounding_steps == 32


def test_lyrics_are_exported_where_they_were() -> None:
    (track,) = exported("lyrics_kept").tracks[1:]
    assert [(tick, m.text) for tick, m in timed(track) if m.type == "lyrics"] == [
        (960 * i, text)
        for i, text in enumerate(["Do ", "re ", "mi ", "fa ", "sol ", "sol ", "sol"])
    ]


def test_a_key_signature_is_exported() -> None:
    piece = read_midi_piece(CASES / "key_signature_kept.mid")
    assert piece.composition.key_signature == Key(3)
    assert bytes.fromhex("FF 59 02 FD 00") in midi_bytes(piece.composition)


@pytest.mark.parametrize(
    ("sharps", "minor"), [(n, minor) for n in range(-7, 8) for minor in (False, True)]
)
def test_every_key_signature_is_kept(path: Path, sharps: int, minor: bool) -> None:
    event = f"FF 59 02 {sharps & 0xFF:02X} {minor:02X}"
    piece = read_midi(write_hex(path, "00 " + event + NOTE))
    assert piece.key() == Key.of_signature(sharps, minor=minor)
    assert bytes.fromhex(event) in midi_bytes(piece)
    assert key_of_name(key_name(piece.key())) == piece.key()


@pytest.mark.parametrize("name", ["", "m", "H", "Cx", "C major"])
def test_what_is_no_key_is_none(name: str) -> None:
    assert key_of_name(name) is None


def test_of_keys_the_first_chunk_and_the_last_word_count(path: Path) -> None:
    flats, sharps = ("00 FF 59 02 FE 00", "00 FF 59 02 02 00")
    write_hex(path, flats + sharps + "08 FF 59 02 02 00  08 FF 59 02 00 01", flats + NOTE)
    assert read_midi(path).keys == (KeyChange(0, Key(2)), KeyChange(16 * 240, Key(9, minor=True)))


def test_a_key_that_nobody_gave_is_heard_anew() -> None:
    scale = tuple(Note(4 * i, pitch, 4) for i, pitch in enumerate((67, 69, 71, 72, 74, 78, 79)))
    piece = Composition((Track("", 0, scale),))
    data = midi_bytes(piece)
    assert bytes.fromhex("FF 59 02 01 00") in data
    again = parse_midi(data, "x").composition
    assert again.keys == ()
    assert again == piece
    given = replace(piece, keys=(KeyChange(0, Key(4, minor=True)),))
    assert parse_midi(midi_bytes(given), "x").composition == given


def test_texts_belong_to_their_track_or_to_the_piece(path: Path) -> None:
    write_hex(
        path,
        """00 FF 02 01 41        ; copyright: A
           04 FF 06 01 42        ; marker: B
           04 FF 07 01 43        ; cue: C
           00 FF 05 01 44""",  # lyrics without a track: D
        "00 FF 05 02 45 0D" + NOTE + "00 FF 06 01 46",  # lyrics: E and a new line; marker: F
    )
    piece = read_midi(path)
    assert piece.texts == (
        Text(0, "copyright", "A"),
        Text(960, "marker", "B"),
        Text(960, "marker", "F"),
        Text(1920, "cue", "C"),
        Text(1920, "lyrics", "D"),
    )
    assert [track.texts for track in piece.tracks] == [(Text(0, "lyrics", "E\r"),)]
    assert parse_midi(midi_bytes(piece), "x").composition == piece


def test_words_of_several_channels_belong_to_the_piece(path: Path) -> None:
    write_hex(path, "00 FF 05 01 44" + NOTE + "00 91 3E 50  04 81 3E 00", kind=0)
    piece = read_midi(path)
    assert [text.text for text in piece.texts] == ["D"]
    assert [track.texts for track in piece.tracks] == [(), ()]


def test_our_files_of_before_are_read(path: Path) -> None:
    """Without a chunk for the whole: title, metre and tempo beside the first track's notes."""
    text = 'composer-app {"title": "Old", "origin": null}'
    details = f"00 FF 01 {len(text):02X} {text.encode().hex()}"
    shared = details + "00 FF 58 04 03 02 18 08  00 FF 51 03 07 A1 20"
    write_hex(path, "00 FF 03 01 53" + shared + NOTE, "00 91 3E 50  04 81 3E 00")
    piece = read_midi(path)
    assert (piece.title, str(piece.meter), piece.tempo.initial_bpm) == ("Old", "3/4", 120)
    assert [track.name for track in piece.tracks] == ["S", "Track 2"]


def timed(track: mido.MidiTrack) -> list[tuple[int, mido.Message]]:
    tick, result = 0, []
    for message in track:
        tick += message.time
        result.append((tick, message))
    return result
