"""Reading and writing MIDI files: what other programs write, and our own round trip."""

import os
import stat
from dataclasses import replace
from pathlib import Path

import mido
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from composer_app.errors import MidiFileError
from composer_app.music.composition import Composition, Track
from composer_app.music.controls import Control
from composer_app.music.meter_map import MeterMap
from composer_app.music.midi import file as midi_file
from composer_app.music.midi.file import MAX_FILE_BYTES, read_midi, read_midi_piece, write_midi
from composer_app.music.mix import PieceMix, TrackMix
from composer_app.music.note import Note
from composer_app.music.timing import (
    MAX_TEMPO,
    MIN_TEMPO,
    Meter,
    TempoChange,
    TempoMap,
)
from tests.music.any_composition import compositions
from tests.music.midi.hexfile import chunk, header, write_hex

NOTE = "00 90 3C 50  04 80 3C 00"  # C4, velocity 80, one beat of 4 ticks


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tune.mid"


def notes_of(path: Path, *chunks: str, division: int = 4) -> list[tuple[int, int, int, int]]:
    """(start, pitch, duration, velocity) of the only track."""
    (track,) = read_midi(write_hex(path, *chunks, division=division)).tracks
    return [(note.start, note.pitch, note.duration, note.velocity) for note in track.notes]


@pytest.mark.parametrize(
    ("hexdump", "expected"),
    [
        pytest.param("00 90 3C 50  04 80 3C 40", [(0, 60, 4, 80)], id="note on and off"),
        pytest.param("00 90 3C 50  04 90 3C 00", [(0, 60, 4, 80)], id="velocity 0 is off"),
        pytest.param(
            """00 90 3C 50      ; on
               04    3C 00      ; off, running status
               00    3E 51      ; on
               02    3E 00""",
            [(0, 60, 4, 80), (4, 62, 2, 81)],
            id="running status",
        ),
        pytest.param(
            """00 90 3C 50
               02 FF 01 02 68 69  ; a text between
               02 80 3C 00""",
            [(0, 60, 4, 80)],
            id="meta event between",
        ),
        pytest.param(
            """00 90 3C 50
               00 F0 03 43 12 F7  ; system exclusive
               00 F7 02 F8 FE     ; escaped realtime bytes
               04 80 3C 00""",
            [(0, 60, 4, 80)],
            id="system exclusive",
        ),
        pytest.param("00 90 3C 50  06 B0 07 40", [(0, 60, 6, 80)], id="never switched off"),
        pytest.param("00 90 3C 50  00 80 3C 00", [(0, 60, 1, 80)], id="no length"),
        pytest.param("00 80 3C 00" + NOTE, [(0, 60, 4, 80)], id="off without on"),
        pytest.param("08" + NOTE[2:], [(8, 60, 4, 80)], id="silence before is kept"),
        pytest.param(
            """00 90 3C 50
               04 90 3C 51        ; struck again ...
               00 80 3C 00        ; ... before the first one's off at the same tick
               04 80 3C 00""",
            [(0, 60, 4, 80), (4, 60, 4, 81)],
            id="off after the next on",
        ),
        pytest.param(
            """00 90 3C 50
               02 90 3C 51
               04 80 3C 00
               04 80 3C 00""",
            [(0, 60, 2, 80), (2, 60, 8, 81)],
            id="overlap of equal pitches",
        ),
        pytest.param(
            """00 90 3C 50
               00 90 3C 51
               02 80 3C 00
               02 80 3C 00""",
            [(0, 60, 4, 81)],
            id="twins become the longer",
        ),
        pytest.param("00 90 3C C8  04 80 3C 00", [(0, 60, 4, 127)], id="too loud is clipped"),
    ],
)
def test_notes(path: Path, hexdump: str, expected: list[tuple[int, int, int, int]]) -> None:
    assert notes_of(path, hexdump) == expected


