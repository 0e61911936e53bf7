"""Playing the document with a clock that is set and a player without its thread."""

import time
from typing import cast

import pytest
from pytestqt.qtbot import QtBot

from composer_app.live.note_sink import DRUM_CHANNEL
from composer_app.live.playback.metronome import ACCENT_PITCH, CLICK_PITCH
from composer_app.live.playback.mixing import Mix
from composer_app.live.playback.player import Loop, Player
from composer_app.live.playback.transport import Transport
from composer_app.music.composition import Composition, Track
from composer_app.music.mix import TrackMix
from composer_app.music.note import Note
from composer_app.music.timing import TempoMap
from composer_app.studio.document.document import Document
from composer_app.studio.sound.playback_controller import PlaybackController
from composer_app.studio.sound.sound import Sound
from tests.live.doubles import SetClock
from tests.studio.support import HeardSink

# At 150 BPM a step lasts a tenth of a second.
PIECE = Composition(
    (
        Track("Soprano", 40, (Note(0, 72, 8), Note(8, 74, 8))),
        Track("Bass", 42, (Note(0, 48, 16),)),
    ),
    TempoMap.constant(150),
)


class Rig:
    """The controller with a transport that a test advances itself."""

    def __init__(self) -> None:
        self.clock = SetClock(10.0)
        self.sink = HeardSink(self.clock)
        self.sound = Sound(lambda: (self.sink, None))
        self.document = Document()
        self.player = Transport(self.sound.synthesizer)
        self.controller = PlaybackController(self.document, cast("Player", self.player), self.sound)
        self.controller._timer.setInterval(1_000_000)
        self.sound._take((self.sink, None))
        self.document.begin(PIECE, "Open")

    def pass_steps(self, steps: float) -> None:
        end = self.clock.now + steps / 10
        while self.clock.now < end:
            self.clock.now = min(end, self.clock.now + 0.02)
            self.player.advance()
            self.sink.render()
        self.controller.tick()

    @property
    def sounding(self) -> set[int]:
        return {pitch for channel, pitch in self.sink.sounding if channel != DRUM_CHANNEL}


@pytest.fixture
def rig(qtbot: QtBot) -> Rig:
    return Rig()


def test_plays_and_says_where_it_is(rig: Rig) -> None:
    positions: list[float] = []
    rig.controller.positionChanged.connect(positions.append)
    rig.controller.play()
    rig.pass_steps(8.5)
    assert rig.controller.playing
    assert rig.sounding == {74, 48}
    assert positions[-1] == pytest.approx(8.4)


def test_returns_to_the_start_at_the_end(rig: Rig, qtbot: QtBot) -> None:
    rig.controller.play()
    with qtbot.waitSignal(rig.controller.playingChanged) as changed:
        rig.pass_steps(17)
    assert changed.args == [False]
    assert rig.controller.position == 0.0
    assert rig.sounding == set()


def test_stops_where_it_is_and_goes_on_from_there(rig: Rig) -> None:
    rig.controller.play()
    rig.pass_steps(9)
    rig.controller.toggle()
    assert (rig.controller.playing, rig.sounding) == (False, set())
    assert rig.controller.position == pytest.approx(8.9)
    rig.controller.toggle()
    rig.pass_steps(0.5)
    assert rig.sounding == {74, 48}


def test_seeking_moves_the_music_or_only_the_playhead(rig: Rig) -> None:
    rig.controller.seek(8)
    assert (rig.controller.position, rig.controller.playing) == (8.0, False)
    rig.controller.seek(999)
    assert rig.controller.position == 16.0
    rig.controller.play()
    rig.pass_steps(1)
    assert rig.controller.position == pytest.approx(0.9)
    rig.controller.seek(12)
    rig.pass_steps(0.5)
    assert rig.controller.position == pytest.approx(12.4)


def test_nothing_is_not_played(rig: Rig) -> None:
    rig.document.begin(Composition(), "New")
    rig.controller.play()
    assert not rig.controller.playing


def test_muted_tracks_rest(rig: Rig) -> None:
    rig.controller.set_mix(rig.controller.mix.with_track(0, TrackMix(mute=True)))
    rig.controller.play()
    rig.pass_steps(1)
    assert rig.sounding == {48}
    rig.controller.set_mix(rig.controller.mix.with_track(0, TrackMix()))
    rig.pass_steps(8)
    assert rig.sounding == {74, 48}


def test_an_edit_while_playing_is_heard_at_once(rig: Rig) -> None:
    rig.controller.play()
    rig.pass_steps(2)
    rig.document.replace(PIECE.with_program(0, 73), "Change Instrument")
    assert rig.controller.playing
    assert rig.sink.programs[0] == 73


