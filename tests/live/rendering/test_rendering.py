"""Rendering: the pitches and the times that were written are those in the sound."""

import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.errors import DeviceError
from composer_app.live.note_sink import track_channel
from composer_app.live.playback.mixing import Mix
from composer_app.live.rendering.rendering import (
    FloatArray,
    choose_soundfont,
    music_frames,
    render,
    timed_events,
)
from composer_app.music.composition import Composition, Track
from composer_app.music.controls import Control
from composer_app.music.mix import TrackMix
from composer_app.music.note import Note
from composer_app.music.timing import TempoChange, TempoMap
from tests.live.rig import RATE, strongest_pitch

# Nearly a pure tone, and one that begins abruptly.
OCARINA, XYLOPHONE, PICCOLO = 79, 13, 72
PITCHES = (60, 67, 64, 72)
# A step lasts a quarter of a second, from step 9 on an eighth.
TEMPO = TempoMap((TempoChange(0, 60), TempoChange(9, 120)))


def tune(program: int, length: int = 2) -> Composition:
    """A note every four steps."""
    notes = tuple(Note(4 * index, pitch, length, 100) for index, pitch in enumerate(PITCHES))
    return Composition((Track("", program, notes),), TEMPO)


def sound(composition: Composition, soundfont: Path, rate: int = RATE) -> FloatArray:
    return np.concatenate(list(render(composition, soundfont, rate)))