@pytest.mark.parametrize(
    ("division", "on", "off", "expected"),
    [
        pytest.param(480, "83 60", "83 60", (4, 4), id="480"),
        pytest.param(1, "01", "02", (4, 8), id="one tick a beat"),
        pytest.param(3, "01", "01", (1, 2), id="triplets: 4/3 and 8/3 steps"),
        pytest.param(480, "3B", "83 60", (0, 4), id="59 of 120 ticks go down"),
        pytest.param(480, "3C", "83 60", (1, 4), id="60 of 120 ticks go up"),
        pytest.param(0x7FFF, "81 80 00", "81 80 00", (2, 2), id="largest resolution"),
    ],
)
def test_resolutions(
    path: Path, division: int, on: str, off: str, expected: tuple[int, int]
) -> None:
    ((start, _, duration, _),) = notes_of(path, f"{on} 90 3C 50 {off} 80 3C 00", division=division)
    assert (start, duration) == expected


def test_type_0_is_split_by_channel(path: Path) -> None:
    write_hex(
        path,
        """00 FF 03 04 53 6F 6E 67  ; name: Song
           00 C0 28                 ; channel 1: violin
           00 C2 2A                 ; channel 3: cello
           00 92 30 50              ; channel 3
           00 90 3C 50              ; channel 1
           00 99 24 64              ; channel 10: drums
           04 82 30 00
           00 80 3C 00
           00 89 24 00""",
        kind=0,
    )
    piece = read_midi_piece(path)
    composition = piece.composition
    assert composition.title == "Song"
    assert not piece.mended
    assert composition.tracks == (
        Track("Channel 1", 40, (Note(0, 60, 4),)),
        Track("Channel 3", 42, (Note(0, 48, 4),)),
        Track("Drums", 0, (Note(0, 36, 4, 100),), drums=True),
    )


def test_type_1_with_a_conductor_and_a_chunk_that_sets_things_up(path: Path) -> None:
    write_hex(
        path,
        "00 FF 03 03 C3 89 74",  # name: Ét
        "00 C0 10  00 C1 28",  # programs of two channels, no notes
        NOTE + "00 FF 03 04 4C 65 61 64",  # named Lead, after its notes
        "00 91 3E 50  04 81 3E 00  00 C1 05",  # begins with the program set up, 40
        "00 92 40 50  04 82 40 00  00 C2 06",  # says its program late
        "00 C4 07",  # an instrument without notes
    )
    composition = read_midi(path)
    assert composition.title == "Ét"
    assert composition.tracks == (
        Track("Lead", 16, (Note(0, 60, 4),)),
        # What it plays later is kept.
        Track("Track 2", 40, (Note(0, 62, 4),), (Control(960, "program", 0, 5),)),
        Track("Track 3", 6, (Note(0, 64, 4),)),
        Track("Track 4", 7),
    )


MIXES = st.lists(
    st.builds(TrackMix, st.integers(0, 127), st.integers(0, 127), st.booleans(), st.booleans()),
    max_size=18,
).map(lambda tracks: PieceMix(tuple(tracks)))


@given(MIXES)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_balance_survives_the_file(path: Path, mix: PieceMix) -> None:
    music = composition(*(Track(f"{i}", i, (Note(i, 60, 4),)) for i in range(18)))
    write_midi(music, path, mix)
    read = read_midi_piece(path)
    kept = PieceMix(tuple(replace(track, solo=False) for track in mix.tracks))
    assert (read.composition, read.mix) == (music, kept)
    assert read_midi(path) == music
    for index, track in enumerate(mido.MidiFile(path).tracks[1:]):
        said = [each.value for each in track if each.is_cc(7)]
        volume = 0 if mix.track(index).mute else mix.track(index).volume
        assert said == ([] if volume == 100 else [volume])


def fading(*values: int) -> Track:
    return Track(
        "Fades",
        0,
        (Note(0, 60, 64),),
        tuple(Control(960 * i, "controller", 7, value) for i, value in enumerate(values)),
    )


def test_a_muted_track_gets_its_changes_of_volume_back(path: Path) -> None:
    music, mix = composition(fading(80, 40, 120)), PieceMix((TrackMix(80, 20, mute=True),))
    write_midi(music, path, mix)
    said = [each.value for each in mido.MidiFile(path).tracks[1] if each.is_cc(7)]
    assert said == [0, 0, 0]
    read = read_midi_piece(path)
    assert (read.composition, read.mix) == (music, mix)


