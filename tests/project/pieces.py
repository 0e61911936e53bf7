"""Pieces with something in every place."""

from dataclasses import replace

import numpy as np

from composer_app.generation.composing import compose_with_confidence
from composer_app.generation.generator import GenerationSettings
from composer_app.music.composition import Composition
from composer_app.music.controls import Control
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterChange, MeterMap
from composer_app.music.mix import PieceMix, TrackMix
from composer_app.music.note import Note
from composer_app.music.performing.performance import Performance, PerformedNote
from composer_app.music.pitch import Key
from composer_app.music.texts import Text
from composer_app.music.timing import Meter, TempoMap
from composer_app.project.locks import Locks
from composer_app.project.piece import Piece
from composer_app.project.take import Take
from tests.generation.fake_generator import FakeGenerator

MELODY = Melody(
    tuple(Note(4 * beat, pitch, 4) for beat, pitch in enumerate((72, 74, 76, 77, 79, 77, 74, 72))),
    TempoMap.constant(88.5),
    MeterMap((MeterChange(0, Meter(4, 4)), MeterChange(4800, Meter(3, 4))), upbeat=960),
    title="Tune",
)
PERFORMANCE = Performance((PerformedNote(72, 90, -0.01, 0.6),), 88.5)


def take(seed: int, name: str = "", *, starred: bool = False) -> Take:
    """What a generator without a network makes of the melody."""
    made = Take.of(compose_with_confidence(MELODY, FakeGenerator(), GenerationSettings(seed)))
    return replace(made, name=name, starred=starred)


def full_piece() -> Piece:
    """Two takes, the first of which is being worked on with other instruments."""
    takes = take(1, "The calm one", starred=True), take(2)
    composition = replace(
        takes[0].composition.with_program(3, 43),
        performance=PERFORMANCE,
        keys=(KeyChange(0, Key(0)),),
        texts=(Text(960, "marker", "Middle"),),
    )
    first = replace(
        composition.tracks[0],
        controls=(Control(480, "bend", 0, 100),),
        texts=(Text(0, "lyrics", "La"),),
    )
    composition = replace(composition, tracks=(first, *composition.tracks[1:]))
    cells = np.zeros((composition.steps, 4), np.bool_)
    cells[4:12, 1] = cells[:, 3] = True
    mix = PieceMix((TrackMix(90, 20), TrackMix(mute=True), TrackMix(solo=True)))
    return Piece(composition, Locks(cells), takes, takes[0], mix, (8.0, 24.5))


def melody_only() -> Piece:
    """What there is before anything is generated."""
    return Piece(Composition.from_melody(MELODY))