def test_a_shorter_piece_stops_the_music(rig: Rig) -> None:
    rig.controller.play()
    rig.pass_steps(12)
    short = Composition((Track("Soprano", 40, (Note(0, 60, 4),)),), PIECE.tempo)
    rig.document.begin(short, "Open")
    rig.pass_steps(0)
    assert not rig.controller.playing
    assert rig.sounding == set()


def test_says_which_notes_sound(rig: Rig) -> None:
    sounding: list[frozenset[tuple[int, int]]] = []
    rig.controller.soundingChanged.connect(sounding.append)
    rig.controller.play()
    rig.pass_steps(9)
    rig.controller.stop()
    assert sounding == [{(0, 72), (1, 48)}, {(0, 74), (1, 48)}, frozenset()]


def test_a_played_note_is_said_to_sound_when_it_does(rig: Rig) -> None:
    notes = (Note.at_ticks(860, 1500, 72), Note(12, 60, 1))
    rig.document.begin(Composition((Track("Soprano", 40, notes),), PIECE.tempo), "Open")
    sounding: list[tuple[float, bool]] = []
    rig.controller.soundingChanged.connect(
        lambda keys: sounding.append((rig.controller.position, bool(keys)))
    )
    rig.controller.play()
    for _ in range(160):
        rig.pass_steps(0.05)
    (begun, on), (ended, off) = sounding
    assert (on, off) == (True, False)
    assert begun == pytest.approx(860 / 240, abs=0.06)
    assert ended == pytest.approx(1500 / 240, abs=0.06)


def test_the_metronome_clicks_on_each_beat(rig: Rig) -> None:
    rig.controller.set_metronome(True)
    rig.controller.play()
    for _ in range(32):
        rig.pass_steps(0.25)
    rig.controller.set_metronome(False)
    rig.pass_steps(4)
    clicks = [pitch for _, kind, ch, pitch in rig.sink.taken() if (kind, ch) == ("on", 9)]
    assert clicks == [ACCENT_PITCH, CLICK_PITCH, CLICK_PITCH]


def test_a_loop_goes_round_and_is_left(rig: Rig) -> None:
    loops: list[object] = []
    rig.controller.loopChanged.connect(loops.append)
    rig.controller.set_loop(4, 8)
    rig.controller.return_to_start()
    assert rig.controller.position == 4.0
    rig.controller.play()
    rig.pass_steps(10)
    assert rig.controller.position == pytest.approx(5.9)
    rig.controller.clear_loop()
    rig.pass_steps(8)
    assert rig.controller.position == pytest.approx(13.9)
    assert loops == [Loop(4, 8), None]
    rig.controller.return_to_start()
    assert rig.controller.position == 0.0
    assert rig.controller.playing


def test_pausing_keeps_the_place(rig: Rig) -> None:
    rig.controller.play()
    rig.pass_steps(9)
    rig.controller.pause()
    rig.controller.pause()
    assert not rig.controller.playing
    assert rig.sounding == set()
    assert rig.controller.position == pytest.approx(8.9)


def test_the_mix_reaches_the_synthesizer_and_is_told(rig: Rig) -> None:
    mixes: list[Mix] = []
    rig.controller.mixChanged.connect(mixes.append)
    rig.controller.set_mix(rig.controller.mix.with_track(1, TrackMix(volume=30, pan=10)))
    rig.controller.set_master(64)
    rig.controller.set_master(64)
    assert rig.sink.controls[1, 7] == 15
    assert rig.sink.controls[1, 10] == 10
    assert mixes[-1] == rig.controller.mix
    assert len(mixes) == 2
    rig.controller.set_mix(rig.controller.mix.with_track(0, TrackMix(mute=True)))
    assert rig.sink.controls[0, 7] == 0
    assert rig.controller.mix.track(1) == TrackMix(volume=30, pan=10)
    rig.controller.set_mix(rig.controller.mix.with_track(0, TrackMix()))
    assert rig.sink.controls[0, 7] == 50


def test_a_solo_is_shown_as_it_sounds(rig: Rig) -> None:
    rig.controller.set_mix(rig.controller.mix.with_track(1, TrackMix(solo=True)))
    rig.controller.play()
    rig.pass_steps(2)
    assert rig.sounding == {48}
    assert rig.controller._sounding == {(1, 48)}


def test_a_device_that_vanishes_does_not_stop_the_music(rig: Rig) -> None:
    rig.controller.play()
    rig.pass_steps(5)
    rig.sink.alive = False
    # What stands in for the device runs by a clock that no test sets.
    began = time.perf_counter()
    rig.sound.check()
    assert rig.sounding == set()
    rig.controller.tick()
    assert rig.controller.playing
    position = rig.controller.position
    assert 4.8 <= position <= 5 + 10 * (time.perf_counter() - began)
