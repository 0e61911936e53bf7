"""The tracks of a band in the window are tracks as others: named, muted, edited, locked."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from composer_app.generation.models.catalog import find_model
from composer_app.music.composition import BAND_NAMES, Composition
from composer_app.music.mix import TrackMix
from composer_app.studio.document.selection import Selection
from composer_app.studio.roll.margins import KeyColumn
from tests.generation.bands.melodies import MELODIES
from tests.generation.bands.playing import band
from tests.studio.support import Studio, open_studio

CHORDS, BASS, DRUMS = 1, 2, 3


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    """With a band's take of eight bars."""
    with open_studio(tmp_path, load=band, models=(find_model("pop"),)) as result:
        window = result.window
        window.show()
        qtbot.waitUntil(lambda: window.generate_panel.model_name == "pop")
        melody = Composition.from_melody(MELODIES["repeats"])
        result.services.document.begin(melody, "Open")
        yield generate(result, qtbot, 1)


def generate(studio: Studio, qtbot: QtBot, seed: int) -> Studio:
    studio.window.generate_panel.seed.setValue(seed)
    studio.window.commands.generate.trigger()
    qtbot.waitUntil(lambda: not studio.window.generate_panel.busy, timeout=20_000)
    return studio


def select(studio: Studio, track: int, *indices: int) -> None:
    notes = studio.composition.tracks[track].notes
    keys = frozenset((track, notes[index]) for index in indices)
    studio.window.roll.set_selection(Selection(keys))


def test_they_are_named_and_mixed_as_the_style_has_it(studio: Studio) -> None:
    assert [track.name for track in studio.composition.tracks] == list(BAND_NAMES)
    players = band("pop").band.players
    mix = studio.services.document.mix
    assert [mix.track(index) for index in range(4)] == [player.mix for player in players]
    assert len(studio.window.mixer.strips) == 4
    select(studio, DRUMS, 0)
    column = studio.window.roll.findChild(KeyColumn)
    assert isinstance(column, KeyColumn)
    assert column.drums == {note.pitch for note in studio.composition.tracks[DRUMS].notes}


def test_one_is_muted_and_the_others_play(studio: Studio) -> None:
    document = studio.services.document
    document.set_track_mix(DRUMS, TrackMix(mute=True))
    assert document.mix.track(DRUMS).mute
    assert not document.mix.track(BASS).mute
    assert studio.composition.tracks[DRUMS].notes


@pytest.mark.parametrize("track", [CHORDS, BASS, DRUMS])
def test_a_note_is_deleted_and_comes_again(studio: Studio, track: int) -> None:
    before = studio.composition
    select(studio, track, 3)
    studio.window.commands.delete.trigger()
    after = studio.composition.tracks[track].notes
    assert len(after) == len(before.tracks[track].notes) - 1
    assert before.tracks[track].notes[3] not in after
    studio.window.commands.undo.trigger()
    assert studio.composition == before


def test_what_is_locked_outlives_another_take(studio: Studio, qtbot: QtBot) -> None:
    before = studio.composition
    studio.window.generate_panel.control.locks[DRUMS - 1].click()
    generate(studio, qtbot, 5)
    after = studio.composition
    assert after.tracks[DRUMS].notes == before.tracks[DRUMS].notes
    assert after.tracks[BASS].notes != before.tracks[BASS].notes


def test_notes_that_are_selected_are_played_anew_alone(studio: Studio, qtbot: QtBot) -> None:
    before = studio.composition
    bass = before.tracks[BASS].notes
    inside = [index for index, note in enumerate(bass) if 32 <= note.start < 64]
    select(studio, BASS, *inside)
    studio.window.generate_panel.seed.setValue(9)
    studio.window.commands.generate_selection.trigger()
    qtbot.waitUntil(lambda: not studio.window.generate_panel.busy, timeout=20_000)
    after = studio.composition
    assert [after.tracks[i].notes for i in (0, CHORDS, DRUMS)] == [
        before.tracks[i].notes for i in (0, CHORDS, DRUMS)
    ]
    assert [note for note in after.tracks[BASS].notes if note.start >= 64] == [
        note for note in bass if note.start >= 64
    ]