def test_what_is_made_loud_in_the_file_is_not_muted(path: Path) -> None:
    write_midi(composition(fading(80, 40)), path, PieceMix((TrackMix(80, mute=True),)))
    data = path.read_bytes()
    assert data.count(bytes((0xB0, 7, 0))) == 2
    path.write_bytes(data.replace(bytes((0xB0, 7, 0)), bytes((0xB0, 7, 90))))
    assert read_midi_piece(path).mix == PieceMix((TrackMix(90),))


@pytest.mark.parametrize(
    "muted",
    [
        "7",
        "[7]",
        "[[0,1]]",
        "[[-1,90,[]]]",
        "[[0,128,[]]]",
        "[[0,90,[[-5,1]]]]",
        "[[0,90,[[1,128]]]]",
        "[[1000,90,[]]]",
        '[["0",90,[]]]',
    ],
)
def test_strange_words_on_what_is_muted_are_no_words(path: Path, muted: str) -> None:
    write_midi(composition(fading()), path, PieceMix((TrackMix(90, mute=True),)))
    data = path.read_bytes()
    said = b'"muted": [[0, 90, []]]'
    new = f'"muted": {muted}'.encode()
    assert data.count(said) == 1
    length = int.from_bytes(data[18:22], "big")
    at = data.index(b"composer-app") - 1
    assert data[at] < 128 - len(new) + len(said)
    changed = bytearray(data.replace(said, new))
    changed[at] += len(new) - len(said)
    changed[18:22] = (length + len(new) - len(said)).to_bytes(4, "big")
    path.write_bytes(changed)
    assert read_midi_piece(path).mix == PieceMix((TrackMix(0),))


def test_volume_and_pan_stand_at_the_beginning_of_a_track_unless_they_are_usual(path: Path) -> None:
    music = composition(*(Track(f"{i}", i, (Note(4, 60, 4),)) for i in range(3)))
    write_midi(music, path, PieceMix((TrackMix(), TrackMix(30, 127), TrackMix(pan=0))))
    found = [
        [
            (message.channel, message.control, message.value)
            for message in track
            if message.type == "control_change"
        ]
        for track in mido.MidiFile(path).tracks
    ]
    assert found == [[], [], [(1, 7, 30), (1, 10, 127)], [(2, 10, 0)]]
    for track in mido.MidiFile(path).tracks[1:]:
        kinds = [message.type for message in track]
        assert "control_change" not in kinds[kinds.index("note_on") :]


@pytest.mark.parametrize(
    ("events", "mix"),
    [
        ("", TrackMix()),
        ("00 B0 07 28  00 B0 0A 10", TrackMix(40, 16)),
        # What was said last before the first note counts, and nothing after it,
        ("00 B0 07 28  00 B0 07 32", TrackMix(50)),
        ("00 B0 07 28  00 90 3C 50  04 B0 07 64  00 80 3C 00", TrackMix(40)),
        # unless it began in silence, as a track does that fades in.
        ("00 B0 07 00  00 90 3C 50  04 B0 07 46  00 B0 07 50  00 80 3C 00", TrackMix(70)),
        # Another controller, another channel.
        ("00 B0 0B 28  00 B1 07 28", TrackMix()),
    ],
)
def test_the_balance_of_others_is_read(path: Path, events: str, mix: TrackMix) -> None:
    write_hex(path, events + NOTE)
    assert read_midi_piece(path).mix == PieceMix((mix,))


def test_tracks_that_share_a_channel_speak_for_themselves(path: Path) -> None:
    write_hex(path, "00 B0 07 28" + NOTE, NOTE)
    assert read_midi_piece(path).mix == PieceMix((TrackMix(40), TrackMix()))


def test_a_balance_may_be_set_up_in_a_chunk_of_its_own(path: Path) -> None:
    write_hex(path, "00 B0 07 28  00 B1 0A 00", NOTE, "00 91 3E 50  04 81 3E 00")
    read = read_midi_piece(path)
    assert len(read.composition.tracks) == 2
    assert read.mix == PieceMix((TrackMix(40), TrackMix(pan=0)))


