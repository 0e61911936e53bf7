"""The bands as they sound: level, drums on the grid, and swing, measured in rendered sound."""

import numpy as np
import pytest

from composer_app.errors import DeviceError
from composer_app.generation.bands.style_list import find_style
from composer_app.generation.generator import GenerationSettings
from composer_app.live.playback.mixing import Mix
from composer_app.live.rendering.rendering import choose_soundfont
from composer_app.music.composition import Composition
from composer_app.music.mix import TrackMix
from composer_app.music.timing import TempoMap
from tests.generation.bands.hearing import decibels, sound_of, strokes_in
from tests.generation.bands.melodies import MELODIES
from tests.generation.bands.playing import BANDS, band, played

pytestmark = pytest.mark.slow

_DRUMS = 3
_SWINGS = "swing"


@pytest.fixture(autouse=True, scope="module")
def _sound() -> None:
    pytest.importorskip("fluidsynth")
    try:
        choose_soundfont()
    except DeviceError as error:
        pytest.skip(str(error))


def _piece(name: str, busy: float = 0.0) -> Composition:
    tempo = TempoMap.constant(find_style(name).tempo.usual)
    piece = played(name, MELODIES["two bars"], GenerationSettings(2, busy=(busy,) * 3))
    return Composition(piece.tracks, tempo, piece.meters)


def _mix(name: str, *alone: int) -> Mix:
    players = band(name).band.players
    tracks = (
        TrackMix(player.mix.volume, player.mix.pan, mute=bool(alone) and index not in alone)
        for index, player in enumerate(players)
    )
    return Mix(tuple(tracks))


def test_bands_are_equally_loud() -> None:
    levels = {name: decibels(sound_of(_piece(name), _mix(name))) for name in BANDS}
    middle = float(np.mean(list(levels.values())))
    assert all(abs(level - middle) <= 2 for level in levels.values()), levels


@pytest.mark.parametrize("name", BANDS)
def test_drums_are_heard_on_the_grid(name: str) -> None:
    piece = _piece(name)
    beat = 60 / find_style(name).tempo.usual
    heard = strokes_in(sound_of(piece, _mix(name, _DRUMS)))
    struck = {note.onset_ticks for note in piece.tracks[_DRUMS].notes}
    assert len(heard) >= 0.5 * len(struck) > 0
    # Second eighths are as late as the style says, the rest divides the beat into four.
    second = band(name).band.swing
    places = [0, second, 1] if name == _SWINGS else [0, 0.25, 0.5, 0.75, 1]
    for seconds in heard:
        place = seconds / beat % 1
        assert min(abs(place - each) for each in places) * beat <= 0.02, (name, seconds)


def test_swing_is_heard_as_late_as_the_style_says() -> None:
    beat = 60 / find_style(_SWINGS).tempo.usual
    heard = strokes_in(sound_of(_piece(_SWINGS, busy=1.0), _mix(_SWINGS, _DRUMS)))
    late = [seconds / beat % 1 for seconds in heard if 0.4 < seconds / beat % 1 < 0.8]
    assert late
    assert np.median(late) == pytest.approx(band(_SWINGS).band.swing, abs=0.03)