def test_pitches_are_those_written_in_order(soundfont: Path) -> None:
    mono = sound(tune(OCARINA), soundfont).mean(axis=1)
    heard = []
    for index in range(len(PITCHES)):
        start = int((TEMPO.seconds_at(4 * index) + 0.08) * RATE)
        heard.append(strongest_pitch(mono[start : start + RATE // 8]))
    assert heard == pytest.approx(PITCHES, abs=0.2)


@pytest.mark.parametrize("rate", [22_050, 48_000])
def test_notes_begin_on_time_through_a_tempo_change(soundfont: Path, rate: int) -> None:
    level = np.abs(sound(tune(XYLOPHONE, 1), soundfont, rate)).max(axis=1)
    late = []
    for index in range(len(PITCHES)):
        expected = TEMPO.seconds_at(4 * index)
        first = max(0, int((expected - 0.03) * rate))
        window = level[first : first + int(0.06 * rate)]
        onset = first + int(np.argmax(window > 0.2 * window.max()))
        late.append(onset / rate - expected)
    # The instrument itself takes a millisecond or two to speak.
    assert all(-33 / rate <= seconds < 0.005 for seconds in late), late


def test_notes_keep_their_micro_timing(soundfont: Path) -> None:
    played = Note.at_ticks(4 * 240 + 100, 8 * 240 + 100, 72)
    piece = Composition((Track("", XYLOPHONE, (Note(0, 60, 1), played)),), TempoMap.constant(60))
    events = [timed.seconds for timed in timed_events(piece) if "note" in timed.event.kind]
    assert events == pytest.approx([0, 0.25, 1 + 100 / 960, 2 + 100 / 960])
    assert music_frames(piece, RATE) == pytest.approx(RATE * (2 + 100 / 960), abs=32)
    level = np.abs(sound(piece, soundfont)).max(axis=1)[RATE // 2 :]
    first = RATE // 2 + int(np.argmax(level > 0.2 * level.max()))
    assert -33 / RATE <= first / RATE - (1 + 100 / 960) < 0.005


def test_releases_end_notes_and_a_tail_rings_on(soundfont: Path) -> None:
    short, long = (sound(tune(OCARINA, length), soundfont) for length in (1, 4))
    just_before_the_second = slice(int(0.9 * RATE), RATE)
    quiet, loud = (np.abs(each[just_before_the_second]).max() for each in (short, long))
    assert quiet < loud / 4
    end = music_frames(tune(OCARINA, 1), RATE)
    assert end < len(short) <= end + 10 * RATE
    assert np.abs(short[-64:]).max() < np.abs(short).max() / 1000


def test_equal_pieces_give_equal_samples_and_blocks_stay_small(soundfont: Path) -> None:
    blocks = list(render(tune(OCARINA), soundfont))
    assert max(len(block) for block in blocks) <= 8192
    assert all(block.shape[1:] == (2,) and block.dtype == np.float32 for block in blocks)
    assert np.array_equal(np.concatenate(blocks), sound(tune(OCARINA), soundfont))


def test_each_track_has_its_instrument(soundfont: Path) -> None:
    first, second = (
        Track("", program, (Note(start, 72, 4, 100),))
        for program, start in ((OCARINA, 0), (PICCOLO, 4))
    )
    together = sound(Composition((first, second), TEMPO), soundfont)
    alone = sound(Composition((first,), TEMPO), soundfont)
    until = int(TEMPO.seconds_at(4) * RATE) // 64 * 64
    assert np.array_equal(together[:until], alone[:until])
    swapped = sound(Composition((second, first), TEMPO), soundfont)
    assert np.corrcoef(together[:until, 0], swapped[:until, 0])[0, 1] > 0.9
    other = Composition((first, Track("", OCARINA, second.notes)), TEMPO)
    assert not np.array_equal(together[until:], sound(other, soundfont)[until:])


def test_an_instrument_that_never_dies_away_fades_out(soundfont: Path) -> None:
    # A pedal, so that the strings sound on after the release.
    piece = Composition((Track("", 48, (Note(0, 60, 4, 100),)),))
    from composer_app.live.note_sink import SinkEvent
    from composer_app.live.rendering import rendering

    events = [rendering.TimedEvent(0.0, SinkEvent("control_change", 0, 64, 127))]
    plain = rendering.timed_events
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rendering, "timed_events", lambda *given: events + plain(*given))
        samples = sound(piece, soundfont)
    assert len(samples) == pytest.approx(music_frames(piece, RATE) + 10 * RATE, abs=64)
    assert np.abs(samples[-2 * RATE : -RATE]).max() > 0.01
    assert np.abs(samples[-100:]).max() < 0.001


def test_the_mix_decides_how_loud_where_and_whether(soundfont: Path) -> None:
    tracks = tuple(Track("", OCARINA, (Note(0, pitch, 8, 100),)) for pitch in (60, 67))
    piece = Composition(tracks, TempoMap.constant(120))

    def mixed(*settings: TrackMix, master: int = 127) -> FloatArray:
        return np.concatenate(list(render(piece, soundfont, RATE, Mix(settings, master))))

    both, first = mixed(TrackMix(), TrackMix()), mixed(TrackMix(), TrackMix(mute=True))
    assert np.array_equal(both, sound(piece, soundfont))
    assert strongest_pitch(first[RATE // 4 : RATE // 2].mean(axis=1)) == pytest.approx(60, abs=0.2)
    assert np.array_equal(first, mixed(TrackMix(solo=True), TrackMix()))
    quiet, left = mixed(TrackMix(), TrackMix(mute=True), master=64), mixed(TrackMix(pan=0))
    assert np.abs(quiet).max() == pytest.approx(np.abs(first).max() / 4, rel=0.1)
    assert len(both) == pytest.approx(len(first), abs=RATE)
    balance = [np.square(left[:, side]).mean() for side in (0, 1)]
    assert balance[0] > 1.5 * balance[1]


def test_nothing_to_play_is_no_sound(soundfont: Path) -> None:
    assert list(render(Composition(), soundfont)) == []


notes = st.lists(
    st.builds(Note, st.integers(0, 12), st.integers(60, 62), st.integers(1, 9), st.just(80)),
    max_size=12,
)


@given(st.lists(notes, min_size=1, max_size=16))
def test_no_pitch_is_struck_twice_or_left_hanging(tracks: list[list[Note]]) -> None:
    piece = Composition(tuple(Track("", 5, tuple(each)) for each in tracks))
    events = timed_events(piece)
    assert [each.seconds for each in events] == sorted(each.seconds for each in events)
    sounding: dict[tuple[int, int], bool] = defaultdict(bool)
    struck = set()
    for each in events:
        key = (each.event.channel, each.event.data1)
        if each.event.kind == "note_on":
            assert not sounding[key]
            struck.add((round(each.seconds, 6), *key))
        if each.event.kind.startswith("note"):
            sounding[key] = each.event.kind == "note_on"
    assert not any(sounding.values())
    seconds = piece.tempo.seconds_at
    assert struck == {
        (round(seconds(note.start), 6), track_channel(index), note.pitch)
        for index, track in enumerate(piece.tracks)
        for note in track.notes
    }


@pytest.mark.parametrize("rate", [7_999, 96_001])
def test_a_rate_that_cannot_be(soundfont: Path, rate: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        next(render(tune(OCARINA), soundfont, rate))


@pytest.mark.parametrize("content", [None, b"hello", b"RIFF\x00\x00\x00\x00sfbk" + bytes(99)])
def test_what_is_no_soundfont_is_a_sentence(
    library: None, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "bad.sf2"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DeviceError, match=r"bad\.sf2 cannot be read as a SoundFont: choose"):
        next(render(tune(OCARINA), path))


def test_without_the_library_there_is_a_command_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fluidsynth", None)
    with pytest.raises(DeviceError, match="pip install pyfluidsynth"):
        next(render(tune(OCARINA), tmp_path / "any.sf2"))


def test_the_choice_comes_first_and_no_soundfont_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choice, text = tmp_path / "mine.sf2", tmp_path / "text.sf2"
    assert choose_soundfont(choice) == choice
    text.write_text("This is none.")
    monkeypatch.setattr(
        "composer_app.live.rendering.rendering.find_soundfonts", lambda: iter([text])
    )
    with pytest.raises(DeviceError, match="pip install pretty_midi"):
        choose_soundfont()


def test_a_pedal_holds_what_has_been_let_go(soundfont: Path) -> None:
    short = Note(0, 60, 1, 100)
    dry = Composition((Track("", OCARINA, (short,)),), TempoMap.constant(60))
    pedal = (Control(0, "controller", 64, 127), Control(3840, "controller", 64, 0))
    held = Composition((Track("", OCARINA, (short,), pedal),), TempoMap.constant(60))
    assert music_frames(held, RATE) == pytest.approx(4 * RATE, abs=32)
    # In the third second, long after the key has come up and before the pedal does.
    levels = [np.abs(sound(each, soundfont)[2 * RATE : 3 * RATE]).sum() for each in (dry, held)]
    assert levels[1] > 100 * (levels[0] + 1e-3)
    # Then it dies away as a note does.
    assert len(sound(held, soundfont)) < 4 * RATE + 2 * RATE


def test_a_bend_is_heard(soundfont: Path) -> None:
    bends = (Control(0, "bend", 0, 8191), Control(1920, "bend", 0, 0))
    piece = Composition((Track("", OCARINA, (Note(0, 60, 16),), bends),), TempoMap.constant(60))
    mono = sound(piece, soundfont).mean(axis=1)
    heard = [strongest_pitch(mono[start : start + RATE]) for start in (RATE // 2, 5 * RATE // 2)]
    assert heard == pytest.approx([62, 60], abs=0.2)


def test_settings_come_before_the_notes_of_their_moment() -> None:
    controls = (Control(240, "program", 0, 9), Control(240, "controller", 64, 127))
    piece = Composition((Track("", 5, (Note(0, 60, 1), Note(1, 62, 1)), controls),))
    kinds = [each.event.kind for each in timed_events(piece) if each.seconds > 0]
    assert kinds == [
        "note_off",
        "program_change",
        "control_change",
        "note_on",
        "note_off",
        # At the end all is as it was.
        "program_change",
        "control_change",
    ]
