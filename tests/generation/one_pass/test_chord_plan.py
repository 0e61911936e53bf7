"""Chords of a one-pass network: what it is told of them, and what a take carries of its plan."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from composer_app.errors import ModelError
from composer_app.generation.chord_argument import asked_chords
from composer_app.generation.composing import compose
from composer_app.generation.generator import GenerationSettings
from composer_app.generation.repeating import Repeats
from composer_app.generation.unet_generator import UNetGenerator
from composer_app.music.composition import Composition
from composer_app.music.harmony.chord_qualities import QUALITIES
from composer_app.music.harmony.chord_wishes import wishes_of_piece
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import Meter
from tests.generation.one_pass_models import (
    PLANNED,
    PLANNED_METADATA,
    VOICES,
    VOICES_METADATA,
    write_model,
)

pytest.importorskip("onnxruntime")

PHRASE = (72, 74, 76, 77, 79, 77, 76, 74, 72, 76, 79, 76, 74, 71, 72, 72)


def tune(*pitches: int, meter: Meter | None = None, length: int = 4) -> Melody:
    notes = tuple(Note(length * i, pitch, length) for i, pitch in enumerate(pitches))
    return Melody(notes, meters=MeterMap.constant(meter or Meter(4, 4), 0))


@pytest.fixture(scope="module")
def generator(tmp_path_factory: pytest.TempPathFactory) -> UNetGenerator:
    folder = tmp_path_factory.mktemp("planned")
    return UNetGenerator(write_model(folder / "planned.onnx", PLANNED, PLANNED_METADATA))


class Listener:
    """Stands before a generator's session and keeps what goes in."""

    def __init__(self, generator: UNetGenerator, monkeypatch: pytest.MonkeyPatch) -> None:
        self.feeds: dict[str, NDArray[Any]] = {}
        self.session = generator._session
        self.plan: NDArray[np.int64] | None = None
        monkeypatch.setattr(generator, "_session", self)

    def run(self, names: list[str], feeds: dict[str, NDArray[Any]], options: Any = None) -> Any:
        self.feeds = feeds
        answers = self.session.run(names, feeds, options)
        if self.plan is not None:
            answers[names.index("plan")] = np.broadcast_to(
                self.plan, answers[names.index("plan")].shape
            )
        return answers


def told(
    generator: UNetGenerator, monkeypatch: pytest.MonkeyPatch, melody: Melody, **settings: Any
) -> dict[str, NDArray[Any]]:
    """What the network is told of the first row of the batch, by name."""
    with monkeypatch.context() as patch:
        listener = Listener(generator, patch)
        compose(melody, generator, GenerationSettings(1, **settings))
        return {name: value[0] for name, value in listener.feeds.items()}


def names_of(piece: Composition) -> list[tuple[int, int, str]]:
    """Ticks, roots and qualities of a piece's chords."""
    return [(s.tick, s.chord.root, s.chord.quality.name) for s in piece.chords if s.chord]


