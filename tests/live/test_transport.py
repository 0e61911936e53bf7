from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.live.note_sink import DRUM_CHANNEL, LIVE_CHANNEL, track_channel
from composer_app.live.transport import Transport
from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from composer_app.music.timing import TempoChange, TempoMap
from tests.live.doubles import ListeningSink, SetClock

# At 150 BPM a step lasts a tenth of a second.
TEMPO = TempoMap.constant(150)


def piece(*tracks: list[Note], tempo: TempoMap = TEMPO) -> Composition:
    return Composition(
        tuple(Track(str(index), index, tuple(notes)) for index, notes in enumerate(tracks)), tempo
    )


class Desk:
    """A transport with its clock and the sink it plays into."""

    def __init__(self, composition: Composition) -> None:
        self.clock = SetClock(now=50.0)
        self.sink = ListeningSink(self.clock)
        self.transport = Transport(self.sink, self.clock)
        self.transport.load(composition)

    def play_until(self, seconds: float) -> None:
        """Let time run to ``seconds`` after the start of the clock, in ticks of 5 ms."""
        while self.clock.now < 50.0 + seconds - 1e-9:
            self.clock.now = min(self.clock.now + 0.005, 50.0 + seconds)
            self.transport.advance()

    def heard(self) -> list[tuple[float, str, int, int]]:
        """Calls since the last time: (seconds, on or off, channel, pitch)."""
        return [
            (round(time - 50.0, 2), call, channel, pitch)
            for time, call, channel, pitch in self.sink.taken()
        ]


def test_every_note_is_struck_and_released_in_time() -> None:
    desk = Desk(piece([Note(0, 60, 2), Note(2, 62, 4)], [Note(1, 48, 3)]))
    desk.transport.play()
    desk.play_until(1.0)
    assert desk.heard() == [
        (0.0, "on", 0, 60),
        (0.1, "on", 1, 48),
        (0.2, "off", 0, 60),
        (0.2, "on", 0, 62),
        (0.4, "off", 1, 48),
        (0.6, "off", 0, 62),
    ]
    assert not desk.transport.playing
    assert desk.transport.position == 6.0


def test_a_repeated_note_is_released_before_it_is_struck_again() -> None:
    desk = Desk(piece([Note(0, 60, 1), Note(1, 60, 1)]))
    desk.transport.play()
    desk.play_until(0.3)
    assert [call for _, call, _, _ in desk.heard()] == ["on", "off", "on", "off"]


@pytest.mark.parametrize(
    ("notes", "struck", "released"),
    [
        ([Note(0, 60, 8), Note(4, 60, 2)], [0.0, 0.4], [0.4, 0.6]),
        ([Note(0, 60, 2), Note(0, 60, 6)], [0.0], [0.6]),
        ([Note(0, 60, 6), Note(2, 60, 2), Note(3, 60, 9)], [0.0, 0.2, 0.3], [0.2, 0.3, 1.2]),
    ],
)
def test_a_pitch_that_overlaps_itself_is_cut(
    notes: list[Note], struck: list[float], released: list[float]
) -> None:
    desk = Desk(piece(notes))
    desk.transport.play()
    desk.play_until(2.0)
    heard = desk.heard()
    assert [time for time, call, _, _ in heard if call == "on"] == struck
    assert [time for time, call, _, _ in heard if call == "off"] == released


def test_tempo_changes_are_followed() -> None:
    tempo = TempoMap((TempoChange(0, 150), TempoChange(2, 75)))
    desk = Desk(piece([Note(0, 60, 2), Note(2, 62, 2), Note(4, 64, 1)], tempo=tempo))
    desk.transport.play()
    desk.play_until(1.0)
    assert [time for time, call, _, _ in desk.heard() if call == "on"] == [0.0, 0.2, 0.6]


def test_position_runs_with_the_clock_between_two_advances() -> None:
    desk = Desk(piece([Note(0, 60, 16)]))
    assert desk.transport.position == 0.0
    desk.transport.play(4.0)
    desk.clock.now += 0.25
    assert desk.transport.position == pytest.approx(6.5)
    desk.clock.now += 100
    assert desk.transport.position == 16.0
    assert desk.transport.playing, "only advance ends the music"


