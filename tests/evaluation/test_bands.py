"""What is measured of bands beside tunes whose chords are known."""

import numpy as np

from composer_app.analysis.voice_grid import REST
from composer_app.evaluation.bands import MEASURES, evaluate_bands, heard
from tests.generation.bands.melodies import MELODIES
from tests.generation.bands.playing import band, played


def test_the_band_is_heard_without_its_drums() -> None:
    piece = played("pop", MELODIES["plain"])
    grid = heard(piece)
    sounding = grid.pitch[grid.pitch != REST]
    notes = [note.pitch for track in piece.tracks[:3] for note in track.notes]
    assert set(sounding.tolist()) == set(notes)
    bass = {note.start: note.pitch for note in piece.tracks[2].notes}
    assert all(grid.pitch[start, -1] == pitch for start, pitch in bass.items())
    chord = {note.pitch for note in piece.tracks[1].notes if note.start == 0}
    assert set(grid.pitch[0, 1:-1].tolist()) - {REST} == chord
    assert np.flatnonzero(grid.onset[:, -1]).tolist() == sorted(bass)


def test_each_style_has_a_line_of_shares() -> None:
    result = evaluate_bands([band("pop"), band("waltz")], "valid", limit=1)
    assert list(result.rows) == ["pop", "waltz"]
    for row in result.rows.values():
        assert set(row) == {*MEASURES, "seconds"}
        for name in ("root_and_third", "bass_on_root", "downbeat_on_root"):
            share = row[name]
            assert share is not None
            assert 0 < share < 1
    lines = result.markdown()
    assert len(lines) == 4
    assert lines[2].startswith("| pop | 0.")
    assert result.to_dict()["styles"]["pop"] == dict(result.rows["pop"])