def test_beats_are_those_of_the_metre(
    generator: UNetGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = told(generator, monkeypatch, tune(*PHRASE[:8]))
    assert rows["beat"].tolist() == [0] * 32
    assert rows["beat_start"].tolist() == [at // 4 * 4 for at in range(32)]
    assert rows["begin"].tolist() == [1.0] + [0.0] * 31
    assert not rows["chord_known"].any()
    # A bass begins on a root, and ends on one.
    assert rows["rooted"].tolist() == [1.0] * 4 + [0.0] * 24 + [1.0] * 4
    rows = told(generator, monkeypatch, tune(*PHRASE[:8], meter=Meter(6, 8), length=6))
    assert rows["beat"].tolist() == [1] * 48
    assert rows["beat_start"].tolist() == [at // 6 * 6 for at in range(48)]


def test_repeated_phrases_share_their_chords(
    generator: UNetGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = tune(*PHRASE, *PHRASE)
    rows = told(generator, monkeypatch, twice)
    again = rows["same_as"][64:112]
    assert np.array_equal(again, rows["beat_start"][:48])
    assert np.array_equal(rows["noise"][4:7], rows["noise"][:3]), "and the chance of the first time"
    rows = told(generator, monkeypatch, twice, repeats=Repeats.VARY)
    assert np.array_equal(rows["same_as"][64:112], rows["beat_start"][:48])
    assert not np.array_equal(rows["noise"][4:7], rows["noise"][:3])
    rows = told(generator, monkeypatch, twice, repeats=Repeats.IGNORE)
    assert np.array_equal(rows["same_as"], rows["beat_start"])


def test_a_transposed_phrase_has_its_chords_transposed(
    generator: UNetGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    higher = tune(*PHRASE, *(pitch + 2 for pitch in PHRASE))
    rows = told(generator, monkeypatch, higher)
    moved = np.flatnonzero(rows["shift"])
    assert moved.size
    assert set(rows["shift"][moved]) == {2}
    assert not np.array_equal(rows["noise"][4:7], rows["noise"][:3])
    chords = {tick: root for tick, root, _ in names_of(compose(higher, generator, SEED))}
    steps = rows["beat_start"][moved[0]], rows["same_as"][moved[0]]
    later, first = (chords[240 * int(step)] for step in steps)
    assert later == (first + 2) % 12


SEED = GenerationSettings(1)


def test_what_is_wished_is_told_and_kept(
    generator: UNetGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    melody = tune(*PHRASE)
    wishes = asked_chords("C | G7/B | ? | Am").wishes(melody.meters, melody.steps)
    rows = told(generator, monkeypatch, melody, chords=wishes)
    known = rows["chord_known"]
    assert (known[:32] == 1).all()
    assert not known[32:48].any()
    assert rows["chord"][16].tolist() == [7, QUALITIES.index("7"), 11]
    piece = compose(melody, generator, GenerationSettings(1, chords=wishes))
    assert wishes_of_piece(piece).on_steps(64) == wishes.on_steps(64)
    planned = [symbol for symbol in piece.chords if not symbol.given]
    assert planned, "between what is wished there is a plan"
    assert all(32 <= symbol.tick // 240 < 48 for symbol in planned)


def test_a_take_carries_the_plan_in_the_melodys_key(generator: UNetGenerator) -> None:
    """A low melody is moved to where the network knows melodies; its chords move back."""
    for octave in (0, -12, -31):
        low = tune(*(pitch + octave for pitch in PHRASE))
        piece = compose(low, generator, SEED)
        notes = {240 * note.start: note.pitch % 12 for note in low.notes}
        assert names_of(piece)
        for tick, root, quality in names_of(piece):
            assert (root, quality) == (notes[tick], QUALITIES[0])


def test_the_basses_of_the_plan_are_those_that_sound(generator: UNetGenerator) -> None:
    inverted = 0
    for seed in range(6):
        piece = compose(tune(*PHRASE), generator, GenerationSettings(seed, temperature=2.0))
        bass = piece.tracks[3].notes
        for symbol in piece.chords:
            assert symbol.chord is not None
            step = symbol.tick // 240
            lowest = next(n.pitch % 12 for n in bass if n.start <= step < n.end)
            tones = {(symbol.chord.root + tone) % 12 for tone in symbol.chord.quality.intervals}
            assert symbol.chord.bass == (lowest if lowest in tones else symbol.chord.root)
            inverted += symbol.chord.bass != symbol.chord.root
    assert inverted


def test_the_last_chord_is_set_only_where_it_is_not_wished(generator: UNetGenerator) -> None:
    melody = tune(*PHRASE)
    wishes = asked_chords("? | ? | ? | ? ? ? C7").wishes(melody.meters, melody.steps)

    def last(settings: GenerationSettings) -> list[int]:
        piece = compose(melody, generator, settings)
        return [track.notes[-1].pitch for track in piece.tracks]

    free, wished = last(SEED), last(GenerationSettings(1, chords=wishes))
    # The network knows nothing of triads: what it writes at the end is mended if it may be.
    assert free != wished


@pytest.mark.parametrize("plan", [(12, 0, 0), (0, 17, 0), (0, 0, 12), (-1, 0, 0)])
def test_a_plan_of_no_chords_is_the_models_fault(
    generator: UNetGenerator, monkeypatch: pytest.MonkeyPatch, plan: tuple[int, int, int]
) -> None:
    Listener(generator, monkeypatch).plan = np.array(plan)
    with pytest.raises(ModelError, match="chords that it should not know"):
        compose(tune(*PHRASE), generator, SEED)


def test_files_have_all_of_the_row_or_nothing(tmp_path: Path) -> None:
    old = UNetGenerator(write_model(tmp_path / "old.onnx", VOICES, VOICES_METADATA))
    assert compose(tune(*PHRASE), old, SEED).chords == ()
    with pytest.raises(ModelError, match="inputs and outputs"):
        UNetGenerator(write_model(tmp_path / "half.onnx", VOICES, PLANNED_METADATA))
    with pytest.raises(ModelError, match="inputs and outputs"):
        UNetGenerator(write_model(tmp_path / "mute.onnx", PLANNED, VOICES_METADATA))
    others = {**PLANNED_METADATA, "qualities": json.dumps(["maj", "min"])}
    with pytest.raises(ModelError, match="metadata"):
        UNetGenerator(write_model(tmp_path / "others.onnx", PLANNED, others))
