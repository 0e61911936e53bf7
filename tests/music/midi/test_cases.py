"""Small files of many kinds, each with what is right: what people have on their disks.

``cases/NAME.txt`` says in two lines what the file is and what is right; here it is checked.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import mido
import pytest

from composer_app.generation.hearing.bar_phase import detect_upbeat
from composer_app.music.composition import Composition
from composer_app.music.editing.edits import with_melody_track
from composer_app.music.midi.file import read_midi, write_midi
from composer_app.music.timing import TICKS_PER_BEAT, Meter
from composer_app.music.voices import find_melody

CASES: Final = Path(__file__).parent / "cases"
SCALE: Final = [(0.0, 60), (1.0, 62), (2.0, 64), (3.0, 65), (4.0, 67), (5.0, 67), (6.0, 67)]


def read(name: str) -> Composition:
    piece = read_midi(CASES / f"{name}.mid")
    return with_melody_track(piece, find_melody(piece))


def line(piece: Composition) -> list[tuple[float, int]]:
    """Quarter and pitch of each note of the melody, as it sounds."""
    return [(round(n.onset_ticks / TICKS_PER_BEAT, 3), n.pitch) for n in piece.melody().notes]


def onsets(piece: Composition) -> list[float]:
    return [quarter for quarter, _ in line(piece)]


def bars(piece: Composition) -> list[float]:
    return [bar.start / TICKS_PER_BEAT for bar in piece.meters.bars_of(piece.steps)]


def exported(piece: Composition, folder: Path) -> mido.MidiFile:
    path = folder / "exported.mid"
    write_midi(piece, path)
    return mido.MidiFile(path)


def signatures(midi: mido.MidiFile) -> list[tuple[float, str]]:
    """Quarter and metre of each time signature of the first chunk."""
    found, tick = [], 0
    for message in midi.tracks[0]:
        tick += message.time
        if message.type == "time_signature":
            text = f"{message.numerator}/{message.denominator}"
            found.append((tick / midi.ticks_per_beat, text))
    return found


PLAIN: Final = (
    "alien_chunk_before_track",
    "bad_key_signature",
    "empty_meta_events",
    "fewer_tracks_promised",
    "junk_before_header",
    "last_byte_missing",
    "late_end_of_track",
    "melody_on_channel_10",
    "more_tracks_promised",
    "no_end_of_track",
    "notes_off_in_other_track",
    "riff_rmid",
    "running_status_after_sysex",
    "short_time_signature",
    "smpte_offset_bad_rate",
    "sysex_without_f7",
    "track_length_too_short",
    "track_length_zero",
    "type_2_one_track",
    "smpte_25_40",
)


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_tune_is_what_it_is_in_whatever_wrapping(name: str) -> None:
    piece = read(name)
    assert line(piece) == SCALE
    metre, bpm = "4/4", 100.0
    if name == "short_time_signature":
        metre = "3/4"
    if name == "smpte_25_40":
        bpm = 120.0
    assert (str(piece.meters), piece.tempo.initial_bpm) == (metre, bpm)
    assert piece.steps == 32


@pytest.mark.parametrize("name", ["alien_chunk_between_tracks", "bytes_between_tracks"])
def test_what_stands_between_tracks_is_passed_over(name: str) -> None:
    assert [len(track.notes) for track in read(name).tracks] == [7, 7]


Check = Callable[[Composition, Path], None]


def right_metre(*expected: float, metre: str) -> Check:
    def check(piece: Composition, _folder: Path) -> None:
        assert bars(piece)[: len(expected)] == list(expected)
        assert str(piece.meters) == metre

    return check


def upbeat_of(piece: Composition) -> int:
    """In ticks: what the file says, else what is heard."""
    if piece.meters.upbeat is not None:
        return piece.meters.upbeat
    return detect_upbeat(piece.melody().notes, piece.meter) * 240


def pickup(piece: Composition, folder: Path) -> None:
    assert bars(piece) == [0, 1, 5]
    assert (piece.meter, piece.meters.upbeat) == (Meter(4, 4), 960)
    assert [pitch for quarter, pitch in line(piece) if quarter == 1] == [72]
    assert signatures(exported(piece, folder)) == [(0, "1/4"), (1, "4/4")]


def after_a_rest(piece: Composition, _folder: Path) -> None:
    assert (piece.meters.upbeat, bars(piece)[:2]) == (0, [0, 4])
    assert line(piece)[0][0] == 3


def short_bar(piece: Composition, folder: Path) -> None:
    assert bars(piece) == [0, 3, 6, 9, 11, 14, 17]
    assert signatures(exported(piece, folder)) == [(0, "3/4"), (9, "2/4"), (11, "3/4")]


def changes(piece: Composition, folder: Path) -> None:
    assert bars(piece) == [0, 4, 8, 11, 14]
    assert signatures(exported(piece, folder)) == [(0, "4/4"), (8, "3/4")]


def triplets(piece: Composition, folder: Path) -> None:
    expected = [round(third / 3, 3) for third in range(12)]
    assert onsets(piece) == expected
    path = folder / "again.mid"
    write_midi(piece, path)
    assert onsets(read_midi(path)) == expected


def sextuplets(piece: Composition, _folder: Path) -> None:
    expected = [round(sixth / 6, 3) for sixth in range(13)]
    assert onsets(piece) == expected


def swing(piece: Composition, _folder: Path) -> None:
    beats = [beat for quarter in range(8) for beat in (quarter, round(quarter + 2 / 3, 3))]
    assert onsets(piece) == beats


def run(piece: Composition, _folder: Path) -> None:
    assert onsets(piece) == [round(eighth / 8, 3) for eighth in range(33)]


def eighths(piece: Composition, _folder: Path) -> None:
    assert onsets(piece) == [eighth / 2 for eighth in range(12)]
    assert (str(piece.meters), piece.tempo.initial_bpm) == ("4/4", 120)


def fast(piece: Composition, folder: Path) -> None:
    assert piece.tempo.initial_bpm == 700
    assert piece.tempo.seconds_at(32) == pytest.approx(0.686, abs=0.001)
    assert exported(piece, folder).length == pytest.approx(0.686, abs=0.001)


def ritardando(piece: Composition, folder: Path) -> None:
    last = piece.melody().notes[-1]
    assert piece.tempo.seconds_at(last.onset) == pytest.approx(3.60, abs=0.03)
    assert piece.tempo.seconds_at(last.release) == pytest.approx(6.33, abs=0.03)
    assert exported(piece, folder).length == pytest.approx(6.33, abs=0.03)


def hanging(piece: Composition, _folder: Path) -> None:
    assert len(piece.tracks[0].notes) == 9
    assert [quarter for quarter, pitch in line(piece) if pitch < 84] == [1, 2, 3, 4, 5, 6, 7, 8]


def legato(piece: Composition, _folder: Path) -> None:
    pitches = (84, 83, 81, 79, 77, 76, 74, 72)
    assert line(piece) == [(float(quarter), pitch) for quarter, pitch in enumerate(pitches)]


def right_hand(piece: Composition, _folder: Path) -> None:
    assert line(piece)[:4] == [(0, 76), (2, 79), (3, 77), (4, 76)]
    assert min(pitch for _, pitch in line(piece)) > 55


def upper_part(piece: Composition, _folder: Path) -> None:
    # The upper voice rests on the fifth quarter.
    assert line(piece) == [(0, 76), (1, 77), (2, 79), (3, 77), (5, 76)]


def named_melody(piece: Composition, _folder: Path) -> None:
    assert piece.tracks[0].name == "Melody"
    assert [pitch for _, pitch in line(piece)] == [72, 74, 76, 77, 79, 79, 79]


def clean_name(piece: Composition, folder: Path) -> None:
    chunk = exported(piece, folder).tracks[0]
    written = [message.name for message in chunk if message.type == "track_name"]
    for name in (piece.tracks[0].name, *written):
        assert name.startswith("Lead")
        assert name.isprintable()


def japanese(piece: Composition, _folder: Path) -> None:
    assert "さくら" in (piece.title, *(track.name for track in piece.tracks))


def lyrics(piece: Composition, folder: Path) -> None:
    found, tick = [], 0
    midi = exported(piece, folder)
    for chunk in midi.tracks:
        tick = 0
        for message in chunk:
            tick += message.time
            if message.type == "lyrics":
                found.append((tick / midi.ticks_per_beat, message.text.strip()))
    assert [quarter for quarter, _ in found] == [0, 1, 2, 3, 4, 5, 6]
    assert [text for _, text in found][:5] == ["Do", "re", "mi", "fa", "sol"]


def pedal(piece: Composition, folder: Path) -> None:
    assert onsets(piece) == [0, 1, 2, 3, 4, 5, 6]
    downs, tick = [], 0
    midi = exported(piece, folder)
    for chunk in midi.tracks:
        tick = 0
        for message in chunk:
            tick += message.time
            if message.type == "control_change" and message.control == 64:
                downs.append((round(tick / midi.ticks_per_beat), message.value > 63))
    assert downs == [(0, True), (4, False), (4, True), (8, False)]


def flats(piece: Composition, folder: Path) -> None:
    exported(piece, folder)
    assert b"\xff\x59\x02\xfd\x00" in (folder / "exported.mid").read_bytes()


def waltz(piece: Composition, folder: Path) -> None:
    assert signatures(exported(piece, folder)) == [(0, "3/4")]


def heard_upbeat(piece: Composition, _folder: Path) -> None:
    assert upbeat_of(piece) == 960


def no_upbeat(piece: Composition, _folder: Path) -> None:
    assert upbeat_of(piece) == 0


def eight_sharps(piece: Composition, _folder: Path) -> None:
    assert line(piece) == SCALE


CHECKS: Final[dict[str, Check]] = {
    "bass_first_melody_named": named_melody,
    "division_55440": eighths,
    "fast_run_32nds": run,
    "hanging_high_note": hanging,
    "key_signature_8_sharps": eight_sharps,
    "key_signature_kept": flats,
    "legato_overlap": legato,
    "lyrics_kept": lyrics,
    "metre_changes_4_4_to_3_4": changes,
    "name_with_control_characters": clean_name,
    "partial_at_tick_0": heard_upbeat,
    "pedal_and_staccato": pedal,
    "piano_left_hand_in_one_track": right_hand,
    "pickup_bar_1_4": pickup,
    "reel_on_the_downbeat": no_upbeat,
    "seven_eight": right_metre(0, 3.5, 7, 10.5, metre="7/8"),
    "sextuplets": sextuplets,
    "shift_jis_title": japanese,
    "short_bar_in_the_middle": short_bar,
    "swing_2_1": swing,
    "tempo_700": fast,
    "tempo_changes_inside_a_sixteenth": ritardando,
    "time_signature_late_only": right_metre(0, 4, 7, 10, metre="4/4, 3/4"),
    "triplets": triplets,
    "two_metres_at_tick_0": right_metre(0, 3, 6, metre="3/4"),
    "two_parts_in_one_track": upper_part,
    "upbeat_after_rest": after_a_rest,
    "waltz_export": waltz,
}


@pytest.mark.parametrize("name", CHECKS)
def test_each_case_is_right(name: str, tmp_path: Path) -> None:
    CHECKS[name](read(name), tmp_path)


def test_no_case_is_left_out() -> None:
    between = {"alien_chunk_between_tracks", "bytes_between_tracks"}
    assert {path.stem for path in CASES.glob("*.mid")} == {*PLAIN, *CHECKS, *between}