def test_names_in_latin_1(path: Path) -> None:
    write_hex(path, "00 FF 03 05 46 72 E8 72 65" + NOTE)  # Frère
    assert read_midi(path).tracks[0].name == "Frère"


def test_tempo_changes_in_any_chunk(path: Path) -> None:
    write_hex(
        path,
        """00 FF 51 03 07 A1 20  ; 500,000 microseconds a beat: 120 BPM
           08 FF 51 03 0F 42 40  ; 60 BPM at step 8""",
        NOTE + "00 FF 51 03 00 00 00  0C FF 51 03 FF FF FF",  # no time at all; 3.6 BPM
    )
    assert read_midi(path).tempo == TempoMap(
        (
            TempoChange(0, 120),
            TempoChange(4, MAX_TEMPO),
            TempoChange(8, 60),
            TempoChange(16, MIN_TEMPO),
        )
    )


def test_a_file_that_says_nothing_runs_at_120_in_four_four(path: Path) -> None:
    composition = read_midi(write_hex(path, NOTE))
    assert composition.tempo == TempoMap.constant(120)
    assert composition.meter == Meter(4, 4)
    assert composition.title == ""
    assert composition.origin is None


@pytest.mark.parametrize(
    ("event", "meter"),
    [
        pytest.param("00 FF 58 04 06 03 18 08", Meter(6, 8), id="6/8"),
        pytest.param(
            "00 FF 58 04 03 02 18 08 00 FF 58 04 04 02 18 08", Meter(4, 4), id="the last of two"
        ),
        pytest.param("00 FF 58 04 07 05 18 08", Meter(7, 32), id="7/32"),
        pytest.param("00 FF 58 04 00 02 18 08", Meter(4, 4), id="0/4"),
        pytest.param("00 FF 58 04 04 FF 18 08", Meter(4, 4), id="beyond all notes"),
    ],
)
def test_meter(path: Path, event: str, meter: Meter) -> None:
    assert read_midi(write_hex(path, event + NOTE)).meter == meter


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "is not a MIDI file", id="a picture"),
        pytest.param(b"MThd", "ends too early", id="four bytes"),
        pytest.param(header(1, 1, 4), "ends too early", id="no chunk"),
        pytest.param((header(1, 1, 4) + chunk(NOTE))[:-10], "is damaged:", id="truncated"),
        pytest.param(header(1, 1, 4) + b"MTrx" + b"\0" * 8, "is damaged", id="no track chunk"),
        pytest.param(header(1, 1, 4) + chunk("00 3C 3C 3C"), "is damaged", id="data first"),
        pytest.param(
            header(1, 1, 4) + chunk("FF " * 100_000), "is damaged", id="number without end"
        ),
        pytest.param(header(1, 1, 0) + chunk(NOTE), "a beat has no length", id="no resolution"),
        pytest.param(header(1, 1, 0xE700) + chunk(NOTE), "a beat has no", id="no film frames"),
        pytest.param(chunk(NOTE), "its beginning is missing", id="no header"),
        pytest.param(header(1, 0, 4), "holds no notes:", id="no chunks"),
        pytest.param(header(1, 1, 4) + chunk("00 C0 05"), "holds no notes:", id="no notes"),
        pytest.param(header(1, 1, 4) + chunk("00 99 24 64"), "those of drums", id="only drums"),
        pytest.param(
            header(1, 1, 4) + chunk(NOTE + "FF FF FF 7F 90 3C 50"),
            "is longer than 20,000 bars",
            id="years of silence",
        ),
        pytest.param(b"MThd" + b"\xab" * MAX_FILE_BYTES, "is larger than 32 MB", id="too large"),
    ],
)
def test_unusable_files_are_named_with_the_reason(path: Path, content: bytes, why: str) -> None:
    path.write_bytes(content)
    with pytest.raises(MidiFileError, match=why) as caught:
        read_midi(path)
    sentence = str(caught.value)
    assert sentence.startswith(f"{path} ")
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_garbage_of_100_mb_is_not_even_read(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(MidiFileError, match="larger than 32 MB"):
        read_midi(path)


@given(st.binary(max_size=300))
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_bytes_give_music_or_a_sentence(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "any.mid"
    path.write_bytes(header(1, 1, 96) + b"MTrk" + len(body).to_bytes(4, "big") + body)
    try:
        piece = read_midi(path)
    except MidiFileError:
        return
    assert piece.note_count > 0


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("nowhere/tune.mid", "no such file"),
        (".", "is a folder"),
        ("\0", "not a valid file name"),
        ("x" * 300, "its name is too long"),
        ("file/tune.mid", "not a folder"),
    ],
)
def test_places_that_hold_no_file(tmp_path: Path, place: str, why: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MidiFileError, match=why):
        read_midi(tmp_path / place)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_refused_instead_of_waited_for(path: Path) -> None:
    os.mkfifo(path)
    with pytest.raises(MidiFileError, match="not a regular file"):
        read_midi(path)