def test_position_never_runs_backwards() -> None:
    desk = Desk(piece([Note(0, 60, 16)]))
    desk.transport.play(4.0)
    desk.clock.now -= 1
    assert desk.transport.position == 4.0


def test_stop_keeps_the_place_and_releases_what_sounds() -> None:
    desk = Desk(piece([Note(0, 60, 16)], [Note(0, 48, 16)]))
    desk.transport.play()
    desk.play_until(0.5)
    desk.transport.stop()
    assert not desk.sink.sounding
    assert not desk.transport.playing
    desk.play_until(1.0)
    assert desk.transport.position == pytest.approx(5.0)
    desk.transport.stop()
    assert desk.transport.position == pytest.approx(5.0)


def test_the_live_keyboard_is_left_alone() -> None:
    desk = Desk(piece([Note(0, 60, 4)]))
    desk.transport.play()
    desk.sink.note_on(LIVE_CHANNEL, 60, 80)
    desk.transport.stop()
    assert desk.sink.sounding == {(LIVE_CHANNEL, 60)}


def test_playing_from_the_middle_of_a_note_strikes_it_there() -> None:
    desk = Desk(piece([Note(0, 60, 8), Note(8, 62, 2)], [Note(0, 48, 2)]))
    desk.transport.play(4.0)
    desk.play_until(0.5)
    assert desk.heard() == [(0.0, "on", 0, 60), (0.4, "off", 0, 60), (0.4, "on", 0, 62)]


def test_seeking_while_playing_releases_and_strikes_again() -> None:
    desk = Desk(piece([Note(0, 60, 8), Note(8, 62, 8)]))
    desk.transport.play()
    desk.play_until(0.2)
    desk.transport.play(8.0)
    desk.transport.play(0.0)
    assert [(call, pitch) for _, call, _, pitch in desk.heard()] == [
        ("on", 60),
        ("off", 60),
        ("on", 62),
        ("off", 62),
        ("on", 60),
    ]


@pytest.mark.parametrize("step", [8.0, 100.0])
def test_from_the_end_there_is_nothing_to_play(step: float) -> None:
    desk = Desk(piece([Note(0, 60, 8)]))
    desk.transport.play()
    desk.transport.play(step)
    assert not desk.transport.playing
    assert not desk.sink.sounding
    assert desk.transport.position == 8.0


def test_nothing_and_places_before_the_start_do_no_harm() -> None:
    empty = Desk(Composition())
    empty.transport.play()
    empty.transport.advance()
    assert not empty.transport.playing
    desk = Desk(piece([Note(0, 60, 8)]))
    desk.transport.play(-3.0)
    assert desk.transport.position == 0.0


def test_a_late_advance_catches_up_in_order() -> None:
    desk = Desk(piece([Note(0, 60, 1), Note(1, 62, 1), Note(2, 64, 1)]))
    desk.transport.play()
    desk.clock.now += 5.0
    desk.transport.advance()
    assert [(call, pitch) for _, call, _, pitch in desk.heard()] == [
        ("on", 60),
        ("off", 60),
        ("on", 62),
        ("off", 62),
        ("on", 64),
        ("off", 64),
    ]


def test_programs_are_sent_to_the_channels_of_the_tracks() -> None:
    desk = Desk(piece([Note(0, 60, 8)], [Note(0, 48, 8)]))
    assert desk.sink.programs == {0: 0, 1: 1}
    desk.transport.load(desk.transport.composition.with_program(1, 99))
    assert desk.sink.programs == {0: 0, 1: 99}


def test_another_composition_goes_on_at_the_same_step() -> None:
    kept, dropped, new = Note(0, 60, 8), Note(2, 48, 4), Note(2, 50, 4)
    desk = Desk(piece([kept], [dropped]))
    desk.transport.play()
    desk.play_until(0.3)
    desk.heard()
    desk.transport.load(piece([kept, Note(8, 62, 1)], [new]))
    assert desk.heard() == [(0.3, "off", 1, 48), (0.3, "on", 1, 50)]
    assert desk.transport.playing
    assert desk.transport.position == pytest.approx(3.0)
    desk.play_until(1.0)
    assert desk.heard() == [
        (0.6, "off", 1, 50),
        (0.8, "off", 0, 60),
        (0.8, "on", 0, 62),
        (0.9, "off", 0, 62),
    ]


