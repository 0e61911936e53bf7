from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.live.note_sink import DRUM_CHANNEL, LIVE_CHANNEL, track_channel
from composer_app.live.playback.metronome import ACCENT_PITCH, CLICK_PITCH, click_event
from composer_app.live.playback.mixing import Mix
from composer_app.live.playback.transport import LOOKAHEAD_SECONDS, Loop, Transport
from composer_app.music.composition import Composition, Track
from composer_app.music.meter_map import MeterMap
from composer_app.music.mix import TrackMix
from composer_app.music.note import Note
from composer_app.music.timing import Meter, TempoChange, TempoMap
from tests.live.doubles import ListeningSink, SetClock
from tests.music.played import played_lines

# At 150 BPM a step lasts a tenth of a second.
TEMPO = TempoMap.constant(150)


def piece(*tracks: list[Note], tempo: TempoMap = TEMPO) -> Composition:
    return Composition(
        tuple(Track(str(index), index, tuple(notes)) for index, notes in enumerate(tracks)), tempo
    )


# From the call of play until the first note.
LEAD = 0.01


class Desk:
    """A transport and the sink it plays into, whose engine's clock shows 7 at the start."""

    def __init__(self, composition: Composition, *, period: float = 0.0) -> None:
        self.clock = SetClock(now=50.0)
        self.sink = ListeningSink(self.clock, epoch=43.0, period=period)
        self.transport = Transport(self.sink)
        self.transport.load(composition)

    def wait(self, seconds: float, tick: float = 0.02) -> None:
        """Let time pass, the transport being called every ``tick`` seconds."""
        end = self.clock.now + seconds
        while self.clock.now < end:
            self.clock.now = min(self.clock.now + tick, end)
            self.sink.render()
            self.transport.advance()

    def play_until(self, seconds: float) -> None:
        """Let time run to ``seconds`` after the first note of a :meth:`Transport.play` at 50."""
        self.wait(50.0 + LEAD + seconds - self.clock.now)

    def heard(self) -> list[tuple[float, str, int, int]]:
        """Calls since the last time: (seconds since the first note, on or off, channel, pitch)."""
        return [
            (round(time - 50.0 - LEAD, 3), call, channel, pitch)
            for time, call, channel, pitch in self.sink.taken()
        ]

    def clicks(self) -> list[tuple[float, int]]:
        """Strokes of the metronome since the last time, and when."""
        return [
            (time, pitch)
            for time, call, channel, pitch in self.heard()
            if (call, channel) == ("on", DRUM_CHANNEL)
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


def test_position_is_what_is_heard() -> None:
    desk = Desk(piece([Note(0, 60, 16)]))
    desk.sink.latency = 0.05
    assert desk.transport.position == 0.0
    desk.transport.play(4.0)
    assert desk.transport.position == 4.0, "the start is not heard yet"
    desk.clock.now += LEAD + 0.05 + 0.25
    assert desk.transport.position == pytest.approx(6.5)
    desk.clock.now += 100
    assert desk.transport.position == 16.0
    assert desk.transport.playing, "only advance ends the music"


def test_the_end_is_reached_when_the_last_note_has_been_heard() -> None:
    desk = Desk(piece([Note(0, 60, 4)]))
    desk.sink.latency = 0.3
    desk.transport.play()
    desk.play_until(0.68)
    assert not desk.sink.sounding
    assert desk.transport.playing
    desk.play_until(0.72)
    assert not desk.transport.playing
    assert desk.transport.position == 4.0


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
    desk.wait(0.2)
    desk.transport.play(8.0)
    desk.wait(0.1)
    desk.transport.play(0.0)
    desk.wait(0.1)
    assert [(call, pitch) for _, call, _, pitch in desk.heard()] == [
        ("on", 60),
        ("off", 60),
        ("on", 62),
        ("off", 62),
        ("on", 60),
    ]
    assert desk.transport.position == pytest.approx(0.9)


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
    desk.sink.render()
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
    kept, dropped, new = Note(0, 60, 8), Note(2, 48, 5), Note(2, 50, 5)
    desk = Desk(piece([kept], [dropped]))
    desk.transport.play()
    desk.play_until(0.3)
    desk.heard()
    desk.transport.load(piece([kept, Note(8, 62, 1)], [new]))
    assert desk.transport.playing
    assert desk.transport.position == pytest.approx(3.0)
    desk.play_until(1.0)
    (released, *off), (struck, *on), *rest = desk.heard()
    assert (off, on) == (["off", 1, 48], ["on", 1, 50])
    assert 0.3 <= released == struck <= 0.301 + LOOKAHEAD_SECONDS
    assert rest == [
        (0.7, "off", 1, 50),
        (0.8, "off", 0, 60),
        (0.8, "on", 0, 62),
        (0.9, "off", 0, 62),
    ]


def test_a_note_that_has_another_length_now_is_struck_anew() -> None:
    desk = Desk(piece([Note(0, 60, 12)]))
    desk.transport.play()
    desk.play_until(0.3)
    desk.transport.load(piece([Note(0, 60, 8)]))
    desk.play_until(1.0)
    calls = desk.heard()
    assert [call for _, call, _, _ in calls] == ["on", "off", "on", "off"]
    assert calls[1][0] == calls[2][0]
    assert calls[-1][0] == 0.8
    assert not desk.sink.sounding


def test_music_that_grows_just_before_its_end_goes_on() -> None:
    desk = Desk(piece([Note(0, 60, 4)]))
    desk.transport.play()
    desk.play_until(0.35)
    desk.transport.load(piece([Note(0, 60, 4), Note(4, 62, 4)]))
    desk.play_until(0.6)
    assert desk.sink.sounding == {(0, 62)}
    assert desk.transport.position == pytest.approx(6.0)


def test_swapping_again_and_again_strikes_nothing_twice() -> None:
    composition = piece([Note(0, 60, 2), Note(2, 62, 2)])
    desk = Desk(composition)
    desk.transport.play()
    for number in range(30):
        desk.transport.load(replace(composition, title=str(number)))
        desk.wait(0.01)
    desk.play_until(1.0)
    assert desk.heard() == [
        (0.0, "on", 0, 60),
        (0.2, "off", 0, 60),
        (0.2, "on", 0, 62),
        (0.4, "off", 0, 62),
    ]


def test_a_new_tempo_takes_over_from_the_step_it_finds() -> None:
    notes = [Note(0, 60, 8), Note(8, 62, 4)]
    desk = Desk(piece(notes))
    desk.transport.play()
    desk.play_until(0.2)
    desk.transport.load(piece(notes, tempo=TempoMap.constant(75)))
    position = desk.transport.position
    assert position == pytest.approx(2.0)
    desk.play_until(2.0)
    _, struck = (time for time, call, _, _ in desk.heard() if call == "on")
    # The music goes on at half the speed from somewhere within the look-ahead.
    changed = 2 * 0.8 - struck
    assert 0.2 <= changed <= 0.201 + LOOKAHEAD_SECONDS


def test_the_position_follows_a_change_of_tempo() -> None:
    notes = [Note(0, 60, 40)]
    desk = Desk(piece(notes))
    desk.sink.latency = 0.05
    desk.transport.play()
    seen = []
    for number in range(100):
        if number % 10 == 0:
            bpm = 75 if number % 20 else 150
            desk.transport.load(piece(notes, tempo=TempoMap.constant(bpm)))
        desk.wait(0.01, tick=0.01)
        seen.append(desk.transport.position)
    steps = [after - before for before, after in pairwise(seen)]
    assert min(steps) >= 0
    assert max(steps) <= 0.1 + 1e-9, "never faster than the faster tempo"
    assert 6 < seen[-1] < 9


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
    desk.wait(0.3)
    desk.transport.set_sink(other)
    assert not desk.sink.sounding
    assert other.programs == {0: 0}
    assert desk.transport.position == pytest.approx(2.9 if playing else 0.0)
    desk.clock.now += 0.1
    desk.transport.advance()
    desk.sink.render()
    other.render()
    assert not desk.sink.sounding, "what was on its way to the old one is forgotten"
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


def test_a_loop_is_played_over_and_over() -> None:
    desk = Desk(piece([Note(0, 60, 2), Note(2, 62, 3), Note(6, 64, 4)]))
    desk.transport.set_loop(Loop(1, 4))
    desk.transport.play()
    desk.play_until(0.95)
    # The loop takes 0.3 s; what began before it or lasts beyond it is cut to it.
    assert desk.heard() == [
        (0.0, "on", 0, 60),
        *[(0.2, "off", 0, 60), (0.2, "on", 0, 62), (0.4, "off", 0, 62), (0.4, "on", 0, 60)],
        *[(0.5, "off", 0, 60), (0.5, "on", 0, 62), (0.7, "off", 0, 62), (0.7, "on", 0, 60)],
        *[(0.8, "off", 0, 60), (0.8, "on", 0, 62)],
    ]
    assert desk.transport.position == pytest.approx(3.5)
    desk.transport.set_loop(None)
    desk.play_until(2.0)
    assert not desk.transport.playing
    assert [pitch for _, call, _, pitch in desk.heard() if call == "on"][-1] == 64


def test_notes_sound_as_they_were_played() -> None:
    # Two triplets, the second of which ends before its sixteenth does, and one that rings on.
    notes = [
        Note.at_ticks(0, 320, 60),
        Note.at_ticks(320, 500, 62),
        Note.at_ticks(840, 1300, 64),
    ]
    desk = Desk(piece(notes, [Note(0, 48, 2)]))
    desk.transport.play()
    desk.play_until(1.0)
    assert desk.heard() == [
        (0.0, "on", 0, 60),
        (0.0, "on", 1, 48),
        (0.133, "off", 0, 60),
        (0.133, "on", 0, 62),
        (0.2, "off", 1, 48),
        (0.208, "off", 0, 62),
        (0.35, "on", 0, 64),
        (0.542, "off", 0, 64),
    ]
    assert (desk.transport.playing, desk.transport.position) == (False, 5.0)


def test_from_within_the_end_of_a_note_it_still_sounds() -> None:
    desk = Desk(piece([Note.at_ticks(0, 1060, 60), Note(8, 62, 1)]))
    desk.transport.play(4.2)
    desk.play_until(0.3)
    assert desk.heard() == [(0.0, "on", 0, 60), (0.022, "off", 0, 60)]


def test_a_note_that_rings_beyond_the_last_step_ends_by_itself() -> None:
    desk = Desk(piece([Note.at_ticks(0, 340, 60)]))
    desk.transport.play()
    desk.play_until(0.12)
    assert desk.transport.playing
    assert desk.transport.position == pytest.approx(1.2)
    desk.play_until(0.3)
    assert desk.heard() == [(0.0, "on", 0, 60), (0.142, "off", 0, 60)]
    assert (desk.transport.playing, desk.transport.position) == (False, 1.0)


def test_a_note_played_a_little_early_belongs_to_the_step_it_was_meant_for() -> None:
    early = Note.at_ticks(4 * 240 - 60, 8 * 240, 62)
    desk = Desk(piece([Note(0, 60, 3), early]))
    desk.transport.set_loop(Loop(0, 4))
    desk.transport.play()
    desk.play_until(0.9)
    assert {pitch for _, _, _, pitch in desk.heard()} == {60}, "it is not in this loop"
    desk.transport.set_loop(Loop(4, 8))
    desk.transport.play(4.0)
    desk.wait(1.0)
    struck = [pitch for _, call, _, pitch in desk.heard() if call == "on" and pitch == 62]
    assert len(struck) == 3, "it begins each round of this one"


def test_a_loop_that_is_over_lets_the_music_go_on() -> None:
    desk = Desk(piece([Note(0, 60, 2), Note(2, 62, 8)]))
    desk.transport.set_loop(Loop(0, 2))
    desk.transport.play(4.0)
    desk.wait(0.2)
    assert desk.transport.position == pytest.approx(5.9)
    desk.transport.set_loop(Loop(0, 5))
    desk.wait(0.2)
    assert desk.transport.position == pytest.approx(7.9)


def test_a_loop_may_end_in_the_rest_after_the_music() -> None:
    desk = Desk(piece([Note(0, 60, 2)]))
    desk.transport.set_loop(Loop(0, 4))
    desk.transport.play()
    desk.play_until(0.3)
    assert desk.transport.position == pytest.approx(3.0)
    desk.play_until(0.5)
    assert desk.transport.position == pytest.approx(1.0)
    assert desk.sink.sounding == {(0, 60)}
    desk.transport.set_loop(Loop(100, 120))
    desk.play_until(1.0)
    assert not desk.transport.playing, "a loop beyond the music does not keep it going"


@pytest.mark.parametrize(("start", "end"), [(-1, 4), (4, 4), (4, 4.5), (5, 2)])
def test_a_loop_has_a_length(start: float, end: float) -> None:
    with pytest.raises(ValueError, match="loop"):
        Loop(start, end)


def test_the_mix_is_heard_at_once() -> None:
    desk = Desk(piece([Note(0, 60, 40)], [Note(0, 48, 40)]))
    desk.transport.play()
    desk.play_until(1.0)
    assert desk.sink.controls[0, 7] == 100
    mix = Mix((TrackMix(volume=50, pan=0), TrackMix(mute=True)), master=64)
    desk.transport.set_mix(mix)
    assert desk.sink.controls == {
        (0, 7): 25,
        (0, 10): 0,
        (1, 7): 0,
        (1, 10): 64,
        (LIVE_CHANNEL, 7): 50,
        (DRUM_CHANNEL, 7): 50,
    }
    desk.wait(0.2)
    assert desk.sink.sounding == {(0, 60)}
    desk.transport.set_mix(Mix((TrackMix(), TrackMix(solo=True))))
    assert (desk.sink.controls[0, 7], desk.sink.controls[1, 7]) == (0, 100)
    desk.wait(0.2)
    assert desk.sink.sounding == {(1, 48)}


def test_another_sink_is_told_the_mix() -> None:
    desk = Desk(piece([Note(0, 60, 40)]))
    desk.transport.set_mix(Mix((TrackMix(volume=30),)))
    other = ListeningSink(desk.clock)
    desk.transport.set_sink(other)
    assert other.controls[0, 7] == 30


def test_the_metronome_clicks_on_each_pulse_while_it_is_on() -> None:
    desk = Desk(replace(piece([Note(0, 60, 40)]), meters=MeterMap.constant(Meter(3, 4))))
    desk.transport.set_clicks(1.0)
    desk.transport.play(2.0)
    desk.play_until(1.05)
    assert desk.clicks() == [
        (0.2, CLICK_PITCH),
        (0.6, CLICK_PITCH),
        (1.0, ACCENT_PITCH),
    ]
    desk.transport.set_clicks(None)
    desk.play_until(3.0)
    assert desk.clicks() == []
    assert not desk.sink.sounding & {(DRUM_CHANNEL, CLICK_PITCH), (DRUM_CHANNEL, ACCENT_PITCH)}


def test_the_metronome_keeps_time_in_a_loop_and_is_as_loud_as_it_is_told() -> None:
    desk = Desk(piece([Note(0, 60, 40)]))
    desk.transport.set_clicks(0.5)
    desk.transport.set_loop(Loop(2, 9))
    desk.transport.play(0.0)
    desk.play_until(1.45)
    assert desk.clicks() == [
        (0.0, ACCENT_PITCH),
        (0.4, CLICK_PITCH),
        (0.8, CLICK_PITCH),
        (1.1, CLICK_PITCH),
    ]
    assert click_event(True, 0.5).data2 == click_event(True, 1.0).data2 // 2
    assert click_event(False, 0.0).data2 == 1, "a velocity of 0 would be a release"


NOTES = st.lists(
    st.builds(Note, st.integers(0, 40), st.integers(60, 64), st.integers(1, 12)), max_size=15
)
PLAYED = played_lines(15).map(list)
COMPOSITIONS = st.builds(lambda a, b: piece(a, b), NOTES | PLAYED, NOTES)
LOOPS = st.builds(lambda a, length: Loop(a, a + length), st.integers(0, 40), st.floats(1, 12))
TRACK_MIXES = st.builds(TrackMix, st.integers(0, 127), st.just(64), st.booleans(), st.booleans())
ACTIONS = st.one_of(
    st.tuples(st.just("wait"), st.floats(0, 2)),
    st.tuples(st.just("freeze"), st.floats(0, 2)),
    st.tuples(st.just("play"), st.floats(0, 50)),
    st.tuples(st.just("stop"), st.none()),
    st.tuples(st.just("load"), COMPOSITIONS),
    st.tuples(st.just("set_loop"), st.none() | LOOPS),
    st.tuples(st.just("set_mix"), st.builds(Mix, st.tuples(TRACK_MIXES, TRACK_MIXES))),
    st.tuples(st.just("set_clicks"), st.none() | st.floats(0, 1)),
    st.tuples(st.just("set_sink"), st.none()),
)


@given(
    COMPOSITIONS,
    st.lists(ACTIONS, max_size=20),
    st.sampled_from([0.0, 0.021, 0.2]),
    st.sampled_from([0.0, 0.04]),
)
def test_whatever_happens_no_note_hangs(
    composition: Composition,
    actions: list[tuple[str, Any]],
    period: float,
    latency: float,
) -> None:
    desk = Desk(composition, period=period)
    desk.sink.latency = latency
    mix = Mix()
    for action, argument in actions:
        if action == "wait":
            desk.wait(argument)
        elif action == "freeze":
            desk.clock.now += argument
        elif action == "stop":
            desk.transport.stop()
        elif action == "set_sink":
            old = desk.sink
            desk.sink = ListeningSink(desk.clock, latency=latency, period=period)
            desk.transport.set_sink(desk.sink)
            old.render()
            assert not old.sounding
        else:
            getattr(desk.transport, action)(argument)
        mix = argument if action == "set_mix" else mix
        if not desk.transport.playing:
            desk.clock.now += period
            desk.sink.render()
            assert not desk.sink.sounding
    desk.wait(LOOKAHEAD_SECONDS + 0.1)
    if desk.transport.playing and not latency and not period:
        desk.clock.now += 0.001
        desk.sink.render()
        desk.transport.set_clicks(None)
        assert desk.sink.sounding - CLICKS == expected(desk.transport, mix)
    desk.transport.stop()
    desk.clock.now += 10
    desk.sink.render()
    assert not desk.sink.sounding


CLICKS = {(DRUM_CHANNEL, ACCENT_PITCH), (DRUM_CHANNEL, CLICK_PITCH)}


def expected(transport: Transport, mix: Mix) -> set[tuple[int, int]]:
    """What has to sound where ``transport`` is, each pitch being cut by the next of its kind."""
    step, sounding = transport.position, set()
    for index, track in enumerate(transport.composition.tracks):
        for pitch in {note.pitch for note in track.notes if mix.audible(index)}:
            struck = [note for note in track.notes if note.pitch == pitch and note.onset <= step]
            last = max(struck, key=lambda note: (note.start, note.end), default=None)
            if last is not None and last.release > step:
                sounding.add((track_channel(index), pitch))
    return sounding