def test_a_file_that_may_not_be_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path.touch()
    # Root may read everything.
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(MidiFileError, match="permission is denied"):
        read_midi(path)


# Writing --------------------------------------------------------------------------------


def test_micro_timing_is_in_the_ticks_of_a_file(path: Path) -> None:
    thirds = tuple(Note.at_ticks(320 * i, 320 * (i + 1), 60 + i) for i in range(3))
    write_midi(composition(Track("Soprano", 40, thirds)), path)
    _, chunk = mido.MidiFile(path).tracks
    assert [m.time for m in chunk if m.type == "note_on"] == [0, 0, 0]
    assert [m.time for m in chunk if m.type == "note_off"] == [320, 320, 320]
    assert read_midi(path).tracks[0].notes == thirds


@pytest.mark.parametrize(
    ("text", "division", "expected"),
    [
        ("composer-app {}", 960, Note(4, 60, 4, 80, -100, -100)),
        ("composer-app broken", 960, Note(4, 60, 4, 80, -100, -100)),
        ("somebody else", 960, Note(4, 60, 4, 80, -100, -100)),
        ("somebody else", 480, Note(7, 60, 8, 80, 40, 40)),
        # 860 of 7680 ticks a beat are 107.5 of ours, and halves go up.
        ("somebody else", 7680, Note(0, 60, 1, 80, 108, -12)),
    ],
)
def test_ticks_are_kept_whoever_wrote_the_file(
    path: Path, text: str, division: int, expected: Note
) -> None:
    midi = mido.MidiFile(type=1, ticks_per_beat=division)
    on, off = (mido.Message(f"note_{kind}", note=60, velocity=80) for kind in ("on", "off"))
    messages = [mido.MetaMessage("text", text=text), on.copy(time=860), off.copy(time=960)]
    midi.tracks.append(mido.MidiTrack(messages))
    midi.save(path)
    assert read_midi(path).tracks[0].notes == (expected,)


def composition(*tracks: Track) -> Composition:
    return Composition(tracks or (Track("Soprano", 40, (Note(0, 60, 4),)),))


def test_what_concerns_all_tracks_stands_in_a_chunk_of_its_own(path: Path) -> None:
    names = ("Soprano", "Alto", "Tenor", "Bass")
    tracks = tuple(Track(name, 40 + i, (Note(4, 60 - i, 4, 90),)) for i, name in enumerate(names))
    write_midi(
        Composition(tracks, TempoMap.constant(90), MeterMap.constant(Meter(3, 4)), "Trees"), path
    )
    midi = mido.MidiFile(path)
    assert midi.type == 1
    assert midi.ticks_per_beat == 960
    assert [chunk.name for chunk in midi.tracks] == ["Trees", *names]
    conductor, *parts = midi.tracks
    assert all(message.is_meta for message in conductor)
    for index, messages in enumerate(parts):
        channel_messages = [message for message in messages if not message.is_meta]
        assert [(m.type, m.channel, m.time) for m in channel_messages] == [
            ("program_change", index, 0),
            ("note_on", index, 960),
            ("note_off", index, 960),
        ]
        # Said again, it would confuse.
        assert {m.type for m in messages if m.is_meta} == {"track_name", "end_of_track"}
    shared = {message.type: message for message in conductor}
    assert shared["set_tempo"].tempo == 666_667
    assert (shared["time_signature"].numerator, shared["time_signature"].denominator) == (3, 4)
    assert shared["key_signature"].key == "Am"


