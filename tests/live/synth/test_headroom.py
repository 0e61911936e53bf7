"""What plays has room below full scale: sound devices clip, a rendering does not."""

from pathlib import Path

import numpy as np
import pytest

from composer_app.live.rendering.rendering import render
from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from tests.live.conftest import soundfont as soundfont


@pytest.mark.parametrize(
    ("pitches", "velocity"),
    [((72, 67, 64, 48), 110), ((72, 67, 64, 60, 55, 52, 48, 43), 100)],
    ids=["four voices", "eight voices"],
)
def test_full_strings_do_not_clip_and_are_not_faint(
    soundfont: Path, pitches: tuple[int, ...], velocity: int
) -> None:
    tracks = tuple(
        Track(str(pitch), 48, (Note(0, pitch, 8, velocity), Note(8, pitch + 2, 8, velocity)))
        for pitch in pitches
    )
    peak = max(float(np.abs(block).max()) for block in render(Composition(tracks), soundfont))
    assert 0.5 < peak < 1
