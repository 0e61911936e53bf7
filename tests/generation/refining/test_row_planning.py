"""The row of chords that is planned alone, over what a scripted network says."""

import numpy as np
import pytest

from composer_app.generation.generator import GenerationSettings
from composer_app.generation.noise import NoiseVector
from composer_app.generation.refining.canvas import Canvas
from composer_app.generation.refining.harmony import bars_of_beats, keys_of_beats
from composer_app.generation.refining.planning import Frame, Harmony, row_of
from composer_app.generation.refining.row_planning import ROW_KEYS, RowTaste, plan_row
from composer_app.generation.refining.ties import Ties
from composer_app.music.chord_text.naming import chord_name
from composer_app.music.harmony.chord_qualities import QUALITIES
from composer_app.music.harmony.chord_wishes import ChordWishes
from composer_app.music.harmony.chords import Chord, ChordSpan, ChordSymbol
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.pitch import Key
from composer_app.music.timing import Meter

_METERS = MeterMap.constant(Meter(4, 4), 0)
_BARS = 4
_BAR = 3840
_STEPS = 16 * _BARS
_C, _AM, _F, _G = (
    Chord.of_name(root, name) for root, name in ((0, "maj"), (9, "min"), (5, "maj"), (7, "maj"))
)
_MELODY = tuple(Note(bar * 16, pitch, 16) for bar, pitch in enumerate((67, 64, 62, 60)))


class Scripted:
    """Says of each bar, in every key, how likely some chords are."""

    def __init__(self, *bars: dict[Chord, float]) -> None:
        self._bars = bars

    def row_logits(
        self, canvas: Canvas, chord: np.ndarray, known: np.ndarray, style: int
    ) -> np.ndarray:
        key = style
        said = np.full((len(chord), 12, len(QUALITIES)), -9.0)
        for beat in range(len(chord)):
            for each, likely in self._bars[beat // 4].items():
                said[beat, (each.root + key) % 12, each.quality.index] = np.log(likely)
        return said.reshape(len(chord), -1)


class InKeysOfCanvases(Scripted):
    """A :class:`Scripted` that hears how much higher each canvas has the melody."""

    def row_logits(
        self, canvas: Canvas, chord: np.ndarray, known: np.ndarray, style: int
    ) -> np.ndarray:
        return super().row_logits(canvas, chord, known, int(canvas.grid[0, 0]))


def _canvas(settings: GenerationSettings, higher: int) -> Canvas:
    row = row_of(_STEPS, _METERS, Ties.none(_STEPS), settings.chords, 0)
    grid = np.full((_STEPS, 4), higher)
    nothing = np.zeros(_STEPS, np.int64)
    frame = Frame(
        row,
        bars_of_beats(row.starts, _METERS),
        nothing,
        np.zeros(_STEPS, np.float32),
        Harmony((0,), 1.0, False, 0.5),
        0,
        True,
        keys_of_beats(row.starts, settings.keys, 0),
    )
    free = np.zeros(grid.shape, np.bool_)
    return Canvas(_STEPS, grid, free, free, nothing, nothing, nothing, 48, frame)


def _planned(
    network: Scripted, taste: float, settings: GenerationSettings | None = None
) -> list[ChordSymbol]:
    settings = settings or GenerationSettings(temperature=0.1)
    canvases = [_canvas(settings, key) for key in ROW_KEYS]
    noise = NoiseVector.from_seed(1, _STEPS)
    return list(
        plan_row(
            network, canvases, _MELODY, _METERS, noise, settings, RowTaste((0,), "half", taste), 0
        )
    )


def _names(symbols: list[ChordSymbol]) -> list[str]:
    return [chord_name(symbol.chord) for symbol in symbols]


def test_what_the_network_says_in_three_keys_is_planned() -> None:
    found = _planned(InKeysOfCanvases({_C: 0.9}, {_AM: 0.9}, {_G: 0.9}, {_C: 0.9}), -1.0)
    assert _names(found) == ["C", "Am", "G", "C"]
    assert [symbol.tick for symbol in found] == [bar * _BAR for bar in range(_BARS)]


@pytest.mark.parametrize(
    ("taste", "first", "third"),
    [(-1.0, "C", "F"), (-0.3, "C6", "F"), (0.5, "C6", "F6")],
)
def test_a_sixth_is_added_where_it_brings_in_another_likely_chord(
    taste: float, first: str, third: str
) -> None:
    # The first bar may as well be A minor; the third is F beyond doubt.
    network = InKeysOfCanvases({_C: 0.5, _AM: 0.45}, {_G: 0.98}, {_F: 0.98}, {_C: 0.98})
    names = _names(_planned(network, taste))
    assert names[0] == first
    assert names[2] == third
    assert names[1] == ("G" if taste == -1.0 else "G7")


def test_typed_chords_are_not_coloured() -> None:
    wish = ChordSymbol(0, _C)
    settings = GenerationSettings(temperature=0.1, chords=ChordWishes((ChordSpan(wish, _BAR),)))
    network = InKeysOfCanvases({_C: 0.5, _AM: 0.45}, {_G: 0.98}, {_F: 0.98}, {_C: 0.98})
    assert _planned(network, 0.5, settings)[0] == wish


def test_each_beat_is_planned_in_the_key_that_is_set_there() -> None:
    flat = {Chord.of_name(root, name): 0.04 for root in range(12) for name in ("maj", "min")}
    changes = (KeyChange(0, Key(2, minor=False)), KeyChange(2 * _BAR, Key(8, minor=False)))
    found = _planned(
        InKeysOfCanvases(flat, flat, flat, flat),
        -1.0,
        GenerationSettings(temperature=0.1, keys=changes),
    )
    for symbol in found:
        if symbol.tick >= 3 * _BAR:
            continue  # The last chord is one of the melody's last note.
        key = changes[symbol.tick >= changes[1].tick].key
        assert symbol.chord is not None
        dominant = (symbol.chord.root - key.tonic) % 12 == 7
        assert dominant or set(symbol.chord.pitch_classes) <= key.pitch_classes, symbol
    assert any(symbol.tick >= changes[1].tick for symbol in found)
