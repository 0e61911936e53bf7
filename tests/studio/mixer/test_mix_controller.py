"""One mix for panel and player, which belongs to the piece; the master is the person's."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from composer_app.live.playback.mixing import Mix
from composer_app.music.composition import VOICE_NAMES, Composition, Track
from composer_app.music.midi.file import read_midi_piece, write_midi
from composer_app.music.mix import PieceMix, TrackMix
from composer_app.music.note import Note
from composer_app.studio.runtime.settings import Settings
from tests.studio.support import Studio, open_studio

NOTES = (Note(0, 60, 16),)
DUET = Composition((Track("One", 0, NOTES), Track("Two", 0, NOTES)))


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path) as result:
        result.window.playback._timer.setInterval(1_000_000)
        result.services.sound._take((result.sink, None))
        result.services.document.begin(DUET, "Open")
        yield result


def test_a_strip_is_heard_at_once_while_playing(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    window.show()
    window.playback.play()
    strip = window.mixer.strips[1]
    qtbot.keyClick(strip.volume, Qt.Key.Key_Home)
    assert studio.sink.controls[1, 7] == 0
    qtbot.keyClick(strip.pan, Qt.Key.Key_End)
    assert studio.sink.controls[1, 10] == 127
    qtbot.keyClick(window.mixer.master, Qt.Key.Key_Home)
    assert studio.sink.controls[0, 7] == 0
    qtbot.keyClick(window.mixer.master, Qt.Key.Key_Backspace)
    assert studio.sink.controls[0, 7] == 100
    qtbot.mouseClick(window.mixer.strips[0].mute, Qt.MouseButton.LeftButton)
    assert studio.sink.controls[0, 7] == 0
    assert window.playback.mix.track(0).mute


def test_the_master_is_remembered_and_the_balance_is_the_pieces(
    studio: Studio, tmp_path: Path
) -> None:
    document, playback = studio.services.document, studio.window.playback
    studio.window.mixer.masterEdited.emit(90)
    document.set_mix(PieceMix((TrackMix(70, 30, mute=True), TrackMix(90, 80, solo=True))))
    assert playback.mix == Mix(document.mix.tracks, 90)
    studio.window.close()
    assert Settings(tmp_path).master_volume == 90
    with open_studio(tmp_path) as again:
        assert again.window.playback.mix == Mix((), 90)
        again.services.document.begin(DUET, "Open")
        assert again.window.mixer.strips[1].volume.value() == 100


def test_mute_and_solo_end_with_their_track_and_all_of_it_with_the_piece(studio: Studio) -> None:
    playback, document = studio.window.playback, studio.services.document
    document.set_track_mix(1, TrackMix(60, solo=True))
    document.set_track_mix(0, TrackMix(mute=True))
    document.replace(replace(DUET, title="Other"), "Rename")
    assert playback.mix.track(1).solo
    document.replace(Composition(DUET.tracks[:1]), "Delete")
    assert playback.mix.tracks == (TrackMix(mute=True), TrackMix(60))
    document.begin(DUET, "Open")
    assert playback.mix.tracks == ()


MIX = PieceMix((TrackMix(70, 30), TrackMix(20, 100, mute=True)))


def strips(studio: Studio) -> list[tuple[int, int, bool]]:
    return [
        (strip.volume.value(), strip.pan.value(), strip.mute.isChecked())
        for strip in studio.window.mixer.strips
    ]


def opened(studio: Studio, qtbot: QtBot, path: Path) -> None:
    studio.window.files.open(path)
    qtbot.waitUntil(lambda: studio.services.document.path == path)


def test_nothing_leaks_into_a_new_piece_and_undo_brings_the_mix_back(studio: Studio) -> None:
    document, window = studio.services.document, studio.window
    document.set_mix(MIX)
    steps = document.undo_stack.count()
    window.files.new()
    assert document.mix == PieceMix()
    assert window.playback.mix == Mix()
    document.replace(DUET, "Record")
    assert strips(studio) == [(100, 64, False)] * 2
    document.set_track_mix(0, TrackMix(10))
    document.undo()
    document.undo()
    assert document.composition == DUET
    assert document.mix == MIX
    assert strips(studio) == [(70, 30, False), (20, 100, True)]
    document.redo()
    document.redo()
    assert document.mix == PieceMix((TrackMix(10),)), "and so does redo"
    assert document.undo_stack.count() == steps + 2, "the mix itself is no step"


def test_a_file_has_its_own_balance(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    document, one, other = studio.services.document, tmp_path / "1.mid", tmp_path / "2.mid"
    write_midi(DUET, one, MIX)
    write_midi(DUET, other)
    opened(studio, qtbot, one)
    assert strips(studio) == [(70, 30, False), (20, 100, True)]
    assert (document.as_saved, document.modified) == (True, False)
    opened(studio, qtbot, other)
    assert strips(studio) == [(100, 64, False)] * 2
    studio.window.mixer.strips[0].volume.moved.emit(5)
    document.undo()
    assert strips(studio) == [(70, 30, False), (20, 100, True)]
    studio.window.files.open_sample("twinkle")
    assert document.mix == PieceMix()


def test_the_melody_brings_its_volume_along_when_a_file_is_opened(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    low = Track("Piano", 0, NOTES)
    write_midi(Composition((low, Track("Melody", 0, NOTES))), tmp_path / "a.mid", MIX)
    opened(studio, qtbot, tmp_path / "a.mid")
    assert [track.name for track in studio.composition.tracks] == ["Melody", "Piano"]
    assert strips(studio) == [(20, 100, True), (70, 30, False)]


def test_a_track_keeps_its_mix_when_it_becomes_the_melody(studio: Studio) -> None:
    document = studio.services.document
    document.set_mix(MIX)
    studio.window.mixer.melodyChosen.emit(1)
    assert [track.name for track in studio.composition.tracks] == ["Two", "One"]
    assert strips(studio) == [(20, 100, True), (70, 30, False)]
    # What is turned now stays, wherever undo and redo put the track.
    document.set_track_mix(1, TrackMix(110))
    document.undo()
    assert strips(studio) == [(110, 64, False), (20, 100, True)]
    document.redo()
    assert strips(studio) == [(20, 100, True), (110, 64, False)]


def test_saving_writes_the_balance_and_turning_it_is_a_change(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    document, path = studio.services.document, tmp_path / "a.mid"
    studio.dialogs.save_path = path
    document.set_track_mix(1, TrackMix(20, 100))
    assert document.modified
    studio.window.saving.save_as()
    qtbot.waitUntil(lambda: document.as_saved)
    assert read_midi_piece(path).mix == PieceMix((TrackMix(), TrackMix(20, 100)))
    # A file cannot hold what is muted, so that muting leaves nothing to be saved.
    document.set_track_mix(1, TrackMix(20, 100, mute=True))
    assert not document.modified
    assert not studio.window.isWindowModified()
    document.set_track_mix(1, TrackMix(30, 100, mute=True))
    assert document.modified
    assert studio.window.isWindowModified()
    document.replace(replace(DUET, title="Other"), "Rename")
    document.undo()
    assert document.mix == PieceMix((TrackMix(), TrackMix(30, 100, mute=True))), "not undone"


@pytest.fixture
def three_parts(studio: Studio, qtbot: QtBot) -> Studio:
    studio.window.show()
    qtbot.waitUntil(lambda: bool(studio.window.generate_panel.model_name))
    high, low = (Note(0, 65, 16),), (Note(0, 40, 16),)
    tracks = (("Tune", NOTES), ("Cello", low), ("Harp", (*high, Note(16, 67, 4))), ("Rest", ()))
    document = studio.services.document
    document.begin(Composition(tuple(Track(name, 0, notes) for name, notes in tracks)), "Open")
    document.set_mix(PieceMix((TrackMix(70), TrackMix(10), TrackMix(50), TrackMix(1))))
    return studio


def test_voices_written_beneath_a_file_sound_as_usual_and_its_tracks_are_muted(
    three_parts: Studio, qtbot: QtBot
) -> None:
    document = three_parts.services.document
    three_parts.window.commands.generate.trigger()
    qtbot.waitUntil(lambda: three_parts.composition.origin is not None)
    names = [track.name for track in three_parts.composition.tracks]
    assert names == [*VOICE_NAMES, "Cello", "Harp"]
    muted = TrackMix(10, mute=True), TrackMix(50, mute=True)
    assert document.mix == PieceMix((TrackMix(70), *[TrackMix()] * 3, *muted))
    document.undo()
    assert [document.mix.track(index).volume for index in range(3)] == [70, 10, 50]
    assert not any(track.mute for track in document.mix.tracks)


def test_voices_that_are_improved_take_the_mix_of_a_file_s_voices(
    three_parts: Studio, qtbot: QtBot
) -> None:
    studio, document = three_parts, three_parts.services.document
    studio.window.commands.improve.trigger()
    qtbot.waitUntil(lambda: studio.composition.origin is not None)
    # Alto and bass come from harp and cello; a tenor there was not.
    assert document.mix == PieceMix((TrackMix(70), TrackMix(50), TrackMix(), TrackMix(10)))
    document.undo()
    assert [document.mix.track(index).volume for index in range(3)] == [70, 10, 50]


def test_settings_that_make_no_sense_are_the_usual(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    for said, volume in (("loud", 127), ("999", 127), ("-4", 0), ("64", 64)):
        settings._store.setValue("mix/master", said)
        assert settings.master_volume == volume


def test_keys_of_a_slider_are_no_shortcuts_while_it_has_the_focus(
    studio: Studio, qtbot: QtBot
) -> None:
    window = studio.window
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.commands.select_all.trigger()
    window.transport.seek(8)
    volume = window.mixer.strips[0].volume
    volume.setFocus()
    qtbot.keyClick(volume, Qt.Key.Key_Home)
    assert (volume.value(), window.playback.position) == (0, 8)
    qtbot.keyClick(volume, Qt.Key.Key_Delete)
    assert volume.value() == 100
    assert studio.composition == DUET
    # The space bar still plays.
    qtbot.keyClick(volume, Qt.Key.Key_Space)
    assert window.playback.playing
