"""What phrasing does to the sound: the melody is above the rest, and the rest swells."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from composer_app.generation.phrasing.piece import phrase_piece
from composer_app.live.rendering.rendering import render
from composer_app.music.composition import Composition, Track
from tests.generation.phrasing.playing import ALTO, BASS, FOUR_FOUR, MELODY, SCENE, TENOR
from tests.live.conftest import library as library
from tests.live.conftest import soundfont as soundfont

RATE = 22_050
OCARINA = 79
# Four bars of 4/4 at 120.
PHRASE_SECONDS = 8
# Every track equally loud, as somebody's notation program has written it.
PIECE = Composition(
    tuple(
        Track("", OCARINA, tuple(replace(note, velocity=80) for note in notes))
        for notes in (MELODY, ALTO, TENOR, BASS)
    ),
    SCENE.tempo,
    FOUR_FOUR,
)


def decibels(piece: Composition, tracks: Sequence[int], soundfont: Path) -> list[float]:
    """How loud the first half of each second is in which ``tracks`` alone are heard."""
    heard = [
        track if index in tracks else replace(track, notes=())
        for index, track in enumerate(piece.tracks)
    ]
    alone = replace(piece, tracks=tuple(heard))
    mono = np.concatenate(list(render(alone, soundfont, RATE))).mean(axis=1)
    seconds = mono[: 2 * PHRASE_SECONDS * RATE].reshape(-1, RATE)
    return [float(10 * np.log10(np.mean(second**2) + 1e-12)) for second in seconds]


@pytest.mark.slow
def test_the_melody_comes_out_and_the_voices_swell(soundfont: Path) -> None:
    depths = (0.0, 0.5, 1.0)
    above, swells = [], []
    for depth in depths:
        played = phrase_piece(PIECE, [1, 2, 3], depth)
        melody, rest = (decibels(played, tracks, soundfont) for tracks in ([0], [1, 2, 3]))
        above.append(np.mean(melody) - np.mean(rest))
        first = np.array(rest[:PHRASE_SECONDS])
        swells.append(first[3:6].mean() - first[0])
    assert above[1] > above[0] + 2.5
    assert above[2] > above[1] + 0.5
    assert swells[0] + 1 < swells[1]
    assert swells[1] + 1 < swells[2]