def test_swapping_on_the_stroke_does_not_strike_twice() -> None:
    composition = piece([Note(0, 60, 2), Note(2, 62, 2)])
    desk = Desk(composition)
    desk.transport.play()
    desk.transport.load(replace(composition, title="Again"))
    assert desk.heard() == [(0.0, "on", 0, 60)]


def test_a_new_tempo_takes_over_from_the_same_step() -> None:
    notes = [Note(0, 60, 4), Note(4, 62, 4)]
    desk = Desk(piece(notes))
    desk.transport.play()
    desk.play_until(0.2)
    desk.transport.load(piece(notes, tempo=TempoMap.constant(75)))
    desk.play_until(2.0)
    assert [time for time, call, _, _ in desk.heard() if call == "on"] == [0.0, 0.6]


def test_a_shorter_composition_ends_the_music() -> None:
    desk = Desk(piece([Note(0, 60, 16)]))
    desk.transport.play()
    desk.play_until(1.0)
    desk.transport.load(piece([Note(0, 60, 4)]))
    assert not desk.transport.playing
    assert not desk.sink.sounding
    assert desk.transport.position == 4.0


def test_while_stopped_another_composition_keeps_the_place() -> None:
    desk = Desk(piece([Note(0, 60, 16)]))
    desk.transport.play(8.0)
    desk.transport.stop()
    desk.transport.load(piece([Note(0, 62, 12)]))
    assert desk.transport.position == 8.0
    desk.transport.load(Composition())
    assert desk.transport.position == 0.0


@pytest.mark.parametrize("playing", [True, False])
def test_another_sink_takes_over(playing: bool) -> None:
    desk = Desk(piece([Note(0, 60, 8)]))
    if playing:
        desk.transport.play()
    other = ListeningSink(desk.clock)
    desk.transport.set_sink(other)
    assert not desk.sink.sounding
    assert other.programs == {0: 0}
    assert other.sounding == ({(0, 60)} if playing else set())


def test_tracks_keep_off_the_keyboard_and_the_drums() -> None:
    channels = [track_channel(track) for track in range(14)]
    assert channels[:4] == [0, 1, 2, 3]
    assert sorted(channels) == sorted(set(range(16)) - {LIVE_CHANNEL, DRUM_CHANNEL})
    assert track_channel(14) == 0


def test_more_tracks_than_channels_share_without_hanging() -> None:
    desk = Desk(piece(*([Note(0, 60, 4)] for _ in range(20))))
    desk.transport.play()
    desk.play_until(1.0)
    assert not desk.sink.sounding


NOTES = st.lists(
    st.builds(Note, st.integers(0, 40), st.integers(60, 64), st.integers(1, 12)), max_size=15
)
COMPOSITIONS = st.builds(lambda a, b: piece(a, b), NOTES, NOTES)
ACTIONS = st.one_of(
    st.tuples(st.just("wait"), st.floats(0, 2)),
    st.tuples(st.just("play"), st.floats(0, 50)),
    st.tuples(st.just("stop"), st.none()),
    st.tuples(st.just("load"), COMPOSITIONS),
)


@given(COMPOSITIONS, st.lists(ACTIONS, max_size=20))
def test_whatever_happens_no_note_hangs(
    composition: Composition, actions: list[tuple[str, Any]]
) -> None:
    desk = Desk(composition)
    for action, argument in actions:
        if action == "wait":
            desk.clock.now += argument
            desk.transport.advance()
        elif action == "stop":
            desk.transport.stop()
        else:
            getattr(desk.transport, action)(argument)
        if desk.transport.playing:
            step = desk.transport.position
            assert desk.sink.sounding == {
                (track_channel(index), note.pitch)
                for index, track in enumerate(desk.transport.composition.tracks)
                for note in track.notes
                if note.start <= step < note.end
            } - cut_pitches(desk.transport.composition, step)
        else:
            assert not desk.sink.sounding


def cut_pitches(composition: Composition, step: float) -> set[tuple[int, int]]:
    """Pitches that would sound at ``step`` had a later, shorter note not cut them."""
    cut = set()
    for index, track in enumerate(composition.tracks):
        for pitch in {note.pitch for note in track.notes}:
            struck = [note for note in track.notes if note.pitch == pitch and note.start <= step]
            if struck and max(struck, key=lambda note: (note.start, note.end)).end <= step:
                cut.add((track_channel(index), pitch))
    return cut
