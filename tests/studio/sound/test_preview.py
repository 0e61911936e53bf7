"""Hearing a part for itself: the piece rests, and has the player back as it was."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from composer_app.live.playback.player import Loop
from composer_app.music.composition import Composition, Track
from composer_app.music.mix import TrackMix
from composer_app.music.note import Note
from composer_app.studio.sound.preview import Preview
from tests.studio.sound.test_playback_controller import PIECE, Rig

OTHER = Composition((Track("", 73, (Note(4, 90, 4),)),), PIECE.tempo)


class PreviewRig(Rig):
    def __init__(self) -> None:
        super().__init__()
        self.preview = Preview(self.controller)
        self.preview._timer.setInterval(1_000_000)
        self.moves: list[float] = []
        self.ends: list[bool] = []
        self.preview.moved.connect(self.moves.append)
        self.preview.ended.connect(lambda: self.ends.append(True))


@pytest.fixture
def rig(qtbot: QtBot) -> PreviewRig:
    return PreviewRig()


def test_it_is_heard_alone_and_ends_by_itself(rig: PreviewRig) -> None:
    rig.controller.play()
    rig.pass_steps(2)
    assert rig.sounding == {72, 48}
    rig.preview.play(OTHER, 4.0)
    assert (rig.controller.playing, rig.preview.playing) == (False, True)
    rig.pass_steps(3)
    assert rig.sounding == {90}
    rig.preview.tick()
    assert rig.moves[0] == 4.0
    assert 5 < rig.moves[-1] < 8
    rig.pass_steps(6)
    rig.preview.tick()
    assert (rig.preview.playing, rig.ends, rig.sounding) == (False, [True], set())


def test_the_piece_has_the_player_back_with_its_mix_loop_and_place(rig: PreviewRig) -> None:
    rig.controller.set_mix(replace(rig.controller.mix, tracks=(TrackMix(), TrackMix(mute=True))))
    rig.controller.set_loop(0, 8)
    rig.controller.seek(4)
    rig.preview.play(OTHER, 4.0)
    rig.controller.set_metronome(True)
    rig.pass_steps(2)
    assert rig.controller.position == 4.0
    rig.controller.play()
    assert (rig.preview.playing, rig.ends) == (False, [True])
    rig.pass_steps(1)
    assert rig.sounding == {72}
    rig.pass_steps(5)
    assert rig.controller.loop == Loop(0, 8)
    assert rig.controller.position < 4


def test_another_piece_ends_it(rig: PreviewRig) -> None:
    rig.preview.play(OTHER, 4.0)
    rig.pass_steps(2)
    rig.document.begin(Composition(), "New")
    assert (rig.preview.playing, rig.sounding) == (False, set())


def test_one_after_the_other_is_told_of_each(rig: PreviewRig) -> None:
    rig.preview.play(OTHER, 4.0)
    rig.preview.play(OTHER, 0.0)
    assert (rig.ends, rig.preview.playing) == ([True], True)
    rig.preview.stop()
    rig.preview.stop()
    assert rig.ends == [True, True]