def test_the_drum_channel_is_never_used(path: Path) -> None:
    many = composition(*(Track(f"T{i}", i, (Note(0, 60, 4),)) for i in range(20)))
    write_midi(many, path)
    channels = [m.channel for c in mido.MidiFile(path).tracks for m in c if m.type == "note_on"]
    assert channels == [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4]
    assert read_midi(path) == many


def test_without_tracks_there_is_still_a_valid_file(path: Path) -> None:
    write_midi(Composition(title="Nothing yet"), path)
    assert len(mido.MidiFile(path).tracks) == 1


@given(compositions)
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@pytest.mark.slow
def test_a_composition_survives_its_own_file(tmp_path: Path, piece: Composition) -> None:
    write_midi(piece, tmp_path / "piece.mid")
    assert read_midi(tmp_path / "piece.mid") == piece


@pytest.mark.parametrize(
    "details",
    [
        "not JSON",
        "[1, 2]",
        "[" * 100_000,
        '{"title": 5, "origin": 5}',
        '{"origin": {"model": "bach", "seed": "x", "temperature": 1}}',
        '{"origin": {"model": "bach", "seed": 1}}',
        '{"performance": {"bpm": 100, "notes": []}}',
        '{"origin": {"model": "bach", "seed": 1, "temperature": NaN}}',
        '{"origin": {"model": "bach", "seed": 1, "temperature": 1e999}}',
        f'{{"origin": {{"model": "bach", "seed": 1, "temperature": {"9" * 400}}}}}',
    ],
)
def test_details_that_somebody_spoilt_count_as_unsaid(path: Path, details: str) -> None:
    text = mido.MetaMessage("text", text="composer-app " + details)
    on = mido.Message("note_on", note=60, velocity=80)
    mido.MidiFile(tracks=[mido.MidiTrack([text, on])]).save(path)
    assert read_midi(path).title == ""
    assert read_midi(path).origin is None
    assert read_midi(path).performance is None


def test_writing_replaces_a_file_in_one_go_and_keeps_its_permissions(path: Path) -> None:
    path.write_text("before")
    path.chmod(0o640)
    write_midi(composition(), path)
    assert read_midi(path) == composition()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(path.parent.iterdir()) == [path]


def test_writing_goes_through_a_symbolic_link(tmp_path: Path, path: Path) -> None:
    (tmp_path / "link.mid").symlink_to(path)
    write_midi(composition(), tmp_path / "link.mid")
    assert (tmp_path / "link.mid").is_symlink()
    assert read_midi(path) == composition()


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("nowhere/tune.mid", "no such file or folder"),
        (".", "it is a folder"),
        ("\0", "not a valid file name"),
        ("file/tune.mid", "not a folder"),
    ],
)
def test_places_that_cannot_be_written(tmp_path: Path, place: str, why: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MidiFileError, match=why):
        write_midi(composition(), tmp_path / place)


@pytest.mark.parametrize("failing", ["fsync", "access"])
def test_a_failed_write_leaves_the_earlier_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    path.write_text("before")
    monkeypatch.setattr(os, failing, full if failing == "fsync" else lambda *_: False)
    with pytest.raises(MidiFileError, match=r"the disk is full|permission is denied"):
        write_midi(composition(), path)
    assert path.read_text() == "before"
    assert list(path.parent.iterdir()) == [path]


def test_more_than_can_be_read_back_is_not_written(path: Path) -> None:
    with pytest.raises(MidiFileError, match="more than Composer can read"):
        write_midi(composition(Track("", 0, (Note(midi_file.MAX_STEPS, 60, 1),))), path)
    assert not path.exists()
