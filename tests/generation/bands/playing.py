"""Bands that are quick to make: their chords are chosen by a rule instead of a network."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from composer_app.generation.bands.band_generator import BandGenerator
from composer_app.generation.bands.style_file import StyleFile
from composer_app.generation.bands.style_list import find_style
from composer_app.generation.composing import compose_with_confidence
from composer_app.generation.generator import GenerationSettings, Given
from composer_app.generation.noise import NoiseVector
from composer_app.generation.refining.row_planning import RowTaste
from composer_app.music.composition import Composition
from composer_app.music.harmony.chords import Chord, ChordSymbol, in_order, symbol_at
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterMap
from composer_app.music.piano_roll import PianoRoll

BANDS: Final = ("swing", "ballad", "pop", "rock", "folk", "bossa", "waltz", "stride")
_BARS: Final = 4
_ROW: Final = ((0, "maj"), (9, "m7"), (5, "maj7"), (7, "7"), (2, "min"), (11, "m7b5"))


class FakePlanner:
    """Four bars of chords again and again, the third with two; wishes are obeyed."""

    sha256 = "0" * 64
    takes_row = True

    def styles_numbered(self, names: Sequence[str]) -> tuple[int, ...]:
        return tuple(range(len(names)))

    def plan_chords(
        self,
        roll: PianoRoll,
        meters: MeterMap,
        noise: NoiseVector,
        settings: GenerationSettings,
        taste: RowTaste,
    ) -> tuple[ChordSymbol, ...]:
        symbols = []
        for bar in meters.bars_of(roll.steps):
            index = bar.number % _BARS
            places = (bar.start, (bar.start + bar.end) // 2 // 960 * 960)
            two = index == _BARS - 1 and bar.end < roll.steps * 240
            for half, tick in enumerate(places if two else places[:1]):
                root, quality = _ROW[(index + 2 * half) % len(_ROW)]
                symbols.append(ChordSymbol(tick, Chord.of_name(root, quality), given=False))
        wished = [symbol for symbol in settings.chords.symbols if symbol.chord is not None]
        free = [s for s in symbols if settings.chords.at(s.tick) is None]
        return in_order([*free, *wished])


@cache
def band(name: str) -> BandGenerator:
    """The band of an installed style over the :class:`FakePlanner`."""
    return band_of(find_style(name))


def band_of(style: StyleFile) -> BandGenerator:
    """The band of ``style`` over the :class:`FakePlanner`."""
    planner: Any = FakePlanner()
    return BandGenerator(style, planner)


def played(
    name: str,
    melody: Melody,
    settings: GenerationSettings | None = None,
    given: Given | None = None,
) -> Composition:
    """What the band ``name`` plays to ``melody``."""
    generator = band(name)
    return compose_with_confidence(
        melody,
        generator,
        settings or GenerationSettings(),
        programs=generator.band.programs,
        given=given,
    ).composition


def chord_at(piece: Composition, step: int) -> Chord:
    """The chord of ``piece`` at ``step``."""
    symbol = symbol_at(piece.chords, step * 240) or piece.chords[0]
    assert symbol.chord is not None
    return symbol.chord
